package jose

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Names of curves as crv spells them.
const (
	crvP256      = "P-256"
	crvP384      = "P-384"
	crvP521      = "P-521"
	crvSecp256k1 = "secp256k1"
	crvEd25519   = "Ed25519"
	crvEd448     = "Ed448"
	crvX25519    = "X25519"
	crvX448      = "X448"
)

// Key types as kty spells them (RFC 7517 clause 4.1).
const (
	KtyRSA = "RSA"
	KtyEC  = "EC"
	KtyOKP = "OKP"
	KtyOct = "oct"
)

// Key is one key, whatever it was read from. Private values are kept where no
// formatting verb, encoder or log call reaches them.
type Key struct {
	Index int           // place in its set, from 0
	Span  jsonspan.Span // its object in the set, or its block in the file

	Kid    string
	HasKid bool // false if kid is absent or no string
	Kty    string
	Use    string
	Alg    string
	KeyOps []string
	Crv    string
	Bits   int // of the modulus or the curve; 0 if unknown
	// Only lists the algorithms that the form of the key limits it to; nil if nothing
	// does. A signature with another one is verified all the same: servers are given
	// the numbers, which are those of any RSA key.
	Only []string

	// Public is *rsa.PublicKey, *ecdsa.PublicKey or ed25519.PublicKey; nil if
	// the key cannot verify anything, and Unusable says why.
	Public   crypto.PublicKey
	Unusable string

	Certificates []*x509.Certificate // from x5c or a PEM file, leaf first
	Thumbprint   string              // RFC 7638, SHA-256, base64url; "" without Public
	HasPrivate   bool                // it has private or symmetric members
	// Repaired reports that the key was read in spite of a fault; a strict server
	// may refuse it, or read another key.
	Repaired bool

	kid     place // where its kid is in the set
	private crypto.Signer
	secret  []byte
	unsound string      // see Unsound
	prime   func() bool // tests an RSA modulus, once; nil if it is not tested
	// prepared is an RSA key made ready for many verifications; nil if the
	// library verifies.
	prepared func() *preparedRSA
	table    *curveTable // of an EC key that verifies a batch; see [Set.Prepare]
}

// SecretKey wraps a shared secret for HS256, HS384 and HS512.
func SecretKey(secret []byte) *Key {
	return &Key{Kty: KtyOct, Bits: 8 * len(secret), HasPrivate: true, secret: append([]byte(nil), secret...)}
}

// NewKey wraps a public or private key of the standard library. One that proves
// nothing, because anyone can sign in its name, is returned without its public
// and private half; Unusable says why.
func NewKey(key any) (*Key, error) {
	k := &Key{}
	if s, ok := key.(*ecdh.PrivateKey); ok {
		key = s.PublicKey()
	}
	if s, ok := key.(crypto.Signer); ok {
		k.private, k.HasPrivate = s, true
		key = s.Public()
	}
	switch pub := key.(type) {
	case *rsa.PublicKey:
		k.Kty, k.Bits, k.prime, k.prepared = KtyRSA, pub.N.BitLen(), primeTest(pub.N), prepareRSA(pub)
	case *ecdsa.PublicKey:
		k.Kty, k.Crv, k.Bits = KtyEC, pub.Curve.Params().Name, pub.Curve.Params().BitSize
		if _, ok := curveByName(k.Crv); !ok {
			return nil, fmt.Errorf("an EC key on the curve %s; only P-256, P-384 and P-521 can be used", k.Crv)
		}
	case ed25519.PublicKey:
		k.Kty, k.Crv, k.Bits = KtyOKP, crvEd25519, 256
	case *ecdh.PublicKey:
		return nil, errors.New("a key for key agreement (X25519 or ECDH), which cannot sign")
	default:
		return nil, errors.New("a key of a kind that signs nothing here")
	}
	if why, _, _ := unsoundness(key); why != "" {
		k.Unusable, k.unsound, k.private = why, why, nil
		return k, nil
	}
	k.Public = key
	k.Thumbprint = thumbprint(key)
	return k, nil
}

// CanSign reports whether there is a readable private half.
func (k *Key) CanSign() bool { return k != nil && (k.private != nil || k.secret != nil) }

// Weak reports that signatures of the key prove little; Weakness says why.
func (k *Key) Weak() bool { return k.Weakness() != "" }

// String describes the key without any of its values, so that no verb prints a
// private one.
func (k *Key) String() string {
	if k == nil {
		return "no key"
	}
	s := k.Describe()
	if k.HasKid {
		s += fmt.Sprintf(" with kid %q", clip(k.Kid, 80))
	}
	return s
}

// GoString keeps %#v from printing private values.
func (k *Key) GoString() string { return k.String() }

// Describe names kind and size: "RSA 2048", "EC P-384".
func (k *Key) Describe() string {
	switch {
	case k.Kty == KtyRSA && k.Bits > 0 && len(k.Only) > 0:
		return fmt.Sprintf("RSA-PSS %d", k.Bits)
	case k.Kty == KtyRSA && k.Bits > 0:
		return fmt.Sprintf("RSA %d", k.Bits)
	case curveBits(k.Crv) > 0, k.Crv == crvEd25519, k.Crv == crvEd448, k.Crv == crvX25519, k.Crv == crvX448:
		return k.Kty + " " + k.Crv
	case k.Kty != "":
		return plainName(k.Kty)
	}
	return "key"
}

