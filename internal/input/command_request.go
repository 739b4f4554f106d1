package input

import (
	"bytes"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// draft is what a command says about a request, whichever program it calls.
type draft struct {
	what       string
	program    evidence.Program
	method     string
	methodSpan jsonspan.Span
	methodOpen bool // the method is in a variable
	headers    evidence.Headers
	// loose is true if more header fields may be sent than the text shows.
	loose            bool
	insecure, follow bool
	proxy, version   string
	variables        []string
	unread           []string
	notes            []string
	strange          string
	// supply is where files are read from; nil if the command cannot name any.
	supply *supply
	// basic is true if the program sends the user and password of a URL without waiting
	// for a challenge.
	basic bool
}

// payload is the body of a request as far as a command shows it.
type payload struct {
	mapped
	has     bool
	unknown string // why it is not completely known
	form    []formPart
}

// formPart is one part of a multipart body.
type formPart struct {
	name, value  mapped
	file, medium string
	unknown      string
}

func (c *draft) note(s string) {
	if len(c.notes) < maxHoles && !slices.Contains(c.notes, s) {
		c.notes = append(c.notes, s)
	}
}

// leave records what a text leaves open, and reports whether that is anything.
func (c *draft) leave(m mapped) bool {
	for _, h := range m.holes {
		if h.text != "" && len(c.variables) < maxHoles && !slices.Contains(c.variables, h.text) {
			c.variables = append(c.variables, h.text)
		}
		c.unreadFile(h.file)
	}
	return len(m.holes) > 0
}

func (c *draft) unreadFile(name string) {
	if name != "" && len(c.unread) < maxHoles && !slices.Contains(c.unread, name) {
		c.unread = append(c.unread, name)
		if c.supply != nil && c.supply.why[name] != "" {
			c.note(NotRead(name) + ": " + c.supply.why[name])
		}
	}
}

// field adds a header field that the command names.
func (c *draft) field(name, value mapped) {
	h := evidence.Header{Name: name.String(), Value: value.String()}
	if span, ok := name.place(0, name.len()); ok {
		h.NameSpan = span
	}
	if span, ok := value.place(0, value.len()); ok {
		h.Span = span
	}
	c.leave(name)
	c.leave(value)
	c.headers = append(c.headers, h)
}

// header adds the field that an option sets.
func (c *draft) header(name string, value mapped, implied bool) {
	h := evidence.Header{Name: name, Value: value.String(), Implied: implied}
	if span, ok := value.place(0, value.len()); ok && span.Len() > 0 {
		h.Span = span
	}
	c.leave(value)
	c.headers = append(c.headers, h)
}

// imply adds a field that the program adds on its own, unless the command sets it.
func (c *draft) imply(name, value string) {
	if _, ok := c.headers.Get(name); !ok {
		c.headers = append(c.headers, evidence.Header{Name: name, Value: value, Implied: true})
	}
}

// request makes the request to the address u with a body.
func (c *draft) request(d evidence.Document, u mapped, body payload) *evidence.Request {
	r := &evidence.Request{Document: d, What: c.what, Program: c.program, Method: c.method, MethodSpan: c.methodSpan, Version: c.version, Headers: c.headers, HeadersKnown: !c.loose,
		BodyKnown: body.unknown == "", Insecure: c.insecure, Follow: c.follow, Proxy: c.proxy}
	c.leave(u)
	c.leave(body.mapped)
	c.address(r, u)
	c.fill(r, body)
	r.Quoting = quoting(r, c.strange)
	if c.strange != "" {
		c.note("the quotation marks " + c.strange + " mean nothing to the shell this is written for; it passes them on")
	}
	r.Variables, r.Unread, r.Notes = slices.Clone(c.variables), slices.Clone(c.unread), append(r.Notes, c.notes...)
	return r
}

// address sets the URL with its parameters, without user and password.
func (c *draft) address(r *evidence.Request, u mapped) {
	if user, ok := userOf(u); ok {
		u = anonymous(u)
		if _, given := r.Headers.Get("Authorization"); c.basic && !given && user.len() > 0 {
			r.Headers = append(r.Headers, basicOf(user, true))
		}
	}
	u = safeHoles(u, false)
	rec := recorder{m: u}
	r.URL = u.String()
	fillURL(r, rec.place)
	rec.mark(r.Text, r.Params)
	end := len(u.b)
	if i := bytes.IndexAny(u.b, "?#"); i >= 0 {
		end = i
	}
	if h, ok := u.holeAt(0, end); ok {
		c.note("the URL is not known: " + h.why)
		r.URL = ""
	}
	if r.URL != "" {
		if address, ok := r.Address(); ok && address.Host != "" {
			host := address.Host
			if _, given := r.Headers.Get("Host"); !given {
				r.Headers = append(evidence.Headers{{Name: "Host", Value: host, Implied: true}}, r.Headers...)
			}
		}
	}
}

// fill sets the body with its parameters.
func (c *draft) fill(r *evidence.Request, body payload) {
	r.Body.Unknown = body.unknown
	switch {
	case body.form != nil:
		multipartBody(r, c, body.form)
		return
	case !body.has:
		return
	case body.len() == 0 && body.unknown != "":
		r.Body.Kind = evidence.BodyUnknown
		return
	case body.len() == 0 && len(body.holes) == 0:
		return // an empty one
	}
	first := strings.TrimLeft(body.String(), " \t\r\n")
	json := first != "" && (first[0] == '{' || first[0] == '[')
	m := safeHoles(body.mapped, json)
	if why, whole := openPairs(m, json); why != "" {
		r.Body.Unknown, r.BodyKnown = why, false
		if whole {
			r.Body.Kind = evidence.BodyUnknown
			return
		}
	}
	r.Body.Text = m.String()
	if span, ok := m.place(0, m.len()); ok {
		r.Body.Span = span
	}
	rec := recorder{m: m}
	n := len(r.Params)
	fillSent(r, rec.place)
	added := r.Params[n:]
	rec.mark(r.Text, added)
	added = slices.DeleteFunc(added, func(p evidence.Param) bool {
		return p.Value == "" && p.In == evidence.InBody && slices.ContainsFunc(m.holes, func(h hole) bool { return h.text != "" && h.text == p.Name })
	})
	r.Params = r.Params[:n+len(added)]
	if r.Body.Kind == evidence.BodyJSON && len(m.holes) > 0 && len(r.Body.Faults) > 0 {
		// The value of the variable may well make it valid JSON.
		r.Body.Faults, r.Body.Unknown, r.BodyKnown = nil, m.holes[0].why, false
	}
}

// openPairs is why the parameters of a form body are not known: what the text leaves open
// may be a name or several pairs. whole is true if it is the whole body.
func openPairs(m mapped, json bool) (why string, whole bool) {
	for _, h := range m.holes {
		if h.start == h.end {
			continue
		}
		if h.start == 0 && h.end == len(bytes.TrimSpace(m.b)) {
			return h.why, true
		}
		pair := m.b[bytes.LastIndexByte(m.b[:h.start], '&')+1 : h.start]
		if !json && bytes.IndexByte(pair, '=') < 0 && !bytes.HasPrefix(m.b[h.end:], []byte("=")) {
			why = h.why
		}
	}
	return why, false
}

// safeHoles encodes characters that would split a body or query inside something that the
// text leaves open, as in $(make_jwt a&b).
func safeHoles(m mapped, json bool) mapped {
	special := "&=+%#"
	if json {
		special = "\"\\\n\t"
	}
	if !slices.ContainsFunc(m.holes, func(h hole) bool { return strings.ContainsAny(h.text, special) }) {
		return m
	}
	out := mapped{traced: newTraced(len(m.b) + len(m.b)/16)}
	moved := make([]int32, len(m.b)+1)
	holes := m.holesByByte()
	for i, c := range m.b {
		moved[i] = int32(len(out.b))
		switch {
		case holes[i] == 0 || strings.IndexByte(special, c) < 0:
			out.putByte(c, m.at[i])
		case !json:
			out.putPercent(c, m.at[i])
		case c == '\n' || c == '\t':
			out.put(map[byte]string{'\n': `\n`, '\t': `\t`}[c], int(m.at[i]))
		default:
			out.put(`\`+string(rune(c)), int(m.at[i]))
		}
	}
	moved[len(m.b)] = int32(len(out.b))
	for _, h := range m.holes {
		h.start, h.end = int(moved[h.start]), int(moved[h.end])
		out.holes = append(out.holes, h)
	}
	for _, r := range m.from {
		out.from = append(out.from, region{int(moved[r.start]), int(moved[r.end]), r.span})
	}
	return out
}

// recorder is a place that remembers its calls, so that mark can find out which
// parameters the text leaves open.
type recorder struct {
	m     mapped
	calls []region
}

func (rec *recorder) place(start, end int) (jsonspan.Span, bool) {
	span, exact := rec.m.place(start, end)
	rec.calls = append(rec.calls, region{start, end, span})
	return span, exact
}

// mark records which parameters are not known, and which are literally in the document.
func (rec *recorder) mark(text string, params []evidence.Param) {
	byName, bySpan := map[jsonspan.Span][]region{}, map[jsonspan.Span][]region{}
	if len(rec.m.holes) > 0 {
		for _, call := range rec.calls {
			byName[call.span] = append(byName[call.span], call)
		}
		bySpan = byName
	}
	for i := range params {
		p := &params[i]
		if p.Value != "" && p.Span.Len() == len(p.Value) && p.Span.End <= len(text) && p.Span.Start >= 0 {
			p.Verbatim = text[p.Span.Start:p.Span.End] == p.Value
		}
		for _, h := range rec.m.holes {
			if h.start == h.end {
				for _, call := range byName[p.NameSpan] {
					if call.end+1 == h.start && p.Value == "" && string(rec.m.b[call.start:call.end]) == p.RawName {
						p.Unknown, p.Span, p.Verbatim = h.why, h.span, false
					}
				}
				continue
			}
			if p.Unknown != "" || !strings.Contains(p.Value, h.text) && !strings.Contains(p.RawValue, h.text) {
				continue
			}
			for _, call := range bySpan[p.Span] {
				if call.start < h.end && call.end > h.start {
					p.Unknown = h.why
				}
			}
		}
	}
}

// quoting is the quotation mark that is sent to the server as text; "" for none.
func quoting(r *evidence.Request, strange string) string {
	body := strings.TrimSpace(r.Body.Text)
	if r.Body.Kind == evidence.BodyMultipart {
		body = ""
	}
	media, _ := r.ContentType()
	json := strings.HasSuffix(media, "json")
	if mark := quotedAll(body); mark != "" && strings.ContainsAny(body, "={") && (mark != `"` || !json && strings.Contains(body, "=")) {
		return mark
	}
	for _, p := range r.ParamsIn(evidence.InBody) {
		if r.Body.Kind == evidence.BodyJSON || json {
			break
		}
		if mark := quotedAll(p.Value); mark != "" && len(p.Value) > 2*len(mark) {
			return mark
		}
		if mark := openingMark(p.Name); mark != "" && (mark == strange || openingMark(lastRune(p.Value)) != "") {
			return mark
		}
	}
	return ""
}

func lastRune(s string) string {
	for _, mark := range [...]string{"'", `"`, "”", "’", "“", "‘"} {
		if strings.HasSuffix(s, mark) {
			return mark
		}
	}
	return ""
}

// openingMark is the quotation mark that a text begins with.
func openingMark(s string) string {
	if s != "" && (s[0] == '\'' || s[0] == '"') {
		return s[:1]
	}
	return typographicQuote(s)
}

// quotedAll is the quotation mark that surrounds a text.
func quotedAll(s string) string {
	open := openingMark(s)
	if open == "" || len(s) < 2 || len(s) <= len(open) {
		return ""
	}
	closer := lastRune(s[len(open):])
	if closer == "" || len(open) == 1 && closer != open || len(open) > 1 && len(closer) == 1 {
		return ""
	}
	return open
}

// multipartBody writes a multipart/form-data body and its parameters.
func multipartBody(r *evidence.Request, c *draft, parts []formPart) {
	const boundary = "------------------------jwtdoctor0000000"
	var b strings.Builder
	for i := range parts {
		p := &parts[i]
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + p.name.String() + "\"")
		if p.file != "" {
			b.WriteString("; filename=\"" + p.file + "\"")
		}
		b.WriteString("\r\n")
		if p.medium != "" {
			b.WriteString("Content-Type: " + p.medium + "\r\n")
		}
		b.WriteString("\r\n" + p.value.String() + "\r\n")
		param := evidence.Param{Name: p.name.String(), RawName: p.name.String(), Value: p.value.String(), RawValue: p.value.String(), In: evidence.InBody, Unknown: p.unknown}
		param.NameSpan, _ = p.name.place(0, p.name.len())
		param.Span, param.Verbatim = p.value.place(0, p.value.len())
		c.leave(p.name)
		if c.leave(p.value) && param.Unknown == "" {
			param.Unknown = p.value.holes[0].why
		}
		param.Verbatim = param.Verbatim && param.Unknown == ""
		r.Params = append(r.Params, param)
	}
	b.WriteString("--" + boundary + "--\r\n")
	r.Body.Kind, r.Body.Text = evidence.BodyMultipart, b.String()
	for i := range r.Headers {
		if h := &r.Headers[i]; h.Implied && strings.EqualFold(h.Name, "Content-Type") {
			h.Value = "multipart/form-data; boundary=" + boundary
		}
	}
}
