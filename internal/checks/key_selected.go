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
		Doc:     "The server looks for the key whose kid is the header's, and which fits alg. If there is none, two, or one of the wrong kind, it refuses before it has looked at the signature.",
		Causes: []Cause{
			{ID: "kid-not-in-jwks", Title: "no key has this kid", Severity: finding.Error,
				Why:   "The key was rotated, another environment's key set is registered, the provider gave the key another kid when it was uploaded, or the server has an older copy of the keys: in its cache, its configuration, or hard-coded.",
				Fix:   "Use the kid under which the key is published, and publish the key before it signs.",
				Leads: []Lead{{To: []finding.CauseID{"signed-by-unknown-key"}}},
				Rules: Turns{None: true}},
			{ID: "kid-ambiguous", Title: "no kid (or a repeated one) and several keys could be meant", Severity: finding.Error,
				Why:   "Without kid, a server that does not try all keys cannot choose.",
				Fix:   "Set kid to the kid of the key that signs; give every key its own kid.",
				Rules: Turns{On: []profile.Ref{profile.HeaderPresence.Of("kid"), profile.KidTriesAll.Ref()}}},
			{ID: "kid-encryption-key", Title: "kid leads to a key for encryption", Severity: finding.Error,
				Why:   "The set has a signing and an encryption key, and the kid of the wrong one was used.",
				Fix:   "Use the kid of the key with use sig.",
				Leads: []Lead{{To: []finding.CauseID{"signed-by-other-key", "key-alg-mismatch", "signed-by-unknown-key"}}},
				Rules: Turns{None: true}},
			{ID: "key-alg-mismatch", Title: "the key's own type, curve or alg does not fit the header's alg", Severity: finding.Error,
				Why:   "alg was set by hand, or the kid of another key was used.",
				Fix:   "Let alg follow from the key: RS and PS for RSA, ES256 for P-256, ES384 for P-384, ES512 for P-521.",
				Leads: []Lead{{To: []finding.CauseID{"signed-by-unknown-key", "signature-wrong-length"}}},
				Rules: Turns{On: []profile.Ref{profile.KeyAlgEqual.Ref()}}},
		},
		Judge: judgeKeySelected,
	}
}

func judgeKeySelected(c *Ctx) Verdict { return c.ofIssuer(keySelection(c)) }

// ofIssuer gives the faults of a token that a server issued another fix: nobody
// here can sign it again.
func (c *Ctx) ofIssuer(v Verdict) Verdict {
	if c.isAssertion() {
		return v
	}
	for _, f := range v.Faults {
		f.Patches = nil
		f.Fixes = []string{"Verify it with the issuer's current keys, from its jwks_uri. If it does not verify with them, do not trust it."}
	}
	return v
}

func keySelection(c *Ctx) Verdict {
	keys, _ := c.Keys.Get()
	set := keys.Set
	if len(set.Keys) == 0 {
		return NotAskedText("no key could be read from %s", keys.Source).For(finding.WhyMoot)
	}
	kid, hasKid := c.header().Text("kid")
	if !hasKid || kid == "" {
		return c.withoutKid(set, c.alg())
	}
	named, n := keyNamed(set, kid)
	if n == 0 && !anyKid(set) {
		// Keys from a PEM file or certificate have no kid to compare with.
		if len(set.Keys) > 1 {
			return NotAskedText("the keys of %s have no kid to compare with", keys.Source)
		}
		named, n = set.Keys[0], 1
	}
	switch n {
	case 0:
		return Fail(c.strayKid(keys, kid))
	case 1:
		return c.usable(named, c.alg(), c.headerAt("kid"))
	}
	if oneKey(set, named) {
		return c.usable(named, c.alg(), c.headerAt("kid"))
	}
	fit := onlyKey(set, func(k *jose.Key) bool {
		return k.HasKid && k.Kid == kid && misfit(k, c.alg()) == "" && !forEncryption(k)
	})
	if fit == nil {
		return Fail(Found("kid-ambiguous", "%d keys of %s have the kid %s", n, keys.Source, kid).Compare(kid+", "+itoa(n)+" times", "its own kid for each key").
			About(Detail{Name: "kid", Value: kid}).At(c.headerAt("kid")))
	}
	return c.usable(fit, c.alg(), c.headerAt("kid"))
}

