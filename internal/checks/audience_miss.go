package checks

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	addr "github.com/assertionworks/jwtdoctor/internal/address"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// audMiss is the most specific way in which a value is not an accepted one.
type audMiss struct {
	cause     finding.CauseID
	title     string
	value     string
	right     string // what to set aud to, "" if that is not one value
	rank      int    // the most specific first
	certainty finding.Certainty
	cite      []finding.Citation
	severity  finding.Severity // empty for that of the cause
}

// miss names the most specific cause for a value that is not accepted; nil
// where nothing can be said because the accepted values are not known.
func (k *known) miss(value string) *audMiss {
	certainty := finding.Certain
	if k.posted != "" {
		certainty = finding.Likely // a proxy may be in front of the server
	}
	m := func(rank int, cause finding.CauseID, title, right string, cite []finding.Citation) *audMiss {
		return &audMiss{cause: cause, title: title, value: value, right: right, rank: rank, certainty: certainty, cite: cite}
	}
	for _, au := range k.accepted {
		if sameButSlash(au.value, value) {
			extra := "aud lacks the trailing slash of "
			if len(value) > len(au.value) {
				extra = "aud has an extra trailing slash; it must be exactly "
			}
			return m(0, "aud-trailing-slash", extra+au.what(), au.value, au.cite)
		}
	}
	slash := profile.AudSlash.In(k.c.Rules)
	lacking := slash.V == "required" && onlyHost(value)
	if lacking && (k.sameHost(value) || !k.anyAddress()) {
		miss := m(0, "aud-trailing-slash", "aud lacks its trailing slash; "+k.owner()+" requires it", value+"/", slash.Cite)
		if !k.sameHost(value) && !k.c.onProviderHost(value) {
			miss.certainty = finding.Likely // it may not be the right address either
		}
		return miss
	}
	trimmed := strings.TrimSpace(value)
	for _, au := range k.accepted {
		if trimmed != value && trimmed == au.value {
			return m(1, "aud-near-miss", "aud "+ends(value)+" with "+edgeName(value)+"; without it, it is "+au.what(), au.value, au.cite)
		}
		if diff := urlNearMiss(value, au.value); diff != "" {
			return m(1, "aud-near-miss", "aud differs from "+au.what()+" "+diff, au.value, au.cite)
		}
	}
	for _, au := range k.elsewhere {
		if sameButSlash(au.value, value) || urlNearMiss(value, au.value) != "" {
			title := "aud is " + au.what() + " of " + k.owner() + "'s environment " + au.env
			if k.inUse != "" {
				title += ", and " + k.inUse + " is in use"
			}
			return m(2, "aud-wrong-environment", title, k.best("", ""), au.cite)
		}
	}
	if trimmed != value {
		right := trimmed
		if k.closed() {
			right = orElse(k.best("", ""), k.best("", "") != "", trimmed) // without it, it would be wrong as well
		} else if k.miss(trimmed) != nil {
			right = k.best("", "") // as would the rest of it
		}
		return m(1, "aud-near-miss", "aud "+ends(value)+" with "+edgeName(value), right, nil)
	}
	if miss := k.ofAnotherSort(value, m); miss != nil {
		return miss
	}
	if miss := k.byPath(value); miss != nil {
		return miss
	}
	if k.c.namesClient(value) {
		return m(5, "aud-mismatch", "aud is the client ID, not the server", k.best("", ""), nil)
	}
	// Where the issuer would do and is not known, an address of the same site
	// may be it.
	if lacking {
		return m(6, "aud-mismatch", "aud is not what "+k.owner()+" expects", k.best(value, ""), slash.Cite)
	}
	if !k.closed() && !k.outOfPlace(value) || k.takesIss && !k.has(issuerURL) && k.sameSite(value) {
		return nil
	}
	return m(6, "aud-mismatch", "aud is not what "+k.owner()+" expects", k.best(value, ""), nil)
}

// namesClient reports whether a value is the client ID: the one given, or iss where
// that has to be the client and no other party.
func (c *Ctx) namesClient(value string) bool {
	if value == "" || value == c.Expect.ClientID {
		return value != ""
	}
	iss, _ := c.claims().Text("iss")
	_, vouched := c.federated()
	return value == iss && profile.IssIsClientID.In(c.Rules).V && !vouched
}

// onlyHost reports whether an address ends with the name of its host.
func onlyHost(value string) bool {
	u, err := url.Parse(value)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.Path == "" && u.RawQuery == "" && u.Fragment == "" && !strings.HasSuffix(value, "?") && !strings.HasSuffix(value, "#")
}

// anyAddress reports whether anything names an address of the server: a flag, the
// request, a discovery document or the profile.
func (k *known) anyAddress() bool { return len(k.accepted)+len(k.elsewhere)+len(k.others) > 0 }

// onProviderHost reports whether an address is on one of the hosts by which the provider
// is recognised.
func (c *Ctx) onProviderHost(value string) bool {
	h := host(value)
	return h != "" && slices.ContainsFunc(c.Profile.Recognise.Hosts, func(pattern string) bool { return addr.Below(h, pattern) })
}

