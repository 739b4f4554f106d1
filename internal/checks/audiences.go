package checks

import (
	"net/url"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// audience is one value of aud and what it is.
type audience struct {
	value string
	what  string // "the token URL", "the issuer", "the authorization endpoint", …
	env   string
	cite  []finding.Citation
}

// audiences is what the provider takes as aud in this case, what it takes in
// its other environments, and what else is known of its addresses.
type audiences struct {
	accepted  []audience
	elsewhere []audience // right in another environment than the one in use
	known     []audience // addresses of the provider that it does not take
	tolerant  bool       // a trailing slash does not count
	closed    bool       // accepted is all there is
	takesURL  bool
	takesIss  bool
	cite      []finding.Citation
	provider  string
	inUse     string // the environment in use, in words
	posted    bool   // the token URL is what the request was sent to, not what anybody named
}

func (c *Ctx) audiences() audiences {
	p := c.Profile
	accept := profile.AudAccept.In(c.Rules)
	a := audiences{
		tolerant: profile.AudSlash.In(c.Rules).V == "tolerant",
		closed:   profile.AudComplete.In(c.Rules).V,
		takesURL: slices.Contains(accept.V, "token-url"),
		takesIss: slices.Contains(accept.V, "issuer"),
		cite:     accept.Cite,
		provider: c.provider(),
	}
	listed := slices.Contains(accept.V, "listed")
	if accept.State == profile.Unset {
		a.takesURL, a.takesIss, listed = true, true, true
	}
	env, outside := c.environment()
	for _, e := range p.Envs {
		other := outside || env != "" && e.Name != env
		add := func(value, what string, taken bool) {
			if value == "" {
				return
			}
			au := audience{value, what, e.Name, e.Cite}
			switch {
			case taken && other:
				a.elsewhere = append(a.elsewhere, au)
			case taken:
				a.accepted = append(a.accepted, au)
			default:
				a.known = append(a.known, au)
			}
		}
		add(e.TokenURL, "the token URL", a.takesURL)
		add(e.Issuer, "the issuer", a.takesIss)
		for _, v := range e.Aud {
			add(v, "a documented value", listed)
		}
		add(e.Authorize, "the authorization endpoint", false)
		for name, v := range e.Endpoints {
			add(v, "the "+name+" endpoint", false)
		}
	}
	given := func(value, what string, taken bool) {
		if value == "" {
			return
		}
		au := audience{value: value, what: what}
		if taken {
			a.accepted = append([]audience{au}, a.accepted...)
			a.closed = true
		} else {
			a.known = append(a.known, au)
		}
	}
	given(c.Expect.Issuer, "the issuer given", a.takesIss)
	given(c.Expect.TokenURL, "the token URL given", a.takesURL)
	if posted := c.postedTo(); posted != "" && c.Expect.TokenURL == "" && (len(p.Envs) == 0 || outside) {
		given(posted, "the token URL of the request", a.takesURL)
		a.posted = true
	}
	values := profile.AudValues.In(c.Rules)
	for _, v := range values.V {
		a.accepted = append([]audience{{value: v, what: "an accepted value", cite: values.Cite}}, a.accepted...)
	}
	if values.Known() && len(accept.V) == 1 && listed {
		a.closed = true
	}
	a.inUse = env
	return a
}

// environment tells which documented environment is in use, by --env or by the
// token URL or issuer given; outside is true where those name an address of
// none of them and the provider's customers have addresses of their own.
func (c *Ctx) environment() (name string, outside bool) {
	if c.Expect.Env != "" {
		return c.Expect.Env, false
	}
	posted := c.postedTo()
	for _, given := range []string{c.Expect.TokenURL, c.Expect.Issuer, posted} {
		if given == "" {
			continue
		}
		for i, e := range c.Profile.Envs {
			for _, u := range []string{e.TokenURL, e.Issuer} {
				if given == posted && i > 0 {
					// Of an address and an aud that disagree, either may be the slip. The
					// one that is not of the first environment is taken for it; where that
					// is the address, the check of the request's URL tells it.
					continue
				}
				if u != "" && (sameButSlash(u, given) || host(u) != "" && host(u) == host(given)) {
					return e.Name, false
				}
			}
		}
		if len(c.Profile.Envs) > 0 && !profile.AudComplete.In(c.Rules).V {
			return "", true
		}
	}
	return "", false
}

// postedTo is the address of the token request; "" where it is not known, or
// is by its path none of a token endpoint (then it says nothing of aud).
func (c *Ctx) postedTo() string {
	r, ok := c.Request.Get()
	if !ok {
		return ""
	}
	u, ok := r.Address()
	if !ok || u.Scheme == "" || u.Host == "" || len(r.Redirects) > 0 {
		return ""
	}
	path := strings.TrimRight(u.Path, "/")
	if last := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:]); !strings.Contains(last, "token") {
		return ""
	}
	return r.Endpoint()
}

