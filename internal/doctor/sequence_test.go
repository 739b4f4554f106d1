package doctor_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// sequenceCauses are the causes that take more than one exchange, or the
// stamps of a HAR, to show; the tests below have a row for each.
func sequenceCauses() []string {
	return []string{"post-became-get", "code-reused", "token-not-accepted-by-api", "clock-behind", "clock-ahead", "jti-reused", "alg-unsupported"}
}

// harEntry writes an exchange as an entry of a HAR.
func harEntry(e *exchange, sent time.Time, took time.Duration) map[string]any {
	pairs := func(list [][2]string) []map[string]string {
		out := []map[string]string{}
		for _, f := range list {
			out = append(out, map[string]string{"name": f[0], "value": f[1]})
		}
		return out
	}
	request := map[string]any{"method": e.method, "url": e.url, "httpVersion": e.version, "headers": pairs(e.fields), "queryString": []any{}, "cookies": []any{}, "headersSize": -1, "bodySize": -1}
	if e.params != nil {
		request["postData"] = map[string]any{"mimeType": "application/x-www-form-urlencoded", "text": e.form()}
	}
	location := ""
	for _, f := range e.answer {
		if f[0] == "Location" {
			location = f[1]
		}
	}
	return map[string]any{
		"startedDateTime": sent.UTC().Format("2006-01-02T15:04:05.000Z"), "time": took.Milliseconds(), "request": request,
		"response": map[string]any{"status": e.status, "statusText": "", "httpVersion": "HTTP/1.1", "headers": pairs(e.answer), "cookies": []any{},
			"content": map[string]any{"size": len(e.body), "mimeType": "application/json", "text": e.body}, "redirectURL": location, "headersSize": -1, "bodySize": -1},
		"cache": map[string]any{}, "timings": map[string]any{"send": 0, "wait": 1, "receive": 0},
	}
}

