package checks_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// manyOf is an object of n members and a few usual ones.
func manyOf(part, usual string, n int, member func(i int) string) *evidence.Object {
	var b strings.Builder
	b.WriteString("{" + usual)
	for i := range n {
		b.WriteString("," + member(i))
	}
	b.WriteString("}")
	v, faults := jsonspan.Scan([]byte(b.String()), jsonspan.Limits{Values: 10 * n})
	return &evidence.Object{Part: part, Raw: []byte(b.String()), Value: v, Faults: faults}
}

// swollen are inputs of which one list grows, as the checks meet them.
func swollen(tb testing.TB, n int) map[string]*checks.Ctx {
	tb.Helper()
	now := time.Unix(1760000000, 0).UTC()
	p, err := profile.Load("redox")
	if err != nil {
		tb.Fatal(err)
	}
	rules := p.Compiled().With(profile.ClaimsAllowed.Is([]string{"iss", "sub", "aud", "exp", "iat", "jti"}), profile.HeaderAllowed.Is([]string{"alg", "typ", "kid"}))
	const header, claims = `"alg":"RS384","typ":"JWT","kid":"k"`, `"iss":"c","sub":"c","aud":"https://api.redoxengine.com/v2/auth/token","iat":1759999990,"exp":1760000230,"jti":"e917e0c2-b144-4ff2-b212-8ed547a54e1c"`
	ctx := func(h, c *evidence.Object, rules *profile.Rules) *checks.Ctx {
		return checks.NewCtx(&evidence.Case{Kind: evidence.ClientAssertion, Header: evidence.Known(h), Claims: evidence.Known(c)},
			evidence.Moment{Kind: evidence.ClientAssertion, AsOf: now, Now: now, Basis: evidence.BasisNow}, rules, nil)
	}
	few := func(int) string { return `"x":1` }
	usual := func(part, text string) *evidence.Object { return manyOf(part, text, 1, few) }
	out := map[string]*checks.Ctx{
		"other names": ctx(usual(finding.PartHeader, header), manyOf(finding.PartClaims, claims, n, func(i int) string { return fmt.Sprintf(`"claim%d":1`, i) }), rules),
		"misspelled names": ctx(usual(finding.PartHeader, header), manyOf(finding.PartClaims, claims, n, func(i int) string {
			return fmt.Sprintf(`"%s":1`, [...]string{"issuer", "Iss", "audience", "expires_at"}[i%4])
		}), p.Compiled()),
		"one name":          ctx(usual(finding.PartHeader, header), manyOf(finding.PartClaims, claims, n, func(int) string { return `"iss":"c"` }), rules),
		"hidden characters": ctx(usual(finding.PartHeader, header), manyOf(finding.PartClaims, claims, n, func(i int) string { return fmt.Sprintf(`"c%d":"x\u200b"`, i) }), p.Compiled()),
		"audiences":         ctx(usual(finding.PartHeader, header), manyOf(finding.PartClaims, strings.Replace(claims, `"https://api.redoxengine.com/v2/auth/token"`, `["https://elsewhere.example/token"`+strings.Repeat(`,"https://elsewhere.example/other"`, n)+`]`, 1), 1, few), rules),
		"header names":      ctx(manyOf(finding.PartHeader, header, n, func(i int) string { return fmt.Sprintf(`"h%d":1`, i) }), usual(finding.PartClaims, claims), rules),
		"header names in capitals": ctx(manyOf(finding.PartHeader, header, n, func(i int) string {
			return fmt.Sprintf(`"%s":"x"`, [...]string{"KID", "X5T", "Jku", "TYP"}[i%4])
		}), usual(finding.PartClaims, claims), p.Compiled()),
		"claims in the header": ctx(manyOf(finding.PartHeader, header, n, func(i int) string { return `"iss":"c"` }), usual(finding.PartClaims, claims), p.Compiled()),
		"crit":                 ctx(manyOf(finding.PartHeader, header+`,"crit":["a0"`+strings.Repeat(`,"ext"`, n)+`]`, n, func(i int) string { return fmt.Sprintf(`"a%d":1`, i) }), usual(finding.PartClaims, claims), p.Compiled()),
	}
	var keys []string
	for i := range n {
		keys = append(keys, fmt.Sprintf(`{"kty":"RSA","kid":"k","use":"sig","key_ops":["encrypt"],"n":"AN%dQ","e":"AQAB","d":"AQAB"}`, i%10))
	}
	set := &evidence.Keys{Source: "jwks.json", Set: jose.ParseJWKS([]byte(`{"keys":[` + strings.Join(keys, ",") + `]}`))}
	many := ctx(usual(finding.PartHeader, header), usual(finding.PartClaims, claims), p.Compiled())
	many.Keys, many.JWKS = evidence.Known(set), evidence.Known(set)
	out["keys"] = many
	return out
}

// judged runs the checks that the case has evidence for.
func judged(tb testing.TB, c *checks.Ctx) []*checks.Fault {
	tb.Helper()
	var all []*checks.Fault
	have := c.Present()
	for _, check := range ofTheAssertion(tb) {
		if have.Has(evidence.SetOf(check.Needs...)) {
			all = append(all, check.Judge(c).Faults...)
		}
	}
	return all
}

// However long a list is, what is said of it has bounds.
func TestLongListsAreCutShort(t *testing.T) {
	for name, c := range swollen(t, 3000) {
		all := judged(t, c)
		if len(all) > 40 {
			t.Errorf("%s: %d faults", name, len(all))
		}
		for _, f := range all {
			if len(f.Places) > 20 || len(f.Patches) > 200 || len(f.Title) > 500 || len(f.Found) > 2000 || len(f.Expected) > 2000 {
				t.Errorf("%s: %s has %d places, %d patches, title %d, found %d, expected %d", name, f.Cause, len(f.Places), len(f.Patches), len(f.Title), len(f.Found), len(f.Expected))
			}
		}
	}
}

// The work grows with the list and not with its square: compare ns/op of 1,000
// and 8,000.
func BenchmarkLongLists(b *testing.B) {
	for _, n := range []int{1000, 8000} {
		for name, c := range swollen(b, n) {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					judged(b, c)
				}
			})
		}
	}
}
