package profile

import (
	"slices"
	"strings"
)

// nearest returns the word that was probably meant, or "" where none is near
// enough: at most a third of the letters may differ.
func nearest(word string, words []string) string {
	if len(word) > 80 {
		return ""
	}
	word = strings.ToLower(word)
	best, least := "", len(word)/3+1
	for _, w := range words {
		if d := editDistance(word, strings.ToLower(w)); d < least {
			best, least = w, d
		}
	}
	if best == "" {
		best = sameParts(word, words)
	}
	return best
}

// sameParts finds the word made of the same parts in another order:
// missing-kid for kid-missing.
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

// nearestKey is nearest for rule keys: the "*" of a declaration stands for the
// name the writer used in that place.
func nearestKey(id string) string {
	parts := strings.Split(id, ".")
	words := make([]string, 0, len(vocabulary))
	for i := range vocabulary {
		w := vocabulary[i].ID
		if strings.Contains(w, "*") {
			if len(parts) != strings.Count(w, ".")+1 {
				continue
			}
			w = strings.Replace(w, "*", parts[1], 1)
		}
		words = append(words, w)
	}
	return nearest(id, words)
}

// editDistance counts the insertions, deletions, substitutions and swaps of
// neighbours that lead from a to b.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	before := make([]int, len(y)+1)
	last := make([]int, len(y)+1)
	row := make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// Nearest returns the known word that one was probably meant to be, "" for none.
func Nearest(word string, words []string) string { return nearest(word, words) }
