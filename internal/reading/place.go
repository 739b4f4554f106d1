package reading

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// lineStarts are the offsets at which lines begin: after LF, CRLF or a lone CR.
func lineStarts(s string) []int {
	out := []int{0}
	for i := range len(s) {
		if s[i] == '\n' || s[i] == '\r' && (i+1 == len(s) || s[i+1] != '\n') {
			out = append(out, i+1)
		}
	}
	return out
}

// line is the line of the source that byte i is on, from 1.
func (r *reader) line(i int) int {
	return max(sort.SearchInts(r.lines, i+1), 1)
}

// endOfLine is the end of the line that byte i of the source is on.
func (r *reader) endOfLine(i int) int {
	if n := r.line(i); n < len(r.lines) {
		return r.lines[n]
	}
	return len(r.source)
}

// origin is the position of byte i of the source.
func (r *reader) origin(i int) evidence.Origin {
	n := r.line(i)
	return evidence.Origin{File: r.name, Line: n, Column: r.runes(min(i, len(r.source))) - r.runes(r.lines[n-1]) + 1}
}

// everyRunes is the distance in bytes between cached character counts.
const everyRunes = 4 << 10

// runes is the number of characters before byte i.
func (r *reader) runes(i int) int {
	for len(r.counts)*everyRunes <= i {
		k := len(r.counts)
		n := 0
		if k > 0 {
			n = r.counts[k-1] + starts(r.source[(k-1)*everyRunes:k*everyRunes])
		}
		r.counts = append(r.counts, n)
	}
	k := i / everyRunes
	return r.counts[k] + starts(r.source[k*everyRunes:i])
}

// starts counts the bytes that begin a character.
func starts(s string) int {
	n := 0
	for i := range len(s) {
		if utf8.RuneStart(s[i]) {
			n++
		}
	}
	return n
}

// frame is the stretch of the source that a decoded text t comes from. Places in what a
// reader of t returns are moved to it.
type frame struct {
	doc evidence.Document
	t   srctext.Text
	at  int // where doc.Text begins in the source
}

// frame is the frame of a text.
func (r *reader) frame(t srctext.Text) frame {
	span := t.Span()
	return frame{doc: evidence.Document{Origin: r.origin(span.Start), Text: r.source[span.Start:span.End]}, t: t, at: span.Start}
}

// input is the document for a reader of package input.
func (f frame) input() evidence.Document {
	return evidence.Document{Origin: f.doc.Origin, Text: f.t.String()}
}

// span converts a place in the decoded text to one in the frame's document.
func (f frame) span(s jsonspan.Span) (out jsonspan.Span, exact bool) {
	if s == (jsonspan.Span{}) {
		return s, false
	}
	p, exact := f.t.Place(min(max(s.Start, 0), f.t.Len()), min(max(s.End, s.Start), f.t.Len()))
	if p.Len() == 0 && !exact {
		return jsonspan.Span{}, false
	}
	return jsonspan.Span{Start: p.Start - f.at, End: p.End - f.at}, exact
}

// request moves all places of a request to the source. values receives the parameters
// that may be an assertion, with their places.
func (f frame) request(q *evidence.Request, values map[string]srctext.Text) *evidence.Request {
	q.Document = f.doc
	q.MethodSpan, _ = f.span(q.MethodSpan)
	q.URLSpan, _ = f.span(q.URLSpan)
	f.headers(q.Headers)
	for i := range q.Params {
		p := &q.Params[i]
		if p.Verbatim && values != nil && strings.HasPrefix(p.Value, "ey") && p.Span.End <= f.t.Len() {
			values[p.Value] = f.t.Slice(p.Span.Start, p.Span.End)
		}
		p.NameSpan, _ = f.span(p.NameSpan)
		span, exact := f.span(p.Span)
		p.Span, p.Verbatim = span, p.Verbatim && exact
	}
	if span, exact := f.span(q.Body.Span); exact {
		q.Body.Span = span
	} else {
		q.Body.Span = jsonspan.Span{}
	}
	return q
}

// response moves all places of a response to the source.
func (f frame) response(a *evidence.Response) *evidence.Response {
	a.Document = f.doc
	f.headers(a.Headers)
	if span, exact := f.span(a.BodySpan); exact {
		a.BodySpan = span
	} else {
		a.BodySpan = jsonspan.Span{}
	}
	return a
}

func (f frame) headers(hs evidence.Headers) {
	for i := range hs {
		hs[i].NameSpan, _ = f.span(hs[i].NameSpan)
		hs[i].Span, _ = f.span(hs[i].Span)
	}
}

// exchange moves all places of an exchange to the source.
func (r *reader) exchange(f frame, e input.Exchange, offset int) (input.Exchange, map[string]srctext.Text) {
	values := map[string]srctext.Text{}
	if e.Request != nil {
		f.request(e.Request, values)
	}
	if e.Response != nil {
		f.response(e.Response)
	}
	if e.Authorization != nil {
		f.request(e.Authorization, nil)
	}
	e.Line = r.line(f.at + offset)
	return e, values
}

// token is the assertion that a text is, with its places in the source.
func (r *reader) token(t srctext.Text) *evidence.Assertion {
	span := t.Span()
	origin := r.origin(span.Start)
	a := input.AssertionOf(t.String(), t.Len(), origin)
	if a.Original == r.source[span.Start:min(span.End, span.Start+len(a.Original))] {
		return a
	}
	last := len(a.Original)
	at := func(i int) int {
		p, ok := t.Place(min(i, last), min(i, last))
		if !ok {
			return span.Len()
		}
		return p.Start - span.Start
	}
	if a.Offsets == nil {
		a.Offsets = make([]int32, len(a.Compact)+1)
		for i := range a.Offsets {
			a.Offsets[i] = int32(i)
		}
	}
	for i := range a.Offsets {
		a.Offsets[i] = int32(at(int(a.Offsets[i])))
	}
	for i := range a.Repairs {
		s := &a.Repairs[i].Span
		s.Start, s.End = at(s.Start), at(s.End)
	}
	a.Original = r.source[span.Start:span.End]
	return a
}
