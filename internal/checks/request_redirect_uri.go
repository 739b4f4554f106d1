package checks

import (
	"net/url"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func requestRedirectURI() Check {
	return Check{
		ID:      "request-redirect-uri",
		Subject: "redirect_uri",
		Rank:    490,
		Title:   "redirect_uri is exactly the registered one",
		Needs:   []evidence.Need{evidence.NeedRequest},
		Cites:   []finding.Citation{rfc(6749, "4.1.3"), rfc(6749, "3.1.2.3"), rfc(9700, "4.1.3")},
		Doc: "redirect_uri is compared as plain text, with the registered one and, in the token request, with that of the authorization request. " +
			"A slash, a letter's case, a port or an encoded character makes it another. One port is free: that of a registered loopback address (RFC 8252 section 7.3).",
		Causes: []Cause{
			{ID: "redirect-uri-mismatch", Title: "redirect_uri differs from the one registered or sent before", Severity: finding.Error,
				Why: "It is written down in several places (the provider's page, the configuration, the code that sends the second request), and the comparison is exact.",
				Fix: "Copy the registered redirect_uri to the character, and send the same text in both requests."},
		},
		Judge: judgeRedirectURI,
	}
}

// redirectURI is one place where a redirect_uri was told.
type redirectURI struct {
	value, where string
	at           []evidence.Place
}

func judgeRedirectURI(c *Ctx) Verdict {
	var token, before *redirectURI
	unknown := ""
	read := func(r *evidence.Request, where string) *redirectURI {
		p, ok := sent(r, "redirect_uri")
		if !ok {
			return nil
		}
		// Blanks at its ends are told as such by request-parameters.
		if p.Unknown != "" || leftOpen(r, p.Value) {
			unknown = orElse(p.Unknown, p.Unknown != "", "it holds a placeholder")
			return nil
		}
		return &redirectURI{strings.TrimSpace(p.Value), where, []evidence.Place{c.AtParam(r, p)}}
	}
	if r := c.request(); r != nil {
		if grant := grantOf(r); grant == "" || grant == "authorization_code" {
			token = read(r, "the token request's")
		}
	}
	if r, ok := c.Authorization.Get(); ok {
		before = read(r, "the authorization request's")
	}
	var registered *redirectURI
	if c.Expect.RedirectURI != "" {
		registered = &redirectURI{value: c.Expect.RedirectURI, where: "the registered one"}
	}
	first := before
	if first == nil {
		first = token
	}
	switch {
	case first == nil && unknown != "":
		return NotAsked("the value of redirect_uri is not known: %s", unknown)
	case first == nil:
		return NotAsked("there is no redirect_uri")
	}
	// The authorization request's is the one the server saw first; the token
	// request's must be the same text.
	var faults []*Fault
	if registered != nil && !(loopbackPort(first.value, registered.value)) {
		faults = append(faults, redirectsApart(first, registered))
	}
	if before != nil && token != nil {
		f := redirectsApart(token, before)
		if f != nil && len(faults) > 0 && faults[0] != nil && registered.value == token.value {
			f = nil // one of the two is wrong, and it has been told
		}
		faults = append(faults, f)
	}
	for _, u := range []*redirectURI{token, before} {
		if u != nil && encodedTwice(u.value) && !hasFault(faults) {
			plain, _ := url.QueryUnescape(u.value)
			faults = append(faults, Found("redirect-uri-mismatch", "%s redirect_uri is percent-encoded twice", u.where).
				Compare(u.value, plain).At(u.at...).Fix("Encode the value once: let the HTTP library do it."))
		}
	}
	if hasFault(faults) {
		return Faults("", faults...)
	}
	if registered == nil && (before == nil || token == nil) {
		return NotAsked("there is no other redirect_uri to compare it with").Give("--redirect-uri URI", "the authorization URL")
	}
	return Pass("redirect_uri is %s", first.value)
}

func hasFault(faults []*Fault) bool {
	for _, f := range faults {
		if f != nil {
			return true
		}
	}
	return false
}

func redirectsApart(a, want *redirectURI) *Fault {
	if a.value == want.value {
		return nil
	}
	f := Found("redirect-uri-mismatch", "%s redirect_uri differs from %s %s", a.where, want.where, uriApart(a.value, want.value)).
		Compare(a.value, want.value).At(a.at...).At(want.at...)
	if want.at == nil {
		return f.Fix("Send %s, or register the one that is sent.", want.value)
	}
	return f.Fix("Send %s in both requests.", want.value)
}

func encodedTwice(s string) bool {
	low := strings.ToLower(s)
	return !strings.Contains(s, "://") && strings.Contains(low, "%3a%2f%2f")
}

// uriParts are the parts of a URI as they are written.
type uriParts struct{ scheme, host, port, path, query, fragment string }

func splitURI(s string) uriParts {
	var p uriParts
	s, p.fragment, _ = strings.Cut(s, "#")
	s, p.query, _ = strings.Cut(s, "?")
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		p.scheme, p.path, _ = strings.Cut(s, ":")
		return p
	}
	p.scheme = scheme
	authority, path, slash := strings.Cut(rest, "/")
	p.path = orElse("/"+path, slash, "")
	p.host = authority
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		p.host, p.port = authority[:i], authority[i+1:]
	}
	return p
}

// loopbackPort tells two loopback addresses that differ by the port alone,
// which a native app chooses when it starts (RFC 8252 section 7.3).
func loopbackPort(a, registered string) bool {
	x, y := splitURI(a), splitURI(registered)
	switch x.host {
	case "127.0.0.1", "[::1]", "localhost":
		x.port = y.port
		return strings.EqualFold(x.scheme, "http") && x == y
	}
	return false
}

// uriApart names in words the first part by which two URIs differ.
func uriApart(a, want string) string {
	switch {
	case strings.EqualFold(a, want):
		return "by upper and lower case alone"
	case strings.TrimRight(a, "/") == strings.TrimRight(want, "/"):
		return "by a trailing slash alone"
	}
	if x, err := url.PathUnescape(a); err == nil {
		if y, err := url.PathUnescape(want); err == nil && (x == want || y == a || x == y) {
			return "by percent-encoding alone"
		}
	}
	x, y := splitURI(a), splitURI(want)
	differ := func(what, found, want string) string {
		if found == "" || want == "" {
			return "by the " + what + ": one has " + orElse(found, found != "", want) + ", the other none"
		}
		return "by the " + what + ": " + found + " is not " + want
	}
	switch {
	case x.scheme != y.scheme:
		return differ("scheme", x.scheme, y.scheme)
	case x.host != y.host && strings.TrimPrefix(x.host, "www.") == strings.TrimPrefix(y.host, "www."):
		return "by the host: www. stands before one of them"
	case x.host != y.host:
		return differ("host", x.host, y.host)
	case x.port != y.port:
		return differ("port", x.port, y.port)
	case strings.EqualFold(x.path, y.path) && x.path != y.path:
		return "by upper and lower case in the path"
	case strings.TrimRight(x.path, "/") == strings.TrimRight(y.path, "/") && x.path != y.path:
		return "by a slash at the end of the path"
	case x.path != y.path:
		return differ("path", x.path, y.path)
	case x.query != y.query:
		return differ("query", x.query, y.query)
	}
	return differ("fragment", x.fragment, y.fragment)
}
