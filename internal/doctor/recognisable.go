package doctor

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/reading"
)

// recognisable reports whether what a reader of whole forms made of a text is
// evidence on its own, although nothing was found in it. Of an answer that many an
// API gives (weak), the words must be known; of plain words there may be few, since a
// sentence about an error is none. A page is one where it tells a failure; source
// code and documentation are none.
func (r *run) recognisable(s subject, text string, read *reading.Result) bool {
	const few = 3
	text = strings.TrimSpace(text)
	a := s.parts.Response
	switch {
	case s.item != nil && s.assertion != nil && s.assertion.Shape == evidence.ShapePlaceholder && strings.Contains(text, "\n"):
		return false // a template of something else
	case s.item != nil:
		return s.assertion != nil && s.assertion.Shape != evidence.ShapeNotJWT && (s.bare() || !read.Explains && !read.Sample)
	case a == nil && fetches(s.parts.Request):
		return false
	case a == nil || s.parts.Request != nil || a.Inactive():
		return true
	case strings.HasPrefix(text, "<"):
		return r.known(a) || failurePage(text) && !samlDocument(text)
	case a.Status == 0 && !strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "[") && len(strings.Fields(text)) > few:
		return false
	case a.Status == 0 && a.Form == evidence.FormJSON && !r.known(a) && (!tellsFailure(a.JSON, 0) || !flatError(a.JSON) && !island.SpeaksOfTokens(text)):
		return false
	case len(read.Weak) > 0:
		return a.Error.Code != "" || r.known(a)
	}
	return a.Status != 0 || a.Error.Present || r.known(a)
}

// fetches reports whether a request only fetches something: a GET or HEAD without a
// parameter of OAuth and without a token to be exchanged, to another address than that
// of a token endpoint.
func fetches(q *evidence.Request) bool {
	if q == nil || q.Method != "" && q.Method != "GET" && q.Method != "HEAD" || input.IsTokenRequest(q) || island.TokenPath(q.URL) {
		return false
	}
	if _, as := input.CarriedElsewhere(q); as == evidence.AsSubject {
		return false
	}
	return !slices.ContainsFunc(q.Params, func(p evidence.Param) bool { return p.Unknown != "" || input.OAuthParameter(p.Name) })
}

// flatError reports whether a JSON value tells an error as RFC 6749 section 5.2 has it,
// whatever its code is. Errors in other forms are those of any API, unless they speak
// of tokens.
func flatError(v *jsonspan.Value) bool {
	for _, name := range [...]string{"error", "error_description"} {
		if e, ok := v.Get(name); ok && e.Kind == jsonspan.String {
			return true
		}
	}
	return false
}

// failurePage reports whether a page of HTML or a document of XML is one that a
// server answers with when something fails or somebody has to log in: a web page, a
// drawing or a project's file is none.
func failurePage(text string) bool {
	const most = 64 << 10 // bytes
	text = strings.ToLower(text[:min(len(text), most)])
	for _, word := range [...]string{"error", "fault", "denied", "forbidden", "unauthorized", "not found", "bad request", "bad gateway", "unavailable", "timeout", "timed out", "blocked", "captcha", "challenge",
		"moved permanently", "too many requests", "maintenance", `type="password"`, "type=password", "type='password'", "saml"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// tellsFailure reports whether a JSON value has the members by which an answer
// tells that something failed. A title, a code or a description alone has many a
// text that is none.
func tellsFailure(v *jsonspan.Value, depth int) bool {
	const (
		deepest = 4
		most    = 200 // members that are looked at
	)
	if v == nil || depth > deepest {
		return false
	}
	if v.Kind == jsonspan.Array {
		return len(v.Items) > 0 && tellsFailure(v.Items[0], depth+1)
	}
	if v.Kind != jsonspan.Object || len(v.Members) > most {
		return false
	}
	var code, words, title, problem bool
	for _, m := range v.Members {
		name := strings.ToLower(m.Name)
		text := m.Value != nil && (m.Value.Kind == jsonspan.String || m.Value.Kind == jsonspan.Number)
		switch {
		case strings.HasPrefix(name, "error"), strings.HasSuffix(name, "error"), strings.HasPrefix(name, "fault"), strings.HasPrefix(name, "exception"):
			return true
		case name == "success" && m.Value != nil && m.Value.Raw == "false", name == "resourcetype" && m.Value != nil && m.Value.Str == "OperationOutcome":
			return true
		case name == "code":
			code = text
		case name == "message", name == "msg", name == "description", name == "reason":
			words = text
		case name == "detail":
			words, problem = text, true
		case name == "title":
			title = text
		case name == "status":
			problem = problem || text && m.Value.Kind == jsonspan.Number || text && len(m.Value.Str) == 3 && strings.Trim(m.Value.Str, "0123456789") == ""
		case name == "instance":
			problem = problem || text
		}
		if m.Value != nil && (m.Value.Kind == jsonspan.Object || m.Value.Kind == jsonspan.Array) && tellsFailure(m.Value, depth+1) {
			return true
		}
	}
	return code && words || title && problem
}
