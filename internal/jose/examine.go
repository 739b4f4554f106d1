package jose

import (
	"errors"
	"fmt"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Examination is one exhibit whose signature is being examined: first with the
// plain, documented reading, which is never cut short; then, if that fails, by a
// search that has a budget. One goroutine uses it at a time. It changes neither
// the exhibit nor its keys, so that several examinations may share keys.
type Examination struct {
	x       Exhibit
	s       search
	d       Diagnosis
	settled bool
}

// Examine verifies the signature under the header's alg, over the text as sent
// and with its encoding repaired. Every key that kid names is tried, whatever
// that costs: no budget makes a valid signature invalid. The other keys follow
// as far as plainAllowance goes; what is left of them belongs to the search.
func Examine(x Exhibit) *Examination {
	e := new(Examination)
	e.Examine(x)
	return e
}

// Examine is the function Examine in the memory of an examination that is over, or in
// that of a new one. No diagnosis of the earlier one may be needed any more.
func (e *Examination) Examine(x Exhibit) {
	e.Reset()
	e.x = x
	e.s.x = &e.x
	e.s.alg, e.s.known = lookupAlgorithm(x.Alg)
	e.s.pickKeys()
	if e.d, e.settled = e.s.plain(); e.settled {
		e.finish()
	}
}

// Reset forgets an examination that is over, and keeps its buffers unless they are large.
func (e *Examination) Reset() {
	const mostKeys, mostText = 64, 4 << 10
	all, sent := e.s.all[:0], e.s.sent[:0]
	clear(all[:cap(all)])
	if cap(all) > mostKeys {
		all = nil
	}
	if cap(sent) > mostText {
		sent = nil
	}
	*e = Examination{s: search{all: all, sent: sent}}
}

// Settled returns the diagnosis, and whether there is one: false means that only
// a search can say why the signature fails.
func (e *Examination) Settled() (Diagnosis, bool) { return e.d, e.settled }

// Search looks for the reason why the signature fails. It tries first what was
// found for other assertions; each of those counts only if it is confirmed for
// this one. What costs no more than a few verifications is not counted. The
// search that follows stops after budget units of work; with 0 there is none.
//
// The result depends on the arguments only, not on the clock.
func (e *Examination) Search(first []Hypothesis, budget int) Diagnosis {
	if e.settled {
		return e.d
	}
	e.s.effort.left = max(0, budget*ticksPerUnit-max(0, e.s.plainTicks-plainAllowance))
	e.d, e.settled = e.s.run(first), true
	e.finish()
	return e.d
}

// Diagnose finds out why a signature does not verify: Examine, then Search.
func Diagnose(x Exhibit) Diagnosis {
	budget := x.Budget
	if budget <= 0 {
		budget = DefaultBudget
	}
	return Examine(x).Search(nil, budget)
}

// finish adds what every diagnosis says. A search that was cut proves nothing
// by what it did not find.
func (e *Examination) finish() {
	s, d := &e.s, &e.d
	d.CandidatesTried, d.KidFound = s.tried, len(s.named) > 0
	d.Spent = (s.effort.used + ticksPerUnit - 1) / ticksPerUnit
	if d.Valid || d.ValidRepaired || d.reading != nil && d.reading.content {
		return
	}
	// What was not found in a text too long to rewrite may still be there.
	if !s.effort.cut && s.x.tooLong() && (d.Cause == CauseUnknownKey || d.Cause == CauseContentChanged) {
		s.effort.cut = true
		s.effort.at = fmt.Sprintf("other spellings of the text, which is longer than %d bytes", maxSearchInput)
	}
	if d.Cut, d.CutAt = s.effort.cut, s.effort.at; d.Cut && d.Certainty == finding.Certain {
		d.Certainty = finding.Likely
	}
}

// pickKeys separates the keys kid names from the others. A single key without a
// kid (from a PEM file, say) is meant whatever the header says.
func (s *search) pickKeys() {
	keys := slices.Grow(s.all, len(s.x.Keys))
	for _, k := range s.x.Keys {
		if k != nil && s.meant(k) {
			keys = append(keys, k)
		}
	}
	n := len(keys)
	for _, k := range s.x.Keys {
		if k != nil && !s.meant(k) {
			keys = append(keys, k)
		}
	}
	s.named, s.others, s.all = keys[:n:n], keys[n:], keys
}

func (s *search) meant(k *Key) bool {
	return !s.x.HasKid || k.HasKid && k.Kid == s.x.Kid || len(s.x.Keys) == 1 && !k.HasKid
}

// plainAllowance is the work, in ticks, for which keys that kid does not name
// are verified with whatever the budget: over a thousand RSA keys, or nineteen
// on P-521.
const plainAllowance = 50_000

// plain is the documented reading; false means that it fails.
func (s *search) plain() (Diagnosis, bool) {
	if isNone(s.x.Alg) {
		return Diagnosis{Inconclusive: true, Words: "alg is none: no signature to verify, whatever the third part contains"}, true
	}
	if len(s.x.Signature) == 0 {
		return Diagnosis{Inconclusive: true, Words: "the signature is missing"}, true
	}
	s.sent = appendParts(s.sent, s.x.Header.Sent, s.x.Payload.Sent)
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
		if s.verifies(s.sent, k) {
			d := Diagnosis{Valid: s.x.canonical(), Key: k, MadeWith: s.alg.name, Certainty: finding.Certain, Proof: "verified over the text as sent"}
			if !d.Valid {
				d.ValidRepaired, d.Words = true, "the signature verifies, but a part is not proper base64url, and a strict server refuses it before it looks"
			}
			return s.ownWords(d), true
		}
	}
	if clean := s.cleaned(); clean != nil {
		for _, k := range keys {
			if s.verifies(clean, k) {
				return s.ownWords(Diagnosis{ValidRepaired: true, Key: k, MadeWith: s.alg.name, Certainty: finding.Certain,
					Words: "the signature verifies once the encoding of the text is repaired", Proof: "verified over the repaired text"}), true
			}
		}
	}
	return s.signedByOther(&effort{left: plainAllowance})
}

