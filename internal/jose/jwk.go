package jose

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// maxModulusBits bounds the work one key can cause.
const maxModulusBits = 16384

// jwk reads one entry. It returns nil if the kty is unknown: RFC 7517 clause
// 5 asks to pass over such entries, not to fail.
func (r *setReader) jwk(i int, at place) *Key {
	k := &Key{Index: i, Span: at.value.Span}
	kty, ok := text(at.value, "kty")
	if !ok {
		r.missing(i, at, "kty")
		return nil
	}
	k.Kty = kty
	r.kid(k, at)
	k.Use, _ = text(at.value, "use")
	k.Alg, _ = text(at.value, "alg")
	k.Crv, _ = text(at.value, "crv")
	if ops, ok := at.value.Get("key_ops"); ok {
		for _, op := range ops.Items {
			k.KeyOps = append(k.KeyOps, op.Str)
		}
	}
	switch kty {
	case KtyRSA:
		r.rsa(k, at)
	case KtyEC:
		r.ec(k, at)
	case KtyOKP:
		r.okp(k, at)
	case KtyOct:
		r.oct(k, at)
	default:
		r.unknownKty(i, at, kty)
		return nil
	}
	r.privateMembers(k, at)
	r.use(k, at)
	r.x5c(k, at)
	if k.Public != nil {
		k.Thumbprint = thumbprint(k.Public)
	}
	return k
}

func (r *setReader) unknownKty(i int, at place, kty string) {
	where, _, _ := at.member("kty")
	for _, known := range []string{KtyRSA, KtyEC, KtyOKP, KtyOct} {
		if strings.EqualFold(strings.TrimSpace(kty), known) {
			r.problem(CauseKtyUnknown, finding.Error, i, where, "kty is %q; it is written %q", clip(kty, 40), known)
			return
		}
	}
	r.problem(CauseKtyUnknown, finding.Note, i, where, "kty %q is unknown here; this entry is skipped, the others count", clip(kty, 40))
}

func (r *setReader) missing(i int, at place, name string) {
	r.problem(CauseMemberMissing, finding.Error, i, at, "key %d has no %s", i+1, name)
}

func (r *setReader) kid(k *Key, at place) {
	where, _, ok := at.member("kid")
	switch {
	case !ok || where.value.Kind == jsonspan.Null:
		r.problem(CauseKidMissing, finding.Warning, k.Index, at, "key %d has no kid", k.Index+1)
	case where.value.Kind != jsonspan.String:
		r.problem(CauseKidMissing, finding.Warning, k.Index, where, "kid of key %d is %s; it must be a string", k.Index+1, where.value.Kind)
	case where.value.Str == "":
		r.problem(CauseKidMissing, finding.Warning, k.Index, where, "kid of key %d is empty", k.Index+1)
	default:
		k.Kid, k.HasKid, k.kid = where.value.Str, true, where
	}
}

// binary reads a required member and reports how it is written.
func (r *setReader) binary(k *Key, at place, name string, size int) ([]byte, place, bool) {
	where, _, ok := at.member(name)
	if !ok || where.value.Kind == jsonspan.Null || where.value.Kind == jsonspan.String && where.value.Str == "" {
		r.missing(k.Index, at, name)
		return nil, where, false
	}
	b, ok := readBinary(where.value, size)
	if !ok {
		r.problem(CauseBase64, finding.Error, k.Index, where, "%s of key %d is %s; it must be base64url", name, k.Index+1, b.flaw)
		return nil, where, false
	}
	if b.flaw != "" {
		r.problem(CauseBase64, finding.Error, k.Index, where, "%s of key %d is written with or as %s", name, k.Index+1, b.flaw)
		k.Repaired = true
	}
	return b.bytes, where, true
}

// integer strips leading zero bytes, which RFC 7518 clause 6.3.1.1 forbids.
func (r *setReader) integer(k *Key, at place, name string) (*big.Int, place, bool) {
	b, where, ok := r.binary(k, at, name, 0)
	if !ok {
		return nil, where, false
	}
	if len(b) > 1 && b[0] == 0 {
		r.problem(CauseLeadingZero, finding.Warning, k.Index, where, "%s of key %d begins with a zero byte (a sign byte of the encoder); some servers compute another key size or thumbprint from it", name, k.Index+1)
		k.Repaired = true
	}
	return new(big.Int).SetBytes(b), where, true
}

func (r *setReader) rsa(k *Key, at place) {
	n, nAt, ok1 := r.integer(k, at, "n")
	e, eAt, ok2 := r.integer(k, at, "e")
	if ok1 {
		k.Bits = n.BitLen()
	}
	if !ok1 || !ok2 {
		k.Unusable = "a member is missing or unreadable"
		return
	}
	if fault, atE, cause := rsaFault(n, e); fault != "" {
		where := nAt
		if atE {
			where = eAt
		}
		r.problem(cause, finding.Error, k.Index, where, "%s", fault)
		k.Unusable, k.unsound = fault, fault
		return
	}
	pub := &rsa.PublicKey{N: n, E: int(e.Int64())}
	k.Public, k.prime, k.prepared = pub, primeTest(n), prepareRSA(pub)
	if roca(n) {
		r.problem(CauseKeyTooSmall, finding.Error, k.Index, nAt, "%s", k.Weakness())
	}
}

