package report

import (
	"fmt"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// matrix is what came of each case under each of several profiles.
type matrix struct {
	rows    []matrixRow
	several bool // a case was judged against more than one profile
}

type matrixRow struct {
	place, profile string
	cause          finding.CauseID
	verdict        finding.Verdict
}

// mostRows bounds a matrix; what is beyond it has a line each where it is met.
const mostRows = 24

// add takes a case into the matrix, and reports whether there was room for it.
func (m *matrix) add(c finding.Case, s sorted) bool {
	m.several = m.several || c.Advisory
	if len(m.rows) == mostRows {
		return false
	}
	m.rows = append(m.rows, matrixRow{where(c.Input), c.Profile.ID, firstCause(s), c.Summary.Verdict})
	return true
}

// matrix shows what each profile makes of each case, if there is more than one
// profile.
func (p *page) matrix(m matrix) {
	if !m.several {
		return
	}
	wide := 0
	for _, r := range m.rows {
		wide = max(wide, len(r.profile))
	}
	one := !slices.ContainsFunc(m.rows, func(r matrixRow) bool { return r.place != m.rows[0].place })
	p.heading("BY PROFILE")
	for _, r := range m.rows {
		sign, i, words := p.tick, good, "no problem found"
		switch {
		case r.verdict == finding.VerdictFail:
			sign, i, words = p.cross, worse, string(r.cause)
		case r.verdict == finding.VerdictWarn:
			sign, i, words = p.bang, warn, string(r.cause)
		}
		if !one {
			words += "  " + p.shown(r.place)
		}
		p.line(piece{i, sign + " "}, piece{plain, p.clip(fmt.Sprintf("%-*s  %s", wide, p.sentence(r.profile), words), p.width-2)})
	}
}

// aheadOf is the first note about a later day; "" for none.
func aheadOf(s sorted) string {
	for _, e := range s.notes {
		if e.found != nil && e.found.Ahead {
			return e.found.Title
		}
	}
	return ""
}
