package wording

import (
	"slices"
	"strings"
)

// The longest words that are compared: the work grows with the product of their
// lengths, and words from outside have any length.
const (
	longestNear  = 80  // bytes, of a word somebody typed for a known one
	longestEdits = 200 // runes
)

// Nearest returns the one of the words that was probably meant, "" if none is
// near enough: at most a third of the letters may differ, or the parts are in
// another order (missing-kid for kid-missing). Case does not count.
func Nearest(word string, words []string) string {
	if len(word) > longestNear {
		return ""
	}
	word = strings.ToLower(word)
	best, least := "", len(word)/3+1
	for _, w := range words {
		if d := Distance(word, strings.ToLower(w)); d < least {
			best, least = w, d
		}
	}
	if best == "" {
		best = sameParts(word, words)
	}
	return best
}

// sameParts finds the word made of the same parts in another order.
func sameParts(word string, words []string) string {
	parts := func(s string) []string {
		p := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-_. ", r) })
		slices.Sort(p)
		return p
	}
	p := parts(word)
	if len(p) < 2 {
		return ""
	}
	for _, w := range words {
		if slices.Equal(p, parts(strings.ToLower(w))) {
			return w
		}
	}
	return ""
}

// Distance counts the insertions, deletions, substitutions and swaps of
// neighbors that lead from a to b, in runes. Of words too long to compare it
// returns the length of the longer.
func Distance(a, b string) int {
	if a == b {
		return 0
	}
	if ascii(a) && ascii(b) && len(a) <= 64 && len(b) <= 64 {
		return distance([]byte(a), []byte(b))
	}
	x, y := []rune(a), []rune(b)
	if len(x) > longestEdits || len(y) > longestEdits {
		return max(len(x), len(y))
	}
	return distance(x, y)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// distance keeps three rows of the table of distances between beginnings.
func distance[C comparable](x, y []C) int {
	var short [3 * 65]int
	rows, n := short[:], len(y)+1
	if 3*n > len(rows) {
		rows = make([]int, 3*n)
	}
	before, last, row := rows[:n], rows[n:2*n], rows[2*n:3*n]
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[n-1]
}
