package checks

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func signatureEncoding() Check {
	return Check{
		ID:    "signature-encoding",
		Title: "The signature has the form its alg asks for",
		Needs: []evidence.Need{evidence.NeedHeader, evidence.NeedSignature},
		After: []string{"signature-missing", "alg-none", "alg-missing", "alg-unknown"},
		Cites: []finding.Citation{rfc(7518, "3.3"), rfc(7518, "3.4"), rfc(8037, "3.1")},
		Doc:   "A signature has a fixed length: that of the modulus for RSA (256 bytes for 2048 bits), 64, 96 or 132 bytes for ES256, ES384 and ES512, 64 for Ed25519, the hash for HMAC. Much can be told from its form alone, without any key.",
		Causes: []Cause{
			{ID: "signature-hex", Title: "hex text encoded, or encoded twice", Severity: finding.Error,
				Why: "The signature was turned into text before it was encoded.",
				Fix: "base64url-encode the signature's bytes, once."},
			{ID: "ecdsa-der", Title: "an ASN.1 DER ECDSA signature instead of R||S", Severity: finding.Error,
				Why: "OpenSSL, Java, AWS KMS and Node's crypto give ECDSA signatures as a DER sequence; JWS wants R and S side by side at full length (RFC 7518 section 3.4).",
				Fix: "Convert it: dsaEncoding 'ieee-p1363' in Node, SHA256withECDSAinP1363Format in Java, or split the two integers and pad each."},
			{ID: "signature-truncated", Title: "shorter than its key or alg makes it", Severity: finding.Error,
				Why: "The end was lost on the way, or a leading zero byte was dropped.",
				Fix: "Send the assertion as the library returned it; pad numbers to full length where you build the signature yourself."},
			{ID: "signature-wrong-length", Title: "another length than alg and key give", Severity: finding.Error,
				Why: "The signature was made with another algorithm or key than alg says.",
				Fix: "Let one library set alg and sign."},
		},
		Judge: judgeSignatureEncoding,
	}
}

// signatureLength is the length in bytes an algorithm fixes; 0 where the key
// decides (RSA) or it is not known.
func signatureLength(alg string) int {
	switch alg {
	case "ES256", "EdDSA", "Ed25519", "ES256K", "HS512":
		return 64
	case "ES384":
		return 96
	case "ES512":
		return 132
	case "Ed448":
		return 114
	case "HS256":
		return 32
	case "HS384":
		return 48
	}
	return 0
}

func judgeSignatureEncoding(c *Ctx) Verdict {
	sig, _ := c.Signature.Get()
	alg := c.alg()
	want := signatureLength(alg)
	rsa := strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS")
	if want == 0 && !rsa {
		return NotAsked("the length of a signature of alg %s is not known", alg)
	}
	// A signature that was repaired may be off by what the repair guessed.
	damaged := c.Failed("typographic-characters") || c.Failed("base64-invalid-character")
	fits := func(n int) bool { return n == want && !rsa || rsa && rsaLength(n) }
	found := fmt.Sprintf("%d bytes", len(sig))
	expected := orElse(itoa(want)+" bytes for "+alg, !rsa, "256 bytes for 2048 bits, 384 for 3072, 512 for 4096")
	at := c.AtSegment(2)
	switch text := string(sig); {
	case isHexOf(text, fits):
		return Fail(Found("signature-hex", "the signature is hex text of %d bytes, encoded as text", len(sig)/2).
			Compare("hex text", "the signature's bytes").At(at))
	case isBase64Of(text, fits):
		return Fail(Found("signature-hex", "the signature was base64-encoded twice").
			Compare("base64 text", "the signature's bytes").At(at))
	case strings.HasPrefix(alg, "ES") && isDER(sig):
		return Fail(Found("ecdsa-der", "the signature is ASN.1 DER of %d bytes; %s wants R and S side by side, %d bytes", len(sig), alg, want).
			Compare("DER, "+found, expected).At(at))
	case fits(len(sig)):
		return Pass("%d bytes, as %s makes it", len(sig), alg)
	case damaged:
		return NotAsked("characters of the assertion were damaged")
	}
	if rsa {
		if other := algsOfLength(len(sig)); len(other) > 0 {
			return Fail(Found("signature-wrong-length", "the signature has %d bytes, too few for %s; it has the length of %s", len(sig), alg, either(other)).
				Compare(found, expected).At(at).Fix("Set alg to the algorithm the key really signs with, or sign with an RSA key."))
		}
		return Fail(Found("signature-truncated", "the signature has %d bytes, which no usual RSA key gives", len(sig)).
			Compare(found, expected).At(at).As(finding.Likely))
	}
	if len(sig) < want && !slices.Contains([]int{32, 48, 64, 96, 114, 132}, len(sig)) {
		return Fail(Found("signature-truncated", "the signature has %d bytes; %s makes %d", len(sig), alg, want).Compare(found, expected).At(at))
	}
	f := Found("signature-wrong-length", "the signature has %d bytes; %s makes %d", len(sig), alg, want).Compare(found, expected).At(at)
	if other := algsOfLength(len(sig)); len(other) > 0 {
		f.Saying("%d bytes is what %s makes.", len(sig), either(other))
	}
	return Fail(f)
}

// rsaLength tells lengths RSA signatures have in practice: moduli from 1024
// bits on, in steps of 256.
func rsaLength(n int) bool { return n >= 128 && n <= 2048 && n%32 == 0 }

func algsOfLength(n int) []string {
	switch n {
	case 32:
		return []string{"HS256"}
	case 48:
		return []string{"HS384"}
	case 64:
		return []string{"ES256", "Ed25519", "HS512"}
	case 96:
		return []string{"ES384"}
	case 132:
		return []string{"ES512"}
	case 256, 384, 512:
		return []string{fmt.Sprintf("an RSA key of %d bits", n*8)}
	}
	return nil
}

func isHexOf(text string, fits func(int) bool) bool {
	raw, err := hex.DecodeString(strings.TrimSpace(text))
	return err == nil && fits(len(raw))
}

func isBase64Of(text string, fits func(int) bool) bool {
	text = strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimSpace(text)), "=")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return err == nil && len(raw) > 0 && (fits(len(raw)) || isDER(raw))
}

// isDER tells a DER sequence of two integers (X9.62, RFC 3279 section 2.2.3).
func isDER(b []byte) bool {
	body, ok := derBody(b, 0x30)
	if !ok {
		return false
	}
	r, ok := derNext(body)
	if !ok {
		return false
	}
	s, ok := derNext(body[r:])
	return ok && r+s == len(body)
}

// derBody returns the content of a DER value that fills b.
func derBody(b []byte, tag byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != tag {
		return nil, false
	}
	n, head := int(b[1]), 2
	if n == 0x81 && len(b) > 2 {
		n, head = int(b[2]), 3
	}
	return b[min(head, len(b)):], n < 0x100 && head+n == len(b)
}

// derNext returns the full length of the integer at the start of b.
func derNext(b []byte) (int, bool) {
	if len(b) < 3 || b[0] != 0x02 || b[1] == 0 || b[1] > 0x43 || 2+int(b[1]) > len(b) {
		return 0, false
	}
	return 2 + int(b[1]), true
}
