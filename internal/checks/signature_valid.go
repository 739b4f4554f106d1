package checks

import (
	"slices"
	"strings"

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
				Why:   "The library signed with HS256 and used the text of the PEM file as a shared secret. Anyone can make such a signature.",
				Fix:   "Name the right algorithm and sign with the private key.",
				Leads: []Lead{{To: []finding.CauseID{"alg-symmetric", "alg-not-accepted", "key-alg-mismatch", "signature-truncated", "signature-wrong-length"}}}},
			{ID: "signed-by-other-key", Title: "another key of the set verifies it: kid names the wrong one", Severity: finding.Error,
				Why:   "The key was rotated and the kid was not, or the other way round.",
				Fix:   "Set kid to the kid of the key that signs.",
				Leads: []Lead{{To: []finding.CauseID{"key-alg-mismatch"}}}},
			{ID: "hash-mismatch", Title: "right key, but another hash than alg says", Severity: finding.Error,
				Why:   "alg was written by hand while the library signed with its default hash.",
				Fix:   "Let one library set alg and sign.",
				Leads: []Lead{{To: []finding.CauseID{"key-alg-mismatch"}}}},
			{ID: "padding-mismatch", Title: "PSS although alg says PKCS#1 v1.5, or the reverse", Severity: finding.Error,
				Why:   "The signing call chose another RSA padding than alg names: RS is PKCS#1 v1.5, PS is PSS.",
				Fix:   "Sign with the padding that alg names.",
				Leads: []Lead{{To: []finding.CauseID{"key-alg-mismatch"}}}},
			{ID: "pss-salt-length", Title: "right key and content, wrong PSS salt length", Severity: finding.Error,
				Why: "The salt must be as long as the hash (RFC 7518 section 3.5); OpenSSL and others default to the longest possible.",
				Fix: "Set the salt length to that of the hash: RSA_PSS_SALTLEN_DIGEST, PSS.DIGEST_LENGTH."},
			{ID: "signed-twice-hashed", Title: "right key; the digest was hashed again", Severity: finding.Error,
				Why: "The text was hashed first, and then given to a function that hashes what it signs.",
				Fix: "Give the signing function the text itself, or use its call for ready digests."},
			{ID: "signed-other-bytes", Title: "right key, over a recognizable variant of the input", Severity: finding.Error,
				Why: "The signing code did not sign the characters header.payload as they were sent.",
				Fix: "Sign exactly the text base64url(header) + \".\" + base64url(payload), and send that text."},
			{ID: "content-changed", Title: "right key, but header or payload changed after signing", Severity: finding.Error,
				Why: "The signature was made with this key and covers another text: a claim was edited, or parts of two assertions were joined.",
				Fix: "Sign after the last change; do not edit a signed assertion."},
			{ID: "signed-by-unknown-key", Title: "the private key may not match the registered public key", Severity: finding.Error,
				Why: "The private key that signed does not belong to any of the public keys given: another environment's key, an old one, or one that was never published.",
				Fix: "Compare the public half of the private key with the published set (jwtdoctor does it if you give it both), and publish the right one."},
		},
		Judge: judgeSignatureValid,
	}
}

func judgeSignatureValid(c *Ctx) Verdict {
	x, ok := c.Exam.Get()
	if !ok {
		return NotAsked("%s", c.Exam.Why()).For(finding.WhyMoot)
	}
	if x.Valid {
		return Pass("it verifies with %s", verifier{x.Key})
	}
	// The text that was verified is not the text that was sent where something
	// had to be taken out of it; other checks have said so by then.
	damaged := c.wasRepaired("invisible-characters") ||
		slices.ContainsFunc([]finding.CauseID{"typographic-characters", "base64-invalid-character", "base64-truncated", "wrong-segment-count"}, c.Failed)
	switch {
	case x.ValidRepaired:
		return Pass("it verifies with %s once the text is repaired", verifier{x.Key})
	case x.Inconclusive:
		return NotAsked("%s", x.Words).For(finding.WhyMoot)
	case x.Cause == jose.CauseKeyAlgMismatch && !c.Failed(finding.CauseID(x.Cause)) && x.Key != nil && len(x.Also) == 0:
		// The key says another alg than the header, which this provider allows.
		return Pass("it verifies with %s", verifier{x.Key})
	case isEncodingCause(x.Cause), x.Cause == jose.CauseKeyAlgMismatch:
		return NotAsked("moot: %s comes first", x.Cause).For(finding.WhyMoot)
	case x.Cause == jose.CauseOtherKey && (c.Failed("kid-not-in-jwks") || c.Failed("kid-whitespace")):
		return NotAsked("kid leads to no key; the signature is that of %s", nameOf(x.Key)).For(finding.WhyMoot)
	case damaged && (x.Cause == jose.CauseUnknownKey || x.Cause == jose.CauseContentChanged):
		return NotAsked("characters of the assertion were damaged, so the signature cannot be checked").For(finding.WhyMoot)
	}
	f := Found(finding.CauseID(x.Cause), "%s", x.Words).About(Detail{Name: "signature", Code: x.MadeWith}).At(c.AtSegment(2)).As(x.Certainty)
	if x.Proof != "" {
		f.Saying("%s", x.Proof)
	}
	c.resign(f, x)
	if x.Cut {
		f.Message += ". The search stopped at its limit after " + itoa(x.CandidatesTried) + " tries; not tried to the end: " + x.CutAt
	}
	faults := []*Fault{f}
	for _, also := range x.Also {
		if !isEncodingCause(also) && also != x.Cause {
			faults = append(faults, Found(finding.CauseID(also), "%s", causeTitle(signatureValid(), also)).About(Detail{Name: "signature"}).At(c.AtSegment(2)))
		}
	}
	return c.ofIssuer(Faults("", faults...))
}

