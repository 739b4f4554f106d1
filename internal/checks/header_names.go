package checks

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func headerNames() Check {
	return Check{
		ID:      "header-names",
		Subject: "header names",
		Rank:    480,
		Title:   "The header has only names the provider allows",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedHeader},
		After:   []finding.CauseID{"encrypted-assertion"},
		Params:  []profile.Ref{profile.HeaderAllowed.Ref(), profile.HeaderPresence.Ref()},
		Cites:   []finding.Citation{rfc(7515, "4")},
		Doc:     "Most servers ignore header parameters they do not know; some refuse everything outside a list. A claim in the header is ignored by all of them.",
		Causes: []Cause{
			{ID: "header-not-allowed", Title: "a name outside the provider's allow-list", Severity: finding.Error,
				Why:   "The library adds parameters of its own, or they were copied from another provider's sample.",
				Fix:   "Remove the parameter from the header.",
				Rules: Turns{On: []profile.Ref{profile.HeaderAllowed.Ref()}}},
			{ID: "claim-in-header", Title: "a claim stands in the header", Severity: finding.Warning,
				Why:   "Header and claims were mixed up. Servers read claims from the payload alone.",
				Fix:   "Move the claim to the payload.",
				Leads: []Lead{{To: missingClaims(), When: missedClaim}, {To: []finding.CauseID{"header-not-allowed"}, When: sameName}},
				Rules: Turns{None: true}},
		},
		Judge: judgeHeaderNames,
	}
}

// mostPlaces bounds the places one finding points to.
const mostPlaces = 20

func judgeHeaderNames(c *Ctx) Verdict {
	h := c.header()
	allowed := profile.HeaderAllowed.In(c.Rules)
	var foreign, claims *Fault
	for _, m := range h.Value.Members {
		at := func() evidence.Place { return c.AtName(finding.PartHeader, evidence.Pointer(m.Name)) }
		forbidden := profile.HeaderPresence.In(c.Rules, m.Name)
		switch {
		case allowed.Known() && !slices.Contains(allowed.V, m.Name), forbidden.V == profile.Forbidden:
			if foreign == nil {
				foreign = Found("header-not-allowed", "the header parameter %s is one %s does not take", m.Name, c.provider()).
					Citing(allowed.Cite...).Citing(forbidden.Cite...).About(Detail{Name: m.Name})
				if allowed.Known() {
					foreign.Compare(m.Name, list(allowed.V)+" alone")
				}
			}
			if len(foreign.Places) < mostPlaces {
				foreign.At(at())
			}
		case slices.Contains([]string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}, m.Name):
			if claims == nil {
				claims = Found("claim-in-header", "the claim %s stands in the header", m.Name).Compare("header parameter "+m.Name, "claim "+m.Name).
					About(Detail{Name: m.Name, Meant: m.Name})
			}
			if len(claims.Places) < mostPlaces {
				claims.At(at())
			}
		}
	}
	v := Faults("no name is out of place", foreign, claims)
	if !allowed.Known() {
		return v.LeavesOpen("header-not-allowed")
	}
	return v
}
