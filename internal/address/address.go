// Package address compares addresses the way people mean them: a token URL with
// another case, port or slash is not the same as one that is another place. It
// connects to nothing.
package address

import (
	"net/netip"
	"net/url"
	"strings"
)

// Address is a URL without query and fragment, in the form in which two are
// compared: scheme and host in lower case, no port that goes without saying (RFC
// 3986 section 6.2.3), and a path of at least "/". Scheme and Host are "" if
// the text has none, as the origin form of a request has.
type Address struct{ Scheme, Host, Port, Path string }

// Parse takes a URL or path apart; ok is false if it is neither.
func Parse(s string) (a Address, ok bool) {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" && u.Path == "" || u.Opaque != "" {
		return Address{}, false
	}
	a = Address{strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port(), u.EscapedPath()}
	if a.Port == "443" && a.Scheme != "http" || a.Port == "80" && a.Scheme != "https" {
		a.Port = ""
	}
	if a.Path == "" {
		a.Path = "/"
	}
	return a, true
}

// Same reports whether two addresses are one, as far as both are known: where
// one has no scheme or host, that is not compared. A trailing slash counts.
func (a Address) Same(b Address) bool {
	return a.Path == b.Path && (a.Scheme == b.Scheme || a.Scheme == "" || b.Scheme == "") &&
		(a.Host == "" || b.Host == "" || a.Host == b.Host && a.Port == b.Port)
}

// SameText is Same with the address a text names; false if it names none.
func (a Address) SameText(s string) bool {
	b, ok := Parse(s)
	return ok && a.Same(b)
}

// String writes the address as it was parsed.
func (a Address) String() string {
	var b strings.Builder
	if a.Scheme != "" {
		b.WriteString(a.Scheme + "://")
	}
	b.WriteString(a.Host)
	if a.Port != "" {
		b.WriteString(":" + a.Port)
	}
	b.WriteString(a.Path)
	return b.String()
}

// Host returns the host of a URL in lower case, "" if it has none.
func Host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

// Written writes the address of an HTTP message, whose text has a host and no scheme
// ("//as.example/token"), as people do. Token endpoints have TLS (RFC 6749 section 3.2):
// it is https, unless the host is a name of a machine or network that may do without.
func Written(s string) string {
	rest, ok := strings.CutPrefix(s, "//")
	if !ok {
		return s
	}
	if host := Host(s); Loopback(host) || !strings.Contains(host, ".") {
		return rest
	}
	return "https:" + s
}

// SameButSlash reports whether two texts are one but for slashes at the end.
func SameButSlash(a, b string) bool { return strings.TrimRight(a, "/") == strings.TrimRight(b, "/") }

// Loopback reports whether a host is this machine by its name or address. A
// resolver may know such a name otherwise.
func Loopback(host string) bool {
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return a.Unmap().IsLoopback()
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
