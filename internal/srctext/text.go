// Package srctext is text that knows where it came from. A paste is read
// through layers (a JWT in a form body, in a JSON string, in a log line of an
// HTML page), each of which is decoded once; whatever is found in the innermost
// one can still be pointed to in the text as it was given.
//
// Origins are kept as runs, not one number a byte: a decoded text of n bytes
// with k escapes costs n bytes and about 2k runs of 12 bytes. A Text is a
// value, is never changed, and a slice of it shares everything with it.
//
// The package decodes; it finds nothing and decides nothing.
package srctext

import (
	"sort"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Text is a piece of text with the place of each byte in the source, the text
// as it was given. The zero value is the empty text.
type Text struct {
	s    string
	from int   // s[0] is byte from of the text the runs describe
	runs []run // in order of at, shared between a text and its slices
}

// run describes the bytes from at up to the next run. With width 0 they are
// in the source byte for byte from src on; with another width each of them
// means source[src:src+width]; with src < 0 they are nowhere.
type run struct{ at, src, width int32 }

// New is a source: every byte is where it is.
func New(source string) Text {
	return Text{s: source, runs: []run{{}}}
}

// String is the text without its origins.
func (t Text) String() string { return t.s }

// Len is the number of bytes.
func (t Text) Len() int { return len(t.s) }

// Slice is the part from i up to j. It shares memory with t.
func (t Text) Slice(i, j int) Text {
	return Text{s: t.s[i:j], from: t.from + i, runs: t.runs}
}

// run is the index of the run that byte i belongs to, -1 without runs.
func (t Text) run(i int) int {
	at := int32(t.from + i)
	return sort.Search(len(t.runs), func(k int) bool { return t.runs[k].at > at }) - 1
}

// end is where run k ends, counted as run.at is.
func (t Text) end(k int) int {
	if k+1 < len(t.runs) {
		return int(t.runs[k+1].at)
	}
	return t.from + len(t.s)
}

// Place is the smallest stretch of the source that contains all of t[i:j]. exact
// reports whether the source has these very bytes there. A text that is
// nowhere has an empty place and is not exact.
func (t Text) Place(i, j int) (place jsonspan.Span, exact bool) {
	if i < 0 || j > len(t.s) || i > j || len(t.runs) == 0 {
		return jsonspan.Span{}, false
	}
	if i == j {
		return t.between(i)
	}
	exact = true
	found := false
	for k := t.run(i); k >= 0 && k < len(t.runs) && int(t.runs[k].at) < t.from+j; k++ {
		r := t.runs[k]
		if r.src < 0 {
			exact = false
			continue
		}
		start, end := int(r.src), int(r.src+r.width)
		if r.width == 0 {
			start = int(r.src) + max(t.from+i, int(r.at)) - int(r.at)
			end = int(r.src) + min(t.from+j, t.end(k)) - int(r.at)
		} else {
			exact = false
		}
		if !found {
			place, found = jsonspan.Span{Start: start, End: end}, true
			continue
		}
		exact = exact && start == place.End
		place.Start, place.End = min(place.Start, start), max(place.End, end)
	}
	return place, exact && found
}

// between is the place of the gap before byte i.
func (t Text) between(i int) (jsonspan.Span, bool) {
	if i < len(t.s) {
		if p, _ := t.Place(i, i+1); p.Len() > 0 {
			return jsonspan.Span{Start: p.Start, End: p.Start}, true
		}
	}
	if i > 0 {
		if p, _ := t.Place(i-1, i); p.Len() > 0 {
			return jsonspan.Span{Start: p.End, End: p.End}, true
		}
	}
	return jsonspan.Span{}, false
}

// At is where byte i begins in the source, and for i = Len where the last byte
// ends; -1 where it is nowhere.
func (t Text) At(i int) int {
	p, ok := t.Place(i, min(i+1, len(t.s)))
	if !ok && p.Len() == 0 {
		return -1
	}
	return p.Start
}

// Span is the place of all of it.
func (t Text) Span() jsonspan.Span {
	p, _ := t.Place(0, len(t.s))
	return p
}
