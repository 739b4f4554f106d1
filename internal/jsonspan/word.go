package jsonspan

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= utf8.RuneSelf
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// wordByte reports whether a bare word may begin with the byte.
func wordByte(c byte) bool { return letter(c) }

// run is the longest run from here of characters of bare words and numbers.
func (s *scanner) run() string {
	end := s.i
	for end < len(s.text) {
		c := s.text[end]
		if c >= utf8.RuneSelf {
			r, w := utf8.DecodeRuneInString(s.text[end:])
			if typographicQuote(r) || r == utf8.RuneError {
				break
			}
			end += w
			continue
		}
		if !letter(c) && !digit(c) && c != '+' && c != '-' && c != '.' && c != '@' {
			break
		}
		end++
	}
	return s.text[s.i:end]
}

// name reads a member's name, quoted or not.
func (s *scanner) name() (string, bool) {
	if s.quote() != 0 {
		return s.quoted()
	}
	start := s.i
	if s.text[s.i] == ':' { // a Ruby symbol
		s.i++
	}
	word := s.run()
	s.i += len(word)
	if word != "" {
		at := s.i
		for at < len(s.text) && (s.text[at] == ' ' || s.text[at] == '\t') {
			at++
		}
		if at < len(s.text) && (s.text[at] == ':' || s.text[at] == '=') {
			s.fault(FaultUnquotedName, Span{start, s.i}, "the name %s has no quotes", clip(word))
			return word, true
		}
		if !s.enough(FaultSyntax) {
			s.fault(FaultSyntax, Span{start, s.i}, "%s where a name should be", countBytes(s.i-start))
		}
		return "", false
	}
	s.i = start
	s.junk("a name")
	return "", false
}

// number reads a number (RFC 8259 section 6), or what looks like one.
func (s *scanner) number(v *Value) {
	raw := s.run()
	if raw == "" {
		s.junk("a value")
		v.Raw = s.text[v.Span.Start:s.i]
		return
	}
	span := Span{s.i, s.i + len(raw)}
	s.i = span.End
	v.Raw = raw
	switch {
	case isNumber(raw):
		v.Kind = Number
	case strings.EqualFold(strings.TrimLeft(raw, "+-"), "infinity") || strings.EqualFold(strings.TrimLeft(raw, "+-"), "nan"):
		v.Kind = Number
		s.fault(FaultLiteral, span, "%s is not a JSON number", raw)
	case nearNumber(raw):
		v.Kind = Number
		s.fault(FaultNumber, span, "%s is not how JSON writes a number", clip(raw))
	case !s.more() && len(s.open) > 0 && strings.Trim(raw, "+-.eE0123456789") == "": // cut inside; reported below
	default:
		s.bare(v, raw, span)
	}
	if !s.more() && len(s.open) > 0 {
		// Digits may have followed.
		v.Kind, v.Str = Invalid, ""
		s.end("a number")
	}
}

// isNumber reports whether text is a JSON number.
func isNumber(text string) bool {
	text = strings.TrimPrefix(text, "-")
	digits := func() bool {
		n := 0
		for n < len(text) && digit(text[n]) {
			n++
		}
		text = text[n:]
		return n > 0
	}
	if strings.HasPrefix(text, "0") {
		text = text[1:]
	} else if !digits() {
		return false
	}
	if strings.HasPrefix(text, ".") {
		if text = text[1:]; !digits() {
			return false
		}
	}
	if text != "" && (text[0] == 'e' || text[0] == 'E') {
		text = text[1:]
		if text != "" && (text[0] == '+' || text[0] == '-') {
			text = text[1:]
		}
		if !digits() {
			return false
		}
	}
	return text == ""
}

// nearNumber reports whether some programming language writes a number like this: 01, +1,
// .5, 1., 1_000, 0x1F, 10L.
func nearNumber(text string) bool {
	if len(text) > 64 {
		// Long runs of digits are numbers; ParseFloat is too slow for them.
		return strings.Trim(text, "0123456789") == ""
	}
	text = strings.TrimRight(strings.ReplaceAll(text, "_", ""), "LlnN")
	if _, err := strconv.ParseInt(strings.TrimLeft(text, "+-"), 0, 64); err == nil {
		return true
	}
	_, err := strconv.ParseFloat(text, 64)
	return err == nil && strings.Trim(text, "+-.eE0123456789") == ""
}

// word reads a literal, or a bare word in place of a value.
func (s *scanner) word(v *Value) {
	raw := s.run()
	span := Span{s.i, s.i + len(raw)}
	if raw == "" {
		s.junk("a value")
		v.Raw = s.text[v.Span.Start:s.i]
		return
	}
	s.i = span.End
	v.Raw = raw
	kind, known := literal(raw)
	cut := !s.more() && len(s.open) > 0
	switch {
	case raw == "true" || raw == "false" || raw == "null":
		v.Kind = kind
	case known:
		v.Kind = kind
		s.fault(FaultLiteral, span, "%s instead of %s", raw, instead(kind))
	case cut: // the word may have continued
	case s.more() && stringPrefix(raw) && (s.text[s.i] == '\'' || s.text[s.i] == '"'):
		s.fault(FaultLiteral, span, "%s before a string, as Python prints it", raw)
		v.Raw = ""
		s.stringValue(v)
		return
	case s.more() && s.text[s.i] == '(':
		s.call()
		span.End = s.i
		v.Raw = s.text[span.Start:span.End]
		s.fault(FaultLiteral, span, "%s(…) is a language's own notation, not JSON", clip(raw))
	default:
		s.bare(v, raw, span)
	}
	if cut {
		s.end("a value")
	}
}

// bare reads an unquoted word as the string that was meant.
func (s *scanner) bare(v *Value, raw string, span Span) {
	s.fault(FaultLiteral, span, "%s has no quotes", clip(raw))
	v.Kind, v.Str, v.Raw = String, raw, ""
}

// call skips parentheses and what they contain.
func (s *scanner) call() {
	depth := 0
	for s.more() {
		c := s.text[s.i]
		s.i++
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return
			}
		case '"', '\'':
			if n := strings.IndexByte(s.text[s.i:], c); n >= 0 {
				s.i += n + 1
			} else {
				s.i = len(s.text)
			}
		}
	}
	s.end("parentheses")
}

func stringPrefix(word string) bool {
	switch strings.ToLower(word) {
	case "b", "u", "r", "rb", "br", "f":
		return true
	}
	return false
}

func literal(word string) (Kind, bool) {
	switch strings.ToLower(word) {
	case "true", "false":
		return Bool, true
	case "null", "none", "nil", "undefined", "void":
		return Null, true
	case "nan", "infinity", "inf":
		return Number, true
	}
	return Invalid, false
}

func instead(k Kind) string {
	switch k {
	case Bool:
		return "true or false"
	case Null:
		return "null"
	}
	return "a number"
}

// startsValue reports whether a value can begin here.
func (s *scanner) startsValue() bool {
	c := s.text[s.i]
	switch {
	case c == '{' || c == '[' || c == '"' || c == '-' || c == '+' || digit(c) || s.quote() != 0:
		return true
	case !wordByte(c):
		return false
	}
	word := s.run()
	after := strings.TrimPrefix(s.text[s.i:], word)
	if stringPrefix(word) && (strings.HasPrefix(after, "'") || strings.HasPrefix(after, `"`)) {
		return true
	}
	_, known := literal(word)
	return known
}
