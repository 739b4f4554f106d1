package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestGrantType() Check {
	return Check{
		ID:      "request-grant-type",
		Subject: "grant_type",
		Rank:    70,
		Title:   "grant_type is the one for this flow",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		After:   []finding.CauseID{"shell-quoting", "body-empty"},
		Params:  []profile.Ref{profile.GrantTypes.Ref(), profile.ParamPresence.Ref()},
		Cites:   []finding.Citation{rfc(6749, "4.4.2"), rfc(7521, "4"), rfc(7523, "2.1")},
		Doc: "grant_type says on what grounds the token is requested: client_credentials for a client acting for itself, authorization_code for a user who has logged in. " +
			"How the client proves who it is belongs in client_assertion_type, whose value looks much alike.",
		Causes: []Cause{
			{ID: "grant-type-missing", Title: "grant_type is missing", Severity: finding.Error,
				Why: "The parameter was left out, or has another name.",
				Fix: "Send grant_type with the value the provider documents, such as client_credentials."},
			{ID: "grant-type-wrong", Title: "grant_type is not the one for this flow", Severity: finding.Error,
				Why: "The value was misspelled, encoded twice, or belongs to another flow; it must match exactly.",
				Fix: "Send the value the provider documents; a client acting for itself sends client_credentials.",
				// Of a grant type that is wrong, no parameter is missing.
				Leads: []Lead{{To: []finding.CauseID{"parameter-missing"}, When: sameGrant}, {To: []finding.CauseID{"assertion-missing"}, When: asGrant}}},
		},
		Judge: judgeGrantType,
	}
}

// sameGrant reports whether the missing parameter is one that the wrong grant
// type asks for.
func sameGrant(lead, led *Fault) bool {
	return lead.Detail.Value != "" && lead.Detail.Value == led.Detail.Beside
}

// asGrant reports whether the missing assertion is the one that the wrong grant type asks
// for, and not the one that authenticates the client.
func asGrant(lead, led *Fault) bool {
	return lead.Detail.Value == grantJWTBearer && led.Detail.Meant == "assertion"
}

func judgeGrantType(c *Ctx) Verdict {
	r := c.request()
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	if f, _ := c.flow(); f != flowToken {
		return NotAsked("a %s has no grant_type", f)
	}
	rule := profile.GrantTypes.In(c.Rules)
	if rule.State == profile.None {
		return NotAskedText("%s does not accept OAuth token requests, so it has no grant_type", c.provider())
	}
	p, ok := sent(r, "grant_type")
	if !ok {
		want := profile.ParamPresence.In(c.Rules, "grant_type")
		if want.V == profile.Optional {
			if v, unknown := c.notRead(); unknown {
				return v.For(finding.WhyNotGiven)
			}
			return Pass("grant_type is missing, which %s allows", c.provider()).Citing(want.Cite...)
		}
		if v, unknown := c.notRead(); unknown {
			return v
		}
		right := c.fittingGrant(r, rule)
		f := c.absent("grant-type-missing", "grant_type", right, "").Compare(absentWords(r, "grant_type"), c.grantWords(r, rule)).Citing(rule.Cite...)
		if !c.hasRequired(right) {
			f.Patches = nil
		}
		return Fail(f)
	}
	if p.Unknown != "" || leftOpen(r, p.Value) {
		return unknownValue(r, p)
	}
	if rule.Known() && slices.Contains(rule.V, p.Value) {
		return Pass("grant_type is %s", p.Value).Citing(rule.Cite...)
	}
	if v, ok := c.registeredGrant(r, p, rule); ok {
		return v
	}
	return c.wrongGrant(r, p, rule)
}

// absentWords is what is found of a parameter that has no value.
func absentWords(r *evidence.Request, name string) string {
	_, found := isOrEmpty(r, name)
	return found
}

