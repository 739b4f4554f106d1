package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func jwksUse() Check {
	causes := []Cause{
		{ID: "jwk-use-conflict", Title: "use, key_ops or alg contradict each other or the use", Severity: finding.Error,
			Why:   "The members come from different templates; servers choose keys by them.",
			Fix:   "For a signing key: use sig, no key_ops, and the alg it signs with.",
			Rules: Turns{None: true}},
		{ID: "jwk-use-missing", Title: "use or alg absent where the provider asks for it", Severity: finding.Warning,
			Why: "The key tool leaves optional members out.",
			Fix: "Add use sig and alg to the key."},
	}
	return Check{
		ID:      "jwks-use",
		Subject: "use and alg in the JWKS",
		Rank:    580,
		Title:   "use, key_ops and alg agree with signing",
		Needs:   []evidence.Need{evidence.NeedJWKS},
		Params:  []profile.Ref{profile.KeyUse.Ref(), profile.KeyAlg.Ref()},
		Cites:   []finding.Citation{rfc(7517, "4.2"), rfc(7517, "4.3"), rfc(7517, "4.4")},
		Doc:     "use, key_ops and alg tell what a key is for. A set with signing and encryption keys needs them to be told apart.",
		Causes:  causes,
		Judge: func(c *Ctx) Verdict {
			v := c.published("they agree", nil, causes[0])
			doc, _ := c.JWKS.Get()
			for _, want := range []struct {
				name string
				rule profile.Value[profile.Presence]
			}{{"use", profile.KeyUse.In(c.Rules)}, {"alg", profile.KeyAlg.In(c.Rules)}} {
				if want.rule.V != profile.Required || !c.isAssertion() {
					continue
				}
				var lacking []string
				var at []evidence.Place
				for _, k := range doc.Set.Keys {
					if want.name == "use" && k.Use == "" || want.name == "alg" && k.Alg == "" {
						lacking = append(lacking, nameOf(k))
						at = append(at, c.AtDocument(finding.PartJWKS, doc.Source, doc.Set.Raw, "/keys/"+itoa(k.Index), k.Span))
					}
				}
				if len(lacking) > 0 {
					v.Faults = append(v.Faults, Found("jwk-use-missing", "%s: no %s, which %s asks for", strings.Join(lacking, ", "), want.name, c.provider()).
						Compare("no "+want.name, want.name).At(at...).Citing(want.rule.Cite...))
				}
			}
			return v
		},
	}
}