// words names what is expected, for the report.
func (a audiences) words() string {
	if len(a.accepted) == 0 {
		switch {
		case a.takesURL && !a.takesIss:
			return "the token URL"
		case a.takesIss && !a.takesURL:
			return "the issuer"
		}
		return "the token URL or the issuer"
	}
	var values []string
	for _, au := range a.accepted {
		if !slices.Contains(values, au.value) {
			values = append(values, au.value)
		}
	}
	if len(values) > 3 {
		values = values[:3]
	}
	return either(values)
}

func (a audiences) unknown() string {
	switch {
	case len(a.accepted) == 0:
		return "the token URL is not known, so aud cannot be compared"
	case a.takesIss && !a.knowsIssuer():
		return "aud may be the server's issuer, which is not known"
	}
	return "this address is none of the documented ones, and " + a.provider + "'s customers have their own"
}

func (a audiences) match(value string) (audience, bool) {
	for _, au := range a.accepted {
		if au.value == value || a.tolerant && sameButSlash(au.value, value) {
			return au, true
		}
	}
	return audience{}, false
}

// audMiss is the most specific way in which a value is not an accepted one.
type audMiss struct {
	cause                  finding.CauseID
	title, value, expected string
	rank                   int
	certainty              finding.Certainty
	cite                   []finding.Citation
}

// miss names the most specific cause for a value that is not accepted; nil
// where nothing can be said because the accepted values are not known.
func (a audiences) miss(c *Ctx, value string) *audMiss {
	m := func(rank int, cause finding.CauseID, title, expected string, cite ...finding.Citation) *audMiss {
		certainty := finding.Certain
		if a.posted {
			certainty = finding.Likely // a proxy may stand before the server
		}
		return &audMiss{cause, title, value, expected, rank, certainty, cite}
	}
	for _, au := range a.accepted {
		if sameButSlash(au.value, value) {
			return m(0, "aud-trailing-slash", "aud differs from "+au.what+" by a trailing slash alone", au.value, au.cite...)
		}
	}
	for _, au := range a.accepted {
		if diff := urlNearMiss(value, au.value); diff != "" {
			return m(1, "aud-near-miss", "aud differs from "+au.what+" "+diff, au.value, au.cite...)
		}
	}
	for _, au := range a.elsewhere {
		if sameButSlash(au.value, value) || urlNearMiss(value, au.value) != "" {
			title := "aud is " + au.what + " of " + a.provider + "'s environment " + au.env
			if a.inUse != "" {
				title += ", and " + a.inUse + " is in use"
			}
			return m(2, "aud-wrong-environment", title, a.words(), au.cite...)
		}
	}
	if strings.TrimSpace(value) != value {
		return m(1, "aud-near-miss", "aud "+ends(value)+" with white space", strings.TrimSpace(value))
	}
	for _, au := range a.known {
		if !sameButSlash(au.value, value) {
			continue
		}
		switch {
		case au.what == "the authorization endpoint":
			return m(3, "aud-authorize-endpoint", "aud is the authorization endpoint", a.words(), au.cite...)
		case strings.HasPrefix(au.what, "the token URL") && (a.takesIss || a.accepts("the issuer")):
			return m(3, "aud-token-url-not-accepted", "aud is the token URL; "+a.provider+" wants its issuer", a.words(), au.cite...)
		case strings.HasPrefix(au.what, "the issuer") && (a.takesURL || a.accepts("the token URL")):
			return m(3, "aud-issuer-not-accepted", "aud is the issuer; "+a.provider+" wants its token URL", a.words(), au.cite...)
		}
		if strings.HasSuffix(au.what, " endpoint") {
			return m(3, "aud-other-endpoint", "aud is "+au.what, a.words(), au.cite...)
		}
	}
	if miss := a.byPath(c, value); miss != nil {
		return miss
	}
	if iss, _ := c.claims().Text("iss"); value == iss || value == c.Expect.ClientID {
		return m(5, "aud-mismatch", "aud is the client ID, not the server", a.words())
	}
	if len(a.accepted) == 0 || !a.closed && !a.sameHost(value) {
		return nil
	}
	// Where the issuer would do and is not known, an address of the same site
	// may be it.
	if a.takesIss && !a.knowsIssuer() && a.sameSite(value) {
		return nil
	}
	return m(6, "aud-mismatch", "aud is not what "+a.provider+" expects", a.words())
}

