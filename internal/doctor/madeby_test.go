package doctor

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func TestMadeBy(t *testing.T) {
	object := func(text string) evidence.Fact[*evidence.Object] {
		v, _ := jsonspan.Scan([]byte(text), jsonspan.Limits{})
		return evidence.Known(&evidence.Object{Value: v})
	}
	const header, jti = `{"alg":"RS256","kid":"k"}`, "abcdefghijABCDEFGHIJ0123456789_-abcdefghijA"
	const claims = `{"iat":1000,"exp":1060,"jti":"` + jti + `","iss":"c","sub":"c","aud":"https://as"}`
	aud := finding.Finding{Outcome: finding.Fail, Severity: finding.Error,
		Patch: []finding.Patch{{Part: finding.PartClaims, Pointer: "/aud", Value: "https://as/token"}}}
	noted, passed := aud, aud
	noted.Severity, passed.Outcome = finding.Note, finding.Pass
	for _, row := range []struct {
		name, claims string
		finding      finding.Finding
		said         bool
	}{
		{"a fault", claims, aud, true},
		{"only a note", claims, noted, false},
		{"a pass", claims, passed, false},
		{"another order", strings.Replace(claims, `"iss":"c","sub":"c"`, `"sub":"c","iss":"c"`, 1), aud, false},
	} {
		c := &evidence.Case{Header: object(header), Claims: object(row.claims)}
		out := &finding.Case{Findings: []finding.Finding{row.finding}}
		madeBy(c, out)
		f := out.Findings[0]
		if said := len(out.Notes) == 1 && f.InCode == `clientAssertionPayload: { aud: "https://as/token" }` && len(f.Cite) == 1; said != row.said {
			t.Errorf("%s: %q, %q", row.name, out.Notes, f.InCode)
		}
	}
}
