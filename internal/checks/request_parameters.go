package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestParameters() Check {
	return Check{
		ID:      "request-parameters",
		Subject: "parameters",
		Rank:    60,
		Title:   "Every parameter stands once and is spelt right",
		Needs:   []evidence.Need{evidence.NeedRequest},
		Params:  []profile.Ref{profile.ParamPresence.Ref(), profile.ParamAccepted.Ref()},
		Cites:   []finding.Citation{rfc(6749, "3.2"), rfc(6749, "4.1.3")},
		Doc: "Names are compared exactly, a parameter may stand once, and one without a value counts as omitted. " +
			"A server ignores names it does not know, so a misspelt one shows as missing, or as nothing but invalid_request.",
		Causes: []Cause{
			{ID: "parameter-repeated", Title: "a parameter stands twice", Severity: finding.Error,
				Why: "RFC 6749 section 3.2 forbids it, and servers differ in which of the two they read. It comes about where a library adds a parameter that the code has set too, or where body and URL both carry it.",
				Fix: "Send each parameter once."},
			{ID: "parameter-missing", Title: "a parameter this flow requires is absent", Severity: finding.Error,
				Why: "It was not set, is empty, or was set under another grant type.",
				Fix: "Add the parameter to the form body."},
			{ID: "parameter-misspelt", Title: "a parameter's name is nearly right, or white space stands in it", Severity: finding.Error,
				Why:   "Names and values are compared exactly; a hyphen, a capital letter or a blank makes another of them.",
				Fix:   "Write the name as the standard has it, and trim what was read from a file or a form.",
				Leads: []Lead{{To: unreadParameters(), When: missedParameter}, {To: []finding.CauseID{"grant-type-wrong"}, When: func(lead, _ *Fault) bool { return lead.Detail.Meant == "grant_type" }}, {To: []finding.CauseID{"client-id-mismatch"}, When: func(lead, _ *Fault) bool { return lead.Detail.Meant == "client_id" }}}},
			{ID: "parameter-not-allowed", Title: "a parameter the provider forbids", Severity: finding.Error,
				Why: "Many libraries add client_id or scope to every request; some providers refuse what they did not ask for.",
				Fix: "Leave the parameter out."},
			{ID: "parameter-value-not-accepted", Title: "a parameter has a value the provider does not accept", Severity: finding.Error,
				Why: "The provider documents the values it takes, and this is none of them.",
				Fix: "Send a documented value."},
			{ID: "code-reused", Title: "the same authorization code was sent twice", Severity: finding.Error,
				Why: "A code is good for one request (RFC 6749 section 4.1.2). A page that was loaded again, a retry or a second handler sends it once more, and servers may revoke what the first use brought.",
				Fix: "Exchange each code once; on a retry begin again at the authorization endpoint."},
		},
		Judge: judgeParameters,
	}
}

func judgeParameters(c *Ctx) Verdict {
	r := c.request()
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	var faults []*Fault
	faults = append(faults, c.repeated(r)...)
	misspelt, meant := c.misspeltParams(r)
	faults = append(faults, misspelt...)
	faults = append(faults, c.missingParams(r, meant)...)
	faults = append(faults, c.refusedParams(r)...)
	if seen, ok := c.Seen.Get(); ok && seen.Code != "" {
		if code, ok := sent(r, "code"); ok {
			faults = append(faults, Found("code-reused", "this authorization code was sent before: %s", seen.Code).
				At(c.AtParam(r, code)).Citing(rfc(6749, "4.1.2")))
		}
	}
	if why, remedy := unread(r); why != "" && !slices.ContainsFunc(faults, func(f *Fault) bool { return f != nil }) {
		return NotAsked("not all parameters can be seen: %s", why).Give(remedy)
	}
	return Faults("each stands once, and none this flow requires is missing", faults...)
}

