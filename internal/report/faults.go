package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// mostPossible is how many possibilities are listed where a server says little.
const mostPossible = 6

// faults writes what is wrong, the likeliest first.
func (p *page) faults(s sorted, verbose bool) {
	var a answer
	if s.Symptom != nil {
		a = answer{match: s.Symptom.Match, explains: s.Symptom.Explains}
		if verbose || s.lead == nil || s.lead.found == nil || !a.fits(s.lead.cause) || s.lead.cause == refused {
			p.symptom(*s.Symptom, verbose)
		}
	}
	for _, part := range parts(s, verbose) {
		p.heading(strings.ToUpper(part.title))
		shown := part.entries
		// An answer on its own allows many things; each one after the first few has a line.
		if shown[0].found == nil && !verbose && len(shown) > mostPossible+1 {
			shown = shown[:mostPossible]
		}
		p.entries(shown, s, a, part.depth)
		if n := len(part.entries) - len(shown); n > 0 {
			p.paragraph(fmt.Sprintf("%d more with -v", n))
		}
	}
	for _, f := range s.broken {
		p.gap()
		p.wrapped(piece{ours, p.cross + " "}, plain, p.sentence(brokenText(f)))
	}
}

func brokenText(f finding.Finding) string {
	return "internal error in jwtdoctor (please report it): the check " + string(f.Check) + " broke: " + f.Reason
}

// entries sets those with a body apart from each other, and keeps single lines together.
func (p *page) entries(list []entry, s sorted, a answer, d depth) {
	tall := false
	for n, e := range list {
		if n > 0 && tall {
			p.gap()
		}
		start := p.b.Len()
		if n > 0 && e.found == nil && d == full {
			d = usual
		}
		p.entry(e, s, a, d)
		tall = bytes.Count(p.b.Bytes()[start:], []byte("\n")) > 1
	}
}

// symptom says what the server's answer means.
func (p *page) symptom(s finding.Symptom, verbose bool) {
	p.heading("THE SERVER ANSWERED")
	if s.Match != "" {
		p.paragraph(visible.Quoted(s.Match))
	}
	if s.Means != "" {
		p.paragraph(s.Means)
	}
	p.sources(s.Cite, verbose)
}

// questions lists what only a person can see: the first in short, or all.
func (p *page) questions(asks []finding.Ask, all bool) {
	if len(asks) == 0 {
		return
	}
	if !all {
		p.withMore(piece{}, "Check yourself: "+asks[0].Text, len(asks)-1)
		return
	}
	p.heading("CHECK YOURSELF")
	for _, a := range asks {
		p.wrapped(piece{quest, p.ask + " "}, plain, p.sentence(a.Text))
		if !p.citedAll(a.Cite) {
			p.sources(a.Cite, true)
		}
	}
}

// mostFirst is how many questions go before the causes they are the usual reason of.
const mostFirst = 4

// firstQuestions lists the first of the questions, without their sources.
func (p *page) firstQuestions(asks []finding.Ask) {
	p.heading("CHECK YOURSELF")
	shown := asks[:min(len(asks), mostFirst)]
	for i, a := range shown {
		more := 0
		if i == len(shown)-1 {
			more = len(asks) - len(shown)
		}
		p.withMore(piece{quest, p.ask + " "}, a.Text, more)
	}
}

// citedAll reports whether several sources are above already, every one of them.
func (p *page) citedAll(cites []finding.Citation) bool {
	for _, c := range cites {
		if !p.cited[p.shown(c.URL)] {
			return false
		}
	}
	return len(cites) > 0
}

// rest lists, for -v, what passed and what was skipped, with its reason.
func (p *page) rest(s sorted) {
	if len(s.passes) > 0 {
		p.heading("PASSED")
		for _, f := range s.passes {
			p.headline(p.tick, good, plain, firstOf(f.Message, f.Title), string(f.Check))
		}
	}
	for _, part := range []struct {
		title string
		of    func(finding.Why) bool
	}{
		{"NOT CHECKED", func(w finding.Why) bool { return w == finding.WhyMissing }},
		{"SKIPPED", func(w finding.Why) bool { return w != finding.WhyMissing }},
	} {
		began := false
		for _, f := range s.skips {
			if !part.of(f.Why) {
				continue
			}
			if !began {
				p.heading(part.title)
				began = true
			}
			text := f.Reason
			if f.Remedy != "" {
				text += " " + p.dot + " " + f.Remedy
			}
			p.headline(p.skip, plain, plain, text, string(f.Check))
		}
	}
}
