package errortext

import "fmt"

// index finds the patterns of a text in one pass: each is looked for by four
// characters of its first words that other texts rarely have.
type index struct {
	patterns []pattern
	anchors  []anchor
	first    [1 << hashBits]uint16 // by hash, the first anchor plus one
}

// anchor is where a pattern's four characters are.
type anchor struct {
	key     uint32
	pattern int
	at      int    // among the first words' letters
	next    uint16 // of the same hash, plus one
}

const (
	gram     = 4
	hashBits = 16
)

func newIndex(entries []Entry) (*index, error) {
	n := 0
	for i := range entries {
		n += len(entries[i].Texts)
	}
	x := &index{patterns: make([]pattern, 0, 2*n), anchors: make([]anchor, 0, 2*n)}
	for i := range entries {
		for _, text := range entries[i].Texts {
			ps, err := compile(text, i)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", entries[i].ID, err)
			}
			for _, p := range ps {
				at, key := rarest(p.pieces[0].letters)
				if at < 0 {
					return nil, fmt.Errorf("%s: %q: the first words have no four characters to find them by", entries[i].ID, text)
				}
				h := hash(key)
				x.anchors = append(x.anchors, anchor{key: key, pattern: len(x.patterns), at: at, next: x.first[h]})
				x.patterns = append(x.patterns, p)
				x.first[h] = uint16(len(x.anchors))
			}
		}
	}
	return x, nil
}

func hash(w uint32) uint32 { return w * 2654435761 >> (32 - hashBits) }

// rarest returns the four letters that ordinary text has least often.
func rarest(ls []letter) (at int, key uint32) {
	best, score, unfit := 0, 100, -1 // unfit is the last letter that may be written otherwise
	at = -1
	var w uint32
	for i, l := range ls {
		b := fold(l.b)
		w = w<<8 | uint32(b)
		score += rarity(b)
		if l.kind == quote || l.b == '\\' {
			unfit = i
		}
		first := i + 1 - gram
		if first < 0 {
			continue
		}
		if first > 0 {
			score -= rarity(fold(ls[first-1].b))
		}
		if unfit < first && score > best {
			best, at, key = score, first, w
		}
	}
	return at, key
}

// rarity is how rare a character is in English and in logs, roughly.
func rarity(b byte) int {
	switch {
	case b == ' ':
		return -15 // may be more than one, and is not found then
	case b >= '0' && b <= '9':
		return 3 // logs are full of them
	case b == '.' || b == '/' || b == '-' || b == ':' || b == ',' || b == '=' || b == '_':
		return 3
	case b < 'a' || b > 'z':
		return 7
	}
	//               a  b  c  d  e  f  g  h  i  j  k  l  m  n  o  p  q  r  s  t  u  v  w  x  y  z
	return [26]int{1, 6, 4, 4, 0, 5, 5, 3, 1, 9, 7, 3, 5, 1, 1, 5, 9, 2, 2, 1, 4, 7, 6, 8, 6, 9}[b-'a']
}

// hit is a pattern that matched.
type hit struct {
	entry      int
	start, end int
	literal    int
	values     []Value
}

const (
	// mostHits bounds what is found in one text. A log that repeats an error
	// more often says nothing new.
	mostHits = 2048
	// leastLook is how many characters after the first words are looked at in
	// any text; then as many as it has. Only a text made to cost much has more.
	leastLook = 1 << 20
)

func (x *index) search(text string) []hit {
	var out []hit
	var w uint32
	var spans [mostBlanks][2]int
	look := leastLook + len(text)
	for i := 0; i < len(text); i++ {
		b := fold(text[i])
		if spaceByte(b) {
			b = ' '
		}
		w = w<<8 | uint32(b)
		for n := x.first[hash(w)]; n != 0; {
			a := &x.anchors[n-1]
			n = a.next
			if a.key != w {
				continue
			}
			p := &x.patterns[a.pattern]
			first := p.pieces[0].letters
			from := i + 1 - gram
			start := backward(text, from, first[:a.at])
			if start < 0 || look < 0 && len(p.pieces) > 1 {
				continue
			}
			end, looked := p.match(text, start, from, first[a.at:], &spans)
			look -= looked - from
			if end < 0 {
				continue
			}
			out = append(out, hit{p.entry, start, end, p.literal, p.values(text, &spans)})
			if len(out) == mostHits {
				return out
			}
		}
	}
	return out
}
