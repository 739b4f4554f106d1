package checks

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// The fixed values of a request that carries a JWT (RFC 7523 section 2).
const (
	clientAssertionJWT  = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
	clientAssertionSAML = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
	grantJWTBearer      = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	grantSAMLBearer     = "urn:ietf:params:oauth:grant-type:saml2-bearer"
)

const wholeRequest = "the whole request: a curl command, HTTP text or HAR"

// request is the request of the case; nil without one.
func (c *Ctx) request() *evidence.Request { r, _ := c.Request.Get(); return r }

// flow is what a request asks for. All but flowOther are requests in which a
// client may authenticate with an assertion.
type flow string

const (
	flowToken         flow = "token request"
	flowPAR           flow = "pushed authorization request"
	flowIntrospection flow = "introspection request"
	flowRevocation    flow = "revocation request"
	flowDevice        flow = "device authorization request"
	flowCIBA          flow = "backchannel authentication request"
	flowOther         flow = ""
)

// grantSet are the parameters of one grant type beside those of client
// authentication: the ones it cannot do without, and the others it defines.
type grantSet struct{ required, optional []string }

// grantParameters lists the parameters each registered grant type defines.
func grantParameters() map[string]grantSet {
	return map[string]grantSet{
		"authorization_code": {[]string{"code"}, []string{"redirect_uri", "code_verifier"}}, // RFC 6749 4.1.3, RFC 7636 4.5
		"client_credentials": {nil, []string{"scope"}},                                      // RFC 6749 4.4.2
		"refresh_token":      {[]string{"refresh_token"}, []string{"scope"}},                // RFC 6749 6
		"password":           {[]string{"username", "password"}, []string{"scope"}},         // RFC 6749 4.3.2
		grantJWTBearer:       {[]string{"assertion"}, []string{"scope"}},                    // RFC 7523 2.1
		grantSAMLBearer:      {[]string{"assertion"}, []string{"scope"}},                    // RFC 7522 2.1
		"urn:ietf:params:oauth:grant-type:device_code": {[]string{"device_code"}, nil}, // RFC 8628 3.4
		"urn:openid:params:grant-type:ciba":            {[]string{"auth_req_id"}, nil}, // CIBA Core 10.1
		"urn:ietf:params:oauth:grant-type:token-exchange": {[]string{"subject_token", "subject_token_type"}, // RFC 8693 2.1
			[]string{"resource", "audience", "scope", "requested_token_type", "actor_token", "actor_token_type"}},
	}
}

