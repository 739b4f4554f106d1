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
		Doc: "What the document names is where the server is today. An endpoint that was copied into a configuration years ago may be an old one, " +
			"or one of another tenant or environment.",
		Causes: []Cause{
			{ID: "endpoint-mismatch", Title: "the token endpoint or jwks_uri in use is another than the document's", Severity: finding.Warning,
				Why: "The endpoint was copied from an old page, joined from parts, or belongs to another tenant or environment than the document.",
				Fix: "Take the endpoint from the document, or the document of the server that is meant."},
		},
		Judge: judgeEndpoints,
	}
}

func judgeEndpoints(c *Ctx) Verdict {
	d := c.discovery()
	if v, ok := d.readable(); !ok {
		return v
	}
	tokenFault, tokenWords, token := c.compareToken(d)
	jwksFault, jwksWords, jwks := c.compareJWKS(d)
	if !token && !jwks {
		v := NotAsked("%s", tokenWords)
		if d.TokenEndpoint != "" && !c.isAssertion() {
			return v.Give("--jwks URL", "--token-url URL")
		} else if d.TokenEndpoint != "" {
			return v.Give("--token-url URL")
		}
		return v
	}
	var words []string
	for _, w := range []struct {
		text  string
		asked bool
	}{{tokenWords, token}, {jwksWords, jwks}} {
		if w.asked && w.text != "" {
			words = append(words, w.text)
		}
	}
	return Faults(strings.Join(words, "; "), tokenFault, jwksFault)
}

// compareToken holds the token endpoint in use against the document's; asked
// is false where there is nothing to compare, and words tell why.
func (c *Ctx) compareToken(d discovery) (f *Fault, words string, asked bool) {
	if d.TokenEndpoint == "" {
		return nil, "the document names no token endpoint", false
	}
	used, why := c.tokenEndpointInUse()
	if used.url == "" {
		return nil, why, false
	}
	if d.namesToken(used.url) {
		return nil, "the token endpoint is " + shortURL(used.url), true
	}
	if e, name, ok := c.knownElsewhere(d.TokenEndpoint); ok {
		return nil, "the document names the " + name + " endpoint of " + e.Name + ", which " + c.provider() + " has beside the token endpoint in use", true
	}
	in, _ := addressOf(used.url)
	doc, ok := addressOf(d.TokenEndpoint)
	switch {
	case !ok || doc.host == "":
		return nil, "the document's token endpoint is no address: " + shortURL(d.TokenEndpoint), false
	case loopback(in.host) && !loopback(doc.host) && c.Expect.TokenURL == "":
		return nil, "the request goes to a server on this machine", false
	}
	title := used.what + " is not the token endpoint the document names"
	if diff := urlNearMiss(in.text(), doc.text()); diff != "" {
		title = used.what + " differs from the token endpoint the document names " + diff
	}
	f = Found("endpoint-mismatch", "%s", title).Compare(shortURL(used.url), shortURL(d.TokenEndpoint)).
		At(c.atDiscovery("token_endpoint")).As(finding.Likely).Citing(used.cite...)
	if len(used.cite) > 0 || c.documentedToken(in) {
		// Two documents of the provider disagree; which of them holds is not for us to say.
		return f.As(finding.Possible).Saying("%s documents %s, and its discovery document names another token endpoint: it may be for other clients, or the server may have moved.",
			c.provider(), shortURL(used.url)), "", true
	}
	if r := c.request(); r != nil && used.url == r.Endpoint() {
		f.At(c.AtURL(r))
	}
	return f.Fix("Use %s, where the document is that of the server you mean.", shortURL(d.TokenEndpoint)), "", true
}

// compareJWKS holds the JWKS that was used against the document's, for tokens
// the server issued: a client's own keys are not the server's.
func (c *Ctx) compareJWKS(d discovery) (f *Fault, words string, asked bool) {
	if c.Kind != evidence.IDToken && c.Kind != evidence.AccessToken || d.JWKSURI == "" {
		return nil, "", false
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
		return nil, "", false
	case a.same(d.JWKSURI):
		return nil, "the keys are from the document's jwks_uri", true
	}
	return Found("endpoint-mismatch", "the keys are not from the jwks_uri the document names").
		Compare(shortURL(used), shortURL(d.JWKSURI)).At(c.atDiscovery("jwks_uri")).As(finding.Likely).
		Fix("Fetch the keys from %s, where the document is that of the server you mean.", shortURL(d.JWKSURI)), "", true
}

// tokenEndpointInUse is where the request goes, else the address given or
// looked at, else that of the profile's environment in use; with an empty URL,
// why it is not known.
func (c *Ctx) tokenEndpointInUse() (used endpoint, why string) {
	for _, cause := range []finding.CauseID{"url-authorize-endpoint", "url-wrong-environment", "url-not-token-endpoint"} {
		if c.Failed(cause) {
			return endpoint{}, "moot: " + string(cause) + " comes first"
		}
	}
	if r := c.request(); r != nil {
		if f, _ := c.flow(); f == flowToken && r.Endpoint() != "" && !leftOpen(r, shortURL(r.URL)) {
			return endpoint{url: r.Endpoint(), what: "the URL of the request"}, ""
		}
	}
	if c.Expect.TokenURL != "" {
		return endpoint{url: c.Expect.TokenURL, what: "the token URL given"}, ""
	}
	if d := c.discovery(); c.isTokenURL(d.Asked) {
		return endpoint{url: d.Asked, what: "the address asked for"}, ""
	}
	name, outside := c.environment()
	if name == "" && !outside {
		if named, _ := c.audEnvironments(); len(named) == 1 {
			name = named[0]
		}
	}
	if e, ok := c.Profile.Env(name); ok && e.TokenURL != "" && !strings.ContainsAny(e.TokenURL, "{}") {
		return endpoint{e.TokenURL, c.provider() + "'s token endpoint of " + e.Name, e.Cite}, ""
	}
	return endpoint{}, "the token endpoint in use is not known"
}

// namesToken tells whether the document advertises the address as token
// endpoint, be it for mutual TLS (RFC 8705 section 5).
func (d discovery) namesToken(address string) bool {
	a, ok := addressOf(address)
	if !ok {
		return false
	}
	named := []string{d.TokenEndpoint}
	if aliases, ok := d.Doc.Get("mtls_endpoint_aliases"); ok && aliases.Kind == jsonspan.Object {
		if v, ok := aliases.Get("token_endpoint"); ok {
			named = append(named, texts(v)...)
		}
	}
	return slices.ContainsFunc(named, func(n string) bool { return n != "" && a.same(n) })
}

// knownElsewhere finds an address among the further endpoints a profile
// documents, as of a provider with a token endpoint for each sort of client.
func (c *Ctx) knownElsewhere(address string) (profile.Environment, string, bool) {
	a, ok := addressOf(address)
	if !ok {
		return profile.Environment{}, "", false
	}
	for _, e := range c.Profile.Envs {
		for name, u := range e.Endpoints {
			if a.same(u) {
				return e, name, true
			}
		}
	}
	return profile.Environment{}, "", false
}