// byPath recognises an endpoint by the form of its URL.
func (a audiences) byPath(c *Ctx, value string) *audMiss {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return nil
	}
	m := func(rank int, cause finding.CauseID, title string, certainty finding.Certainty) *audMiss {
		return &audMiss{cause, title, value, a.words(), rank, certainty, nil}
	}
	path := strings.TrimRight(u.Path, "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	same := a.sameHost(value)
	if last == "authorize" && (same || len(a.accepted) == 0 || !a.closed) {
		return m(4, "aud-authorize-endpoint", "aud is the authorization endpoint", finding.Certain)
	}
	if !same {
		return nil
	}
	if a.takesIss && !a.takesURL && last == "token" {
		return m(4, "aud-token-url-not-accepted", "aud is the token URL; "+a.provider+" wants its issuer", finding.Certain)
	}
	switch last {
	case "par", "introspect", "introspection", "revoke", "revocation", "userinfo", "jwks", "jwks.json", "certs", "register", "registration",
		"bc-authorize", "ciba", "device_authorization", "openid-configuration", "oauth-authorization-server", "smart-configuration", "logout", "end_session":
		return m(4, "aud-other-endpoint", "aud is the "+last+" endpoint", finding.Certain)
	}
	if a.takesURL && !a.takesIss && u.RawQuery == "" {
		for _, au := range a.accepted {
			if strings.HasPrefix(au.value, strings.TrimRight(value, "/")+"/") {
				return m(5, "aud-issuer-not-accepted", "aud is the server's base address, the form of an issuer; "+a.provider+" wants its token URL", finding.Likely)
			}
		}
	}
	return nil
}

// accepts tells whether a value that was listed one by one is known to be
// something of that sort.
func (a audiences) accepts(what string) bool {
	return slices.ContainsFunc(a.known, func(k audience) bool {
		if !strings.HasPrefix(k.what, what) {
			return false
		}
		_, ok := a.match(k.value)
		return ok
	})
}

func (a audiences) knowsIssuer() bool {
	return slices.ContainsFunc(a.accepted, func(au audience) bool { return strings.HasPrefix(au.what, "the issuer") })
}

// sameSite tells an address whose host ends in the same two names as one that
// is known, and which does not have the form of a token URL.
func (a audiences) sameSite(value string) bool {
	site := func(s string) string {
		names := strings.Split(host(s), ".")
		return strings.Join(names[max(0, len(names)-2):], ".")
	}
	if strings.HasSuffix(strings.TrimRight(value, "/"), "/token") || !isURL(value) {
		return false
	}
	return slices.ContainsFunc(a.accepted, func(au audience) bool { return site(au.value) == site(value) })
}

func (a audiences) sameHost(value string) bool {
	h := host(value)
	for _, list := range [][]audience{a.accepted, a.elsewhere, a.known} {
		for _, au := range list {
			if h != "" && h == host(au.value) {
				return true
			}
		}
	}
	return false
}

func host(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func sameButSlash(a, b string) bool {
	return strings.TrimRight(a, "/") == strings.TrimRight(b, "/")
}

// urlNearMiss tells in words how a value differs from the wanted one where it
// is by what a URL library or a copy changes.
func urlNearMiss(value, want string) string {
	trimmed := strings.TrimSpace(value)
	rest := trimmed
	var how []string
	if trimmed != value {
		how = append(how, "white space")
	}
	scheme := func(s string) (string, string) {
		if s, ok := strings.CutPrefix(s, "https://"); ok {
			return "https", s
		}
		if s, ok := strings.CutPrefix(s, "http://"); ok {
			return "http", s
		}
		return "", s
	}
	lowScheme, low := scheme(strings.ToLower(rest))
	wantScheme, wantLow := scheme(strings.ToLower(want))
	if lowScheme != wantScheme {
		how = append(how, "scheme")
	}
	hostPart := func(s string) (string, string) {
		if i := strings.IndexByte(s, '/'); i >= 0 {
			return s[:i], s[i:]
		}
		return s, ""
	}
	h, path := hostPart(low)
	wh, wpath := hostPart(wantLow)
	stripPort := func(h string) string {
		if i := strings.LastIndexByte(h, ':'); i > 0 && strings.Trim(h[i+1:], "0123456789") == "" {
			return h[:i]
		}
		return h
	}
	if h != wh && stripPort(h) == stripPort(wh) {
		how, h, wh = append(how, "port"), stripPort(h), stripPort(wh)
	}
	squeeze := func(s string) string {
		for strings.Contains(s, "//") {
			s = strings.ReplaceAll(s, "//", "/")
		}
		return s
	}
	if path != wpath && squeeze(path) != path || squeeze(wpath) != wpath && path != wpath {
		if squeeze(path) == squeeze(wpath) || sameButSlash(squeeze(path), squeeze(wpath)) {
			how = append(how, "double slash")
			path, wpath = squeeze(path), squeeze(wpath)
		}
	}
	if path != wpath && sameButSlash(path, wpath) {
		how = append(how, "trailing slash")
		path, wpath = strings.TrimRight(path, "/"), strings.TrimRight(wpath, "/")
	}
	if h != wh || path != wpath {
		return ""
	}
	// What is left the same in lower case differs, if at all, by case.
	if len(how) == 0 {
		if trimmed == want {
			return ""
		}
		return "by upper and lower case alone"
	}
	return "by " + list(how) + " alone"
}
