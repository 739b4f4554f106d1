package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func jwksKid() Check {
	return Check{
		ID:      "jwks-kid",
		Subject: "kid in the JWKS",
		Rank:    290,
		Title:   "Every key has its own kid",
		Needs:   []evidence.Need{evidence.NeedJWKS},
		Params:  []profile.Ref{profile.KeyKid.Ref(), profile.HeaderPresence.Ref()},
		Cites:   []finding.Citation{rfc(7517, "4.5")},
		Doc:     "kid is how the header names a key of the set.",
		Causes: []Cause{
			{ID: "jwks-kid-duplicate", Title: "two keys share a kid", Severity: finding.Error,
				Why:   "The kid is a constant, or a rotated key kept the old one. Servers use the first, the last or none.",
				Fix:   "Give every key its own kid, such as its RFC 7638 thumbprint.",
				Leads: []Lead{{To: []finding.CauseID{"kid-ambiguous"}}},
				Rules: Turns{None: true}},
			{ID: "jwks-kid-missing", Title: "a key has no kid", Severity: finding.Warning,
				Why: "The key tool did not write one, so no header can name the key.",
				Fix: "Add a kid to the key and send the same in the header."},
		},
		Judge: func(c *Ctx) Verdict {
			if c.onlyKeyUnnamed() {
				return Pass("the header names no key, and there is only one")
			}
			v := c.published("every key has its own kid", "jwks-kid-duplicate", "jwks-kid-missing")
			c.patchKeys(v, "jwks-kid-duplicate", c.renameKey)
			c.patchKeys(v, "jwks-kid-missing", c.nameKey)
			for _, f := range v.Faults {
				if f.Cause == "jwks-kid-duplicate" {
					f.Weigh(c.worst(jose.CauseKidDuplicate))
				}
				if want := profile.KeyKid.In(c.Rules); f.Cause == "jwks-kid-missing" && want.V == profile.Required {
					f.Citing(want.Cite...)
				}
			}
			return v
		},
	}
}

// worst is the highest severity of what a set has of a problem.
func (c *Ctx) worst(problem string) finding.Severity {
	doc, _ := c.JWKS.Get()
	worst := finding.Note
	for _, p := range doc.Set.Problems {
		if p.Cause == problem && (p.Severity == finding.Error || worst == finding.Note) {
			worst = p.Severity
		}
	}
	return worst
}

// onlyKeyUnnamed reports whether kid is of no use to anybody: the set has one key
// without it, the assertion names none, and the provider asks for it in neither.
func (c *Ctx) onlyKeyUnnamed() bool {
	doc, _ := c.JWKS.Get()
	h := c.header()
	if h == nil || len(doc.Set.Keys) != 1 || doc.Set.Entries > 1 || doc.Set.Keys[0].HasKid || profile.KeyKid.In(c.Rules).V == profile.Required {
		return false
	}
	for _, p := range doc.Set.Problems {
		if p.Cause == jose.CauseKidMissing && strings.HasSuffix(p.Pointer, "/kid") {
			return false // it has one, which is not usable
		}
	}
	_, named := present(h, "kid")
	want := profile.HeaderPresence.In(c.Rules, "kid").V
	return !named && want != profile.Required && want != profile.Recommended
}

// nameKey gives a key a kid: the one in the header, where this is the key that
// signs and no other has that kid, else its thumbprint.
func (c *Ctx) nameKey(f *Fault, k *jose.Key, pointer string) {
	kid := k.Thumbprint
	if h := c.header(); h != nil && c.madeBy() == k {
		if named, ok := h.Text("kid"); ok && named != "" {
			doc, _ := c.JWKS.Get()
			if _, n := keyNamed(doc.Set, named); n == 0 {
				kid = named
			}
		}
	}
	if kid == "" {
		return
	}
	f.SetAt(finding.PartJWKS, pointer+"/kid", kid)
	if len(f.Fixes) < 3 {
		f.Fix("Set kid of %s to %s, and send the same in the header.", nameOf(k), kid)
	}
}

// renameKey gives a key that shares its kid another one, its thumbprint. The key
// that signs keeps its own, and one that occurs twice is taken out.
func (c *Ctx) renameKey(f *Fault, k *jose.Key, pointer string) {
	doc, _ := c.JWKS.Get()
	for _, other := range doc.Set.Keys {
		if other == k || other.Kid != k.Kid || !other.HasKid {
			continue
		}
		switch {
		case other.Matches(k):
			f.RemoveAt(finding.PartJWKS, pointer).Fix("Remove key %d, which is the same as key %d.", k.Index+1, other.Index+1)
			return
		case c.madeBy() == k:
			k, pointer = other, c.keyPointer(other)
		}
	}
	if k.Thumbprint != "" {
		f.SetAt(finding.PartJWKS, pointer+"/kid", k.Thumbprint).Fix("Set kid of key %d to %s, its thumbprint.", k.Index+1, k.Thumbprint)
	}
}
