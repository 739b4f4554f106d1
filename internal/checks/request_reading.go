package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// flow is what a request asks for. All but flowOther are requests in which a
// client may authenticate with an assertion.
type flow string

const (
	flowToken         flow = "token request"
	flowPAR           flow = "pushed authorization request"
	flowIntrospection flow = "introspection request"
	flowRevocation    flow = "revocation request"
	flowDevice        flow = "device authorization request"
	flowCIBA          flow = "backchannel authentication request"
	flowOther         flow = ""
)

// reading is what the checks of a request have in common. It is worked out once
// a case, when a check first asks, and belongs to the case's Ctx.
type reading struct {
	names nameSet    // the known parameters that are there, under their name or one near it
	near  []nearName // parameters whose names come near a known one
	place flow       // by the address only

	address   address // where it goes
	addressed bool    // that is known

	flow flow
	why  string // it is flowOther

	wanted   []endpoint // the token endpoints that would be right
	right    int        // the index of the one it goes to, or -1
	complete bool       // there can be no others

	unread       string // why a parameter that is missing may be there all the same
	unreadRemedy string
}

// nearName is a parameter whose name comes near a known one.
type nearName struct {
	param evidence.Param
	meant string
	how   apart
}

// mostNear is how many near misses are looked into.
const mostNear = 40

// nameSet is a set of the parameters by which a flow is recognised.
type nameSet uint32

const (
	hasGrantType nameSet = 1 << iota
	hasClientAssertion
	hasAssertionType
	hasClientSecret
	hasResponseType
	hasToken
	hasCode
	hasState
	hasAssertion
	hasCodeVerifier
	hasRefreshToken
	hasDeviceCode
	hasSubjectToken
	hasAuthReqID
)

// hasCredential are parameters that only token requests carry.
const hasCredential = hasClientSecret | hasAssertion | hasCode | hasCodeVerifier | hasRefreshToken | hasDeviceCode | hasSubjectToken | hasAuthReqID

func nameSetOf(name string) nameSet {
	switch name {
	case "grant_type":
		return hasGrantType
	case "client_assertion":
		return hasClientAssertion
	case "client_assertion_type":
		return hasAssertionType
	case "client_secret":
		return hasClientSecret
	case "response_type":
		return hasResponseType
	case "token":
		return hasToken
	case "code":
		return hasCode
	case "state":
		return hasState
	case "assertion":
		return hasAssertion
	case "code_verifier":
		return hasCodeVerifier
	case "refresh_token":
		return hasRefreshToken
	case "device_code":
		return hasDeviceCode
	case "subject_token":
		return hasSubjectToken
	case "auth_req_id":
		return hasAuthReqID
	}
	return 0
}

// read returns what the checks of the case's request have in common.
func (c *Ctx) read() *reading {
	if c.reading == nil {
		c.reading = c.readRequest(c.request())
	}
	return c.reading
}

func (c *Ctx) readRequest(r *evidence.Request) *reading {
	g := &reading{}
	g.wanted, g.complete = c.rightEndpoints()
	if r == nil {
		return g
	}
	for _, p := range firstParams(r) {
		if p.In == evidence.InFragment {
			continue
		}
		name := p.Name
		if meant, how := misspelled(name); meant != "" {
			if len(g.near) < mostNear {
				g.near = append(g.near, nearName{p, meant, how})
			}
			name = meant
		} else if nameSetOf(name) == 0 {
			// A shell's quotation marks, or the brace of a JSON body read as a form.
			name = strings.Trim(name, "'\"`‘’“”{ ")
		}
		g.names |= nameSetOf(name)
	}
	g.address, g.addressed = addressOf(r.URL)
	g.right = -1
	if r.URL != "" && g.addressed {
		g.right = slices.IndexFunc(g.wanted, func(e endpoint) bool { return g.address.same(e.url) })
		g.place = c.placeOf(g.address, g.right)
	}
	g.flow, g.why = c.flowOf(r, g)
	g.unread, g.unreadRemedy = unreadOf(r)
	return g
}

// flow is what the request asks for and, of flowOther, why it is not a request
// that a client authenticates.
func (c *Ctx) flow() (f flow, why string) { g := c.read(); return g.flow, g.why }

// place is what the request asks for by its address; flowOther where the
// address does not say.
func (c *Ctx) place() flow { return c.read().place }

// tokenURLs lists the token endpoints that would be right; complete is true
// where there can be no others.
func (c *Ctx) tokenURLs() (list []endpoint, complete bool) {
	g := c.read()
	return g.wanted, g.complete
}

// address is where the request goes, as far as that is known.
func (c *Ctx) address() (a address, ok bool) { g := c.read(); return g.address, g.addressed }

// standIn returns the parameter whose name comes near this one.
func (c *Ctx) standIn(name string) (nearName, bool) {
	for _, n := range c.read().near {
		if n.meant == name {
			return n, true
		}
	}
	return nearName{}, false
}

// unread says why a parameter that is missing may be there all the same, and
// what would supply it; "" if all parameters are known.
func (c *Ctx) unread() (why, remedy string) { g := c.read(); return g.unread, g.unreadRemedy }