// name is how a sentence refers to the key among its neighbours.
func (k *Key) name() string {
	if k.HasKid {
		return fmt.Sprintf("the key with kid %q", clip(k.Kid, 80))
	}
	return fmt.Sprintf("the key at place %d (%s, without kid)", k.Index+1, k.Describe())
}

// Matches reports whether two keys have the same public half.
func (k *Key) Matches(other *Key) bool {
	return k != nil && other != nil && k.Thumbprint != "" && k.Thumbprint == other.Thumbprint
}

// fits reports whether kty and crv are those the algorithm works with.
func (k *Key) fits(a algorithm) bool {
	switch a.family {
	case famPKCS1, famPSS:
		return k.Kty == KtyRSA
	case famECDSA:
		return k.Kty == KtyEC && k.Crv == a.curve
	case famEdDSA:
		return k.Kty == KtyOKP && k.Crv == a.curve
	case famHMAC:
		return k.Kty == KtyOct
	}
	return false
}

// curveByName returns the curves this program verifies with.
func curveByName(crv string) (elliptic.Curve, bool) {
	switch crv {
	case crvP256:
		return elliptic.P256(), true
	case crvP384:
		return elliptic.P384(), true
	case crvP521:
		return elliptic.P521(), true
	}
	return nil, false
}

// coordinateSize is the number of bytes of one coordinate (RFC 7518 clause 6.2.1.2); 0 for unknown curves.
func coordinateSize(crv string) int {
	switch crv {
	case crvP256, crvSecp256k1:
		return 32
	case crvP384:
		return 48
	case crvP521:
		return 66
	}
	return 0
}

// thumbprint computes RFC 7638 over the required members in their fixed order.
func thumbprint(pub crypto.PublicKey) string {
	b64 := base64.RawURLEncoding.EncodeToString
	var text string
	switch p := pub.(type) {
	case *rsa.PublicKey:
		text = `{"e":"` + b64(big.NewInt(int64(p.E)).Bytes()) + `","kty":"RSA","n":"` + b64(p.N.Bytes()) + `"}`
	case *ecdsa.PublicKey:
		point, err := p.Bytes()
		if err != nil {
			return ""
		}
		half := (len(point) - 1) / 2
		text = `{"crv":"` + p.Curve.Params().Name + `","kty":"EC","x":"` + b64(point[1:1+half]) + `","y":"` + b64(point[1+half:]) + `"}`
	case ed25519.PublicKey:
		text = `{"crv":"Ed25519","kty":"OKP","x":"` + b64(p) + `"}`
	default:
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return b64(sum[:])
}

// Problem is one fault of a key, a set or a key file.
type Problem struct {
	Cause    string // ID of the catalogue
	Severity finding.Severity
	Index    int           // of the key in its set; -1 where it is the document's
	Pointer  string        // RFC 6901, "" for the whole document
	Span     jsonspan.Span // bytes in the document
	Message  string        // one plain sentence without a full stop, safe to print
}

// IDs of the causes this package names.
const (
	CauseNotJSON         = "jwks-not-json"
	CauseNotASet         = "jwks-not-a-set" // JSON, with keys in it, but in another shape than a JWK Set
	CauseSingleKey       = "jwks-single-key"
	CauseEmpty           = "jwks-empty"
	CauseKeyNotObject    = "jwks-key-not-object"
	CauseDuplicateMember = "jwks-duplicate-member"
	CauseTooLarge        = "jwks-too-large"
	CauseKidMissing      = "jwks-kid-missing"
	CauseKidDuplicate    = "jwks-kid-duplicate"
	CauseMemberMissing   = "jwk-member-missing"
	CauseLeadingZero     = "jwk-leading-zero"
	CauseShortCoordinate = "jwk-short-coordinate"
	CauseOffCurve        = "jwk-off-curve"
	CauseBase64          = "jwk-base64"
	CauseValueInvalid    = "jwk-value-invalid" // e = 1, an even e or n, a size no key has
	CauseKtyUnknown      = "jwk-kty-unknown"   // skipped, as RFC 7517 clause 5 asks
	CausePrivateKey      = "jwks-private-key"
	CauseUseConflict     = "jwk-use-conflict"
	CauseUseMissing      = "jwk-use-missing"
	CauseJWKX5CMalformed = "jwk-x5c-malformed"
	CauseJWKX5CMismatch  = "jwk-x5c-mismatch"
	CauseJWKX5TMismatch  = "jwk-x5t-mismatch"
	CauseKeyTooSmall     = "key-too-small"

	CausePEMNewlines  = "pem-literal-newlines"
	CausePEMMalformed = "pem-malformed"
	CausePEMEncrypted = "pem-encrypted"
	CausePublicGiven  = "public-key-given"
	CauseKeyMismatch  = "private-key-mismatch"

	CauseKeyAlgMismatch = "key-alg-mismatch"
	CauseOtherKey       = "signed-by-other-key"
	CauseHash           = "hash-mismatch"
	CausePadding        = "padding-mismatch"
	CausePSSSalt        = "pss-salt-length"
	CauseTwiceHashed    = "signed-twice-hashed"
	CauseOtherBytes     = "signed-other-bytes"
	CauseContentChanged = "content-changed"
	CauseHMACPublic     = "hmac-with-public-key"
	CauseUnknownKey     = "signed-by-unknown-key"

	CauseECDSADER    = "ecdsa-der"
	CauseTruncated   = "signature-truncated"
	CauseHex         = "signature-hex"
	CauseWrongLength = "signature-wrong-length"
	CauseByteOrder   = "signature-byte-order" // the right number of bytes, reversed or with R and S exchanged
)
