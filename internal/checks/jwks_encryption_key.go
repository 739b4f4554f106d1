package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func jwksEncryptionKey() Check {
	return Check{
		ID:      "jwks-encryption-key",
		Subject: "the encryption key",
		Rank:    590,
		Title:   "The encryption key the provider asks for is present",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedJWKS},
		Params:  []profile.Ref{profile.KeyEncryption.Ref(), profile.KeyEncCurves.Ref(), profile.KeyEncAlgs.Ref()},
		Cites:   []finding.Citation{rfc(7517, "4.2")},
		Doc:     "Some providers encrypt what they send back and look for the client's encryption key in the same set. Without it, the token request is refused although the signature is right.",
		Causes: []Cause{
			{ID: "encryption-key-missing", Title: "no encryption key meets the provider's requirements", Severity: finding.Error,
				Why: "Only the signing key was published, or the encryption key lacks use, alg or the right curve.",
				Fix: "Publish a second key with use enc as the provider's page says."},
		},
		Judge: judgeEncryptionKey,
	}
}

func judgeEncryptionKey(c *Ctx) Verdict {
	want := profile.KeyEncryption.In(c.Rules)
	if want.V != profile.Required {
		return NotAskedText("%s does not ask for one", c.provider())
	}
	doc, _ := c.JWKS.Get()
	curves, algs := profile.KeyEncCurves.In(c.Rules), profile.KeyEncAlgs.In(c.Rules)
	near := ""
	for _, k := range doc.Set.Keys {
		if !forEncryption(k) {
			continue
		}
		switch {
		case curves.Known() && !slices.Contains(curves.V, k.Crv):
			near = nameOf(k) + " is " + k.Describe() + "; it must be " + either(curves.V)
		case algs.Known() && !slices.Contains(algs.V, k.Alg):
			near = nameOf(k) + " has " + orElse("alg "+k.Alg, k.Alg != "", "no alg") + "; it must be " + either(algs.V)
		default:
			return PassText("%s", nameOf(k)).Citing(want.Cite...)
		}
	}
	f := Found("encryption-key-missing", "the set has no encryption key, which %s asks for", who(c, want))
	if near != "" {
		f = Found("encryption-key-missing", "no encryption key is what %s asks for: %s", who(c, want), near)
	}
	expected := []string{"use enc"}
	if curves.Known() {
		expected = append(expected, either(curves.V))
	}
	if algs.Known() {
		expected = append(expected, either(algs.V))
	}
	if near == "" {
		c.weighPart(f)
	}
	return Fail(by(f, want).Compare(orElse(near, near != "", "none"), strings.Join(expected, ", ")).About(Detail{Meant: "use", Right: "enc"}).
		Fix("Publish a second key with %s.", list(expected)).
		At(c.AtDocument(finding.PartJWKS, doc.Source, doc.Set.Raw, "/keys", jsonspan.Span{End: len(doc.Set.Raw)})))
}

// weighPart makes less of a missing key where only a part of the published set may
// have been given: a file beside an assertion is often just the key that verifies
// it. What was fetched is what the provider sees, and its own words count.
func (c *Ctx) weighPart(f *Fault) {
	_, fetched := c.Fetched.Get()
	_, beside := c.Assertion.Get()
	if fetched || !beside || c.mostlyMeans(f.Cause) {
		return
	}
	f.As(finding.Possible).Weigh(finding.Note).Saying("The file may contain only a part of the set that is published.")
}
