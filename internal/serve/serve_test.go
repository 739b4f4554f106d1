package serve

import (
	"strings"
	"testing"
)

// What is right is accepted: with the provider's address as aud and with the
// server's own, however that is written.
func TestAccepted(t *testing.T) {
	s := server(t, config(t))
	_, port := s.hostPort()
	for _, r := range []struct {
		name   string
		change func(*sending)
	}{
		{"the provider's aud", func(*sending) {}},
		{"the server's own aud", func(q *sending) { q.claims["aud"] = s.URL() }},
		{"localhost", func(q *sending) {
			q.host = "localhost:" + port
			q.claims["aud"] = "http://localhost:" + port + "/token"
		}},
		{"sent to another name than aud says", func(q *sending) { q.host = "localhost:" + port; q.claims["aud"] = s.URL() }},
		{"the provider's path", func(q *sending) { q.path = "/v2/auth/token"; q.claims["aud"] = s.issuer() + q.path }},
		{"the other environment", func(q *sending) { q.claims["aud"] = "https://api.ca.redoxengine.com/v2/auth/token" }},
		{"a scope", func(q *sending) { q.params["scope"] = "fhir:development" }},
	} {
		t.Run(r.name, func(t *testing.T) {
			q := healthy(s)
			r.change(q)
			got := ask(t, s, q.request(t, ""))
			if got.status != 200 {
				t.Fatalf("status %d: %s; %+v", got.status, got.text, events(t, s)[len(events(t, s))-1])
			}
			if got.json["access_token"] == "" || got.json["token_type"] != "Bearer" || got.json["expires_in"] != 300.0 {
				t.Errorf("token response %s", got.text)
			}
			if got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control %q", got.header.Get("Cache-Control"))
			}
			if want := q.params["scope"]; want != "" && got.json["scope"] != want {
				t.Errorf("scope %v, want %q", got.json["scope"], want)
			}
		})
	}
}

// One thing changed: the provider's own answer, and the cause in the journal.
func TestRefused(t *testing.T) {
	const opaque = "https://docs.redoxengine.com"
	for _, r := range []struct {
		name        string
		change      func(*sending)
		cause       string
		status      int
		code        string
		description string
		uri         string
	}{
		{"trailing slash", func(q *sending) { q.claims["aud"] = redoxURL + "/" }, "aud-trailing-slash", 400, "invalid_request", `Unexpected "aud" claim value`, ""},
		{"another aud", func(q *sending) { q.claims["aud"] = "https://elsewhere.example/token" }, "aud-mismatch", 400, "invalid_request", "", opaque},
		{"no aud", func(q *sending) { delete(q.claims, "aud") }, "aud-missing", 400, "invalid_request", `Unexpected "aud" claim value`, ""},
		{"no kid", func(q *sending) { delete(q.header, "kid") }, "kid-missing", 400, "invalid_request", "JWT header kid property is required", ""},
		{"unknown kid", func(q *sending) { q.header["kid"] = "other" }, "kid-not-in-jwks", 400, "invalid_request", "Public key not found, check client_id, kid and Redox dashboard settings", ""},
		{"another client", func(q *sending) { q.claims["iss"], q.claims["sub"] = "other", "other" }, "iss-not-client-id", 400, "invalid_request", "Public key not found, check client_id, kid and Redox dashboard settings", ""},
		{"no iss", func(q *sending) { delete(q.claims, "iss") }, "iss-missing", 400, "invalid_request", `Unexpected "iss" claim value`, ""},
		{"no sub", func(q *sending) { delete(q.claims, "sub") }, "sub-missing", 400, "invalid_request", `Unexpected "sub" claim value`, ""},
		{"no jti", func(q *sending) { delete(q.claims, "jti") }, "jti-missing", 400, "invalid_request", `Unexpected "jti" claim value`, ""},
		{"typ", func(q *sending) { q.header["typ"] = "jws" }, "typ-not-accepted", 400, "invalid_request", `Unexpected "typ" claim value`, ""},
		{"RS256", func(q *sending) { q.alg, q.header["alg"] = "RS256", "RS256" }, "alg-not-accepted", 400, "invalid_request", "", opaque},
		{"another key", func(q *sending) { q.key = "rsa-b.pem" }, "signed-by-unknown-key", 400, "invalid_request", "", opaque},
		{"expired", func(q *sending) { q.claims["iat"], q.claims["exp"] = now-200, now-60 }, "exp-past", 400, "invalid_request", `"exp" claim timestamp check failed`, ""},
		{"iat in the future", func(q *sending) { q.claims["iat"] = now + 47 }, "iat-in-future", 400, "invalid_request", `"iat" claim timestamp check failed (it should be in the past)`, ""},
		{"milliseconds", func(q *sending) { q.claims["iat"], q.claims["exp"] = now*1000, (now+240)*1000 }, "time-in-milliseconds", 400, "invalid_request", `"iat" claim timestamp check failed (it should be in the past)`, ""},
		{"no grant_type", func(q *sending) { delete(q.params, "grant_type") }, "grant-type-missing", 400, "invalid_request", "Missing grant_type parameter", ""},
		{"another grant_type", func(q *sending) { q.params["grant_type"] = "client-credentials" }, "grant-type-wrong", 400, "unsupported_grant_type", "The grant_type parameter should equal 'client_credentials'", ""},
		{"no client_assertion_type", func(q *sending) { delete(q.params, "client_assertion_type") }, "assertion-type-missing", 400, "invalid_request", "Missing client assertion type", ""},
		{"another client_assertion_type", func(q *sending) { q.params["client_assertion_type"] = "urn:other" }, "assertion-type-wrong", 400, "invalid_request", "Invalid client assertion type", ""},
		{"no assertion", func(q *sending) { delete(q.params, "client_assertion") }, "assertion-missing", 400, "invalid_request", "Missing client assertion", ""},
		{"JSON", func(q *sending) {
			q.fields["Content-Type"] = "application/json"
			q.body = `{"grant_type":"client_credentials"}`
		}, "content-type-json", 400, "invalid_request", "x-www-form-urlencoded content-type required", ""},
		{"two parts", func(q *sending) { q.edit = func(s string) string { return s[:strings.LastIndexByte(s, '.')] } }, "wrong-segment-count", 400, "invalid_request", "JWTs must have three components", ""},
		{"GET", func(q *sending) { q.method = "GET" }, "method-not-post", 405, "invalid_request", "", opaque},
	} {
		t.Run(r.name, func(t *testing.T) {
			s := server(t, config(t))
			q := healthy(s)
			r.change(q)
			got := ask(t, s, q.request(t, ""))
			told := events(t, s)
			if len(told) != 1 || len(told[0].Causes) == 0 || told[0].Causes[0] != r.cause || told[0].Verdict != "fail" {
				t.Errorf("the journal tells %+v, want the cause %s", told, r.cause)
			}
			uri, _ := got.json["error_uri"].(string)
			description, _ := got.json["error_description"].(string)
			if got.status != r.status || got.json["error"] != r.code || description != r.description || !strings.HasPrefix(uri, r.uri) || (uri == "") != (r.uri == "") {
				t.Errorf("answered %d %s", got.status, got.text)
			}
			if r.status == 405 && got.header.Get("Allow") != "POST" {
				t.Errorf("Allow %q", got.header.Get("Allow"))
			}
		})
	}
}