func har(t *testing.T, entries ...map[string]any) string {
	t.Helper()
	out, err := json.Marshal(map[string]any{"log": map[string]any{"version": "1.2", "creator": map[string]any{"name": "test", "version": "1"}, "entries": entries}})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestSequences(t *testing.T) {
	at := time.Unix(now, 0)
	date := func(e *exchange, at time.Time) { e.says("Date", at.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")) }
	for _, tt := range []struct {
		name    string
		entries func() []map[string]any
		want    [][]string // causes on their own, a case each
		first   string     // of the last diagnosis; "" for none
	}{
		{"a good exchange among others", func() []map[string]any {
			e := healthyExchange("redox")
			e.granted()
			date(e, at)
			page := &exchange{method: "GET", url: "https://www.example.test/", version: "HTTP/1.1", status: 200}
			return []map[string]any{harEntry(page, at.Add(-time.Minute), time.Second), harEntry(e, at, 200*time.Millisecond), harEntry(page, at.Add(time.Minute), time.Second)}
		}, [][]string{nil}, ""},
		{"the same assertion twice", func() []map[string]any {
			e := healthyExchange("redox")
			e.granted()
			again := healthyExchange("redox")
			again.answers(400, `{"error":"invalid_request","error_description":""}`)
			return []map[string]any{harEntry(e, at, time.Second), harEntry(again, at.Add(2*time.Second), time.Second)}
		}, [][]string{nil, {"jti-reused"}}, "jti-reused"},
		{"the first never sent", func() []map[string]any {
			e := healthyExchange("redox")
			e.answers(0, "")
			unsent := harEntry(e, at, time.Second)
			unsent["response"] = map[string]any{"status": 0, "statusText": "", "headers": []any{}, "content": map[string]any{"size": 0}, "_error": "net::ERR_CONNECTION_REFUSED"}
			again := healthyExchange("redox")
			again.granted()
			return []map[string]any{unsent, harEntry(again, at.Add(2*time.Second), time.Second)}
		}, [][]string{nil, nil}, ""},
		{"the same code twice", func() []map[string]any {
			e := healthyExchange("singpass")
			e.granted()
			again := healthyExchange("singpass")
			again.token.claims.set("jti", "another-jti-altogether")
			again.answers(400, `{"error":"invalid_grant","error_description":"The grant requested is not valid."}`)
			return []map[string]any{harEntry(e, at, time.Second), harEntry(again, at.Add(2*time.Second), time.Second)}
		}, [][]string{nil, {"code-reused"}}, "code-reused"},
		{"the same code again, as the server asked for a nonce", func() []map[string]any {
			e := healthyExchange("singpass")
			e.field("DPoP", "eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.eA")
			e.answers(400, `{"error":"use_dpop_nonce","error_description":"Authorization server requires nonce in DPoP proof"}`)
			again := healthyExchange("singpass")
			again.field("DPoP", "eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.eQ")
			again.token.claims.set("jti", "another-jti-altogether")
			again.answers(200, `{"access_token":"bm90LXJlYWwtZXhhbXBsZS1hY2Nlc3M","token_type":"DPoP"}`)
			return []map[string]any{harEntry(e, at, time.Second), harEntry(again, at.Add(2*time.Second), time.Second)}
		}, [][]string{{"token-refused"}, nil}, ""},
		{"a redirect that dropped the body", func() []map[string]any {
			e := healthyExchange("rfc7523")
			e.url = "https://fhir.example.test/oauth2/token/"
			e.token.claims.set("aud", "https://fhir.example.test/oauth2/token")
			e.answers(301, "")
			e.says("Location", "https://fhir.example.test/oauth2/token")
			get := healthyExchange("rfc7523")
			get.method, get.params = "GET", nil
			get.unfield("Content-Type")
			get.answers(405, "")
			get.says("Allow", "POST")
			return []map[string]any{harEntry(e, at, time.Second), harEntry(get, at.Add(time.Second), time.Second)}
		}, [][]string{{"post-became-get"}}, "post-became-get"},
		{"the clock behind", func() []map[string]any {
			e := healthyExchange("rfc7523")
			e.token.claims.set("iat", now)
			e.token.claims.set("exp", now+60)
			e.answers(400, `{"error":"invalid_client"}`)
			date(e, at.Add(5*time.Minute))
			return []map[string]any{harEntry(e, at, time.Second)}
		}, [][]string{{"clock-behind"}}, "clock-behind"},
		{"the clock ahead", func() []map[string]any {
			e := healthyExchange("rfc7523")
			e.token.claims.set("iat", now)
			e.token.claims.set("exp", now+60)
			e.answers(400, `{"error":"invalid_client"}`)
			date(e, at.Add(-5*time.Minute))
			return []map[string]any{harEntry(e, at, time.Second)}
		}, [][]string{{"clock-ahead"}}, "clock-ahead"},
		{"an API refuses the access token", func() []map[string]any {
			e := &exchange{method: "GET", url: "https://api.example.test/Patient", version: "HTTP/1.1", fields: [][2]string{{"Authorization", "Bearer bm90LXJlYWw"}}, status: 401}
			e.says("WWW-Authenticate", `Bearer realm="x", error="invalid_token", error_description="The access token expired"`)
			return []map[string]any{harEntry(e, at, time.Second)}
		}, [][]string{{"token-not-accepted-by-api"}}, "token-not-accepted-by-api"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			opts := healthyExchange("rfc7523").opts
			opts.Now, opts.Profiles, opts.TokenURL = "", nil, ""
			cases := judgeText(t, opts, har(t, tt.entries()...))
			var got [][]string
			for _, c := range cases {
				if b := broken(c); b != nil {
					t.Error(b)
				}
				var causes []string
				for _, f := range failed(c) {
					if f != "token-response-cacheable" {
						causes = append(causes, f)
					}
				}
				got = append(got, causes)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("causes %v, want %v", got, tt.want)
			}
			last := cases[len(cases)-1]
			if d := diagnosis(last); tt.first != "" && (len(d) == 0 || d[0] != tt.first) {
				t.Errorf("diagnosis %v, want %s first", d, tt.first)
			}
			if !slices.Contains(last.Input.Kinds, "har") {
				t.Errorf("kinds %v", last.Input.Kinds)
			}
			if strings.Contains(fmt.Sprint(cases), "bm90LXJlYWw") {
				t.Error("a token is shown")
			}
		})
	}
}
