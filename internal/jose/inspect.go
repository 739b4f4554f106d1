package jose

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Inspect checks only the form of a signature: its length and what its bytes look
// like. keys may be empty; then the length of an RSA signature is a fault only if
// no key could have it. Cause is "" if the form is right.
func Inspect(alg string, sig []byte, sent string, keys []*Key) Diagnosis {
	a, ok := lookupAlgorithm(alg)
	if !ok || len(sig) == 0 {
		return Diagnosis{Inconclusive: true, Words: "the form of a signature is not known for this alg"}
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
		return set(CauseWrongLength, "the signature's bytes were treated as text and every byte that is not a character was replaced (U+FFFD): it is damaged for good",
			"keep the signature as bytes until it is base64url-encoded")
	}
	if a.family == famECDSA || a.family == famPKCS1 && ecSized(sig) {
		if _, _, ok := parseDER(sig); ok {
			if a.family != famECDSA {
				return set(CauseWrongLength, fmt.Sprintf("it is an ECDSA signature in ASN.1 DER, under alg %s, which asks for RSA", alg), "check which private key the signer loads")
			}
			return set(CauseECDSADER, fmt.Sprintf("the signature is ASN.1 DER (%d bytes); %s needs R and S one after the other, %d bytes", len(sig), alg, want[0]), s1363)
		}
	}
	return d.byLength(a, len(sig), want)
}

const s1363 = "convert it: P1363 (R||S) output, such as dsaEncoding 'ieee-p1363' in Node, SHA256withECDSAinP1363Format in Java, or decode the DER and concatenate R and S"

// byLength says what the number of bytes shows.
func (d Diagnosis) byLength(a algorithm, n int, want []int) Diagnosis {
	if len(want) == 0 { // RSA without keys: only what no modulus in use makes
		if n >= 128 {
			return Diagnosis{}
		}
		d.Cause, d.Words = CauseTruncated, fmt.Sprintf("%d bytes is too short for an RSA signature (a 2048-bit key makes 256)", n)
		return d
	}
	if (a.family == famPKCS1 || a.family == famPSS) && strings.HasPrefix(sizeOf(n), rsaKey) {
		return d.byAnotherSize(n, want)
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

// byAnotherSize says that an RSA key of another size than those given has signed:
// alg may well be right, and the signature has the length of a whole one.
func (d Diagnosis) byAnotherSize(n int, want []int) Diagnosis {
	bits := make([]int, len(want))
	for i, w := range want {
		bits[i] = 8 * w
	}
	given := "the key given has "
	if len(bits) > 1 {
		given = "the keys given have "
	}
	d.Cause = CauseUnknownKey
	d.Words = fmt.Sprintf("another key signed it: the signature has %d bytes, as an RSA key of %d bits makes; %s%s bits", n, 8*n, given, orList(bits))
	d.Fix = "publish the public half of the key that signs, or sign with the private half of a published key"
	return d
}

// rsaKey is how sizeOf names one.
const rsaKey = "an RSA key"

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
		return fmt.Sprintf(rsaKey+" of %d bits", 8*n)
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
	if len(t) != size || size%2 != 0 {
		return false
	}
	for _, b := range t {
		if (b < '0' || b > '9') && (b|0x20 < 'a' || b|0x20 > 'f') {
			return false
		}
	}
	return true
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