// wasRepaired reports whether something was taken out of the text for a cause.
func (c *Ctx) wasRepaired(cause finding.CauseID) bool {
	return slices.ContainsFunc(c.assertion().Repairs, func(r evidence.Repair) bool { return r.Cause == cause })
}

// verifier is the key that verifies a signature, put into words when read.
type verifier struct{ *jose.Key }

func (v verifier) String() string { return nameOf(v.Key) }

// resign says how to make the signature right: what is compared, and the fix.
func (c *Ctx) resign(f *Fault, x *jose.Diagnosis) {
	alg := c.alg()
	switch x.Cause {
	case jose.CauseUnknownKey:
		keys, _ := c.Keys.Get()
		f.Compare("the signature of another key, or one changed on the way", keysInWords(keys.Set))
	case jose.CauseHMACPublic:
		f.Compare(alg, "a signature with the private key")
		expectRight(c.signWith(f, nil))
		return
	case jose.CauseOtherKey:
		kid, _ := c.header().Text("kid")
		f.Compare(kid, "the kid of the key that signs")
		f.Detail = Detail{Name: "kid", Value: kid}
		expectRight(useKid(f, c.signingKid(alg), "Set kid to the kid of the key that signs."))
		return
	case jose.CauseHash, jose.CausePadding:
		c.signAsSaid(f, x, alg)
		return
	}
	if x.MadeWith != "" && x.MadeWith != alg {
		f.Compare(x.MadeWith, alg)
	}
	if x.Fix != "" {
		f.Fix("%s", sentence(x.Fix))
	}
}

// signAsSaid says which of the two is wrong where a signature was made in
// another way than alg says: alg, where the provider accepts only what was
// made; else the signature.
func (c *Ctx) signAsSaid(f *Fault, x *jose.Diagnosis, alg string) {
	made := x.MadeWith
	if made != "" && made != alg {
		f.Compare(made, alg)
		if x.Cause == jose.CauseHash && family(made) == family(alg) {
			f.Compare(hashOf(made), hashOf(alg))
		}
	}
	switch {
	case made != "" && made != alg && c.accepts(made) && (!c.accepts(alg) || x.Key != nil && x.Key.Alg == made):
		f.Compare(alg, made)
		f.Detail.Right = made
		f.Fix("Set alg to %s, which is what the assertion is signed with.", made).Set(finding.PartHeader, "alg", made)
	case !c.accepts(alg):
		expectRight(c.signWith(f, x.Key))
	case hashOf(alg) != "":
		f.Fix("Sign with %s, as alg %s says.", methodOf(alg), alg)
	case x.Fix != "":
		f.Fix("%s", sentence(x.Fix))
	}
}

// hashOf names the hash of a registered algorithm.
func hashOf(alg string) string {
	switch family(alg) {
	case "RS", "PS", "ES", "HS":
		if len(alg) == len("RS256") {
			return "SHA-" + alg[2:]
		}
	}
	return ""
}

// methodOf says what an algorithm does: its hash and, for RSA, the padding.
func methodOf(alg string) string {
	switch family(alg) {
	case "RS":
		return hashOf(alg) + " and PKCS#1 v1.5 padding"
	case "PS":
		return hashOf(alg) + " and PSS padding"
	}
	return hashOf(alg)
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if s[len(s)-1] != '.' {
		s += "."
	}
	return s
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
