package report

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// inFull is how many cases with the same leading cause are told in full.
const inFull = 5

// batch is what must be remembered of many cases: counts, never the cases.
type batch struct {
	cases   int
	warned  int
	failed  int
	skipped map[finding.CheckID]bool // checks that were skipped in any case
	broken  int
	causes  []*tally
	skips   []unasked
	asks    []finding.Ask
	// unfinished tells what was not seen to its end, of cases without a cause.
	unfinished string
	matrix     matrix
}

// tally counts the cases one cause leads.
type tally struct {
	cause    finding.CauseID
	severity finding.Severity
	cases    int
	first    string // where the first of them stands
}

func newBatch() *batch { return &batch{skipped: map[finding.CheckID]bool{}} }

func (b *batch) tally(cause finding.CauseID, s finding.Severity, place string) *tally {
	for _, t := range b.causes {
		if t.cause == cause && t.severity == s {
			return t
		}
	}
	t := &tally{cause: cause, severity: s, first: place}
	b.causes = append(b.causes, t)
	return t
}

// add takes a case into account and returns the tally of its leading cause, nil without one.
func (b *batch) add(s sorted) *tally {
	b.cases++
	for _, f := range s.skips {
		b.skipped[f.Check] = true
	}
	b.broken += s.Summary.Broken
	for _, u := range groupSkips(s.skips) {
		i := slices.IndexFunc(b.skips, func(have unasked) bool { return have.remedy == u.remedy })
		if i < 0 {
			b.skips = append(b.skips, u)
			continue
		}
		for _, name := range u.subjects {
			if !slices.Contains(b.skips[i].subjects, name) {
				b.skips[i].subjects = append(b.skips[i].subjects, name)
			}
		}
	}
	for _, a := range s.Ask {
		if len(b.asks) < 20 && !slices.ContainsFunc(b.asks, func(have finding.Ask) bool { return have.Text == a.Text }) {
			b.asks = append(b.asks, a)
		}
	}
	if s.Unfinished != "" && firstCause(s) == "" {
		b.unfinished = s.Unfinished
		return nil
	}
	switch s.Summary.Verdict {
	case finding.VerdictFail:
		b.failed++
	case finding.VerdictWarn:
		b.warned++
	default:
		return nil
	}
	severity := finding.Error
	if s.Summary.Verdict == finding.VerdictWarn {
		severity = finding.Warning
	}
	t := b.tally(firstCause(s), severity, where(s.Input))
	t.cases++
	return t
}

// batchCase writes one case of many: in full, on one line, or not at all.
func (p *page) batchCase(b *batch, c finding.Case, o Options) {
	s := sortCase(c)
	t := b.add(s)
	b.matrix.add(c, s)
	switch ahead := aheadOf(s); {
	case o.Quiet:
	case t == nil && ahead != "" && len(s.broken) == 0:
		p.line(piece{plain, p.note + " "}, piece{plain, p.clip(p.shown(where(c.Input))+", profile "+p.sentence(c.Profile.ID), p.width-2)})
		p.wrapped(piece{plain, "  "}, plain, p.sentence(ahead))
	case t == nil && !o.Verbose && len(s.broken) == 0:
	case t == nil && len(s.broken) == 0:
		text := "no fault found: " + counts(c.Summary)
		i := plain
		if c.Summary.Skip == 0 {
			i = good
		}
		p.brief(p.tick, i, where(c.Input), text)
	case t != nil && t.cases > inFull:
		sign, i := p.sign(t.severity)
		p.brief(sign, i, where(c.Input), string(t.cause)+": "+sentenceOf(s))
	default:
		p.line(piece{plain, strings.Repeat(p.rule, p.width)})
		p.head(c)
		p.faults(s, o.Verbose)
		if o.Verbose {
			p.rest(s)
		}
		if t != nil && t.cases == inFull {
			p.gap()
			p.wrapped(piece{}, plain, p.sentence("Further cases led by "+string(t.cause)+" have one line each."))
		}
		p.gap()
	}
}

// sentenceOf is the one sentence about the leading fault.
func sentenceOf(s sorted) string {
	var e entry
	switch {
	case s.lead != nil:
		e = *s.lead
	case len(s.others) > 0:
		e = s.others[0]
	case len(s.warnings) > 0:
		e = s.warnings[0]
	}
	if e.found != nil && e.found.Title != "" {
		return e.found.Title
	}
	return e.title
}

// brief is a case on one line, cut to the width.
func (p *page) brief(sign string, i ink, place, text string) {
	room := p.width - visible.Width(sign) - 1
	p.line(piece{i, sign + " "}, piece{plain, p.clip(p.shown(place)+"  "+p.sentence(text), room)})
}

// batchEnd sums up many cases.
func (p *page) batchEnd(b *batch, _ finding.Summary, o Options) {
	slices.SortStableFunc(b.causes, func(x, y *tally) int {
		if x.severity != y.severity {
			return x.severity.Rank() - y.severity.Rank()
		}
		return y.cases - x.cases
	})
	if !o.Quiet {
		if len(b.causes) > 0 {
			p.line(piece{plain, strings.Repeat(p.rule, p.width)})
			p.causes(b.causes)
		}
		p.matrix(b.matrix)
		p.gap()
		p.unasked(b.skips)
		p.asks(b.asks, o.Verbose)
		p.gap()
		p.wrapped(piece{}, plain, b.counts())
	}
	switch {
	case b.failed > 0:
		t := b.causes[0]
		p.fixFirst("Fix first: ", worse, t.cause, "("+grouped(int64(t.cases))+" of "+grouped(int64(b.cases))+")")
	case b.warned > 0:
		p.fixFirst("No error found; worth a look: ", warn, b.causes[0].cause, "")
	case b.unfinished != "":
		p.unfinished(b.unfinished)
	default:
		p.noFault(len(b.skipped), b.broken, b.skips)
	}
}

func (b *batch) counts() string {
	parts := []string{}
	if b.failed > 0 {
		parts = append(parts, grouped(int64(b.failed))+" failed")
	}
	if b.warned > 0 {
		parts = append(parts, grouped(int64(b.warned))+" with warnings alone")
	}
	if n := b.cases - b.failed - b.warned; n > 0 || len(parts) == 0 {
		parts = append(parts, grouped(int64(n))+" without a fault in what was checked")
	}
	return count(b.cases, "case") + ": " + strings.Join(parts, ", ")
}

// causes is the table of leading causes: how often, and where first.
func (p *page) causes(tallies []*tally) {
	p.line(piece{strong, "MOST LIKELY CAUSES"})
	name, number := 0, 0
	for _, t := range tallies {
		if w := visible.Width(p.shown(string(t.cause))); w <= p.width/2 {
			name = max(name, w)
		}
		number = max(number, len(grouped(int64(t.cases))))
	}
	for _, t := range tallies {
		sign, i := p.sign(t.severity)
		cause := p.shown(string(t.cause))
		if cause == "" {
			cause = "(no cause named)"
		}
		n := grouped(int64(t.cases))
		cells := cause + pad(name-visible.Width(cause)) + "  " + pad(number-len(n)) + n
		if t.cases == 1 {
			cells += " case"
		} else {
			cells += " cases"
		}
		p.line(piece{i, sign + " "}, piece{plain, p.clip(cells+"  first "+p.shown(t.first), p.width-visible.Width(sign)-1)})
	}
}
