package checks

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func keyStrength() Check {
	return Check{
		ID:      "key-strength",
		Subject: "key strength",
		Rank:    560,
		Title:   "The keys are strong enough",
		Needs:   []evidence.Need{evidence.NeedKeys},
		Params:  []profile.Ref{profile.KeyKinds.Ref(), profile.KeyRSAMin.Ref(), profile.KeyECCurves.Ref()},
		Cites:   []finding.Citation{rfc(7518, "3.3")},
		Doc:     "RSA keys below 2048 bits must not be used (RFC 7518 section 3.3); some providers ask for more, and take only some curves.",
		Causes: []Cause{
			{ID: "key-too-small", Title: "RSA below the minimum, or a weak curve", Severity: finding.Error,
				Why: "The key is old or was made with a tool's old default.",
				Fix: "Make a new key: RSA of at least 2048 bits, or a curve the provider takes."},
		},
		Judge: judgeKeyStrength,
	}
}

func judgeKeyStrength(c *Ctx) Verdict {
	keys, _ := c.Keys.Get()
	least, curves := profile.KeyRSAMin.In(c.Rules), profile.KeyECCurves.In(c.Rules)
	bits := 2048
	if least.Known() {
		bits = max(bits, least.V)
	}
	used := c.keyInUse(keys.Set)
	var faults []*Fault
	for _, k := range keys.Set.Keys {
		if forEncryption(k) {
			continue
		}
		before := len(faults)
		at := c.AtDocument(finding.PartJWKS, keys.Source, keys.Set.Raw, "/keys/"+itoa(k.Index), k.Span)
		switch {
		case k.Kty == jose.KtyRSA && k.Bits > 0 && k.Bits < bits:
			faults = append(faults, Found("key-too-small", "%s has %d bits; at least %d are needed", nameOf(k), k.Bits, bits).
				Compare(k.Describe(), "RSA "+itoa(bits)+" or more").At(at).Citing(least.Cite...))
		case k.Kty == jose.KtyEC && curves.Known() && k.Crv != "" && !slices.Contains(curves.V, k.Crv):
			faults = append(faults, Found("key-too-small", "%s is on the curve %s; %s takes %s", nameOf(k), k.Crv, c.provider(), either(curves.V)).
				Compare(k.Crv, either(curves.V)).At(at).Citing(curves.Cite...))
		}
		// A key that lies beside the one in use is no reason for a refusal.
		if len(faults) > before && used != nil && k != used {
			faults[before].Weigh(finding.Warning)
		}
		if len(faults) == 8 {
			break
		}
	}
	return Faults("large enough, and on curves the provider takes", faults...)
}
