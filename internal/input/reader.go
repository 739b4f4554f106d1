package input

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// DefaultField is the member of an NDJSON line that contains the assertion.
const DefaultField = "client_assertion"

// Item is one assertion of a file, or a line without one.
type Item struct {
	Text   string // at most MaxAssertion bytes
	Length int    // bytes of the whole; more than in Text if it was cut
	Origin evidence.Origin
	// Echo is the member of the line that is to be copied, as written.
	Echo string
	// Problem is why a line contains no assertion, as a sentence without a full stop; ""
	// if it may contain one.
	Problem string
}

// Whole reports whether Text is all of it.
func (i Item) Whole() bool { return i.Length == len(i.Text) }

// Assertion parses the item.
func (i Item) Assertion() *evidence.Assertion { return AssertionOf(i.Text, i.Length, i.Origin) }

// layout is how the assertions of a file are laid out.
type layout uint8

const (
	undecided layout = iota
	single           // one, perhaps wrapped over lines or inside a larger text
	perLine          // one per line
	ndjson           // one JSON object per line
)

// Reader reads a file item by item. It keeps one line in memory; the first MiB decides
// the layout of the file.
type Reader struct {
	name   string
	field  string
	r      *bufio.Reader
	lines  *Lines // of a list; otherwise nil
	layout layout
	done   bool
	astray int // lines in a row that contain no assertion
}

// maxAstray is how many lines in a row may contain no assertion. A list of assertions
// does not look like that, and each such line becomes a case.
const maxAstray = 10_000

// NewReader reads items from r. The name is for messages and origins; field is
// the member of NDJSON lines, "" for DefaultField.
func NewReader(name string, r io.Reader, field string) *Reader {
	return &Reader{name: name, field: field, r: buffered(r)}
}

// Many reports whether the input is a list of assertions; known after Next.
func (r *Reader) Many() bool { return r.layout == perLine || r.layout == ndjson }

// Split reads all items of data.
func Split(name string, data []byte, field string) ([]Item, error) {
	r := NewReader(name, bytes.NewReader(data), field)
	var items []Item
	for {
		item, err := r.Next()
		if errors.Is(err, io.EOF) {
			return items, nil
		}
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
}

// Next returns the next item, io.EOF after the last, or a ReadError if the input cannot
// be read at all: ErrEmpty, ErrBlank, ErrBinary or ErrFailed.
func (r *Reader) Next() (Item, error) {
	if r.layout == undecided {
		if err := r.decide(); err != nil {
			r.done, r.layout = true, single
			return Item{}, err
		}
	}
	if r.done {
		return Item{}, io.EOF
	}
	if r.layout == single {
		r.done = true
		return r.all()
	}
	for {
		line, err := r.lines.Next()
		if err != nil {
			r.done = true
			return Item{}, err
		}
		if line.Blank() {
			continue
		}
		item := line.Item()
		if r.astray++; item.Problem == "" && strings.Contains(item.Text, "ey") {
			r.astray = 0
		}
		if r.astray > maxAstray {
			r.done = true
			return Item{}, &ReadError{ErrMalformed, fmt.Sprintf("%s looks like a list of assertions, but %d lines in a row contain none; reading stopped at line %d. Remove the other lines, or name the member that contains the assertion with --field",
				r.name, maxAstray, line.Number)}
		}
		return item, nil
	}
}

func (r *Reader) decide() error {
	head, err := r.r.Peek(MaxAssertion)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) && len(head) == 0 {
		return r.failed(err)
	}
	if what := binary(head); what != "" {
		return &ReadError{ErrBinary, fmt.Sprintf("%s is %s; give the assertion as text", r.name, what)}
	}
	switch {
	case len(head) == 0:
		return &ReadError{ErrEmpty, r.name + " is empty; an assertion was expected"}
	case len(head) < MaxAssertion && len(bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\uFEFF")))) == 0:
		return &ReadError{ErrBlank, r.name + " contains only whitespace; expected an assertion"}
	}
	r.layout = kindsOf(head, r.field).layout(r.field)
	if r.Many() {
		r.lines = &Lines{r: r.r, of: batch{name: r.name, field: fieldOr(r.field), objects: r.layout == ndjson, mixed: r.layout == perLine}}
	}
	return nil
}

func (r *Reader) failed(err error) error { return failedAfter(r.name, 0, err) }

// lineKinds counts the lines of the beginning of a file by what they are.
type lineKinds struct {
	tokens, damaged int // that look like JWTs, whole or not
	objects         int // of JSON
	members         int // of the first objects, those that are whole and have the member
	absent          int // that are what programs print for a value that is not there
	others          int
	// begins is true if the first line that is not blank is a token, or in place of one.
	begins bool
	// split is true if one of the first objects spans several lines, or is not an object,
	// and no other line is a whole object that has the member.
	split bool
}

// kindsOf counts lines. field is the member of NDJSON lines, "" for DefaultField.
func kindsOf(head []byte, field string) (k lineKinds) {
	const looked = 8 // objects that are parsed
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\uFEFF")))
		first := k == lineKinds{}
		switch {
		case len(line) == 0 || line[0] == '#':
		case line[0] == '{':
			if k.objects++; k.objects > looked {
				continue
			}
			v, faults := jsonspan.Scan(line, jsonspan.Limits{Faults: 1, Values: 1 << 12})
			if v.Kind != jsonspan.Object || line[len(line)-1] != '}' {
				k.split = true
			} else if _, ok := v.Get(fieldOr(field)); ok && (len(faults) == 0 || faults[0].Code != jsonspan.FaultSyntax) {
				k.members++ // {"a", "b"} is a line of a program
			}
		case wholeLine(line):
			k.tokens++
			k.begins = k.begins || first
		case brokenLine(line):
			k.damaged++
		case printedForNothing(strings.Trim(string(line[:min(len(line), 40)]), "\"'`,;")):
			k.absent++
			k.begins = k.begins || first
		default:
			k.others++
		}
	}
	// Beside a whole object with the member, one that is not whole is a damaged line,
	// unless they are parts of one larger value.
	k.split = k.split && (k.members == 0 || json.Valid(bytes.TrimPrefix(head, []byte("\uFEFF"))))
	return k
}

