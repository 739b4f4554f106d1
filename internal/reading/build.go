package reading

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// flush turns the draft into a part.
func (r *reader) flush() {
	d := r.draft
	r.draft = draft{}
	if !d.any {
		return
	}
	p := &part{at: d.start, end: d.end, drafted: d.spots()}
	if d.block < len(r.found.Blocks) {
		p.nature = r.found.Blocks[d.block].Nature
	}
	p.values = map[string]srctext.Text{}
	if q := r.requestOf(&d, p.values); q != nil {
		p.Request = q
		p.loose = d.params == nil
		p.snippet = d.params != nil && d.params.Shown && len(q.Variables) > 0
		if d.params != nil {
			p.label = d.params.Label
		}
	}
	if a := r.answerOf(&d); a != nil {
		p.Response = a
		p.weak = d.answer == nil || d.answer.Weight < island.Fair
	}
	if p.Request == nil && p.Response == nil {
		return
	}
	if p.Request == nil && p.drafted.answered >= 0 {
		p.at = p.drafted.answered // what is above it was something else
	}
	p.Line = r.line(p.at)
	r.parts = append(r.parts, p)
}

// requestOf makes a request of the draft: it writes it as an HTTP message in which every
// byte knows where it came from, and reads that like any other message.
func (r *reader) requestOf(d *draft, values map[string]srctext.Text) *evidence.Request {
	if d.line == nil && d.params == nil && (d.address == nil || d.address.Address != island.AddressToken || d.status == nil || d.status.Code < 400) {
		return nil
	}
	var b srctext.Builder
	var url srctext.Text
	known := false
	url = d.url
	if url.Len() == 0 && d.address != nil {
		url = d.address.Text
	}
	if m := d.method; m.Len() > 0 {
		b.Stand(strings.ToUpper(m.String()), m, 0, m.Len())
		known = true
	}
	if !known {
		b.Put("POST")
	}
	b.Put(" ")
	if url.Len() == 0 {
		b.Put("/")
	} else {
		b.Copy(url, 0, url.Len())
	}
	query := d.params != nil && d.params.Sent == island.SentQuery && url.Len() > 0
	if query {
		b.Put(map[bool]string{true: "&", false: "?"}[strings.Contains(url.String(), "?")])
		b.Copy(d.params.Text, 0, d.params.Text.Len())
	}
	b.Put(" HTTP/1.1\n")
	media := ""
	fields := d.requestFields
	if d.params != nil && d.params.Shown {
		fields = slices.Concat(fields, d.params.Fields)
	}
	for _, f := range fields {
		name := strings.ToLower(f.Name.String())
		if name == "content-length" || name == "transfer-encoding" || strings.ContainsAny(f.Value.String(), "\r\n") || f.Value.Len() == 0 {
			continue
		}
		if name == "content-type" {
			media = strings.ToLower(f.Value.String())
		}
		b.Copy(f.Name, 0, f.Name.Len())
		b.Put(": ")
		b.Copy(f.Value, 0, f.Value.Len())
		b.Put("\n")
	}
	b.Put("\n")
	if p := d.params; p != nil && !query {
		body := p.Text
		if p.Shown && p.JSON.Len() > 0 && (strings.Contains(media, "json") || p.Sent == island.SentJSON) {
			body = p.JSON
		}
		b.Copy(body, 0, body.Len())
	}
	t := b.Text()
	f := r.frame(t)
	all, err := input.ReadHTTP(f.input(), nil)
	if err != nil || len(all) == 0 {
		return nil
	}
	q := all[0].Request
	if q == nil {
		return nil
	}
	f.request(q, values)
	q.What, q.HeadersKnown, q.Notes = "a request", false, nil
	q.Version = ""
	if url.Len() == 0 {
		q.URL, q.URLSpan = "", jsonspan.Span{}
	}
	if !known {
		q.Method, q.MethodSpan = "", jsonspan.Span{}
	}
	if d.params == nil || d.params.Partial || query {
		q.BodyKnown = false
	}
	q.Body.Shown = d.params != nil && d.params.Shown && d.params.Sent == island.SentUnknown && media == ""
	return q
}

// answerOf makes a response of the draft.
func (r *reader) answerOf(d *draft) *evidence.Response {
	if d.status == nil && d.answer == nil {
		return nil
	}
	a := &evidence.Response{What: "an error body"}
	var first srctext.Text
	if s := d.status; s != nil {
		a.Status, a.StatusText, a.What = s.Code, s.Phrase, "an answer"
		first = s.Text
	}
	body := d.answer
	if body != nil {
		if first.Len() == 0 || body.Span.Start < first.Span().Start {
			first = body.Text
		}
		a.Body, a.BodyKnown, a.Printed = body.Text.String(), true, body.Loose
		if d.more != nil {
			code, _ := json.Marshal(r.saysOf(body).code)
			words, _ := json.Marshal(input.ErrorOf(d.more.Text.String()).Description)
			a.Body = `{"error":` + string(code) + `,"error_description":` + string(words) + "}"
		}
		if body.Grant && d.status == nil {
			a.What = "a token response"
		}
	}
	start, end := first.Span().Start, d.end
	if body != nil {
		start, end = min(start, body.Span.Start), max(first.Span().End, body.Span.End)
	}
	f := frame{doc: evidence.Document{Origin: r.origin(start), Text: r.source[start:max(end, start)]}, at: start}
	a.Document = f.doc
	for _, h := range d.answerFields {
		a.Headers = append(a.Headers, evidence.Header{Name: h.Name.String(), Value: h.Value.String()})
	}
	if body != nil {
		if span, exact := body.Text.Place(0, body.Text.Len()); exact && d.more == nil {
			a.BodySpan = jsonspan.Span{Start: span.Start - start, End: span.End - start}
		}
	}
	input.Understand(a)
	return a
}
