package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// plainRenderer writes text to be read aloud: a finding a line, said in words,
// without pictures, columns, colour or signs. Lines are as long as they are.
type plainRenderer struct {
	w     io.Writer
	opt   Options
	rules ruleBook
	batch *batch
	first *sorted
}

func newPlain(w io.Writer, o Options) *plainRenderer {
	return &plainRenderer{w: w, opt: o, batch: newBatch()}
}

func (r *plainRenderer) Begin(rep finding.Report) error {
	r.rules = bookOf(rep.Rules)
	return nil
}

func (r *plainRenderer) Progress(finding.Progress) error { return nil }

func (r *plainRenderer) Case(c finding.Case) error {
	s := sortCase(c)
	r.batch.add(s)
	if r.batch.cases == 1 {
		r.first = &s
	} else {
		r.first = nil
	}
	var b plainText
	b.ascii = r.opt.ASCII
	e := s.first()
	switch {
	case r.opt.Quiet && e != nil:
		b.line(where(c.Input) + ": " + string(e.cause) + ": " + e.headline())
	case r.opt.Quiet:
	default:
		b.caseText(s, r.opt.Verbose, r.rules)
	}
	return b.writeTo(r.w)
}

func (r *plainRenderer) End(finding.Summary) error {
	var b plainText
	b.ascii = r.opt.ASCII
	switch {
	case r.batch.cases == 0:
		b.line("No case was given, so nothing was checked.")
	case r.first != nil:
		text, _ := verdictText(*r.first)
		b.line(text)
	default:
		r.batch.sort()
		for n, t := range r.batch.causes {
			if n == mostCauses {
				break
			}
			b.line(fmt.Sprintf("%s: %s, first %s", firstOf(string(t.cause), "not finished"), count(t.cases, "case"), t.first))
		}
		text, first, _ := r.batch.verdict()
		b.line(text)
		if first != "" {
			b.line(first)
		}
	}
	return b.writeTo(r.w)
}

// plainText collects lines.
type plainText struct {
	bytes.Buffer
	ascii bool
}

func (b *plainText) line(text string) {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "…", "...")), " ")
	if b.ascii {
		text = visible.ASCII(text)
	} else {
		text = visible.Text(text)
	}
	b.WriteString(text + "\n")
}

func (b *plainText) writeTo(w io.Writer) error {
	if b.Len() == 0 {
		return nil
	}
	_, err := w.Write(b.Bytes())
	return err
}

// end makes a sentence of a clause.
func end(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

func (b *plainText) caseText(s sorted, verbose bool, rules ruleBook) {
	b.line(strings.Join(headParts(s), ", ") + ".")
	for _, n := range headNotes(s.Case) {
		b.line(end(n))
	}
	var a answer
	if y := s.Symptom; y != nil {
		a = answer{match: y.Match, explains: y.Explains}
		if s.lead == nil || s.lead.found == nil || !a.fits(s.lead.cause) {
			b.line("The server answered: " + visible.Quoted(y.Match) + ". " + end(y.Means))
		}
	}
	if s.lead != nil {
		b.entry("Most likely cause", *s.lead, s, a, true, rules)
	}
	for _, e := range s.possible {
		b.entry("Also possible", e, s, a, verbose, rules)
	}
	for _, e := range s.others {
		b.entry("Also wrong", e, s, a, verbose, rules)
	}
	for _, e := range s.warnings {
		b.entry("Warning", e, s, a, verbose, rules)
	}
	if verbose {
		for _, e := range s.notes {
			b.entry("Note", e, s, a, true, rules)
		}
	}
	for _, f := range s.broken {
		b.line(end(brokenText(f)))
	}
	b.checklist(Checklist(s.Case))
	for n, ask := range s.Ask {
		if n > 0 && !verbose && !s.puzzling(s.lead) {
			b.line(fmt.Sprintf("%d more to check yourself with -v.", len(s.Ask)-1))
			break
		}
		b.line("Check yourself: " + end(ask.Text))
	}
	if verbose {
		for _, f := range s.passes {
			b.line("Passed: " + string(f.Check) + ": " + end(firstOf(f.Message, f.Title)))
		}
		for _, f := range s.skips {
			b.line("Not checked: " + string(f.Check) + ": " + end(f.Reason) + " " + end(f.Remedy))
		}
	}
}

// entry writes one fault on one line, in the order in which it is asked for:
// what, since when sure, why, the values, the fix, the source.
func (b *plainText) entry(kind string, e entry, s sorted, a answer, long bool, rules ruleBook) {
	text := kind + ": " + end(e.headline()) + " " + end("Cause "+string(e.cause))
	if e.certainty == finding.Likely || e.certainty == finding.Possible {
		text += " This is " + string(e.certainty) + ", not certain."
	}
	f := e.found
	if f == nil {
		fixes, why := e.help(rules)
		if long {
			text += " " + end(why)
		}
		if len(fixes) > 0 {
			text += " Fix: " + end(strings.Join(fixes, " "))
		}
		if e.tell != "" && long {
			text += " To tell: " + end(e.tell)
		}
		b.line(text)
		return
	}
	if tie, got := e.tie(s.server(), a); long || got {
		text += " " + tie
	}
	if long {
		text += " " + end(e.body())
	}
	var follow []string
	for _, c := range e.children {
		follow = append(follow, string(c.Cause))
	}
	if len(follow) > 0 {
		text += " This also causes " + listOf(follow) + "."
	}
	if f.Timeline == nil {
		if f.Found != "" {
			text += " Found: " + end(clipText(f.Found))
		}
		if f.Expected != "" {
			text += " Expected: " + end(clipText(f.Expected))
		}
		if f.Verbatim && f.Found != "" && f.Expected != "" {
			text += fmt.Sprintf(" They differ from character %d on.", commonPrefix(f.Found, f.Expected)+1)
		}
	}
	if fix := Fix(*f, s.Decoded.Claims); fix != "" {
		text += " Fix: " + end(fix)
		for _, more := range f.Fix {
			if long && strings.TrimSuffix(more, ".") != fix {
				text += " " + end(more)
			}
		}
	}
	if long && len(f.Cite) > 0 {
		text += " Source: " + strings.TrimSpace(f.Cite[0].Title+" "+f.Cite[0].URL)
	}
	b.line(text)
}

// clipText shortens a long value in the middle.
func clipText(s string) string {
	const most, side = 400, 180
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:side]) + fmt.Sprintf(" (%d characters left out) ", len(r)-2*side) + string(r[len(r)-side:])
}

func commonPrefix(a, b string) int {
	x, y := []rune(a), []rune(b)
	n := 0
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

// checklist says in words what the state of the items is, equal ones together.
func (b *plainText) checklist(items []Item) {
	for _, part := range []struct {
		state State
		words string
	}{{Passed, "Passed"}, {Failed, "Failed"}, {Warned, "With a warning"}, {Noted, "With a note"}} {
		var names []string
		for _, item := range items {
			if item.State == part.state {
				names = append(names, item.Name)
			}
		}
		if len(names) > 0 {
			b.line(part.words + ": " + strings.Join(names, ", ") + ".")
		}
	}
	var names []string
	for _, item := range items {
		if item.State == Unchecked && item.Remedy == "" {
			names = append(names, item.Name)
		}
	}
	if len(names) > 0 {
		b.line("Put aside: " + strings.Join(names, ", ") + ".")
	}
	for _, u := range missing(items) {
		b.line("Not checked: " + strings.Join(u.subjects, ", ") + ": " + end(u.remedy))
	}
}
