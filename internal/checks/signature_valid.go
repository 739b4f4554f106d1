package checks

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

func signatureValid() Check {
	return Check{
		ID:      "signature-valid",
		Subject: "the signature",
		Rank:    350,
		Title:   "The signature verifies with the key kid names",
		Needs:   []evidence.Need{evidence.NeedHeader, evidence.NeedClaims, evidence.NeedSignature, evidence.NeedKeys},
		After:   []finding.CauseID{"signature-missing", "alg-none", "alg-missing", "alg-unknown"},
		Cites:   []finding.Citation{rfc(7515, "5.2")},
		Doc: "The signature covers the exact characters of header and payload as they were joined. Where it does not verify, this check tries what developers get wrong: " +
			"other keys of the set, other hashes and paddings, and the texts that signing code produces by accident. It names a cause only when a verification confirms it.",
		Causes: []Cause{
			{ID: "hmac-with-public-key", Title: "an HMAC keyed with the public key", Severity: finding.Error,
				Why:   "The library was told HS256 and given the PEM file: it took the file's text for a shared secret. Everybody can make such a signature.",
				Fix:   "Name the right algorithm and sign with the private key.",
				Leads: []Lead{{To: []finding.CauseID{"alg-symmetric", "alg-not-accepted", "key-alg-mismatch"}}}},
			{ID: "signed-by-other-key", Title: "another key of the set verifies it: kid names the wrong one", Severity: finding.Error,
				Why:   "The key was rotated and the kid was not, or the other way round.",
				Fix:   "Set kid to the kid of the key that signs.",
				Leads: []Lead{{To: []finding.CauseID{"key-alg-mismatch"}}}},
			{ID: "hash-mismatch", Title: "right key, but another hash than alg says", Severity: finding.Error,
				Why:   "alg was written by hand while the library signed with its default hash.",
				Fix:   "Let one library set alg and sign.",
				Leads: []Lead{{To: []finding.CauseID{"key-alg-mismatch"}}}},
			{ID: "padding-mismatch", Title: "PSS where alg says PKCS#1 v1.5, or the reverse", Severity: finding.Error,
				Why:   "The signing call chose another RSA padding than alg names: RS is PKCS#1 v1.5, PS is PSS.",
				Fix:   "Choose the padding alg names, or set alg to what was signed.",
				Leads: []Lead{{To: []finding.CauseID{"key-alg-mismatch"}}}},
			{ID: "pss-salt-length", Title: "right key and content, wrong PSS salt length", Severity: finding.Error,
				Why: "The salt must be as long as the hash (RFC 7518 section 3.5); OpenSSL and others default to the longest possible.",
				Fix: "Set the salt length to that of the hash: RSA_PSS_SALTLEN_DIGEST, PSS.DIGEST_LENGTH."},
			{ID: "signed-twice-hashed", Title: "right key; the digest was hashed again", Severity: finding.Error,
				Why: "The text was hashed first, and then given to a function that hashes what it signs.",
				Fix: "Give the signing function the text itself, or use its call for ready digests."},
			{ID: "signed-other-bytes", Title: "right key, over a recognisable variant of the input", Severity: finding.Error,
				Why: "The signing code did not sign the characters header.payload as they were sent.",
				Fix: "Sign exactly the text base64url(header) + \".\" + base64url(payload), and send that text."},
			{ID: "content-changed", Title: "right key, but header or payload changed after signing", Severity: finding.Error,
				Why: "The signature opens with this key and covers another text: a claim was edited, or parts of two assertions were joined.",
				Fix: "Sign after the last change; do not edit a signed assertion."},
			{ID: "signed-by-unknown-key", Title: "no given key made it", Severity: finding.Error,
				Why: "The private key that signed does not belong to any of the public keys given: another environment's key, an old one, or one that was never published.",
				Fix: "Compare the public half of the private key with the published set (--key with --jwks does it), and publish the right one."},
		},
		Judge: judgeSignatureValid,
	}
}

func judgeSignatureValid(c *Ctx) Verdict {
	x, ok := c.Exam.Get()
	if !ok {
		return NotAsked("%s", c.Exam.Why())
	}
	if x.Valid {
		return Pass("it verifies with %s", nameOf(x.Key))
	}
	// The text that was verified is not the text that was sent where something
	// had to be taken out of it; that has been told by then.
	damaged := slices.ContainsFunc([]finding.CauseID{"typographic-characters", "invisible-characters", "base64-invalid-character", "base64-truncated",
		"wrong-segment-count"}, c.Failed)
	switch {
	case x.ValidRepaired:
		return Pass("it verifies with %s once the text is repaired", nameOf(x.Key))
	case x.Inconclusive:
		return NotAsked("%s", x.Words)
	case x.Cause == jose.CauseKeyAlgMismatch && !c.Failed(finding.CauseID(x.Cause)) && x.Key != nil && len(x.Also) == 0:
		// The key says another alg than the header, which this provider allows.
		return Pass("it verifies with %s", nameOf(x.Key))
	case isEncodingCause(x.Cause), x.Cause == jose.CauseKeyAlgMismatch:
		return NotAsked("moot: %s comes first", x.Cause)
	case x.Cause == jose.CauseOtherKey && (c.Failed("kid-not-in-jwks") || c.Failed("kid-whitespace")):
		return NotAsked("kid leads to no key; the signature is that of %s", nameOf(x.Key))
	case damaged && (x.Cause == jose.CauseUnknownKey || x.Cause == jose.CauseContentChanged):
		return NotAsked("characters of the assertion were damaged, so that nothing can be said of the signature")
	}
	keys, _ := c.Keys.Get()
	f := Found(finding.CauseID(x.Cause), "%s", x.Words).At(c.AtSegment(2)).As(x.Certainty)
	if x.Proof != "" {
		f.Saying("%s", x.Proof)
	}
	if x.Fix != "" {
		f.Fix("%s", x.Fix)
	}
	switch {
	case x.Cause == jose.CauseUnknownKey:
		f.Compare("a signature of none of them", keysInWords(keys.Set))
	case x.MadeWith != "" && x.MadeWith != c.alg():
		f.Compare(x.MadeWith, c.alg())
	case x.Cause == jose.CauseOtherKey && x.Key != nil:
		kid, _ := c.header().Text("kid")
		f.Compare("kid "+kid, "kid "+x.Key.Kid)
	}
	if x.Cut {
		f.Message += ". The search stopped at its limit after " + itoa(x.CandidatesTried) + " tries; not tried to the end: " + x.CutAt
	}
	faults := []*Fault{f}
	for _, also := range x.Also {
		if !isEncodingCause(also) && also != x.Cause {
			faults = append(faults, Found(finding.CauseID(also), "%s", causeTitle(signatureValid(), also)).At(c.AtSegment(2)))
		}
	}
	return Faults("", faults...)
}

func keysInWords(set *jose.Set) string {
	var out []string
	for i, k := range set.Keys {
		if i == 6 {
			out = append(out, itoa(len(set.Keys)-6)+" more")
			break
		}
		out = append(out, nameOf(k)+" ("+k.Describe()+")")
	}
	return either(out)
}

func causeTitle(check Check, id string) string {
	c, _ := declared(check, finding.CauseID(id))
	return c.Title
}
