package jsonspan

import (
	"fmt"
	"slices"
	"strings"
)

// Limits bound what Scan does with hostile text. A zero field means its default.
type Limits struct {
	Depth  int // of nested objects and arrays; 0 means 64
	Faults int // recorded per code; 0 means 8
	Values int // read in all; 0 means 262,144
}

const (
	defaultDepth  = 64
	defaultFaults = 8
	defaultValues = 1 << 18
)

// Scan reads one JSON value (RFC 8259) and continues after every fault it knows. The
// value is never nil; its Kind is Invalid if there was nothing to read. If there is no
// fault, the text is valid JSON without duplicate names.
//
// Its time is linear in the text, and it recurses no deeper than Limits.Depth. Strings in
// the result share one copy of the text.
func Scan(text []byte, lim Limits) (*Value, []Fault) { return new(Memory).Scan(text, lim) }

// Scan is the function Scan, with the values in this memory as far as they fit.
func (m *Memory) Scan(text []byte, lim Limits) (*Value, []Fault) {
	if lim.Depth <= 0 {
		lim.Depth = defaultDepth
	}
	if lim.Faults <= 0 {
		lim.Faults = defaultFaults
	}
	if lim.Values <= 0 {
		lim.Values = defaultValues
	}
	if w, ok := fromUTF16(text); ok {
		return w.scan(lim)
	}
	s := m.scanner(string(text), lim)
	v := s.root()
	return v, s.faults
}

type scanner struct {
	*Memory
	text   string
	i      int // next byte
	lim    Limits
	faults []Fault
	count  map[FaultCode]int
	read   int // values
	// Items of open arrays, innermost last: each gets a list of the right length when it
	// is closed.
	items []*Value
	ended bool // the end of the text inside a value has been reported
}

// enough reports whether no more faults of a code are recorded, so that another message
// need not be made.
func (s *scanner) enough(code FaultCode) bool { return s.count[code] >= s.lim.Faults }

func (s *scanner) fault(code FaultCode, span Span, format string, args ...any) {
	if s.count == nil {
		s.count = map[FaultCode]int{}
	}
	if s.count[code]++; s.count[code] > s.lim.Faults {
		return
	}
	s.faults = append(s.faults, Fault{Code: code, Span: span, Message: fmt.Sprintf(format, args...)})
}

// end reports once that the text ends inside something, which truncates everything around
// it, too.
func (s *scanner) end(inside string) {
	if !s.ended {
		s.ended = true
		s.fault(FaultTruncated, Span{len(s.text), len(s.text)}, "the text ends inside %s", inside)
	}
}

func (s *scanner) more() bool { return s.i < len(s.text) }

// alloc returns a new value that begins here. If there are too many, the rest of the text
// is not read.
func (s *scanner) alloc() *Value {
	if s.read++; s.read > s.lim.Values && !s.ended {
		s.ended = true
		s.fault(FaultSize, Span{s.i, len(s.text)}, "there are more than %d values; the rest was not read", s.lim.Values)
		s.i = len(s.text)
	}
	v := s.next(s.read)
	v.Span = Span{s.i, s.i}
	return v
}

// missing is the value of a name without a value.
func (s *scanner) missing() *Value { return s.alloc() }

func (s *scanner) root() *Value {
	if strings.HasPrefix(s.text, "\uFEFF") {
		s.fault(FaultBOM, Span{0, 3}, "a byte order mark comes before the value")
		s.i = 3
	}
	s.space()
	if !s.more() {
		s.fault(FaultEmpty, Span{0, len(s.text)}, "the value is missing")
		return s.missing()
	}
	if !s.startsValue() {
		// Text before the first brace: a label, a call, a stray byte.
		rest := Span{s.i, len(s.text)}
		brace := strings.IndexByte(s.text[s.i:], '{')
		if brace < 0 {
			s.fault(FaultSyntax, rest, "no JSON value begins here")
			v := s.missing()
			v.Span, v.Raw, s.i = rest, s.text[rest.Start:], len(s.text)
			return v
		}
		s.fault(FaultSyntax, Span{s.i, s.i + brace}, "%s before the opening brace", countBytes(brace))
		s.i += brace
	}
	v := s.value()
	s.space()
	if s.more() {
		s.fault(FaultTrailing, Span{s.i, len(s.text)}, "%s after the end of the value", countBytes(len(s.text)-s.i))
	}
	return v
}

func countBytes(n int) string {
	if n == 1 {
		return "there is 1 byte"
	}
	return fmt.Sprintf("there are %d bytes", n)
}

// value reads one value; the next byte is neither whitespace, comma nor a closing bracket.
func (s *scanner) value() *Value {
	v := s.alloc()
	if !s.more() {
		s.end("a value")
		return v
	}
	switch c := s.text[s.i]; {
	case c == '{' || c == '[' || c == '(':
		if len(s.open) >= s.lim.Depth {
			s.tooDeep(v)
			break
		}
		if c == '{' {
			s.object(v)
		} else {
			s.array(v)
		}
	case s.quote() != 0:
		s.stringValue(v)
	case c == '-' || c == '+' || c == '.' || c >= '0' && c <= '9':
		s.number(v)
	case wordByte(c):
		s.word(v)
	default:
		s.junk("a value")
		v.Raw = s.text[v.Span.Start:s.i]
	}
	v.Span.End = s.i
	return v
}

