package input

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Line is one line of a batch, not looked at yet.
type Line struct {
	Text   string // without its end; at most MaxAssertion bytes
	Length int    // bytes of the whole line, more than Text holds where it was cut
	Number int    // from 1
}

// Lines reads the lines of a batch. It holds a chunk of them at a time, so that
// an input of any length takes no memory to speak of.
type Lines struct {
	name   string
	r      io.Reader
	buf    []byte // what was read and not handed out
	from   int    // where that begins
	number int
	// skipped counts the bytes of a line that is too long: its beginning was
	// kept in long, and its end has not come yet.
	long    []byte
	skipped int
	err     error
}

const (
	chunkLines = 256       // lines in a chunk
	chunkBytes = 256 << 10 // bytes of a read
)

// NewLines reads lines from r; the name is for messages.
func NewLines(name string, r io.Reader) *Lines {
	return &Lines{name: name, r: r, buf: make([]byte, 0, chunkBytes)}
}

// Untee goes on reading from r, of which the reader so far was a copy.
func (l *Lines) Untee(r io.Reader) { l.r = r }

// Next returns the next lines: those that have been read already, at most a
// chunk of them, or else those that the next read brings. So a line never waits
// for the one after it. The error is io.EOF after the last line, or a ReadError.
func (l *Lines) Next() ([]Line, error) {
	for {
		if lines := l.take(); len(lines) > 0 {
			return lines, nil
		}
		if l.err != nil {
			return l.last()
		}
		l.fill()
	}
}

// take hands out complete lines of the buffer.
func (l *Lines) take() []Line {
	rest := l.buf[l.from:]
	n, end := 0, 0
	for n < chunkLines {
		i := bytes.IndexByte(rest[end:], '\n')
		if i < 0 {
			break
		}
		end += i + 1
		n++
	}
	if n == 0 {
		return nil
	}
	text := string(rest[:end]) // one piece of memory for the whole chunk
	l.from += end
	lines := make([]Line, 0, n)
	for len(text) > 0 {
		i := strings.IndexByte(text, '\n')
		lines = append(lines, l.line(text[:i]))
		text = text[i+1:]
	}
	return lines
}

// line makes a line of its text, or of the rest of one that was too long.
func (l *Lines) line(text string) Line {
	l.number++
	if l.long != nil {
		out := Line{Text: string(l.long), Length: l.skipped + len(text), Number: l.number}
		l.long, l.skipped = nil, 0
		return out
	}
	length := len(text)
	if length > 0 && text[length-1] == '\r' {
		length--
	}
	return Line{Text: text[:length], Length: length, Number: l.number}
}

// last hands out what stands behind the last line end.
func (l *Lines) last() ([]Line, error) {
	if rest := string(l.buf[l.from:]); rest != "" || l.long != nil {
		l.from = len(l.buf)
		return []Line{l.line(rest)}, nil
	}
	if errors.Is(l.err, io.EOF) {
		return nil, io.EOF
	}
	return nil, &ReadError{ErrFailed, fmt.Sprintf("%s could not be read any further after line %d (%s)", l.name, l.number, reason(l.err))}
}

// fill reads more. A line that is longer than an assertion may be is not kept
// beyond its beginning.
func (l *Lines) fill() {
	if l.from > 0 {
		l.buf = l.buf[:copy(l.buf, l.buf[l.from:])]
		l.from = 0
	}
	if l.long != nil || len(l.buf) > MaxAssertion {
		if l.long == nil {
			l.long = bytes.Clone(l.buf[:MaxAssertion])
		}
		l.skipped += len(l.buf)
		l.buf = l.buf[:0]
	}
	if len(l.buf) == cap(l.buf) {
		l.buf = append(make([]byte, 0, 2*cap(l.buf)), l.buf...)
	}
	for range 100 {
		n, err := l.r.Read(l.buf[len(l.buf):cap(l.buf)])
		l.buf = l.buf[:len(l.buf)+n]
		if err != nil || n > 0 {
			l.err = err
			return
		}
	}
	l.err = io.ErrNoProgress
}

// Blank reports whether the line has nothing but whitespace.
func (l Line) Blank() bool {
	for i := range len(l.Text) {
		switch l.Text[i] {
		case ' ', '\t', '\r', '\v', '\f':
		default:
			return false
		}
	}
	return l.Length == len(l.Text)
}

// Item takes the assertion out of the line: the whole of it, or of a JSON object
// its member of that name ("" for DefaultField). Echo is the member of that name
// of the object, as it is written there; empty without one.
func (l Line) Item(file, field, echo string) (item Item, echoed string) {
	item = Item{Text: l.Text, Length: l.Length, Origin: evidence.Origin{File: file, Line: l.Number, Column: 1}}
	start := 0
	for start < len(l.Text) && (l.Text[start] == ' ' || l.Text[start] == '\t') {
		start++
	}
	if !item.Whole() {
		item.Problem = fmt.Sprintf("line %d is %d bytes long, over the limit of 1 MiB", l.Number, l.Length)
		item.Text, item.Length = "", 0
		return item, ""
	}
	if start == len(l.Text) || l.Text[start] != '{' {
		return item, ""
	}
	field = fieldOr(field)
	v, _ := jsonspan.Scan([]byte(l.Text), jsonspan.Limits{Values: 1 << 16})
	if e, ok := v.Get(echo); ok && echo != "" {
		echoed = e.Raw
	}
	m, ok := v.Get(field)
	switch {
	case v.Kind != jsonspan.Object:
		item.Problem = fmt.Sprintf("line %d is not a JSON object", l.Number)
	case !ok:
		item.Problem = fmt.Sprintf("line %d has no member %q; name the right one with --field", l.Number, field)
	case m.Kind != jsonspan.String:
		item.Problem = fmt.Sprintf("line %d: the member %q is %s, not a string", l.Number, field, m.Kind)
	default:
		item.Text, item.Length = m.Str, len(m.Str)
		item.Origin.Column = utf8.RuneCountInString(l.Text[:m.Span.Start]) + 2
		return item, echoed
	}
	item.Text, item.Length = "", 0
	return item, echoed
}

// BeginsBatch reports whether a line makes the input it begins a batch: it is a
// compact JWT, or a JSON object with the member of that name ("" for
// DefaultField).
func (l Line) BeginsBatch(field string) bool {
	trimmed := bytes.TrimSpace([]byte(l.Text))
	if len(trimmed) > 0 && trimmed[0] == '{' {
		v, _ := jsonspan.Scan(trimmed, jsonspan.Limits{Faults: 1, Values: 1 << 12})
		_, ok := v.Get(fieldOr(field))
		return ok && v.Kind == jsonspan.Object
	}
	return l.Length == len(l.Text) && wholeLine(trimmed)
}
