package checks

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func jwksUse() Check {
	return Check{
		ID:      "jwks-use",
		Subject: "use and alg in the JWKS",
		Rank:    580,
		Title:   "use, key_ops and alg agree with signing",
		Needs:   []evidence.Need{evidence.NeedJWKS},
		Params:  []profile.Ref{profile.KeyUse.Ref(), profile.KeyAlg.Ref()},
		Cites:   []finding.Citation{rfc(7517, "4.2"), rfc(7517, "4.3"), rfc(7517, "4.4")},
		Doc:     "use, key_ops and alg say what a key is for. In a set with signing and encryption keys, servers distinguish them by these members.",
		Causes: []Cause{
			{ID: "jwk-use-conflict", Title: "use, key_ops or alg contradict each other or the use", Severity: finding.Error,
				Why:   "The members come from different templates; servers choose keys by them.",
				Fix:   "For a signing key: use sig, no key_ops, and the alg it signs with.",
				Rules: Turns{None: true}},
			{ID: "jwks-no-signing-key", Title: "no key of the set is for signatures", Severity: finding.Error,
				Why:   "Only the key for encryption was published, or use was set to enc on the key that signs. A server that looks for a key to verify with finds none.",
				Fix:   "Publish the public half of the key that signs, with use sig.",
				Leads: []Lead{{To: []finding.CauseID{"kid-encryption-key"}}},
				Rules: Turns{None: true}},
			{ID: "jwk-use-missing", Title: "use or alg is missing, and the provider asks for it", Severity: finding.Warning,
				Why: "The key tool leaves optional members out.",
				Fix: "Add use sig and alg to the key."},
		},
		Judge: judgeUse,
	}
}

func judgeUse(c *Ctx) Verdict {
	v := c.published("use, key_ops and alg agree", "jwk-use-conflict")
	if len(v.Faults) > 0 {
		c.patchKeys(v, "jwk-use-conflict", c.forSigning)
	}
	if f := c.onlyEncryption(); f != nil {
		v.Faults = append(v.Faults, f)
	}
	if !c.isAssertion() {
		return v
	}
	for _, want := range [...]struct {
		name string
		rule profile.Value[profile.Presence]
	}{{"use", profile.KeyUse.In(c.Rules)}, {"alg", profile.KeyAlg.In(c.Rules)}} {
		if want.rule.V != profile.Required {
			continue
		}
		if f := c.lacking(want.name); f != nil {
			v.Faults = append(v.Faults, by(f, want.rule))
		}
	}
	return v
}

// onlyEncryption is the fault of a set that has keys for encryption only; nil if
// it has others. What a key says of itself in two ways has its own fault.
func (c *Ctx) onlyEncryption() *Fault {
	doc, _ := c.JWKS.Get()
	keys := doc.Set.Keys
	if len(keys) == 0 || len(keys) < doc.Set.Entries || slices.ContainsFunc(keys, func(k *jose.Key) bool { return !forEncryption(k) }) || doc.Set.Has(jose.CauseUseConflict) {
		return nil
	}
	f := Found("jwks-no-signing-key", "%s", plural(len(keys), "the only key of the set is for encryption", "all "+itoa(len(keys))+" keys of the set are for encryption")).
		Compare("use enc", "a key with use sig").About(Detail{Name: "use", Value: "enc", Right: "sig"})
	for _, k := range keys[:min(len(keys), mostKeys)] {
		f.At(c.inKeySet(k))
	}
	return f
}

// forSigning makes a key that signs one that says nothing else. Of a key that
// neither is in use nor says that it signs, nothing shows what it is for.
func (c *Ctx) forSigning(f *Fault, k *jose.Key, pointer string) {
	doc, _ := c.JWKS.Get()
	if used := c.keyInUse(doc.Set); used != k && len(doc.Set.Keys) > 1 && k.Use != "sig" {
		return
	}
	f.SetAt(finding.PartJWKS, pointer+"/use", "sig")
	if len(k.KeyOps) > 0 {
		f.RemoveAt(finding.PartJWKS, pointer+"/key_ops")
	}
	plain := *k
	plain.Alg = ""
	if alg := c.keyAlg(&plain); alg != "" && alg != k.Alg {
		f.SetAt(finding.PartJWKS, pointer+"/alg", alg)
	}
}

// keyAlg is the alg to publish with a key: what the header says, where the key
// can make it and the provider accepts it, else one that would be.
func (c *Ctx) keyAlg(k *jose.Key) string {
	if h := c.header(); h != nil && misfit(k, c.alg()) == "" && c.accepts(c.alg()) {
		return c.alg()
	}
	return c.signingAlg(k)
}

// lacking is the fault of the keys that do not say use or alg; nil if all do. Where the
// key in use says it, the others are no reason for a refusal.
func (c *Ctx) lacking(name string) *Fault {
	doc, _ := c.JWKS.Get()
	says := func(k *jose.Key) bool { return name == "use" && k.Use != "" || name == "alg" && k.Alg != "" }
	used := c.keyInUse(doc.Set)
	var f *Fault
	n := 0
	for _, k := range doc.Set.Keys {
		if says(k) {
			continue
		}
		if n++; n > mostKeys {
			continue
		}
		if f == nil {
			f = Found("jwk-use-missing", "%s has no %s, which %s asks for", nameOf(k), name, c.provider()).Compare("no "+name, name).About(Detail{Meant: name})
		}
		f.At(c.inKeySet(k))
		pointer, value := c.keyPointer(k), ""
		switch {
		case name == "use" && forEncryption(k):
			value = "enc"
		case name == "use":
			value = "sig"
		case !forEncryption(k):
			value = c.keyAlg(k)
		}
		if pointer != "" && value != "" {
			f.Fix("Set %s of %s to %s.", name, nameOf(k), value).SetAt(finding.PartJWKS, pointer+"/"+name, value)
		}
	}
	if f != nil && used != nil && says(used) {
		f.PutAside(finding.Note)
	}
	if n > 1 {
		f.Title += "; " + plural(n-1, "1 more has none either", itoa(n-1)+" more have none either")
	}
	return f
}