// notRead is the verdict on a parameter that is missing from a request which is
// not known in full.
func (c *Ctx) notRead() (Verdict, bool) {
	why, remedy := c.unread()
	switch {
	case why == "":
		return Verdict{}, false
	case remedy == "":
		return NotAsked(why).For(finding.WhyMoot), true
	}
	return NotAsked(why).Give(remedy), true
}

func (c *Ctx) flowOf(r *evidence.Request, g *reading) (f flow, why string) {
	has := func(names nameSet) bool { return g.names&names != 0 }
	authenticates := has(hasClientAssertion | hasAssertionType)
	switch {
	case r.Method == "OPTIONS":
		return flowOther, "this is a browser's question before the request (CORS preflight), not the token request"
	case r.Body.Kind == evidence.BodyJSON && profile.JSONBody.In(c.Rules).V == "accepted":
		return flowOther, "the provider accepts JSON here, not only the form of an OAuth token request"
	case has(hasGrantType):
		return flowToken, ""
	case c.Profile.Carrier == profile.CarrierBearer && !authenticates && c.carriesAssertion(r):
		return flowOther, "the JWT is sent to an API as Bearer, and the API defines what else the request has"
	case c.Elsewhere == evidence.AsSubject && !has(hasSubjectToken):
		return flowOther, "the request exchanges another party's token, and is not a token request of OAuth"
	case has(hasResponseType) && !authenticates && g.place != flowPAR:
		return flowOther, "this is an authorization request, in which no client authenticates"
	case g.place != flowOther:
		return g.place, ""
	case has(hasResponseType):
		return flowPAR, ""
	case has(hasToken) && !has(hasCode|hasAssertion):
		return flowIntrospection, ""
	case has(hasCode) && has(hasState):
		return flowOther, "this is the redirect back from the authorization endpoint, not a token request"
	case authenticates, has(hasCredential), c.carriesAssertion(r):
		return flowToken, ""
	case strings.Contains(r.Body.Text, "grant_type"), strings.Contains(r.Body.Text, "client_assertion"):
		return flowToken, ""
	}
	scheme, _, _ := strings.Cut(r.Headers.Value("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"), strings.EqualFold(scheme, "DPoP"):
		return flowOther, "this is a call with an access token, not a token request"
	case r.Method == "GET", r.Method == "HEAD", r.Method == "DELETE", len(r.Params) > 0 && r.URL != "":
		return flowOther, "nothing in it belongs to a token request"
	}
	return flowToken, ""
}

// carriesAssertion reports whether the assertion of the case is in the
// Authorization header.
func (c *Ctx) carriesAssertion(r *evidence.Request) bool {
	a := c.assertion()
	return a != nil && len(a.Compact) > 0 && strings.Contains(r.Headers.Value("Authorization"), a.Compact)
}

// unreadOf says why a parameter that is missing may be there all the same, and
// what would supply it.
func unreadOf(r *evidence.Request) (why, remedy string) {
	files := "--read-files"
	if len(r.Unread) == 0 {
		files = wholeRequest
	}
	switch {
	case r.Body.Unknown != "":
		return "the body is not known: " + r.Body.Unknown, files
	case !r.BodyKnown, r.Body.Kind == evidence.BodyUnknown:
		return "the body is not known", files
	case bodyLost(r):
		return "the recording says that there was a body, but does not contain it", wholeRequest
	}
	if slices.ContainsFunc(r.Body.Faults, jsonspan.Fault.Loses) {
		return "the body is damaged, so a parameter may be lost", ""
	}
	for i := range r.Params {
		p := &r.Params[i]
		switch {
		case p.Name == "" && p.Unknown != "":
			return "a parameter is not known: " + p.Unknown, files
		case strings.HasPrefix(p.Name, "$"), strings.HasPrefix(p.Name, "{{"):
			return "a parameter is not known: " + orElse(p.Unknown, p.Unknown != "", p.Name+" is a variable"), files
		}
	}
	for i, file := range r.Unread {
		// A command with more files than that has parameters nobody can name.
		if i == mostParameters || !slices.ContainsFunc(firstParams(r), func(p evidence.Param) bool {
			return p.Unknown != "" && strings.Contains(p.Unknown, file)
		}) {
			return "the file " + file + " was not read", files
		}
	}
	return "", ""
}

// bodyLost reports whether the headers announce a body that is missing, as in a
// HAR whose contents were left out.
func bodyLost(r *evidence.Request) bool {
	if r.Body.Kind != evidence.BodyNone || r.Body.Text != "" {
		return false
	}
	length := strings.TrimSpace(r.Headers.Value("Content-Length"))
	_, chunked := r.Headers.Get("Transfer-Encoding")
	return chunked || length != "" && strings.Trim(length, "0") != ""
}

// jsonBody reports whether the body is JSON, whatever the request calls it.
func jsonBody(r *evidence.Request) bool {
	if r.Body.Kind == evidence.BodyForm || r.Body.Kind == evidence.BodyText {
		text := strings.TrimSpace(r.Body.Text)
		return strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "{{") && strings.Contains(text, ":")
	}
	return r.Body.Kind == evidence.BodyJSON
}
