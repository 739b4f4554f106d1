package checks

import (
	"slices"

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
		Title:   "The payload has the names the provider expects",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedHeader, evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.ClaimInstead.Ref(), profile.ClaimAccepted.Ref(), profile.ClaimType.Ref(), profile.ClaimPattern.Ref(), profile.ClaimForm.Ref(), profile.ClaimsAllowed.Ref(), profile.HeaderPresence.Ref()},
		Cites:   []finding.Citation{rfc(7519, "4"), rfc(7519, "10.1.1")},
		Doc:     "Claim names are short and case-sensitive: a server does not see a claim that has another name. Some providers require more claims, a few refuse every claim they do not know.",
		Causes: []Cause{
			{ID: "claim-misspelt", Title: "a claim name is misspelled", Severity: finding.Warning,
				Why:   "Names are compared exactly; the registered ones are three lower-case letters.",
				Fix:   "Use the registered name.",
				Leads: []Lead{{To: []finding.CauseID{"claim-not-allowed"}, When: sameName}, {To: missingClaims(), When: missedClaim}},
				Rules: Turns{None: true}},
			{ID: "claim-missing", Title: "another claim the provider requires is missing", Severity: finding.Error,
				Why:   "The provider requires more than the standard's claims.",
				Fix:   "Add the claim as the provider's page says.",
				Rules: Turns{On: presenceRules()}},
			{ID: "claim-not-allowed", Title: "the provider does not accept a claim of this name", Severity: finding.Error,
				Why:   "The library adds claims, or they were copied from another provider's sample.",
				Fix:   "Remove the claim.",
				Rules: Turns{On: []profile.Ref{profile.ClaimsAllowed.Ref()}}},
			{ID: "claim-value-not-accepted", Title: "another claim has a value or type the provider does not accept", Severity: finding.Error,
				Why:   "The provider defines the values of this claim.",
				Fix:   "Use a value the provider lists.",
				Rules: Turns{On: []profile.Ref{profile.ClaimAccepted.Ref(), profile.ClaimType.Ref(), profile.ClaimPattern.Ref(), profile.ClaimForm.Ref()}}},
			{ID: "recommended-missing", Title: "a header parameter or claim the provider recommends is missing", Severity: finding.Warning,
				Why:   "The provider accepts the assertion without it and recommends sending it.",
				Fix:   "Add it.",
				Rules: Turns{On: presenceRules()}},
		},
		Judge: judgeClaimNames,
	}
}

// isRegistered reports whether a claim is one that has its own check.
func isRegistered(name string) bool {
	switch name {
	case "iss", "sub", "aud", "exp", "nbf", "iat", "jti":
		return true
	}
	return false
}

// Bounds of what is said of many names at once.
const (
	mostPlaces     = 20  // that one finding points to
	mostMisspelled = 20  // findings of misspelled names
	mostPatches    = 200 // steps of one fix
)

func judgeClaimNames(c *Ctx) Verdict {
	o := c.claims()
	allowed := profile.ClaimsAllowed.In(c.Rules)
	var faults []*Fault
	var foreign *Fault
	var have registeredSet // made when a name is met that means one of them
	unwelcome, misspelled := 0, 0
	banned := profile.ClaimPresence.Any(c.Rules, isForbidden)
	for i := range o.Value.Members {
		m := &o.Value.Members[i]
		if meant, sure := claimMeant(m.Name); meant != "" && (sure || !have.has(o, meant)) {
			if misspelled++; misspelled > mostMisspelled {
				faults[len(faults)-1].Saying("Names are compared exactly. More than %d names are misspelled; the others are not listed.", mostMisspelled)
				break // nobody corrects so many one by one
			}
			faults = append(faults, c.misspelt(m, meant))
			continue
		}
		if !allowed.Known() && !banned {
			continue
		}
		if m.Name == "kid" && c.header() != nil && !there(c.header(), "kid") {
			continue // kid-in-payload moves it to the header
		}
		forbidden := profile.ClaimPresence.In(c.Rules, m.Name)
		if allowed.Known() && !slices.Contains(allowed.V, m.Name) || forbidden.V == profile.Forbidden {
			unwelcome++
			if foreign == nil {
				foreign = Found("claim-not-allowed", "%s does not accept the claim %s", c.provider(), m.Name).About(Detail{Name: m.Name})
				if allowed.Known() {
					by(foreign, allowed).Compare(m.Name, "only "+list(allowed.V))
				}
				if forbidden.Known() {
					by(foreign, forbidden)
				}
			}
			foreign.takeOut(c, finding.PartClaims, m.Name, unwelcome)
		}
	}
	if foreign != nil {
		faults = append(faults, foreign.alsoOthers(unwelcome))
	}
	faults = c.missingNames(faults)
	faults = c.claimValues(faults)
	if len(faults) == 0 {
		return Pass("no name is missing or out of place").LeavesOpen("claim-missing", "claim-not-allowed", "claim-value-not-accepted")
	}
	return Faults("", faults...)
}

