package jsonspan

import "strings"

// Memory is what texts are read in, so that one who reads many small ones, one after the
// other, allocates little. The zero Memory is ready for use, by one goroutine.
type Memory struct {
	values, freeValues   []Value
	members, freeMembers []Member
	unclosed             []Member // of open objects, innermost last
	open                 []byte   // expected closing brackets, innermost last
}

// roomFor is the number of values, and of members, that the claims and the header of most
// JWTs have together.
const roomFor = 16

// Reset makes room for other texts. No value that was read before may be used any more.
// What a large text needed is not kept.
func (m *Memory) Reset() {
	if cap(m.unclosed) > 4*roomFor {
		m.unclosed = nil
	}
	if cap(m.open) > defaultDepth {
		m.open = nil
	}
	if cap(m.values) < roomFor {
		m.values, m.members = make([]Value, roomFor), make([]Member, roomFor)
	} else {
		clear(m.values)
		clear(m.members)
	}
	m.freeValues, m.freeMembers = m.values, m.members
}

// scanner reads a text in the memory. Where that is new, it gets what most JWTs need: an
// object of plain values has two more values than commas.
func (m *Memory) scanner(text string, lim Limits) scanner {
	if m.values == nil {
		n := min(2+strings.Count(text, ","), 32)
		m.values, m.members = make([]Value, n), make([]Member, n)
		m.freeValues, m.freeMembers = m.values, m.members
		m.unclosed, m.open = make([]Member, 0, min(n, 12)), make([]byte, 0, 8)
	}
	m.unclosed, m.open = m.unclosed[:0], m.open[:0]
	return scanner{Memory: m, text: text, lim: lim}
}

// next is memory for a value; so many have been read of the text.
func (m *Memory) next(read int) *Value {
	if len(m.freeValues) == 0 {
		m.freeValues = make([]Value, min(max(8, read), 512))
	}
	v := &m.freeValues[0]
	m.freeValues = m.freeValues[1:]
	return v
}

// list takes the members that were read since there were so many unclosed, and returns
// them as a separate list; nil for none.
func (m *Memory) list(since int) []Member {
	read := m.unclosed[since:]
	m.unclosed = m.unclosed[:since]
	n := len(read)
	if n == 0 {
		return nil
	}
	var out []Member
	if n <= len(m.freeMembers) {
		out, m.freeMembers = m.freeMembers[:n:n], m.freeMembers[n:]
	} else {
		out = make([]Member, n)
	}
	copy(out, read)
	clear(read)
	return out
}
