package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// readBeside reads a file that a command sends, for --read-files: from the
// folder of the input the command is in, or from the working directory, and
// from nowhere above it. An input may come from a stranger, and could else have
// any file read. The error says in a clause why the file was not read.
func (w world) readBeside(input, name string) ([]byte, error) {
	const most = 4 << 20
	dir := "."
	if _, err := os.Stat(input); err == nil {
		dir = filepath.Dir(input)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder of %s cannot be opened", brief(input))
	}
	defer root.Close()
	// What it is comes first: opening a pipe waits for somebody to write into it.
	name = filepath.FromSlash(name)
	info, err := root.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	var f *os.File
	if err == nil {
		f, err = root.Open(name)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no such file next to %s", brief(input))
	case err != nil:
		return nil, fmt.Errorf("it is outside the folder of %s, or you may not read it", brief(input))
	}
	defer f.Close()
	w.files.add(info)
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil || len(b) > most {
		return nil, errors.New("it cannot be read, or is larger than 4 MiB")
	}
	return b, nil
}
