package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

func timeNbf() Check {
	return Check{
		ID:      "time-nbf",
		Subject: "nbf",
		Rank:    410,
		Names:   []string{"nbf"},
		Title:   "nbf is not in the future",
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.NbfSkew.Ref(), profile.TimeSkew.Ref()},
		Cites:   []finding.Citation{rfc(7519, "4.1.5"), rfc(7523, "3")},
		Doc:     "Before nbf the server must refuse the assertion. It is rarely required, and one that is set to now fails as soon as the client's clock is ahead.",
		Causes: []Cause{
			{ID: "nbf-missing", Title: "nbf is missing, and the provider requires it", Severity: finding.Error,
				Why:   "Few libraries add nbf.",
				Fix:   "Set nbf to now, in seconds since 1970.",
				Rules: Turns{On: presenceRules()}},
			{ID: "nbf-in-future", Title: "nbf is in the future by more than clocks may differ", Severity: finding.Error,
				Why:   "The client's clock is ahead of the server's, or nbf was calculated with an offset.",
				Fix:   "Leave nbf out if it is not required, or set it to iat minus a few seconds.",
				Leads: []Lead{{To: []finding.CauseID{"exp-before-iat"}, When: func(_, led *Fault) bool { return led.Detail.Code == "nbf" }}},
				Rules: Turns{On: []profile.Ref{profile.NbfSkew.Ref(), profile.TimeSkew.Ref()}}},
		},
		Judge: judgeNbf,
	}
}

func judgeNbf(c *Ctx) Verdict {
	o := c.claims()
	want := profile.ClaimPresence.In(c.Rules, "nbf")
	nbf := o.Date("nbf")
	switch {
	case nbf.Form == evidence.DateAbsent && want.V == profile.Required && c.isAssertion():
		if skip, unproven := absenceUnproven(o, "nbf"); unproven {
			return skip
		}
		w := c.window()
		w.set(atNbf, c.AsOf)
		w.fit(c)
		return Fail(by(w.into(Found("nbf-missing", "nbf is missing; %s requires it", who(c, want)), c.nowWords()), want).
			Compare("no nbf", "seconds since 1970").About(Detail{Meant: "nbf"}).At(c.claimAt("nbf")))
	case nbf.Form == evidence.DateAbsent:
		return PassText("nbf is missing, which %s allows", c.provider()).Shows("nbf-missing")
	case !nbf.Usable:
		return unusable(nbf)
	}
	skew := c.skewOf(profile.NbfSkew, fallbackSkew)
	if ahead := nbf.At.Sub(c.AsOf); ahead > skew {
		w := c.window()
		w.set(atNbf, c.AsOf)
		w.fit(c)
		hint := "now. Synchronize the clock of the machine that signs (NTP)"
		if want.V != profile.Required {
			hint += ", or leave nbf out"
		}
		f := Found("nbf-in-future", "nbf is %s ahead of %s", wording.Span(ahead), c.asOf())
		if !profile.NbfSkew.In(c.Rules).Known() && !profile.TimeSkew.In(c.Rules).Known() && ahead <= mostSkew {
			f.Title += "; no tolerance is documented"
			f.As(finding.Likely) // some servers accept it
		}
		return Fail(by(w.into(f, hint), profile.NbfSkew.In(c.Rules)).
			Compare(clock(nbf.At), "at most "+clock(c.AsOf.Add(skew))).About(dated(nbf)).At(c.claimAt("nbf")).Draw(c.timeline("nbf", c.AsOf.Add(skew))))
	}
	return Pass("nbf has passed")
}