// layout decides how a file that should contain assertions is laid out: two lines that
// look like whole JWTs make it a list, JSON objects on their own lines make it NDJSON.
func (k lineKinds) layout(field string) layout {
	switch {
	case k.tokens > 1:
		return perLine
	case k.tokens == 0 && !k.split && k.objects > k.others+k.damaged && (k.objects > 1 || k.members > 0 || field != ""):
		return ndjson
	}
	return single
}

// list reports whether all lines make a text a list: only JWTs, whole or damaged, or what
// a program printed in place of one; or JSON objects that have the member. A text that
// contains anything else is searched instead, unless it has hundreds of JWTs, or other
// lines are few next to what a program printed.
func (k lineKinds) list(field string) bool {
	const hundreds, stray, few = 200, 20, 3
	switch {
	case k.tokens >= hundreds && k.objects+k.others <= k.tokens/stray:
		return true
	case k.objects > 0:
		return k.tokens == 0 && k.objects > k.others+k.damaged && (k.members > 0 || field != "" && k.objects > 1)
	}
	return k.tokens > 0 && k.tokens+k.damaged+k.absent > 1 &&
		(k.others == 0 || k.absent > 0 && k.begins && few*k.others <= k.tokens+k.absent)
}

// layoutOfList is how a text is laid out that all its lines make a list; single for any
// other.
func (k lineKinds) layoutOfList(field string) layout {
	switch {
	case !k.list(field):
		return single
	case k.tokens > 0:
		return perLine
	}
	return k.layout(field)
}

// brokenLine reports whether a line looks like a damaged JWT.
func brokenLine(line []byte) bool {
	line = bytes.Trim(line, "'\"`,;[]()<> \t\r\n")
	return len(line) >= 20 && startsToken(line) && !bytes.ContainsAny(line, "&= {}")
}

func fieldOr(field string) string {
	if field == "" {
		return DefaultField
	}
	return field
}

// wholeLine reports whether a line looks like a whole JWT, possibly in quotes or after a
// scheme.
func wholeLine(line []byte) bool {
	if len(line) < 20 || len(line) > 1<<16 {
		return false
	}
	line = bytes.Trim(line, "'\"`,;[]()<> \t\r\n")
	if len(line) > 7 && bytes.EqualFold(line[:7], []byte("bearer ")) {
		line = line[7:]
	}
	if !startsToken(line) {
		return false
	}
	parts := bytes.SplitN(line, []byte("."), 4)
	return len(parts) >= 3 && startsToken(parts[1]) && !bytes.ContainsAny(line, "&= {}")
}

// all reads the file as one item.
func (r *Reader) all() (Item, error) {
	text, err := readText(r.r, MaxAssertion)
	if err != nil {
		return Item{}, r.failed(err)
	}
	more, err := io.Copy(io.Discard, r.r)
	if err != nil {
		return Item{}, r.failed(err)
	}
	return Item{Text: text, Length: len(text) + int(more), Origin: evidence.Origin{File: r.name, Line: 1, Column: 1}}, nil
}
