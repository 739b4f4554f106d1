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
		Title:   "Every parameter appears once and is spelled correctly",
		Needs:   []evidence.Need{evidence.NeedRequest},
		Params:  []profile.Ref{profile.ParamPresence.Ref(), profile.ParamAccepted.Ref()},
		Cites:   []finding.Citation{rfc(6749, "3.2"), rfc(6749, "4.1.3")},
		Doc: "Parameter names must match exactly, each parameter may be sent once, and one without a value counts as missing. " +
			"A server ignores names it does not know, so a misspelled one shows as missing, or as a bare invalid_request.",
		Causes: []Cause{
			{ID: "parameter-repeated", Title: "a parameter is sent twice", Severity: finding.Error,
				Why: "RFC 6749 section 3.2 forbids it, and servers differ in which of the two they read. It happens when a library adds a parameter that the code also sets, or when body and URL both have it.",
				Fix: "Send each parameter once."},
			{ID: "parameter-missing", Title: "a parameter this flow requires is missing", Severity: finding.Error,
				Why: "It was not set, is empty, or was set under another grant type.",
				Fix: "Add the parameter to the form body."},
			{ID: "parameter-misspelt", Title: "a parameter's name is misspelled, or there is whitespace in it", Severity: finding.Error,
				Why: "Names and values must match exactly; a hyphen, a capital letter or a space makes a different one.",
				Fix: "Use the standard's name, and trim what you read from a file or a form.",
				Leads: []Lead{{To: unreadParameters(), When: missedParameter},
					{To: []finding.CauseID{"grant-type-wrong"}, When: func(lead, _ *Fault) bool { return lead.Detail.Meant == "grant_type" }},
					{To: []finding.CauseID{"client-id-mismatch"}, When: func(lead, _ *Fault) bool { return lead.Detail.Meant == "client_id" }}}},
			{ID: "parameter-not-allowed", Title: "the provider forbids a parameter", Severity: finding.Error,
				Why: "Many libraries add client_id or scope to every request; some providers refuse parameters they did not ask for.",
				Fix: "Leave the parameter out."},
			{ID: "parameter-value-not-accepted", Title: "the provider does not accept a parameter's value", Severity: finding.Error,
				Why: "The provider documents the values it accepts, and this is not one of them.",
				Fix: "Send a documented value."},
			{ID: "code-reused", Title: "the same authorization code was sent twice", Severity: finding.Error,
				Why: "A code is good for one request (RFC 6749 section 4.1.2). A page reload, a retry or a second handler sends it again, and servers may revoke the tokens of the first use.",
				Fix: "Exchange each code once; to retry, start again at the authorization endpoint."},
		},
		Judge: judgeParameters,
	}
}

// mostFaults is how many faults of one sort are reported of one request.
const mostFaults = 8

func judgeParameters(c *Ctx) Verdict {
	r := c.request()
	if v, ok := c.judgeable(r); !ok {
		return v
	}
	var faults []*Fault
	faults = append(faults, c.repeated(r)...)
	faults = append(faults, c.misspelledParams(r)...)
	faults = append(faults, c.missingParams(r, faults)...)
	faults = append(faults, c.refusedParams(r)...)
	if seen, ok := c.Seen.Get(); ok && seen.Code != "" {
		if code, ok := sent(r, "code"); ok {
			faults = append(faults, Found("code-reused", "this authorization code was already sent: %s", seen.Code).
				Compare("used at "+seen.Code, "a new code").At(c.AtParam(r, code)).Citing(rfc(6749, "4.1.2")).About(Detail{Name: "code"}))
		}
	}
	if len(faults) > 0 {
		return Faults("", faults...)
	}
	if why, remedy := c.unread(); why != "" {
		v := NotAsked("not all parameters can be seen: %s", why)
		if remedy == "" {
			return v.For(finding.WhyMoot)
		}
		return v.Give(remedy)
	}
	if len(r.Params) > mostParameters {
		return Pass("every parameter is sent once, and this flow requires no others; only the first %d names were checked for misspellings", mostParameters)
	}
	return Pass("every parameter is sent once, and this flow requires no others")
}