// registeredSet is which registered claims there are. It is made in one pass, so
// that many misspelled names are not each looked for.
type registeredSet struct {
	made  bool
	names [7]string
}

func (s *registeredSet) has(o *evidence.Object, name string) bool {
	if !s.made {
		s.made = true
		n := 0
		for i := range o.Value.Members {
			m := &o.Value.Members[i]
			if isRegistered(m.Name) && m.Value.Kind != jsonspan.Null && m.Value.Kind != jsonspan.Invalid && !slices.Contains(s.names[:n], m.Name) {
				s.names[n] = m.Name
				n++
			}
		}
	}
	return slices.Contains(s.names[:], name)
}

// isRequired reports whether a name must be there.
func isRequired(p profile.Presence) bool { return p == profile.Required }

// isForbidden reports whether a name must not be there.
func isForbidden(p profile.Presence) bool { return p == profile.Forbidden }

// takeOut adds the n-th member that is to be removed to a fault about several.
func (f *Fault) takeOut(c *Ctx, part, name string, n int) {
	if n <= mostPlaces {
		f.At(c.AtName(part, evidence.Pointer(name)))
	}
	if len(f.Patches) < mostPatches-mostPlaces {
		f.Remove(part, name)
	}
}

// alsoOthers says in the title of how many more members the fault is about.
func (f *Fault) alsoOthers(n int) *Fault {
	if n > 1 {
		f.Title += ", nor " + plural(n-1, "1 other", itoa(n-1)+" others")
	}
	return f
}

// misspelt is the fault of a claim that has another name than it should.
func (c *Ctx) misspelt(m *jsonspan.Member, meant string) *Fault {
	f := Found("claim-misspelt", "the claim %s should be called %s: names are compared exactly", m.Name, meant).Compare(m.Name, meant).
		About(Detail{Name: m.Name, Meant: meant}).At(c.AtName(finding.PartClaims, evidence.Pointer(m.Name)))
	if there(c.claims(), meant) {
		return f.Fix("Remove %s; %s is already there.", m.Name, meant).Remove(finding.PartClaims, m.Name)
	}
	f.Fix("Write it %s.", meant)
	value, ok := plain(m.Value)
	if ok && (meant != "jti" || c.ShowSecrets) { // a jti is shown to nobody
		f.Remove(finding.PartClaims, m.Name).Set(finding.PartClaims, meant, value)
	}
	return f
}

// missingNames adds what the provider requires or recommends and is not there.
func (c *Ctx) missingNames(faults []*Fault) []*Fault {
	o, h := c.claims(), c.header()
	missing := func(cause finding.CauseID, part, what, name string, want profile.Value[profile.Presence], accepted []string, verb string) {
		f := by(Found(cause, "the %s %s is missing; %s %s it", what, name, who(c, want), verb), want).Compare("no "+name, name).
			About(Detail{Meant: name}).At(c.AtMember(part, name))
		if len(accepted) == 1 {
			f.Fix("Set %s to %s.", name, accepted[0]).Set(part, name, accepted[0])
		}
		faults = append(faults, f)
	}
	for _, name := range profile.ClaimPresence.Names(c.Rules) {
		want := profile.ClaimPresence.In(c.Rules, name)
		switch {
		case want.V != profile.Recommended && want.V != profile.Required, o.Partial, there(o, name):
		case want.V == profile.Recommended:
			missing("recommended-missing", finding.PartClaims, "claim", name, want, profile.ClaimAccepted.In(c.Rules, name).V, "recommends")
		case !isRegistered(name) && !c.replaced(name):
			missing("claim-missing", finding.PartClaims, "claim", name, want, profile.ClaimAccepted.In(c.Rules, name).V, "requires")
		}
	}
	if !profile.HeaderPresence.Any(c.Rules, func(p profile.Presence) bool { return p == profile.Recommended }) {
		return faults
	}
	for _, name := range profile.HeaderPresence.Names(c.Rules) {
		want := profile.HeaderPresence.In(c.Rules, name)
		if want.V == profile.Recommended && !h.Partial && !there(h, name) {
			accepted := profile.HeaderAccepted.In(c.Rules, name).V
			if kid := c.signingKid(c.alg()); name == "kid" && kid != "" {
				accepted = []string{kid}
			}
			missing("recommended-missing", finding.PartHeader, "header parameter", name, want, accepted, "recommends")
		}
	}
	return faults
}

