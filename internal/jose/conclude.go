package jose

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// anomaly is one thing that is wrong with a signature: its cause, what to say,
// what to do.
type anomaly struct{ cause, words, fix string }

// conclude turns a confirmed reading into a diagnosis. The first in the list
// of anomalies leads; the order is from the form of the signature inwards.
func (s *search) conclude(h hit) Diagnosis {
	d := Diagnosis{Key: h.key, Proof: h.proof, Certainty: finding.Certain, MadeWith: h.madeWith(), reading: h.hypothesis()}
	var list []anomaly
	add := func(cause, words, fix string) { list = append(list, anomaly{cause, words, fix}) }

	if h.shape.cause != "" {
		add(h.shape.cause, h.shape.words, s.shapeFix(h))
	}
	s.keyAnomalies(h, add)
	s.methodAnomalies(h, add)
	if h.twice != "" {
		add(CauseTwiceHashed, fmt.Sprintf("not the text but its %s was handed to the signing function, which hashed it again", h.twice),
			"hand the signing function header.payload itself, or use its variant for a digest that is already made")
	}
	switch {
	case h.unknown:
		add(CauseContentChanged, fmt.Sprintf("%s signed this, so the key is right, but over another header or payload than was sent: something was changed after signing", h.key.name()),
			"sign last, and send exactly the text that was signed")
	case h.variant.changesContent():
		add(CauseContentChanged, h.variant.words.String(), "sign last, and send exactly the text that was signed")
	case h.variant.words != (phrase{}) && !h.variant.repaired:
		add(CauseOtherBytes, h.variant.words.String(), "sign the ASCII text base64url(header).base64url(payload) as it is sent")
	}
	if len(list) == 0 {
		if !s.known { // only the name of the alg is wrong
			return Diagnosis{Inconclusive: true, Key: h.key, MadeWith: d.MadeWith, reading: d.reading, Proof: h.proof, Certainty: finding.Certain,
				Words: fmt.Sprintf("apart from the name of its alg, the signature is a right %s signature of %s", d.MadeWith, h.key.name())}
		}
		d.ValidRepaired, d.Words = true, "the signature verifies once the encoding of the text is repaired"
		return d
	}
	d.Cause = list[0].cause
	var words, fixes []string
	for _, a := range list {
		if a.cause != d.Cause && !slices.Contains(d.Also, a.cause) {
			d.Also = append(d.Also, a.cause)
		}
		words = append(words, a.words)
		if a.fix != "" && !slices.Contains(fixes, a.fix) {
			fixes = append(fixes, a.fix)
		}
	}
	d.Words, d.Fix = strings.Join(words, "; also, "), strings.Join(fixes, "; ")
	return d
}

// madeWith names the algorithm the signature would be right under.
func (h hit) madeWith() string {
	if h.bare || h.noNull || h.prehash || h.unhashed != hashed || h.family == famPSS && (h.mgf != h.hash || h.salt != h.hash.Size()) {
		return ""
	}
	if h.family == famECDSA && h.hash != ownHash(h.key) {
		return ""
	}
	if h.family == famEdDSA {
		return "EdDSA"
	}
	return algorithmFor(h.family, h.hash, h.key.Crv)
}

func (s *search) shapeFix(h hit) string {
	if h.shape.cause == CauseECDSADER {
		return "convert it: P1363 (R||S) output, such as dsaEncoding 'ieee-p1363' in Node, SHA256withECDSAinP1363Format in Java, or decode the DER and concatenate R and S"
	}
	return ""
}

// keyAnomalies reports a key that is not the one kid and alg name.
func (s *search) keyAnomalies(h hit, add func(cause, words, fix string)) {
	if !slices.Contains(s.named, h.key) {
		said := fmt.Sprintf("the header says kid %q", clip(s.x.Kid, 80))
		if len(s.named) == 0 {
			said += ", which no given key has"
		}
		fix := "sign with the key the kid names"
		if h.key.HasKid {
			fix = fmt.Sprintf("set kid to %q, or sign with the key the kid names", clip(h.key.Kid, 80))
		}
		add(CauseOtherKey, fmt.Sprintf("it was signed by %s; %s", h.key.name(), said), fix)
	}
	if s.known && !h.key.fits(s.alg) && slices.Contains(s.named, h.key) {
		made := h.madeWith()
		if made == "" {
			made = naturalAlg(h.key)
		}
		add(CauseKeyAlgMismatch, fmt.Sprintf("it was signed with %s (%s), which alg %s does not fit", h.key.name(), h.key.Describe(), s.alg.name),
			fmt.Sprintf("set alg to %s, or sign with %s", made, s.alg.wants()))
	}
}

