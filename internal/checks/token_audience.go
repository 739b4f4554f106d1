package checks

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func tokenAudience() Check {
	return Check{
		ID:      "token-audience",
		Subject: "aud of the token",
		Rank:    540,
		Title:   "The token is meant for this audience",
		Needs:   []evidence.Need{evidence.NeedIssued},
		Cites:   []finding.Citation{openid("3.1.3.7", "IDTokenValidation"), rfc(9068, "4"), rfc(7519, "4.1.3")},
		Doc:     "An ID token is meant for the client that asked for it: its aud contains the client ID. An access token is meant for an API: its aud contains that API's identifier, never the client's.",
		Causes: []Cause{
			{ID: "token-aud-mismatch", Title: "aud of the token is a different audience", Severity: finding.Error,
				Why: "The token was made for another client or API: the wrong resource, audience or scope was requested, or the wrong one of two tokens is used.",
				Fix: "Request the token with the API's resource, audience or scope; use the ID token only in the client."},
		},
		Judge: judgeTokenAudience,
	}
}

func judgeTokenAudience(c *Ctx) Verdict {
	t, _ := c.Issued.Get()
	if t.Claims == nil {
		return NotAsked("the claims of %s cannot be read", t.From).For(finding.WhyMoot)
	}
	var wanted []string
	ofClient := false
	of := "the audience you gave"
	if t.Kind == evidence.IDToken {
		of = "the client ID"
		if id := c.issuedTo(); id != "" {
			wanted = []string{id}
		}
		ofClient = wanted != nil
	}
	// Given with an assertion, --aud is about the assertion.
	if len(wanted) == 0 && !t.InResponse {
		wanted, of = c.Expect.Aud, "the audience you gave"
	}
	switch {
	case len(wanted) == 0 && t.Kind == evidence.IDToken:
		return NotAsked("the client ID is not known").Give("--client-id ID")
	case len(wanted) == 0:
		return NotAsked("the expected audience is not known").Give("--aud VALUE")
	}
	bad := func(found, format string, args ...any) *Fault {
		return Found("token-aud-mismatch", format, args...).Compare(found, either(wanted)).At(c.issuedAt(t, "aud")).About(Detail{Name: "aud", Value: found})
	}
	v, ok := present(t.Claims, "aud")
	if !ok {
		if t.Claims.Partial {
			return NotAsked("the payload is damaged, so aud may be lost").For(finding.WhyMoot)
		}
		return Fail(bad("no aud", "%s has no aud", t.From))
	}
	if wrong := notStrings(v); wrong != "" {
		return Fail(bad(show(v), "aud %s", wrong))
	}
	values := texts(v)
	if !slices.ContainsFunc(values, func(a string) bool { return slices.Contains(wanted, a) }) {
		f := bad(show(v), "aud of %s does not contain %s", t.From, of)
		for _, a := range values {
			for _, want := range wanted {
				diff := nearMiss(a, want)
				if sameButSlash(a, want) {
					diff = "only by a trailing slash"
				}
				if diff != "" {
					f.Saying("%q differs from %q %s; the two must match exactly.", a, want, diff)
				}
			}
		}
		return Fail(f)
	}
	// With several audiences, azp says which of them the token was issued to.
	if azp, has := present(t.Claims, "azp"); has && t.Kind == evidence.IDToken && ofClient && len(values) > 1 &&
		!(azp.Kind == jsonspan.String && slices.Contains(wanted, azp.Str)) {
		f := bad(show(azp), "aud of %s contains several audiences, and azp names another client", t.From)
		f.Places = []evidence.Place{c.issuedAt(t, "azp")}
		return Fail(f.Saying("If aud contains several, azp is the client the token was issued to (OpenID Connect Core section 3.1.3.7)."))
	}
	return Pass("aud contains %s", of)
}

// issuedTo is the client an ID token must be meant for: the one given, else the
// one that asked.
func (c *Ctx) issuedTo() string {
	if c.Expect.ClientID != "" {
		return c.Expect.ClientID
	}
	if c.Kind == evidence.ClientAssertion {
		if sub, ok := c.claims().Text("sub"); ok && sub != "" {
			return sub
		}
	}
	for _, fact := range []evidence.Fact[*evidence.Request]{c.Request, c.Authorization} {
		if r, ok := fact.Get(); ok && r != nil {
			if p, ok := sent(r, "client_id"); ok && p.Unknown == "" && !leftOpen(r, p.Value) {
				return p.Value
			}
		}
	}
	return ""
}
