package input

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// addressKind is what a URL is, by its parameters.
type addressKind int

const (
	addressOther         addressKind = iota
	addressAuthorization             // sends a browser to the authorization endpoint
	addressCallback                  // sends it back
	addressToken                     // a token request with its parameters in the wrong place
)

// kindOfPairs is what a URL with these parameters is (RFC 6749 sections 4.1.1 to 4.1.3).
func kindOfPairs(ps []formPair) addressKind {
	has := map[string]bool{}
	for _, p := range ps {
		has[p.name] = true
	}
	switch {
	case has["grant_type"], has["client_assertion"], has["client_assertion_type"]:
		return addressToken
	case has["response_type"], has["client_id"] && (has["redirect_uri"] || has["request_uri"] || has["request"]), has["code_challenge"] && has["client_id"]:
		return addressAuthorization
	case has["error"], has["code"] && has["state"], has["code"] && !has["redirect_uri"] && !has["client_id"], has["state"] && (has["id_token"] || has["access_token"] || has["response"]):
		return addressCallback
	}
	return addressOther
}

// urlText reads a text that is one URL: an authorization request, the callback
// that answers it, or a token request whose parameters are in the URL.
func urlText(d evidence.Document) (Exchange, bool) {
	m, ok := oneAddress(d.Text)
	if !ok {
		return Exchange{}, false
	}
	url := m.String()
	query, fragment := queryOf(url)
	in := query
	kind := kindOfPairs(formPairs(cutSpan(url, query)))
	if k := kindOfPairs(formPairs(cutSpan(url, fragment))); k == addressCallback && kind == addressOther {
		kind, in = k, fragment
	}
	if kind == addressOther {
		return Exchange{}, false
	}
	e := Exchange{Line: d.Place(placeOf(m, 0)).Line}
	if kind == addressCallback {
		e.Response = callbackAnswer(d, m.cut(in.Start, in.End))
		return e, true
	}
	r := &evidence.Request{Document: d, What: "a URL", URL: url}
	r.URLSpan, _ = m.place(0, m.len())
	fillMapped(r, m, func(at place) { fillURL(r, at) })
	if kind == addressAuthorization {
		r.What, r.Method, r.BodyKnown = "an authorization URL", "GET", true
		e.Authorization = r
	} else {
		e.Request = r
	}
	return e, true
}

// placeOf is the offset of a byte in the document.
func placeOf(m mapped, i int) int {
	span, _ := m.place(i, min(i+1, m.len()))
	return span.Start
}

// fillMapped fills in the parameters of a mapped text, and records which of them the text
// leaves open.
func fillMapped(r *evidence.Request, m mapped, fill func(at place)) {
	rec := recorder{m: m}
	n := len(r.Params)
	fill(rec.place)
	rec.mark(r.Text, r.Params[n:])
	for _, h := range m.holes {
		r.Variables = appendNew(r.Variables, h.text)
	}
}

func appendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// oneAddress reads a text that is only a URL, which may be in quotes or angle brackets,
// after the name of a header field, or wrapped over lines.
func oneAddress(text string) (mapped, bool) {
	const longest = 64 << 10
	start, end := trimSpan(text, 0, len(text))
	if end-start > longest {
		return mapped{}, false
	}
	for _, label := range [...]string{"Location:", "GET ", "URL:", "Request URL:"} {
		if hasFold(text[start:end], label) {
			start, end = trimSpan(text, start+len(label), end)
		}
	}
	for _, marks := range [...]string{`""`, "''", "<>", "``", "()"} {
		if end-start > 2 && text[start] == marks[0] && text[end-1] == marks[1] {
			start, end = start+1, end-1
		}
	}
	m := joined(text, linesOf(text, start, end)) // line ends may have been added for display
	url := m.String()
	scheme, _, ok := strings.Cut(url, ":")
	if !ok && !strings.HasPrefix(url, "/") || ok && !strings.HasPrefix(url, "/") && !schemeLook(scheme) {
		return mapped{}, false
	}
	if strings.ContainsAny(url, " \t\r\n\"<>{}") && !strings.Contains(url, "{{") || !strings.ContainsAny(url, "?#") {
		return mapped{}, false
	}
	return m, true
}

