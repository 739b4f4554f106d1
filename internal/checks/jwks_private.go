package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func jwksPrivate() Check {
	return Check{
		ID:      "jwks-private",
		Subject: "private members in the JWKS",
		Rank:    570,
		Title:   "The set contains only public keys",
		Needs:   []evidence.Need{evidence.NeedJWKS},
		Cites:   []finding.Citation{rfc(7517, "9.2"), rfc(8725, "3.5")},
		Doc:     "Everyone who knows the address of a JWK Set reads it.",
		Causes: []Cause{
			{ID: "jwks-private-key", Title: "a private or symmetric key is published: replace it now", Severity: finding.Error,
				Why:     "The whole key was exported instead of its public half. Anyone who has fetched the set can sign as this client.",
				Fix:     "Create a new key, register its public half, and stop using this one.",
				Exposes: true},
		},
		Judge: func(c *Ctx) Verdict {
			v := c.published("the set contains no private key", "jwks-private-key")
			doc, _ := c.JWKS.Get()
			var root *jsonspan.Value
			c.patchKeys(v, "jwks-private-key", func(f *Fault, k *jose.Key, pointer string) {
				if root == nil {
					root, _ = jsonspan.Scan(doc.Set.Raw, jsonspan.Limits{})
				}
				if k.Kty == jose.KtyOct {
					f.RemoveAt(finding.PartJWKS, pointer)
					return
				}
				for _, name := range [...]string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
					if _, ok := jsonspan.Find(root, pointer+"/"+name); ok {
						f.RemoveAt(finding.PartJWKS, pointer+"/"+name)
					}
				}
			})
			return v
		},
	}
}
