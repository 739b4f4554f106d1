package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// deepestError bounds how deep nested members are searched for an error.
const deepestError = 4

// errorOf finds the error in a response: in its body, else in the URL it redirects to,
// else in its challenges.
func errorOf(r *evidence.Response) evidence.OAuthError {
	var f foundError
	granted := false
	switch r.Form {
	case evidence.FormJSON:
		granted = isGrant(r.JSON)
		f.value(r.JSON, 0)
	case evidence.FormForm:
		granted = f.pairs(formPairs(r.Body))
	case evidence.FormText:
		f.quoted(r.Body)
	}
	if location := r.Headers.Value("Location"); location != "" && !f.named && r.Status >= 300 && r.Status < 400 {
		f.address(location)
	}
	for _, text := range [...]string{f.Code, f.Description} {
		if f.byGo(text) { // a member of the program's own log entry contains it
			break
		}
	}
	e := f.OAuthError
	for _, c := range r.Challenges {
		if e.Code != "" || c.Params["error"] == "" {
			continue
		}
		f.named = true
		e.Code = c.Params["error"]
		if e.Description == "" {
			e.Description, e.HasDescription = c.Params["error_description"], e.HasDescription || c.Params["error_description"] != ""
		}
		if e.URI == "" {
			e.URI = c.Params["error_uri"]
		}
	}
	if granted && r.Status < 400 {
		e = evidence.OAuthError{} // a token was issued, whatever else the response contains
	}
	accepted := r.Status >= 200 && r.Status <= 299
	said := e.Code != "" || strings.TrimSpace(e.Description) != ""
	switch {
	case granted && r.Status < 400:
	case r.Status >= 400, f.named && said:
		e.Present = true
	case f.named:
		e.Present = !accepted // "error": null next to a result
	default:
		e.Present = said && r.Status == 0
	}
	e.Text = wordsOf(r)
	return e
}

// isGrant reports whether an object has the members of a token response.
func isGrant(v *jsonspan.Value) bool {
	for _, name := range [...]string{"access_token", "id_token"} {
		if t, ok := v.Get(name); ok && t.Kind == jsonspan.String && t.Str != "" {
			return true
		}
	}
	return false
}

// foundError is an error while it is put together from several members.
type foundError struct {
	evidence.OAuthError
	named bool // a member says that it is an error, which "message" on its own does not
}

func (f *foundError) code(s string) {
	if s = strings.TrimSpace(s); f.Code == "" {
		f.Code = s
	}
}

func (f *foundError) describe(v *jsonspan.Value) {
	f.HasDescription = true
	if f.Description == "" {
		f.Description = plainValue(v)
	}
}

// plainValue is a string or number as text; of an array, its first.
func plainValue(v *jsonspan.Value) string {
	switch {
	case v == nil:
	case v.Kind == jsonspan.String:
		return v.Str
	case v.Kind == jsonspan.Number:
		return v.Raw
	case v.Kind == jsonspan.Array && len(v.Items) > 0 && v.Items[0].Kind == jsonspan.String:
		return v.Items[0].Str
	}
	return ""
}

// members are an object's members by name, without case and separators. Of two with the
// same name, the one spelt as in the standard wins, else the last.
type members map[string]*jsonspan.Value

func membersOf(v *jsonspan.Value) members {
	out := members{}
	for _, m := range v.Members {
		key := folded(m.Name)
		if exact, ok := out[key]; ok && m.Name != strings.ToLower(m.Name) && exact != nil {
			continue
		}
		out[key] = m.Value
	}
	return out
}

// first is the member with the first of the names that there is.
func (m members) first(names ...string) (*jsonspan.Value, bool) {
	for _, n := range names {
		if v, ok := m[n]; ok {
			return v, true
		}
	}
	return nil, false
}

// text is the first of the names whose value is a string or number that is not empty.
func (m members) text(names ...string) string {
	for _, n := range names {
		if s := plainValue(m[n]); strings.TrimSpace(s) != "" {
			return s
		}
	}
	return ""
}

// value reads an error from a JSON value.
func (f *foundError) value(v *jsonspan.Value, depth int) {
	if v == nil || depth > deepestError {
		return
	}
	switch v.Kind {
	case jsonspan.Object:
		f.object(v, depth)
	case jsonspan.Array:
		for i, item := range v.Items {
			if i == 8 || f.Code != "" || f.Description != "" {
				return
			}
			f.value(item, depth+1)
		}
	case jsonspan.String:
		if inner, ok := innerJSON(v.Str); ok {
			f.value(inner, deepestError-1)
		}
	}
}

// innerJSON reads JSON inside a string, as logs quote a body.
func innerJSON(s string) (*jsonspan.Value, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != '{' || strings.HasPrefix(s, "{{") {
		return nil, false
	}
	v, _ := jsonspan.Scan([]byte(s), jsonspan.Limits{Values: maxAnswer})
	return v, v.Kind == jsonspan.Object && len(v.Members) > 0
}

func (f *foundError) object(v *jsonspan.Value, depth int) {
	m := membersOf(v)
	f.standard(m, depth)
	if list, ok := m.first("errors"); ok && (len(list.Items) > 0 || len(list.Members) > 0) {
		f.named = true
		f.several(list, depth)
	}
	if fault, ok := m["fault"]; ok && fault.Kind == jsonspan.Object {
		f.named = true
		f.object(fault, depth+1) // Apigee
	}
	if issues, ok := m["issue"]; ok && plainValue(m["resourcetype"]) == "OperationOutcome" {
		f.named = true
		f.issues(issues)
	}
	f.own(m, depth)
	if f.Code != "" || f.Description != "" {
		return
	}
	for _, name := range [...]string{"body", "response", "responsebody", "data", "payload", "message", "detail", "cause", "result"} {
		inner, ok := m[name]
		if !ok || inner.Kind != jsonspan.Object && inner.Kind != jsonspan.String && (inner.Kind != jsonspan.Array || name != "data") {
			continue
		}
		if f.value(inner, depth+1); f.Code != "" {
			return
		}
	}
}

