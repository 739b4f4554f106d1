package input

import (
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const (
	// maxVariable bounds the value of a variable in a REST client's file, and maxFilled a
	// text with its variables filled in, in bytes.
	maxVariable  = 16 << 10
	maxFilled    = 2 << 20
	maxVariables = 300
	// maxHeadless is how many lines are tried as the first header field of a message
	// without a request line.
	maxHeadless = 50
)

// httpParser reads raw messages, and the files of REST clients, which add separators,
// comments, names and variables.
type httpParser struct {
	d      evidence.Document
	text   string
	supply *supply
	i      int // the next line begins here
	vars   map[string]mapped
	// defined counts the definitions, tried the lines tried as a first header field.
	defined, tried int
	// client is true once something was found that only REST clients' files have.
	client bool
	name   string // of the next request
	out    []*message
}

func (p *httpParser) parse() {
	for p.i < len(p.text) && len(p.out) < maxMessages && !p.supply.over {
		l := lineAt(p.text, p.i)
		a, b := trimSpan(p.text, l.start, l.end)
		line := p.text[a:b]
		switch {
		case line == "":
		case p.directive(line, a, b):
		case startLine(line, true):
			p.message(a, b)
			continue
		case p.headless(l.start):
			continue
		case p.answerBelow(line):
			p.bareBody(a)
			continue
		}
		p.i = l.next
	}
}

// directive reads a line of a REST client's file that belongs to no message.
func (p *httpParser) directive(line string, a, b int) bool {
	switch {
	case strings.HasPrefix(line, "###"):
		p.client = true
		p.name = strings.TrimSpace(strings.TrimLeft(line, "#"))
	case strings.HasPrefix(line, "#"), strings.HasPrefix(line, "//"):
		rest := strings.TrimSpace(strings.TrimLeft(line, "#/"))
		if name, ok := strings.CutPrefix(rest, "@name"); ok {
			p.client = true
			p.name = strings.TrimSpace(strings.TrimLeft(name, " \t="))
		}
	case variableLine(line):
		p.client = true
		n := strings.IndexByte(line, '=')
		var value mapped
		from, to := trimSpan(p.text, a+n+1, b)
		if to-from > maxVariable || p.defined >= maxVariables {
			return true
		}
		p.defined++
		value.add(p.text[from:to], from)
		if value = p.filled(value); value.len() <= maxVariable {
			p.vars[strings.TrimSpace(line[1:n])] = value
		}
	default:
		return false
	}
	return true
}

// variableLine recognises "@name = value".
func variableLine(line string) bool {
	rest, ok := strings.CutPrefix(line, "@")
	if !ok {
		return false
	}
	n := strings.IndexByte(rest, '=')
	return n > 0 && parameterName(strings.TrimSpace(rest[:n]))
}

// filled replaces {{name}} by the value of the variable; one that no line defines stays
// as written and is reported as open.
func (p *httpParser) filled(m mapped) mapped {
	text := m.String()
	if n := strings.Count(text, "{{"); n == 0 || n > maxPlaceholders {
		return m
	}
	var out mapped
	for i := 0; i < len(text); {
		n := strings.Index(text[i:], "{{")
		if n < 0 {
			out.concat(m.slice(i, len(text)))
			break
		}
		open := i + n
		end := strings.Index(text[open:min(len(text), open+90)], "}}")
		if end < 0 {
			out.concat(m.slice(i, open+2))
			i = open + 2
			continue
		}
		end += open + 2
		value, ok := p.vars[strings.TrimSpace(text[open+2:end-2])]
		if !ok || out.len()+value.len() > maxFilled || !p.supply.draw(value.cost()) {
			out.concat(m.slice(i, end))
		} else {
			out.concat(m.slice(i, open))
			out.join(value)
		}
		i = end
	}
	out.holes = nil
	fillPlaceholders(&out)
	return out
}

// at is a stretch of the text with variables filled in.
func (p *httpParser) at(start, end int) mapped {
	var m mapped
	m.add(p.text[start:end], start)
	return p.filled(m)
}

// message reads the message that begins with the line from a to b.
func (p *httpParser) message(a, b int) {
	l := lineAt(p.text, a)
	line := p.text[a:b]
	indent := a
	for indent > 0 && (p.text[indent-1] == ' ' || p.text[indent-1] == '\t') {
		indent--
	}
	m := &message{start: a, name: p.name}
	p.name = ""
	p.out = append(p.out, m)
	switch version, status, text, ok := statusLine(line); {
	case ok:
		m.version, m.status, m.statusText = version, status, text
		p.i = l.next
	case pseudoField(line):
		p.i = a
		p.pseudo(m)
	default:
		method, target, version, _ := requestLineOf(line)
		m.request, m.version = true, version
		m.loose = version == ""
		m.method = p.at(a+method.start, a+method.end)
		m.target.add(p.text[a+target.start:a+target.end], a+target.start)
		p.i = l.next
		p.continued(m)
		m.target = p.filled(m.target)
	}
	p.head(m, a-indent)
}

// continued reads the lines that continue a URL: ?a=b, &c=d, and, if indented, /path.
func (p *httpParser) continued(m *message) {
	for p.i < len(p.text) {
		l := lineAt(p.text, p.i)
		a, b := trimSpan(p.text, l.start, l.end)
		further := a < b && p.text[a] == '/' && a > l.start && !strings.HasPrefix(p.text[a:b], "//") && m.version == ""
		if a == b || p.text[a] != '?' && p.text[a] != '&' && !further {
			return
		}
		if n := strings.LastIndex(p.text[a:b], " HTTP/"); n >= 0 && m.version == "" && versionLook(p.text[a+n+6:b]) {
			m.version, m.loose = p.text[a+n+6:b], false
			a, b = trimSpan(p.text, a, a+n)
		}
		m.target.add(p.text[a:b], a)
		p.i = l.next
	}
}

// headless reads header fields without a first line.
func (p *httpParser) headless(a int) bool {
	if p.tried++; len(p.out) > 0 || p.tried > maxHeadless || !headLook(p.text[a:]) {
		return false
	}
	m := &message{start: a, bare: true, request: true}
	p.out = append(p.out, m)
	p.i = a
	p.head(m, 0)
	for _, name := range [...]string{"Server", "Date", "WWW-Authenticate", "Set-Cookie"} {
		if m.field(name) != "" {
			m.request = false
		}
	}
	return true
}

// answerBelow recognises the body of a response that was pasted below a request.
func (p *httpParser) answerBelow(line string) bool {
	if len(p.out) == 0 || !p.out[len(p.out)-1].request {
		return false
	}
	return jsonLook(line) || hasFold(line, "<!doctype html") || hasFold(line, "<html")
}

func (p *httpParser) bareBody(a int) {
	m := &message{start: a, bare: true}
	p.out = append(p.out, m)
	p.i = a
	p.body(m)
}

// head reads header fields up to the empty line, and the body below. A line that is
// indented more than the first continues the one before.
func (p *httpParser) head(m *message, indent int) {
	for p.i < len(p.text) {
		l := lineAt(p.text, p.i)
		a, b := trimSpan(p.text, l.start, l.end)
		line := p.text[a:b]
		if line == "" {
			p.i = l.next
			p.body(m)
			return
		}
		if startLine(line, false) || strings.HasPrefix(line, "###") {
			break
		}
		if wgetMark(line) {
			p.debugged(m)
			return
		}
		n := strings.IndexByte(line, ':')
		isField := n > 0 && fieldName(line[:n])
		if m.alternate && (isField && n+1 == len(line) || fieldName(line)) && len(m.fields) < maxFields {
			p.i = l.next
			p.nextValue(m, a, b)
			continue
		}
		switch {
		case (p.client || m.loose) && (line[0] == '#' || strings.HasPrefix(line, "//")):
		case a-l.start > indent && len(m.fields) > 0 && !isField:
			f := &m.fields[len(m.fields)-1]
			f.value.put(" ", -1)
			f.value.add(line, a)
		case isField && len(m.fields) < maxFields:
			p.field(m, a, a+n, b)
		case isField:
			m.more = true
		case bodyLine(line):
			m.note("line " + strconv.Itoa(lineNumber(p.d, a)) + " looks like the beginning of the body; put an empty line before it")
			p.body(m)
			return
		default:
			if len(m.notes) < maxNotes {
				m.note("line " + strconv.Itoa(lineNumber(p.d, a)) + " has no colon, so it is not a header field; it was ignored")
			}
		}
		p.i = l.next
	}
	m.headOnly = !m.request
}

func (p *httpParser) field(m *message, a, colon, b int) {
	var f messageField
	_, end := trimSpan(p.text, a, colon)
	f.name.add(p.text[a:end], a)
	from, to := trimSpan(p.text, colon+1, b)
	f.value = p.at(from, to)
	m.fields = append(m.fields, f)
}

// bodyLine reports whether a line can only be the first of a body.
func bodyLine(line string) bool {
	return strings.IndexByte("{[<", line[0]) >= 0 || formLook(line) && strings.IndexByte(line, '=') > 0
}

// body reads a body up to the next message.
func (p *httpParser) body(m *message) {
	start, end := -1, -1
	form, gap := false, false
	for p.i < len(p.text) {
		l := lineAt(p.text, p.i)
		a, b := trimSpan(p.text, l.start, l.end)
		line := p.text[a:b]
		if start < 0 && wgetMark(line) {
			p.debugged(m)
			return
		}
		if line == "" {
			if gap = true; form && end > 0 {
				p.i = l.next
				break // a form body has no empty line
			}
			p.i = l.next
			continue
		}
		if strings.HasPrefix(line, "###") || strings.HasPrefix(line, "```") || startLine(line, gap && methodAndURL(line)) {
			break
		}
		if (p.client || m.loose) && m.request && handlerLine(line) {
			p.skipTo("###")
			break
		}
		if start < 0 {
			start = a
			form = formLook(line) && !jsonLook(line)
		}
		end, gap = b, false
		p.i = l.next
	}
	if start < 0 {
		return
	}
	end = p.endOfJSON(start, end)
	if name, ok := bodyFile(p.text[start:end]); ok && m.request {
		p.bodyFrom(m, name)
		return
	}
	m.body = p.at(start, end)
}

func (p *httpParser) skipTo(mark string) {
	for p.i < len(p.text) {
		l := lineAt(p.text, p.i)
		if line := strings.TrimLeft(p.text[l.start:l.end], " \t"); strings.HasPrefix(line, mark) {
			return
		}
		p.i = l.next
	}
}

// bodyFile reads "< ./body.json", which sends the content of a file.
func bodyFile(text string) (string, bool) {
	rest, ok := strings.CutPrefix(text, "<")
	if !ok || strings.Contains(rest, "\n") || strings.Contains(rest, ">") {
		return "", false
	}
	rest = strings.TrimPrefix(rest, "@")
	name := strings.TrimSpace(rest)
	return name, name != "" && name != rest
}

func (p *httpParser) bodyFrom(m *message, name string) {
	b, err := p.supply.read(name)
	if err != nil {
		m.unread = name
		if why := p.supply.why[name]; why != "" {
			m.note(NotRead(name) + ": " + why)
		}
		return
	}
	var body mapped
	body.put(string(b[:min(len(b), maxBody)]), -1)
	m.body = p.filled(body)
}
