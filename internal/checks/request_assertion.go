package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestAssertion() Check {
	return Check{
		ID:      "request-assertion",
		Subject: "client_assertion",
		Rank:    90,
		Title:   "client_assertion contains the assertion",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		After:   []finding.CauseID{"shell-quoting", "body-empty"},
		Params:  []profile.Ref{profile.ParamPresence.Ref()},
		Cites:   []finding.Citation{rfc(7523, "2.2"), rfc(7521, "4.2"), rfc(7523, "2.1")},
		Doc: "A client that authenticates with a JWT sends it as client_assertion, with an underscore. (A JWT that is the grant is sent as assertion.) " +
			"Under any other name the server does not see it, and answers that the client is unknown or not authenticated.",
		Causes: []Cause{
			{ID: "assertion-missing", Title: "the request has no assertion", Severity: finding.Error,
				Why: "The parameter was left out, or its variable was empty.",
				Fix: "Send the signed JWT as client_assertion.",
				// What was sent in its place, or left empty, is not an assertion.
				Leads: []Lead{{To: []finding.CauseID{"not-a-jwt", "assertion-type-missing"}, When: unsentAssertion},
					{To: []finding.CauseID{"answered-by-gateway"}, When: func(_, led *Fault) bool { return led.Detail.Code == codeErrorPage }}}},
			{ID: "assertion-misnamed", Title: "the assertion is sent under another name", Severity: finding.Error,
				Why:   "The name was misspelled or copied from a similar parameter; parameter names must match exactly, and servers ignore those they do not know.",
				Fix:   "Send the JWT under the name client_assertion, with an underscore.",
				Leads: []Lead{{To: []finding.CauseID{"parameter-misspelt", "assertion-missing"}}}},
		},
		Judge: judgeAssertion,
	}
}

// unsentAssertion reports whether what else was found comes from there being no
// assertion: an empty text, or a type that is missing too.
func unsentAssertion(lead, led *Fault) bool {
	if led.Cause == "not-a-jwt" {
		return lead.Detail.Code == codeEmpty && led.Detail.Value == ""
	}
	return lead.Detail.Code == codeNeither
}

// What a request without an assertion has in its place: an empty parameter, or
// neither of the two that an assertion needs.
const (
	codeEmpty   = "empty"
	codeNeither = "neither"
)

// codeErrorPage is the Detail.Code of an answer that redirects to an error page.
const codeErrorPage = "error page"

func judgeAssertion(c *Ctx) Verdict {
	r := c.request()
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	name := "client_assertion"
	if c.jwtIsGrant(r) {
		name = "assertion"
	}
	if p, ok := sent(r, name); ok {
		if p.Unknown != "" {
			return unknownValue(r, p)
		}
		return Pass("%s is there", name)
	}
	a := c.authentication(r)
	if p, how, certainty := c.misnamed(r, name, a); p != nil {
		f := Found("assertion-misnamed", "the parameter is called %s; it must be %s", p.Name, name).Compare(p.Name, name).At(c.AtParamName(r, *p)).
			Fix("Rename the parameter %s to %s.", p.Name, name).As(certainty).About(Detail{Name: p.Name, Meant: name})
		if how != same {
			f.Saying("%q is not %s: it differs %s. Parameter names must match exactly, and servers ignore those they do not know.", p.Name, name, how.difference())
		}
		return Fail(f)
	}
	if name == "client_assertion" && !a.byAssertion {
		v := NotAsked(a.why).Give(a.remedy)
		if a.open && r.HeadersKnown {
			v = v.Shows("assertion-missing")
		}
		return v
	}
	if v, unknown := c.notRead(); unknown {
		return v
	}
	return Fail(c.noAssertion(r, name, a))
}

func (c *Ctx) noAssertion(r *evidence.Request, name string, a authentication) *Fault {
	is, found := isOrEmpty(r, name)
	f := Found("assertion-missing", "%s is %s", name, is).Compare(found, "a signed JWT").At(c.atAbsent(r, name)).
		Citing(profile.ParamPresence.In(c.Rules, name).Cite...).About(Detail{Meant: name}).Fix("%s", addParameter(r, name, "…"))
	if is == "empty" {
		f.Detail.Code = codeEmpty
		f.Fixes = nil
		f.Fix("Put the signed JWT into %s; the variable it comes from is probably empty.", name)
	}
	switch {
	case name == "assertion":
		f.Saying("With the grant type %s the JWT is the grant, and is sent as assertion. A client_assertion sent with it only authenticates the client.", grantJWTBearer)
		return f
	case is == "empty" && isCurl(r):
		f.Saying("The value is empty, as when a shell variable was never set.")
	case !a.typed:
		f.Detail.Code = codeNeither
		f.Fix("Send client_assertion_type=%s with it.", clientAssertionJWT)
	}
	if a.certainty != finding.Certain {
		f.Saying("%s", a.why+". A client that authenticates with a TLS certificate sends no assertion either; the text does not show whether it does.")
	}
	return f.As(a.certainty)
}

// jwtIsGrant reports whether the JWT of the request is the grant (RFC 7523
// section 2.1).
func (c *Ctx) jwtIsGrant(r *evidence.Request) bool {
	switch grant := grantOf(r); grant {
	case grantSAMLBearer, grantJWTBearer:
		return true
	case "":
		return c.Kind == evidence.JWTGrant
	}
	return false
}

