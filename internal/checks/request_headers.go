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
		Title:   "Headers and framing are ones the endpoint takes",
		Needs:   []evidence.Need{evidence.NeedRequest},
		Params:  []profile.Ref{profile.FieldPresence.Ref(), profile.FieldAccepted.Ref(), profile.ChunkedBody.Ref()},
		Cites:   []finding.Citation{rfc(9112, "7.1"), rfc(9110, "10.1.1"), rfc(9449, "5")},
		Doc: "Some endpoints refuse a request before they read it: without a User-Agent, without a length (a body sent in chunks), or with Expect: 100-continue. " +
			"The answer then names nothing of that; a bare 403, 404 or 411 comes back.",
		Causes: []Cause{
			{ID: "user-agent-missing", Title: "there is no User-Agent where the provider asks for one", Severity: finding.Warning,
				Why: "Programs written on a bare HTTP library send none, and firewalls take such requests for robots.",
				Fix: "Set a User-Agent that names the program."},
			{ID: "framing-refused", Title: "the body is sent in chunks or with Expect: 100-continue", Severity: finding.Warning,
				Why:   "Where the length of a body is not known beforehand, HTTP clients send it in chunks; some endpoints and proxies take no such body, or never answer Expect.",
				Fix:   "Hand the HTTP client the whole body as text or bytes, so that it sends Content-Length, and switch Expect: 100-continue off.",
				Leads: []Lead{{To: strangeAnswers()}}},
			{ID: "request-header-missing", Title: "a header the provider requires is absent", Severity: finding.Error,
				Why: "The provider documents the header, and HTTP libraries do not add it by themselves.",
				Fix: "Add the header to the token request."},
		},
		Judge: judgeHeaders,
	}
}

func judgeHeaders(c *Ctx) Verdict {
	r := c.request()
	if f, why := c.flow(); f == flowOther {
		return NotAsked("%s", why)
	}
	faults := []*Fault{c.framing(r)}
	if !r.HeadersKnown {
		if hasFault(faults) {
			return Faults("", faults...)
		}
		return NotAsked("the headers of the request are not known").Give(wholeRequest)
	}
	for _, name := range profile.FieldPresence.Names(c.Rules) {
		rule := profile.FieldPresence.In(c.Rules, name)
		h, ok := r.Headers.Get(name)
		switch strings.ToLower(name) {
		case "content-type", "content-length", "host", "authorization":
			continue // asked elsewhere, or added by every HTTP client
		case "user-agent":
			if (rule.V == profile.Required || rule.V == profile.Recommended) && strings.TrimSpace(h.Value) == "" {
				is := map[profile.Presence]string{profile.Required: "requires", profile.Recommended: "recommends"}[rule.V]
				faults = append(faults, Found("user-agent-missing", "there is no User-Agent; %s %s one", c.provider(), is).
					Compare("no User-Agent", "User-Agent").At(c.atHeaders(r)).Citing(rule.Cite...))
			}
			continue
		}
		if rule.V != profile.Required {
			continue
		}
		values := profile.FieldAccepted.In(c.Rules, name)
		expected := name
		if values.Known() {
			expected += ": " + either(values.V)
		}
		missing := func(found, format string, args ...any) {
			f := Found("request-header-missing", format, args...).Compare(found, expected).Citing(rule.Cite...).Citing(values.Cite...)
			if ok {
				f.At(c.AtHeader(r, h))
			} else {
				f.At(c.atHeaders(r))
			}
			faults = append(faults, f.Fix("Send the header %s.", expected))
		}
		switch {
		case !ok:
			missing("no "+name, "there is no %s header; %s requires it", name, c.provider())
		case values.Known() && !leftOpen(r, h.Value) && !takesField(name, h.Value, values.V):
			missing(name+": "+h.Value, "%s is not %s; %s requires that", name, either(values.V), c.provider())
		}
	}
	v := Faults("nothing in them is known to be refused", append(faults, c.proof(r))...)
	if h, _ := r.Headers.Get("User-Agent"); strings.TrimSpace(h.Value) == "" {
		v = v.Shows("user-agent-missing")
	}
	if _, chunked := r.Headers.Get("Transfer-Encoding"); chunked {
		v = v.Shows("framing-refused")
	}
	return v.LeavesOpen("request-header-missing")
}

// takesField tells whether a field's value holds one of those accepted. Accept
// is a list, in which */* takes whatever comes.
func takesField(name, value string, accepted []string) bool {
	for _, item := range strings.Split(value, ",") {
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
	te, chunked := r.Headers.Get("Transfer-Encoding")
	chunked = chunked && strings.Contains(strings.ToLower(te.Value), "chunked")
	expect, expects := r.Headers.Get("Expect")
	expects = expects && strings.EqualFold(strings.TrimSpace(expect.Value), "100-continue")
	if !chunked && !expects {
		return nil
	}
	h, what := te, "the body is sent in chunks, without a Content-Length"
	if !chunked {
		h, what = expect, "the request is sent with Expect: 100-continue"
	}
	rule := profile.ChunkedBody.In(c.Rules)
	answer := 0
	if resp := c.response(); resp != nil {
		answer = resp.Status
	}
	f := Found("framing-refused", "%s", what).Compare(h.Name+": "+h.Value, "Content-Length").At(c.AtHeader(r, h)).Citing(rule.Cite...)
	switch {
	case answer == 411 && chunked, answer == 417 && expects:
		f.Title += orElse("; the server answered 411, Length Required", answer == 411, "; the server answered 417, Expectation Failed")
		return f.Weigh(finding.Error)
	case (answer == 404 || answer == 411) && rule.V != "accepted":
		f.Title += "; the server answered " + itoa(answer)
		return f.Weigh(finding.Error).As(finding.Likely).
			Saying("Some token endpoints, Microsoft Entra's among them, answer 404 to a body in chunks although the address is right.")
	case rule.V == "refused" && chunked:
		f.Title += "; " + c.provider() + " does not take that"
		return f
	}
	return nil
}

// proof finds that the server asks for a DPoP proof that was not sent.
func (c *Ctx) proof(r *evidence.Request) *Fault {
	resp := c.response()
	if resp == nil {
		return nil
	}
	code := strings.ToLower(resp.Error.Code)
	if _, ok := r.Headers.Get("DPoP"); ok || code != "use_dpop_nonce" && code != "invalid_dpop_proof" {
		return nil
	}
	for _, name := range profile.FieldPresence.Names(c.Rules) {
		if strings.EqualFold(name, "DPoP") && profile.FieldPresence.In(c.Rules, name).V == profile.Required {
			return nil // told already
		}
	}
	return Found("request-header-missing", "the server answered %s, and the request has no DPoP header", code).
		Compare("no DPoP", "DPoP").At(c.atHeaders(r)).Citing(rfc(9449, "5")).
		Fix("Send a DPoP proof, signed with a key of its own, in the header DPoP; put the nonce of the response's DPoP-Nonce header into it.")
}

// atHeaders points to where a header would have to stand.
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
