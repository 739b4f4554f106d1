package input

import "strings"

// redacted reports whether a value is what logs and people put in place of a secret:
// stars, or a word such as Rails' [FILTERED] or <redacted>. Nobody sends that, so what
// was sent is not known.
func redacted(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 60 {
		return false
	}
	if len(s) > 2 && strings.Trim(s, "*•●█∗＊") == "" {
		return true
	}
	inner := strings.ToLower(strings.Trim(s, "[]<>(){}*_-#|:. "))
	for _, word := range [...]string{"redacted", "filtered", "masked", "hidden", "removed", "omitted", "sanitized", "sanitised", "scrubbed", "obfuscated", "suppressed", "secret", "sensitive"} {
		if inner == word {
			return true
		}
		if rest, ok := strings.CutPrefix(inner, word+" "); ok && bracket(s) && len(rest) < 30 {
			return true
		}
		if rest, ok := strings.CutSuffix(inner, " "+word); ok && bracket(s) && len(rest) < 30 {
			return true
		}
	}
	return false
}

// bracket reports whether a text begins with a bracket or a similar sign.
func bracket(s string) bool { return strings.IndexByte("[<({*#", s[0]) >= 0 }
