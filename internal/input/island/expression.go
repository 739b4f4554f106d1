package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// operand is a value in an expression of a program.
type operand struct {
	// text is what it is, if known.
	text  srctext.Text
	known bool
	// name is what it can be called if it is not known.
	name string
	end  int
}

const (
	longestOperand = 400 // bytes of a name with its calls
	longestPath    = 100 // bytes of a name
	deepestOperand = 4   // calls in calls
)

// expressions reads the values in expressions of a program: literals, and names that the
// text defines once, as a literal. Anything else is not known: a name is never read as
// its value.
type expressions struct {
	t    srctext.Text
	s    string
	lits literals
	defs definitions
	php  bool // the text is PHP
	// work is how many bytes of operands may still be read.
	work int
}

func expressionsOf(t srctext.Text, defs definitions) *expressions {
	return &expressions{t: t, s: t.String(), lits: literals{s: t.String()}, defs: defs, php: strings.Contains(t.String(), "<?php"), work: 4*t.Len() + 1<<12}
}

// operand reads the value at i; ok is false if there is none.
func (e *expressions) operand(i, depth int) (o operand, ok bool) {
	if depth > deepestOperand || i >= len(e.s) || e.work < 0 {
		return o, false
	}
	if l, ok := e.literal(i); ok {
		text, known := e.content(l, depth)
		o = operand{text: text, known: known, end: l.end}
		return e.methods(o), true
	}
	stop := pathEnd(e.s, i)
	if stop == i {
		return o, false
	}
	path := e.s[i:stop]
	o = operand{name: path, end: stop}
	if stop < len(e.s) && e.s[stop] == '(' {
		end := e.closing(stop)
		if end < 0 {
			return o, false
		}
		o.end = end + 1
		if inner, ok := e.operand(skipBlanks(e.s, stop+1), depth+1); ok {
			switch last := folded(lastName(path)); {
			case encodes(last) && inner.known:
				o.text, o.known = percentEncoded(inner.text), true
			case same(last) && inner.known:
				o.text, o.known = inner.text, true
			case inner.name != "":
				o.name = inner.name
			case inner.known && getter(last) && nameLike(inner.text.String()):
				o.name = inner.text.String() // os.getenv('CLIENT_ID')
			}
		} else if head := path[:len(path)-len(lastName(path))]; same(folded(lastName(path))) && len(head) > 1 {
			return e.methods(e.resolved(strings.TrimRight(head, ".:->?"), o.end)), true // assertion.decode()
		}
		return e.methods(o), true
	}
	return e.methods(e.resolved(path, stop)), true
}

// sum is the value of the whole text as an expression: values, joined by + or a dot.
func (e *expressions) sum() (srctext.Text, bool) {
	var b srctext.Builder
	for i := 0; ; {
		if i < len(e.s) && (e.s[i] == '&' || e.s[i] == '*') {
			i++ // a reference
		}
		o, ok := e.operand(i, 0)
		if !ok || !o.known {
			return srctext.Text{}, false
		}
		b.Copy(o.text, 0, o.text.Len())
		if o.end == len(e.s) {
			return b.Text(), true
		}
		i = skipBlanks(e.s, o.end)
		if i >= len(e.s) || e.s[i] != '+' && e.s[i] != '.' {
			return srctext.Text{}, false
		}
		i = skipBlanks(e.s, i+1)
	}
}

// resolved is the value of a name.
func (e *expressions) resolved(path string, end int) operand {
	text, ok := e.defs.of(path)
	return operand{text: text, known: ok, name: path, end: end}
}

// methods reads what is called on a value, or what picks something out of it: .decode(),
// ['x'].
func (e *expressions) methods(o operand) operand {
	for o.end < len(e.s) {
		i := o.end
		if e.s[i] == '[' {
			end := e.closing(i)
			if end < 0 {
				break
			}
			o.known = false
			if inner := strings.Trim(e.s[i+1:end], " \"':"); nameLike(inner) && inner != "" {
				o.name = inner // ENV['CLIENT_ID']
			}
			o.end = end + 1
			continue
		}
		if e.s[i] != '.' || i+1 >= len(e.s) || !isLetter(e.s[i+1]) {
			break
		}
		stop := wordEnd(e.s, i+1)
		if stop >= len(e.s) || e.s[stop] != '(' {
			break
		}
		end := e.closing(stop)
		if end < 0 {
			break
		}
		o.known = o.known && same(folded(e.s[i+1:stop]))
		o.end = end + 1
	}
	return o
}

// literal reads the literal at i, with the letters before its quotation mark.
func (e *expressions) literal(i int) (literal, bool) {
	for n := i; n < len(e.s) && n-i <= 2; n++ {
		if quoteIndex(e.s[n]) >= 0 {
			l, ok := e.lits.at(n)
			return l, ok && l.start == i
		}
		if strings.IndexByte("fFrRbBuU$@", e.s[n]) < 0 {
			break
		}
	}
	return literal{}, false
}

