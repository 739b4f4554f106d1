package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
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
			{ID: "jwk-kty-unknown", Title: "a key of an unknown type, which servers skip", Severity: finding.Note,
				Why: "RFC 7517 section 5 makes readers ignore keys of types they do not know; some refuse the whole set instead.",
				Fix: "Leave it out of this set if a server fails because of it."},
		},
		Judge: func(c *Ctx) Verdict {
			v := c.published("each is complete and on its curve", "jwk-member-missing", "jwk-base64", "jwk-short-coordinate", "jwk-off-curve",
				"jwk-value-invalid", "jwk-leading-zero", "jwk-kty-unknown")
			if len(v.Faults) > 0 {
				for _, cause := range [...]finding.CauseID{"jwk-base64", "jwk-short-coordinate", "jwk-leading-zero"} {
					c.patchKeys(v, cause, rewritten)
				}
			}
			return v
		},
	}
}
