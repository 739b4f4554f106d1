package checks

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	addr "github.com/assertionworks/jwtdoctor/internal/address"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// audience is one address or value that aud may name, rightly or not.
type audience struct {
	sort  audSort
	from  audSource
	value string
	name  string // of an endpoint: par, introspection
	env   string
	cite  []finding.Citation
}

// audSort is what a value is.
type audSort uint8

const (
	listedValue audSort = iota
	tokenURL
	issuerURL
	authorizeURL
	otherURL
)

// audSource is who names a value.
type audSource uint8

const (
	byProfile audSource = iota
	byFlag
	byRequest
	byDiscovery
)

// what says in words what the value is.
func (au audience) what() string {
	words := "a documented value"
	switch au.sort {
	case listedValue:
		if au.env == "" {
			return "an accepted value"
		}
	case tokenURL:
		words = "the token URL"
	case issuerURL:
		words = "the issuer"
	case authorizeURL:
		words = "the authorization endpoint"
	case otherURL:
		return "the " + au.name + " endpoint"
	}
	switch au.from {
	case byFlag:
		return words + " given"
	case byRequest:
		return words + " of the request"
	case byDiscovery:
		return words + " in the discovery document"
	}
	return words
}

// audiences is what the provider accepts as aud in this case. The accepted
// values are not gathered but visited: most assertions have a right one.
type audiences struct {
	c         *Ctx
	accept    profile.Value[[]string]
	values    profile.Value[[]string]
	tolerant  bool // a trailing slash does not count
	takesURL  bool
	takesIss  bool
	listed    bool
	inUse     string // the environment in use, "" where nothing says which
	outside   bool   // an address of none of them is in use
	posted    string // what the request was sent to, where nobody named the token URL
	discovery discovery
	follows   string // what follows the issuer in aud
}

func (c *Ctx) audiences() audiences {
	a := audiences{c: c, accept: profile.AudAccept.In(c.Rules), values: profile.AudValues.In(c.Rules),
		tolerant: profile.AudSlash.In(c.Rules).V == "tolerant"}
	if typed := profile.AudTyped.In(c.Rules); typed.Known() && c.saysRFC10070() {
		a.accept = typed
	}
	if a.accept.State == profile.Unset {
		a.takesURL, a.takesIss, a.listed = true, true, true
	}
	for _, way := range a.accept.V {
		switch way {
		case "token-url":
			a.takesURL = true
		case "issuer":
			a.takesIss = true
		case "listed":
			a.listed = true
		}
	}
	a.follows = profile.AudIssuerPath.In(c.Rules).V
	a.inUse, a.outside = c.environment()
	if posted := c.postedTo(); posted != "" && c.Expect.TokenURL == "" && (len(c.Profile.Envs) == 0 || !c.knowsAddress(posted)) {
		a.posted = posted
	}
	for i := range c.Profile.Envs {
		if !a.outside && c.Profile.Envs[i].TokenURL == a.posted {
			a.posted = "" // it is documented
		}
	}
	if d, ok := c.Discovery.Get(); ok && d != nil && d.Doc != nil {
		a.discovery = discovery{d}
	}
	return a
}

// each visits what is known of addresses and values until a visit returns
// false: first what was named for this very case, then what is documented.
// Accepted is false for what aud must not be. It allocates nothing.
func (a *audiences) each(visit func(au audience, accepted, elsewhere bool) bool) {
	for _, v := range a.values.V {
		if !visit(audience{value: v, cite: a.values.Cite}, true, false) {
			return
		}
	}
	expect := &a.c.Expect
	given := [...]audience{
		{sort: tokenURL, from: byFlag, value: expect.TokenURL},
		{sort: tokenURL, from: byRequest, value: a.posted},
		{sort: tokenURL, from: byDiscovery, value: a.discovered(tokenURL)},
		{sort: issuerURL, from: byFlag, value: a.issuer(expect.Issuer)},
		{sort: issuerURL, from: byDiscovery, value: a.discovered(issuerURL)},
		{sort: authorizeURL, from: byDiscovery, value: a.discovered(authorizeURL)},
	}
	for i := range given {
		if given[i].value != "" && !visit(given[i], a.takes(given[i].sort), false) {
			return
		}
	}
	for i := range a.c.Profile.Envs {
		e := &a.c.Profile.Envs[i]
		other := a.outside || a.inUse != "" && e.Name != a.inUse
		documented := [...]audience{{sort: tokenURL, value: e.TokenURL}, {sort: issuerURL, value: a.issuer(e.Issuer)}, {sort: authorizeURL, value: e.Authorize}}
		for _, au := range documented {
			au.env, au.cite = e.Name, e.Cite
			if au.value != "" && !visit(au, a.takes(au.sort) && !other, a.takes(au.sort) && other) {
				return
			}
		}
		for _, v := range e.Aud {
			if !visit(audience{value: v, env: e.Name, cite: e.Cite}, a.listed && !other, a.listed && other) {
				return
			}
		}
	}
}

