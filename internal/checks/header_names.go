package checks

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
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
	var foreign, claims, spelt, zip *Fault
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
		case m.Name == "zip":
			// Without a known rule of the provider it is ignored or refused.
			zip = Found("header-not-allowed", "zip is in the header; it is for encrypted JWTs, and a signed one is not compressed").
				Saying("A server that knows zip only for encryption ignores it, and then reads a compressed payload as damaged; another refuses the header.").
				Compare("zip: "+show(m.Value), "no zip").At(at()).Citing(rfc(7516, "4.1.3")).Weigh(finding.Warning).
				About(Detail{Name: "zip"}).Remove(finding.PartHeader, "zip")
		case meantName(m.Name) != "":
			meant := meantName(m.Name)
			if _, beside := h.Get(meant); beside || meant == "alg" {
				continue // duplicate-member, alg-missing
			}
			if spelt == nil {
				spelt = Found("header-not-allowed", "the header parameter %s is written %s; case counts, so servers do not see it", meant, m.Name).
					Compare(m.Name, meant).Fix("Write %s as %s.", m.Name, meant).Weigh(finding.Warning).
					About(Detail{Name: m.Name, Meant: meant}).Remove(finding.PartHeader, m.Name)
				if m.Value.Kind == jsonspan.String {
					spelt.Set(finding.PartHeader, meant, m.Value.Str)
				}
			}
			if len(spelt.Places) < mostPlaces {
				spelt.At(at())
			}
		}
	}
	v := Faults("no name is out of place", foreign, claims, zip, spelt)
	if !allowed.Known() {
		return v.LeavesOpen("header-not-allowed")
	}
	return v
}