// registeredGrant judges a value that is a grant type, though none of those the
// profile lists; ok is false where it is wrong all the same.
func (c *Ctx) registeredGrant(r *evidence.Request, p evidence.Param, rule profile.Value[[]string]) (v Verdict, ok bool) {
	set, registered := grantSetOf(p.Value)
	if !registered {
		return Verdict{}, false
	}
	switch right := c.fittingGrant(r, rule); {
	case !rule.Known() && p.Value != right && c.refusesGrant():
		f := Found("grant-type-wrong", "the server does not support grant_type %s", p.Value).Compare(p.Value, right).At(c.AtParam(r, p)).
			Saying("It answered unsupported_grant_type, and the rest of the request goes with %s.", right).As(finding.Likely)
		return Fail(c.sendGrant(f, p, right)), true
	case c.Kind == evidence.JWTGrant && !rule.Known() && p.Value != grantJWTBearer && p.Value != grantSAMLBearer && !c.authentication(r).byAssertion:
		f := Found("grant-type-wrong", "grant_type is %s; a JWT sent as a grant needs %s", p.Value, grantJWTBearer).
			Compare(p.Value, grantJWTBearer).At(c.AtParam(r, p)).As(finding.Likely)
		return Fail(c.sendGrant(f, p, grantJWTBearer)), true
	case !rule.Known():
		return Pass("grant_type is %s", p.Value), true
	}
	stray := isSent(r, "assertion") && !set.has("assertion")
	if a := c.authentication(r); !a.byAssertion && !stray && c.Kind == evidence.ClientAssertion && c.Profile.Carrier != profile.CarrierSubjectToken {
		return NotAsked("%s, and it is not known which grant types it may use", a.why), true
	}
	return Verdict{}, false
}

// refusesGrant reports whether the server answered that it does not support the
// grant type.
func (c *Ctx) refusesGrant() bool {
	resp := c.response()
	return resp != nil && strings.EqualFold(strings.TrimSpace(resp.Error.Code), "unsupported_grant_type")
}

// fittingGrant is the grant type that the rest of the request belongs to, as
// far as the provider accepts it; "" where that is not known.
func (c *Ctx) fittingGrant(r *evidence.Request, rule profile.Value[[]string]) string {
	fits := "client_credentials"
	if c.Kind == evidence.JWTGrant {
		fits = grantJWTBearer
	}
	for _, s := range grantSets() {
		switch s.grant {
		case "password", grantSAMLBearer: // a user's password does not go with a client's assertion
			continue
		}
		if len(s.required) > 0 && isSent(r, s.required[0]) {
			fits = s.grant
			break
		}
	}
	switch {
	case !rule.Known(), slices.Contains(rule.V, fits):
		return fits
	case len(rule.V) == 1:
		return rule.V[0]
	}
	return ""
}

// sendGrant is the fix of a wrong grant type.
func (c *Ctx) sendGrant(f *Fault, p evidence.Param, right string) *Fault {
	f.About(Detail{Name: "grant_type", Value: p.Value, Right: right})
	if right == "" {
		return f
	}
	f.Fix("Send grant_type=%s.", right)
	if c.hasRequired(right) {
		f.Set(finding.PartRequest, "grant_type", right)
	}
	return f
}

// hasRequired reports whether the request has what a grant type requires, so
// that nothing else has to change.
func (c *Ctx) hasRequired(grant string) bool {
	set, _ := grantSetOf(grant)
	return !slices.ContainsFunc(set.required, func(name string) bool { return !isSent(c.request(), name) })
}

