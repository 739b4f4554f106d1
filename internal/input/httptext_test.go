package input

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func httpDoc(text string) evidence.Document {
	return evidence.Document{Origin: evidence.Origin{File: "x.txt", Line: 1, Column: 1}, Text: text}
}

// checkSpans checks what must be true for every place in a request.
func checkSpans(t *testing.T, r *evidence.Request) {
	t.Helper()
	if r == nil {
		return
	}
	in := func(what string, s jsonspan.Span) {
		if s.Start < 0 || s.End < s.Start || s.End > len(r.Text) {
			t.Fatalf("%s at %v of %d bytes", what, s, len(r.Text))
		}
	}
	in("method", r.MethodSpan)
	in("URL", r.URLSpan)
	in("body", r.Body.Span)
	for _, p := range r.Params {
		in(p.Name, p.NameSpan)
		in(p.Name, p.Span)
		if p.Verbatim && r.Text[p.Span.Start:p.Span.End] != p.Value {
			t.Errorf("%s: the text has %q, the value is %q", p.Name, r.Text[p.Span.Start:p.Span.End], p.Value)
		}
	}
	for _, h := range r.Headers {
		in(h.Name, h.NameSpan)
		in(h.Name, h.Span)
		if h.Span.Len() == len(h.Value) && h.Value != "" && r.Text[h.Span.Start:h.Span.End] != h.Value {
			t.Errorf("header %s: %q", h.Name, r.Text[h.Span.Start:h.Span.End])
		}
	}
}

func checkResponseSpans(t *testing.T, r *evidence.Response) {
	t.Helper()
	if r == nil {
		return
	}
	if s := r.BodySpan; s.Start < 0 || s.End < s.Start || s.End > len(r.Text) {
		t.Fatalf("body at %v of %d bytes", s, len(r.Text))
	} else if s.Len() > 0 && r.Text[s.Start:s.End] != r.Body {
		t.Errorf("the body is %q, the text has %q", r.Body, r.Text[s.Start:s.End])
	}
}

