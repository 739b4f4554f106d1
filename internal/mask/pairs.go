package mask

import "strings"

// pairs finds secrets that appear under their name: client_secret=…, "code": "…",
// Authorization: …. A name that is also an ordinary word (code,
// token) is not enough: the value has to look like a secret, too.
func pairs(s string, found *edits) {
	for at := 0; at < len(s); at++ {
		width := 1
		switch s[at] {
		case '=':
		case ':':
			if strings.HasPrefix(s[at+1:], "//") || strings.HasPrefix(s[at+1:], "=") {
				continue // of an address, or in code
			}
		case '%':
			if !strings.HasPrefix(s[at:], "%3D") && !strings.HasPrefix(s[at:], "%3d") {
				continue
			}
			width = 3
		default:
			continue
		}
		name, quoted := nameBefore(s[:at])
		if name == "" {
			continue
		}
		header := s[at] == ':' && !quoted && SecretHeader(name)
		if !header && !Secret(name) && !jti(name) {
			continue
		}
		start, end := valueAfter(s, at+width, s[at] == ':', header)
		value := s[start:end]
		if called(value) || len(value) < long && (placeholder(value) || !telling(name, value, s[at] != ':' || quoted)) {
			continue
		}
		found.add(start, end)
		at = end - 1
	}
}

// long is the length from which on a value is masked without a look at it.
const long = 1 << 10

// nameBefore is the name that ends a text, and whether it is in quotation marks.
func nameBefore(s string) (name string, quoted bool) {
	const longest = 64
	s = strings.TrimRight(s, " ")
	end := len(s)
	s = strings.TrimRight(s, `\"'`)
	quoted = len(s) < end
	start := len(s)
	for start > 0 && len(s)-start < longest && (isLetter(s[start-1]) || s[start-1] >= '0' && s[start-1] <= '9' || strings.IndexByte("_-.", s[start-1]) >= 0) {
		start--
	}
	return s[start:], quoted
}

// valueAfter is where the value behind a separator begins and ends.
func valueAfter(s string, at int, spaced, line bool) (start, end int) {
	start = at
	if spaced {
		start += len(s[start:]) - len(strings.TrimLeft(s[start:], " \t"))
	}
	rest := s[start:]
	if line {
		// Of a header field, the scheme stays.
		if scheme, _, ok := strings.Cut(rest, " "); ok && authScheme(scheme) {
			start += len(scheme) + 1
			rest = s[start:]
		}
		return start, start + lineEnd(rest)
	}
	escaped := strings.HasPrefix(rest, `\"`)
	if escaped {
		start++
		rest = s[start:]
	}
	if rest != "" && strings.IndexByte(`"'`+"`", rest[0]) >= 0 {
		quote := rest[:1]
		if escaped {
			quote = `\"`
		}
		start++
		return start, quoteEnd(s, start, quote)
	}
	n := valueEnd(rest)
	if i := strings.Index(rest[:n], "%26"); i >= 0 {
		n = i
	}
	return start, start + len(strings.TrimRight(rest[:n], "."))
}

// lineEnd is where the value of a header field ends: with its line or, if it is one
// word, with that word.
func lineEnd(rest string) int {
	if n := strings.IndexAny(rest, "\r\n\"'`"); n >= 0 {
		rest = rest[:n]
	}
	if n := strings.IndexByte(rest, ' '); n >= 0 && !strings.Contains(rest, "=") {
		return n
	}
	return len(rest)
}

// quoteEnd is the place of the quotation mark that closes a value.
func quoteEnd(s string, start int, quote string) int {
	for i := start; i < len(s); i++ {
		if strings.HasPrefix(s[i:], quote) {
			return i
		}
		if s[i] == '\\' && len(quote) == 1 {
			i++
		}
	}
	return len(s)
}

// valueEnd is where a value without quotation marks ends. It looks no further than
// a value goes, so that a text of nothing but names takes linear time.
func valueEnd(rest string) int {
	const delimiters = "&;, \t\r\n\"'`)<>]}|\\"
	n := strings.IndexAny(rest[:min(long, len(rest))], delimiters)
	switch {
	case n >= 0:
		return n
	case len(rest) <= long:
		return len(rest)
	}
	if n = strings.IndexAny(rest, delimiters); n < 0 {
		return len(rest)
	}
	return n
}

// called reports whether a value is a call in code, as str(uuid.uuid4()) is.
func called(value string) bool {
	name, _, ok := strings.Cut(value, "(")
	return ok && name != "" && run(name, func(c byte) bool { return identifier(c) || c == '.' }) == len(name) && !mixed(name)
}

// telling reports whether the value under a secret name is one. In the notation of
// a program, most names need no more than that.
func telling(name, value string, notation bool) bool {
	if !notation {
		return machineMade(value)
	}
	switch Bare(name) {
	case "code", "token", "jwt", "pin", "otp", "pass", "session", "ticket", "sig", "signature", "assertion", "clientassertion", "authorization", "cookie", "verifier", "credential", "credentials", "sas":
		return machineMade(value)
	}
	return true
}

// machineMade reports whether a piece of the value is not a word of a sentence.
func machineMade(value string) bool {
	for piece := range strings.FieldsFuncSeq(value, func(r rune) bool { return strings.ContainsRune(" ;,=\"", r) }) {
		if mixed(piece) || opaque(piece) {
			return true
		}
	}
	return false
}
