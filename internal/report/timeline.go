package report

import (
	"cmp"
	"slices"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// The timeline is one bar with a column for each instant, labels above it, and
// the moment of judgement below:
//
//	      iat                    limit +5m00s                exp +10m00s
//	   15:02:53Z                  15:07:53Z                   15:12:53Z
//	───────●━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┫╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍╍┨───
//	   ▲ now 15:02:11Z, 42s before iat
//
// Distances are to scale, except that every two instants are apart and that
// a gap which would flatten all the others is torn.
const (
	barMargin  = 3  // columns before the first instant and after the last
	barMax     = 96 // columns
	minGap     = 2  // columns between two instants
	tornGap    = 6  // columns of a torn gap
	tornFactor = 12 // a gap so many times longer than all others together is torn
	maxMarks   = 8  // more cannot be drawn; columns for them are there at the least width
	maxName    = 16 // columns of a mark's name
)

// instant is where marks of one time are on the bar.
type instant struct {
	at     int64 // Unix time in seconds
	column int
	torn   bool // the gap before it
	marks  []finding.Mark
}

// timeline draws the picture, or nothing if there is less than two marks.
func (p *page) timeline(t *finding.Timeline) {
	bar := min(p.width-pictureIndent-1, barMax)
	marks, instants, labels := p.laidOut(t, bar)
	if len(marks) < 2 {
		return
	}
	p.tags(labels, bar)
	p.bar(instants, bar)
	from, withDay := reference(marks)
	for _, i := range instants {
		for _, m := range i.marks {
			if m.Kind == finding.MarkNow {
				p.nowLine(m, i.column, marks, from, withDay, bar)
			}
		}
	}
}

// laidOut are the marks in their order, their columns on the bar, and the labels
// above it; nothing if there is less than two marks.
func (p *page) laidOut(t *finding.Timeline, bar int) (marks []finding.Mark, instants []instant, labels []tag) {
	marks = slices.Clone(t.Marks)
	if len(marks) > maxMarks {
		marks = marks[:maxMarks]
	}
	if len(marks) < 2 {
		return nil, nil, nil
	}
	sortMarks(marks)
	instants = arrange(marks, bar)
	from, withDay := reference(marks)
	for _, i := range instants {
		if t, ok := p.tag(i, from, withDay); ok {
			labels = append(labels, t)
		}
	}
	return marks, instants, labels
}

func sortMarks(marks []finding.Mark) {
	slices.SortStableFunc(marks, func(a, b finding.Mark) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
}

// arrange gives every instant its column.
func arrange(marks []finding.Mark, bar int) []instant {
	var all []instant
	for _, m := range marks {
		if n := len(all); n > 0 && all[n-1].at == m.At.Unix() {
			all[n-1].marks = append(all[n-1].marks, m)
			continue
		}
		all = append(all, instant{at: m.At.Unix(), marks: []finding.Mark{m}})
	}
	// The difference as unsigned is right even if a signed one overflows.
	gap := func(i int) float64 { return float64(uint64(all[i].at) - uint64(all[i-1].at)) }
	others := func(but int) (sum float64) { // the untorn gaps, summed again: small ones vanish next to large ones
		for i := 1; i < len(all); i++ {
			if i != but && !all[i].torn {
				sum += gap(i)
			}
		}
		return sum
	}
	whole := len(all) - 1
	for tore := true; tore; {
		tore = false
		for i := 1; i < len(all); i++ {
			if !all[i].torn && whole > 1 && gap(i) > tornFactor*others(i) {
				all[i].torn, tore = true, true
				whole--
			}
		}
	}
	total := others(0)
	torn := len(all) - 1 - whole
	room := float64(bar - 2*barMargin - 1 - torn*tornGap - whole*minGap)
	column := float64(barMargin)
	for i := range all {
		if i > 0 && all[i].torn {
			column += tornGap
		} else if i > 0 {
			column += minGap + room*gap(i)/total
		}
		all[i].column = int(column + 0.5)
	}
	return all
}

// reference is the instant others are measured from, and whether the times need
// their days to be understood.
func reference(marks []finding.Mark) (finding.Mark, bool) {
	from := marks[0]
	for _, name := range []string{"nbf", "iat"} {
		for _, m := range marks {
			if m.Kind == finding.MarkClaim && m.Label == name {
				from = m
			}
		}
	}
	return from, !sameDay(marks[0].At, marks[len(marks)-1].At)
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Format(time.DateOnly) == b.UTC().Format(time.DateOnly)
}

// bar draws the line itself: what is allowed, the limit, and what lies beyond.
func (p *page) bar(instants []instant, width int) {
	start, limit, end := reach(instants)
	cells := make([]piece, width)
	for x := range cells {
		switch {
		case x > start && x < limit:
			cells[x] = piece{good, p.span}
		case limit >= 0 && x > limit && x < end:
			cells[x] = piece{bad, p.over}
		default:
			cells[x] = piece{plain, p.track}
		}
	}
	for n, i := range instants {
		if m, ok := p.mark(i); ok {
			cells[i.column] = m
		}
		if i.torn {
			middle := (instants[n-1].column + i.column) / 2
			cells[middle] = piece{plain, p.tear}
			cells[middle+1] = piece{plain, p.tear}
		}
	}
	p.line(append([]piece{{text: pad(pictureIndent)}}, merged(cells)...)...)
}

// merged joins neighbours of one ink, so that a line is not one escape sequence a column.
func merged(cells []piece) []piece {
	var out []piece
	for _, c := range cells {
		if n := len(out); n > 0 && out[n-1].ink == c.ink {
			out[n-1].text += c.text
			continue
		}
		out = append(out, c)
	}
	return out
}

// reach finds the columns between which time is allowed, and up to which it is
// overstepped. Without a limit, exp is the limit for now.
func reach(instants []instant) (start, limit, end int) {
	start, limit, end = -1, -1, -1
	claims := map[string]int{}
	now, fault := -1, -1
	for _, i := range instants {
		for _, m := range i.marks {
			switch m.Kind {
			case finding.MarkNow:
				now = i.column
			case finding.MarkLimit:
				limit = i.column
			case finding.MarkClaim:
				claims[m.Label] = i.column
			}
			if m.Bad {
				fault = i.column
			}
		}
	}
	column := func(name string) int {
		if c, ok := claims[name]; ok {
			return c
		}
		return -1
	}
	if limit < 0 {
		limit = column("exp")
	}
	start = limit
	for _, c := range []int{column("iat"), column("nbf"), now} {
		if c >= 0 && c < limit {
			start = c
			break
		}
	}
	if end = max(now, fault); end <= limit {
		end = column("exp")
	}
	return start, limit, end
}

// mark is the sign of an instant: the limit before exp before any other claim.
// Now has none; it is below.
func (p *page) mark(i instant) (piece, bool) {
	var best piece
	rank, atFault := 0, false
	for _, m := range i.marks {
		sign, r := p.other, 1
		switch {
		case m.Kind == finding.MarkNow:
			continue
		case m.Kind == finding.MarkLimit:
			sign, r = p.limit, 3
		case m.Label == "exp":
			sign, r = p.exp, 2
		case m.Label == "iat":
			sign = p.iat
		case m.Label == "nbf":
			sign = p.nbf
		}
		atFault = atFault || m.Bad
		if r > rank {
			best, rank = piece{strong, sign}, r
		}
	}
	if atFault {
		best.ink = worse
	}
	return best, rank > 0
}

// nowLine shows the moment of judgement below the bar, right of its sign where
// there is room, else left of it, else shorter.
func (p *page) nowLine(m finding.Mark, column int, marks []finding.Mark, from finding.Mark, withDay bool, bar int) {
	name, distance := p.nowWords(m, marks, from)
	full, short := name+" "+clock(m.At, withDay && !sameDay(m.At, from.At))+distance, name+distance
	for _, text := range []string{full, short} {
		w := visible.Width(text)
		if column+2+w <= bar {
			p.line(piece{text: pad(pictureIndent + column)}, piece{quest, p.now}, piece{plain, " " + text})
			return
		}
		if w+1 <= column {
			p.line(piece{text: pad(pictureIndent + column - w - 1)}, piece{plain, text + " "}, piece{quest, p.now})
			return
		}
	}
	p.line(piece{text: pad(pictureIndent + column)}, piece{quest, p.now})
	p.line(piece{text: pad(pictureIndent)}, piece{plain, p.clip(short, bar)})
}

// nowWords names the moment, and how far it is from the claim it is measured from.
func (p *page) nowWords(m finding.Mark, marks []finding.Mark, from finding.Mark) (name, distance string) {
	name = p.clip(p.shown(m.Label), maxName)
	if near, ok := nearest(m, marks, from); ok {
		d := m.At.Unix() - near.At.Unix()
		label := p.clip(p.shown(near.Label), maxName)
		switch {
		case d < 0:
			distance = ", " + lapse(d) + " before " + label
		case d > 0:
			distance = ", " + lapse(d) + " after " + label
		default:
			distance = ", at " + label
		}
	}
	return name, distance
}

// nearest is the claim that now is measured from: exp once it is past, else the reference.
func nearest(now finding.Mark, marks []finding.Mark, from finding.Mark) (finding.Mark, bool) {
	for _, m := range marks {
		if m.Kind == finding.MarkClaim && m.Label == "exp" && now.At.After(m.At) {
			return m, true
		}
	}
	if from.Kind == finding.MarkNow {
		for _, m := range marks {
			if m.Kind != finding.MarkNow {
				return m, true
			}
		}
		return from, false
	}
	return from, true
}