// cleaned is the text with its encoding repaired; nil if that changes nothing.
func (s *search) cleaned() []byte {
	if s.x.Header.Sent == s.x.Header.Clean && s.x.Payload.Sent == s.x.Payload.Clean {
		return nil
	}
	if s.clean == nil {
		s.clean = s.x.cleanInput()
	}
	return s.clean
}

// ownWords compares a verified signature with the alg its key states for itself.
func (s *search) ownWords(d Diagnosis) Diagnosis {
	k := d.Key
	if k.Alg == "" || k.Alg == s.alg.name || s.alg.family == famEdDSA && k.fits(s.alg) {
		return d
	}
	if a, ok := lookupAlgorithm(k.Alg); !ok || !k.fits(a) {
		return d // the key's alg is nonsense: a fault of the set, not of the signature
	}
	d.Valid, d.ValidRepaired, d.Cause = false, false, CauseKeyAlgMismatch
	d.Words = fmt.Sprintf("the signature is a right %s signature of %s, but the key is published for %s only", s.alg.name, k.name(), k.Alg)
	d.Fix = fmt.Sprintf("sign with %s, or publish the key with alg %s or without alg", k.Alg, s.alg.name)
	return d
}

// verifies is the one way to Valid: the header's alg, a text, a key that fits.
func (s *search) verifies(input []byte, k *Key) bool {
	s.tried++
	if k.fits(s.alg) {
		s.plainTicks += verifyTicks(k) + len(input)/hashBytesPerTick
	}
	err := verifyMath(s.alg, input, s.x.Signature, k)
	if errors.Is(err, ErrKeyUnusable) && k.Public != nil {
		s.distrusted = k
	}
	return err == nil
}

// signedByOther tries the keys kid does not name with the header's own alg, as
// far as the effort goes; a later call continues where it stopped.
func (s *search) signedByOther(e *effort) (Diagnosis, bool) {
	if !s.known || s.alg.family == famHMAC {
		return Diagnosis{}, false
	}
	texts := []variant{{input: s.sent}}
	if clean := s.cleaned(); clean != nil {
		texts = append(texts, variant{n: 1, input: clean, repaired: true})
	}
	for ; s.next < len(s.others); s.next++ {
		k := s.others[s.next]
		if !k.fits(s.alg) || k.Public == nil {
			continue
		}
		if !e.spend(len(texts)*(verifyTicks(k)+len(s.sent)/hashBytesPerTick), "the keys that kid does not name", k) {
			break
		}
		for _, v := range texts {
			if s.verifies(v.input, k) {
				return s.conclude(hit{key: k, shape: shape{sig: s.x.Signature}, variant: v, family: s.alg.family, mgf: s.alg.hash,
					reading: reading{variant: v.n, hash: s.alg.hash}, salt: saltSize(s.alg), proof: "verified with that key over the text as sent"}), true
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
