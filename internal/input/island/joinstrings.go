package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// A program puts a string together out of several: "a" + "b" in Java, JavaScript and C#,
// 'a' . 'b' in PHP, "a" & _ in Visual Basic, literals below each other in Python and C,
// b.append("a"), s += "a". What is searched is what the program makes of them.

// joinedStrings is a text in which each string is in one literal, and the names that the text
// defines. What is not known of a string is written like a placeholder of API clients.
func joinedStrings(t srctext.Text) (srctext.Text, definitions) {
	if strings.IndexByte(t.String(), '"') < 0 && strings.IndexByte(t.String(), '\'') < 0 && strings.IndexByte(t.String(), '`') < 0 {
		return t, definitions{}
	}
	t = joinStrings(expressionsOf(t, definitions{}), false)
	defs := definitionsOf(expressionsOf(t, definitions{}))
	return joinStrings(expressionsOf(t, defs), true), defs
}

// joinStrings joins the literals of a text; with names also what is between them.
func joinStrings(e *expressions, names bool) srctext.Text {
	var b srctext.Builder
	done := 0
	for i := 0; i < len(e.s); {
		n := strings.IndexAny(e.s[i:], "\"'`")
		if n < 0 {
			break
		}
		i += n
		l, ok := e.lits.at(i)
		if !ok {
			i++
			continue
		}
		i = l.end
		c := chain{e: e, first: l, end: l.end, names: names}
		if c.read(); !c.changed {
			continue
		}
		if done == 0 {
			b.Grow(len(e.s))
		}
		b.Copy(e.t, done, l.from)
		c.write(&b)
		done, i = c.end, c.end
	}
	if done == 0 {
		return e.t
	}
	b.Copy(e.t, done, len(e.s))
	return b.Text()
}

// chain is a string and what a program appends to it.
type chain struct {
	e       *expressions
	first   literal
	parts   []piece
	end     int
	names   bool
	changed bool
	amp     bool // joined by &
}

// piece is one of the strings that are joined.
type piece struct {
	text  srctext.Text
	quote byte // of a literal
}

// mostPieces is how many strings are joined.
const mostPieces = 1000

func (c *chain) read() {
	e := c.e
	text := e.t.Slice(c.first.from, c.first.to)
	if c.names {
		text = c.content(c.first, false)
		c.changed = text.String() != e.s[c.first.from:c.first.to]
	}
	c.parts = append(c.parts, piece{text, c.first.quote})
	last := c.first
	for len(c.parts) < mostPieces {
		at, how := c.joined(last)
		if at < 0 {
			return
		}
		if l, ok := e.literal(at); ok {
			if how == joinBelow && !c.below(last, l) {
				return
			}
			text := e.t.Slice(l.from, l.to)
			if c.names {
				text = c.content(l, how == joinDot)
			}
			c.parts = append(c.parts, piece{text, l.quote})
			c.changed, c.end, last = true, l.end, l
			continue
		}
		if !c.names || how == joinBelow || e.s[at] == '$' && how != joinDot {
			return
		}
		o, ok := e.operand(at, 0)
		if !ok {
			return
		}
		if !o.known {
			var b srctext.Builder
			b.Stand("{{"+plainName(o.name)+"}}", e.t, at, o.end)
			o.text = b.Text()
		}
		c.parts = append(c.parts, piece{o.text, 0})
		c.changed, c.end = true, o.end
		last = literal{start: at, from: at, to: o.end, end: o.end}
	}
}

// content is what is in a literal of the chain. In PHP it can contain names with a dollar
// sign; in Kotlin and Dart, too, which have a blank before a literal that they assign. What
// shells do with such names is left to the readers of commands.
func (c *chain) content(l literal, php bool) srctext.Text {
	text, _ := c.e.content(l, 0)
	if l.quote != '"' || text.Len() != l.to-l.from {
		return text
	}
	if !php {
		name, call := c.target()
		php = !call && name != "" && c.e.s[c.first.start-1] == ' ' && (name[0] != '$' || c.e.php)
	}
	if !php {
		return text
	}
	return c.e.interpolated(l)
}