// repeated finds names that stand more than once with a value. resource and
// audience may (RFC 8707 section 2, RFC 8693 section 2.1).
func (c *Ctx) repeated(r *evidence.Request) []*Fault {
	var faults []*Fault
	first := map[string]evidence.Param{}
	told := map[string]bool{"resource": true, "audience": true, "": true}
	for _, p := range r.Params {
		if p.In == evidence.InFragment || told[p.Name] || strings.HasSuffix(p.Name, "[]") || p.Value == "" && p.Unknown == "" || leftOpen(r, p.Name) {
			continue
		}
		before, again := first[p.Name]
		if !again {
			first[p.Name] = p
			continue
		}
		told[p.Name] = true
		where := "stands twice in the " + string(p.In)
		if before.In != p.In {
			where = "stands in the " + string(before.In) + " and in the " + string(p.In)
		}
		f := Found("parameter-repeated", "%s %s", p.Name, where).Compare(p.Name+", twice", p.Name+", once").At(c.AtParam(r, before), c.AtParam(r, p))
		if before.Unknown == "" && p.Unknown == "" && before.Value != p.Value {
			f.Saying("The two values differ, and servers differ in which one they read.")
		}
		faults = append(faults, f)
	}
	return faults
}

// misspeltParams finds names near a known one, and blanks in values that are
// compared exactly; meant are the names that were.
func (c *Ctx) misspeltParams(r *evidence.Request) (faults []*Fault, meant map[string]bool) {
	meant = map[string]bool{}
	for _, p := range r.Params {
		if p.In == evidence.InFragment || r.Quoting != "" && strings.ContainsAny(p.Name, "'\"`") {
			continue // quotation marks are request-body's
		}
		if name, how := misspelt(p.Name); name != "" {
			if meant[name] {
				continue
			}
			if _, right := sent(r, name); right || name == "client_assertion" || leftOpen(r, p.Name) || !c.misses(r, name, how) {
				continue
			}
			if profile.ParamPresence.In(c.Rules, p.Name).State != profile.Unset || profile.ParamAccepted.In(c.Rules, p.Name).State != profile.Unset {
				continue // a name of the provider's own
			}
			meant[name] = true
			f := Found("parameter-misspelt", "%q is not %s: it differs %s", p.Name, name, how).Compare(p.Name, name).At(c.AtParamName(r, p)).
				About(Detail{Name: p.Name, Meant: name})
			if strings.HasSuffix(how, "letter") || strings.HasSuffix(how, "letters") {
				f.As(finding.Likely)
			}
			faults = append(faults, f.Fix("Write it %s.", name))
			continue
		}
		switch p.Name {
		case "client_id", "code", "redirect_uri", "grant_type":
			if f := c.blank(r, p); f != nil {
				faults = append(faults, f)
			}
		}
	}
	return faults, meant
}

// misses tells whether a known name that something else may stand for would
// have a use in this request. An extension may have any name, so that one which
// differs by letters counts only where the known one is a part of the flow.
func (c *Ctx) misses(r *evidence.Request, name, how string) bool {
	grant := grantOf(r)
	set, known := grantParameters()[grant]
	required := profile.ParamPresence.In(c.Rules, name).V == profile.Required
	switch name {
	case "grant_type", "client_assertion_type":
		return true
	case "client_id":
		return required || !strings.HasSuffix(how, "letter") && !strings.HasSuffix(how, "letters")
	}
	return required || known && (slices.Contains(set.required, name) || slices.Contains(set.optional, name))
}

// blank finds white space where a value begins or ends or, where a + was sent
// bare and is read as a space, in it.
func (c *Ctx) blank(r *evidence.Request, p evidence.Param) *Fault {
	trimmed := strings.TrimSpace(p.Value)
	if p.Unknown != "" || trimmed == "" || leftOpen(r, p.Value) {
		return nil
	}
	found := func(format string, args ...any) *Fault {
		return Found("parameter-misspelt", format, args...).At(c.AtParam(r, p)).
			Compare(`"`+c.Shown(p.Name, p.Value)+`"`, p.Name+`="`+c.Shown(p.Name, trimmed)+`"`).
			About(Detail{Name: p.Name, Meant: p.Name, Value: p.Value, Right: trimmed})
	}
	switch {
	case trimmed != p.Value:
		return found("%s %s with white space", p.Name, ends(p.Value)).Fix("Trim the value before it is sent.")
	case (p.Name == "code" || p.Name == "redirect_uri") && strings.Contains(p.Value, " ") && strings.Contains(p.RawValue, "+"):
		f := found("%s has a space in it: a + was sent as it is, and is read as a space", p.Name).As(finding.Likely)
		return f.Compare(p.Name+" with +", p.Name+" with %2B").Fix("Percent-encode the value: + becomes %%2B (curl: --data-urlencode).")
	}
	return nil
}

