package checks

import (
	"slices"

	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// formType is the one media type of a token request (RFC 6749 section 4.4.2).
const formType = "application/x-www-form-urlencoded"

func requestContentType() Check {
	return Check{
		ID:      "request-content-type",
		Subject: "Content-Type",
		Rank:    50,
		Title:   "Content-Type is application/x-www-form-urlencoded",
		Kinds:   assertionKinds,
		Needs:   []evidence.Need{evidence.NeedRequest},
		After:   []finding.CauseID{"post-became-get"},
		Params:  []profile.Ref{profile.ContentTypeExtra.Ref()},
		Cites:   []finding.Citation{rfc(6749, "4.4.2"), rfc(7521, "4.2"), rfc(6749, "B")},
		Doc: "A token request is a form, and Content-Type says so. A server that reads another type finds no parameters, " +
			"and often answers that grant_type or the assertion is missing.",
		Causes: []Cause{
			{ID: "content-type-missing", Title: "there is a body and no Content-Type", Severity: finding.Error,
				Why: "The body was handed to the HTTP library as plain text, for which it names no type.",
				Fix: "Send the header Content-Type: application/x-www-form-urlencoded."},
			{ID: "content-type-json", Title: "Content-Type is JSON", Severity: finding.Error,
				Why:   "Most APIs take JSON, and many HTTP libraries send it unless told otherwise; token endpoints take a form.",
				Fix:   "Send the parameters as a form, with Content-Type: application/x-www-form-urlencoded.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"body-json"}, unreadParameters())}}},
			{ID: "content-type-other", Title: "Content-Type is neither form nor JSON", Severity: finding.Error,
				Why: "The name was misspelt, or the library set a type of its own.",
				Fix: "Send the header Content-Type: application/x-www-form-urlencoded."},
			{ID: "content-type-parameter", Title: "Content-Type carries a parameter the provider refuses", Severity: finding.Warning,
				Why: "Many libraries add ;charset=utf-8; some servers compare the whole header.",
				Fix: "Send Content-Type: application/x-www-form-urlencoded and nothing after it."},
		},
		Judge: judgeContentType,
	}
}

// otherType is a further Content-Type that names another media type.
func otherType(r *evidence.Request, media string) *evidence.Header {
	for _, h := range r.Headers {
		is, _, _ := strings.Cut(strings.ToLower(h.Value), ";")
		if strings.EqualFold(h.Name, "Content-Type") && strings.TrimSpace(is) != media && !strings.ContainsAny(h.Value, "${<") {
			return &h
		}
	}
	return nil
}

func judgeContentType(c *Ctx) Verdict {
	r := c.request()
	if f, why := c.flow(); f == flowOther {
		return NotAsked("%s", why)
	}
	h, there := r.Headers.Get("Content-Type")
	media, extra := r.ContentType()
	none := r.BodyKnown && strings.TrimSpace(r.Body.Text) == "" && len(r.ParamsIn(evidence.InBody)) == 0 && r.Body.Unknown == "" &&
		(r.Body.Kind == evidence.BodyNone || r.Body.Kind == evidence.BodyText || r.Body.Kind == evidence.BodyForm)
	switch {
	case none && !bodyLost(r):
		return NotAsked("there is no body")
	case media == "" && !r.HeadersKnown:
		return NotAsked("the text does not tell the headers").Give(wholeRequest)
	case media == "" && !r.BodyKnown:
		return NotAsked("whether there is a body is not known").Give(wholeRequest)
	case media == "":
		is := orElse("empty", there, "missing")
		f := Found("content-type-missing", "Content-Type is %s", is).Compare(orElse("Content-Type:", there, "no Content-Type"), formType).At(c.atBodyOf(r))
		return Fail(fixContentType(f, r))
	case strings.ContainsAny(h.Value, "${<"):
		return NotAsked("the value of Content-Type is not known: %s", h.Value)
	case otherType(r, media) != nil:
		second := otherType(r, media)
		return Fail(fixContentType(Found("content-type-other", "Content-Type stands twice, with %s and %s", media, second.Value).
			Compare(h.Value+", "+second.Value, formType).At(c.AtHeader(r, h), c.AtHeader(r, *second)).
			Saying("A server reads one of them, or both as one value."), r))
	case media == formType:
		rule := profile.ContentTypeExtra.In(c.Rules)
		pass := Pass("Content-Type is %s", h.Value).Citing(rule.Cite...)
		if extra == "" {
			return pass
		}
		f := Found("content-type-parameter", "Content-Type carries %s; %s refuses a parameter there", extra, c.provider()).
			Compare(h.Value, formType).At(c.atField(r, h)).Citing(rule.Cite...)
		switch resp := c.response(); {
		case rule.Known() && rule.V == "refused":
			return Fail(f)
		case resp != nil && resp.Status == 415:
			f.Title = "Content-Type carries " + extra + ", and the server answered 415, Unsupported Media Type"
			return Fail(f.As(finding.Likely))
		}
		return pass.Shows("content-type-parameter")
	case strings.HasPrefix(media, "multipart/") && r.Body.Kind == evidence.BodyMultipart:
		return NotAsked("the body is multipart, which the check request-body tells")
	}
	cause, title := finding.CauseID("content-type-other"), "Content-Type is "+media
	if isJSONType(media) || media == "text/json" || media == "json" {
		cause = "content-type-json"
	}
	f := Found(cause, "%s; a token request is a form", title).Compare(h.Value, formType).At(c.atField(r, h))
	switch {
	case cause == "content-type-json" && r.Body.Kind == evidence.BodyForm:
		f.Saying("The body is a form already; the header calls it JSON.")
	case cause == "content-type-json":
	case !strings.Contains(media, "multipart") && (strings.Contains(media, "form") || editDistance(media, formType) <= 3):
		f.Saying("It is a near miss of %s; media types are compared letter by letter.", formType)
	case strings.Contains(h.Value, ",") || strings.ContainsAny(media, "\"'"):
		f.Saying("Content-Type holds one media type, without quotes and commas.")
	}
	return Fail(fixContentType(f, r))
}

// atField points to a header field; one that the sending program adds by
// itself stands nowhere, and the body it belongs to is shown instead.
func (c *Ctx) atField(r *evidence.Request, h evidence.Header) evidence.Place {
	if h.Span.Len() == 0 && h.NameSpan.Len() == 0 {
		return c.atBodyOf(r)
	}
	return c.AtHeader(r, h)
}

func fixContentType(f *Fault, r *evidence.Request) *Fault {
	switch {
	case curlHas(r, "--json"):
		return f.Fix("Replace --json by one --data-urlencode a parameter; curl then sends the right Content-Type by itself.")
	case isCurl(r) && r.Body.Kind == evidence.BodyForm:
		return f.Fix("Drop the -H \"Content-Type: …\" from the command: with --data-urlencode curl sends %s by itself.", formType)
	case isCurl(r):
		return f.Fix("Drop the -H \"Content-Type: …\" and send each parameter with --data-urlencode; curl then sends %s by itself.", formType)
	}
	return f
}
