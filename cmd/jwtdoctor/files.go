package main

import (
	"crypto/rand"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
)

// files are those a run reads. None of them is ever written over: the registry of
// a run is asked before a report replaces a file. A nil registry is
// empty.
type files struct {
	mu    sync.Mutex
	infos []fs.FileInfo
	temps []string // reports being written, removed if the run ends before they are complete
}

// reads notes a file that is or will be read, under whatever name.
func (f *files) reads(path string) {
	if info, err := os.Stat(path); err == nil {
		f.add(info)
	}
}

// readsFrom notes what a stream reads from, which standard input may be a file.
func (f *files) readsFrom(r io.Reader) {
	if s, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if info, err := s.Stat(); err == nil && info.Mode().IsRegular() {
			f.add(info)
		}
	}
}

func (f *files) add(info fs.FileInfo) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.infos = append(f.infos, info)
}

// keep refuses a file to write to that is one of those read: by its name, a link
// to it, or another spelling on a file system that ignores case.
func (f *files) keep(flag, path string) error {
	info, err := os.Stat(path)
	if f == nil || err != nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if slices.ContainsFunc(f.infos, func(read fs.FileInfo) bool { return os.SameFile(read, info) }) {
		return usage("%s %s: this run reads the file, and it would be overwritten", flag, path)
	}
	return nil
}

// temp notes a file that is to be removed at the end of the run, unless it has
// another name by then.
func (f *files) temp(path string) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.temps = append(f.temps, path)
}

// clean removes the reports that were begun and not ended.
func (f *files) clean() {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, path := range f.temps {
		os.Remove(path) // already gone if the report replaced the old one
	}
}

// profileFiles are the files a profile is read from: its own and those it extends,
// next to it. An embedded profile has none.
func profileFiles(profile string) []string {
	const most = 64 << 10
	if !isFileName(profile) {
		return nil
	}
	var out []string
	for path := profile; path != "" && !slices.Contains(out, path); {
		out = append(out, path)
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() > most {
			break
		}
		text, err := os.ReadFile(path)
		if err != nil {
			break
		}
		m := extends().FindSubmatch(text)
		path = ""
		if m == nil {
			break
		}
		for _, ending := range []string{".yaml", ".yml"} {
			beside := filepath.Join(filepath.Dir(profile), string(m[1])+ending)
			if _, err := os.Stat(beside); err == nil {
				path = beside
				break
			}
		}
	}
	return out
}

var extends = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?m)(?:^|[{,\s])["']?extends["']?\s*:\s*["']?([A-Za-z0-9-]+)`)
})

// onlyRegular refuses what a project's file names and is not a regular file: a pipe
// that nobody writes to would be waited for without end.
func onlyRegular(at, path string) error {
	info, err := os.Stat(path)
	if err != nil || info.Mode().IsRegular() {
		return nil // a missing file is reported when it is opened
	}
	what := "a device or a pipe"
	if info.IsDir() {
		what = "a directory"
	}
	return usage("%s names %s, which is %s; a project's file may name regular files only", at, brief(path), what)
}

// reportFile is a file that takes the place of another one when it is complete, and not
// before: what was there stays whole if the run is ended.
type reportFile struct {
	*os.File
	files  *files
	flag   string
	target string // "" if File is written to itself
}

// create opens a file for a report. A regular file, or one that is not there yet, is
// written next to its place and put there by finish. Anything else (a pipe, a device)
// is written to directly, as is a stream that somebody may be watching.
func (f *files) create(flag, path string, mode fs.FileMode, stream bool) (*reportFile, error) {
	if err := f.keep(flag, path); err != nil {
		return nil, err
	}
	target := path
	if real, err := filepath.EvalSymlinks(path); err == nil {
		target = real
	}
	info, err := os.Stat(target)
	switch {
	case err == nil && !info.Mode().IsRegular(), stream, err != nil && !os.IsNotExist(err):
		return f.direct(flag, path, mode)
	case err == nil && mode&0o077 != 0:
		mode = info.Mode().Perm()
	}
	name := filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+"."+rand.Text()[:8]+".tmp")
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	switch {
	case err != nil && info != nil:
		return f.direct(flag, path, mode) // a folder that takes no new file
	case err != nil:
		return nil, err
	}
	f.temp(name)
	return &reportFile{File: out, files: f, flag: flag, target: target}, nil
}

// direct opens the file itself. It is looked at once more before it is emptied: the
// name may have been given to another file since.
func (f *files) direct(flag, path string, mode fs.FileMode) (*reportFile, error) {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, mode)
	if err != nil {
		return nil, err
	}
	if err := f.keep(flag, path); err != nil {
		out.Close()
		return nil, err
	}
	if info, err := out.Stat(); err == nil && info.Mode().IsRegular() {
		if err := out.Truncate(0); err != nil {
			out.Close()
			return nil, err
		}
	}
	return &reportFile{File: out, files: f, flag: flag}, nil
}

// finish closes the file and puts it in its place, unless that has been read by now.
func (r *reportFile) finish() error {
	name := r.Name()
	if err := r.Close(); err != nil || r.target == "" {
		return err
	}
	if err := r.files.keep(r.flag, r.target); err != nil {
		return err
	}
	if os.Rename(name, r.target) == nil {
		return nil
	}
	// A file that is a mount point cannot be renamed over, but its content can be replaced.
	from, err := os.Open(name)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := r.files.direct(r.flag, r.target, 0o666)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return err
	}
	return to.Close()
}
