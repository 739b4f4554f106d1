package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func requestBody() Check {
	return Check{
		ID:      "request-body",
		Subject: "body",
		Rank:    40,
		Title:   "The parameters are in a form-encoded body",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		Params:  []profile.Ref{profile.JSONBody.Ref()},
		Cites:   []finding.Citation{rfc(6749, "3.2"), rfc(6749, "4.4.2"), rfc(6749, "B")},
		Doc: "All parameters of a token request travel in its body, as name=value joined by &. In the URL they end up in logs, and a server that follows the standard does not look there; " +
			"in a JSON or multipart body it sees no parameter at all.",
		Causes: []Cause{
			{ID: "params-in-url", Title: "parameters are in the URL", Severity: finding.Error,
				Why:   "The HTTP library was given the parameters as a query: as Params instead of Body.",
				Fix:   "Move the parameters into the form-encoded body.",
				Leads: []Lead{{To: lostBody()}}},
			{ID: "body-empty", Title: "the request has no body", Severity: finding.Error,
				Why:   "The parameters were built but not passed on, or an earlier attempt used up the body.",
				Fix:   "Send the parameters as a form-encoded body.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"content-type-missing"}, unreadParameters())}}},
			{ID: "body-json", Title: "the body is JSON", Severity: finding.Error,
				Why:   "The HTTP library turns an object into JSON; a token endpoint reads a form, in which the JSON is one long parameter name.",
				Fix:   "Form-encode the parameters: name=value joined by &.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"content-type-other", "content-type-missing"}, unreadParameters())}}},
			{ID: "body-multipart", Title: "the body is multipart", Severity: finding.Error,
				Why:   "FormData and curl -F build multipart/form-data, which is for files.",
				Fix:   "Form-encode the parameters: application/x-www-form-urlencoded.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"content-type-other"}, unreadParameters())}}},
			{ID: "shell-quoting", Title: "the shell's quotation marks were sent as part of names and values", Severity: finding.Error,
				Why:   "The command was written for another shell: cmd.exe does not know single quotes and passes them on.",
				Fix:   "In cmd.exe, put double quotes around each parameter; in PowerShell, call curl.exe instead of the alias curl.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"grant-type-wrong", "assertion-type-wrong", "assertion-misnamed", "parameter-misspelt", "wrapped-in-quotes", "parameter-value-not-accepted"}, unreadParameters())}}},
			{ID: "ampersand-escaped", Title: "the parameters are separated by &amp; instead of &", Severity: finding.Error,
				Why:   "The body was escaped for HTML or XML, by a template or because it was copied from a page's source. A server reads amp; as part of the next name.",
				Fix:   "Separate the parameters with & only.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"assertion-misnamed", "parameter-misspelt", "parameter-repeated"}, unreadParameters())}}},
		},
		Judge: judgeBody,
	}
}

func judgeBody(c *Ctx) Verdict {
	r := c.request()
	if f, why := c.flow(); f == flowOther {
		return NotAsked(why)
	}
	var faults []*Fault
	for _, f := range [...]*Fault{c.quoting(r), c.escapedAmpersands(r), c.inURL(r)} {
		if f != nil {
			faults = append(faults, f)
		}
	}
	switch {
	case jsonBody(r):
		f := Found("body-json", "the body is JSON; a token request is a form").Compare("JSON", "name=value joined by &").At(c.atBodyOf(r))
		switch {
		case curlHas(r, "--json"):
			f.Fix("Replace --json with one --data-urlencode \"name=value\" for each parameter.")
		case isCurl(r):
			f.Fix("Replace the JSON with one --data-urlencode \"name=value\" for each parameter.")
		}
		faults = append(faults, f)
	case r.Body.Kind == evidence.BodyMultipart:
		f := Found("body-multipart", "the body is multipart; a token request is a form").Compare("multipart/form-data", formType).At(c.atBodyOf(r))
		if curlHas(r, "-F", "--form", "--form-string") {
			f.Fix("Replace each -F (--form) with --data-urlencode.")
		}
		faults = append(faults, f)
	}
	if len(faults) > 0 {
		return Faults("", faults...)
	}
	if v, unknown := c.notRead(); unknown {
		return v
	}
	if !hasParamIn(r, evidence.InBody) {
		return c.withoutParameters(r)
	}
	if r.Body.Shown {
		return NotAsked("the text shows the parameters, not how the body was encoded").Give(wholeRequest)
	}
	return Pass("the body is form-encoded")
}

// withoutParameters judges a body in which there is no parameter.
func (c *Ctx) withoutParameters(r *evidence.Request) Verdict {
	switch {
	case r.Body.Kind == evidence.BodyText && strings.TrimSpace(r.Body.Text) != "":
		return NotAsked("the body is neither a form nor JSON nor multipart, so it cannot be read").For(finding.WhyMoot)
	case strings.TrimSpace(r.Body.Text) != "":
		return Pass("the body is form-encoded")
	case r.Method != "POST":
		return NotAsked("moot: the request is not a POST and has no body").For(finding.WhyMoot)
	case c.Failed("post-became-get"):
		return NotAsked("moot: post-became-get comes first").For(finding.WhyMoot)
	}
	is := orElse("the request has no body", r.Body.Text == "", "the body is only whitespace")
	f := Found("body-empty", "%s, and no parameter of a token request is in the URL", is).Compare("no body", "name=value joined by &").At(c.atBodyOf(r))
	if isCurl(r) {
		f.Fix("Send each parameter with --data-urlencode \"name=value\".")
	}
	return Fail(f)
}

// inURL finds parameters in the query that belong into the body. A client_id is
// not one of them: gateways read it there.
func (c *Ctx) inURL(r *evidence.Request) *Fault {
	if !hasParamIn(r, evidence.InURL) {
		return nil
	}
	var names []string
	var at []evidence.Place
	var body map[string]bool
	core := tokenParameters()
	for _, p := range firstParams(r) {
		if p.In != evidence.InURL || len(names) == 8 || slices.Contains(names, p.Name) {
			continue
		}
		meant, _ := misspelled(p.Name)
		if !slices.Contains(core, p.Name) && (meant == "" || !slices.Contains(core, meant)) {
			continue
		}
		if body == nil {
			body = namesIn(r, evidence.InBody)
		}
		if body[p.Name] {
			continue
		}
		names, at = append(names, p.Name), append(at, c.AtParam(r, p))
	}
	if len(names) == 0 {
		return nil
	}
	f := Found("params-in-url", "%s %s in the URL", list(names), orElse("is", len(names) == 1, "are")).Compare("URL", "body").At(at...).
		About(Detail{Name: names[0]})
	if slices.Contains(names, "client_assertion") || slices.Contains(names, "client_secret") {
		f.Saying("A URL is written to logs on its way, so treat the credential in it as exposed.")
	}
	if curlHas(r, "-G", "--get") {
		f.Fix("Drop -G (--get), which puts the data into the URL.")
	} else if isCurl(r) {
		f.Fix("Send each of them with --data-urlencode instead of in the URL.")
	}
	return f
}

func namesIn(r *evidence.Request, place evidence.ParamPlace) map[string]bool {
	names := make(map[string]bool, len(r.Params))
	for i := range r.Params {
		if r.Params[i].In == place {
			names[r.Params[i].Name] = true
		}
	}
	return names
}

// escapedAmpersands finds & that was escaped for HTML: the next name begins
// with what is left of it.
func (c *Ctx) escapedAmpersands(r *evidence.Request) *Fault {
	for _, n := range c.read().near {
		if n.how == apartEntity {
			return Found("ampersand-escaped", "the parameters are separated by &amp; instead of &").
				Compare("&"+n.param.Name, "&"+n.meant).At(c.AtParamName(r, n.param)).As(finding.Likely).
				About(Detail{Name: n.param.Name, Meant: n.meant})
		}
	}
	return nil
}

// quoting finds quotation marks that were meant for a shell: a name that
// begins with one, or one around every value.
func (c *Ctx) quoting(r *evidence.Request) *Fault {
	if jsonBody(r) || r.Body.Kind == evidence.BodyMultipart {
		return nil
	}
	var named, wrapped *evidence.Param
	values, inQuotes := 0, 0
	for i := range r.Params {
		p := &r.Params[i]
		if named == nil && quoteAt(p.Name) != "" {
			named = p
		}
		if p.Value == "" || p.Unknown != "" {
			continue
		}
		values++
		if q := quoteAt(p.Value); q != "" && len(p.Value) > 2*len(q) && strings.HasSuffix(p.Value, q) {
			inQuotes++
			if wrapped == nil {
				wrapped = p
			}
		}
	}
	var f *Fault
	found := func(quote, found, expected string, at evidence.Place) {
		f = Found("shell-quoting", "quotation marks (%s) are sent as part of names or values", quote).Compare(found, expected).At(at)
	}
	switch {
	case named != nil:
		q, name := quoteAt(named.Name), strings.Trim(named.Name, "'\"`‘’“”")
		found(q, q+name, name, c.AtParamName(r, *named))
	case values >= 2 && inQuotes == values:
		q := quoteAt(wrapped.Value)
		found(q, wrapped.Name+"="+c.Shown(wrapped.Name, wrapped.Value), wrapped.Name+"="+c.Shown(wrapped.Name, strings.Trim(wrapped.Value, q)), c.AtParam(r, *wrapped))
	case inQuotes > 0:
		return nil // the check of that one value reports it
	case r.Quoting != "":
		found(r.Quoting, "a body in quotation marks", "the body without them", c.atBodyOf(r))
	default:
		return nil
	}
	if isCurl(r) {
		f.Fix("Put double quotes around each --data-urlencode \"name=value\"; they work in sh, cmd.exe and PowerShell.")
	}
	return f
}

// quoteAt returns the quotation mark a text begins with.
func quoteAt(s string) string {
	if s == "" {
		return ""
	}
	switch s[0] {
	case '\'', '"', '`':
		return s[:1]
	case 0xe2:
		for _, q := range [...]string{"‘", "’", "“", "”"} {
			if strings.HasPrefix(s, q) {
				return q
			}
		}
	}
	return ""
}
