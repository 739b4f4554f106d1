package screen

import "strings"

// findingRows is the list of findings.
func (m *Model) findingRows(width int) []row {
	p := m.paint
	var out []row
	if m.panes.filter != "" {
		out = append(out, row{text: p.with(strong, "/"+m.panes.filter) + "  Esc shows all"})
		if len(m.panes.shown) == 0 {
			out = append(out, row{text: "nothing matches"})
		}
	}
	n := 0
	for i, at := range m.panes.shown {
		e := m.panes.all[at]
		text := e.title
		if e.text != "" {
			text = e.text
		}
		text = m.seen(text)
		sign, ink := e.sign(p)
		switch e.kind {
		case heading:
			out = append(out, row{}, row{text: p.with(strong, text)})
			continue
		case ask:
			sign, ink = p.box, quest
			if m.ticked[e.title] {
				sign = p.ticked
			}
		}
		lead := " "
		selected := i == m.panes.at
		if selected {
			lead = p.point
		}
		digit := ""
		if e.isFault() {
			if n++; n < 10 {
				digit = number(n) + " "
			}
		}
		indent := columns(lead) + columns(sign) + 1 + columns(digit)
		lines := wrap(text, width-indent)
		if !selected {
			lines = clipped(lines, 2, p.ellipsis)
		}
		for k, l := range lines {
			if selected {
				l = p.with(strong, l)
			}
			if k == 0 {
				out = append(out, row{p.with(strong, lead) + digit + p.with(ink, sign) + " " + l, selected})
			} else {
				out = append(out, row{strings.Repeat(" ", indent) + l, selected})
			}
		}
	}
	return out
}
