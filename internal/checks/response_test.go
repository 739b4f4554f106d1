package checks

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// responseChecks are the checks of answers, in the order of the report.
func responseChecks() []Check {
	return []Check{responseReceived(), responseJSON(), responseAccepted(), responseToken()}
}

const (
	goodAnswer = `{"access_token":"tok-abcdefghijkl","token_type":"Bearer","expires_in":300}`
	badClient  = `{"error":"invalid_client","error_description":"Client authentication failed"}`
	sentAt     = "Sat, 21 Nov 2026 08:00:00 GMT"
)

// answering is an answer with the case it is judged in.
type answering struct {
	status  int
	headers evidence.Headers
	known   bool // the headers are
	body    string
	shape   func(*evidence.Response)
	c       *evidence.Case
	p       *profile.Profile
	symptom *profile.Symptom
}

func healthyAnswer() *answering {
	return &answering{status: 200, body: goodAnswer, known: true, shape: func(*evidence.Response) {},
		headers: evidence.Headers{{Name: "Content-Type", Value: "application/json"}, {Name: "Cache-Control", Value: "no-store"}, {Name: "Date", Value: sentAt}},
		c:       &evidence.Case{Kind: evidence.ClientAssertion, Request: evidence.Missing[*evidence.Request]("no request was given")},
		p:       &profile.Profile{ID: "acme", Name: "Acme"}}
}

// says sets status, Content-Type and body.
func (a *answering) says(status int, media, body string) {
	a.status, a.body = status, body
	a.header("Content-Type", media)
}

func (a *answering) header(name, value string) {
	for i := range a.headers {
		if a.headers[i].Name == name {
			a.headers[i].Value = value
			return
		}
	}
	a.headers = append(a.headers, evidence.Header{Name: name, Value: value})
}

// asked puts a request before the answer.
func (a *answering) asked(method, address string, params ...string) {
	a.c.Request = evidence.Known(&evidence.Request{Method: method, URL: address, BodyKnown: true, HeadersKnown: true,
		Headers: evidence.Headers{{Name: "Authorization", Value: "Bearer abc"}}, Params: plainParams(evidence.InBody, params...)})
}

func (a *answering) challenge(scheme string, params map[string]string) {
	a.header("WWW-Authenticate", scheme+" …")
	a.shape = func(r *evidence.Response) { r.Challenges = []evidence.Challenge{{Scheme: scheme, Params: params}} }
}

// response writes the answer as text and reads of it what an input would.
func (a *answering) response() *evidence.Response {
	r := &evidence.Response{What: "an HTTP response", Status: a.status, HeadersKnown: a.known, Body: a.body, BodyKnown: true}
	text := "HTTP/1.1 " + itoa(a.status) + "\n"
	for _, h := range a.headers {
		text += h.Name + ": "
		h.Span = jsonspan.Span{Start: len(text), End: len(text) + len(h.Value)}
		text += h.Value + "\n"
		if a.known {
			r.Headers = append(r.Headers, h)
		}
	}
	text += "\n"
	r.BodySpan = jsonspan.Span{Start: len(text), End: len(text) + len(a.body)}
	r.Text = text + a.body
	r.Date, _ = httpDate(r.Headers.Value("Date"))
	switch trimmed := strings.TrimSpace(a.body); {
	case trimmed == "":
		r.Form = evidence.FormEmpty
	case strings.HasPrefix(trimmed, "<?xml"):
		r.Form = evidence.FormXML
	case strings.HasPrefix(trimmed, "<"):
		r.Form = evidence.FormHTML
	case strings.ContainsAny(trimmed[:1], "{[\""):
		r.Form = evidence.FormJSON
		r.JSON, r.Faults = jsonspan.Scan([]byte(a.body), jsonspan.Limits{})
		if code, ok := r.JSON.Get("error"); ok {
			d, has := r.JSON.Get("error_description")
			r.Error = evidence.OAuthError{Present: true, Code: code.Str, HasDescription: has, Text: code.Str}
			if has {
				r.Error.Description = d.Str
			}
		}
	case strings.HasPrefix(trimmed, "access_token=") || strings.HasPrefix(trimmed, "error="):
		r.Form = evidence.FormForm
		r.Error.Present = strings.HasPrefix(trimmed, "error=")
	default:
		r.Form = evidence.FormText
	}
	a.shape(r)
	return r
}

