package jose

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Inspect judges the form of a signature alone: its length and what its bytes
// look like. keys may be empty; then the length of an RSA signature is judged
// only where no key could have it. Cause is "" where the form is right.
func Inspect(alg string, sig []byte, sent string, keys []*Key) Diagnosis {
	a, ok := lookupAlgorithm(alg)
	if !ok || len(sig) == 0 {
		return Diagnosis{Inconclusive: true, Words: "the alg tells no form"}
	}
	want := wantedSizes(a, keys)
	for _, n := range want {
		if len(sig) == n && !isHexText([]byte(sent), 2*n) {
			return Diagnosis{}
		}
	}
	d := Diagnosis{Certainty: finding.Certain, Proof: "the length cannot be right"}
	set := func(cause, words, fix string) Diagnosis {
		d.Cause, d.Words, d.Fix = cause, words, fix
		return d
	}
	for _, n := range append(want, commonSizes(a)...) {
		if isHexText([]byte(sent), 2*n) {
			return set(CauseHex, "the signature part is hexadecimal text; it must be base64url of the bytes", "base64url-encode the bytes themselves")
		}
		if isHexText(sig, 2*n) {
			return set(CauseHex, "the signature was turned into hexadecimal text before it was base64url-encoded", "base64url-encode the bytes themselves")
		}
		if isBase64Text(sig, n) {
			return set(CauseHex, "the signature was base64-encoded twice", "base64url-encode the bytes once")
		}
	}
	if bytes.Count(sig, []byte("\uFFFD")) >= 3 {
		return set(CauseWrongLength, "the signature's bytes were treated as text and every byte that is no character was replaced (U+FFFD): it is damaged for good",
			"keep the signature as bytes until it is base64url-encoded")
	}
	if a.family == famECDSA || a.family == famPKCS1 && ecSized(sig) {
		if _, _, ok := parseDER(sig); ok {
			if a.family != famECDSA {
				return set(CauseWrongLength, fmt.Sprintf("it is an ECDSA signature in ASN.1 DER, under alg %s, which asks for RSA", alg), "check which private key the signer loads")
			}
			return set(CauseECDSADER, fmt.Sprintf("the signature is ASN.1 DER (%d bytes); %s takes R and S one after the other, %d bytes", len(sig), alg, want[0]), s1363)
		}
	}
	return d.byLength(a, len(sig), want)
}

const s1363 = "convert it: P1363 (R||S) output, such as dsaEncoding 'ieee-p1363' in Node, SHA256withECDSAinP1363Format in Java, or decode the DER and concatenate R and S"

// byLength says what the number of bytes alone tells.
func (d Diagnosis) byLength(a algorithm, n int, want []int) Diagnosis {
	if len(want) == 0 { // RSA without keys: only what no modulus in use makes
		if n >= 128 {
			return Diagnosis{}
		}
		d.Cause, d.Words = CauseTruncated, fmt.Sprintf("%d bytes are fewer than any RSA key in use makes (256 for 2048 bits)", n)
		return d
	}
	longest := 0
	for _, w := range want {
		longest = max(longest, w)
	}
	if n < longest {
		d.Cause, d.Words = CauseTruncated, fmt.Sprintf("the signature has %d bytes; %s asks for %s", n, a.name, orList(want))
		d.Fix = "compare its end with what the signer returned: something cut it off"
		if other := sizeOf(n); other != "" && !strings.HasPrefix(a.name, other) {
			d.Cause, d.Words = CauseWrongLength, d.Words+fmt.Sprintf("; %d is what %s makes", n, other)
			d.Fix = "check that alg names the algorithm and key the signer really uses"
		}
		return d
	}
	d.Cause, d.Words = CauseWrongLength, fmt.Sprintf("the signature has %d bytes; %s asks for %s", n, a.name, orList(want))
	if other := sizeOf(n); other != "" {
		d.Words += fmt.Sprintf("; %d is what %s makes", n, other)
	}
	return d
}

// sizeOf names what makes signatures of this length.
func sizeOf(n int) string {
	switch n {
	case 32:
		return "HS256"
	case 64:
		return "ES256, Ed25519 or HS512"
	case 96:
		return "ES384"
	case 132:
		return "ES512"
	case 128, 256, 384, 512:
		return fmt.Sprintf("an RSA key of %d bits", 8*n)
	}
	return ""
}

func orList(sizes []int) string {
	seen := map[int]bool{}
	var list []string
	for _, n := range sizes {
		if !seen[n] {
			seen[n] = true
			list = append(list, fmt.Sprint(n))
		}
	}
	return strings.Join(list, " or ")
}

