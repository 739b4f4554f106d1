package screen

import (
	"slices"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// applyFix does what the fix of the selected finding says.
func applyFix(m *Model) tea.Cmd {
	f, _, _, ok := m.panes.fault()
	it, c := m.current()
	if !ok || f.found == nil || it == nil {
		return nil
	}
	e := m.editOf(it)
	if !e.apply(f.found.Patch) {
		m.status = "This fix cannot be applied here"
		return nil
	}
	words := stepWords(f.steps)
	if late := m.late(c); late > 0 && setsTime(f.found.Patch) && e.later(late) {
		words = "the fix, with the times moved to now"
	}
	m.change(e, "the fix of "+string(f.cause))
	m.status = "Applied: " + m.seen(words) + m.since(e)
	return nil
}

// late is how long ago the request was sent, in seconds; 0 where that is not known.
// The fix of a time is one for then, and what is applied here would be sent now.
func (m *Model) late(c *finding.Case) int64 {
	switch c.JudgedAsOf.Basis {
	case string(evidence.BasisDate), string(evidence.BasisHAR), string(evidence.BasisLog), string(evidence.BasisAnswer):
	default:
		return 0
	}
	at, err := time.Parse(time.RFC3339, c.JudgedAsOf.Time)
	if err != nil {
		return 0
	}
	return max(int64(m.Clock().Sub(at)/time.Second), 0)
}

// setsTime reports whether a fix sets when the assertion is made or how long it lasts.
func setsTime(steps []finding.Patch) bool {
	return slices.ContainsFunc(steps, func(s finding.Patch) bool {
		return s.Part == finding.PartClaims && !s.Remove && slices.Contains(timeClaims(), strings.TrimPrefix(s.Pointer, "/"))
	})
}

func timeClaims() []string { return []string{"iat", "nbf", "exp"} }

// later moves all times by so many seconds; false, with nothing changed, if one of
// them is no whole number.
func (e *edit) later(seconds int64) bool {
	moved := slices.Clone(e.claims)
	for i, x := range moved {
		if !slices.Contains(timeClaims(), x.name) {
			continue
		}
		n, err := strconv.ParseInt(x.raw, 10, 64)
		if err != nil {
			return false
		}
		moved[i].raw = strconv.FormatInt(n+seconds, 10)
	}
	e.claims = moved
	return true
}

// since says what an edit has made of the signature and the response.
func (m *Model) since(e *edit) string {
	switch aside := m.visit.setAside(); {
	case e.unsigned && aside:
		return " (no longer signed, so the response is left out; s signs it)"
	case e.unsigned:
		return " (no longer signed; s signs it)"
	case aside:
		return " (the response is left out)"
	}
	return ""
}
