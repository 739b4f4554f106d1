package jose

import (
	"crypto/ecdsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// use compares use, key_ops and alg (RFC 7517 clauses 4.2 to 4.4). A key for
// encryption is not a fault in a set; a key that says two things is.
func (r *setReader) use(k *Key, at place) {
	r.useForms(k, at)
	useAt, _, hasUse := at.member("use")
	algAt, _, hasAlg := at.member("alg")
	if !hasUse || !hasAlg {
		lacks := "use"
		if hasUse {
			lacks = "alg"
		} else if !hasAlg {
			lacks = "use or alg"
		}
		r.problem(CauseUseMissing, finding.Warning, k.Index, at, "key %d has no %s", k.Index+1, lacks)
	}
	a, signing := lookupAlgorithm(k.Alg)
	switch {
	case k.Use == "enc" && (signing || knownUnverifiable(k.Alg)):
		r.problem(CauseUseConflict, finding.Error, k.Index, useAt, "use of key %d is enc, but its alg %s signs", k.Index+1, k.Alg)
	case k.Use == "sig" && encryptionAlg(k.Alg):
		r.problem(CauseUseConflict, finding.Error, k.Index, algAt, "use of key %d is sig, but its alg %s encrypts", k.Index+1, plainName(k.Alg))
	case signing && !k.fits(a) && !(a.family == famECDSA && k.Kty == KtyEC && k.Bits == 0): // a curve that does not exist has its own fault
		r.problem(CauseUseConflict, finding.Error, k.Index, algAt, "alg of key %d is %s, which asks for %s; the key is %s", k.Index+1, k.Alg, a.wants(), k.Describe())
	case hasAlg && !signing && !knownUnverifiable(k.Alg) && !encryptionAlg(k.Alg):
		r.problem(CauseUseConflict, finding.Error, k.Index, algAt, "alg of key %d is not a registered algorithm: %q", k.Index+1, clip(k.Alg, 40))
	}
	r.keyOps(k, at)
}

func (r *setReader) useForms(k *Key, at place) {
	useAt, _, ok := at.member("use")
	if !ok {
		return
	}
	switch {
	case useAt.value.Kind != jsonspan.String:
		r.problem(CauseUseConflict, finding.Error, k.Index, useAt, `use of key %d is %s; it must be "sig" or "enc"`, k.Index+1, useAt.value.Kind)
	case k.Use != "sig" && k.Use != "enc":
		r.problem(CauseUseConflict, finding.Error, k.Index, useAt, `use of key %d is %q; for signatures it is written "sig"`, k.Index+1, clip(k.Use, 40))
	}
}

func (r *setReader) keyOps(k *Key, at place) {
	opsAt, _, ok := at.member("key_ops")
	if !ok {
		return
	}
	if !isArray(opsAt.value) {
		r.problem(CauseUseConflict, finding.Error, k.Index, opsAt, "key_ops of key %d is %s; it must be an array of strings", k.Index+1, opsAt.value.Kind)
		return
	}
	crypts := slices.ContainsFunc(k.KeyOps, func(op string) bool {
		return slices.Contains([]string{"encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"}, op)
	})
	signs := slices.Contains(k.KeyOps, "verify") || slices.Contains(k.KeyOps, "sign")
	switch {
	case k.Use == "sig" && crypts:
		r.problem(CauseUseConflict, finding.Error, k.Index, opsAt, "use of key %d is sig, but key_ops name an operation of encryption", k.Index+1)
	case k.Use == "enc" && signs:
		r.problem(CauseUseConflict, finding.Error, k.Index, opsAt, "use of key %d is enc, but key_ops name an operation of signing", k.Index+1)
	case k.Use != "enc" && !crypts && !slices.Contains(k.KeyOps, "verify"):
		r.problem(CauseUseConflict, finding.Error, k.Index, opsAt, "key_ops of key %d do not name verify, which is what a server does with a published key", k.Index+1)
	}
}

func encryptionAlg(alg string) bool {
	return strings.HasPrefix(alg, "RSA-OAEP") || alg == "RSA1_5" || strings.HasPrefix(alg, "ECDH-ES") ||
		alg == "dir" || strings.HasSuffix(alg, "KW") || strings.HasSuffix(alg, "GCM") || strings.HasPrefix(alg, "HPKE")
}

// x5c reads the certificate chain of a key, and compares it with the key and with
// the digests of a certificate with it (RFC 7517 clauses 4.7 to 4.9).
func (r *setReader) x5c(k *Key, at place) {
	chain, _, ok := at.member("x5c")
	if !ok {
		return
	}
	defer r.x5t(k, at)
	k.Certificates = r.chain(k.Index, chain, fmt.Sprintf("x5c of key %d", k.Index+1))
	if len(k.Certificates) > 0 && k.Public != nil {
		if tp := thumbprint(k.Certificates[0].PublicKey); tp != thumbprint(k.Public) {
			r.problem(CauseJWKX5CMismatch, finding.Error, k.Index, chain.item(0), "the first certificate in x5c of key %d has another key than its own members", k.Index+1)
		}
	}
}

// x5t compares the digests of a key's certificate with the certificate itself.
func (r *setReader) x5t(k *Key, at place) {
	if len(k.Certificates) == 0 {
		return
	}
	der := k.Certificates[0].Raw
	old, now := sha1.Sum(der), sha256.Sum256(der)
	for _, d := range []struct {
		name   string
		digest []byte
	}{{"x5t", old[:]}, {"x5t#S256", now[:]}} {
		where, _, ok := at.member(d.name)
		if !ok || where.value.Kind != jsonspan.String {
			continue
		}
		if want := base64.RawURLEncoding.EncodeToString(d.digest); strings.TrimRight(where.value.Str, "=") != want {
			r.problem(CauseJWKX5TMismatch, finding.Error, k.Index, where, "%s of key %d is not the digest of its certificate, which is %s", d.name, k.Index+1, want)
		}
	}
}

// maxChain bounds how many certificates of one chain are read.
const maxChain = 10

// chain reads certificates up to the first that cannot be read.
func (r *setReader) chain(index int, chain place, name string) []*x509.Certificate {
	switch {
	case !isArray(chain.value):
		r.problem(CauseJWKX5CMalformed, finding.Error, index, chain, "%s is %s; it must be an array of base64 certificates", name, chain.value.Kind)
		return nil
	case len(chain.value.Items) == 0:
		r.problem(CauseJWKX5CMalformed, finding.Error, index, chain, "%s is an empty array; it must have at least one certificate", name)
		return nil
	}
	var certs []*x509.Certificate
	for i := range min(len(chain.value.Items), maxChain) {
		item := chain.item(i)
		c, flaw := readX5C(item.value)
		if flaw != "" {
			r.problem(CauseJWKX5CMalformed, finding.Error, index, item, "certificate %d in %s %s", i+1, name, flaw)
		}
		if c == nil {
			break
		}
		certs = append(certs, c)
	}
	return certs
}

// readX5C reads one entry; unlike everything else in JOSE it is standard base64.
func readX5C(v *jsonspan.Value) (*x509.Certificate, string) {
	if v.Kind != jsonspan.String {
		return nil, "is " + v.Kind.String() + ", not a string"
	}
	der, err := base64.StdEncoding.DecodeString(v.Str)
	flaw := ""
	if err != nil || strings.ContainsAny(v.Str, "\r\n") {
		flaw = "is not standard base64 of DER"
		switch b, ok := readBinaryText(v.Str, 0); {
		case strings.Contains(v.Str, "-----BEGIN"):
			return nil, "is PEM; x5c has only the base64"
		case ok:
			der = b.bytes
			flaw = "is not written in standard base64 with padding"
		}
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, "is not a readable certificate"
	}
	return c, flaw
}

func curveBits(crv string) int {
	switch crv {
	case crvP256, crvSecp256k1:
		return 256
	case crvP384:
		return 384
	case crvP521:
		return 521
	}
	return 0
}

// curveOf names the curve a point is on, "" if it is none that is known.
func curveOf(x, y []byte) string {
	for _, crv := range []string{crvP256, crvP384, crvP521, crvSecp256k1} {
		if len(x) == coordinateSize(crv) && onCurve(crv, x, y) {
			return crv
		}
	}
	return ""
}

func onCurve(crv string, x, y []byte) bool {
	_, ok := curvePoint(crv, x, y)
	return ok
}

// curvePoint makes a public key of the coordinates of a point; false if it is
// not on the curve. secp256k1, which the standard library does not know, is
// checked without giving a key.
func curvePoint(crv string, x, y []byte) (*ecdsa.PublicKey, bool) {
	size := coordinateSize(crv)
	if len(x) != size || len(y) != size {
		return nil, false
	}
	if crv == crvSecp256k1 {
		return nil, onSecp256k1(x, y)
	}
	curve, ok := curveByName(crv)
	if !ok {
		return nil, false
	}
	pub, err := ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{4}, x, y))
	return pub, err == nil
}

// onSecp256k1 checks y² = x³ + 7 (SEC 2 clause 2.4.1); the standard library
// does not know the curve.
func onSecp256k1(x, y []byte) bool {
	p := new(big.Int).Lsh(big.NewInt(1), 256)
	p.Sub(p, big.NewInt(1<<32+977))
	bx, by := new(big.Int).SetBytes(x), new(big.Int).SetBytes(y)
	if bx.Cmp(p) >= 0 || by.Cmp(p) >= 0 {
		return false
	}
	left := new(big.Int).Mod(new(big.Int).Mul(by, by), p)
	right := new(big.Int).Exp(bx, big.NewInt(3), p)
	right.Mod(right.Add(right, big.NewInt(7)), p)
	return left.Cmp(right) == 0
}
