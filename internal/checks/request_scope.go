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
		Needs:   []evidence.Need{evidence.NeedRequestOrAuthorization},
		Params:  []profile.Ref{profile.ParamPresence.Ref(), profile.ScopeAccepted.Ref(), profile.ScopePattern.Ref()},
		Cites:   []finding.Citation{rfc(6749, "3.3"), rfc(6749, "6")},
		Doc: "scope is a list of words separated by single spaces. The provider defines which words there are; " +
			"whether this client was granted them, only the provider's settings show.",
		Causes: []Cause{
			{ID: "scope-missing", Title: "scope is missing, which the provider requires", Severity: finding.Error,
				Why: "The standard makes scope optional, so libraries send it only if it is set; this provider has no default.",
				Fix: "Send the scopes the client was granted."},
			{ID: "scope-not-allowed", Title: "a scope is not allowed, or the scopes are not separated by spaces", Severity: finding.Error,
				Why: "The scope belongs to another provider or version, the list is not separated by spaces, or it asks for more than was granted.",
				Fix: "Send scopes the provider documents, with one space between them."},
		},
		Judge: judgeScope,
	}
}

func judgeScope(c *Ctx) Verdict {
	r := c.request()
	before, authorized := c.Authorization.Get()
	if authorized {
		if f := c.joinedScopes(before); f != nil {
			return Fail(f)
		}
	}
	if r == nil {
		return NotAsked("the authorization request's scopes are separated by spaces; the token request was not given").For(finding.WhyNotGiven)
	}
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	p, ok := sent(r, "scope")
	if !ok {
		return c.withoutScope(r)
	}
	if p.Unknown != "" || leftOpen(r, p.Value) {
		return unknownValue(r, p)
	}
	accepted := profile.ScopeAccepted.In(c.Rules)
	if f := c.scopes(r, p); f != nil {
		return Fail(f)
	}
	if c.refusesScope() {
		return Fail(Found("scope-not-allowed", "the server refused the scope %s", p.Value).Compare(p.Value, "scopes that this client was granted").At(c.AtParam(r, p)).
			Saying("It answered invalid_scope: one of the scopes is unknown to it, malformed, or more than the client was granted.").
			Fix("Compare the scopes with those granted to the client at the provider.").As(finding.Likely).About(Detail{Name: "scope", Value: p.Value}))
	}
	v := Pass("scope is %s", p.Value).Citing(accepted.Cite...)
	if !accepted.Known() {
		return v.LeavesOpen("scope-not-allowed")
	}
	return v
}

// joinedScopes finds scopes of an authorization request that its encoding made
// one word: the user then consents to something that nobody asked for.
func (c *Ctx) joinedScopes(before *evidence.Request) *Fault {
	p, ok := sent(before, "scope")
	if !ok || p.Unknown != "" || leftOpen(before, p.Value) {
		return nil
	}
	sep, parts := separated(p.Value)
	if !spaceEncodedTwice(sep) && (sep == "" || slices.ContainsFunc(parts, func(w string) bool { return !wellKnownScope(w) })) {
		return nil
	}
	right := strings.Join(parts, " ")
	return Found("scope-not-allowed", "the scopes of the authorization request are separated by %s instead of spaces", sep).Compare(p.Value, right).
		At(c.AtParam(before, p)).As(finding.Likely).About(Detail{Name: "scope", Value: p.Value}).
		Saying("The server reads one scope, %s. What the user consents to is then not %s.", p.Value, list(quoted(few(parts)))).
		Fix("Write scope=%s in the URL: a space is %%20 or +, and must not be encoded again.", strings.Join(parts, "%20"))
}

// refusesScope reports whether the server answered that it does not grant the
// scopes.
func (c *Ctx) refusesScope() bool {
	resp := c.response()
	return resp != nil && strings.EqualFold(strings.TrimSpace(resp.Error.Code), "invalid_scope")
}

// withoutScope judges a request that has no scope.
func (c *Ctx) withoutScope(r *evidence.Request) Verdict {
	want := profile.ParamPresence.In(c.Rules, "scope")
	grant := grantOf(r)
	switch {
	case grant == "authorization_code" || grant == "refresh_token":
		return NotAsked("with %s, the scopes were requested earlier", grant)
	case c.otherFlow():
		return NotAsked("this is not a token request, and has no scope")
	case want.V != profile.Required && !c.refusesScope():
		if v, unknown := c.notRead(); unknown {
			return v.For(finding.WhyNotGiven)
		}
		// Some servers refuse a request without one, whatever the standard says.
		return Pass("scope is missing, which %s allows", c.provider()).Citing(want.Cite...).Shows("scope-missing")
	}
	if v, unknown := c.notRead(); unknown {
		return v
	}
	if _, misspelled := c.standIn("scope"); misspelled || c.quoted(r, "scope") {
		return NotAsked("moot: parameter-misspelt comes first").For(finding.WhyMoot)
	}
	accepted := profile.ScopeAccepted.In(c.Rules)
	only := ""
	if len(accepted.V) == 1 {
		only = accepted.V[0]
	}
	f := c.absent("scope-missing", "scope", only, "; "+c.provider()+" requires it").
		Compare(absentWords(r, "scope"), orElse(either(accepted.V), len(accepted.V) > 0, "scope")).Citing(want.Cite...)
	if want.V != profile.Required {
		is, _ := isOrEmpty(r, "scope")
		f.Title = "scope is " + is + "; the server answered invalid_scope"
		f.As(finding.Likely)
	}
	if only == "" {
		f.Fixes = nil // the cause's own says more than a name without a value
	}
	return Fail(f)
}

func (c *Ctx) otherFlow() bool { f, _ := c.flow(); return f != flowToken }

