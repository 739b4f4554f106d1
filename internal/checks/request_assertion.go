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
		Title:   "client_assertion holds the assertion",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		After:   []finding.CauseID{"shell-quoting", "body-empty"},
		Params:  []profile.Ref{profile.ParamPresence.Ref()},
		Cites:   []finding.Citation{rfc(7523, "2.2"), rfc(7521, "4.2"), rfc(7523, "2.1")},
		Doc: "A client that authenticates with a JWT sends it as client_assertion, with an underscore. (A JWT that is the grant itself is sent as assertion.) " +
			"Under any other name the server does not see it, and answers that the client is unknown or not authenticated.",
		Causes: []Cause{
			{ID: "assertion-missing", Title: "there is no assertion", Severity: finding.Error,
				Why: "The parameter was left out, or the variable it was to hold was empty.",
				Fix: "Send the signed JWT as client_assertion."},
			{ID: "assertion-misnamed", Title: "the assertion stands under another name", Severity: finding.Error,
				Why:   "The name was misspelt or taken from a similar parameter; servers compare names letter by letter and ignore those they do not know.",
				Fix:   "Send the JWT under the name client_assertion, with an underscore.",
				Leads: []Lead{{To: []finding.CauseID{"parameter-misspelt", "assertion-missing"}}}},
		},
		Judge: judgeAssertion,
	}
}

func judgeAssertion(c *Ctx) Verdict {
	r := c.request()
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	name, a := "client_assertion", c.authentication(r)
	if c.jwtIsGrant(r) {
		name = "assertion"
	}
	if p, ok := sent(r, name); ok && strings.TrimSpace(p.Value) != "" {
		if p.Unknown != "" {
			return unknownValue(r, p)
		}
		return Pass("%s is there", name)
	} else if ok && p.Unknown != "" {
		return unknownValue(r, p)
	}
	if p, how, certainty := c.misnamed(r, name, a); p != nil {
		f := Found("assertion-misnamed", "the assertion stands in %q, not in %s", p.Name, name).Compare(p.Name, name).At(c.AtParamName(r, *p)).
			Fix("Send the JWT under the name %s.", name).As(certainty)
		if how != "" {
			f.Saying("The name differs from %s %s; names are compared letter by letter, and one that is not known is ignored.", name, how)
		}
		return Fail(f)
	}
	if name == "client_assertion" && !a.byAssertion {
		return NotAsked("%s", a.why).Give(a.remedy)
	}
	if why, remedy := unread(r); why != "" {
		return NotAsked("%s", why).Give(remedy)
	}
	is, found := isOrEmpty(r, name)
	f := Found("assertion-missing", "%s is %s", name, is).Compare(found, "a signed JWT").At(c.atAbsent(r, name)).
		Citing(profile.ParamPresence.In(c.Rules, name).Cite...)
	switch {
	case name == "assertion":
		f.Saying("With the grant type %s the JWT is the grant, and is sent as assertion. A client_assertion beside it does no more than authenticate the client.", grantJWTBearer)
	case is == "empty" && isCurl(r):
		f.As(a.certainty).Saying("The value is empty, as it is where a shell variable was never set.")
	default:
		f.As(a.certainty)
		if a.certainty != finding.Certain {
			f.Saying("%s A client that authenticates by its TLS certificate sends none either; of that the text tells nothing.", strings.TrimSuffix(a.why, ".")+".")
		}
	}
	f.Fix("%s", addParameter(r, name, "…"))
	return Fail(f)
}

// jwtIsGrant tells a request whose JWT is the grant itself (RFC 7523 section 2.1).
func (c *Ctx) jwtIsGrant(r *evidence.Request) bool {
	grant := grantOf(r)
	if grant == grantSAMLBearer {
		return true
	}
	return grant == grantJWTBearer || grant == "" && c.Kind == evidence.JWTGrant
}

