package checks

import (
	"net/url"
	"strings"

	addr "github.com/assertionworks/jwtdoctor/internal/address"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// address is a URL without its query, in the form in which two are compared:
// the host in lower case and without the scheme's own port (RFC 3986 section
// 6.2.3). Scheme and host are "" if the text does not have them.
type address struct{ scheme, host, port, path string }

func addressOf(s string) (address, bool) {
	if a, ok := plainAddress(s); ok {
		return a, true
	}
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

// plainAddress reads a URL that is written as nearly all are: a known scheme, a
// host in lower case, and nothing encoded. It reads no others, and makes nothing
// new.
func plainAddress(s string) (address, bool) {
	a := address{path: "/"}
	rest, ok := strings.CutPrefix(s, "https://")
	if a.scheme = "https"; !ok {
		if rest, ok = strings.CutPrefix(s, "http://"); !ok {
			return address{}, false
		}
		a.scheme = "http"
	}
	i := 0
	for ; i < len(rest) && rest[i] != '/' && rest[i] != ':' && rest[i] != '?' && rest[i] != '#'; i++ {
		if ch := rest[i]; !('a' <= ch && ch <= 'z' || '0' <= ch && ch <= '9' || ch == '-' || ch == '.' || ch == '_') {
			return address{}, false
		}
	}
	if a.host, rest = rest[:i], rest[i:]; a.host == "" {
		return address{}, false
	}
	if strings.HasPrefix(rest, ":") {
		for i = 1; i < len(rest) && '0' <= rest[i] && rest[i] <= '9'; i++ {
		}
		if i == 1 {
			return address{}, false
		}
		if a.port, rest = rest[1:i], rest[i:]; a.port == "443" && a.scheme == "https" || a.port == "80" && a.scheme == "http" {
			a.port = ""
		}
	}
	end := len(rest)
	for i = 0; i < len(rest); i++ {
		switch ch := rest[i]; {
		case ch == '?' || ch == '#':
			end = min(end, i)
		case 'a' <= ch && ch <= 'z', 'A' <= ch && ch <= 'Z', '0' <= ch && ch <= '9', ch == '/', ch == '-', ch == '.', ch == '_', ch == '~', ch == '=', ch == '&':
		default:
			return address{}, false
		}
	}
	if end > 0 {
		a.path = rest[:end]
	}
	return a, a.path[0] == '/'
}

// same compares as far as both are known.
func (a address) same(other string) bool {
	if !a.near(other) {
		return false
	}
	b, ok := addressOf(other)
	if !ok || a.path != b.path {
		return false
	}
	return (a.scheme == b.scheme || a.scheme == "" || b.scheme == "") && (a.host == "" || b.host == "" || a.host == b.host && a.port == b.port)
}

// near reports whether the other text can be the same address. It is a cheap
// question that most addresses fail.
func (a address) near(other string) bool {
	if other == "" {
		return false
	}
	rest, absolute := strings.CutPrefix(other, "https://")
	if !absolute {
		_, rest, absolute = strings.Cut(other, "://")
	}
	return a.host == "" || !absolute || len(rest) >= len(a.host) && strings.EqualFold(rest[:len(a.host)], a.host) || strings.ContainsAny(rest, "@[%")
}

func (a address) text() string {
	s := ""
	if a.scheme != "" {
		s = a.scheme + "://"
	}
	return s + a.host + orElse(":"+a.port, a.port != "", "") + a.path
}

// environmentApart returns the word by which two addresses differ if that is
// the name of an environment and nothing else differs.
func environmentApart(a, b address) string {
	if a == b {
		return ""
	}
	of := func(a address) addr.Address { return addr.Address{Host: a.host, Port: a.port, Path: a.path} }
	return addr.EnvironmentApart(of(a), of(b))
}

// shortURL is a URL without credentials and without its query, which may
// contain secrets.
func shortURL(s string) string {
	s = addr.Written(s)
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s
	}
	authority, path, slash := strings.Cut(rest, "/")
	at := strings.LastIndexByte(authority, '@')
	if at < 0 {
		return s
	}
	return scheme + "://" + authority[at+1:] + orElse("/"+path, slash, "")
}

// staysInside reports whether an address never leaves the machine or the
// cluster, so that TLS is not expected of it: the loopback, and the services of
// a Kubernetes cluster (NAME.NAMESPACE.svc, with or without cluster.local).
func staysInside(host string) bool {
	host = strings.TrimSuffix(host, ".")
	return addr.Loopback(host) || strings.HasSuffix(host, ".svc.cluster.local") || strings.Count(host, ".") >= 2 && strings.HasSuffix(host, ".svc")
}

// endpoint is an address of a token endpoint and what it is known from.
type endpoint struct {
	url  string
	from endpointFrom
	env  string // of the profile, where it is documented
	cite []finding.Citation
}

// endpointFrom is what an endpoint is known from.
type endpointFrom uint8

const (
	fromTokenURL endpointFrom = iota // --token-url
	fromProfile
	fromRequest // where the request goes
	fromAsked   // the address that was looked at
)

// words names the endpoint in a sentence.
func (e endpoint) words(c *Ctx) string {
	switch e.from {
	case fromProfile:
		return c.provider() + "'s " + e.env + " token endpoint"
	case fromRequest:
		return "the URL of the request"
	case fromAsked:
		return "the address you asked for"
	}
	return "the token URL you gave"
}

// rightEndpoints lists the token endpoints that would be right; complete is
// true if there can be no others.
func (c *Ctx) rightEndpoints() (list []endpoint, complete bool) {
	if c.Expect.TokenURL != "" {
		return []endpoint{{url: c.Expect.TokenURL}}, true
	}
	if n := len(c.Profile.Envs); n > 0 {
		list = make([]endpoint, 0, n)
	}
	for i := range c.Profile.Envs {
		e := &c.Profile.Envs[i]
		if e.TokenURL != "" && (c.Expect.Env == "" || c.Expect.Env == e.Name) {
			list = append(list, endpoint{url: e.TokenURL, from: fromProfile, env: e.Name, cite: e.Cite})
		}
	}
	return list, len(list) > 0 && c.knowsAddress(c.postedTo())
}

// placeOf is what a request asks for by its address; right is the index of the
// wanted endpoint that it is, or -1.
func (c *Ctx) placeOf(a address, right int) flow {
	if right >= 0 || c.documentedToken(a) {
		return flowToken
	}
	if name := c.documentedEndpoint(a); name != "" {
		f, _ := endpointByName(name)
		return f
	}
	last := strings.ToLower(lastSegment(a.path))
	if f, _ := endpointByName(last); f != flowOther {
		return f
	}
	if strings.HasPrefix(last, "token.") || strings.HasSuffix(last, "token") {
		return flowToken
	}
	return flowOther
}

func lastSegment(path string) string {
	path = strings.TrimRight(path, "/")
	return path[strings.LastIndexByte(path, '/')+1:]
}

// documentedEndpoint is the name of the documented endpoint, apart from those for
// tokens and authorization, that has this address. Of several the first by name.
func (c *Ctx) documentedEndpoint(a address) (name string) {
	for i := range c.Profile.Envs {
		for n, u := range c.Profile.Envs[i].Endpoints {
			if (name == "" || n < name) && a.same(u) {
				name = n
			}
		}
		if name != "" {
			return name
		}
	}
	return ""
}

func (c *Ctx) documentedToken(a address) bool {
	for i := range c.Profile.Envs {
		if e := &c.Profile.Envs[i]; e.TokenURL != "" && a.same(e.TokenURL) {
			return true
		}
	}
	return false
}

func (c *Ctx) documentedAuthorize(a address) bool {
	for i := range c.Profile.Envs {
		if e := &c.Profile.Envs[i]; e.Authorize != "" && a.same(e.Authorize) {
			return true
		}
	}
	return false
}

// otherEndpoint names an address that is an endpoint of another sort.
func (c *Ctx) otherEndpoint(a address) string {
	if name := c.documentedEndpoint(a); name != "" {
		return "the " + name + " endpoint"
	}
	for i := range c.Profile.Envs {
		if e := &c.Profile.Envs[i]; e.Issuer != "" && a.same(e.Issuer) {
			return "the issuer"
		}
	}
	if c.Expect.Issuer != "" && a.same(c.Expect.Issuer) {
		return "the issuer"
	}
	if _, what := endpointByName(strings.ToLower(lastSegment(a.path))); what != "" {
		return "the " + what + " endpoint"
	}
	return ""
}

// endpointByName is what a profile's name for an endpoint, or the last part of
// its path, means.
func endpointByName(name string) (f flow, what string) {
	name = strings.TrimSuffix(name, "_endpoint")
	if strings.ContainsAny(name, "-.") {
		name = strings.ReplaceAll(strings.ReplaceAll(name, "-", "_"), ".", "_")
	}
	switch name {
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

// isAuthorize recognises an authorization endpoint by the end of its path.
func isAuthorize(a address) bool {
	path := strings.ToLower(strings.TrimRight(a.path, "/"))
	for _, end := range [...]string{"/authorize", "/authorise", "/openid-connect/auth", "/o/oauth2/v2/auth", "/o/oauth2/auth"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}
