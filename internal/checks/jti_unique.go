package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func jtiUniqueCheck() Check {
	return Check{
		ID:      "jti-unique",
		Subject: "reuse of jti",
		Rank:    450,
		Title:   "No jti is used twice",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedClaims, evidence.NeedSeen},
		Params:  []profile.Ref{profile.JtiUnique.Ref()},
		Cites:   []finding.Citation{rfc(7523, "3"), openid("9", "ClientAuthentication")},
		Doc:     "An assertion is for one request. Retries, caches and connection pools send it again, and the server treats the second as a replay. At some servers a jti is used up even when the first try failed.",
		Causes: []Cause{
			{ID: "jti-reused", Title: "the same jti is in two assertions, or one assertion was sent twice", Severity: finding.Error,
				Why: "The assertion was cached and sent again, or the code that makes the jti repeats itself.",
				Fix: "Create a new assertion with a new jti for every request, retries included."},
		},
		Judge: judgeJtiUnique,
	}
}

func judgeJtiUnique(c *Ctx) Verdict {
	unique := profile.JtiUnique.In(c.Rules)
	if unique.State == profile.None || unique.Known() && !unique.V {
		return NotAskedText("%s does not refuse a jti it has seen", who(c, unique))
	}
	if !unique.Known() {
		return NotAskedText("it is not known whether %s refuses a jti it has seen", c.provider())
	}
	seen, _ := c.Seen.Get()
	if seen.Earlier == "" {
		if seen.Compared == 0 {
			return NotAsked("no earlier assertion to compare with").For(finding.WhyNotGiven)
		}
		return Pass("not among %d earlier %s", seen.Compared, plural(seen.Compared, "assertion", "assertions")).Citing(unique.Cite...)
	}
	f := Found("jti-reused", "this jti was already in the assertion at %s", seen.Earlier).Compare("used at "+seen.Earlier, "a new jti")
	if seen.SameAssertion {
		f = Found("jti-reused", "the same assertion was already used at %s", seen.Earlier).Compare("used at "+seen.Earlier, "a new assertion")
	}
	return Fail(by(f, unique).About(Detail{Name: "jti"}).At(c.claimAt("jti")))
}