// naturalAlg is the algorithm a key is used with where nothing else is said.
func naturalAlg(k *Key) string {
	switch k.Kty {
	case KtyRSA:
		return "RS256"
	case KtyOKP:
		return "EdDSA"
	}
	return algorithmFor(famECDSA, ownHash(k), k.Crv)
}

// methodAnomalies reports a padding, hash or salt that alg does not ask for.
func (s *search) methodAnomalies(h hit, add func(cause, words, fix string)) {
	if !s.known {
		return
	}
	want := s.alg
	if !h.key.fits(want) { // judged against the key's own algorithm instead
		want, _ = lookupAlgorithm(naturalAlg(h.key))
		if h.family == famPSS || h.family == famPKCS1 {
			want.family, want.hash = h.family, h.hash
		}
	}
	instead := func(alg string) string {
		if alg == "" {
			return "sign as alg " + s.alg.name + " says"
		}
		return fmt.Sprintf("set alg to %s, or sign as %s says", alg, s.alg.name)
	}
	switch {
	case h.family == famPSS && want.family == famPKCS1:
		add(CausePadding, fmt.Sprintf("it is an RSA-PSS signature; alg %s asks for PKCS#1 v1.5", s.alg.name), instead(h.madeWith()))
	case h.family == famPKCS1 && want.family == famPSS:
		add(CausePadding, fmt.Sprintf("it is a PKCS#1 v1.5 signature; alg %s asks for RSA-PSS", s.alg.name), instead(h.madeWith()))
	}
	switch {
	case h.bare && h.unhashed != hashed:
		add(CausePadding, "the text itself was encrypted with the private key, without hash and DigestInfo", "use the library's signing function, not its encryption")
	case h.bare:
		add(CausePadding, "the digest was encrypted with the private key without the DigestInfo that names the hash (as Node's privateEncrypt or raw RSA does)", "use the library's signing function, not its encryption")
	case h.noNull:
		add(CausePadding, "the DigestInfo inside the signature lacks the NULL parameter RFC 8017 asks for", "use another signing library or version")
	}
	s.hashAnomaly(h, want, instead, add)
}

func (s *search) hashAnomaly(h hit, want algorithm, instead func(string) string, add func(cause, words, fix string)) {
	switch {
	case h.prehash:
		add(CauseHash, "it is an Ed25519ph signature (the text was hashed first); JWS uses plain Ed25519", "sign the text itself with plain Ed25519")
	case h.unhashed != hashed && h.family == famECDSA:
		add(CauseHash, fmt.Sprintf("the text was signed without being hashed; alg %s asks for %s", s.alg.name, hashName(want.hash)), "hash the text first, or use a function that does")
	case h.hash != 0 && h.hash != want.hash:
		add(CauseHash, fmt.Sprintf("it was signed with %s, alg %s asks for %s", hashName(h.hash), s.alg.name, hashName(want.hash)), hashFix(h, want, instead))
	}
	if h.family != famPSS || want.family != famPSS {
		return
	}
	if h.mgf != h.hash {
		add(CauseHash, fmt.Sprintf("the mask (MGF1) uses %s; it must use %s as the digest does", hashName(h.mgf), hashName(want.hash)), "set the MGF1 hash as well as the digest's")
	}
	if h.salt != h.hash.Size() {
		add(CausePSSSalt, fmt.Sprintf("the PSS salt has %d bytes; RFC 7518 asks for as many as the hash has, %d", h.salt, want.hash.Size()),
			"set the salt length to that of the digest (RSA_PSS_SALTLEN_DIGEST)")
	}
}

func hashFix(h hit, want algorithm, instead func(string) string) string {
	if alg := h.madeWith(); alg != "" {
		return instead(alg)
	}
	return "sign with " + hashName(want.hash)
}
