package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// The documents a server publishes about itself: OpenID Connect Discovery 1.0
// section 4, RFC 8414 section 3, SMART App Launch section 8.
const (
	openidConfiguration = "openid-configuration"
	authorizationServer = "oauth-authorization-server"
	smartConfiguration  = "smart-configuration"

	wellKnown = "/.well-known/"
)

// maxTries bounds the addresses asked for a discovery document.
const maxTries = 6

// maxDiscovery bounds the values read of a document.
const maxDiscovery = 1 << 16

// Discover looks for what a server publishes about itself. It is asked under
// an issuer's address, a token endpoint's, or that of the document. For a token
// endpoint the issuer is not known and is looked for along the path; a document
// found elsewhere than under the issuer in the path is used only if it
// names that very endpoint, as another tenant's says nothing.
func (c Client) Discover(ctx context.Context, issuerOrURL string) *evidence.Discovery {
	u, ok := target(issuerOrURL)
	return c.discover(ctx, issuerOrURL, ok && isEndpoint(u))
}

// DiscoverFrom is Discover for an address that is known to be a token endpoint's,
// whatever it looks like.
func (c Client) DiscoverFrom(ctx context.Context, tokenURL string) *evidence.Discovery {
	return c.discover(ctx, tokenURL, true)
}

func (c Client) discover(ctx context.Context, issuerOrURL string, isToken bool) *evidence.Discovery {
	c = c.Whole()
	d := &evidence.Discovery{Asked: Shown(issuerOrURL)}
	u, ok := target(issuerOrURL)
	if !ok {
		d.Tried = []evidence.TriedFetch{{URL: d.Asked, Trouble: noAddress}}
		return d
	}
	d.Asked = u.String()
	endpoint := ""
	if isToken && !strings.Contains(u.Path, wellKnown) {
		endpoint = strings.TrimSuffix(u.Scheme+"://"+u.Host+u.EscapedPath(), "/")
	}
	for _, place := range places(u, isToken) {
		if ctx.Err() != nil {
			break
		}
		got := c.Get(ctx, place.url)
		tried := evidence.TriedFetch{URL: place.url, Status: got.Status, Trouble: got.Trouble}
		found := ReadDiscovery(place.url, got.Body)
		switch {
		case tried.Trouble != "":
		case got.Status != http.StatusOK:
			tried.Trouble = fmt.Sprintf("it answers with status %d", got.Status)
		case got.Cut:
			tried.Trouble = "the document is longer than 1 MiB"
		case !usable(found):
			tried.Trouble = unusable(found)
		case endpoint != "" && !place.sure && !same(found.TokenEndpoint, endpoint):
			tried.Trouble = "it is the document of another issuer: its token endpoint is not the one asked for"
		}
		d.Tried = append(d.Tried, tried)
		if tried.Trouble == "" {
			found.Asked, found.Tried = d.Asked, d.Tried
			return found
		}
	}
	return d
}

// place is an address a document may be at.
type place struct {
	url string
	// sure is true if a document there is the asked issuer's by its address.
	sure bool
}

// places are the addresses to try, likeliest first.
func places(u *url.URL, isToken bool) []place {
	if strings.Contains(u.Path, wellKnown) {
		return []place{{u.String(), true}}
	}
	origin := u.Scheme + "://" + u.Host
	path := strings.TrimRight(u.EscapedPath(), "/")
	var out []place
	add := func(sure bool, path ...string) {
		for _, p := range path {
			if !slices.ContainsFunc(out, func(o place) bool { return o.url == origin+p }) && len(out) < maxTries {
				out = append(out, place{origin + p, sure})
			}
		}
	}
	if !isToken {
		add(true, path+wellKnown+openidConfiguration, wellKnown+authorizationServer+path, path+wellKnown+smartConfiguration)
		return out
	}
	if issuer, ok := issuerPath(path); ok {
		add(true, issuer+wellKnown+openidConfiguration, wellKnown+authorizationServer+issuer)
	}
	add(false, wellKnown+openidConfiguration)
	for up := parent(path); up != ""; up = parent(up) {
		add(false, up+wellKnown+openidConfiguration)
	}
	add(false, wellKnown+authorizationServer, parent(path)+wellKnown+smartConfiguration)
	return out
}