func (a *answering) judge(list []Check) []finding.Finding {
	a.c.Response = evidence.Known(a.response())
	return Run(a.c, a.p.Compiled(), a.symptom, list)
}

func page(title, body string) string {
	return "<html><head><title>" + title + "</title></head><body>" + body + "</body></html>"
}

func idToken(claims string) string { return strings.TrimPrefix(bearerOf(claims), "Bearer ") }

func TestResponseChecks(t *testing.T) {
	html := func(status int, body string) func(*answering) {
		return func(a *answering) { a.says(status, "text/html", body) }
	}
	json := func(status int, body string) func(*answering) {
		return func(a *answering) { a.says(status, "application/json", body) }
	}
	with := func(change func(*answering), name, value string) func(*answering) {
		return func(a *answering) { change(a); a.header(name, value) }
	}
	tests := []struct {
		name   string
		change func(*answering)
		want   string // causes, in order of the report
		says   string // is somewhere in what the findings say
	}{
		{"healthy", func(a *answering) {}, "", ""},
		{"healthy: a body alone", func(a *answering) { a.status, a.known, a.headers = 0, false, nil }, "", ""},
		{"healthy: to a token request", func(a *answering) { a.asked("POST", testURL, "grant_type", "client_credentials") }, "", ""},

		// Who answered.
		{"an OAuth error", json(401, badClient), "token-refused", "invalid_client"},
		{"an OAuth error, status unknown", func(a *answering) { json(0, badClient)(a); a.known = false }, "token-refused", "Client authentication failed"},
		{"an empty 403", func(a *answering) { a.says(403, "text/plain", "") }, "token-refused", "403"},
		{"a login page", html(200, page("Sign in", `<input type="password">`)), "answered-by-gateway", "login page"},
		{"any page", html(200, page("Welcome", "hello")), "answered-by-gateway", "not checked"},
		{"a page of unknown status", func(a *answering) { html(0, page("x", "y"))(a); a.known = false }, "answered-by-gateway", "web page"},
		{"Cloudflare's block", html(403, page("Attention Required! | Cloudflare", "")), "answered-by-gateway", "Cloudflare"},
		{"Cloudflare's challenge", html(503, page("Just a moment...", "challenge")), "answered-by-gateway", "Cloudflare"},
		{"Cloudflare by its header", with(html(403, page("x", "y")), "Cf-Mitigated", "challenge"), "answered-by-gateway", "Cloudflare"},
		{"Cloudflare's number", func(a *answering) { a.says(403, "text/plain", "error code: 1020") }, "answered-by-gateway", "Cloudflare"},
		{"served through Cloudflare", with(json(401, badClient), "Server", "cloudflare"), "token-refused", ""},
		{"Akamai", html(403, page("Access Denied", "Access Denied. Reference&#32;&#35;18 errors.edgesuite.net")), "answered-by-gateway", "Akamai"},
		{"Incapsula", html(403, page("", "Request unsuccessful. Incapsula incident ID: 1-2")), "answered-by-gateway", "Incapsula"},
		{"F5", html(200, page("Request Rejected", "The requested URL was rejected. Please consult with your administrator. Your support ID is: 1")), "answered-by-gateway", "F5"},
		{"an AWS load balancer", with(html(403, page("403 Forbidden", "403 Forbidden")), "Server", "awselb/2.0"), "answered-by-gateway", "AWS"},
		{"Azure Front Door", with(html(403, page("", "The request is blocked.")), "X-Azure-Ref", "1"), "answered-by-gateway", "Front Door"},
		{"nginx", html(403, page("403 Forbidden", "<center>nginx</center>")), "answered-by-gateway", "nginx"},
		{"Squid", html(503, page("ERROR", "Generated by proxy (squid/5.7)")), "answered-by-gateway", "Squid"},
		{"Istio", func(a *answering) { a.says(403, "text/plain", "RBAC: access denied") }, "answered-by-gateway", "Istio"},
		{"an API gateway's JSON", with(json(403, `{"message":"Forbidden"}`), "X-Amzn-Errortype", "ForbiddenException"), "answered-by-gateway", "API Gateway"},
		{"a JSON error that speaks of squid", json(400, `{"error":"invalid_request","error_description":"generated (squid"}`), "token-refused", ""},
		{"XML", func(a *answering) { a.says(400, "text/xml", `<?xml version="1.0"?><fault/>`) }, "answered-by-gateway", "XML"},
		{"a proxy that wants credentials", html(407, page("Proxy", "")), "answered-by-gateway", "407"},
		{"a captive portal", html(511, page("Login", "")), "answered-by-gateway", "511"},
		{"a redirect to a login", func(a *answering) {
			a.says(302, "text/plain", "")
			a.header("Location", "https://sso.acme.example/login?x=secret-1")
		}, "answered-by-gateway", "login page"},
		{"a redirect elsewhere", func(a *answering) { a.says(301, "text/plain", ""); a.header("Location", testURL+"/") }, "answered-by-gateway", "redirects to " + testURL},
		{"a redirect back with an error", func(a *answering) {
			a.says(302, "text/plain", "")
			a.header("Location", testRedirect+"?error=access_denied&state=1")
		}, "", ""},
		{"a redirect back with a code", func(a *answering) {
			a.says(302, "text/plain", "")
			a.header("Location", testRedirect+"?state=1&code=abc")
		}, "", ""},
		{"a redirect of a token request, with an error", func(a *answering) {
			a.asked("POST", testURL, "grant_type", "client_credentials", "client_assertion", "x")
			a.says(302, "text/plain", "")
			a.header("Location", "https://auth.acme.example/error?code=client_assertion_missing")
		}, "answered-by-gateway", "an error page"},
		{"404", html(404, page("Not Found", "")), "endpoint-not-found", "404"},
		{"404 as JSON", json(404, `{"error":"Realm does not exist"}`), "endpoint-not-found", ""},
		{"404 with an OAuth error", json(404, badClient), "token-refused", ""},
		{"405", with(json(405, `{}`), "Allow", "POST"), "endpoint-not-found", "allows POST"},
		{"405 that takes no POST", with(json(405, `{}`), "Allow", "GET, HEAD"), "endpoint-not-found", "no POST at all"},
		{"405 known for another method", func(a *answering) {
			json(405, `{}`)(a)
			a.symptom = &profile.Symptom{Explains: []string{"method-not-post"}}
		}, "token-refused", ""},
		{"a failure in words", func(a *answering) {
			json(400, `{"error":"temporarily_unavailable","error_description":"A transient error has occurred."}`)(a)
			a.symptom = &profile.Symptom{Explains: []string{"server-failed"}}
		}, "server-failed", "not that the request is wrong"},
		{"too many in words", func(a *answering) {
			json(400, `{"error":"invalid_grant","error_description":"a client request loop"}`)(a)
			a.symptom = &profile.Symptom{Explains: []string{"rate-limited"}}
		}, "rate-limited", ""},
		{"a failure is the less likely of what is said", func(a *answering) {
			json(400, badClient)(a)
			a.symptom = &profile.Symptom{Explains: []string{"exp-past", "server-failed"}}
		}, "token-refused", ""},
		{"500", func(a *answering) { a.says(500, "text/plain", "oops") }, "server-failed", "not checked"},
		{"500 in JSON", json(500, `{"error":"error","error_description":"The error is unrecognizable"}`), "server-failed", "500"},
		{"500 that the profile knows", func(a *answering) {
			json(500, `{"error":"error","error_description":"The error is unrecognizable"}`)(a)
			a.symptom = &profile.Symptom{Explains: []string{"exp-past"}}
		}, "token-refused", "unrecognizable"},
		{"500 known for a broken server", func(a *answering) {
			json(500, `{"error":"server_error"}`)(a)
			a.symptom = &profile.Symptom{Explains: []string{"server-failed"}}
		}, "server-failed", ""},
		{"500 with an OAuth error", json(500, badClient), "token-refused", ""},
		{"502 of nginx", html(502, page("502 Bad Gateway", "<center>nginx</center>")), "server-failed", "from nginx"},
		{"503 and when to come again", with(json(503, `{}`), "Retry-After", "120"), "server-failed", "in 120 seconds (2m), after 2026-11-21 08:02:00Z"},
		{"429", with(json(429, `{"error":"slow"}`), "Retry-After", "30"), "rate-limited", "in 30 seconds"},
		{"429 and a date", with(json(429, `{}`), "Retry-After", "Sat, 21 Nov 2026 08:01:30 GMT"), "rate-limited", "in 90 seconds, after 2026-11-21 08:01:30Z"},
		{"403 with nothing left", with(json(403, `{"message":"API rate limit exceeded"}`), "X-RateLimit-Remaining", "0"), "rate-limited", ""},
		{"a status in the body", json(400, `{"statusCode":429,"message":"Rate limit is exceeded. Try again in 30 seconds."}`), "rate-limited", ""},
		{"words alone", json(400, `{"error":"E0000047","error_description":"API call exceeded rate limit due to too many requests."}`), "rate-limited", ""},
		{"429 and nonsense", with(json(429, `{}`), "Retry-After", "soon"), "rate-limited", ""},
		{"a limit told by its code", json(400, `{"error":"rate_limit_exceeded"}`), "rate-limited", ""},
		{"trace IDs", func(a *answering) {
			html(200, page("x", ""))(a)
			a.shape = func(r *evidence.Response) { r.TraceIDs = []string{"trace_id 1a2b"} }
		}, "answered-by-gateway", "For the provider's support: trace_id 1a2b."},

		// An API.
		{"an API that knows no token", func(a *answering) {
			json(401, `{"message":"no"}`)(a)
			a.asked("GET", "https://api.acme.example/Patient")
			a.challenge("Bearer", map[string]string{"error": "invalid_token"})
		}, "token-not-accepted-by-api", "expired"},
		{"an API that wants more scope", func(a *answering) {
			json(403, `{}`)(a)
			a.asked("GET", "https://api.acme.example/Patient")
			a.challenge("Bearer", map[string]string{"error": "insufficient_scope", "scope": "system/Patient.read"})
		}, "token-not-accepted-by-api", "system/Patient.read"},
		{"an API, no error named", func(a *answering) {
			json(401, `{}`)(a)
			a.asked("GET", "https://api.acme.example/Patient")
			a.challenge("Bearer", map[string]string{"realm": "x"})
		}, "token-not-accepted-by-api", "no error"},
		{"a challenge alone", func(a *answering) {
			json(401, `{}`)(a)
			a.challenge("Bearer", map[string]string{"error": "invalid_token"})
		}, "token-not-accepted-by-api", "invalid_token"},
		{"a body alone, known as an API's", func(a *answering) {
			json(401, `{"error":"invalid_token"}`)(a)
			a.symptom = &profile.Symptom{Explains: []string{"token-not-accepted-by-api"}}
		}, "token-not-accepted-by-api", "revoked"},
		{"the same code of a token endpoint", func(a *answering) {
			json(401, `{"error":"invalid_token"}`)(a)
			a.symptom = &profile.Symptom{Explains: []string{"signed-by-unknown-key"}}
		}, "token-refused", ""},
		{"a challenge beside invalid_client", func(a *answering) {
			json(401, badClient)(a)
			a.challenge("Bearer", map[string]string{"error": "invalid_token"})
		}, "token-refused", ""},
		{"a challenge without error, no request", func(a *answering) { json(401, badClient)(a); a.challenge("Bearer", nil) }, "token-refused", ""},
		{"a challenge to a token request", func(a *answering) {
			json(401, badClient)(a)
			a.asked("POST", testURL, "grant_type", "client_credentials")
			a.challenge("Bearer", map[string]string{"error": "invalid_token"})
		}, "token-refused", ""},
		{"an API that answers", func(a *answering) {
			json(200, `{"resourceType":"Patient"}`)(a)
			a.asked("GET", "https://api.acme.example/Patient")
		}, "", ""},
		{"an API that says no", func(a *answering) { json(400, `{}`)(a); a.asked("GET", "https://api.acme.example/Patient") }, "", ""},

		// The form.
		{"cut", json(400, badClient[:40]), "response-not-json token-refused", "Content-Length"},
		{"a comma too many", json(200, `{"access_token":"tok-abcdefghijkl","token_type":"Bearer",}`), "response-not-json", "byte 56"},
		{"an array", json(200, `["x"]`), "response-not-json", "an array"},
		{"text", func(a *answering) { a.says(200, "text/plain", "ok") }, "response-not-json", "plain text"},
		{"a text refusal", func(a *answering) { a.says(401, "text/plain", "Unauthorized") }, "response-not-json token-refused", ""},
		{"text of unknown status", func(a *answering) { a.says(0, "text/plain", "ok"); a.known = false }, "", ""},
		{"an empty 200", func(a *answering) { a.says(200, "text/plain", "") }, "response-not-json", "empty"},
		{"an empty 200 of a revocation", func(a *answering) {
			a.says(200, "text/plain", "")
			a.asked("POST", "https://auth.acme.example/oauth2/revoke", "token", "x", "client_assertion", "y")
		}, "", ""},
		{"a form", func(a *answering) {
			a.says(200, "application/x-www-form-urlencoded", "access_token=x&token_type=bearer")
		}, "response-not-json", "form-encoded"},
		{"a form that is an error", func(a *answering) { a.says(400, "application/x-www-form-urlencoded", "error=bad") }, "token-refused", ""},
		{"a head alone", func(a *answering) {
			a.says(400, "application/json", "")
			a.shape = func(r *evidence.Response) { r.BodyKnown = false }
		}, "token-refused", ""},
		{"text/plain", func(a *answering) { a.says(200, "text/plain;charset=utf-8", goodAnswer) }, "response-content-type", "text/plain"},
		{"application/problem+json", func(a *answering) { a.says(400, "application/problem+json", badClient) }, "token-refused", ""},
		{"no Content-Type", func(a *answering) { a.headers = a.headers[1:] }, "", ""},
		{"a duplicate name", json(200, `{"access_token":"tok-abcdefghijkl","token_type":"Bearer","x":1,"x":2}`), "", ""},

		// The refusal.
		{"a description of null", json(400, `{"error":"invalid_grant","error_description":null}`), "token-refused", "sent it that way"},
		{"an error under 200", json(200, `{"error":"bad_verification_code"}`), "token-refused", "bad_verification_code"},
		{"a pending user", json(400, `{"error":"authorization_pending"}`), "", ""},
		{"an echoed assertion", json(400, `{"error":"invalid_client","error_description":"bad `+testJWT+`"}`), "token-refused", "characters"},

		// The token.
		{"no access_token", json(200, `{"token_type":"Bearer"}`), "token-response-incomplete", "access_token is missing"},
		{"accessToken", json(200, `{"accessToken":"x","token_type":"Bearer"}`), "token-response-incomplete", "there is accessToken instead"},
		{"no token_type", json(200, `{"access_token":"tok-abcdefghijkl"}`), "token-response-incomplete", "token_type is missing"},
		{"an access_token of null", json(200, `{"access_token":null,"token_type":"Bearer"}`), "token-response-incomplete", "null"},
		{"expires_in in quotes", json(200, `{"access_token":"tok-abcdefghijkl","token_type":"Bearer","expires_in":"300"}`), "token-response-incomplete", "in quotes"},
		{"expires_in a date", json(200, `{"access_token":"tok-abcdefghijkl","token_type":"Bearer","expires_in":"soon"}`), "token-response-incomplete", "not a number"},
		{"access_token twice", json(200, `{"access_token":"tok-abcdefghijkl","token_type":"Bearer","access_token":"tok-mnopqrstuvwx"}`), "token-response-incomplete", "access_token appears twice"},
		{"two at once", json(200, `{"access_token":"","expires_in":"300"}`), "token-response-incomplete", "access_token is empty, token_type is missing and expires_in"},
		{"an id_token", json(200, `{"access_token":"tok-abcdefghijkl","token_type":"Bearer","id_token":"`+idToken(`{"iss":"x"}`)+`"}`), "", ""},
		{"an encrypted id_token", json(200, `{"access_token":"tok-abcdefghijkl","token_type":"Bearer","id_token":"a.b.c.d.e"}`), "", ""},
		{"an id_token that is none", json(200, `{"access_token":"tok-abcdefghijkl","token_type":"Bearer","id_token":"abc"}`), "token-response-incomplete", "not a readable JWT"},
		{"may be stored", func(a *answering) { a.header("Cache-Control", "max-age=60") }, "token-response-cacheable", "no-store"},
		{"unknown headers", func(a *answering) { a.known = false }, "", ""},
		{"a pushed authorization response", json(201, `{"request_uri":"urn:x","expires_in":60}`), "", ""},
		{"an introspection response", json(200, `{"active":false}`), "token-not-accepted-by-api", ""},
		{"an introspection response of an active token", json(200, `{"active":true,"client_id":"x"}`), "", ""},
		{"a discovery document", json(200, `{"issuer":"https://x.example","token_endpoint":"https://x.example/token"}`), "", ""},
		{"any JSON of unknown status", func(a *answering) { json(0, `{"a":1}`)(a); a.known = false }, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := healthyAnswer()
			tt.change(a)
			all := a.judge(responseChecks())
			causes, _, broken := outcomes(all)
			if diff := cmp.Diff(strings.Fields(tt.want), append([]string{}, causes...)); diff != "" || len(broken) > 0 {
				t.Errorf("causes (-want +got):\n%s%v", diff, broken)
			}
			sayOnly(t, all, tt.says, "tok-abcdefghijkl", testJWT, "secret-1", "c2lnbmF0dXJl")
		})
	}
}

