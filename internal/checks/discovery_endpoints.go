package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func discoveryEndpoints() Check {
	return Check{
		ID:      "discovery-endpoints",
		Subject: "endpoints in discovery",
		Rank:    710,
		Title:   "The endpoints in use are the advertised ones",
		Needs:   []evidence.Need{evidence.NeedDiscovery},
		Params:  []profile.Ref{profile.AudComplete.Ref()},
		Cites:   []finding.Citation{rfc(8414, "2"), openidDiscovery("3", "ProviderMetadata")},
		Doc: "What the document names is where the server is today. An endpoint that was copied into a configuration years ago may be outdated, " +
			"or belong to another tenant or environment.",
		Causes: []Cause{
			{ID: "endpoint-mismatch", Title: "the token endpoint or jwks_uri in use is not the document's", Severity: finding.Warning,
				Why: "The endpoint was copied from an old page, joined from parts, or belongs to another tenant or environment than the document.",
				Fix: "Use the endpoint from the document, or the document of the server you mean."},
		},
		Judge: judgeEndpoints,
	}
}

func judgeEndpoints(c *Ctx) Verdict {
	d := c.discovery()
	if v, ok := d.readable(); !ok {
		return v
	}
	tokenFault, token := c.compareToken(d)
	jwksFault, jwks := c.compareJWKS(d)
	switch {
	case tokenFault != nil || jwksFault != nil:
		return Faults("", tokenFault, jwksFault)
	case token.Skipped && jwks.Skipped:
		return token
	case token.Skipped:
		return jwks
	case jwks.Skipped:
		return token
	}
	return Pass("%s; %s", token.Words(), jwks.Words())
}

// compareToken compares the token endpoint in use with the document's. Without
// a fault the verdict is what was seen, or why there is nothing to compare.
func (c *Ctx) compareToken(d discovery) (*Fault, Verdict) {
	if d.TokenEndpoint == "" {
		return nil, NotAsked("the document names no token endpoint")
	}
	used, why := c.tokenEndpointInUse()
	if used.url == "" {
		switch {
		case why.cause != "":
			return nil, NotAsked("moot: %s comes first", why.cause).For(finding.WhyMoot)
		case !c.isAssertion():
			return nil, NotAsked("the token endpoint in use is not known").Give("--jwks URL", "--token-url URL")
		}
		return nil, NotAsked("the token endpoint in use is not known").Give("--token-url URL")
	}
	if d.namesToken(used.url) {
		return nil, Pass("the token endpoint is %s", shortURL(used.url))
	}
	if e, name, ok := c.knownElsewhere(d.TokenEndpoint); ok {
		return nil, Pass("the document names %s's %s endpoint of %s, next to the token endpoint in use", c.provider(), name, e.Name)
	}
	in, _ := addressOf(used.url)
	doc, ok := addressOf(d.TokenEndpoint)
	switch {
	case !ok || doc.host == "":
		return nil, NotAsked("the document's token endpoint is not an address: %s", shortURL(d.TokenEndpoint))
	case staysInside(in.host) && !staysInside(doc.host) && c.Expect.TokenURL == "":
		return nil, NotAsked("the request goes to a server on this machine or cluster")
	}
	f := Found("endpoint-mismatch", "%s is not the token endpoint that the document names", used.words(c)).Compare(shortURL(used.url), shortURL(d.TokenEndpoint)).
		At(c.atDiscovery("token_endpoint")).As(finding.Likely).Citing(used.cite...).About(Detail{Value: shortURL(used.url), Right: shortURL(d.TokenEndpoint)})
	if diff := urlNearMiss(in.text(), doc.text()); diff != "" {
		f.Title = used.words(c) + " differs from the token endpoint that the document names " + diff
	}
	if len(used.cite) > 0 || c.documentedToken(in) {
		// Two documents of the provider disagree, and either may be right.
		f.Detail.Right = ""
		return f.As(finding.Possible).Saying("%s documents %s, but its discovery document names another token endpoint: it may be for other clients, or the server may have moved.",
			c.provider(), shortURL(used.url)).Fix("Ask the provider which of the two this client is to use."), Verdict{}
	}
	if r := c.request(); r != nil && used.from == fromRequest {
		f.At(c.AtURL(r))
	}
	return f.Fix("Use %s, if this is the document of the server you mean.", shortURL(d.TokenEndpoint)), Verdict{}
}

