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
		Doc:     "Most servers ignore header parameters they do not know; some refuse everything outside a list. All of them ignore a claim in the header.",
		Causes: []Cause{
			{ID: "header-not-allowed", Title: "the provider does not accept a header parameter of this name", Severity: finding.Error,
				Why:   "The library adds parameters, or they were copied from another provider's sample.",
				Fix:   "Remove the parameter from the header.",
				Rules: Turns{On: []profile.Ref{profile.HeaderAllowed.Ref()}}},
			{ID: "header-missing", Title: "a header parameter the provider requires is missing", Severity: finding.Error,
				Why:   "The library writes only alg and typ unless you add more.",
				Fix:   "Add the header parameter as the provider documents it.",
				Rules: Turns{On: []profile.Ref{profile.HeaderPresence.Ref()}}},
			{ID: "claim-in-header", Title: "a claim is in the header, not the payload", Severity: finding.Warning,
				Why:   "Header and claims were mixed up. Servers read claims only from the payload.",
				Fix:   "Move the claim to the payload.",
				Leads: []Lead{{To: missingClaims(), When: missedClaim}, {To: []finding.CauseID{"header-not-allowed"}, When: sameName}},
				Rules: Turns{None: true}},
		},
		Judge: judgeHeaderNames,
	}
}

func judgeHeaderNames(c *Ctx) Verdict {
	h := c.header()
	allowed := profile.HeaderAllowed.In(c.Rules)
	var foreign, claims, spelt, zip *Fault
	var have lookups
	banned := profile.HeaderPresence.Any(c.Rules, isForbidden)
	unwelcome, misplaced, misspelt := 0, 0, 0
	for i := range h.Value.Members {
		m := &h.Value.Members[i]
		var forbidden profile.Value[profile.Presence]
		if banned {
			forbidden = profile.HeaderPresence.In(c.Rules, m.Name)
		}
		switch {
		case allowed.Known() && !slices.Contains(allowed.V, m.Name), forbidden.V == profile.Forbidden:
			if unwelcome++; foreign == nil {
				foreign = Found("header-not-allowed", "%s does not accept the header parameter %s", c.provider(), m.Name).About(Detail{Name: m.Name})
				if allowed.Known() {
					by(foreign, allowed).Compare(m.Name, "only "+list(allowed.V))
				}
				if forbidden.Known() {
					by(foreign, forbidden)
				}
			}
			foreign.takeOut(c, finding.PartHeader, m.Name, unwelcome)
		case isRegistered(m.Name):
			if misplaced++; claims == nil {
				claims = Found("claim-in-header", "the claim %s is in the header, not the payload", m.Name).Compare("header parameter "+m.Name, "claim "+m.Name).
					About(Detail{Name: m.Name, Meant: m.Name})
			}
			claims.takeOut(c, finding.PartHeader, m.Name, misplaced)
			c.moveToClaims(claims, m, misplaced)
		case m.Name == "zip":
			// Without a known rule of the provider it is ignored or refused.
			zip = Found("header-not-allowed", "zip is in the header; it is for encrypted JWTs, and a signed one is not compressed").
				Saying("A server that knows zip only for encryption ignores it, and then reads a compressed payload as damaged; another refuses the header.").
				Compare("zip: "+show(m.Value), "no zip").At(c.AtName(finding.PartHeader, "/zip")).Citing(rfc(7516, "4.1.3")).Weigh(finding.Warning).
				About(Detail{Name: "zip"}).Remove(finding.PartHeader, "zip")
		default:
			meant := meantName(m.Name)
			if meant == "" || meant == "alg" || have.has(h, meant) {
				continue // duplicate-member, alg-missing
			}
			if misspelt++; spelt == nil {
				spelt = Found("header-not-allowed", "the header parameter %s is written %s; names are case-sensitive, so servers do not see it", meant, m.Name).
					Compare(m.Name, meant).Fix("Write %s as %s.", m.Name, meant).Weigh(finding.Warning).About(Detail{Name: m.Name, Meant: meant})
			}
			spelt.takeOut(c, finding.PartHeader, m.Name, misspelt)
			if value, ok := plain(m.Value); ok && misspelt <= mostPlaces && len(spelt.Patches) < mostPatches {
				spelt.Set(finding.PartHeader, meant, value)
			}
		}
	}
	if foreign != nil {
		foreign.alsoOthers(unwelcome)
	}
	missing := c.missingHeader(h)
	if foreign == nil && claims == nil && spelt == nil && zip == nil && missing == nil {
		if !allowed.Known() {
			return Pass("no name is out of place").LeavesOpen("header-not-allowed")
		}
		return Pass("no name is out of place")
	}
	return Faults("", foreign, missing, claims, zip, spelt)
}

// missingHeader is the fault of a required header parameter that is not there,
// of those that have no check for themselves.
func (c *Ctx) missingHeader(h *evidence.Object) *Fault {
	if !profile.HeaderPresence.Any(c.Rules, isRequired) || h.Partial {
		return nil
	}
	for _, name := range profile.HeaderPresence.Names(c.Rules) {
		switch name {
		case "alg", "kid", "typ", "x5t", "x5t#S256":
			continue
		}
		want := profile.HeaderPresence.In(c.Rules, name)
		if want.V != profile.Required || there(h, name) {
			continue
		}
		return by(Found("header-missing", "%s is missing; %s requires it", name, who(c, want)), want).Compare("no "+name, name).
			Fix("Add the header parameter %s.", name).About(Detail{Meant: name}).At(c.headerAt(name))
	}
	return nil
}

// lookups remembers which registered header parameters there are, so that many
// names in another case are not each looked for.
type lookups struct {
	names [20]string
	there [20]bool
	n     int
}

func (l *lookups) has(h *evidence.Object, name string) bool {
	for i, known := range l.names[:l.n] {
		if known == name {
			return l.there[i]
		}
	}
	l.names[l.n], l.there[l.n] = name, there(h, name)
	l.n++
	return l.there[l.n-1]
}

// moveToClaims adds the n-th misplaced claim to the payload, where it is
// missing there.
func (c *Ctx) moveToClaims(f *Fault, m *jsonspan.Member, n int) {
	if n > mostPatches || c.claims() == nil || there(c.claims(), m.Name) || m.Name == "jti" && !c.ShowSecrets {
		return
	}
	value, ok := plain(m.Value)
	if !ok {
		return
	}
	// The provider refuses this value in the payload as well.
	for _, of := range [...]*party{c.issParty(), c.subParty()} {
		if of.name != m.Name {
			continue
		}
		if known := c.knownClient(of); known != "" {
			value = known
		} else if m.Value.Kind != jsonspan.String || !c.fits(of, m.Value.Str) {
			return
		}
	}
	w := c.window()
	for i, name := range timeClaims() {
		if d := c.header().Date(name); name == m.Name && d.Usable {
			w.at[i] = d.At
			if w.fit(c); w.changed[i] {
				value = w.at[i].Unix()
			}
		}
	}
	f.Set(finding.PartClaims, m.Name, value)
}
