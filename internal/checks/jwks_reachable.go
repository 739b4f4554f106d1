package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"

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
		Doc:     "The provider fetches the client's keys from this address, from the internet, without credentials. A browser on the office network may see something else.",
		Causes: []Cause{
			{ID: "jwks-unreachable", Title: "the JWKS URL does not answer", Severity: finding.Error,
				Why:   "The name does not resolve, or the connection or TLS fails.",
				Fix:   "Open the address from outside your network; the server must be public, with a certificate from a public authority and its full chain.",
				Rules: Turns{None: true}},
			{ID: "jwks-http-error", Title: "the JWKS URL answers with an error, a login page or a redirect loop", Severity: finding.Error,
				Why:   "The path is wrong, the address requires a login, or something in front of it answers instead.",
				Fix:   "Serve the set at exactly this address, with status 200 and without a login or redirect.",
				Rules: Turns{None: true}},
			{ID: "jwks-not-https", Title: "the JWKS URL is not https", Severity: finding.Error,
				Why:   "Keys fetched without TLS could be anyone's.",
				Fix:   "Serve the set over https.",
				Rules: Turns{None: true}},
			{ID: "jwks-slow", Title: "the JWKS URL is slower than the provider waits", Severity: finding.Warning,
				Why: "The provider gives up after some seconds and treats the set as missing.",
				Fix: "Serve the set from a static file or a cache."},
		},
		Judge: judgeReachable,
	}
}

func judgeReachable(c *Ctx) Verdict {
	f, _ := c.Fetched.Get()
	at := c.AtDocument(finding.PartJWKS, f.URL, nil, "", jsonspan.Span{})
	var plain *Fault
	if !isHTTPS(f.URL) && !staysInside(host(f.URL)) {
		_, rest, _ := strings.Cut(f.URL, "://")
		plain = Found("jwks-not-https", "the JWKS URL is not https").Compare(f.URL, "https://"+rest).At(at).About(Detail{Value: f.URL, Right: "https://" + rest})
	}
	answered := func(found, expected, format string, args ...any) *Fault {
		return Found("jwks-http-error", format, args...).Compare(found, expected).At(at).About(Detail{Value: f.URL, Code: itoa(f.Status)})
	}
	switch {
	case f.Trouble != "" && (f.Status == 0 || f.Unended):
		return Faults("", plain, c.unreached(f).At(at).About(Detail{Value: f.URL, Code: string(f.Fault)}))
	case f.Trouble != "":
		return Faults("", plain, answered(redirects(f), "status 200 at the address itself", "%s: %s", f.URL, f.Trouble))
	case f.Status != 200:
		return Faults("", plain, answered("status "+itoa(f.Status), "status 200", "%s answers with status %d", f.URL, f.Status))
	case !c.readsAsSet() && strings.Contains(strings.ToLower(f.ContentType), "html"):
		return Faults("", plain, answered(f.ContentType, "application/json", "%s answers with a web page (%s)", f.URL, f.ContentType))
	}
	var slow *Fault
	if wait := profile.JwksTimeout.In(c.Rules); wait.Known() && f.Took > wait.V {
		slow = Found("jwks-slow", "it took %s; %s waits %s", wording.Span(f.Took), c.provider(), wording.Span(wait.V)).
			Compare(wording.Span(f.Took), "at most "+wording.Span(wait.V)).At(at).Citing(wait.Cite...).As(finding.Likely)
	}
	switch {
	case plain != nil || slow != nil:
		return Faults("", plain, slow)
	case len(f.Redirects) > 0:
		return Pass("status 200, %s", redirects(f))
	}
	return Pass("status 200")
}

func isHTTPS(s string) bool {
	const scheme = "https://"
	return len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme)
}

// readsAsSet reports whether there is a key set to check, whatever it is served
// as.
func (c *Ctx) readsAsSet() bool { _, ok := c.JWKS.Get(); return ok }

// unreached is the fault of an address that did not answer, or not completely.
func (c *Ctx) unreached(f *evidence.Fetched) *Fault {
	fault := Found("jwks-unreachable", "%s does not answer: %s", f.URL, f.Trouble).Compare("no answer", "status 200")
	switch {
	case f.Fault == evidence.FaultProxyRefused:
		// Nothing is known about the address; the provider does not use this proxy.
		return fault.As(finding.Possible).Saying("This machine's own proxy is in the way. The provider fetches the set without it.").
			Fix("Have the proxy allow %s, or exempt it if your network allows direct connections: NO_PROXY=%s.", host(f.URL), host(f.URL)).
			Fix("Or open the address from outside your network, as the provider does.")
	case f.Unended && f.Fault == evidence.FaultHTTPTimeout:
		fault.Title = f.URL + " does not answer in full: " + f.Trouble
		return fault.Compare("an answer that does not end", "a whole answer within "+wording.Span(f.Took)).
			Saying("The answer begins but does not end in time; the provider gives up as well.").
			Fix("Serve the set from a static file or a cache.").Fix("Compare the length it sends with Content-Length, and check the proxy or load balancer in front of the server.")
	case f.Unended:
		fault.Title = f.URL + " does not answer in full: " + f.Trouble
		return fault.Compare("the beginning of an answer", "a whole answer").
			Saying("The connection ended before the answer did, so nobody can read the set.").
			Fix("Compare the length the server sends with its Content-Length, and check the proxy or load balancer in front of it.")
	case f.Fault == evidence.FaultHTTPFailed:
		return fault.Fix("See what comes back, and from where: curl -v %s", shortURL(f.URL)).
			Fix("Serve the set from a static file, and check the proxy or load balancer in front of the server.")
	case f.Fault.OfTLS():
		cause, _ := declared(jwksReachable(), "jwks-unreachable")
		return fault.Fix("%s", cause.Fix).Fix("For details of the certificate and the connection: jwtdoctor probe %s", shortURL(f.URL))
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
