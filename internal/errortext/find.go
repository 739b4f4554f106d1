package errortext

import (
	"cmp"
	"slices"
	"strings"
)

// Find returns the known error texts in text: what is said first, in the order
// of the text, then what is only mentioned. What one failure says is together,
// the innermost and most specific first, what only wraps it last. Matches do
// not overlap; of two that would, the more specific one is kept. What a failure
// repeats is one match. At most 2,048 places are looked at.
func Find(text string) []Match {
	if oneToken(text) {
		return nil
	}
	lib := loaded()
	hits := apart(lib.index.search(text))
	out := make([]Match, 0, len(hits))
	for _, h := range hits {
		out = append(out, Match{
			Entry: &lib.entries[h.entry], Offset: h.start, Length: h.end - h.start,
			Values: h.values, Setting: setting(text, h), Times: 1, literal: h.literal,
		})
	}
	unlist(out)
	return chained(text, out)
}

// longestConstant is the number of bytes that no text without a space has: what
// is longer and of one piece is a token.
const longestConstant = 200

// oneToken reports whether the text is nothing but one JWT or the like, which is
// common, and spares reading the data.
func oneToken(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) <= longestConstant {
		return false
	}
	for i := range len(text) {
		if b := text[i]; !wordByte(b) && b != '-' && b != '.' {
			return false
		}
	}
	return true
}

// mostConstants is how many different constants a failure prints without any
// words next to them.
const mostConstants = 3

// unlist treats a text that has many bare constants as a list of them.
func unlist(ms []Match) {
	var seen []*Entry
	bare := func(m Match) bool { return m.Setting == Said && len(m.Values) == 0 && m.literal < sentence }
	for _, m := range ms {
		if bare(m) && !slices.Contains(seen, m.Entry) {
			seen = append(seen, m.Entry)
		}
	}
	for i := range ms {
		if len(seen) > mostConstants && bare(ms[i]) {
			ms[i].Setting = Named
		}
	}
}

// apart drops what a more specific hit overlaps, and sorts by place.
func apart(hits []hit) []hit {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(a.start, b.start) })
	var out []hit
	for i := 0; i < len(hits); {
		// A run of hits, each of which overlaps one before it.
		end, j := hits[i].end, i+1
		for j < len(hits) && hits[j].start < end {
			end = max(end, hits[j].end)
			j++
		}
		run := slices.Clone(hits[i:j])
		slices.SortStableFunc(run, func(a, b hit) int {
			return cmp.Or(cmp.Compare(b.literal, a.literal), cmp.Compare(len(b.values), len(a.values)), cmp.Compare(a.entry, b.entry))
		})
		var kept []hit
		for _, h := range run {
			if !slices.ContainsFunc(kept, func(k hit) bool { return h.start < k.end && k.start < h.end }) {
				kept = append(kept, h)
			}
		}
		slices.SortFunc(kept, func(a, b hit) int { return cmp.Compare(a.start, b.start) })
		out = append(out, kept...)
		i = j
	}
	return out
}

// chained numbers the failures, merges what each repeats and orders it. What is
// said comes first; what is only mentioned does not belong to a failure.
func chained(text string, ms []Match) []Match {
	var said, others []Match
	for _, m := range ms {
		if m.Setting == Said {
			said = append(said, m)
		} else {
			others = append(others, m)
		}
	}
	out := make([]Match, 0, len(ms))
	chain := 0
	for i := 0; i < len(said); chain++ {
		j := i + 1
		for j < len(said) && sameChain(text, said[j-1].Offset, said[j].Offset) {
			said[j].Depth = said[j-1].Depth + depth(text, said[j-1].Offset, said[j].Offset)
			j++
		}
		out = append(out, one(said[i:j], chain)...)
		i = j
	}
	for _, m := range others {
		out = append(out, one([]Match{m}, chain)...)
		chain++
	}
	return out
}

// one is what one failure says, the innermost and most specific first.
func one(ms []Match, chain int) []Match {
	var out []Match
	for _, m := range ms {
		m.Chain = chain
		if at := slices.IndexFunc(out, func(o Match) bool { return o.Entry == m.Entry && agree(o, m) }); at >= 0 {
			merge(&out[at], m)
			continue
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b Match) int {
		return cmp.Or(compareBool(a.Entry.Wraps, b.Entry.Wraps), cmp.Compare(a.Entry.Certainty.Rank(), b.Entry.Certainty.Rank()),
			cmp.Compare(b.Depth, a.Depth), cmp.Compare(b.literal, a.literal))
	})
	lend(out)
	return out
}

// agree reports whether no value contradicts.
func agree(a, b Match) bool {
	for _, v := range b.Values {
		if w := a.Value(v.Name); w != "" && w != v.Text {
			return false
		}
	}
	return true
}

func merge(into *Match, m Match) {
	into.Times += m.Times
	into.Depth = max(into.Depth, m.Depth)
	for _, v := range m.Values {
		if into.Value(v.Name) == "" {
			into.Values = append(into.Values, v)
		}
	}
}

// lend gives the first match what the others of its failure know and it does
// not say: the address that a wrapper names.
func lend(ms []Match) {
	for _, m := range ms[1:] {
		for _, v := range m.Values {
			if (v.Name == "host" || v.Name == "port" || v.Name == "url" || v.Name == "alg") && ms[0].Value(v.Name) == "" {
				ms[0].Values = append(ms[0].Values, v)
			}
		}
	}
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
