package judge

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// printed are three times of an answer about an assertion that is early or late: the
// server's clock, and the bounds of the assertion it looked at.
type printed struct{ now, from, until time.Time }

// printedIn reads the three times out of an answer's words, where it prints them.
func printedIn(s *profile.Symptom, description string) (printed, bool) {
	values := s.Printed(description)
	var at [3]time.Time
	for i, name := range [...]string{profile.PrintsNow, profile.PrintsFrom, profile.PrintsUntil} {
		var err error
		if at[i], err = time.Parse(time.RFC3339, strings.TrimRight(values[name], ".,;")); err != nil {
			return printed{}, false
		}
	}
	return printed{at[0], at[1], at[2]}, true
}

// zone is the offset of a time zone by which the window is off the server's
// clock, as it is where the assertion was made for this very request.
func (p printed) zone() (shift, residue time.Duration, ok bool) {
	shift, residue, ok = checks.ZoneShift(p.from.Sub(p.now))
	if !ok || !p.until.After(p.from) || shift < 0 && p.until.After(p.now) || p.until.Add(-shift).Before(p.now.Add(-time.Minute)) {
		return 0, 0, false
	}
	return shift, residue, true
}

// proven makes findings of what the times printed in an answer prove of an
// assertion that nobody has seen.
func (e *Engine) proven(items []item, q Question, said answer) []item {
	r, ok := q.Case.Response.Get()
	if !ok || q.Case.HasAssertion() {
		return items
	}
	if _, ok := q.Case.Claims.Get(); ok {
		return items
	}
	p, ok := printedIn(said.symptom, r.Error.Description)
	if !ok {
		return items
	}
	span := p.from.UTC().Format(time.RFC3339) + " to " + p.until.UTC().Format(time.RFC3339)
	var f *checks.Fault
	switch shift, residue, zone := p.zone(); {
	case zone:
		f = checks.Found("local-time-as-utc", "the window is %s %s the server's clock, the offset of a time zone (%s)", wording.Span(shift.Abs()), behindWord(shift), offsetOf(shift)).As(finding.Likely).
			Saying("The answer prints three times: the server's clock, %s, and the assertion's window, %s. Without the offset, the assertion would have been made %s. A local time was read as UTC, or the reverse.",
				p.now.UTC().Format(time.RFC3339), span, madeWords(residue)).
			Compare(span, p.from.Add(-shift).UTC().Format(time.RFC3339)+" to "+p.until.Add(-shift).UTC().Format(time.RFC3339))
	case !p.now.Before(p.until) && p.until.After(p.from):
		f = checks.Found("exp-past", "the assertion had expired %s before the server's clock", wording.Span(p.now.Sub(p.until))).As(finding.Likely).
			Saying("The answer prints three times: the server's clock, %s, and the assertion's window, %s. It was made %s earlier: kept and sent again, or by a clock that is behind.",
				p.now.UTC().Format(time.RFC3339), span, wording.Span(p.now.Sub(p.from))).
			Compare(span, "a window around "+p.now.UTC().Format(time.RFC3339)).
			Fix("Make a new assertion for each request.")
	default:
		return items
	}
	f.Citing(finding.Citation{Title: "RFC 7519, section 4.1.4", URL: "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4", Authority: "documented"})
	at := e.catalog.cause[f.Cause]
	if !slices.Contains(e.run, at.check) {
		return items
	}
	if e.opts.Reword != nil {
		e.opts.Reword(f)
	}
	check := &e.catalog.checks[at.check]
	it := item{check: check, outcome: finding.Fail, fault: f, cause: &check.Causes[at.cause], severity: finding.Error, certainty: f.Certainty}
	if k := slices.IndexFunc(items, func(have item) bool { return have.check == check && have.outcome == finding.Skip }); k >= 0 {
		items[k] = it
		return items
	}
	return append(items, it)
}

func behindWord(shift time.Duration) string {
	if shift < 0 {
		return "behind"
	}
	return "ahead of"
}

// offsetOf names the zones that are so far from UTC. Which of the two it is, the
// times do not tell: either may have been used as the other.
func offsetOf(shift time.Duration) string {
	minutes := int(shift.Abs() / time.Minute)
	return fmt.Sprintf("UTC+%02d:%02d or UTC-%02[1]d:%02[2]d", minutes/60, minutes%60)
}

func madeWords(residue time.Duration) string {
	switch {
	case residue == 0:
		return "in the same second it was checked"
	case residue < 0:
		return wording.Span(-residue) + " before it was checked"
	}
	return wording.Span(residue) + " after it was checked"
}

// timed puts the causes of a symptom into the order that the times in the
// answer prove: what came before the window is early, what came after it late.
func timed(s *profile.Symptom, description string) *profile.Symptom {
	p, ok := printedIn(s, description)
	if !ok {
		return s
	}
	early := []string{"nbf-in-future", "iat-in-future", "clock-ahead", "local-time-as-utc", "time-in-milliseconds"}
	late := []string{"exp-past", "clock-behind", "local-time-as-utc", "exp-before-iat"}
	var first, never []string
	switch now, from, until := p.now, p.from, p.until; {
	case now.Before(from):
		first, never = early, []string{"exp-past", "clock-behind", "iat-too-old"}
	case !now.Before(until):
		first, never = late, []string{"nbf-in-future", "iat-in-future", "clock-ahead"}
	default:
		return s
	}
	out := *s
	out.Explains = nil
	for _, cause := range append(slices.Clone(first), s.Explains...) {
		if slices.Contains(s.Explains, cause) && !slices.Contains(never, cause) && !slices.Contains(out.Explains, cause) {
			out.Explains = append(out.Explains, cause)
		}
	}
	return &out
}
