package jose

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"
)

// Reasons why Verify refuses, for use with errors.Is.
var (
	ErrAlgNone      = errors.New("alg none is not a signature")
	ErrAlgUnknown   = errors.New("no signature algorithm of this name can be verified")
	ErrKeyUnfit     = errors.New("the key does not fit the algorithm")
	ErrKeyUnusable  = errors.New("the key cannot be used")
	ErrLength       = errors.New("the signature has another length than algorithm and key give")
	ErrNotVerified  = errors.New("the signature does not verify")
	errVerifierFail = errors.New("the verifier failed")
)

// minStandardRSA is the modulus length, in bits, below which the standard
// library refuses to verify.
const minStandardRSA = 1024

// Verify checks a signature over exactly these bytes. Unlike the library that
// it uses, it is strict about the algorithm: the one curve ES256 means, the exact
// length of the signature (RFC 7518 clause 3.4, RFC 8017 clause 8.2.2),
// for PSS a salt as long as the hash (RFC 7518 clause 3.5), and a key whose own
// use, key_ops and alg allow it.
//
// RSA keys below 1024 bits are verified too; [Key.Weak] reports them.
func Verify(alg string, signingInput, sig []byte, key *Key) error {
	if key == nil {
		return fmt.Errorf("%w: there is none", ErrKeyUnusable)
	}
	a, err := usableAlgorithm(alg)
	if err != nil {
		return err
	}
	if err := key.allows(a); err != nil {
		return err
	}
	return verifyMath(a, signingInput, sig, key)
}

func usableAlgorithm(alg string) (algorithm, error) {
	if isNone(alg) {
		return algorithm{}, ErrAlgNone
	}
	a, ok := lookupAlgorithm(alg)
	if !ok {
		return a, fmt.Errorf("%w: %q", ErrAlgUnknown, clip(alg, 40))
	}
	return a, nil
}

func isNone(alg string) bool {
	return len(alg) == 4 && bytes.EqualFold([]byte(alg), []byte("none"))
}

// allows compares the key's use, key_ops and alg (RFC 7517 clauses 4.2 to 4.4)
// with the algorithm.
func (k *Key) allows(a algorithm) error {
	switch {
	case !k.fits(a):
		return fmt.Errorf("%w: %s asks for %s, the key is %s", ErrKeyUnfit, a.name, a.wants(), k.Describe())
	case k.Alg != "" && k.Alg != a.name && !(a.family == famEdDSA && (k.Alg == "EdDSA" || k.Alg == crvEd25519)):
		return fmt.Errorf("%w: the key's own alg is %q, not %s", ErrKeyUnfit, clip(k.Alg, 40), a.name)
	case k.Use != "" && k.Use != "sig":
		return fmt.Errorf("%w: its use is %q, not sig", ErrKeyUnfit, clip(k.Use, 40))
	case a.family == famHMAC && len(k.secret) < a.hash.Size(): // RFC 7518 clause 3.2
		return fmt.Errorf("%w: a secret for %s has %d bytes at least, this one has %d", ErrKeyUnusable, a.name, a.hash.Size(), len(k.secret))
	case len(k.KeyOps) > 0 && !slices.Contains(k.KeyOps, "verify") && !(k.HasPrivate && slices.Contains(k.KeyOps, "sign")):
		return fmt.Errorf("%w: its key_ops do not name verify", ErrKeyUnfit)
	}
	return nil
}

// wants names the keys an algorithm works with.
func (a algorithm) wants() string {
	switch a.family {
	case famPKCS1, famPSS:
		return "an RSA key"
	case famECDSA:
		return "an EC key on " + a.curve
	case famEdDSA:
		return "an Ed25519 key"
	}
	return "a shared secret"
}

// verifyMath checks only the signature, with the guards of curve and length but
// without regard to what the key says of its use. No signature verifies with a
// key in whose name anyone can sign.
func verifyMath(a algorithm, input, sig []byte, key *Key) error {
	err := verifyValues(a, input, sig, key)
	if err == nil && key.Kty == KtyRSA { // tested only here, since it is slow
		if why := key.Unsound(); why != "" {
			return fmt.Errorf("%w: %s", ErrKeyUnusable, why)
		}
	}
	return err
}

func verifyValues(a algorithm, input, sig []byte, key *Key) error {
	if !key.fits(a) {
		return fmt.Errorf("%w: %s asks for %s, the key is %s", ErrKeyUnfit, a.name, a.wants(), key.Describe())
	}
	if a.family == famHMAC {
		return verifyHMAC(a, input, sig, key)
	}
	if key.Public == nil {
		why := key.Unusable
		if why == "" {
			why = "it has no readable public half"
		}
		return fmt.Errorf("%w: %s", ErrKeyUnusable, why)
	}
	want := signatureSize(a, key)
	if len(sig) != want {
		return fmt.Errorf("%w: %d bytes instead of %d", ErrLength, len(sig), want)
	}
	switch pub := key.Public.(type) {
	case *rsa.PublicKey:
		return verifyRSA(a, input, sig, key, pub)
	case *ecdsa.PublicKey:
		return verifyEC(a, input, sig, key, pub)
	case ed25519.PublicKey:
		if len(pub) != ed25519.PublicKeySize {
			return fmt.Errorf("%w: %d bytes instead of 32", ErrKeyUnusable, len(pub))
		}
	}
	return verifyLibrary(a, input, sig, key.Public)
}

