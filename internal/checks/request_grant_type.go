package checks

import (
	"net/url"
	"slices"
	"strings"

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
		Doc: "grant_type says what the token is asked for: client_credentials for a client by itself, authorization_code for a user who has logged in. " +
			"How the client proves who it is stands in client_assertion_type, which is another value that reads much alike.",
		Causes: []Cause{
			{ID: "grant-type-missing", Title: "there is no grant_type", Severity: finding.Error,
				Why: "The parameter was left out, or stands under another name.",
				Fix: "Send grant_type with the value the provider documents, as client_credentials."},
			{ID: "grant-type-wrong", Title: "grant_type is not the one for this flow", Severity: finding.Error,
				Why: "The value was misspelt, encoded twice, or belongs to another flow; it is compared letter by letter.",
				Fix: "Send the value the provider documents; a client that asks for itself sends client_credentials."},
		},
		Judge: judgeGrantType,
	}
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
	want := profile.ParamPresence.In(c.Rules, "grant_type")
	p, ok := sent(r, "grant_type")
	if !ok {
		if want.V == profile.Optional {
			return Pass("grant_type is absent, which %s allows", c.provider()).Citing(want.Cite...)
		}
		if why, remedy := unread(r); why != "" {
			return NotAsked("%s", why).Give(remedy)
		}
		is, found := isOrEmpty(r, "grant_type")
		f := Found("grant-type-missing", "grant_type is %s", is).Compare(found, grantWords(rule)).
			At(c.atAbsent(r, "grant_type")).Citing(rule.Cite...)
		if near := standIn(r, "grant_type"); near != "" {
			f.Saying("%s", near).Fix("Spell the name grant_type.")
		} else if rule.Known() && len(rule.V) > 0 {
			f.Fix("%s", addParameter(r, "grant_type", rule.V[0]))
		}
		return Fail(f)
	}
	if p.Unknown != "" || leftOpen(r, p.Value) {
		return unknownValue(r, p)
	}
	if rule.Known() && slices.Contains(rule.V, p.Value) {
		return Pass("grant_type is %s", p.Value).Citing(rule.Cite...)
	}
	known := registeredGrants()
	if slices.Contains(known, p.Value) {
		switch a := c.authentication(r); {
		case c.Kind == evidence.JWTGrant && !rule.Known() && p.Value != grantJWTBearer && p.Value != grantSAMLBearer && !a.byAssertion:
			return Fail(Found("grant-type-wrong", "grant_type is %s; a JWT sent as grant goes with %s", p.Value, grantJWTBearer).
				Compare(p.Value, grantJWTBearer).At(c.AtParam(r, p)).As(finding.Likely))
		case !rule.Known():
			return Pass("grant_type is %s", p.Value)
		case !a.byAssertion && c.Kind == evidence.ClientAssertion:
			return NotAsked("%s, and which grant types are open to it is not known", a.why)
		}
	}
	f := Found("grant-type-wrong", "grant_type is %s; %s takes %s", p.Value, c.provider(), grantWords(rule)).
		Compare(p.Value, grantWords(rule)).At(c.AtParam(r, p)).Citing(rule.Cite...)
	if !rule.Known() {
		f = Found("grant-type-wrong", "grant_type is %s, which is no grant type", p.Value).Compare(p.Value, "a registered grant type").At(c.AtParam(r, p))
	}
	near, how := nearValue(p.Value, append(slices.Clone(rule.V), known...))
	switch {
	case near != "":
		f.Saying("It differs from %s %s; the value is compared letter by letter.", near, how)
		if !rule.Known() || slices.Contains(rule.V, near) {
			f.Expected = near
			f.Fix("Send grant_type=%s.", near)
		}
	case p.Value == clientAssertionJWT || p.Value == clientAssertionSAML:
		f.Saying("This is the value of client_assertion_type. It says how the client proves who it is, and not what is asked for.")
	case shortGrant(p.Value) != "":
		meant := shortGrant(p.Value)
		f.Saying("%s is written in full as %s.", p.Value, meant)
	case !rule.Known() && isURI(p.Value):
		return NotAsked("%s may be an extension of this provider's; whether it is one is not known", p.Value)
	}
	return Fail(f)
}

func grantWords(rule profile.Value[[]string]) string {
	return orElse(either(rule.V), len(rule.V) > 0, "a grant type such as client_credentials")
}

// shortGrant returns the grant type that is meant by a word for it.
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

// nearValue returns the known value that a wrong one is a near miss of, and how
// the two differ.
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
	for _, k := range known {
		switch {
		case value == k:
		case times > 0 && decoded == k:
			return k, "by being percent-encoded twice"
		case trimmed == k:
			return k, "by white space"
		case unquoted == k:
			return k, "by quotation marks"
		case strings.EqualFold(value, k):
			return k, "by upper and lower case"
		case strings.HasPrefix(k, "urn:") && slices.Contains([]string{k[1:], k[2:], k[3:], k[4:]}, value):
			return k, "by its beginning, which is urn:"
		case strings.EqualFold(separators.Replace(value), separators.Replace(k)):
			return k, "by a hyphen, underscore or space"
		}
	}
	best := 3
	for _, k := range known {
		if d := editDistance(value, k); d > 0 && d < best && len(k) > 7 {
			near, how, best = k, orElse("by one letter", d == 1, "by two letters"), d
		}
	}
	return near, how
}
