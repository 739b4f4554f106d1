package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/input"
)

// addDirectory takes in the files of a directory, each as a case of
// its own. Reports of this program are left out.
func (g *gatherer) addDirectory(root string) {
	paths, err := input.Directory(root)
	if err != nil {
		g.refused = append(g.refused, unreadable("%s", err))
		return
	}
	taken := 0
	for _, path := range paths {
		if isOwnReport(path) {
			continue
		}
		taken++
		g.files.reads(path)
		g.inputs = append(g.inputs, doctor.Input{Name: path, Open: &lazyFile{path: path}, Group: path, Found: true})
	}
	if taken == 0 {
		g.refused = append(g.refused, unreadable("%s has no file to check (hidden files, node_modules, vendor, links that lead out, files over 1 MiB and reports of jwtdoctor are left out)", brief(root)))
	}
}

// addPattern takes in the files that a pattern matches, where the shell has not
// done so. A pattern is not a name of a file, and text is none.
func (g *gatherer) addPattern(arg, as string) bool {
	if !strings.ContainsAny(arg, "*?[") || isText(arg) {
		return false
	}
	paths, err := filepath.Glob(arg)
	if err != nil || len(paths) == 0 {
		return false
	}
	for _, path := range paths {
		switch info, err := os.Stat(path); {
		case err != nil:
		case !info.IsDir():
			g.addFile(path, as)
		case as == "" && g.directories:
			g.addDirectory(path)
		}
	}
	return true
}

// pair makes one case of the files with one stem.
func (g *gatherer) pair() {
	var paths []string
	byPath := map[string][]doctor.Input{}
	for _, in := range g.inputs {
		if in.As != "" || in.Stream || in.Name == "argument" {
			continue
		}
		if byPath[in.Name] == nil {
			paths = append(paths, in.Name)
		}
		byPath[in.Name] = append(byPath[in.Name], in)
	}
	var out []doctor.Input
	for _, in := range g.inputs {
		if byPath[in.Name] == nil {
			out = append(out, in)
		}
	}
	for _, stem := range input.Pairs(paths) {
		for _, path := range stem {
			for _, in := range byPath[path] {
				in.Group = stem[0]
				out = append(out, in)
			}
		}
	}
	g.inputs = out
}

// isOwnReport reports whether a file is a report of this program, by its
// beginning and its end.
func isOwnReport(path string) bool {
	const most = 4096
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, most)
	n, _ := io.ReadFull(f, head)
	head = head[:n]
	if info, err := f.Stat(); n == most && err == nil && info.Size() > most {
		tail := make([]byte, min(most, info.Size()-most))
		if n, err := f.ReadAt(tail, info.Size()-int64(len(tail))); err == nil || err == io.EOF {
			return input.OwnReport(head) || input.OwnReport(tail[:n])
		}
	}
	return input.OwnReport(head)
}