// TestOddResponses checks that no answer breaks a check, however little is known.
// A text of which nothing shows who wrote it does not pass for the endpoint's answer.
func TestUnknownAnswer(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		status     int
		want       finding.Outcome
	}{
		{"a token response", goodAnswer, 0, finding.Pass},
		{"an OAuth error", badClient, 0, finding.Pass},
		{"an error of another kind", `{"error":"boom"}`, 0, finding.Pass},
		{"any text", "Internal Server Error", 0, finding.Skip},
		{"any JSON", `{"foo":1}`, 0, finding.Skip},
		{"any JSON that was accepted", `{"foo":1}`, 200, finding.Pass},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := healthyAnswer()
			a.status, a.body, a.headers, a.known = tt.status, tt.body, nil, false
			found := a.judge(responseChecks())
			if got := found[0]; got.Check != "response-received" || got.Outcome != tt.want {
				t.Errorf("%s: %s %s", got.Check, got.Outcome, got.Message+got.Reason)
			}
		})
	}
}

func TestOddResponses(t *testing.T) {
	for _, r := range []*evidence.Response{{}, {Status: 200}, {Status: 404}, {Status: 302}, {Status: 500}, {Form: evidence.FormJSON}, {Status: 200, Form: evidence.FormJSON},
		{Status: 401, Challenges: []evidence.Challenge{{}}}, {Error: evidence.OAuthError{Present: true}}, {Status: 999, Form: "odd"}} {
		c := &evidence.Case{Kind: evidence.ClientAssertion, Response: evidence.Known(r), Clock: evidence.Known(&evidence.Clock{}),
			Issued: evidence.Known(&evidence.Issued{})}
		list := append(responseChecks(), headerX5t(), clockSkew(), tokenIssuer(), tokenAudience())
		if _, _, broken := outcomes(Run(c, (&profile.Profile{}).Compiled(), nil, list)); len(broken) > 0 {
			t.Errorf("%+v: %v", r, broken)
		}
	}
}

