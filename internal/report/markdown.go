package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// inFullDocument is how many cases with the same leading cause a document that is
// read at leisure says in full.
const inFullDocument = 5

// markdownRenderer writes for tickets, wikis and summaries: CommonMark with
// nothing but headings, lists, code and links, so that any of them shows it.
type markdownRenderer struct {
	w     io.Writer
	opt   Options
	paint *paint
	rules ruleBook
	batch *batch
}

func newMarkdown(w io.Writer, o Options) *markdownRenderer {
	o.Color, o.Links = false, false
	return &markdownRenderer{w: w, opt: o, paint: newPaint(w, false), batch: newBatch()}
}

func (r *markdownRenderer) Begin(rep finding.Report) error {
	r.rules = bookOf(rep.Rules)
	return nil
}

func (r *markdownRenderer) Progress(finding.Progress) error { return nil }

func (r *markdownRenderer) Case(c finding.Case) error {
	s := sortCase(c)
	t := r.batch.add(s)
	var m markdown
	switch {
	case t == nil && r.batch.cases > 1 && len(s.broken) == 0 && !r.opt.Verbose:
		return nil
	case t != nil && t.cases > inFullDocument:
		m.list(t.severity, where(c.Input), string(t.cause), sentenceOf(s))
	default:
		m.theCase(r, s)
	}
	_, err := io.WriteString(r.w, m.String())
	return err
}

func (r *markdownRenderer) End(finding.Summary) error {
	var m markdown
	switch {
	case r.batch.cases == 0:
		m.paragraph("There was no case to check.")
	case r.batch.cases > 1:
		m.paragraph("## Summary")
		text, then, _ := r.batch.verdict()
		m.paragraph("**" + prose(text) + "**")
		for n, t := range r.batch.causes {
			if n == mostCauses {
				m.line(fmt.Sprintf("- %d more causes", len(r.batch.causes)-n))
				break
			}
			m.line("- " + code(firstOf(string(t.cause), "not finished")) + ": " + count(t.cases, "case") + ", first " + code(t.first))
		}
		if then != "" {
			m.line("")
			m.paragraph(prose(then))
		}
	}
	_, err := io.WriteString(r.w, m.String())
	return err
}

// markdown collects blocks. What comes from outside is written by prose, code or block only.
type markdown struct{ strings.Builder }

func (m *markdown) line(text string) { m.WriteString(text + "\n") }

func (m *markdown) paragraph(text string) { m.WriteString(text + "\n\n") }

func (m *markdown) list(s finding.Severity, place, cause, text string) {
	m.line("- " + signText(s) + " " + code(place) + ": " + code(cause) + ": " + prose(text))
}

// signText is the sign of a severity, for formats without colour.
func signText(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "✗"
	case finding.Warning:
		return "!"
	}
	return "i"
}

func (m *markdown) theCase(r *markdownRenderer, s sorted) {
	verdict, _ := verdictText(s)
	m.paragraph("## " + prose(verdict))
	head := headParts(s)
	text := code(head[0])
	for _, part := range head[1:] {
		text += " · " + prose(part)
	}
	m.paragraph(text)
	for _, n := range headNotes(s.Case) {
		m.paragraph("> " + prose(n))
	}
	var a answer
	if y := s.Symptom; y != nil {
		a = answer{match: y.Match, explains: y.Explains}
		if s.lead == nil || s.lead.found == nil || !a.fits(s.lead.cause) {
			m.paragraph("### The server answered")
			m.paragraph(strings.TrimSpace(code(y.Match) + " " + prose(y.Means)))
		}
	}
	for _, part := range parts(s, r.opt.Verbose) {
		m.paragraph("### " + part.title)
		for _, e := range part.entries {
			m.entry(r, e, s, a, part.depth)
		}
	}
	for _, f := range s.broken {
		m.paragraph("**" + prose(brokenText(f)) + "**")
	}
	if items := Checklist(s.Case); len(items) > 0 && !s.answerAlone() {
		m.paragraph("### Checklist")
		m.checklist(items)
	}
	if len(s.Ask) > 0 {
		m.paragraph("### Check yourself")
		for _, ask := range s.Ask {
			m.line("- [ ] " + prose(ask.Text))
		}
		m.line("")
	}
}

