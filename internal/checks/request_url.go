package checks

import (
	"slices"
	"strings"

	addr "github.com/assertionworks/jwtdoctor/internal/address"

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
		Doc: "A server has one address for tokens and others for authorization, introspection and so on, and each environment has its own. " +
			"A request to the wrong one gets a 404, a login page, or invalid_client because the client and its keys are unknown there.",
		Causes: []Cause{
			{ID: "url-authorize-endpoint", Title: "the request goes to the authorization endpoint", Severity: finding.Error,
				Why:   "The authorize URL was copied instead of the token URL; configurations list the two side by side.",
				Fix:   "Send the request to the token endpoint.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"url-not-token-endpoint", "method-not-post"}, strangeAnswers())}}},
			{ID: "url-not-token-endpoint", Title: "the request goes to an address that is not the token endpoint", Severity: finding.Error,
				Why:   "The address was typed, joined from parts, or copied from another endpoint of the server.",
				Fix:   "Copy the token endpoint exactly from the provider's documentation or discovery document.",
				Leads: []Lead{{To: strangeAnswers()}}},
			{ID: "url-wrong-environment", Title: "the request goes to the token endpoint of another environment", Severity: finding.Error,
				Why:   "Settings of sandbox and production were mixed; the client ID and keys of one are unknown to the other.",
				Fix:   "Take the token URL, aud, client ID and key from the same environment.",
				Leads: []Lead{{To: []finding.CauseID{"url-not-token-endpoint"}}, {To: []finding.CauseID{"aud-mismatch"}, When: rightThere}}},
			{ID: "url-not-https", Title: "the request is sent without TLS", Severity: finding.Error,
				Why:   "The URL begins with http://. Anyone on the way can read the assertion, and many servers redirect or refuse, which loses the body (RFC 6749 section 3.2).",
				Fix:   "Use https:// in the URL.",
				Leads: []Lead{{To: []finding.CauseID{"url-not-token-endpoint"}, When: wantsTLS}, {To: []finding.CauseID{"http-redirected"}}}},
		},
		Judge: judgeURL,
	}
}

func judgeURL(c *Ctx) Verdict {
	r := c.request()
	f, why := c.flow()
	if f == flowOther {
		return NotAsked(why)
	}
	if r.URL == "" {
		return NotAsked("the text does not show the URL").Give(wholeRequest)
	}
	a, ok := c.address()
	if !ok || leftOpen(r, shortURL(r.URL)) {
		return NotAsked("the URL is not known in full: %s", shortURL(r.URL)).For(finding.WhyNotGiven)
	}
	fault, pass := c.wrongAddress(r, a, f)
	if a.scheme != "http" || staysInside(a.host) {
		if fault != nil {
			return Fail(fault)
		}
		return pass
	}
	secure := "https://" + strings.TrimPrefix(shortURL(r.URL), "http://")
	plain := Found("url-not-https", "the URL begins with http://, so the request is sent unencrypted").
		Compare(shortURL(r.URL), secure).At(c.AtURL(r)).About(Detail{Value: shortURL(r.URL), Right: secure})
	if fault == nil {
		plain.Fix("Send the request to %s.", secure)
	}
	return Faults("", plain, fault)
}

// wrongAddress names the one way in which the address is not the right one,
// the most telling first.
func (c *Ctx) wrongAddress(r *evidence.Request, a address, f flow) (*Fault, Verdict) {
	wanted, complete := c.tokenURLs()
	right := c.read().right
	// Someone who configured the authorize URL may have given it as --token-url
	// too; what a profile documents as token URL is one.
	if f == flowToken && !c.documentedToken(a) && (isAuthorize(a) || c.documentedAuthorize(a)) {
		fault := Found("url-authorize-endpoint", "the request goes to the authorization endpoint %s", shortURL(r.URL)).
			Compare(shortURL(r.URL), orElse(wantedWords(wanted), right < 0, "the token endpoint")).At(c.AtURL(r)).
			About(Detail{Value: shortURL(r.URL)})
		switch {
		case right >= 0:
			fault.As(finding.Likely)
		case len(wanted) == 1:
			fault.Detail.Right = wanted[0].url
			fault.Fix("Send the request to %s.", wanted[0].url)
		}
		return fault, Verdict{}
	}
	if fault := c.otherEnvironment(r, a, f); fault != nil {
		return fault, Verdict{}
	}
	switch {
	case right >= 0:
		return nil, Pass("the URL is %s", endpointWords{wanted[right], c}).Citing(wanted[right].cite...)
	case f != flowToken:
		return nil, NotAsked("this is a %s, which has its own address", f)
	case c.Expect.TokenURL == "" && addr.Loopback(a.host):
		return nil, NotAsked("the request goes to a server on this machine")
	case c.Expect.TokenURL == "" && c.discovered(a):
		return nil, Pass("the URL is the token endpoint that the discovery document names")
	case len(wanted) == 0:
		return nil, NotAsked("the address of the token endpoint is not known, so the URL cannot be compared").Give("--token-url URL")
	}
	return c.missedEndpoint(r, a, wanted, complete)
}

