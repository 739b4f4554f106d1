package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestAssertionType() Check {
	return Check{
		ID:      "request-assertion-type",
		Subject: "client_assertion_type",
		Rank:    80,
		Title:   "client_assertion_type is the jwt-bearer URN",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		After:   []finding.CauseID{"shell-quoting", "body-empty"},
		Params:  []profile.Ref{profile.ParamPresence.Ref(), profile.ParamAccepted.Ref()},
		Cites:   []finding.Citation{rfc(7523, "2.2"), rfc(7521, "4.2")},
		Doc: "client_assertion_type tells the server what client_assertion holds. For a JWT it is " + clientAssertionJWT + ", letter by letter; " +
			"its colons are percent-encoded once in a form, or left as they are.",
		Causes: []Cause{
			{ID: "assertion-type-missing", Title: "there is no client_assertion_type", Severity: finding.Error,
				Why: "The parameter was left out, or stands under another name; without it many servers do not look at client_assertion.",
				Fix: "Send client_assertion_type=" + clientAssertionJWT + "."},
			{ID: "assertion-type-double-encoded", Title: "client_assertion_type is percent-encoded twice", Severity: finding.Error,
				Why: "A value that was encoded already was given to a library that encodes it again, so that %3A became %253A.",
				Fix: "Give the library the plain value, with colons: " + clientAssertionJWT + "."},
			{ID: "assertion-type-wrong", Title: "client_assertion_type is another value", Severity: finding.Error,
				Why: "The value was misspelt, or is the grant type of the same name.",
				Fix: "Send client_assertion_type=" + clientAssertionJWT + "."},
		},
		Judge: judgeAssertionType,
	}
}

func judgeAssertionType(c *Ctx) Verdict {
	const name = "client_assertion_type"
	r := c.request()
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	p, ok := sent(r, name)
	if !ok {
		a := c.authentication(r)
		if !a.byAssertion {
			return NotAsked("%s", a.why).Give(a.remedy)
		}
		if why, remedy := unread(r); why != "" {
			return NotAsked("%s", why).Give(remedy)
		}
		is, found := isOrEmpty(r, name)
		f := Found("assertion-type-missing", "%s is %s", name, is).Compare(found, clientAssertionJWT).
			At(c.atAbsent(r, name)).As(a.certainty).Citing(profile.ParamPresence.In(c.Rules, name).Cite...)
		if near := standIn(r, name); near != "" {
			f.Saying("%s", near).Fix("Spell the name %s.", name)
		} else {
			f.Fix("%s", addParameter(r, name, clientAssertionJWT))
		}
		return Fail(f)
	}
	accepted := profile.ParamAccepted.In(c.Rules, name)
	switch {
	case p.Value == clientAssertionJWT, accepted.Known() && slices.Contains(accepted.V, p.Value):
		return Pass("client_assertion_type is %s", p.Value).Citing(accepted.Cite...)
	case p.Unknown != "", leftOpen(r, p.Value):
		return unknownValue(r, p)
	}
	at := c.AtParam(r, p)
	if strings.Contains(strings.ToLower(p.Value), "%3a") {
		f := Found("assertion-type-double-encoded", "client_assertion_type is percent-encoded twice: after decoding it still holds %s", p.Value).
			Compare(p.Value, clientAssertionJWT).At(at)
		if decoded, err := url.QueryUnescape(p.Value); err == nil && decoded != clientAssertionJWT && !strings.Contains(decoded, "%") {
			f.Saying("Decoded once more it is %s, which is not the right value either.", decoded)
		}
		if isCurl(r) {
			f.Fix(`Write --data-urlencode "client_assertion_type=%s", with colons; it encodes once.`, clientAssertionJWT)
		}
		return Fail(f)
	}
	jwt, _ := sent(r, "client_assertion")
	switch p.Value {
	case clientAssertionSAML, "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe", "urn:ietf:params:oauth:client-assertion-type:jwt-client-attestation":
		if p.Value != clientAssertionSAML || !looksJWT(jwt.Value) {
			return NotAsked("%s is an authentication of another kind", p.Value)
		}
	}
	found := p.Value
	if looksJWT(p.Value) {
		found = c.Shown("client_assertion", p.Value)
		at = c.AtParamName(r, p).Unshown()
	}
	f := Found("assertion-type-wrong", "client_assertion_type is not the jwt-bearer URN").Compare(found, clientAssertionJWT).At(at).Citing(accepted.Cite...)
	near, how := nearValue(p.Value, []string{clientAssertionJWT})
	grant, _ := nearValue(p.Value, []string{grantJWTBearer, grantSAMLBearer})
	switch {
	case looksJWT(p.Value):
		f.Saying("It holds the assertion, which belongs into client_assertion.")
	case p.Value == grantJWTBearer:
		f.Saying("This is the grant type of the same name: it says grant-type where client-assertion-type must stand.")
	case p.Value == clientAssertionSAML:
		f.Saying("This announces a SAML assertion, and client_assertion holds a JWT.")
	case near != "":
		f.Saying("It differs from the right value %s; it is compared letter by letter.", how)
	case grant != "":
		f.Saying("This is the grant type of the same name, misspelt.")
	case strings.HasSuffix(clientAssertionJWT, p.Value), strings.HasPrefix(clientAssertionJWT, p.Value):
		f.Saying("This is a part of the right value, which is sent in full.")
	}
	return Fail(f)
}
