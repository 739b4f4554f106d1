package checks

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func responseJSON() Check {
	return Check{
		ID:       "response-json",
		Subject:  "JSON of the answer",
		Rank:     600,
		OfAnswer: true,
		Title:    "The answer is one JSON object",
		Needs:    []evidence.Need{evidence.NeedResponse},
		After:    []finding.CauseID{"answered-by-gateway", "endpoint-not-found", "server-failed", "rate-limited", "token-not-accepted-by-api"},
		Cites:    []finding.Citation{rfc(6749, "5.1"), rfc(6749, "5.2"), rfc(8259, "2")},
		Doc:      "Token and error both come as one JSON object with Content-Type: application/json. A client that cannot read the answer reports its own error instead of the server's.",
		Causes: []Cause{
			{ID: "response-not-json", Title: "the answer is not a JSON object", Severity: finding.Error,
				Why: "The server answers in another form, the body was cut off, or something on the way changed it. Only the server's side can fix it.",
				Fix: "Send Accept: application/json; if that does not help, send the answer to the provider's support."},
			{ID: "response-content-type", Title: "the answer is JSON, but its Content-Type is not", Severity: finding.Warning,
				Why: "Some HTTP clients read JSON only with application/json, and otherwise return text or nothing.",
				Fix: "Have the client parse the body whatever its Content-Type."},
		},
		Judge: judgeResponseJSON,
	}
}

func judgeResponseJSON(c *Ctx) Verdict {
	r := c.response()
	switch {
	case c.apiCall():
		return NotAsked("the request uses a token and does not ask for one")
	case r.Form == evidence.FormHTML || r.Form == evidence.FormXML:
		return NotAsked("the answer is a page, not data").For(finding.WhyMoot)
	case c.callback(r):
		return NotAsked("an authorization endpoint answers with a redirect")
	case r.Status == 304 && c.wantsToken():
		return Fail(Found("response-not-json", "the answer is 304 (nothing has changed), without a token").
			Compare("no body", "one JSON object").At(c.atStatus(r)))
	case r.Status >= 500 || r.Status >= 300 && r.Status < 400:
		return NotAsked("only an answer of the token endpoint must be JSON; this one is a %d", r.Status)
	case !r.BodyKnown && r.Body == "":
		return NotAsked("the body of the answer was not given").For(finding.WhyNotGiven)
	}
	switch r.Form {
	case evidence.FormEmpty, "":
		return c.emptyAnswer(r)
	case evidence.FormForm:
		if r.Error.Present {
			return NotAsked("the error is form-encoded, as some servers answer")
		}
		return Fail(c.notJSON(r, "a form-encoded body", "the token response is form-encoded, not JSON").
			Fix("Send Accept: application/json; if the server supports no other form, parse it as a form."))
	case evidence.FormText:
		if r.Status == 0 {
			return NotAsked("the text may be anything; its status is not known").For(finding.WhyNotGiven)
		}
		f := c.notJSON(r, "text", "the answer is plain text, not JSON (%d)", r.Status).About(Detail{Code: codeText})
		if r.Status >= 400 {
			f.Weigh(finding.Warning) // a refusal all the same, and that is the cause
		}
		return Fail(f)
	}
	if v, ok := c.parses(r); !ok {
		return v
	}
	if media, ok := contentTypeOf(r); ok && media != "application/json" && !strings.HasSuffix(media, "+json") {
		h, _ := r.Headers.Get("Content-Type")
		return Fail(Found("response-content-type", "the answer is JSON, but its Content-Type is %s", orElse(media, media != "", "empty")).
			Compare(h.Value, "application/json").At(c.AtResponseHeader(r, h)).About(Detail{Name: "Content-Type", Value: h.Value, Right: "application/json"}))
	}
	return Pass("the answer is one JSON object")
}

func (c *Ctx) notJSON(r *evidence.Response, found, format string, args ...any) *Fault {
	return Found("response-not-json", format, args...).Compare(found, "one JSON object").At(c.atAnswer(r))
}

// emptyAnswer judges an answer without a body: only a token request must get one.
func (c *Ctx) emptyAnswer(r *evidence.Response) Verdict {
	if r.Truncated {
		return NotAsked("the answer was not read to its end").For(finding.WhyNotGiven)
	}
	if r.Success() || r.Status < 200 || r.Status > 299 || r.Status == 204 && !c.wantsToken() {
		return NotAsked("the answer has no body")
	}
	if f, _ := c.answers(); f != flowToken {
		return NotAsked("the answer to a %s may be empty", f)
	}
	if r.Body != "" {
		return Fail(c.notJSON(r, "whitespace", "the answer is %d, but its body is only whitespace", r.Status))
	}
	return Fail(c.notJSON(r, "an empty body", "the answer is %d, but its body is empty", r.Status))
}

// parses judges the JSON itself; ok is true if it is an object.
func (c *Ctx) parses(r *evidence.Response) (Verdict, bool) {
	at := slices.IndexFunc(r.Faults, func(f jsonspan.Fault) bool {
		switch f.Code {
		case jsonspan.FaultDuplicate, jsonspan.FaultDepth, jsonspan.FaultSize:
			return false
		}
		return true
	})
	switch {
	case at >= 0 && r.Truncated:
		return NotAsked("the answer was not read to its end").For(finding.WhyNotGiven), false
	case at >= 0:
		fault := r.Faults[at]
		f := c.notJSON(r, "broken JSON", "the answer is not JSON: at byte %d, %s", fault.Span.Start, fault.Message)
		f.Places = []evidence.Place{c.AtResponse(r, inBody(r, fault.Span))}
		if fault.Code == jsonspan.FaultTruncated {
			f.Fix("Compare the body's length with Content-Length: it was cut off on the way, or when it was copied.")
		}
		return Fail(f), false
	case r.JSON == nil:
		return NotAsked("the body was not read").For(finding.WhyNotGiven), false
	case r.JSON.Kind != jsonspan.Object:
		return Fail(c.notJSON(r, r.JSON.Kind.String(), "the answer is %s, not an object", r.JSON.Kind)), false
	}
	return Verdict{}, true
}

// contentTypeOf is the media type of the answer; ok is false if it has none
// or its headers are not known.
func contentTypeOf(r *evidence.Response) (media string, ok bool) {
	h, ok := r.Headers.Get("Content-Type")
	media, _, _ = strings.Cut(h.Value, ";")
	return strings.ToLower(strings.TrimSpace(media)), ok && r.HeadersKnown
}

// wantsToken reports whether the answer is known to be that to a token request:
// it can only be a token or an error.
func (c *Ctx) wantsToken() bool {
	r := c.request()
	if r == nil || r.Method != "" && r.Method != "POST" {
		return false
	}
	f, _ := c.flow()
	return f == flowToken
}

// answers is what the response answers; a response without a request is taken
// for that to a token request.
func (c *Ctx) answers() (flow, string) {
	if c.request() == nil {
		return flowToken, ""
	}
	return c.flow()
}