// misnamed finds the parameter that has the assertion in place of the one that
// should: a near miss of its name, or any that is not another parameter of the
// protocol and whose value is a JWT.
func (c *Ctx) misnamed(r *evidence.Request, name string, a authentication) (p *evidence.Param, how apart, certainty finding.Certainty) {
	isGrant := name == "assertion"
	for i := range c.read().near {
		n := &c.read().near[i]
		if n.meant == name && (looksJWT(n.param.Value) || n.param.Unknown != "" || leftOpen(r, n.param.Value)) {
			return &n.param, n.how, finding.Certain
		}
	}
	// Another address or method may make another name right.
	f, _ := c.flow()
	if !isGrant && !a.byAssertion && !a.open {
		return nil, same, ""
	}
	for i := range firstParams(r) {
		q := &r.Params[i]
		if q.In == evidence.InFragment || !looksJWT(q.Value) {
			continue
		}
		switch {
		case isGrant && q.Name == "client_assertion":
			if isSent(r, "client_assertion_type") {
				continue
			}
		case q.Name == "assertion", q.Name == "token" && f == flowToken && grantOf(r) != "":
		case q.Name == "client_secret" && r.Headers.Value("Authorization") == "" && a.typed:
		case q.Name == "client_assertion_type", parameterIndex()[q.Name]:
			continue
		}
		if a.typed || isGrant {
			return q, same, finding.Certain
		}
		return q, same, finding.Likely
	}
	return nil, same, ""
}

// looksJWT reports whether a text begins as a compact JWT does, whatever is
// wrong with the rest.
func looksJWT(s string) bool {
	s = strings.Trim(strings.TrimSpace(s), `"'`)
	return len(s) > 20 && strings.HasPrefix(s, "eyJ") && strings.IndexByte(s, '.') >= 0
}

// authentication is whether the request authenticates its client with an
// assertion, as far as that shows without the assertion.
type authentication struct {
	byAssertion bool
	typed       bool // client_assertion_type is there
	certainty   finding.Certainty
	// open is true if nothing else that can be seen authenticates the client.
	open   bool
	why    string // what it does instead, or why it is taken to do so
	remedy string
}

func (c *Ctx) authentication(r *evidence.Request) authentication {
	by := authentication{byAssertion: true, certainty: finding.Certain}
	not := func(why string) authentication { return authentication{why: why} }
	switch {
	case isSent(r, "client_assertion_type"):
		by.typed = true
		return by
	case isSent(r, "client_assertion"):
		return by
	}
	for _, n := range c.read().near {
		if n.meant == "client_assertion" && (looksJWT(n.param.Value) || n.param.Unknown != "") || n.meant == "client_assertion_type" {
			return by
		}
	}
	for _, name := range [...]string{"client_assertion", "client_assertion_type"} {
		if profile.ParamPresence.In(c.Rules, name).V == profile.Required {
			return by
		}
	}
	scheme, _ := credentials(r.Headers.Value("Authorization"))
	grant := grantOf(r)
	// A server that refuses a secret may well be one where the client is
	// registered with a key.
	instead := func(what string) authentication {
		return authentication{byAssertion: true, certainty: finding.Likely,
			why: "The server refused the client, which authenticates with " + what + "; a client that is registered with a key sends a signed assertion instead"}
	}
	refused := grant == "client_credentials" && c.Kind == evidence.ClientAssertion && c.refusedClient()
	switch {
	case refused && scheme == "basic":
		return instead("HTTP Basic")
	case refused && scheme == "" && isSent(r, "client_secret"):
		return instead("client_secret")
	case scheme == "basic":
		return not("the client authenticates with HTTP Basic")
	case scheme != "":
		return not("the client authenticates with an Authorization header")
	case isSent(r, "client_secret"):
		return not("the client authenticates with client_secret")
	case curlHas(r, "--cert", "-E"):
		return not("the client authenticates with a TLS certificate")
	case c.jwtIsGrant(r) || c.Kind == evidence.JWTGrant:
		return not("a JWT that is the grant needs no other client authentication")
	case c.refusedClient():
		return authentication{byAssertion: true, open: true, certainty: finding.Likely,
			why: "The server refused the client, and nothing in the request authenticates it"}
	case !r.HeadersKnown:
		return authentication{open: true, remedy: wholeRequest,
			why: "client_assertion_type is missing, and an Authorization header may authenticate the client; the text does not show the headers"}
	case grant == "client_credentials":
		return authentication{byAssertion: true, open: true, certainty: finding.Likely,
			why: "Nothing in the request authenticates the client, which client_credentials requires"}
	case isSent(r, "client_id"):
		return authentication{open: true, why: "the client sends only its client_id, as a public client does"}
	}
	return authentication{open: true, why: "nothing in the request authenticates the client, as with a public client"}
}

// refusedClient reports whether the server answered that the client is not
// authenticated.
func (c *Ctx) refusedClient() bool {
	resp := c.response()
	if resp == nil || !slices.Contains([]int{0, 302, 303, 400, 401, 403}, resp.Status) {
		return false
	}
	if errorPage(resp) {
		return true
	}
	switch strings.ToLower(strings.TrimSpace(resp.Error.Code)) {
	case "invalid_client":
		return true
	case "":
		// A bare 401 to a token request is about the client.
		return resp.Status == 401 && !c.apiCall()
	case "unauthorized", "unauthorized_client":
		return resp.Status == 401
	}
	return false
}