// mayRepeat reports whether a parameter may be sent more than once: resource
// and audience (RFC 8707 section 2, RFC 8693 section 2.1), and lists in the
// manner of PHP.
func mayRepeat(name string) bool {
	return name == "" || name == "resource" || name == "audience" || strings.HasSuffix(name, "[]")
}

// repeated finds names that are sent more than once with a value.
func (c *Ctx) repeated(r *evidence.Request) []*Fault {
	const few = 16
	counts := func(p *evidence.Param) bool {
		return p.In != evidence.InFragment && (p.Value != "" || p.Unknown != "") && !mayRepeat(p.Name)
	}
	var faults []*Fault
	report := func(before, again *evidence.Param) {
		if leftOpen(r, again.Name) {
			return
		}
		if len(faults) == mostFaults {
			faults[mostFaults-1].Saying("More parameters are sent twice than are listed here.")
			return
		}
		faults = append(faults, c.twice(r, before, again))
	}
	if len(r.Params) <= few {
		for i := range r.Params {
			for j := range i {
				if r.Params[i].Name != r.Params[j].Name || !counts(&r.Params[i]) || !counts(&r.Params[j]) {
					continue
				}
				if !slices.ContainsFunc(faults, func(f *Fault) bool { return f.Detail.Name == r.Params[i].Name }) {
					report(&r.Params[j], &r.Params[i])
				}
				break
			}
		}
		return faults
	}
	first, reported := make(map[string]*evidence.Param, len(r.Params)), map[string]bool{}
	for i := range r.Params {
		p := &r.Params[i]
		if !counts(p) || reported[p.Name] {
			continue
		}
		if before := first[p.Name]; before != nil {
			reported[p.Name] = true
			report(before, p)
			continue
		}
		first[p.Name] = p
	}
	return faults
}

// twice is the fault of a parameter that is sent again. Where both have one
// value that may be shown, the patch is to send it once.
func (c *Ctx) twice(r *evidence.Request, before, again *evidence.Param) *Fault {
	name := again.Name
	where := "twice in the " + string(again.In)
	if before.In != again.In {
		where = "in the " + string(before.In) + " and in the " + string(again.In)
	}
	f := Found("parameter-repeated", "%s is sent %s", name, where).Compare(name+", twice", name+", once").At(c.AtParam(r, *before), c.AtParam(r, *again)).
		About(Detail{Name: name}).Fix("Send %s once.", name)
	switch {
	case before.Unknown != "" || again.Unknown != "" || leftOpen(r, before.Value) || leftOpen(r, again.Value):
	case before.Value != again.Value:
		f.Saying("The two values differ, and servers differ in which one they read.")
	case !evidence.SecretParameter(name):
		f.Set(finding.PartRequest, name, again.Value)
	}
	return f
}

// misspelledParams finds names near a known one, and whitespace in values that
// must match exactly.
func (c *Ctx) misspelledParams(r *evidence.Request) (faults []*Fault) {
	for _, n := range c.read().near {
		p := n.param
		switch {
		case r.Quoting != "" && strings.ContainsAny(p.Name, "'\"`"), n.how == apartEntity:
			continue // request-body reports them
		case n.meant == "client_assertion", meansAny(faults, n.meant), isSent(r, n.meant), leftOpen(r, p.Name), !c.misses(r, n):
			continue
		case profile.ParamPresence.In(c.Rules, p.Name).State != profile.Unset, profile.ParamAccepted.In(c.Rules, p.Name).State != profile.Unset:
			continue // the provider's own name
		}
		f := Found("parameter-misspelt", "%q is not %s: it differs %s", p.Name, n.meant, n.how.difference()).Compare(p.Name, n.meant).At(c.AtParamName(r, p)).
			About(Detail{Name: p.Name, Meant: n.meant}).Fix("Rename it to %s.", n.meant)
		if n.how.letters() {
			f.As(finding.Likely)
		}
		faults = append(faults, renamed(f, r, p, n.meant))
	}
	for i := range r.Params {
		switch p := &r.Params[i]; p.Name {
		case "client_id", "code", "redirect_uri", "grant_type":
			if p.In == evidence.InFragment || len(faults) >= 4*mostFaults {
				continue
			}
			if f := c.blank(r, *p); f != nil {
				faults = append(faults, f)
			}
		}
	}
	return faults
}

