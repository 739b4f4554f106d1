package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// matrix is what came of each case under each of several profiles.
type matrix struct {
	rows    []matrixRow
	several bool // a case was judged against more than one profile
}

// matrixRow is one case: a cell for each profile, the one that decides first.
type matrixRow struct {
	place string
	cells []matrixCell
}

type matrixCell struct {
	profile string
	cause   finding.CauseID
	verdict finding.Verdict
	open    []string // items of the checklist that nothing was given for
}

// mostRows bounds a matrix; what is beyond it has a line each where it is met.
const mostRows = 24

// add takes a case into the matrix, and reports whether there was room for it. The
// profiles of one case come one after the other.
func (m *matrix) add(c finding.Case, s sorted) bool {
	m.several = m.several || c.Advisory
	place, last := where(c.Input), len(m.rows)-1
	cell := matrixCell{profile: c.Profile.ID, cause: firstCause(s), verdict: c.Summary.Verdict}
	for _, item := range Checklist(c) {
		if item.State == Unchecked && item.Remedy != "" {
			cell.open = append(cell.open, item.Name)
		}
	}
	switch {
	case c.Advisory && last >= 0 && m.rows[last].place == place:
		m.rows[last].cells = append(m.rows[last].cells, cell)
		return true
	case len(m.rows) == mostRows:
		return false
	}
	m.rows = append(m.rows, matrixRow{place, []matrixCell{cell}})
	return true
}

// matrix shows what each profile makes of each case, if there is more than one
// profile: of one case a line a profile, of several a line a case.
func (p *page) matrix(m matrix) {
	if !m.several {
		return
	}
	p.heading("BY PROFILE")
	if len(m.rows) == 1 {
		p.profileLines(m.rows[0])
		return
	}
	p.grid(m.rows)
}

func (p *page) profileLines(row matrixRow) {
	wide := 0
	for _, c := range row.cells {
		wide = max(wide, len(c.profile))
	}
	for _, c := range row.cells {
		sign, i := p.cell(c)
		words := string(c.cause)
		if c.verdict != finding.VerdictFail && c.verdict != finding.VerdictWarn {
			words = "no problem found"
			if open := row.openOnly(c); len(open) > 0 {
				words += "; not checked: " + strings.Join(open, ", ")
			}
		}
		p.line(piece{i, sign + " "}, piece{plain, p.clip(fmt.Sprintf("%-*s  %s", wide, p.sentence(c.profile), words), p.width-2)})
	}
}

// openOnly is what was not checked under a profile though it was under another: what was
// checked under none is said once, below.
func (r matrixRow) openOnly(c matrixCell) []string {
	return slices.DeleteFunc(slices.Clone(c.open), func(name string) bool {
		return !slices.ContainsFunc(r.cells, func(other matrixCell) bool { return !slices.Contains(other.open, name) })
	})
}

// cell is the sign of a verdict.
func (p *page) cell(c matrixCell) (string, ink) {
	switch c.verdict {
	case finding.VerdictFail:
		return p.cross, worse
	case finding.VerdictWarn:
		return p.bang, warn
	}
	return p.tick, good
}

// grid writes a column for each profile, under its ID where there is room, else
// under a number; behind them are the causes.
func (p *page) grid(rows []matrixRow) {
	const between, widest = 2, 32
	var heads []string
	for _, c := range rows[0].cells {
		heads = append(heads, p.sentence(c.profile))
	}
	places, causes := 0, 0
	for _, r := range rows {
		places = max(places, min(visible.Width(p.shown(r.place)), widest))
		for _, c := range r.cells {
			causes = max(causes, len(c.cause))
		}
	}
	if places+len(strings.Join(heads, "  "))+2*between+causes > p.width {
		var legend []string
		for i, id := range heads {
			heads[i] = fmt.Sprint(i + 1)
			legend = append(legend, heads[i]+" "+id)
		}
		p.wrapped(piece{}, plain, strings.Join(legend, ", "))
	}
	p.line(piece{plain, pad(places+between) + strings.Join(heads, pad(between))})
	for _, r := range rows {
		place := p.clip(p.shown(r.place), places)
		line := []piece{{plain, place + pad(places-visible.Width(place)+between)}}
		at := places + between
		for i, c := range r.cells {
			sign, ink := p.cell(c)
			width := visible.Width(sign)
			if i < len(heads) {
				width = len(heads[i])
			}
			line = append(line, piece{ink, sign}, piece{plain, pad(width - visible.Width(sign) + between)})
			at += width + between
		}
		p.line(append(line, piece{plain, p.clip(strings.Join(r.causes(), ", "), max(p.width-at, 1))})...)
	}
}

// causes are those the profiles find in a case, each once.
func (r matrixRow) causes() []string {
	var out []string
	for _, c := range r.cells {
		if id := string(c.cause); id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
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
