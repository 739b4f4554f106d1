package checks

import (
	"strconv"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func timeFormat() Check {
	return Check{
		ID:      "time-format",
		Subject: "time format",
		Rank:    360,
		Names:   []string{"format"},
		Title:   "iat, nbf and exp are seconds since 1970",
		Needs:   []evidence.Need{evidence.NeedClaims},
		Cites:   []finding.Citation{rfc(7519, "2"), rfc(7519, "4.1.4")},
		Doc:     "A time in a JWT is a JSON number of seconds since 1970-01-01T00:00:00Z: ten digits nowadays. Clocks in JavaScript and Java count milliseconds, and prose in documentation shows dates.",
		Causes: []Cause{
			{ID: "time-in-milliseconds", Title: "a time is in milliseconds, or finer", Severity: finding.Error,
				Why: "Date.now(), System.currentTimeMillis() and the like count milliseconds. Read as seconds they are tens of thousands of years ahead.",
				Fix: "Divide by 1000 and round down: Math.floor(Date.now() / 1000)."},
			{ID: "time-as-string", Title: "a time is in quotes", Severity: finding.Error,
				Why: "The number was turned into text before it was put into the claims, as date +%s or strftime('%s') return it.",
				Fix: "Pass a number: int(…) in Python, Number(…) in JavaScript."},
			{ID: "time-as-date", Title: "a time is a calendar date", Severity: finding.Error,
				Why: "A date object was serialized as ISO 8601 text.",
				Fix: "Convert it to seconds since 1970 first: int(dt.timestamp()) in Python, dt.Unix() in Go."},
			{ID: "time-out-of-range", Title: "a time is negative, zero or absurd", Severity: finding.Error,
				Why: "A duration was used instead of a time, or a value that was never set.",
				Fix: "Add the lifetime to now: exp = now + 240."},
			{ID: "time-fractional", Title: "a time has a fraction or an exponent, which some servers refuse", Severity: finding.Warning,
				Why: "A floating-point clock was used, such as Python's time.time(). RFC 7519 allows it; parsers that expect an integer do not.",
				Fix: "Round to whole seconds: int(time.time())."},
		},
		Judge: judgeTimeFormat,
	}
}

func judgeTimeFormat(c *Ctx) Verdict {
	o := c.claims()
	var misread misreadTimes
	there := false
	for i, name := range timeClaims() {
		d := o.Date(name)
		if d.Form == evidence.DateAbsent {
			continue
		}
		there = true
		if d.Form != evidence.DateSeconds || d.Quoted {
			misread.add(c, i, d)
		}
	}
	if !there {
		return NotAsked("iat, nbf and exp are all missing").For(finding.WhyMoot)
	}
	return Faults("the times are whole seconds", misread.faults(c)...)
}

// misreadTimes gathers the time claims of the wrong form: one fault a cause,
// with every claim it is about.
type misreadTimes struct{ list []misreadTime }

type misreadTime struct {
	*Fault
	names   []string
	is, are string // what is wrong with one, and with several
	fix     window
}

// add puts a claim under its cause. One in quotes may be wrong in another way too.
func (m *misreadTimes) add(c *Ctx, i int, d evidence.Date) {
	whole := strconv.FormatInt(d.At.Unix(), 10)
	seconds := "seconds since 1970, such as " + strconv.FormatInt(c.AsOf.Unix(), 10)
	at := d.At
	if at.IsZero() || d.Form == evidence.DateOutOfRange || d.Form == evidence.DateNotANumber {
		at = c.AsOf
		if i == atExp {
			at = at.Add(c.lifetime())
		}
	}
	put := func(cause finding.CauseID, expected, is, are string) {
		k := 0
		for k < len(m.list) && m.list[k].Cause != cause {
			k++
		}
		if k == len(m.list) {
			about := dated(d)
			if expected == whole {
				about.Right = whole
			}
			m.list = append(m.list, misreadTime{Found(cause, "%s", "").Compare(show(d.Value), expected).About(about), nil, is, are, c.window()})
		}
		t := &m.list[k]
		t.names = append(t.names, d.Claim)
		t.At(c.claimAt(d.Claim))
		t.fix.set(i, at)
	}
	if d.Quoted {
		put("time-as-string", "a number", "is a number in quotes", "are numbers in quotes")
	}
	switch d.Form {
	case evidence.DateMillis, evidence.DateMicros, evidence.DateNanos:
		put("time-in-milliseconds", whole, "is in "+string(d.Form)+"; it must be in seconds", "are in "+string(d.Form)+"; they must be in seconds")
	case evidence.DateFraction:
		put("time-fractional", whole, "is not a whole number of seconds", "are not whole numbers of seconds")
	case evidence.DateCalendar:
		put("time-as-date", whole, "is a calendar date as text", "are calendar dates as text")
	case evidence.DateOutOfRange:
		put("time-out-of-range", seconds, "is not a plausible time", "are not plausible times")
	case evidence.DateNotANumber:
		if d.Value.Kind == jsonspan.String {
			put("time-as-string", seconds, "is text, not a number", "are text, not numbers")
		} else {
			put("time-out-of-range", seconds, "is "+d.Value.Kind.String()+", not a number", "are not numbers")
		}
	}
}

// faults completes each fault with its title and fix.
func (m *misreadTimes) faults(c *Ctx) []*Fault {
	var out []*Fault
	for i := range m.list {
		t := &m.list[i]
		t.Title = list(t.names) + " " + plural(len(t.names), t.is, t.are)
		read := t.fix.at
		t.fix.fit(c)
		hint := ""
		switch t.Cause {
		case "time-in-milliseconds":
			hint = "divide the milliseconds by 1000 and round down, as Math.floor(Date.now() / 1000) does"
		case "time-as-string":
			hint = "a number, without quotes: int(…) in Python, Number(…) in JavaScript"
		case "time-as-date":
			hint = "seconds since 1970, such as int(dt.timestamp()) in Python or dt.Unix() in Go"
		case "time-fractional":
			hint = "whole seconds, such as int(time.time())"
		case "time-out-of-range":
			hint = "seconds since 1970"
		}
		if t.fix.at != read && hint != "" {
			hint += ". These are the times of a new assertion, because those of this one no longer pass"
		}
		out = append(out, t.fix.into(t.Fault, hint))
	}
	return out
}
