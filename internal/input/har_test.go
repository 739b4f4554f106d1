package input

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// obj is a JSON object; a test changes one member of a whole entry.
type obj = map[string]any

type list = []any

const (
	harToken = "https://auth.acme.example/oauth2/token"
	harForm  = "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=aaa.bbb.ccc"
)

func field(name, value string) obj { return obj{"name": name, "value": value} }

// entryOf is an entry as browsers write it.
func entryOf(method, url, body string, status int, answer string) obj {
	request := obj{"method": method, "url": url, "httpVersion": "HTTP/1.1", "headers": list{field("Host", "auth.acme.example"), field("Accept", "*/*")}, "queryString": list{}, "bodySize": len(body)}
	if body != "" {
		request["headers"] = append(request["headers"].(list), field("Content-Type", "application/x-www-form-urlencoded"))
		request["postData"] = obj{"mimeType": "application/x-www-form-urlencoded", "text": body}
	}
	return obj{
		"startedDateTime": "2026-03-04T05:06:07.089Z", "time": 120.5, "request": request,
		"response": obj{"status": status, "statusText": "", "httpVersion": "HTTP/1.1", "headers": list{field("Content-Type", "application/json")}, "redirectURL": "",
			"content": obj{"size": len(answer), "mimeType": "application/json", "text": answer}},
		"cache": obj{}, "timings": obj{"send": 1, "wait": 100, "receive": 19.5},
	}
}

func tokenEntry() obj {
	return entryOf("POST", harToken, harForm, 400, `{"error":"invalid_client"}`)
}

func pageEntry(i int) obj {
	return entryOf("GET", fmt.Sprintf("https://app.acme.example/static/%d.js", i), "", 200, "alert(1)")
}

func apiEntry(challenge string) obj {
	e := entryOf("GET", "https://api.acme.example/things", "", 401, `{}`)
	e["response"].(obj)["headers"] = list{field("www-authenticate", challenge)}
	return e
}

func redirectEntry(method, from, body string, status int, to string) obj {
	e := entryOf(method, from, body, status, "")
	e["response"].(obj)["redirectURL"] = to
	return e
}

