package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// textRenderer writes for people. One case is reported in full; of many, each
// failing one, until a cause has been shown often enough, and a table at the end.
// The first case is kept back until it is known whether a second follows.
type textRenderer struct {
	w     io.Writer
	opt   Options
	paint *paint
	rules ruleBook
	held  *finding.Case
	batch *batch // nil for one case
}

func newText(w io.Writer, o Options) *textRenderer {
	return &textRenderer{w: w, opt: o, paint: newPaint(w, o.Color)}
}

func (r *textRenderer) Begin(rep finding.Report) error {
	r.rules = bookOf(rep.Rules)
	return nil
}

// ruleBook finds what is said in general of a cause; nil knows none.
type ruleBook func(finding.CauseID) finding.Rule

// bookOf makes it of a list, which is asked for when a rule is first looked up: most
// findings say of themselves what to do.
func bookOf(list func() []finding.Rule) ruleBook {
	var index map[finding.CauseID]finding.Rule
	return func(cause finding.CauseID) finding.Rule {
		if index == nil && list != nil {
			index = map[finding.CauseID]finding.Rule{}
			for _, rule := range list() {
				index[rule.Cause] = rule
			}
		}
		return index[cause]
	}
}

// help is how a cause comes about and what to do.
func (b ruleBook) help(cause finding.CauseID) string {
	if b == nil {
		return ""
	}
	return b(cause).Help
}

func (r *textRenderer) Progress(finding.Progress) error { return nil }

func (r *textRenderer) page() *page {
	p := newPage(r.paint, r.opt)
	p.rules = r.rules
	return p
}

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

func (r *textRenderer) End(finding.Summary) error {
	p := r.page()
	switch {
	case r.batch != nil:
		p.batchEnd(r.batch, r.opt)
	case r.held != nil:
		p.single(*r.held, r.opt)
	default:
		p.wrapped(piece{}, strong, "No case was given, so nothing was checked.")
	}
	return r.flush(p)
}

func (r *textRenderer) next(c finding.Case) error {
	p := r.page()
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
	if o.Quiet {
		if e := s.first(); e != nil {
			sign, i := p.sign(e.severity())
			p.brief(sign, i, where(c.Input), string(e.cause)+": "+e.headline())
		}
		p.verdict(s)
		return
	}
	p.head(s)
	p.keys(c.Keys, o.Verbose)
	all := o.Verbose || s.puzzling(s.lead)
	switch {
	case s.AskFirst && (o.Verbose || len(s.possible) == 0):
		p.gap()
		p.questions(c.Ask, true)
	case s.AskFirst:
		p.gap()
		p.firstQuestions(c.Ask)
	}
	p.faults(s, o.Verbose)
	if o.Verbose {
		p.rest(s)
	}
	p.gap()
	if !s.answerAlone() {
		p.checklist(Checklist(c))
	}
	// Where nothing is found, or the refusal itself is all there is to say,
	// what only a person can see is the whole answer.
	if !s.AskFirst {
		p.questions(c.Ask, all)
	}
	p.gap()
	if c.NextCommand != "" {
		p.next(c)
	} else if o.Verbose {
		p.wrapped(piece{}, plain, counts(c))
	}
	p.verdict(s)
}

// next says what to add to an answer that was given on its own; the command to type is
// on its own line.
func (p *page) next(c finding.Case) {
	p.wrapped(piece{}, plain, "Only the answer was given. To see which cause it is, add the request:")
	p.line(piece{plain, "  " + p.shown(c.NextCommand)})
	p.gap()
}

// counts sums up in words, leaving out what there is none of.
func counts(c finding.Case) string {
	var parts []string
	add := func(n int, words string) {
		if n > 0 {
			parts = append(parts, words)
		}
	}
	s := c.Summary
	add(s.Fail, fmt.Sprintf("%d failed", s.Fail))
	add(s.Warn, count(s.Warn, "warning"))
	add(s.Note, count(s.Note, "note"))
	add(1, fmt.Sprintf("%d passed", s.Pass))
	skipped := 0
	for _, f := range c.Findings {
		if f.Outcome == finding.Skip && f.Why == finding.WhyMissing {
			skipped++
		}
	}
	add(skipped, fmt.Sprintf("%d not checked", skipped))
	add(s.Broken, count(s.Broken, "check")+" broke")
	return strings.Join(parts, ", ")
}

// verdict is the last line, where the eye lands.
func (p *page) verdict(s sorted) {
	text, i := verdictText(s)
	p.lastWords(i, text)
}

// lastWords writes the last line: red if something is wrong, else with a sign in colour
// and the text in bold.
func (p *page) lastWords(i ink, text string) {
	lead := piece{}
	switch i {
	case good:
		lead, i = piece{good, p.tick + " "}, strong
	case warn:
		lead, i = piece{warn, p.bang + " "}, strong
	}
	p.wrapped(lead, i, p.sentence(text))
}

// mostVerdict is how long a fix may be that is said again in the last line.
const mostVerdict = 200

