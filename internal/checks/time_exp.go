package checks

import (
	"slices"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/wording"

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
		Doc:     "The server must refuse the assertion from exp on. Many providers also limit how far ahead exp may be, counted by the server's clock.",
		Causes: []Cause{
			{ID: "exp-missing", Title: "exp is missing", Severity: finding.Error,
				Why:   "The claim was not set. Servers refuse an assertion that never expires (RFC 7523 section 3 item 4).",
				Fix:   "Set exp to now plus a few minutes, in seconds since 1970.",
				Rules: Turns{On: presenceRules()}},
			{ID: "exp-past", Title: "the assertion has expired", Severity: finding.Error,
				Why:   "The assertion was made earlier and cached, or the client's clock is slow. An assertion lasts for minutes, so one that was pasted has nearly always expired since.",
				Fix:   "Create a new assertion for every request. If this one was new, synchronize the clock.",
				Leads: []Lead{{To: []finding.CauseID{"iat-too-old"}}},
				Rules: Turns{On: presenceRules()}},
			{ID: "exp-too-far", Title: "exp is further ahead than the provider allows", Severity: finding.Error,
				Why:   "The lifetime is the library's default (often an hour), or the client's clock is ahead.",
				Fix:   "Set exp to now plus four minutes.",
				Rules: Turns{On: []profile.Ref{profile.ExpMaxAhead.Ref(), profile.ExpAheadSkew.Ref(), profile.ExpAheadInclude.Ref()}}},
		},
		Judge: judgeExp,
	}
}

func judgeExp(c *Ctx) Verdict {
	o := c.claims()
	want := profile.ClaimPresence.In(c.Rules, "exp")
	exp := o.Date("exp")
	switch {
	case exp.Form == evidence.DateAbsent:
		if want.V == profile.Optional {
			return PassText("exp is missing, which %s allows", c.provider()).Citing(want.Cite...).Shows("exp-missing")
		}
		if skip, unproven := absenceUnproven(o, "exp"); unproven {
			return skip
		}
		w := c.window()
		w.set(atExp, c.AsOf.Add(c.lifetime()))
		w.fit(c)
		return Fail(by(w.into(Found("exp-missing", "exp is missing"), c.lasts()), want).
			Compare("no exp", "seconds since 1970, a few minutes ahead").About(Detail{Meant: "exp"}).At(c.claimAt("exp")))
	case !exp.Usable:
		return unusable(exp)
	}
	// Whether it has expired is decided as of now, even if the rest is
	// checked as of the assertion's own time.
	late := c.skewOf(profile.ExpSkew, 0)
	if past := c.Now.Sub(exp.At); past >= late && !c.pinnedToIat() {
		if zone, ok := c.sentInTime(exp, late); ok {
			return Pass("exp is ahead of the log's time, %s without a zone, read as %s", c.Told.Time.Format("15:04:05"), zone).LeavesOpen("exp-past", "exp-too-far")
		}
		return Fail(c.expiredSince(exp, past).Citing(want.Cite...))
	}
	most := profile.ExpMaxAhead.In(c.Rules)
	if !most.Known() || !c.isAssertion() {
		return Pass("exp is ahead").Shows("exp-too-far")
	}
	if c.Basis == evidence.BasisIAT {
		return Pass("exp is ahead of the assertion's own time").LeavesOpen("exp-past", "exp-too-far")
	}
	limit := most.V + c.skewOf(profile.ExpAheadSkew, 0)
	if ahead := exp.At.Sub(c.AsOf); ahead > limit || ahead == limit && !profile.ExpAheadInclude.In(c.Rules).V {
		w := c.window()
		w.set(atExp, c.AsOf.Add(c.lifetime()))
		w.fit(c)
		return Fail(by(w.into(Found("exp-too-far", "exp is %s ahead of %s; %s allows at most %s", wording.Span(ahead), c.asOf(), who(c, most), wording.Span(most.V)), c.lasts()), most).
			Compare(clock(exp.At), "at most "+clock(c.AsOf.Add(limit))).About(dated(exp)).At(c.claimAt("exp")).Draw(c.timeline("exp", c.AsOf.Add(limit))))
	}
	return Pass("exp is %s ahead", lasting(exp.At.Sub(c.AsOf))).Citing(most.Cite...)
}

// expiredSince says that the assertion has expired. Of one that was pasted, with
// nothing to say when it was sent, this means little, unless the server itself
// speaks of it.
func (c *Ctx) expiredSince(exp evidence.Date, past time.Duration) *Fault {
	w := c.afresh(c.Now)
	f := Found("exp-past", "it expired %s ago", wording.Span(past)).Compare(clock(exp.At), "after "+clock(c.Now)).
		About(dated(exp)).At(c.claimAt("exp")).Draw(c.timeline("exp", time.Time{}))
	w.into(f, "create a new assertion for every request. If this one was new, synchronize the clock")
	if !c.isAssertion() {
		f.Fix("Get a new token.").Saying("The server that issued it decides how long it lasts. A client requests a new one before that; one kept in a cache or in a file has to be replaced.")
	}
	switch {
	case c.Basis != evidence.BasisIAT:
	case c.saidExpired():
		f.As(finding.Likely)
	case !c.isAssertion():
		f.Weigh(finding.Note)
	default:
		f.Weigh(finding.Note).Saying("Nothing says when it was sent. An assertion lasts for minutes, so one that was pasted has nearly always expired since; the rest is checked as of its own time.")
	}
	return f
}

// sentInTime reports whether the time of a log without a zone is, in some zone, one at
// which the assertion was valid, and names the zone nearest to UTC. It proves nothing, but
// that the assertion has expired by now then says nothing of the refusal.
func (c *Ctx) sentInTime(exp evidence.Date, late time.Duration) (zone string, ok bool) {
	if c.Basis != evidence.BasisIAT || !c.Told.Local || !c.isAssertion() {
		return "", false
	}
	const step = 15 * time.Minute
	for size := time.Duration(0); size <= farthestZone; size += step {
		if size > 0 && !isZone(size) {
			continue
		}
		for _, shift := range [2]time.Duration{size, -size} {
			if sent := c.Told.Time.Add(-shift); sent.After(c.AsOf.Add(-mostSkew)) && sent.Before(exp.At.Add(late)) {
				return zoneName(shift), true
			}
		}
	}
	return "", false
}

// saidExpired reports whether the server said that the assertion had expired: its
// words mean that first, and nothing that is not about time. An answer that servers
// have for everything names expiry too.
func (c *Ctx) saidExpired() bool {
	if c.response() == nil || !c.mostlyMeans("exp-past") {
		return false
	}
	return !slices.ContainsFunc(c.Symptom.Explains, func(cause string) bool { return !aboutTime(finding.CauseID(cause)) })
}

// pinnedToIat reports whether each assertion is checked its own as iat
// because the user asked for it; then nothing has expired unless exp is not
// after iat.
func (c *Ctx) pinnedToIat() bool {
	return c.Basis == evidence.BasisIAT && c.Now.Equal(c.AsOf)
}
