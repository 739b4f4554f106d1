package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func jwksPrivate() Check {
	causes := []Cause{
		{ID: "jwks-private-key", Title: "a private or symmetric key is published: replace it now", Severity: finding.Error,
			Why:     "The whole key was exported instead of its public half. Whoever has fetched the set can sign as this client.",
			Fix:     "Make a new key, register its public half, and take this one out of use.",
			Exposes: true},
	}
	return Check{
		ID:      "jwks-private",
		Subject: "private members in the JWKS",
		Rank:    570,
		Title:   "The set is public keys alone",
		Needs:   []evidence.Need{evidence.NeedJWKS},
		Cites:   []finding.Citation{rfc(7517, "9.2"), rfc(8725, "3.5")},
		Doc:     "A JWK Set is read by everybody who knows its address.",
		Causes:  causes,
		Judge:   func(c *Ctx) Verdict { return c.published("no private member stands in it", nil, causes...) },
	}
}
