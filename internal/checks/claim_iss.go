package checks

import (
	"regexp"
	"strings"

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
		Doc:     "In a client's own assertion iss is the client ID the provider gave out, to the character. It is what the server looks the client and its keys up by.",
		Causes: []Cause{
			{ID: "iss-missing", Title: "there is no iss", Severity: finding.Error,
				Why:   "The claim was not set, or under another name.",
				Fix:   "Set iss to the client ID.",
				Rules: Turns{On: presenceRules()}},
			{ID: "iss-not-string", Title: "iss is no string", Severity: finding.Error,
				Why:   "A number or an array was passed; a numeric client ID must be written in quotes.",
				Fix:   "Pass the client ID as text.",
				Rules: Turns{None: true}},
			{ID: "iss-wrong-form", Title: "iss has not the form this provider defines", Severity: finding.Error,
				Why:   "The provider builds iss from parts of its own (a fingerprint, an upper-case account, a team or app ID, an e-mail address).",
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

func judgeIss(c *Ctx) Verdict {
	return c.party(party{name: "iss", clientID: profile.IssIsClientID.In(c.Rules).V, meaning: "the client ID",
		missing: "iss-missing", notString: "iss-not-string", notClientID: "iss-not-client-id"})
}

// party is iss or sub, with the causes that are about it.
type party struct {
	name     string
	clientID bool   // it must be the client ID
	meaning  string // what it must be, in words

	missing, notString, notClientID finding.CauseID
}

// party checks iss or sub: presence, type, form and, where one was given, the client ID.
func (c *Ctx) party(of party) Verdict {
	o, name, isClientID, meaning := c.claims(), of.name, of.clientID, of.meaning
	want := profile.ClaimPresence.In(c.Rules, name)
	pattern := profile.ClaimPattern.In(c.Rules, name)
	form := profile.ClaimForm.In(c.Rules, name)
	isClientID = isClientID && c.Kind == evidence.ClientAssertion
	expected := meaning
	if isClientID && c.Expect.ClientID != "" {
		expected = c.Expect.ClientID
	} else if form.Known() {
		expected = form.V
	}
	at := c.claimAt(name)

	v, ok := present(o, name)
	if !ok || v.Kind == jsonspan.String && v.Str == "" {
		if want.V == profile.Optional || want.V == profile.Recommended {
			return Pass("%s is absent, which %s allows", name, c.provider()).Citing(want.Cite...).Shows(of.missing)
		}
		if skip, unproven := absenceUnproven(o, name); unproven {
			return skip
		}
		found, is := "no "+name, "missing"
		if ok {
			found, is = `""`, "empty"
		}
		return Fail(Found(of.missing, "%s is %s", name, is).Compare(found, expected).At(at).Citing(want.Cite...))
	}
	if v.Kind != jsonspan.String {
		return Fail(Found(of.notString, "%s is %s, not a string", name, v.Kind).Compare(show(v), expected).At(at).Citing(want.Cite...))
	}
	if name == "iss" && pattern.Known() && !pattern.V.MatchString(v.Str) {
		words := orElse(form.V, form.Known(), patternWords(pattern.V))
		return Fail(Found("iss-wrong-form", "iss has not the form %s defines: %s", c.provider(), words).
			Compare(v.Str, words).At(at).Citing(pattern.Cite...).About(Detail{Name: name, Value: v.Str}))
	}
	if isClientID && c.Expect.ClientID != "" && v.Str != c.Expect.ClientID {
		f := Found(of.notClientID, "%s is not the client ID given", name).Compare(v.Str, c.Expect.ClientID).At(at).Citing(want.Cite...).
			About(Detail{Name: name, Value: v.Str, Right: c.Expect.ClientID})
		if diff := nearMiss(v.Str, c.Expect.ClientID); diff != "" {
			f.Saying("The two differ %s; the comparison is exact.", diff)
		}
		return Fail(f)
	}
	pass := Pass("%s is %s", name, v.Str).Citing(want.Cite...)
	if c.Expect.ClientID == "" {
		pass = pass.LeavesOpen(of.notClientID)
	}
	if name == "iss" && !pattern.Known() {
		pass = pass.LeavesOpen("iss-wrong-form")
	}
	return pass
}

// patternWords shows a pattern as the profile wrote it, without the anchors
// the loader put around it.
func patternWords(re *regexp.Regexp) string {
	return "/" + strings.TrimSuffix(strings.TrimPrefix(re.String(), "^(?:"), ")$") + "/"
}

// nearMiss tells in words how two identifiers differ where it is by a trifle:
// case, white space or an environment's prefix.
func nearMiss(a, b string) string {
	ta, tb := strings.TrimSpace(a), strings.TrimSpace(b)
	switch {
	case a == b || ta == "" || tb == "":
		return ""
	case ta == tb:
		return "by white space alone"
	case strings.EqualFold(ta, tb):
		return "by upper and lower case alone"
	}
	short, long := ta, tb
	if len(short) > len(long) {
		short, long = long, short
	}
	// Compare without regard to case: prefixes rarely come alone.
	rest, ok := strings.CutSuffix(strings.ToLower(long), strings.ToLower(short))
	if !ok {
		rest, ok = strings.CutPrefix(strings.ToLower(long), strings.ToLower(short))
	}
	if ok && isEnvironment(strings.Trim(rest, "-_.:/@ ")) && strings.Trim(rest, "-_.:/@ ") != rest {
		return "by the environment's name \"" + long[:len(rest)] + "\" alone"
	}
	return ""
}

func isEnvironment(word string) bool {
	switch word {
	case "dev", "development", "test", "tst", "testing", "qa", "uat", "int", "integration", "stg", "stage", "staging", "sandbox", "sbx",
		"demo", "pre", "preprod", "pre-prod", "preview", "nonprod", "non-prod", "nonprd", "non-prd", "prod", "prd", "production", "live", "poc", "local":
		return true
	}
	return false
}
