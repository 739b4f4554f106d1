package listen

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/address"
)

// Guard says who may ask a server on this machine.
type Guard struct {
	// Listen is the host the server was asked to listen on; a request may name it.
	Listen string
	// Anywhere lets other machines ask: by an address, or by a name that nobody on
	// the internet can own.
	Anywhere bool
}

// Refuses says in a sentence why a request is not answered; "" if it is. A
// foreign Host is what a page sends whose name was made to point here (DNS
// rebinding); a foreign Origin, or a fetch that the browser calls cross-site, is
// a page that posts here from elsewhere.
func (g Guard) Refuses(r *http.Request) string {
	if host := hostOf(r.Host); r.Host != "" && !g.own(host) { // HTTP/1.0 needs no Host
		return "the Host of the request is not this machine"
	}
	for _, origin := range r.Header.Values("Origin") {
		u, err := url.Parse(origin)
		if err != nil || u.Host == "" || !g.own(u.Hostname()) {
			return "the request comes from a page of another origin"
		}
	}
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return "the request comes from a page of another site"
	}
	return ""
}

func (g Guard) own(host string) bool {
	if address.Loopback(host) || g.Listen != "" && strings.EqualFold(host, g.Listen) {
		return true
	}
	if !g.Anywhere {
		return false
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if net.ParseIP(name) != nil {
		return true
	}
	// Names of one label, as of a service in Docker, and those under a domain that
	// is kept for private use (RFC 2606, RFC 6762, RFC 8375, ICANN's .internal).
	for _, end := range [...]string{".internal", ".local", ".localhost", ".test", ".home.arpa", ".lan"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return name != "" && !strings.Contains(name, ".")
}

func hostOf(authority string) string {
	if host, _, err := net.SplitHostPort(authority); err == nil {
		return host
	}
	return strings.Trim(authority, "[]")
}