// closing is the bracket that closes the one at i; -1 if it is far away.
func (e *expressions) closing(i int) int {
	if e.work < 0 {
		return -1
	}
	depth := 0
	stop := min(len(e.s), i+longestOperand)
	for n := i; n < stop; n++ {
		switch c := e.s[n]; c {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth == 0 {
				e.work -= n - i
				return n
			}
		case '"', '\'', '`':
			if l, ok := e.lits.at(n); ok {
				n = l.end - 1
			}
		}
	}
	e.work -= stop - i
	return -1
}

// content is what is in a literal, with the expressions in it that are known; whole is
// false if there is one that is not.
func (e *expressions) content(l literal, depth int) (text srctext.Text, whole bool) {
	plain := e.t.Slice(l.from, l.to)
	if l.holes == "" || strings.IndexByte(e.s[l.from:l.to], '{') < 0 {
		return plain, true
	}
	var b srctext.Builder
	done := l.from
	whole = true
	for i := l.from; i < l.to; {
		n := strings.Index(e.s[i:l.to], l.holes)
		if n < 0 {
			break
		}
		at := i + n
		i = at + len(l.holes)
		if l.holes == "{" && i < l.to && e.s[i] == '{' {
			i++ // {{ is a brace
			continue
		}
		inner := skipBlanks(e.s, i)
		o, ok := e.operand(inner, depth+1)
		end := -1
		if ok {
			end = skipBlanks(e.s, o.end)
		}
		if !ok || end >= l.to || e.s[end] != '}' {
			whole = false
			continue
		}
		if o.known {
			b.Copy(e.t, done, at)
			b.Copy(o.text, 0, o.text.Len())
			done = end + 1
		} else if whole = false; o.end-inner != len(o.name) { // a call, or more than a name
			b.Copy(e.t, done, at)
			b.Stand("{{"+plainName(o.name)+"}}", e.t, at, end+1)
			done = end + 1
		}
		i = end + 1
	}
	if done == l.from {
		return plain, whole
	}
	b.Copy(e.t, done, l.to)
	return b.Text(), whole
}

// pathEnd is the end of a name that begins at i, with what it belongs to: a.b, $this->b,
// A::B, @b.
func pathEnd(s string, i int) int {
	n := i
	for n < len(s) && n-i < 2 && (s[n] == '$' || s[n] == '@') {
		n++
	}
	if n >= len(s) || !isLetter(s[n]) && s[n] != '_' {
		return i
	}
	for n < len(s) && n-i < longestPath {
		switch {
		case isWord(s[n]):
			n++
			continue
		case n+1 < len(s) && s[n] == '.' && (isLetter(s[n+1]) || s[n+1] == '_'):
			n++
			continue
		case n+2 < len(s) && (s[n:n+2] == "->" || s[n:n+2] == "::" || s[n:n+2] == "?.") && (isLetter(s[n+2]) || s[n+2] == '_' || s[n+2] == '$'):
			n += 3
			continue
		}
		break
	}
	return n
}

// lastName is the last name of a path.
func lastName(path string) string {
	return path[strings.LastIndexAny(path, ".:>$@")+1:]
}

// encodes reports whether a function of that name percent-encodes its argument.
func encodes(name string) bool {
	switch name {
	case "encodeuricomponent", "encode", "quote", "quoteplus", "urlencode", "rawurlencode", "escapedatastring", "queryescape", "encodewwwformcomponent", "encodequerycomponent", "urlencoder":
		return true
	}
	return false
}

// same reports whether a function of that name returns the text that it is called on.
func same(name string) bool {
	switch name {
	case "decode", "strip", "trim", "tostring", "tos", "str", "string":
		return true
	}
	return false
}

// getter reports whether a function of that name takes the name of what it returns, so that
// its argument is not a secret.
func getter(name string) bool {
	switch name {
	case "getenv", "getenvironmentvariable", "env", "get", "fetch", "config", "getproperty":
		return true
	}
	return false
}

// nameLike reports whether a text is like the name of a variable.
func nameLike(s string) bool {
	for i := range len(s) {
		if !isWord(s[i]) && s[i] != '.' && s[i] != '-' {
			return false
		}
	}
	return len(s) <= longestName
}

// plainName is a name with only the characters that a placeholder may have.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r < 0x80 && isWord(byte(r)) || r == '.':
			return r
		case r == ':' || r == '>':
			return '.'
		}
		return -1
	}, name)
	name = strings.Trim(strings.ReplaceAll(name, "..", "."), ".")
	if name == "" {
		return "value"
	}
	return name
}

func skipBlanks(s string, i int) int {
	for i < len(s) && isBlank(s[i]) {
		i++
	}
	return i
}

// percentEncoded is a text as a function that encodes parameters writes it.
func percentEncoded(t srctext.Text) srctext.Text {
	var b srctext.Builder
	s := t.String()
	done := 0
	for i := range len(s) {
		if isWord(s[i]) || strings.IndexByte("-.~", s[i]) >= 0 {
			continue
		}
		b.Copy(t, done, i)
		b.Stand(percentOf(s[i]), t, i, i+1)
		done = i + 1
	}
	if done == 0 {
		return t
	}
	b.Copy(t, done, len(s))
	return b.Text()
}
