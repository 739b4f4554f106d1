package screen

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

// kind is what a row of the findings is.
type kind uint8

const (
	fault   kind = iota // a failed check
	points              // a cause that only the answer points to
	follows             // a consequence, under its cause
	unasked             // what could not be checked, and the key that changes that
	passed              // how many passed; open, each of them
	pass
	skipped
	heading
	ask // what only a person can see
)

// entry is one row of the findings.
type entry struct {
	kind      kind
	title     string
	text      string // in the list, where it is not the title
	cause     finding.CauseID
	check     finding.CheckID
	certainty finding.Certainty
	found     *finding.Finding // nil if only the answer points to the cause
	message   string
	steps     []report.Step // of the fix, where values are known
	fix       string
}

// sign is the sign of a row and its ink.
func (e entry) sign(p *paint) (string, ink) {
	switch e.kind {
	case fault:
		switch e.found.Severity {
		case finding.Error:
			return p.cross, bad
		case finding.Warning:
			return p.bang, warn
		}
		return p.note, plain
	case points:
		return "?", quest
	case passed, pass:
		return p.tick, good
	case follows:
		return " " + p.note, plain
	}
	return p.skip, plain
}

// mark is the ink of the places an entry is about: red only for what has to be fixed.
func (e entry) mark() ink {
	if e.kind == fault && e.found.Severity == finding.Note {
		return strong
	}
	return bad
}

func (e entry) isFault() bool { return e.kind == fault || e.kind == points }

// counts reports whether the row is something that has to be fixed.
func (e entry) counts() bool {
	return e.kind == points || e.kind == fault && e.found.Severity != finding.Note
}

// selectable rows can be moved to.
func (e entry) selectable() bool { return e.kind != heading }

// entriesOf lists the findings of a case: what is wrong, the likeliest first, then what
// was not checked, what passed, and what only a person can see. keys says that what is
// missing can be supplied here, by a key.
func entriesOf(c *finding.Case, openPasses, keys bool) []entry {
	var out []entry
	told := make([]bool, len(c.Findings))
	catalog, _ := judge.Standard() // its faults are those of a test
	known := func(e *entry) {
		if catalog == nil {
			return
		}
		if cause, _, ok := catalog.Cause(e.cause); ok {
			if e.message == "" {
				e.message = cause.Why
			}
			e.fix = cause.Fix
		}
	}
	fail := func(f *finding.Finding, title string) entry {
		e := entry{kind: fault, title: f.Title, cause: f.Cause, check: f.Check, certainty: f.Certainty, found: f, steps: report.Steps(*f, c.Decoded.Claims)}
		if e.title == "" {
			e.title = title
		}
		if f.Message != e.title {
			e.message = f.Message
		}
		known(&e)
		return e
	}
	consequences := func(of finding.CauseID) {
		for i := range c.Findings {
			if f := &c.Findings[i]; !told[i] && f.Failed() && f.ConsequenceOf == of && of != "" {
				told[i] = true
				if f.Check == "response-accepted" {
					continue // the answer is reported in the box
				}
				e := fail(f, "")
				e.kind = follows
				out = append(out, e)
			}
		}
	}
	for _, d := range c.Diagnosis {
		e := entry{kind: points, title: d.Title, cause: d.Cause, check: d.Check, certainty: d.Certainty}
		for i := range c.Findings {
			if f := &c.Findings[i]; !told[i] && f.Failed() && f.Cause == d.Cause && f.Check == d.Check {
				told[i] = true
				e = fail(f, d.Title)
				e.certainty = d.Certainty
				break
			}
		}
		known(&e)
		out = append(out, e)
		consequences(d.Cause)
	}
	for _, severity := range []finding.Severity{finding.Error, finding.Warning, finding.Note} {
		for i := range c.Findings {
			f := &c.Findings[i]
			if told[i] || !f.Failed() || f.Severity != severity || f.Cause == "token-refused" && len(c.Diagnosis) > 0 {
				continue
			}
			if f.ConsequenceOf != "" {
				continue
			}
			told[i] = true
			out = append(out, fail(f, ""))
			consequences(f.Cause)
		}
	}
	for i := range c.Findings {
		if f := &c.Findings[i]; f.Outcome == finding.Broken {
			out = append(out, entry{kind: skipped, title: "the check " + string(f.Check) + " broke", message: f.Reason, check: f.Check, found: f})
		}
	}
	out = append(out, unaskedOf(c, keys)...)
	out = append(out, entry{kind: passed, title: number(c.Summary.Pass) + " passed", text: number(c.Summary.Pass) + " passed"})
	if openPasses {
		for i := range c.Findings {
			f := &c.Findings[i]
			if f.Outcome != finding.Pass {
				continue
			}
			title := f.Message
			if title == "" {
				title = f.Title
			}
			out = append(out, entry{kind: pass, title: title, check: f.Check, found: f, message: f.Title})
		}
	}
	if len(c.Ask) > 0 {
		out = append(out, entry{kind: heading, title: "CHECK YOURSELF"})
		for _, a := range c.Ask {
			out = append(out, entry{kind: ask, title: a.Text})
		}
	}
	return out
}

// unaskedOf groups what a key could let be checked.
func unaskedOf(c *finding.Case, keys bool) []entry {
	var out []entry
	seen := map[string]int{}
	for i := range c.Findings {
		f := &c.Findings[i]
		if f.Outcome != finding.Skip || f.Why != finding.WhyMissing || f.Remedy == "" {
			continue
		}
		how := f.Remedy
		if keys {
			how = remedy(f)
		}
		if at, ok := seen[how]; ok {
			if !strings.Contains(out[at].title, f.Subject) {
				out[at].title += ", " + f.Subject
			}
			out[at].text = how + " to check " + out[at].title
			continue
		}
		seen[how] = len(out)
		out = append(out, entry{kind: unasked, title: f.Subject, text: how + " to check " + f.Subject, check: f.Check, found: f, message: f.Reason})
	}
	return out
}

// remedy is the key that supplies what a skipped check lacks, else how to start with it.
func remedy(f *finding.Finding) string {
	how := "paste more"
	for _, s := range f.Supply {
		flag, _, _ := strings.Cut(s, " ")
		switch {
		case isSetting(flag):
			return "press i"
		case flag == "--set":
			return "start jwtdoctor with " + s
		case flag == "--jwks" || flag == "--key":
			return "press k"
		case flag == "--profile":
			return "press p"
		case strings.HasPrefix(flag, "--"):
			how = f.Remedy + " (jwtdoctor check)"
		}
	}
	return how
}
