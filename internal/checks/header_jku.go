package checks

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func headerJku() Check {
	return Check{
		ID:      "header-jku",
		Subject: "jku",
		Rank:    260,
		Names:   []string{"jku"},
		Title:   "jku is the registered JWKS URL",
		Needs:   []evidence.Need{evidence.NeedHeader},
		Params:  []profile.Ref{profile.HeaderPresence.Ref(), profile.HeaderAccepted.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4.1.2")},
		Doc:     "jku is the URL of the client's keys. A server must not follow a URL it does not know, so a jku that is not exactly the registered one makes it refuse; most assertions do better without it. This program never fetches it.",
		Causes: []Cause{
			{ID: "jku-not-https", Title: "jku is not an https URL", Severity: finding.Error,
				Why:   "Keys fetched without TLS could be anyone's (RFC 7515 section 4.1.2 requires TLS).",
				Fix:   "Leave jku out, or use the registered https URL.",
				Rules: Turns{None: true}},
			{ID: "jku-mismatch", Title: "jku differs from the registered JWKS URL", Severity: finding.Warning,
				Why: "The header names another address than the one registered with the provider.",
				Fix: "Leave jku out, or make it exactly the registered URL."},
		},
		Judge: judgeJku,
	}
}

func judgeJku(c *Ctx) Verdict {
	v, ok := c.header().Get("jku")
	if !ok {
		return Pass("the header has no jku")
	}
	registered := profile.HeaderAccepted.In(c.Rules, "jku")
	if v.Kind != jsonspan.String || !isHTTPS(v.Str) {
		return Fail(c.useJku(Found("jku-not-https", "jku is %s, not an https URL", orElse(v.Str, v.Kind == jsonspan.String, v.Kind.String())).
			Compare(show(v), "https://…"), v, registered))
	}
	if !registered.Known() {
		return NotAsked("the registered JWKS URL is not known").Give("--set header.jku.accepted=URL")
	}
	if !slices.Contains(registered.V, v.Str) {
		return Fail(by(c.useJku(Found("jku-mismatch", "jku is not the registered JWKS URL").Compare(v.Str, either(registered.V)), v, registered), registered))
	}
	return Pass("jku is the registered URL").Citing(registered.Cite...)
}

// useJku makes the registered URL the fix of a fault; without one, jku is to be
// left out, where the provider does not require it.
func (c *Ctx) useJku(f *Fault, v *jsonspan.Value, registered profile.Value[[]string]) *Fault {
	f.About(Detail{Name: "jku", Value: show(v)}).At(c.headerAt("jku"))
	switch {
	case len(registered.V) == 1:
		f.Detail.Right = registered.V[0]
		return f.Fix("Set jku to %s, or leave it out.", registered.V[0]).Set(finding.PartHeader, "jku", registered.V[0])
	case profile.HeaderPresence.In(c.Rules, "jku").V != profile.Required:
		return f.Fix("Leave jku out, or use the registered https URL.").Remove(finding.PartHeader, "jku")
	}
	return f
}
