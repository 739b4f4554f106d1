package report

import (
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// entry is one fault to tell: a failed finding, or, where a server's answer
// alone points to it, a line of the diagnosis without one.
type entry struct {
	cause     finding.CauseID
	certainty finding.Certainty
	title     string // of the diagnosis
	fix       []string
	tell      string
	found     *finding.Finding
	children  []finding.Finding // its consequences
}

func (e entry) severity() finding.Severity {
	if e.found == nil {
		return finding.Error
	}
	return e.found.Severity
}

// tag names the cause, and how sure it is where that is not certain.
func (e entry) tag(dot string) string {
	tag := string(e.cause)
	if e.certainty == finding.Likely || e.certainty == finding.Possible {
		tag = string(e.certainty) + " " + dot + " " + tag
	}
	return string(tag)
}

// sign returns the sign of a severity and its ink.
func (p *page) sign(s finding.Severity) (string, ink) {
	switch s {
	case finding.Error:
		return p.cross, worse
	case finding.Warning:
		return p.bang, warn
	}
	return p.note, plain
}

// depth is how much of an entry is told.
type depth int

const (
	brief depth = iota // what is wrong, and how to mend it
	usual              // and the picture, with the first source
	whole              // everything
)

// entry writes one fault. The headline is the clause about this very case; how
// it comes about stands below.
func (p *page) entry(e entry, server string, answer answer, d depth) {
	headline, body := e.title, ""
	if f := e.found; f != nil {
		if headline = f.Title; headline == "" {
			headline = f.Message
		}
		if d > brief && f.Message != headline {
			body = f.Message
		}
	}
	if headline == "" {
		headline = string(e.cause)
	}
	sign, i := p.sign(e.severity())
	if e.found == nil {
		sign, i = p.ask, quest // nobody has seen it
	}
	text := strong
	if d == brief {
		text = plain
	}
	p.headline(sign, i, text, headline, e.tag(p.dot))
	if d > brief && e.found != nil {
		p.answered(e, server, answer)
	}
	if body != "" {
		p.paragraph(body)
	}
	for _, c := range e.children {
		if c.Check == "response-accepted" && answer.match != "" {
			continue // the answer has been told
		}
		text := "so also: " + string(c.Cause)
		if c.Title != "" {
			text += " " + p.dash + " " + c.Title
		}
		p.wrapped(piece{text: pad(bodyIndent)}, plain, p.sentence(string(text)))
	}
	if e.found == nil {
		if d > brief {
			p.fixes(e.fix)
			if e.tell != "" {
				p.paragraph("to tell: " + e.tell)
			}
		}
		return
	}
	p.picture(e.found, d)
	p.fixes(e.found.Fix)
	if d > brief {
		cites := e.found.Cite
		if d == usual && len(cites) > 1 {
			cites = cites[:1]
		}
		p.sources(cites, d == whole)
	}
}

// answer is what the server said of this case, as far as it was recognised.
type answer struct {
	match    string
	explains []finding.CauseID
}

func (a answer) fits(cause finding.CauseID) bool {
	for _, c := range a.explains {
		if c == cause {
			return true
		}
	}
	return false
}

// answered ties the fault to what the server says of it.
func (p *page) answered(e entry, server string, a answer) {
	says := e.found.Answer
	switch fits := a.fits(e.cause); {
	case says != "" && e.found.Answered:
		p.paragraph(server + " answers this with '" + says + "', which is what you got.")
	case fits && a.match != "":
		p.paragraph("This fits the answer you got: '" + a.match + "'.")
	case says != "":
		p.paragraph(server + " answers this with '" + says + "'.")
	}
}

// picture shows one thing: times on a line, two values one above the other, or
// the place in the text.
func (p *page) picture(f *finding.Finding, d depth) {
	hasPlace := len(f.At) > 0 && f.At[0].Excerpt != nil && f.At[0].Excerpt.Text != ""
	switch {
	case f.Timeline != nil && len(f.Timeline.Marks) > 1:
		p.gap()
		p.timeline(f.Timeline)
	case f.Found != "" && f.Expected != "":
		p.compare(f.Found, f.Expected, f.Verbatim)
	default:
		if f.Found != "" {
			p.alone("found", f.Found)
		}
		if f.Expected != "" {
			p.alone("expects", f.Expected)
		}
		if hasPlace {
			p.excerpt(f.At[0])
			if d == whole {
				for _, loc := range f.At[1:] {
					p.excerpt(loc)
				}
			}
			return
		}
	}
	if d == whole {
		for _, loc := range f.At {
			p.excerpt(loc)
		}
	}
}

func (p *page) fixes(fixes []string) {
	for n, fix := range fixes {
		name := "fix"
		if n > 0 {
			name = ""
		}
		if len(fixes) == 1 {
			p.labelled(name, fix)
			continue
		}
		lead := label(name)
		lead.text += "- "
		p.wrapped(lead, plain, p.sentence(fix))
	}
}

// sources names the documents. A URL is never broken and never shares a line
// it does not fit on; it is written once.
func (p *page) sources(cites []finding.Citation, all bool) {
	for n, c := range cites {
		name := "source"
		if n > 0 {
			name = ""
		}
		title := p.sentence(c.Title)
		url := p.shown(c.URL)
		again := url != "" && p.cited[url]
		p.cited[url] = true
		if weight := c.Authority; weight != "" && !again && (all || weight != "documented") {
			title += " (" + p.sentence(weight)
			if all && c.Seen != "" {
				title += ", " + p.sentence(c.Seen)
			}
			title += ")"
		}
		switch {
		case again && title != "":
			p.wrapped(label(name), plain, title+" (as above)")
		case url == "":
			p.wrapped(label(name), plain, title)
		case title == "" && textIndent+visible.Width(url) <= p.width:
			p.line(label(name), piece{plain, url})
		case textIndent+visible.Width(title)+3+visible.Width(url) <= p.width:
			p.line(label(name), piece{plain, title + " " + p.dot + " " + url})
		default:
			p.wrapped(label(name), plain, title)
			p.line(piece{text: pad(p.urlIndent(url))}, piece{plain, url})
		}
	}
}

// urlIndent moves a URL out as far as it takes to fit, so that it can be
// clicked and copied in one piece.
func (p *page) urlIndent(url string) int {
	for _, indent := range []int{textIndent, pictureIndent + 2, 0} {
		if indent+visible.Width(url) <= p.width {
			return indent
		}
	}
	return pictureIndent + 2
}
