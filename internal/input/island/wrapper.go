package island

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// The objects in which clients, proxies and logs put a request or response.

var (
	urlNames    = []string{"url", "uri", "requesturi", "requesturl", "href", "endpoint", "tokenurl", "url.full", "http.url"}
	methodNames = []string{"method", "httpmethod", "requestmethod", "http.request.method", "http.method"}
	statusNames = []string{"status", "statuscode", "responsestatus", "httpstatus", "responsestatuscode", "code", "http.response.statuscode", "http.statuscode", "httpcode"}
	bodyNames   = []string{"data", "body", "form", "formdata", "payload", "requestbody", "postdata", "content", "json", "params", "text"}
	answerNames = []string{"body", "responsebody", "data", "response", "text", "content", "payload", "responsetext", "error"}
)

// isExchange recognises an object with a request and a response: an entry of a HAR, an
// error of an HTTP client.
func isExchange(_ object, m names) bool {
	req, _ := m.first("request", "req", "config")
	res, _ := m.first("response", "res")
	return req != nil && req.Kind == jsonspan.Object && res != nil && res.Kind == jsonspan.Object
}

func readExchange(l *layer, o object, m names, depth int) {
	group := l.group
	l.f.groups++
	l.group = l.f.groups
	side := l.side
	for _, which := range [...]struct {
		list []string
		side Side
	}{{[]string{"config", "request", "req"}, SideRequest}, {[]string{"response", "res"}, SideResponse}} {
		for _, name := range which.list {
			if v := m[name]; v != nil {
				l.side = which.side
				l.visit(o.at(v, name), depth+1)
			}
		}
	}
	l.side = side
	for _, x := range o.value.Members {
		if stampName(folded(x.Name)) {
			l.stampMember(o, x)
		}
	}
	l.group = group
	l.members(o, depth, "config", "request", "req", "response", "res", "time", "timestamp", "starteddatetime", "status", "code", "message", "stack", "cause")
}

// isRequest recognises an object with a URL and a method, header fields or a body.
func isRequest(_ object, m names) bool {
	u, _ := m.first(append(urlNames, "path")...)
	if u == nil {
		return false
	}
	text := addressIn(u)
	if !strings.Contains(text, "://") && !strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "{{") {
		return false
	}
	if m.has("error", "errordescription") || statusOf(first(m, statusNames...)) > 0 && !m.has(methodNames...) {
		return false
	}
	return m.has(methodNames...) || m.has("headers", "header") && m.has(bodyNames...)
}

// addressIn is the URL in a member: a string, or a Node object that contains it.
func addressIn(v *jsonspan.Value) string {
	if v.Kind == jsonspan.String {
		return v.Str
	}
	if a := addressWithin(v); a != nil {
		return a.Str
	}
	return ""
}

// addressWithin is the member of a URL object that contains the whole URL.
func addressWithin(v *jsonspan.Value) *jsonspan.Value {
	for _, name := range [...]string{"href", "raw"} {
		if a, ok := v.Get(name); ok && a.Kind == jsonspan.String {
			return a
		}
	}
	return nil
}

func readRequest(l *layer, o object, m names, depth int) {
	side := l.side
	defer l.within(SideRequest)()
	u, _ := m.first(append(urlNames, "path")...)
	is := l.island(KindRequest, "an HTTP request", o)
	if u.Kind == jsonspan.Object {
		u = addressWithin(u)
	}
	is.URL = l.filled(o.at(u, "").content())
	if method, _ := m.first(methodNames...); method != nil && method.Kind == jsonspan.String && len(method.Str) < 10 {
		is.Method = o.at(method, "").content()
	}
	l.emit(is)
	typed := false
	if h, _ := m.first("headers", "header", "requestheaders"); h != nil {
		typed = slices.ContainsFunc(variablesIn(h), func(p param) bool { return folded(p.name) == "contenttype" })
		l.emitFields(o.at(h, "headers"), SideRequest)
	}
	l.clientAuth(o, m)
	for _, name := range bodyNames {
		v := m[name]
		if v == nil || name != "postdata" && l.clientBody(o.at(v, "body"), typed, depth) {
			continue
		}
		if name == "postdata" && v.Kind == jsonspan.Object {
			if text, ok := v.Get("text"); ok && text.Str != "" {
				v = text
			} else if list, ok := v.Get("params"); ok {
				v = list
			}
		}
		l.visit(o.at(v, "body"), depth+1)
	}
	// Everything else, such as the response.
	l.side = side
	skip := append([]string{"headers", "header", "requestheaders", "method", "path", "host"}, append(urlNames, bodyNames...)...)
	if status := statusOf(first(m, statusNames...)); status > 0 {
		l.emitStatus(o, m, status)
		l.side = SideResponse
	}
	l.members(o, depth, skip...)
}

