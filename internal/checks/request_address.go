package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// address is a URL without query, as two are compared: host in lower case and
// without a port that goes without saying (RFC 3986 section 6.2.3). Scheme and
// host are "" where the text does not tell them.
type address struct{ scheme, host, port, path string }

func addressOf(s string) (address, bool) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" && u.Path == "" || u.Opaque != "" {
		return address{}, false
	}
	a := address{strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port(), u.EscapedPath()}
	if a.port == "443" && a.scheme != "http" || a.port == "80" && a.scheme != "https" {
		a.port = ""
	}
	if a.path == "" {
		a.path = "/"
	}
	return a, true
}

// same compares as far as both are known.
func (a address) same(other string) bool {
	b, ok := addressOf(other)
	if !ok || a.path != b.path {
		return false
	}
	return (a.scheme == b.scheme || a.scheme == "" || b.scheme == "") && (a.host == "" || b.host == "" || a.host == b.host && a.port == b.port)
}

func (a address) text() string {
	s := ""
	if a.scheme != "" {
		s = a.scheme + "://"
	}
	return s + a.host + orElse(":"+a.port, a.port != "", "") + a.path
}

// environmentApart returns the word by which two addresses differ where that
// is the name of an environment and nothing else differs.
func environmentApart(a, b address) string {
	if a.host == "" || b.host == "" || a.port != b.port {
		return ""
	}
	parts := func(a address) []string {
		return strings.FieldsFunc(strings.ToLower(a.host+a.path), func(r rune) bool { return strings.ContainsRune("./-_", r) })
	}
	x, y := parts(a), parts(b)
	for len(x) > 0 && len(y) > 0 && x[0] == y[0] {
		x, y = x[1:], y[1:]
	}
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	if len(x) > 1 || len(y) > 1 || len(x)+len(y) == 0 {
		return ""
	}
	for _, word := range append(x, y...) {
		if !isEnvironment(word) {
			return ""
		}
	}
	return append(x, y...)[0]
}

// shortURL is a URL without credentials and without its query, which may hold
// secrets.
func shortURL(s string) string {
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	if scheme, rest, ok := strings.Cut(s, "://"); ok {
		authority, path, slash := strings.Cut(rest, "/")
		authority = authority[strings.LastIndexByte(authority, '@')+1:]
		return scheme + "://" + authority + orElse("/"+path, slash, "")
	}
	return s
}

// place tells by the address alone what is asked for; flowOther where the
// address does not tell.
func (c *Ctx) place() flow {
	a, ok := addressOf(c.request().URL)
	if !ok || c.request().URL == "" {
		return flowOther
	}
	if wanted, _ := c.tokenURLs(); slices.ContainsFunc(wanted, func(e endpoint) bool { return a.same(e.url) }) || c.documentedToken(a) {
		return flowToken
	}
	for _, e := range c.Profile.Envs {
		for name, u := range e.Endpoints {
			if a.same(u) {
				f, _ := endpointByName(name)
				return f
			}
		}
	}
	path := strings.ToLower(strings.TrimRight(a.path, "/"))
	last := path[strings.LastIndexByte(path, '/')+1:]
	if f, _ := endpointByName(last); f != flowOther {
		return f
	}
	if strings.HasPrefix(last, "token.") || strings.HasSuffix(last, "token") {
		return flowToken
	}
	return flowOther
}

// otherEndpoint names an address that is an endpoint of another sort.
func (c *Ctx) otherEndpoint(a address) string {
	for _, e := range c.Profile.Envs {
		for name, u := range e.Endpoints {
			if a.same(u) {
				return "the " + name + " endpoint"
			}
		}
		if e.Issuer != "" && a.same(e.Issuer) {
			return "the issuer"
		}
	}
	if c.Expect.Issuer != "" && a.same(c.Expect.Issuer) {
		return "the issuer"
	}
	path := strings.TrimRight(a.path, "/")
	if _, what := endpointByName(strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])); what != "" {
		return "the " + what + " endpoint"
	}
	return ""
}

// endpointByName tells what a profile's name for an endpoint, or the last part
// of its path, stands for.
func endpointByName(name string) (f flow, what string) {
	switch strings.NewReplacer("-", "_", ".", "_").Replace(strings.TrimSuffix(name, "_endpoint")) {
	case "par", "pushed_authorization_request", "pushed_authorization_requests", "pushed_authorization":
		return flowPAR, "pushed authorization"
	case "introspect", "introspection", "token_introspection":
		return flowIntrospection, "introspection"
	case "revoke", "revocation", "token_revocation":
		return flowRevocation, "revocation"
	case "device_authorization", "device_authorize", "devicecode", "device_code":
		return flowDevice, "device authorization"
	case "bc_authorize", "backchannel_authentication", "ciba":
		return flowCIBA, "backchannel authentication"
	case "userinfo":
		return flowOther, "userinfo"
	case "jwks", "jwks_json", "certs":
		return flowOther, "JWKS"
	case "openid_configuration", "oauth_authorization_server", "smart_configuration":
		return flowOther, "discovery"
	case "register", "registration":
		return flowOther, "registration"
	}
	return flowOther, ""
}

// isAuthorize knows an authorization endpoint by the end of its path.
func isAuthorize(a address) bool {
	path := strings.ToLower(strings.TrimRight(a.path, "/"))
	for _, end := range []string{"/authorize", "/authorise", "/openid-connect/auth", "/o/oauth2/v2/auth", "/o/oauth2/auth"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

func (c *Ctx) documentedAuthorize(a address) bool {
	return slices.ContainsFunc(c.Profile.Envs, func(e profile.Environment) bool { return e.Authorize != "" && a.same(e.Authorize) })
}
