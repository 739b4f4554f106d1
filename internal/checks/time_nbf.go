package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
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
		Doc:     "Before nbf the assertion must not be taken. It is rarely required, and set to the present it fails as soon as the client's clock is ahead.",
		Causes: []Cause{
			{ID: "nbf-missing", Title: "there is no nbf where it is required", Severity: finding.Error,
				Why:   "Few libraries add nbf by themselves.",
				Fix:   "Set nbf to the present in seconds.",
				Rules: Turns{On: presenceRules()}},
			{ID: "nbf-in-future", Title: "nbf is ahead of now by more than the skew", Severity: finding.Error,
				Why:   "The client's clock is ahead of the server's, or nbf was computed with an offset.",
				Fix:   "Leave nbf out where it is not required, or set it to iat less some seconds.",
				Rules: Turns{On: []profile.Ref{profile.NbfSkew.Ref(), profile.TimeSkew.Ref()}}},
		},
		Judge: judgeNbf,
	}
}

func judgeNbf(c *Ctx) Verdict {
	o := c.claims()
	at := c.claimAt("nbf")
	want := profile.ClaimPresence.In(c.Rules, "nbf")
	nbf := o.Date("nbf")
	switch {
	case nbf.Form == evidence.DateAbsent && want.V == profile.Required && c.isAssertion():
		if skip, unproven := absenceUnproven(o, "nbf"); unproven {
			return skip
		}
		return Fail(Found("nbf-missing", "nbf is missing; %s requires it", c.provider()).
			Compare("no nbf", "the present in seconds").At(at).Citing(want.Cite...))
	case nbf.Form == evidence.DateAbsent:
		return Pass("nbf is absent, which %s allows", c.provider()).Shows("nbf-missing")
	case !nbf.Usable:
		return unusable(nbf)
	}
	skew := c.skewOf(profile.NbfSkew, fallbackSkew)
	if ahead := nbf.At.Sub(c.AsOf); ahead > skew {
		f := Found("nbf-in-future", "nbf is %s ahead of %s", span(ahead), c.asOf()).
			Compare(clock(nbf.At), "at most "+clock(c.AsOf.Add(skew))).At(at).
			Citing(profile.NbfSkew.In(c.Rules).Cite...).Draw(c.timeline("nbf", c.AsOf.Add(skew)))
		return Fail(f)
	}
	return Pass("nbf has passed")
}