// told describes exchanges in short.
func told(all []Exchange) string {
	var b strings.Builder
	for i, e := range all {
		if i > 0 {
			b.WriteString(" | ")
		}
		if e.Name != "" {
			b.WriteString("[" + e.Name + "] ")
		}
		if e.Authorization != nil {
			b.WriteString("after " + e.Authorization.URL + " ")
		}
		if r := e.Request; r != nil {
			fmt.Fprintf(&b, "%s %s", r.Method, r.URL)
			if r.Version != "" {
				b.WriteString(" HTTP/" + r.Version)
			}
			for _, h := range r.Headers {
				if !h.Implied {
					fmt.Fprintf(&b, " %s:%s", h.Name, h.Value)
				}
			}
			fmt.Fprintf(&b, " (%s)", r.Body.Kind)
			for _, p := range r.Params {
				fmt.Fprintf(&b, " %s=%s", p.Name, p.Value)
				if p.Unknown != "" {
					b.WriteString("?")
				}
				if p.Verbatim && p.Value != "" {
					b.WriteString("!")
				}
			}
			if !r.BodyKnown {
				b.WriteString(" unknown")
			}
			for _, hop := range r.Redirects {
				fmt.Fprintf(&b, " led %d %s %s %v", hop.Status, hop.To, hop.Method, hop.DroppedAll)
			}
			for _, n := range r.Notes {
				b.WriteString(" {" + n + "}")
			}
			for _, u := range r.Unread {
				b.WriteString(" unread " + u)
			}
		}
		if r := e.Response; r != nil {
			fmt.Fprintf(&b, " → %d %s %s", r.Status, r.Form, r.Error.Code)
			if !r.BodyKnown {
				b.WriteString(" unknown")
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// What a log says below a JSON body is not part of it; what a server appends is.
func TestBelowJSON(t *testing.T) {
	const answer = "HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n"
	const body = "{\n \"error\": \"invalid_client\"}"
	for below, faulty := range map[string]bool{
		"":   false,
		"\n": false,
		"\n2026-11-30T00:31:02.303Z ERROR c.e.Billing - request failed\n": false,
		"\n[2026-11-30 00:31:02] ERROR request failed\n":                  false,
		"\n\nAny ideas?\n":               false,
		"\n<br />Warning: 2026 in x.php": true,
		" 2026-11-30T00:31:02Z ERROR":    true,
	} {
		all, err := httpText(httpDoc(answer+body+below), nil)
		if err != nil || len(all) != 1 || all[0].Response == nil {
			t.Fatalf("%q: %v %v", below, all, err)
		}
		if r := all[0].Response; (len(r.Faults) > 0) != faulty || !faulty && r.Body != body {
			t.Errorf("%q: the body is %q, faults %v", below, r.Body, r.Faults)
		}
	}
}

func TestHTTPText(t *testing.T) {
	const control = "POST /token HTTP/1.1\nHost: a.example\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=client_credentials&scope=a%20b"
	const told1 = "POST //a.example/token HTTP/1.1 Host:a.example Content-Type:application/x-www-form-urlencoded (form) grant_type=client_credentials! scope=a b"
	const answer = "HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{\"error\":\"invalid_client\"}\n"
	tests := []struct{ name, text, want string }{
		{"control", control, told1},
		{"CRLF", strings.ReplaceAll(control, "\n", "\r\n") + "\r\n", told1},
		{"indented", "    " + strings.ReplaceAll(control, "\n", "\n    "), told1},
		{"empty lines first", "\n\n" + control, told1},
		{"prose first", "This is what we send:\n\n" + control, told1},
		{"absolute form", strings.Replace(control, "/token", "https://b.example/token", 1), strings.Replace(told1, "//a.example/token", "https://b.example/token", 1)},
		{"without host", strings.Replace(control, "Host: a.example\n", "", 1), strings.Replace(strings.Replace(told1, "//a.example", "", 1), " Host:a.example", "", 1)},
		{"HTTP/2", strings.Replace(control, "HTTP/1.1", "HTTP/2", 1), strings.Replace(told1, "HTTP/1.1", "HTTP/2", 1)},
		{"no version", strings.Replace(control, " HTTP/1.1", "", 1), strings.Replace(told1, " HTTP/1.1", "", 1)},
		{"lower case header", strings.Replace(control, "Host", "host", 1), strings.Replace(told1, "Host", "host", 1)},
		{"folded header", strings.Replace(control, "Host: a.example", "X-A: b;\n c\nHost: a.example", 1), strings.Replace(told1, "Host:", "X-A:b; c Host:", 1)},
		{"broken at &", strings.Replace(control, "&", "&\n", 1), told1 + " {from line 5 on the form body is broken over 2 lines; it was read as one}"},
		{"broken in a value", strings.Replace(control, "client_cred", "client_\n  cred", 1), strings.Replace(told1, "credentials!", "credentials", 1) + " {from line 5 on the form body is broken over 2 lines; it was read as one}"},
		{"a line each", strings.Replace(control, "&scope", "\nscope", 1), told1 + " {from line 5 on, each parameter has its own line; they were read as if joined with &, which a server needs}"},
		{"no empty line", strings.Replace(control, "\n\n", "\n", 1), told1 + " {line 4 looks like the beginning of the body; put an empty line before it}"},
		{"no colon", strings.Replace(control, "Host:", "Accept everything\nHost:", 1), told1 + " {line 2 has no colon, so it is not a header field; it was ignored}"},
		{"colon in the body", control + "&redirect_uri=https://c.example/cb", told1 + " redirect_uri=https://c.example/cb!"},
		{"parameters in the URL", strings.Replace(control, "/token", "/token?client_id=x", 1), strings.Replace(strings.Replace(told1, "/token", "/token?client_id=x", 1), "(form)", "(form) client_id=x!", 1)},
		{"JSON body", "POST /token HTTP/1.1\nHost: a.example\nContent-Type: application/json\n\n{\n \"grant_type\": \"x\",\n\n \"n\": 1}", "POST //a.example/token HTTP/1.1 Host:a.example Content-Type:application/json (json) grant_type=x! n=1!"},
		{"no body", "GET /token HTTP/1.1\nHost: a.example\n\n", "GET //a.example/token HTTP/1.1 Host:a.example ()"},
		{"content length larger", strings.Replace(control, "\n\n", "\nContent-Length: 400\n\n", 1), strings.Replace(told1, " (form)", " Content-Length:400 (form)", 1) + " {Content-Length says 400 bytes, and the body has 41: a server waits for the rest}"},
		{"content length smaller", strings.Replace(control, "\n\n", "\nContent-Length: 4\n\n", 1), strings.Replace(told1, " (form)", " Content-Length:4 (form)", 1) + " {Content-Length says 4 bytes, and the body has 41: a server reads only as far as it says}"},
		{"content length right", strings.Replace(control, "\n\n", "\nContent-Length: 41\n\n", 1), strings.Replace(told1, " (form)", " Content-Length:41 (form)", 1)},
		{"chunked", "POST /token HTTP/1.1\nHost: a.example\nTransfer-Encoding: chunked\n\n5\na=b&c\n2\n=d\n0\n\n", "POST //a.example/token HTTP/1.1 Host:a.example Transfer-Encoding:chunked (form) a=b! c=d!"},
		{"chunked by name alone", "POST /token HTTP/1.1\nHost: a.example\nTransfer-Encoding: chunked\n\na=b&c=d", "POST //a.example/token HTTP/1.1 Host:a.example Transfer-Encoding:chunked (form) a=b! c=d!"},
		{"with its answer", control + "\n\n" + answer, told1 + " → 400 json invalid_client"},
		{"with its answer and words between", control + "\n\nResponse:\n\n" + answer, told1 + " → 400 json invalid_client"},
		{"with the answer's body alone", control + "\n\n{\"error\":\"invalid_grant\"}", told1 + " → 0 json invalid_grant"},
		{"continue", control + "\n\nHTTP/1.1 100 Continue\n\n" + answer, told1 + " → 400 json invalid_client"},
		{"answer alone", answer, "→ 400 json invalid_client"},
		{"HTTP/2 answer", strings.Replace(answer, "HTTP/1.1 400 Bad Request", "HTTP/2 400", 1), "→ 400 json invalid_client"},
		{"head alone", "HTTP/1.1 401 Unauthorized\nWWW-Authenticate: Bearer error=\"invalid_token\"", "→ 401 empty invalid_token unknown"},
		{"no content", "HTTP/1.1 204 No Content\n\n", "→ 204 empty"},
		{"empty 200", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "→ 200 empty"},
		{"proxy first", "HTTP/1.1 200 Connection established\n\n" + answer, "→ 400 json invalid_client"},
		{"redirects of curl -iL", "HTTP/1.1 301 Moved\nLocation: /b\n\n" + answer, "→ 400 json invalid_client"},
		{"two answers", answer + "\n" + strings.Replace(answer, "400", "401", 1), "→ 400 json invalid_client | → 401 json invalid_client"},
		{"two exchanges", control + "\n\n" + answer + "\n" + control, told1 + " → 400 json invalid_client | " + told1},
		{"chunked answer", "HTTP/1.1 400 Bad\nTransfer-Encoding: chunked\n\n1a\n{\"error\":\"invalid_client\"}\n0\n", "→ 400 json invalid_client"},
		{"redirect", "POST /token HTTP/1.1\nHost: a.example\n\na=b\n\nHTTP/1.1 302 Found\nLocation: https://a.example/token/\n\nGET /token/ HTTP/1.1\nHost: a.example\n\nHTTP/1.1 405 No\n\n",
			"GET //a.example/token/ HTTP/1.1 Host:a.example () led 302 https://a.example/token/ GET true → 405 empty"},
		{"redirect elsewhere", "POST /x HTTP/1.1\nHost: a.example\n\na=b\n\nHTTP/1.1 302 Found\nLocation: https://a.example/other\n\n" + control, told1},
		{"authorization before", "GET /auth?response_type=code&client_id=x HTTP/1.1\nHost: a.example\n\nHTTP/1.1 302 Found\nLocation: https://c.example/cb?code=1&state=2\n\n" + control,
			"after //a.example/auth?response_type=code&client_id=x " + told1},
		{"callback", "GET /cb?error=access_denied&state=1 HTTP/1.1\nHost: c.example\n\n", "→ 0 form access_denied"},
		{"pseudo fields", ":method: POST\n:path: /token\n:authority: a.example\n:scheme: https\ncontent-type: application/x-www-form-urlencoded\n\na=b", "POST https://a.example/token HTTP/2 Host:a.example content-type:application/x-www-form-urlencoded (form) a=b!"},
		{"pseudo fields with values below", ":authority:\na.example\n:method:\nPOST\n:path:\n/token\n:scheme:\nhttps\n\na=b", "POST https://a.example/token HTTP/2 Host:a.example (form) a=b!"},
		{"pseudo status", ":status: 400\ncontent-type: application/json\n\n{\"error\":\"invalid_client\"}", "→ 400 json invalid_client"},
		{"headers without a request line", "Host: a.example\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=x&scope=y", " Host:a.example Content-Type:application/x-www-form-urlencoded (form) grant_type=x! scope=y!"},
	}
	for _, r := range tests {
		t.Run(r.name, func(t *testing.T) {
			if !looksLikeHTTP(r.text) {
				t.Errorf("not taken for HTTP")
			}
			all, err := httpText(httpDoc(r.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(all); got != strings.TrimSpace(r.want) {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
			for _, e := range all {
				checkSpans(t, e.Request)
				checkResponseSpans(t, e.Response)
			}
		})
	}
}

func TestHTTPFile(t *testing.T) {
	files := func(name string) ([]byte, error) {
		if name == "./body.txt" {
			return []byte("grant_type=x&scope=y\n"), nil
		}
		return nil, ErrMissing
	}
	tests := []struct{ name, text, want string }{
		{"control", "POST https://a.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type=x\n&scope=y", "POST https://a.example/token Content-Type:application/x-www-form-urlencoded (form) grant_type=x! scope=y! {from line 4 on the form body is broken over 2 lines; it was read as one}"},
		{"variables", "@host = a.example\n@base = https://{{host}}\n@id=me\n\n### Ask for a token\n# a comment\n# @name login\nPOST {{base}}/token HTTP/1.1\nX-Id: {{id}}\n\nclient_id={{id}}&grant_type={{grant}}&x={{login.response.body.a}}",
			"[login] POST https://a.example/token HTTP/1.1 X-Id:me (form) client_id=me! grant_type={{grant}}?! x={{login.response.body.a}}?!"},
		{"several", "###\nPOST https://a.example/token\n\ngrant_type=x\n\n### Two\n// note\nPOST https://b.example/token\n\ngrant_type=y\n", "POST https://a.example/token (form) grant_type=x! | [Two] POST https://b.example/token (form) grant_type=y!"},
		{"other requests left out", "### One\nPOST https://a.example/token\n\ngrant_type=x\n###\nGET https://a.example/api\n", "[One] POST https://a.example/token (form) grant_type=x!"},
		{"continued URL", "GET https://a.example/token\n    ?grant_type=x\n    &scope=y HTTP/1.1\nAccept: */*\n", "GET https://a.example/token?grant_type=x&scope=y HTTP/1.1 Accept:*/* () grant_type=x! scope=y!"},
		{"file", "POST https://a.example/token\n\n< ./body.txt\n", "POST https://a.example/token (form) grant_type=x scope=y"},
		{"file that is not there", "POST https://a.example/token\n\n< ./other.txt\n", "POST https://a.example/token (unknown) unknown {the file ./other.txt was not read: no such file} unread ./other.txt"},
		{"handler", "POST https://a.example/token\n\ngrant_type=x\n\n> {%\n client.log(\"a=b\")\n%}\n\n###\nPOST https://b.example/token\n\ngrant_type=y", "POST https://a.example/token (form) grant_type=x! | POST https://b.example/token (form) grant_type=y!"},
		{"form with blanks", "POST https://a.example/token\nContent-Type: application/x-www-form-urlencoded\n\ngrant_type = x &\nscope = y z\n", "POST https://a.example/token Content-Type:application/x-www-form-urlencoded (form) grant_type=x! scope=y z!"},
		{"form with blanks on one line", "POST https://a.example/token\n\ngrant_type = x & scope = y", "POST https://a.example/token (form) grant_type=x! scope=y!"},
		{"form with some blanks", "POST https://a.example/token\n\ngrant_type=x&scope = y", "POST https://a.example/token (form) grant_type=x! scope = y!"},
		{"blanks in a message with its version", "POST https://a.example/token HTTP/1.1\n\ngrant_type = x & scope = y", "POST https://a.example/token HTTP/1.1 (form) grant_type = x ! scope = y!"},
		{"path on indented lines", "POST https://a.example\n    /oauth2\n    /token\n    ?x=1\n\ngrant_type=x", "POST https://a.example/oauth2/token?x=1 (form) x=1! grant_type=x!"},
		{"path on a line that is not indented", "POST https://a.example\n/token\n\ngrant_type=x", "POST https://a.example (form) grant_type=x! {line 2 has no colon, so it is not a header field; it was ignored}"},
		{"comment between fields", "POST https://a.example/token\n# X: y\nAccept: z\n\ngrant_type=x", "POST https://a.example/token Accept:z (form) grant_type=x!"},
	}
	for _, r := range tests {
		t.Run(r.name, func(t *testing.T) {
			all, err := httpText(httpDoc(r.text), files)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(all); got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
			for _, e := range all {
				checkSpans(t, e.Request)
			}
		})
	}
}

func TestTranscript(t *testing.T) {
	const head = "* Connected to a.example (192.0.2.1) port 443\n* SSL connection using TLSv1.3\n> POST /token HTTP/1.1\n> Host: a.example\n> Content-Type: application/x-www-form-urlencoded\n> Content-Length: 12\n> \n"
	const answer = "* upload completely sent off: 12 bytes\n< HTTP/1.1 400 Bad Request\n< Date: Sat, 21 Nov 2026 08:00:00 GMT\n< Content-Type: application/json\n< \n"
	const body = "{\"error\":\"invalid_client\"}"
	const asked = "POST https://a.example/token HTTP/1.1 Host:a.example Content-Type:application/x-www-form-urlencoded Content-Length:12 () unknown"
	with := func(asked, sent string) string {
		return strings.TrimSuffix(asked, "() unknown") + sent + " → 400 json invalid_client"
	}
	tests := []struct{ name, text, want string }{
		{"control", head + answer + body + "\n* Connection #0 to host a.example left intact\n", asked + " → 400 json invalid_client"},
		{"note on the body's line", head + answer + body + "* Connection #0 to host a.example left intact\n", asked + " → 400 json invalid_client"},
		{"data marks", head + "} [12 bytes data]\n" + answer + "{ [26 bytes data]\n" + body, asked + " → 400 json invalid_client"},
		{"body not shown", head + answer + "{ [26 bytes data]\n", asked + " → 400 empty unknown"},
		{"progress", head + answer + "  % Total    % Received % Xferd\n                                 Dload  Upload   Total\n100    26    0    26    0     0     99      0 --:--:-- --:--:-- --:--:--    99" + body, asked + " → 400 json invalid_client"},
		{"head twice", head + answer + "HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n" + body, asked + " → 400 json invalid_client"},
		{"continue", head + "< HTTP/1.1 100 Continue\n< \n" + answer + body, asked + " → 400 json invalid_client"},
		{"page", head + answer + "<html>\n< b >\n</html>", asked + " → 400 html"},
		{"http", strings.Replace(strings.Replace(head, "* SSL connection using TLSv1.3\n", "", 1), "443", "80", 1) + answer + body, strings.Replace(asked, "https", "http", 1) + " → 400 json invalid_client"},
		{"scheme unknown", strings.Replace(head, "* SSL connection using TLSv1.3\n", "", 1) + answer + body, strings.Replace(asked, "https:", "", 1) + " → 400 json invalid_client"},
		{"redirect", head + "< HTTP/1.1 301 Moved\n< Location: https://a.example/b\n< \n* Issue another request\n> GET /b HTTP/1.1\n> Host: a.example\n> \n" + answer + body,
			"GET https://a.example/b HTTP/1.1 Host:a.example () led 301 https://a.example/b GET true → 400 json invalid_client"},
		{"with its command", "$ curl -v https://a.example/token -d grant_type=x -d scope=y\n" + head + answer + body, "POST https://a.example/token (form) grant_type=x! scope=y! → 400 json invalid_client"},
		{"a body below the head", head + "a=b&scope=cd\n" + answer + body, with(asked, "(form) a=b! scope=cd!")},
		{"a marked body", head + "> a=b&scope=cd\n" + answer + body, with(asked, "(form) a=b! scope=cd!")},
		{"a body of JSON", head + "{\"a\":\n \"b\"}\n" + answer + body, with(asked, "(json) a=b!")},
		{"a note below the head", head + "} [12 bytes data]\nwaiting for the answer\n" + answer + body, asked + " → 400 json invalid_client"},
		{"length left out", strings.Replace(head, "> Content-Length: 12\n", "", 1) + answer + body, strings.Replace(asked, " Content-Length:12", "", 1) + " → 400 json invalid_client"},
		{"nothing sent", strings.Replace(strings.Replace(head, "> Content-Length: 12\n", "", 1), "> Content-Type: application/x-www-form-urlencoded\n", "", 1) + answer + body,
			"POST https://a.example/token HTTP/1.1 Host:a.example () → 400 json invalid_client"},
		{"CRLF", strings.ReplaceAll(head+answer+body, "\n", "\r\n"), asked + " → 400 json invalid_client"},
	}
	for _, r := range tests {
		t.Run(r.name, func(t *testing.T) {
			if !looksLikeTranscript(r.text) {
				t.Error("not taken for a transcript")
			}
			all, err := httpText(httpDoc(r.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := told(all); got != r.want {
				t.Errorf("got  %s\nwant %s", got, r.want)
			}
			for _, e := range all {
				checkSpans(t, e.Request)
				checkResponseSpans(t, e.Response)
			}
		})
	}
}

func TestNoHTTP(t *testing.T) {
	for _, text := range []string{"", "hello", "a=b&c=d", token(), "Authorization: Bearer " + token(), `{"error":"x"}`, "GET it from the shop", "curl https://a.example/token -d a=b\n\nHTTP/1.1 400 Bad Request\n\n", "#!/bin/sh\ncurl https://a.example/token -d a=b\n\nHTTP/1.1 400 Bad Request\n\n", "> quoted\n> mail", "PRIVATE /a"} {
		if looksLikeHTTP(text) || looksLikeTranscript(text) {
			t.Errorf("%q was taken for HTTP", text)
		}
	}
	if _, err := httpText(httpDoc("\n\nPOST nothing"), nil); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("error %v", err)
	}
}

func TestResponseBelowRequestHasItsPlace(t *testing.T) {
	text := "POST /token HTTP/1.1\nHost: a.example\n\na=b\n\nHTTP/1.1 400 Bad Request\nDate: Sat, 21 Nov 2026 08:00:00 GMT\n\n{\"error\":\"x\"}\n"
	all, err := httpText(httpDoc(text), nil)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	r := all[0].Response
	if got := text[r.BodySpan.Start:r.BodySpan.End]; got != `{"error":"x"}` {
		t.Errorf("body %q", got)
	}
	if h, _ := r.Headers.Get("Date"); text[h.Span.Start:h.Span.End] != h.Value || r.Date.IsZero() {
		t.Errorf("date %v", r.Date)
	}
}

func FuzzHTTPText(f *testing.F) {
	for _, s := range []string{"POST /token HTTP/1.1\nHost: a\n\na=b\n\nHTTP/1.1 400 x\n\n{}", "> POST / HTTP/1.1\n> a: b\n>\n< HTTP/2 200\n<\n{}", "@a=b\n@c={{a}}{{a}}\n###\nPOST {{c}}/x\n\n< ./f", ":method: GET\n:path: /?error=x&state=y\n:authority: a", "HTTP/1.1 200\nTransfer-Encoding: chunked\n\n3\nabc\n0", "https://a.example/?response_type=code&client_id=x", "grant_type: a\nclient_id: b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > longestFuzzed {
			return
		}
		looksLikeHTTP(text)
		d := httpDoc(text)
		all, _ := httpText(d, nil)
		if e, ok := urlText(d); ok {
			all = append(all, e)
		}
		if e, ok := bodyText(d); ok {
			all = append(all, e)
		}
		for _, e := range all {
			checkSpans(t, e.Request)
			checkSpans(t, e.Authorization)
			checkResponseSpans(t, e.Response)
		}
	})
}
