package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// accepts reports whether no rule known of the provider refuses the algorithm.
// HMAC and none prove nothing of a private key.
func (c *Ctx) accepts(alg string) bool {
	accepted := profile.HeaderAccepted.In(c.Rules, "alg")
	switch {
	case accepted.Known():
		return slices.Contains(accepted.V, alg)
	case slices.Contains(profile.AlgRefused.In(c.Rules).V, alg), isHMAC(alg), !slices.Contains(registeredAlgs(), alg):
		return false
	}
	return !strings.EqualFold(alg, "none")
}

// signingAlg is the algorithm to sign with: one that the provider accepts and
// that the key can make, the preferred one first; "" if several would do
// and nothing says which. The key may be nil.
func (c *Ctx) signingAlg(key *jose.Key) string {
	if key == nil {
		key = c.signingKey()
	}
	if key != nil && key.Alg != "" && c.accepts(key.Alg) && misfit(key, key.Alg) == "" {
		return key.Alg
	}
	accepted, preferred := profile.HeaderAccepted.In(c.Rules, "alg").V, profile.AlgPreferred.In(c.Rules).V
	if key == nil {
		kinds := profile.KeyKinds.In(c.Rules).V
		fits := func(alg string) bool {
			return c.accepts(alg) && (len(kinds) == 0 || slices.Contains(kinds, kindFor(alg))) && !c.certifiesAnother(alg)
		}
		for _, list := range [2][]string{preferred, accepted} {
			if can := slices.DeleteFunc(slices.Clone(list), func(alg string) bool { return !fits(alg) }); len(can) == 1 {
				return can[0]
			}
		}
		return ""
	}
	for _, alg := range slices.Concat(preferred, naturalAlgs(key), accepted) {
		if c.accepts(alg) && misfit(key, alg) == "" {
			return alg
		}
	}
	return ""
}

// certifiesAnother reports whether the certificate in x5c is for a key that cannot
// make a signature of that algorithm.
func (c *Ctx) certifiesAnother(alg string) bool {
	v, ok := present(c.header(), "x5c")
	if !ok || v.Kind != jsonspan.Array || len(v.Items) == 0 {
		return false
	}
	leaf, _ := certificate(v.Items[0])
	return leaf != nil && keyMisfit(leaf, alg) != ""
}

// naturalAlgs are the algorithms a key is usually used with, the most usual first.
func naturalAlgs(k *jose.Key) []string {
	switch k.Kty {
	case jose.KtyRSA:
		return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
	case jose.KtyEC:
		return []string{"ES256", "ES384", "ES512", "ES256K"}
	case jose.KtyOKP:
		return []string{"EdDSA", "Ed25519"}
	}
	return nil
}

// kindFor is the kind of key an algorithm is for, as kty names it.
func kindFor(alg string) string {
	switch family(alg) {
	case "RS", "PS":
		return jose.KtyRSA
	case "ES":
		return jose.KtyEC
	case "Ed":
		return jose.KtyOKP
	case "HS":
		return jose.KtyOct
	}
	return ""
}

// family is what the registered algorithms of one kind of key begin with.
func family(alg string) string { return alg[:min(2, len(alg))] }

func isHMAC(alg string) bool { return alg == "HS256" || alg == "HS384" || alg == "HS512" }

// signingKey is the key this assertion should be signed with, as far as the
// evidence names one: the key that made the signature, the one kid names, the
// public half of the private key given, or the only signing key of the set.
func (c *Ctx) signingKey() *jose.Key {
	keys, ok := c.Keys.Get()
	if !ok {
		if private, ok := c.PrivateKey.Get(); ok {
			return private.File.Key
		}
		return nil
	}
	if k := c.keyInUse(keys.Set); k != nil && !forEncryption(k) && k.Public != nil {
		return k
	}
	if private, ok := c.PrivateKey.Get(); ok && private.File.Key != nil {
		for _, k := range keys.Set.Keys {
			if k.Matches(private.File.Key) {
				return k
			}
		}
	}
	return onlyKey(keys.Set, func(k *jose.Key) bool { return !forEncryption(k) && k.Public != nil })
}

// signingKid is the kid to name in the header: that of the key the signature
// was made with, or of the only key of the set that fits alg; "" if nothing
// says.
func (c *Ctx) signingKid(alg string) string {
	keys, ok := c.Keys.Get()
	if !ok {
		return ""
	}
	k := c.madeBy()
	if k == nil {
		k = onlyKey(keys.Set, func(k *jose.Key) bool {
			return !forEncryption(k) && (alg == "" || isHMAC(alg) || misfit(k, alg) == "")
		})
	}
	if k == nil || !k.HasKid || len(keys.Set.ByKid(k.Kid)) != 1 {
		return ""
	}
	return k.Kid
}

// onlyKey returns the key of a set that meets a condition, nil if there
// is none or more than one.
func onlyKey(set *jose.Set, holds func(*jose.Key) bool) *jose.Key {
	var only *jose.Key
	for _, k := range set.Keys {
		if holds(k) {
			if only != nil {
				return nil
			}
			only = k
		}
	}
	return only
}

// useKid makes a kid the fix of a fault, where one is known.
func useKid(f *Fault, kid, otherwise string) *Fault {
	if kid == "" {
		return f.Fix("%s", otherwise)
	}
	f.Detail.Right = kid
	return f.Fix("Set the header parameter kid to %s.", kid).Set(finding.PartHeader, "kid", kid)
}

// signWith makes an algorithm the fix of a fault, where one is known. What is
// offered is never one the provider refuses.
func (c *Ctx) signWith(f *Fault, key *jose.Key) *Fault {
	if alg := c.signingAlg(key); alg != "" {
		f.Detail.Right = alg
		return f.Fix("Sign with %s, and let the library write it to alg.", alg).Set(finding.PartHeader, "alg", alg)
	}
	if key == nil {
		key = c.signingKey()
	}
	accepted := profile.HeaderAccepted.In(c.Rules, "alg")
	switch {
	case accepted.Known() && key != nil && !slices.ContainsFunc(accepted.V, func(alg string) bool { return misfit(key, alg) == "" }):
		return f.Fix("Create a new key: %s accepts %s, and %s (%s) can make none of them.", who(c, accepted), either(accepted.V), nameOf(key), key.Describe())
	case accepted.Known():
		return f.Fix("Sign with %s, whichever fits your key: RS and PS are for RSA keys, ES for EC keys.", either(accepted.V))
	}
	return f.Fix("Sign with the private key, and let the library write alg: RS256 or RS384 for an RSA key, ES256 for P-256, ES384 for P-384.")
}
