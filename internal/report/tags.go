package report

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// tag is the label of a mark above the bar: a name with its distance, and the
// time of day.
type tag struct {
	column, start int
	name, clock   string
	lone          bool // without a distance: what the others are measured from
	bad           bool
}

// tag labels all that is at one instant, but for now.
func (p *page) tag(i instant, from finding.Mark, withDay bool) (tag, bool) {
	t := tag{column: i.column}
	var names []string
	for _, m := range i.marks {
		if m.Kind != finding.MarkNow {
			names = append(names, p.clip(p.shown(m.Label), maxName))
			t.bad = t.bad || m.Bad
		}
	}
	if len(names) == 0 {
		return t, false
	}
	t.name = strings.Join(names, " = ")
	if distance := i.at - from.At.Unix(); distance != 0 {
		t.name, t.lone = t.name+" "+signed(distance), false
	} else {
		t.lone = true
	}
	t.clock = clock(i.marks[0].At, withDay && (t.lone || !sameDay(i.marks[0].At, from.At)))
	return t, true
}

// oneLine is the label with both its parts on a line.
func (t tag) oneLine() tag {
	between := ", "
	if t.lone {
		between = " "
	}
	t.name, t.clock = t.name+between+t.clock, ""
	return t
}

func (t tag) width() int { return max(visible.Width(t.name), visible.Width(t.clock)) }

func (t tag) ink() ink {
	if t.bad {
		return worse
	}
	return plain
}

// tags writes the labels so that each is across its column and none meets
// another: side by side on one line, else with the time of day on a second one,
// else one above the other with a stem down to the bar.
func (p *page) tags(labels []tag, bar int) {
	lines := make([]tag, len(labels))
	for i, t := range labels {
		lines[i] = t.oneLine()
	}
	if spread(lines, bar) {
		p.tagRow(lines, nil, bar, func(t tag) string { return t.name })
		return
	}
	if spread(labels, bar) {
		p.tagRow(labels, nil, bar, func(t tag) string { return t.name })
		p.tagRow(labels, nil, bar, func(t tag) string { return t.clock })
		return
	}
	p.stack(lines, bar)
}

// spread gives the labels their places on one line, and reports whether each
// is still across its column.
func spread(labels []tag, bar int) bool {
	const apart = 2
	end := -apart
	for i := range labels {
		t := &labels[i]
		t.start = max(t.column-t.width()/2, end+apart, 0)
		end = t.start + t.width()
	}
	limit := bar + apart
	for i := len(labels) - 1; i >= 0; i-- {
		t := &labels[i]
		t.start = min(t.start, limit-apart-t.width())
		limit = t.start
		if t.start < 0 || t.start > t.column || t.start+t.width() <= t.column {
			return false
		}
	}
	return true
}

// stacked puts every label in a row as near to the bar as those before it allow;
// the first row is the nearest.
func stacked(labels []tag, bar int) [][]tag {
	var rows [][]tag
	for _, t := range labels {
		t.start = max(min(t.column-t.width()/2, bar-t.width()), 0)
		row := 0
		for row < len(rows) {
			last := rows[row][len(rows[row])-1]
			if last.start+last.width()+2 <= t.start {
				break
			}
			row++
		}
		if row == len(rows) {
			rows = append(rows, nil)
		}
		rows[row] = append(rows[row], t)
	}
	return rows
}

// stack writes labels one above the other, with stems down to the bar.
func (p *page) stack(labels []tag, bar int) {
	for i := range labels {
		labels[i].name = p.clip(labels[i].name, bar)
	}
	rows := stacked(labels, bar)
	for row := len(rows) - 1; row >= 0; row-- {
		stems := map[int]bool{}
		for above := row + 1; above < len(rows); above++ {
			for _, t := range rows[above] {
				stems[t.column] = true
			}
		}
		p.tagRow(rows[row], stems, bar, func(t tag) string { return t.name })
	}
}

// tagRow writes one part of each label, centred in its place, and stems between.
func (p *page) tagRow(labels []tag, stems map[int]bool, bar int, part func(tag) string) {
	pieces := []piece{{text: pad(pictureIndent)}}
	x := 0
	upTo := func(end int) {
		for ; x < end; x++ {
			sign := " "
			if stems[x] {
				sign = p.stem
			}
			pieces = append(pieces, piece{plain, sign})
		}
	}
	for _, t := range labels {
		text := part(t)
		w := visible.Width(text)
		upTo(t.start + (t.width()-w)/2)
		pieces = append(pieces, piece{t.ink(), text})
		x += w
	}
	upTo(bar)
	p.line(merged(pieces)...)
}
