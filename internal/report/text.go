package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// textRenderer writes for people. One case is told in full; of many, each
// failing one, until a cause has been told often enough, and a table at the end.
// The first case is held back until it is known whether a second follows.
type textRenderer struct {
	w     io.Writer
	opt   Options
	paint *paint
	held  *finding.Case
	batch *batch // nil for one case
}

func newText(w io.Writer, o Options) *textRenderer {
	return &textRenderer{w: w, opt: o, paint: newPaint(w, o.Color)}
}

func (r *textRenderer) Begin(finding.Report) error { return nil }

func (r *textRenderer) Progress(finding.Progress) error { return nil }

func (r *textRenderer) Case(c finding.Case) error {
	switch {
	case r.batch != nil:
		return r.next(c)
	case r.held == nil:
		r.held = &c
		return nil
	}
	first := *r.held
	r.held, r.batch = nil, newBatch()
	if err := r.next(first); err != nil {
		return err
	}
	return r.next(c)
}

func (r *textRenderer) End(sum finding.Summary) error {
	p := newPage(r.paint, r.opt)
	switch {
	case r.batch != nil:
		p.batchEnd(r.batch, sum, r.opt)
	case r.held != nil:
		p.single(*r.held, r.opt)
	default:
		p.wrapped(piece{}, strong, "No case was given, so nothing was checked.")
	}
	return r.flush(p)
}

func (r *textRenderer) next(c finding.Case) error {
	p := newPage(r.paint, r.opt)
	p.batchCase(r.batch, c, r.opt)
	return r.flush(p)
}

func (r *textRenderer) flush(p *page) error {
	if p.b.Len() == 0 {
		return nil
	}
	_, err := r.w.Write(p.b.Bytes())
	return err
}

// single is the whole report of one case.
func (p *page) single(c finding.Case, o Options) {
	s := sortCase(c)
	if !o.Quiet {
		p.head(c)
		p.keys(c.Keys, o.Verbose)
		p.faults(s, o.Verbose)
		if o.Verbose {
			p.rest(s)
		}
		p.gap()
		if !o.Verbose {
			p.unasked(groupSkips(s.skips))
		}
		// Where nothing is found, or the refusal itself is all there is to tell,
		// what only a person can see is the whole answer.
		p.asks(c.Ask, o.Verbose || s.lead != nil && s.lead.cause == refused)
		p.gap()
		p.wrapped(piece{}, plain, counts(c.Summary))
	}
	p.verdict(s)
}

// counts sums up in words, leaving out what there is none of.
func counts(s finding.CaseSummary) string {
	var parts []string
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, words)
		}
	}
	add(s.Fail, fmt.Sprintf("%d failed", s.Fail))
	add(s.Warn, count(s.Warn, "warning"))
	add(s.Note, count(s.Note, "note"))
	add(1, fmt.Sprintf("%d passed", s.Pass))
	add(s.Skip, fmt.Sprintf("%d not checked", s.Skip))
	add(s.Broken, count(s.Broken, "check")+" broke")
	return strings.Join(parts, ", ")
}

// verdict is the last line, where the eye lands.
func (p *page) verdict(s sorted) {
	switch {
	case s.Unfinished != "" && firstCause(s) == "":
		p.unfinished(s.Unfinished)
	case s.Summary.Verdict == finding.VerdictFail:
		p.fixFirst("Fix first: ", worse, firstCause(s), "")
	case s.Summary.Verdict == finding.VerdictWarn:
		p.fixFirst("No error found; worth a look: ", warn, firstCause(s), "")
	case s.lead != nil:
		p.fixFirst("No fault found in what was checked; look at: ", warn, s.lead.cause, "")
	default:
		p.noFault(s.Summary.Skip, s.Summary.Broken, groupSkips(s.skips))
	}
}

// unfinished is the verdict where nothing was found in what was seen, and not
// all was seen.
func (p *page) unfinished(why string) {
	p.wrapped(piece{}, worse, p.sentence("Could not finish: "+why))
}

func firstCause(s sorted) finding.CauseID {
	switch {
	case s.lead != nil:
		return s.lead.cause
	case len(s.others) > 0:
		return s.others[0].cause
	case len(s.warnings) > 0:
		return s.warnings[0].cause
	}
	return ""
}

func (p *page) fixFirst(words string, i ink, cause finding.CauseID, remark string) {
	if cause == "" {
		p.wrapped(piece{}, i, strings.TrimSuffix(words, ": ")+" what is told above")
		return
	}
	name := p.sentence(string(cause))
	first, then := words+name, p.arrow+" jwtdoctor explain "+name
	if remark != "" {
		then += " " + remark
	}
	if len(wrap(first+" "+then, p.width)) == 1 {
		p.line(piece{i, first + " " + then})
		return
	}
	// What is to be typed is not broken where it fits on a line of its own.
	p.wrapped(piece{}, i, first)
	p.wrapped(piece{text: pad(bodyIndent)}, i, then)
}

// noFault is green only where every question was asked.
func (p *page) noFault(skipped, broken int, groups []unasked) {
	if skipped == 0 && broken == 0 {
		p.wrapped(piece{good, p.tick + " "}, good, "No fault found; every check passed")
		return
	}
	text := "No fault found in what was checked"
	if skipped == 1 {
		text += "; 1 check was not possible"
	} else if skipped > 1 {
		text += "; " + count(skipped, "check") + " were not possible"
	}
	if broken > 0 {
		text += "; " + count(broken, "check") + " broke"
	}
	var remedies []string
	for _, u := range groups {
		remedies = append(remedies, u.remedy)
	}
	if len(remedies) > 0 {
		text += ": " + strings.Join(remedies, "; ")
	} else if skipped > 0 {
		text += " (-v tells why)"
	}
	p.wrapped(piece{}, strong, p.sentence(text))
}
