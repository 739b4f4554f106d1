package checks

import (
	"regexp"
	"strings"

	addr "github.com/assertionworks/jwtdoctor/internal/address"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func claimIss() Check {
	return Check{
		ID:      "claim-iss",
		Subject: "iss",
		Rank:    190,
		Names:   []string{"iss"},
		Title:   "iss is the client ID",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedClaims},
		Params:  []profile.Ref{profile.ClaimPresence.Ref(), profile.ClaimPattern.Ref(), profile.ClaimForm.Ref(), profile.IssIsClientID.Ref()},
		Cites:   []finding.Citation{rfc(7523, "3"), rfc(7521, "5.2")},
		Doc:     "In a client's own assertion, iss is exactly the client ID that the provider issued. The server uses it to look up the client and its keys.",
		Causes: []Cause{
			{ID: "iss-missing", Title: "iss is missing", Severity: finding.Error,
				Why:   "The claim was not set, or has another name.",
				Fix:   "Set iss to the client ID.",
				Rules: Turns{On: presenceRules()}},
			{ID: "iss-not-string", Title: "iss is not a string", Severity: finding.Error,
				Why:   "A number or an array was passed; a numeric client ID must be written in quotes.",
				Fix:   "Pass the client ID as text.",
				Rules: Turns{None: true}},
			{ID: "iss-wrong-form", Title: "iss does not have the form this provider defines", Severity: finding.Error,
				Why:   "The provider builds iss from certain parts (a fingerprint, an upper-case account, a team or app ID, an email address).",
				Fix:   "Build iss as the provider's page says.",
				Leads: []Lead{{To: []finding.CauseID{"iss-sub-differ", "iss-sub-near-miss"}}, {To: []finding.CauseID{"sub-not-client-id"}, When: sameValue}}},
			{ID: "iss-not-client-id", Title: "iss is not the client ID given", Severity: finding.Error,
				Why:   "The application's URL or name, or another environment's client ID, was used.",
				Fix:   "Set iss to the client ID of this environment.",
				Leads: []Lead{{To: []finding.CauseID{"sub-not-client-id"}, When: sameValue}, {To: []finding.CauseID{"iss-sub-differ", "iss-sub-near-miss"}}}},
		},
		Judge: judgeIss,
	}
}

func judgeIss(c *Ctx) Verdict { return c.party(c.issParty()) }

func (c *Ctx) issParty() *party {
	return &party{name: "iss", other: "sub", clientID: profile.IssIsClientID.In(c.Rules),
		missing: "iss-missing", notString: "iss-not-string", notClientID: "iss-not-client-id"}
}

// party is iss or sub, with the causes that are about it.
type party struct {
	name, other string
	clientID    profile.Value[bool] // it must be the client ID

	missing, notString, notClientID finding.CauseID
}

// party checks iss or sub: presence, type, form and, where one was given, the client ID.
func (c *Ctx) party(of *party) Verdict {
	o := c.claims()
	want := profile.ClaimPresence.In(c.Rules, of.name)
	v, ok := present(o, of.name)
	if !ok || v.Kind == jsonspan.String && v.Str == "" {
		if want.V == profile.Optional || want.V == profile.Recommended {
			return PassText("%s is missing, which %s allows", of.name, c.provider()).Citing(want.Cite...).Shows(of.missing)
		}
		if skip, unproven := absenceUnproven(o, of.name); unproven {
			return skip
		}
		found, is := "no "+of.name, "missing"
		if ok {
			found, is = `""`, "empty"
		}
		f := by(Found(of.missing, "%s is %s", of.name, is), want).Compare(found, c.partyWords(of)).
			About(Detail{Meant: of.name}).At(c.claimAt(of.name))
		return Fail(c.useParty(f, of, c.knownClient(of)))
	}
	if v.Kind != jsonspan.String {
		f := by(Found(of.notString, "%s is %s, not a string", of.name, v.Kind), want).Compare(show(v), c.partyWords(of)).
			About(Detail{Name: of.name}).At(c.claimAt(of.name))
		as := c.knownClient(of)
		if p := profile.ClaimPattern.In(c.Rules, of.name); as == "" && v.Kind == jsonspan.Number && (!p.Known() || p.V.MatchString(v.Raw)) {
			as = v.Raw
		}
		return Fail(c.useParty(f, of, as))
	}
	pattern := profile.ClaimPattern.In(c.Rules, of.name)
	if of.name == "iss" && pattern.Known() && !pattern.V.MatchString(v.Str) {
		form := profile.ClaimForm.In(c.Rules, of.name)
		words := orElse(form.V, form.Known(), patternWords(pattern.V))
		f := by(Found("iss-wrong-form", "iss does not have the form %s defines: %s", who(c, pattern), words), pattern).
			Compare(v.Str, words).About(Detail{Name: of.name, Value: v.Str}).At(c.claimAt(of.name))
		if known := c.knownClient(of); known != "" && known != v.Str {
			c.useParty(f, of, known)
		} else {
			f.Fix("Set iss to %s.", words)
		}
		return Fail(f)
	}
	if c.isClientID(of) && c.Expect.ClientID != "" && v.Str != c.Expect.ClientID {
		if platform, ok := c.federated(); ok {
			return NotAskedText("%s names %s, which vouches for the client (workload identity federation)", of.name, orElse(platform, platform != "", "another party"))
		}
		if !c.fits(of, c.Expect.ClientID) {
			return NotAskedText("the client ID that was given does not have the form %s defines, so %s cannot be compared with it", c.provider(), of.name)
		}
		f := by(Found(of.notClientID, "%s is not the client ID given", of.name), want).Compare(v.Str, c.Expect.ClientID).
			About(Detail{Name: of.name, Value: v.Str, Right: c.Expect.ClientID}).At(c.claimAt(of.name))
		if diff := nearMiss(v.Str, c.Expect.ClientID); diff != "" {
			f.Saying("The two differ %s; the comparison is exact.", diff)
		}
		return Fail(c.useParty(f, of, c.Expect.ClientID))
	}
	pass := PassText("%s is %s", of.name, v.Str).Citing(want.Cite...)
	switch wrongForm := of.name == "iss" && !pattern.Known(); {
	case wrongForm && c.Expect.ClientID == "":
		return pass.LeavesOpen(of.notClientID, "iss-wrong-form")
	case c.Expect.ClientID == "":
		return pass.LeavesOpen(of.notClientID)
	case wrongForm:
		return pass.LeavesOpen("iss-wrong-form")
	}
	return pass
}

