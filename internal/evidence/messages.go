package evidence

import (
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/address"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// at points into a document. Its excerpt is what the caller says it is: what
// is around a place in a request may be a secret.
func (d Document) at(part string, span jsonspan.Span, excerpt *finding.Excerpt) finding.Location {
	span = clamp(span, len(d.Text))
	for span.Start > 0 && span.Start < len(d.Text) && !utf8.RuneStart(d.Text[span.Start]) {
		span.Start--
	}
	line, column := position(d.Text, span.Start)
	l := finding.Location{Part: part, Offset: span.Start, Length: span.Len(), Line: line, Column: column, Excerpt: excerpt}
	sourceLine, sourceColumn := line, column
	if line == 1 {
		sourceColumn += max(d.Origin.Column, 1) - 1
	}
	sourceLine += max(d.Origin.Line, 1) - 1
	l.Source = &finding.Source{File: d.Origin.File, Line: sourceLine, Column: sourceColumn, Length: utf8.RuneCountInString(d.Text[span.Start:span.End])}
	return l
}

// Place is where a byte of the document is in its file.
func (d Document) Place(offset int) Origin {
	line, column := position(d.Text, min(max(offset, 0), len(d.Text)))
	if line == 1 {
		column += max(d.Origin.Column, 1) - 1
	}
	return Origin{File: d.Origin.File, Line: line + max(d.Origin.Line, 1) - 1, Column: column}
}

// marked is an excerpt of three texts, the middle one marked.
func marked(before, middle, after string) *finding.Excerpt {
	return window(before+middle+after, len(before), len(middle))
}

// locateParam points to the value of a parameter of a request.
func (c *Case) locateParam(r *Request, p Param) finding.Location {
	value := c.Shown(p.Name, p.RawValue)
	if p.RawValue == "" {
		value = c.Shown(p.Name, p.Value)
	}
	return r.at(finding.PartRequest, orSpan(p.Span, p.NameSpan), marked(c.looks().Name(p.RawName)+separator(p), value, ""))
}

// locateParamName points to the name of a parameter.
func (c *Case) locateParamName(r *Request, p Param) finding.Location {
	return r.at(finding.PartRequest, orSpan(p.NameSpan, p.Span), marked("", c.looks().Name(p.RawName), separator(p)+c.Shown(p.Name, p.RawValue)))
}

func separator(p Param) string {
	if p.Type != "" {
		return ": "
	}
	return "="
}

func orSpan(s, other jsonspan.Span) jsonspan.Span {
	if s.Len() == 0 && other.Len() > 0 {
		return other
	}
	return s
}

// locateHeader points to the value of a header field of a request.
func (c *Case) locateHeader(r *Request, h Header) finding.Location {
	return r.at(finding.PartRequest, orSpan(h.Span, h.NameSpan), marked(h.Name+": ", c.ShownHeader(h), ""))
}

// locateMethod points to the method of a request, AtURL to its URL, whose query is
// not shown: it may contain secrets.
func (c *Case) locateMethod(r *Request) finding.Location {
	return r.at(finding.PartRequest, r.MethodSpan, marked("", r.Method, " "+withoutQuery(r.URL)))
}

// locateURL points to the URL of a request.
func (c *Case) locateURL(r *Request) finding.Location {
	return r.at(finding.PartRequest, r.URLSpan, marked(strings.TrimLeft(r.Method+" ", " "), withoutQuery(r.URL), ""))
}

func withoutQuery(url string) string {
	place, more := address.Written(url), ""
	if i := strings.IndexAny(place, "?#"); i >= 0 {
		place, more = place[:i], place[i:i+1]+"…"
	}
	if i := strings.Index(place, "//"); i >= 0 {
		if at := strings.LastIndexByte(place, '@'); at > i {
			place = place[:i+2] + "…@" + place[at+1:]
		}
	}
	return place + more
}

// locateRequest points to a span of the request's text, without an excerpt.
func (c *Case) locateRequest(r *Request, span jsonspan.Span) finding.Location {
	return r.at(finding.PartRequest, span, nil)
}

// locateResponse points to a span of the response's text, without an excerpt.
func (c *Case) locateResponse(r *Response, span jsonspan.Span) finding.Location {
	return r.at(finding.PartResponse, span, nil)
}

// locateResponseHeader points to the value of a header field of the response.
func (c *Case) locateResponseHeader(r *Response, h Header) finding.Location {
	return r.at(finding.PartResponse, orSpan(h.Span, h.NameSpan), marked(h.Name+": ", c.ShownHeader(h), ""))
}

// locateBody points to the value a JSON Pointer leads to in the response's body;
// "" is all of it. The values of tokens are masked.
func (c *Case) locateBody(r *Response, pointer string) finding.Location {
	span := jsonspan.Span{End: len(r.Body)}
	var excerpt *finding.Excerpt
	if v, ok := jsonspan.Find(r.JSON, pointer); ok && r.JSON != nil && pointer != "" {
		span = v.Span
		name := pointer[strings.LastIndexByte(pointer, '/')+1:]
		text := v.Raw
		if v.Kind == jsonspan.String {
			text = v.Str
		}
		excerpt = marked(name+": ", c.shownMember(name, text), "")
	}
	if r.BodySpan.Len() == 0 && len(r.Body) > 0 {
		// The body is encoded in its document; the whole of that is shown.
		l := r.at(finding.PartResponse, r.BodySpan, excerpt)
		l.Pointer = pointer
		return l
	}
	l := r.at(finding.PartResponse, jsonspan.Span{Start: r.BodySpan.Start + span.Start, End: r.BodySpan.Start + span.End}, excerpt)
	l.Pointer = pointer
	return l
}
