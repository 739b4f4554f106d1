package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// What a mail does to its text: it wraps the lines at one width, quotes them, and encodes
// them as quoted-printable. That is undone, since the client did not send it that way.

const (
	// narrowest and widest are the widths at which a text is wrapped.
	narrowest, widest = 60, 100
	// fewestWrapped is how many lines of one width show that a text is wrapped at it.
	fewestWrapped = 2
)

// unwrapped is the token without the line ends that the text around it was wrapped with,
// and what was undone; "" if the token was not wrapped with the text, or if the text is
// only the token.
func (l *layer) unwrapped(i, end int) (srctext.Text, string) {
	t := l.t.Slice(i, end)
	if l.alone(i, end) {
		return t, ""
	}
	undone := ""
	switch {
	case l.quoted(t):
		undone = "the assertion was joined from several lines, which the mail that quotes it broke"
	case l.oneWidth(i, end):
		undone = "the assertion was joined from several lines, since the text around it is wrapped; check that it is sent without line breaks"
	default:
		return t, ""
	}
	var b srctext.Builder
	for from := i; from < end; {
		to := min(endOfLine(l.s, from), end)
		a, z := trim(l.s, from, to)
		b.Copy(l.t, a, z)
		from = to + 1
	}
	return b.Text(), undone
}

// alone reports whether the layer contains nothing but what is between i and end.
func (l *layer) alone(i, end int) bool {
	const around = "\"'`<>()[]{}|*,; \t\r\n"
	return strings.Trim(l.s[max(0, i-64):i], around) == "" && strings.Trim(l.s[end:min(len(l.s), end+64)], around) == ""
}

// quoted reports whether every line after the first is quoted as in a mail.
func (l *layer) quoted(t srctext.Text) bool {
	if l.layers > 0 {
		return false
	}
	span := t.Span()
	s := l.f.source.String()
	if span.End > len(s) {
		return false
	}
	breaks, quotes := 0, 0
	for line := range strings.SplitSeq(s[span.Start:span.End], "\n") {
		if breaks++; strings.HasPrefix(strings.TrimLeft(line, " "), ">") {
			quotes++
		}
	}
	return breaks > 1 && quotes == breaks-1
}

// oneWidth reports whether all lines between i and end but the last have the same width.
// A base64 encoder does not do that: it starts a new line after each dot.
func (l *layer) oneWidth(i, end int) bool {
	width, lines := 0, 0
	from := strings.LastIndexByte(l.s[:i], '\n') + 1
	for {
		to := endOfLine(l.s, from)
		n := len(strings.TrimRight(l.s[from:to], " \t\r"))
		switch {
		case to >= end:
			return lines >= fewestWrapped && min(end, to)-from <= width
		case lines == 0:
			width = n
		case n != width:
			return false
		}
		if width < narrowest || width > widest {
			return false
		}
		lines++
		from = to + 1
	}
}

// printable undoes quoted-printable (RFC 2045 section 6.7) if the text is from a mail:
// its header says so, or several long lines end with an equals sign and characters are
// written as numbers.
func printable(t srctext.Text) (srctext.Text, bool) {
	s := t.String()
	if !strings.Contains(s, "=\n") && !strings.Contains(s, "=\r\n") || !isPrintable(s) {
		return t, false
	}
	var b srctext.Builder
	done := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '=' {
			continue
		}
		rest := s[i+1:]
		switch {
		case strings.HasPrefix(rest, "\n"):
			b.Copy(t, done, i)
			done = i + 2
		case strings.HasPrefix(rest, "\r\n"):
			b.Copy(t, done, i)
			done = i + 3
		case len(rest) > 1 && upperHex(rest[0]) && upperHex(rest[1]):
			b.Copy(t, done, i)
			r, _ := jsonspan.Hex(rest, 0, 2)
			b.Stand(string([]byte{byte(r)}), t, i, i+3)
			done = i + 3
		default:
			continue
		}
		i = done - 1
	}
	b.Copy(t, done, len(s))
	return b.Text(), true
}

// isPrintable reports whether a text is quoted-printable.
func isPrintable(s string) bool {
	const longest = 76 // RFC 2045 section 6.7 rule 5
	soft, most := 0, 0
	for line := range strings.Lines(s) {
		line = strings.TrimRight(line, "\r\n")
		most = max(most, len(line))
		if strings.HasPrefix(line, "Content-Transfer-Encoding:") && strings.Contains(strings.ToLower(line), "quoted-printable") {
			return true
		}
		if strings.HasSuffix(line, "=") && len(line) >= longest-4 {
			soft++
		}
	}
	if most > longest {
		return false
	}
	return soft >= fewestWrapped
}

func upperHex(c byte) bool { return isDigit(c) || c >= 'A' && c <= 'F' }
