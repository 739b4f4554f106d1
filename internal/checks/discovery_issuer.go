package checks

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

const smartConfiguration = "smart-configuration"

func discoveryIssuer() Check {
	return Check{
		ID:      "discovery-issuer",
		Subject: "issuer in discovery",
		Rank:    690,
		Title:   "The document's issuer is the issuer asked for",
		Needs:   []evidence.Need{evidence.NeedDiscovery},
		Cites:   []finding.Citation{rfc(8414, "3.3"), openidDiscovery("4.3", "ProviderConfigurationValidation")},
		Doc: "The issuer in the document must be exactly the one it was looked up under, or the document must not be used. " +
			"The same text is in iss of the server's tokens and, at many providers, in aud of the assertion.",
		Causes: []Cause{
			{ID: "issuer-mismatch", Title: "the document names another issuer", Severity: finding.Error,
				Why: "The issuer was configured with an extra or missing slash, in another case or scheme, or is another tenant's or environment's.",
				Fix: "Configure the issuer exactly as in the document, if it is the server you mean."},
		},
		Judge: judgeDiscoveryIssuer,
	}
}

func judgeDiscoveryIssuer(c *Ctx) Verdict {
	d := c.discovery()
	if v, ok := d.readable(); !ok {
		return v
	}
	want, given := c.Expect.Issuer, true
	if want == "" {
		want, given = d.Asked, false
		if !isURL(want) || strings.Contains(want, "/.well-known/") || c.isTokenURL(want) {
			return NotAsked("the issuer you mean is not known").Give("--issuer URL")
		}
	}
	switch {
	case d.Issuer == want:
		return Pass("the issuer is %s", want)
	case !given && d.Form == smartConfiguration:
		return NotAsked("a SMART configuration is under the address of the FHIR server, which need not be its issuer").Give("--issuer URL")
	case strings.ContainsAny(d.Issuer, "{}"):
		return NotAsked("the document's issuer is a template for many tenants: %s", d.Issuer)
	case d.Issuer == "":
		return c.noIssuer(d, want)
	}
	f := Found("issuer-mismatch", "the document's issuer is not the one you asked for").
		Compare(d.Issuer, want).At(c.atDiscovery("issuer")).About(Detail{Name: "issuer", Value: d.Issuer, Right: want})
	if diff := issuerApart(d.Issuer, want); diff != "" {
		f.Title = "the document's issuer differs from the one you asked for " + diff
		f.Fix("Configure the issuer as %s, as in the document.", d.Issuer)
	}
	if !given || d.Form == smartConfiguration {
		f.As(finding.Likely) // the address may only have been meant as a place to look
	}
	return Fail(f)
}

// noIssuer judges a document without issuer: a SMART configuration may leave
// it out, the others may not (RFC 8414 section 2).
func (c *Ctx) noIssuer(d discovery, want string) Verdict {
	v, there := d.Doc.Get("issuer")
	switch {
	case d.damaged():
		return NotAsked("the document is damaged, so issuer may be lost").For(finding.WhyMoot)
	case there && v.Kind != jsonspan.String && v.Kind != jsonspan.Null:
		return Fail(Found("issuer-mismatch", "the document's issuer is %s, not a string", v.Kind).Compare(show(v), want).At(c.atDiscovery("issuer")).About(Detail{Name: "issuer", Right: want}))
	case d.Form == "" || d.Form == smartConfiguration:
		return NotAsked("the document names no issuer, which is optional here")
	}
	return Fail(Found("issuer-mismatch", "the document names no issuer").Compare("no issuer", want).At(c.atDiscovery("issuer")).About(Detail{Meant: "issuer", Right: want}).
		Citing(rfc(8414, "2")).Fix("Report it to the provider: clients that follow the standard refuse a document without issuer."))
}

// issuerApart says how two issuers differ if it is by what a copy or a library
// changes.
func issuerApart(a, b string) string {
	if a != b && sameButSlash(a, b) {
		return "only by a trailing slash"
	}
	return urlNearMiss(a, b)
}
