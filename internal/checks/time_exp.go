package checks

import (
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func timeExp() Check {
	return Check{
		ID:      "time-exp",
		Subject: "exp",
		Rank:    390,
		Names:   []string{"exp"},
		Title:   "exp is in the near future",
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.ExpSkew.Ref(), profile.ExpMaxAhead.Ref(), profile.ExpAheadSkew.Ref(), profile.ExpAheadInclude.Ref()},
		Cites:   []finding.Citation{rfc(7519, "4.1.4"), rfc(7523, "3")},
		Doc:     "From exp on the assertion must not be taken. Many providers also limit how far ahead exp may lie, counted by the server's clock.",
		Causes: []Cause{
			{ID: "exp-missing", Title: "there is no exp", Severity: finding.Error,
				Why:   "The claim was not set; an assertion without end is refused (RFC 7523 section 3 item 4).",
				Fix:   "Set exp to the present plus some minutes, in seconds.",
				Rules: Turns{On: presenceRules()}},
			{ID: "exp-past", Title: "it has expired", Severity: finding.Error,
				Why:   "The assertion was made earlier and kept, or the client's clock is behind. An assertion lives for minutes, so a pasted one has nearly always expired since.",
				Fix:   "Make a new assertion for every request; if this one was fresh, synchronise the clock.",
				Leads: []Lead{{To: []finding.CauseID{"iat-too-old"}}},
				Rules: Turns{On: presenceRules()}},
			{ID: "exp-too-far", Title: "exp is further ahead of now than the provider allows", Severity: finding.Error,
				Why:   "The lifetime is the library's default (often an hour), or the client's clock is ahead.",
				Fix:   "Set exp to the present plus four minutes.",
				Rules: Turns{On: []profile.Ref{profile.ExpMaxAhead.Ref(), profile.ExpAheadSkew.Ref(), profile.ExpAheadInclude.Ref()}}},
		},
		Judge: judgeExp,
	}
}

func judgeExp(c *Ctx) Verdict {
	o := c.claims()
	at := c.claimAt("exp")
	want := profile.ClaimPresence.In(c.Rules, "exp")
	exp := o.Date("exp")
	switch {
	case exp.Form == evidence.DateAbsent:
		if want.V == profile.Optional {
			return Pass("exp is absent, which %s allows", c.provider()).Citing(want.Cite...).Shows("exp-missing")
		}
		if skip, unproven := absenceUnproven(o, "exp"); unproven {
			return skip
		}
		return Fail(Found("exp-missing", "exp is missing").Compare("no exp", "the present plus some minutes, in seconds").At(at).Citing(want.Cite...))
	case !exp.Usable:
		return unusable(exp)
	}
	// Whether it has expired is told as of now, even where the rest is judged
	// as of the assertion's own time.
	late := c.skewOf(profile.ExpSkew, 0)
	if past := c.Now.Sub(exp.At); past >= late && !c.pinnedToIat() {
		f := Found("exp-past", "it expired %s ago", span(past)).
			Compare(clock(exp.At), "after "+clock(c.Now)).At(at).Citing(want.Cite...).Draw(c.timeline("exp", time.Time{}))
		if c.Basis == evidence.BasisIAT {
			f.Saying("Nothing says when it was sent. An assertion lives for minutes, so a pasted one has nearly always expired since; the rest is judged as of its own time.")
		}
		return Fail(f)
	}
	most := profile.ExpMaxAhead.In(c.Rules)
	if !most.Known() || !c.isAssertion() {
		return Pass("exp lies ahead").Shows("exp-too-far")
	}
	if c.Basis == evidence.BasisIAT {
		return Pass("exp lies ahead of the assertion's own time").LeavesOpen("exp-past", "exp-too-far")
	}
	limit := most.V + c.skewOf(profile.ExpAheadSkew, 0)
	if ahead := exp.At.Sub(c.AsOf); ahead > limit || ahead == limit && !profile.ExpAheadInclude.In(c.Rules).V {
		return Fail(Found("exp-too-far", "exp is %s ahead of %s; %s allows at most %s", span(ahead), c.asOf(), c.provider(), span(most.V)).
			Compare(clock(exp.At), "at most "+clock(c.AsOf.Add(limit))).At(at).Citing(most.Cite...).Draw(c.timeline("exp", c.AsOf.Add(limit))))
	}
	return Pass("exp is %s ahead", span(exp.At.Sub(c.AsOf))).Citing(most.Cite...)
}

// pinnedToIat tells a run that judges each assertion as of its own iat because
// it was asked to; then nothing has expired unless exp is not after iat.
func (c *Ctx) pinnedToIat() bool {
	return c.Basis == evidence.BasisIAT && c.Now.Equal(c.AsOf)
}
