package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestScope() Check {
	return Check{
		ID:      "request-scope",
		Subject: "scope",
		Rank:    510,
		Title:   "The scopes are ones the provider grants",
		Needs:   []evidence.Need{evidence.NeedRequest},
		Params:  []profile.Ref{profile.ParamPresence.Ref(), profile.ScopeAccepted.Ref(), profile.ScopePattern.Ref()},
		Cites:   []finding.Citation{rfc(6749, "3.3"), rfc(6749, "6")},
		Doc: "scope is a list of words with one space between them. What words there are, the provider defines; " +
			"whether this client was granted them, only its page tells.",
		Causes: []Cause{
			{ID: "scope-missing", Title: "there is no scope where the provider requires it", Severity: finding.Error,
				Why: "The standard leaves scope optional, so libraries send it only when it is set; this provider has no default.",
				Fix: "Send the scopes the client was granted."},
			{ID: "scope-not-allowed", Title: "a scope outside the allowed ones, or the wrong separator", Severity: finding.Error,
				Why: "The word is another provider's or version's, the list is separated by something other than a space, or it asks for more than was granted.",
				Fix: "Send scopes the provider documents, with one space between them."},
		},
		Judge: judgeScope,
	}
}

func judgeScope(c *Ctx) Verdict {
	r := c.request()
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	p, ok := sent(r, "scope")
	want := profile.ParamPresence.In(c.Rules, "scope")
	switch grant := grantOf(r); {
	case !ok && (grant == "authorization_code" || grant == "refresh_token"):
		return NotAsked("with %s the scopes were asked for before", grant)
	case !ok && c.otherFlow():
		return NotAsked("this is no token request, and has no scope")
	case !ok && want.V == profile.Required:
		if why, remedy := unread(r); why != "" {
			return NotAsked("%s", why).Give(remedy)
		}
		if misspelt := standIn(r, "scope"); misspelt != "" || c.quoted(r, "scope") {
			return NotAsked("moot: parameter-misspelt comes first")
		}
		is, found := isOrEmpty(r, "scope")
		return Fail(Found("scope-missing", "scope is %s; %s requires it", is, c.provider()).
			Compare(found, orElse(either(profile.ScopeAccepted.In(c.Rules).V), profile.ScopeAccepted.In(c.Rules).Known(), "scope")).
			At(c.atAbsent(r, "scope")).Citing(want.Cite...))
	case !ok && want.V == "":
		return NotAsked("no scope is asked for")
	case !ok:
		return Pass("scope is absent, which %s allows", c.provider()).Citing(want.Cite...).Shows("scope-missing")
	case p.Unknown != "":
		return unknownValue(r, p)
	case leftOpen(r, p.Value):
		return NotAsked("the value of scope holds a placeholder")
	}
	v := Faults("scope is "+p.Value, c.scopes(r, p)).Citing(profile.ScopeAccepted.In(c.Rules).Cite...)
	if !profile.ScopeAccepted.In(c.Rules).Known() {
		return v.LeavesOpen("scope-not-allowed")
	}
	return v
}

func (c *Ctx) otherFlow() bool { f, _ := c.flow(); return f != flowToken }

