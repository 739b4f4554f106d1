package term

import (
	"io"
	"io/fs"
	"os"
)

// Input is standard input. Its end is the end: a terminal would go on after it, and
// reading on would make a person press Ctrl-D again and again.
// It is for one reader at a time.
type Input struct {
	file interface {
		io.Reader
		Stat() (fs.FileInfo, error)
	}
	tty   bool
	ended bool
}

var _ io.Reader = (*Input)(nil)

// NewInput is a file, or a terminal, as standard input.
func NewInput(f *os.File, tty bool) *Input { return &Input{file: f, tty: tty} }

// Read reads until the first end. A terminal hands out whole lines; of a line without
// its end, the end of the input was asked for in its midst.
func (i *Input) Read(p []byte) (int, error) {
	if i.ended {
		return 0, io.EOF
	}
	n, err := i.file.Read(p)
	cut := i.tty && n > 0 && n < len(p) && p[n-1] != '\n' && p[n-1] != '\r'
	if cut || err != nil || n == 0 && len(p) > 0 {
		i.ended = true
	}
	if n == 0 && err == nil && len(p) > 0 {
		err = io.EOF
	}
	return n, err
}

// Stat describes the file that standard input is.
func (i *Input) Stat() (fs.FileInfo, error) { return i.file.Stat() }
