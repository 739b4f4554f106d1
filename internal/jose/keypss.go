package jose

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
)

// oidPSS is id-RSASSA-PSS (RFC 8017 appendix C): an RSA key that is to sign with RSA-PSS
// only. The standard library reads none.
const oidPSS = "1.2.840.113549.1.1.10"

// pssParameters are RSASSA-PSS-params (RFC 8017 appendix A.2.3), as far as they decide.
type pssParameters struct {
	Hash    pkix.AlgorithmIdentifier `asn1:"optional,explicit,tag:0"`
	Mask    asn1.RawValue            `asn1:"optional,explicit,tag:1"`
	Salt    int                      `asn1:"optional,explicit,tag:2,default:20"`
	Trailer int                      `asn1:"optional,explicit,tag:3,default:1"`
}

// pssPrivate reads a PKCS#8 key that is bound to RSA-PSS.
func pssPrivate(p8 pkcs8) (*Key, bool) {
	if p8.Algorithm.Algorithm.String() != oidPSS {
		return nil, false
	}
	raw, err := x509.ParsePKCS1PrivateKey(p8.Key)
	if err != nil {
		return nil, false // damaged or odd as any RSA key may be
	}
	return boundToPSS(privateKey(raw), p8.Algorithm), true
}

// pssPublic reads a SubjectPublicKeyInfo that is bound to RSA-PSS.
func pssPublic(der []byte) (*Key, bool) {
	var info struct {
		Algorithm algorithmID
		Key       asn1.BitString
	}
	if rest, err := asn1.Unmarshal(der, &info); err != nil || len(rest) > 0 || info.Algorithm.Algorithm.String() != oidPSS {
		return nil, false
	}
	raw, err := x509.ParsePKCS1PublicKey(info.Key.RightAlign())
	if err != nil {
		return nil, false
	}
	k, err := NewKey(raw)
	if err != nil {
		return nil, false
	}
	return boundToPSS(k, info.Algorithm), true
}

// boundToPSS limits a key to the algorithms its parameters allow. Without parameters it is
// those of any hash; with them, the one of that hash, if the salt is not to be longer than
// the hash, as it is in a JWS (RFC 7518 section 3.5).
func boundToPSS(k *Key, id algorithmID) *Key {
	all := map[string]struct {
		alg  string
		size int
	}{"2.16.840.1.101.3.4.2.1": {"PS256", 32}, "2.16.840.1.101.3.4.2.2": {"PS384", 48}, "2.16.840.1.101.3.4.2.3": {"PS512", 64}}
	k.Only = []string{"PS256", "PS384", "PS512"}
	if len(id.Parameters.FullBytes) == 0 {
		return k
	}
	var p pssParameters
	if rest, err := asn1.Unmarshal(id.Parameters.FullBytes, &p); err != nil || len(rest) > 0 {
		return k
	}
	if one, ok := all[p.Hash.Algorithm.String()]; ok && p.Salt <= one.size {
		k.Only = []string{one.alg}
		return k
	}
	k.Unusable = "it is bound to RSA-PSS with a hash or salt that no JWS algorithm has"
	k.private = nil
	return k
}
