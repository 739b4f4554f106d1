package report

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// refused is the cause of a refusal as such. It is told as a fault of its own
// only where it leads; else what explains it is told.
const refused finding.CauseID = "token-refused"

// sorted is a case with its findings sorted into what a report tells of.
type sorted struct {
	finding.Case
	lead     *entry
	others   []entry // further errors
	possible []entry // further causes the server's answer alone points to
	warnings []entry
	notes    []entry
	skips    []finding.Finding
	broken   []finding.Finding
	passes   []finding.Finding
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

// adopt folds a consequence under its cause, where that stands in the report.
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
	if s.Profile.Name != "" {
		return s.Profile.Name
	}
	return "The server"
}

// head tells what was read, as what, held against what, as of when.
func (p *page) head(c finding.Case) {
	parts := []string{p.shown(where(c.Input))}
	if c.ReadAs != "" {
		parts = append(parts, "read as "+p.sentence(c.ReadAs))
	}
	if c.Profile.ID != "" {
		profile := "profile " + p.sentence(c.Profile.ID)
		if c.Profile.Env != "" {
			profile += " (" + p.sentence(c.Profile.Env) + ")"
		}
		if c.Profile.Guessed {
			profile += ", guessed"
			if c.Profile.GuessedBy != "" {
				profile += ": " + p.sentence(c.Profile.GuessedBy)
			}
		}
		parts = append(parts, profile)
	}
	if moment := judgedAsOf(c.JudgedAsOf); moment != "" {
		parts = append(parts, "judged as of "+p.sentence(moment))
	}
	// A line is broken between parts before it is broken inside one.
	line := ""
	for n, part := range parts {
		switch {
		case n == 0:
			line = part
		case len(wrap(line+" "+p.dot+" "+part, p.width)) == 1:
			line += " " + p.dot + " " + part
		default:
			p.wrapped(piece{}, plain, line)
			line = part
		}
	}
	p.wrapped(piece{}, plain, line)
	for _, n := range c.Notes {
		p.wrapped(piece{plain, "  "}, plain, p.sentence("note: "+n))
	}
	p.unused(c.Input)
}

// unused tells what was found in the input and not used.
func (p *page) unused(in finding.Input) {
	const most = 5
	for i, u := range in.Unused {
		if i == most {
			p.wrapped(piece{plain, "  "}, plain, fmt.Sprintf("not used: and %d more", len(in.Unused)-most))
			break
		}
		p.wrapped(piece{plain, "  "}, plain, p.sentence(fmt.Sprintf("not used: %s, line %d", u.What, u.Line)))
	}
}

// where names the place a case came from.
func where(in finding.Input) string {
	source := in.Source
	if source == "" {
		source = "input"
	}
	if in.Line > 1 {
		return fmt.Sprintf("%s:%d", source, in.Line)
	}
	return source
}

// judgedAsOf is the moment in words.
func judgedAsOf(j finding.JudgedAsOf) string {
	if j.Words != "" || j.Time == "" {
		return j.Words
	}
	moment := strings.Replace(j.Time, "T", " ", 1)
	switch j.Basis {
	case "--now":
		return moment + ", as --now says"
	case "date":
		return moment + ", the response's Date"
	case "har":
		return moment + ", when the HAR says it was sent"
	case "iat":
		return moment + ", its own iat"
	}
	return moment
}

// heading writes a heading with space before it.
func (p *page) heading(text string) {
	p.gap()
	p.line(piece{strong, text})
}

// mostPossible is how many possibilities are listed where a server says little.
const mostPossible = 6

// faults writes what is wrong, the likeliest first.
func (p *page) faults(s sorted, verbose bool) {
	var a answer
	if s.Symptom != nil {
		a = answer{match: s.Symptom.Match, explains: s.Symptom.Explains}
		if verbose || s.lead == nil || s.lead.found == nil || !a.fits(s.lead.cause) {
			p.symptom(*s.Symptom, verbose)
		}
	}
	lead, other, light := usual, usual, brief
	if verbose {
		lead, other, light = whole, whole, whole
	}
	warnings := s.warnings
	if s.lead != nil && s.Summary.Verdict == finding.VerdictWarn {
		warnings = append([]entry{*s.lead}, warnings...)
		light = other
	} else if s.lead != nil {
		p.heading("MOST LIKELY CAUSE")
		p.entry(*s.lead, s.server(), a, lead)
	}
	if len(s.possible) > 0 {
		p.heading("ALSO POSSIBLE")
		shown := s.possible
		if !verbose && len(shown) > mostPossible+1 {
			shown = shown[:mostPossible]
		}
		p.entries(shown, s.server(), a, other)
		if n := len(s.possible) - len(shown); n > 0 {
			p.wrapped(piece{text: pad(bodyIndent)}, plain, fmt.Sprintf("and %d more with -v", n))
		}
	}
	if len(s.others) > 0 {
		if s.lead == nil {
			p.heading("WRONG")
		} else {
			p.heading("ALSO WRONG")
		}
		p.entries(s.others, s.server(), a, other)
	}
	if len(warnings) > 0 {
		p.heading("WARNINGS")
		p.entries(warnings, s.server(), a, light)
	}
	if verbose && len(s.notes) > 0 {
		p.heading("NOTES")
		p.entries(s.notes, s.server(), a, light)
	}
	for _, f := range s.broken {
		p.gap()
		p.wrapped(piece{ours, p.cross + " "}, plain, p.sentence("our fault: the check "+string(f.Check)+" itself broke, so its question is open: "+f.Reason))
	}
}

