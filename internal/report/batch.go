package report

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// inFull is how many cases with the same leading cause are reported in full.
const inFull = 1

// batch is what must be remembered of many cases: counts, never the cases.
type batch struct {
	cases  int
	warned int
	failed int
	broken int
	passes int // the most checks that passed in one case
	causes []*tally
	skips  []unasked
	asks   []finding.Ask
	// unfinished says what was not seen to its end, of cases without a cause.
	unfinished string
	matrix     matrix
}

// tally counts the cases one cause leads.
type tally struct {
	cause    finding.CauseID
	severity finding.Severity
	cases    int
	first    string // where the first of them is
	fix      string // of the first of them
}

func newBatch() *batch { return &batch{} }

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
	if s.Advisory {
		return nil // advice counts for nothing
	}
	b.cases++
	b.broken += s.Summary.Broken
	b.passes = max(b.passes, s.Summary.Pass)
	for _, u := range missing(Checklist(s.Case)) {
		b.skips = addUnasked(b.skips, u.remedy, u.subjects...)
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
	if e := s.first(); t.cases == 0 && e != nil && e.found != nil {
		t.fix = Fix(*e.found, s.Decoded.Claims)
	}
	t.cases++
	return t
}

// batchCase writes one case of many: in full, on one line, or not at all.
func (p *page) batchCase(b *batch, c finding.Case, o Options) {
	s := sortCase(c)
	t := b.add(s)
	listed := b.matrix.add(c, s)
	switch ahead := aheadOf(s); {
	case c.Advisory && o.Quiet:
	case t == nil && ahead != "" && len(s.broken) == 0 && !o.Quiet:
		p.line(piece{plain, p.note + " "}, piece{plain, p.clip(p.shown(where(c.Input))+", profile "+p.sentence(c.Profile.ID), p.width-2)})
		p.wrapped(piece{plain, "  "}, plain, p.sentence(ahead))
	case c.Advisory && listed: // the table at the end says it
	case c.Advisory:
		p.advice(s)
	case t == nil && !o.Verbose && len(s.broken) == 0:
	case t == nil && len(s.broken) == 0:
		i := plain
		if len(missing(Checklist(c))) == 0 {
			i = good
		}
		p.brief(p.tick, i, where(c.Input), "no problems found: "+counts(c))
	case o.Quiet && t == nil:
		p.brief(p.cross, ours, where(c.Input), brokenText(s.broken[0]))
	case t != nil && (o.Quiet || t.cases > inFull):
		sign, i := p.sign(t.severity)
		p.brief(sign, i, where(c.Input), string(t.cause)+": "+sentenceOf(s))
	default:
		p.line(piece{plain, strings.Repeat(p.rule, p.width)})
		p.head(s)
		p.faults(s, o.Verbose)
		if o.Verbose {
			p.rest(s)
		}
		if t != nil && t.cases == inFull {
			p.gap()
			p.wrapped(piece{}, plain, p.sentence("Any more cases of "+string(t.cause)+" get one line each."))
		}
		p.gap()
	}
}

// advice is a case judged against a further profile, on one line.
func (p *page) advice(s sorted) {
	text := "no problems found"
	if e := s.first(); e != nil {
		text = string(e.cause) + ": " + e.headline()
	}
	p.brief(p.note, plain, where(s.Input), "as "+strings.TrimSpace(s.Profile.ID+" "+s.Profile.Env)+": "+text)
}

// sentenceOf is the one sentence about the leading fault.
func sentenceOf(s sorted) string {
	if e := s.first(); e != nil {
		return e.headline()
	}
	return ""
}

// mostCauses is how many causes the table at the end lists.
const mostCauses = 10

