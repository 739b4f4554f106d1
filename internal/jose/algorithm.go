package jose

import (
	"crypto"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"

	// More hashes that a faulty signer may have used.
	_ "crypto/md5"
	_ "crypto/sha1"
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
	hash   crypto.Hash // 0 for Ed25519, which does its own hashing
	curve  string      // ECDSA, EdDSA: the one crv the name means
}

// algorithmNames lists what can be verified, in the order in which another
// algorithm is proposed.
func algorithmNames() [14]string {
	return [...]string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "HS256", "HS384", "HS512"}
}

// lookupAlgorithm finds an algorithm by its exact name, without allocating: it
// is on the way of every verification.
func lookupAlgorithm(name string) (algorithm, bool) {
	switch name {
	case "RS256":
		return algorithm{"RS256", famPKCS1, crypto.SHA256, ""}, true
	case "RS384":
		return algorithm{"RS384", famPKCS1, crypto.SHA384, ""}, true
	case "RS512":
		return algorithm{"RS512", famPKCS1, crypto.SHA512, ""}, true
	case "PS256":
		return algorithm{"PS256", famPSS, crypto.SHA256, ""}, true
	case "PS384":
		return algorithm{"PS384", famPSS, crypto.SHA384, ""}, true
	case "PS512":
		return algorithm{"PS512", famPSS, crypto.SHA512, ""}, true
	case "ES256":
		return algorithm{"ES256", famECDSA, crypto.SHA256, crvP256}, true
	case "ES384":
		return algorithm{"ES384", famECDSA, crypto.SHA384, crvP384}, true
	case "ES512":
		return algorithm{"ES512", famECDSA, crypto.SHA512, crvP521}, true
	case "EdDSA", "Ed25519":
		return algorithm{name, famEdDSA, 0, crvEd25519}, true
	case "HS256":
		return algorithm{"HS256", famHMAC, crypto.SHA256, ""}, true
	case "HS384":
		return algorithm{"HS384", famHMAC, crypto.SHA384, ""}, true
	case "HS512":
		return algorithm{"HS512", famHMAC, crypto.SHA512, ""}, true
	}
	return algorithm{}, false
}

// knownUnverifiable reports whether a registered name is one that this package
// knows but cannot verify.
func knownUnverifiable(alg string) bool {
	return alg == "ES256K" || alg == "Ed448"
}

// algorithmFor names the algorithm of a family with a hash, "" if there is none.
func algorithmFor(f family, h crypto.Hash, curve string) string {
	for _, name := range algorithmNames() {
		a, _ := lookupAlgorithm(name)
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

// longestDigest is the size of the longest digest there is, in bytes.
const longestDigest = sha512.Size

func digest(h crypto.Hash, data []byte) []byte { return appendDigest(nil, h, data) }

// appendDigest appends a digest to what may be memory of the caller. The hashes of JWS
// need no other.
func appendDigest(to []byte, h crypto.Hash, data []byte) []byte {
	switch h {
	case crypto.SHA256:
		sum := sha256.Sum256(data)
		return append(to, sum[:]...)
	case crypto.SHA384:
		sum := sha512.Sum384(data)
		return append(to, sum[:]...)
	case crypto.SHA512:
		sum := sha512.Sum512(data)
		return append(to, sum[:]...)
	}
	d := h.New()
	d.Write(data)
	return d.Sum(to)
}

func mac(h crypto.Hash, key, data []byte) []byte {
	m := hmac.New(h.New, key)
	m.Write(data)
	return m.Sum(nil)
}
