package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func keySelected() Check {
	return Check{
		ID:      "key-selected",
		Subject: "the signing key",
		Rank:    300,
		Names:   []string{"kid"},
		Title:   "kid leads to exactly one usable key",
		Needs:   []evidence.Need{evidence.NeedHeader, evidence.NeedKeys},
		After:   []finding.CauseID{"alg-none", "alg-missing", "kid-not-string"},
		Params:  []profile.Ref{profile.HeaderPresence.Ref(), profile.KidTriesAll.Ref(), profile.KeyAlgEqual.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4.1.4"), rfc(7517, "4.5")},
		Doc:     "The server looks for the key whose kid is the header's, and which fits alg. None, two or one of the wrong kind, and it refuses before it has looked at the signature.",
		Causes: []Cause{
			{ID: "kid-not-in-jwks", Title: "no key has this kid", Severity: finding.Error,
				Why:   "The key was rotated, another environment's key set is registered, or the provider gave the key a kid of its own when it was uploaded.",
				Fix:   "Use the kid under which the key is published, and publish the key before it signs.",
				Leads: []Lead{{To: []finding.CauseID{"signed-by-unknown-key"}}},
				Rules: Turns{None: true}},
			{ID: "kid-ambiguous", Title: "no kid (or a repeated one) and several keys could be meant", Severity: finding.Error,
				Why:   "Without kid a server that does not try them all cannot choose.",
				Fix:   "Set kid to the kid of the key that signs; give every key a kid of its own.",
				Rules: Turns{On: []profile.Ref{profile.HeaderPresence.Of("kid"), profile.KidTriesAll.Ref()}}},
			{ID: "kid-encryption-key", Title: "kid leads to a key for encryption", Severity: finding.Error,
				Why:   "The set holds a signing and an encryption key, and the wrong one's kid was taken.",
				Fix:   "Use the kid of the key with use sig.",
				Leads: []Lead{{To: []finding.CauseID{"signed-by-other-key", "key-alg-mismatch", "signed-by-unknown-key"}}},
				Rules: Turns{None: true}},
			{ID: "key-alg-mismatch", Title: "the key's own type, curve or alg does not fit the header's alg", Severity: finding.Error,
				Why:   "alg was set by hand, or the kid of another key was taken.",
				Fix:   "Let alg follow from the key: RS and PS for RSA, ES256 for P-256, ES384 for P-384, ES512 for P-521.",
				Leads: []Lead{{To: []finding.CauseID{"signed-by-unknown-key"}}},
				Rules: Turns{On: []profile.Ref{profile.KeyAlgEqual.Ref()}}},
		},
		Judge: judgeKeySelected,
	}
}

func judgeKeySelected(c *Ctx) Verdict {
	keys, _ := c.Keys.Get()
	set := keys.Set
	if len(set.Keys) == 0 {
		return NotAsked("no key could be read from %s", keys.Source)
	}
	alg := c.alg()
	kid, hasKid := c.header().Text("kid")
	at := c.headerAt("kid")
	if !hasKid || kid == "" {
		return c.withoutKid(set, alg)
	}
	named := set.ByKid(kid)
	if len(named) == 0 && !anyKid(set) {
		// Keys from a PEM file or certificate have no kid to compare with.
		named = set.Keys
		if len(named) > 1 {
			return NotAsked("the keys of %s have no kid to compare with", keys.Source)
		}
	}
	if len(named) == 0 {
		f := Found("kid-not-in-jwks", "kid is %q, and no key of %s has it", kid, keys.Source).
			Compare(kid, either(kids(set))).At(at)
		if made := c.madeBy(); made != nil && made.HasKid {
			f.Title += "; the signature is that of " + made.Kid
			f.Fix("Set kid to %s.", made.Kid)
		}
		return Fail(f)
	}
	if len(named) > 1 {
		if fit := slices.DeleteFunc(slices.Clone(named), func(k *jose.Key) bool { return misfit(k, alg) != "" }); len(fit) == 1 {
			named = fit
		} else {
			return Fail(Found("kid-ambiguous", "%d keys of %s have the kid %s", len(named), keys.Source, kid).
				Compare(kid+", "+itoa(len(named))+" times", "a kid for each key").At(at))
		}
	}
	return c.usable(named[0], alg, at)
}

// usable judges the one key kid leads to.
func (c *Ctx) usable(key *jose.Key, alg string, at evidence.Place) Verdict {
	if forEncryption(key) {
		return Fail(Found("kid-encryption-key", "kid leads to %s, a key for encryption (%s)", nameOf(key), useOf(key)).
			Compare(useOf(key), "use sig").At(at))
	}
	if why := misfit(key, alg); why != "" {
		return Fail(Found("key-alg-mismatch", "alg is %s, and %s is %s", alg, nameOf(key), why).
			Compare(why, alg).At(c.headerAt("alg"), at))
	}
	if equal := profile.KeyAlgEqual.In(c.Rules); equal.V && key.Alg != "" && key.Alg != alg {
		return Fail(Found("key-alg-mismatch", "alg is %s, and %s says alg %s", alg, nameOf(key), key.Alg).
			Compare(alg, key.Alg).At(c.headerAt("alg")).Citing(equal.Cite...))
	}
	return Pass("it leads to %s, %s", nameOf(key), key.Describe())
}

// withoutKid judges which keys a server could mean where the header names none.
func (c *Ctx) withoutKid(set *jose.Set, alg string) Verdict {
	if c.Failed("kid-missing") || c.Failed("kid-in-payload") {
		return NotAsked("there is no kid")
	}
	fit := slices.DeleteFunc(slices.Clone(set.Keys), func(k *jose.Key) bool {
		return misfit(k, alg) != "" || forEncryption(k)
	})
	switch {
	case len(fit) == 0 && len(set.Keys) == 1:
		return c.usable(set.Keys[0], alg, c.headerAt("kid"))
	case len(fit) == 0:
		return Fail(Found("key-alg-mismatch", "none of the %d keys fits alg %s", len(set.Keys), alg).
			Compare(alg, "a key for it").At(c.headerAt("alg")))
	case len(fit) == 1:
		return Pass("%s is the only key that fits %s", nameOf(fit[0]), alg)
	}
	if all := profile.KidTriesAll.In(c.Rules); all.V {
		return Pass("there is no kid, and %s tries all keys", c.provider()).Citing(all.Cite...)
	}
	return Fail(Found("kid-ambiguous", "there is no kid, and %d keys fit %s", len(fit), alg).
		Compare("no kid", either(kids(set))).At(c.headerAt("kid")))
}

// madeBy returns the key of the set the signature was found to be made with.
func (c *Ctx) madeBy() *jose.Key {
	if x, ok := c.Exam.Get(); ok {
		return x.Key
	}
	return nil
}

// keyInUse is the key this assertion turns on: the one that made the signature,
// else the one kid names; nil where neither is known.
func (c *Ctx) keyInUse(set *jose.Set) *jose.Key {
	if k := c.madeBy(); k != nil {
		return k
	}
	if c.header() == nil {
		return nil
	}
	if kid, ok := c.header().Text("kid"); ok {
		if named := set.ByKid(kid); len(named) == 1 {
			return named[0]
		}
	}
	return nil
}

func anyKid(set *jose.Set) bool {
	return slices.ContainsFunc(set.Keys, func(k *jose.Key) bool { return k.HasKid })
}

func kids(set *jose.Set) []string {
	var out []string
	for _, k := range set.Keys {
		if k.HasKid && !slices.Contains(out, k.Kid) && len(out) < 6 {
			out = append(out, k.Kid)
		}
	}
	return out
}

// nameOf names a key for sentences: by kid, else by its place.
func nameOf(k *jose.Key) string {
	if k.HasKid {
		return "the key " + k.Kid
	}
	return "key " + itoa(k.Index+1)
}

func forEncryption(k *jose.Key) bool {
	if k.Use != "" {
		return k.Use == "enc"
	}
	if len(k.KeyOps) > 0 {
		return !slices.Contains(k.KeyOps, "verify") && !slices.Contains(k.KeyOps, "sign")
	}
	return strings.HasPrefix(k.Alg, "ECDH") || strings.HasPrefix(k.Alg, "RSA-OAEP") || k.Alg == "RSA1_5" || k.Crv == "X25519" || k.Crv == "X448"
}

func useOf(k *jose.Key) string {
	switch {
	case k.Use != "":
		return "use " + k.Use
	case len(k.KeyOps) > 0:
		return "key_ops " + strings.Join(k.KeyOps, ", ")
	case k.Alg != "":
		return "alg " + k.Alg
	}
	return "crv " + k.Crv
}

// misfit tells in words why a key cannot make a signature of that alg.
func misfit(k *jose.Key, alg string) string {
	family := alg
	if len(alg) >= 2 {
		family = alg[:2]
	}
	switch family {
	case "RS", "PS":
		if k.Kty != jose.KtyRSA {
			return k.Describe()
		}
	case "ES":
		curve := map[string]string{"ES256": "P-256", "ES384": "P-384", "ES512": "P-521", "ES256K": "secp256k1"}[alg]
		if k.Kty != jose.KtyEC || curve != "" && k.Crv != curve {
			return k.Describe()
		}
	case "Ed":
		if k.Kty != jose.KtyOKP {
			return k.Describe()
		}
	case "HS":
		if k.Kty != jose.KtyOct {
			return k.Describe()
		}
	}
	return ""
}
