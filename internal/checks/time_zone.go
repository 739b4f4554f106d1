package checks

import (
	"fmt"
	"time"

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
		Doc: "Seconds since 1970 are counted in UTC wherever the machine stands. A local time taken for UTC shifts iat, nbf and exp together, by the hours of the zone. " +
			"The check asks only where the time of sending is known or the times lie ahead; a shift can also be chance, so it is never certain.",
		Causes: []Cause{
			{ID: "local-time-as-utc", Title: "the whole window is off by a time zone: a local time read as UTC", Severity: finding.Error,
				Why:   "A date without zone was converted as if it were UTC (or a UTC date as if it were local): datetime.utcnow().timestamp() in Python, strtotime without zone in PHP, DateTime of unspecified kind in .NET.",
				Fix:   "Take seconds since 1970 from the clock itself: int(time.time()), time.Now().Unix(), DateTimeOffset.UtcNow.ToUnixTimeSeconds().",
				Leads: []Lead{{To: outOfWindow(), When: func(lead, _ *Fault) bool { return lead.Certainty != finding.Possible }}}},
		},
		Judge: judgeTimeZone,
	}
}

// How far the shifted iat may lie from the moment of sending: sent at once, by
// clocks that agree. A wider window would take every stale assertion for a
// shifted one.
const (
	zoneBefore = 30 * time.Second // iat after the moment
	zoneAfter  = 2 * time.Minute  // iat before the moment
	// Where the window lies behind, a stale assertion looks the same but for
	// the seconds.
	staleBefore = 5 * time.Second
	staleAfter  = 15 * time.Second
)

func judgeTimeZone(c *Ctx) Verdict {
	if c.Basis == evidence.BasisIAT {
		return NotAsked("nothing says when the assertion was sent")
	}
	o := c.claims()
	start := o.Date("iat")
	if !start.Usable {
		start = o.Date("nbf")
	}
	exp := o.Date("exp")
	anchor := start
	if !anchor.Usable {
		if !exp.Usable {
			return NotAsked("there is no usable time")
		}
		// exp alone: the lifetime is unknown, so the shift is too.
		return NotAsked("exp alone does not show a shift")
	}
	off := anchor.At.Sub(c.AsOf)
	if off < 0 && c.Basis == evidence.BasisNow {
		return NotAsked("nothing says when the assertion was sent")
	}
	shift, residue, ok := zoneShift(off)
	if !ok {
		return Pass("the times are not off by a time zone")
	}
	// All of the window must fit after the shift, exp too.
	if exp.Usable && exp.At.Add(-shift).Before(c.AsOf.Add(-zoneBefore)) {
		return Pass("the times are not off by a time zone")
	}
	if k, ok := c.Clock.Get(); ok && !k.Local.IsZero() && anchor.At.Sub(k.Local).Abs() <= time.Minute {
		return NotAsked("%s is the time of the clock that made it (by %s); so it is the clock that is off", anchor.Claim, orElse(k.From, k.From != "", "its own stamp"))
	}
	direction := "ahead of"
	if shift < 0 {
		direction = "behind"
	}
	f := Found("local-time-as-utc", "%s is %s %s %s, a time zone's offset", anchor.Claim, span(shift), direction, c.asOf()).
		Saying("Less that offset it would lie %s. %s", residueWords(residue), "A local time was read as UTC, or the reverse.").
		Compare(clock(anchor.At), clock(anchor.At.Add(-shift))).
		At(c.claimAt(anchor.Claim)).Draw(c.timeline(anchor.Claim, time.Time{})).As(finding.Likely)
	if exp.Usable {
		f.At(c.claimAt("exp"))
	}
	return Fail(f)
}

func residueWords(r time.Duration) string {
	switch {
	case r == 0:
		return "at this very second"
	case r < 0:
		return fmt.Sprintf("%s before it", span(r))
	}
	return fmt.Sprintf("%s after it", span(r))
}

// zoneShift finds the offset of a time zone by which a moment is off, and what
// remains.
func zoneShift(off time.Duration) (shift, residue time.Duration, ok bool) {
	const step = 15 * time.Minute
	before, after := zoneBefore, zoneAfter
	if off < 0 {
		before, after = staleBefore, staleAfter
	}
	for _, shift := range []time.Duration{off.Truncate(step), off.Truncate(step) + step, off.Truncate(step) - step} {
		residue := off - shift
		if isZone(shift.Abs()) && residue <= before && residue >= -after {
			return shift, residue, true
		}
	}
	return 0, 0, false
}

// isZone tells whether any zone is, or is at times, that far from UTC (IANA
// time zone database): all whole hours up to 14, and a few parts of one.
func isZone(size time.Duration) bool {
	if size < time.Hour || size > 14*time.Hour {
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
