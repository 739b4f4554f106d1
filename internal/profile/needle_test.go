package profile

import (
	"regexp"
	"strings"
	"testing"
)

func TestLiteralIn(t *testing.T) {
	for expr, want := range map[string]string{
		`plain`:                            "plain",
		`(?i)Invalid Client`:               "invalid client",
		`^(?:a|b) expired (soon|late)$`:    " expired ",
		`(^|: )invalid assertion(\.?$| x)`: "invalid assertion",
		`"?iat"? claim`:                    " claim",
		`a*bc+d{2,}`:                       "b",
		`(?:long text)+`:                   "long text",
		`(?:long text){0,3}x`:              "x",
		`(?:long text)*`:                   "",
		`one|two`:                          "",
		`[0-9]+`:                           "",
		`AADSTS\d{5,}: `:                   "aadsts",
		`say "hello" to`:                   "say hello to",
		`C:\\temp\\file`:                   "temp",
		`(`:                                "",
		``:                                 "",
	} {
		if got := literalIn(expr); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}

// Looking for the needle first changes nothing of what is found.
func TestNeedlesRuleOutNothing(t *testing.T) {
	l := newLibrary(packed)
	var expressions []*Text
	var lines []string
	for _, p := range l.All() {
		for i := range p.Symptoms {
			s := &p.Symptoms[i]
			for _, text := range []*Text{s.Match.Error, s.Match.Description, s.Match.ErrorURI, s.Match.Body} {
				switch {
				case text == nil:
				case text.Regexp != "" && s.From == p.ID:
					expressions = append(expressions, text)
				case text.Substring != "":
					lines = append(lines, text.Substring)
				}
			}
			if s.Says != "" {
				lines = append(lines, s.Says, "ERROR: ‘"+s.Says+"’ at 12:00", strings.ReplaceAll(s.Says, `"`, `\"`))
			}
		}
	}
	lines = append(lines, "", "x", "ſtale \u212aid", strings.Repeat("invalid_client ", 50))
	compiled, found := make([]*regexp.Regexp, len(expressions)), 0
	for i, e := range expressions {
		compiled[i] = regexp.MustCompile(e.Regexp)
	}
	seen := map[string]bool{}
	for _, line := range lines {
		line = oneLine(line)
		if seen[line] {
			continue
		}
		seen[line] = true
		low := plain(line)
		for i, e := range expressions {
			want := compiled[i].FindString(line)
			if want != "" {
				found++
			}
			if got, ok := e.find(line, low); got != want || ok != (want != "") {
				t.Errorf("%s in %q: %q, want %q (needle %q)", e.Regexp, line, got, want, e.needle())
			}
		}
	}
	if len(expressions) < 100 || found < len(expressions) {
		t.Errorf("%d expressions were found %d times: the test shows little", len(expressions), found)
	}
}

// What is shown are the server's words as they are in its answer, however they
// are quoted there, and not the text they were found by.
func TestWordsAreTheServers(t *testing.T) {
	for _, row := range []struct{ text, line, want string }{
		{"Unexpected 'iss' claim", `ERROR: unexpected “ISS” claim, sorry`, `unexpected “ISS” claim`},
		{"'exp' claim is wrong", "the 'exp' claim is wrong here", "'exp' claim is wrong"},
		{"kid is 'x'", `kid is "x" again`, `kid is "x"`},
		{"\"kid\" required", "kid required in client_assertion", "kid required"},
		{"The token is expired.", "Error: The token is expired", "The token is expired"},
		{"The token is expired.", "The token is expired. Sign in", "The token is expired."},
		{"a/b is wrong", `a\/b is WRONG`, `a\/b is WRONG`},
		{"wrong", "été wrong été", "wrong"},
	} {
		text := &Text{Substring: row.text}
		text.ready(needleOf(text))
		if got, ok := text.find(row.line, plain(row.line)); !ok || got != row.want {
			t.Errorf("%q in %q: %q, %v; want %q", row.text, row.line, got, ok, row.want)
		}
	}
	for text, line := range map[string]string{
		"The token is expired.": "The token is expiredness",
		"expired.":              "it is expired", // a single word says too little
		"kid required":          "kid is required",
	} {
		text := &Text{Substring: text}
		text.ready(needleOf(text))
		if got, ok := text.find(line, plain(line)); ok {
			t.Errorf("%q is found in %q: %q", text.Substring, line, got)
		}
	}
}
