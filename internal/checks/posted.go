package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// postedTo is the address of the token request; "" where it is not known, or
// is by its path none of a token endpoint (then it says nothing of aud).
func (c *Ctx) postedTo() string {
	r, ok := c.Request.Get()
	if !ok {
		return ""
	}
	u, ok := r.Address()
	if !ok || u.Host == "" || len(r.Redirects) > 0 || u.Scheme == "" && !asSeenByClient(r, u.Hostname()) {
		return ""
	}
	path := strings.TrimRight(u.Path, "/")
	if last := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:]); !strings.Contains(last, "token") {
		return ""
	}
	if u.Scheme != "" {
		return r.Endpoint()
	}
	// HTTP text has no scheme. Token endpoints have TLS (RFC 6749 section 3.2),
	// unless aud says of this host that it is without, and nobody documents it.
	scheme := "https:"
	documented := slices.ContainsFunc(c.Profile.Envs, func(e profile.Environment) bool { return host(e.TokenURL) == strings.ToLower(u.Hostname()) })
	if v, ok := c.claims().Get("aud"); ok && !documented && slices.ContainsFunc(texts(v), func(value string) bool {
		return strings.HasPrefix(value, "http:") && host(value) == strings.ToLower(u.Hostname())
	}) {
		scheme = "http:"
	}
	return scheme + r.Endpoint()
}

// asSeenByClient reports whether HTTP text without a scheme shows the address that
// the client used. Behind a proxy, a server sees the name of an inner host.
func asSeenByClient(r *evidence.Request, hostname string) bool {
	for _, name := range [...]string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"} {
		if _, ok := r.Headers.Get(name); ok {
			return false
		}
	}
	last := strings.ToLower(hostname[strings.LastIndexByte(hostname, '.')+1:])
	return strings.Contains(hostname, ".") && strings.Trim(hostname, "0123456789.") != "" && !slices.Contains([]string{"internal", "local", "localdomain", "lan", "svc", "cluster", "corp", "intranet", "home"}, last)
}
