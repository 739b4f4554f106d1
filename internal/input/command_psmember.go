package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// scan is the end of the statement that continues at from: a line end, a semicolon, or a
// bracket that closes an earlier one. Within brackets it is only the closing bracket.
// Quoted text and comments are skipped.
func (p *psReader) scan(from int, within bool) int {
	depth := 0
	last := byte(0) // the last character that was not a blank
	for i := from; i < p.to; {
		c := p.src[i]
		free := depth == 0 && !within
		if kind, _ := psQuote(p.src[i:min(p.to, i+4)]); kind != 0 {
			i, last = p.quoteEnd(i), c
			continue
		}
		switch c {
		case '`':
			i += 1 + max(1, lineEnd(p.src[min(i+1, p.to):p.to]))
			continue
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			if depth == 0 {
				return i
			}
			depth--
		case ';':
			if free {
				return i
			}
		case '\n':
			if free && last != '|' {
				return i
			}
		case '#':
			if i > from && strings.IndexByte(" \t\r\n", p.src[i-1]) >= 0 {
				if free {
					return i
				}
				i = endOfLine(p.src, i, p.to)
				continue
			}
		}
		if strings.IndexByte(" \t\r\n", c) < 0 {
			last = c
		}
		i++
	}
	return p.to
}

// bracketEnd is the offset after the bracket that closes the one at i.
func (p *psReader) bracketEnd(i int) int { return min(p.scan(i+1, true)+1, p.to) }

// quoteEnd is the offset after the quotation mark that closes the one at i; the end of
// the line if none does.
func (p *psReader) quoteEnd(i int) int {
	kind, size := psQuote(p.src[i:min(p.to, i+4)])
	for k := i + size; k < p.to; {
		if kind == '"' && p.src[k] == '`' {
			k += 2
			continue
		}
		if other, n := psQuote(p.src[k:min(p.to, k+4)]); other == kind {
			return k + n
		}
		k++
	}
	return endOfLine(p.src, i, p.to)
}

// accessed reads the member accesses of a value that begins at start, such as .Trim() and
// ['name']. An unknown one leaves the value open.
func (p *psReader) accessed(v psValue, start int) psValue {
	for p.i < p.to {
		s := p.rest()
		n := 0
		switch s[0] {
		case '.':
			if n = nameLength(s[1:]); n == 0 {
				return v
			}
		case '[':
		default:
			return v
		}
		if name := s[1 : 1+n]; n > 0 && strings.HasPrefix(s[1+n:], "(") {
			p.i = p.bracketEnd(p.i + 1 + n)
			switch strings.ToLower(name) {
			case "trim", "tostring":
				v.text = trimmed(v.text)
			default:
				v = p.open(start)
			}
			continue
		}
		key := p.member()
		if key == nil {
			p.i = p.bracketEnd(p.i)
			v = p.open(start)
			continue
		}
		found := v.member(key.String())
		if found == nil || !p.supply.draw(found.text.cost()) {
			v = p.open(start)
			continue
		}
		v = *found
		v.shared = true
		v.text = v.text.cut(0, v.text.len())
	}
	return v
}

// member is a hashtable's value for a name; nil if there is none.
func (v *psValue) member(name string) *psValue {
	key := strings.ToLower(name)
	for _, pair := range v.table {
		if pair.key == key {
			return &pair.value
		}
	}
	return nil
}

// typed reads what begins with a type: a cast, or a call such as [guid]::NewGuid().
func (p *psReader) typed(start int) psValue {
	p.i = p.bracketEnd(start)
	kind := p.src[start:p.i]
	if !strings.HasPrefix(p.rest(), "::") {
		p.blanks(false)
		return p.term(false)
	}
	p.i += 2
	n := nameLength(p.rest())
	name := strings.ToLower(p.rest()[:n])
	if p.i += n; !strings.HasPrefix(p.rest(), "(") {
		return p.accessed(p.open(start), start)
	}
	call := p.i
	switch name {
	case "urlencode", "escapedatastring":
		p.i++
		p.blanks(true)
		v := p.value(false)
		p.blanks(true)
		if out := percentEncoded(v.text); !v.isTable && strings.HasPrefix(p.rest(), ")") && p.supply.draw(out.cost()) {
			p.i++
			return p.accessed(psValue{text: out}, start)
		}
	case "new":
		if keyed(kind) {
			p.i = p.bracketEnd(call)
			return psValue{isTable: true}
		}
	}
	p.i = p.bracketEnd(call)
	return p.accessed(p.open(start), start)
}

// keyed reports whether a type is some kind of hashtable.
func keyed(kind string) bool {
	kind = wording.LowerASCII(kind)
	return strings.Contains(kind, "dictionary") || strings.Contains(kind, "hashtable")
}

// member reads .name or ['name'] after a variable.
func (p *psReader) member() *mapped {
	var m mapped
	s := p.rest()
	switch {
	case strings.HasPrefix(s, "."):
		n := nameLength(s[1:])
		if n == 0 {
			return nil
		}
		m.add(p.doc[p.i+1:p.i+1+n], p.i+1)
		p.i += 1 + n
	case strings.HasPrefix(s, "["):
		kind, _ := psQuote(s[1:])
		if kind == 0 {
			return nil
		}
		if end := p.quoteEnd(p.i + 1); end >= p.to || p.src[end] != ']' {
			return nil
		}
		p.i++
		p.quoted(&m)
		p.i++
	default:
		return nil
	}
	return &m
}
