package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func discoveryReachable() Check {
	return Check{
		ID:      "discovery-reachable",
		Subject: "discovery",
		Rank:    680,
		Title:   "The discovery document can be read",
		Needs:   []evidence.Need{evidence.NeedDiscovery},
		Cites:   []finding.Citation{rfc(8414, "3"), openidDiscovery("4", "ProviderConfig")},
		Doc: "A server publishes its issuer, endpoints and algorithms in a JSON document under a well-known address. " +
			"OpenID Connect puts the well-known part after the issuer's path, RFC 8414 between host and path; both are tried.",
		Causes: []Cause{
			{ID: "discovery-unreachable", Title: "no readable document at the well-known addresses", Severity: finding.Error,
				Why: "The issuer is misspelled or belongs to another tenant, something in front of the server answers instead, or the server publishes no such document.",
				Fix: "Compare the issuer with the provider's documentation; if it publishes a document at another address, give that: --discovery URL."},
		},
		Judge: judgeDiscoveryReachable,
	}
}

func judgeDiscoveryReachable(c *Ctx) Verdict {
	d := c.discovery()
	if d.Doc != nil {
		if bad := orElse(d.unreadable(), d.unreadable() != "", d.broken()); bad != "" {
			return Fail(Found("discovery-unreachable", "%s is not a discovery document: %s", d.place(), bad).
				Compare(bad, "a JSON object with issuer and endpoints").At(c.atDocument(d)))
		}
		switch {
		case d.Form == "":
			return Pass("the document was read from %s", d.place())
		case d.place() == "":
			return Pass("the %s was read", d.Form)
		}
		return Pass("the %s was read from %s", d.Form, d.place())
	}
	tried := d.tried()
	if cause := c.hostFailed(d); cause != "" {
		return NotAsked("moot: %s comes first", cause).For(finding.WhyMoot)
	}
	if c.unpromised(d) {
		return NotAsked("no discovery document was found for this address%s", orElse(": "+list(few(tried)), len(tried) > 0, "")).
			Give("--issuer URL", "--discovery FILE|URL")
	}
	f := Found("discovery-unreachable", "no discovery document for %s", orElse(d.place(), d.place() != "", "the server")).
		Compare(orElse(list(few(tried)), len(tried) > 0, "nothing readable"), "status 200 with a JSON object of issuer and endpoints").At(c.atDocument(d)).
		About(Detail{Value: d.Asked})
	switch {
	case len(tried) == 0:
		f.Title = orElse(d.place(), d.place() != "", "what was given") + " is not a discovery document"
		f.Found = orElse(d.broken(), d.broken() != "", "no JSON object")
		f.Fix("Give the document itself: the JSON with issuer and token_endpoint that the server publishes.")
	case d.silent():
		f.Saying("No response at all, so it is unknown what the server publishes: from here, the host cannot be reached or does not respond.").
			Fix("Find out how far you get: jwtdoctor probe %s", shortURL(d.Tried[0].URL))
	case len(tried) > 1:
		f.Saying("None of the %d well-known addresses has one: the issuer is misspelled or belongs to another tenant, something in front of the server answers instead, or the server publishes none.", len(tried))
	}
	return Fail(f)
}

// unpromised reports whether nobody said that there is a document: an address
// was given that is not called an issuer, and a server need not publish one.
func (c *Ctx) unpromised(d discovery) bool {
	if c.Expect.Issuer != "" {
		return false
	}
	n, looked := c.Network.Get()
	return c.isTokenURL(d.Asked) || looked && n != nil && d.Asked != "" && n.URL == d.Asked
}

func (c *Ctx) atDocument(d discovery) evidence.Place {
	return c.AtDocument(finding.PartNetwork, d.place(), nil, "", jsonspan.Span{})
}

// silent reports whether none of the addresses gave an answer.
func (d discovery) silent() bool {
	return !slices.ContainsFunc(d.Tried, func(t evidence.TriedFetch) bool { return t.Status != 0 })
}