// TestCatalogued compares the second half's causes with the severities other
// programs depend on.
func TestCatalogued(t *testing.T) {
	notes := map[string]finding.Severity{"basic-percent-encoded": finding.Warning, "user-agent-missing": finding.Warning, "framing-refused": finding.Warning,
		"response-content-type": finding.Warning, "token-response-cacheable": finding.Note}
	for _, c := range append(append(secondRequestChecks(), responseChecks()...), tokenIssuer(), tokenAudience(), clockSkew()) {
		for _, cause := range c.Causes {
			want := finding.Error
			if s, ok := notes[string(cause.ID)]; ok {
				want = s
			}
			if cause.Severity != want || !strings.HasSuffix(cause.Why, ".") || !strings.HasSuffix(cause.Fix, ".") || strings.HasSuffix(cause.Title, ".") {
				t.Errorf("%s: severity %s, why %q, fix %q, title %q", cause.ID, cause.Severity, cause.Why, cause.Fix, cause.Title)
			}
		}
	}
}

func FuzzResponseChecks(f *testing.F) {
	f.Add(401, "application/json", badClient, "Retry-After", "9")
	f.Add(200, "text/html", page("Just a moment...", "challenge"), "Location", "https://x/login?code=1")
	f.Add(302, "", "", "Location", "://?#code")
	f.Add(400, "application/json", `{"error":"x","error_description":"Thumbprint of key used by client: 'ABC'"}`, "Allow", "")
	f.Fuzz(func(t *testing.T, status int, media, body, name, value string) {
		a := healthyAnswer()
		a.says(status, media, body)
		a.header(name, value)
		if _, _, broken := outcomes(a.judge(append(responseChecks(), headerX5t()))); len(broken) > 0 {
			t.Error(broken)
		}
	})
}
