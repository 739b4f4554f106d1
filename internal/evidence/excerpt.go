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

// Mask writes a secret so that two can be told apart but neither be used. It
// keeps the first 3 characters where that leaves more than 8 untold.
func (c *Case) Mask(value string) string {
	if c.ShowSecrets {
		return value
	}
	n := utf8.RuneCountInString(value)
	shown := ""
	if n > 11 {
		for i := range value {
			if utf8.RuneCountInString(value[:i]) == 3 {
				shown = value[:i]
				break
			}
		}
	}
	return fmt.Sprintf("%s…(%d characters)", shown, n)
}

// hidden is a stretch of text that is shown as something else.
type hidden struct {
	span jsonspan.Span
	as   string
}

// partExcerpt shows a place in decoded JSON, every jti in it masked.
func (c *Case) partExcerpt(part, text string, o *Object, span jsonspan.Span) *finding.Excerpt {
	if part == finding.PartSignature {
		return c.excerpt(text, span, []hidden{{jsonspan.Span{End: len(text)}, fmt.Sprintf("…(%d bytes)", len(text))}})
	}
	if c.ShowSecrets {
		return c.excerpt(text, span, nil)
	}
	root := (*jsonspan.Value)(nil)
	if o != nil {
		root = o.Value
	} else {
		root, _ = jsonspan.Scan([]byte(text), jsonspan.Limits{})
	}
	return c.excerpt(text, span, c.secrets(root, text, nil))
}

// secrets finds every value of a member named jti, at any depth, in order.
func (c *Case) secrets(v *jsonspan.Value, text string, found []hidden) []hidden {
	if v == nil {
		return found
	}
	for _, m := range v.Members {
		if !strings.EqualFold(strings.TrimSpace(m.Name), "jti") {
			found = c.secrets(m.Value, text, found)
			continue
		}
		as := ""
		switch s := clamp(m.Value.Span, len(text)); {
		case m.Value.Kind == jsonspan.String:
			as = `"` + c.Mask(m.Value.Str) + `"`
		case m.Value.Kind == jsonspan.Null || m.Value.Kind == jsonspan.Bool:
			continue
		default:
			as = c.Mask(text[s.Start:s.End])
		}
		if m.Value.Kind == jsonspan.Invalid {
			// A value that could not be read may have no proper end.
			found = append(found, hidden{jsonspan.Span{Start: m.Value.Span.Start, End: len(text)}, "…"})
			return found
		}
		found = append(found, hidden{clamp(m.Value.Span, len(text)), as})
	}
	for _, item := range v.Items {
		found = c.secrets(item, text, found)
	}
	return found
}

// assertionExcerpt shows a place in the pasted text. Of the signature, and of
// a payload that carries a jti, base64url is as good as clear text: both are
// shown by their first characters alone. What surrounds an embedded assertion
// may hold other secrets and is not shown.
func (c *Case) assertionExcerpt(a *Assertion, span jsonspan.Span) *finding.Excerpt {
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
// few: a stray character is worth seeing and tells nothing.
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

// excerpt cuts one line of text around the marked place. What is hidden is
// replaced as a whole, so that the mark covers the replacement.
func (c *Case) excerpt(text string, span jsonspan.Span, hide []hidden) *finding.Excerpt {
	var b strings.Builder
	at, start, end := 0, -1, -1
	// Only what lies near the mark is copied: texts may be large.
	from, to := max(0, span.Start-4*excerptBefore), min(len(text), span.End+4*excerptAfter)
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