// hostFailed is the cause for which the host of the documents cannot be reached
// at all.
func (c *Ctx) hostFailed(d discovery) finding.CauseID {
	n, ok := c.Network.Get()
	if !ok || n == nil || slices.ContainsFunc(d.Tried, func(t evidence.TriedFetch) bool {
		return t.Status != 0 || !strings.EqualFold(host(t.URL), strings.Trim(n.Host, "[]"))
	}) || len(d.Tried) == 0 {
		return ""
	}
	// All of them before those of HTTP, which say that the host was reached.
	for _, check := range [...]Check{netDNS(), netConnect(), netTLS(), netProxy()} {
		for _, cause := range check.Causes {
			if c.Failed(cause.ID) {
				return cause.ID
			}
		}
	}
	return ""
}

// discovery is the evidence with what its checks share.
type discovery struct{ *evidence.Discovery }

// discovery is what the server publishes; the checks that ask for it need that
// evidence.
func (c *Ctx) discovery() discovery { d, _ := c.Discovery.Get(); return discovery{d} }

// place is where the document is from or was looked for.
func (d discovery) place() string {
	return shortURL(orElse(d.Source, d.Source != "", d.Asked))
}

// tried lists the addresses and what each of them answered.
func (d discovery) tried() []string {
	var out []string
	for _, t := range d.Tried {
		how := orElse("status "+itoa(t.Status), t.Status != 0, "no answer")
		if trouble := strings.Join(strings.Fields(t.Trouble), " "); trouble != "" && (t.Status == 0 || t.Status == 200) {
			how += ", " + trouble
		}
		out = append(out, shortURL(t.URL)+" ("+how+")")
	}
	return out
}

// unreadable says why the JSON is not a discovery document; "" if it is one.
func (d discovery) unreadable() string {
	switch {
	case d.Doc.Kind != jsonspan.Object:
		return "it is " + d.Doc.Kind.String()
	case d.Issuer != "" || d.TokenEndpoint != "" || d.AuthorizationEndpoint != "" || d.JWKSURI != "":
		return ""
	}
	return orElse(d.broken(), d.broken() != "", "it names neither an issuer nor an endpoint")
}

// broken says what is wrong with the JSON that no client can read past. A
// document of which some members were read is checked all the same.
func (d discovery) broken() string {
	for _, f := range d.Faults {
		switch f.Code {
		case jsonspan.FaultDuplicate, jsonspan.FaultBOM, jsonspan.FaultUTF8, jsonspan.FaultDepth, jsonspan.FaultSize:
		default:
			return "the JSON is damaged: " + f.Message
		}
	}
	return ""
}

// damaged reports whether a member that is missing may be lost.
func (d discovery) damaged() bool { return slices.ContainsFunc(d.Faults, jsonspan.Fault.Loses) }

// readable is the verdict if there is no document to ask.
func (d discovery) readable() (Verdict, bool) {
	if d.Doc == nil || d.unreadable() != "" {
		return NotAsked("no discovery document could be read").For(finding.WhyMoot), false
	}
	return Verdict{}, true
}

// atDiscovery points to a top-level member of the document.
func (c *Ctx) atDiscovery(name string) evidence.Place {
	d := c.discovery()
	span, pointer := jsonspan.Span{}, ""
	if v, ok := d.Doc.Get(name); ok {
		span, pointer = v.Span, evidence.Pointer(name)
	}
	return c.AtDocument(finding.PartNetwork, d.place(), d.Raw, pointer, span)
}

// isTokenURL recognises a token endpoint among the addresses a document can be
// looked up under.
func (c *Ctx) isTokenURL(s string) bool {
	a, ok := addressOf(s)
	if !ok || a.host == "" || strings.Contains(a.path, "/.well-known/") {
		return false
	}
	if c.Expect.TokenURL != "" && a.same(c.Expect.TokenURL) || c.documentedToken(a) {
		return true
	}
	path := strings.ToLower(strings.TrimRight(a.path, "/"))
	return strings.Contains(path[strings.LastIndexByte(path, '/')+1:], "token")
}

// openidDiscovery cites OpenID Connect Discovery 1.0.
func openidDiscovery(section, anchor string) finding.Citation {
	return finding.Citation{Title: "OpenID Connect Discovery 1.0, section " + section,
		URL: "https://openid.net/specs/openid-connect-discovery-1_0.html#" + anchor, Authority: "documented"}
}
