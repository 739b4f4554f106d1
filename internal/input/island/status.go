package island

import (
	"strconv"
	"strings"
)

// statusWords are words before a status, possibly with something in between: the strict
// ones mean a status, the loose ones may mean something else.
var (
	statusWords = []string{"status", "statuscode", "status code", "status_code", "response-code", "response code", "response_code", "responsecode", "http response code", "code was", "status was", "status is", "code is", "status of", "status line", "response status", "resulted in a", "resulted in",
		"does not indicate success", "response headers", "unexpected status", "with status", "non-200 response", "responded with", "response", "received", "http error", "httperror", "server returned http", "request failed", "http"}
	looseWords = []string{"returned", "returned an error", "returns", "error", "got", "code", "failed", "failed with", "with", "answered", "answer", "reply", "exception", "badrequest", "unauthorized", "fetch token"}
)

// readStatus reads a number that is a status by the words around it.
func readStatus(l *layer, i int) int {
	s := l.s
	if i+3 > len(s) || !isDigit(s[i+1]) || !isDigit(s[i+2]) || i > 0 && (isWord(s[i-1]) || s[i-1] == '.' || s[i-1] == ',' || s[i-1] == '-' || s[i-1] == '$') {
		return i
	}
	if i+3 < len(s) && (isWord(s[i+3]) || s[i+3] == '.' && i+4 < len(s) && isDigit(s[i+4]) || s[i+3] == '-' || s[i+3] == '/' || s[i+3] == '%' || s[i+3] == ':' && i+4 < len(s) && isDigit(s[i+4])) {
		return i
	}
	if s[i] == '-' {
		return i
	}
	code, _ := strconv.Atoi(s[i : i+3])
	if code < 100 || code > 599 {
		return i
	}
	if accessLog(l.s[l.lineStart:min(l.lineEnd, l.lineStart+300)]) {
		return i
	}
	phrase, end := phraseAfter(s[i+3:l.lineEnd], code)
	end += i + 3
	strict, loose := l.statusBefore(i)
	if strings.TrimSpace(s[l.lineStart:i]) == "" { // 401 {"error": …
		rest := strings.TrimLeft(s[i+3:l.lineEnd], " \t")
		strict = strict || len(rest) > 1 && len(rest) < l.lineEnd-i-3 && (rest[0] == '{' || rest[0] == '<')
	}
	switch {
	case phrase != "":
	case strict:
	case loose && code >= 400:
	case l.requestEnd >= 0 && i-l.requestEnd < 200 && strings.TrimSpace(s[l.lineStart:l.lineEnd]) == s[i:i+3] && strings.Count(s[min(l.requestEnd, i):i], "\n") <= 3:
		strict = true // on its own line below the request, as in Postman
	case l.requestEnd >= 0 && l.requestEnd == l.lineEnd && strings.TrimSpace(s[i+3:l.lineEnd]) == "":
		strict = true // (POST https://host/token) 400
	default:
		return i
	}
	if code < 400 && !strict && phrase == "" {
		return i
	}
	l.emit(Island{Kind: KindStatus, Name: "a status", Text: l.t.Slice(i, end), Code: code, Phrase: phrase, Side: SideResponse, Loose: !strict && phrase == ""})
	l.side = SideResponse
	return end
}

// phrases are the reason phrases of RFC 9110 section 15, folded.
var phrases = map[int]string{
	100: "continue", 200: "ok", 201: "created", 202: "accepted", 204: "nocontent", 301: "movedpermanently", 302: "found", 303: "seeother", 304: "notmodified", 307: "temporaryredirect", 308: "permanentredirect",
	400: "badrequest", 401: "unauthorized", 402: "paymentrequired", 403: "forbidden", 404: "notfound", 405: "methodnotallowed", 406: "notacceptable", 407: "proxyauthenticationrequired", 408: "requesttimeout", 409: "conflict", 410: "gone",
	411: "lengthrequired", 412: "preconditionfailed", 413: "requestentitytoolarge", 414: "requesturitoolong", 415: "unsupportedmediatype", 421: "misdirectedrequest", 422: "unprocessableentity", 425: "tooearly", 428: "preconditionrequired",
	429: "toomanyrequests", 431: "requestheaderfieldstoolarge", 500: "internalservererror", 501: "notimplemented", 502: "badgateway", 503: "serviceunavailable", 504: "gatewaytimeout", 505: "httpversionnotsupported",
}

// phraseAfter reads the reason phrase after a status, with any separators: Bad Request,
// BAD_REQUEST, BadRequest.
func phraseAfter(s string, code int) (phrase string, length int) {
	want := phrases[code]
	if want == "" {
		return "", 0
	}
	i := 0
	for i < len(s) && i < 6 && strings.IndexByte(" :-(\"'[,`_", s[i]) >= 0 {
		i++
	}
	if i == 0 {
		return "", 0
	}
	k, n := i, 0
	for k < len(s) && n < len(want) {
		c := s[k]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		switch {
		case c == want[n] || want[n] == '\'' && c != want[n]:
			n++
			k++
		case c == ' ' || c == '_' || c == '-':
			k++
		default:
			return "", 0
		}
	}
	if n < len(want) || k < len(s) && isLetter(s[k]) {
		return "", 0
	}
	return s[i:k], k
}

// statusBefore reports whether the words before byte i, on its line or on the line above,
// announce a status.
func (l *layer) statusBefore(i int) (strict, loose bool) {
	from := max(l.lineStart, i-64)
	before := l.s[from:i]
	if strings.TrimSpace(before) == "" && l.lineStart > 0 {
		end := l.lineStart - 1
		start := max(0, end-40)
		n := strings.LastIndexByte(l.s[start:end], '\n')
		if n < 0 && start > 0 {
			return false, false
		}
		before = l.s[start+n+1 : end]
	}
	low := strings.ToLower(before)
	// Received HTTP response headers after 87.5ms - 401
	if n := strings.LastIndex(low, " after "); n >= 0 && strings.Contains(low[n:], "ms") {
		low = low[:n]
	}
	low = strings.TrimRight(low, " \t:=\"'`(-_[<>,*|")
	if strings.HasSuffix(strings.TrimRight(before, " "), "<--") { // OkHttp
		return true, false
	}
	// HTTP/1.1 400
	if n := strings.LastIndex(low, "http/"); n >= 0 && len(low)-n < 9 {
		return true, false
	}
	for _, w := range statusWords {
		if strings.HasSuffix(low, w) && (len(low) == len(w) || !isLetter(low[len(low)-len(w)-1]) || w == "status" || w == "statuscode") {
			return true, false
		}
	}
	for _, w := range looseWords {
		if strings.HasSuffix(low, w) {
			return false, true
		}
	}
	return false, false
}

// readPage reads a page that is a response, if the status of an error comes before it.
func readPage(l *layer, i int) int {
	if l.rejected["page"] > 0 || i+1 >= len(l.s) || strings.IndexByte("!hH", l.s[i+1]) < 0 || !refusedAbove(l.s, i) {
		return i
	}
	end := pageIn(l.s, i, strings.ToLower(l.s[i:min(len(l.s), i+16)]))
	if end == i {
		return i
	}
	l.rejected["page"] = end // a response has only one page
	is := Island{Kind: KindAnswer, Name: "a page", Text: l.t.Slice(i, end), Weight: Weak, Side: SideResponse}
	l.emit(is)
	return end
}
