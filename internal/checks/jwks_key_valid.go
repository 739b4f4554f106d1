package checks

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

func jwksKeyValid() Check {
	return Check{
		ID:      "jwks-key-valid",
		Subject: "keys of the JWKS",
		Rank:    310,
		Title:   "Every key is well formed",
		Needs:   []evidence.Need{evidence.NeedJWKS},
		Cites:   []finding.Citation{rfc(7517, "4"), rfc(7518, "6")},
		Doc:     "A key is a few numbers in base64url. A mistake in one of them makes it another key or none, and the signature fails with every server that reads strictly.",
		Causes: []Cause{
			{ID: "jwk-member-missing", Title: "a required member is missing", Severity: finding.Error,
				Why: "The key was written by hand or cut down.",
				Fix: "Publish kty with n and e (RSA), crv, x and y (EC), or crv and x (OKP)."},
			{ID: "jwk-base64", Title: "padding, standard base64, hex or a number in a member", Severity: finding.Error,
				Why: "The numbers were encoded by another encoder than base64url without padding.",
				Fix: "Encode each number's big-endian bytes as base64url without padding."},
			{ID: "jwk-short-coordinate", Title: "an EC coordinate lost its leading zero", Severity: finding.Error,
				Why: "The number was converted without a fixed length. About one P-256 key in 128 has such a coordinate, so it fails only for those keys.",
				Fix: "Pad x and y to the full length of the curve: 32, 48 or 66 bytes."},
			{ID: "jwk-off-curve", Title: "the point is not on the curve", Severity: finding.Error,
				Why: "x and y were swapped, damaged, or belong to another curve.",
				Fix: "Export the key again."},
			{ID: "jwk-value-invalid", Title: "impossible key value", Severity: finding.Error,
				Why: "An exponent of 1, a modulus with a small factor, a point that anyone can sign for, or a size no algorithm has: the key was damaged or made by hand.",
				Fix: "Export the key again."},
			{ID: "jwk-leading-zero", Title: "an RSA integer begins with a zero byte", Severity: finding.Warning,
				Why: "A signed big integer was written with its sign byte, as Java's BigInteger.toByteArray returns it. Strict parsers refuse it or treat the key as a longer one.",
				Fix: "Strip the leading zero byte before encoding."},
			{ID: "jwk-x5c-mismatch", Title: "x5c of a key is the certificate of another key", Severity: finding.Error,
				Why: "The certificate was renewed with another key, or copied from another entry. Servers that compare the two refuse the key, others verify with one of them.",
				Fix: "Publish the certificate of this key in x5c, or leave x5c out."},
			{ID: "jwk-x5t-mismatch", Title: "x5t or x5t#S256 of a key belongs to another certificate", Severity: finding.Error,
				Why: "The digest is of an older certificate, of the PEM text instead of its DER, or was made by hand.",
				Fix: "Compute the digest over the DER bytes of the certificate in x5c, or leave it out."},
			{ID: "jwk-x5c-malformed", Title: "x5c of a key is not an array of base64 certificates", Severity: finding.Error,
				Why: "The PEM text was put there, or base64url instead of base64. x5c is the one member of a JWK in standard base64.",
				Fix: "Put the base64 of the DER there, in an array, without PEM lines; or leave x5c out."},
			{ID: "jwk-kty-unknown", Title: "a key of an unknown type, which servers skip", Severity: finding.Note,
				Why: "RFC 7517 section 5 makes readers ignore keys of types they do not know; some refuse the whole set instead.",
				Fix: "Leave it out of this set if a server fails because of it."},
		},
		Judge: func(c *Ctx) Verdict {
			v := c.published("every key is complete and on its curve", "jwk-member-missing", "jwk-base64", "jwk-short-coordinate", "jwk-off-curve",
				"jwk-value-invalid", "jwk-leading-zero", "jwk-x5c-mismatch", "jwk-x5t-mismatch", "jwk-x5c-malformed", "jwk-kty-unknown")
			c.weighUnknown(v)
			if len(v.Faults) > 0 {
				for _, cause := range [...]finding.CauseID{"jwk-base64", "jwk-short-coordinate", "jwk-leading-zero"} {
					c.patchKeys(v, cause, rewritten)
				}
				c.patchKeys(v, "jwk-value-invalid", nameCurve)
			}
			return v
		},
	}
}

// weighUnknown makes a key of an unknown type an error where it is the known type
// misspelled, or where the set has no other: no server can use it then.
func (c *Ctx) weighUnknown(v Verdict) {
	doc, _ := c.JWKS.Get()
	for _, f := range v.Faults {
		if f.Cause != "jwk-kty-unknown" {
			continue
		}
		misspelled := slices.ContainsFunc(doc.Set.Problems, func(p jose.Problem) bool {
			return p.Cause == jose.CauseKtyUnknown && p.Severity == finding.Error
		})
		switch {
		case misspelled:
			f.Weigh(finding.Error).Fix("Write kty exactly as registered: RSA, EC or OKP; servers skip a key of another type.")
		case len(doc.Set.Keys) == 0:
			f.Weigh(finding.Error).Saying("Servers skip keys of types they do not know, and this set has no other: there is no key to verify with.")
		}
	}
}

// nameCurve sets crv to the name that JWK has for a curve under another one: SEC 2 and
// OpenSSL have names of their own for the same curves (RFC 5480 section 2.1.1.1), and
// code leaves the hyphen out.
func nameCurve(f *Fault, k *jose.Key, pointer string) {
	if k.Kty != jose.KtyEC || k.Bits != 0 {
		return
	}
	right := ""
	switch wording.Bare(k.Crv) {
	case "p256", "nistp256", "secp256r1", "prime256v1":
		right = "P-256"
	case "p384", "nistp384", "secp384r1":
		right = "P-384"
	case "p521", "nistp521", "secp521r1":
		right = "P-521"
	default:
		return
	}
	f.SetAt(finding.PartJWKS, pointer+"/crv", right).Fix("Set crv of %s to %s.", nameOf(k), right).Compare(k.Crv, right)
}
