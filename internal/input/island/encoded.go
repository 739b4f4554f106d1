package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// content is the text of a string with its escapes decoded.
func (o object) content() srctext.Text {
	span := o.value.Span
	if span.Len() < 2 {
		return srctext.Text{}
	}
	from, to := span.Start, span.End
	if s := o.text.String(); s[from] != '"' && s[from] != '\'' {
		// In curly quotes, or after a letter of Python: the value is not literally in the
		// text.
		var b srctext.Builder
		b.Stand(o.value.Str, o.text, from, to)
		return b.Text()
	}
	t := o.text.Slice(from+1, max(from+1, to-1))
	if strings.IndexByte(t.String(), '\\') < 0 {
		return t
	}
	if inner := srctext.Unescape(t); inner.String() == o.value.Str {
		return inner
	}
	var b srctext.Builder
	b.Stand(o.value.Str, o.text, from, to)
	return b.Text()
}

// stringValue searches a string that may contain more evidence.
func (l *layer) stringValue(o object) {
	if !interesting(o.value.Str) {
		return
	}
	l.inner(o.content(), o.label)
}

// interesting reports whether a string is worth searching.
func interesting(s string) bool {
	if len(s) < 8 {
		return false
	}
	return wording.HasAny(s, "eyJ", "{", "=", "://", "POST ", "HTTP/", "rror", "-----BEGIN", "AADSTS", "invalid_", "\n", "unauthorized_client")
}

// readEscaped reads the rest of a line that contains escapes, and the lines below that do
// too, as the text that was escaped.
func readEscaped(l *layer, i int) int {
	if i+1 >= len(l.s) || l.rejected["escape"] > i || strings.IndexByte("\"nrtu/_-*[].'\\x", l.s[i+1]) < 0 {
		return i
	}
	from := min(max(l.safe, l.lineStart), i)
	end := l.lineEnd
	for end < len(l.s) {
		next := endOfLine(l.s, end+1)
		if !strings.Contains(l.s[end:next], `\"`) {
			break
		}
		end = next
	}
	inner := srctext.Unescape(l.t.Slice(from, end))
	if inner.Len() == end-from {
		l.rejected["escape"] = end
		return i
	}
	l.inner(inner, l.labelBefore(from))
	return end
}

// readPercent reads a stretch that is percent-encoded as a whole: a form or JSON inside a
// form or URL.
func readPercent(l *layer, i int) int {
	if i+2 >= len(l.s) || l.layers >= maxLayers || l.rejected["percent"] > i {
		return i
	}
	from, end := i, i
	for from > max(l.safe, l.lineStart) && runByte(l.s[from-1]) && strings.IndexByte("=&?", l.s[from-1]) < 0 {
		from--
	}
	for end < l.lineEnd && runByte(l.s[end]) {
		end++
	}
	run := l.s[from:end]
	if !strings.Contains(run, "%3D") && !strings.Contains(run, "%7B") && !strings.Contains(run, "%3d") && !strings.Contains(run, "%7b") || strings.Count(run, "%") < 2 {
		l.rejected["percent"] = end
		return i
	}
	l.inner(srctext.Percent(l.t.Slice(from, end), true), l.labelBefore(from))
	return end
}

func runByte(c byte) bool {
	return c > ' ' && strings.IndexByte("\"'`<>{}|\\^", c) < 0
}
