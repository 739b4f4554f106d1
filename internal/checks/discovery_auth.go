package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

const (
	authMethods = "token_endpoint_auth_methods_supported"
	authAlgs    = "token_endpoint_auth_signing_alg_values_supported"
)

func discoveryAuth() Check {
	return Check{
		ID:      "discovery-auth",
		Subject: "authentication methods in discovery",
		Rank:    700,
		Title:   "The server takes private_key_jwt with this alg",
		Kinds:   []evidence.Kind{evidence.ClientAssertion},
		Needs:   []evidence.Need{evidence.NeedDiscovery},
		Params:  []profile.Ref{profile.HeaderAccepted.Ref()},
		Cites:   []finding.Citation{rfc(8414, "2"), openid("9", "ClientAuthentication")},
		Doc: "The document lists how clients may authenticate at the token endpoint, and with which algorithms they may sign an assertion. " +
			"It speaks of the server as a whole: a client registered for another method or algorithm is refused all the same.",
		Causes: []Cause{
			{ID: "auth-method-unsupported", Title: "the server does not list private_key_jwt", Severity: finding.Error,
				Why: "The server, or this tenant or edition of it, knows only secrets or certificates, or the method has to be switched on first.",
				Fix: "Ask the provider whether private_key_jwt can be switched on; else use a method the document lists."},
			{ID: "alg-unsupported", Title: "the server does not list the header's alg", Severity: finding.Error,
				Why: "The library's default algorithm, or another provider's, was used.",
				Fix: "Sign with an algorithm the document lists, with a key of its kind."},
		},
		Judge: judgeDiscoveryAuth,
	}
}

func judgeDiscoveryAuth(c *Ctx) Verdict {
	d := c.discovery()
	if v, ok := d.readable(); !ok {
		return v
	}
	if why := c.othersDocument(d); why != "" {
		return NotAsked("%s", why)
	}
	method, methodWords, asked := c.listedMethod(d)
	alg, algWords, askedAlg := c.listedAlg(d)
	words := methodWords + "; " + algWords
	if !asked && !askedAlg {
		return NotAsked("%s", words)
	}
	return Faults(words, method, alg)
}

// othersDocument tells why the document does not speak of the token endpoint
// in use; "" where it does, or where that is not known.
func (c *Ctx) othersDocument(d discovery) string {
	if _, name, ok := c.knownElsewhere(d.TokenEndpoint); ok {
		return "the document is about the " + name + " endpoint, which is for other clients"
	}
	used, why := c.tokenEndpointInUse()
	switch {
	case used.url == "" && strings.HasPrefix(why, "moot:"):
		return why
	case used.url == "" || d.TokenEndpoint == "" || d.namesToken(used.url):
		return ""
	}
	return "the document names another token endpoint than the one in use"
}

func (c *Ctx) listedMethod(d discovery) (f *Fault, words string, asked bool) {
	switch {
	case slices.Contains(d.AuthMethods, "private_key_jwt"):
		return nil, "private_key_jwt is listed", true
	case len(d.AuthMethods) == 0:
		return nil, "the document lists no " + authMethods + ", which by RFC 8414 section 2 means client_secret_basic, and more often that it was left out", false
	case d.capable("client-confidential-asymmetric"):
		return nil, "private_key_jwt is not listed, but the capability client-confidential-asymmetric is", false
	}
	return Found("auth-method-unsupported", "the server does not list private_key_jwt among its ways to authenticate").
		Compare(list(few(d.AuthMethods)), "private_key_jwt among them").At(c.atDiscovery(authMethods)).As(finding.Likely), "", true
}

func (c *Ctx) listedAlg(d discovery) (f *Fault, words string, asked bool) {
	alg := c.alg()
	switch {
	case alg == "":
		return nil, "the header's alg is not known", false
	case len(d.Algs) == 0:
		return nil, "the document does not tell with which algorithms a client may sign", false
	case slices.Contains(d.Algs, alg):
		return nil, "alg " + alg + " is listed", true
	}
	f = Found("alg-unsupported", "the server does not list alg %s", alg).Compare(alg, either(few(d.Algs))).
		At(c.headerAt("alg"), c.atDiscovery(authAlgs)).As(finding.Likely)
	for _, listed := range d.Algs {
		if strings.EqualFold(listed, alg) {
			return f.Saying("The names are compared exactly, and the document writes %s.", listed).Fix("Write alg as %s.", listed), "", true
		}
	}
	if accepted := profile.HeaderAccepted.In(c.Rules, "alg"); slices.Contains(accepted.V, alg) && len(accepted.Cite) > 0 {
		// Two documents of the provider disagree; the one made for these clients is the nearer.
		f.Saying("%s documents %s for client assertions, and its discovery document does not list it.", c.provider(), alg).
			Weigh(finding.Warning).As(finding.Possible).Citing(accepted.Cite...)
	}
	return f, "", true
}

// capable tells whether a SMART configuration lists a capability.
func (d discovery) capable(name string) bool {
	v, ok := d.Doc.Get("capabilities")
	return ok && v.Kind == jsonspan.Array && slices.Contains(texts(v), name)
}
