package checks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// The fixed values of a request that carries a JWT (RFC 7523 section 2).
const (
	clientAssertionJWT  = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	clientAssertionSAML = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
	grantJWTBearer      = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	grantSAMLBearer     = "urn:ietf:params:oauth:grant-type:saml2-bearer"
)

// wholeRequest is what to give if a form body does not say enough.
const wholeRequest = "the whole request (a curl command, HTTP text or HAR)"

// request is the request of the case; nil without one.
func (c *Ctx) request() *evidence.Request { r, _ := c.Request.Get(); return r }

// judgeable is the verdict where nothing can be said about the parameters.
func (c *Ctx) judgeable(r *evidence.Request) (Verdict, bool) {
	if f, why := c.flow(); f == flowOther {
		return NotAsked(why), false
	}
	if r.Body.Kind != evidence.BodyJSON && jsonBody(r) {
		return NotAsked("the body is JSON, so no form parameter can be read").For(finding.WhyMoot), false
	}
	if r.Body.Kind == evidence.BodyText && len(r.Params) == 0 {
		if media, _ := r.ContentType(); media != formType {
			return NotAsked("the body is not form-encoded, so no parameter can be read").For(finding.WhyMoot), false
		}
	}
	if len(r.Params) == 0 {
		if c.Failed("post-became-get") {
			return NotAsked("moot: post-became-get comes first").For(finding.WhyMoot), false
		}
		if r.Method != "" && r.Method != "POST" && r.Body.Kind == evidence.BodyNone {
			return NotAsked("moot: a %s request without a body has no parameters", r.Method).For(finding.WhyMoot), false
		}
	}
	return Verdict{}, true
}

// sent returns a parameter that has a value; one without is as good as omitted
// (RFC 6749 section 3.2).
func sent(r *evidence.Request, name string) (evidence.Param, bool) {
	p, ok := r.Param(name)
	return p, ok && (p.Unknown != "" || strings.TrimSpace(p.Value) != "")
}

// isSent reports whether the parameter has a value.
func isSent(r *evidence.Request, name string) bool { _, ok := sent(r, name); return ok }

// unknownValue is the verdict on a parameter whose value cannot be known.
func unknownValue(r *evidence.Request, p evidence.Param) Verdict {
	v := NotAsked("the value of %s is not known: it is a variable or placeholder", p.Name)
	if p.Unknown != "" {
		v = NotAsked("the value of %s is not known: %s", p.Name, p.Unknown)
	}
	if len(r.Unread) > 0 {
		return v.Give("--read-files")
	}
	return v.For(finding.WhyNotGiven)
}

// isOrEmpty says of a parameter without a value whether it is there at all.
func isOrEmpty(r *evidence.Request, name string) (is, found string) {
	if _, ok := r.Param(name); ok {
		return "empty", name + "="
	}
	return "missing", "no " + name
}

// absent starts the fault of a parameter that is required and has no value.
// Where another name comes near it, that is said and the fix is to rename it.
func (c *Ctx) absent(cause finding.CauseID, name, value, because string) *Fault {
	r := c.request()
	is, found := isOrEmpty(r, name)
	f := Found(cause, "%s is %s%s", name, is, because).Compare(found, orElse(value, value != "", name)).At(c.atAbsent(r, name)).
		About(Detail{Meant: name, Right: value})
	if near, ok := c.standIn(name); ok {
		f.Detail.Name = near.param.Name
		f.Saying("There is a parameter %q, which differs from %s %s. Parameter names must match exactly.", near.param.Name, name, near.how.difference()).Fix("Rename it to %s.", name)
		return renamed(f, r, near.param, name)
	}
	f.Fix("%s", addParameter(r, name, orElse(value, value != "", "…")))
	if value != "" {
		f.Set(finding.PartRequest, name, value)
	}
	return f
}

// renamed adds to the patch that a parameter is to have another name, unless
// its value is a secret or not known: a patch is shown.
func renamed(f *Fault, r *evidence.Request, p evidence.Param, name string) *Fault {
	if p.Unknown != "" || evidence.SecretParameter(name) || evidence.SecretParameter(p.Name) || leftOpen(r, p.Value) {
		return f
	}
	return f.Remove(finding.PartRequest, p.Name).Set(finding.PartRequest, name, p.Value)
}

// atAbsent points to where a parameter would have to be.
func (c *Ctx) atAbsent(r *evidence.Request, name string) evidence.Place {
	if p, ok := r.Param(name); ok {
		return c.AtParamName(r, p)
	}
	if near, ok := c.standIn(name); ok {
		return c.AtParamName(r, near.param)
	}
	return c.atBodyOf(r)
}

// atBodyOf points to the body of the request or, where that has no place in
// the text, to the nearest thing that has one.
func (c *Ctx) atBodyOf(r *evidence.Request) evidence.Place {
	if r.Body.Span.Len() > 0 {
		return c.AtRequest(r, r.Body.Span)
	}
	for _, p := range slices.Backward(r.Params) {
		if p.NameSpan.Len() > 0 {
			return c.AtParamName(r, p)
		}
	}
	if r.URLSpan.Len() > 0 {
		return c.AtURL(r)
	}
	return c.AtMethod(r)
}

// isCurl reports whether the request was read from a curl command.
func isCurl(r *evidence.Request) bool { return r.Program == evidence.ProgramCurl }

// curlHas reports whether a curl command has one of the words.
func curlHas(r *evidence.Request, words ...string) bool {
	if !isCurl(r) {
		return false
	}
	for w := range strings.FieldsSeq(r.Text) {
		if slices.Contains(words, strings.Trim(w, `"'`)) {
			return true
		}
	}
	return false
}

// addParameter says how to send a parameter that is missing.
func addParameter(r *evidence.Request, name, value string) string {
	if isCurl(r) {
		return fmt.Sprintf(`Add --data-urlencode "%s=%s" to the command.`, name, value)
	}
	return fmt.Sprintf("Add %s=%s to the form body.", name, value)
}

// leftOpen reports whether a text has a variable, a placeholder or a mark of
// redaction in it, so that what is really sent is not known.
func leftOpen(r *evidence.Request, text string) bool {
	const redacted = "redacted"
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '$', '{', '}', '<', '>':
			return true
		case '*':
			if strings.HasPrefix(text[i:], "***") {
				return true
			}
		case 0xe2:
			if strings.HasPrefix(text[i:], "…") {
				return true
			}
		case 'r', 'R':
			if len(text)-i >= len(redacted) && strings.EqualFold(text[i:i+len(redacted)], redacted) {
				return true
			}
		}
	}
	for _, v := range r.Variables {
		if v != "" && strings.Contains(text, v) {
			return true
		}
	}
	return false
}

// grantOf is the grant type of a request; "" if it is missing or not known.
func grantOf(r *evidence.Request) string {
	p, ok := sent(r, "grant_type")
	if !ok || p.Unknown != "" {
		return ""
	}
	return strings.TrimSpace(p.Value)
}

// orFaults is the verdict unless a fault was found.
func orFaults(v Verdict, faults []*Fault) Verdict {
	if hasFault(faults) {
		return Faults("", faults...)
	}
	return v
}

func hasFault(faults []*Fault) bool {
	for _, f := range faults {
		if f != nil {
			return true
		}
	}
	return false
}
