package jose

import (
	"crypto"
	"crypto/hmac"

	// The hashes an algorithm or a faulty signer may have used.
	_ "crypto/md5"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
)

// family groups the algorithms that share a way of signing.
type family uint8

const (
	famPKCS1 family = iota + 1 // RSASSA-PKCS1-v1_5
	famPSS                     // RSASSA-PSS
	famECDSA
	famEdDSA
	famHMAC
)

// algorithm is one value of the header's alg (RFC 7518 clause 3.1, RFC 8037, RFC 9864).
type algorithm struct {
	name   string
	family family
	hash   crypto.Hash // 0 for Ed25519, which hashes by itself
	curve  string      // ECDSA, EdDSA: the one crv the name stands for
}

// algorithms lists what can be verified, in the order in which another
// algorithm is proposed.
func algorithms() [14]algorithm {
	return [...]algorithm{
		{"RS256", famPKCS1, crypto.SHA256, ""},
		{"RS384", famPKCS1, crypto.SHA384, ""},
		{"RS512", famPKCS1, crypto.SHA512, ""},
		{"PS256", famPSS, crypto.SHA256, ""},
		{"PS384", famPSS, crypto.SHA384, ""},
		{"PS512", famPSS, crypto.SHA512, ""},
		{"ES256", famECDSA, crypto.SHA256, crvP256},
		{"ES384", famECDSA, crypto.SHA384, crvP384},
		{"ES512", famECDSA, crypto.SHA512, crvP521},
		{"EdDSA", famEdDSA, 0, crvEd25519},
		{"Ed25519", famEdDSA, 0, crvEd25519},
		{"HS256", famHMAC, crypto.SHA256, ""},
		{"HS384", famHMAC, crypto.SHA384, ""},
		{"HS512", famHMAC, crypto.SHA512, ""},
	}
}

func lookupAlgorithm(name string) (algorithm, bool) {
	for _, a := range algorithms() {
		if a.name == name {
			return a, true
		}
	}
	return algorithm{}, false
}

// signatureNames are registered names that this package knows but cannot verify.
func knownUnverifiable(alg string) bool {
	return alg == "ES256K" || alg == "Ed448"
}

// algorithmFor names the algorithm of a family with a hash, "" where there is none.
func algorithmFor(f family, h crypto.Hash, curve string) string {
	for _, a := range algorithms() {
		if a.family == f && (f == famEdDSA || a.hash == h) && (a.curve == "" || a.curve == curve) {
			return a.name
		}
	}
	return ""
}

// hashName is how a developer knows the hash.
func hashName(h crypto.Hash) string {
	switch h {
	case crypto.MD5:
		return "MD5"
	case crypto.SHA1:
		return "SHA-1"
	case crypto.SHA224:
		return "SHA-224"
	case crypto.SHA256:
		return "SHA-256"
	case crypto.SHA384:
		return "SHA-384"
	case crypto.SHA512:
		return "SHA-512"
	}
	return "an unknown hash"
}

func digest(h crypto.Hash, data []byte) []byte {
	d := h.New()
	d.Write(data)
	return d.Sum(nil)
}

func mac(h crypto.Hash, key, data []byte) []byte {
	m := hmac.New(h.New, key)
	m.Write(data)
	return m.Sum(nil)
}