// entries sets those with a body apart from each other, and lets single lines stand together.
func (p *page) entries(list []entry, server string, a answer, d depth) {
	tall := false
	for n, e := range list {
		if n > 0 && tall {
			p.gap()
		}
		start := p.b.Len()
		p.entry(e, server, a, d)
		tall = bytes.Count(p.b.Bytes()[start:], []byte("\n")) > 1
	}
}

// symptom tells what the server's answer means.
func (p *page) symptom(s finding.Symptom, verbose bool) {
	p.heading("THE SERVER ANSWERED")
	if s.Match != "" {
		p.paragraph("'" + s.Match + "'")
	}
	if s.Means != "" {
		p.paragraph(s.Means)
	}
	p.sources(s.Cite, verbose)
}

// unasked groups what was not checked by what would let it be checked. Skips
// without a remedy are moot, or beyond anyone's means: they are told with -v.
type unasked struct {
	remedy   string
	subjects []string
}

func groupSkips(skips []finding.Finding) []unasked {
	var groups []unasked
	for _, f := range skips {
		if f.Remedy == "" {
			continue
		}
		i := slices.IndexFunc(groups, func(u unasked) bool { return u.remedy == f.Remedy })
		if i < 0 {
			i = len(groups)
			groups = append(groups, unasked{remedy: f.Remedy})
		}
		if name := subject(string(f.Check)); !slices.Contains(groups[i].subjects, name) {
			groups[i].subjects = append(groups[i].subjects, name)
		}
	}
	return groups
}

func (p *page) unasked(groups []unasked) {
	for _, u := range groups {
		what := p.sentence("not checked: " + strings.Join(u.subjects, ", "))
		remedy := p.sentence(u.remedy)
		lead := piece{plain, p.skip + " "}
		if one := what + " " + p.dot + " " + remedy; len(wrap(one, p.width-bodyIndent)) == 1 {
			p.wrapped(lead, plain, one)
			continue
		}
		// What is to be typed is not broken where it fits on a line of its own.
		p.wrapped(lead, plain, what)
		p.wrapped(piece{text: pad(bodyIndent)}, plain, remedy)
	}
}

// asks lists what only a person can see.
func (p *page) asks(asks []finding.Ask, all bool) {
	const few = 2
	shown := asks
	if !all && len(shown) > few {
		shown = shown[:few]
	}
	for n, a := range shown {
		text := a.Text
		if n == 0 {
			text = "only you can see: " + text
		}
		if n == len(shown)-1 && len(asks) > len(shown) {
			text += fmt.Sprintf(" (%d more with -v)", len(asks)-len(shown))
		}
		p.wrapped(piece{quest, p.ask + " "}, plain, p.sentence(text))
		if all && !p.citedAll(a.Cite) {
			p.sources(a.Cite, true)
		}
	}
}

// citedAll tells whether several sources stand above already, every one of them.
func (p *page) citedAll(cites []finding.Citation) bool {
	return len(cites) > 1 && !slices.ContainsFunc(cites, func(c finding.Citation) bool { return !p.cited[p.shown(c.URL)] })
}

// rest lists, for -v, what passed and what was skipped, with its reason.
func (p *page) rest(s sorted) {
	if len(s.passes) > 0 {
		p.heading("PASSED")
		for _, f := range s.passes {
			text := f.Message
			if text == "" {
				text = f.Title
			}
			p.headline(p.tick, good, plain, text, string(f.Check))
		}
	}
	if len(s.skips) > 0 {
		p.heading("NOT CHECKED")
		for _, f := range s.skips {
			text := f.Reason
			if f.Remedy != "" {
				text += " " + p.dot + " " + f.Remedy
			}
			p.headline(p.skip, plain, plain, text, string(f.Check))
		}
	}
}
