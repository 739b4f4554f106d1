package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func claimNames() Check {
	return Check{
		ID:      "claim-names",
		Subject: "claim names",
		Rank:    470,
		Title:   "The payload has the names the provider wants",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedHeader, evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.ClaimAccepted.Ref(), profile.ClaimType.Ref(), profile.ClaimPattern.Ref(), profile.ClaimForm.Ref(), profile.ClaimsAllowed.Ref(), profile.HeaderPresence.Ref()},
		Cites:   []finding.Citation{rfc(7519, "4"), rfc(7519, "10.1.1")},
		Doc:     "Claim names are case-sensitive and short: a claim under a name of its own is not there at all. Some providers require further claims, a few refuse every claim they do not know.",
		Causes: []Cause{
			{ID: "claim-misspelt", Title: "a registered claim in wrong case or spelling", Severity: finding.Warning,
				Why:   "Names are compared exactly; the registered ones are three lower-case letters.",
				Fix:   "Use the registered name.",
				Leads: []Lead{{To: []finding.CauseID{"claim-not-allowed"}, When: sameName}, {To: missingClaims(), When: missedClaim}},
				Rules: Turns{None: true}},
			{ID: "claim-missing", Title: "a further claim the provider requires is absent", Severity: finding.Error,
				Why:   "The provider wants more than the standard's claims.",
				Fix:   "Add the claim as the provider's page says.",
				Rules: Turns{On: presenceRules()}},
			{ID: "claim-not-allowed", Title: "a claim outside the provider's allow-list", Severity: finding.Error,
				Why:   "The library adds claims of its own, or they were copied from another provider's sample.",
				Fix:   "Remove the claim.",
				Rules: Turns{On: []profile.Ref{profile.ClaimsAllowed.Ref()}}},
			{ID: "claim-value-not-accepted", Title: "a further claim has a value or type the provider does not accept", Severity: finding.Error,
				Why:   "The provider fixes the values of this claim.",
				Fix:   "Use a value the provider lists.",
				Rules: Turns{On: []profile.Ref{profile.ClaimAccepted.Ref(), profile.ClaimType.Ref(), profile.ClaimPattern.Ref(), profile.ClaimForm.Ref()}}},
			{ID: "recommended-missing", Title: "a header or claim the provider recommends is absent", Severity: finding.Warning,
				Why:   "The provider takes the assertion without it and advises to send it.",
				Fix:   "Add it.",
				Rules: Turns{On: presenceRules()}},
		},
		Judge: judgeClaimNames,
	}
}

// registeredClaims are judged by checks of their own.
func registeredClaims() []string {
	return []string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}
}

func judgeClaimNames(c *Ctx) Verdict {
	o := c.claims()
	allowed := profile.ClaimsAllowed.In(c.Rules)
	var faults []*Fault
	var foreign *Fault
	for _, m := range o.Value.Members {
		at := func() evidence.Place { return c.AtName(finding.PartClaims, evidence.Pointer(m.Name)) }
		if meant := claimMeant(m.Name, o); meant != "" {
			faults = append(faults, Found("claim-misspelt", "the claim %s is not %s: names are compared exactly", m.Name, meant).
				Compare(m.Name, meant).At(at()).Fix("Write it %s.", meant).About(Detail{Name: m.Name, Meant: meant}))
			continue
		}
		forbidden := profile.ClaimPresence.In(c.Rules, m.Name)
		if allowed.Known() && !slices.Contains(allowed.V, m.Name) || forbidden.V == profile.Forbidden {
			if foreign == nil {
				foreign = Found("claim-not-allowed", "the claim %s is one %s does not take", m.Name, c.provider()).
					Citing(allowed.Cite...).Citing(forbidden.Cite...).About(Detail{Name: m.Name})
				if allowed.Known() {
					foreign.Compare(m.Name, list(allowed.V)+" alone")
				}
			}
			if len(foreign.Places) < mostPlaces {
				foreign.At(at())
			}
		}
	}
	faults = append(faults, foreign)
	for _, name := range profile.ClaimPresence.Names(c.Rules) {
		want := profile.ClaimPresence.In(c.Rules, name)
		if _, ok := present(o, name); ok || o.Partial {
			continue
		}
		switch {
		case want.V == profile.Recommended:
			faults = append(faults, Found("recommended-missing", "the claim %s is missing; %s recommends it", name, c.provider()).
				Compare("no "+name, name).At(c.claimAt(name)).Citing(want.Cite...))
		case want.V == profile.Required && !slices.Contains(registeredClaims(), name):
			faults = append(faults, Found("claim-missing", "the claim %s is missing; %s requires it", name, c.provider()).
				Compare("no "+name, name).At(c.claimAt(name)).Citing(want.Cite...))
		}
	}
	for _, name := range profile.HeaderPresence.Names(c.Rules) {
		want := profile.HeaderPresence.In(c.Rules, name)
		if _, ok := present(c.header(), name); !ok && !c.header().Partial && want.V == profile.Recommended {
			faults = append(faults, Found("recommended-missing", "the header parameter %s is missing; %s recommends it", name, c.provider()).
				Compare("no "+name, name).At(c.headerAt(name)).Citing(want.Cite...))
		}
	}
	faults = append(faults, c.claimValues()...)
	return Faults("no name is missing or out of place", faults...).LeavesOpen("claim-missing", "claim-not-allowed", "claim-value-not-accepted")
}

