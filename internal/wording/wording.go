// Package wording has the small things that messages and guesses at misspelled
// names are made of: names without separators, edit distance, lists and
// durations in words. It is pure and knows nothing of JWTs.
package wording

import (
	"strings"
	"unicode/utf8"
)

// Bare returns a name without case and separators, so that client_secret,
// clientSecret, Client-Secret and "client secret" are one. Dropped are blanks of
// every kind, visible or not, and the characters _ - . [ ].
func Bare(name string) string {
	if bare(name) {
		return name
	}
	return strings.Map(func(r rune) rune {
		if separator(r) {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// HasAny reports whether a text contains any of the parts.
func HasAny(text string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}

// LowerASCII is strings.ToLower for ASCII only, so that the length stays the same.
func LowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// bare reports whether there is nothing to do, as for most names there is not.
func bare(name string) bool {
	for i := range len(name) {
		if c := name[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' || separator(rune(c)) {
			return false
		}
	}
	return true
}

func separator(r rune) bool {
	switch r {
	case '_', '-', '.', '[', ']', '\u0085', '\u00a0', '\u00ad', '\u2028', '\u2029', '\u202f', '\u205f', '\u2060', '\u3000', '\ufeff':
		return true
	}
	return r <= ' ' || r >= '\u2000' && r <= '\u200d' // blanks, those of no width, and joiners
}

// And lists words as "a, b and c"; "" for none.
func And(words []string) string { return join(words, "and") }

// Or lists words as "a, b or c"; "" for none.
func Or(words []string) string { return join(words, "or") }

func join(words []string, last string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
}