// issuer is an issuer as aud names it.
func (a *audiences) issuer(url string) string {
	return profile.AudOfIssuer(url, a.follows)
}

func (a *audiences) takes(sort audSort) bool {
	return sort == tokenURL && a.takesURL || sort == issuerURL && a.takesIss || sort == listedValue && a.listed
}

// discovered is an address of the discovery document, "" where there is none.
func (a *audiences) discovered(sort audSort) string {
	if a.discovery.Discovery == nil {
		return ""
	}
	switch sort {
	case tokenURL:
		return a.discovery.TokenEndpoint
	case issuerURL:
		if strings.ContainsAny(a.discovery.Issuer, "{}") {
			return "" // a template for many tenants
		}
		return a.issuer(a.discovery.Issuer)
	case authorizeURL:
		return a.discovery.AuthorizationEndpoint
	}
	return ""
}

// match returns the accepted value that aud is, where it is one.
func (a audiences) match(value string) (hit audience, ok bool) {
	a.each(func(au audience, accepted, _ bool) bool {
		if accepted && (au.value == value || a.tolerant && sameButSlash(au.value, value)) {
			hit, ok = au, true
		}
		return !ok
	})
	return hit, ok
}

// environment returns which documented environment is in use, by --env or by the
// token URL or issuer given; outside is true where those name an address of
// none of them and the provider's customers have their own addresses.
func (c *Ctx) environment() (name string, outside bool) {
	if c.Expect.Env != "" {
		return c.Expect.Env, false
	}
	posted := c.postedTo()
	for _, given := range []string{c.Expect.TokenURL, c.Expect.Issuer, posted} {
		if given == "" {
			continue
		}
		envs := c.Profile.Envs
		if given == posted {
			// Where an address and an aud disagree, either may be wrong. The one
			// that is not of the first environment is taken to be; where that is
			// the address, the check of the request's URL says so.
			envs = envs[:min(1, len(envs))]
		}
		for i := range envs {
			if e := &envs[i]; e.TokenURL != "" && sameButSlash(e.TokenURL, given) || e.Issuer != "" && sameButSlash(e.Issuer, given) {
				return e.Name, false
			}
		}
		for i := range envs {
			if e := &envs[i]; c.hostOfOne(e, given) {
				return e.Name, false
			}
		}
		if len(c.Profile.Envs) > 0 && !c.knowsAddress(given) {
			return "", true
		}
	}
	return "", false
}

// hostOfOne reports whether an address is on the host of this environment and of
// no other: two that share a host are told apart by their paths only.
func (c *Ctx) hostOfOne(env *profile.Environment, given string) bool {
	h := host(given)
	on := func(e *profile.Environment) bool { return h != "" && (host(e.TokenURL) == h || host(e.Issuer) == h) }
	if !on(env) {
		return false
	}
	for i := range c.Profile.Envs {
		if e := &c.Profile.Envs[i]; e.Name != env.Name && on(e) {
			return false
		}
	}
	return true
}

// known is the audiences gathered into lists, for an aud that is none of the
// accepted ones.
type known struct {
	*audiences
	accepted  []audience
	elsewhere []audience // right in another environment than the one in use
	others    []audience // addresses of the provider that it does not accept
}

func (a *audiences) lists() known {
	k := known{audiences: a}
	a.each(func(au audience, accepted, elsewhere bool) bool {
		switch {
		case accepted:
			k.accepted = append(k.accepted, au)
		case elsewhere:
			k.elsewhere = append(k.elsewhere, au)
		default:
			k.others = append(k.others, au)
		}
		return true
	})
	for _, e := range a.c.Profile.Envs {
		for _, name := range slices.Sorted(maps.Keys(e.Endpoints)) {
			k.others = append(k.others, audience{sort: otherURL, name: name, value: e.Endpoints[name], env: e.Name, cite: e.Cite})
		}
	}
	return k
}

// closed reports whether the accepted values are all there are, so that any
// other is wrong: the profile says so, or this case names the address in use.
func (k *known) closed() bool {
	switch {
	case len(k.accepted) == 0, k.takesURL && !k.has(tokenURL):
		return false
	case k.settled():
		return true
	}
	return profile.AudComplete.In(k.c.Rules).V
}

// outOfPlace reports whether a value of aud cannot be right, though not every
// address of the provider is known: it is on none of its hosts, or on one whose
// address is known.
func (k *known) outOfPlace(value string) bool {
	return len(k.accepted) > 0 && profile.AudHosts.In(k.c.Rules).Known() && k.c.knowsAddress(value)
}