// isClientID reports whether the claim has to be the client ID. The standard says
// it of client authentication only, so of a JWT grant the provider itself has to.
func (c *Ctx) isClientID(of *party) bool {
	switch c.Kind {
	case evidence.ClientAssertion:
		return of.clientID.V
	case evidence.JWTGrant:
		return of.clientID.V && !of.clientID.Default && of.clientID.From != profile.Standard && c.Profile.Kind == string(evidence.JWTGrant)
	}
	return false
}

// partyWords says what iss or sub has to be.
func (c *Ctx) partyWords(of *party) string {
	if known := c.knownClient(of); known != "" {
		return known
	}
	if form := profile.ClaimForm.In(c.Rules, of.name); form.Known() {
		return form.V
	}
	switch {
	case c.isClientID(of), of.clientID.V && of.name == "iss":
		return "the client ID"
	case of.name == "iss":
		return "who signs the JWT, as the provider knows them"
	}
	return "the user or account that the client acts for"
}

// knownClient is the client ID where the claim has to be it and the evidence
// has it: the one given, the other claim, or the request's client_id. One that
// does not have the form the profile defines is none.
func (c *Ctx) knownClient(of *party) string {
	if id := c.clientIDOf(of); c.fits(of, id) {
		return id
	}
	return ""
}

// fits reports whether a client ID has the form the profile defines for the
// claim, or for the other one where both have to be the same.
func (c *Ctx) fits(of *party, id string) bool {
	for _, name := range [...]string{of.name, of.other} {
		p := profile.ClaimPattern.In(c.Rules, name)
		if p.Known() && !p.V.MatchString(id) && (name == of.name || profile.IssIsSub.In(c.Rules).V) {
			return false
		}
	}
	return true
}

func (c *Ctx) clientIDOf(of *party) string {
	if !c.isClientID(of) {
		return ""
	}
	if c.Expect.ClientID != "" {
		return c.Expect.ClientID
	}
	if other, ok := c.claims().Text(of.other); ok && other != "" && !isURL(other) && profile.IssIsSub.In(c.Rules).V {
		return other
	}
	if r, ok := c.Request.Get(); ok {
		for _, p := range r.Params {
			if p.Name == "client_id" && p.Unknown == "" {
				return p.Value
			}
		}
	}
	return ""
}

// useParty makes a value of iss or sub the fix of a fault; without one it says
// what the value has to be.
func (c *Ctx) useParty(f *Fault, of *party, value string) *Fault {
	if value == "" {
		return f.Fix("Set %s to %s.", of.name, c.partyWords(of))
	}
	f.Detail.Right = value
	what := ""
	if c.isClientID(of) {
		what = ", the client ID"
	}
	return f.Fix("Set %s to %s%s.", of.name, value, what).Set(finding.PartClaims, of.name, value)
}

// patternWords shows a pattern as the profile wrote it, without the anchors
// the loader put around it.
func patternWords(re *regexp.Regexp) string {
	return "/" + strings.TrimSuffix(strings.TrimPrefix(re.String(), "^(?:"), ")$") + "/"
}

// nearMiss says how two identifiers differ where it is by little: case,
// whitespace or an environment's prefix; "" if it is by more.
func nearMiss(a, b string) string {
	ta, tb := strings.TrimSpace(a), strings.TrimSpace(b)
	switch {
	case a == b || ta == "" || tb == "":
		return ""
	case ta == tb:
		return "only by whitespace"
	case strings.EqualFold(ta, tb):
		return "only in upper and lower case"
	}
	short, long := ta, tb
	if len(short) > len(long) {
		short, long = long, short
	}
	// Compare without regard to case: if there is a prefix, case often differs too.
	rest, ok := strings.CutSuffix(strings.ToLower(long), strings.ToLower(short))
	if !ok {
		rest, ok = strings.CutPrefix(strings.ToLower(long), strings.ToLower(short))
	}
	if ok && addr.IsEnvironment(strings.Trim(rest, "-_.:/@ ")) && strings.Trim(rest, "-_.:/@ ") != rest {
		return "only by the environment's name \"" + long[:len(rest)] + "\""
	}
	return ""
}
