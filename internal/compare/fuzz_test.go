package compare_test

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/compare"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
)

// caseOf makes a case of a text without asking for anything else.
func caseOf(text string) *evidence.Case {
	c := &evidence.Case{Kind: evidence.ClientAssertion}
	src := input.NewSource("f", strings.NewReader(text), "")
	if src.Sort() != input.SortExchange {
		input.Fill(c, input.Assertion(text, evidence.Origin{File: "f", Line: 1, Column: 1}))
		return c
	}
	all, _ := src.Exchanges(nil)
	for _, e := range all {
		if e.Request != nil {
			c.Request, c.Sent = evidence.Known(e.Request), true
			if a := input.CarriedBy(e.Request).Assertion; a != nil {
				input.Fill(c, a)
			}
		}
		if e.Response != nil {
			c.Response = evidence.Known(e.Response)
		}
	}
	return c
}

// FuzzCompare checks that no two texts make the comparison panic, that a text
// does not differ from itself, and that it makes no difference which side is good.
func FuzzCompare(f *testing.F) {
	tok := b64(`{"alg":"HS256"}`) + "." + b64(`{"iss":"a","exp":1}`) + "." + strings.Repeat("A", 43)
	for _, pair := range [][2]string{
		{tok, tok}, {tok, strings.Replace(tok, "A", "B", 1)}, {"grant_type=a&scope=b c", "grant_type=a&scope=c b&scope=d"}, {"curl a.test -d a=b", "curl b.test -H c:d"},
		{"POST https://a.test HTTP/1.1\nA: b\n\nclient_assertion=" + tok, "POST https://a.test HTTP/1.1\na: c\n\ncode=1\n\nHTTP/1.1 400 x\n\n{}"},
		{b64(`{"a":{"kty":"x","d":"y"},"a":[1,"b"]}`) + "." + b64(`{"jti":"0123456789","jti":1}`) + ".", tok},
	} {
		f.Add(pair[0], pair[1])
	}
	const longest = 512 // bytes: the fuzzer leaves out every stretch in turn
	f.Fuzz(func(t *testing.T, good, bad string) {
		if len(good)+len(bad) > longest {
			return
		}
		g, b := caseOf(good), caseOf(bad)
		for _, d := range compare.Compare(g, caseOf(good)).Differences {
			t.Errorf("%q differs from itself: %+v", good, d)
		}
		there, back := compare.Compare(g, b), compare.Compare(b, g)
		if there.Same != back.Same || len(there.Unseen) != len(back.Unseen) {
			t.Errorf("%q and %q: %+v the one way, %+v the other", good, bad, there, back)
		}
	})
}
