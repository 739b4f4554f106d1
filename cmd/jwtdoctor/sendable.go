package main

import "strings"

// notAnAssertion names what a text is that must not be sent as an assertion; ""
// for an assertion. A broken one may be sent on purpose, so it suffices that the
// text is recognised as one; a key, a script or a request that was taken for it
// would be in a stranger's log.
func notAnAssertion(text string) string {
	switch trimmed := strings.TrimSpace(text); {
	case trimmed == "":
		return "nothing"
	case isPrivateKey(text):
		return "a private key (--key mints an assertion with it)"
	case strings.Contains(text, "-----BEGIN"):
		return "a PEM"
	case strings.HasPrefix(trimmed, "{"), strings.HasPrefix(trimmed, "["):
		return "JSON"
	case len(trimmed) > maxSent:
		return "more than 64 KiB of text"
	}
	several := 0
	for field := range strings.FieldsSeq(text) {
		if strings.Count(field, ".") >= 2 {
			several++
		}
	}
	switch {
	case several > 1:
		return "several texts in parts"
	case !isJWTLike(text):
		return "text that is not a JWT"
	}
	return ""
}

// maxSent is more than any token endpoint takes.
const maxSent = 64 << 10

// isJWTLike recognises a JWT, whole or damaged: base64 in parts, the first or
// second of which begins a JSON object. Quotes around it, whitespace in it and
// percent-encoding are such damage.
func isJWTLike(text string) bool {
	const least = 10 // characters of a part that is judged
	squeezed := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n'\"`“”\ufeff", r) {
			return -1
		}
		return r
	}, text)
	squeezed = strings.TrimRight(squeezed, ",;")
	if strings.Trim(squeezed, base64url+".=+/%") != "" {
		return false
	}
	parts := strings.Split(squeezed, ".")
	if len(parts) < 2 {
		return false
	}
	for _, part := range parts[:2] {
		// What { comes to with what may follow it.
		for _, begin := range []string{"ey", "ew", "e3"} {
			if strings.HasPrefix(part, begin) && len(part) >= least {
				return true
			}
		}
	}
	return false
}
