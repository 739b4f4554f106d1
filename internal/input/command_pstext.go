package input

import (
	"strings"
	"unicode/utf8"
)

// psQuote is the quotation mark that a text begins with: PowerShell treats typographic
// ones like plain ones.
func psQuote(s string) (kind byte, size int) {
	if s == "" {
		return 0, 0
	}
	if s[0] == '"' || s[0] == '\'' {
		return s[0], 1
	}
	if s[0] < utf8.RuneSelf {
		return 0, 0
	}
	for _, mark := range [...]string{"“", "”", "„"} {
		if strings.HasPrefix(s, mark) {
			return '"', len(mark)
		}
	}
	for _, mark := range [...]string{"‘", "’", "‚"} {
		if strings.HasPrefix(s, mark) {
			return '\'', len(mark)
		}
	}
	return 0, 0
}

// quoted reads a string in quotes.
func (p *psReader) quoted(m *mapped) {
	kind, size := psQuote(p.rest())
	start := p.i
	p.i += size
	for p.i < p.to {
		if k, n := psQuote(p.src[p.i:min(p.to, p.i+4)]); k == kind {
			if k2, n2 := psQuote(p.src[min(p.to, p.i+n):min(p.to, p.i+n+4)]); k2 == kind {
				m.add(p.doc[p.i+n:p.i+n+n2], p.i+n)
				p.i += n + n2
				continue
			}
			p.i += n
			return
		}
		if kind == '"' && (p.src[p.i] == '`' || p.src[p.i] == '$') {
			p.special(m)
			continue
		}
		_, n := utf8.DecodeRuneInString(p.src[p.i:p.to])
		m.add(p.doc[p.i:p.i+n], p.i)
		p.i += n
	}
	if p.damage == nil {
		p.damage = &unclosed{start, p.doc[start : start+size]}
	}
}

// special reads an escape or a variable.
func (p *psReader) special(m *mapped) {
	s := p.src[p.i:p.to]
	if s[0] == '`' {
		if len(s) == 1 {
			p.i++
			return
		}
		if n := lineEnd(s[1:]); n > 0 {
			p.i += 1 + n
			return
		}
		_, n := utf8.DecodeRuneInString(s[1:])
		if k := strings.IndexByte("nrt0", s[1]); k >= 0 {
			m.put("\n\r\t\x00"[k:k+1], p.i+1)
		} else {
			m.add(p.doc[p.i+1:p.i+1+n], p.i+1)
		}
		p.i += 1 + n
		return
	}
	from := p.i
	switch name, n := psVariable(s); {
	case n > 0:
		p.i += n
		if value, ok := p.values[name]; ok && !value.isTable && m.len()+value.text.len() < maxCommand && p.supply.draw(value.text.cost()) {
			m.join(value.text)
			return
		}
		m.leave(p.doc[from:p.i], from, "it is the shell variable "+p.doc[from:p.i])
	case strings.HasPrefix(s, "$("):
		p.i = closing(p.src, p.i+1, p.to)
		m.leave(p.doc[from:p.i], from, "it is the output of a command")
	default:
		m.add(p.doc[p.i:p.i+1], p.i)
		p.i++
	}
}

// psVariable reads $name, ${name} and $env:NAME at the start of s.
func psVariable(s string) (name string, size int) {
	if len(s) < 2 || s[0] != '$' {
		return "", 0
	}
	if s[1] == '{' {
		n := strings.IndexAny(s[:min(len(s), 200)], "}\n")
		if n < 0 || s[n] != '}' {
			return "", 0
		}
		return strings.ToLower(s[2:n]), n + 1
	}
	n := nameLength(s[1:])
	if n == 0 {
		return "", 0
	}
	if scope := strings.ToLower(s[1 : 1+n]); 1+n < len(s) && s[1+n] == ':' {
		if k := nameLength(s[2+n:]); k > 0 {
			name = strings.ToLower(s[2+n : 2+n+k])
			if scope == "env" {
				name = "env:" + name
			}
			return name, 2 + n + k
		}
	}
	return strings.ToLower(s[1 : 1+n]), 1 + n
}

// pairs reads a hashtable up to its closing brace.
func (p *psReader) pairs() []*psPair {
	var out []*psPair
	for p.i < p.to {
		p.blanks(true)
		switch s := p.rest(); {
		case s == "":
			return out
		case s[0] == '}':
			p.i++
			return out
		case s[0] == ';' || s[0] == ',':
			p.i++
			continue
		}
		start := p.i
		var name mapped
		if kind, _ := psQuote(p.rest()); kind != 0 {
			p.quoted(&name)
		} else {
			for p.i < p.to && strings.IndexByte(" \t\r\n=;}", p.src[p.i]) < 0 {
				name.add(p.doc[p.i:p.i+1], p.i)
				p.i++
			}
		}
		p.blanks(false)
		if !strings.HasPrefix(p.rest(), "=") {
			if p.i == start {
				p.i++
			}
			continue
		}
		p.i++
		p.blanks(true)
		if pair := newPair(name, p.value(false)); len(out) < maxValues {
			out = append(out, pair)
		} else {
			p.more = true
		}
	}
	return out
}

// json is the value as ConvertTo-Json writes it.
func (v psValue) json(from *supply, depth int) mapped {
	if !from.draw(v.text.cost()) {
		return mapped{}
	}
	if !v.isTable {
		if text := v.text.String(); text == "$true" || text == "$false" || text == "$null" {
			var m mapped
			m.put(text[1:], -1)
			return m
		}
		return jsonQuoted(v.text)
	}
	var m mapped
	m.put("{", -1)
	for i, pair := range v.table {
		if i > 0 {
			m.put(", ", -1)
		}
		m.join(jsonQuoted(pair.name))
		m.put(": ", -1)
		if depth < maxDepth && m.len() < maxCommand {
			m.join(pair.value.json(from, depth+1))
		}
	}
	m.put("}", -1)
	return m
}