// isEndpoint reports whether an address is a token endpoint's and not an issuer's, by its last word.
func isEndpoint(u *url.URL) bool {
	path := strings.ToLower(strings.TrimRight(u.Path, "/"))
	last := path[strings.LastIndexByte(path, '/')+1:]
	return strings.HasSuffix(last, "token") || strings.HasPrefix(last, "token.")
}

// issuerPath takes off what products put between issuer and token endpoint.
func issuerPath(path string) (string, bool) {
	for _, known := range [...]struct{ end, instead string }{
		{"/protocol/openid-connect/token", ""}, // Keycloak
		{"/oauth2/v2.0/token", "/v2.0"},        // Entra ID
		{"/connect/token", ""},                 // IdentityServer
		{"/as/token.oauth2", ""},               // PingFederate
		{"/v1/token", ""},                      // Okta
	} {
		if issuer, ok := strings.CutSuffix(path, known.end); ok {
			return issuer + known.instead, true
		}
	}
	return "", false
}

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

// same compares endpoints as far as two spellings of one may differ.
func same(a, b string) bool {
	x, err := url.Parse(a)
	if err != nil {
		return false
	}
	y, err := url.Parse(b)
	return err == nil && strings.EqualFold(x.Hostname(), y.Hostname()) && port(x) == port(y) &&
		strings.TrimRight(x.Path, "/") == strings.TrimRight(y.Path, "/")
}

// usable reports whether a document says anything a discovery document says.
func usable(d *evidence.Discovery) bool {
	return d.Issuer != "" || d.TokenEndpoint != "" || d.JWKSURI != ""
}

func unusable(d *evidence.Discovery) string {
	text := strings.TrimSpace(string(d.Raw[:min(len(d.Raw), 64)]))
	switch {
	case text == "":
		return "the answer is empty"
	case strings.HasPrefix(text, "<"):
		return "it answers with a page instead of JSON"
	case d.Doc == nil:
		return "the answer is not a JSON object"
	}
	return "the JSON names neither issuer nor token_endpoint nor jwks_uri"
}

// ReadDiscovery reads a discovery document that was found in a file or at an
// address. Doc is nil if the text is not a JSON object; Faults say why.
func ReadDiscovery(source string, data []byte) *evidence.Discovery {
	d := &evidence.Discovery{Source: source, Raw: data}
	doc, faults := jsonspan.Scan(data, jsonspan.Limits{Values: maxDiscovery})
	d.Faults = faults
	if doc == nil || doc.Kind != jsonspan.Object {
		return d
	}
	d.Doc = doc
	d.Issuer = text(doc, "issuer")
	d.TokenEndpoint = text(doc, "token_endpoint")
	d.AuthorizationEndpoint = text(doc, "authorization_endpoint")
	d.JWKSURI = text(doc, "jwks_uri")
	d.AuthMethods = texts(doc, "token_endpoint_auth_methods_supported")
	d.Algs = texts(doc, "token_endpoint_auth_signing_alg_values_supported")
	d.Form = form(source, doc)
	return d
}

func form(source string, doc *jsonspan.Value) string {
	for _, name := range [...]string{openidConfiguration, authorizationServer, smartConfiguration} {
		if strings.Contains(source, name) {
			return name
		}
	}
	if _, ok := doc.Get("capabilities"); ok {
		return smartConfiguration
	}
	if _, ok := doc.Get("subject_types_supported"); ok {
		return openidConfiguration
	}
	return authorizationServer
}

func text(doc *jsonspan.Value, name string) string {
	if v, ok := doc.Get(name); ok && v.Kind == jsonspan.String {
		return v.Str
	}
	return ""
}

// texts is a list of strings; empty and not nil if the list is.
func texts(doc *jsonspan.Value, name string) []string {
	v, ok := doc.Get(name)
	if !ok || v.Kind != jsonspan.Array {
		return nil
	}
	out := []string{}
	for _, item := range v.Items {
		if item.Kind == jsonspan.String {
			out = append(out, item.Str)
		}
	}
	return out
}