// missingParams finds what the grant type or the provider requires and is
// provably not sent. What other checks ask for is left to them.
func (c *Ctx) missingParams(r *evidence.Request, meant map[string]bool) []*Fault {
	if why, _ := unread(r); why != "" || len(r.Params) == 0 {
		return nil
	}
	var faults []*Fault
	missing := func(name, because string, cite ...finding.Citation) {
		if _, ok := sent(r, name); ok || meant[name] || c.quoted(r, name) {
			return
		}
		is, found := isOrEmpty(r, name)
		faults = append(faults, Found("parameter-missing", "%s is %s; %s", name, is, because).Compare(found, name).
			About(Detail{Meant: name}).At(c.atAbsent(r, name)).Citing(cite...).Fix("%s", addParameter(r, name, "…")))
		meant[name] = true
	}
	grant := grantOf(r)
	// Of a grant type that is wrong itself, nothing is missing.
	if rule := profile.GrantTypes.In(c.Rules); !rule.Known() || slices.Contains(rule.V, grant) {
		for _, name := range grantParameters()[grant].required {
			missing(name, "the grant type "+grant+" requires it")
		}
	}
	if a, ok := c.Authorization.Get(); ok && grant == "authorization_code" {
		if _, asked := sent(a, "redirect_uri"); asked {
			missing("redirect_uri", "the authorization request had one, so the token request must repeat it", rfc(6749, "4.1.3"))
		}
	}
	if c.otherFlow() {
		return faults // the provider's rules are those of its token endpoint
	}
	for _, name := range profile.ParamPresence.Names(c.Rules) {
		rule := profile.ParamPresence.In(c.Rules, name)
		switch name {
		case "grant_type", "client_assertion", "client_assertion_type", "client_id", "scope":
			continue
		}
		if rule.V == profile.Required && !ofOtherGrant(name, grant) {
			missing(name, c.provider()+" requires it", rule.Cite...)
		}
	}
	return faults
}

// ofOtherGrant tells of a parameter that it belongs to grant types of which
// this is none, so that a provider's rule for it means other requests.
func ofOtherGrant(name, grant string) bool {
	own := func(set grantSet) bool {
		return slices.Contains(set.required, name) || slices.Contains(set.optional, name)
	}
	all := grantParameters()
	return !own(all[grant]) && slices.ContainsFunc(registeredGrants(), func(g string) bool { return own(all[g]) })
}

// quoted tells whether a parameter is there with a shell's quotation marks in
// its name, which is told by itself.
func (c *Ctx) quoted(r *evidence.Request, name string) bool {
	return slices.ContainsFunc(r.Params, func(p evidence.Param) bool { return p.Name != name && strings.Trim(p.Name, "'\"`^ ") == name })
}

// refusedParams finds what the provider forbids, and values it does not take.
func (c *Ctx) refusedParams(r *evidence.Request) []*Fault {
	var faults []*Fault
	_, asserted := sent(r, "client_assertion")
	for _, name := range profile.ParamPresence.Names(c.Rules) {
		rule := profile.ParamPresence.In(c.Rules, name)
		p, ok := sent(r, name)
		if !ok || rule.V != profile.Forbidden || name == "client_secret" && asserted {
			continue // two authentications are request-auth's
		}
		faults = append(faults, Found("parameter-not-allowed", "%s is sent; %s forbids it", name, c.provider()).
			Compare(name, "no "+name).At(c.AtParam(r, p)).Citing(rule.Cite...).Fix("Leave %s out of the request.", name))
	}
	for _, name := range profile.ParamAccepted.Names(c.Rules) {
		rule := profile.ParamAccepted.In(c.Rules, name)
		if !rule.Known() || name == "grant_type" || name == "client_assertion_type" {
			continue
		}
		for _, p := range r.All(name) {
			if p.In == evidence.InFragment || p.Value == "" || p.Unknown != "" || leftOpen(r, p.Value) || slices.Contains(rule.V, p.Value) {
				continue
			}
			f := Found("parameter-value-not-accepted", "%s has a value %s does not accept", name, c.provider()).
				Compare(c.Shown(name, p.Value), either(rule.V)).At(c.AtParam(r, p)).Citing(rule.Cite...)
			for _, want := range rule.V {
				if diff := nearMiss(p.Value, want); diff != "" {
					f.Saying("The two differ %s; the comparison is exact.", diff).Fix("Write %s=%s.", name, want)
				}
			}
			faults = append(faults, f)
		}
	}
	return faults
}
