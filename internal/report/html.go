package report

import (
	_ "embed"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

//go:embed report.css
var stylesheet string

// htmlRenderer writes one file that needs no other: styles inside, no script, and
// a policy that lets a browser load nothing.
type htmlRenderer struct {
	w     io.Writer
	opt   Options
	rules ruleBook
	batch *batch
}

func newHTML(w io.Writer, o Options) *htmlRenderer {
	return &htmlRenderer{w: w, opt: o, batch: newBatch()}
}

func (r *htmlRenderer) Begin(rep finding.Report) error {
	r.rules = bookOf(rep.Rules)
	_, err := fmt.Fprintf(r.w, `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>jwtdoctor report</title>
<style>
%s</style>
</head>
<body>
<header><h1>jwtdoctor report</h1><p>%s · %s</p></header>
<main>
`, stylesheet, markup(strings.TrimSpace(rep.Tool.Name+" "+rep.Tool.Version)), markup(instantText(rep.Now)))
	return err
}

func (r *htmlRenderer) Progress(finding.Progress) error { return nil }

func (r *htmlRenderer) Case(c finding.Case) error {
	s := sortCase(c)
	t := r.batch.add(s)
	var h hypertext
	switch {
	case t == nil && r.batch.cases > 1 && len(s.broken) == 0 && !r.opt.Verbose:
		return nil
	case t != nil && t.cases > inFullDocument:
		h.tag("p", "line", sign(signText(t.severity), t.severity)+" "+codeTag(where(c.Input))+" "+codeTag(string(t.cause))+" "+markup(sentenceOf(s)))
	default:
		h.theCase(r, s)
	}
	_, err := io.WriteString(r.w, h.String())
	return err
}

func (r *htmlRenderer) End(finding.Summary) error {
	var h hypertext
	switch {
	case r.batch.cases == 0:
		h.tag("p", "", "There was no case to check.")
	case r.batch.cases > 1:
		text, then, _ := r.batch.verdict()
		h.WriteString("<section class=\"summary\">\n")
		h.tag("h2", "", markup(text))
		if then != "" {
			h.tag("p", "fix", markup(then))
		}
		h.WriteString("<ol>\n")
		for n, t := range r.batch.causes {
			if n == mostCauses {
				break
			}
			h.tag("li", "", codeTag(firstOf(string(t.cause), "not finished"))+" "+markup(count(t.cases, "case")+", first "+t.first))
		}
		h.WriteString("</ol>\n</section>\n")
	}
	h.WriteString("</main>\n</body>\n</html>\n")
	_, err := io.WriteString(r.w, h.String())
	return err
}

// hypertext collects elements. What comes from outside passes markup.
type hypertext struct{ strings.Builder }

// markup is text that is nothing but text.
func markup(s string) string { return html.EscapeString(visible.Text(s)) }

func codeTag(s string) string {
	if s == "" {
		return ""
	}
	return "<code>" + markup(s) + "</code>"
}

// tag writes an element around markup.
func (h *hypertext) tag(name, class, inner string) {
	if class != "" {
		class = ` class="` + class + `"`
	}
	h.WriteString("<" + name + class + ">" + inner + "</" + name + ">\n")
}

func sign(text string, s finding.Severity) string {
	class, word := "note", "note"
	switch s {
	case finding.Error:
		class, word = "error", "error"
	case finding.Warning:
		class, word = "warning", "warning"
	}
	return `<span class="sign ` + class + `" role="img" aria-label="` + word + `">` + text + `</span>`
}

func (h *hypertext) theCase(r *htmlRenderer, s sorted) {
	class := "pass"
	switch s.Summary.Verdict {
	case finding.VerdictFail:
		class = "fail"
	case finding.VerdictWarn:
		class = "warn"
	}
	h.WriteString("<article class=\"" + class + "\">\n")
	verdict, _ := verdictText(s)
	h.tag("h2", "", markup(verdict))
	head := headParts(s)
	for i := range head {
		head[i] = markup(head[i])
	}
	h.tag("p", "head", strings.Join(head, " · "))
	for _, n := range headNotes(s.Case) {
		h.tag("p", "remark", markup(n))
	}
	var a answer
	if y := s.Symptom; y != nil {
		a = answer{match: y.Match, explains: y.Explains}
		if s.lead == nil || s.lead.found == nil || !a.fits(s.lead.cause) {
			h.tag("h3", "", "The server answered")
			h.tag("p", "", codeTag(y.Match)+" "+markup(y.Means))
		}
	}
	for _, part := range parts(s, r.opt.Verbose) {
		h.tag("h3", "", markup(part.title))
		for _, e := range part.entries {
			h.entry(r, e, s, a, part.depth)
		}
	}
	for _, f := range s.broken {
		h.tag("p", "broken", markup(brokenText(f)))
	}
	if items := Checklist(s.Case); len(items) > 0 && !s.answerAlone() {
		h.tag("h3", "", "Checklist")
		h.checklist(items)
	}
	if len(s.Ask) > 0 {
		h.tag("h3", "", "Check yourself")
		h.WriteString("<ul class=\"ask\">\n")
		for _, ask := range s.Ask {
			h.tag("li", "", markup(ask.Text))
		}
		h.WriteString("</ul>\n")
	}
	if r.opt.Verbose && len(s.passes) > 0 {
		h.tag("h3", "", "Passed")
		h.WriteString("<ul class=\"passed\">\n")
		for _, f := range s.passes {
			h.tag("li", "", "✓ "+markup(firstOf(f.Message, f.Title))+" "+codeTag(string(f.Check)))
		}
		h.WriteString("</ul>\n")
	}
	h.WriteString("</article>\n")
}

func (h *hypertext) entry(r *htmlRenderer, e entry, s sorted, a answer, d depth) {
	h.WriteString("<section class=\"finding\">\n")
	defer h.WriteString("</section>\n")
	mark := sign(signText(e.severity()), e.severity())
	if e.found == nil {
		mark = `<span class="sign" aria-hidden="true">?</span>`
	}
	tag := codeTag(string(e.cause))
	if e.certainty == finding.Likely || e.certainty == finding.Possible {
		tag = "<span>" + string(e.certainty) + "</span> " + tag
	}
	h.tag("h4", "", mark+" "+markup(e.headline())+` <span class="id">`+tag+"</span>")
	if e.found == nil {
		fixes, why := e.help(r.rules)
		if why != "" {
			h.tag("p", "", markup(why))
		}
		h.fixes(finding.Finding{Fix: fixes}, nil)
		if e.tell != "" {
			h.tag("p", "", "To tell: "+markup(e.tell))
		}
		return
	}
	f := e.found
	if tie, got := e.tie(s.server(), a); tie != "" && (d >= full || got) {
		h.tag("p", "", markup(tie))
	}
	if body := e.body(); body != "" && d >= full {
		h.tag("p", "", markup(body))
	}
	var follow []string
	for _, c := range e.children {
		follow = append(follow, codeTag(string(c.Cause)))
	}
	if len(follow) > 0 {
		h.tag("p", "", "This also causes "+listOf(follow)+".")
	}
	h.picture(f, d)
	h.fixes(*f, s.Decoded.Claims)
	if f.InCode != "" {
		h.tag("p", "fix", "In "+markup(f.InLibrary)+", which this assertion looks like: "+codeTag(f.InCode))
	}
	for n, c := range f.Cite {
		if d < full || n > 0 && d == full {
			break
		}
		h.tag("p", "source", "Source: "+citedTag(c))
	}
}

// picture is the drawing of the times, or the values as lines of text.
func (h *hypertext) picture(f *finding.Finding, d depth) {
	if f.Timeline != nil && d > brief {
		if drawing := svgTimeline(f.Timeline); drawing != "" {
			h.WriteString("<figure>" + drawing + "</figure>\n")
			return
		}
	}
	p := newPage(&paint{}, Options{Width: maxTextWidth})
	p.picture(f, d)
	if text := strings.Trim(p.b.String(), "\n"); text != "" {
		h.tag("pre", "", html.EscapeString(text))
	}
}

func (h *hypertext) fixes(f finding.Finding, claims []byte) {
	steps, beside, more := told(f, claims)
	for n, step := range steps {
		inner := codeTag(step.Text)
		if n == 0 {
			inner = "<b>Fix</b> " + inner
		}
		if remark := firstOf(beside, step.Value); remark != "" {
			inner += " (" + markup(remark) + ")"
		}
		h.tag("p", "fix", inner)
	}
	for _, fix := range more {
		if len(steps) > 0 {
			h.tag("p", "", markup(fix))
		} else {
			h.tag("p", "fix", "<b>Fix</b> "+markup(fix))
		}
	}
}

func (h *hypertext) checklist(items []Item) {
	h.WriteString("<ul class=\"checklist\">\n")
	for _, item := range items {
		text, class, word := "✓", "ok", "passed"
		switch item.State {
		case Failed:
			text, class, word = "✗", "error", "failed"
		case Warned:
			text, class, word = "!", "warning", "warning"
		case Noted:
			text, class, word = "i", "note", "note"
		case Unchecked:
			text, class, word = "–", "note", "not checked"
		}
		inner := `<span class="sign ` + class + `" role="img" aria-label="` + word + `">` + text + "</span> " + markup(item.Name)
		if item.Remedy != "" {
			inner += ": " + markup(item.Remedy)
		}
		h.tag("li", "", inner)
	}
	h.WriteString("</ul>\n")
}

func citedTag(c finding.Citation) string {
	p := page{links: true}
	if link := p.link(c.URL); link != "" {
		return `<a rel="noreferrer noopener" href="` + html.EscapeString(link) + `">` + markup(firstOf(c.Title, c.URL)) + "</a>"
	}
	return markup(strings.TrimSpace(c.Title + " " + c.URL))
}
