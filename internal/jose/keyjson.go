package jose

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"math/big"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// jsonString reads a PEM or JWK inside a JSON string.
func (r *keyReader) jsonString(t string, depth int) bool {
	v, faults := readJSON([]byte(t))
	if v == nil || v.Kind != jsonspan.String || len(faults) > 0 || v.Str == "" {
		return false
	}
	if strings.Contains(v.Str, "BEGIN ") && strings.Contains(t, `\n`) {
		r.repaired(CausePEMNewlines, `it is a JSON string, with \n for line breaks and quotes around it; decode it once`)
	} else {
		r.repaired(CausePEMMalformed, "it is in quotes")
	}
	r.read([]byte(v.Str), depth+1)
	return true
}

// json reads a JWK, a JWK Set, or a service's JSON file with a PEM in it.
func (r *keyReader) json(t string) {
	v, faults := readJSON([]byte(t))
	lost := false
	for _, f := range faults {
		lost = lost || f.Code != jsonspan.FaultDuplicate
	}
	if lost {
		r.problem(CausePEMMalformed, "it begins like a JWK, but it is not JSON: %s, at byte %d", faults[0].Message, faults[0].Span.Start)
	}
	if isObject(v) {
		for _, name := range []string{"private_key", "privateKey", "key", "pem", "private_key_pem"} {
			if s, ok := text(v, name); ok && strings.Contains(s, "BEGIN ") {
				r.pem(strings.TrimSpace(s), 1)
				r.file.Repairs = append(r.file.Repairs, "the key was read from the member "+name+" of a JSON file")
				if r.file.Key != nil {
					if kid, ok := text(v, "private_key_id"); ok && kid != "" {
						r.file.Key.Kid, r.file.Key.HasKid = kid, true
					}
				}
				return
			}
		}
	}
	r.jwks(t, v)
}

func (r *keyReader) jwks(t string, v *jsonspan.Value) {
	set := ParseJWKS([]byte(t))
	form := "JWK"
	if !set.Has(CauseSingleKey) {
		form = "JWK Set"
	}
	for _, p := range set.Problems {
		switch p.Cause {
		case CauseMemberMissing, CauseShortCoordinate, CauseOffCurve, CauseBase64, CauseValueInvalid, CauseKtyUnknown, CauseKeyNotObject, CauseEmpty, CauseNotASet:
			r.problem(CausePEMMalformed, "%s", p.Message)
		}
	}
	entries := entriesOf(v)
	for _, k := range set.Keys {
		what := "an " + k.Describe() + " public key (" + form + ")"
		if k.Kty == KtyOct {
			what = "a shared secret (" + form + ")"
			r.problem(CausePEMMalformed, "it is a shared secret (kty oct), not a private key")
		} else if k.HasPrivate {
			what = "an " + k.Describe() + " private key (" + form + ")"
			r.jwkPrivate(k, entries)
		}
		if k.Unusable != "" {
			r.problem(CausePEMMalformed, "the key cannot be used: %s", k.Unusable)
		}
		r.add(k, what)
	}
	if len(set.Keys) == 0 {
		r.notAKey("JSON without a key in it")
	}
}

// entriesOf returns the objects ParseJWKS numbers its keys by.
func entriesOf(v *jsonspan.Value) []*jsonspan.Value {
	switch keys, ok := v.Get("keys"); {
	case ok && isArray(keys):
		return keys.Items
	case ok && isObject(keys):
		return []*jsonspan.Value{keys}
	case isArray(v):
		return v.Items
	}
	return []*jsonspan.Value{v}
}

