package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

func timeIat() Check {
	return Check{
		ID:      "time-iat",
		Subject: "iat",
		Rank:    400,
		Names:   []string{"iat"},
		Title:   "iat is in the recent past",
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.IatSkew.Ref(), profile.IatMaxAge.Ref(), profile.ExpAheadNoIat.Ref(), profile.TimeSkew.Ref()},
		Cites:   []finding.Citation{rfc(7519, "4.1.6"), rfc(7523, "3")},
		Doc:     "iat is when the assertion was created, by the client's clock. The server compares it with its own clock, so an iat in the future nearly always means that the client's clock is ahead.",
		Causes: []Cause{
			{ID: "iat-missing", Title: "iat is missing, and the provider requires it", Severity: finding.Error,
				Why:   "Not every library adds iat.",
				Fix:   "Set iat to now, in seconds since 1970.",
				Rules: Turns{On: []profile.Ref{profile.ClaimPresence.Ref(), profile.ExpAheadNoIat.Ref()}}},
			{ID: "iat-in-future", Title: "iat is in the future by more than clocks may differ", Severity: finding.Error,
				Why:   "The client's clock is ahead of the server's, or iat was calculated with an offset.",
				Fix:   "Synchronize the clock (NTP), and set iat a few seconds back if the provider allows it.",
				Leads: []Lead{{To: []finding.CauseID{"nbf-in-future", "exp-too-far"}}},
				Rules: Turns{On: []profile.Ref{profile.IatSkew.Ref(), profile.TimeSkew.Ref()}}},
			{ID: "iat-too-old", Title: "iat is older than the provider allows", Severity: finding.Error,
				Why:   "The assertion was created once and reused, or the client's clock is slow.",
				Fix:   "Create a new assertion for every request and synchronize the clock.",
				Rules: Turns{On: []profile.Ref{profile.IatMaxAge.Ref(), profile.IatSkew.Ref(), profile.TimeSkew.Ref()}}},
		},
		Judge: judgeIat,
	}
}

func judgeIat(c *Ctx) Verdict {
	o := c.claims()
	want := profile.ClaimPresence.In(c.Rules, "iat")
	iat := o.Date("iat")
	switch {
	case iat.Form == evidence.DateAbsent:
		return c.withoutIat(want)
	case !iat.Usable:
		return unusable(iat)
	case c.Basis == evidence.BasisIAT:
		return NotAsked("the times are checked as of the assertion's own iat").For(finding.WhyMoot)
	}
	if profile.IatSkew.In(c.Rules).State == profile.None && iat.At.After(c.AsOf) {
		return PassText("iat is ahead, which %s does not look at", c.provider())
	}
	skew, allowed := c.skewOf(profile.IatSkew, fallbackSkew), profile.IatSkew.In(c.Rules)
	if ahead := iat.At.Sub(c.AsOf); ahead > skew {
		f := Found("iat-in-future", "iat is %s ahead of %s", wording.Span(ahead), c.asOf())
		switch {
		case !allowed.Known() && !profile.TimeSkew.In(c.Rules).Known():
			f.Title += "; no tolerance is documented"
			if ahead <= mostSkew {
				f.As(finding.Likely) // some servers accept it
			}
		case skew > 0:
			f.Title += "; clocks may differ by " + wording.Span(skew) + " at most"
		}
		w := c.window()
		w.set(atIat, c.AsOf)
		w.fit(c)
		return Fail(by(w.into(f, "now. Synchronize the clock of the machine that signs (NTP)"), allowed).Compare(clock(iat.At), "at most "+clock(c.AsOf.Add(skew))).
			About(dated(iat)).At(c.claimAt("iat")).Draw(c.timeline("iat", c.AsOf.Add(skew))))
	}
	age, most := c.AsOf.Sub(iat.At), profile.IatMaxAge.In(c.Rules)
	if most.Known() && c.isAssertion() && age > most.V+skew {
		w := c.afresh(c.AsOf)
		return Fail(by(w.into(Found("iat-too-old", "iat is %s old; %s accepts at most %s", wording.Span(age), who(c, most), wording.Span(most.V)),
			"create a new assertion for every request, and synchronize the clock"), most).Compare(clock(iat.At), "at least "+clock(c.AsOf.Add(-most.V))).
			About(dated(iat)).At(c.claimAt("iat")).Draw(c.timeline("iat", iat.At.Add(most.V))))
	}
	pass := Pass("iat is %s old", lasting(max(age, 0))).Citing(allowed.Cite...)
	if !most.Known() && age > skew {
		return pass.Shows("iat-too-old")
	}
	return pass
}

// withoutIat is the verdict if there is no iat.
func (c *Ctx) withoutIat(want profile.Value[profile.Presence]) Verdict {
	o := c.claims()
	missing := func(f *Fault) *Fault {
		w := c.window()
		w.set(atIat, c.AsOf)
		w.fit(c)
		return w.into(f, c.nowWords()).Compare("no iat", "seconds since 1970").About(Detail{Meant: "iat"}).At(c.claimAt("iat"))
	}
	if want.V == profile.Required && c.isAssertion() {
		if skip, unproven := absenceUnproven(o, "iat"); unproven {
			return skip
		}
		return Fail(by(missing(Found("iat-missing", "iat is missing; %s requires it", who(c, want))), want))
	}
	ahead, exp := profile.ExpAheadNoIat.In(c.Rules), o.Date("exp")
	if ahead.Known() && c.isAssertion() && exp.Usable && !o.Partial && exp.At.Sub(c.AsOf) > ahead.V {
		return Fail(by(missing(Found("iat-missing", "exp is %s ahead; beyond %s, %s requires iat too", wording.Span(exp.At.Sub(c.AsOf)), wording.Span(ahead.V), who(c, ahead))), ahead))
	}
	return PassText("iat is missing, which %s allows", c.provider()).Citing(want.Cite...).Shows("iat-missing")
}