// batchEnd sums up many cases.
func (p *page) batchEnd(b *batch, o Options) {
	b.sort()
	if !o.Quiet {
		if len(b.causes) > 0 {
			p.line(piece{plain, strings.Repeat(p.rule, p.width)})
			p.causes(b.causes, o.Verbose)
		}
		p.matrix(b.matrix)
		p.gap()
		for _, u := range b.skips {
			p.wrapped(piece{plain, p.skip + " "}, plain, p.sentence(strings.Join(u.subjects, ", ")+": "+u.remedy))
		}
		p.questions(b.asks, o.Verbose)
		p.gap()
	}
	text, first, i := b.verdict()
	p.lastWords(i, text)
	if first != "" {
		if i == warn {
			i = strong
		}
		p.wrapped(piece{}, i, p.sentence(first))
	}
}

// sort brings the causes into their order: errors first, the most common of them first.
func (b *batch) sort() {
	slices.SortStableFunc(b.causes, func(x, y *tally) int {
		if x.severity != y.severity {
			return x.severity.Rank() - y.severity.Rank()
		}
		return y.cases - x.cases
	})
}

// verdict says how many cases are wrong and what to fix first.
func (b *batch) verdict() (text, then string, i ink) {
	b.sort()
	counts := b.counts() + "."
	var t tally
	if len(b.causes) > 0 {
		t = *b.causes[0]
	}
	first := string(t.cause)
	if t.fix != "" && len(t.fix) <= mostVerdict {
		first += ": " + t.fix
	}
	switch {
	case b.failed > 0 && t.cause != "":
		return counts, "Fix first: " + first, worse
	case b.failed > 0:
		return counts, "", worse
	case b.warned > 0:
		return counts, "Look first at " + first, warn
	case b.unfinished != "":
		return "Could not finish: " + b.unfinished, "", worse
	case b.broken > 0:
		return counts + " " + count(b.broken, "check") + " broke.", "", strong
	case len(b.skips) > 0:
		for _, u := range b.skips {
			counts += " " + unchecked(u)
		}
		return counts, "", strong
	}
	return counts, "", good
}

func (b *batch) counts() string {
	parts := []string{}
	if b.failed > 0 {
		parts = append(parts, grouped(int64(b.failed))+" failed")
	}
	if b.warned > 0 {
		parts = append(parts, grouped(int64(b.warned))+" with warnings only")
	}
	if n := b.cases - b.failed - b.warned; n > 0 || len(parts) == 0 {
		parts = append(parts, grouped(int64(n))+" without a problem")
	}
	return count(b.cases, "case") + ": " + strings.Join(parts, ", ")
}

// causes is the table of the most common leading causes: how often, and where first.
func (p *page) causes(tallies []*tally, all bool) {
	p.line(piece{strong, "MOST COMMON CAUSES"})
	shown := tallies
	if len(shown) > mostCauses && !all {
		shown = shown[:mostCauses]
	}
	name, number, plural := 0, 0, 0 // plural is the s that 1 case lacks and another row has
	for _, t := range shown {
		if t.cases != 1 {
			plural = 1
		}
		if w := visible.Width(p.shown(string(t.cause))); w <= p.width/2 {
			name = max(name, w)
		}
		number = max(number, len(grouped(int64(t.cases))))
	}
	for _, t := range shown {
		sign, i := p.sign(t.severity)
		cause := p.shown(string(t.cause))
		if cause == "" {
			cause = "(not finished)"
		}
		n := grouped(int64(t.cases))
		cells := cause + pad(name-visible.Width(cause)) + "  " + pad(number-len(n)) + n
		if t.cases == 1 {
			cells += " case" + pad(plural)
		} else {
			cells += " cases"
		}
		p.line(piece{i, sign + " "}, piece{plain, p.clip(cells+"  first "+p.shown(t.first), p.width-visible.Width(sign)-1)})
	}
	if n := len(tallies) - len(shown); n > 0 {
		cases := 0
		for _, t := range tallies[len(shown):] {
			cases += t.cases
		}
		p.wrapped(piece{text: pad(bodyIndent)}, plain, count(n, "more cause")+" in "+count(cases, "case")+", with -v")
	}
}
