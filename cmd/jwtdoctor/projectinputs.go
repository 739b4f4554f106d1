package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
)

// configuredInputs are the files that the project's file names under inputs, for a
// check that was given none. Standard input comes first if anything is on it;
// the reader returned is to be read in its place.
func configuredInputs(ctx context.Context, w world) (args []string, in io.Reader, err error) {
	c, err := readConfig()
	if err != nil || len(c.inputs.texts) == 0 {
		return nil, w.In, err
	}
	in = w.In
	if !w.InIsTTY {
		var some bool
		if some, in, err = holdsText(ctx, w.In); err != nil || some {
			return nil, in, err
		}
	}
	args, err = c.files()
	return args, in, err
}

// holdsText reports whether anything can be read from standard input. A CI runner
// leaves it closed, empty or at /dev/null.
func holdsText(ctx context.Context, r io.Reader) (bool, io.Reader, error) {
	if s, ok := r.(interface{ Stat() (fs.FileInfo, error) }); ok {
		info, err := s.Stat()
		switch {
		case err != nil: // closed
			return false, r, nil
		case info.Mode().IsRegular():
			return info.Size() > 0, r, nil
		}
	}
	first := make([]byte, 1)
	n, err := io.ReadFull(&interruptible{ctx: ctx, r: r}, first)
	switch {
	case n > 0:
		return true, io.MultiReader(bytes.NewReader(first), r), nil
	case ctx.Err() != nil:
		return false, r, ctx.Err()
	case err != nil && !errors.Is(err, io.EOF):
		return false, r, nil // as good as closed
	}
	return false, r, nil
}