// keyNamed returns the first key with that kid, and how many there are.
func keyNamed(set *jose.Set, kid string) (first *jose.Key, n int) {
	for _, k := range set.Keys {
		if k.HasKid && k.Kid == kid {
			if n == 0 {
				first = k
			}
			n++
		}
	}
	return first, n
}

// oneKey reports whether all keys with the kid of a key are the same key.
func oneKey(set *jose.Set, named *jose.Key) bool {
	return !slices.ContainsFunc(set.Keys, func(k *jose.Key) bool { return k.HasKid && k.Kid == named.Kid && !k.Matches(named) })
}

// strayKid is the fault of a kid that no key has.
func (c *Ctx) strayKid(keys *evidence.Keys, kid string) *Fault {
	f := Found("kid-not-in-jwks", "kid is %q, and no key of %s has it", kid, keys.Source).
		Compare(kid, either(kids(keys.Set))).About(Detail{Name: "kid", Value: kid}).At(c.headerAt("kid"))
	made := c.madeBy()
	if made != nil && made.HasKid {
		f.Title += "; " + made.Kid + " signed it"
	}
	return expectRight(useKid(f, c.signingKid(c.alg()), "Use the kid under which the key is published, and publish the key before it signs."))
}

// usable judges the one key kid leads to.
func (c *Ctx) usable(key *jose.Key, alg string, at evidence.Place) Verdict {
	if forEncryption(key) {
		f := Found("kid-encryption-key", "kid leads to %s, a key for encryption (%s)", nameOf(key), useOf(key)).Compare(useOf(key), "use sig").
			About(Detail{Name: "kid", Value: key.Kid}).At(at)
		return Fail(useKid(f, c.signingKid(alg), "Use the kid of the key with use sig."))
	}
	if why := misfit(key, alg); why != "" {
		return Fail(c.unfit(key, alg, why).At(at))
	}
	if equal := profile.KeyAlgEqual.In(c.Rules); equal.V && key.Alg != "" && key.Alg != alg {
		return Fail(by(c.algApart(key, alg), equal))
	}
	return Pass("kid leads to %s", described{key})
}

// unfit is the fault of a key that cannot make a signature of that alg. Either
// alg or the key may be the wrong one; the signature's own form shows which.
func (c *Ctx) unfit(key *jose.Key, alg, why string) *Fault {
	f := Found("key-alg-mismatch", "alg is %s, and %s is %s", alg, nameOf(key), why).Compare(alg, "an algorithm for "+why).
		About(Detail{Name: "alg", Value: alg}).At(c.headerAt("alg"))
	sig, signed := c.Signature.Get()
	if !isHMAC(alg) && signed && !couldMake(key, sig) && c.accepts(alg) {
		f.Compare(why, "a key for "+alg)
		if kid := c.signingKid(alg); kid != "" {
			return useKid(f, kid, "")
		}
		return f.Fix("Name a key for %s in kid, and publish it: the signature has %d bytes, which %s cannot make.", alg, len(sig), why)
	}
	return expectRight(c.signWith(f, key))
}

// expectRight shows the value that the fix sets as what was expected.
func expectRight(f *Fault) *Fault {
	if f.Detail.Right != "" {
		f.Expected = f.Detail.Right
	}
	return f
}

// couldMake reports whether a signature has a length that the key makes.
func couldMake(k *jose.Key, sig []byte) bool {
	switch k.Kty {
	case jose.KtyRSA:
		return len(sig) == (k.Bits+7)/8
	case jose.KtyEC:
		return len(sig) == 2*((k.Bits+7)/8)
	case jose.KtyOKP:
		return len(sig) == 64
	}
	return false
}

