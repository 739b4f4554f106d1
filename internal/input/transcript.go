package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// looksLikeTranscript recognises what curl -v writes: a request or status line after > or
// <.
func looksLikeTranscript(head string) bool {
	_, ok := transcriptStart(head[:min(len(head), maxBody)])
	return ok
}

// transcriptStart is where the first line of such a message is.
func transcriptStart(text string) (int, bool) {
	for i := 0; i < len(text); {
		l := lineAt(text, i)
		if line, mark := verboseLine(text[l.start:l.end]); mark != 0 {
			if _, _, version, ok := requestLineOf(line); mark == '>' && ok && version != "" {
				return i, true
			}
			if _, _, _, ok := statusLine(line); mark == '<' && ok {
				return i, true
			}
		}
		i = l.next
	}
	return 0, false
}

// verboseLine removes the mark from a line of curl -v; mark is 0 if there is none.
func verboseLine(line string) (rest string, mark byte) {
	if line == ">" || line == "<" || line == "*" {
		return "", line[0]
	}
	if len(line) > 1 && line[1] == ' ' && strings.IndexByte("><*", line[0]) >= 0 {
		return strings.TrimRight(line[2:], " \t"), line[0]
	}
	return line, 0
}

// transcript reads the lines of curl -v.
type transcript struct {
	d      evidence.Document
	text   string
	m      *message // being read; nil between messages
	inHead bool
	// again is true while the header of a response is repeated without marks, as -i does.
	again  bool
	scheme string
	out    []*message
}

func transcriptMessages(d evidence.Document) (out []*message, more bool) {
	t := &transcript{d: d, text: d.Text}
	for i := 0; i < len(t.text); {
		if len(t.out) > maxMessages {
			t.out, more = t.out[:maxMessages], true
			break
		}
		l := lineAt(t.text, i)
		t.line(l)
		i = l.next
	}
	for _, m := range t.out {
		end := m.body.len()
		for end > 0 && strings.IndexByte(" \t\r\n", m.body.b[end-1]) >= 0 {
			end--
		}
		m.body = m.body.cut(0, end)
	}
	return t.out, more
}

func (t *transcript) line(l textLine) {
	line, mark := verboseLine(t.text[l.start:l.end])
	from := l.start
	if mark != 0 {
		from = min(l.start+2, l.end)
	}
	switch {
	case mark == '*':
		t.info(line)
	case mark == '>' && t.begins(line, from, true), mark == '<' && t.begins(line, from, false):
	case mark != 0 && t.m != nil && t.inHead && t.m.request == (mark == '>'):
		t.header(line, from)
	case t.m != nil && t.m.request && !t.inHead && mark != '<' && t.sends(line):
		t.m.body.add(t.text[from:l.next], from)
		t.m.headOnly = false
	case t.m == nil || t.m.request || t.inHead:
		// Prompts, progress, and a repeated header.
	case dataMark(line):
		t.m.headOnly = true
	default:
		t.content(l)
	}
}

// begins reads the first line of a message.
func (t *transcript) begins(line string, from int, request bool) bool {
	m := &message{start: from, request: request, scheme: t.scheme, headOnly: true}
	if request {
		method, target, version, ok := requestLineOf(line)
		if !ok || version == "" {
			return false
		}
		m.version = version
		m.method.add(line[method.start:method.end], from+method.start)
		m.target.add(line[target.start:target.end], from+target.start)
	} else {
		version, status, text, ok := statusLine(line)
		if !ok {
			return false
		}
		m.version, m.status, m.statusText = version, status, text
	}
	t.out = append(t.out, m)
	t.m, t.inHead, t.again = m, true, false
	return true
}

