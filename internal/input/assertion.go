// Package input turns what people paste, pipe and save into evidence: an assertion with
// everything that copying, mail, shells and programming languages added to it, and files
// with one or many of them.
//
// It is tolerant and exact: whatever it removed or read as something else is recorded
// with its place. It judges nothing and goes nowhere, and it says what a text it cannot
// read seems to be.
package input

import (
	"bytes"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Limits of what is read; no assertion exceeds them.
const (
	MaxAssertion = 1 << 20 // bytes of one assertion
	maxSegments  = 6
	maxRounds    = 8 // of unwrapping: nothing is wrapped deeper
)

// The causes of the check assertion-clean that a repair belongs to.
const (
	causeQuotes      = "wrapped-in-quotes"
	causeBearer      = "bearer-prefix"
	causeBytes       = "bytes-repr"
	causeSurrounding = "surrounding-whitespace"
	causeInner       = "inner-whitespace"
	causePercent     = "percent-encoded"
	causeEscaped     = "json-escaped"
	causeInvisible   = "invisible-characters"
	causeTypographic = "typographic-characters"
)

// Assertion parses text. It never fails: what is not an assertion gets the
// shape ShapeNotJWT and a name. Time and memory are linear in the text, of
// which at most MaxAssertion bytes are looked at.
func Assertion(text string, origin evidence.Origin) *evidence.Assertion {
	return AssertionOf(text, len(text), origin)
}

// AssertionOf is Assertion for text of which a reader kept only the beginning; length is
// that of the whole in bytes.
func AssertionOf(text string, length int, origin evidence.Origin) *evidence.Assertion {
	return (*Memory)(nil).assertionOf(text, length, origin)
}

func (m *Memory) assertionOf(text string, length int, origin evidence.Origin) *evidence.Assertion {
	if length == len(text) && length <= MaxAssertion {
		// Text files end with a line end; it is not a fault.
		if t, ok := strings.CutSuffix(text, "\n"); ok {
			text = strings.TrimSuffix(t, "\r")
		}
		length = len(text)
	}
	return m.assertionAsIs(text, length, origin)
}

// assertionAsIs is AssertionOf for text that was sent: every byte of it counts.
func assertionAsIs(text string, length int, origin evidence.Origin) *evidence.Assertion {
	return (*Memory)(nil).assertionAsIs(text, length, origin)
}

func (m *Memory) assertionAsIs(text string, length int, origin evidence.Origin) *evidence.Assertion {
	a := m.newAssertion()
	a.Origin, a.Length = origin, max(length, len(text))
	if len(text) > MaxAssertion {
		text = text[:MaxAssertion]
	}
	a.Whole = a.Length <= MaxAssertion && a.Length == len(text)
	a.Original = text
	if !m.healthy(a) {
		patient(a)
	}
	return a
}

// patient reads any text: it removes and repairs until it finds an assertion.
func patient(a *evidence.Assertion) {
	text := a.Original
	w := newWork(text)
	w.wide(text)
	const longest = 4096 // bytes of a placeholder
	if len(w.b) <= longest {
		if words, ok := w.placeholder(); ok {
			unread(a, evidence.ShapePlaceholder, words)
			return
		}
	}
	w.normalise()
	embedded := w.unwrap()
	if words, ok := w.placeholder(); ok {
		a.Embedded, a.InRequest = embedded.words, embedded.request
		only(a, w, embedded.words != "", evidence.ShapePlaceholder, words)
		return
	}
	if !likeToken(w.b) {
		if embedded.words != "" && embedded.named {
			// The value of client_assertion is judged, whatever is around it.
			a.Embedded, a.InRequest = embedded.words, embedded.request
			shape, words := name(string(w.b))
			only(a, w, true, shape, words)
			return
		}
		shape, words := name(text)
		unread(a, shape, words)
		return
	}
	w.join()
	w.dashes()
	a.Embedded, a.InRequest = embedded.words, embedded.request
	a.Repairs = w.sorted()
	a.Compact, a.Offsets = w.String(), w.offsets(w.end)
	a.Shape = evidence.ShapeCompact
	split(a)
	if isJWE(a) {
		a.Shape = evidence.ShapeJWE
	}
	if len(a.Segments) == 1 {
		a.LooksLike = "a single base64url segment (only the header)"
	}
}

// sorted returns the repairs in order of place.
func (w *work) sorted() []evidence.Repair {
	slices.SortStableFunc(w.repairs, func(x, y evidence.Repair) int { return x.Span.Start - y.Span.Start })
	return w.repairs
}

// unread finishes an assertion of which only what it seems to be is reported.
func unread(a *evidence.Assertion, shape evidence.Shape, words string) *evidence.Assertion {
	a.Shape, a.LooksLike = shape, words
	a.Compact = a.Original
	return a
}

// only is unread for a value found inside a larger text.
func only(a *evidence.Assertion, w *work, found bool, shape evidence.Shape, words string) {
	if !found {
		unread(a, shape, words)
		return
	}
	a.Shape, a.LooksLike = shape, words
	a.Compact, a.Offsets = w.String(), w.offsets(w.end)
}

func clipBytes(b []byte, most int) []byte { return b[:min(len(b), most)] }

// isJWE recognises an encrypted JWT (RFC 7516) by enc in its header, or by five parts and
// a header that names no signature algorithm.
func isJWE(a *evidence.Assertion) bool {
	header := a.Segments[0].JSON
	if _, ok := header.Get("enc"); ok {
		return true
	}
	alg, ok := header.Get("alg")
	signed := ok && signatureLengths(alg.Str) != nil
	return len(a.Segments) == 5 && !a.MoreSegments && !signed && !bytes.Contains(a.Segments[2].Decoded, []byte(`{"`))
}
