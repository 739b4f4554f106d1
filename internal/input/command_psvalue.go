package input

import (
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// psValue is a value of PowerShell: a text or a hashtable.
type psValue struct {
	text    mapped
	table   []*psPair // pairs are never changed: tables share them
	isTable bool
	shared  bool           // another value may have the same list of pairs
	index   map[string]int // of the pairs by key; nil if not needed yet
	span    jsonspan.Span
}

type psPair struct {
	name  mapped
	key   string // the name in lower case, as PowerShell compares it
	value psValue
}

func newPair(name mapped, value psValue) *psPair {
	return &psPair{name, strings.ToLower(name.String()), value}
}

func (p *psPair) cost() int { return p.name.cost() + p.value.text.cost() }

// psReader reads as much of PowerShell as requests need. Nothing is run.
type psReader struct {
	*shell
	i, to  int
	values map[string]psValue // of variables, by name in lower case
	depth  int
	damage *unclosed
	more   bool // a hashtable has more pairs than are read
	astray int  // bytes after unclosed quotation marks in prose
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
			n := len(p.rest()) - len(strings.TrimLeft(p.rest()[1:], " \t")) // a blank after the backtick is a slip
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

// hereString reads @"…"@ and @'…'@; ok is false if none begins here.
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
	if !argument && p.i < p.to && letter(p.src[p.i]) {
		// A bare word calls a command, whose output is not known.
		p.i = p.scan(p.i, false)
		return p.spanned(p.open(start), start)
	}
	v := p.term(argument)
	known := true
	for !argument {
		p.blanks(false)
		if !strings.HasPrefix(p.rest(), "+") {
			break
		}
		p.i++
		p.blanks(true)
		known = p.plus(&v, p.term(false)) && known
	}
	if !known {
		v = p.open(start)
	}
	if !argument {
		v = p.piped(v, start)
	}
	return p.spanned(v, start)
}

func (p *psReader) spanned(v psValue, start int) psValue {
	v.span = jsonspan.Span{Start: start, End: p.i}
	if v.text.len() > 0 {
		v.text.from = append(v.text.from, region{0, v.text.len(), v.span})
	}
	return v
}

// plus adds a text to a text or a hashtable to a hashtable; it returns false if the
// result is not known.
func (p *psReader) plus(v *psValue, more psValue) bool {
	switch {
	case v.isTable != more.isTable, v.text.len()+more.text.len() >= maxCommand:
		return false
	case v.isTable:
		if !p.supply.draw(len(more.table)*pieceCost) || !p.own(v) {
			return false
		}
		v.table, v.index = append(v.table, more.table...), nil
	default:
		v.text.join(more.text)
	}
	return true
}

// piped reads what the rest of the line does to a value: ConvertTo-Json is understood,
// anything else leaves the value open.
func (p *psReader) piped(v psValue, start int) psValue {
	p.blanks(false)
	if p.i >= p.to || strings.IndexByte("|-*/%", p.src[p.i]) < 0 {
		return v
	}
	first := p.i
	p.i = p.scan(first, false)
	if rest := strings.TrimLeft(p.src[first:p.i], "| "); p.src[first] == '|' && hasFold(rest, "convertto-json") {
		return psValue{text: v.json(p.supply, 0)}
	}
	return p.open(start)
}

// open is a value that is not known and left as written.
func (p *psReader) open(start int) psValue {
	var m mapped
	text := strings.TrimRight(p.doc[start:p.i], " \t\r\n")
	m.leave(text, start, "it is what PowerShell makes of "+brief(text))
	return psValue{text: m}
}

// brief shortens what a text leaves open, so that it fits in a sentence.
func brief(text string) string {
	const most = 200
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// term reads one operand with its members.
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
			return psValue{text: m}
		}
		return p.accessed(psValue{text: m}, start)
	case p.hereString(&m):
		return p.accessed(psValue{text: m}, start)
	case strings.HasPrefix(s, "@{"):
		p.i += 2
		return psValue{isTable: true, table: p.pairs()}
	case strings.HasPrefix(s, "@("):
		p.i = p.bracketEnd(start + 1)
		return p.accessed(p.open(start), start)
	case s[0] == '[' && !argument:
		return p.typed(start)
	case s[0] == '(':
		return p.accessed(p.parenthesised(start), start)
	case s[0] == '$':
		if v, ok := p.reference(argument); ok {
			return v
		}
	}
	p.bare(&m)
	if p.i == start {
		p.i++
	}
	return psValue{text: m}
}

// parenthesised reads an expression in parentheses.
func (p *psReader) parenthesised(start int) psValue {
	p.i++
	p.blanks(true)
	if p.i < p.to && !letter(p.src[p.i]) {
		v := p.value(false)
		p.blanks(true)
		if strings.HasPrefix(p.rest(), ")") {
			p.i++
			return v
		}
	}
	switch {
	case p.i < p.to:
		p.i = p.bracketEnd(start)
	case p.depth > 1:
		return psValue{} // unclosed, and so is everything around it
	}
	return p.open(start)
}

// reference reads a variable with its members; ok is false if it is only the beginning of
// a word, as in $host/token.
func (p *psReader) reference(argument bool) (psValue, bool) {
	start := p.i
	name, n := psVariable(p.rest())
	if n == 0 {
		return psValue{}, false
	}
	p.i += n
	v, known := p.values[name]
	if v.isTable && !v.shared {
		v.shared = true
		p.values[name] = v
	}
	switch {
	case known && p.supply.draw(v.text.cost()):
		v.text = v.text.cut(0, v.text.len()) // appending to it must not change the variable
	case known:
		v = p.open(start)
	default:
		text := p.doc[start:p.i]
		v.text.leave(text, start, "it is the shell variable "+text)
	}
	v = p.accessed(v, start)
	if argument && p.i < p.to && strings.IndexByte(" \t\r\n;|)}`,", p.src[p.i]) < 0 {
		p.i = start
		return psValue{}, false
	}
	return v, true
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