func (s *scanner) stringValue(v *Value) {
	start := s.i
	text, closed := s.quoted()
	if closed {
		v.Kind, v.Str = String, text
		return
	}
	// Half a string is not the intended value.
	v.Raw = s.text[start:s.i]
}

// tooDeep skips a nested value by its brackets.
func (s *scanner) tooDeep(v *Value) {
	depth := 0
	for ; s.more(); s.i++ {
		switch s.text[s.i] {
		case '{', '[', '(':
			depth++
			continue
		case '}', ']', ')':
			depth--
		case '"':
			for s.i++; s.more() && s.text[s.i] != '"'; s.i++ {
				if s.text[s.i] == '\\' {
					s.i++
				}
			}
		}
		if depth == 0 {
			s.i++
			break
		}
	}
	s.i = min(s.i, len(s.text))
	if depth > 0 {
		s.end("a nested value")
	}
	v.Raw = s.text[v.Span.Start:s.i]
	s.fault(FaultDepth, Span{v.Span.Start, s.i}, "values are nested more than %d deep; they were not read", s.lim.Depth)
}

// object reads the members of an object up to its closing brace, or what must be meant as
// one.
func (s *scanner) object(v *Value) {
	v.Kind = Object
	s.open = append(s.open, '}')
	base := len(s.unclosed)
	s.i++
	var names seen
	for list := (separator{s: s, fresh: true}); list.next("an object", "a name"); {
		m, ok := s.member()
		if !ok {
			continue
		}
		list.took()
		if names.again(m.Name, s.unclosed[base:]) && !s.enough(FaultDuplicate) {
			s.fault(FaultDuplicate, m.NameSpan, "the name %q appears twice", clip(m.Name))
		}
		s.unclosed = append(s.unclosed, m)
	}
	v.Members = s.list(base)
	s.open = s.open[:len(s.open)-1]
}

func (s *scanner) array(v *Value) {
	v.Kind = Array
	closer := byte(']')
	if s.text[s.i] == '(' {
		closer = ')'
		s.fault(FaultLiteral, Span{s.i, s.i + 1}, "a tuple in parentheses instead of an array")
	}
	s.open = append(s.open, closer)
	base := len(s.items)
	s.i++
	for list := (separator{s: s, fresh: true}); list.next("an array", "a value"); {
		s.items = append(s.items, s.value())
		list.took()
	}
	if len(s.items) > base {
		v.Items = slices.Clone(s.items[base:])
	}
	s.items = s.items[:base]
	s.open = s.open[:len(s.open)-1]
}

func bracket(c byte) string {
	switch c {
	case '}':
		return "brace"
	case ']':
		return "bracket"
	}
	return "parenthesis"
}

// member reads a name and its value; ok is false if no name could be read.
func (s *scanner) member() (m Member, ok bool) {
	start := s.i
	name, ok := s.name()
	if !ok {
		return m, false
	}
	m = Member{Name: name, NameSpan: Span{start, s.i}}
	s.space()
	if !s.more() {
		s.end("an object")
		m.Value = s.missing()
		return m, true
	}
	switch s.text[s.i] {
	case ':':
		s.i++
	case '=':
		width := 1
		if strings.HasPrefix(s.text[s.i:], "=>") {
			width = 2
		}
		s.fault(FaultSyntax, Span{s.i, s.i + width}, "%s instead of a colon", s.text[s.i:s.i+width])
		s.i += width
	case ',', '}', ']', ')': // reported below
	default:
		if s.enough(FaultSyntax) {
			break
		}
		s.fault(FaultSyntax, Span{s.i, s.i}, "a colon is missing after the name %q", clip(name))
	}
	s.space()
	if !s.more() {
		s.end("an object")
		m.Value = s.missing()
		return m, true
	}
	switch s.text[s.i] {
	case ',', '}', ']', ')':
		s.fault(FaultSyntax, m.NameSpan, "the name %q has no value", clip(name))
		m.Value = s.missing()
	default:
		m.Value = s.value()
	}
	return m, true
}

// junk skips what cannot be read, up to where reading can continue.
func (s *scanner) junk(wanted string) {
	start := s.i
	for s.more() {
		c := s.text[s.i]
		if s.i > start && (c == '"' || c == ',' || c == '}' || c == ']' || c == ')') {
			break
		}
		s.i++
	}
	if s.enough(FaultSyntax) {
		return
	}
	s.fault(FaultSyntax, Span{start, s.i}, "%s where %s should be", countBytes(s.i-start), wanted)
}

// seen finds duplicate names: among few by comparing them, among many with a table.
type seen struct{ table map[string]struct{} }

func (n *seen) again(name string, before []Member) bool {
	const few = 16
	if len(before) < few {
		for _, m := range before {
			if m.Name == name {
				return true
			}
		}
		return false
	}
	if n.table == nil {
		n.table = make(map[string]struct{}, 2*few)
		for _, m := range before {
			n.table[m.Name] = struct{}{}
		}
	}
	_, again := n.table[name]
	n.table[name] = struct{}{}
	return again
}

// clip shortens a name from the text to fit in a sentence.
func clip(name string) string {
	const most = 40
	n := 0
	for i := range name {
		if n++; n > most {
			return name[:i] + "…"
		}
	}
	return name
}
