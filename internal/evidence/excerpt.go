package evidence

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Around a marked place, an excerpt shows at most this many bytes of text.
const (
	excerptBefore = 40
	excerptMarked = 60
	excerptAfter  = 20
)

// hidden is a stretch of text that is shown as something else.
type hidden struct {
	span jsonspan.Span
	as   string
}

// partExcerpt shows a place in decoded JSON, every secret in it masked.
func (c *Case) partExcerpt(part, text string, o *Object, span jsonspan.Span) *finding.Excerpt {
	if c.NoExcerpts {
		return nil
	}
	if part == finding.PartSignature {
		return c.excerpt(text, span, []hidden{{jsonspan.Span{End: len(text)}, fmt.Sprintf("…(%d bytes)", len(text))}})
	}
	root := (*jsonspan.Value)(nil)
	if o != nil {
		root = o.Value
	} else {
		root, _ = jsonspan.Scan([]byte(text), jsonspan.Limits{})
	}
	var hide []hidden
	for _, s := range c.looks().Hidden(root, text, nearby(span, len(text))) {
		hide = append(hide, hidden{clamp(s.Span, len(text)), s.As})
	}
	return c.excerpt(text, span, hide)
}

// assertionExcerpt shows a place in the pasted text. Of the signature, and of
// a payload that carries a jti, base64url is as good as clear text: both are
// shown only by their first characters. What surrounds an embedded assertion
// may contain other secrets and is not shown.
func (c *Case) assertionExcerpt(a *Assertion, span jsonspan.Span) *finding.Excerpt {
	if c.NoExcerpts {
		return nil
	}
	if c.ShowSecrets {
		return c.excerpt(a.Original, span, nil)
	}
	if len(a.Segments) == 0 {
		if a.Shape == ShapePlaceholder {
			return c.excerpt(a.Original, span, nil)
		}
		// Unrecognised text may be a key or a password.
		return c.excerpt(a.Original, span, []hidden{{jsonspan.Span{End: len(a.Original)}, c.Mask(a.Original)}})
	}
	var hide []hidden
	first := a.toOriginal(a.Segments[0].Span)
	if a.Embedded != "" && first.Start > 0 {
		hide = append(hide, hidden{jsonspan.Span{End: first.Start}, "…"})
	}
	end := first.End
	for i := range a.Segments {
		s := a.toOriginal(a.Segments[i].Span)
		end = max(end, s.End)
		if i > 0 && s.Len() > 0 {
			hide = append(hide, c.hideSegment(a, s, span)...)
		}
	}
	if a.MoreSegments || a.Embedded != "" {
		hide = append(hide, hidden{jsonspan.Span{Start: end, End: len(a.Original)}, "…"})
	}
	return c.excerpt(a.Original, span, hide)
}

// hideSegment masks a segment but for the marked characters, where these are
// few: a stray character is worth seeing and gives nothing away.
func (c *Case) hideSegment(a *Assertion, segment, marked jsonspan.Span) []hidden {
	const few = 4
	inside := marked.Start >= segment.Start && marked.End <= segment.End && marked.Len() <= few && marked.Len() > 0
	if !inside {
		return []hidden{{segment, c.Mask(a.Original[segment.Start:segment.End])}}
	}
	marked = a.wholeRunes(marked)
	var hide []hidden
	if n := marked.Start - segment.Start; n > 0 {
		hide = append(hide, hidden{jsonspan.Span{Start: segment.Start, End: marked.Start}, c.Mask(a.Original[segment.Start:marked.Start])})
	}
	if n := segment.End - marked.End; n > 0 {
		hide = append(hide, hidden{jsonspan.Span{Start: marked.End, End: segment.End}, fmt.Sprintf("…(%d characters)", utf8.RuneCountInString(a.Original[marked.End:segment.End]))})
	}
	return hide
}

// nearby is the stretch of a text around the marked place that an excerpt may show.
func nearby(span jsonspan.Span, size int) jsonspan.Span {
	return jsonspan.Span{Start: max(0, span.Start-4*excerptBefore), End: min(size, span.End+4*excerptAfter)}
}

// excerpt cuts one line of text around the marked place. What is hidden is
// replaced as a whole, so that the mark covers the replacement.
func (c *Case) excerpt(text string, span jsonspan.Span, hide []hidden) *finding.Excerpt {
	var b strings.Builder
	at, start, end := 0, -1, -1
	// Only what lies near the mark is copied: texts may be large.
	near := nearby(span, len(text))
	from, to := near.Start, near.End
	place := func(offset int) {
		if start < 0 && offset >= span.Start {
			start = b.Len()
		}
		if end < 0 && offset >= span.End {
			end = b.Len()
		}
	}
	copyTo := func(offset int) {
		for _, stop := range []int{span.Start, span.End, offset} {
			if stop > at && stop <= offset {
				if lo, hi := max(at, from), min(stop, to); lo < hi {
					b.WriteString(text[lo:hi])
				}
				at = stop
			}
			place(at)
		}
	}
	for _, h := range hide {
		if h.span.Start < at || h.span.Len() == 0 {
			continue
		}
		copyTo(h.span.Start)
		if start < 0 && span.Start < h.span.End {
			start = b.Len()
		}
		// A replacement far from the mark would only fill the line.
		if h.span.End >= from && h.span.Start <= to {
			b.WriteString(h.as)
		}
		at = h.span.End
		if end < 0 && span.End <= at && start >= 0 {
			end = b.Len()
			if span.End <= h.span.Start {
				end = start
			}
		}
	}
	copyTo(len(text))
	shown := b.String()
	if start < 0 {
		start = len(shown)
	}
	end = max(end, start)
	return window(shown, start, end-start)
}

// window cuts text to one line of bearable length around the mark.
func window(text string, start, length int) *finding.Excerpt {
	from := max(0, start-excerptBefore)
	if i := strings.LastIndexAny(text[from:start], "\r\n"); i >= 0 {
		from += i + 1
	}
	mark := min(length, excerptMarked)
	if i := strings.IndexAny(text[start:start+mark], "\r\n"); i > 0 {
		mark = i
	} else if i == 0 {
		mark = 1
	}
	to := min(len(text), start+mark+excerptAfter)
	if i := strings.IndexAny(text[start+mark:to], "\r\n"); i >= 0 {
		to = start + mark + i
	}
	for from > 0 && from < start && !utf8.RuneStart(text[from]) {
		from++
	}
	for to < len(text) && to > start+mark && !utf8.RuneStart(text[to]) {
		to--
	}
	for start+mark < to && !utf8.RuneStart(text[start+mark]) {
		mark++
	}
	before, after := "", ""
	if from > 0 {
		before = "…"
	}
	if to < len(text) {
		after = "…"
	}
	return &finding.Excerpt{Text: before + text[from:to] + after, Start: len(before) + start - from, Length: mark}
}
