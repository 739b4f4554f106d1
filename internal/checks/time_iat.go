package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
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
		Doc:     "iat is when the assertion was made, by the client's clock. The server compares it with its own clock, so iat in the future nearly always means that the client's clock is ahead.",
		Causes: []Cause{
			{ID: "iat-missing", Title: "there is no iat where it is required", Severity: finding.Error,
				Why:   "Not every library adds iat by itself.",
				Fix:   "Set iat to the present in seconds.",
				Rules: Turns{On: []profile.Ref{profile.ClaimPresence.Ref(), profile.ExpAheadNoIat.Ref()}}},
			{ID: "iat-in-future", Title: "iat is ahead of now by more than the skew", Severity: finding.Error,
				Why:   "The client's clock is ahead of the server's, or iat was computed with an offset.",
				Fix:   "Synchronise the clock (NTP), and back-date iat by some seconds where the provider allows it.",
				Leads: []Lead{{To: []finding.CauseID{"nbf-in-future", "exp-too-far"}}},
				Rules: Turns{On: []profile.Ref{profile.IatSkew.Ref(), profile.TimeSkew.Ref()}}},
			{ID: "iat-too-old", Title: "iat is older than the provider takes", Severity: finding.Error,
				Why:   "The assertion was made once and kept, or the client's clock is behind.",
				Fix:   "Make a new assertion for every request and synchronise the clock.",
				Rules: Turns{On: []profile.Ref{profile.IatMaxAge.Ref(), profile.IatSkew.Ref(), profile.TimeSkew.Ref()}}},
		},
		Judge: judgeIat,
	}
}

func judgeIat(c *Ctx) Verdict {
	o := c.claims()
	at := c.claimAt("iat")
	want := profile.ClaimPresence.In(c.Rules, "iat")
	iat := o.Date("iat")
	if iat.Form == evidence.DateAbsent {
		if want.V == profile.Required && c.isAssertion() {
			if skip, unproven := absenceUnproven(o, "iat"); unproven {
				return skip
			}
			return Fail(Found("iat-missing", "iat is missing; %s requires it", c.provider()).
				Compare("no iat", "the present in seconds").At(at).Citing(want.Cite...))
		}
		ahead, exp := profile.ExpAheadNoIat.In(c.Rules), o.Date("exp")
		if ahead.Known() && c.isAssertion() && exp.Usable && !o.Partial && exp.At.Sub(c.AsOf) > ahead.V {
			return Fail(Found("iat-missing", "exp is %s ahead; beyond %s %s wants iat too", span(exp.At.Sub(c.AsOf)), span(ahead.V), c.provider()).
				Compare("no iat", "the present in seconds").At(at).Citing(ahead.Cite...))
		}
		return Pass("iat is absent, which %s allows", c.provider()).Citing(want.Cite...).Shows("iat-missing")
	}
	if !iat.Usable {
		return unusable(iat)
	}
	if c.Basis == evidence.BasisIAT {
		return NotAsked("the assertion is judged as of its own iat")
	}
	skew := c.skewOf(profile.IatSkew, fallbackSkew)
	cite := profile.IatSkew.In(c.Rules).Cite
	if ahead := iat.At.Sub(c.AsOf); ahead > skew {
		f := Found("iat-in-future", "iat is %s ahead of %s", span(ahead), c.asOf()).
			Compare(clock(iat.At), "at most "+clock(c.AsOf.Add(skew))).At(at).Citing(cite...).Draw(c.timeline("iat", c.AsOf.Add(skew)))
		if skew > 0 {
			f.Title += "; at most " + span(skew) + " is allowed for clocks"
		}
		return Fail(f)
	}
	age := c.AsOf.Sub(iat.At)
	if most := profile.IatMaxAge.In(c.Rules); most.Known() && c.isAssertion() && age > most.V+skew {
		return Fail(Found("iat-too-old", "iat is %s old; %s takes at most %s", span(age), c.provider(), span(most.V)).
			Compare(clock(iat.At), "at least "+clock(c.AsOf.Add(-most.V))).At(at).Citing(most.Cite...).Draw(c.timeline("iat", iat.At.Add(most.V))))
	}
	pass := Pass("iat is %s old", span(max(age, 0))).Citing(cite...)
	if !profile.IatMaxAge.In(c.Rules).Known() && age > skew {
		return pass.Shows("iat-too-old")
	}
	return pass
}
