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
		Doc: "A server tells its issuer, endpoints and algorithms in a JSON document under a well-known address. " +
			"OpenID Connect puts the well-known part behind the issuer's path, RFC 8414 between host and path; both are tried.",
		Causes: []Cause{
			{ID: "discovery-unreachable", Title: "there is no readable document at the well-known addresses", Severity: finding.Error,
				Why: "The issuer is misspelt or of another tenant, something in front of the server answers instead, or the server publishes no such document.",
				Fix: "Compare the issuer with the provider's page; where it publishes a document at another address, give that: --discovery URL."},
		},
		Judge: judgeDiscoveryReachable,
	}
}

func judgeDiscoveryReachable(c *Ctx) Verdict {
	d := c.discovery()
	at := c.AtDocument(finding.PartNetwork, d.place(), nil, "", jsonspan.Span{})
	if d.Doc != nil {
		if bad := orElse(d.unreadable(), d.unreadable() != "", d.broken()); bad != "" {
			return Fail(Found("discovery-unreachable", "%s is no discovery document: %s", d.place(), bad).
				Compare(bad, "a JSON object with issuer and endpoints").At(at))
		}
		return Pass("%s was read%s", orElse("the "+d.Form, d.Form != "", "the document"), orElse(" from "+d.place(), d.place() != "", ""))
	}
	tried := d.tried()
	if cause := c.hostFailed(d); cause != "" {
		return NotAsked("moot: %s comes first", cause)
	}
	// Nobody promised a document who named a token endpoint alone: a server need
	// not publish one.
	if c.Expect.Issuer == "" && c.isTokenURL(d.Asked) {
		return NotAsked("no discovery document was found beside the token endpoint%s", orElse(": "+list(few(tried)), len(tried) > 0, "")).
			Give("--issuer URL", "--discovery FILE|URL")
	}
	f := Found("discovery-unreachable", "there is no discovery document of %s", orElse(d.place(), d.place() != "", "the server")).
		Compare(orElse(list(few(tried)), len(tried) > 0, "nothing readable"), "status 200 with a JSON object of issuer and endpoints").At(at)
	switch {
	case len(tried) == 0:
		f.Title = orElse(d.place(), d.place() != "", "the document given") + " is no discovery document"
		f.Found = orElse(d.broken(), d.broken() != "", "no JSON object")
		f.Fix("Give the document itself: the JSON with issuer and token_endpoint that the server publishes.")
	case d.silent():
		f.Saying("No answer came at all, so that nothing is known of what the server publishes: the host is not reached, or does not answer, from here.").
			Fix("See how far one comes: jwtdoctor probe %s", shortURL(d.Tried[0].URL))
	case len(tried) > 1:
		f.Saying("None of the %d well-known addresses has one: the issuer is misspelt or of another tenant, something in front of the server answers instead, or the server publishes none.", len(tried))
	}
	return Fail(f)
}

// silent tells whether none of the addresses gave an answer.
func (d discovery) silent() bool {
	return !slices.ContainsFunc(d.Tried, func(t evidence.TriedFetch) bool { return t.Status != 0 })
}

// hostFailed is the cause by which the host of the documents was found not to
// be reachable at all.
func (c *Ctx) hostFailed(d discovery) finding.CauseID {
	n, ok := c.Network.Get()
	if !ok || n == nil || slices.ContainsFunc(d.Tried, func(t evidence.TriedFetch) bool {
		return t.Status != 0 || !strings.EqualFold(host(t.URL), strings.Trim(n.Host, "[]"))
	}) || len(d.Tried) == 0 {
		return ""
	}
	for _, check := range []Check{netDNS(), netConnect(), netTLS(), netProxy()} {
		for _, cause := range check.Causes {
			if c.Failed(cause.ID) {
				return cause.ID
			}
		}
	}
	return ""
}

// discovery is the evidence with what the checks of it share.
type discovery struct{ *evidence.Discovery }

// discovery is what the server publishes; the checks that ask for it need that
// evidence.
func (c *Ctx) discovery() discovery { d, _ := c.Discovery.Get(); return discovery{d} }

// place names where the document is from or was looked for.
func (d discovery) place() string {
	return shortURL(orElse(d.Source, d.Source != "", d.Asked))
}

// tried lists the addresses and what each answered.
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

// unreadable tells why the JSON is no discovery document; "" where it is one.
func (d discovery) unreadable() string {
	switch {
	case d.Doc.Kind != jsonspan.Object:
		return "it is " + d.Doc.Kind.String()
	case d.Issuer != "" || d.TokenEndpoint != "" || d.AuthorizationEndpoint != "" || d.JWKSURI != "":
		return ""
	}
	return orElse(d.broken(), d.broken() != "", "it names neither an issuer nor an endpoint")
}

// broken tells what is wrong with the JSON that no client can read past; a
// document of which some members were read is told and judged all the same.
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

// damaged tells whether a member that is not there may have been lost.
func (d discovery) damaged() bool { return slices.ContainsFunc(d.Faults, jsonspan.Fault.Loses) }

// readable is the verdict where there is no document to ask.
func (d discovery) readable() (Verdict, bool) {
	if d.Doc == nil || d.unreadable() != "" {
		return NotAsked("no discovery document could be read"), false
	}
	return Verdict{}, true
}

// at points to a top-level member of the document.
func (c *Ctx) atDiscovery(name string) evidence.Place {
	d := c.discovery()
	span, pointer := jsonspan.Span{}, ""
	if v, ok := d.Doc.Get(name); ok {
		span, pointer = v.Span, evidence.Pointer(name)
	}
	return c.AtDocument(finding.PartNetwork, d.place(), d.Raw, pointer, span)
}

// isTokenURL knows a token endpoint among the addresses a document can be
// looked for under.
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
