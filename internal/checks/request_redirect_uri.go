package checks

import (
	"net/url"
	"strings"

	addr "github.com/assertionworks/jwtdoctor/internal/address"

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
			"A slash, a letter's case, a port or an encoded character makes it a different one. One port is free: that of a registered loopback address (RFC 8252 section 7.3).",
		Causes: []Cause{
			{ID: "redirect-uri-mismatch", Title: "redirect_uri differs from the one registered or sent before", Severity: finding.Error,
				Why: "It is configured in several places (at the provider, in the settings, in the code that sends the second request), and it must match exactly.",
				Fix: "Copy the registered redirect_uri exactly, and send the same text in both requests."},
		},
		Judge: judgeRedirectURI,
	}
}

// redirectURI is a redirect_uri and where it is from.
type redirectURI struct {
	value string
	from  redirectFrom
	at    evidence.Place
}

type redirectFrom uint8

const (
	ofTokenRequest redirectFrom = iota
	ofAuthorization
	ofRegistration
)

func (f redirectFrom) words() string {
	return [...]string{"the token request's", "the authorization request's", "the registered one"}[f]
}

func judgeRedirectURI(c *Ctx) Verdict {
	var token, before *redirectURI
	unknown := ""
	read := func(r *evidence.Request, from redirectFrom) *redirectURI {
		p, ok := sent(r, "redirect_uri")
		if !ok {
			return nil
		}
		if p.Unknown != "" || leftOpen(r, p.Value) {
			unknown = orElse(p.Unknown, p.Unknown != "", "it has a placeholder in it")
			return nil
		}
		// request-parameters reports whitespace at its ends.
		return &redirectURI{strings.TrimSpace(p.Value), from, c.AtParam(r, p)}
	}
	if r := c.request(); r != nil {
		if grant := grantOf(r); grant == "" || grant == "authorization_code" {
			token = read(r, ofTokenRequest)
		}
	}
	if r, ok := c.Authorization.Get(); ok {
		before = read(r, ofAuthorization)
	}
	first := before
	if first == nil {
		first = token
	}
	switch {
	case first == nil && unknown != "":
		return NotAsked("the value of redirect_uri is not known: %s", unknown).For(finding.WhyNotGiven)
	case first == nil:
		return NotAsked("redirect_uri is missing")
	}
	if faults := c.redirectFaults(token, before); len(faults) > 0 {
		return Faults("", faults...)
	}
	if c.Expect.RedirectURI == "" && (before == nil || token == nil) {
		return NotAsked("no other redirect_uri to compare it with").Give("--redirect-uri URI", "the authorization URL")
	}
	return Pass("redirect_uri is %s", first.value)
}

// redirectFaults compares both with the registered one, which is known to be
// right, else the token request's with the authorization request's, which the
// server saw first.
func (c *Ctx) redirectFaults(token, before *redirectURI) []*Fault {
	var faults []*Fault
	add := func(f *Fault) {
		if f != nil {
			faults = append(faults, f)
		}
	}
	right := c.Expect.RedirectURI
	for _, u := range [...]*redirectURI{before, token} {
		switch {
		case u == nil, right == "", u.value == right, loopbackPort(u.value, right):
		case u == token && before != nil && before.value == token.value:
			faults[0].At(token.at) // one value at fault, sent in both requests
		default:
			add(redirectsApart(u, &redirectURI{value: right, from: ofRegistration}))
		}
	}
	if before != nil && token != nil && len(faults) == 0 {
		add(redirectsApart(token, before))
	}
	for _, u := range [...]*redirectURI{token, before} {
		if u == nil || len(faults) > 0 || !encodedTwice(u.value) {
			continue
		}
		plain, _ := url.QueryUnescape(u.value)
		f := Found("redirect-uri-mismatch", "%s redirect_uri is percent-encoded twice", u.from.words()).Compare(u.value, plain).At(u.at).
			About(Detail{Name: "redirect_uri", Value: u.value, Right: plain}).Fix("Encode the value once: let the HTTP library do it.")
		if u.from == ofTokenRequest {
			f.Set(finding.PartRequest, "redirect_uri", plain)
		}
		add(f)
	}
	return faults
}

func redirectsApart(a, want *redirectURI) *Fault {
	if a.value == want.value {
		return nil
	}
	f := Found("redirect-uri-mismatch", "%s redirect_uri differs from %s %s", a.from.words(), want.from.words(), uriApart(a.value, want.value)).
		Compare(a.value, want.value).At(a.at).About(Detail{Name: "redirect_uri", Value: a.value, Right: want.value})
	if want.from == ofRegistration {
		f.Fix("Send %s.", want.value)
	} else {
		f.At(want.at).Fix("Send %s in both requests.", want.value)
	}
	if a.from == ofTokenRequest {
		f.Set(finding.PartRequest, "redirect_uri", want.value)
	}
	return f
}

func encodedTwice(s string) bool {
	return !strings.Contains(s, "://") && strings.Contains(strings.ToLower(s), "%3a%2f%2f")
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

// loopbackPort reports whether two loopback addresses differ only by the port,
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

// uriApart says by which part two URIs differ; of several, the first.
func uriApart(a, want string) string {
	switch {
	case strings.EqualFold(a, want):
		return "only by upper and lower case"
	case strings.TrimRight(a, "/") == strings.TrimRight(want, "/"):
		return "only by a trailing slash"
	}
	if x, err := url.PathUnescape(a); err == nil {
		if y, err := url.PathUnescape(want); err == nil && (x == want || y == a || x == y) {
			return "only by percent-encoding"
		}
	}
	x, y := splitURI(a), splitURI(want)
	differ := func(what, found, want string) string {
		if found == "" || want == "" {
			return "by the " + what + ": only one of them has " + orElse(found, found != "", want)
		}
		return "by the " + what + ": " + found + " is not " + want
	}
	switch {
	case x.scheme != y.scheme:
		return differ("scheme", x.scheme, y.scheme)
	case x.host != y.host && strings.TrimPrefix(x.host, "www.") == strings.TrimPrefix(y.host, "www."):
		return "by the host: only one of them begins with www."
	case x.host != y.host:
		return differ("host", x.host, y.host)
	case x.port != y.port && !(addr.Loopback(x.host) && x.path != y.path):
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