// write writes the joined strings and what closes them.
func (c *chain) write(b *srctext.Builder) {
	q := string(c.first.quote)
	for _, p := range c.parts {
		if p.quote == c.first.quote {
			b.Copy(p.text, 0, p.text.Len())
			continue
		}
		s, done := p.text.String(), 0
		for i := range len(s) {
			if s[i] == c.first.quote && (i == 0 || s[i-1] != '\\') {
				b.Copy(p.text, done, i)
				b.Put(`\`)
				done = i
			}
		}
		b.Copy(p.text, done, len(s))
	}
	b.Put(q)
}

type joint uint8

const (
	joinSign   joint = iota // a + b, a & b
	joinDot                 // a . b
	joinBelow               // literals below each other
	joinAppend              // x.append(a); x.append(b)
)

// joined is where the next string of the chain begins, and what joins it; -1 if
// there is none.
func (c *chain) joined(last literal) (at int, how joint) {
	s := c.e.s
	i := last.end
	n := blanksAt(s, i)
	if n >= len(s) {
		return -1, 0
	}
	switch {
	case s[n] == '+' && n+1 < len(s) && s[n+1] != '+' && s[n+1] != '=':
		return c.after(n + 1), joinSign
	case s[n] == '.' && n > i && n+1 < len(s) && (isBlank(s[n+1]) || quoteIndex(s[n+1]) >= 0 || s[n+1] == '$'):
		return c.after(n + 1), joinDot
	case s[n] == '&' && n > i && strings.HasPrefix(s[n:], "& ") && last.quote == '"':
		rest := strings.TrimLeft(s[n+2:min(len(s), n+40)], " ")
		if rest, ok := strings.CutPrefix(rest, "_"); ok && rest != "" && (rest[0] == '\n' || rest[0] == '\r') {
			return c.after(n + strings.IndexByte(s[n:], '_') + 1), joinSign
		}
		if strings.HasPrefix(rest, `"`) || c.amp {
			c.amp = true
			return c.after(n + 1), joinSign
		}
	case strings.IndexByte(s[i:n], '\n') >= 0 && quoteIndex(s[n]) >= 0 && last.quote == s[n]:
		return n, joinBelow
	}
	return c.appended(last, n)
}

// after is where the value after an operator begins; -1 if there is none.
func (c *chain) after(i int) int {
	if n := blanksAt(c.e.s, i); n < len(c.e.s) {
		return n
	}
	return -1
}

// blanksAt is the end of the whitespace at i, with the backslash that continues a line.
func blanksAt(s string, i int) int {
	for i < len(s) && (isBlank(s[i]) || s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\n' || s[i+1] == '\r')) {
		i++
	}
	return i
}

// below reports whether a literal below another belongs to it: both are in one
// expression, and nothing else is on the line of the lower one.
func (c *chain) below(last, next literal) bool {
	s := c.e.s
	const far = 200 // bytes of whitespace
	before := strings.TrimRight(s[max(0, c.first.start-far):c.first.start], " \t\r\n")
	if before == "" || strings.IndexByte("=(:>", before[len(before)-1]) < 0 && !strings.HasSuffix(before, "return") {
		return false
	}
	after := next.end
	for after < len(s) && (s[after] == ' ' || s[after] == '\t' || s[after] == '\r') {
		after++
	}
	if after < len(s) && strings.IndexByte("\n),;\\]}", s[after]) < 0 {
		return false
	}
	return !startsToken(s[next.from:next.to]) || strings.HasSuffix(s[last.from:last.to], ".") || strings.HasSuffix(s[last.from:last.to], "=")
}

// appended is where the next string is that a program appends to the same thing: after a
// call of append, or after +=. n is where the text continues after the chain.
func (c *chain) appended(last literal, n int) (at int, how joint) {
	s := c.e.s
	i := last.end
	name, call := c.target()
	if name == "" && !call {
		return -1, 0
	}
	if call {
		if n >= len(s) || s[n] != ')' {
			return -1, 0
		}
		i = n + 1
		n = blanksAt(s, i)
		if n < len(s) && s[n] == '.' { // .append("a").append("b")
			if end := appendCall(s, n+1); end > 0 {
				return c.after(end), joinAppend
			}
			return -1, 0
		}
	}
	if n < len(s) && s[n] == ';' {
		n = blanksAt(s, n+1)
	} else if strings.IndexByte(s[i:n], '\n') < 0 {
		return -1, 0
	}
	if name == "" || !strings.HasPrefix(s[n:], name) {
		return -1, 0
	}
	n += len(name)
	if n < len(s) && s[n] == '.' {
		if end := appendCall(s, n+1); end > 0 {
			return c.after(end), joinAppend
		}
	}
	n = blanksAt(s, n)
	if strings.HasPrefix(s[n:], "+=") || strings.HasPrefix(s[n:], ".=") || strings.HasPrefix(s[n:], "<<") {
		return c.after(n + 2), joinAppend
	}
	return -1, 0
}

// target is what the first string of a chain is assigned or appended to, and whether that
// is a call.
func (c *chain) target() (name string, call bool) {
	s := c.e.s
	i := len(strings.TrimRight(s[max(0, c.first.start-4):c.first.start], " \t")) + max(0, c.first.start-4)
	if i == 0 {
		return "", false
	}
	switch s[i-1] {
	case '=':
		if i > 1 && strings.IndexByte("+.:", s[i-2]) >= 0 {
			i--
		}
		i--
		for i > 0 && (s[i-1] == ' ' || s[i-1] == '\t') && c.first.start-i < 8 {
			i--
		}
		return nameBefore(s, i), false
	case '(':
		end := i - 1
		from := end
		for from > 0 && end-from < longestAppend && isLetter(s[from-1]) {
			from--
		}
		if from > 0 && s[from-1] == '.' && appendName(s[from:end]) {
			return nameBefore(s, from-1), true
		}
		if from > 4 && (s[from:end] == "StringBuilder" || s[from:end] == "StringBuffer") && s[from-4:from] == "new " {
			head := strings.TrimRight(s[max(0, from-8):from-4], " =")
			return nameBefore(s, max(0, from-8)+len(head)), true
		}
	}
	return "", false
}

const longestAppend = 16 // letters of a function that appends

// appendCall is the end of "append(" at i; 0 if it is not there.
func appendCall(s string, i int) int {
	end := i
	for end < len(s) && end-i < longestAppend && isLetter(s[end]) {
		end++
	}
	if end < len(s) && s[end] == '(' && appendName(s[i:end]) {
		return end + 1
	}
	return 0
}

// appendName reports whether a function of that name appends to a string.
func appendName(name string) bool {
	switch name {
	case "append", "Append", "concat", "WriteString", "writeString":
		return true
	}
	return false
}