func (t *transcript) header(line string, from int) {
	if strings.TrimSpace(line) == "" {
		t.inHead = false
		if t.m.request {
			_, chunked := t.has("Transfer-Encoding")
			length, said := t.has("Content-Length")
			// Fields may be missing from a pasted text; a response with a type had a
			// body.
			_, typed := t.has("Content-Type")
			t.m.headOnly = chunked || said && strings.Trim(strings.TrimSpace(length), "0") != "" || !said && typed
		}
		return
	}
	n := strings.IndexByte(line, ':')
	if n <= 0 || !fieldName(line[:n]) {
		return
	}
	if len(t.m.fields) >= maxFields {
		t.m.more = true
		return
	}
	var f messageField
	_, end := trimSpan(t.text, from, from+n)
	f.name.add(t.text[from:end], from)
	a, b := trimSpan(t.text, from+n+1, from+len(line))
	f.value.add(t.text[a:b], a)
	t.m.fields = append(t.m.fields, f)
}

// sends reports whether a line below the header of a request belongs to its body, which
// curl does not write but other clients and people do: a form, JSON, or its continuation.
func (t *transcript) sends(line string) bool {
	line = strings.TrimSpace(line)
	if t.m.body.len() > 0 || strings.HasPrefix(line, "{") && !dataMark(line) {
		return true
	}
	name, _, ok := strings.Cut(line, "=")
	return ok && name != "" && !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || strings.ContainsRune("\"'<>{}()$*", r) })
}

func (t *transcript) has(name string) (string, bool) {
	for _, f := range t.m.fields {
		if strings.EqualFold(f.name.String(), name) {
			return f.value.String(), true
		}
	}
	return "", false
}

// info reads what curl says about the connection.
func (t *transcript) info(line string) {
	switch {
	case strings.HasPrefix(line, "Connected to "), strings.HasPrefix(line, "Established connection to "):
		t.scheme = ""
		if strings.Contains(line+" ", " port 80 ") {
			t.scheme = "http"
		}
	case strings.Contains(line, "SSL connection using"), strings.Contains(line, "[:scheme: https]"), strings.Contains(line, "OPENED stream for https://"):
		t.scheme = "https"
	}
}

// dataMark recognises "{ [94 bytes data]".
func dataMark(line string) bool {
	return (strings.HasPrefix(line, "{ [") || strings.HasPrefix(line, "} [")) && strings.HasSuffix(line, "]")
}

// content reads a line of the response body. Progress and notes of curl may be between
// its lines, or on the same line.
func (t *transcript) content(l textLine) {
	start, end := l.start, l.end
	line := t.text[start:end]
	if t.again {
		t.again = strings.TrimSpace(line) != ""
		return
	}
	if _, _, _, ok := statusLine(line); ok && t.m.body.len() == 0 {
		t.again = true
		return
	}
	if n := strings.LastIndex(line, "--:--:--"); n >= 0 {
		n = strings.IndexAny(line[n:], "{<[")
		if n < 0 {
			return
		}
		start += strings.LastIndex(line, "--:--:--") + n
		line = t.text[start:end]
	} else if strings.Contains(line, "% Received") || strings.Contains(line, "Dload  Upload") {
		return
	}
	next := l.next
	for _, note := range [...]string{"* Connection #", "* Closing connection", "* Connection closed", "* shutting down connection"} {
		if n := strings.Index(line, note); n >= 0 {
			end, line = start+n, line[:n]
			next = end
		}
	}
	t.m.headOnly = false
	t.m.body.add(t.text[start:max(end, next)], start)
}

// withCommand replaces the request of a transcript by the command above it, since the
// transcript does not show the body.
func withCommand(d evidence.Document, files Files, all []Exchange) []Exchange {
	n, _ := transcriptStart(d.Text)
	if len(all) == 0 || !looksLikeCommand(d.Text[:n]) {
		return all
	}
	above := d
	above.Text = d.Text[:n]
	rs, err := commands(above, files)
	if err != nil || len(rs) != 1 {
		return all
	}
	e := &all[len(all)-1]
	if e.Request != nil {
		rs[0].Redirects = e.Request.Redirects
	}
	e.Request = rs[0]
	return all
}