// schemeLook recognises a scheme (RFC 3986 section 3.1), including those of apps.
func schemeLook(s string) bool {
	if s == "" || len(s) > 60 || !letter(s[0]) {
		return false
	}
	for i := range len(s) {
		if !letter(s[i]) && !digit(s[i]) && strings.IndexByte("+.-", s[i]) < 0 {
			return false
		}
	}
	return true
}

func trimSpan(text string, start, end int) (int, int) {
	for start < end && strings.IndexByte(" \t\r\n", text[start]) >= 0 {
		start++
	}
	for end > start && strings.IndexByte(" \t\r\n", text[end-1]) >= 0 {
		end--
	}
	return start, end
}

// callbackAnswer is the response of an authorization endpoint, in the query or fragment
// of the URL it sent the browser back to.
func callbackAnswer(d evidence.Document, m mapped) *evidence.Response {
	r := &evidence.Response{Document: d, What: "a callback URL", Callback: true, Body: m.String(), BodyKnown: true}
	if span, exact := m.place(0, m.len()); exact {
		r.BodySpan = span
	}
	fillResponse(r)
	if r.Form != evidence.FormForm && r.Form != evidence.FormEmpty {
		r.Form = evidence.FormForm
		r.Error = errorOf(r)
	}
	return r
}

// bodyText reads a text that is only the body of a request or response.
func bodyText(d evidence.Document) (Exchange, bool) {
	start, end := trimSpan(d.Text, 0, len(d.Text))
	text := d.Text[start:end]
	if text == "" {
		return Exchange{}, false
	}
	e := Exchange{Line: d.Place(start).Line}
	if jsonLook(text) {
		if v, _ := jsonspan.Scan([]byte(text), jsonspan.Limits{Values: maxMembers}); isRequestObject(v) {
			e.Request = bareBody(d, "a JSON body")
			r := e.Request
			r.Body.Text, r.Body.Span = d.Text, jsonspan.Span{End: len(d.Text)}
			fillBody(r, func(a, b int) (jsonspan.Span, bool) { return jsonspan.Span{Start: a, End: b}, true })
			return e, true
		}
	}
	if m, ok := formBody(d.Text, start, end); ok {
		switch kindOfPairs(formPairs(m.String())) {
		case addressCallback:
			e.Response = callbackAnswer(d, m)
			if !strings.Contains(text, "state=") && !strings.Contains(text, "code=") {
				e.Response.What = "an error body"
			}
		case addressAuthorization:
			e.Authorization = bareBody(d, "the parameters of an authorization request")
			fillForm(e.Authorization, m)
		default:
			e.Request = bareBody(d, "a form body")
			fillForm(e.Request, m)
		}
		return e, true
	}
	r := plainResponse(d)
	switch {
	case r.Form == evidence.FormHTML:
		r.What = "an HTML page"
	case r.Form == evidence.FormXML:
		r.What = "an XML document"
	case r.Error.Present:
		r.What = "an error body"
	case r.Success():
		r.What = "a token response"
	case r.Form == evidence.FormJSON:
		r.What = "a JSON body"
	}
	e.Response = r
	return e, true
}

// isRequestObject distinguishes the JSON body of a token request from a response.
func isRequestObject(v *jsonspan.Value) bool {
	for _, m := range v.Members {
		switch strings.ToLower(strings.ReplaceAll(m.Name, "-", "_")) {
		case "grant_type", "client_assertion", "client_assertion_type", "granttype", "clientassertion":
			return true
		}
	}
	return false
}

func bareBody(d evidence.Document, what string) *evidence.Request {
	return &evidence.Request{Document: d, What: what, BodyKnown: true}
}

func fillForm(r *evidence.Request, m mapped) {
	r.Body.Text = m.String()
	if span, exact := m.place(0, m.len()); exact {
		r.Body.Span = span
	}
	fillMapped(r, m, func(at place) { fillBody(r, at) })
	r.Quoting = quoting(r, "")
}
