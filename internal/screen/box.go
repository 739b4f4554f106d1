package screen

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// box is what never scrolls: the cause, the server's words that belong to it, the fix.
func (m *Model) box(f frame) []string {
	width := f.width - 2
	var lines []string
	_, c := m.current()
	switch {
	case c == nil:
		lines = m.emptyBox(width)
	default:
		if e, n, of, ok := m.panes.fault(); ok {
			lines = m.boxOf(c, e, n, of, f.box, width)
		} else {
			lines = m.verdictBox(c, width)
		}
	}
	out := make([]string, f.box)
	for i := range out {
		if i < len(lines) {
			out[i] = " " + lines[i]
		}
	}
	return out
}

// boxed is how many lines the box needs for the longest of the faults, so that it does
// not change its height as somebody moves through them.
func (m *Model) boxed(most, width int) int {
	_, c := m.current()
	if c == nil {
		return 3
	}
	lines, looked := 3, 0
	if _, _, of, _ := m.panes.fault(); of == 0 {
		lines = len(m.verdictBox(c, width))
	}
	for _, e := range m.panes.all {
		if !e.isFault() {
			continue
		}
		if looked++; looked > 12 {
			return most
		}
		lines = max(lines, len(m.boxOf(c, e, looked, looked, most, width)))
	}
	return lines
}

func (m *Model) emptyBox(width int) []string {
	text := "Paste a token, curl, HAR, HTTP or error. Nothing leaves this machine."
	switch {
	case m.visit != nil && !m.visit.live:
		text = "The keys are here. Paste a token or a request to check."
	case m.Live != nil:
		text = "Waiting for the first exchange."
	}
	var out []string
	for _, l := range wrap(m.paint.plainly(text), width) {
		out = append(out, m.paint.with(strong, l))
	}
	return out
}

// verdictBox is the box of a case in which nothing is wrong.
func (m *Model) verdictBox(c *finding.Case, width int) []string {
	s := c.Summary
	sign, i, text := m.paint.tick, good, "No problems found"
	if s.Skip > 0 && m.panes.missing() {
		i = plain
	}
	if c.Unfinished != "" {
		sign, i, text = m.paint.bang, warn, "Could not finish: "+m.seen(c.Unfinished)
	}
	out := []string{m.paint.with(i, sign) + " " + m.paint.with(strong, text)}
	detail := fmt.Sprintf("%d checks passed", s.Pass)
	for _, e := range m.panes.all {
		if e.kind == unasked {
			detail += "; " + e.text
		}
	}
	for _, l := range wrap(detail, width-2) {
		out = append(out, "  "+l)
	}
	if m.visit.edit != nil && m.visit.edit.unsigned {
		out = append(out, "  Edited, no longer signed: "+m.paint.with(strong, "s")+" signs it with your key file")
	} else if m.visit.signed != "" {
		out = append(out, "  Signed here: "+m.paint.with(strong, "c")+" copies the assertion, "+m.paint.with(strong, "t")+" sends it")
	}
	return out
}

// explained is the height of a box with room for more than cause, answer and fix.
const explained = 8

// boxOf is the box of a fault, n-th of so many.
func (m *Model) boxOf(c *finding.Case, e entry, n, of, rows, width int) []string {
	p := m.paint
	sign, i := e.sign(p)
	tag := string(e.cause)
	if n > 0 {
		tag += " " + number(n) + "/" + number(of)
	}
	if e.certainty == finding.Likely || e.certainty == finding.Possible {
		tag = string(e.certainty) + " " + p.dot + " " + tag
	}
	title := wrap(m.seen(e.title), width-columns(sign)-1)
	most := 2
	if rows >= 7 {
		most = 3
	}
	title = clipped(title, most, p.ellipsis)
	var out []string
	for k, l := range title {
		lead := strings.Repeat(" ", columns(sign)+1)
		if k == 0 {
			lead = p.with(i, sign) + " "
		}
		l = p.with(strong, l)
		if k == len(title)-1 {
			if room := width - columns(sign) - 1 - columns(l); room >= columns(tag)+2 {
				l += strings.Repeat(" ", room-columns(tag)) + tag
			}
		}
		out = append(out, lead+l)
	}
	words, fix := m.answered(c, e), fixWords(e)
	left := rows - len(out)
	var said, fixed []string
	if words != "" {
		said = clipped(wrap(m.seen(words), width-2), min(2, max(left-1, 1)), p.ellipsis)
	}
	if fix != "" {
		most := max(left-len(said), 1)
		fixed = clipped(m.fixLines(m.seen(fix), width-7), most, p.ellipsis)
	}
	for _, l := range said {
		out = append(out, "  "+l)
	}
	// On a low screen the panes need the lines more.
	if room := rows - len(out) - len(fixed); room > 0 && rows >= explained && e.message != "" {
		for _, l := range clipped(wrap(m.seen(e.message), width-2), room, p.ellipsis) {
			out = append(out, "  "+l)
		}
	}
	for k, l := range fixed {
		lead := "       "
		if k == 0 {
			lead = "  " + p.with(good, "FIX") + "  "
		}
		const copies = "f copies"
		if k == len(fixed)-1 && columns(l)+7+len(copies)+2 <= width {
			l += strings.Repeat(" ", width-7-columns(l)-len(copies)) + copies
		}
		out = append(out, lead+l)
	}
	return out
}

// fixLines breaks a fix: a value is never broken at its own space if it fits.
func (m *Model) fixLines(fix string, width int) []string { return wrap(fix, width) }

// clipped is at most so many lines; that there was more is shown at the end.
func clipped(lines []string, most int, ellipsis string) []string {
	if len(lines) <= most || most <= 0 {
		return lines[:min(len(lines), max(most, 0))]
	}
	lines = append([]string(nil), lines[:most]...)
	lines[most-1] += ellipsis
	return lines
}

// answered ties a cause to what the server says.
func (m *Model) answered(c *finding.Case, e entry) string {
	who := cmp.Or(c.Profile.Name, "The server")
	if c.Profile.ID == profile.Standard {
		who = "The server"
	}
	match, explains := "", false
	if c.Symptom != nil {
		match = c.Symptom.Match
		for _, id := range c.Symptom.Explains {
			explains = explains || id == e.cause
		}
	}
	says := ""
	if e.found != nil {
		says = e.found.Answer
	}
	switch {
	case says != "" && e.found.Answered:
		return who + " said " + visible.Quoted(says) + ": this explains it"
	case explains && match != "" && e.certainty == finding.Possible:
		return who + " said " + visible.Quoted(match) + ": this is one thing it can mean"
	case explains && match != "":
		return who + " said " + visible.Quoted(match) + ": this explains it"
	case match != "" && says != "" && !strings.EqualFold(match, says):
		return who + " said " + visible.Quoted(match) + "; for this cause it is known to say " + visible.Quoted(says)
	case match != "":
		return who + " said " + visible.Quoted(match)
	case says != "":
		return who + " answers this with " + visible.Quoted(says)
	}
	return ""
}

// fixWords is the fix in one line: the values to set where they are known.
func fixWords(e entry) string {
	switch {
	case len(e.steps) > 0:
		return stepWords(e.steps)
	case e.found != nil && len(e.found.Fix) > 0:
		return e.found.Fix[0]
	}
	return e.fix
}

// stepWords says what a fix sets and removes.
func stepWords(steps []report.Step) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		if parts[i] = s.Text; s.Value != "" {
			parts[i] += " (" + s.Value + ")"
		}
	}
	return strings.Join(parts, "; ")
}
