package input

import (
	"net/url"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Exchange is what a text says about one token exchange. Any part may be nil.
type Exchange struct {
	Request       *evidence.Request
	Response      *evidence.Response
	Authorization *evidence.Request // the authorization request that came before
	// Line is where the exchange begins in its file, or its entry's number in a HAR.
	Line int
	// Name identifies the exchange in its file ("entry 17").
	Name string
}

// Files reads a file that a command sends, by the name in the command. nil reads none.
type Files func(name string) ([]byte, error)

// exchangesOf pairs requests with the responses that follow them. A request that follows
// a redirect replaces the one that was redirected.
func exchangesOf(d evidence.Document, ms []*message) []Exchange {
	var all []Exchange
	open := false // the last exchange awaits its response
	for i, m := range ms {
		line := lineNumber(d, m.start)
		if !m.request {
			if interim(m, ms[i+1:]) {
				continue
			}
			r := responseOf(d, m)
			if !open {
				all = append(all, Exchange{Response: r, Line: line, Name: m.name})
				continue
			}
			all[len(all)-1].Response, open = r, false
			continue
		}
		r, u := requestOf(d, m)
		e := Exchange{Request: r, Line: line, Name: m.name}
		open = true
		switch query, _ := queryOf(r.URL); kindOfPairs(formPairs(cutSpan(r.URL, query))) {
		case addressAuthorization:
			if r.Method == "GET" {
				e.Authorization, e.Request = r, nil
			}
		case addressCallback:
			if r.Method == "GET" && query.End <= u.len() {
				e.Response, e.Request = callbackAnswer(d, u.cut(query.Start, query.End)), nil
			}
		}
		if n := len(all); n > 0 && led(&all[n-1], e) {
			e.Line = all[n-1].Line
			all = all[:n-1]
		}
		all = append(all, e)
	}
	return onlyTokens(withAuthorization(all))
}

// interim recognises a response that is followed by another one to the same request, such
// as 100 Continue or a proxy's response to CONNECT.
func interim(m *message, rest []*message) bool {
	if m.status > 0 && m.status < 200 {
		return true
	}
	follows := len(rest) > 0 && !rest[0].request && !rest[0].bare
	switch {
	case !follows:
		return false
	case m.status >= 300 && m.status < 400 && m.field("Location") != "":
		return true
	case m.status == 401 || m.status == 407:
		return m.body.len() == 0
	}
	return m.status == 200 && len(m.fields) < 4 && m.body.len() == 0 && strings.Contains(strings.ToLower(m.statusText), "established")
}

// led reports whether a request follows a redirect of the one before, and records it.
func led(before *Exchange, e Exchange) bool {
	if before.Request == nil || before.Response == nil || e.Request == nil {
		return false
	}
	from, r, to := before.Request, e.Request, before.Response.Headers.Value("Location")
	if status := before.Response.Status; status < 300 || status > 399 || to == "" {
		return false
	}
	address, ok := from.Address()
	target, err := url.Parse(strings.TrimSpace(to))
	if err != nil {
		return false
	}
	if ok {
		target = address.ResolveReference(target)
	}
	target.User = nil
	got, ok := r.Address()
	if !ok || got.Path != target.Path || got.Host != "" && target.Host != "" && !strings.EqualFold(got.Host, target.Host) {
		return false
	}
	r.Redirects = append(append(r.Redirects, from.Redirects...), evidence.Redirect{Status: before.Response.Status, From: from.URL, To: target.String(), Method: r.Method,
		DroppedAll: sendsBody(from) && !sendsBody(r)})
	return true
}

// sendsBody reports whether a request has a body or its header says so.
func sendsBody(r *evidence.Request) bool {
	length := strings.TrimSpace(r.Headers.Value("Content-Length"))
	_, chunked := r.Headers.Get("Transfer-Encoding")
	return r.Body.Text != "" || r.Body.Unknown != "" || chunked || strings.Trim(length, "0") != ""
}

// withAuthorization joins an authorization request, and the callback that
// answered it, to the token request that follows.
func withAuthorization(all []Exchange) []Exchange {
	var out []Exchange
	var pending *evidence.Request
	for i, e := range all {
		tokens := false
		for _, later := range all[i+1:] {
			if tokens = later.Request != nil; tokens {
				break
			}
		}
		switch {
		case e.Authorization != nil && tokens:
			pending = e.Authorization
			continue
		case e.Request == nil && e.Response != nil && e.Response.What == "a callback URL" && !e.Response.Error.Present && tokens:
			continue
		case e.Request != nil && pending != nil:
			e.Authorization, pending = pending, nil
		}
		out = append(out, e)
	}
	return out
}

// Understand reads the header and body of a response that did not come from text: its
// error, its date, the IDs to quote.
func Understand(r *evidence.Response) { fillResponse(r) }
