package checks

import (
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func jwksReachable() Check {
	return Check{
		ID:      "jwks-reachable",
		Subject: "the JWKS URL",
		Rank:    220,
		Title:   "The JWKS URL answers",
		Needs:   []evidence.Need{evidence.NeedFetched},
		Params:  []profile.Ref{profile.JwksTimeout.Ref()},
		Cites:   []finding.Citation{rfc(8414, "2")},
		Doc:     "The provider fetches the client's keys from this address, from the internet, without credentials. What a browser on the office network sees may differ.",
		Causes: []Cause{
			{ID: "jwks-unreachable", Title: "the JWKS URL does not answer", Severity: finding.Error,
				Why:   "The name does not resolve, the connection fails or TLS does.",
				Fix:   "Open the address from outside your network; the server must be public, with a certificate of a public authority and its full chain.",
				Rules: Turns{None: true}},
			{ID: "jwks-http-error", Title: "another status than 200, a login page or a redirect loop", Severity: finding.Error,
				Why:   "The path is wrong, the address wants a login, or something in front of it answers instead.",
				Fix:   "Serve the set itself at this very address, with status 200 and without login or redirect.",
				Rules: Turns{None: true}},
			{ID: "jwks-not-https", Title: "the JWKS URL has no TLS", Severity: finding.Error,
				Why:   "Keys fetched without TLS could be anybody's.",
				Fix:   "Serve the set over https.",
				Rules: Turns{None: true}},
			{ID: "jwks-slow", Title: "slower than the provider waits", Severity: finding.Warning,
				Why: "The provider gives up after some seconds and treats the set as missing.",
				Fix: "Serve the set from a static file or cache."},
		},
		Judge: judgeReachable,
	}
}

func judgeReachable(c *Ctx) Verdict {
	f, _ := c.Fetched.Get()
	at := c.AtDocument(finding.PartJWKS, f.URL, nil, "", jsonspan.Span{})
	var faults []*Fault
	if !strings.HasPrefix(strings.ToLower(f.URL), "https://") && !loopback(host(f.URL)) {
		faults = append(faults, Found("jwks-not-https", "the JWKS URL is not https").Compare(f.URL, "https://…").At(at))
	}
	switch {
	case f.Trouble != "" && (f.Status == 0 || f.Unended):
		return Faults("", append(faults, c.unreached(f).At(at))...)
	case f.Trouble != "":
		return Faults("", append(faults, Found("jwks-http-error", "%s: %s", f.URL, f.Trouble).
			Compare(redirects(f), "status 200 at the address itself").At(at))...)
	case f.Status != 200:
		return Faults("", append(faults, Found("jwks-http-error", "%s answers with status %d", f.URL, f.Status).
			Compare(fmt.Sprintf("status %d", f.Status), "status 200").At(at))...)
	case strings.Contains(strings.ToLower(f.ContentType), "html") && !c.readsAsSet():
		return Faults("", append(faults, Found("jwks-http-error", "%s answers with a web page (%s)", f.URL, f.ContentType).
			Compare(f.ContentType, "application/json").At(at))...)
	}
	if wait := profile.JwksTimeout.In(c.Rules); wait.Known() && f.Took > wait.V {
		faults = append(faults, Found("jwks-slow", "it took %s; %s waits %s", span(f.Took), c.provider(), span(wait.V)).
			Compare(span(f.Took), "at most "+span(wait.V)).At(at).Citing(wait.Cite...).As(finding.Likely))
	}
	return Faults("status 200"+orElse(", "+redirects(f), len(f.Redirects) > 0, ""), faults...)
}

// readsAsSet tells whether there is a key set to judge, whatever it is served as.
func (c *Ctx) readsAsSet() bool { _, ok := c.JWKS.Get(); return ok }

// unreached is the fault of an address that did not answer, or not to the end.
func (c *Ctx) unreached(f *evidence.Fetched) *Fault {
	fault := Found("jwks-unreachable", "%s does not answer: %s", f.URL, f.Trouble)
	switch {
	case f.Fault == evidence.FaultProxyRefused:
		// Of the address itself nothing is known; the provider does not go through this proxy.
		return fault.As(finding.Possible).Saying("What stands in the way is this machine's own proxy. The provider fetches the set without it.").
			Fix("Have the proxy admit %s, or exempt it where the network lets it out directly: NO_PROXY=%s.", host(f.URL), host(f.URL)).
			Fix("Or open the address from outside your network, as the provider does.")
	case f.Unended && f.Fault == evidence.FaultHTTPTimeout:
		fault.Title = f.URL + " does not answer in full: " + f.Trouble
		return fault.Compare("an answer that does not end", "a whole answer within "+span(f.Took)).
			Saying("The answer begins and does not come to its end in time; the provider gives up as well.").
			Fix("Serve the set from a static file or cache.").Fix("Compare the length it sends with Content-Length, and look at what stands in front of the server.")
	case f.Unended:
		fault.Title = f.URL + " does not answer in full: " + f.Trouble
		return fault.Compare("the beginning of an answer", "a whole answer").
			Saying("The connection ended before the answer did, so that nobody can read the set.").
			Fix("Compare the length the server sends with its Content-Length, and look at what stands in front of it.")
	case f.Fault == evidence.FaultHTTPFailed:
		return fault.Fix("See what comes back, and from what: curl -v %s", shortURL(f.URL)).
			Fix("Serve the set from a static file, and look at what stands in front of the server.")
	case strings.HasPrefix(string(f.Fault), "tls-"):
		cause, _ := declared(jwksReachable(), "jwks-unreachable")
		return fault.Fix("%s", cause.Fix).Fix("More of the certificate and the way to it: jwtdoctor probe %s", shortURL(f.URL))
	case f.Fault == evidence.FaultHTTPTimeout, f.Fault == evidence.FaultConnectTimeout:
		return fault.Fix("Open the address from outside your network; the server must be public, and answer within seconds.")
	}
	return fault
}

func redirects(f *evidence.Fetched) string {
	if len(f.Redirects) == 0 {
		return "status " + itoa(f.Status)
	}
	return "redirected to " + strings.Join(f.Redirects, ", then ")
}

func loopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}
