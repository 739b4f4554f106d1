package jose

import (
	"encoding/base64"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Exhibit is a signed text, with the keys that may have signed it.
type Exhibit struct {
	Alg             string // the header's alg, exactly as written
	Header, Payload Part
	Signature       []byte // decoded from the third part, after repairs of its base64
	SignatureText   string // the third part as it was sent

	Keys []*Key
	// Kid is the header's kid. Without one, a key that verifies is the right one.
	Kid    string
	HasKid bool

	// Secrets are shared secrets the client is known to have, for HMAC.
	Secrets [][]byte

	// Budget limits the search of Diagnose, in units of one P-256 verification
	// (about 70 µs on a slow core); 0 means DefaultBudget.
	Budget int
}

// DefaultBudget ends the search of one exhibit within a second of CPU time on
// a slow core.
const DefaultBudget = 12000

// Diagnosis is why a signature does or does not verify.
type Diagnosis struct {
	// Valid: it verifies over the text exactly as sent, with the key kid names,
	// under the header's alg, and all three parts are proper base64url.
	Valid bool
	// ValidRepaired: it verifies, but only leniently: once the encoding of a part
	// is repaired, or over parts that are not proper base64url.
	ValidRepaired bool
	// Inconclusive: nothing can be said about the signature (alg none or unknown,
	// no usable key); Words says why.
	Inconclusive bool

	Cause string   // the most specific one, "" unless the signature fails
	Also  []string // further causes that apply at the same time
	// Certainty is Certain where Proof is a verification or a structure chance
	// does not make, Likely where only the form speaks or the search was cut.
	Certainty finding.Certainty
	Proof     string // how it was confirmed, one sentence
	Words     string // what a developer needs to know, without a full stop
	Fix       string // what to do

	Key *Key // the key that made the signature, if known
	// MadeWith is the algorithm the signature was really made with, where it has a name.
	MadeWith string

	// KidFound reports whether any key has the header's kid (or the header has none).
	KidFound bool

	CandidatesTried int // texts and forms tried
	// Cut reports that the budget ended the search before its end, without a
	// confirmed explanation; CutAt says what was being tried then.
	Cut   bool
	CutAt string
	// Spent is what the search cost, in the units of Exhibit.Budget; the plain
	// verification is not counted.
	Spent int

	reading *Hypothesis // how the signature was made, where that was confirmed
}

func (x *Exhibit) sentInput() []byte  { return joinParts(x.Header.Sent, x.Payload.Sent) }
func (x *Exhibit) cleanInput() []byte { return joinParts(x.Header.Clean, x.Payload.Clean) }

func joinParts(header, payload string) []byte { return appendParts(nil, header, payload) }

func appendParts(to []byte, header, payload string) []byte {
	to = append(slices.Grow(to, len(header)+1+len(payload)), header...)
	return append(append(to, '.'), payload...)
}

// canonical reports whether all three parts are base64url as RFC 7515 section 2
// defines it, so that a strict reader gets as far as the signature.
func (x *Exhibit) canonical() bool {
	return isBase64URL(x.Header.Sent, x.Header.Decoded) && isBase64URL(x.Payload.Sent, x.Payload.Decoded) && isBase64URL(x.SignatureText, x.Signature)
}

// isBase64URL compares piece by piece, so that nothing is allocated.
func isBase64URL(sent string, decoded []byte) bool {
	const piece = 192 // a multiple of three bytes
	var buf [piece / 3 * 4]byte
	for len(decoded) > 0 {
		n := min(piece, len(decoded))
		text := base64.RawURLEncoding.AppendEncode(buf[:0], decoded[:n])
		if len(sent) < len(text) || sent[:len(text)] != string(text) {
			return false
		}
		sent, decoded = sent[len(text):], decoded[n:]
	}
	return sent == ""
}
