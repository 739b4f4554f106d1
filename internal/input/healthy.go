package input

import (
	"encoding/base64"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// strictBase64 refuses stray bits.
var strictBase64 = base64.RawURLEncoding.Strict()

// strictly decodes base64url into all of out; it returns false if the text is anything
// else. The length reveals line ends, which the package skips.
func strictly(out []byte, text string) bool {
	n, err := strictBase64.Decode(out, []byte(text))
	return err == nil && n == len(out)
}

// A shorter part may be a word, as in header.payload.signature, and a shorter text may be
// a placeholder.
const (
	longPart = 40
	longText = 80
)

// healthy reads text that is a compact JWT of three parts and nothing else, so nothing
// has to be removed or repaired. For any other text it returns false, and patient reads
// it. Most texts are healthy, and in a batch of a million lines this is what their
// reading costs.
//
// Its result is the one patient would give; a test compares them.
func (m *Memory) healthy(a *evidence.Assertion) bool {
	text := a.Original
	first := strings.IndexByte(text, '.')
	if first < 0 || !startsToken(text) {
		return false
	}
	second := strings.IndexByte(text[first+1:], '.') + first + 1
	if second == first || strings.IndexByte(text[second+1:], '.') >= 0 {
		return false
	}
	parts := [...]jsonspan.Span{{Start: 0, End: first}, {Start: first + 1, End: second}, {Start: second + 1, End: len(text)}}
	if len(text) <= longText && !strings.ContainsAny(text, "0123456789") {
		return false // it may consist of words
	}
	size := 0
	for i, p := range parts {
		if p.Len()%4 == 1 || i > 0 && p.Len() < longPart && filler(text[p.Start:p.End]) {
			return false
		}
		size += base64.RawURLEncoding.DecodedLen(p.Len())
	}
	// One piece of memory for all three; the capacity keeps them apart.
	segments, decoded := m.parts(size)
	for i, p := range parts {
		n := base64.RawURLEncoding.DecodedLen(p.Len())
		if !strictly(decoded[:n:n], text[p.Start:p.End]) {
			return false
		}
		segments[i] = evidence.Segment{Span: p, Clean: text[p.Start:p.End], Decoded: decoded[:n:n]}
		decoded = decoded[n:]
	}
	segments[0].JSON, segments[0].JSONFaults = m.scan(segments[0].Decoded)
	a.Compact, a.Segments, a.Shape = text, segments, evidence.ShapeCompact
	if isJWE(a) {
		a.Shape = evidence.ShapeJWE
	}
	return true
}
