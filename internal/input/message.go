package input

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Message is a request in parts, as a server or proxy has it.
type Message struct {
	Method  string
	URL     string // absolute
	Version string // of HTTP: "1.1", "2"
	Fields  []Field
	Body    string
}

// Field is one header field.
type Field struct{ Name, Value string }

// RequestOf makes evidence of a request in parts. Places are relative to the message
// written out as HTTP, which is its Document. what describes it ("an HTTP request"), and
// source is where it came from.
func RequestOf(m Message, what, source string) *evidence.Request {
	r := &evidence.Request{What: what, Method: m.Method, URL: m.URL, Version: m.Version, HeadersKnown: true, BodyKnown: true}
	var w harWriter
	r.MethodSpan = w.put(m.Method)
	w.put(" ")
	r.URLSpan = w.put(m.URL)
	w.put(" HTTP/" + m.Version + "\n")
	for _, f := range m.Fields {
		h := evidence.Header{Name: f.Name, Value: f.Value}
		h.NameSpan = w.put(f.Name)
		w.put(": ")
		h.Span = w.put(f.Value)
		w.put("\n")
		r.Headers = append(r.Headers, h)
	}
	w.put("\n")
	r.Body.Text = m.Body
	r.Body.Span = w.put(m.Body)
	r.Document = evidence.Document{Origin: evidence.Origin{File: source, Line: 1, Column: 1}, Text: w.String()}
	fillURL(r, placeFrom(r.URLSpan.Start))
	fillBody(r, placeFrom(r.Body.Span.Start))
	return r
}
