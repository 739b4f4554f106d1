package jose

import (
	"bytes"
	"crypto"
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Exhibit is a signed text, with the keys that may have signed it.
type Exhibit struct {
	Alg             string // the header's alg, as it stands there
	Header, Payload Part
	Signature       []byte // decoded from the third part, after repairs of its base64
	SignatureText   string // the third part as it was sent

	Keys []*Key
	// Kid is the header's kid. Without one, a key that verifies is the right one.
	Kid    string
	HasKid bool

	// Secrets are shared secrets the client is known to have, for HMAC.
	Secrets [][]byte

	// Budget bounds the search, in units of one P-256 verification (about 0.1 ms);
	// 0 means DefaultBudget.
	Budget int
}

// DefaultBudget ends a search over ten keys within about two seconds on one
// slow core.
const DefaultBudget = 12000

// Diagnosis is why a signature does or does not verify.
type Diagnosis struct {
	// Valid: it verifies over the text exactly as sent, with the key kid names,
	// under the header's alg, and all three parts are proper base64url.
	Valid bool
	// ValidRepaired: it verifies, but only leniently: once the encoding of a part
	// is repaired, or over parts that are no proper base64url.
	ValidRepaired bool
	// Inconclusive: nothing can be said of the signature (alg none or unknown, no
	// usable key); Words tells why.
	Inconclusive bool

	Cause string   // the most specific one, "" unless the signature fails
	Also  []string // further causes that hold at the same time
	// Certainty is Certain where Proof is a verification or a structure chance
	// does not make, Likely where the form alone speaks.
	Certainty finding.Certainty
	Proof     string // how it was confirmed, one sentence
	Words     string // what a developer needs to know, without a full stop
	Fix       string // what to do

	Key *Key // the key that made the signature, where known
	// MadeWith is the algorithm the signature was really made with, where it has a name.
	MadeWith string

	// KidFound tells whether any key has the header's kid (or the header has none).
	KidFound bool

	CandidatesTried int  // texts and forms tried
	Cut             bool // the budget ended the search before its end
}

// search is one run of Diagnose.
type search struct {
	x      *Exhibit
	alg    algorithm
	known  bool // alg is one that can be verified
	named  []*Key
	others []*Key
	core   []variant // the first coreVariants, made once for all keys

	left  int
	tried int
	cut   bool
	// undecided is a key whose PSS structure with the longest salt fits: chance
	// makes such a structure too often for a proof.
	undecided *Key
	// onCurve tells that the signature has a form an EC or Ed25519 key could have
	// made, so that verification alone can tell.
	onCurve bool
}

// hit is a reading of the signature that was confirmed.
type hit struct {
	key     *Key
	shape   shape
	variant variant
	family  family
	hash    crypto.Hash
	mgf     crypto.Hash // PSS
	salt    int         // PSS: its length in bytes
	bare    bool        // PKCS#1 v1.5 without DigestInfo
	noNull  bool        // a DigestInfo without NULL
	twice   string      // how the digest was treated before it was hashed again
	unhash  bool        // ECDSA over the text itself
	prehash bool        // Ed25519ph
	unknown bool        // the key is proven, what was signed is not found
	proof   string
}

// Diagnose finds out why a signature does not verify. It is deterministic: its
// search is bounded by what it tries, not by the clock.
func Diagnose(x Exhibit) Diagnosis {
	s := &search{x: &x, left: x.Budget}
	if s.left <= 0 {
		s.left = DefaultBudget
	}
	s.alg, s.known = lookupAlgorithm(x.Alg)
	s.pickKeys()
	d := s.run()
	// What was not found in a text too long to rewrite may still be there.
	s.cut = s.cut || x.tooLong() && (d.Cause == CauseUnknownKey || d.Cause == CauseContentChanged)
	d.CandidatesTried, d.Cut, d.KidFound = s.tried, s.cut, len(s.named) > 0
	return d
}

// pickKeys parts the keys kid names from the others. A lone key without a kid
// (from a PEM file, say) is meant whatever the header says.
func (s *search) pickKeys() {
	for _, k := range s.x.Keys {
		if k == nil {
			continue
		}
		if !s.x.HasKid || k.HasKid && k.Kid == s.x.Kid || len(s.x.Keys) == 1 && !k.HasKid {
			s.named = append(s.named, k)
		} else {
			s.others = append(s.others, k)
		}
	}
}

func (s *search) run() Diagnosis {
	if isNone(s.x.Alg) {
		return Diagnosis{Inconclusive: true, Words: "alg is none: there is no signature to verify, whatever stands in the third part"}
	}
	if len(s.x.Signature) == 0 {
		return Diagnosis{Inconclusive: true, Words: "there is no signature to verify"}
	}
	if d, ok := s.valid(); ok {
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
	if d, ok := s.signedByOther(); ok {
		return d
	}
	if h, ok := s.find(); ok {
		return s.conclude(h)
	}
	return s.nothingFound()
}

// valid asks the standard verifier, first over the text as sent, then over the
// text with its encoding repaired.
func (s *search) valid() (Diagnosis, bool) {
	if !s.known {
		return Diagnosis{}, false
	}
	keys := s.named
	if s.alg.family == famHMAC {
		for _, secret := range s.x.Secrets {
			keys = append(keys[:len(keys):len(keys)], SecretKey(secret))
		}
	}
	for _, k := range keys {
		if s.spent() {
			break
		}
		if s.verifies(s.alg, s.x.sentInput(), k) {
			d := Diagnosis{Valid: s.x.canonical(), Key: k, MadeWith: s.alg.name, Certainty: finding.Certain, Proof: "verified over the text as sent"}
			if !d.Valid {
				d.ValidRepaired, d.Words = true, "the signature verifies, but a part is no proper base64url, and a strict server refuses it before it looks"
			}
			return s.ownWords(d)
		}
		if !bytes.Equal(s.x.sentInput(), s.x.cleanInput()) && s.verifies(s.alg, s.x.cleanInput(), k) {
			return s.ownWords(Diagnosis{ValidRepaired: true, Key: k, MadeWith: s.alg.name, Certainty: finding.Certain,
				Words: "the signature verifies once the encoding of the text is repaired", Proof: "verified over the repaired text"})
		}
	}
	return Diagnosis{}, false
}

// ownWords holds a verified signature against the alg its key states for itself.
func (s *search) ownWords(d Diagnosis) (Diagnosis, bool) {
	k := d.Key
	if k.Alg == "" || k.Alg == s.alg.name || s.alg.family == famEdDSA && k.fits(s.alg) {
		return d, true
	}
	if a, ok := lookupAlgorithm(k.Alg); !ok || !k.fits(a) {
		return d, true // the key's alg is nonsense: a fault of the set, not of the signature
	}
	d.Valid, d.ValidRepaired, d.Cause = false, false, CauseKeyAlgMismatch
	d.Words = fmt.Sprintf("the signature is a right %s signature of %s, but the key is published for %s alone", s.alg.name, k.name(), k.Alg)
	d.Fix = fmt.Sprintf("sign with %s, or publish the key with alg %s or without alg", k.Alg, s.alg.name)
	return d, true
}

func (s *search) verifies(a algorithm, input []byte, k *Key) bool {
	s.tried++
	s.left -= verifyCost(k) + len(input)>>17 // hashing 128 KiB takes as long as a unit
	return verifyMath(a, input, s.x.Signature, k) == nil
}

// spent tells that the budget is used up, and notes it.
func (s *search) spent() bool {
	s.cut = s.cut || s.left <= 0
	return s.left <= 0
}

// canonical tells whether all three parts are base64url as RFC 7515 clause 2
// has it, so that no strict reader stumbles before the signature.
func (x *Exhibit) canonical() bool {
	return x.Header.Sent == b64(x.Header.Decoded) && x.Payload.Sent == b64(x.Payload.Decoded) && x.SignatureText == b64(x.Signature)
}

// signedByOther tries the keys kid does not name, with the header's own alg.
func (s *search) signedByOther() (Diagnosis, bool) {
	if !s.known {
		return Diagnosis{}, false
	}
	for _, k := range s.others {
		if s.spent() {
			break
		}
		for _, v := range []variant{{input: s.x.sentInput()}, {input: s.x.cleanInput(), repaired: true}} {
			if v.repaired && bytes.Equal(v.input, s.x.sentInput()) {
				continue
			}
			if s.verifies(s.alg, v.input, k) {
				return s.conclude(hit{key: k, shape: shape{sig: s.x.Signature}, variant: v, family: s.alg.family, hash: s.alg.hash, mgf: s.alg.hash,
					salt: saltSize(s.alg), proof: "verified with that key over the text as sent"}), true
			}
		}
	}
	return Diagnosis{}, false
}

func saltSize(a algorithm) int {
	if a.family == famPSS {
		return a.hash.Size()
	}
	return 0
}

// find goes through the keys, those kid names first. RSA comes before the
// curves: opening a signature costs little and says most.
func (s *search) find() (hit, bool) {
	for _, group := range [][]*Key{s.named, s.others} {
		for _, k := range group {
			if s.spent() {
				return hit{}, false
			}
			if h, ok := s.rsa(k); ok {
				return h, true
			}
		}
	}
	return s.curves()
}

// coreList makes the first variants once.
func (s *search) coreList() []variant {
	if s.core == nil {
		for v := range s.x.variants() {
			s.core = append(s.core, v)
			if len(s.core) == coreVariants {
				break
			}
		}
	}
	return s.core
}

// names lists keys for a sentence.
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