func harOf(t testing.TB, creator string, entries ...any) string {
	t.Helper()
	b, err := json.MarshalIndent(obj{"log": obj{"version": "1.2", "creator": obj{"name": creator, "version": "1"}, "entries": entries}}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func readHAR(text string) ([]Exchange, error) {
	h := newHAR("x.har", strings.NewReader(text))
	var out []Exchange
	for {
		e, err := h.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, e)
	}
}

func oneOf(t *testing.T, creator string, entries ...any) Exchange {
	t.Helper()
	all, err := readHAR(harOf(t, creator, entries...))
	if err != nil || len(all) != 1 {
		t.Fatalf("%d exchanges, error %v; want one", len(all), err)
	}
	return all[0]
}

// shape is what a row compares: parameters as name=value, and a few facts.
func shape(e Exchange) string {
	var out []string
	if r := e.Request; r != nil {
		out = append(out, r.Method+" "+r.URL, "HTTP/"+r.Version, string(r.Body.Kind))
		for _, p := range r.Params {
			text := string(p.In) + ":" + p.Name + "=" + p.Value
			if p.Unknown != "" {
				text += " (" + p.Unknown + ")"
			}
			out = append(out, text)
		}
		if !r.HeadersKnown {
			out = append(out, "headers unknown")
		}
		if !r.BodyKnown {
			out = append(out, "body unknown")
		}
		for _, h := range r.Redirects {
			out = append(out, fmt.Sprintf("%d %s>%s %s %v", h.Status, h.From, h.To, h.Method, h.DroppedAll))
		}
	}
	switch r := e.Response; {
	case r == nil:
		out = append(out, "no answer")
	default:
		out = append(out, fmt.Sprintf("%d %s %q", r.Status, r.Form, r.Error.Code))
		if !r.BodyKnown {
			out = append(out, "answer's body unknown")
		}
	}
	return strings.Join(out, "\n")
}

func TestHARFlavours(t *testing.T) {
	healthy := shape(oneOf(t, "WebInspector", tokenEntry()))
	if !strings.Contains(healthy, "body:client_assertion=aaa.bbb.ccc") || !strings.Contains(healthy, "400 json \"invalid_client\"") {
		t.Fatalf("the healthy entry reads\n%s", healthy)
	}
	req := func(e obj) obj { return e["request"].(obj) }
	res := func(e obj) obj { return e["response"].(obj) }
	post := func(e obj) obj { return req(e)["postData"].(obj) }
	swap := func(a, b string) string {
		if !strings.Contains(healthy, a) {
			t.Fatalf("no %q in %s", a, healthy)
		}
		return strings.Replace(healthy, a, b, 1)
	}
	noParams := healthy[:strings.Index(healthy, "\nform")]
	answer := healthy[strings.LastIndex(healthy, "\n"):]
	params := list{field("grant_type", "client_credentials"), field("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"), field("client_assertion", "aaa.bbb.ccc")}
	rows := []struct {
		name, creator string
		change        func(e obj)
		want          string
	}{
		{"as it is", "WebInspector", func(obj) {}, healthy},
		{"Firefox", "Firefox", func(e obj) { e["startedDateTime"] = "2026-03-04T06:06:07.089+01:00" }, healthy},
		{"Firefox, fields before the body", "Firefox", func(e obj) {
			post(e)["text"] = "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nContent-Length: 152\r\n\r\n" + harForm
		}, healthy},
		{"HTTP/2 in Chrome", "WebInspector", func(e obj) {
			req(e)["httpVersion"] = "h2"
			req(e)["headers"] = list{field(":authority", "auth.acme.example"), field(":method", "POST"), field("content-type", "application/x-www-form-urlencoded")}
		}, swap("HTTP/1.1", "HTTP/2")},
		{"HTTP/2.0", "mitmproxy", func(e obj) { req(e)["httpVersion"] = "HTTP/2.0" }, swap("HTTP/1.1", "HTTP/2")},
		{"HTTP/3", "WebInspector", func(e obj) { req(e)["httpVersion"] = "h3" }, swap("HTTP/1.1", "HTTP/3")},
		{"version unknown", "Charles Proxy", func(e obj) { req(e)["httpVersion"] = "unknown" }, swap("HTTP/1.1", "HTTP/")},
		{"text and params", "WebInspector", func(e obj) { post(e)["params"] = list{field("grant_type", "client_credentials")} }, healthy},
		{"params alone", "Charles Proxy", func(e obj) { delete(post(e), "text"); post(e)["params"] = params }, healthy},
		{"params alone, text null", "Insomnia REST Client", func(e obj) { post(e)["text"] = nil; post(e)["params"] = params }, healthy},
		{"params alone, encoded as sent", "some tool", func(e obj) {
			delete(post(e), "text")
			post(e)["params"] = list{params[0], field("client_assertion_type", "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"), params[2]}
		}, healthy},
		{"params alone, encoded, in Chrome", "WebInspector", func(e obj) {
			delete(post(e), "text")
			post(e)["params"] = append(list{field("scope", "a+b")}, params...)
		}, swap("body:grant", "body:scope=a b\nbody:grant")},
		{"params alone, a plus sign", "Fiddler", func(e obj) {
			delete(post(e), "text")
			post(e)["params"] = append(list{field("scope", "a+b")}, params...)
		}, swap("body:grant", "body:scope=a+b\nbody:grant")},
		{"multipart params", "Postman", func(e obj) {
			delete(post(e), "text")
			post(e)["params"] = params
			post(e)["mimeType"] = "multipart/form-data; boundary=xyz"
			req(e)["headers"] = list{field("Content-Type", "multipart/form-data; boundary=xyz")}
		}, swap("\nform", "\nmultipart")},
		{"base64 body", "mitmproxy", func(e obj) {
			post(e)["text"], post(e)["encoding"] = base64.StdEncoding.EncodeToString([]byte(harForm)), "base64"
		}, healthy},
		{"base64 answer", "Fiddler", func(e obj) {
			res(e)["content"] = obj{"text": base64.StdEncoding.EncodeToString([]byte(`{"error":"invalid_client"}`)), "encoding": "base64"}
		}, healthy},
		{"base64 that is none", "some tool", func(e obj) { res(e)["content"].(obj)["encoding"] = "base64" }, healthy},
		{"JSON body", "WebInspector", func(e obj) { post(e)["text"] = `{"grant_type":"x"}` }, noParams + "\njson\nbody:grant_type=x" + answer},
		{"body left out, length told", "Firefox", func(e obj) {
			delete(req(e), "postData")
			req(e)["bodySize"] = 120
		}, noParams + "\nunknown\nbody unknown" + answer},
		{"body left out, Content-Length", "WebInspector", func(e obj) {
			delete(req(e), "postData")
			req(e)["bodySize"], req(e)["headers"] = 0, list{field("content-length", "152")}
		}, noParams + "\nunknown\nbody unknown" + answer},
		{"no body in Chrome", "WebInspector", func(e obj) { delete(req(e), "postData"); req(e)["bodySize"] = 0 }, noParams + "\nunknown\nbody unknown" + answer},
		{"no body in a proxy", "mitmproxy", func(e obj) { delete(req(e), "postData"); req(e)["bodySize"] = 0 }, noParams + "\n" + answer},
		{"no body, length 0", "WebInspector", func(e obj) {
			delete(req(e), "postData")
			req(e)["bodySize"], req(e)["headers"] = 0, list{field("content-length", "0")}
		}, noParams + "\n" + answer},
		{"headers missing", "some tool", func(e obj) { delete(req(e), "headers") }, swap("\n400", "\nheaders unknown\n400")},
		{"headers as an object", "some tool", func(e obj) { req(e)["headers"] = obj{"Content-Type": "application/x-www-form-urlencoded"} }, healthy},
		{"numbers as text", "some tool", func(e obj) { res(e)["status"], e["time"] = "400", "120.5" }, healthy},
		{"method in a number's place", "some tool", func(e obj) { res(e)["statusText"], e["timings"] = 7, "none" }, healthy},
		{"answer missing", "some tool", func(e obj) { delete(e, "response") }, strings.TrimSuffix(healthy, answer) + "\nno answer"},
		{"answer null", "some tool", func(e obj) { e["response"] = nil }, strings.TrimSuffix(healthy, answer) + "\nno answer"},
		{"status 0", "WebInspector", func(e obj) { res(e)["status"] = 0 }, strings.TrimSuffix(healthy, answer) + "\nno answer"},
		{"content left out", "Firefox", func(e obj) { delete(res(e), "content") }, swap(answer, "\n400 empty \"\"\nanswer's body unknown")},
		{"content without text", "WebInspector", func(e obj) { res(e)["content"] = obj{"size": 33} }, swap(answer, "\n400 empty \"\"\nanswer's body unknown")},
		{"size 0 in Chrome proves nothing", "WebInspector", func(e obj) { res(e)["content"] = obj{"size": 0} }, swap(answer, "\n400 empty \"\"\nanswer's body unknown")},
		{"size 0 in a proxy", "mitmproxy", func(e obj) { res(e)["content"] = obj{"size": 0} }, swap(answer, "\n400 empty \"\"")},
		{"query beside the URL", "Insomnia REST Client", func(e obj) { req(e)["queryString"] = list{field("tenant", "a b")} },
			strings.Replace(swap("token\n", "token?tenant=a+b\n"), "\nform\n", "\nform\nURL:tenant=a b\n", 1)},
		{"query in the URL", "WebInspector", func(e obj) {
			req(e)["url"], req(e)["queryString"] = harToken+"?tenant=a", list{field("tenant", "a")}
		}, strings.Replace(swap("token\n", "token?tenant=a\n"), "\nform\n", "\nform\nURL:tenant=a\n", 1)},
		{"a file among the params", "Postman", func(e obj) {
			delete(post(e), "text")
			post(e)["params"] = append(list{obj{"name": "key", "fileName": "key.pem", "contentType": "text/plain"}}, params...)
		}, swap("body:grant", "body:key= (it is read from the file key.pem)\nbody:grant")},
		{"type beside the headers", "some tool", func(e obj) { req(e)["headers"] = list{field("Host", "auth.acme.example")} }, healthy},
		{"base64 in the other alphabet", "some tool", func(e obj) {
			res(e)["content"] = obj{"text": strings.TrimRight(base64.URLEncoding.EncodeToString([]byte(`{"error":"invalid_client"}`)), "="), "encoding": "Base64"}
		}, healthy},
		{"chunked, and left out", "mitmproxy", func(e obj) {
			delete(req(e), "postData")
			req(e)["bodySize"], req(e)["headers"] = 0, list{field("Transfer-Encoding", "chunked")}
		}, noParams + "\nunknown\nbody unknown" + answer},
		{"assertion alone", "WebInspector", func(e obj) { post(e)["text"] = "client-assertion=aaa.bbb.ccc" },
			noParams + "\nform\nbody:client-assertion=aaa.bbb.ccc" + answer},
		{"another path", "WebInspector", func(e obj) { req(e)["url"] = "https://auth.acme.example/login" }, swap("/oauth2/token", "/login")},
		{"GET with the parameters in its URL", "curl", func(e obj) {
			delete(req(e), "postData")
			req(e)["bodySize"], req(e)["method"], req(e)["url"] = 0, "GET", harToken+"?grant_type=client_credentials"
		}, strings.Replace(healthy[:strings.Index(healthy, "\nform")], "POST "+harToken, "GET "+harToken+"?grant_type=client_credentials", 1) + "\n\nURL:grant_type=client_credentials" + answer},
	}
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			e := tokenEntry()
			tt.change(e)
			if d := cmp.Diff(tt.want, shape(oneOf(t, tt.creator, pageEntry(1), e))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestHARPlaces(t *testing.T) {
	e := oneOf(t, "WebInspector", pageEntry(1), tokenEntry())
	r := e.Request
	span := func(s, want string) {
		t.Helper()
		if s != want {
			t.Errorf("the span covers %q, want %q", s, want)
		}
	}
	span(r.Text[r.MethodSpan.Start:r.MethodSpan.End], "POST")
	span(r.Text[r.URLSpan.Start:r.URLSpan.End], harToken)
	span(r.Text[r.Body.Span.Start:r.Body.Span.End], harForm)
	for _, p := range r.Params {
		span(r.Text[p.NameSpan.Start:p.NameSpan.End], p.RawName)
		span(r.Text[p.Span.Start:p.Span.End], p.RawValue)
	}
	for _, h := range append(r.Headers, e.Response.Headers...) {
		text := r.Text
		if h.Value == "application/json" {
			text = e.Response.Text
		}
		span(text[h.NameSpan.Start:h.NameSpan.End], h.Name)
		span(text[h.Span.Start:h.Span.End], h.Value)
	}
	span(e.Response.Text[e.Response.BodySpan.Start:e.Response.BodySpan.End], `{"error":"invalid_client"}`)
	if want := "POST " + harToken + " HTTP/1.1\nHost: auth.acme.example\nAccept: */*\nContent-Type: application/x-www-form-urlencoded\n\n" + harForm; r.Text != want {
		t.Error(cmp.Diff(want, r.Text))
	}
	if e.Name != "entry 2" || e.Line != 2 || r.What != "a HAR entry" || r.Origin.File != "x.har" {
		t.Errorf("it is %q, line %d, %+v", e.Name, e.Line, r.Origin)
	}
	text := harOf(t, "WebInspector", pageEntry(1), tokenEntry())
	if line := strings.Split(text, "\n")[r.Origin.Line-1]; strings.TrimSpace(line) != "{" || !strings.Contains(strings.Join(strings.Split(text, "\n")[r.Origin.Line:], "\n"), harToken) ||
		strings.Contains(strings.Join(strings.Split(text, "\n")[r.Origin.Line:], "\n"), "static/1.js") {
		t.Errorf("line %d is no beginning of the entry: %q", r.Origin.Line, line)
	}
}

func TestHARTimes(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.UTC)
	for _, tt := range []struct {
		name, started string
		ms            any
		sent          time.Time
		took          time.Duration
	}{
		{"UTC", "2026-03-04T05:06:07.089Z", 120.5, at, 120500 * time.Microsecond},
		{"with a zone", "2026-03-04T00:06:07.089-05:00", 120, at, 120 * time.Millisecond},
		{"zone without colon", "2026-03-04T06:06:07.089+0100", 120, at, 120 * time.Millisecond},
		{"seven digits", "2026-03-04T06:06:07.0890000+01:00", 120, at, 120 * time.Millisecond},
		{"no zone", "2026-03-04T05:06:07.089", 120, time.Time{}, 120 * time.Millisecond},
		{"not set", "1970-01-01T00:00:00Z", 120, time.Time{}, 120 * time.Millisecond},
		{"nothing", "", 120, time.Time{}, 120 * time.Millisecond},
		{"no duration", "2026-03-04T05:06:07.089Z", -1, at, 120 * time.Millisecond}, // the sum of the timings
		{"endless", "2026-03-04T05:06:07.089Z", 1e300, at, 24 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := tokenEntry()
			e["startedDateTime"], e["time"] = tt.started, tt.ms
			e["timings"] = obj{"blocked": -1, "connect": 20, "ssl": 10, "wait": 100, "_queued": 5}
			r := oneOf(t, "x", e).Request
			if !r.Sent.Equal(tt.sent) || r.Took != tt.took {
				t.Errorf("sent %v, took %v; want %v, %v", r.Sent, r.Took, tt.sent, tt.took)
			}
		})
	}
	e := tokenEntry()
	e["_fromCache"] = "disk"
	if r := oneOf(t, "WebInspector", e).Request; !r.Sent.IsZero() {
		t.Error("a cached answer was not made when the request was")
	}
}

func TestHARUnanswered(t *testing.T) {
	e := tokenEntry()
	e["response"] = obj{"status": 0, "statusText": "", "_error": "net::ERR_NAME_NOT_RESOLVED", "headers": list{}, "content": obj{"size": 0}}
	x := oneOf(t, "WebInspector", e)
	if x.Response != nil || len(x.Request.Notes) != 1 || !strings.Contains(x.Request.Notes[0], "net::ERR_NAME_NOT_RESOLVED") {
		t.Errorf("response %v, notes %q", x.Response, x.Request.Notes)
	}
	if x := oneOf(t, "WebInspector", tokenEntry()); len(x.Request.Notes) > 0 {
		t.Errorf("notes where there is an answer: %q", x.Request.Notes)
	}
}

// TestHARType shows that a type next to the headers counts as sent.
func TestHARType(t *testing.T) {
	e := tokenEntry()
	e["request"].(obj)["headers"] = list{field("Host", "auth.acme.example")}
	r := oneOf(t, "x", e).Request
	if h, ok := r.Headers.Get("Content-Type"); !ok || !h.Implied || strings.Contains(r.Text, "Content-Type") {
		t.Errorf("Content-Type is %+v in %q", h, r.Text)
	}
}

func TestHARManyChallenges(t *testing.T) {
	var l list
	for range 300 {
		l = append(l, apiEntry("Bearer"))
	}
	all, err := readHAR(harOf(t, "x", l...))
	if err != nil || len(all) != 100 || all[0].Response.Challenges[0].Scheme != "Bearer" {
		t.Errorf("%d exchanges, error %v", len(all), err)
	}
}