// misnamed finds the parameter that holds the assertion in place of the one
// that should: a near miss of its name, or any that is no other parameter of
// the protocol and holds a JWT.
func (c *Ctx) misnamed(r *evidence.Request, name string, a authentication) (p *evidence.Param, how string, certainty finding.Certainty) {
	isGrant := name == "assertion"
	for i := range firstParams(r) {
		q := &r.Params[i]
		if q.In == evidence.InFragment {
			continue
		}
		if meant, how := misspelt(q.Name); meant == name && (looksJWT(q.Value) || q.Unknown != "" || leftOpen(r, q.Value)) {
			return q, how, finding.Certain
		}
	}
	// An address or a method of its own may make another name right.
	f, _ := c.flow()
	if !isGrant && !a.byAssertion && !a.open {
		return nil, "", ""
	}
	for i := range firstParams(r) {
		q := &r.Params[i]
		if q.In == evidence.InFragment || !looksJWT(q.Value) {
			continue
		}
		switch {
		case isGrant && q.Name == "client_assertion":
			if _, typed := sent(r, "client_assertion_type"); typed {
				continue
			}
		case q.Name == "assertion", q.Name == "token" && f == flowToken && grantOf(r) != "":
		case q.Name == "client_secret" && r.Headers.Value("Authorization") == "" && a.typed:
		case q.Name == "client_assertion_type", slices.Contains(knownParameters(), q.Name):
			continue
		}
		return q, "", orLikely(a.typed || isGrant)
	}
	return nil, "", ""
}

func orLikely(certain bool) finding.Certainty {
	if certain {
		return finding.Certain
	}
	return finding.Likely
}

// looksJWT tells text that begins as a compact JWT does, whatever is wrong with
// the rest.
func looksJWT(s string) bool {
	s = strings.Trim(strings.TrimSpace(s), `"'`)
	return strings.HasPrefix(s, "eyJ") && strings.Count(s, ".") >= 1 && len(s) > 20
}

// authentication tells whether the request authenticates its client with an
// assertion, as far as it can be told without the assertion itself.
type authentication struct {
	byAssertion bool
	typed       bool // client_assertion_type is there
	certainty   finding.Certainty
	// open is true where nothing else authenticates the client that can be seen.
	open   bool
	why    string // what it does instead, or why it is taken to do so
	remedy string
}

func (c *Ctx) authentication(r *evidence.Request) authentication {
	by := authentication{byAssertion: true, certainty: finding.Certain}
	not := func(why string) authentication { return authentication{why: why} }
	if _, ok := sent(r, "client_assertion_type"); ok {
		by.typed = true
		return by
	}
	if _, ok := sent(r, "client_assertion"); ok {
		return by
	}
	for _, p := range firstParams(r) {
		meant, _ := misspelt(p.Name)
		if (meant == "client_assertion" && (looksJWT(p.Value) || p.Unknown != "") || meant == "client_assertion_type") && p.In != evidence.InFragment {
			return by
		}
	}
	for _, name := range []string{"client_assertion", "client_assertion_type"} {
		if profile.ParamPresence.In(c.Rules, name).V == profile.Required {
			return by
		}
	}
	scheme, _ := credentials(r.Headers.Value("Authorization"))
	_, secret := sent(r, "client_secret")
	_, id := sent(r, "client_id")
	grant := grantOf(r)
	switch {
	case scheme == "basic":
		return not("the client authenticates with HTTP Basic")
	case scheme != "":
		return not("the client authenticates with an Authorization header")
	case secret:
		return not("the client authenticates with client_secret")
	case curlHas(r, "--cert", "-E"):
		return not("the client authenticates with a TLS certificate")
	case c.jwtIsGrant(r) || c.Kind == evidence.JWTGrant:
		return not("a JWT that is the grant itself needs no client authentication beside it")
	case !r.HeadersKnown:
		return authentication{open: true, remedy: wholeRequest,
			why: "no client_assertion_type is there, and an Authorization header may authenticate the client; the text does not tell the headers"}
	case grant == "client_credentials":
		return authentication{byAssertion: true, open: true, certainty: finding.Likely,
			why: "Nothing in the request authenticates the client, which client_credentials needs"}
	case id:
		return authentication{open: true, why: "the client sends its client_id alone, as a public client does"}
	}
	return authentication{open: true, why: "nothing in the request authenticates the client, as with a public client"}
}