func (c *Ctx) scopes(r *evidence.Request, p evidence.Param) *Fault {
	accepted, pattern := profile.ScopeAccepted.In(c.Rules), profile.ScopePattern.In(c.Rules)
	bounded := accepted.Known() || pattern.Known()
	takes := func(word string) bool {
		return word != "" && (!accepted.Known() || slices.Contains(accepted.V, word)) && (!pattern.Known() || pattern.V.MatchString(word))
	}
	words := strings.Fields(p.Value)
	bad := func(found, expected, format string, args ...any) *Fault {
		return Found("scope-not-allowed", format, args...).Compare(found, expected).At(c.AtParam(r, p)).Citing(accepted.Cite...).Citing(pattern.Cite...)
	}
	var refused []string
	for _, w := range words {
		if !takes(w) {
			refused = append(refused, w)
		}
	}
	if !bounded || len(refused) > 0 {
		if sep, parts := separated(p.Value); sep != "" && (bounded && !slices.ContainsFunc(parts, func(w string) bool { return !takes(w) }) ||
			!bounded && !slices.ContainsFunc(parts, func(w string) bool { return !wellKnownScope(w) })) {
			f := bad(p.Value, strings.Join(parts, " "), "the scopes are separated by %s, not by a space", sep).Fix("Send %q, form-encoded.", strings.Join(parts, " "))
			if !bounded {
				f.As(finding.Likely)
			}
			return f
		}
	}
	if strings.ContainsAny(p.Value, "\t\r\n") {
		return bad("white space other than a space", "one space", "the scopes are separated by %s, not by a space", orElse("tabs", strings.Contains(p.Value, "\t"), "line ends"))
	}
	switch {
	case len(refused) > 0 && accepted.Known():
		f := bad(strings.Join(refused, " "), either(accepted.V), "%s takes no scope %s", c.provider(), either(quoted(refused)))
		for _, w := range accepted.V {
			if diff := nearMiss(refused[0], w); diff != "" {
				f.Saying("%q differs from %q %s.", refused[0], w, diff)
			}
		}
		return f
	case len(refused) > 0:
		return bad(strings.Join(refused, " "), patternWords(pattern.V), "%s has not the form of %s's scopes", list(quoted(refused)), c.provider())
	}
	return c.wider(r, p, words)
}

// wider finds scopes a refresh asks for beyond those of the authorization
// request (RFC 6749 section 6). The server may have granted others.
func (c *Ctx) wider(r *evidence.Request, p evidence.Param, words []string) *Fault {
	before, ok := c.Authorization.Get()
	if !ok || grantOf(r) != "refresh_token" {
		return nil
	}
	granted, ok := sent(before, "scope")
	if !ok || granted.Unknown != "" || leftOpen(before, granted.Value) {
		return nil
	}
	var more []string
	for _, w := range words {
		if !slices.Contains(strings.Fields(granted.Value), w) {
			more = append(more, w)
		}
	}
	if len(more) == 0 {
		return nil
	}
	return Found("scope-not-allowed", "the refresh asks for %s, which the authorization request did not", list(quoted(more))).
		Compare(p.Value, granted.Value).At(c.AtParam(r, p), c.AtParam(before, granted)).As(finding.Likely).
		Fix("Refresh with the same or fewer scopes, or without the parameter; for more, begin a new authorization.")
}

// separated takes a list apart that is separated by something other than a space.
func separated(s string) (sep string, parts []string) {
	for _, by := range []struct{ text, words string }{{"%20", "%20, which means that it was percent-encoded twice"}, {"+", "+ signs (it was percent-encoded twice)"},
		{",", "commas"}, {";", "semicolons"}, {"|", "bars"}} {
		if !strings.Contains(s, by.text) {
			continue
		}
		for _, part := range strings.Split(s, by.text) {
			if fields := strings.Fields(part); len(fields) > 0 {
				parts = append(parts, fields...)
			}
		}
		if len(parts) > 1 {
			return by.words, parts
		}
		parts = nil
	}
	return "", nil
}

// wellKnownScope tells a word that is a scope whoever the provider is: those of
// OpenID Connect Core section 5.4 and of SMART App Launch.
func wellKnownScope(w string) bool {
	switch w {
	case "openid", "profile", "email", "address", "phone", "offline_access", "online_access", "fhirUser", "launch", "launch/patient":
		return true
	}
	for _, level := range []string{"system/", "patient/", "user/"} {
		if rest, ok := strings.CutPrefix(w, level); ok && strings.Contains(rest, ".") && !strings.ContainsAny(rest, "/%") {
			return true
		}
	}
	return false
}
