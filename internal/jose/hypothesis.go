package jose

import (
	"crypto"
	"slices"
)

// Hypothesis is how another assertion's signature was found to be made: with
// which key, and over which reading of the text. For any other assertion it is
// no more than a guess that is tried early.
type Hypothesis struct {
	key     *Key
	shape   shapeID
	reading reading
	mac     int  // 1 + the place of the form of the public key that served as an HMAC key
	content bool // the text was found; else only that the key made the signature
}

// reading is what a signature was made over, as a place in the fixed order in
// which texts are tried: it means the same for any two assertions of one signer.
type reading struct {
	variant  int         // place in the order of variants
	form     int         // 1 + place among digestForms; 0 if the text itself was hashed
	hash     crypto.Hash // what it was hashed with
	unhashed unhashed    // ECDSA over something that was not hashed
	prehash  bool        // Ed25519ph
}

// Hypotheses are the findings worth trying first, the one that was right last
// at the front. The zero value is ready for use. One goroutine uses it at a time:
// it belongs where cases pass one after the other.
type Hypotheses struct{ list []Hypothesis }

const (
	keptHypotheses     = 8
	proposedHypotheses = 4
)

// Propose returns what to try first for an examination: findings that were made
// with one of its keys.
func (h *Hypotheses) Propose(e *Examination) []Hypothesis {
	var list []Hypothesis
	for _, p := range h.list {
		i := slices.IndexFunc(e.x.Keys, func(k *Key) bool { return k == p.key || k != nil && k.Matches(p.key) })
		if i < 0 {
			continue
		}
		p.key = e.x.Keys[i]
		if list = append(list, p); len(list) == proposedHypotheses {
			break
		}
	}
	return list
}

// Learn remembers how a signature was made, where the diagnosis confirmed it.
func (h *Hypotheses) Learn(d Diagnosis) {
	if d.reading == nil {
		return
	}
	if i := slices.Index(h.list, *d.reading); i >= 0 {
		h.list = slices.Delete(h.list, i, i+1)
	} else if len(h.list) == keptHypotheses {
		h.list = h.list[:keptHypotheses-1]
	}
	h.list = slices.Insert(h.list, 0, *d.reading)
}
