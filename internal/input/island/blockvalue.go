package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// blockEnd is the end of the lines that are the value of a name above them.
func (l *layer) blockEnd(p pairLine, next int, list bool) int {
	for n := 0; next < len(l.s) && n < mostPairs; n++ {
		end := endOfLine(l.s, next)
		from, to := trim(l.s, next, end)
		item := strings.HasPrefix(l.s[from:to], "- ")
		if from == to || list && !item || from-next <= p.indent && !item || end == len(l.s) {
			break
		}
		next = end + 1
	}
	return next
}

// pairValue writes a pair as a member, and returns where the next line begins.
func (l *layer) pairValue(b *srctext.Builder, p pairLine, next int) int {
	work := dumpWork * (p.end - p.valueFrom + 64)
	d := dump{t: l.t, s: l.s, i: p.valueFrom, end: p.end, style: p.style, work: &work}
	d.text(p.nameFrom, p.nameTo)
	d.out.Put(":")
	name := l.s[p.nameFrom:p.nameTo]
	value := l.s[p.valueFrom:p.end]
	switch {
	case value == "" || value == "|" || value == ">" || value == "|-" || value == ">-":
		next = l.blockValue(&d, p, next, value == "")
	default:
		mark := d.out.Mark()
		if _, width := quoteAt(value); (width > 0 || value[0] == '[' || value[0] == '{') && d.value(name, 0) && strings.Trim(l.s[d.i:max(p.end, d.i)], ")]};, \t") == "" {
			break
		}
		d.out.Undo(mark)
		if open, width := quoteAt(value); width > 0 && !strings.ContainsAny(value[width:], open) {
			if end := l.closing(p.valueFrom+width, open); end > 0 { // a string on several lines
				d.text(p.valueFrom+width, end)
				next = min(endOfLine(l.s, end)+1, len(l.s))
				break
			}
		}
		d.scalar(name, p.valueFrom, p.end)
	}
	out := d.out.Text()
	b.Copy(out, 0, out.Len())
	return next
}

// closing finds the quotation mark that closes a string on several lines.
func (l *layer) closing(i int, marks string) int {
	end := min(len(l.s), i+longestString)
	if n := strings.IndexAny(l.s[i:end], marks); n >= 0 && !strings.Contains(l.s[i:i+n], "\n\n") {
		return i + n
	}
	return -1
}

const longestString = 16 << 10

// blockValue writes the value that is on the lines below a name: a list, or
// text of several lines.
func (l *layer) blockValue(d *dump, p pairLine, next int, list bool) int {
	var items [][2]int
	at := next
	for at < len(l.s) && len(items) < 200 {
		end := endOfLine(l.s, at)
		from, to := trim(l.s, at, end)
		if from == to || from-at <= p.indent && !strings.HasPrefix(l.s[from:to], "- ") {
			break
		}
		if list {
			if !strings.HasPrefix(l.s[from:to], "- ") {
				break
			}
			from, to = trim(l.s, from+2, to)
			if to-from > 1 && (l.s[from] == '"' || l.s[from] == '\'') && l.s[to-1] == l.s[from] {
				from, to = from+1, to-1
			}
		}
		items = append(items, [2]int{from, to})
		at = min(end+1, len(l.s))
		if end == len(l.s) {
			break
		}
	}
	switch {
	case len(items) == 0:
		d.out.Put("null")
		return next
	case list:
		d.out.Put("[")
		for i, it := range items {
			if i > 0 {
				d.out.Put(",")
			}
			d.text(it[0], it[1])
		}
		d.out.Put("]")
		return at
	}
	var whole srctext.Builder
	for _, it := range items {
		whole.Copy(l.t, it[0], it[1])
	}
	text := whole.Text()
	e := dump{t: text, s: text.String(), end: text.Len()}
	e.text(0, text.Len())
	out := e.out.Text()
	d.out.Copy(out, 0, out.Len())
	return at
}
