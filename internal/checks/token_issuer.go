package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func tokenIssuer() Check {
	return Check{
		ID:      "token-issuer",
		Subject: "iss of the token",
		Rank:    530,
		Title:   "The token was issued by the issuer expected",
		Needs:   []evidence.Need{evidence.NeedIssued},
		Cites:   []finding.Citation{openid("3.1.3.7", "IDTokenValidation"), rfc(9068, "4")},
		Doc:     "iss of an ID or access token is exactly the issuer of the server's discovery document: a trailing slash, a letter's case or http instead of https makes it a different one.",
		Causes: []Cause{
			{ID: "token-iss-mismatch", Title: "iss of the token is a different issuer", Severity: finding.Error,
				Why: "The token comes from another environment or tenant, or the issuer was configured with an extra or missing slash.",
				Fix: "Configure the issuer exactly as in the discovery document, and use a token from the same environment."},
		},
		Judge: judgeTokenIssuer,
	}
}

func judgeTokenIssuer(c *Ctx) Verdict {
	t, _ := c.Issued.Get()
	if t.Claims == nil {
		return NotAsked("the claims of %s cannot be read", t.From).For(finding.WhyMoot)
	}
	wanted, cite := c.issuers()
	if len(wanted) == 0 {
		return NotAsked("the expected issuer is not known").Give("--issuer URL")
	}
	at := c.issuedAt(t, "iss")
	v, ok := present(t.Claims, "iss")
	switch {
	case !ok && t.Claims.Partial:
		return NotAsked("the payload is damaged, so iss may be lost").For(finding.WhyMoot)
	case !ok && t.Kind != evidence.IDToken:
		return NotAsked("%s has no iss", t.From)
	case !ok:
		return Fail(Found("token-iss-mismatch", "%s has no iss", t.From).Compare("no iss", either(wanted)).At(at).Citing(cite...))
	case v.Kind != jsonspan.String:
		return Fail(Found("token-iss-mismatch", "iss is %s, not a string", v.Kind).Compare(show(v), either(wanted)).At(at).Citing(cite...))
	case slices.Contains(wanted, v.Str):
		return Pass("iss is %s", v.Str).Citing(cite...)
	}
	f := Found("token-iss-mismatch", "iss of %s is not the expected issuer", t.From).Compare(v.Str, either(wanted)).At(at).Citing(cite...).
		About(Detail{Name: "iss", Value: v.Str})
	if len(wanted) == 1 {
		f.Detail.Right = wanted[0]
	}
	for _, want := range wanted {
		diff := issuerApart(v.Str, want)
		if diff == "" {
			continue
		}
		f.Title, f.Expected, f.Detail.Right = "iss of "+t.From+" differs from the expected issuer "+diff, want, want
		return Fail(f.Fix("Configure the issuer as %s, as in the token, if the discovery document has it so too.", v.Str))
	}
	if c.Expect.Issuer == "" && t.Kind != evidence.IDToken {
		f.As(finding.Likely) // no standard defines an access token's iss unless its typ is at+jwt
	}
	return Fail(f)
}

// issuers are those a token may come from: the one given, else those the
// profile documents for the environments that can be meant.
func (c *Ctx) issuers() (wanted []string, cite []finding.Citation) {
	if c.Expect.Issuer != "" {
		return []string{c.Expect.Issuer}, nil
	}
	env, outside := c.environment()
	if outside || !profile.AudComplete.In(c.Rules).V {
		return nil, nil // customers have their own issuers
	}
	for _, e := range c.Profile.Envs {
		if env != "" && e.Name != env {
			continue
		}
		if e.Issuer == "" || strings.ContainsAny(e.Issuer, "{}") {
			return nil, nil // one that is not documented may be the right one
		}
		if !slices.Contains(wanted, e.Issuer) {
			wanted, cite = append(wanted, e.Issuer), append(cite, e.Cite...)
		}
	}
	return wanted, cite
}

// issuedAt points to a claim of an issued token. In a response it is the whole
// token: its claims are encoded there.
func (c *Ctx) issuedAt(t *evidence.Issued, claim string) evidence.Place {
	if r := c.response(); t.InResponse && r != nil {
		return c.AtBody(r, "/id_token")
	}
	return c.claimAt(claim)
}
