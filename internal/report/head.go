package report

import (
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// headParts say what was read, as what, compared with what, as of when.
func headParts(s sorted) []string {
	parts := []string{where(s.Input)}
	if s.ReadAs != "" {
		parts = append(parts, bare(s.ReadAs))
	}
	if s.Profile.ID != "" {
		profile := s.Profile.ID
		if s.Profile.Env != "" {
			profile += " " + s.Profile.Env
		}
		switch {
		case s.Profile.Fallback:
			profile += " (no provider detected)"
		case s.Profile.Guessed:
			if profile += " (detected"; s.Profile.GuessedBy != "" {
				profile += ": " + s.Profile.GuessedBy
			}
			profile += ")"
		}
		parts = append(parts, profile)
	}
	if moment := checkedAsOf(s); moment != "" {
		parts = append(parts, "checked as of "+moment)
	}
	return parts
}

// bare is a noun without its article, for a list.
func bare(noun string) string {
	for _, article := range []string{"a ", "an "} {
		if rest, ok := strings.CutPrefix(noun, article); ok {
			return rest
		}
	}
	return noun
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

// checkedAsOf is the moment in words. That the assertion has expired since is
// part of it: no more is to be said of what is true of nearly all of them.
func checkedAsOf(s sorted) string {
	j := s.JudgedAsOf
	if s.expired != nil && j.Time != "" && (j.Basis == "iat" || j.Basis == "nbf" || j.Basis == "exp") {
		return "its " + j.Basis + " (" + instantText(j.Time) + "): " + strings.TrimSuffix(firstOf(s.expired.Title, "it has expired since"), ".")
	}
	if j.Words != "" || j.Time == "" {
		return j.Words
	}
	moment := instantText(j.Time)
	switch j.Basis {
	case "--now":
		return moment + " (--now)"
	case "date":
		return moment + " (Date of the answer)"
	case "har":
		return moment + " (time in the HAR)"
	case "iat":
		return moment + " (its own iat)"
	}
	return moment
}

// instantText is an RFC 3339 time as people read it.
func instantText(t string) string { return strings.Replace(t, "T", " ", 1) }

// head writes what was read. A line is broken between parts before it is broken
// inside one.
func (p *page) head(s sorted) {
	line := ""
	for n, part := range headParts(s) {
		part = p.sentence(part)
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
	if s.expired != nil && s.JudgedAsOf.Basis != "iat" && s.JudgedAsOf.Basis != "nbf" && s.JudgedAsOf.Basis != "exp" {
		p.wrapped(piece{plain, "  "}, plain, p.sentence("note: "+firstOf(s.expired.Title, s.expired.Message)))
	}
	for _, n := range headNotes(s.Case) {
		p.wrapped(piece{plain, "  "}, plain, p.sentence(n))
	}
}

// headNotes are the notes on a case and what was found in the input and not used.
func headNotes(c finding.Case) []string {
	const most = 5
	var out []string
	for _, n := range c.Notes {
		out = append(out, "note: "+n)
	}
	for i, u := range c.Input.Unused {
		if i == most {
			out = append(out, fmt.Sprintf("not used: %d more", len(c.Input.Unused)-most))
			break
		}
		out = append(out, fmt.Sprintf("not used: %s, line %d", u.What, u.Line))
	}
	return out
}

// heading writes a heading with space before it.
func (p *page) heading(text string) {
	p.gap()
	p.line(piece{strong, text})
}