func verifyRSA(a algorithm, input, sig []byte, key *Key, pub *rsa.PublicKey) error {
	if pub.N.BitLen() < minStandardRSA {
		return verifySmallRSA(a, input, sig, pub)
	}
	var room [longestDigest]byte
	sum := appendDigest(room[:0], a.hash, input)
	if key.prepared != nil {
		if p := key.prepared(); p != nil {
			return verified(p.verify(a, sum, sig))
		}
	}
	if a.family == famPSS {
		// The library accepts any salt length. After the standard library it
		// would only do the same work again.
		opts := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return verified(rsa.VerifyPSS(pub, a.hash, sum, sig, opts) == nil)
	}
	return verifyLibrary(a, input, sig, pub)
}

func verifyEC(a algorithm, input, sig []byte, key *Key, pub *ecdsa.PublicKey) error {
	if p := key.table.ready(); p != nil {
		var room [longestDigest]byte
		return verified(p.verify(appendDigest(room[:0], a.hash, input), sig))
	}
	// The library would take R or S as they come; zero and anything from the
	// order upwards is not a signature (FIPS 186-5 clause 6.4.2).
	if !scalarsInRange(pub, sig) {
		return ErrNotVerified
	}
	err := verifyLibrary(a, input, sig, pub)
	if err == nil {
		key.table.used()
	}
	return err
}

func verified(ok bool) error {
	if !ok {
		return ErrNotVerified
	}
	return nil
}

// verifyLibrary asks jwx. It panics on some keys; a panic is a refusal.
func verifyLibrary(a algorithm, input, sig []byte, pub crypto.PublicKey) (err error) {
	defer func() {
		if recover() != nil {
			err = errVerifierFail
		}
	}()
	name := jwa.SignatureAlgorithm(a.name)
	if a.family == famEdDSA {
		name = jwa.EdDSA // RFC 9864's Ed25519 is the same computation under a newer name
	}
	v, err := jws.NewVerifier(name)
	if err != nil {
		return errVerifierFail
	}
	if v.Verify(input, sig, pub) != nil {
		return ErrNotVerified
	}
	return nil
}

func verifyHMAC(a algorithm, input, sig []byte, key *Key) error {
	if key.secret == nil {
		return fmt.Errorf("%w: the secret is not known", ErrKeyUnusable)
	}
	if len(sig) != a.hash.Size() {
		return fmt.Errorf("%w: %d bytes instead of %d", ErrLength, len(sig), a.hash.Size())
	}
	if !hmac.Equal(sig, mac(a.hash, key.secret, input)) {
		return ErrNotVerified
	}
	return nil
}

// signatureSize is the one length a signature can have, in bytes.
func signatureSize(a algorithm, key *Key) int {
	switch a.family {
	case famPKCS1, famPSS:
		return (key.Bits + 7) / 8
	case famECDSA:
		return 2 * coordinateSize(a.curve)
	case famEdDSA:
		return ed25519.SignatureSize
	}
	return a.hash.Size()
}

func scalarsInRange(pub *ecdsa.PublicKey, sig []byte) bool {
	half := len(sig) / 2
	order := pub.Curve.Params().N
	var v big.Int
	for at := 0; at < len(sig); at += half {
		if v.SetBytes(sig[at:at+half]).Sign() == 0 || v.Cmp(order) >= 0 {
			return false
		}
	}
	return true
}

// verifySmallRSA does the public operation for moduli the standard library
// refuses, and compares the whole encoded message, as RFC 8017 clause 8.2.2
// asks: nothing of the padding is parsed.
func verifySmallRSA(a algorithm, input, sig []byte, pub *rsa.PublicKey) error {
	em, ok := openRSA(pub, sig)
	if !ok {
		return ErrNotVerified
	}
	h := digest(a.hash, input)
	if a.family == famPKCS1 {
		want := encodePKCS1(a.hash, h, len(em))
		if want == nil || !bytes.Equal(want, em) {
			return ErrNotVerified
		}
		return nil
	}
	return verified(verifyPSS(a.hash, h, em, pub.N.BitLen()-1))
}

// clip shortens text from outside before it goes into a message.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}

// plainName shows a name from outside as it is where it is a plain word, else
// quoted, so that nothing in it reaches a terminal.
func plainName(s string) string {
	for _, r := range s {
		if r > 0x7E || r < 0x21 || r == '"' || r == '\\' {
			return fmt.Sprintf("%q", clip(s, 40))
		}
	}
	return clip(s, 40)
}
