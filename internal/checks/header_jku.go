package checks

import (
	"slices"
	"strings"

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
		Doc:     "jku names the URL of the client's keys. A server must not follow a URL it has not seen before, so a jku that is not exactly the registered one makes it refuse; most assertions do better without. This program never fetches it.",
		Causes: []Cause{
			{ID: "jku-not-https", Title: "jku is not https", Severity: finding.Error,
				Why:   "Keys fetched without TLS could be anybody's (RFC 7515 section 4.1.2 requires TLS).",
				Fix:   "Leave jku out, or give the registered https URL.",
				Rules: Turns{None: true}},
			{ID: "jku-mismatch", Title: "jku differs from the registered JWKS URL", Severity: finding.Warning,
				Why: "The header names another address than the one registered with the provider.",
				Fix: "Leave jku out, or make it the registered URL to the character."},
		},
		Judge: judgeJku,
	}
}

func judgeJku(c *Ctx) Verdict {
	v, ok := c.header().Get("jku")
	if !ok {
		return Pass("there is no jku")
	}
	at := c.headerAt("jku")
	if v.Kind != jsonspan.String || !strings.HasPrefix(strings.ToLower(v.Str), "https://") {
		return Fail(Found("jku-not-https", "jku is %s, not an https URL", orElse(v.Str, v.Kind == jsonspan.String, v.Kind.String())).
			Compare(show(v), "https://…").At(at))
	}
	registered := profile.HeaderAccepted.In(c.Rules, "jku")
	if !registered.Known() {
		return NotAsked("the registered JWKS URL is not known").Give("--set header.jku.accepted=URL")
	}
	if !slices.Contains(registered.V, v.Str) {
		return Fail(Found("jku-mismatch", "jku is not the registered JWKS URL").
			Compare(v.Str, either(registered.V)).At(at).Citing(registered.Cite...))
	}
	return Pass("jku is the registered URL").Citing(registered.Cite...)
}
