package report

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

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

// depth is how much of an entry is reported.
type depth int

const (
	brief depth = iota // what is wrong, and how to fix it
	usual              // and the picture
	full               // and how it comes about, what follows, and the first source
	whole              // everything
)

// entry writes one fault.
func (p *page) entry(e entry, s sorted, a answer, d depth) {
	sign, i := p.sign(e.severity())
	if e.found == nil {
		sign, i = p.ask, quest // nobody has seen it
	}
	text := strong
	if d == brief {
		text = plain
	}
	p.headline(sign, i, text, e.headline(), e.tag(p.dot))
	if e.found == nil {
		fixes, why := e.help(p.rules)
		if why != "" && d >= full {
			p.paragraph(why)
		}
		if d > brief {
			p.fixes(finding.Finding{Fix: fixes}, nil)
		}
		if e.tell != "" && d > brief {
			p.labelled("confirm", e.tell)
		}
		return
	}
	tied := false
	if d >= usual {
		tied = p.answered(e, s.server(), a, d)
	}
	if body := e.body(); body != "" && (d == whole || d == full && !tied) {
		p.paragraph(body)
	}
	p.consequences(e.children, a, d)
	p.picture(e.found, d)
	if d >= full {
		p.gap()
	}
	if !s.puzzling(&e) || d == whole {
		p.fixes(*e.found, s.Decoded.Claims) // else the questions say what to do
		p.inCode(*e.found, d)
	}
	if d >= full {
		cites := e.found.Cite
		if d == full && len(cites) > 1 {
			cites = cites[:1]
		}
		p.sources(cites, d == whole)
	}
}

// consequences names what else is wrong for the same reason.
func (p *page) consequences(all []finding.Finding, a answer, d depth) {
	var names []string
	for _, c := range all {
		if c.Check == "response-accepted" && a.match != "" {
			continue // the answer has been shown
		}
		names = append(names, string(c.Cause))
		if d == whole || len(all) == 1 {
			text := "This also causes " + string(c.Cause)
			if c.Title != "" {
				text += ": " + c.Title
			}
			p.paragraph(text)
		}
	}
	if len(names) > 0 && len(all) > 1 && d != whole {
		p.paragraph("This also causes " + listOf(names))
	}
}

