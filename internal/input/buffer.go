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
	const small = 32 << 10
	head := make([]byte, small)
	n, err := io.ReadFull(r, head)
	switch {
	case err == nil:
		return bufio.NewReaderSize(io.MultiReader(bytes.NewReader(head), r), MaxAssertion)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		const least = 16 // of bufio
		return bufio.NewReaderSize(bytes.NewReader(head[:n]), max(n+1, least))
	}
	return bufio.NewReaderSize(io.MultiReader(bytes.NewReader(head[:n]), failing{err}), MaxAssertion)
}

// failing is a reader that has already failed.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// readText reads at most so many bytes, without copying them on the way.
func readText(r *bufio.Reader, most int64) (string, error) {
	var b strings.Builder
	b.Grow(r.Buffered())
	_, err := io.Copy(&b, io.LimitReader(r, most))
	return b.String(), err
}
