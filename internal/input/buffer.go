package input

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// buffered returns a reader whose first MaxAssertion bytes can be peeked at. Most
// inputs are small and get a small buffer.
func buffered(r io.Reader) *bufio.Reader {
	if b, ok := r.(*bufio.Reader); ok && b.Size() >= MaxAssertion {
		return b
	}
	const smallest, small = 4 << 10, 32 << 10
	head := make([]byte, smallest)
	n, err := io.ReadFull(r, head)
	if err == nil {
		head = append(head, make([]byte, small-smallest)...)
		var more int
		more, err = io.ReadFull(r, head[n:])
		n += more
	}
	switch {
	case err == nil:
		return bufio.NewReaderSize(io.MultiReader(bytes.NewReader(head), r), MaxAssertion)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		const least = 16 // bufio's minimum
		return bufio.NewReaderSize(bytes.NewReader(head[:n]), max(n+1, least))
	}
	return bufio.NewReaderSize(io.MultiReader(bytes.NewReader(head[:n]), failing{err}), MaxAssertion)
}

// failing is a reader of nothing but an error; with none it is empty.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// readText reads at most so many bytes, without copying them on the way.
func readText(r *bufio.Reader, most int64) (string, error) {
	var b strings.Builder
	b.Grow(r.Buffered())
	for most > 0 {
		_, err := r.Peek(1) // fills the buffer
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return b.String(), err
		}
		chunk, _ := r.Peek(int(min(int64(r.Buffered()), most)))
		b.Write(chunk)
		most -= int64(len(chunk))
		r.Discard(len(chunk))
	}
	return b.String(), nil
}
