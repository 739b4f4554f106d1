package srctext

import (
	"html"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/wide"
)

// Unescape undoes one layer of backslash escapes: those of JSON and of the
// languages that print strings (\n, \", \u0041, \x41), and those that Markdown
// and shells put before punctuation (client\_assertion). A backslash before
// anything else is kept, as in a Windows path. It returns t if there is none.
func Unescape(t Text) Text {
	s := t.s
	next := strings.IndexByte(s, '\\')
	if next < 0 {
		return t
	}
	var b Builder
	b.Grow(len(s))
	done := 0
	for i := next; i >= 0 && i < len(s); {
		as, n := escape(s[i:])
		if n > 0 {
			b.Copy(t, done, i)
			b.Stand(as, t, i, i+n)
			done = i + n
		} else {
			n = 1
		}
		i += n
		if k := strings.IndexByte(s[i:], '\\'); k >= 0 {
			i += k
		} else {
			i = -1
		}
	}
	b.Copy(t, done, len(s))
	return b.Text()
}

// escape reads the escape s begins with: what it means and its length, 0
// where it is none.
func escape(s string) (as string, length int) {
	if len(s) < 2 {
		return "", 0
	}
	switch c := s[1]; c {
	case 'n':
		return "\n", 2
	case 'r':
		return "\r", 2
	case 't':
		return "\t", 2
	case 'b', 'f':
		return " ", 2
	case 'u':
		r, ok := jsonspan.Hex(s, 2, 4)
		if !ok {
			return "", 0
		}
		if utf16.IsSurrogate(r) {
			if len(s) >= 12 && s[6] == '\\' && s[7] == 'u' {
				if low, ok := jsonspan.Hex(s, 8, 4); ok {
					if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
						return string(pair), 12
					}
				}
			}
			r = utf8.RuneError
		}
		return string(r), 6
	case 'x':
		if r, ok := jsonspan.Hex(s, 2, 2); ok && r < utf8.RuneSelf {
			return string(r), 4
		}
		return "", 0
	case '"', '\'', '/', '\\', '`':
		return s[1:2], 2
	default:
		if c < utf8.RuneSelf && strings.IndexByte("_-*[](){}.#+!|~&=$<>:", c) >= 0 {
			return s[1:2], 2
		}
	}
	return "", 0
}

// Percent undoes one layer of percent-encoding. plus reads + as a blank, as
// forms do. It returns t if there is nothing to undo.
func Percent(t Text, plus bool) Text {
	s := t.s
	if strings.IndexByte(s, '%') < 0 && (!plus || strings.IndexByte(s, '+') < 0) {
		return t
	}
	var b Builder
	b.Grow(len(s))
	done := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+' && plus:
			b.Copy(t, done, i)
			b.Stand(" ", t, i, i+1)
			done = i + 1
		case s[i] == '%':
			if r, ok := jsonspan.Hex(s, i+1, 2); ok {
				b.Copy(t, done, i)
				b.Stand(string([]byte{byte(r)}), t, i, i+3)
				done, i = i+3, i+2
			}
		}
	}
	b.Copy(t, done, len(s))
	return b.Text()
}

// longestEntity is more than any reference of HTML that is in a paste.
const longestEntity = 12

// Entities undoes the character references of HTML. It returns t if there are none.
func Entities(t Text) Text {
	s := t.s
	if strings.IndexByte(s, '&') < 0 {
		return t
	}
	var b Builder
	done := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '&' {
			continue
		}
		as, n := Entity(s[i:])
		if n == 0 {
			continue
		}
		b.Copy(t, done, i)
		b.Stand(as, t, i, i+n)
		done, i = i+n, i+n-1
	}
	if done == 0 {
		return t
	}
	b.Copy(t, done, len(s))
	return b.Text()
}

// Entity reads the character reference that s begins with: what it means
// and its length, 0 if it is none. A no-break space is read as a blank.
func Entity(s string) (as string, length int) {
	end := strings.IndexByte(s[:min(len(s), longestEntity)], ';')
	if end < 3 {
		return "", 0
	}
	as = html.UnescapeString(s[:end+1])
	if as == s[:end+1] {
		return "", 0
	}
	if as == "\u00a0" {
		as = " "
	}
	return as, end + 1
}

// UTF16 decodes a source that is UTF-16, known by its byte order mark or by a
// NUL next to every character; ok is false if it is not.
func UTF16(source string) (t Text, ok bool) {
	if len(source) < 4 {
		return Text{}, false
	}
	little := false
	switch {
	case source[0] == 0xFF && source[1] == 0xFE, source[0] > ' ' && source[1] == 0 && source[2] >= ' ' && source[3] == 0:
		little = true
	case source[0] == 0xFE && source[1] == 0xFF, source[0] == 0 && source[1] > ' ' && source[2] == 0 && source[3] >= ' ':
	default:
		return Text{}, false
	}
	var b Builder
	b.Grow(len(source)/2 + 8)
	b.runs = make([]run, 0, len(source)/2)
	for r := range wide.Runes(source, little) {
		b.run(run{at: int32(len(b.b)), src: int32(r.At), width: int32(r.Width)})
		b.b = utf8.AppendRune(b.b, r.Char)
	}
	return b.Text(), true
}
