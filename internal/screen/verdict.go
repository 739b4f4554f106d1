package screen

import (
	"cmp"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Verdict is what was found, in one line for the scrollback; "" if nothing was judged.
func (m *Model) Verdict() string {
	_, c := m.current()
	if c == nil {
		return ""
	}
	name := m.seen(cmp.Or(c.Profile.Name, c.Profile.ID))
	switch {
	case c.Unfinished != "" && len(c.Diagnosis) == 0:
		return "jwtdoctor: " + name + ": could not finish: " + m.seen(c.Unfinished)
	case len(c.Diagnosis) > 0:
		m.panes.at, m.panes.filter = 0, ""
		m.panes.list(m)
		e, _, of, _ := m.panes.fault()
		line := "jwtdoctor: " + name + ": " + m.seen(e.title)
		if fix := fixWords(e); fix != "" && e.found != nil && len(e.found.Patch) > 0 {
			line += "; fix: " + m.paint.middle(m.seen(fix), 80)
		}
		if of > 1 {
			line += " (1 of " + number(of) + ")"
		}
		return line
	case c.Summary.Verdict == finding.VerdictPass:
		line := "jwtdoctor: " + name + ": no problems found"
		for _, e := range m.panes.all {
			if e.kind == unasked {
				line += "; not checked: " + m.seen(e.title)
				break
			}
		}
		if m.visit.edit != nil && m.visit.edit.unsigned {
			line += " in what was edited; it is not signed yet"
		}
		return line
	}
	return "jwtdoctor: " + name + ": " + string(c.Summary.Verdict)
}
