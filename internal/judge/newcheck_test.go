package judge_test

import (
	"os"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/judge"
)

// The worked example of CONTRIBUTING.md: what is between the marks is compared
// with it, and compiled and run here.

// begin example
func claimNonce() checks.Check {
	return checks.Check{
		ID:      "claim-nonce",
		Title:   "nonce is left to ID tokens",
		Subject: "nonce",
		Rank:    465, // servers come to it after typ (460)
		Kinds:   []evidence.Kind{evidence.ClientAssertion},
		Needs:   []evidence.Need{evidence.NeedClaims},
		Names:   []string{"nonce"},
		Cites: []finding.Citation{{Title: "RFC 7523, section 3",
			URL: "https://www.rfc-editor.org/rfc/rfc7523#section-3", Authority: "documented"}},
		Doc: "nonce ties an ID token to the request for it. In a client assertion it says nothing.",
		Causes: []checks.Cause{
			{ID: "nonce-in-assertion", Title: "nonce is in a client assertion", Severity: finding.Note,
				Why: "The claims were copied from an ID token.",
				Fix: "Leave nonce out."},
		},
		Judge: func(c *checks.Ctx) checks.Verdict {
			claims, _ := c.Claims.Get()
			value, ok := claims.Text("nonce")
			if !ok {
				return checks.Pass("nonce is not there")
			}
			return checks.Fail(checks.Found("nonce-in-assertion", "the assertion has a nonce").
				Compare(value, "no nonce").
				At(c.AtMember(finding.PartClaims, "nonce")).
				Remove(finding.PartClaims, "nonce").
				About(checks.Detail{Name: "nonce", Value: value}))
		},
	}
}

// end example

// TestExampleIsDocumented checks that CONTRIBUTING.md shows what is compiled here.
func TestExampleIsDocumented(t *testing.T) {
	source, err := os.ReadFile("newcheck_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(source), "// begin example\n")
	example, _, ok := strings.Cut(rest, "\n// end example")
	guide, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if !strings.Contains(string(guide), "```go\n"+strings.TrimSpace(example)+"\n```") {
		t.Error("the example in CONTRIBUTING.md differs from the one that is compiled")
	}
}

func TestWorkedExample(t *testing.T) {
	catalog, err := judge.NewCatalog(append(checks.All(), claimNonce()))
	if err != nil {
		t.Fatal(err)
	}
	e, err := judge.New(catalog, judge.Options{Only: []string{"claim-nonce"}})
	if err != nil {
		t.Fatal(err)
	}
	healthy := e.Judge(question(t, caseOf(healthyClaims)), nil)
	if len(healthy.Findings) != 1 || healthy.Findings[0].Outcome != finding.Pass {
		t.Errorf("the control: %+v", healthy.Findings)
	}
	c := e.Judge(question(t, caseOf(`{"iss":"client-1","nonce":"n-0S6"}`)), nil)
	if len(c.Findings) != 1 || c.Findings[0].Cause != "nonce-in-assertion" || len(c.Findings[0].Patch) != 1 || len(c.Findings[0].At) != 1 || c.Findings[0].At[0].Pointer != "/nonce" {
		t.Errorf("%+v", c.Findings)
	}
}
