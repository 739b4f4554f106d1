package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

func signatureEncoding() Check {
	return Check{
		ID:      "signature-encoding",
		Subject: "signature form",
		Rank:    320,
		Title:   "The signature has the form alg requires",
		Needs:   []evidence.Need{evidence.NeedHeader, evidence.NeedSignature},
		After:   []finding.CauseID{"signature-missing", "encrypted-assertion", "alg-none", "alg-missing", "alg-unknown"},
		Cites:   []finding.Citation{rfc(7518, "3.3"), rfc(7518, "3.4"), rfc(8037, "3.1")},
		Doc:     "A signature has a fixed length: that of the modulus for RSA (256 bytes for 2048 bits), 64, 96 or 132 bytes for ES256, ES384 and ES512, 64 for Ed25519, the hash for HMAC. Its form already shows a lot, without any key.",
		Causes: []Cause{
			{ID: "signature-hex", Title: "hex text encoded, or encoded twice", Severity: finding.Error,
				Why: "The signature was turned into text before it was encoded.",
				Fix: "base64url-encode the signature's bytes, once."},
			{ID: "ecdsa-der", Title: "an ASN.1 DER ECDSA signature instead of R||S", Severity: finding.Error,
				Why:   "OpenSSL, Java, AWS KMS and Node's crypto return ECDSA signatures as a DER sequence; JWS needs R and S side by side at full length (RFC 7518 section 3.4).",
				Fix:   "Convert it: dsaEncoding 'ieee-p1363' in Node, SHA256withECDSAinP1363Format in Java, or split the two integers and pad each.",
				Leads: []Lead{{To: []finding.CauseID{"signature-wrong-length"}}}},
			{ID: "signature-byte-order", Title: "the right bytes in the wrong order", Severity: finding.Error,
				Why: "The signature was written little-endian, as Windows' CryptoAPI returns it, or R and S were swapped.",
				Fix: "Reverse the bytes, or write R before S."},
			{ID: "signature-truncated", Title: "shorter than its key or alg makes it", Severity: finding.Error,
				Why:   "The end was lost on the way, or a leading zero byte was dropped.",
				Fix:   "Send the assertion as the library returned it; pad numbers to full length if you build the signature yourself.",
				Leads: []Lead{{To: []finding.CauseID{"base64-noncanonical"}}}},
			{ID: "signature-wrong-length", Title: "another length than alg and key make", Severity: finding.Error,
				Why:   "The signature was made with another algorithm or key than alg says.",
				Fix:   "Let one library set alg and sign.",
				Leads: []Lead{{To: []finding.CauseID{"base64-noncanonical"}}}},
		},
		Judge: judgeSignatureEncoding,
	}
}

func isEncodingCause(id string) bool {
	switch id {
	case jose.CauseHex, jose.CauseECDSADER, jose.CauseByteOrder, jose.CauseTruncated, jose.CauseWrongLength:
		return true
	}
	return false
}

func judgeSignatureEncoding(c *Ctx) Verdict {
	sig, _ := c.Signature.Get()
	exam, examined := c.Exam.Get()
	if examined && (exam.Valid || exam.ValidRepaired) {
		return Pass("the signature has %d bytes", len(sig))
	}
	// With keys the form is confirmed by a verification; without, its length
	// and what its bytes look like still show something.
	var x jose.Diagnosis
	if examined && isEncodingCause(exam.Cause) {
		x = *exam
	} else {
		a := c.assertion()
		sent := a.Segments[2].Span
		x = jose.Inspect(c.alg(), sig, a.Compact[sent.Start:sent.End], nil)
	}
	about := Detail{Name: "signature", Value: itoa(len(sig))}
	if n := len(sig); !examined && !isEncodingCause(x.Cause) && isRSA(c.alg()) && n%32 != 0 {
		return Fail(Found("signature-truncated", "the signature has %d bytes, which no usual RSA key makes", n).
			Compare(itoa(n)+" bytes", signatureForm(c.alg())).About(about).At(c.AtSegment(2)).As(finding.Likely))
	}
	if !isEncodingCause(x.Cause) {
		return Pass("the signature has %d bytes", len(sig))
	}
	// A signature that had to be repaired may be off by what the repair guessed.
	if x.Cause == jose.CauseWrongLength && (c.Failed("typographic-characters") || c.Failed("base64-invalid-character")) {
		return NotAsked("characters of the assertion were damaged").For(finding.WhyMoot)
	}
	f := Found(finding.CauseID(x.Cause), "%s", x.Words).Compare(itoa(len(sig))+" bytes", signatureForm(c.alg())).About(about).At(c.AtSegment(2)).As(x.Certainty)
	if x.Proof != "" {
		f.Saying("%s", x.Proof)
	}
	if x.Fix != "" {
		f.Fix("%s", sentence(x.Fix))
	}
	return Fail(f)
}

func isRSA(alg string) bool { return kindFor(alg) == jose.KtyRSA }

// signatureForm says what a signature of the algorithm looks like.
func signatureForm(alg string) string {
	switch alg {
	case "ES256", "ES256K":
		return "64 bytes, R and S side by side"
	case "ES384":
		return "96 bytes, R and S side by side"
	case "ES512":
		return "132 bytes, R and S side by side"
	case "EdDSA", "Ed25519":
		return "64 bytes"
	case "HS256":
		return "32 bytes"
	case "HS384":
		return "48 bytes"
	case "HS512":
		return "64 bytes"
	}
	if isRSA(alg) {
		return "as many bytes as the modulus has: 256 for 2048 bits, 384 for 3072, 512 for 4096"
	}
	return "a signature"
}
