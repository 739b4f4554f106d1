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
		Doc:     "RSA keys below 2048 bits must not be used (RFC 7518 section 3.3); some providers require more, and accept only some curves.",
		Causes: []Cause{
			{ID: "key-too-small", Title: "RSA below the minimum, or a weak curve", Severity: finding.Error,
				Why: "The key is old, or was created with a tool's old default.",
				Fix: "Create a new key: RSA of at least 2048 bits, or a curve the provider accepts."},
			{ID: "key-kind-not-accepted", Title: "no key is of a kind the provider accepts", Severity: finding.Error,
				Why:   "The key was made with a tool's default, or for another provider.",
				Fix:   "Create a new key of a kind the provider accepts.",
				Rules: Turns{On: []profile.Ref{profile.KeyKinds.Ref()}}},
		},
		Judge: judgeKeyStrength,
	}
}

// primeTests is how much is spent on testing moduli of keys that nothing shows to
// be in use; a modulus of 2048 bits costs 8, and the work grows with the cube.
const primeTests = 64

// unsound returns a function that says why anyone can sign in the name of a key.
// The faults that show at once are among those of the key set, if there is
// one. The rest takes work, and is done only if verifying has not done it.
func (c *Ctx) unsound(used *jose.Key) func(k *jose.Key) string {
	_, set := c.JWKS.Get()
	x, examined := c.Exam.Get()
	left := primeTests
	return func(k *jose.Key) string {
		switch {
		case set && k.Unusable != "", examined && !x.Inconclusive:
			return ""
		case k.Kty == jose.KtyRSA && k.Unusable == "" && k != used:
			cost := k.Bits / 1024
			if left -= cost * cost * cost; left < 0 {
				return ""
			}
		}
		return k.Unsound()
	}
}

func judgeKeyStrength(c *Ctx) Verdict {
	keys, _ := c.Keys.Get()
	if len(keys.Set.Keys) == 0 {
		return NotAsked("the key set has no key to check").For(finding.WhyMoot)
	}
	least, curves := profile.KeyRSAMin.In(c.Rules), profile.KeyECCurves.In(c.Rules)
	bits := rsaLeast
	if least.Known() {
		bits = max(bits, least.V)
	}
	used := c.keyInUse(keys.Set)
	unsound := c.unsound(used)
	var faults []*Fault
	for _, k := range keys.Set.Keys {
		if forEncryption(k) {
			continue
		}
		var f *Fault
		why := unsound(k)
		switch {
		case why != "":
			f = Found("key-too-small", "%s cannot be trusted: %s", nameOf(k), why).
				Saying("A public key like this proves nothing: a signature that verifies with it can be anyone's. This program never verifies with it.").
				Fix("Create a new key with a current library, and publish it in place of this one.").About(Detail{Name: k.Kid})
		case k.Kty == jose.KtyRSA && k.Bits > 0 && k.Bits < bits:
			f = Found("key-too-small", "%s has %d bits; at least %d are needed", nameOf(k), k.Bits, bits).
				Compare(k.Describe(), "RSA "+itoa(bits)+" or more").About(Detail{Name: k.Kid, Value: itoa(k.Bits), Right: itoa(bits)}).
				Fix("Create a new RSA key of at least %d bits.", bits)
			if bits > rsaLeast {
				by(f, least)
			}
		case k.Kty == jose.KtyEC && curves.Known() && k.Crv != "" && !slices.Contains(curves.V, k.Crv):
			f = by(Found("key-too-small", "%s is on the curve %s; %s accepts %s", nameOf(k), k.Crv, who(c, curves), either(curves.V)), curves).
				Compare(k.Crv, either(curves.V)).About(Detail{Name: k.Kid, Value: k.Crv}).Fix("Create a new key on %s.", either(curves.V))
		default:
			continue
		}
		if used != nil && k != used {
			f.PutAside(otherKey(k, why != ""))
		}
		faults = append(faults, f.At(c.inKeySet(k)))
		if len(faults) == 8 {
			break
		}
	}
	if f := c.ofNoKind(keys.Set); f != nil {
		faults = append(faults, f)
	}
	return Faults("the keys are large enough, and on curves the provider accepts", faults...)
}

// otherKey is how serious the weakness of a key is that is not in use: it is no reason for
// a refusal, and one that only this provider has is no danger either.
func otherKey(k *jose.Key, unsound bool) finding.Severity {
	if unsound || k.Kty == jose.KtyRSA && k.Bits < rsaLeast {
		return finding.Warning
	}
	return finding.Note
}

// ofNoKind is the fault of keys of which none is of a kind the provider accepts.
// Where there is an assertion, its alg says as much.
func (c *Ctx) ofNoKind(set *jose.Set) *Fault {
	kinds := profile.KeyKinds.In(c.Rules)
	if !kinds.Known() || c.header() != nil || len(set.Keys) < set.Entries {
		return nil // an entry that cannot be read may be of the right kind
	}
	var first *jose.Key
	for _, k := range set.Keys {
		switch {
		case forEncryption(k):
		case slices.Contains(kinds.V, k.Kty):
			return nil
		case first == nil:
			first = k
		}
	}
	if first == nil {
		return nil
	}
	return by(Found("key-kind-not-accepted", "%s is %s; %s accepts %s", nameOf(first), first.Describe(), who(c, kinds), either(kinds.V)), kinds).
		Compare(first.Kty, either(kinds.V)).About(Detail{Name: first.Kid, Value: first.Kty}).At(c.inKeySet(first)).Fix("Create a new key of type %s.", either(kinds.V))
}

// rsaLeast is the smallest RSA key that may be used at all (RFC 7518 section 3.3).
const rsaLeast = 2048
