package reading

import (
	"encoding/json"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// draft collects the islands of one exchange that no reader of a form reads as
// a whole: a method and an address here, a body there, a status and an error
// further below.
type draft struct {
	line, params, address *island.Island
	// method and url are those of the request, which may stand apart.
	method, url    srctext.Text
	requestFields  []island.Field
	status, answer *island.Island
	more           *island.Island // the description of an answer that has only a code
	answerFields   []island.Field
	fieldsAt       int
	// group is the object that the answer came out of, 0 for none.
	group int
	start int
	end   int
	any   bool
	block int
}

func (d *draft) hasRequest() bool {
	return d.line != nil || d.params != nil || len(d.requestFields) > 0
}

func (d *draft) hasAnswer() bool {
	return d.status != nil || d.answer != nil || len(d.answerFields) > 0
}

// begins reports whether an island of a request opens another exchange.
func (d *draft) begins(is *island.Island) bool {
	if is.Kind != island.KindRequest && d.line != nil && d.params == nil && d.answer == nil {
		return false // a console tells the status beside the address, and the rest below
	}
	return d.hasAnswer() && (is.Group == 0 || is.Group != d.group)
}

// add puts an island into the draft, or first finishes the one there is.
func (r *reader) add(is *island.Island) {
	d := &r.draft
	switch is.Kind {
	case island.KindRequest:
		if is.URL.Len() == 0 && d.hasAnswer() && d.hasRequest() && d.fits(is) {
			return // told again beside the answer
		}
		if d.begins(is) && !r.mentions(is) || !d.fits(is) {
			r.flush()
		}
		d.line = is
		if d.method.Len() == 0 {
			d.method = is.Method
		}
		if d.url.Len() == 0 || !strings.Contains(d.url.String(), "://") && strings.Contains(is.URL.String(), "://") {
			d.url = is.URL
		}
	case island.KindParams:
		if d.params != nil && sameParams(d.params, is) {
			if !is.Shown {
				d.params = is
			}
			break
		}
		if d.begins(is) || d.params != nil {
			r.flush()
		}
		d.params = is
	case island.KindFields:
		if is.Side == island.SideRequest || is.Side == island.SideUnknown && !d.hasAnswer() && (d.hasRequest() || d.address != nil) {
			if d.begins(is) {
				r.flush()
			}
			d.requestFields = append(d.requestFields, is.Fields...)
		} else {
			d.answerFields = append(d.answerFields, is.Fields...)
		}
		d.fieldsAt = is.Span.Start
	case island.KindStatus:
		r.status(is)
	case island.KindAnswer:
		r.answer(is)
	case island.KindAddress:
		r.address(is)
		return
	default:
		return
	}
	r.cover(is)
}

// cover widens the stretch that the draft stands on.
func (r *reader) cover(is *island.Island) {
	d := &r.draft
	if !d.any {
		d.any, d.start, d.end, d.block = true, is.Span.Start, is.Span.End, is.Block
	}
	if is.Group != 0 {
		d.group = is.Group
	}
	d.start, d.end = min(d.start, is.Span.Start), max(d.end, is.Span.End)
}

func (r *reader) status(is *island.Island) {
	d := &r.draft
	switch {
	case d.status == nil && d.answer != nil && is.Group == 0 && is.Code < 400:
		// a status of something else, further below
	case d.status == nil:
		d.status = is
	case d.status.Code == is.Code:
		if d.status.Phrase == "" {
			d.status = is
		}
	case is.Loose:
	case d.answer == nil:
		d.status = is // the last one before the body
	default:
		r.flush()
		d.status = is
	}
}

func (r *reader) answer(is *island.Island) {
	d := &r.draft
	if d.answer == nil {
		d.answer = is
		return
	}
	switch {
	case r.complete(d.answer, is):
		d.more = is
	case r.sameAnswer(d.answer, is):
		if d.answer.Loose && !is.Loose || d.answer.Weight < is.Weight {
			d.answer = is
		}
	case is.Weight == island.Weak || is.Weight < d.answer.Weight:
		// what programs say around it
	case d.answer.Weight == island.Weak || is.Weight > d.answer.Weight || d.answer.Loose && !is.Loose:
		d.answer = is
	case is.Loose:
		r.leave(is.Span.Start, "another error ("+orElse(r.saysOf(is).code, "without a code")+")")
	default:
		r.flush()
		d.answer = is
	}
}

// address takes a URL for what it is: where the request goes, an authorization
// request, or a callback.
func (r *reader) address(is *island.Island) {
	d := &r.draft
	switch is.Address {
	case island.AddressToken, island.AddressOther:
		if strings.Contains(is.Text.String(), "grant_type=") || strings.Contains(is.Text.String(), "client_assertion") {
			r.url(is)
			return
		}
		if d.url.Len() > 0 || d.address != nil && is.Address == island.AddressOther {
			return
		}
		if d.hasAnswer() && !(is.Address == island.AddressToken && d.answer == nil && r.sameLine(is)) {
			return
		}
		d.address = is
		r.cover(is)
	default:
		r.url(is)
	}
}

// url reads a URL whose parameters matter.
func (r *reader) url(is *island.Island) {
	f := r.frame(is.Text)
	var e input.Exchange
	var ok bool
	if strings.Contains(is.Text.String(), "://") {
		e, ok = input.ReadURL(f.input())
	} else {
		e, ok = input.ReadBody(f.input())
	}
	if !ok || e.Response != nil && !e.Response.Error.Present {
		return
	}
	r.flush()
	e = r.exchange(f, e, 0)
	r.parts = append(r.parts, &part{Exchange: e, at: is.Span.Start, end: is.Span.End, nature: r.nature(is), label: is.Label})
}

// fits reports whether a method and an address may be those of the draft's request.
func (d *draft) fits(is *island.Island) bool {
	if m, n := d.method.String(), is.Method.String(); m != "" && n != "" && !strings.EqualFold(m, n) {
		return false
	}
	x, y := d.url.String(), is.URL.String()
	return x == "" || y == "" || withoutHost(x) == withoutHost(y)
}

// mentions reports whether a request is named in the sentence that tells of its
// answer: "400 Bad Request from POST https://…".
func (r *reader) mentions(is *island.Island) bool {
	d := &r.draft
	return d.answer == nil && d.fits(is) && r.sameLine(is)
}

// sameLine reports whether an island stands on the line that the draft ends on.
func (r *reader) sameLine(is *island.Island) bool {
	d := &r.draft
	return d.any && is.Span.Start >= d.end && !strings.Contains(r.source[d.end:is.Span.Start], "\n")
}

func withoutHost(url string) string {
	if i := strings.Index(url, "://"); i >= 0 {
		rest := url[i+3:]
		if i = strings.IndexByte(rest, '/'); i >= 0 {
			return rest[i:]
		}
		return "/"
	}
	return url
}

// sameParams reports whether two islands show the parameters of one request.
func sameParams(a, b *island.Island) bool {
	x, y := formValues(a.Text.String()), formValues(b.Text.String())
	same := 0
	for name, value := range x {
		other, ok := y[name]
		if !ok {
			continue
		}
		if other != value {
			return false
		}
		same++
	}
	return same > 0 && same*2 >= min(len(x), len(y))
}

func formValues(text string) map[string]string {
	out := map[string]string{}
	n := 0
	for p := range strings.SplitSeq(text, "&") {
		name, value, _ := strings.Cut(p, "=")
		out[strings.ToLower(name)] = strings.ToLower(strings.ReplaceAll(srctext.Percent(srctext.New(value), true).String(), " ", "+"))
		if n++; n > 200 {
			break
		}
	}
	return out
}

// sameAnswer reports whether two islands tell one error.
func (r *reader) sameAnswer(a, b *island.Island) bool {
	x, y := r.saysOf(a), r.saysOf(b)
	if x.code != "" && y.code != "" && x.code != y.code {
		return false
	}
	if x.words != "" && y.words != "" {
		return strings.Contains(x.words, y.words) || strings.Contains(y.words, x.words) || (a.Loose || b.Loose) && x.code == y.code
	}
	return x.code != "" && x.code == y.code || x.words != "" && strings.Contains(b.Text.String(), x.words) || y.words != "" && strings.Contains(a.Text.String(), y.words)
}

// complete reports whether one answer is the code and the other the description
// of one error.
func (r *reader) complete(a, b *island.Island) bool {
	x, y := r.saysOf(a), r.saysOf(b)
	return x.code != "" && x.words == "" && y.code == "" && y.words != ""
}

type saying struct{ code, words string }

// saysOf is what an answer says.
func (r *reader) saysOf(is *island.Island) saying {
	if s, ok := r.said[is]; ok {
		return s
	}
	e := input.ErrorOf(is.Text.String())
	s := saying{strings.ToLower(e.Code), strings.ToLower(strings.TrimSpace(e.Description))}
	r.said[is] = s
	return s
}

// flush makes a part of the draft.
func (r *reader) flush() {
	d := r.draft
	r.draft = draft{}
	if !d.any {
		return
	}
	p := &part{at: d.start, end: d.end}
	if d.block < len(r.found.Blocks) {
		p.nature = r.found.Blocks[d.block].Nature
	}
	if q := r.requestOf(&d); q != nil {
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
	p.Line = r.line(d.start)
	r.parts = append(r.parts, p)
}

// requestOf makes a request of the draft: it is written down as an HTTP message
// whose every byte knows where it came from, and read by the reader of those.
func (r *reader) requestOf(d *draft) *evidence.Request {
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
	b.Put(" HTTP/1.1\n")
	media := ""
	for _, f := range d.requestFields {
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
	if p := d.params; p != nil {
		body := p.Text
		if p.Shown && p.JSON.Len() > 0 && strings.Contains(media, "json") {
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
	f.request(q)
	q.What, q.HeadersKnown, q.Notes = "a request", false, nil
	q.Version = ""
	if url.Len() == 0 {
		q.URL, q.URLSpan = "", jsonspan.Span{}
	}
	if !known {
		q.Method, q.MethodSpan = "", jsonspan.Span{}
	}
	if d.params == nil {
		q.BodyKnown = false
	}
	return q
}

// answerOf makes an answer of the draft.
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
		a.Body, a.BodyKnown = body.Text.String(), true
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
