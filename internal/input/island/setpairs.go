package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// A program sets the parameters of a request one by one: form.Set("grant_type", "…") in
// Go, params.add("grant_type", "…") in Java, { "grant_type", "…" } in C#.

// setPair is a parameter and its value, in brackets.
type setPair struct {
	name  srctext.Text
	value operand
	next  int  // after the bracket, or before the next pair in it
	more  bool // another pair may follow in the same bracket
}

const (
	// farthestPair is how much text may be between two parameters.
	farthestPair = 300
	// mostPairLines is how many lines may be between them.
	mostPairLines = 3
)

// readSetPairs reads parameters that a program sets, each as two values in brackets.
func readSetPairs(l *layer, i int) int {
	first, ok := l.setPair(i)
	if !ok {
		return i
	}
	pairs := []setPair{first}
	seen := map[string]bool{folded(first.name.String()): true}
	for len(pairs) < mostPairs {
		next, ok := l.nextSetPair(pairs[len(pairs)-1])
		if !ok || seen[folded(next.name.String())] {
			break
		}
		seen[folded(next.name.String())] = true
		pairs = append(pairs, next)
	}
	if !seen["granttype"] && !seen["clientassertion"] && !seen["clientassertiontype"] || len(pairs) == 1 && !seen["clientassertion"] {
		return i
	}
	var b srctext.Builder
	for n, p := range pairs {
		if n > 0 {
			b.Put("&")
		}
		encodeText(&b, p.name)
		b.Put("=")
		if p.value.known {
			encodeText(&b, srctext.Unescape(p.value.text))
		} else {
			b.Stand("{{"+plainName(p.value.name)+"}}", l.t, i, p.next)
		}
	}
	end := pairs[len(pairs)-1].next
	l.emit(Island{Kind: KindParams, Name: "parameters that a program sets", Text: b.Text(), Span: l.t.Slice(i, end).Span(), Label: l.labelBefore(i), Shown: true})
	return end
}

// nextSetPair is the pair after another: in the same bracket, or in one of the next.
func (l *layer) nextSetPair(p setPair) (setPair, bool) {
	if p.more {
		return l.setPair(p.next)
	}
	lines := 0
	for i := p.next; i < min(len(l.s), p.next+farthestPair); i++ {
		switch l.s[i] {
		case '\n':
			if lines++; lines > mostPairLines {
				return setPair{}, false
			}
		case '(', '{':
			if next, ok := l.setPair(i); ok {
				return next, true
			}
		}
	}
	return setPair{}, false
}

// setPair reads the pair after the bracket or comma at i.
func (l *layer) setPair(i int) (p setPair, ok bool) {
	from := skipBlanks(l.s, i+1)
	if from >= len(l.s) || quoteIndex(l.s[from]) < 0 {
		return p, false
	}
	n := strings.IndexByte(l.s[from+1:min(len(l.s), from+2+longestName)], l.s[from])
	if n < 0 || pairClass(l.s[from+1:from+1+n]) != pairParam {
		return p, false
	}
	p.name = l.t.Slice(from+1, from+1+n)
	at := skipBlanks(l.s, from+n+2)
	if at >= len(l.s) || l.s[at] != ',' {
		return p, false
	}
	if l.values == nil {
		l.values = expressionsOf(l.t, l.f.defs)
	}
	if p.value, ok = l.values.operand(skipBlanks(l.s, at+1), 0); !ok {
		return p, false
	}
	end := skipBlanks(l.s, p.value.end)
	if end >= len(l.s) {
		return p, false
	}
	switch l.s[end] {
	case ')', '}':
		p.next = end + 1
	case ',':
		p.next, p.more = end, true
	default:
		p.value.known, p.value.name = false, orWord(p.value.name)
		close := l.values.closing(i)
		if close < 0 || l.s[i] == ',' {
			return p, false
		}
		p.next = close + 1
	}
	return p, true
}

// orWord is a name, or a word if there is none.
func orWord(name string) string {
	if name == "" {
		return "value"
	}
	return name
}
