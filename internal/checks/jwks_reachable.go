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
		ID:     "jwks-reachable",
		Title:  "The JWKS URL answers",
		Needs:  []evidence.Need{evidence.NeedFetched},
		Params: []profile.Key{jwksTimeout.Key},
		Cites:  []finding.Citation{rfc(8414, "2")},
		Doc:    "The provider fetches the client's keys from this address, from the internet, without credentials. What a browser on the office network sees may differ.",
		Causes: []Cause{
			{ID: "jwks-unreachable", Title: "the JWKS URL does not answer", Severity: finding.Error,
				Why: "The name does not resolve, the connection fails or TLS does.",
				Fix: "Open the address from outside your network; the server must be public, with a certificate of a public authority and its full chain."},
			{ID: "jwks-http-error", Title: "another status than 200, a login page or a redirect loop", Severity: finding.Error,
				Why: "The path is wrong, the address wants a login, or something in front of it answers instead.",
				Fix: "Serve the set itself at this very address, with status 200 and without login or redirect."},
			{ID: "jwks-not-https", Title: "the JWKS URL has no TLS", Severity: finding.Error,
				Why: "Keys fetched without TLS could be anybody's.",
				Fix: "Serve the set over https."},
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
	case f.Trouble != "" && f.Status == 0:
		return Faults("", append(faults, Found("jwks-unreachable", "%s does not answer: %s", f.URL, f.Trouble).At(at))...)
	case f.Trouble != "":
		return Faults("", append(faults, Found("jwks-http-error", "%s: %s", f.URL, f.Trouble).
			Compare(redirects(f), "status 200 at the address itself").At(at))...)
	case f.Status != 200:
		return Faults("", append(faults, Found("jwks-http-error", "%s answers with status %d", f.URL, f.Status).
			Compare(fmt.Sprintf("status %d", f.Status), "status 200").At(at))...)
	case strings.Contains(strings.ToLower(f.ContentType), "html"):
		return Faults("", append(faults, Found("jwks-http-error", "%s answers with a web page (%s)", f.URL, f.ContentType).
			Compare(f.ContentType, "application/json").At(at))...)
	}
	if wait := jwksTimeout.In(c.Profile); wait.Known() && f.Took > wait.V {
		faults = append(faults, Found("jwks-slow", "it took %s; %s waits %s", span(f.Took), c.provider(), span(wait.V)).
			Compare(span(f.Took), "at most "+span(wait.V)).At(at).Citing(wait.Cite...).As(finding.Likely))
	}
	return Faults("status 200"+orElse(", "+redirects(f), len(f.Redirects) > 0, ""), faults...)
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