// refusesAud reports whether a value of aud is one that the provider does not accept.
func (c *Ctx) refusesAud(value string) bool {
	a := c.audiences()
	if _, ok := a.match(value); ok {
		return false
	}
	k := a.lists()
	return k.miss(value) != nil
}

// owner names whose audiences these are: the provider's, or those of --aud.
func (k *known) owner() string { return who(k.c, k.values) }

// ofAnotherSort recognizes an address of the provider that is not the one it wants.
func (k *known) ofAnotherSort(value string, m func(int, finding.CauseID, string, string, []finding.Citation) *audMiss) *audMiss {
	for _, au := range k.others {
		if !sameButSlash(au.value, value) {
			continue
		}
		right := k.best(value, au.env)
		m := m
		if k.seenToWork(au.value) {
			m = func(rank int, cause finding.CauseID, title, right string, cite []finding.Citation) *audMiss {
				return &audMiss{cause: cause, title: title + ", which was seen to work all the same", value: value, right: right, rank: rank,
					certainty: finding.Likely, cite: cite, severity: finding.Warning}
			}
		}
		switch {
		case au.sort == authorizeURL:
			return m(3, "aud-authorize-endpoint", "aud is the authorization endpoint", right, au.cite)
		case au.sort == tokenURL && (k.takesIss || k.hasListed(issuerURL)):
			return m(3, "aud-token-url-not-accepted", "aud is the token URL; "+k.owner()+" expects its issuer", right, au.cite)
		case au.sort == issuerURL && (k.takesURL || k.hasListed(tokenURL)):
			return m(3, "aud-issuer-not-accepted", "aud is the issuer; "+k.owner()+" expects its token URL", right, au.cite)
		case au.sort == otherURL:
			return m(3, "aud-other-endpoint", "aud is "+au.what(), right, au.cite)
		}
	}
	return nil
}

// seenToWork reports whether the provider's server was seen to accept a value of
// aud that its documents do not name.
func (k *known) seenToWork(value string) bool {
	return slices.ContainsFunc(k.c.Profile.Envs, func(e profile.Environment) bool { return slices.Contains(e.AudSeen, value) })
}

// hasListed reports whether a value that was listed one by one is known to be of
// that sort.
func (k *known) hasListed(sort audSort) bool {
	return slices.ContainsFunc(k.others, func(au audience) bool {
		_, ok := k.match(au.value)
		return ok && au.sort == sort
	})
}

// mayFollow reports whether an address has the form of an issuer that is not known
// with the path after it that the provider asks for, on a host where its issuers are.
func (k *known) mayFollow(u *url.URL) bool {
	if k.follows == "" || !strings.HasSuffix(u.Path, k.follows) {
		return false
	}
	hosts := profile.AudHosts.In(k.c.Rules)
	return !hosts.Known() || slices.ContainsFunc(hosts.V, func(pattern string) bool { return addr.Below(u.Host, pattern) })
}

// byPath recognizes an endpoint by the form of its URL.
func (k *known) byPath(value string) *audMiss {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		return nil
	}
	m := func(rank int, cause finding.CauseID, title string, certainty finding.Certainty) *audMiss {
		return &audMiss{cause: cause, title: title, value: value, right: k.best(value, ""), rank: rank, certainty: certainty}
	}
	path := strings.TrimRight(u.Path, "/")
	last := path[strings.LastIndexByte(path, '/')+1:]
	same := k.sameHost(value)
	if last == "authorize" && (same || !k.closed()) {
		return m(4, "aud-authorize-endpoint", "aud is the authorization endpoint", finding.Certain)
	}
	if k.takesIss && !k.takesURL && !k.listed && len(k.accepted) == 0 && endsInToken(u.Path) && !k.mayFollow(u) {
		// The server's own issuer is not known; none has the path of a token endpoint.
		return m(4, "aud-token-url-not-accepted", "aud looks like a token URL; "+k.owner()+" expects the server's issuer", finding.Likely)
	}
	if !same {
		return nil
	}
	if k.takesIss && !k.takesURL && k.follows == "" && last == "token" {
		return m(4, "aud-token-url-not-accepted", "aud is the token URL; "+k.owner()+" expects its issuer", finding.Certain)
	}
	switch last {
	case "par", "introspect", "introspection", "revoke", "revocation", "userinfo", "jwks", "jwks.json", "certs", "register", "registration",
		"bc-authorize", "ciba", "device_authorization", "openid-configuration", "oauth-authorization-server", "smart-configuration", "logout", "end_session":
		return m(4, "aud-other-endpoint", "aud is the "+last+" endpoint", finding.Certain)
	}
	if k.takesURL && !k.takesIss && u.RawQuery == "" {
		for _, au := range k.accepted {
			if strings.HasPrefix(au.value, strings.TrimRight(value, "/")+"/") {
				miss := m(5, "aud-issuer-not-accepted", "aud is the server's base address, the form of an issuer; "+k.owner()+" expects its token URL", finding.Likely)
				miss.right = cmp.Or(miss.right, au.value)
				return miss
			}
		}
	}
	return nil
}
