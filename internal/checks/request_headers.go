package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestHeaders() Check {
	return Check{
		ID:      "request-headers",
		Subject: "headers",
		Rank:    520,
		Title:   "The endpoint accepts the headers and framing",
		Needs:   []evidence.Need{evidence.NeedRequest},
		Params:  []profile.Ref{profile.FieldPresence.Ref(), profile.FieldAccepted.Ref(), profile.ChunkedBody.Ref()},
		Cites:   []finding.Citation{rfc(9112, "7.1"), rfc(9110, "10.1.1"), rfc(9449, "5")},
		Doc: "Some endpoints refuse a request before they read it: without a User-Agent, without a length (a chunked body), or with Expect: 100-continue. " +
			"The answer does not say so; it is a bare 403, 404 or 411.",
		Causes: []Cause{
			{ID: "user-agent-missing", Title: "User-Agent is missing, which the provider asks for", Severity: finding.Warning,
				Why: "Programs built on a bare HTTP library send none, and firewalls treat such requests as bots.",
				Fix: "Set a User-Agent that names the program."},
			{ID: "framing-refused", Title: "the body is chunked or sent with Expect: 100-continue", Severity: finding.Warning,
				Why:   "If an HTTP client does not know the length of a body beforehand, it sends it in chunks; some endpoints and proxies do not accept that, or never answer Expect.",
				Fix:   "Pass the whole body to the HTTP client as text or bytes, so it sends Content-Length, and turn Expect: 100-continue off.",
				Leads: []Lead{{To: strangeAnswers()}}},
			{ID: "request-header-missing", Title: "a header the provider requires is missing", Severity: finding.Error,
				Why: "The provider documents the header, and HTTP libraries do not add it on their own.",
				Fix: "Add the header to the token request."},
		},
		Judge: judgeHeaders,
	}
}

func judgeHeaders(c *Ctx) Verdict {
	r := c.request()
	if f, why := c.flow(); f == flowOther {
		return NotAsked(why)
	}
	var faults []*Fault
	if f := c.framing(r); f != nil {
		faults = append(faults, f)
	}
	if !r.HeadersKnown {
		return orFaults(NotAsked("the headers of the request are not known").Give(wholeRequest), faults)
	}
	for _, name := range profile.FieldPresence.Names(c.Rules) {
		if f := c.missingField(r, name); f != nil {
			faults = append(faults, f)
		}
	}
	if f := c.proof(r); f != nil {
		faults = append(faults, f)
	}
	if len(faults) > 0 {
		return Faults("", faults...)
	}
	v := Pass("no header is known to be refused").LeavesOpen("request-header-missing")
	if strings.TrimSpace(r.Headers.Value("User-Agent")) == "" {
		v = v.Shows("user-agent-missing")
	}
	if _, chunked := r.Headers.Get("Transfer-Encoding"); chunked {
		v = v.Shows("framing-refused")
	}
	return v
}

// missingField finds a header field that the provider asks for and that is
// missing, or has a value it does not accept.
func (c *Ctx) missingField(r *evidence.Request, name string) *Fault {
	for _, elsewhere := range [...]string{"Content-Type", "Content-Length", "Host", "Authorization"} {
		if strings.EqualFold(name, elsewhere) {
			return nil // other checks ask, or every HTTP client adds it
		}
	}
	rule := profile.FieldPresence.In(c.Rules, name)
	h, ok := r.Headers.Get(name)
	at := func() evidence.Place {
		if ok {
			return c.AtHeader(r, h)
		}
		return c.atHeaders(r)
	}
	if strings.EqualFold(name, "User-Agent") {
		is := "requires"
		switch {
		case strings.TrimSpace(h.Value) != "":
			return nil
		case rule.V == profile.Recommended:
			is = "recommends"
		case rule.V != profile.Required:
			return nil
		}
		f := Found("user-agent-missing", "User-Agent is missing; %s %s it", c.provider(), is).
			Compare("no User-Agent", "User-Agent").At(at()).Citing(rule.Cite...).About(Detail{Meant: name})
		if rule.V == profile.Required {
			f.Weigh(finding.Error)
		}
		return f
	}
	values := profile.FieldAccepted.In(c.Rules, name)
	if rule.V != profile.Required || ok && (!values.Known() || leftOpen(r, h.Value) || takesField(name, h.Value, values.V)) {
		return nil
	}
	expected := name
	if len(values.V) > 0 {
		expected += ": " + either(values.V)
	}
	f := Found("request-header-missing", "the header %s is missing; %s requires it", name, c.provider()).Compare("no "+name, expected)
	if ok {
		f = Found("request-header-missing", "%s is not %s, which %s requires", name, either(values.V), c.provider()).Compare(name+": "+h.Value, expected)
	}
	return f.At(at()).Citing(rule.Cite...).Citing(values.Cite...).Fix("Send the header %s.", expected).About(Detail{Meant: name})
}