// jwkPrivate reads the private members of a JWK and compares them with the public
// ones: a d pasted from another key signs what nobody can verify.
func (r *keyReader) jwkPrivate(k *Key, entries []*jsonspan.Value) {
	if k.Public == nil || k.Index >= len(entries) {
		return
	}
	v := entries[k.Index]
	d, ok := v.Get("d")
	if !ok {
		r.problem(CausePEMMalformed, "the JWK has private members, but no d")
		return
	}
	b, ok := readBinary(d, coordinateSize(k.Crv))
	if !ok {
		r.problem(CausePEMMalformed, "d is not base64url")
		return
	}
	if b.flaw != "" {
		r.problem(CausePEMMalformed, "d is written with or as %s", b.flaw)
		k.Repaired = true
	}
	private := buildPrivate(k, v, b.bytes)
	if private == nil || !matchesPrivate(private, k.Public) {
		r.problem(CauseKeyMismatch, "its d belongs to another key than its public members: what it signs does not verify with them")
		return
	}
	k.private = private
}

func buildPrivate(k *Key, v *jsonspan.Value, d []byte) crypto.Signer {
	switch pub := k.Public.(type) {
	case *rsa.PublicKey:
		if p := rsaPrivate(pub, v, new(big.Int).SetBytes(d)); p != nil {
			return p
		}
	case ed25519.PublicKey:
		if len(d) == ed25519.PrivateKeySize { // seed and public key, as some libraries write it
			d = d[:ed25519.SeedSize]
		}
		if len(d) == ed25519.SeedSize {
			return ed25519.NewKeyFromSeed(d)
		}
	default:
		if p := ecPrivate(k.Crv, d); p != nil {
			return p
		}
	}
	return nil
}

// rsaPrivate reads the primes from the JWK, or computes them from d if the JWK
// leaves them out (RFC 7518 clause 6.3.2 allows that).
func rsaPrivate(pub *rsa.PublicKey, v *jsonspan.Value, d *big.Int) *rsa.PrivateKey {
	if d.Sign() <= 0 || d.Cmp(pub.N) >= 0 || pub.N.BitLen() < minStandardRSA {
		return nil
	}
	p, ok := prime(v, "p", pub.N)
	if !ok {
		if p, ok = factor(pub.N, big.NewInt(int64(pub.E)), d); !ok {
			return nil
		}
	}
	q := new(big.Int).Quo(pub.N, p)
	k := &rsa.PrivateKey{PublicKey: *pub, D: d, Primes: []*big.Int{p, q}}
	if k.Validate() != nil {
		return nil
	}
	k.Precompute()
	return k
}

func prime(v *jsonspan.Value, name string, n *big.Int) (*big.Int, bool) {
	m, ok := v.Get(name)
	if !ok {
		return nil, false
	}
	b, ok := readBinary(m, 0)
	if !ok {
		return nil, false
	}
	p := new(big.Int).SetBytes(b.bytes)
	return p, p.BitLen() > 1 && p.Cmp(n) < 0 && new(big.Int).Rem(n, p).Sign() == 0
}

// factor finds a prime of n from both exponents (NIST SP 800-56B appendix C).
func factor(n, e, d *big.Int) (*big.Int, bool) {
	one := big.NewInt(1)
	k := new(big.Int).Mul(e, d)
	k.Sub(k, one)
	if k.Sign() <= 0 || k.Bit(0) == 1 {
		return nil, false
	}
	twos := k.TrailingZeroBits()
	odd := new(big.Int).Rsh(k, twos)
	last := new(big.Int).Sub(n, one)
	for _, g := range []int64{2, 3, 5, 7, 11, 13, 17, 19, 23, 29} {
		y := new(big.Int).Exp(big.NewInt(g), odd, n)
		for range twos {
			if y.Cmp(one) == 0 || y.Cmp(last) == 0 {
				break
			}
			x := new(big.Int).Mul(y, y)
			x.Mod(x, n)
			if x.Cmp(one) == 0 {
				p := new(big.Int).GCD(nil, nil, y.Sub(y, one), n)
				return p, p.Cmp(one) > 0 && p.Cmp(n) < 0
			}
			y = x
		}
	}
	return nil, false
}