func (c *Ctx) wrongGrant(r *evidence.Request, p evidence.Param, rule profile.Value[[]string]) Verdict {
	f := Found("grant-type-wrong", "grant_type is %s; %s accepts %s", p.Value, c.provider(), c.grantWords(r, rule)).
		Compare(p.Value, c.grantWords(r, rule)).At(c.AtParam(r, p)).Citing(rule.Cite...)
	if !rule.Known() {
		f = Found("grant-type-wrong", "grant_type is %s, which is not a grant type", p.Value).Compare(p.Value, "a registered grant type").At(c.AtParam(r, p))
	}
	right := c.fittingGrant(r, rule)
	near, how := nearValue(p.Value, rule.V)
	if near == "" {
		near, how = nearValue(p.Value, registeredGrants())
	}
	meant := shortGrant(p.Value)
	accepted := func(grant string) bool { return grant != "" && (!rule.Known() || slices.Contains(rule.V, grant)) }
	switch {
	case near != "":
		f.Saying("It differs from %s %s; the value must match exactly.", near, how)
		if set, _ := grantSetOf(right); right != near && len(set.required) > 0 && c.hasRequired(right) {
			// The rest of the request is that of another grant.
			if f.Expected = right; !accepted(right) {
				f.Expected = c.grantWords(r, rule)
			}
		} else if accepted(near) {
			f.Expected, right = near, near
		}
	case p.Value == clientAssertionJWT || p.Value == clientAssertionSAML:
		f.Saying("This is a value of client_assertion_type. It says how the client proves who it is, not what kind of grant it uses.")
	case meant != "":
		f.Saying("The full name of %s is %s.", p.Value, meant)
		if accepted(meant) {
			f.Expected, right = meant, meant
		}
	case !rule.Known() && isURI(p.Value):
		return NotAsked("%s may be an extension of this provider; it is not known whether it is", p.Value)
	case !rule.Known():
		right = "" // nothing says which grant type was meant
	}
	return Fail(c.sendGrant(f, p, right))
}

func (c *Ctx) grantWords(r *evidence.Request, rule profile.Value[[]string]) string {
	if len(rule.V) > 0 {
		return either(rule.V)
	}
	return c.fittingGrant(r, rule)
}

// shortGrant returns the grant type that is meant by a short name for it.
func shortGrant(value string) string {
	switch strings.ToLower(value) {
	case "jwt-bearer", "jwt_bearer", "jwt":
		return grantJWTBearer
	case "code":
		return "authorization_code"
	case "device_code":
		return "urn:ietf:params:oauth:grant-type:device_code"
	case "token-exchange", "token_exchange":
		return "urn:ietf:params:oauth:grant-type:token-exchange"
	case "saml2-bearer":
		return grantSAMLBearer
	}
	return ""
}

func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && (u.Opaque != "" || u.Host != "")
}

// nearValue returns the known value that a wrong one is a near miss of, and says
// how the two differ.
func nearValue(value string, known []string) (near, how string) {
	decoded, times := value, 0
	for times < 3 && strings.Contains(decoded, "%") {
		next, err := url.QueryUnescape(decoded)
		if err != nil || next == decoded {
			break
		}
		decoded, times = next, times+1
	}
	trimmed := strings.Join(strings.Fields(value), "")
	unquoted := strings.Trim(value, "'\"`‘’“”")
	separators := strings.NewReplacer("-", "", "_", "", " ", "", "+", "")
	bare := separators.Replace(value)
	for _, k := range known {
		switch {
		case value == k:
		case times > 0 && decoded == k:
			return k, "by being percent-encoded twice"
		case trimmed == k:
			return k, "by whitespace"
		case unquoted == k:
			return k, "by quotation marks"
		case strings.EqualFold(value, k):
			return k, "by upper and lower case"
		case strings.HasPrefix(k, "urn:") && slices.Contains([]string{k[1:], k[2:], k[3:], k[4:]}, value):
			return k, "at its beginning, which is urn:"
		case strings.EqualFold(bare, separators.Replace(k)):
			return k, "by a hyphen, underscore or space"
		}
	}
	best := 3
	for _, k := range known {
		if len(k) <= 7 || max(len(k)-len(value), len(value)-len(k)) > 2 {
			continue
		}
		if d := wording.Distance(value, k); d > 0 && d < best {
			near, how, best = k, orElse("by one letter", d == 1, "by two letters"), d
		}
	}
	return near, how
}