// endpointWords puts the words of an endpoint together when they are read.
type endpointWords struct {
	endpoint
	c *Ctx
}

func (e endpointWords) String() string { return e.words(e.c) }

// discovered reports whether the discovery document that was given names the
// address as its token endpoint.
func (c *Ctx) discovered(a address) bool {
	d, ok := c.Discovery.Get()
	return ok && d.TokenEndpoint != "" && a.same(d.TokenEndpoint)
}

// missedEndpoint compares an address that is none of the wanted ones with them.
func (c *Ctx) missedEndpoint(r *evidence.Request, a address, wanted []endpoint, complete bool) (*Fault, Verdict) {
	miss := func(certainty finding.Certainty, right *endpoint, format string, args ...any) (*Fault, Verdict) {
		fault := Found("url-not-token-endpoint", format, args...).Compare(shortURL(r.URL), wantedWords(wanted)).At(c.AtURL(r)).As(certainty).
			About(Detail{Value: shortURL(r.URL)})
		if len(wanted) == 1 {
			right = &wanted[0]
		}
		if right != nil {
			fault.Detail.Right, fault.Expected = right.url, right.url
			fault.Fix("Send the request to %s.", right.url).Citing(right.cite...)
		}
		return fault, Verdict{}
	}
	for i, e := range wanted {
		w, _ := addressOf(e.url)
		if w.host == a.host && w.port == a.port && w.path == a.path {
			return nil, NotAsked("the URL differs from %s only in its scheme", endpointWords{e, c}).For(finding.WhyMoot)
		}
		sent := a
		if w.scheme == "" || sent.scheme == "" {
			w.scheme, sent.scheme = "", ""
		}
		if diff := urlNearMiss(sent.text(), w.text()); diff != "" {
			return miss(finding.Certain, &wanted[i], "the URL differs from %s %s", e.words(c), diff)
		}
	}
	if what := c.otherEndpoint(a); what != "" && (complete || c.sameHostAs(a, wanted)) {
		return miss(finding.Certain, nil, "the URL is %s, not the token endpoint", what)
	}
	if !complete {
		return nil, NotAsked("this is not a documented address, and customers of %s have their own", c.provider()).Give("--token-url URL")
	}
	if c.undocumented(a) {
		return nil, NotAsked("the token endpoint of this environment is not documented").Give("--token-url URL")
	}
	// A provider may have opened another address since its page was read.
	certainty := finding.Likely
	if c.Expect.TokenURL != "" {
		certainty = finding.Certain
	}
	return miss(certainty, nil, "the URL is not %s", wanted[0].words(c))
}

func wantedWords(wanted []endpoint) string {
	var urls []string
	for _, e := range wanted[:min(3, len(wanted))] {
		urls = append(urls, e.url)
	}
	return orElse(either(urls), len(urls) > 0, "the token endpoint")
}

func (c *Ctx) sameHostAs(a address, list []endpoint) bool {
	return slices.ContainsFunc(list, func(e endpoint) bool { return a.host != "" && host(e.url) == a.host })
}

// undocumented reports whether an address is at the issuer of an environment
// whose token endpoint no document names.
func (c *Ctx) undocumented(a address) bool {
	return c.Expect.TokenURL == "" && slices.ContainsFunc(c.Profile.Envs, func(e profile.Environment) bool {
		return e.TokenURL == "" && host(e.Issuer) != "" && host(e.Issuer) == a.host && (c.Expect.Env == "" || c.Expect.Env == e.Name)
	})
}
