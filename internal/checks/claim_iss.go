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
		ID:     "claim-iss",
		Title:  "iss is the client ID",
		Kinds:  assertionKinds,
		Needs:  []evidence.Need{evidence.NeedClaims},
		Params: []profile.Ref{profile.ClaimPresence.Ref(), profile.ClaimPattern.Ref(), profile.ClaimForm.Ref(), profile.IssIsClientID.Ref()},
		Cites:  []finding.Citation{rfc(7523, "3"), rfc(7521, "5.2")},
		Doc:    "In a client's own assertion iss is the client ID the provider gave out, to the character. It is what the server looks the client and its keys up by.",
		Causes: []Cause{
			{ID: "iss-missing", Title: "there is no iss", Severity: finding.Error,
				Why: "The claim was not set, or under another name.",
				Fix: "Set iss to the client ID."},
			{ID: "iss-not-string", Title: "iss is no string", Severity: finding.Error,
				Why: "A number or an array was passed; a numeric client ID must be written in quotes.",
				Fix: "Pass the client ID as text."},
			{ID: "iss-wrong-form", Title: "iss has not the form this provider defines", Severity: finding.Error,
				Why: "The provider builds iss from parts of its own (a fingerprint, an upper-case account, a team or app ID, an e-mail address).",
				Fix: "Build iss as the provider's page says."},
			{ID: "iss-not-client-id", Title: "iss is not the client ID given", Severity: finding.Error,
				Why: "The application's URL or name, or another environment's client ID, was used.",
				Fix: "Set iss to the client ID of this environment."},
		},
		Judge: judgeIss,
	}
}

func judgeIss(c *Ctx) Verdict {
	return c.party("iss", profile.IssIsClientID.In(c.Rules).V, "the client ID")
}

// party judges iss or sub: presence, type, form and, where one was given, the client ID.
func (c *Ctx) party(name string, isClientID bool, meaning string) Verdict {
	o := c.claims()
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
			return Pass("%s is absent, which %s allows", name, c.provider()).Citing(want.Cite...).Shows(name + "-missing")
		}
		if skip, unproven := absenceUnproven(o, name); unproven {
			return skip
		}
		found, is := "no "+name, "missing"
		if ok {
			found, is = `""`, "empty"
		}
		return Fail(Found(name+"-missing", "%s is %s", name, is).Compare(found, expected).At(at).Citing(want.Cite...))
	}
	if v.Kind != jsonspan.String {
		return Fail(Found(name+"-not-string", "%s is %s, not a string", name, v.Kind).Compare(show(v), expected).At(at).Citing(want.Cite...))
	}
	if name == "iss" && pattern.Known() && !pattern.V.MatchString(v.Str) {
		words := orElse(form.V, form.Known(), patternWords(pattern.V))
		return Fail(Found("iss-wrong-form", "iss has not the form %s defines: %s", c.provider(), words).
			Compare(v.Str, words).At(at).Citing(pattern.Cite...))
	}
	if isClientID && c.Expect.ClientID != "" && v.Str != c.Expect.ClientID {
		f := Found(name+"-not-client-id", "%s is not the client ID given", name).Compare(v.Str, c.Expect.ClientID).At(at).Citing(want.Cite...)
		if diff := nearMiss(v.Str, c.Expect.ClientID); diff != "" {
			f.Saying("The two differ %s; the comparison is exact.", diff)
		}
		return Fail(f)
	}
	pass := Pass("%s is %s", name, v.Str).Citing(want.Cite...)
	if c.Expect.ClientID == "" {
		pass = pass.LeavesOpen(name + "-not-client-id")
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
