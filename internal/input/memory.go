package input

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Memory is what an assertion and its parts are read in, so that one who reads many, one
// after the other, allocates little. There is room for one; another one is allocated, and
// with a nil Memory everything is. One goroutine uses it at a time.
type Memory struct {
	assertion evidence.Assertion
	segments  [3]evidence.Segment
	decoded   []byte
	objects   [2]evidence.Object // header and claims
	json      jsonspan.Memory
	read      bool    // there is an assertion
	have      [2]bool // there is an object
}

// mostDecoded is the number of bytes that are kept for another assertion: most have fewer.
const mostDecoded = 4 << 10

// Reset makes room for another assertion. Nothing that was read before may be used any
// more, apart from its strings. What a long one needed is not kept.
func (m *Memory) Reset() {
	decoded, json := m.decoded[:0], m.json
	if cap(decoded) > mostDecoded {
		decoded = nil
	}
	json.Reset()
	*m = Memory{decoded: decoded, json: json}
}

// Assertion parses an item; it is Item.Assertion in this memory.
func (m *Memory) Assertion(i Item) *evidence.Assertion {
	if m != nil && m.read {
		m = nil
	}
	return m.assertionOf(i.Text, i.Length, i.Origin)
}

// newAssertion is room for an assertion.
func (m *Memory) newAssertion() *evidence.Assertion {
	if m == nil {
		return new(evidence.Assertion)
	}
	m.read = true
	return &m.assertion
}

// parts is room for three segments and, in one piece, for what they decode to.
func (m *Memory) parts(size int) ([]evidence.Segment, []byte) {
	if m == nil {
		return make([]evidence.Segment, 3), make([]byte, size)
	}
	m.decoded = slices.Grow(m.decoded[:0], size)[:size]
	return m.segments[:], m.decoded
}

// object is room for the header (0) or the claims (1).
func (m *Memory) object(index int) *evidence.Object {
	if m == nil || m.have[index] {
		return new(evidence.Object)
	}
	m.have[index] = true
	return &m.objects[index]
}

// scan reads the JSON of a part.
func (m *Memory) scan(text []byte) (*jsonspan.Value, []jsonspan.Fault) {
	lim := jsonspan.Limits{Values: maxClaims}
	if m == nil {
		return jsonspan.Scan(text, lim)
	}
	return m.json.Scan(text, lim)
}