// replaced reports whether a claim is there that may take the place of another.
func (c *Ctx) replaced(name string) bool {
	return slices.ContainsFunc(profile.ClaimInstead.In(c.Rules, name).V, func(other string) bool { return there(c.claims(), other) })
}

// claimValues judges the other claims whose values the profile defines.
func (c *Ctx) claimValues(faults []*Fault) []*Fault {
	lists := [3][]string{profile.ClaimAccepted.Names(c.Rules), profile.ClaimType.Names(c.Rules), profile.ClaimPattern.Names(c.Rules)}
	for i, names := range lists {
		for _, name := range names {
			if isRegistered(name) || i > 0 && slices.Contains(lists[0], name) || i > 1 && slices.Contains(lists[1], name) {
				continue
			}
			if v, ok := present(c.claims(), name); ok {
				if f := c.claimValue(name, v); f != nil {
					faults = append(faults, f)
				}
			}
		}
	}
	return faults
}

// claimValue is the fault of a claim whose value the provider does not accept;
// nil if it does.
func (c *Ctx) claimValue(name string, v *jsonspan.Value) *Fault {
	bad := func(expected string) *Fault {
		return Found("claim-value-not-accepted", "the claim %s is not what %s accepts", name, c.provider()).
			Compare(show(v), expected).About(Detail{Name: name, Value: show(v)}).At(c.claimAt(name))
	}
	kind, accepted := profile.ClaimType.In(c.Rules, name), profile.ClaimAccepted.In(c.Rules, name)
	pattern, form := profile.ClaimPattern.In(c.Rules, name), profile.ClaimForm.In(c.Rules, name)
	switch {
	case kind.Known() && !ofType(v, kind.V):
		return by(bad(article(kind.V)), kind)
	case accepted.Known() && !allIn(v, accepted.V):
		f := by(bad(either(accepted.V)), accepted)
		if len(accepted.V) == 1 && (!kind.Known() || kind.V == "string") {
			f.Detail.Right = accepted.V[0]
			f.Fix("Set %s to %s.", name, accepted.V[0]).Set(finding.PartClaims, name, accepted.V[0])
		}
		return f
	case pattern.Known() && !(v.Kind == jsonspan.String && pattern.V.MatchString(v.Str)):
		return by(bad(orElse(form.V, form.Known(), patternWords(pattern.V))), pattern)
	}
	return nil
}

// ofType reports whether a value has the JSON type that a rule names.
func ofType(v *jsonspan.Value, t string) bool {
	switch v.Kind {
	case jsonspan.String:
		return t == "string"
	case jsonspan.Number:
		return t == "number"
	case jsonspan.Bool:
		return t == "boolean"
	case jsonspan.Array:
		return t == "array"
	case jsonspan.Object:
		return t == "object"
	}
	return false
}

func article(t string) string {
	if t == "array" || t == "object" {
		return "an " + t
	}
	return "a " + t
}

// allIn reports whether the value, or each item of an array, is among the accepted.
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

// claimMeant returns the registered claim that a name is a misspelling of, ""
// where it is none, or the registered name itself. It is sure where only case
// and separators differ. It allocates nothing.
func claimMeant(name string) (meant string, sure bool) {
	if isRegistered(name) {
		return "", false
	}
	var bare [len("expirationtime")]byte
	n := 0
	for _, r := range name {
		switch {
		case r == '_', r == '-', r == ' ', r == '\t', r == '\n', r == '\r', r == '\u00a0', r == '\u200b', r == '\ufeff':
			continue
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		}
		if n == len(bare) || r < 'a' || r > 'z' {
			return "", false
		}
		bare[n] = byte(r)
		n++
	}
	switch string(bare[:n]) {
	case "iss":
		return "iss", true
	case "sub":
		return "sub", true
	case "aud":
		return "aud", true
	case "exp":
		return "exp", true
	case "nbf":
		return "nbf", true
	case "iat":
		return "iat", true
	case "jti":
		return "jti", true
	case "issuer", "isuer", "iis", "isss":
		return "iss", false
	case "subject", "subj", "sbu", "usb", "subb":
		return "sub", false
	case "audience", "audiance", "audince", "audi", "adu", "uad":
		return "aud", false
	case "expires", "expire", "expiry", "expiration", "expirationtime", "expiresat", "expiresin", "exipry", "epx", "xep", "expt":
		return "exp", false
	case "notbefore", "nfb", "bnf":
		return "nbf", false
	case "issuedat", "issued", "issuetime", "ita", "ait", "iats":
		return "iat", false
	case "jwtid", "jit", "tji", "jtid", "tokenid":
		return "jti", false
	}
	return "", false
}
