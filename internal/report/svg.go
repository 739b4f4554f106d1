package report

import (
	"fmt"
	"html"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// The measures of the drawing, in its own units.
const (
	svgColumns = 96
	svgColumn  = 7.4
	svgRow     = 17
)

// svgTimeline is the timeline as a drawing that takes its colours from the page;
// "" if there is less than two marks.
func svgTimeline(t *finding.Timeline) string {
	p := newPage(&paint{}, Options{Width: defaultWidth})
	marks, instants, labels := p.laidOut(t, svgColumns)
	if len(marks) < 2 {
		return ""
	}
	lines := make([]tag, len(labels))
	for i, l := range labels {
		lines[i] = l.oneLine()
	}
	rows := [][]tag{lines}
	if !spread(lines, svgColumns) {
		rows = stacked(lines, svgColumns)
	}
	x := func(column int) float64 { return (float64(column) + 0.5) * svgColumn }
	barY := float64(len(rows)*svgRow + 12)
	start, limit, end := reach(instants)
	var body, spoken strings.Builder
	rect := func(from, to int, class string) {
		if to > from {
			fmt.Fprintf(&body, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="6"/>`, class, x(from), barY-3, x(to)-x(from))
		}
	}
	rect(0, svgColumns-1, "track")
	if start >= 0 && limit > start {
		rect(start, limit, "span")
	}
	if limit >= 0 && end > limit {
		rect(limit, end, "over")
	}
	for n, row := range rows {
		y := barY - 12 - float64(n*svgRow)
		for _, l := range row {
			class := "name"
			if l.bad {
				class = "name bad"
			}
			at := min(max(x(l.start)+float64(l.width())*svgColumn/2, 0), x(svgColumns-1))
			anchor := "middle"
			switch {
			case l.start <= 1:
				at, anchor = 0, "start"
			case l.start+l.width() >= svgColumns-1:
				at, anchor = x(svgColumns-1), "end"
			}
			fmt.Fprintf(&body, `<text class="%s" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`, class, at, y, anchor, html.EscapeString(l.name))
			fmt.Fprintf(&body, `<line class="stem" x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f"/>`, x(l.column), x(l.column), y+3, barY)
			spoken.WriteString(l.name + "; ")
		}
	}
	from, withDay := reference(marks)
	for n, i := range instants {
		if m, ok := p.mark(i); ok {
			class := "mark"
			if m.ink == worse {
				class = "mark bad"
			}
			fmt.Fprintf(&body, `<circle class="%s" cx="%.1f" cy="%.1f" r="5"/>`, class, x(i.column), barY)
		}
		if i.torn {
			middle := x((instants[n-1].column + i.column) / 2)
			fmt.Fprintf(&body, `<path class="tear" d="M%.1f %.1fl5 -16m4 0l-5 16"/>`, middle, barY+8)
		}
		for _, m := range i.marks {
			if m.Kind != finding.MarkNow {
				continue
			}
			name, distance := p.nowWords(m, marks, from)
			text := name + " " + clock(m.At, withDay && !sameDay(m.At, from.At)) + distance
			anchor, at := "start", x(i.column)+9
			if i.column > svgColumns/2 {
				anchor, at = "end", x(i.column)-9
			}
			fmt.Fprintf(&body, `<path class="now" d="M%.1f %.1fl6 10h-12z"/><text class="name" x="%.1f" y="%.1f" text-anchor="%s">%s</text>`,
				x(i.column), barY+8, at, barY+19, anchor, html.EscapeString(text))
			spoken.WriteString(text + "; ")
		}
	}
	label := html.EscapeString(strings.TrimSuffix(spoken.String(), "; "))
	return fmt.Sprintf(`<svg class="timeline" role="img" aria-label="Timeline: %s" viewBox="0 0 %.0f %.0f">%s</svg>`,
		label, x(svgColumns), barY+26, body.String())
}
