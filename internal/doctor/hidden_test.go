package doctor_test

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// A finding about hidden characters names those of each value, and what it expects has no
// rest of an escape sequence.
func TestHiddenCharactersAreNamed(t *testing.T) {
	for _, tt := range []struct {
		name            string
		change          func(*token)
		title, expected string
		patched         bool
	}{
		{"one character in one value", setH("kid", "k\u200b1"), "kid contains a zero-width space (U+200B)", "k1", true},
		{"the same in two", func(t *token) { t.claims.set("iss", clientID+"\u200b"); t.claims.set("sub", clientID+"\u200b") }, "iss and sub contain a zero-width space (U+200B)", clientID, true},
		{"others in each", func(t *token) {
			t.header.set("kid", "k\x1b[31mRED\x1b]0;pwn\x07")
			t.claims.set("jti", "a\nb\tc\x00d")
		}, "kid (U+001B, U+0007) and jti (U+000A, U+0009, U+0000) contain control or invisible characters", "kRED", false},
		{"NUL", setC("sub", clientID+"\x00"), "sub contains a NUL character (U+0000)", clientID, true},
		{"an escape sequence without an end", setH("kid", "k\x1b[31"), "kid contains a control character (U+001B)", "only visible characters", false},
		{"an escape character and a letter", setH("kid", "\x1bk1"), "kid contains a control character (U+001B)", "only visible characters", false},
		{"control: letters of other scripts", setH("kid", "ключ-鍵"), "", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tok := healthy("redox")
			tt.change(tok)
			var got *finding.Finding
			c := run(t, tok.opts, tok.compact())[0]
			for i := range c.Findings {
				if c.Findings[i].Cause == "invisible-characters" && c.Findings[i].Failed() {
					got = &c.Findings[i]
				}
			}
			switch {
			case tt.title == "":
				if got != nil {
					t.Errorf("%+v", got)
				}
			case got == nil:
				t.Errorf("nothing is found; failed %v", failed(c))
			case got.Message != tt.title && got.Title != tt.title, got.Expected != tt.expected, (len(got.Patch) > 0) != tt.patched:
				t.Errorf("%q, expected %q, patch %v", strings.Join([]string{got.Title, got.Message}, "|"), got.Expected, got.Patch)
			}
		})
	}
}