// standard reads error, error_description and error_uri (RFC 6749 section 5.2), even if
// error is an object or a list.
func (f *foundError) standard(m members, depth int) {
	if e, ok := m["error"]; ok {
		f.named = true
		code := m.text("errorcode")
		switch e.Kind {
		case jsonspan.String:
			if inner, ok := innerJSON(e.Str); ok {
				f.value(inner, deepestError-1)
				break
			}
			if code != "" && strings.ContainsAny(strings.TrimSpace(e.Str), " \t") {
				// {"ErrorCode": "invalid_request", "Error": "Required param: client_id"}
				f.code(code)
				if _, described := m.first("errordescription", "message"); !described {
					f.describe(e)
				}
			}
			f.code(e.Str)
		case jsonspan.Object, jsonspan.Array:
			f.value(e, depth+1)
		case jsonspan.Number:
			f.code(e.Raw)
		case jsonspan.Null, jsonspan.Bool:
			f.named = e.Raw != "false"
		}
	}
	// oidc-provider logs what it does not send: the reason, in error_detail.
	if d, ok := m["errordetail"]; ok && d.Kind == jsonspan.String && strings.Contains(d.Str, " ") {
		f.named = true
		f.describe(d)
	}
	if d, ok := m["errordescription"]; ok {
		f.named = true
		f.describe(d)
	}
	if f.URI == "" {
		f.URI = plainValue(m["erroruri"])
	}
}

// several reads the first error of a list, or of an object that maps fields to what is
// wrong with them.
func (f *foundError) several(list *jsonspan.Value, depth int) {
	if list.Kind == jsonspan.Object {
		var own foundError
		if own.object(list, depth+1); own.Code != "" {
			f.code(own.Code)
		}
		for _, m := range list.Members {
			if f.Description == "" && plainValue(m.Value) != "" && folded(m.Name) != "code" {
				f.describe(m.Value)
			}
		}
		return
	}
	for _, item := range list.Items {
		if item.Kind == jsonspan.String {
			f.describe(item)
		} else {
			f.value(item, depth+1)
		}
		if f.Code != "" || f.Description != "" {
			return
		}
	}
}

// issues reads a FHIR OperationOutcome.
func (f *foundError) issues(list *jsonspan.Value) {
	for _, item := range list.Items {
		if item.Kind != jsonspan.Object {
			continue
		}
		m := membersOf(item)
		f.code(m.text("code"))
		text, _ := jsonspan.Find(item, "/details/text")
		if d := plainValue(m["diagnostics"]); d != "" {
			f.describe(m["diagnostics"])
		} else if text != nil {
			f.describe(text)
		}
		if f.Description != "" {
			return
		}
	}
}

// own reads the members that providers and frameworks invented.
func (f *foundError) own(m members, depth int) {
	code := m.text("errorcode", "faultcode")
	_, titled := m["title"]
	if code == "0" {
		code = "" // some servers report success this way
	}
	if ok := m["success"]; code != "" || ok != nil && ok.Raw == "false" {
		f.named = true
	}
	if code == "" {
		// Google has a number in code and the word in status.
		code = m.text("code")
		if word := m["status"]; word != nil && word.Kind == jsonspan.String && depth > 0 && (code == "" || digitsAlone(code)) && !digitsAlone(word.Str) {
			code = word.Str
		}
	}
	// The code within the detail of a fault.
	if detail, ok := m["detail"]; ok && code == "" && detail.Kind == jsonspan.Object {
		code = membersOf(detail).text("errorcode", "code")
	}
	f.code(code)
	for _, name := range [...]string{"errormessage", "errorsummary", "errormsg", "errordetail", "faultstring", "message", "msg", "description", "detail", "reason", "errorcauses"} {
		v, ok := m[name]
		if !ok || v.Kind == jsonspan.Object {
			continue
		}
		if _, quoted := innerJSON(plainValue(v)); quoted {
			continue
		}
		if strings.HasPrefix(name, "error") || strings.HasPrefix(name, "fault") {
			f.named = true
		}
		if f.describe(v); f.Description != "" {
			break
		}
	}
	if titled && f.Code == "" {
		f.code(plainValue(m["title"])) // RFC 9457 section 3.1.3
	} else if titled && f.Description == "" {
		f.describe(m["title"])
	}
	if f.URI == "" {
		if f.URI = m.text("documentationurl", "errorlink", "moreinfo", "helplink"); f.URI == "" && titled {
			if t := m.text("type"); t != "about:blank" {
				f.URI = t
			}
		}
	}
}

func digitsAlone(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// pairs reads an error in form encoding (RFC 6749 section 4.1.2.1); granted is true if
// the parameters contain a token.
func (f *foundError) pairs(ps []formPair) (granted bool) {
	for _, p := range ps {
		switch p.name {
		case "error":
			f.named = true
			f.code(p.value)
		case "error_description":
			f.named, f.HasDescription = true, true
			if f.Description == "" {
				f.Description = p.value
			}
		case "error_uri":
			f.URI = p.value
		case "access_token", "id_token":
			granted = granted || p.value != ""
		}
	}
	return granted
}

// address reads the error from a URL's query or fragment.
func (f *foundError) address(url string) {
	query, fragment := queryOf(url)
	f.pairs(formPairs(cutSpan(url, query)))
	f.pairs(formPairs(cutSpan(url, fragment)))
}
