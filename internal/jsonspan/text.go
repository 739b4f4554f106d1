package jsonspan

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quote returns the quotation mark at this place; 0 for none.
func (s *scanner) quote() rune {
	switch c := s.text[s.i]; {
	case c == '"' || c == '\'':
		return rune(c)
	case c < utf8.RuneSelf:
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s.text[s.i:])
	if typographicQuote(r) {
		return r
	}
	return 0
}

func typographicQuote(r rune) bool {
	switch r {
	case '“', '”', '„', '‟', '‘', '’', '‚', '‛', '«', '»', '‹', '›', '″', '′', '＂', '＇', '´':
		return true
	}
	return false
}

// quoted reads a string in any quotation marks, and returns it decoded and whether it was
// closed.
func (s *scanner) quoted() (text string, closed bool) {
	start := s.i
	r, width := utf8.DecodeRuneInString(s.text[s.i:])
	s.i += width
	closes := func(c rune) bool { return c == r }
	switch {
	case r == '\'':
		s.fault(FaultSingleQuotes, Span{start, s.i}, "single quotes instead of double quotes")
	case r != '"':
		s.fault(FaultTypographic, Span{start, s.i}, "typographic quotes (U+%04X) instead of straight ones", r)
		closes = func(c rune) bool { return c == '"' || typographicQuote(c) && c != '’' || c == '’' && r == '‘' }
	}
	var b strings.Builder // used from the first byte that is not copied as it is
	from := s.i
	for {
		s.i = s.plain(s.i)
		if !s.more() {
			break
		}
		c := s.text[s.i]
		at := s.i
		cr, w := utf8.DecodeRuneInString(s.text[s.i:])
		switch {
		case closes(cr):
			text = s.text[from:s.i]
			s.i += w
			if b.Len() > 0 {
				b.WriteString(text)
				text = b.String()
			}
			return text, true
		case c == '\\':
			b.WriteString(s.text[from:at])
			s.escape(&b, r)
			from = s.i
		case c < ' ':
			if s.i++; s.enough(FaultControl) {
				continue
			}
			s.fault(FaultControl, Span{at, s.i}, "a raw control character (U+%04X) in a string", c)
		case cr == utf8.RuneError && w == 1:
			b.WriteString(s.text[from:at])
			for s.more() && s.text[s.i] >= utf8.RuneSelf {
				cr, w = utf8.DecodeRuneInString(s.text[s.i:])
				if cr != utf8.RuneError || w != 1 {
					break
				}
				b.WriteRune(utf8.RuneError)
				s.i++
			}
			if from = s.i; s.enough(FaultUTF8) {
				continue
			}
			s.fault(FaultUTF8, Span{at, s.i}, "%s that %s not UTF-8, the first 0x%02X", countBytes(s.i-at), isAre(s.i-at), c)
		default:
			s.i += w
		}
	}
	s.end("a string")
	return "", false
}

// plain is the end of the run of characters that are not special in a string.
func (s *scanner) plain(i int) int {
	for text := s.text; i < len(text); i++ {
		if c := text[i]; c < ' ' || c == '"' || c == '\'' || c == '\\' || c >= utf8.RuneSelf {
			break
		}
	}
	return i
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// escape decodes one escape sequence (RFC 8259 section 7); an invalid one stays as it is.
func (s *scanner) escape(b *strings.Builder, quote rune) {
	at := s.i
	s.i++
	if !s.more() {
		return
	}
	c := s.text[s.i]
	s.i++
	switch c {
	case '"', '\\', '/':
		b.WriteByte(c)
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'u':
		r, ok := Hex(s.text, s.i, 4)
		if !ok {
			s.fault(FaultEscape, Span{at, s.i}, `\u without its four hexadecimal digits`)
			b.WriteString(`\u`)
			return
		}
		s.i += 4
		if utf16.IsSurrogate(r) {
			// A lone surrogate is not a syntax fault; it decodes to U+FFFD.
			low, ok := rune(0), false
			if strings.HasPrefix(s.text[s.i:], `\u`) {
				low, ok = Hex(s.text, s.i+2, 4)
			}
			if pair := utf16.DecodeRune(r, low); ok && pair != utf8.RuneError {
				s.i += 6
				b.WriteRune(pair)
				return
			}
			r = utf8.RuneError
		}
		b.WriteRune(r)
	default:
		if c == '\'' && quote == '\'' {
			b.WriteByte(c)
			return
		}
		s.i-- // the character itself is read like any other
		if !s.enough(FaultEscape) {
			what := "a line end"
			if r, _ := utf8.DecodeRuneInString(s.text[s.i:]); r > ' ' && r != utf8.RuneError {
				what = fmt.Sprintf("%c (U+%04X)", r, r)
			}
			s.fault(FaultEscape, Span{at, s.i}, "a backslash before %s, which is not an escape", what)
		}
		if c == '\'' {
			s.i++
			b.WriteByte(c)
		}
	}
}

// HexDigit is the value of a hexadecimal digit; ok is false for any other byte.
func HexDigit(c byte) (value rune, ok bool) {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0'), true
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return rune(c | 0x20 - 'a' + 10), true
	}
	return 0, false
}

// Hex reads so many hexadecimal digits from an offset on; ok is false if they are not
// there.
func Hex[T string | []byte](s T, from, digits int) (value rune, ok bool) {
	if from+digits > len(s) {
		return 0, false
	}
	for i := from; i < from+digits; i++ {
		digit, ok := HexDigit(s[i])
		if !ok {
			return 0, false
		}
		value = value<<4 | digit
	}
	return value, true
}

// space skips whitespace and what people put in its place.
func (s *scanner) space() {
	for s.more() {
		c := s.text[s.i]
		if c > ' ' && c < utf8.RuneSelf && c != '/' && c != '#' {
			return
		}
		at := s.i
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			s.i++
		case c == '#' || c == '/' && strings.HasPrefix(s.text[s.i:], "//"):
			s.i = s.after(s.i, "\n")
			s.fault(FaultComment, Span{at, s.i}, "a comment; JSON has none")
		case c == '/' && strings.HasPrefix(s.text[s.i:], "/*"):
			s.i = s.after(s.i+2, "*/")
			s.fault(FaultComment, Span{at, s.i}, "a comment; JSON has none")
		case c < ' ':
			if s.i++; s.enough(FaultControl) {
				continue
			}
			s.fault(FaultControl, Span{at, s.i}, "a control character (U+%04X) between names and values", c)
		case c >= utf8.RuneSelf:
			r, w := utf8.DecodeRuneInString(s.text[s.i:])
			switch {
			case r == utf8.RuneError && w == 1:
				if s.i++; s.enough(FaultUTF8) {
					continue
				}
				s.fault(FaultUTF8, Span{at, s.i}, "the byte 0x%02X is not UTF-8", c)
			case r == '\uFEFF':
				s.i += w
				s.fault(FaultBOM, Span{at, s.i}, "a byte order mark between names and values")
			case r == '\u0085' || r == '\u00A0' || r >= '\u2000' && r <= '\u200F' || r == '\u2028' || r == '\u2029' || r == '\u202F' || r == '\u3000':
				s.i += w
				s.fault(FaultTypographic, Span{at, s.i}, "a blank that is not JSON whitespace (U+%04X) between names and values", r)
			default:
				return
			}
		default:
			return
		}
	}
}

// after is the offset after the next mark, or the end.
func (s *scanner) after(from int, mark string) int {
	if n := strings.Index(s.text[from:], mark); n >= 0 {
		return from + n + len(mark)
	}
	return len(s.text)
}
