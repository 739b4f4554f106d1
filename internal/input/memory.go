package input

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Memory is what an assertion and its parts are read in, so that one who reads many, one
// after the other, allocates little. There is room for one; another one is allocated. The
// zero Memory is ready for use, by one goroutine.
type Memory struct {
	assertion evidence.Assertion
	segments  [3]evidence.Segment
	decoded   []byte
	objects   [2]evidence.Object // header and claims
	json      jsonspan.Memory
	read      bool    // there is an assertion
	have      [2]bool // there is an object
}

// Reset makes room for another assertion. Nothing that was read before may be used any
// more, apart from its strings.
func (m *Memory) Reset() {
	decoded, json := m.decoded[:0], m.json
	json.Reset()
	*m = Memory{decoded: decoded, json: json}
}

// Assertion parses an item; it is Item.Assertion in this memory.
func (m *Memory) Assertion(i Item) *evidence.Assertion {
	if m.read {
		return i.Assertion()
	}
	m.read = true
	return m.assertionOf(i.Text, i.Length, i.Origin)
}

// object is room for the header (0) or the claims (1).
func (m *Memory) object(index int) *evidence.Object {
	if m.have[index] {
		return new(evidence.Object)
	}
	m.have[index] = true
	return &m.objects[index]
}
