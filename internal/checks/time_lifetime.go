package checks

import (
	"time"

	"github.com/assertionworks/jwtdoctor/internal/wording"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func timeLifetime() Check {
	return Check{
		ID:      "time-lifetime",
		Subject: "lifetime",
		Rank:    420,
		Names:   []string{"lifetime"},
		Title:   "exp is close enough to iat and nbf",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.LifetimeMax.Ref(), profile.LifetimeNbfMax.Ref(), profile.LifetimeInclude.Ref(), profile.ExpMaxAhead.Ref(), profile.ExpAheadSkew.Ref(), profile.IatBackdate.Ref()},
		Cites:   []finding.Citation{rfc(7523, "3")},
		Doc:     "The lifetime is exp minus iat (or nbf). It is the client's own arithmetic, so no clock can excuse it. At exactly the limit, clocks that differ by a second are enough to break a limit that is counted from the server's now. Where a provider advises an iat that lies back, a limit from now ends that much later after iat.",
		Causes: []Cause{
			{ID: "exp-before-iat", Title: "exp is not after iat or nbf", Severity: finding.Error,
				Why:   "The lifetime was subtracted or is zero, or the two times use different units or time zones.",
				Fix:   "Set exp to iat plus the lifetime, both in seconds from one clock.",
				Leads: []Lead{{To: []finding.CauseID{"exp-past"}}},
				Rules: Turns{None: true}},
			{ID: "lifetime-too-long", Title: "exp minus iat (or nbf) is over the provider's limit", Severity: finding.Error,
				Why:   "The library's default lifetime is longer (often an hour), or the limit was read in another unit.",
				Fix:   "Set exp to iat plus a little less than the limit.",
				Leads: []Lead{{To: []finding.CauseID{"exp-too-far", "lifetime-no-margin"}}},
				Rules: Turns{On: []profile.Ref{profile.LifetimeMax.Ref(), profile.LifetimeNbfMax.Ref(), profile.LifetimeInclude.Ref(), profile.ExpMaxAhead.Ref()}}},
			{ID: "lifetime-no-margin", Title: "exactly at the limit: fails when clocks differ by a second", Severity: finding.Warning,
				Why:   "The limit itself was used as lifetime. If the client's clock is one second ahead, the server finds exp too far in the future.",
				Fix:   "Leave a margin: exp = iat + 240 if the limit is five minutes.",
				Rules: Turns{On: []profile.Ref{profile.LifetimeMax.Ref(), profile.LifetimeNbfMax.Ref(), profile.LifetimeInclude.Ref(), profile.ExpMaxAhead.Ref()}}},
		},
		Judge: judgeLifetime,
	}
}

func judgeLifetime(c *Ctx) Verdict {
	o := c.claims()
	exp, iat, nbf := o.Date("exp"), o.Date("iat"), o.Date("nbf")
	if !exp.Usable {
		return unusable(exp)
	}
	if !iat.Usable && !nbf.Usable {
		return NotAsked("iat and nbf are both missing").For(finding.WhyMoot)
	}
	known := false
	var margin *Fault
	for i, from := range [2]evidence.Date{iat, nbf} {
		if !from.Usable {
			continue
		}
		life := exp.At.Sub(from.At)
		if life <= 0 {
			return Fail(c.endsFirst(exp, from, life))
		}
		most, back, ahead := c.longest(i, exp, from)
		if !most.Known() {
			continue
		}
		known = true
		switch over := life - most.V - back; {
		case over > 0 || over == 0 && !profile.LifetimeInclude.In(c.Rules).V:
			f := Found("lifetime-too-long", "exp is %s after %s; %s allows at most %s%s", wording.Span(life), from.Claim, who(c, most), wording.Span(most.V), backdated(from.Claim, back))
			return Fail(c.shorter(f, exp, from, most, "at most ").At(c.claimAt(from.Claim)))
		case over == 0 && ahead && back == 0 && margin == nil:
			f := Found("lifetime-no-margin", "exp is exactly %s after %s, the most that %s allows", wording.Span(life), from.Claim, who(c, most))
			margin = c.shorter(f, exp, from, most, "a little less than ")
		}
	}
	if !known {
		return Pass("exp is after iat and nbf; no limit on the lifetime is known").Shows("lifetime-too-long")
	}
	return Faults("the lifetime is within the limit", margin)
}

// longest is the limit that applies to exp from iat (0) or nbf (1). Where it is
// counted from now and not from iat, back is how far iat is advised to lie before
// now; ahead reports whether a limit is counted from the server's clock as well.
func (c *Ctx) longest(i int, exp, from evidence.Date) (most profile.Value[time.Duration], back time.Duration, ahead bool) {
	counted := profile.ExpMaxAhead.In(c.Rules)
	if i == 1 {
		return profile.LifetimeNbfMax.In(c.Rules), 0, counted.Known()
	}
	most = profile.LifetimeMax.In(c.Rules)
	if most.Known() || !counted.Known() || !c.near(from.At) {
		return most, 0, counted.Known()
	}
	// A limit on exp from now bounds the lifetime too, where iat is near now.
	back = profile.IatBackdate.In(c.Rules).V
	if exp.At.Sub(from.At) <= counted.V+back || exp.At.Sub(c.AsOf) > counted.V+c.skewOf(profile.ExpAheadSkew, 0) {
		most = counted
	}
	return most, back, true
}

// backdated says that a limit is not counted from iat, where iat may lie back.
func backdated(claim string, back time.Duration) string {
	if back == 0 {
		return ""
	}
	return " from now, and " + claim + " at most " + wording.Span(back) + " before it"
}

// endsFirst is the fault of an exp that is not after iat or nbf.
func (c *Ctx) endsFirst(exp, from evidence.Date, life time.Duration) *Fault {
	w := c.window()
	w.set(atExp, from.At.Add(c.lifetime()))
	w.fit(c)
	detail := dated(exp)
	detail.Code = from.Claim
	return w.into(Found("exp-before-iat", "exp is %s; it must be after %s", before(life, from.Claim), from.Claim), "after "+from.Claim+", both in seconds from one clock").
		Compare(clock(exp.At), "after "+clock(from.At)).About(detail).At(c.claimAt("exp"), c.claimAt(from.Claim)).Draw(c.timeline("exp", time.Time{}))
}

// shorter completes a fault of the lifetime with an exp that is early enough.
func (c *Ctx) shorter(f *Fault, exp, from evidence.Date, most profile.Value[time.Duration], bound string) *Fault {
	life := c.lifetime()
	w := c.window()
	w.set(atExp, from.At.Add(life))
	w.fit(c)
	hint := "a new assertion, with room for clocks that differ"
	if !w.changed[atIat] {
		hint = from.Claim + " plus " + itoa(int(life/time.Second)) + ", which leaves room for clocks that differ"
	}
	return by(w.into(f, hint), most).Compare(wording.Span(exp.At.Sub(from.At)), bound+wording.Span(most.V)).
		About(dated(exp)).At(c.claimAt("exp")).Draw(c.timeline("exp", from.At.Add(most.V)))
}

// near reports whether a moment is so close to the one checked as of that a
// limit counted from now can be counted from it.
func (c *Ctx) near(t time.Time) bool {
	return c.Basis == evidence.BasisIAT || c.AsOf.Sub(t).Abs() <= 5*time.Minute
}

func before(life time.Duration, name string) string {
	if life == 0 {
		return "the same as " + name
	}
	return wording.Span(life) + " before " + name
}