// meansAny reports whether a fault is about the name already.
func meansAny(faults []*Fault, name string) bool {
	return slices.ContainsFunc(faults, func(f *Fault) bool { return f.Detail.Meant == name })
}

// misses reports whether the known name would have a use in this request. An extension may have any name, so one that
// differs by letters counts only if the known one is part of the flow.
func (c *Ctx) misses(r *evidence.Request, n nearName) bool {
	required := profile.ParamPresence.In(c.Rules, n.meant).V == profile.Required
	switch n.meant {
	case "grant_type", "client_assertion_type":
		return true
	case "client_id":
		return required || !n.how.letters()
	}
	set, _ := grantSetOf(grantOf(r))
	return required || set.has(n.meant)
}

// blank finds whitespace where a value begins or ends or, where a + was sent
// unencoded and is read as a space, in it.
func (c *Ctx) blank(r *evidence.Request, p evidence.Param) *Fault {
	trimmed := strings.TrimSpace(p.Value)
	plus := (p.Name == "code" || p.Name == "redirect_uri") && strings.IndexByte(p.Value, ' ') >= 0 && strings.IndexByte(p.RawValue, '+') >= 0
	if p.Unknown != "" || trimmed == "" || trimmed == p.Value && !plus || leftOpen(r, p.Value) {
		return nil
	}
	f := Found("parameter-misspelt", "%s %s with whitespace", p.Name, ends(p.Value)).At(c.AtParam(r, p)).
		About(Detail{Name: p.Name, Meant: p.Name, Value: p.Value, Right: trimmed})
	if trimmed != p.Value {
		if !evidence.SecretParameter(p.Name) {
			f.Set(finding.PartRequest, p.Name, trimmed)
		}
		return f.Compare(`"`+c.Shown(p.Name, p.Value)+`"`, p.Name+`="`+c.Shown(p.Name, trimmed)+`"`).Fix("Trim the value before you send it.")
	}
	f.Title = p.Name + " contains a space: a + was sent unencoded, which is read as a space"
	f.Detail.Right = strings.ReplaceAll(p.Value, " ", "+")
	if !evidence.SecretParameter(p.Name) {
		f.Set(finding.PartRequest, p.Name, f.Detail.Right)
	}
	return f.As(finding.Likely).Compare(p.Name+" with +", p.Name+" with %2B").Fix("Percent-encode the value: + becomes %%2B (curl: --data-urlencode).")
}

// missingParams finds what the grant type or the provider requires and is
// provably not sent. What other checks ask for is left to them.
func (c *Ctx) missingParams(r *evidence.Request, found []*Fault) []*Fault {
	if why, _ := c.unread(); why != "" || len(r.Params) == 0 {
		return nil
	}
	var faults []*Fault
	missing := func(name, because string) *Fault {
		if isSent(r, name) || meansAny(found, name) || meansAny(faults, name) || c.quoted(r, name) {
			return nil
		}
		f := c.absent("parameter-missing", name, "", "; "+because)
		faults = append(faults, f)
		return f
	}
	grant := grantOf(r)
	set, _ := grantSetOf(grant)
	// Of a grant type that is wrong, nothing is missing.
	if rule := profile.GrantTypes.In(c.Rules); len(set.required) > 0 && (!rule.Known() || slices.Contains(rule.V, grant)) {
		for _, name := range set.required {
			if f := missing(name, "the grant type "+grant+" requires it"); f != nil {
				f.Detail.Beside = grant
			}
		}
	}
	if a, ok := c.Authorization.Get(); ok && grant == "authorization_code" {
		if asked, ok := sent(a, "redirect_uri"); ok {
			if f := missing("redirect_uri", "the authorization request had one, so the token request must repeat it"); f != nil {
				f.Citing(rfc(6749, "4.1.3"))
				if asked.Unknown == "" && !leftOpen(a, asked.Value) && f.Patches == nil {
					f.Fixes, f.Detail.Right = nil, asked.Value
					f.Fix("%s", addParameter(r, "redirect_uri", asked.Value)).Set(finding.PartRequest, "redirect_uri", asked.Value)
				}
			}
		}
	}
	if c.otherFlow() {
		return faults // the provider's rules are those of its token endpoint
	}
	for _, name := range profile.ParamPresence.Names(c.Rules) {
		switch name {
		case "grant_type", "client_assertion", "client_assertion_type", "client_id", "scope":
			continue
		}
		rule := profile.ParamPresence.In(c.Rules, name)
		verb := " requires it"
		if rule.V == profile.Recommended {
			verb = " recommends it"
		}
		if rule.V != profile.Required && rule.V != profile.Recommended || isSent(r, name) || ofOtherGrant(name, set) {
			continue
		}
		if f := missing(name, c.provider()+verb); f != nil {
			f.Citing(rule.Cite...)
			if rule.V == profile.Recommended {
				f.Weigh(finding.Warning)
			}
			if values := profile.ParamAccepted.In(c.Rules, name); len(values.V) == 1 && f.Patches == nil {
				f.Fixes, f.Detail.Right = nil, values.V[0]
				f.Fix("%s", addParameter(r, name, values.V[0])).Set(finding.PartRequest, name, values.V[0])
			}
		}
	}
	return faults
}