// wantedSizes are the lengths alg allows with these keys.
func wantedSizes(a algorithm, keys []*Key) []int {
	if a.family != famPKCS1 && a.family != famPSS {
		return []int{signatureSize(a, nil)}
	}
	var sizes []int
	for _, k := range keys {
		if k != nil && k.Kty == KtyRSA && k.Bits > 0 {
			sizes = append(sizes, signatureSize(a, k))
		}
	}
	return sizes
}

func commonSizes(a algorithm) []int {
	if a.family == famPKCS1 || a.family == famPSS {
		return []int{128, 256, 384, 512}
	}
	return []int{64, 96, 132}
}

func ecSized(sig []byte) bool { return len(sig) >= 64 && len(sig) <= 141 }

func isHexText(t []byte, size int) bool {
	t = bytes.TrimSpace(t)
	if len(t) != size {
		return false
	}
	_, err := hex.DecodeString(string(t))
	return err == nil
}

func isBase64Text(t []byte, size int) bool {
	t = bytes.TrimRight(bytes.TrimSpace(t), "=")
	if len(t) != base64.RawURLEncoding.EncodedLen(size) || size < 32 {
		return false
	}
	t = bytes.ReplaceAll(bytes.ReplaceAll(t, []byte("+"), []byte("-")), []byte("/"), []byte("_"))
	_, err := base64.RawURLEncoding.DecodeString(string(t))
	return err == nil
}

// nothingFound says what can be said of a signature no reading of which was
// confirmed: its form, else that no given key made it. With RSA that is
// certain; on a curve it holds for the texts that were tried.
func (s *search) nothingFound() Diagnosis {
	usable := 0
	for _, k := range append(append([]*Key{}, s.named...), s.others...) {
		if k.Public != nil {
			usable++
		}
	}
	if s.known {
		keys := s.named
		if len(keys) == 0 {
			keys = s.others
		}
		if d := Inspect(s.x.Alg, s.x.Signature, s.x.SignatureText, keys); d.Cause != "" {
			if d.Cause == CauseECDSADER || d.Cause == CauseHex {
				d.Certainty = finding.Likely
				d.Proof = "its form; no given key verifies it over any text tried"
			}
			if d.Cause == CauseWrongLength && len(s.named) == 1 && s.named[0].Kty != "" && !s.named[0].fits(s.alg) {
				return s.keyUnfit(s.named[0])
			}
			return d
		}
	}
	if usable == 0 || len(s.named) > 0 && s.named[0].Public == nil && s.named[0].Kty != KtyOct {
		return s.noUsableKey()
	}
	if s.known && len(s.named) == 1 && !s.named[0].fits(s.alg) {
		return s.keyUnfit(s.named[0])
	}
	return s.unknownKey()
}

func (s *search) noUsableKey() Diagnosis {
	for _, k := range append(append([]*Key{}, s.named...), s.others...) {
		if k.Unusable != "" {
			return Diagnosis{Inconclusive: true, Key: nil, Words: fmt.Sprintf("%s cannot be used: %s", k.name(), k.Unusable)}
		}
	}
	return Diagnosis{Inconclusive: true, Words: "there is no key to verify with"}
}

func (s *search) keyUnfit(k *Key) Diagnosis {
	return Diagnosis{Cause: CauseKeyAlgMismatch, Certainty: finding.Certain, Proof: "kind and curve of the key",
		Words: fmt.Sprintf("alg %s asks for %s; %s is %s", s.alg.name, s.alg.wants(), k.name(), k.Describe()),
		Fix:   fmt.Sprintf("set alg to %s, or let kid name %s", naturalAlg(k), s.alg.wants())}
}

func (s *search) unknownKey() Diagnosis {
	d := Diagnosis{Cause: CauseUnknownKey, Certainty: finding.Certain, Fix: "publish the public half of the key that signs, or sign with the private half of a published key"}
	var keys []*Key // those that could have made a signature of this form
	for _, k := range append(append([]*Key{}, s.named...), s.others...) {
		if k.Public != nil && (k.Kty == KtyRSA) != s.onCurve {
			keys = append(keys, k)
		}
	}
	switch {
	case s.undecided != nil:
		d.Certainty = finding.Likely
		d.Words = fmt.Sprintf("no given key is proven to have made it; %s may have, with the longest PSS salt and over another text, which cannot be told from chance", s.undecided.name())
		d.Proof = "no verification succeeds"
	case !s.onCurve:
		d.Words = fmt.Sprintf("it does not open with any given key (%s), so another private key made it", names(keys))
		d.Proof = "neither PKCS#1 v1.5 padding nor a PSS structure appears under any of the keys"
	default:
		d.Words = fmt.Sprintf("no given key (%s) made it, over any text that was tried", names(keys))
		d.Proof = fmt.Sprintf("no verification succeeds in %d tries", s.tried)
	}
	return d
}
