package evidence

import (
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// atPointer locates the value, or the name, of the member a JSON Pointer leads
// to. A member that is not there is located at the closing brace of the
// innermost object that is.
func (c *Case) atPointer(part, pointer string, name bool) finding.Location {
	o, ok := c.object(part)
	if !ok || o.DoubleEncoded || o.Value == nil {
		return c.wholePart(part, pointer)
	}
	span, ok := pointed(o.Value, pointer, name)
	if !ok {
		span = closing(o, pointer)
	}
	l := c.locateSpan(part, span)
	l.Pointer = pointer
	return l
}

func pointed(root *jsonspan.Value, pointer string, name bool) (jsonspan.Span, bool) {
	if name {
		if m, ok := jsonspan.FindMember(root, pointer); ok {
			return m.NameSpan, true
		}
	}
	v, ok := jsonspan.Find(root, pointer)
	if !ok {
		return jsonspan.Span{}, false
	}
	return v.Span, true
}

// closing is where a missing member would have to be: the last byte of the
// innermost value the pointer reaches.
func closing(o *Object, pointer string) jsonspan.Span {
	v := o.Value
	for i := 1; i <= len(pointer); i++ {
		if i < len(pointer) && pointer[i] != '/' {
			continue
		}
		inner, ok := jsonspan.Find(o.Value, pointer[:i])
		if !ok {
			break
		}
		v = inner
	}
	return jsonspan.Span{Start: max(v.Span.Start, v.Span.End-1), End: v.Span.End}
}

// locateSpan points to bytes of the decoded JSON of a part.
func (c *Case) locateSpan(part string, span jsonspan.Span) finding.Location {
	o, ok := c.object(part)
	i, isSegment := segmentOf(part)
	a := c.text()
	if !isSegment || a == nil || i >= len(a.Segments) {
		return finding.Location{Part: part, Offset: span.Start, Length: span.Len(), Line: 1, Column: 1}
	}
	seg := &a.Segments[i]
	raw := seg.Decoded
	if ok {
		if o.DoubleEncoded {
			return c.wholePart(part, "")
		}
		raw = o.Raw
	}
	text := string(raw)
	span = clamp(span, len(text))
	line, column := position(text, span.Start)
	return finding.Location{
		Part: part, Offset: span.Start, Length: span.Len(), Line: line, Column: column,
		Source:  a.source(a.toOriginal(seg.toCompact(span))),
		Excerpt: c.partExcerpt(part, text, o, span),
	}
}

// locateAssertion points to a span of Compact.
func (c *Case) locateAssertion(span jsonspan.Span) finding.Location {
	a := c.text()
	if a == nil {
		return finding.Location{Part: finding.PartAssertion, Line: 1, Column: 1}
	}
	return c.locateOriginal(a.toOriginal(clamp(span, len(a.Compact))))
}

// locateOriginal points to a span of Original. Offset and Length of the part
// "assertion" count in Original, which is what a person can look at.
func (c *Case) locateOriginal(span jsonspan.Span) finding.Location {
	a := c.text()
	if a == nil {
		return finding.Location{Part: finding.PartAssertion, Line: 1, Column: 1}
	}
	span = clamp(span, len(a.Original))
	line, column := position(a.Original, span.Start)
	return finding.Location{
		Part: finding.PartAssertion, Offset: span.Start, Length: span.Len(), Line: line, Column: column,
		Source: a.source(span), Excerpt: c.assertionExcerpt(a, span),
	}
}

// locateSegment points to one dot-separated part as a whole: to all of it where it
// was decoded, else to its text. One that is not there is the end of the text.
func (c *Case) locateSegment(i int) finding.Location {
	a := c.text()
	if a == nil || i < 0 || i >= len(a.Segments) {
		if a != nil {
			return c.locateAssertion(jsonspan.Span{Start: len(a.Compact), End: len(a.Compact)})
		}
		return c.locateAssertion(jsonspan.Span{})
	}
	return c.locateAssertion(a.Segments[i].Span)
}

// wholePart points to all of a part whose members do not have their own place.
func (c *Case) wholePart(part, pointer string) finding.Location {
	l := finding.Location{Part: part, Pointer: pointer, Line: 1, Column: 1}
	i, ok := segmentOf(part)
	a := c.text()
	if !ok || a == nil || i >= len(a.Segments) {
		return l
	}
	at := c.locateSegment(i)
	l.Source, l.Excerpt, l.Length = at.Source, at.Excerpt, len(a.Segments[i].Decoded)
	return l
}

func (c *Case) object(part string) (*Object, bool) {
	fact := c.Header
	if part == finding.PartClaims {
		fact = c.Claims
	} else if part != finding.PartHeader {
		return nil, false
	}
	o, ok := fact.Get()
	return o, ok && o != nil
}

func segmentOf(part string) (int, bool) {
	switch part {
	case finding.PartHeader:
		return 0, true
	case finding.PartClaims:
		return 1, true
	case finding.PartSignature:
		return 2, true
	}
	return 0, false
}

// toCompact leads bytes of Decoded to the characters that carry them; a
// character at the border carries bits of two bytes and counts for both.
func (s *Segment) toCompact(decoded jsonspan.Span) jsonspan.Span {
	last := len(s.Offsets) - 1
	if s.Offsets == nil && len(s.Clean) == s.Span.Len() {
		last = len(s.Clean) // the characters are where they are
	}
	if last < 0 {
		return s.Span
	}
	from := min(decoded.Start*8/6, last)
	to := min((decoded.End*8+5)/6, last)
	if decoded.Len() == 0 {
		to = from
	}
	if s.Offsets == nil {
		return jsonspan.Span{Start: s.Span.Start + from, End: s.Span.Start + max(from, to)}
	}
	return spread(s.Offsets, from, to)
}

// toOriginal leads a span of Compact to the text as given.
func (a *Assertion) toOriginal(compact jsonspan.Span) jsonspan.Span {
	switch {
	case a.Offsets == nil && len(a.Compact) == len(a.Original):
		return clamp(compact, len(a.Original))
	case len(a.Offsets) == 0:
		return jsonspan.Span{End: len(a.Original)}
	}
	last := len(a.Offsets) - 1
	return spread(a.Offsets, min(compact.Start, last), min(compact.End, last))
}

// spread is the span that the entries [from, to) cover. It ends behind its
// last character and not before the next one, between which removed text may have been.
func spread(offsets []int32, from, to int) jsonspan.Span {
	start := int(offsets[from])
	if to <= from {
		return jsonspan.Span{Start: start, End: start}
	}
	end := int(offsets[to-1]) + 1
	if next := int(offsets[to]); next < end {
		end = next // several characters mean one
	}
	return jsonspan.Span{Start: start, End: max(start, end)}
}

// source is the place of a span of Original in its file.
func (a *Assertion) source(span jsonspan.Span) *finding.Source {
	span = a.wholeRunes(span)
	line, column := position(a.Original, span.Start)
	if line == 1 {
		column += max(a.Origin.Column, 1) - 1
	}
	return &finding.Source{
		File: a.Origin.File, Line: line + max(a.Origin.Line, 1) - 1, Column: column,
		Length: utf8.RuneCountInString(a.Original[span.Start:span.End]),
	}
}

// wholeRunes widens a span so that it splits no character: one that means
// several others is pointed to in full.
func (a *Assertion) wholeRunes(span jsonspan.Span) jsonspan.Span {
	span = clamp(span, len(a.Original))
	for span.Start > 0 && span.Start < len(a.Original) && !utf8.RuneStart(a.Original[span.Start]) {
		span.Start--
	}
	if span.Len() > 0 {
		for span.End < len(a.Original) && !utf8.RuneStart(a.Original[span.End]) {
			span.End++
		}
	}
	return span
}

// position counts lines and, in the last of them, characters, from 1. LF, CRLF
// and a lone CR end a line.
func position(text string, offset int) (line, column int) {
	// Up to the first carriage return only line feeds count, which is quick: a
	// text may be large, and places in it many.
	plain := strings.IndexByte(text[:offset], '\r')
	if plain < 0 {
		plain = offset
	}
	line = 1 + strings.Count(text[:plain], "\n")
	start := strings.LastIndexByte(text[:plain], '\n') + 1
	for i := plain; i < offset; i++ {
		switch text[i] {
		case '\n':
			line, start = line+1, i+1
		case '\r':
			if i+1 >= len(text) || text[i+1] != '\n' {
				line, start = line+1, i+1
			}
		}
	}
	return line, utf8.RuneCountInString(text[start:offset]) + 1
}

func clamp(s jsonspan.Span, size int) jsonspan.Span {
	s.Start = min(max(s.Start, 0), size)
	s.End = min(max(s.End, s.Start), size)
	return s
}

// HasAssertion reports whether there is an assertion, be it without its signature
// or decoded.
func (c *Case) HasAssertion() bool {
	return c.Assertion.known || c.Header.known || c.Claims.known
}

// text is the assertion as it is in the input, also where its signature does not.
func (c *Case) text() *Assertion {
	if a, ok := c.Assertion.Get(); ok {
		return a
	}
	return c.Unsigned
}
