package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// readAddress reads a URL around the colon at i.
func readAddress(l *layer, i int) int {
	s := l.s
	if !strings.HasPrefix(s[i:], "://") {
		return i
	}
	from := i
	for from > max(l.safe, l.lineStart) && (isLetter(s[from-1]) || isDigit(s[from-1]) || strings.IndexByte("+.-", s[from-1]) >= 0) {
		from--
	}
	for from < i && !isLetter(s[from]) {
		from++
	}
	scheme := strings.ToLower(s[from:i])
	if scheme == "" || len(scheme) > 40 {
		return i
	}
	end := i + 3
	open := 0
scan:
	for end < len(s) && urlByte(s[end]) {
		switch s[end] {
		case '(', '[':
			open++
		case ')', ']':
			if open == 0 {
				break scan
			}
			open--
		}
		end++
	}
	t := l.t.Slice(from, end)
	if strings.IndexByte(s[from:end], '?') > 0 {
		if joined, stop := l.formRun(from); stop > end && strings.Count(joined.String(), "\n") == 0 {
			t, end = joined, stop
		}
	}
	n := trailing(t.String())
	for n > 0 && strings.IndexByte(":*_", t.String()[n-1]) >= 0 {
		n--
	}
	if cut := t.Len() - n; cut > 0 {
		t, end = t.Slice(0, n), end-cut
	}
	url := t.String()
	kind := addressKind(url)
	web := scheme == "http" || scheme == "https"
	label := l.labelBefore(from)
	if web {
		if method, ok := l.methodBefore(from, end); ok {
			is := Island{Kind: KindRequest, Name: "a method and an address", Text: t, URL: t, Label: label, Loose: true}
			if method[1] > method[0] {
				is.Method = l.t.Slice(method[0], method[1])
			}
			l.request(is, end)
			return end
		}
	}
	switch {
	case web && kind != AddressAuthorization && kind != AddressCallback && (strings.HasSuffix(label, "request url") || strings.HasSuffix(label, "request uri")):
		l.request(Island{Kind: KindRequest, Name: "the address of a request", Text: t, URL: t, Label: label, Loose: true}, end)
		return end
	case kind == AddressOther:
		if !web || !urlLabel(label) {
			return end
		}
	}
	l.emit(Island{Kind: KindAddress, Name: "a URL", Text: t, Address: kind, Label: label})
	return end
}

func urlByte(c byte) bool {
	return c > ' ' && strings.IndexByte("\"'`<>\\^|", c) < 0
}

// urlLabel reports whether a label says that a URL is where a request goes.
func urlLabel(label string) bool {
	for _, word := range [...]string{"url", "uri", "endpoint", "request", "address"} {
		if strings.HasSuffix(label, word) {
			return true
		}
	}
	return false
}

// addressKind is what a URL is for, by its parameters or the end of its path.
func addressKind(url string) AddressKind {
	path, query, _ := strings.Cut(url, "?")
	path, fragment, _ := strings.Cut(path, "#")
	if k := strings.IndexByte(query, '#'); k >= 0 {
		query, fragment = query[:k], query[k+1:]
	}
	for _, form := range [...]string{query, fragment} {
		switch formKind(form) {
		case formAuthorization:
			return AddressAuthorization
		case formError, formCallback:
			return AddressCallback
		case formRequest:
			return AddressToken
		}
	}
	if TokenPath(path) {
		return AddressToken
	}
	return AddressOther
}

// TokenPath reports whether the path of a URL ends like that of a token endpoint.
func TokenPath(url string) bool {
	path, _, _ := strings.Cut(url, "?")
	if i := strings.Index(path, "://"); i >= 0 {
		path = path[i+3:]
		if i = strings.IndexByte(path, '/'); i < 0 {
			return false
		}
		path = path[i:]
	}
	parts := strings.Split(strings.Trim(strings.ToLower(path), "/"), "/")
	for i := len(parts) - 1; i >= max(0, len(parts)-2); i-- {
		switch p := parts[i]; {
		case p == "token", p == "tokens", strings.HasPrefix(p, "token.oauth2"), p == "access_token", p == "access_tokens", p == "accesstoken", p == "par", p == "oauth2token", p == "gettoken", p == "get_token", p == "bc-authorize", p == "device_authorization":
			return true
		}
	}
	return false
}

