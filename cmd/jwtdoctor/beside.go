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
// folder of the input the command stands in, or from the working directory, and
// from nowhere above it. An input may come from a stranger, and could else have
// any file read.
func readBeside(input, name string) ([]byte, error) {
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
	f, err := root.Open(filepath.FromSlash(name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s beside %s", brief(name), brief(input))
	case err != nil:
		return nil, fmt.Errorf("%s is not read: it is not beside %s, or may not be read", brief(name), brief(input))
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", brief(name))
	}
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil || len(b) > most {
		return nil, fmt.Errorf("%s cannot be read, or is larger than 4 MiB", brief(name))
	}
	return b, nil
}