// verdictText says how many problems there are and what to do first, or what
// was proven. It is green only if nothing that could be checked was not.
func verdictText(s sorted) (string, ink) {
	e := s.first()
	switch {
	case s.Unfinished != "" && e == nil:
		return "Could not finish: " + s.Unfinished, worse
	case s.answerAlone() && e != nil && e.cause != refused:
		text := count(1+len(s.possible), "possible cause") + ". Check first: " + e.headline()
		if len(s.possible) == 0 {
			text = "1 " + string(firstCertainty(e.certainty)) + " cause: " + e.headline()
		}
		if len(e.fix) > 0 && len(e.fix[0]) <= mostVerdict {
			text += ". Fix: " + strings.TrimSuffix(e.fix[0], ".")
		}
		return text, worse
	case s.puzzling(e) && s.Unjudged:
		return "The server refused, and its answer does not say why. Check the points above.", worse
	case s.puzzling(e):
		return "The server refused, and nothing wrong was found in what was sent. Check the points above.", worse
	case s.Summary.Verdict == finding.VerdictFail:
		return problems(s) + fixFirst(s, e), worse
	case e != nil:
		n := len(s.warnings)
		if s.lead != nil {
			n++
		}
		return "No errors, " + count(n, "warning") + "." + fixFirst(s, e), warn
	}
	return proven(s)
}

func firstCertainty(c finding.Certainty) finding.Certainty {
	if c == "" {
		return finding.Possible
	}
	return c
}

// problems counts the errors that are reported.
func problems(s sorted) string {
	n := len(s.others)
	if s.lead != nil {
		n++
	}
	return count(max(n, 1), "problem") + "."
}

// fixFirst is the fix of the fault shown first, or its name where none is known.
func fixFirst(s sorted, e *entry) string {
	if e == nil {
		return ""
	}
	if e.found != nil {
		if fix := Fix(*e.found, s.Decoded.Claims); fix != "" && len(fix) <= mostVerdict {
			if len(s.others)+len(s.warnings) == 0 {
				return " Fix: " + fix
			}
			return " Fix first: " + fix
		}
	}
	return " Start with: " + e.headline()
}

// unaskedFor says for lack of what no check was asked, with a colon in front; ""
// where nothing that was given would have helped.
func unaskedFor(c finding.Case) string {
	for _, f := range c.Findings {
		if f.Outcome == finding.Skip && f.Why == finding.WhyNotGiven && f.Reason != "" {
			return ": " + strings.TrimSuffix(f.Reason, ".")
		}
	}
	return ""
}

// proven says what a case without a fault has shown.
func proven(s sorted) (string, ink) {
	items := missing(Checklist(s.Case))
	text, i := "No problems found.", good
	if !judgedRequest(s.Input.Kinds) {
		text = count(len(s.passes), "check") + " passed."
		if len(s.passes) == 0 {
			text = "Nothing was checked."
		}
	}
	signature := ""
	for _, f := range s.passes {
		if f.Check == "signature-valid" {
			signature = "Signature " + strings.TrimPrefix(strings.TrimSuffix(f.Message, "."), "it ") + "."
		}
	}
	documented := "Passes " + count(len(s.passes), "check") + " of " + s.server() + "'s documented rules."
	if s.Profile.Standard {
		documented = "Passes " + count(len(s.passes), "check") + " of " + s.Profile.Name + "."
	}
	switch {
	case len(s.passes) == 0 && len(items) == 0 && len(s.broken) == 0:
		return "Nothing was checked" + unaskedFor(s.Case) + ".", strong
	case requestAlone(s.Input.Kinds):
		return "The request carries no assertion, so only the request was checked: " + count(len(s.passes), "check") + " passed.", strong
	case signature != "" && s.Profile.Name != "":
		text = signature + " " + documented
	case signature != "":
		text = "No problems found. " + signature
	case s.Profile.Name != "" && judgedRequest(s.Input.Kinds) && len(items) == 0:
		text = documented
	}
	for _, u := range items {
		text += " " + unchecked(u)
		i = strong
	}
	if len(s.broken) > 0 {
		text += " " + count(len(s.broken), "check") + " broke."
		i = strong
	}
	return text, i
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}

// unchecked says that items were not checked. An item may be the name of a claim,
// which has no capitals.
func unchecked(u unasked) string {
	names := listOf(u.subjects)
	if u.subjects[0] == "signature" {
		return capital(names) + " not checked: " + u.remedy + "."
	}
	return "Not checked: " + names + " (" + u.remedy + ")."
}

// judgedRequest reports whether an assertion or a request was there to be wrong.
func judgedRequest(kinds []string) bool {
	for _, k := range kinds {
		if k == "assertion" || k == "request" || k == "decoded-assertion" {
			return true
		}
	}
	return false
}

// requestAlone reports whether a request is all there is, without an assertion in it.
func requestAlone(kinds []string) bool {
	return slices.Equal(kinds, []string{"request"})
}

// brief is a case on one line, cut to the width.
func (p *page) brief(sign string, i ink, place, text string) {
	room := p.width - visible.Width(sign) - 1
	p.line(piece{i, sign + " "}, piece{plain, p.clip(p.shown(place)+"  "+p.sentence(text), room)})
}
