package island

import "strings"

// literal is a string literal of a program.
type literal struct {
	start    int // where its prefix or quotation mark is
	from, to int // between the quotation marks
	end      int // after it
	quote    byte
	// holes is what begins an expression inside of it: "{", "${" or "#{"; "" for nothing.
	holes string
}

// longestLiteral is how far a literal over several lines may reach.
const longestLiteral = 16 << 10

// literals reads the string literals of a text. A quotation mark that nothing closes is
// looked at once for each line, so that reading stays linear.
type literals struct {
	s string
	// open is how far the text was searched without finding what closes ", ' and `.
	open [3]int
	// lineStart and lineEnd are the line that was read last.
	lineStart, lineEnd int
}

func quoteIndex(c byte) int { return strings.IndexByte("\"'`", c) }

// at reads the literal whose quotation mark is at i; ok is false if nothing closes it. A
// text in three quotation marks is none that is put together with others.
func (r *literals) at(i int) (l literal, ok bool) {
	q := r.s[i]
	k := quoteIndex(q)
	if k < 0 || i < r.open[k] || i+2 < len(r.s) && r.s[i+1] == q && r.s[i+2] == q {
		return l, false
	}
	l = literal{start: i, from: i + 1, quote: q}
	l.prefix(r.s)
	stop := r.endOfLine(i)
	if q == '`' {
		stop = min(len(r.s), i+longestLiteral)
	}
	for n := i + 1; n < stop; n++ {
		switch r.s[n] {
		case '\\':
			n++
		case q:
			l.to, l.end = n, n+1
			return l, true
		}
	}
	r.open[k] = stop
	return l, false
}

// endOfLine is the end of the line that byte i is on.
func (r *literals) endOfLine(i int) int {
	if i < r.lineStart || i >= r.lineEnd {
		r.lineStart, r.lineEnd = i, endOfLine(r.s, i)
	}
	return r.lineEnd
}

// prefix reads the letters before the quotation mark, which say what is in the literal.
func (l *literal) prefix(s string) {
	from := l.start
	for from > 0 && l.start-from < 2 && strings.IndexByte("fFrRbBuU$@", s[from-1]) >= 0 {
		from--
	}
	if from > 0 && from < l.start && isWord(s[from-1]) {
		from = l.start // the end of a word
	}
	head := s[from:l.start]
	l.start = from
	switch {
	case strings.ContainsAny(head, "fF$"):
		l.holes = "{"
	case l.quote == '`':
		l.holes = "${"
	case l.quote == '"':
		l.holes = "#{"
	}
}
