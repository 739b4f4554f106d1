package checks

import (
	"time"

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
		Params:  []profile.Ref{profile.LifetimeMax.Ref(), profile.LifetimeNbfMax.Ref(), profile.LifetimeInclude.Ref(), profile.ExpMaxAhead.Ref(), profile.ExpAheadSkew.Ref()},
		Cites:   []finding.Citation{rfc(7523, "3")},
		Doc:     "The lifetime is exp minus iat (or nbf). It is the client's own arithmetic, so no clock can excuse it. At exactly the limit a second's difference between clocks is enough to fail a limit that is counted from the server's now.",
		Causes: []Cause{
			{ID: "exp-before-iat", Title: "exp is not after iat or nbf", Severity: finding.Error,
				Why:   "The lifetime was subtracted or is zero, or the two times use different units or zones.",
				Fix:   "Set exp to iat plus the lifetime, both in seconds from one clock.",
				Leads: []Lead{{To: []finding.CauseID{"exp-past"}}},
				Rules: Turns{None: true}},
			{ID: "lifetime-too-long", Title: "exp minus iat (or nbf) is over the provider's limit", Severity: finding.Error,
				Why:   "The library's default lifetime is longer (often an hour), or the limit was taken for another unit.",
				Fix:   "Set exp to iat plus a little less than the limit.",
				Leads: []Lead{{To: []finding.CauseID{"exp-too-far", "lifetime-no-margin"}}},
				Rules: Turns{On: []profile.Ref{profile.LifetimeMax.Ref(), profile.LifetimeNbfMax.Ref(), profile.LifetimeInclude.Ref(), profile.ExpMaxAhead.Ref()}}},
			{ID: "lifetime-no-margin", Title: "exactly at the limit: fails when clocks differ by a second", Severity: finding.Warning,
				Why:   "The limit itself was used as lifetime. A client clock one second ahead, and the server finds exp too far in the future.",
				Fix:   "Leave a margin: exp = iat + 240 where the limit is five minutes.",
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
		return NotAsked("there is neither iat nor nbf to count from")
	}
	ahead := profile.ExpMaxAhead.In(c.Rules)
	known := false
	var margin *Fault
	for _, from := range []struct {
		d    evidence.Date
		most profile.Value[time.Duration]
	}{{iat, profile.LifetimeMax.In(c.Rules)}, {nbf, profile.LifetimeNbfMax.In(c.Rules)}} {
		if !from.d.Usable {
			continue
		}
		name := from.d.Claim
		life := exp.At.Sub(from.d.At)
		if life <= 0 {
			return Fail(Found("exp-before-iat", "exp is %s; it must lie after %s", before(life, name), name).
				Compare(clock(exp.At), "after "+clock(from.d.At)).At(c.claimAt("exp"), c.claimAt(name)).Draw(c.timeline("exp", time.Time{})))
		}
		most := from.most
		// A limit on exp from now bounds the lifetime too, where iat is near now.
		if !most.Known() && name == "iat" && ahead.Known() && c.near(from.d.At) &&
			(life <= ahead.V || exp.At.Sub(c.AsOf) > ahead.V+c.skewOf(profile.ExpAheadSkew, 0)) {
			most = ahead
		}
		if !most.Known() {
			continue
		}
		known = true
		if over := life - most.V; over > 0 || over == 0 && !profile.LifetimeInclude.In(c.Rules).V {
			return Fail(Found("lifetime-too-long", "exp is %s after %s; %s allows at most %s", span(life), name, c.provider(), span(most.V)).
				Compare(span(life), "at most "+span(most.V)).At(c.claimAt("exp"), c.claimAt(name)).Citing(most.Cite...).
				Fix("Set exp to %s + %d, which leaves room for clocks that differ.", name, int(most.V.Seconds()*4/5)).
				Draw(c.timeline("exp", from.d.At.Add(most.V))))
		}
		if life == most.V && ahead.Known() && margin == nil {
			margin = Found("lifetime-no-margin", "exp is exactly %s after %s, the most %s allows", span(life), name, c.provider()).
				Compare(span(life), "a little less than "+span(most.V)).At(c.claimAt("exp")).Citing(most.Cite...).
				Fix("Set exp to %s + %d.", name, int(most.V.Seconds()*4/5)).Draw(c.timeline("exp", from.d.At.Add(most.V)))
		}
	}
	if !known {
		return Pass("exp lies after iat and nbf; no limit on the lifetime is known").Shows("lifetime-too-long")
	}
	return Faults("the lifetime is within the limit", margin)
}

// near tells whether a moment lies so close to the moment judged that a limit
// counted from now can be counted from it.
func (c *Ctx) near(t time.Time) bool {
	return c.Basis == evidence.BasisIAT || c.AsOf.Sub(t).Abs() <= 5*time.Minute
}

func before(life time.Duration, name string) string {
	if life == 0 {
		return "the same as " + name
	}
	return span(life) + " before " + name
}