// methodBefore finds the method that a line names with the URL from start to end: before
// it (POST https://…), in a call (requests.post("https://…")), or after it (http
// call(https://…)(POST)). The method's place is empty if the words name a request but no
// method.
func (l *layer) methodBefore(start, end int) (place [2]int, ok bool) {
	s := l.s
	from := max(l.lineStart, start-60)
	before := s[from:min(start, len(s))]
	trimmed := strings.TrimRight(before, " \t\"'`[](<:=“‘")
	low := wording.LowerASCII(trimmed)
	for _, skip := range [...]string{" request to", " request for", " request on", " request", " to", " call to", " for", " url", " on resource"} {
		if strings.HasSuffix(low, skip) {
			low = strings.TrimRight(strings.TrimSuffix(low, skip), " \t\"'`[](<:")
		}
	}
	if at, n := methodAtEnd(low); n > 0 {
		word := trimmed[at : at+n]
		upper := strings.ToUpper(word) == word
		called := at > 0 && (low[at-1] == '.' || low[at-1] == '_') || at+n < len(before) && strings.IndexByte("(\"", before[at+n]) >= 0 || strings.Contains(before[at+n:], "(") || strings.Contains(before[at+n:], `"`)
		if upper || called {
			return [2]int{from + at, from + at + n}, true
		}
	}
	for _, call := range [...]string{"fetch", "postasync", "postformurlencodedasync", "httppost", "postforentity", "postforobject", "post_form", "postform", "invoke-restmethod", "requesttokenasync", "curl_init", "urlopen", "httprequest", "new request", "newrequest", "http call"} {
		if strings.HasSuffix(low, call) && before != trimmed {
			return [2]int{}, true
		}
	}
	after := s[end:min(len(s), end+16)]
	rest := strings.TrimLeft(after, " \t\"'`)]>,(")
	for _, m := range [...]string{"POST", "GET", "PUT", "PATCH", "DELETE"} {
		if strings.HasPrefix(rest, m+" /") {
			break // https://host:443 "POST /token HTTP/1.1": the method has its own path
		}
		if strings.HasPrefix(rest, m) && len(after)-len(rest) > 0 && len(after)-len(rest) < 6 && (len(rest) == len(m) || !isWord(rest[len(m)])) && !strings.Contains(after[:len(after)-len(rest)], "\n") {
			at := end + len(after) - len(rest)
			return [2]int{at, at + len(m)}, true
		}
	}
	return [2]int{}, false
}

// methodAtEnd finds a method at the end of a text in lower case.
func methodAtEnd(low string) (at, length int) {
	for _, m := range [...]string{"post", "get", "put", "patch", "delete"} {
		if strings.HasSuffix(low, m) {
			at = len(low) - len(m)
			if at == 0 || !isLetter(low[at-1]) && !isDigit(low[at-1]) {
				return at, len(m)
			}
		}
	}
	return 0, 0
}

// readMethod reads a method with a path, as in the first line of a request.
func readMethod(l *layer, i int) int {
	end := wordEnd(l.s, i)
	word := l.s[i:end]
	if word != strings.ToUpper(word) {
		return i
	}
	k := end
	for k < l.lineEnd && (l.s[k] == ' ' || l.s[k] == '\t') {
		k++
	}
	if l.methodLabel(i) && (end >= l.lineEnd || strings.IndexByte(" ,;\"')]}\r", l.s[end]) >= 0) {
		l.request(Island{Kind: KindRequest, Name: "a method", Text: l.t.Slice(i, end), Method: l.t.Slice(i, end), Loose: true}, end)
		return end
	}
	if k == end || k >= l.lineEnd || l.s[k] != '/' {
		return i
	}
	stop := k
	for stop < l.lineEnd && urlByte(l.s[stop]) {
		stop++
	}
	rest := l.s[stop:l.lineEnd]
	version := strings.HasPrefix(rest, " HTTP/")
	if !version && !(TokenPath(l.s[k:stop]) && strings.TrimSpace(l.s[l.lineStart:i]) == "") || accessLog(l.s[l.lineStart:l.lineEnd]) {
		return i
	}
	url := l.t.Slice(k, stop)
	is := Island{Kind: KindRequest, Name: "a method and a path", Text: l.t.Slice(i, stop), Method: l.t.Slice(i, end), URL: url, Loose: true}
	// https://host:443 "POST /token HTTP/1.1" 400: urllib3 puts the host in front.
	before := strings.TrimRight(l.s[l.lineStart:i], " \"")
	if at := strings.LastIndex(before, "http"); at >= 0 && strings.Contains(before[at:], "://") && !strings.ContainsAny(before[at:], " \t") {
		host := l.t.Slice(l.lineStart+at, l.lineStart+len(before))
		is.URL = join(host, url)
	}
	l.request(is, stop)
	return stop
}

// methodLabel reports whether the words before a method say that it is one.
func (l *layer) methodLabel(i int) bool {
	if strings.HasSuffix(l.labelBefore(i), "method") {
		return true
	}
	return i-l.lineStart < 40 && strings.HasSuffix(wording.LowerASCII(l.s[l.lineStart:i]), "method(value=") // Ktor
}

// accessLog reports whether a line is from a server's access log.
func accessLog(line string) bool {
	line = line[:min(len(line), 300)]
	n := strings.IndexByte(line, '[')
	if n < 0 || n > 200 {
		return false
	}
	_, length := commonStamp(line[n+1:])
	return length > 0
}

// join is two texts in a row.
func join(a, b srctext.Text) srctext.Text {
	var out srctext.Builder
	out.Copy(a, 0, a.Len())
	out.Copy(b, 0, b.Len())
	return out.Text()
}

// request emits a request.
func (l *layer) request(is Island, end int) {
	is.Side = SideRequest
	l.emit(is)
	if is.URL.Len() > 0 {
		l.side = SideRequest
	}
	l.requestEnd = l.endOfLine(end)
}
