package checks

import (
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func timeFormat() Check {
	return Check{
		ID:      "time-format",
		Subject: "the form of times",
		Rank:    360,
		Names:   []string{"format"},
		Title:   "iat, nbf and exp are seconds since 1970",
		Needs:   []evidence.Need{evidence.NeedClaims},
		Cites:   []finding.Citation{rfc(7519, "2"), rfc(7519, "4.1.4")},
		Doc:     "A time in a JWT is a JSON number of seconds since 1970-01-01T00:00:00Z: ten digits nowadays. Clocks in JavaScript and Java count milliseconds, and prose in documentation shows dates.",
		Causes: []Cause{
			{ID: "time-in-milliseconds", Title: "a time in milliseconds, or finer", Severity: finding.Error,
				Why: "Date.now(), System.currentTimeMillis() and the like count milliseconds. Read as seconds they lie tens of thousands of years ahead.",
				Fix: "Divide by 1000 and round down: Math.floor(Date.now() / 1000)."},
			{ID: "time-as-string", Title: "a time in quotes", Severity: finding.Error,
				Why: "The number was turned into text before it was put into the claims, as date +%s or strftime('%s') give it.",
				Fix: "Pass a number: int(…) in Python, Number(…) in JavaScript."},
			{ID: "time-as-date", Title: "a time as a calendar date", Severity: finding.Error,
				Why: "A date object was serialised as ISO 8601 text.",
				Fix: "Convert it to seconds since 1970 first: int(dt.timestamp()) in Python, dt.Unix() in Go."},
			{ID: "time-out-of-range", Title: "a time that is negative, zero or absurd", Severity: finding.Error,
				Why: "A duration was put where a moment belongs, or an unset value was used.",
				Fix: "Add the lifetime to the present: exp = now + 240."},
			{ID: "time-fractional", Title: "a time with a fraction or an exponent, which some servers refuse", Severity: finding.Warning,
				Why: "A floating-point clock was used, such as Python's time.time(). RFC 7519 allows it; parsers that want an integer do not.",
				Fix: "Round to whole seconds: int(time.time())."},
		},
		Judge: judgeTimeFormat,
	}
}

func judgeTimeFormat(c *Ctx) Verdict {
	o := c.claims()
	byCause := map[finding.CauseID]*Fault{}
	var faults []*Fault
	there := false
	add := func(cause finding.CauseID, expected string, d evidence.Date, format string, args ...any) {
		f, ok := byCause[cause]
		if !ok {
			f = Found(cause, format, args...).Compare(show(d.Value), expected)
			byCause[cause] = f
			faults = append(faults, f)
		} else {
			f.Title += ", and so is " + d.Claim
		}
		f.At(c.claimAt(d.Claim))
	}
	for _, name := range timeClaims() {
		d := o.Date(name)
		if d.Form == evidence.DateAbsent {
			continue
		}
		there = true
		if d.Quoted {
			add("time-as-string", "a number", d, "%s is a number in quotes", name)
		}
		secs := "seconds since 1970, such as " + itoa(int(c.Now.Unix()))
		switch d.Form {
		case evidence.DateMillis, evidence.DateMicros, evidence.DateNanos:
			add("time-in-milliseconds", fmt.Sprintf("%d", d.At.Unix()), d, "%s is in %s; it must be in seconds", name, d.Form)
		case evidence.DateFraction:
			add("time-fractional", fmt.Sprintf("%d", d.At.Unix()), d, "%s is no whole number of seconds", name)
		case evidence.DateCalendar:
			add("time-as-date", fmt.Sprintf("%d", d.At.Unix()), d, "%s is a calendar date as text", name)
		case evidence.DateOutOfRange:
			add("time-out-of-range", secs, d, "%s is no moment of our time", name)
		case evidence.DateNotANumber:
			if _, text := o.Text(name); text {
				add("time-as-string", secs, d, "%s is text, not a number", name)
			} else {
				add("time-out-of-range", secs, d, "%s is %s, not a number", name, d.Value.Kind)
			}
		}
	}
	if !there {
		return NotAsked("there is neither iat, nbf nor exp")
	}
	return Faults("whole seconds", faults...)
}