func (m *markdown) entry(r *markdownRenderer, e entry, s sorted, a answer, d depth) {
	sign := signText(e.severity())
	if e.found == nil {
		sign = "?"
	}
	line := "**" + sign + " " + prose(e.headline()) + "** " + code(string(e.cause))
	if e.certainty == finding.Likely || e.certainty == finding.Possible {
		line += " (" + string(e.certainty) + ")"
	}
	m.paragraph(line)
	if e.found == nil {
		fixes, why := e.help(r.rules)
		if why != "" {
			m.paragraph(prose(why))
		}
		m.fixes(finding.Finding{Fix: fixes}, nil)
		if e.tell != "" {
			m.paragraph("To tell: " + prose(e.tell))
		}
		return
	}
	if tie, got := e.tie(s.server(), a); tie != "" && (d >= full || got) {
		m.paragraph(prose(tie))
	}
	if body := e.body(); body != "" && d >= full {
		m.paragraph(prose(body))
	}
	var follow []string
	for _, c := range e.children {
		follow = append(follow, code(string(c.Cause)))
	}
	if len(follow) > 0 {
		m.paragraph("This also causes " + listOf(follow) + ".")
	}
	o := r.opt
	o.Width = defaultWidth
	p := newPage(r.paint, o)
	p.picture(e.found, d)
	m.block(p.b.String())
	m.fixes(*e.found, s.Decoded.Claims)
	if e.found.InCode != "" {
		m.paragraph("In " + prose(e.found.InLibrary) + ", which this assertion looks like: " + code(e.found.InCode))
	}
	if d >= full {
		for n, c := range e.found.Cite {
			if n > 0 && d == full {
				break
			}
			m.paragraph("Source: " + cited(c))
		}
	}
}

func (m *markdown) fixes(f finding.Finding, claims []byte) {
	steps, beside, more := told(f, claims)
	switch {
	case len(steps) == 1 && beside != "":
		m.paragraph("**Fix:** " + code(steps[0].Text) + " (" + prose(beside) + ")")
	case len(steps) > 0:
		texts := make([]string, len(steps))
		for i, step := range steps {
			texts[i] = code(step.Text)
		}
		m.paragraph("**Fix:** " + strings.Join(texts, ", "))
	case len(more) == 1:
		m.paragraph("**Fix:** " + prose(more[0]))
		return
	case len(more) > 0:
		m.paragraph("**Fix:**")
	}
	if len(more) == 1 {
		m.paragraph(prose(more[0]))
		return
	}
	for _, fix := range more {
		m.line("- " + prose(fix))
	}
	if len(more) > 0 {
		m.line("")
	}
}

func (m *markdown) checklist(items []Item) {
	var done []string
	for _, item := range items {
		if item.Remedy == "" {
			sign := map[State]string{Passed: "✓", Failed: "✗", Warned: "!", Noted: "i", Unchecked: "–"}[item.State]
			done = append(done, sign+" "+prose(item.Name))
		}
	}
	if len(done) > 0 {
		m.paragraph(strings.Join(done, " &nbsp; "))
	}
	for _, u := range missing(items) {
		m.paragraph("– not checked: " + prose(strings.Join(u.subjects, ", ")+": "+u.remedy))
	}
}

// cited is a document as a link, or as text where its address is none.
func cited(c finding.Citation) string {
	p := page{links: true}
	link := p.link(c.URL)
	switch {
	case link == "" && c.Title == "":
		return code(c.URL)
	case link == "":
		return prose(c.Title) + " " + code(c.URL)
	case c.Title == "":
		return "<" + strings.NewReplacer("<", "%3C", ">", "%3E").Replace(link) + ">"
	}
	return "[" + prose(c.Title) + "](<" + strings.NewReplacer("<", "%3C", ">", "%3E", `\`, "%5C").Replace(link) + ">)"
}

// prose is text that is nothing but text: it makes no markup, names no person and
// no issue, and stays on its line.
func prose(s string) string {
	s = visible.Text(s)
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c == '&':
			b.WriteString("&amp;")
		case c == '<':
			b.WriteString("&lt;")
		case c == '@':
			b.WriteString("&#64;") // it would call somebody
		case strings.IndexByte("\\`*_[]{}()#|~>!$", c) >= 0, (c == '-' || c == '+' || c == '=') && strings.TrimSpace(s[:i]) == "",
			c == '.' && i > 0 && strings.Trim(s[:i], "0123456789") == "":
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return strings.TrimSpace(b.String())
}

// code is a value exactly as it is, as far as it can be seen.
func code(s string) string {
	s = visible.Text(s)
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.HasPrefix(s, " ") && strings.HasSuffix(s, " ") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// block is lines as they are.
func (m *markdown) block(text string) {
	if text = strings.Trim(text, "\n"); text == "" {
		return
	}
	fence := strings.Repeat("`", max(longestRun(text, '`')+1, 3))
	m.paragraph(fence + "text\n" + text + "\n" + fence)
}

func longestRun(s string, of byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != of {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
