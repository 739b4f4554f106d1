package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"

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
		Params:  []profile.Ref{profile.ContentTypeExtra.Ref(), profile.JSONBody.Ref()},
		Cites:   []finding.Citation{rfc(6749, "4.4.2"), rfc(7521, "4.2"), rfc(6749, "B")},
		Doc: "A token request is a form, and Content-Type says so. A server that reads another type finds no parameters, " +
			"and often answers that grant_type or the assertion is missing.",
		Causes: []Cause{
			{ID: "content-type-missing", Title: "the request has a body but no Content-Type", Severity: finding.Error,
				Why: "The body was passed to the HTTP library as plain text, for which it does not set a type.",
				Fix: "Send the header Content-Type: application/x-www-form-urlencoded."},
			{ID: "content-type-json", Title: "Content-Type is JSON", Severity: finding.Error,
				Why:   "Most APIs accept JSON, and many HTTP libraries send it by default; token endpoints accept only a form.",
				Fix:   "Send the parameters as a form, with Content-Type: application/x-www-form-urlencoded.",
				Leads: []Lead{{To: slices.Concat([]finding.CauseID{"body-json"}, unreadParameters())}}},
			{ID: "content-type-other", Title: "Content-Type is neither form nor JSON", Severity: finding.Error,
				Why: "The name was misspelled, or the library set its own type.",
				Fix: "Send the header Content-Type: application/x-www-form-urlencoded."},
			{ID: "content-type-parameter", Title: "Content-Type has a parameter that the provider refuses", Severity: finding.Warning,
				Why: "Many libraries add ;charset=utf-8; some servers compare the whole header.",
				Fix: "Send Content-Type: application/x-www-form-urlencoded with nothing after it."},
		},
		Judge: judgeContentType,
	}
}

func judgeContentType(c *Ctx) Verdict {
	r := c.request()
	if f, why := c.flow(); f == flowOther {
		return NotAsked(why)
	}
	h, there := r.Headers.Get("Content-Type")
	media, extra := r.ContentType()
	second := otherType(r, media)
	switch {
	case noBody(r) && !bodyLost(r):
		return NotAsked("the request has no body")
	case media == "" && !r.HeadersKnown:
		return NotAsked("the text does not show the headers").Give(wholeRequest)
	case media == "" && !r.BodyKnown:
		return NotAsked("it is not known whether the request has a body").Give(wholeRequest)
	case media == "":
		f := Found("content-type-missing", "Content-Type is %s", orElse("empty", there, "missing")).
			Compare(orElse("Content-Type:", there, "no Content-Type"), formType).At(c.atBodyOf(r)).About(Detail{Name: "Content-Type", Right: formType})
		return Fail(fixContentType(f, r))
	case strings.ContainsAny(h.Value, "${<"):
		return NotAsked("the value of Content-Type is not known: %s", h.Value).For(finding.WhyNotGiven)
	case second != nil:
		f := Found("content-type-other", "there are two Content-Type headers, %s and %s", media, second.Value).
			Compare(h.Value+", "+second.Value, formType).At(c.AtHeader(r, h), c.AtHeader(r, *second)).
			About(Detail{Name: "Content-Type", Value: second.Value, Right: formType}).
			Saying("A server reads one of them, or both as one value.")
		return Fail(fixContentType(f, r))
	case media == formType:
		return c.formParameter(r, h, extra)
	case strings.HasPrefix(media, "multipart/") && r.Body.Kind == evidence.BodyMultipart:
		return NotAsked("the body is multipart; see request-body").For(finding.WhyMoot)
	}
	cause := finding.CauseID("content-type-other")
	if isJSONType(media) || media == "text/json" || media == "json" {
		cause = "content-type-json"
	}
	f := Found(cause, "Content-Type is %s; a token request is a form", media).Compare(h.Value, formType).At(c.atField(r, h)).
		About(Detail{Name: "Content-Type", Value: h.Value, Right: formType})
	switch {
	case cause == "content-type-json" && r.Body.Kind == evidence.BodyForm:
		f.Saying("The body is already a form, but the header calls it JSON.")
	case cause == "content-type-json":
	case !strings.Contains(media, "multipart") && (strings.Contains(media, "form") || wording.Distance(media, formType) <= 3):
		f.Saying("It is a near miss of %s; media types must match exactly.", formType)
	case strings.Contains(h.Value, ",") || strings.ContainsAny(media, "\"'"):
		f.Saying("Content-Type is one media type, without quotes or commas.")
	}
	return Fail(fixContentType(f, r))
}

// noBody reports whether the request is known to have no body.
func noBody(r *evidence.Request) bool {
	if !r.BodyKnown || r.Body.Unknown != "" || strings.TrimSpace(r.Body.Text) != "" {
		return false
	}
	switch r.Body.Kind {
	case evidence.BodyNone, evidence.BodyText, evidence.BodyForm:
		return !hasParamIn(r, evidence.InBody)
	}
	return false
}

func hasParamIn(r *evidence.Request, place evidence.ParamPlace) bool {
	for i := range r.Params {
		if r.Params[i].In == place {
			return true
		}
	}
	return false
}

// otherType is another Content-Type header that names another media type.
func otherType(r *evidence.Request, media string) *evidence.Header {
	for i := range r.Headers {
		h := &r.Headers[i]
		if !strings.EqualFold(h.Name, "Content-Type") || strings.ContainsAny(h.Value, "${<") {
			continue
		}
		if is, _, _ := strings.Cut(h.Value, ";"); !strings.EqualFold(strings.TrimSpace(is), media) {
			return h
		}
	}
	return nil
}

// formParameter judges what comes after the media type of a form.
func (c *Ctx) formParameter(r *evidence.Request, h evidence.Header, extra string) Verdict {
	rule := profile.ContentTypeExtra.In(c.Rules)
	pass := Pass("Content-Type is %s", h.Value).Citing(rule.Cite...)
	if extra == "" {
		return pass
	}
	resp := c.response()
	unsupported := resp != nil && resp.Status == 415
	if rule.V != "refused" && !unsupported {
		return pass.Shows("content-type-parameter")
	}
	f := Found("content-type-parameter", "Content-Type has the parameter %s, which %s refuses", extra, c.provider()).
		Compare(h.Value, formType).At(c.atField(r, h)).Citing(rule.Cite...).About(Detail{Name: "Content-Type", Value: h.Value, Right: formType})
	if rule.V != "refused" {
		f.Title = "Content-Type has the parameter " + extra + ", and the server answered 415, Unsupported Media Type"
		f.As(finding.Likely)
	}
	return Fail(f.Weigh(finding.Error))
}

// atField points to a header field. One that the sending program adds has no
// place in the text; the body it belongs to is shown instead.
func (c *Ctx) atField(r *evidence.Request, h evidence.Header) evidence.Place {
	if h.Span.Len() == 0 && h.NameSpan.Len() == 0 {
		return c.atBodyOf(r)
	}
	return c.AtHeader(r, h)
}

func fixContentType(f *Fault, r *evidence.Request) *Fault {
	switch {
	case curlHas(r, "--json"):
		return f.Fix("Replace --json with one --data-urlencode for each parameter; curl then sends the right Content-Type.")
	case isCurl(r) && r.Body.Kind == evidence.BodyForm:
		return f.Fix("Drop -H \"Content-Type: …\" from the command: with --data-urlencode, curl sends %s by default.", formType)
	case isCurl(r):
		return f.Fix("Drop -H \"Content-Type: …\" and send each parameter with --data-urlencode; curl then sends %s.", formType)
	}
	return f
}
