package address

import "strings"

// Loose is an address as it is found in a text that need not be a URL: without
// scheme, port and slashes at the end.
type Loose struct {
	Host string // in lower case, with a dot in it
	Path string // in its own case, from "/" on
}

// ParseLoose finds host and path, forgiving a missing scheme, case, a port and
// slashes; ok is false if the text names no host.
func ParseLoose(s string) (a Loose, ok bool) {
	s = strings.TrimSpace(s)
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	s, _, _ = strings.Cut(s, "#")
	s, _, _ = strings.Cut(s, "?")
	host, path, _ := strings.Cut(s, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	host, _, _ = strings.Cut(host, ":")
	host = strings.ToLower(strings.TrimRight(host, "."))
	if !strings.Contains(host, ".") || len(host) > 253 || strings.ContainsAny(host, " \t\r\n,;'\"<>{}[]\\") {
		return Loose{}, false
	}
	return Loose{host, "/" + strings.Trim(path, "/")}, true
}

// Same reports whether two are one; the case of the path does not count.
func (a Loose) Same(b Loose) bool { return a.Host == b.Host && strings.EqualFold(a.Path, b.Path) }

// Below reports whether a host matches a pattern: a name, or *.name for every
// one below it.
func Below(host, pattern string) bool {
	if below, wild := strings.CutPrefix(pattern, "*."); wild {
		return strings.HasSuffix(host, "."+below)
	}
	return host == pattern
}
