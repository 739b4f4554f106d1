package input

import "strings"

// pseudo reads pseudo-header fields with their values after them or on the next line, as
// browsers copy them.
func (p *httpParser) pseudo(m *message) {
	m.version = "2"
	authority := mapped{}
	for p.i < len(p.text) {
		l := lineAt(p.text, p.i)
		a, b := trimSpan(p.text, l.start, l.end)
		if !pseudoField(p.text[a:b]) {
			break
		}
		n := strings.IndexByte(p.text[a+1:b], ':')
		name := p.text[a+1 : b]
		from, to := b, b
		if n >= 0 {
			name = p.text[a+1 : a+1+n]
			from, to = trimSpan(p.text, a+2+n, b)
		}
		p.i = l.next
		if from == to && p.i < len(p.text) {
			l = lineAt(p.text, p.i)
			from, to = trimSpan(p.text, l.start, l.end)
			p.i = l.next
			m.alternate = true
		}
		value := p.at(from, to)
		switch name {
		case "method":
			m.method = value
		case "path":
			m.target = value
		case "authority":
			authority = value
		case "scheme":
			m.scheme = value.String()
		case "status":
			if _, m.status, _, _ = statusLine("HTTP/2 " + value.String()); m.status != 0 {
				return
			}
		}
	}
	m.request = true
	if authority.len() > 0 {
		var host mapped
		host.put("Host", -1)
		m.fields = append(m.fields, messageField{host, authority})
	}
}

// nextValue reads a field whose name is from a to b, with or without its colon, and whose
// value is on the next line.
func (p *httpParser) nextValue(m *message, a, b int) {
	var f messageField
	f.name.add(strings.TrimSuffix(p.text[a:b], ":"), a)
	if l := lineAt(p.text, min(p.i, len(p.text))); p.i < len(p.text) {
		if from, to := trimSpan(p.text, l.start, l.end); from < to {
			f.value = p.at(from, to)
			p.i = l.next
		}
	}
	m.fields = append(m.fields, f)
}