// registeredGrants lists the grant types of grantParameters, sorted.
func registeredGrants() []string {
	var names []string
	for name := range grantParameters() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// tokenParameters are the parameters of token requests that have no business
// in a URL: RFC 6749 puts them into the body.
func tokenParameters() []string {
	names := []string{"grant_type", "client_assertion", "client_assertion_type", "client_secret"}
	for _, grant := range registeredGrants() {
		set := grantParameters()[grant]
		for _, name := range slices.Concat(set.required, set.optional) {
			// Some endpoints select a tenant or an API by these in the URL.
			if name != "resource" && name != "audience" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// knownParameters are the names of all parameters that a client which
// authenticates may send, at the token endpoint and those beside it (RFC 6749,
// 7009, 7521, 7523, 7636, 7662, 8628, 8693, 8707, 9101, 9126, 9396, 9449).
var knownParameters = sync.OnceValue(func() []string {
	return append(tokenParameters(), "client_id", "resource", "audience", "authorization_details", "dpop_jkt",
		"response_type", "response_mode", "state", "nonce", "code_challenge", "code_challenge_method", "request", "request_uri",
		"prompt", "display", "max_age", "ui_locales", "id_token_hint", "login_hint", "login_hint_token", "acr_values", "claims",
		"binding_message", "user_code", "requested_expiry", "client_notification_token", "token", "token_type_hint")
})

// mostParameters is how many parameters are looked at for near misses: no
// token request has that many, and each costs a comparison with every name.
const mostParameters = 300

func firstParams(r *evidence.Request) []evidence.Param {
	return r.Params[:min(len(r.Params), mostParameters)]
}

// misspelt returns the known parameter a name stands for and how the two
// differ; "" where the name is known itself or near none.
func misspelt(name string) (meant, how string) {
	known := knownParameters()
	if slices.Contains(known, name) {
		return "", ""
	}
	trimmed := strings.TrimFunc(name, func(r rune) bool { return r <= ' ' || r == '\u00a0' || r == '\u200b' || r == '\ufeff' })
	if len(trimmed) > 60 {
		return "", ""
	}
	plain := func(s string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "", " ", "", "[]", "").Replace(s))
	}
	bare := plain(trimmed)
	for _, k := range known {
		switch {
		case trimmed == k:
			return k, "by white space"
		case strings.EqualFold(trimmed, k):
			return k, "by upper and lower case"
		case len(k) < 2*len(trimmed) && bare == plain(k):
			if strings.Contains(trimmed, "-") {
				return k, "by a hyphen for an underscore"
			}
			return k, "by its underscores"
		}
	}
	// One letter in a short name is too little to tell: "codes", "token_".
	best := 3
	for _, k := range known {
		if len(k) < 5 || max(len(k)-len(trimmed), len(trimmed)-len(k)) > 2 {
			continue
		}
		d := editDistance(strings.ToLower(trimmed), k)
		if d < best && (len(k) >= 8 || d == 1) {
			meant, best = k, d
		}
	}
	if meant != "" {
		how = map[int]string{1: "by one letter", 2: "by two letters"}[best]
	}
	return meant, how
}

// editDistance is the number of letters to change, add, drop or swap.
func editDistance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 200 || len(y) > 200 {
		return max(len(x), len(y))
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// flow tells what the request asks for and, for flowOther, why it is no
// request that a client authenticates.
func (c *Ctx) flow() (f flow, why string) {
	r := c.request()
	meant := map[string]bool{}
	for _, p := range firstParams(r) {
		name := strings.Trim(p.Name, "'\"`‘’“”{ ")
		if known, _ := misspelt(name); known != "" {
			name = known
		}
		if p.In != evidence.InFragment {
			meant[name] = true
		}
	}
	authenticates := meant["client_assertion"] || meant["client_assertion_type"]
	place := c.place()
	switch {
	case r.Method == "OPTIONS":
		return flowOther, "this is a browser's question before the request (CORS preflight), not the token request"
	case meant["grant_type"]:
		return flowToken, ""
	case meant["response_type"] && !authenticates && place != flowPAR:
		return flowOther, "this is an authorization request, in which no client authenticates"
	case place != flowOther:
		return place, ""
	case meant["response_type"]:
		return flowPAR, ""
	case meant["token"] && !meant["code"] && !meant["assertion"]:
		return flowIntrospection, ""
	case meant["code"] && meant["state"]:
		return flowOther, "this is the way back from the authorization endpoint, not a token request"
	case authenticates, c.carriesAssertion(r), slices.ContainsFunc([]string{"client_secret", "assertion", "code", "code_verifier", "refresh_token",
		"device_code", "subject_token", "auth_req_id"}, func(name string) bool { return meant[name] }):
		return flowToken, ""
	case strings.Contains(r.Body.Text, "grant_type"), strings.Contains(r.Body.Text, "client_assertion"):
		return flowToken, ""
	}
	scheme, _, _ := strings.Cut(r.Headers.Value("Authorization"), " ")
	switch {
	case strings.EqualFold(scheme, "Bearer"), strings.EqualFold(scheme, "DPoP"):
		return flowOther, "this is a call with an access token, not a token request"
	case r.Method == "GET", r.Method == "HEAD", r.Method == "DELETE", len(r.Params) > 0 && r.URL != "":
		return flowOther, "nothing in it belongs to a token request"
	}
	return flowToken, ""
}

// carriesAssertion tells whether the assertion of the case stands in the
// Authorization header.
func (c *Ctx) carriesAssertion(r *evidence.Request) bool {
	a := c.assertion()
	return a != nil && len(a.Compact) > 0 && strings.Contains(r.Headers.Value("Authorization"), string(a.Compact))
}

// unread tells why a parameter that is not there may be there all the same, and
// what would supply it; "" where all parameters are known.
func unread(r *evidence.Request) (why, remedy string) {
	files := "--read-files"
	if len(r.Unread) == 0 {
		files = wholeRequest
	}
	switch {
	case r.Body.Unknown != "":
		return "the body is not known: " + r.Body.Unknown, files
	case !r.BodyKnown, r.Body.Kind == evidence.BodyUnknown:
		return "the body is not known", files
	case bodyLost(r):
		return "the record says there was a body, and does not hold it", wholeRequest
	}
	if slices.ContainsFunc(r.Body.Faults, jsonspan.Fault.Loses) {
		return "the body is damaged, so that a parameter may have been lost", ""
	}
	for _, p := range r.Params {
		if strings.HasPrefix(p.Name, "$") || strings.HasPrefix(p.Name, "{{") || p.Name == "" && p.Unknown != "" {
			return "a parameter is not known: " + orElse(p.Unknown, p.Unknown != "", p.Name+" is a variable"), files
		}
	}
	for _, file := range r.Unread {
		if !slices.ContainsFunc(r.Params, func(p evidence.Param) bool { return strings.Contains(p.Unknown, file) }) {
			return "the file " + file + " was not read", files
		}
	}
	return "", ""
}

// bodyLost tells whether the headers speak of a body that is not there, as in
// a HAR whose contents were left out.
func bodyLost(r *evidence.Request) bool {
	length := strings.TrimSpace(r.Headers.Value("Content-Length"))
	_, chunked := r.Headers.Get("Transfer-Encoding")
	return r.Body.Kind == evidence.BodyNone && r.Body.Text == "" && (chunked || length != "" && strings.Trim(length, "0") != "")
}

// jsonBody tells a body that is JSON, whatever the request calls it.
func jsonBody(r *evidence.Request) bool {
	if r.Body.Kind == evidence.BodyForm || r.Body.Kind == evidence.BodyText {
		text := strings.TrimSpace(r.Body.Text)
		return strings.HasPrefix(text, "{") && !strings.HasPrefix(text, "{{") && strings.Contains(text, ":")
	}
	return r.Body.Kind == evidence.BodyJSON
}

// judgeable is the verdict where nothing of the parameters can be judged.
func (c *Ctx) judgeable(r *evidence.Request) (Verdict, bool) {
	if f, why := c.flow(); f == flowOther {
		return NotAsked("%s", why), false
	}
	if r.Body.Kind != evidence.BodyJSON && jsonBody(r) {
		return NotAsked("the body is JSON under another name, so that no parameter can be read"), false
	}
	if r.Body.Kind == evidence.BodyText && len(r.Params) == 0 {
		if media, _ := r.ContentType(); media != formType {
			return NotAsked("the body is not form-encoded, so that no parameter can be read"), false
		}
	}
	if c.Failed("post-became-get") && len(r.Params) == 0 {
		return NotAsked("moot: post-became-get comes first"), false
	}
	if r.Method != "" && r.Method != "POST" && r.Body.Kind == evidence.BodyNone && len(r.Params) == 0 {
		return NotAsked("moot: a %s request without a body holds no parameter", r.Method), false
	}
	return Verdict{}, true
}

// sent returns a parameter that has a value; one without is as good as omitted
// (RFC 6749 section 3.2).
func sent(r *evidence.Request, name string) (evidence.Param, bool) {
	p, ok := r.Param(name)
	return p, ok && (strings.TrimSpace(p.Value) != "" || p.Unknown != "")
}

// unknownValue is the verdict on a parameter whose value cannot be known.
func unknownValue(r *evidence.Request, p evidence.Param) Verdict {
	v := NotAsked("the value of %s is not known: %s", p.Name, p.Unknown)
	if len(r.Unread) > 0 {
		return v.Give("--read-files")
	}
	return v
}

// isOrEmpty tells of a parameter without value whether it is there at all.
func isOrEmpty(r *evidence.Request, name string) (is, found string) {
	if _, ok := r.Param(name); ok {
		return "empty", name + "="
	}
	return "missing", "no " + name
}

// atAbsent points to where a parameter would have to stand.
func (c *Ctx) atAbsent(r *evidence.Request, name string) evidence.Place {
	if p, ok := r.Param(name); ok {
		return c.AtParamName(r, p)
	}
	for _, p := range firstParams(r) {
		if meant, _ := misspelt(p.Name); meant == name {
			return c.AtParamName(r, p)
		}
	}
	return c.atBodyOf(r)
}

// atBodyOf points to the body of the request or, where that has no place of
// its own, to the nearest thing that has.
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

// standIn tells of a near miss of a parameter's name.
func standIn(r *evidence.Request, name string) string {
	for _, p := range firstParams(r) {
		if meant, how := misspelt(p.Name); meant == name {
			return fmt.Sprintf("The parameter %q stands there; it differs %s, and names are compared exactly.", p.Name, how)
		}
	}
	return ""
}

// isCurl tells whether the request was read from a curl command.
func isCurl(r *evidence.Request) bool { return strings.Contains(r.What, "curl") }

// curlHas tells whether a curl command has one of the words.
func curlHas(r *evidence.Request, words ...string) bool {
	if !isCurl(r) {
		return false
	}
	return slices.ContainsFunc(strings.Fields(r.Text), func(w string) bool { return slices.Contains(words, strings.Trim(w, `"'`)) })
}

// addParameter says how to send a parameter that is not there.
func addParameter(r *evidence.Request, name, value string) string {
	if isCurl(r) {
		return fmt.Sprintf(`Add --data-urlencode "%s=%s" to the command.`, name, value)
	}
	return fmt.Sprintf("Add %s=%s to the form body.", name, value)
}
