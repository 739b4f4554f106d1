package jose

import (
	"crypto"
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// search is the state of one examination.
type search struct {
	x      *Exhibit
	alg    algorithm
	known  bool // alg is one that can be verified
	named  []*Key
	others []*Key
	all    []*Key       // named, then others
	sent   []byte       // the text as sent
	clean  []byte       // the text with its encoding repaired; see cleaned
	next   int          // others before this place were tried with the plain reading
	core   []variant    // the first coreVariants, made once for all keys
	forms  []digestForm // of the text as sent; see formsOf

	effort     effort
	plainTicks int // what the plain verification cost
	tried      int
	// guess is the hypothesis being tried: while it is set, only the text as sent
	// and the one reading of the hypothesis are looked at.
	guess *Hypothesis
	// opened is a reading that proves the key, though the text was not found.
	opened *hit
	// distrusted is a key the signature seemed to be made with, but in whose name
	// anyone can sign.
	distrusted *Key
	// undecided is a key whose PSS structure with the longest salt fits: chance
	// makes such a structure too often for a proof.
	undecided *Key
	// onCurve: the signature has a form an EC or Ed25519 key could have made, so
	// only a verification can show which.
	onCurve bool
}

// hit is a reading of the signature that was confirmed.
type hit struct {
	key     *Key
	shape   shape
	variant variant
	family  family
	reading
	mgf     crypto.Hash // PSS
	salt    int         // PSS: its length in bytes
	bare    bool        // PKCS#1 v1.5 without DigestInfo
	noNull  bool        // a DigestInfo without NULL
	twice   string      // how the digest was treated before it was hashed again
	unknown bool        // the key is proven, what was signed is not found
	proof   string
}

// unhashed says what was signed without being hashed.
type unhashed uint8

const (
	hashed unhashed = iota
	unhashedText
	unhashedPayload
)

// hypothesis is the hit as a guess for other assertions.
func (h hit) hypothesis() *Hypothesis {
	return &Hypothesis{key: h.key, shape: h.shape.id, reading: h.reading, content: !h.unknown}
}

// run looks for the reason, hypotheses first.
func (s *search) run(first []Hypothesis) Diagnosis {
	if d, ok := s.guesses(first); ok {
		return d
	}
	if d, ok := s.signedByOther(&s.effort); ok {
		return d
	}
	if d, ok := s.hmacWithPublic(); ok {
		return d
	}
	if s.known && s.alg.family == famHMAC {
		d := s.hmacFailed()
		if d.ValidRepaired {
			return d
		}
		if h, ok := s.find(); ok { // a real signature under a symmetric alg
			return s.conclude(h)
		}
		return d
	}
	if h, ok := s.find(); ok {
		return s.conclude(h)
	}
	if s.opened != nil {
		return s.conclude(*s.opened)
	}
	return s.nothingFound()
}

// guesses tries what costs no more than verifying: the signature opened with
// the RSA keys that kid names, and what was found for other assertions.
func (s *search) guesses(first []Hypothesis) (Diagnosis, bool) {
	defer func() { s.guess = nil }()
	try := func(g Hypothesis, k *Key) (Diagnosis, bool) {
		g.key = k
		s.guess = &g
		if g.mac > 0 {
			return s.macGuess(g)
		}
		h, ok := s.withKey(k)
		switch {
		case !ok:
		case !h.unknown:
			return s.conclude(h), true
		case s.opened == nil:
			s.opened = &h
		}
		return Diagnosis{}, false
	}
	const mostNamed = 2 // with the same kid; more are the search's business
	for _, k := range s.named[:min(len(s.named), mostNamed)] {
		if k.Kty == KtyRSA {
			if d, ok := try(Hypothesis{}, k); ok {
				return d, true
			}
		}
	}
	for _, g := range first {
		if d, ok := try(g, g.key); ok {
			return d, true
		}
		for _, k := range s.named[:min(len(s.named), mostNamed)] {
			if k != g.key && k.Kty == g.key.Kty && k.Crv == g.key.Crv {
				if d, ok := try(g, k); ok {
					return d, true
				}
			}
		}
	}
	return Diagnosis{}, false
}

// withKey looks at the one reading of the guess, with one key.
func (s *search) withKey(k *Key) (hit, bool) {
	if k.Kty == KtyRSA {
		return s.rsa(k)
	}
	c := s.curveKey(k)
	if c == nil {
		return hit{}, false
	}
	return s.stage(c, []reading{s.guess.reading}, true)
}

// spend uses ticks of the budget; a guess is free.
func (s *search) spend(ticks int, what string, k *Key) bool {
	return s.guess != nil || s.effort.spend(ticks, what, k)
}

// find goes through the keys, those kid names first. RSA comes before the
// curves: opening a signature costs little and says most.
func (s *search) find() (hit, bool) {
	for _, k := range s.all {
		if h, ok := s.rsa(k); ok {
			return h, true
		}
	}
	return s.curves()
}

// coreList makes the first variants once. Without the budget for them they are
// the text as sent, and the same with its encoding repaired.
func (s *search) coreList() []variant {
	if s.core != nil {
		return s.core
	}
	if !s.effort.spend(coreVariants*s.variantTicks(), "other spellings of the text", nil) {
		s.core = []variant{{input: s.sent}}
		if clean := s.cleaned(); clean != nil {
			s.core = append(s.core, variant{n: 1, input: clean, repaired: true})
		}
		return s.core
	}
	for v := range s.x.variants() {
		v.input = v.text()
		s.core = append(s.core, v)
		if len(s.core) == coreVariants {
			break
		}
	}
	return s.core
}

// variantTicks is the cost of making and hashing one variant.
func (s *search) variantTicks() int {
	return 3 + len(s.sent)/writeBytesPerTick + len(s.sent)/hashBytesPerTick
}

// variantAt returns the variant at a place in their order.
func (s *search) variantAt(n int) (variant, bool) {
	if n < len(s.core) {
		return s.core[n], true
	}
	for v := range s.x.variants() {
		if v.n == n {
			return v, true
		}
	}
	return variant{}, false
}

// nothingFound says what can be said about a signature no reading of which was
// confirmed: its form, else that no given key made it. With RSA that is
// certain; on a curve it applies to the texts that were tried.
func (s *search) nothingFound() Diagnosis {
	if k := s.distrusted; k != nil {
		return Diagnosis{Inconclusive: true, Words: fmt.Sprintf("%s cannot be used: %s", k.name(), k.Unsound())}
	}
	usable := func(k *Key) bool { return k.Public != nil }
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
	if !slices.ContainsFunc(s.all, usable) || len(s.named) > 0 && !slices.ContainsFunc(s.named, usable) && s.named[0].Kty != KtyOct {
		return s.noUsableKey()
	}
	if s.known && len(s.named) == 1 && !s.named[0].fits(s.alg) {
		return s.keyUnfit(s.named[0])
	}
	return s.unknownKey()
}

func (s *search) noUsableKey() Diagnosis {
	for _, k := range s.all {
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

// unknownKey is what is left where nothing was found. It is never certain: one
// changed character of the signature looks exactly like another key.
func (s *search) unknownKey() Diagnosis {
	d := Diagnosis{Cause: CauseUnknownKey, Certainty: finding.Likely,
		Fix: "publish the public half of the key that signs, or sign with the private half of a published key; if the key is right, compare the signature with the signer's output character by character"}
	var keys []*Key // those that could have made a signature of this form
	for _, k := range s.all {
		if k.Public != nil && (k.Kty == KtyRSA) != s.onCurve {
			keys = append(keys, k)
		}
	}
	switch {
	case s.undecided != nil:
		d.Words = noneOf(keys, "is proven to have made the signature", "is not proven to have made the signature")
		d.Proof = fmt.Sprintf("no verification succeeds; what opens with %s looks like PSS with the longest salt over another text, which cannot be distinguished from chance", s.undecided.name())
	case s.effort.cut:
		d.Words = noneOf(keys, "verifies", "does not verify") + " the signature, as far as was tried"
		d.Proof = fmt.Sprintf("no verification succeeds in %d tries, and the search was cut", s.tried)
	case !s.onCurve:
		d.Words = noneOf(keys, "verifies", "does not verify") + " the signature"
		d.Proof = "with every key, what it decrypts to has neither PKCS#1 v1.5 nor PSS padding"
	default:
		d.Words = noneOf(keys, "verifies", "does not verify") + " the signature, over any text that was tried"
		d.Proof = fmt.Sprintf("no verification succeeds in %d tries", s.tried)
	}
	if lost := lostCase(s.x.SignatureText); lost != "" {
		d.Words += fmt.Sprintf(": it has %s, so its letter case was changed on the way", lost)
		d.Fix = "send the signature as the signer printed it; something on the way changes letter case"
		return d
	}
	d.Words += ": it was signed with a different private key, or characters of the signature were changed on the way"
	return d
}

// lostCase says which letters a signature lacks altogether, where chance makes
// that less than once in 2^64; "" if it has both kinds or is too short.
func lostCase(sent string) string {
	const fewest = 90 // characters: (38/64)^90 is below 2^-67
	letters := func(from, to byte) bool {
		for i := range len(sent) {
			if sent[i] >= from && sent[i] <= to {
				return true
			}
		}
		return false
	}
	switch {
	case len(sent) < fewest:
		return ""
	case !letters('A', 'Z') && letters('a', 'z'):
		return "no capital letter"
	case !letters('a', 'z') && letters('A', 'Z'):
		return "only capital letters"
	}
	return ""
}

// names lists keys for a sentence.
// noneOf says of all keys what one does and none of them does.
func noneOf(keys []*Key, does, doesNot string) string {
	if len(keys) == 1 {
		return keys[0].name() + " " + doesNot
	}
	return fmt.Sprintf("none of the keys (%s) %s", names(keys), does)
}

func names(keys []*Key) string {
	list := make([]string, 0, 4)
	for i, k := range keys {
		if i == 3 && len(keys) > 4 {
			list = append(list, fmt.Sprintf("%d more", len(keys)-3))
			break
		}
		list = append(list, k.name())
	}
	return strings.Join(list, ", ")
}