func first(m names, list ...string) *jsonspan.Value {
	v, _ := m.first(list...)
	return v
}

// isOptions recognises the options of a call such as fetch(url, {…}).
func isOptions(_ object, m names) bool {
	method := m["method"]
	return method != nil && method.Kind == jsonspan.String && methodName(method.Str) && m.has("body", "data", "form", "headers", "json")
}

func methodName(s string) bool {
	switch strings.ToUpper(s) {
	case "GET", "POST", "PUT", "PATCH", "DELETE":
		return true
	}
	return false
}

func readOptions(l *layer, o object, m names, depth int) {
	side := l.side
	l.side = SideRequest
	is := l.island(KindRequest, "the options of a request", o)
	is.Method, is.Loose = o.at(m["method"], "").content(), true
	l.emit(is)
	if h, _ := m.first("headers", "header"); h != nil {
		l.emitFields(o.at(h, "headers"), SideRequest)
	}
	for _, name := range bodyNames {
		if v := m[name]; v != nil {
			l.visit(o.at(v, "body"), depth+1)
		}
	}
	l.side = side
}

// isResponse recognises an object with a status and the body or header fields of a
// response.
func isResponse(_ object, m names) bool {
	if m.has("error", "errordescription") && !m.has("headers", "responsebody", "body") {
		return false
	}
	if statusOf(first(m, statusNames...)) == 0 {
		return false
	}
	if m.has("headers", "responseheaders", "rawheaders") || m.has(urlNames...) {
		return true
	}
	for _, name := range answerNames {
		v := m[name]
		if v == nil {
			continue
		}
		if v.Kind == jsonspan.Object && name != "error" || v.Kind == jsonspan.String && strings.ContainsAny(v.Str, "{<=") {
			return true
		}
	}
	return false
}

func readResponse(l *layer, o object, m names, depth int) {
	defer l.within(SideResponse)()
	if u, _ := m.first(urlNames...); u != nil && strings.Contains(addressIn(u), "://") {
		if u.Kind == jsonspan.Object {
			u = addressWithin(u)
		}
		is := l.island(KindRequest, "the address of a request", o)
		is.URL, is.Side, is.Loose = o.at(u, "").content(), SideRequest, true
		l.emit(is)
	}
	l.emitStatus(o, m, statusOf(first(m, statusNames...)))
	if h, _ := m.first("headers", "responseheaders"); h != nil {
		l.emitFields(o.at(h, "headers"), SideResponse)
	}
	l.members(o, depth, append([]string{"headers", "responseheaders", "rawheaders", "status", "statuscode", "statustext", "statusmessage", "config", "request", "req", "trailers", "rawtrailers"}, urlNames...)...)
	for _, name := range [...]string{"config", "request", "req"} {
		if v := m[name]; v != nil && v.Kind == jsonspan.Object {
			l.side = SideRequest
			l.visit(o.at(v, name), depth+1)
		}
	}
}

func (l *layer) emitStatus(o object, m names, status int) {
	is := l.island(KindStatus, "a status", o)
	is.Code, is.Phrase, is.Side = status, m.text("statustext", "statusmessage", "reason", "reasonphrase"), SideResponse
	l.emit(is)
}

// isGrant recognises a token response.
func isGrant(_ object, m names) bool {
	t := first(m, "accesstoken", "idtoken")
	return t != nil && t.Kind == jsonspan.String && t.Str != "" && (m.has("tokentype", "expiresin", "scope", "refreshtoken", "issuedtokentype") || len(m) < 4) && !m.has("granttype", "clientassertion", "error")
}