// takesField reports whether a field's value contains one of those accepted.
// Accept is a list, in which */* accepts anything.
func takesField(name, value string, accepted []string) bool {
	for item := range strings.SplitSeq(value, ",") {
		item, _, _ = strings.Cut(item, ";")
		item = strings.TrimSpace(item)
		if slices.ContainsFunc(accepted, func(a string) bool { return strings.EqualFold(a, item) }) ||
			strings.EqualFold(name, "Accept") && (item == "*/*" || item == "application/*") {
			return true
		}
	}
	return slices.Contains(accepted, value)
}

// framing judges how the body is sent: by the answer, else by the profile.
func (c *Ctx) framing(r *evidence.Request) *Fault {
	te, _ := r.Headers.Get("Transfer-Encoding")
	chunked := strings.Contains(strings.ToLower(te.Value), "chunked")
	expect, _ := r.Headers.Get("Expect")
	expects := strings.EqualFold(strings.TrimSpace(expect.Value), "100-continue")
	if !chunked && !expects {
		return nil
	}
	rule := profile.ChunkedBody.In(c.Rules)
	answer := 0
	if resp := c.response(); resp != nil {
		answer = resp.Status
	}
	demanded := answer == 411 && chunked || answer == 417 && expects
	may := (answer == 404 || answer == 411) && rule.V != "accepted"
	if !demanded && !may && !(rule.V == "refused" && chunked) {
		return nil
	}
	h, what := te, "the body is chunked, without a Content-Length"
	if !chunked {
		h, what = expect, "the request is sent with Expect: 100-continue"
	}
	f := Found("framing-refused", "%s", what).Compare(h.Name+": "+h.Value, "Content-Length").At(c.AtHeader(r, h)).Citing(rule.Cite...).
		About(Detail{Name: h.Name, Value: h.Value})
	switch {
	case demanded:
		f.Title += orElse("; the server answered 411, Length Required", answer == 411, "; the server answered 417, Expectation Failed")
		return f.Weigh(finding.Error)
	case may:
		f.Title += "; the server answered " + itoa(answer)
		return f.Weigh(finding.Error).As(finding.Likely).
			Saying("Some token endpoints, Microsoft Entra's among them, answer 404 to a chunked body although the address is right.")
	}
	f.Title += "; " + c.provider() + " does not accept that"
	if answer == 0 || answer >= 400 {
		f.Weigh(finding.Error)
	}
	return f
}

// proof finds that the server asks for a DPoP proof that was not sent.
func (c *Ctx) proof(r *evidence.Request) *Fault {
	resp := c.response()
	if resp == nil || !strings.EqualFold(resp.Error.Code, "use_dpop_nonce") && !strings.EqualFold(resp.Error.Code, "invalid_dpop_proof") {
		return nil
	}
	if _, ok := r.Headers.Get("DPoP"); ok {
		return nil
	}
	for _, name := range profile.FieldPresence.Names(c.Rules) {
		if strings.EqualFold(name, "DPoP") && profile.FieldPresence.In(c.Rules, name).V == profile.Required {
			return nil // reported already
		}
	}
	return Found("request-header-missing", "the server answered %s, but the request has no DPoP header", strings.ToLower(resp.Error.Code)).
		Compare("no DPoP", "DPoP").At(c.atHeaders(r)).Citing(rfc(9449, "5")).About(Detail{Meant: "DPoP"}).
		Fix("Send a DPoP proof, signed with its own key, in the header DPoP, with the nonce from the response's DPoP-Nonce header.")
}

// atHeaders points to where a header would have to be.
func (c *Ctx) atHeaders(r *evidence.Request) evidence.Place {
	for _, h := range slices.Backward(r.Headers) {
		if h.Span.Len() > 0 {
			return c.AtHeader(r, h)
		}
	}
	if r.URLSpan.Len() > 0 {
		return c.AtURL(r)
	}
	return c.AtMethod(r)
}
