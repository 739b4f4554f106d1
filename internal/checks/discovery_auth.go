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
		Title:   "The server accepts private_key_jwt with this alg",
		Kinds:   []evidence.Kind{evidence.ClientAssertion},
		Needs:   []evidence.Need{evidence.NeedDiscovery},
		Params:  []profile.Ref{profile.HeaderAccepted.Ref()},
		Cites:   []finding.Citation{rfc(8414, "2"), openid("9", "ClientAuthentication")},
		Doc: "The document lists how clients may authenticate at the token endpoint, and with which algorithms they may sign an assertion. " +
			"It is about the server as a whole: a client registered for another method or algorithm is refused all the same.",
		Causes: []Cause{
			{ID: "auth-method-unsupported", Title: "the server does not list private_key_jwt", Severity: finding.Error,
				Why: "The server, or this tenant or edition of it, supports only secrets or certificates, or the method has to be turned on first.",
				Fix: "Ask the provider whether private_key_jwt can be turned on; otherwise use a method the document lists."},
			{ID: "alg-unsupported", Title: "the server does not list the header's alg", Severity: finding.Error,
				Why: "The library's default algorithm, or another provider's, was used.",
				Fix: "Sign with an algorithm the document lists, using a key of the matching type."},
		},
		Judge: judgeDiscoveryAuth,
	}
}

func judgeDiscoveryAuth(c *Ctx) Verdict {
	d := c.discovery()
	if v, ok := d.readable(); !ok {
		return v
	}
	if v, ok := c.othersDocument(d); ok {
		return v
	}
	method, methodWords, asked := c.listedMethod(d)
	alg, algWords, askedAlg := c.listedAlg(d)
	switch {
	case method != nil || alg != nil:
		return Faults("", method, alg)
	case !asked && !askedAlg:
		return NotAsked("%s; %s", methodWords, algWords)
	}
	return Pass("%s; %s", methodWords, algWords)
}

// othersDocument is the verdict on a document that is not about the token
// endpoint in use; ok is false if it is, or where that is not known.
func (c *Ctx) othersDocument(d discovery) (v Verdict, ok bool) {
	if _, name, known := c.knownElsewhere(d.TokenEndpoint); known {
		return NotAsked("the document is about the %s endpoint, which is for other clients", name), true
	}
	used, why := c.tokenEndpointInUse()
	switch {
	case why.cause != "":
		return NotAsked("moot: %s comes first", why.cause).For(finding.WhyMoot), true
	case used.url == "" || d.TokenEndpoint == "" || d.namesToken(used.url):
		return Verdict{}, false
	}
	return NotAsked("the document names another token endpoint than the one in use"), true
}

func (c *Ctx) listedMethod(d discovery) (f *Fault, words string, asked bool) {
	switch {
	case slices.Contains(d.AuthMethods, "private_key_jwt"):
		return nil, "private_key_jwt is listed", true
	case len(d.AuthMethods) == 0:
		return nil, "the document has no " + authMethods + ", which by RFC 8414 section 2 means client_secret_basic, but was more often just left out", false
	case d.capable("client-confidential-asymmetric"):
		return nil, "private_key_jwt is not listed, but the capability client-confidential-asymmetric is", false
	}
	return Found("auth-method-unsupported", "the server does not list private_key_jwt as a way to authenticate").
		Compare(list(few(d.AuthMethods)), "private_key_jwt among them").At(c.atDiscovery(authMethods)).As(finding.Likely).
		About(Detail{Name: authMethods, Meant: "private_key_jwt"}), "", true
}

func (c *Ctx) listedAlg(d discovery) (f *Fault, words string, asked bool) {
	alg := c.alg()
	switch {
	case alg == "":
		return nil, "the header's alg is not known", false
	case len(d.Algs) == 0:
		return nil, "the document does not say with which algorithms a client may sign", false
	case slices.Contains(d.Algs, alg):
		return nil, "alg " + alg + " is listed", true
	}
	f = Found("alg-unsupported", "the server does not list alg %s", alg).Compare(alg, either(few(d.Algs))).
		At(c.AtMember(finding.PartHeader, "alg"), c.atDiscovery(authAlgs)).As(finding.Likely).About(Detail{Name: "alg", Value: alg})
	for _, listed := range d.Algs {
		if strings.EqualFold(listed, alg) {
			f.Detail.Right = listed
			return f.Saying("The names must match exactly, and the document writes %s.", listed).Fix("Set alg to %s.", listed).
				Set(finding.PartHeader, "alg", listed), "", true
		}
	}
	accepted := profile.HeaderAccepted.In(c.Rules, "alg")
	if slices.Contains(accepted.V, alg) && len(accepted.Cite) > 0 {
		// Two documents of the provider disagree; the one made for these clients is the nearer.
		return f.Saying("%s documents %s for client assertions, but its discovery document does not list it.", c.provider(), alg).
			Fix("Ask the provider which algorithms this client may sign with.").
			Weigh(finding.Warning).As(finding.Possible).Citing(accepted.Cite...), "", true
	}
	if right := signableAlg(alg, d.Algs, accepted); right != "" {
		f.Detail.Right = right
		f.Fix("Sign with %s.", right).Set(finding.PartHeader, "alg", right)
	}
	return f, "", true
}

// signableAlg is the algorithm to sign with instead: one that the document lists
// and the profile does not refuse, for the same type of key if there is one;
// "" if several would do and nothing says which.
func signableAlg(alg string, listed []string, accepted profile.Value[[]string]) string {
	var fit, sameKey []string
	for _, a := range listed {
		if accepted.Known() && !slices.Contains(accepted.V, a) || len(a) != 5 && a != "EdDSA" || strings.HasPrefix(a, "HS") {
			continue
		}
		fit = append(fit, a)
		if keyType(a) == keyType(alg) && keyType(a) != "EC" {
			sameKey = append(sameKey, a)
		}
	}
	switch {
	case len(sameKey) > 0:
		return sameKey[0]
	case len(fit) == 1:
		return fit[0]
	}
	return ""
}

// keyType is the type of key that an algorithm signs with.
func keyType(alg string) string {
	switch {
	case strings.HasPrefix(alg, "RS"), strings.HasPrefix(alg, "PS"):
		return "RSA"
	case strings.HasPrefix(alg, "ES"):
		return "EC"
	}
	return alg
}

// capable reports whether a SMART configuration lists a capability.
func (d discovery) capable(name string) bool {
	v, ok := d.Doc.Get("capabilities")
	return ok && v.Kind == jsonspan.Array && slices.Contains(texts(v), name)
}
