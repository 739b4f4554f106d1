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
		Doc: "client_assertion_type says what client_assertion is. For a JWT it is exactly " + clientAssertionJWT + "; " +
			"in a form its colons are percent-encoded once, or left as they are.",
		Causes: []Cause{
			{ID: "assertion-type-missing", Title: "client_assertion_type is missing", Severity: finding.Error,
				Why: "The parameter was left out, or has another name; without it many servers do not look at client_assertion.",
				Fix: "Send client_assertion_type=" + clientAssertionJWT + "."},
			{ID: "assertion-type-double-encoded", Title: "client_assertion_type is percent-encoded twice", Severity: finding.Error,
				Why: "An already encoded value was given to a library that encodes it again, so %3A became %253A.",
				Fix: "Give the library the plain value, with colons: " + clientAssertionJWT + "."},
			{ID: "assertion-type-wrong", Title: "client_assertion_type has another value", Severity: finding.Error,
				Why: "The value was misspelled, or is the grant type with the similar name.",
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
		if c.jwtIsGrant(r) && !isSent(r, "assertion") && isSent(r, "client_assertion") {
			return NotAsked("moot: the JWT is the grant, and belongs in assertion").For(finding.WhyMoot)
		}
		a := c.authentication(r)
		if !a.byAssertion {
			return NotAsked(a.why).Give(a.remedy)
		}
		if v, unknown := c.notRead(); unknown {
			return v
		}
		return Fail(c.absent("assertion-type-missing", name, clientAssertionJWT, "").As(a.certainty).Citing(profile.ParamPresence.In(c.Rules, name).Cite...))
	}
	accepted := profile.ParamAccepted.In(c.Rules, name)
	switch {
	case p.Value == clientAssertionJWT, accepted.Known() && slices.Contains(accepted.V, p.Value):
		return Pass("client_assertion_type is %s", p.Value).Citing(accepted.Cite...)
	case p.Unknown != "", leftOpen(r, p.Value):
		return unknownValue(r, p)
	case strings.Contains(strings.ToLower(p.Value), "%3a"):
		return Fail(c.encodedTwiceType(r, p))
	}
	jwt, _ := sent(r, "client_assertion")
	switch p.Value {
	case clientAssertionSAML, "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe", "urn:ietf:params:oauth:client-assertion-type:jwt-client-attestation":
		if p.Value != clientAssertionSAML || !looksJWT(jwt.Value) {
			return NotAsked("%s is another kind of authentication", p.Value)
		}
	}
	return Fail(c.wrongType(r, p).Citing(accepted.Cite...))
}

func (c *Ctx) encodedTwiceType(r *evidence.Request, p evidence.Param) *Fault {
	f := Found("assertion-type-double-encoded", "client_assertion_type is percent-encoded twice: after decoding it is still %s", p.Value).
		Compare(p.Value, clientAssertionJWT).At(c.AtParam(r, p)).About(Detail{Name: p.Name, Value: p.Value, Right: clientAssertionJWT}).
		Set(finding.PartRequest, p.Name, clientAssertionJWT)
	if decoded, err := url.QueryUnescape(p.Value); err == nil && decoded != clientAssertionJWT && !strings.Contains(decoded, "%") {
		f.Saying("Decoded once more it is %s, which is not the right value either.", decoded)
	}
	if isCurl(r) {
		f.Fix(`Write --data-urlencode "client_assertion_type=%s", with colons; curl encodes it once.`, clientAssertionJWT)
	}
	return f
}

func (c *Ctx) wrongType(r *evidence.Request, p evidence.Param) *Fault {
	found, at := p.Value, c.AtParam(r, p)
	if looksJWT(p.Value) {
		found, at = c.Shown("client_assertion", p.Value), c.AtParamName(r, p).Unshown()
	}
	f := Found("assertion-type-wrong", "client_assertion_type is not the jwt-bearer URN").Compare(found, clientAssertionJWT).At(at).
		Fix("Send client_assertion_type=%s.", clientAssertionJWT).Set(finding.PartRequest, p.Name, clientAssertionJWT)
	if looksJWT(p.Value) {
		f.About(Detail{Name: p.Name, Right: clientAssertionJWT})
		return f.Saying("It contains the assertion, which belongs in client_assertion.")
	}
	f.About(Detail{Name: p.Name, Value: p.Value, Right: clientAssertionJWT})
	near, how := nearValue(p.Value, []string{clientAssertionJWT})
	grant, _ := nearValue(p.Value, []string{grantJWTBearer, grantSAMLBearer})
	switch {
	case p.Value == grantJWTBearer:
		return f.Saying("This is the grant type with the similar name: it has grant-type instead of client-assertion-type.")
	case p.Value == clientAssertionSAML:
		return f.Saying("This announces a SAML assertion, but client_assertion is a JWT.")
	case near != "":
		return f.Saying("It differs from the right value %s; the value must match exactly.", how)
	case grant != "":
		return f.Saying("This is the grant type with the similar name, misspelled.")
	case strings.HasSuffix(clientAssertionJWT, p.Value), strings.HasPrefix(clientAssertionJWT, p.Value):
		return f.Saying("This is part of the right value; send all of it.")
	}
	return f
}
