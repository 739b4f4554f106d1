package island

import (
	"sort"
)

// brackets are the braces and square brackets of a text with their partners. Quotation
// marks are ignored: an unpaired brace in a string is rare, and whatever reads an object
// checks it anyway.
type brackets struct {
	open, close []int32 // sorted by open
}

func bracketsOf(s string) brackets {
	var b brackets
	var curly, square []int32 // indices into b.open
	for i := range len(s) {
		switch s[i] {
		case '{':
			curly = append(curly, int32(len(b.open)))
			b.open, b.close = append(b.open, int32(i)), append(b.close, -1)
		case '[':
			square = append(square, int32(len(b.open)))
			b.open, b.close = append(b.open, int32(i)), append(b.close, -1)
		case '}':
			if n := len(curly); n > 0 {
				b.close[curly[n-1]] = int32(i)
				curly = curly[:n-1]
			}
		case ']':
			if n := len(square); n > 0 {
				b.close[square[n-1]] = int32(i)
				square = square[:n-1]
			}
		}
	}
	return b
}

// partner is the offset of what closes the bracket at i; -1 if nothing does.
func (b brackets) partner(i int) int {
	k := sort.Search(len(b.open), func(k int) bool { return b.open[k] >= int32(i) })
	if k < len(b.open) && b.open[k] == int32(i) {
		return int(b.close[k])
	}
	return -1
}
