package input

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	maxInDirectory = 1 << 20 // bytes of a file in a directory
	maxFiles       = 10_000
)

// Directory lists the files that naming a directory means, in lexical order: the regular
// files of at most 1 MiB in it and below. Left out are hidden files and directories,
// node_modules and vendor, and links that lead outside; a link to a directory is not
// followed.
func Directory(root string) ([]string, error) {
	home, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, openError(root, err)
	}
	var out []string
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			if path == root {
				return openError(root, err)
			}
			return nil // unreadable files are skipped
		}
		name := d.Name()
		if path != root && skipped(name, d.IsDir()) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() || !regularIn(home, path, d) {
			return nil
		}
		if len(out) == maxFiles {
			return &ReadError{ErrFailed, fmt.Sprintf("%s has more than %d files; name a directory in it", root, maxFiles)}
		}
		out = append(out, path)
		return nil
	})
	return out, err
}

// skipped reports whether a name is never meant by naming the directory around it.
func skipped(name string, dir bool) bool {
	return strings.HasPrefix(name, ".") || dir && (name == "node_modules" || name == "vendor")
}

// regularIn reports whether a path is a regular file of moderate size, or a link to
// one within the directory.
func regularIn(home, path string, d fs.DirEntry) bool {
	if d.Type()&fs.ModeSymlink != 0 {
		target, err := filepath.EvalSymlinks(path)
		if err != nil {
			return false
		}
		if rel, err := filepath.Rel(home, target); err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return false
		}
		path = target
	}
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() <= maxInDirectory
}

// Pairs groups files of a directory by the part of their names before the first dot, in
// the order in which each group begins: a.http, a.request.txt and a.response.json are one
// group.
func Pairs(files []string) [][]string {
	var out [][]string
	index := map[string]int{}
	for _, f := range files {
		dir, name := filepath.Split(f)
		stem, _, _ := strings.Cut(name, ".")
		key := dir + stem
		if i, ok := index[key]; ok && stem != "" {
			out[i] = append(out[i], f)
			continue
		}
		index[key] = len(out)
		out = append(out, []string{f})
	}
	return out
}

// OwnReport reports whether a text is a report that this program wrote, which is not
// evidence. head is its beginning or its end: a text report ends with what to run next.
func OwnReport(head []byte) bool {
	if bytes.Contains(head, []byte("jwtdoctor explain ")) {
		return true
	}
	head = bytes.Join(bytes.Fields(clipBytes(head, 4096)), nil)
	for _, mark := range [...]string{`"tool":{"name":"jwtdoctor"`, `"driver":{"name":"jwtdoctor"`, `"name":"jwtdoctor","version"`, `<testsuitesname="jwtdoctor`, `<testsuitename="jwtdoctor`, `"source":{"name":"jwtdoctor"`, `content="jwtdoctor"`, `{"version":1,"input":{"source":`} {
		if bytes.Contains(head, []byte(mark)) {
			return true
		}
	}
	return false
}