// ofOtherGrant reports whether a parameter belongs to other grant types than
// this one, so that a provider's rule for it is about other requests. resource goes
// with each of them (RFC 8707 section 2.2).
func ofOtherGrant(name string, set grantSet) bool {
	return name != "resource" && !set.has(name) && slices.ContainsFunc(grantSets(), func(s grantSet) bool { return s.has(name) })
}

// quoted reports whether a parameter is there with a shell's quotation marks in
// its name, which request-body reports.
func (c *Ctx) quoted(r *evidence.Request, name string) bool {
	return slices.ContainsFunc(firstParams(r), func(p evidence.Param) bool { return p.Name != name && strings.Trim(p.Name, "'\"`^ ") == name })
}

// refusedParams finds what the provider forbids, and values it does not accept.
func (c *Ctx) refusedParams(r *evidence.Request) []*Fault {
	var faults []*Fault
	for _, name := range profile.ParamPresence.Names(c.Rules) {
		rule := profile.ParamPresence.In(c.Rules, name)
		if rule.V != profile.Forbidden {
			continue
		}
		p, ok := sent(r, name)
		if !ok || name == "client_secret" && isSent(r, "client_assertion") {
			continue // two authentications are request-auth's
		}
		faults = append(faults, Found("parameter-not-allowed", "%s is sent; %s forbids it", name, c.provider()).
			Compare(name, "no "+name).At(c.AtParam(r, p)).Citing(rule.Cite...).Fix("Leave %s out of the request.", name).
			About(Detail{Name: name}).Remove(finding.PartRequest, name))
	}
	for _, name := range profile.ParamAccepted.Names(c.Rules) {
		rule := profile.ParamAccepted.In(c.Rules, name)
		if !rule.Known() || name == "grant_type" || name == "client_assertion_type" {
			continue
		}
		for i := range r.Params {
			p := &r.Params[i]
			if p.Name != name || p.In == evidence.InFragment || p.Value == "" || p.Unknown != "" || slices.Contains(rule.V, p.Value) || leftOpen(r, p.Value) {
				continue
			}
			faults = append(faults, c.refusedValue(r, *p, rule))
			break // a second one is parameter-repeated
		}
	}
	return faults
}

func (c *Ctx) refusedValue(r *evidence.Request, p evidence.Param, rule profile.Value[[]string]) *Fault {
	f := Found("parameter-value-not-accepted", "%s does not accept this value of %s", c.provider(), p.Name).
		Compare(c.Shown(p.Name, p.Value), either(rule.V)).At(c.AtParam(r, p)).Citing(rule.Cite...).About(Detail{Name: p.Name, Value: p.Value})
	right := ""
	for _, want := range rule.V {
		if diff := nearMiss(p.Value, want); diff != "" {
			f.Saying("The two differ %s; they must match exactly.", diff)
			right = want
			break
		}
	}
	if right == "" && len(rule.V) == 1 {
		right = rule.V[0]
	}
	if right == "" {
		return f.Fix("Send %s as %s.", p.Name, either(rule.V))
	}
	f.Expected, f.Detail.Right = right, right
	return f.Fix("Send %s=%s.", p.Name, right).Set(finding.PartRequest, p.Name, right)
}
