package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// ellipsis reads the n bytes at i as a mark for omitted characters, and then what is
// shown of the rest.
func (r *tokenRun) ellipsis(i, n int) bool {
	if i-r.start < 3 {
		return false
	}
	end := i + n
	for end < len(r.s) && (base64Byte(r.s[end]) || r.s[end] == '.' && dotsAt(r.s, end) < 3 && r.goesOn(end+1)) {
		end++
	}
	switch {
	case len(r.dots) == 2:
		r.hidden, r.signed = r.s[i:end], r.dots[1]
	case r.gap < 0 && len(r.dots) == 1 && r.s[i] == '.' && r.readable(r.dots[0]+1, i):
		// header.payload...
		r.dots = append(r.dots, i)
		r.hidden, r.signed = strings.TrimPrefix(r.s[i:end], "."), i
	case r.gap < 0:
		r.gap = i
	}
	r.end = end
	return true
}

// readable reports whether a part decodes to a whole JSON object.
func (r *tokenRun) readable(from, to int) bool {
	text := decodePart(r.s[from:to])
	if len(text) < 2 || text[len(text)-1] != '}' {
		return false
	}
	v, faults := jsonspan.Scan(text, jsonspan.Limits{Faults: 1, Values: 4096})
	return v.Kind == jsonspan.Object && len(faults) == 0
}

// elision is the length of what people and tools write for omitted characters: ***,
// [...], <snip>, (truncated).
func elision(s string) int {
	if n := len(s) - len(strings.TrimLeft(s, "*")); n > 1 {
		return n
	}
	closing := closingOf(s[0])
	if closing == 0 {
		return 0
	}
	n := strings.IndexByte(s[:min(len(s), 48)], closing)
	if n < 2 {
		return 0
	}
	inner := strings.ToLower(strings.Trim(s[1:n], " .…-_*:"))
	if inner == "" {
		return n + 1
	}
	for _, word := range [...]string{"snip", "truncat", "redact", "remov", "omit", "cut", "hidden", "shorten", "mask", "strip", "elided", "more", "character", "chars", "bytes", "signature", "sig", "secret"} {
		if strings.Contains(inner, word) {
			return n + 1
		}
	}
	return 0
}

func closingOf(c byte) byte {
	switch c {
	case '[':
		return ']'
	case '<':
		return '>'
	case '(':
		return ')'
	case '{':
		return '}'
	}
	return 0
}

// hides reads what replaces the signature, which would begin at i.
func (r *tokenRun) hides(i int) bool {
	rest := r.s[i:]
	n := 0
	switch {
	case rest == "" || isBlank(rest[0]) || strings.IndexByte("\"'`,;&", rest[0]) >= 0:
		return false // an empty signature, which is a fault to report
	case strings.IndexByte("[<({", rest[0]) >= 0:
		closing := closingOf(rest[0])
		if k := strings.IndexByte(rest[:min(len(rest), 64)], closing); k > 0 && !strings.ContainsAny(rest[:k], "\n\"") {
			n = k + 1
			for n < len(rest) && rest[n] == closing {
				n++
			}
		}
	case rest[0] == '*' || rest[0] == '#' || rest[0] == '~':
		n = len(rest) - len(strings.TrimLeft(rest, rest[:1]))
		if w := wordRun(rest[n:]); w > 0 && w < 24 && strings.HasPrefix(rest[n+w:], rest[:1]) { // ***redacted***
			n += w
			n += len(rest[n:]) - len(strings.TrimLeft(rest[n:], rest[:1]))
		}
	case strings.HasPrefix(rest, "…") || strings.HasPrefix(rest, "..."):
		n = len(rest) - len(strings.TrimLeft(rest, ".…"))
	default:
		k := 0
		for k < len(rest) && base64Byte(rest[k]) {
			k++
		}
		word := rest[:k]
		switch {
		case standIn(word):
			n = k
		case k < len(rest) && (strings.HasPrefix(rest[k:], "...") || strings.HasPrefix(rest[k:], "…") || strings.HasPrefix(rest[k:], "**") || rest[k] == '[' || rest[k] == '<'):
			// The beginning of the signature is shown.
			m := len(rest[k:]) - len(strings.TrimLeft(rest[k:], ".…*"))
			if m == 0 {
				m = elision(rest[k:])
			}
			if m > 0 {
				n = k + m
				for n < len(rest) && base64Byte(rest[n]) {
					n++
				}
			}
		}
	}
	if n == 0 || !r.readable(r.dots[0]+1, r.dots[1]) {
		return false
	}
	r.hidden, r.signed, r.end = rest[:n], r.dots[1], i+n
	return true
}

func wordRun(s string) int {
	n := 0
	for n < len(s) && (isWord(s[n]) || s[n] == ' ' || s[n] == '-') {
		n++
	}
	return n
}

// standIn reports whether a word replaces a signature: SIGNATURE, redacted, XXXXXXXX.
func standIn(word string) bool {
	if len(word) < 3 || len(word) > 80 {
		return false
	}
	if strings.Trim(word, word[:1]) == "" {
		return len(word) < 40 || word[0] == 'X' || word[0] == 'x'
	}
	letters := strings.Trim(strings.ToLower(word), "-_x")
	for _, w := range [...]string{"signature", "sig", "redacted", "removed", "hidden", "masked", "secret", "stripped", "omitted", "snip", "snipped", "truncated", "signature-removed", "signature_removed", "signatureremoved",
		"signature-redacted", "redacted-signature", "redacted_signature", "signature_redacted", "jwt-signature", "jwt_signature", "your-signature", "the-signature", "signature-part", "sig-removed", "sig-redacted", "signature-omitted", "signature-here", "signature_here"} {
		if letters == w {
			return true
		}
	}
	return false
}