// listOf joins names: "a, b and c".
func listOf(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
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

// tie ties a fault to what the server says of it; "" without words to tie to.
// The second value says whether it is the whole explanation.
func (e entry) tie(server string, a answer) (text string, got bool) {
	if e.found == nil || e.cause == refused { // the refusal is the answer
		return "", false
	}
	says := e.found.Answer
	switch {
	case says != "" && e.found.Answered:
		return server + " answers this with " + visible.Quoted(says) + ", which is what you got.", true
	case a.fits(e.cause) && a.match != "":
		return "This fits the answer you got: " + visible.Quoted(a.match) + ".", true
	case says != "":
		return server + " answers this with " + visible.Quoted(says) + ".", false
	}
	return "", false
}

// answered writes the tie, of those shown in short only if it is about this answer.
func (p *page) answered(e entry, server string, a answer, d depth) bool {
	text, got := e.tie(server, a)
	if text == "" || d == usual && !got {
		return false
	}
	p.paragraph(text)
	return got
}

// picture shows one thing: times on a line, two values one above the other, or
// the place in the text.
func (p *page) picture(f *finding.Finding, d depth) {
	hasPlace := len(f.At) > 0 && f.At[0].Excerpt != nil && f.At[0].Excerpt.Text != ""
	switch {
	case d == brief && f.Timeline != nil:
	case f.Timeline != nil && len(f.Timeline.Marks) > 1:
		p.gap()
		p.timeline(f.Timeline)
		p.gap()
	case f.Found != "" && f.Expected != "":
		p.compare(f.Found, f.Expected, f.Verbatim, d == whole)
	default:
		if f.Found != "" {
			p.alone("found", f.Found, d == whole)
		}
		if f.Expected != "" {
			p.alone("expects", f.Expected, d == whole)
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

// fixes writes what to do: the most visible line after the cause.
func (p *page) fixes(f finding.Finding, claims []byte) {
	lead := fixLabel()
	steps, beside, more := told(f, claims)
	if len(steps) == 0 {
		for _, fix := range more {
			if len(more) > 1 {
				lead.text += "- "
			}
			p.wrapped(lead, strong, p.sentence(fix))
			lead = label("")
		}
		return
	}
	for _, step := range steps {
		// What is to be copied is whole, and what is said of it next to it if there
		// is room.
		text := p.shown(step.Text)
		remark := p.sentence(beside)
		if len(steps) > 1 {
			remark = step.Value
		}
		switch {
		case remark == "":
			p.step(lead, text)
		case textIndent+visible.Width(text)+4+visible.Width(remark) <= p.width:
			p.line(lead, piece{strong, text}, piece{plain, "  (" + remark + ")"})
		default:
			p.step(lead, text)
			p.wrapped(label(""), plain, "("+remark+")")
		}
		lead = label("")
	}
	for _, note := range more {
		p.wrapped(label(""), plain, p.sentence(note))
	}
}

// inCode writes the fix as the library that made the assertion takes it.
func (p *page) inCode(f finding.Finding, d depth) {
	if f.InCode == "" || d == brief {
		return
	}
	text := p.shown(f.InCode)
	if textIndent+visible.Width(text) <= p.width {
		p.line(label("in code"), piece{strong, text})
	} else {
		p.line(label("in code"))
		p.address(text)
	}
	p.wrapped(label(""), plain, "("+p.sentence(f.InLibrary)+", which this assertion looks like)")
}

// step writes a step, further out where it does not fit behind its label.
func (p *page) step(lead piece, text string) {
	if textIndent+visible.Width(text) <= p.width {
		p.line(lead, piece{strong, text})
		return
	}
	name, value, _ := strings.Cut(text, " = ")
	p.line(lead, piece{strong, name + " ="})
	p.address(value)
}

func fixLabel() piece {
	l := label("FIX")
	l.ink = key
	return l
}

// sources names the documents. A URL is never broken and never shares a line
// it does not fit on; it is written once. On a terminal that opens links, the
// title is one.
func (p *page) sources(cites []finding.Citation, all bool) {
	for n, c := range cites {
		name := "source"
		if n > 0 {
			name = ""
		}
		title := p.sentence(c.Title)
		address := p.shown(c.URL)
		again := address != "" && p.cited[address]
		p.cited[address] = true
		if weight := c.Authority; weight != "" && !again && (all || weight != "documented") {
			title += " (" + p.sentence(weight)
			if all && c.Seen != "" {
				title += ", " + p.sentence(c.Seen)
			}
			title += ")"
		}
		link := p.link(c.URL)
		switch {
		case link != "" && title != "":
			p.linked(label(name), title, link)
		case again && title != "":
			p.wrapped(label(name), plain, title+" (as above)")
		case address == "":
			p.wrapped(label(name), plain, title)
		case title == "":
			p.line(label(name))
			p.address(address)
		case textIndent+visible.Width(title)+3+visible.Width(address) <= p.width:
			p.line(label(name), piece{plain, title + " " + p.dot + " " + address})
		default:
			p.wrapped(label(name), plain, title)
			p.address(address)
		}
	}
}

// address writes a URL on its own line, so far out as it takes to fit, so that
// it can be clicked and copied in one piece.
func (p *page) address(text string) {
	for _, indent := range []int{textIndent, pictureIndent + 2, 0} {
		if indent+visible.Width(text) <= p.width {
			p.line(piece{text: pad(indent)}, piece{plain, text})
			return
		}
	}
	p.line(piece{plain, text})
}

// link is the target of a link on a terminal; "" if there is to be none. It
// contains printable ASCII only, so that it ends where it is meant to.
func (p *page) link(address string) string {
	u, err := url.Parse(address)
	if !p.links || err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		return ""
	}
	target := u.String()
	for i := range len(target) {
		if target[i] <= ' ' || target[i] > '~' {
			return ""
		}
	}
	return target
}

// linked writes text as a link (OSC 8), line by line.
func (p *page) linked(lead piece, text, target string) {
	at := visible.Width(lead.text)
	for n, line := range wrap(text, p.width-at) {
		if n > 0 {
			lead = piece{text: pad(at)}
		}
		p.b.WriteString(lead.text)
		fmt.Fprintf(&p.b, "\x1b]8;;%s\x1b\\%s\x1b]8;;\x1b\\\n", target, line)
	}
}