// claimValues judges the further claims whose values the profile fixes.
func (c *Ctx) claimValues() []*Fault {
	var faults []*Fault
	names := append(profile.ClaimAccepted.Names(c.Rules), append(profile.ClaimType.Names(c.Rules), profile.ClaimPattern.Names(c.Rules)...)...)
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		v, ok := present(c.claims(), name)
		if !ok || slices.Contains(registeredClaims(), name) {
			continue
		}
		bad := func(expected string, cite []finding.Citation) {
			faults = append(faults, Found("claim-value-not-accepted", "the claim %s is not what %s accepts", name, c.provider()).
				Compare(show(v), expected).At(c.claimAt(name)).Citing(cite...))
		}
		kind, accepted, pattern := profile.ClaimType.In(c.Rules, name), profile.ClaimAccepted.In(c.Rules, name), profile.ClaimPattern.In(c.Rules, name)
		form := profile.ClaimForm.In(c.Rules, name)
		switch {
		case kind.Known() && !ofType(v, kind.V):
			bad(article(kind.V), kind.Cite)
		case accepted.Known() && !allIn(v, accepted.V):
			bad(either(accepted.V), accepted.Cite)
		case pattern.Known() && !(v.Kind == jsonspan.String && pattern.V.MatchString(v.Str)):
			bad(orElse(form.V, form.Known(), patternWords(pattern.V)), pattern.Cite)
		}
	}
	return faults
}

func ofType(v *jsonspan.Value, t string) bool {
	return strings.HasSuffix(v.Kind.String(), t)
}

func article(t string) string {
	if t == "array" || t == "object" {
		return "an " + t
	}
	return "a " + t
}

// allIn tells whether the value, or each item of an array, is among the accepted.
func allIn(v *jsonspan.Value, accepted []string) bool {
	if v.Kind == jsonspan.Array {
		for _, it := range v.Items {
			if !allIn(it, accepted) {
				return false
			}
		}
		return true
	}
	return slices.Contains(accepted, show(v))
}

// claimMeant returns the registered claim a name stands for, where that claim
// itself is absent or only case differs.
func claimMeant(name string, o *evidence.Object) string {
	if slices.Contains(registeredClaims(), name) {
		return ""
	}
	plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "", "\u00a0", "", "\u200b", "").Replace(strings.TrimSpace(name)))
	meant := ""
	switch plain {
	case "iss", "sub", "aud", "exp", "nbf", "iat", "jti":
		return plain
	case "issuer", "isuer", "iis", "isss":
		meant = "iss"
	case "subject", "subj", "sbu", "usb", "subb":
		meant = "sub"
	case "audience", "audiance", "audince", "audi", "adu", "uad":
		meant = "aud"
	case "expires", "expire", "expiry", "expiration", "expirationtime", "expiresat", "expiresin", "exipry", "epx", "xep", "expt":
		meant = "exp"
	case "notbefore", "nfb", "bnf":
		meant = "nbf"
	case "issuedat", "issued", "issuetime", "ita", "ait", "iats":
		meant = "iat"
	case "jwtid", "jit", "tji", "jtid", "tokenid":
		meant = "jti"
	default:
		return ""
	}
	if _, ok := present(o, meant); ok {
		return ""
	}
	return meant
}