// algApart is the fault of a key that says another alg than the header. Where
// the signature is right under the header's alg, and the provider accepts that,
// it is the key set that is wrong.
func (c *Ctx) algApart(key *jose.Key, alg string) *Fault {
	x, examined := c.Exam.Get()
	proven := examined && x.Key == key && (x.MadeWith == alg || x.Valid || x.ValidRepaired)
	if pointer := c.keyPointer(key); pointer != "" && c.accepts(alg) && (proven || !c.accepts(key.Alg) || misfit(key, key.Alg) != "") {
		return Found("key-alg-mismatch", "%s says alg %s in the JWKS, and the assertion is signed with %s", nameOf(key), key.Alg, alg).Compare(key.Alg, alg).
			About(Detail{Name: "alg", Value: key.Alg, Right: alg}).At(c.inKeySet(key)).
			Fix("Set alg of %s in the JWKS to %s.", nameOf(key), alg).SetAt(finding.PartJWKS, pointer+"/alg", alg)
	}
	f := Found("key-alg-mismatch", "alg is %s, and %s says alg %s", alg, nameOf(key), key.Alg).Compare(alg, key.Alg).
		About(Detail{Name: "alg", Value: alg, Right: key.Alg}).At(c.headerAt("alg"))
	return expectRight(c.signWith(f, key))
}

// inKeySet is the place of a key in the document it was read from.
func (c *Ctx) inKeySet(k *jose.Key) evidence.Place {
	keys, _ := c.Keys.Get()
	return c.AtDocument(finding.PartJWKS, keys.Source, keys.Set.Raw, "/keys/"+itoa(k.Index), k.Span)
}

// keyPointer is the JSON Pointer of a key in the JWK Set, "" where it is in
// none, or in a document of another shape.
func (c *Ctx) keyPointer(k *jose.Key) string {
	doc, ok := c.JWKS.Get()
	if !ok || k.Index < 0 || doc.Set.Has(jose.CauseSingleKey) || doc.Set.Has(jose.CauseNotASet) {
		return ""
	}
	for _, known := range doc.Set.Keys {
		if known == k {
			return "/keys/" + itoa(k.Index)
		}
	}
	return ""
}

// withoutKid judges which keys a server could mean where the header names none.
func (c *Ctx) withoutKid(set *jose.Set, alg string) Verdict {
	if c.Failed("kid-missing") || c.Failed("kid-in-payload") {
		return NotAsked("kid is missing").For(finding.WhyMoot)
	}
	fits, only := 0, (*jose.Key)(nil)
	for _, k := range set.Keys {
		if misfit(k, alg) == "" && !forEncryption(k) {
			fits, only = fits+1, k
		}
	}
	switch {
	case fits == 0 && len(set.Keys) == 1:
		return c.usable(set.Keys[0], alg, c.headerAt("kid"))
	case fits == 0:
		f := Found("key-alg-mismatch", "none of the %d keys fits alg %s", len(set.Keys), alg).Compare(alg, "an algorithm for "+keysInWords(set)).
			About(Detail{Name: "alg", Value: alg}).At(c.headerAt("alg"))
		return Fail(expectRight(c.signWith(f, nil)))
	case fits == 1:
		return Pass("%s is the only key that fits %s", described{only}, alg)
	}
	if all := profile.KidTriesAll.In(c.Rules); all.V {
		return PassText("kid is missing, and %s tries all keys", who(c, all)).Citing(all.Cite...)
	}
	f := Found("kid-ambiguous", "kid is missing, and %d keys fit %s", fits, alg).Compare("no kid", either(kids(set))).
		About(Detail{Meant: "kid"}).At(c.headerAt("kid"))
	return Fail(useKid(f, c.signingKid(alg), "Set the header parameter kid to the kid of the key that signs."))
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
		if named, n := keyNamed(set, kid); n == 1 {
			return named
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

// described is a key that is put into words when they are read.
type described struct{ *jose.Key }

func (d described) String() string { return nameOf(d.Key) + ", " + d.Describe() }

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
	// What an algorithm for encryption begins with (RFC 7518 section 4.1).
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

// misfit says why a key cannot make a signature of that alg: it describes the
// key; "" where it can.
func misfit(k *jose.Key, alg string) string {
	kind := kindFor(alg)
	if kind == "" || k.Kty == kind && (kind != jose.KtyEC || curveFor(alg) == "" || curveFor(alg) == k.Crv || k.Bits == 0) {
		return "" // of a curve that does not exist nothing can be said
	}
	return k.Describe()
}

// curveFor is the curve an ECDSA algorithm is for.
func curveFor(alg string) string {
	switch alg {
	case "ES256":
		return "P-256"
	case "ES384":
		return "P-384"
	case "ES512":
		return "P-521"
	case "ES256K":
		return "secp256k1"
	}
	return ""
}
