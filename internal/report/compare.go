package report

import (
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// A value of more columns than longest is cut; less is never cut, so that it
// can be copied.
const longest = 500

// mostBytes bounds the work on a value: what follows is neither shown nor compared.
const mostBytes = 32 << 10

// value is a text from outside as it is shown, character by character.
type value []visible.Cell

// value makes spaces at either end visible too: they are what is not seen.
func (p *page) value(s string) value {
	var more []visible.Cell
	if len(s) > mostBytes {
		text := fmt.Sprintf("%s (%s)", p.ellipsis, count(len(s)-mostBytes, "more byte"))
		more = []visible.Cell{{Text: text, Width: visible.Width(text)}}
		s = s[:mostBytes]
	}
	cells := visible.Cells(s, p.ascii)
	mark := func(c *visible.Cell) bool {
		if c.Text != " " {
			return false
		}
		c.Text, c.Width = p.space, visible.Width(p.space)
		return true
	}
	for i := 0; i < len(cells) && mark(&cells[i]); i++ {
	}
	for i := len(cells) - 1; i >= 0 && mark(&cells[i]); i-- {
	}
	return append(cells, more...)
}

func (v value) String() string {
	var b strings.Builder
	for _, c := range v {
		b.WriteString(c.Text)
	}
	return b.String()
}

func (v value) width() int {
	n := 0
	for _, c := range v {
		n += c.Width
	}
	return n
}

// back is the cell at most columns before cell at.
func (v value) back(at, columns int) int {
	at = min(at, len(v))
	for at > 0 && v[at-1].Width <= columns {
		at--
		columns -= v[at].Width
	}
	return at
}

// window is as much of v from cell from on as room allows, but never less than
// up to cell at, with an ellipsis wherever something is left out.
func (v value) window(from, at, room int, ellipsis string) value {
	dots := visible.Cell{Text: ellipsis, Width: visible.Width(ellipsis)}
	var out value
	from = min(from, len(v))
	if from > 0 {
		out = append(out, dots)
		room -= dots.Width
	}
	for to := from; to < len(v); to++ {
		room -= v[to].Width
		if to > at && (room < 0 || room < dots.Width && value(v[to+1:]).width() > room) {
			return append(out, dots)
		}
		out = append(out, v[to])
	}
	return out
}

// difference is the index of the first cell in which two values differ, and
// whether pointing at it helps: two values that have little in common differ
// everywhere.
func difference(a, b value) (int, bool) {
	first := 0
	for first < len(a) && first < len(b) && a[first].Text == b[first].Text {
		first++
	}
	if first == len(a) && first == len(b) {
		return first, false
	}
	shorter, same := min(len(a), len(b)), first
	for i := 1; same < shorter && a[len(a)-i].Text == b[len(b)-i].Text; i++ {
		same++
	}
	return first, first >= 3 || 2*same >= shorter
}

// compare shows found above expected and, where both are verbatim values, a
// caret under the first character that differs. Neither is wrapped: where one is
// wider than the line, both are cut around the difference; all of them is shown
// with them, on their own lines, where whole is wanted.
func (p *page) compare(found, expected string, verbatim, whole bool) {
	f, e := p.value(found), p.value(expected)
	first, close := difference(f, e)
	close = close && verbatim
	at := first
	if f.width() > longest || e.width() > longest {
		f, e, at = p.cut(f, at), p.cut(e, at), cutIndex(at) // both, or they would not be aligned
	}
	room := p.width - textIndent
	if f.width() <= room && e.width() <= room {
		p.pair(f, e, at, close)
		return
	}
	if whole {
		p.long("found", f)
		p.long("expects", e)
		if !close {
			return
		}
	}
	if close {
		p.line(piece{text: pad(pictureIndent)}, piece{plain, fmt.Sprintf("they differ from character %d on:", first+1)})
	} else {
		at = 0
	}
	from := f.back(at, max(room/2-visible.Width(p.ellipsis)-1, 4))
	shift := at - from
	if from > 0 {
		shift++ // the ellipsis is a cell too
	}
	p.pair(f.window(from, at, room, p.ellipsis), e.window(from, at, room, p.ellipsis), shift, close)
}

// pair writes both values behind their labels and the caret under cell at.
func (p *page) pair(f, e value, at int, caret bool) {
	p.valueLine(label("found"), f, at, caret, bad)
	p.valueLine(label("expects"), e, at, caret, strong)
	if caret {
		column := f[:min(at, len(f))].width()
		if at > len(f) {
			column = e[:min(at, len(e))].width()
		}
		p.line(piece{text: pad(textIndent + column)}, piece{worse, p.caret})
	}
}

// valueLine colours what follows the common beginning; without a caret, all.
func (p *page) valueLine(label piece, v value, at int, caret bool, i ink) {
	if !caret {
		at = 0
	}
	at = min(at, len(v))
	p.b.WriteString(label.text)
	p.b.WriteString(v[:at].String())
	p.b.WriteString(p.with(i, v[at:].String()))
	p.b.WriteByte('\n')
}

// alone writes a value without anything to compare it with.
func (p *page) alone(name, s string, whole bool) {
	v := p.value(s)
	if v.width() > longest {
		v = p.cut(v, 0)
	}
	switch room := p.width - textIndent; {
	case v.width() <= room:
		p.line(label(name), piece{plain, v.String()})
	case whole:
		p.long(name, v)
	default:
		p.line(label(name), piece{plain, v.window(0, 0, room, p.ellipsis).String()})
	}
}

func (p *page) long(name string, v value) {
	p.line(label(name))
	p.line(piece{text: pad(pictureIndent + 2)}, piece{plain, v.String()})
}

// The parts of an absurdly long value that stay: its beginning, what is
// around the difference, its end. In cells.
const (
	keepHead   = 160
	keepAround = 80
	keepTail   = 80
)

func (p *page) cut(v value, at int) value {
	at = min(at, len(v))
	head := v[:min(keepHead, len(v))]
	rest := len(head)
	dots := visible.Cell{Text: p.ellipsis, Width: visible.Width(p.ellipsis)}
	out := append(value{}, head...)
	if at > keepHead+keepAround {
		out = append(append(out, dots), v[at-keepAround:at]...)
		rest = at
	}
	end := min(max(at, rest)+keepAround, len(v))
	out = append(out, v[rest:end]...)
	rest = end
	if len(v)-rest > keepTail {
		out = append(out, dots)
		rest = len(v) - keepTail
	}
	return append(out, v[rest:]...)
}

// cutIndex is where cell at of an uncut value is after cut.
func cutIndex(at int) int {
	if at <= keepHead+keepAround {
		return at
	}
	return keepHead + 1 + keepAround
}

// excerpt shows the place of a fault with carets under it.
func (p *page) excerpt(loc finding.Location) {
	p.labelled("at", place(loc))
	x := loc.Excerpt
	if x == nil || x.Text == "" {
		return
	}
	cells := value(visible.Cells(x.Text, p.ascii))
	from, to := len(cells), len(cells)
	for i, c := range cells {
		if c.End > x.Start && i < from {
			from = i
		}
		if c.Start >= x.Start+max(x.Length, 1) {
			to = i
			break
		}
	}
	room := p.width - textIndent
	start := 0
	if cells.width() > room {
		start = cells.back(from, room/3)
	}
	shift := from - start
	if start > 0 {
		shift++
	}
	v := cells.window(start, from, room, p.ellipsis)
	marked := max(cells[from:max(from, to)].width(), 1)
	column := v[:min(shift, len(v))].width()
	p.line(piece{text: pad(textIndent)}, piece{plain, v.String()})
	p.line(piece{text: pad(textIndent + column)}, piece{worse, strings.Repeat(p.caret, min(marked, max(room-column, 1)))})
}

// place says where a location is: in the user's file where that is known, and in the part.
func place(loc finding.Location) string {
	part := loc.Part
	if loc.Pointer != "" {
		part += " " + loc.Pointer
	} else if loc.Line > 1 {
		part += fmt.Sprintf(" line %d", loc.Line)
	}
	if s := loc.Source; s != nil && s.File != "" {
		return fmt.Sprintf("%s line %d, character %d (%s)", s.File, s.Line, s.Column, part)
	}
	return part
}
