package mask

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain reports whether a text is one that a message may repeat though nobody
// knows what it is: a word or two that somebody mistyped, a number, a time or a
// file name. A password, a key or a token is not.
func Plain(s string) bool {
	const longest = 80
	if len(s) > longest || strings.Contains(s, "…") {
		return false
	}
	return words(s) || moment(s) || path(s) || garbled(s)
}

// garbled reports whether a text contains a control character, which no secret does.
func garbled(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\n' && r != '\r' && r != '\t' })
}

// words accepts letters with the separators of names between them, unless small and
// capital letters change as they do in no name.
func words(s string) bool {
	const long, longest = 12, 20 // letters in one word
	changes, small, letters := 0, false, 0
	for _, r := range s {
		if letters++; !unicode.IsLetter(r) {
			letters = 0
		}
		if letters > longest {
			return false
		}
		if unicode.IsUpper(r) && small {
			changes++
		}
		small = unicode.IsLower(r)
		if !unicode.IsLetter(r) && !strings.ContainsRune(" -_,'?!*", r) {
			return false
		}
	}
	return len(s) < long || 4*changes < len(s)
}

// moment accepts what is written for a time, a duration or a number.
func moment(s string) bool {
	letters := 0
	for _, r := range s {
		switch {
		case strings.ContainsRune("TZsmhdunµ", r):
			letters++
		case r >= '0' && r <= '9', strings.ContainsRune("-+:., /", r):
		default:
			return false
		}
	}
	return letters <= 3
}

// path accepts a file name: something with a separator or an ending in it, and
// no piece that looks like a secret.
func path(s string) bool {
	if strings.ContainsAny(s, "=&;<>|\"'`@") || strings.Contains(s, "://") || !strings.ContainsAny(s, `./\`) {
		return false
	}
	for _, piece := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(`./\ `, r) }) {
		if opaque(piece) {
			return false
		}
	}
	return true
}

// Opaque reports whether a text looks made by a machine, as keys and tokens do.
func Opaque(s string) bool { return opaque(s) }

// opaque reports whether a text looks made by a machine: long, and changing
// between letters and digits, or small and capital letters, again and again.
func opaque(s string) bool {
	const long, changes = 16, 4
	if len(s) < long {
		return false
	}
	n, last, seen := 0, joins, joins
	for i := range len(s) {
		sort := machineSort[s[i]]
		switch sort {
		case joins:
			continue
		case foreign:
			return false
		}
		if last != joins && sort != last {
			n++
		}
		last = sort
		seen |= sort
	}
	return (seen&digit != 0 || len(s) > 40) && n >= changes
}

// sorts of characters in what a machine made: letters and digits, what joins them, and
// what is in no key or token.
const (
	joins   byte = 0
	small   byte = 1
	capital byte = 2
	digit   byte = 4
	foreign byte = 8
)

var machineSort = func() (t [256]byte) {
	for c := range t {
		switch {
		case c >= 'a' && c <= 'z':
			t[c] = small
		case c >= 'A' && c <= 'Z':
			t[c] = capital
		case c >= '0' && c <= '9':
			t[c] = digit
		case strings.IndexByte("_-+/=~.", byte(c)) >= 0:
			t[c] = joins
		default:
			t[c] = foreign
		}
	}
	return t
}()

// nameless reports whether the name of a parameter or member is a value that was
// sent without one: long, with more than a number in it.
func nameless(name string) bool {
	const long, many = 16, 4
	digits := 0
	for i := range len(name) {
		if name[i] >= '0' && name[i] <= '9' {
			digits++
		}
	}
	return opaque(name) || len(name) >= long && digits >= many && mixed(name)
}

// mixed reports whether a text has letters and digits and is long enough to be a
// secret, and is not a time stamp. Ordinary words and numbers are not.
func mixed(s string) bool {
	const least = 6
	if len(s) < least {
		return false
	}
	letters, digits := 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= utf8.RuneSelf:
			letters++
		case c <= ' ':
			return false
		}
	}
	return digits > 0 && letters > 0 && !moment(s)
}

// masked reports whether a text is one that Value wrote.
func masked(s string) bool {
	return s == Private || strings.Contains(s, "…(") && strings.HasSuffix(s, " characters)") || s == "…"
}

// placeholder reports whether a text is in place of a value that was never filled in,
// as $TOKEN, <secret>, {{code}} and YOUR_SECRET do, or that was taken out.
func placeholder(s string) bool {
	const word = 9 // ASSERTION
	switch {
	case s == "" || strings.Contains(s, "…"):
		return true
	case strings.IndexByte("<[(*", s[0]) >= 0, strings.HasPrefix(s, "${"), strings.HasPrefix(s, "$("), strings.HasPrefix(s, "{{"), strings.HasPrefix(s, "%7B%7B"):
		return true
	case len(s) == 2 && s[0] == '%':
		return true // of printf
	case s[0] == '$', s[0] == '%' && s[len(s)-1] == '%' && len(s) > 2:
		return run(strings.Trim(s, "$%"), identifier) == len(strings.Trim(s, "$%"))
	}
	if len(s) <= len("undefined") { // spares a long secret the copy
		switch strings.ToLower(s) {
		case "redacted", "null", "none", "nil", "undefined", "true", "false":
			return true
		}
	}
	return run(s, func(c byte) bool { return c >= 'A' && c <= 'Z' || c == '_' }) == len(s) && (len(s) <= word || strings.Contains(s, "_"))
}

func identifier(c byte) bool { return isLetter(c) || c == '_' || c >= '0' && c <= '9' }

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