// isOAuthError recognises an error in the form that token endpoints use.
func isOAuthError(_ object, m names) bool {
	e := first(m, "error", "errorcode", "code")
	code := e != nil && e.Kind == jsonspan.String && errorCode(e.Str)
	if e != nil && e.Kind == jsonspan.Object {
		inner := namesOf(e)
		status := inner["status"]
		code = errorCode(inner.text("code", "error", "errorcode", "type")) || inner.has("errordescription") || status != nil && status.Kind == jsonspan.String && googleStatus(status.Str)
	}
	d := first(m, "errordescription", "errordescription", "errorsummary")
	return code || d != nil && d.Kind == jsonspan.String && len(d.Str) > 3 && (m.has("error", "erroruri", "errorcode", "errorcodes", "traceid", "correlationid") || len(m) < 4)
}

func googleStatus(s string) bool {
	switch s {
	case "INVALID_ARGUMENT", "UNAUTHENTICATED", "PERMISSION_DENIED", "FAILED_PRECONDITION", "NOT_FOUND":
		return true
	}
	return false
}

// isFairError recognises errors of gateways and APIs that are in front of a token
// endpoint or in its place.
func isFairError(_ object, m names) bool {
	status := statusOf(first(m, "status", "statuscode", "httpstatus", "code"))
	switch {
	case m.has("fault") && m["fault"].Kind == jsonspan.Object, m.text("resourcetype") == "OperationOutcome":
		return true
	case m.has("errors") && (m["errors"].Kind == jsonspan.Array || m["errors"].Kind == jsonspan.Object) && (m.has("title", "status", "correlationid", "message", "detail", "traceid") || errorList(m["errors"])):
		return true
	case status >= 400 && m.has("title", "detail", "error", "message") && m.has("type", "title", "detail", "error", "path", "timestamp"):
		return true
	case m.has("message") && m.has("documentationurl"):
		return true
	case m.has("errorcode") && m.has("errorsummary", "errormessage", "message"):
		return true
	}
	e := m["error"]
	return e != nil && (e.Kind == jsonspan.Object && namesOf(e).has("message", "description", "code") || e.Kind == jsonspan.String && len(m) > 1 && m.has("message", "description", "detail", "errorcode"))
}

// SpeaksOfTokens reports whether a text is about the business of token endpoints.
func SpeaksOfTokens(s string) bool {
	s = strings.ToLower(s[:min(len(s), 4096)])
	return wording.HasAny(s, "token", "client", "assertion", "jwt", "oauth", "grant", "scope", "credential", "signature", "audience", "issuer", "authoriz", "authentic", "session_id", "bound ")
}

func errorList(v *jsonspan.Value) bool {
	for _, item := range v.Items {
		if item.Kind == jsonspan.String && len(v.Items) < 8 && SpeaksOfTokens(item.Str) {
			return true // Vault
		}
		if item.Kind == jsonspan.Object && namesOf(item).count("code", "detail", "message", "title", "status") > 1 {
			return true
		}
	}
	return false
}

// isWeakError recognises an object that may be a response of any server.
func isWeakError(_ object, m names) bool {
	if len(m) > 8 {
		return false
	}
	e := first(m, wordsOfError[:]...)
	return e != nil && (e.Kind == jsonspan.String || e.Kind == jsonspan.Object)
}

// logRecord recognises an object that a logger wrote.
func logRecord(m names) bool {
	return m.has("level", "severity", "loglevel", "lvl", "logger", "loggername") && m.has("message", "msg", "event", "textpayload", "jsonpayload", "error", "err", "exception")
}

// readRecord searches the members of a log record; if they contain nothing, the record
// may report an error itself.
func readRecord(l *layer, o object, m names, depth int) {
	before := len(l.f.out)
	for _, x := range o.value.Members {
		if stampName(folded(x.Name)) {
			l.stampMember(o, x)
		}
	}
	l.members(o, depth, "timestamp", "@timestamp", "time", "ts", "date", "datetime", "eventtime", "t", "level", "severity")
	for _, is := range l.f.out[before:] {
		if is.Kind == KindAnswer || is.Kind == KindParams {
			return
		}
	}
	if isOAuthError(o, m) {
		is := l.island(KindAnswer, "an answer", o)
		is.Weight, is.Side = Strong, SideResponse
		l.emit(is)
	}
}

// within assigns what is read until the returned function is called to one exchange and
// the given side.
func (l *layer) within(side Side) (end func()) {
	was := *l
	if l.group == 0 {
		l.f.groups++
		l.group = l.f.groups
	}
	l.side = side
	return func() { l.side, l.group = was.side, was.group }
}
