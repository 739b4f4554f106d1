package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// How much of a HAR is kept in memory, in bytes. Longer strings are cut, so that an entry
// with a film in it is still read; an entry that is too long even then is skipped.
const (
	maxHARString = 1 << 20
	maxHAREntry  = 8 << 20
	maxHARDepth  = 256
)

// errHARCut means that the text ends inside a value.
var errHARCut = errors.New("cut short")

// harFault is a character that JSON does not allow there.
type harFault struct {
	offset int64
	line   int
	what   string
}

func (f *harFault) Error() string { return f.what }

// harScanner reads the outer structure of a HAR byte by byte. It only separates values
// and leaves their grammar to encoding/json, whose Decoder would keep every value in
// memory, however long.
type harScanner struct {
	r      *bufio.Reader
	offset int64 // bytes read
	line   int   // of the next byte

	// The value read last.
	buf  []byte
	from int64 // where it begins
	at   int   // its line
	cuts []harCut
	over bool // it is longer than maxHAREntry; buf is empty
}

// harCut is where bytes were left out of a value.
type harCut struct {
	at      int // in buf
	dropped int64
}

func newHARScanner(r io.Reader) *harScanner {
	return &harScanner{r: bufio.NewReaderSize(r, 64<<10), line: 1}
}

func (s *harScanner) read() (byte, error) {
	c, err := s.r.ReadByte()
	if err != nil {
		return 0, cutOr(err)
	}
	s.offset++
	if c == '\n' {
		s.line++
	}
	return c, nil
}

func cutOr(err error) error {
	if errors.Is(err, io.EOF) {
		return errHARCut
	}
	return err
}

// peek skips whitespace and returns the next byte without reading it.
func (s *harScanner) peek() (byte, error) {
	for {
		b, err := s.r.Peek(1)
		if err != nil {
			return 0, cutOr(err)
		}
		switch b[0] {
		case ' ', '\t', '\r', '\n':
			_, _ = s.read()
		default:
			return b[0], nil
		}
	}
}

// take reads the next byte, which must be c.
func (s *harScanner) take(c byte, what string) error {
	found, err := s.peek()
	if err != nil {
		return err
	}
	if found != c {
		return s.fault("%s was expected", what)
	}
	_, err = s.read()
	return err
}

func (s *harScanner) fault(format string, args ...any) error {
	return &harFault{s.offset, s.line, fmt.Sprintf(format, args...)}
}

// member reads the name of an object's next member up to its colon; more is false at the
// object's end. Extra and missing commas are ignored: they remain when entries are
// removed by hand.
func (s *harScanner) member() (name string, more bool, err error) {
	c, err := s.next('}')
	if err != nil || c == 0 {
		return "", false, err
	}
	if c != '"' {
		return "", false, s.fault("a name in quotation marks was expected")
	}
	if err := s.value(); err != nil {
		return "", false, err
	}
	name = string(bytes.Trim(s.buf, `"`))
	return name, true, s.take(':', "a colon")
}

// next returns what the next member or item begins with; 0 after the end, which it reads.
func (s *harScanner) next(end byte) (byte, error) {
	for {
		c, err := s.peek()
		switch {
		case err != nil:
			return 0, err
		case c == end:
			_, err = s.read()
			return 0, err
		case c != ',':
			return c, nil
		}
		if _, err := s.read(); err != nil {
			return 0, err
		}
	}
}

// value reads one value into buf.
func (s *harScanner) value() error {
	first, err := s.peek()
	if err != nil {
		return err
	}
	s.buf, s.cuts, s.over, s.from, s.at = s.buf[:0], s.cuts[:0], false, s.offset, s.line
	if first != '{' && first != '[' && first != '"' {
		return s.scalar()
	}
	var open []byte
	for {
		c, err := s.read()
		if err != nil {
			return err
		}
		s.keep(c)
		switch c {
		case '"':
			if err := s.text(); err != nil {
				return err
			}
		case '{', '[':
			if open = append(open, c+2); len(open) > maxHARDepth { // in ASCII, } is { + 2, and ] is [ + 2
				return s.fault("its values are nested more than %d deep", maxHARDepth)
			}
		case '}', ']':
			if open[len(open)-1] != c {
				s.offset-- // this byte is wrong, not the next
				return s.fault("found %c, expected %c", c, open[len(open)-1])
			}
			open = open[:len(open)-1]
		}
		if len(open) == 0 {
			return nil
		}
	}
}

// scalar reads a number or word up to a byte that cannot be part of one.
func (s *harScanner) scalar() error {
	for {
		b, err := s.r.Peek(1)
		if err != nil || bytes.IndexByte([]byte(" \t\r\n,:]}[{\""), b[0]) >= 0 {
			if len(s.buf) == 0 && !s.over && err == nil {
				return s.fault("a value was expected")
			}
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		}
		c, err := s.read()
		if err != nil {
			return err
		}
		s.keep(c)
	}
}

// keep adds bytes to buf, all or none: half an escape sequence would be a fault of our
// own making.
func (s *harScanner) keep(b ...byte) {
	if s.over {
		return
	}
	if len(s.buf)+len(b) > maxHAREntry {
		s.buf, s.over = s.buf[:0], true
		return
	}
	s.buf = append(s.buf, b...)
}

// text reads the rest of a string.
func (s *harScanner) text() error {
	room, dropped := maxHARString, int64(0)
	put := func(b ...byte) {
		if dropped > 0 || len(b) > room {
			dropped += int64(len(b))
			return
		}
		room -= len(b)
		s.keep(b...)
	}
	defer func() {
		if dropped > 0 && !s.over {
			s.cuts = append(s.cuts, harCut{max(len(s.buf)-1, 0), dropped})
		}
	}()
	for {
		if _, err := s.r.Peek(1); err != nil {
			return cutOr(err)
		}
		chunk, _ := s.r.Peek(s.r.Buffered())
		n := 0 // one loop for both, since a text may contain many of one and none of the other
		for n < len(chunk) && chunk[n] != '"' && chunk[n] != '\\' {
			n++
		}
		s.line += bytes.Count(chunk[:n], []byte("\n"))
		fits := n
		if dropped == 0 {
			fits = min(n, room)
		}
		put(chunk[:fits]...)
		put(chunk[fits:n]...)
		done, _ := s.r.Discard(n)
		s.offset += int64(done)
		if n == len(chunk) {
			continue
		}
		c, err := s.read()
		if err != nil {
			return err
		}
		if c == '"' {
			s.keep(c)
			return nil
		}
		escape, err := s.escape()
		if err != nil {
			return err
		}
		put(escape...)
	}
}

// escape reads the rest of an escape sequence.
func (s *harScanner) escape() ([]byte, error) {
	c, err := s.read()
	if err != nil {
		return nil, err
	}
	out := []byte{'\\', c}
	for c == 'u' && len(out) < 6 {
		b, err := s.r.Peek(1)
		if err != nil {
			return nil, cutOr(err)
		}
		if !strings.ContainsRune("0123456789abcdefABCDEF", rune(b[0])) {
			break
		}
		h, err := s.read()
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

// whereIn converts an offset in buf to an offset and line of the file.
func (s *harScanner) whereIn(i int) (offset int64, line int) {
	i = min(max(i, 0), len(s.buf))
	offset = s.from + int64(i)
	for _, c := range s.cuts {
		if c.at < i {
			offset += c.dropped
		}
	}
	return offset, s.at + bytes.Count(s.buf[:i], []byte("\n"))
}
