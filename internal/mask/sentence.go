package mask

import (
	"slices"
	"strings"
)

// sentences finds secrets that a sentence calls by what they are: "The refresh token …
// has expired", "Invalid client secret provided: …". The value has to look made by a
// machine, and to come right behind the word, or behind one or two that only lead to it.
func sentences(s string, found *edits) {
	const mostBetween = 2
	before, since := "", -1 // the word before; how many words ago the noun was, -1 for none
	for at := 0; at < len(s); {
		if blank(s[at]) {
			at++
			continue
		}
		end := at
		for end < len(s) && !blank(s[end]) {
			end++
		}
		const marks = "\"'`“”‘’()[]{}<>,;:.!?="
		word := strings.TrimRight(s[at:end], marks)
		start := at + len(word) - len(strings.TrimLeft(word, marks))
		word = strings.TrimLeft(word, marks)
		switch {
		case since >= 0 && opaque(word):
			found.add(start, start+len(word))
			since = -1
		case secretNoun(before, word):
			since = 0
		case since >= 0 && since < mostBetween && leadsOn(word):
			since++
		default:
			since = -1
		}
		before, at = word, end
	}
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// secretNoun reports whether a word of a sentence is one for a secret. Of codes and keys
// only some are.
func secretNoun(before, word string) bool {
	const longest = len("client_secret")
	if len(word) < len("key") || len(word) > longest {
		return false
	}
	is := func(s string, words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(s, w) })
	}
	switch {
	case is(word, "code"):
		return is(before, "authorization", "auth", "one-time", "device", "user", "verification", "the", "invalid", "unknown")
	case is(word, "key"):
		return is(before, "api", "access", "shared", "secret", "subscription")
	}
	return is(word, "secret", "client_secret", "password", "passphrase", "passcode", "token", "credential", "verifier")
}

// leadsOn reports whether a word can come between a noun and its value.
func leadsOn(word string) bool {
	switch strings.ToLower(word) {
	case "", "is", "was", "value", "provided", "given", "sent", "supplied", "received":
		return true
	}
	return false
}
