package doctor

import (
	"crypto/sha256"
	"encoding/binary"
	"sort"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// DefaultReplayWindow is how many uses of a jti a run remembers unless it is
// given another number.
const DefaultReplayWindow = 4_000_000

// uses remembers what a run has seen used, at 24 bytes a use: it may be long,
// and its jti values are nobody's business. What was used longer ago than the
// window is forgotten. It serves one goroutine.
type uses struct {
	window  uint64
	count   uint64 // uses so far
	shards  [256]shard
	sources []sourceOf
}

// sourceOf says from which use on the uses are those of a source, at lines of
// it where name is empty.
type sourceOf struct {
	from         uint64
	source, name string
}

// use is one entry. The digest is that of what must not come twice; its last 4
// bytes are those of the assertion it came in. Zero is not a use.
type use struct {
	digest [16]byte
	number uint32 // of the use, from 1; what counts is its distance from now
	line   uint32
}

// shard is an open-addressed table of the uses whose digests begin alike. It
// grows on its own, so that the memory never has two copies of all.
type shard struct {
	entries []use
	used    int
}

func newUses(window int) *uses {
	if window <= 0 {
		window = DefaultReplayWindow
	}
	return &uses{window: uint64(window)}
}

// digestOf is the key of a use: what must not come twice, and the assertion.
func digestOf(key, assertion [sha256.Size]byte) (d [16]byte) {
	copy(d[:12], key[:])
	copy(d[12:], assertion[:])
	return d
}

// exceeded reports whether there were more uses than the window remembers.
func (u *uses) exceeded() bool { return u.count > u.window }

// add notes a use at the place of an input, unless it was used before
// within the window; then it says where ("" for never), and whether the whole
// assertion was the same.
func (u *uses) add(d [16]byte, in evidence.Input) (earlier string, same bool) {
	at, again, same := u.note(d, in)
	if !again {
		return "", false
	}
	return at.Place(), same
}

// note is add with the place of the earlier use taken apart.
func (u *uses) note(d [16]byte, in evidence.Input) (earlier evidence.Input, again, same bool) {
	u.count++
	if n := len(u.sources); n == 0 || u.sources[n-1].source != in.Source || u.sources[n-1].name != in.Name {
		u.sources = append(u.sources, sourceOf{u.count, in.Source, in.Name})
	}
	s := &u.shards[d[0]]
	if 10*(s.used+1) > 9*len(s.entries) {
		u.grow(s)
	}
	at := u.find(s, d)
	e := &s.entries[at]
	if e.number != 0 {
		if age := u.age(*e); age <= u.window {
			return u.place(u.count-age, int(e.line)), true, e.digest == d
		}
	} else {
		s.used++
	}
	*e = use{digest: d, number: uint32(u.count), line: uint32(in.Line)}
	return evidence.Input{}, false, false
}

// age is how many uses ago an entry was made.
func (u *uses) age(e use) uint64 { return uint64(uint32(u.count) - e.number) }

// find returns the place of an entry, or the free one where it would be.
func (u *uses) find(s *shard, d [16]byte) int {
	at := int(binary.LittleEndian.Uint64(d[1:9]) % uint64(len(s.entries)))
	for s.entries[at].number != 0 && [12]byte(s.entries[at].digest[:12]) != [12]byte(d[:12]) {
		if at++; at == len(s.entries) {
			at = 0
		}
	}
	return at
}

// grow makes room, first by forgetting what has left the window.
func (u *uses) grow(s *shard) {
	old := s.entries
	kept := 0
	for _, e := range old {
		if e.number != 0 && u.age(e) <= u.window {
			kept++
		}
	}
	s.entries = make([]use, max(16, kept+kept/3+8))
	s.used = 0
	for _, e := range old {
		if e.number != 0 && u.age(e) <= u.window {
			s.entries[u.find(s, e.digest)] = e
			s.used++
		}
	}
}

// place is where a use was.
func (u *uses) place(number uint64, line int) evidence.Input {
	i := sort.Search(len(u.sources), func(i int) bool { return u.sources[i].from > number })
	if i == 0 {
		return evidence.Input{}
	}
	return evidence.Input{Source: u.sources[i-1].source, Name: u.sources[i-1].name, Line: line}
}
