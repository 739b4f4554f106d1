package compare

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// request compares method, URL, header fields and parameters.
func (c *comparison) request() {
	g, gok := c.good.Request.Get()
	b, bok := c.bad.Request.Get()
	if !gok || !bok {
		if gok != bok {
			c.Unseen = append(c.Unseen, "the request: only "+side(gok)+" side has one")
		}
		return
	}
	if g.Method != "" && b.Method != "" {
		c.put(AreaRequest, "method", text(methodAsSent(g)), text(methodAsSent(b)))
	} else if g.Method != b.Method {
		c.Unseen = append(c.Unseen, "the method: only "+side(g.Method != "")+" side shows it")
	}
	if g.Endpoint() != "" && b.Endpoint() != "" {
		c.put(AreaRequest, "URL", address(g, b, c.good), address(b, g, c.bad))
	} else if g.Endpoint() != b.Endpoint() {
		c.Unseen = append(c.Unseen, "the URL: only "+side(g.Endpoint() != "")+" side shows it")
	}
	if g.Version != "" && b.Version != "" {
		c.put(AreaRequest, "HTTP version", text(g.Version), text(b.Version))
	}
	if g.BodyKnown && b.BodyKnown {
		c.put(AreaRequest, "body", text(bodyWords(g)), text(bodyWords(b)))
	}
	if len(g.Redirects) > 0 || len(b.Redirects) > 0 {
		c.put(AreaRequest, "redirects", redirects(g, c.good), redirects(b, c.bad))
	}
	c.fields(g, b)
	c.params(g, b)
}

// methodAsSent is the method in the case it is in: it is case-sensitive
// (RFC 9110 section 9.1).
func methodAsSent(r *evidence.Request) string {
	if s := r.MethodSpan; s.Start >= 0 && s.Start < s.End && s.End <= len(r.Text) {
		if as := r.Text[s.Start:s.End]; strings.EqualFold(as, r.Method) {
			return as
		}
	}
	return r.Method
}

// address is the URL, compared as clients read it, and shown without
// credentials. The scheme is left out where the other side's is not known.
func address(r, other *evidence.Request, c view) value {
	cut := func(url string) string {
		if strings.HasPrefix(other.Endpoint(), "//") {
			if i := strings.Index(url, "//"); i >= 0 {
				return url[i:]
			}
		}
		return url
	}
	return value{has: true, is: cut(plainAddress(r.Endpoint())), shown: cut(c.ShownURL(r.Endpoint()))}
}

// plainAddress writes scheme and host without case and without the scheme's own
// port (RFC 3986 section 6.2.2.1, RFC 9110 section 4.2.3); where no scheme is
// given, a token endpoint's is https.
func plainAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return s
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	out := "//"
	if u.Scheme != "" {
		out = strings.ToLower(u.Scheme) + "://"
	}
	if u.User != nil {
		out += u.User.String() + "@"
	}
	return out + plainHost(u.Scheme, u.Host) + path
}

func plainHost(scheme, host string) string {
	host = strings.ToLower(strings.TrimSpace(host))
	if strings.EqualFold(scheme, "http") {
		return strings.TrimSuffix(host, ":80")
	}
	return strings.TrimSuffix(host, ":443")
}

func bodyWords(r *evidence.Request) string {
	switch r.Body.Kind {
	case evidence.BodyNone:
		return "none"
	case evidence.BodyForm:
		return "form-encoded"
	case evidence.BodyJSON:
		return "JSON"
	case evidence.BodyMultipart:
		return "multipart"
	}
	return "text"
}

// redirects is where the request was led; of the queries their names, since the
// values differ on their own or are secret.
func redirects(r *evidence.Request, c view) value {
	if len(r.Redirects) == 0 {
		return text("none")
	}
	var is, shown []string
	for _, d := range r.Redirects {
		names := ""
		if u, err := url.Parse(d.To); err == nil {
			query := u.Query()
			for _, name := range slices.Sorted(func(yield func(string) bool) {
				for name := range query {
					if !yield(name) {
						return
					}
				}
			}) {
				names += "&" + name + "=…"
			}
		}
		at, _, _ := strings.Cut(d.To, "?")
		is = append(is, fmt.Sprintf("%d %s %s", d.Status, plainAddress(at), names))
		to := c.ShownURL(d.To)
		if before, ok := strings.CutSuffix(to, "?…"); ok && names != "" {
			to = before + "?" + names[1:]
		}
		shown = append(shown, fmt.Sprintf("%d to %s", d.Status, to))
	}
	return value{has: true, is: strings.Join(is, ", "), shown: strings.Join(shown, ", ")}
}