func (c *Ctx) scopes(r *evidence.Request, p evidence.Param) *Fault {
	accepted, pattern := profile.ScopeAccepted.In(c.Rules), profile.ScopePattern.In(c.Rules)
	bounded := accepted.Known() || pattern.Known()
	accepts := func(word string) bool {
		return word != "" && (!accepted.Known() || slices.Contains(accepted.V, word)) && (!pattern.Known() || pattern.V.MatchString(word))
	}
	bad := func(found, expected, format string, args ...any) *Fault {
		return Found("scope-not-allowed", format, args...).Compare(found, expected).At(c.AtParam(r, p)).Citing(accepted.Cite...).Citing(pattern.Cite...).
			About(Detail{Name: "scope", Value: p.Value})
	}
	var refused, good []string
	for w := range strings.FieldsSeq(p.Value) {
		if bounded && !accepts(w) {
			refused = append(refused, w)
		} else if bounded {
			good = append(good, w)
		}
	}
	if !bounded || len(refused) > 0 {
		if sep, parts := separated(p.Value); sep != "" && (bounded && !slices.ContainsFunc(parts, func(w string) bool { return !accepts(w) }) ||
			!bounded && (spaceEncodedTwice(sep) || !slices.ContainsFunc(parts, func(w string) bool { return !wellKnownScope(w) }))) {
			right := strings.Join(parts, " ")
			f := bad(p.Value, right, "the scopes are separated by %s instead of spaces", sep).Fix("Send scope=%q, form-encoded.", right)
			if !bounded {
				f.As(finding.Likely)
			}
			return sendScope(f, right)
		}
	}
	if strings.ContainsAny(p.Value, "\t\r\n") {
		right := strings.Join(strings.Fields(p.Value), " ")
		return sendScope(bad("whitespace other than a space", "one space", "the scopes are separated by %s instead of spaces", orElse("tabs", strings.Contains(p.Value, "\t"), "line breaks")).
			Fix("Send scope=%q, form-encoded.", right), right)
	}
	if len(refused) == 0 {
		return c.wider(r, p)
	}
	if !accepted.Known() {
		f := bad(strings.Join(few(refused), " "), patternWords(pattern.V), "%s %s not have the form of %s's scopes", list(quoted(few(refused))), orElse("does", len(refused) == 1, "do"), c.provider())
		return withoutRefused(f, accepted.V, good, refused)
	}
	f := bad(strings.Join(few(refused), " "), either(accepted.V), "%s does not accept the scope %s", c.provider(), either(quoted(few(refused))))
	for _, w := range accepted.V {
		if diff := nearMiss(refused[0], w); diff != "" {
			f.Saying("%q differs from %q %s.", refused[0], w, diff)
			right := strings.ReplaceAll(" "+strings.Join(strings.Fields(p.Value), " ")+" ", " "+refused[0]+" ", " "+w+" ")
			if len(refused) == 1 {
				return sendScope(f.Fix("Write it %s.", w), strings.TrimSpace(right))
			}
			return f.Fix("Write it %s.", w)
		}
	}
	return withoutRefused(f, accepted.V, good, refused)
}

// sendScope adds to the patch what scope is to be.
func sendScope(f *Fault, right string) *Fault {
	f.Detail.Right = right
	return f.Set(finding.PartRequest, "scope", right)
}

// withoutRefused is the fix of scopes that the provider does not accept.
func withoutRefused(f *Fault, accepted, good, refused []string) *Fault {
	switch {
	case len(good) > 0:
		return sendScope(f.Fix("Leave out %s, or have the provider grant it.", list(few(refused))), strings.Join(good, " "))
	case len(accepted) == 1:
		return sendScope(f.Fix("Send scope=%s.", accepted[0]), accepted[0])
	}
	return f
}

// wider finds scopes a refresh asks for beyond those of the authorization
// request (RFC 6749 section 6). The server may have granted others.
func (c *Ctx) wider(r *evidence.Request, p evidence.Param) *Fault {
	before, ok := c.Authorization.Get()
	if !ok || grantOf(r) != "refresh_token" {
		return nil
	}
	granted, ok := sent(before, "scope")
	if !ok || granted.Unknown != "" || leftOpen(before, granted.Value) {
		return nil
	}
	had := map[string]bool{}
	for w := range strings.FieldsSeq(granted.Value) {
		had[w] = true
	}
	var more, kept []string
	for w := range strings.FieldsSeq(p.Value) {
		if had[w] {
			kept = append(kept, w)
		} else {
			more = append(more, w)
		}
	}
	if len(more) == 0 {
		return nil
	}
	f := Found("scope-not-allowed", "the refresh asks for %s, which the authorization request did not", list(quoted(few(more)))).
		Compare(p.Value, granted.Value).At(c.AtParam(r, p), c.AtParam(before, granted)).As(finding.Likely).About(Detail{Name: "scope", Value: p.Value}).
		Fix("Refresh with the same or fewer scopes, or without the parameter; for more, start a new authorization.")
	if len(kept) == 0 {
		return f.Remove(finding.PartRequest, "scope")
	}
	return sendScope(f, strings.Join(kept, " "))
}

// spaceEncodedTwice reports whether a separator comes of encoding a space twice. The
// characters are allowed in a scope, and in use in none.
func spaceEncodedTwice(sep string) bool { return strings.HasSuffix(sep, "(percent-encoded twice)") }

// separated splits a list that is separated by something other than spaces, and
// says by what.
func separated(s string) (sep string, parts []string) {
	for _, by := range []struct{ text, words string }{{"%20", "%20 (percent-encoded twice)"}, {"+", "+ signs (percent-encoded twice)"},
		{",", "commas"}, {";", "semicolons"}, {"|", "vertical bars"}} {
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

// wellKnownScope reports whether a word is a scope at any provider: those of
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
