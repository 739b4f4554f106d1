package input

import (
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const (
	maxFields   = 500 // header fields read of one message
	maxMessages = 500 // messages read of one text
	maxNotes    = 20
)

// message is one HTTP request or response as it is in a text.
type message struct {
	request bool
	start   int // of its first line
	name    string
	// bare is true if there is no first line: only header fields and a body, or only a
	// body.
	bare    bool
	loose   bool // more header fields may be sent than the text shows
	more    bool // there are more header fields than are read
	version string

	method, target mapped // of a request
	status         int    // of a response
	statusText     string

	fields []messageField
	body   mapped
	// headOnly is true if it is not known whether there was a body.
	headOnly bool
	// alternate is true if names and values are on alternate lines.
	alternate bool
	unread    string // the file the body is read from
	scheme    string // of the connection, if the text shows it
	notes     []string
}

type messageField struct{ name, value mapped }

// field returns the value of the first field of that name, "" without one.
func (m *message) field(name string) string {
	for _, f := range m.fields {
		if strings.EqualFold(f.name.String(), name) {
			return f.value.String()
		}
	}
	return ""
}

// lineNumber is the line of its file that a byte of the document is on.
func lineNumber(d evidence.Document, offset int) int {
	return max(d.Origin.Line, 1) + strings.Count(d.Text[:min(max(offset, 0), len(d.Text))], "\n")
}

func (m *message) note(s string) {
	if len(m.notes) < maxNotes {
		m.notes = append(m.notes, s)
	}
}

// httpText reads raw HTTP messages, files of REST clients and transcripts of curl -v:
// requests with the responses that follow them. Damaged messages are read as far as
// possible, with notes about the damage. files reads bodies that are in other files; nil
// reads none.
func httpText(d evidence.Document, files Files) ([]Exchange, error) {
	var ms []*message
	more := false
	transcript := looksLikeTranscript(d.Text)
	if transcript {
		ms, more = transcriptMessages(d)
	} else {
		p := &httpParser{d: d, text: d.Text, supply: newSupply(files), vars: map[string]mapped{}}
		if p.parse(); p.supply.over {
			return nil, p.supply.overdrawn(d)
		}
		ms, more = p.out, strings.TrimSpace(p.text[min(p.i, len(p.text)):]) != ""
	}
	out := exchangesOf(d, ms)
	if transcript {
		out = withCommand(d, files, out)
	}
	if len(out) == 0 {
		return nil, unreadHTTP(d)
	}
	if more {
		endedEarly(out, maxMessages, "HTTP messages")
	}
	return out, nil
}

func unreadHTTP(d evidence.Document) error {
	a, _ := trimSpan(d.Text, 0, len(d.Text))
	return &ReadError{ErrMalformed, d.Origin.File + " looks like an HTTP message, but from line " + strconv.Itoa(lineNumber(d, a)) +
		" on none can be read; a request begins with a line such as POST https://host/token HTTP/1.1, a response with HTTP/1.1 400"}
}

// requestOf makes a request of a message; u is its URL with the places it came from.
func requestOf(d evidence.Document, m *message) (r *evidence.Request, u mapped) {
	c := &draft{what: "an HTTP request", method: strings.ToUpper(m.method.String()), version: m.version, loose: m.loose || m.bare || m.more}
	if m.more {
		c.note(limited(maxFields, "header fields of the request"))
	}
	c.methodSpan, _ = m.method.place(0, m.method.len())
	for _, f := range m.fields {
		c.field(f.name, f.value)
	}
	u = addressOf(m)
	body := payload{mapped: m.body, has: m.body.len() > 0}
	if m.unread != "" {
		body = payload{has: true, unknown: fromFile(m.unread)}
		c.unreadFile(m.unread)
	}
	if strings.Contains(strings.ToLower(m.field("Transfer-Encoding")), "chunked") {
		if whole, ok := dechunked(body.mapped); ok {
			body.mapped = whole
		}
	}
	joinForm(d, m, &body.mapped)
	if body.len() > maxBody {
		body.mapped = body.cut(0, maxBody)
		m.note("the body is larger than 1 MiB; the rest of it was not read")
	}
	lengthNote(m, body.mapped)
	r = c.request(d, u, body)
	host := hostOn(m.target)
	r.URLSpan, _ = host.place(0, host.len())
	if m.headOnly {
		r.BodyKnown = false
	}
	r.Notes = append(r.Notes, m.notes...)
	return r, u
}

// addressOf is the URL of a request: its absolute form, else put together with the Host
// field (RFC 9112 section 3.2).
func addressOf(m *message) mapped {
	target := m.target.String()
	host := ""
	for _, f := range m.fields {
		if name := f.name.String(); strings.EqualFold(name, "Host") {
			host = strings.TrimSpace(f.value.String())
		}
	}
	var u mapped
	switch {
	case m.bare && target == "", strings.EqualFold(m.method.String(), "CONNECT"):
		return u
	case strings.HasPrefix(target, "/") && host != "":
		if m.scheme != "" {
			u.put(m.scheme+":", -1)
		}
		u.put("//"+host, -1)
	case !strings.HasPrefix(target, "/") && !strings.Contains(target, "://") && !strings.HasPrefix(target, "{{") && target != "*":
		u.put("//", -1)
	}
	u.join(m.target)
	return u
}

// responseOf makes a response of a message.
func responseOf(d evidence.Document, m *message) *evidence.Response {
	r := &evidence.Response{Document: d, What: "an HTTP response", Status: m.status, StatusText: m.statusText, Version: m.version, HeadersKnown: !m.bare && !m.more}
	c := &draft{}
	for _, f := range m.fields {
		c.field(f.name, f.value)
	}
	r.Headers = c.headers
	body := m.body
	if strings.Contains(strings.ToLower(m.field("Transfer-Encoding")), "chunked") {
		if whole, ok := dechunked(body); ok {
			body = whole
		}
	}
	if body.len() > maxBody {
		body, r.Truncated = body.cut(0, maxBody), true
	}
	r.Body = body.String()
	if span, exact := body.place(0, body.len()); exact && body.len() > 0 {
		r.BodySpan = span
	}
	length := strings.TrimSpace(m.field("Content-Length"))
	r.BodyKnown = r.Body != "" || length == "0" || m.status == 204 || !m.headOnly && length == "" && m.field("Content-Type") == ""
	if m.bare && len(m.fields) == 0 {
		r.What = "an error body"
	}
	fillResponse(r)
	return r
}

// lengthNote compares the body with Content-Length. Copying may add or remove line ends,
// so small differences mean nothing.
func lengthNote(m *message, body mapped) {
	said, err := strconv.Atoi(strings.TrimSpace(m.field("Content-Length")))
	text := body.String()
	if err != nil || m.headOnly || m.unread != "" || len(body.holes) > 0 || strings.Contains(text, "…") || strings.Contains(text, "...") || strings.ContainsAny(text, "<>") {
		return
	}
	lines := strings.Count(text, "\n") + 1
	switch {
	case said > len(text)+2*lines:
		m.note("Content-Length says " + strconv.Itoa(said) + " bytes, and the body has " + strconv.Itoa(len(text)) + ": a server waits for the rest")
	case said < len(text)-lines:
		m.note("Content-Length says " + strconv.Itoa(said) + " bytes, and the body has " + strconv.Itoa(len(text)) + ": a server reads only as far as it says")
	}
}

// dechunked undoes the chunked transfer coding (RFC 9112 section 7.1) if the body really
// has it.
func dechunked(m mapped) (mapped, bool) {
	var out mapped
	b := m.b
	for i := 0; i < len(b); {
		end := i
		for end < len(b) && b[end] != '\n' {
			end++
		}
		size, _, _ := strings.Cut(strings.TrimSpace(string(b[i:end])), ";")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 16, 31)
		if err != nil || len(size) > 8 {
			return m, false
		}
		i = min(end+1, len(b))
		if n == 0 {
			return out, true
		}
		if int(n) > len(b)-i {
			return m, false
		}
		out.concat(m.slice(i, i+int(n)))
		i += int(n)
		for _, c := range [...]byte{'\r', '\n'} {
			if i < len(b) && b[i] == c {
				i++
			}
		}
	}
	return out, out.len() > 0
}

