package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// isHARExchange reports whether a request, with its response if there was one, is a token
// request. A path that ends in token is not enough: that of a CSRF token does, too.
func isHARExchange(r *evidence.Request, answer *evidence.Response) bool {
	atEndpoint := endsInToken(r.URL)
	spoken, named := false, false // an OAuth parameter, and any parameter
	for _, p := range r.Params {
		if p.In == evidence.InFragment {
			continue
		}
		named = true
		name := wording.Bare(strings.Trim(p.Name, "'\"\uFEFF "))
		switch {
		case name == "granttype", strings.Contains(name, "clientassert"), strings.Contains(name, "assertiontype"):
			return true
		case strings.Contains(name, "assert") && (looksLikeJWT(p.Value) || atEndpoint && p.Type == ""):
			return true
		}
		switch name {
		case "clientid", "clientsecret", "scope", "code", "codeverifier", "refreshtoken", "redirecturi", "devicecode", "subjecttoken", "authreqid":
			spoken = true
		}
	}
	if !atEndpoint {
		return false
	}
	if answer != nil && (answer.Success() || speaksOAuth(answer)) {
		return true
	}
	if !strings.EqualFold(r.Method, "POST") {
		return false
	}
	path := strings.ToLower(pathOf(r.URL))
	for _, word := range []string{"oauth", "openid", "/connect/"} {
		if strings.Contains(path, word) {
			return true
		}
	}
	if spoken || named {
		return spoken // an application's login has other parameters
	}
	for _, word := range []string{"csrf", "xsrf", "push", "captcha", "device"} {
		if strings.Contains(path, word) {
			return false
		}
	}
	return answer == nil || answer.Status >= 300
}

// speaksOAuth recognises an error of RFC 6749 section 5.2 or a similar one: many APIs
// have an error member that contains prose.
func speaksOAuth(answer *evidence.Response) bool {
	if answer.Status < 400 || answer.Form != evidence.FormJSON {
		return false
	}
	v, ok := answer.JSON.Get("error")
	return ok && v.Kind == jsonspan.String && strings.Contains(v.Str, "_") && !strings.ContainsAny(v.Str, " .") && v.Str == strings.ToLower(v.Str)
}

// mayBeTokenRequest is isHARExchange as far as it can be answered without parsing the
// request.
func (e *harEntry) mayBeTokenRequest() bool {
	switch strings.ToUpper(e.method()) {
	case "OPTIONS", "CONNECT", "TRACE":
		return false // a browser's preflight request, or one to a proxy
	}
	if endsInToken(e.url()) {
		return true
	}
	speaks := func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, "grant") || strings.Contains(s, "assert")
	}
	if speaks(e.url()) {
		return true
	}
	if e.Request.PostData == nil {
		return false
	}
	body, _ := e.body("")
	return speaks(body)
}

func pathOf(url string) string {
	if i := strings.IndexAny(url, "?#"); i >= 0 {
		url = url[:i]
	}
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		return url
	}
	if i := strings.IndexByte(rest, '/'); i >= 0 {
		return rest[i:]
	}
	return ""
}

// endsInToken reports whether a URL's path ends like that of a token endpoint.
func endsInToken(url string) bool {
	path := strings.TrimRight(pathOf(url), "/")
	last := strings.ToLower(path[strings.LastIndexByte(path, '/')+1:])
	for _, suffix := range []string{".oauth2", ".php", ".aspx", ".ashx", ".jsp", ".do"} {
		last = strings.TrimSuffix(last, suffix)
	}
	switch wording.Bare(last) {
	case "token", "accesstoken", "gettoken", "tokenendpoint", "oauthtoken", "oauth2token":
		return true
	}
	return false
}
