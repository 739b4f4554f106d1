package input

import (
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

const harWhat = "a HAR entry"

// A message is written out as HTTP text, and places are relative to that: in the HAR it
// is in pieces and escaped.
type harWriter struct{ strings.Builder }

func (w *harWriter) put(s string) jsonspan.Span {
	from := w.Len()
	w.WriteString(s)
	return jsonspan.Span{Start: from, End: w.Len()}
}

// fields writes header fields. Pseudo-headers of HTTP/2, such as :authority, are left
// out; Chrome writes several fields of one name as one, with line ends between them.
func (w *harWriter) fields(pairs harPairs) (out evidence.Headers, more bool) {
	for _, p := range pairs {
		name := strings.TrimSpace(p.name.s)
		if name == "" || name[0] == ':' {
			continue
		}
		for value := range strings.SplitSeq(p.value.s, "\n") {
			if len(out) >= maxFields {
				more = true
				break
			}
			h := evidence.Header{Name: name, Value: strings.Trim(value, " \t\r")}
			h.NameSpan = w.put(name)
			w.put(": ")
			h.Span = w.put(h.Value)
			w.put("\n")
			out = append(out, h)
		}
	}
	w.put("\n")
	return out, more
}

func placeFrom(from int) place {
	return func(start, end int) (jsonspan.Span, bool) {
		return jsonspan.Span{Start: from + start, End: from + end}, true
	}
}

func (h *HAR) origin() evidence.Origin {
	return evidence.Origin{File: h.name, Line: h.line, Column: 1}
}

// request is the request of an entry.
func (h *HAR) request(e *harEntry) *evidence.Request {
	q := e.Request
	body, unknown := e.body(h.tool)
	r := &evidence.Request{What: harWhat, Method: e.method(), URL: e.url(), Version: harVersion(q.HTTPVersion.s), Sent: e.sent(), Took: e.took(), NeverSent: e.neverSent()}
	var w harWriter
	if r.Method != "" {
		r.MethodSpan = w.put(r.Method)
		w.put(" ")
	}
	r.URLSpan = w.put(r.URL)
	if r.Version != "" {
		w.put(" HTTP/" + r.Version)
	}
	w.put("\n")
	var more bool
	if r.Headers, more = w.fields(q.Headers); more {
		r.Notes = foremost(r.Notes, limited(maxFields, "header fields of the request"))
	}
	// Every request has header fields: if there are none, they were left out.
	r.HeadersKnown = len(q.Headers) > 0 && !more
	if _, ok := r.Headers.Get("Content-Type"); !ok && body != "" && q.PostData.MimeType.s != "" {
		r.Headers = append(r.Headers, evidence.Header{Name: "Content-Type", Value: q.PostData.MimeType.s, Implied: true})
	}
	r.Body.Text, r.Body.Unknown, r.BodyKnown = body, unknown, unknown == ""
	r.Body.Span = w.put(body)
	r.Document = evidence.Document{Origin: h.origin(), Text: w.String()}
	fillURL(r, placeFrom(r.URLSpan.Start))
	fillBody(r, placeFrom(r.Body.Span.Start))
	if q.PostData != nil && q.PostData.Text.s == "" {
		filesIn(r, q.PostData.Params)
	}
	if e.Response != nil && !e.answered() {
		r.Notes = append(r.Notes, e.unanswered("no answer came"))
	}
	return r
}

// filesIn marks the parameters whose values were files.
func filesIn(r *evidence.Request, params harPairs) {
	for _, f := range params {
		if f.file == "" || f.value.s != "" {
			continue
		}
		for i := range r.Params {
			if p := &r.Params[i]; p.In == evidence.InBody && p.Name == f.name.s && p.Value == "" {
				p.Unknown = "it is read from the file " + harClip(f.file, 200)
			}
		}
	}
}

// response is the response of an entry; nil if there was none.
func (h *HAR) response(e *harEntry) *evidence.Response {
	if !e.answered() {
		return nil
	}
	a := e.Response
	r := &evidence.Response{What: harWhat, Status: int(a.Status.n), StatusText: strings.TrimSpace(a.StatusText.s), Version: harVersion(a.HTTPVersion.s)}
	var w harWriter
	w.put(strings.TrimRight("HTTP/"+orText(r.Version, "1.1")+" "+strconv.Itoa(r.Status)+" "+r.StatusText, " ") + "\n")
	var more bool
	r.Headers, more = w.fields(a.Headers)
	r.HeadersKnown = len(a.Headers) > 0 && !more
	r.Body, r.BodyKnown, r.Truncated = e.answer(h.tool)
	r.BodySpan = w.put(r.Body)
	r.Document = evidence.Document{Origin: h.origin(), Text: w.String()}
	fillResponse(r)
	return r
}

// answer is the body of the response. Without text, size shows whether it was empty or
// left out; for browsers only if size is above 0.
func (e *harEntry) answer(tool string) (body string, known, cut bool) {
	a := e.Response
	c := a.Content
	if c == nil {
		c = &harContent{}
	}
	if c.Text.s != "" {
		body = c.Text.s
		if strings.EqualFold(strings.TrimSpace(c.Encoding.s), "base64") {
			body = decoded64(body)
		}
		return body, true, c.Text.cut
	}
	length := strings.TrimSpace(a.Headers.value("Content-Length"))
	switch {
	case a.Status.n == 204, a.Status.n == 205, a.Status.n == 304, strings.EqualFold(e.method(), "HEAD"):
		return "", true, false
	case length != "":
		return "", strings.Trim(length, "0") == "", false
	case !c.Size.set || c.Size.n != 0:
		return "", false, false
	}
	return "", c.Text.set || tool != "" && !browser(tool), false
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// harVersion reads the names that programs give to HTTP versions.
func harVersion(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "h2", "h2c", "spdy", "spdy/3.1":
		return "2"
	case "h3", "h3-29", "quic":
		return "3"
	}
	switch v := strings.TrimPrefix(s, "http/"); v {
	case "0.9", "1.0", "1.1", "2", "3":
		return v
	case "2.0", "3.0", "2+quic/46":
		return v[:1]
	}
	return ""
}