// joinForm removes the line ends from a form body that was wrapped for display.
func joinForm(d evidence.Document, m *message, body *mapped) {
	text := body.String()
	if !strings.Contains(text, "\n") && !m.loose {
		return
	}
	media, _, _ := strings.Cut(strings.ToLower(m.field("Content-Type")), ";")
	media = strings.TrimSpace(media)
	if m.loose && (media == "" || media == "application/x-www-form-urlencoded") {
		if plain, ok := spacedForm(*body); ok {
			*body = plain
			return
		}
	}
	if media != "" && media != "application/x-www-form-urlencoded" || !formLook(text) || jsonLook(strings.TrimSpace(text)) {
		return
	}
	lines := linesOf(text, 0, len(text))
	var out mapped
	separate := named(text, lines, '=')
	for i, l := range lines {
		if separate && i > 0 {
			out.put("&", -1)
		}
		out.join(body.cut(l.start, l.end))
	}
	if len(lines) > 1 {
		where := strconv.Itoa(lineNumber(d, placeOf(*body, 0)))
		if separate {
			m.note("from line " + where + " on, each parameter has its own line; they were read as if joined with &, which a server needs")
		} else {
			m.note("from line " + where + " on the form body is broken over " + strconv.Itoa(len(lines)) + " lines; it was read as one")
		}
	}
	*body = out
}
