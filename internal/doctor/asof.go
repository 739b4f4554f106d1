package doctor

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// moment is what --now asked for.
type moment struct {
	at    time.Time // zero if not given or "iat"
	given bool
	own   bool // each assertion its own as iat
	// present is true for "now": the clock's time, as if it had been given.
	present bool
	// arrived is true if what is judged has just arrived.
	arrived bool
}

// parseNow reads --now: RFC 3339, seconds since 1970, "now" or "iat".
func parseNow(s string) (moment, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return moment{}, nil
	case strings.EqualFold(s, "iat"):
		return moment{own: true}, nil
	case strings.EqualFold(s, "now"):
		return moment{present: true}, nil
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		if n > 1e11 || n < 0 {
			return moment{}, UsageError{fmt.Sprintf("--now: %s is not seconds since 1970; divide milliseconds by 1000", s)}
		}
		return moment{at: time.Unix(n, 0).UTC(), given: true}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return moment{at: t.UTC(), given: true}, nil
		}
	}
	return moment{}, UsageError{fmt.Sprintf("--now: cannot read %q; use RFC 3339 with a zone (2026-11-21T08:00:00Z), seconds since 1970, now or iat", s)}
}

// placeInTime decides the moment a case is judged at. The moment of the run
// applies unless the assertion has expired by then and nothing says when it was
// sent: then it is judged its own as iat.
//
// The words of the moment are put together only if somebody reads them.
func placeInTime(c *evidence.Case, m moment, now time.Time, rules *profile.Rules, words bool) evidence.Moment {
	at := evidence.Moment{Kind: c.Kind, Now: now, AsOf: now, Basis: evidence.BasisNow}
	why := basis(&at, c, m, rules)
	if !words {
		return at
	}
	at.Words = at.AsOf.UTC().Format("2006-01-02 15:04:05Z")
	if why != "" {
		at.Words += ", " + why
	}
	return at
}

// basis sets the moment and says what it rests on; "" if it is just now.
func basis(at *evidence.Moment, c *evidence.Case, m moment, rules *profile.Rules) string {
	if m.given {
		at.Now, at.AsOf, at.Basis = m.at, m.at, evidence.BasisFlag
		return "given by --now"
	}
	if m.arrived {
		at.Basis = evidence.BasisArrival
		return "when it arrived"
	}
	own, from, ok := ownTime(c, rules)
	words := "its own " + from
	if from == "exp" {
		words += ", less the lifetime allowed"
	}
	if m.own {
		if ok {
			at.Now, at.AsOf, at.Basis = own, own, evidence.BasisIAT
			return words
		}
		return "since it has no time that can be read"
	}
	if sent, from := sentAt(c); from != "" {
		at.Now, at.AsOf, at.Basis = sent, sent, from
		switch from {
		case evidence.BasisDate:
			return "the Date of the response"
		case evidence.BasisLog:
			return "when the log says it was sent"
		case evidence.BasisAnswer:
			return "when the answer says it was made"
		}
		return "when the HAR says it was sent"
	}
	if _, live := c.Network.Get(); live {
		return "" // it was sent just now
	}
	if o, readable := c.Claims.Get(); readable && ok {
		if exp := o.Date("exp"); exp.Usable && !at.Now.Before(exp.At) {
			at.AsOf, at.Basis, at.Claim = own, evidence.BasisIAT, from
			return words + ": it has expired since"
		}
	}
	return ""
}

// sentAt is when the request was sent: by the server's clock, else the HAR's, else
// what the text around it says.
func sentAt(c *evidence.Case) (time.Time, evidence.Basis) {
	if r, ok := c.Response.Get(); ok {
		if at, ok := r.Stamped(); ok {
			if r.Told {
				return at, evidence.BasisAnswer
			}
			return at, evidence.BasisDate
		}
	}
	if r, ok := c.Request.Get(); ok && !r.Sent.IsZero() {
		return r.Sent, evidence.BasisHAR
	}
	if !c.Told.Time.IsZero() && !c.Told.Local {
		if c.Told.Answer {
			return c.Told.Time, evidence.BasisAnswer
		}
		return c.Told.Time, evidence.BasisLog
	}
	return time.Time{}, ""
}

// ownTime is the moment the assertion itself says it was made: iat; where that
// is absent or contradicts exp, nbf; else exp less the provider's limit.
func ownTime(c *evidence.Case, rules *profile.Rules) (at time.Time, from string, ok bool) {
	o, readable := c.Claims.Get()
	if !readable {
		return time.Time{}, "", false
	}
	exp := o.Date("exp")
	for _, claim := range []string{"iat", "nbf"} {
		if d := o.Date(claim); d.Usable && (!exp.Usable || d.At.Before(exp.At)) {
			return d.At, claim, true
		}
	}
	if exp.Usable {
		return exp.At.Add(-limit(rules)), "exp", true
	}
	return time.Time{}, "", false
}

// limit is the provider's bound on the lifetime. Where none is known a minute
// serves: then no check compares with a bound either.
func limit(rules *profile.Rules) time.Duration {
	for _, bound := range []profile.Param[time.Duration]{profile.LifetimeMax, profile.ExpMaxAhead} {
		if most := bound.In(rules); most.Known() {
			return most.V
		}
	}
	return time.Minute
}
