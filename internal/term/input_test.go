package term

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"testing"
)

// lines is a terminal: it hands out a line at a time, and its end is not the last.
type lines struct {
	queue []string // "" for an end
	reads int
}

func (l *lines) Read(p []byte) (int, error) {
	l.reads++
	if len(l.queue) == 0 {
		return 0, errors.New("it would wait for ever")
	}
	n := copy(p, l.queue[0])
	if l.queue[0] = l.queue[0][n:]; l.queue[0] == "" {
		l.queue = l.queue[1:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (l *lines) Stat() (fs.FileInfo, error) { return nil, nil }

func TestInputEndsOnce(t *testing.T) {
	for _, tt := range []struct {
		name  string
		queue []string
		tty   bool
		size  int // of the reader's buffer
		want  string
	}{
		{"a line and its end", []string{"one\n", ""}, true, 512, "one\n"},
		{"the end within a line", []string{"one"}, true, 512, "one"},
		{"lines, then the end within one", []string{"one\n", "two"}, true, 512, "one\ntwo"},
		{"a line longer than the buffer", []string{"a longer line\n", ""}, true, 4, "a longer line\n"},
		{"a line of the buffer's length", []string{"four", ""}, true, 4, "four"},
		{"nothing", []string{""}, true, 512, ""},
		{"a pipe in pieces", []string{"one", "two", ""}, false, 512, "onetwo"},
	} {
		source := &lines{queue: tt.queue}
		in := &Input{file: source, tty: tt.tty}
		var got bytes.Buffer
		p := make([]byte, tt.size)
		var err error
		for err == nil {
			var n int
			n, err = in.Read(p)
			got.Write(p[:n])
		}
		if err != io.EOF || got.String() != tt.want || len(source.queue) > 0 {
			t.Errorf("%s: %q, %v, %q left", tt.name, got.String(), err, source.queue)
		}
		before := source.reads
		for range 3 {
			if n, err := in.Read(p); n != 0 || err != io.EOF {
				t.Errorf("%s: after the end %d, %v", tt.name, n, err)
			}
		}
		if source.reads != before {
			t.Errorf("%s: it is read after its end", tt.name)
		}
	}
}
