package jose

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
)

// derPrivate reads an unencrypted private key and returns its format.
func derPrivate(der []byte) (*Key, string, bool) {
	if raw, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return privateKey(raw), "PKCS#8", true
	}
	if raw, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return privateKey(raw), "PKCS#1", true
	}
	if raw, err := x509.ParseECPrivateKey(der); err == nil {
		return privateKey(raw), "SEC 1", true
	}
	if k, ok := oddRSA(der); ok {
		return k, "PKCS#1", true
	}
	var p8 pkcs8
	if rest, err := asn1.Unmarshal(der, &p8); err == nil && len(rest) == 0 && p8.Version <= 1 {
		if k, ok := pssPrivate(p8); ok {
			return k, "PKCS#8", true
		}
		if k, ok := oddRSA(p8.Key); ok {
			return k, "PKCS#8", true
		}
		if k, ok := knownByOID(p8.Algorithm.Algorithm, p8.Algorithm.Parameters.FullBytes); ok {
			k.HasPrivate = true
			return k, "PKCS#8", true
		}
	}
	var ec sec1
	if rest, err := asn1.Unmarshal(der, &ec); err == nil && len(rest) == 0 && ec.Version == 1 {
		if crv := curveByOID(ec.Curve); crv != "" {
			return &Key{Kty: KtyEC, Crv: crv, Bits: curveBits(crv), HasPrivate: true, Unusable: crv + " cannot be used here"}, "SEC 1", true
		}
	}
	return nil, "", false
}

func privateKey(raw any) *Key {
	k, err := NewKey(raw)
	if _, agrees := raw.(*ecdh.PrivateKey); agrees {
		return &Key{Kty: KtyOKP, Crv: crvX25519, HasPrivate: true, Unusable: "it is for key agreement and signs nothing"}
	}
	if err != nil {
		return &Key{HasPrivate: true, Unusable: err.Error()}
	}
	return k
}

type algorithmID struct {
	Algorithm  asn1.ObjectIdentifier
	Parameters asn1.RawValue `asn1:"optional"`
}

type pkcs8 struct {
	Version   int
	Algorithm algorithmID
	Key       []byte
	Attrs     asn1.RawValue `asn1:"optional,tag:0"`
	Public    asn1.RawValue `asn1:"optional,tag:1"`
}

type sec1 struct {
	Version int
	Private []byte
	Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	Public  asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

// oddRSA reads PKCS#1 keys the standard library refuses: too short ones, and
// ones whose numbers contradict each other.
func oddRSA(der []byte) (*Key, bool) {
	var p struct {
		Version                  int
		N, E, D, P, Q, Dp, Dq, U *big.Int
	}
	rest, err := asn1.Unmarshal(der, &p)
	if err != nil || len(rest) > 0 || p.N.Sign() <= 0 || p.E.Sign() <= 0 {
		return nil, false
	}
	k := &Key{Kty: KtyRSA, Bits: p.N.BitLen(), HasPrivate: true}
	if fault, _, _ := rsaFault(p.N, p.E); fault != "" {
		k.Unusable = fault
		return k, true
	}
	k.Public = &rsa.PublicKey{N: p.N, E: int(p.E.Int64())}
	k.Thumbprint = thumbprint(k.Public)
	product := new(big.Int).Mul(p.P, p.Q)
	if product.Cmp(p.N) != 0 {
		k.Unusable = "its primes do not multiply to its modulus: the file is damaged"
	} else if p.N.BitLen() >= minStandardRSA {
		k.Unusable = "its numbers contradict each other: the file is damaged"
	} else {
		k.Unusable = "its modulus is far too short"
	}
	return k, true
}

func knownByOID(alg asn1.ObjectIdentifier, params []byte) (*Key, bool) {
	switch alg.String() {
	case "1.2.840.10045.2.1":
		var curve asn1.ObjectIdentifier
		if _, err := asn1.Unmarshal(params, &curve); err != nil {
			return &Key{Kty: KtyEC, Unusable: "its curve is given by parameters, not by name"}, true
		}
		crv := curveByOID(curve)
		if crv == "" {
			return &Key{Kty: KtyEC, Unusable: "its curve is none that JWS knows"}, true
		}
		return &Key{Kty: KtyEC, Crv: crv, Bits: curveBits(crv), Unusable: crv + " cannot be used here"}, true
	case "1.3.101.113":
		return &Key{Kty: KtyOKP, Crv: crvEd448, Bits: 456, Unusable: "Ed448 cannot be used here"}, true
	case "1.3.101.110", "1.3.101.111":
		return &Key{Kty: KtyOKP, Crv: crvX25519, Unusable: "it is for key agreement and signs nothing"}, true
	case "1.2.840.10040.4.1":
		return &Key{Kty: "DSA", Unusable: "DSA is not a JWS algorithm"}, true
	}
	return nil, false
}

func curveByOID(oid asn1.ObjectIdentifier) string {
	switch oid.String() {
	case "1.2.840.10045.3.1.7":
		return crvP256
	case "1.3.132.0.34":
		return crvP384
	case "1.3.132.0.35":
		return crvP521
	case "1.3.132.0.10":
		return crvSecp256k1
	}
	return ""
}

// derPublic reads a public key and returns its format.
func derPublic(der []byte) (crypto.PublicKey, string, bool) {
	if pub, err := x509.ParsePKIXPublicKey(der); err == nil {
		return pub, "SPKI", true
	}
	if pub, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return pub, "PKCS#1 public", true
	}
	return nil, "", false
}

func isEncryptedPKCS8(der []byte) bool {
	var e struct {
		Algorithm algorithmID
		Data      []byte
	}
	rest, err := asn1.Unmarshal(der, &e)
	return err == nil && len(rest) == 0 && bytes.HasPrefix([]byte(e.Algorithm.Algorithm.String()), []byte("1.2.840.113549.1."))
}

func isPKCS12(der []byte) bool {
	var p struct {
		Version int
		Safe    asn1.RawValue
		Mac     asn1.RawValue `asn1:"optional"`
	}
	_, err := asn1.Unmarshal(der, &p)
	return err == nil && p.Version == 3
}

// matchesPrivate reports whether a signature of the private half verifies with
// the public one, for keys whose halves come from different members.
func matchesPrivate(private crypto.Signer, public crypto.PublicKey) bool {
	sum := digest(crypto.SHA256, []byte("the halves of one key"))
	switch pub := public.(type) {
	case *rsa.PublicKey:
		sig, err := private.Sign(nil, sum, crypto.SHA256)
		return err == nil && rsa.VerifyPKCS1v15(pub, crypto.SHA256, sum, sig) == nil
	case *ecdsa.PublicKey:
		p, ok := private.Public().(*ecdsa.PublicKey)
		return ok && p.Equal(pub)
	case ed25519.PublicKey:
		p, ok := private.Public().(ed25519.PublicKey)
		return ok && p.Equal(pub)
	}
	return false
}
