package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func requestBody() Check {
	return Check{
		ID:      "request-body",
		Subject: "body",
		Rank:    40,
		Title:   "The parameters are in a form-encoded body",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		Cites:   []finding.Citation{rfc(6749, "3.2"), rfc(6749, "4.4.2"), rfc(6749, "B")},
		Doc: "All parameters of a token request travel in its body, as name=value joined by &. In the URL they end up in logs, and a server that keeps to the standard does not look there; " +
			"of a JSON or multipart body it sees no parameter at all.",
		Causes: []Cause{
			{ID: "params-in-url", Title: "parameters stand in the URL", Severity: finding.Error,
				Why:   "The HTTP library was given the parameters as a query, or the client as Params and not as Body.",
				Fix:   "Move the parameters into the form-encoded body.",
				Leads: []Lead{{To: lostBody()}}},
			{ID: "body-empty", Title: "there is no body", Severity: finding.Error,
				Why:   "The parameters were built and not handed over, or the body was used up by an earlier attempt.",
				Fix:   "Send the parameters as a form-encoded body.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"content-type-missing"}, unreadParameters())}}},
			{ID: "body-json", Title: "the body is JSON", Severity: finding.Error,
				Why:   "The HTTP library turns an object into JSON; a token endpoint reads a form, and takes JSON for one long parameter name.",
				Fix:   "Form-encode the parameters: name=value joined by &.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"content-type-other", "content-type-missing"}, unreadParameters())}}},
			{ID: "body-multipart", Title: "the body is multipart", Severity: finding.Error,
				Why:   "FormData and curl -F build multipart/form-data, which is for files.",
				Fix:   "Form-encode the parameters: application/x-www-form-urlencoded.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"content-type-other"}, unreadParameters())}}},
			{ID: "shell-quoting", Title: "the shell's quotation marks were sent as part of names and values", Severity: finding.Error,
				Why:   "The command was written for another shell: cmd.exe does not know single quotes and passes them on.",
				Fix:   "In cmd.exe write double quotes around each parameter; in PowerShell call curl.exe, not the alias curl.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"grant-type-wrong", "assertion-type-wrong", "assertion-misnamed", "parameter-misspelt", "wrapped-in-quotes", "parameter-value-not-accepted"}, unreadParameters())}}},
		},
		Judge: judgeBody,
	}
}

func judgeBody(c *Ctx) Verdict {
	r := c.request()
	if f, why := c.flow(); f == flowOther {
		return NotAsked("%s", why)
	}
	inURL := paramsInURL(r)
	var faults []*Fault
	if f := c.quoting(r); f != nil {
		faults = append(faults, f)
	}
	if len(inURL) > 0 {
		faults = append(faults, c.inURL(r, inURL))
	}
	why, remedy := unread(r)
	switch {
	case jsonBody(r):
		f := Found("body-json", "the body is JSON; a token request is a form").Compare("JSON", "name=value joined by &").At(c.atBodyOf(r))
		switch {
		case curlHas(r, "--json"):
			f.Fix("Replace --json by one --data-urlencode \"name=value\" a parameter.")
		case isCurl(r):
			f.Fix("Replace the JSON by one --data-urlencode \"name=value\" a parameter.")
		}
		faults = append(faults, f)
	case r.Body.Kind == evidence.BodyMultipart:
		f := Found("body-multipart", "the body is multipart; a token request is a form").Compare("multipart/form-data", formType).At(c.atBodyOf(r))
		if curlHas(r, "-F", "--form", "--form-string") {
			f.Fix("Write --data-urlencode for each -F (--form).")
		}
		faults = append(faults, f)
	case len(faults) > 0:
	case why != "":
		return NotAsked("%s", why).Give(remedy)
	case strings.TrimSpace(r.Body.Text) == "" && len(r.ParamsIn(evidence.InBody)) == 0:
		if r.Method != "POST" {
			return NotAsked("moot: a request without a body, and no POST")
		}
		if c.Failed("post-became-get") {
			return NotAsked("moot: post-became-get comes first")
		}
		is := orElse("there is no body", r.Body.Text == "", "the body is white space alone")
		f := Found("body-empty", "%s, and no parameter in the URL", is).Compare("no body", "name=value joined by &").At(c.atBodyOf(r))
		if isCurl(r) {
			f.Fix("Send each parameter with --data-urlencode \"name=value\".")
		}
		faults = append(faults, f)
	case r.Body.Kind == evidence.BodyText && len(r.ParamsIn(evidence.InBody)) == 0:
		return NotAsked("the body is neither a form nor JSON nor multipart, so nothing can be read from it")
	}
	return Faults("the body is form-encoded", faults...)
}

// paramsInURL are the parameters of the query that belong into the body. A
// client_id alone is none: gateways take it there.
func paramsInURL(r *evidence.Request) []evidence.Param {
	var out []evidence.Param
	core, body := tokenParameters(), map[string]bool{}
	for _, p := range r.ParamsIn(evidence.InBody) {
		body[p.Name] = true
	}
	for _, p := range firstParams(r) {
		meant, _ := misspelt(p.Name)
		if p.In == evidence.InURL && !body[p.Name] && (slices.Contains(core, p.Name) || meant != "" && slices.Contains(core, meant)) {
			out = append(out, p)
		}
	}
	return out
}

func (c *Ctx) inURL(r *evidence.Request, params []evidence.Param) *Fault {
	var names []string
	var at []evidence.Place
	for _, p := range params {
		if !slices.Contains(names, p.Name) && len(names) < 8 {
			names = append(names, p.Name)
			at = append(at, c.AtParam(r, p))
		}
	}
	stand := orElse("stands", len(names) == 1, "stand")
	f := Found("params-in-url", "%s %s in the URL", list(names), stand).Compare("URL", "body").At(at...)
	if slices.Contains(names, "client_assertion") || slices.Contains(names, "client_secret") {
		f.Saying("A URL is written to logs on its way, so that the credential in it must be taken as known to others.")
	}
	if curlHas(r, "-G", "--get") {
		f.Fix("Drop -G (--get), which puts the data into the URL.")
	} else if isCurl(r) {
		f.Fix("Send each of them with --data-urlencode instead of in the URL.")
	}
	return f
}

// quoting finds quotation marks that were meant for a shell: a name that
// begins with one, or one around every value.
func (c *Ctx) quoting(r *evidence.Request) *Fault {
	if jsonBody(r) || r.Body.Kind == evidence.BodyMultipart {
		return nil
	}
	quote, at, name := "", evidence.Place{}, "grant_type"
	var wrapped []evidence.Param
	values := 0
	for _, p := range r.Params {
		if q := quoteAt(p.Name); q != "" && quote == "" {
			quote, at, name = q, c.AtParamName(r, p), strings.Trim(p.Name, "'\"`‘’“”")
		}
		if p.Value == "" || p.Unknown != "" {
			continue
		}
		values++
		if q := quoteAt(p.Value); q != "" && len(p.Value) > 2*len(q) && strings.HasSuffix(p.Value, q) {
			wrapped = append(wrapped, p)
		}
	}
	found, expected := quote+name, name
	switch {
	case quote != "":
	case values >= 2 && len(wrapped) == values:
		p := wrapped[0]
		quote, at = quoteAt(p.Value), c.AtParam(r, p)
		found, expected = p.Name+"="+c.Shown(p.Name, p.Value), p.Name+"="+c.Shown(p.Name, strings.Trim(p.Value, quote))
	case len(wrapped) > 0:
		return nil // of one value its own check tells
	case r.Quoting != "":
		quote, at = r.Quoting, c.atBodyOf(r)
		found, expected = "a body in quotation marks", "the body alone"
	default:
		return nil
	}
	f := Found("shell-quoting", "quotation marks (%s) are sent as part of names or values", quote).Compare(found, expected).At(at)
	if isCurl(r) {
		f.Fix("Put double quotes around each --data-urlencode \"name=value\"; they work in sh, cmd.exe and PowerShell.")
	}
	return f
}

// quoteAt returns the quotation mark a text begins with.
func quoteAt(s string) string {
	for _, q := range []string{"'", `"`, "`", "‘", "’", "“", "”"} {
		if strings.HasPrefix(s, q) {
			return q
		}
	}
	return ""
}