// knowsAddress reports whether an address that the profile does not list is no
// address of the provider's: it lists all there are, or names the hosts they are
// all on.
func (c *Ctx) knowsAddress(value string) bool {
	if profile.AudComplete.In(c.Rules).V {
		return true
	}
	hosts := profile.AudHosts.In(c.Rules)
	if h := host(value); hosts.Known() && slices.ContainsFunc(hosts.V, func(pattern string) bool { return addr.Below(h, pattern) }) {
		return slices.ContainsFunc(c.Profile.Envs, func(e profile.Environment) bool { return host(e.TokenURL) == h || host(e.Issuer) == h })
	}
	return hosts.Known()
}

// settled reports whether this very case says which address is in use: by a
// flag, by the request or by a discovery document.
func (k *known) settled() bool {
	if k.values.ByUser() {
		return true
	}
	if k.accept.State == profile.Unknown {
		return false // no document says what aud must be
	}
	return k.c.Expect.TokenURL != "" || k.discovered(tokenURL) != "" || k.c.postedTo() != "" || k.c.Expect.Issuer != "" && !k.takesURL
}

// has reports whether a value of that sort is accepted.
func (k *known) has(sort audSort) bool {
	return slices.ContainsFunc(k.accepted, func(au audience) bool { return au.sort == sort })
}

// words names what is expected, for the report.
func (k *known) words() string {
	if len(k.accepted) == 0 {
		switch {
		case k.takesURL && !k.takesIss:
			return "the token URL"
		case k.takesIss && !k.takesURL:
			return "the issuer"
		}
		return "the token URL or the issuer"
	}
	return either(k.distinct(3))
}

// distinct lists the accepted values, each once, at most so many.
func (k *known) distinct(most int) []string {
	var values []string
	for _, au := range k.accepted {
		if len(values) < most && !slices.Contains(values, au.value) {
			values = append(values, au.value)
		}
	}
	return values
}

// best is the value to set aud to; "" where customers have addresses of their
// own and nothing says which is in use. Of several environments it is the one
// that aud belongs to, by its name or host, else the first, the default.
func (k *known) best(value, env string) string {
	if len(k.accepted) == 0 {
		return ""
	}
	first := k.accepted[0]
	switch {
	case len(k.values.V) > 0: // accepted in every environment
		return k.values.V[0]
	case first.from != byProfile:
		return first.value
	}
	env = cmp.Or(k.inUse, env, k.postedEnvironment())
	for _, au := range k.accepted {
		if env != "" && au.env == env || env == "" && host(value) != "" && host(au.value) == host(value) {
			return au.value
		}
	}
	if !k.closed() && !profile.AudHosts.In(k.c.Rules).Known() {
		return ""
	}
	return first.value
}

// postedEnvironment is the documented environment that the request was sent to,
// "" where it is not known.
func (k *known) postedEnvironment() string {
	posted := k.c.postedTo()
	for _, e := range k.c.Profile.Envs {
		if posted != "" && (host(e.TokenURL) == host(posted) || host(e.Issuer) == host(posted)) {
			return e.Name
		}
	}
	return ""
}

// unknown says why nothing can be said of an aud.
func (k *known) unknown() string {
	switch {
	case len(k.accepted) == 0 && k.c.Profile.Carrier == profile.CarrierBearer:
		return "no document says which aud the API accepts"
	case len(k.accepted) == 0:
		return "the token URL is not known, so aud cannot be compared"
	case k.takesURL && !k.has(tokenURL):
		return "aud may be the token URL, which is not known"
	case k.takesIss && !k.has(issuerURL):
		return "aud may be the server's issuer, which is not known"
	}
	return "this is not one of the documented addresses, and customers have their own"
}

// sameSite reports whether the host of an address ends in the same two names as
// one that is known, and the address does not have the form of a token URL.
func (k *known) sameSite(value string) bool {
	site := func(s string) string {
		names := strings.Split(host(s), ".")
		return strings.Join(names[max(0, len(names)-2):], ".")
	}
	if strings.HasSuffix(strings.TrimRight(value, "/"), "/token") || !isURL(value) {
		return false
	}
	return slices.ContainsFunc(k.accepted, func(au audience) bool { return site(au.value) == site(value) })
}

// sameHost reports whether the address has the host of one that is known.
func (k *known) sameHost(value string) bool {
	h := host(value)
	if h == "" {
		return false
	}
	for _, list := range [][]audience{k.accepted, k.elsewhere, k.others} {
		if slices.ContainsFunc(list, func(au audience) bool { return host(au.value) == h }) {
			return true
		}
	}
	return false
}
