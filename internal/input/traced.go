package input

import "slices"

// traced is text in which every byte knows where in the pasted text it came from. An
// assertion under repair, each of its parts, and what a command sends are made of it. One
// offset per byte, instead of the runs of srctext.Text, allows rewriting in place and
// bytes in any order.
type traced struct {
	b  []byte
	at []int32 // the offset of each byte; -1 if it is nowhere
}

// newTraced is an empty text with room for size bytes.
func newTraced(size int) traced {
	return traced{b: make([]byte, 0, size), at: make([]int32, 0, size)}
}

func (t *traced) String() string { return string(t.b) }

func (t *traced) len() int { return len(t.b) }

// add appends text that is literally in the pasted text, at offset from.
func (t *traced) add(text string, from int) {
	t.b = append(t.b, text...)
	n := len(t.at)
	t.at = slices.Grow(t.at, len(text))[:n+len(text)]
	for i := range len(text) {
		t.at[n+i] = int32(from + i)
	}
}

// put appends text that comes from one byte of the pasted text, or from nowhere (-1).
func (t *traced) put(text string, at int) {
	t.b = append(t.b, text...)
	for range len(text) {
		t.at = append(t.at, int32(at))
	}
}

// putByte is put for a single byte.
func (t *traced) putByte(c byte, at int32) {
	t.b, t.at = append(t.b, c), append(t.at, at)
}

// putPercent appends a byte percent-encoded.
func (t *traced) putPercent(c byte, at int32) {
	const digits = "0123456789ABCDEF"
	t.b, t.at = append(t.b, '%', digits[c>>4], digits[c&15]), append(t.at, at, at, at)
}

// concat appends another text.
func (t *traced) concat(o traced) { t.b, t.at = append(t.b, o.b...), append(t.at, o.at...) }

// slice is the text from i to j. Appending to it does not change t.
func (t *traced) slice(i, j int) traced { return traced{t.b[i:j:j], t.at[i:j:j]} }

// emptied is an empty text in the memory of t, to rewrite t from left to right. Writing
// must never get ahead of reading.
func (t *traced) emptied() traced { return traced{t.b[:0], t.at[:0]} }

// offsets are the offsets of all bytes, followed by that of the end.
func (t *traced) offsets(end int32) []int32 { return slices.Clip(append(t.at, end)) }
