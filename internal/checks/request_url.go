package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestURL() Check {
	return Check{
		ID:      "request-url",
		Subject: "URL",
		Rank:    30,
		Title:   "The URL is the token endpoint",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		Params:  []profile.Ref{profile.AudComplete.Ref()},
		Cites:   []finding.Citation{rfc(6749, "3.2"), rfc(8414, "2")},
		Doc: "A server has one address for tokens and others for authorization, introspection and the like, and each environment has its own. " +
			"A request to the wrong one is answered with 404, a login page, or invalid_client, because the client and its keys are unknown there.",
		Causes: []Cause{
			{ID: "url-authorize-endpoint", Title: "the request goes to the authorization endpoint", Severity: finding.Error,
				Why:   "The authorize URL was copied in place of the token URL; the two stand side by side in every configuration.",
				Fix:   "Send the request to the token endpoint.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"url-not-token-endpoint", "method-not-post"}, strangeAnswers())}}},
			{ID: "url-not-token-endpoint", Title: "the request goes to another address than the token endpoint", Severity: finding.Error,
				Why:   "The address was typed, joined from parts, or taken from another endpoint of the server.",
				Fix:   "Copy the token endpoint from the provider's page or discovery document to the character.",
				Leads: []Lead{{To: strangeAnswers()}}},
			{ID: "url-wrong-environment", Title: "the request goes to the token endpoint of another environment", Severity: finding.Error,
				Why:   "The configuration of sandbox and production was mixed; the client ID and keys of one are unknown to the other.",
				Fix:   "Take token URL, aud, client ID and key from the same environment.",
				Leads: []Lead{{To: []finding.CauseID{"url-not-token-endpoint"}}, {To: []finding.CauseID{"aud-mismatch"}, When: rightThere}}},
			{ID: "url-not-https", Title: "the request is sent without TLS", Severity: finding.Error,
				Why:   "The URL begins with http://. The assertion travels readable, and many servers redirect or refuse, which loses the body (RFC 6749 section 3.2).",
				Fix:   "Write the URL with https://.",
				Leads: []Lead{{To: []finding.CauseID{"url-not-token-endpoint"}, When: wantsTLS}, {To: []finding.CauseID{"http-redirected"}}}},
		},
		Judge: judgeURL,
	}
}

func judgeURL(c *Ctx) Verdict {
	r := c.request()
	f, why := c.flow()
	if f == flowOther {
		return NotAsked("%s", why)
	}
	if r.URL == "" {
		return NotAsked("the text does not tell the URL").Give(wholeRequest)
	}
	a, ok := addressOf(r.URL)
	if !ok || leftOpen(r, shortURL(r.URL)) {
		return NotAsked("the URL is not known in full: %s", shortURL(r.URL))
	}
	var faults []*Fault
	if a.scheme == "http" && !loopback(a.host) {
		faults = append(faults, Found("url-not-https", "the URL begins with http://, so nothing of the request is encrypted").
			Compare(shortURL(r.URL), "https://"+strings.TrimPrefix(shortURL(r.URL), "http://")).At(c.AtURL(r)))
	}
	fault, pass := c.wrongAddress(r, a, f)
	if fault != nil || len(faults) > 0 {
		return Faults("", append(faults, fault)...)
	}
	return pass
}

// wrongAddress names the one way in which the address is not the right one,
// the most telling first.
func (c *Ctx) wrongAddress(r *evidence.Request, a address, f flow) (*Fault, Verdict) {
	wanted, complete := c.tokenURLs()
	expected := wantedWords(wanted)
	right := slices.IndexFunc(wanted, func(e endpoint) bool { return a.same(e.url) })
	// Whoever gave the authorize URL to the client may have given it as
	// --token-url too; what a profile documents as token URL is one.
	if f == flowToken && !c.documentedToken(a) && (isAuthorize(a) || c.documentedAuthorize(a)) {
		fault := Found("url-authorize-endpoint", "the request goes to the authorization endpoint %s", shortURL(r.URL)).
			Compare(shortURL(r.URL), orElse(expected, right < 0, "the token endpoint")).At(c.AtURL(r))
		if right >= 0 {
			fault.As(finding.Likely)
		}
		return fault, Verdict{}
	}
	if fault := c.otherEnvironment(r, a, f); fault != nil {
		return fault, Verdict{}
	}
	switch {
	case right >= 0:
		return nil, Pass("the URL is %s", wanted[right].what).Citing(wanted[right].cite...)
	case f != flowToken:
		return nil, NotAsked("this is a %s, which has an address of its own", f)
	case c.Expect.TokenURL == "" && loopback(a.host):
		return nil, NotAsked("the request goes to a server on this machine")
	case len(wanted) == 0:
		return nil, NotAsked("the address of the token endpoint is not known, so the URL cannot be compared").Give("--token-url URL")
	}
	// A provider may have opened another address since its page was read.
	certainty := finding.Likely
	if c.Expect.TokenURL != "" {
		certainty = finding.Certain
	}
	miss := func(title string, certainty finding.Certainty) (*Fault, Verdict) {
		fault := Found("url-not-token-endpoint", "%s", title).Compare(shortURL(r.URL), expected).At(c.AtURL(r)).As(certainty).
			About(Detail{Value: shortURL(r.URL)})
		if len(wanted) == 1 {
			fault.Detail.Right = wanted[0].url
			fault.Fix("Send the request to %s.", wanted[0].url).Citing(wanted[0].cite...)
		}
		return fault, Verdict{}
	}
	for _, e := range wanted {
		w, _ := addressOf(e.url)
		if w.host == a.host && w.port == a.port && w.path == a.path {
			return nil, NotAsked("the URL is %s but for the scheme", e.what)
		}
		sent := a
		if w.scheme == "" || sent.scheme == "" {
			w.scheme, sent.scheme = "", ""
		}
		if diff := urlNearMiss(sent.text(), w.text()); diff != "" {
			return miss("the URL differs from "+e.what+" "+diff, finding.Certain)
		}
	}
	if what := c.otherEndpoint(a); what != "" && (complete || c.sameHostAs(a, wanted)) {
		return miss("the URL is "+what+", not the token endpoint", finding.Certain)
	}
	if !complete {
		return nil, NotAsked("this address is none of the documented ones, and %s's customers have their own", c.provider()).Give("--token-url URL")
	}
	if c.undocumented(a) {
		return nil, NotAsked("the token endpoint of this environment is not documented").Give("--token-url URL")
	}
	return miss("the URL is not "+wanted[0].what, certainty)
}

// endpoint is an address and what it is.
type endpoint struct {
	url, what string
	cite      []finding.Citation
}

// tokenURLs lists the token endpoints that would be right; complete is true
// where there can be no other.
func (c *Ctx) tokenURLs() (list []endpoint, complete bool) {
	if c.Expect.TokenURL != "" {
		return []endpoint{{url: c.Expect.TokenURL, what: "the token URL given"}}, true
	}
	for _, e := range c.Profile.Envs {
		if e.TokenURL != "" && (c.Expect.Env == "" || c.Expect.Env == e.Name) {
			list = append(list, endpoint{e.TokenURL, c.provider() + "'s token endpoint of " + e.Name, e.Cite})
		}
	}
	return list, profile.AudComplete.In(c.Rules).V
}

func wantedWords(wanted []endpoint) string {
	var urls []string
	for _, e := range wanted[:min(3, len(wanted))] {
		urls = append(urls, e.url)
	}
	return orElse(either(urls), len(urls) > 0, "the token endpoint")
}

func (c *Ctx) documentedToken(a address) bool {
	return slices.ContainsFunc(c.Profile.Envs, func(e profile.Environment) bool { return e.TokenURL != "" && a.same(e.TokenURL) })
}

func (c *Ctx) sameHostAs(a address, list []endpoint) bool {
	return slices.ContainsFunc(list, func(e endpoint) bool { return a.host != "" && host(e.url) == a.host })
}

// undocumented tells of an address at the issuer of an environment whose token
// endpoint no document names.
func (c *Ctx) undocumented(a address) bool {
	return c.Expect.TokenURL == "" && slices.ContainsFunc(c.Profile.Envs, func(e profile.Environment) bool {
		return e.TokenURL == "" && host(e.Issuer) != "" && host(e.Issuer) == a.host && (c.Expect.Env == "" || c.Expect.Env == e.Name)
	})
}

// otherEnvironment names the environment the address belongs to where another
// piece of evidence names another.
func (c *Ctx) otherEnvironment(r *evidence.Request, a address, f flow) *Fault {
	fault := func(expected, format string, args ...any) *Fault {
		return Found("url-wrong-environment", format, args...).Compare(shortURL(r.URL), expected).At(c.AtURL(r)).
			About(Detail{Value: shortURL(r.URL), Right: expected})
	}
	if e, ok := c.environmentOf(a); ok {
		if inUse := c.namedEnvironment(); inUse != "" {
			if inUse == e.Name {
				return nil
			}
			other, _ := c.Profile.Env(inUse)
			return fault(orElse(other.TokenURL, f == flowToken && other.TokenURL != "", "an address of "+inUse),
				"the URL is of %s's environment %s, and %s is in use", c.provider(), e.Name, inUse).Citing(e.Cite...)
		}
		named, at := c.audEnvironments()
		if len(named) == 0 || slices.Contains(named, e.Name) || c.Failed("aud-wrong-environment") || c.Expect.TokenURL != "" && a.same(c.Expect.TokenURL) {
			return nil
		}
		other, _ := c.Profile.Env(named[0])
		return fault(orElse(other.TokenURL, f == flowToken && other.TokenURL != "", "an address of "+either(named)),
			"the URL is of %s's environment %s, and aud of %s", c.provider(), e.Name, either(named)).
			Saying("One of the two is wrong: the request goes to one environment with an assertion made for another.").
			At(at).As(finding.Likely).Citing(e.Cite...)
	}
	if f != flowToken || loopback(a.host) {
		return nil
	}
	// Without documents, two addresses that differ by such a word alone tell it.
	if given, ok := addressOf(c.Expect.TokenURL); ok {
		if word := environmentApart(a, given); word != "" {
			return fault(c.Expect.TokenURL, "the URL differs from the token URL given by the environment's name %s alone", word).As(finding.Likely)
		}
		return nil
	}
	for _, value := range c.audValues() {
		aud, ok := addressOf(value)
		if _, accepted := c.audiences().match(value); !ok || aud.host == "" || accepted {
			continue
		}
		if word := environmentApart(a, aud); word != "" {
			return fault(value, "the URL differs from aud by the environment's name %s alone", word).
				Saying("One of the two is wrong: the request goes to one environment with an assertion made for another.").
				At(c.claimAt("aud")).As(finding.Likely)
		}
	}
	return nil
}

// namedEnvironment is the environment in use by all that was said of it beside
// the request's own address.
func (c *Ctx) namedEnvironment() string {
	said := *c.Case
	said.Request = evidence.Missing[*evidence.Request]("")
	name, _ := (&Ctx{Case: &said, Profile: c.Profile}).environment()
	return name
}

func (c *Ctx) audValues() []string {
	if v, ok := c.claims().Get("aud"); ok && c.isAssertion() {
		return texts(v)
	}
	return nil
}

// audEnvironments lists the documented environments in which aud is right.
func (c *Ctx) audEnvironments() (names []string, at evidence.Place) {
	for _, value := range c.audValues() {
		for _, e := range c.Profile.Envs {
			for _, known := range append([]string{e.TokenURL, e.Issuer}, e.Aud...) {
				if known != "" && sameButSlash(known, value) && !slices.Contains(names, e.Name) {
					names = append(names, e.Name)
				}
			}
		}
	}
	if len(names) > 0 {
		at = c.claimAt("aud")
	}
	return names, at
}

// environmentOf returns the one documented environment with this address, else
// the one with this host.
func (c *Ctx) environmentOf(a address) (profile.Environment, bool) {
	var byURL, byHost []profile.Environment
	for _, e := range c.Profile.Envs {
		urls := []string{e.TokenURL, e.Issuer, e.Authorize}
		for _, u := range e.Endpoints {
			urls = append(urls, u)
		}
		if slices.ContainsFunc(urls, func(u string) bool { return u != "" && a.same(strings.TrimRight(u, "/")) }) {
			byURL = append(byURL, e)
		}
		if a.host != "" && slices.ContainsFunc(urls, func(u string) bool { return host(u) == a.host }) {
			byHost = append(byHost, e)
		}
	}
	switch {
	case len(byURL) == 1:
		return byURL[0], true
	case len(byURL) == 0 && len(byHost) == 1:
		return byHost[0], true
	}
	return profile.Environment{}, false
}
