package checks

import (
	"fmt"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/wording"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func timeZone() Check {
	return Check{
		ID:      "time-zone",
		Subject: "time zone",
		Rank:    370,
		Names:   []string{"zone"},
		Title:   "The times are UTC",
		Needs:   []evidence.Need{evidence.NeedClaims},
		Cites:   []finding.Citation{rfc(7519, "2")},
		Doc: "Seconds since 1970 are counted in UTC wherever the machine is. A local time read as UTC shifts iat, nbf and exp together, by the hours of the time zone. " +
			"The check runs only if the time of sending is known or the times are in the future; a shift can also be chance, so it is never certain.",
		Causes: []Cause{
			{ID: "local-time-as-utc", Title: "all times are off by a time zone: a local time was read as UTC", Severity: finding.Error,
				Why:   "A date without time zone was converted as if it were UTC (or a UTC date as if it were local): datetime.utcnow().timestamp() in Python, strtotime without zone in PHP, DateTime of unspecified kind in .NET.",
				Fix:   "Take seconds since 1970 from the clock itself: int(time.time()), time.Now().Unix(), DateTimeOffset.UtcNow.ToUnixTimeSeconds().",
				Leads: []Lead{{To: outOfWindow(), When: func(lead, _ *Fault) bool { return lead.Certainty != finding.Possible }}}},
		},
		Judge: judgeTimeZone,
	}
}

// How far the shifted iat may be from the moment of sending: sent at once, by
// clocks that agree. A wider window would take every stale assertion for a
// shifted one.
const (
	zoneBefore = 30 * time.Second // iat after the moment
	zoneAfter  = 2 * time.Minute  // iat before the moment
	// Where the window is in the past, a stale assertion looks the same but for
	// the seconds.
	staleBefore = 5 * time.Second
	staleAfter  = 15 * time.Second
)

func judgeTimeZone(c *Ctx) Verdict {
	if c.Basis == evidence.BasisIAT {
		return NotAsked("nothing says when the assertion was sent").For(finding.WhyNotGiven)
	}
	o := c.claims()
	start, exp := o.Date("iat"), o.Date("exp")
	if !start.Usable {
		start = o.Date("nbf")
	}
	switch {
	case !start.Usable && !exp.Usable:
		return NotAsked("no time can be read").For(finding.WhyMoot)
	case !start.Usable || !exp.Usable:
		// The lifetime is unknown, so the shift is too.
		return NotAsked("a single time does not show a shift").For(finding.WhyMoot)
	}
	off := start.At.Sub(c.AsOf)
	if off < 0 && c.Basis == evidence.BasisNow {
		return NotAsked("nothing says when the assertion was sent").For(finding.WhyNotGiven)
	}
	shift, residue, ok := zoneShift(off)
	// A wrong zone shifts all times: an exp that is right, or that would be wrong
	// without the shift, shows that something else is the matter.
	if !ok || !exp.At.After(start.At) || shift < 0 && exp.At.After(c.AsOf) || exp.At.Add(-shift).Before(c.AsOf.Add(-zoneBefore)) {
		return Pass("the times are not off by a time zone")
	}
	if k, ok := c.Clock.Get(); ok && !k.Local.IsZero() && start.At.Sub(k.Local).Abs() <= time.Minute {
		return NotAskedText("%s is the time of the clock that made it (%s), so the clock is off", start.Claim, orElse(k.From, k.From != "", "its own time stamp")).For(finding.WhyMoot)
	}
	direction := "ahead of"
	if shift < 0 {
		direction = "behind"
	}
	w := c.window()
	for i := range w.at {
		if w.has(i) {
			w.set(i, w.at[i].Add(-shift))
		}
	}
	w.fit(c)
	f := Found("local-time-as-utc", "%s is %s %s %s, the offset of a time zone", start.Claim, wording.Span(shift), direction, c.asOf()).
		Saying("Without that offset, it would be %s. A local time was read as UTC, or the reverse.", residueWords(residue)).
		Compare(clock(start.At), clock(start.At.Add(-shift))).About(dated(start)).
		At(c.claimAt(start.Claim), c.claimAt("exp")).Draw(c.timeline(start.Claim, time.Time{})).As(finding.Likely)
	return Fail(w.into(f, "take seconds since 1970 from the clock itself: int(time.time()), time.Now().Unix(), DateTimeOffset.UtcNow.ToUnixTimeSeconds()"))
}

func residueWords(r time.Duration) string {
	switch {
	case r == 0:
		return "exact to the second"
	case r < 0:
		return fmt.Sprintf("%s before that moment", wording.Span(r))
	}
	return fmt.Sprintf("%s after that moment", wording.Span(r))
}

// ZoneShift finds the offset of a time zone by which a time of an assertion is
// off the moment it was sent at, and what remains; ok is false if it is none.
func ZoneShift(off time.Duration) (shift, residue time.Duration, ok bool) { return zoneShift(off) }

// zoneShift finds the offset of a time zone by which a moment is off, and what
// remains.
func zoneShift(off time.Duration) (shift, residue time.Duration, ok bool) {
	const step = 15 * time.Minute
	if off.Abs() < time.Hour-zoneBefore-zoneAfter {
		return 0, 0, false
	}
	before, after := zoneBefore, zoneAfter
	if off < 0 {
		before, after = staleBefore, staleAfter
	}
	near := off.Truncate(step)
	for _, shift := range [3]time.Duration{near, near + step, near - step} {
		residue := off - shift
		if isZone(shift.Abs()) && residue <= before && residue >= -after {
			return shift, residue, true
		}
	}
	return 0, 0, false
}

// farthestZone is how far the time of any zone is from UTC.
const farthestZone = 14 * time.Hour

// zoneName names the zones that are so far from UTC.
func zoneName(shift time.Duration) string {
	if shift == 0 {
		return "UTC"
	}
	sign := '+'
	if shift < 0 {
		sign = '-'
	}
	minutes := int(shift.Abs() / time.Minute)
	return fmt.Sprintf("UTC%c%02d:%02d", sign, minutes/60, minutes%60)
}

// isZone reports whether any zone is, or is at times, that far from UTC (IANA
// time zone database): all whole hours up to 14, and a few parts of one.
func isZone(size time.Duration) bool {
	if size < time.Hour || size > farthestZone {
		return false
	}
	switch hours := size.Truncate(time.Hour) / time.Hour; size % time.Hour {
	case 0:
		return true
	case 30 * time.Minute:
		return hours >= 2 && hours <= 6 || hours == 9 || hours == 10
	case 45 * time.Minute:
		return hours == 5 || hours == 8 || hours == 12 || hours == 13
	}
	return false
}
