package input

import "strings"

// wgetMark recognises the lines that wget -d writes after the header of a message.
func wgetMark(line string) bool {
	return line == "---request end---" || line == "---response end---"
}

// debugged reads what wget -d writes after the header of a message: the body of a request
// in brackets. It does not show the body of a response.
func (p *httpParser) debugged(m *message) {
	p.i = lineAt(p.text, p.i).next
	for first := m.request; p.i < len(p.text); first = false {
		l := lineAt(p.text, p.i)
		line := p.text[l.start:l.end]
		if startLine(line, false) || strings.HasPrefix(line, "---request begin") {
			break
		}
		p.i = l.next
		for _, mark := range [...]string{"[POST data: ", "[BODY data: "} {
			if first && strings.HasPrefix(line, mark) && strings.HasSuffix(line, "]") {
				m.body.add(line[len(mark):len(line)-1], l.start+len(mark))
				return
			}
		}
	}
	m.headOnly = true
}
