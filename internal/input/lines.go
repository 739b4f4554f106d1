package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Line is one unparsed line of a list, so that one goroutine can read the list and many
// can parse its lines.
type Line struct {
	Text   string // without its end; at most MaxAssertion bytes
	Length int    // bytes of the whole; more than in Text if it was cut
	Number int    // from 1

	of *batch
}

// batch is what the lines of one input have in common.
type batch struct {
	name  string // for origins
	field string // the member of NDJSON lines that contains the assertion
	echo  string // the member of NDJSON lines that is copied to their results
	// objects is true if every line is a JSON object, mixed if any may be.
	objects, mixed bool
}

// Blank reports whether there is nothing in the line: it is empty, whitespace or
// a comment.
func (l Line) Blank() bool {
	text := strings.TrimSpace(l.Text)
	return text == "" || text[0] == '#'
}

// Item parses the line as far as needed to find its assertion. It is safe to call
// from any goroutine, and so is Assertion of the result.
func (l Line) Item() Item {
	item := Item{Text: l.Text, Length: l.Length, Origin: evidence.Origin{File: l.of.name, Line: l.Number, Column: 1}}
	if l.of.objects || l.of.mixed && strings.HasPrefix(strings.TrimLeft(l.Text, " \t\uFEFF"), "{") {
		l.member(&item)
	}
	return item
}

// member narrows an item to the string in the member with the assertion.
func (l Line) member(item *Item) {
	field, line := l.of.field, item.Text
	if !item.Whole() {
		item.Problem = fmt.Sprintf("line %d is %d bytes long, over the limit of 1 MiB", l.Number, item.Length)
		return
	}
	v, _ := jsonspan.Scan([]byte(line), jsonspan.Limits{Values: 1 << 16})
	if e, ok := v.Get(l.of.echo); ok && l.of.echo != "" {
		item.Echo = line[e.Span.Start:e.Span.End]
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
		item.Origin.Column = utf8.RuneCountInString(line[:m.Span.Start]) + 2
		return
	}
	item.Text, item.Length = "", 0
}

// Lines reads a list line by line, unchanged and in order. It keeps one line in memory
// and is not safe for concurrent use.
type Lines struct {
	r    *bufio.Reader
	of   batch
	line int
	err  error // returned by every further call
}

// NewLines reads lines from r. The name is for messages and origins; field is the member
// of NDJSON lines that contains the assertion, "" for DefaultField. Each line may be a
// compact JWT or a JSON object.
func NewLines(name string, r io.Reader, field string) *Lines {
	return &Lines{r: bufio.NewReaderSize(r, MaxAssertion), of: batch{name: name, field: fieldOr(field), mixed: true}}
}

// Echo names the member of NDJSON lines that is copied to their results.
func (l *Lines) Echo(member string) { l.of.echo = member }

// Waits reports whether no further line is buffered, so that the next one may take long
// to arrive.
func (l *Lines) Waits() bool {
	head, _ := l.r.Peek(l.r.Buffered())
	return bytes.IndexByte(head, '\n') < 0
}

// Batch reports whether the input is a list. The first line that is not blank
// decides: a compact JWT, or a JSON object with the member. Batch waits for that
func (l *Lines) Batch() bool {
	for seen, n := 0, 1; ; n = l.r.Buffered() + 1 {
		_, err := l.r.Peek(n) // waits for one more byte; an error shows again when it is read
		head, _ := l.r.Peek(l.r.Buffered())
		for {
			end := bytes.IndexByte(head[seen:], '\n')
			if end < 0 {
				break
			}
			if line := head[seen : seen+end]; !blankLine(line) {
				return l.beginsList(line)
			}
			seen += end + 1
		}
		if err != nil {
			return !blankLine(head[seen:]) && l.beginsList(head[seen:])
		}
	}
}

// Reader returns the rest of the input, all that Next has not returned. It is for input
// that is not a list according to Batch.
func (l *Lines) Reader() io.Reader { return l.r }

func blankLine(line []byte) bool {
	line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\uFEFF")))
	return len(line) == 0 || line[0] == '#'
}

func (l *Lines) beginsList(line []byte) bool {
	line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\uFEFF")))
	if line[0] != '{' {
		return wholeLine(line)
	}
	v, _ := jsonspan.Scan(line, jsonspan.Limits{Faults: 1, Values: 1 << 12})
	m, ok := v.Get(l.of.field)
	return ok && m.Kind == jsonspan.String
}

// Next returns the next line, blank ones too; io.EOF after the last, or a
// ReadError of ErrFailed. If a line is longer than MaxAssertion, Next returns its
// beginning and skips the rest.
func (l *Lines) Next() (Line, error) {
	if l.err != nil {
		return Line{}, l.err
	}
	l.line++
	part, err := l.r.ReadSlice('\n')
	if err == nil { // nearly always: the whole line is in the buffer
		text := bytes.TrimSuffix(part[:len(part)-1], []byte("\r"))
		if len(text) < MaxAssertion {
			return Line{Text: string(text), Length: len(text), Number: l.line, of: &l.of}, nil
		}
	}
	return l.rest(part, err)
}

// rest reads a line that is long, or the last.
func (l *Lines) rest(part []byte, err error) (Line, error) {
	b := append(make([]byte, 0, min(2*len(part), MaxAssertion)), part[:min(len(part), MaxAssertion)]...)
	length := len(part)
	for errors.Is(err, bufio.ErrBufferFull) {
		part, err = l.r.ReadSlice('\n')
		length += len(part)
		b = append(b, part[:min(len(part), MaxAssertion-len(b))]...)
	}
	if err != nil && (!errors.Is(err, io.EOF) || length == 0) {
		l.err = err
		if !errors.Is(err, io.EOF) {
			l.err = failedAfter(l.of.name, l.line-1, err)
		}
		return Line{}, l.err
	}
	if length == len(b) {
		b = bytes.TrimSuffix(bytes.TrimSuffix(b, []byte("\n")), []byte("\r"))
		length = len(b)
	}
	return Line{Text: string(b), Length: length, Number: l.line, of: &l.of}, nil
}

func failedAfter(name string, line int, err error) error {
	if line == 0 {
		return &ReadError{ErrFailed, fmt.Sprintf("%s could not be read (%s)", name, reason(err))}
	}
	return &ReadError{ErrFailed, fmt.Sprintf("%s could not be read after line %d (%s)", name, line, reason(err))}
}
