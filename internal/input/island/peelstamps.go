package island

import (
	"sort"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// maxStamps is how many time stamps at the heads of lines become islands whatever is on
// their lines. Of more, as a long log has, only those before something else do.
const maxStamps = 5000

// peeledStamp is a time stamp that peel removed.
type peeledStamp struct {
	from, to int32
	stamp    Stamp
}

func (p peeledStamp) island(t srctext.Text) Island {
	is := Island{Kind: KindStamp, Name: "a time stamp", Text: t.Slice(int(p.from), int(p.to)), Stamp: p.stamp}
	is.Span = is.Text.Span()
	return is
}

// stampIslands appends an island for every stamp of t.
func (f *finder) stampIslands(t srctext.Text, out []Island) []Island {
	for _, p := range f.stamps {
		out = append(out, p.island(t))
	}
	return out
}

// nearest puts the last stamp before each island in front of them.
func (f *finder) nearest(t srctext.Text) {
	starts := make([]int, len(f.stamps))
	for i, p := range f.stamps {
		at, _ := t.Place(int(p.from), int(p.to))
		starts[i] = at.Start
	}
	wanted := map[int]bool{}
	for _, is := range f.out {
		if i := sort.SearchInts(starts, is.Span.Start+1) - 1; i >= 0 {
			wanted[i] = true
		}
	}
	var out []Island
	for i, p := range f.stamps {
		if wanted[i] {
			out = append(out, p.island(t))
		}
	}
	f.out = append(out, f.out...)
}