// compareJWKS compares the JWKS that was used with the document's, for tokens
// the server issued: a client's own keys are not the server's.
func (c *Ctx) compareJWKS(d discovery) (*Fault, Verdict) {
	skip := NotAsked("the keys are not the server's")
	if c.Kind != evidence.IDToken && c.Kind != evidence.AccessToken || d.JWKSURI == "" {
		return nil, skip
	}
	var used string
	if fetched, ok := c.Fetched.Get(); ok && fetched != nil {
		used = fetched.URL
	} else if set, ok := c.JWKS.Get(); ok && set != nil {
		used = set.Source
	}
	a, ok := addressOf(used)
	switch {
	case !isURL(used) || !ok:
		return nil, skip
	case a.same(d.JWKSURI):
		return nil, Pass("the keys are from the document's jwks_uri")
	}
	return Found("endpoint-mismatch", "the keys are not from the jwks_uri that the document names").
		Compare(shortURL(used), shortURL(d.JWKSURI)).At(c.atDiscovery("jwks_uri")).As(finding.Likely).About(Detail{Value: shortURL(used), Right: shortURL(d.JWKSURI)}).
		Fix("Fetch the keys from %s, if this is the document of the server you mean.", shortURL(d.JWKSURI)), Verdict{}
}

// unknownEndpoint is why the token endpoint in use is not known: a cause that
// makes the question moot, or none.
type unknownEndpoint struct{ cause finding.CauseID }

// tokenEndpointInUse is where the request goes, else the address given or
// looked at, else that of the profile's environment in use; with an empty URL,
// why it is not known.
func (c *Ctx) tokenEndpointInUse() (used endpoint, why unknownEndpoint) {
	for _, cause := range [...]finding.CauseID{"url-authorize-endpoint", "url-wrong-environment", "url-not-token-endpoint"} {
		if c.Failed(cause) {
			return endpoint{}, unknownEndpoint{cause}
		}
	}
	if r := c.request(); r != nil {
		if a, ok := c.address(); ok && a.host != "" && c.read().flow == flowToken && !leftOpen(r, shortURL(r.URL)) {
			url, _, _ := strings.Cut(r.URL, "?")
			url, _, _ = strings.Cut(url, "#")
			return endpoint{url: url, from: fromRequest}, why
		}
	}
	if c.Expect.TokenURL != "" {
		return endpoint{url: c.Expect.TokenURL}, why
	}
	if d := c.discovery(); c.isTokenURL(d.Asked) {
		return endpoint{url: d.Asked, from: fromAsked}, why
	}
	name, outside := c.environment()
	if name == "" && !outside {
		if named := c.audEnvironments(); len(named) == 1 {
			name = named[0]
		}
	}
	if e := c.env(name); e != nil && e.TokenURL != "" && !strings.ContainsAny(e.TokenURL, "{}") {
		return endpoint{url: e.TokenURL, from: fromProfile, env: e.Name, cite: e.Cite}, why
	}
	return endpoint{}, why
}

// namesToken reports whether the document advertises the address as its token
// endpoint, or as the one for mutual TLS (RFC 8705 section 5).
func (d discovery) namesToken(address string) bool {
	a, ok := addressOf(address)
	if !ok {
		return false
	}
	if d.TokenEndpoint != "" && a.same(d.TokenEndpoint) {
		return true
	}
	aliases, ok := d.Doc.Get("mtls_endpoint_aliases")
	if !ok || aliases.Kind != jsonspan.Object {
		return false
	}
	v, ok := aliases.Get("token_endpoint")
	return ok && slices.ContainsFunc(texts(v), func(n string) bool { return n != "" && a.same(n) })
}

// knownElsewhere finds an address among the other endpoints a profile
// documents, as of a provider with one token endpoint for each sort of client.
func (c *Ctx) knownElsewhere(address string) (profile.Environment, string, bool) {
	a, ok := addressOf(address)
	if !ok {
		return profile.Environment{}, "", false
	}
	for _, e := range c.Profile.Envs {
		name := ""
		for n, u := range e.Endpoints {
			if (name == "" || n < name) && a.same(u) {
				name = n
			}
		}
		if name != "" {
			return e, name, true
		}
	}
	return profile.Environment{}, "", false
}
