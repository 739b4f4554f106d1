package input

import (
	"bytes"
	"strings"
)

// flush makes the requests of the arguments read so far, one per URL.
func (r *curlReader) flush() {
	if len(r.urls) == 0 {
		if !r.hasData && len(r.form) == 0 && len(r.draft.headers) == 0 && r.draft.method == "" {
			return
		}
		r.draft.note("the command has no URL")
		r.urls = append(r.urls, word{})
	}
	size := len(r.draft.headers) * pieceCost
	for _, m := range r.data {
		size += m.cost()
	}
	for _, m := range r.query {
		size += m.cost()
	}
	for i, u := range r.urls {
		// The same data is sent again for every URL after the first.
		if len(r.out) >= maxRequests || i > 0 && !r.supply.draw(size) {
			return
		}
		r.send(u)
	}
}

// send makes the request for one URL.
func (r *curlReader) send(u word) {
	shared := r.draft
	defer func() { r.draft = shared }()
	d := &r.draft
	d.headers = append(d.headers[:0:0], d.headers...)
	d.notes = append(d.notes[:0:0], d.notes...)
	d.strange = r.inv.strange
	body := payload{has: r.hasData, unknown: r.unknown}
	var data mapped
	for i, piece := range r.data {
		if i == 0 && len(r.data) == 1 {
			data = piece // the usual case, and it may be large
			break
		}
		if i > 0 && !r.json {
			data.put("&", -1)
		}
		data.join(piece)
	}
	method := "GET"
	address := r.address(u)
	shown := hostOn(address)
	if strings.HasPrefix(address.String(), "http://") && !strings.Contains(u.String(), "://") {
		if shown = u.argument(); strings.Contains(address.String(), "@") {
			shown = hostOn(address)
		}
	}
	span, _ := shown.place(0, shown.len())
	switch {
	case r.get:
		body = payload{}
		if r.hasData {
			address = withQuery(address, data)
		}
		if r.unknown != "" {
			d.note("the query is not known: " + r.unknown)
		}
	case len(r.form) > 0:
		method, body.form, body.has = "POST", r.form, true
		if r.hasData {
			d.note("-d and -F exclude each other; curl ends with an error")
		}
	case r.hasData:
		method, body.mapped = "POST", data
	case r.upload != nil:
		method = "PUT"
		body = r.uploaded(*r.upload)
	}
	if len(r.query) > 0 {
		var query mapped
		for i, q := range r.query {
			if i > 0 {
				query.put("&", -1)
			}
			query.join(q)
		}
		address = withQuery(address, query)
	}
	if r.head {
		method = "HEAD"
		if r.hasData && !r.get {
			d.note("-I and -d exclude each other; curl ends with an error")
		}
	}
	if r.config && body.unknown == "" {
		body.unknown = "there may be more of it in the file of -K"
	}
	switch {
	case d.method != "" || d.methodOpen:
	case r.config && method == "GET":
		d.methodOpen = true
	default:
		d.method = method
	}
	r.implied(body)
	out := d.request(r.d, address, body)
	out.URLSpan = span
	r.out = append(r.out, out)
}

// implied adds the header fields that curl adds on its own.
func (r *curlReader) implied(body payload) {
	d := &r.draft
	r.authorization()
	imply := func(name, value string) {
		if !r.removed[strings.ToLower(name)] {
			d.imply(name, value)
		}
	}
	if r.agent != nil {
		if r.agent.len() > 0 {
			if _, ok := d.headers.Get("User-Agent"); !ok {
				d.header("User-Agent", r.agent.argument(), true)
			}
		}
	} else {
		imply("User-Agent", "curl/8")
	}
	switch {
	case body.form != nil:
		imply("Content-Type", "multipart/form-data")
	case r.json:
		imply("Content-Type", "application/json")
		imply("Accept", "application/json")
	case body.has && r.upload == nil:
		imply("Content-Type", "application/x-www-form-urlencoded")
	}
	imply("Accept", "*/*")
	if r.removed["host"] {
		d.note("the Host header is taken out")
	}
}

// address is the URL as curl reads it.
func (r *curlReader) address(u word) mapped {
	m := trimmed(u.argument())
	text := m.String()
	if text == "" {
		return m
	}
	if _, open := m.holeAt(0, 1); !open && !hasScheme(text) {
		var full mapped
		full.put("http://", -1)
		full.join(m)
		r.draft.note("the URL has no scheme; curl uses http://")
		return full
	}
	return m
}

// hasScheme reports whether an address begins with a scheme such as https://.
func hasScheme(s string) bool {
	i := strings.Index(s, "://")
	if i <= 0 || !letter(s[0]) {
		return false
	}
	for j := range i {
		if c := s[j]; !letter(c) && !digit(c) && strings.IndexByte("+-.", c) < 0 {
			return false
		}
	}
	return true
}

// withQuery adds data to the query of a URL; the fragment is not sent.
func withQuery(address, query mapped) mapped {
	var out mapped
	end := address.len()
	if i := bytes.IndexByte(address.b, '#'); i >= 0 {
		end = i
	}
	out.join(address.cut(0, end))
	i := bytes.IndexByte(out.b, '?')
	switch {
	case i < 0:
		out.put("?", -1)
	case i < out.len()-1:
		out.put("&", -1)
	}
	out.join(query)
	return out
}

// uploaded is the body of -T.
func (r *curlReader) uploaded(w word) payload {
	name := w.String()
	body := payload{has: true}
	if name == "-" || name == "." {
		if !r.removed["transfer-encoding"] {
			r.draft.imply("Transfer-Encoding", "chunked")
		}
		name = "-"
	}
	r.draft.leave(w.mapped)
	body.mapped, _ = r.content(name, w.span)
	body.unknown = r.unknown
	return body
}

// formPart reads the argument of -F or --form-string.
func (r *curlReader) formPart(w word, literal bool) formPart {
	text := w.String()
	i := strings.IndexByte(text, '=')
	if i < 0 {
		r.draft.note("-F needs name=content; curl stops with an error here")
		return formPart{name: w.argument()}
	}
	name, m := w.tail(0), w.tail(i+1)
	part := formPart{name: name.cut(0, i), value: m}
	if literal {
		return part
	}
	value := m.String()
	end := len(value)
	if strings.HasPrefix(value, `"`) {
		if n := strings.IndexByte(value[1:], '"'); n >= 0 && (n+2 == len(value) || value[n+2] == ';') {
			part.value = m.cut(1, n+1)
			part.medium = formType(value[n+2:])
			return part
		}
	}
	for _, option := range [...]string{";type=", ";filename=", ";encoder=", ";headers="} {
		if n := strings.Index(value, option); n >= 0 && n < end {
			end = n
		}
	}
	part.medium = formType(value[end:])
	part.value = m.cut(0, end)
	if end == 0 || value[0] != '@' && value[0] != '<' {
		return part
	}
	file := value[1:end]
	before := r.unknown
	content, ok := r.content(file, w.span)
	if part.value = content; !ok {
		part.value, part.unknown = mapped{}, r.unknown
		part.value.leaveFile(file, w.span)
	}
	r.unknown = before
	if value[0] == '@' {
		part.file = file
		if _, given, ok := strings.Cut(text, ";filename="); ok {
			part.file, _, _ = strings.Cut(given, ";")
		}
		if part.medium == "" {
			part.medium = "application/octet-stream"
		}
	}
	return part
}

// formType is the media type among the options of a part.
func formType(options string) string {
	_, medium, ok := strings.Cut(options, ";type=")
	if !ok {
		return ""
	}
	medium, _, _ = strings.Cut(medium, ";")
	return strings.TrimSpace(medium)
}
