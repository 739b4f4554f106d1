package input

import (
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// psValue is a value of PowerShell: a text or a hashtable.
type psValue struct {
	text    mapped
	table   []psPair
	isTable bool
	span    jsonspan.Span
}

type psPair struct {
	name  mapped
	value psValue
}

// psReader reads PowerShell as far as requests need it. Nothing is run.
type psReader struct {
	*shell
	i, to  int
	values map[string]psValue // of variables, by name in lower case
	depth  int
	damage *unclosed
}

// maxDepth bounds how deep hashtables and parentheses are followed.
const maxDepth = 40

func (p *psReader) rest() string { return p.src[p.i:p.to] }

// blanks skips blanks and continued line ends; with lines, line ends and
// comments as well.
func (p *psReader) blanks(lines bool) {
	for p.i < p.to {
		c := p.src[p.i]
		switch {
		case c == ' ' || c == '\t' || c == '\r':
			p.i++
		case c == '`':
			n := len(p.rest()) - len(strings.TrimLeft(p.rest()[1:], " \t")) // a blank behind the backtick is a slip
			k := lineEnd(p.rest()[n:])
			if k == 0 {
				return
			}
			p.i += n + k
		case c == '\n' && lines:
			p.i++
		case c == '#' && lines:
			p.i = endOfLine(p.src, p.i, p.to)
		case strings.HasPrefix(p.rest(), "<#"):
			n := strings.Index(p.rest(), "#>")
			if n < 0 {
				p.i = p.to
				return
			}
			p.i += n + 2
		default:
			return
		}
	}
}

// hereString reads @"…"@ and @'…'@; ok is false where none begins here.
func (p *psReader) hereString(m *mapped) bool {
	s := p.rest()
	if !strings.HasPrefix(s, "@") {
		return false
	}
	kind, size := psQuote(s[1:])
	line := endOfLine(p.src, p.i, p.to)
	if kind == 0 || strings.TrimSpace(p.src[p.i+1+size:line]) != "" || line >= p.to {
		return false
	}
	from := line + 1
	for i := from; i < p.to; {
		end := endOfLine(p.src, i, p.to)
		text := strings.TrimLeft(p.src[i:end], " \t")
		if k, n := psQuote(text); k == kind && strings.HasPrefix(text[n:], "@") {
			stop := lineEndAt(p.src, max(i-1, from))
			if i == from {
				stop = from
			}
			for p.i = from; p.i < stop; {
				if kind == '"' && (p.src[p.i] == '$' || p.src[p.i] == '`') {
					p.special(m)
					continue
				}
				n := strings.IndexAny(p.src[p.i+1:stop], "$`")
				if n < 0 {
					n = stop - p.i - 1
				}
				m.add(p.doc[p.i:p.i+1+n], p.i)
				p.i += 1 + n
			}
			p.i = end - len(text) + n + 1
			return true
		}
		i = end + 1
	}
	p.damage = &unclosed{p.i, p.doc[p.i : p.i+1+size]}
	p.i = p.to
	return true
}

// value reads an expression. In the arguments of a command it ends at a blank.
func (p *psReader) value(argument bool) psValue {
	p.depth++
	defer func() { p.depth-- }()
	p.blanks(false)
	start := p.i
	v := p.term(argument)
	for !argument {
		p.blanks(false)
		if !strings.HasPrefix(p.rest(), "+") || v.isTable {
			break
		}
		p.i++
		p.blanks(true)
		v.text.join(p.term(false).text)
	}
	if !argument {
		v = p.piped(v, start)
	}
	v.span = jsonspan.Span{Start: start, End: p.i}
	if v.text.len() > 0 {
		v.text.from = append(v.text.from, region{0, v.text.len(), v.span})
	}
	return v
}

// piped reads what is done to a value further on in its line: ConvertTo-Json
// is understood, all else leaves the value open.
func (p *psReader) piped(v psValue, start int) psValue {
	p.blanks(false)
	end := p.i
	for end < min(p.to, p.i+2000) && strings.IndexByte("\n;})", p.src[end]) < 0 && p.src[end] != '#' {
		end++
	}
	rest := strings.TrimSpace(p.src[p.i:end])
	lower := strings.ToLower(rest)
	switch {
	case rest == "" || rest[0] == ',':
		return v
	case lower[0] == '|' && strings.HasPrefix(strings.TrimLeft(lower, "| "), "convertto-json"):
		p.i = end
		return psValue{text: v.json(0)}
	case strings.HasPrefix(lower, ".trim("):
		p.i = min(end+1, p.to)
		return v
	}
	if strings.HasPrefix(rest, "-") || rest[0] == '|' || rest[0] == '.' || rest[0] == '[' || rest[0] == '(' {
		p.i = max(end, p.i)
		return p.open(start)
	}
	return v
}

// open is a value that is left as it is written.
func (p *psReader) open(start int) psValue {
	var m mapped
	text := strings.TrimRight(p.doc[start:p.i], " \t\r")
	m.leave(text, start, "it is what PowerShell makes of "+text)
	return psValue{text: m}
}

// term reads one operand.
func (p *psReader) term(argument bool) psValue {
	start := p.i
	var m mapped
	if p.depth > maxDepth {
		p.i = p.to
	}
	if p.i >= p.to {
		return psValue{}
	}
	s := p.rest()
	switch kind, _ := psQuote(s); {
	case kind != 0:
		p.quoted(&m)
		if argument {
			p.bare(&m)
		}
		return psValue{text: m}
	case p.hereString(&m):
		return psValue{text: m}
	case strings.HasPrefix(s, "@{"):
		p.i += 2
		return psValue{isTable: true, table: p.pairs()}
	case s[0] == '[':
		if n := strings.IndexByte(s[:min(len(s), 80)], ']'); n > 0 && !argument {
			if p.i += n + 1; strings.HasPrefix(p.rest(), "::") {
				p.i = p.statementEnd()
				return p.open(start)
			}
			p.blanks(false)
			return p.term(false)
		}
	case s[0] == '(':
		p.i++
		v := p.value(false)
		p.blanks(true)
		if strings.HasPrefix(p.rest(), ")") {
			p.i++
			return v
		}
		p.i = closing(p.src, start, p.to)
		return p.open(start)
	case s[0] == '$':
		if name, n := psVariable(s); n > 0 {
			if value, ok := p.values[name]; ok {
				if after := s[n:]; !argument || after == "" || strings.IndexByte(" \t\r\n;|)}`", after[0]) >= 0 {
					p.i += n
					return value
				}
			}
		}
	}
	p.bare(&m)
	if p.i == start {
		p.i++
	}
	return psValue{text: m}
}

// bare reads a word without quotes, and quoted stretches in it.
func (p *psReader) bare(m *mapped) {
	for p.i < p.to {
		c := p.src[p.i]
		if strings.IndexByte(" \t\r\n;|)}", c) >= 0 {
			return
		}
		switch kind, _ := psQuote(p.src[p.i:min(p.to, p.i+4)]); {
		case kind != 0:
			p.quoted(m)
		case c == '`':
			if n := lineEnd(strings.TrimLeft(p.src[p.i+1:min(p.to, p.i+20)], " \t")); n > 0 {
				return
			}
			p.special(m)
		case c == '$':
			p.special(m)
		default:
			_, n := utf8.DecodeRuneInString(p.src[p.i:p.to])
			m.add(p.doc[p.i:p.i+n], p.i)
			p.i += n
		}
	}
}

// statementEnd is where the statement ends.
func (p *psReader) statementEnd() int {
	end := p.i
	for end < min(p.to, p.i+2000) && p.src[end] != '\n' && p.src[end] != ';' {
		end++
	}
	return end
}