func (r *setReader) ec(k *Key, at place) {
	size := coordinateSize(k.Crv)
	if k.Crv == "" {
		r.missing(k.Index, at, "crv")
		k.Unusable = "crv is missing"
		return
	}
	crvAt, _, _ := at.member("crv")
	if size == 0 {
		r.problem(CauseValueInvalid, finding.Error, k.Index, crvAt, "crv %q is none of P-256, P-384, P-521, secp256k1", clip(k.Crv, 40))
		k.Unusable = "its curve is unknown"
		return
	}
	x, xAt, ok1 := r.coordinate(k, at, "x", size)
	y, _, ok2 := r.coordinate(k, at, "y", size)
	k.Bits = curveBits(k.Crv)
	if !ok1 || !ok2 {
		k.Unusable = "a coordinate is missing or unreadable"
		return
	}
	pub, ok := curvePoint(k.Crv, x, y)
	if !ok {
		hint := ""
		switch other := curveOf(x, y); {
		case other != "":
			hint = "; it is one of " + other + ", so crv is wrong"
		case onCurve(k.Crv, y, x):
			hint = "; x and y are exchanged"
		}
		r.problem(CauseOffCurve, finding.Error, k.Index, xAt, "the point (x, y) of key %d is not on %s%s", k.Index+1, k.Crv, hint)
		k.Unusable = "its point is not on the curve"
		return
	}
	if k.Crv == crvSecp256k1 {
		k.Unusable = "secp256k1 (ES256K) is recognised, but cannot be verified here"
		return
	}
	k.Public = pub
	if why, cause, _ := unsoundness(pub); why != "" {
		r.unsound(k, xAt, cause, why)
	}
}

// coordinate restores the full length RFC 7518 clause 6.2.1.2 asks for.
func (r *setReader) coordinate(k *Key, at place, name string, size int) ([]byte, place, bool) {
	b, where, ok := r.binary(k, at, name, size)
	if !ok {
		return nil, where, false
	}
	switch {
	case len(b) < size:
		r.problem(CauseShortCoordinate, finding.Error, k.Index, where, "%s of key %d has %d bytes; %s asks for %d, leading zero bytes included", name, k.Index+1, len(b), k.Crv, size)
		k.Repaired = true
		b = append(make([]byte, size-len(b)), b...)
	case len(b) > size && len(b) <= size+2 && new(big.Int).SetBytes(b).BitLen() <= 8*size:
		r.problem(CauseLeadingZero, finding.Warning, k.Index, where, "%s of key %d begins with %d zero bytes too many (a sign byte of the encoder)", name, k.Index+1, len(b)-size)
		k.Repaired = true
		b = b[len(b)-size:]
	}
	return b, where, true
}

func (r *setReader) okp(k *Key, at place) {
	if k.Crv == "" {
		r.missing(k.Index, at, "crv")
		k.Unusable = "crv is missing"
		return
	}
	x, where, ok := r.binary(k, at, "x", map[string]int{crvEd25519: 32, crvX25519: 32, crvEd448: 57, crvX448: 56}[k.Crv])
	if !ok {
		k.Unusable = "x is missing or unreadable"
		return
	}
	switch k.Crv {
	case crvEd25519:
		k.Bits = 256
		if len(x) != ed25519.PublicKeySize {
			r.problem(CauseValueInvalid, finding.Error, k.Index, where, "x of key %d has %d bytes; Ed25519 asks for 32", k.Index+1, len(x))
			k.Unusable = "its x has the wrong length"
			return
		}
		if why, cause, _ := unsoundness(ed25519.PublicKey(x)); why != "" {
			r.unsound(k, where, cause, why)
			return
		}
		k.Public = ed25519.PublicKey(x)
	case crvEd448:
		k.Bits, k.Unusable = 456, "Ed448 is recognised, but cannot be verified here"
	case crvX25519, crvX448:
		k.Unusable = k.Crv + " is for key agreement; it signs nothing"
	default:
		crvAt, _, _ := at.member("crv")
		r.problem(CauseValueInvalid, finding.Error, k.Index, crvAt, "crv %q is none of Ed25519, Ed448, X25519, X448", clip(k.Crv, 40))
		k.Unusable = "its curve is unknown"
	}
}

func (r *setReader) oct(k *Key, at place) {
	secret, _, ok := r.binary(k, at, "k", 0)
	if ok {
		k.Bits, k.secret = 8*len(secret), secret
	}
	k.HasPrivate = true
}

// privateMembers looks for what must never be published (RFC 7518 clause 6).
func (r *setReader) privateMembers(k *Key, at place) {
	var found []string
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
		if v, ok := at.value.Get(name); ok && v.Kind != jsonspan.Null {
			found = append(found, name)
		}
	}
	if len(found) == 0 && k.Kty != KtyOct {
		return
	}
	k.HasPrivate = true
	where, _, ok := at.member(append(found, "kty")[0])
	if !ok {
		where = at
	}
	what := "private"
	if k.Kty == KtyOct {
		what = "symmetric"
	}
	r.problem(CausePrivateKey, finding.Error, k.Index, where, "key %d has %s members (%s): anyone who can read the set can sign; replace the key now, removing it is not enough", k.Index+1, what, strings.Join(found, ", "))
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// publicMembers are the required public members of a key, as RFC 7638 lists them.
func publicMembers(k *Key) map[string]string {
	switch p := k.Public.(type) {
	case *rsa.PublicKey:
		return map[string]string{"kty": KtyRSA, "n": b64(p.N.Bytes()), "e": b64(big.NewInt(int64(p.E)).Bytes())}
	case *ecdsa.PublicKey:
		point, err := p.Bytes()
		if err != nil {
			return nil
		}
		half := (len(point) - 1) / 2
		return map[string]string{"kty": KtyEC, "crv": k.Crv, "x": b64(point[1 : 1+half]), "y": b64(point[1+half:])}
	case ed25519.PublicKey:
		return map[string]string{"kty": KtyOKP, "crv": crvEd25519, "x": b64(p)}
	}
	return nil
}
