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
		Doc:     "iss of an ID or access token is the issuer of the server's discovery document, to the character: a slash at the end, a letter's case or http for https makes it another.",
		Causes: []Cause{
			{ID: "token-iss-mismatch", Title: "iss of the token is another issuer", Severity: finding.Error,
				Why: "The token is another environment's or tenant's, or the issuer was configured with a slash too many or too few.",
				Fix: "Configure the issuer exactly as the discovery document has it, and take the token from the same environment."},
		},
		Judge: judgeTokenIssuer,
	}
}

func judgeTokenIssuer(c *Ctx) Verdict {
	t, _ := c.Issued.Get()
	if t.Claims == nil {
		return NotAsked("the claims of %s cannot be read", t.From)
	}
	wanted, cite := c.issuers()
	if len(wanted) == 0 {
		return NotAsked("the issuer expected is not known").Give("--issuer URL")
	}
	at := c.issuedAt(t, "iss")
	v, ok := present(t.Claims, "iss")
	switch {
	case !ok && t.Claims.Partial:
		return NotAsked("the payload is damaged, so that iss may have been lost")
	case !ok && t.Kind != evidence.IDToken:
		return NotAsked("%s has no iss", t.From)
	case !ok:
		return Fail(Found("token-iss-mismatch", "%s has no iss", t.From).Compare("no iss", either(wanted)).At(at).Citing(cite...))
	case v.Kind != jsonspan.String:
		return Fail(Found("token-iss-mismatch", "iss is %s, not a string", v.Kind).Compare(show(v), either(wanted)).At(at).Citing(cite...))
	case slices.Contains(wanted, v.Str):
		return Pass("iss is %s", v.Str).Citing(cite...)
	}
	f := Found("token-iss-mismatch", "iss of %s is not the issuer expected", t.From).Compare(v.Str, either(wanted)).At(at).Citing(cite...)
	for _, want := range wanted {
		diff := urlNearMiss(v.Str, want)
		if sameButSlash(v.Str, want) {
			diff = "by a trailing slash alone"
		}
		if diff == "" {
			continue
		}
		f.Title, f.Expected = "iss of "+t.From+" differs from the issuer expected "+diff, want
		return Fail(f.Fix("Configure the issuer as %s, as the token has it, where the discovery document has it too.", v.Str))
	}
	if c.Expect.Issuer == "" && t.Kind != evidence.IDToken {
		f.As(finding.Likely) // an access token's iss is told by no standard unless its typ is at+jwt
	}
	return Fail(f)
}

// issuers are those a token may come from: the one given, else those the
// profile documents of the environments that can be meant.
func (c *Ctx) issuers() (wanted []string, cite []finding.Citation) {
	if c.Expect.Issuer != "" {
		return []string{c.Expect.Issuer}, nil
	}
	env, outside := c.environment()
	if outside || !profile.AudComplete.In(c.Rules).V {
		return nil, nil // customers have issuers of their own
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

// issuedAt points to a claim of an issued token: one in a response has no
// place of its own in it.
func (c *Ctx) issuedAt(t *evidence.Issued, claim string) evidence.Place {
	if r := c.response(); t.InResponse && r != nil {
		return c.AtBody(r, "/id_token")
	}
	return c.claimAt(claim)
}
