package report

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

const (
	// refused is the cause of a refusal as such. It is reported as its own fault
	// only if it leads; else what explains it is reported.
	refused finding.CauseID = "token-refused"
	// expired is the cause of an assertion that has expired since it was sent, as
	// nearly every pasted one has. As a note it is part of the first line.
	expired finding.CauseID = "exp-past"
)

// sorted is a case with its findings sorted into what a report reports.
type sorted struct {
	finding.Case
	lead     *entry
	others   []entry // further errors
	possible []entry // more causes that only the server's answer points to
	warnings []entry
	notes    []entry
	broken   []finding.Finding
	passes   []finding.Finding
	skips    []finding.Finding
	// expired is the note that the assertion has expired since; nil without.
	expired *finding.Finding
}

// puzzling reports whether a fault is a refusal of which only the questions say more.
func (s sorted) puzzling(e *entry) bool {
	return e != nil && e.cause == refused && len(s.Ask) > 0 && (e.found == nil || !e.found.Remedied)
}

func sortCase(c finding.Case) sorted {
	s := sorted{Case: c}
	told := make([]bool, len(c.Findings))
	var entries []entry
	for _, d := range c.Diagnosis {
		e := entry{cause: d.Cause, certainty: d.Certainty, title: d.Title, fix: d.Fix, tell: d.Tell}
		for i := range c.Findings {
			f := &c.Findings[i]
			if !told[i] && f.Failed() && f.Cause == d.Cause && f.Check == d.Check {
				told[i] = true
				e.found = f
				break
			}
		}
		entries = append(entries, e)
	}
	for i := range c.Findings {
		f := &c.Findings[i]
		switch f.Outcome {
		case finding.Pass:
			s.passes = append(s.passes, *f)
		case finding.Skip:
			s.skips = append(s.skips, *f)
		case finding.Broken:
			s.broken = append(s.broken, *f)
		case finding.Fail:
			if told[i] || adopt(entries, *f) {
				continue
			}
			if f.Cause == expired && f.Severity == finding.Note {
				s.expired = f
				continue
			}
			entries = append(entries, entry{cause: f.Cause, certainty: f.Certainty, title: f.Title, found: f})
		}
	}
	for i, e := range entries {
		switch {
		case i == 0 && len(c.Diagnosis) > 0:
			s.lead = &entries[0]
		case e.cause == refused && s.lead != nil:
			s.notes = append(s.notes, e)
		case e.found == nil:
			s.possible = append(s.possible, e)
		case e.severity() == finding.Error:
			s.others = append(s.others, e)
		case e.severity() == finding.Warning:
			s.warnings = append(s.warnings, e)
		default:
			s.notes = append(s.notes, e)
		}
	}
	return s
}

// adopt folds a consequence under its cause, where that is in the report.
func adopt(entries []entry, f finding.Finding) bool {
	if f.ConsequenceOf == "" {
		return false
	}
	for i := range entries {
		if entries[i].cause == f.ConsequenceOf {
			entries[i].children = append(entries[i].children, f)
			return true
		}
	}
	return false
}

// server names who answers, at the beginning of a sentence.
func (s sorted) server() string {
	if s.Profile.Name != "" && !s.Profile.Standard {
		return s.Profile.Name
	}
	return "The server"
}

// first is the fault that is reported first; nil if there is none.
func (s sorted) first() *entry {
	switch {
	case s.lead != nil:
		return s.lead
	case len(s.others) > 0:
		return &s.others[0]
	case len(s.warnings) > 0:
		return &s.warnings[0]
	}
	return nil
}

func firstCause(s sorted) finding.CauseID {
	if e := s.first(); e != nil {
		return e.cause
	}
	return ""
}

// answerAlone reports whether all that is known is what the server's answer
// allows: then nothing is proven, and nothing is crossed out.
func (s sorted) answerAlone() bool {
	return s.Unjudged && len(s.passes) == 0 || s.lead != nil && s.lead.found == nil && len(s.others) == 0 && len(s.warnings) == 0
}

// entry is one fault to show: a failed finding, or, if only a server's answer
// points to it, a line of the diagnosis without one.
type entry struct {
	cause     finding.CauseID
	certainty finding.Certainty
	title     string // of the diagnosis
	fix       []string
	tell      string // how to find out whether it is this one
	found     *finding.Finding
	children  []finding.Finding // its consequences
}

func (e entry) severity() finding.Severity {
	if e.found == nil {
		return finding.Error
	}
	return e.found.Severity
}

// headline is the clause about this very case.
func (e entry) headline() string {
	if e.found != nil {
		return firstOf(e.found.Title, e.found.Message, e.title, string(e.cause))
	}
	return firstOf(e.title, string(e.cause))
}

// body is how it comes about, where that is not the headline.
func (e entry) body() string {
	if e.found == nil || e.found.Message == e.headline() {
		return ""
	}
	return e.found.Message
}

// help is what to do about a cause that nobody has seen.
func (e entry) help(rules ruleBook) (fixes []string, why string) {
	if len(e.fix) == 0 {
		return nil, rules.help(e.cause)
	}
	return e.fix, ""
}

// tag names the cause, and how sure it is where that is not certain.
func (e entry) tag(dot string) string {
	if e.certainty == finding.Likely || e.certainty == finding.Possible {
		return string(e.certainty) + " " + dot + " " + string(e.cause)
	}
	return string(e.cause)
}

// part is a section of a document: its heading and the faults under it.
type part struct {
	title   string
	entries []entry
	depth   depth
}

// parts are the faults of a case by section, as every document orders them.
func parts(s sorted, verbose bool) []part {
	lead, other, light := full, usual, brief
	if verbose {
		lead, other, light = whole, whole, whole
	}
	warnings := s.warnings
	var out []part
	switch {
	case s.lead == nil:
	case s.Summary.Verdict == finding.VerdictWarn:
		warnings = append([]entry{*s.lead}, warnings...)
		light = other
	case s.lead.found == nil && len(s.possible) > 0:
		out = append(out, part{"Possible causes, most likely first", append([]entry{*s.lead}, s.possible...), lead})
	default:
		out = append(out, part{"Most likely cause", []entry{*s.lead}, lead})
	}
	if len(s.possible) > 0 && (s.lead == nil || s.lead.found != nil) {
		out = append(out, part{"Also possible", s.possible, other})
	}
	if len(s.others) > 0 {
		title := "Also wrong"
		if s.lead == nil {
			title = "Wrong"
		}
		out = append(out, part{title, s.others, other})
	}
	if len(warnings) > 0 {
		out = append(out, part{"Warnings", warnings, light})
	}
	notes := s.notes
	if !verbose {
		// A later day's refusal is reported in any case.
		notes = slices.DeleteFunc(slices.Clone(notes), func(e entry) bool { return e.found == nil || !e.found.Ahead })
	}
	if len(notes) > 0 {
		out = append(out, part{"Notes", notes, light})
	}
	return out
}
