package main

import (
	"bytes"
	"compress/gzip"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

func pemOf(a authority) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// sendOnce sends a token request that nothing is wrong with.
func sendOnce(t *testing.T, to, aud string) {
	t.Helper()
	key, err := readFile(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	made, _, err := doctor.Sign(t.Context(), doctor.SignOptions{Kid: "k1", Options: doctor.Options{
		Profiles: []string{"rfc7523"}, ClientID: "me", Aud: []string{aud}, Key: &doctor.Document{Source: "key.pem", Data: key}, Clock: pinnedNow}})
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(to, url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {made.Compact}})
	if err != nil {
		return // some answers are broken off, which is the point
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
}

// web is an endpoint that answers HTTP.
func web(answer func(w http.ResponseWriter, r *http.Request, done <-chan struct{})) func(*testing.T, *faultWorld) string {
	return func(t *testing.T, world *faultWorld) string {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Date", pinned(0))
			answer(w, r, world.done)
		}))
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.Start()
		t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
		return s.URL + "/token"
	}
}

type answering = func(w http.ResponseWriter, r *http.Request, done <-chan struct{})

// says answers with a status, a type and a body; fields are names and values.
func says(status int, kind, body string, fields ...string) answering {
	return func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		for i := 0; i < len(fields); i += 2 {
			w.Header().Set(fields[i], fields[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

const asJSON, asPage = "application/json", "text/html"

func titled(title string) string {
	return "<!doctype html><html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>"
}

func waiting(begin string) answering {
	return func(w http.ResponseWriter, r *http.Request, done <-chan struct{}) {
		if begin != "" {
			w.Header().Set("Content-Type", asJSON)
			io.WriteString(w, begin)
			w.(http.Flusher).Flush()
		}
		select {
		case <-done:
		case <-r.Context().Done():
		}
	}
}

func packed(body string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, body)
	z.Close()
	return b.String()
}

// httpFaults are what servers and gateways answer.
func httpFaults() []endpoint {
	const granted = `{"access_token":"bm90LXJlYWw","token_type":"Bearer","expires_in":300}`
	login := `<!doctype html><html><head><title>Sign in</title></head><body><form action="/login" method="post"><input name="username"><input type="password" name="password"></form></body></html>`
	row := func(name string, a answering, probe, token, jwks string) endpoint {
		return endpoint{name: name, start: web(a), probe: probe, token: token, tap: token, jwks: jwks}
	}
	return []endpoint{
		row("a token", says(200, asJSON, granted, "Cache-Control", "no-store"), "", "", "jwks-empty"),
		row("405 to a GET", func(w http.ResponseWriter, r *http.Request, _ <-chan struct{}) {
			if r.Method == http.MethodGet {
				says(405, "", "", "Allow", "POST")(w, r, nil)
				return
			}
			says(200, asJSON, granted, "Cache-Control", "no-store")(w, r, nil)
		}, "", "", "jwks-http-error"),
		row("refused", says(401, asJSON, `{"error":"invalid_client"}`), "", "token-refused", "jwks-http-error"),
		row("301", says(301, "", "", "Location", "/other/token"), "http-redirected", "http-redirected", "jwks-http-error"),
		row("302 to a login page", says(302, "", "", "Location", "https://login.example/signin"), "http-redirected", "http-redirected", "jwks-unreachable|jwks-http-error"),
		row("303", says(303, "", "", "Location", "/other"), "http-redirected", "http-redirected", "jwks-http-error"),
		row("307", says(307, "", "", "Location", "/other/token"), "http-redirected", "http-redirected", "jwks-http-error"),
		row("308", says(308, "", "", "Location", "/other/token"), "http-redirected", "http-redirected", "jwks-http-error"),
		row("a redirect without a Location", says(302, "", ""), "http-redirected", "http-redirected", "jwks-http-error"),
		row("a redirect to ftp", says(302, "", "", "Location", "ftp://files.example/token"), "http-redirected", "http-redirected", "jwks-http-error|jwks-unreachable"),
		row("a login page", says(200, asPage, login), "http-blocked", "answered-by-gateway", "jwks-http-error"),
		row("a firewall", says(403, asPage, titled("Access Denied"), "Server", "AkamaiGHost"), "http-blocked", "answered-by-gateway", "jwks-http-error"),
		row("Cloudflare", says(403, asPage, titled("Attention Required! | Cloudflare"), "Server", "cloudflare", "CF-RAY", "8f00-FRA"), "http-blocked", "answered-by-gateway", "jwks-http-error"),
		row("511", says(511, asPage, titled("Network Authentication Required")), "http-blocked", "answered-by-gateway", "jwks-http-error"),
		row("404", says(404, asPage, titled("Not Found")), "", "endpoint-not-found", "jwks-http-error"),
		row("404 in JSON", says(404, asJSON, `{"message":"no route matched"}`), "", "endpoint-not-found", "jwks-http-error"),
		row("405", says(405, "", "", "Allow", "GET"), "", "endpoint-not-found", "jwks-http-error"),
		row("410", says(410, asPage, titled("Gone")), "", "endpoint-not-found|token-refused|answered-by-gateway", "jwks-http-error"),
		row("411", says(411, asPage, titled("Length Required")), "", "framing-refused|token-refused|answered-by-gateway", "jwks-http-error"),
		row("413", says(413, asPage, titled("Request Entity Too Large")), "", "answered-by-gateway|token-refused", "jwks-http-error"),
		row("415", says(415, asJSON, `{"error":"invalid_request"}`), "", "token-refused", "jwks-http-error"),
		row("429", says(429, asJSON, `{}`, "Retry-After", "30"), "http-unavailable", "rate-limited", "jwks-http-error"),
		row("429, a page", says(429, asPage, titled("Too Many Requests")), "http-unavailable", "rate-limited", "jwks-http-error"),
		row("500, empty", says(500, "", ""), "http-unavailable", "server-failed", "jwks-http-error"),
		row("500, in JSON", says(500, asJSON, `{"error":"server_error"}`), "http-unavailable", "server-failed", "jwks-http-error"),
		row("501", says(501, asPage, titled("Not Implemented")), "http-unavailable", "server-failed|answered-by-gateway|endpoint-not-found", "jwks-http-error"),
		row("502", says(502, asPage, titled("502 Bad Gateway"), "Server", "nginx"), "http-unavailable", "server-failed|answered-by-gateway", "jwks-http-error"),
		row("503", says(503, asPage, titled("Service Unavailable")), "http-unavailable", "server-failed|answered-by-gateway", "jwks-http-error"),
		row("503, in JSON, come back later", says(503, asJSON, `{"error":"temporarily_unavailable"}`, "Retry-After", "120"), "http-unavailable|", "server-failed|token-refused", "jwks-http-error"),
		row("504", says(504, asPage, titled("Gateway Timeout")), "http-unavailable", "server-failed|answered-by-gateway", "jwks-http-error"),
		row("521", says(521, asPage, titled("Web server is down"), "Server", "cloudflare"), "http-unavailable|http-blocked", "server-failed|answered-by-gateway", "jwks-http-error"),
		row("a page of nginx", says(200, asPage, titled("Welcome to nginx!")), "|http-blocked", "answered-by-gateway|response-not-json", "jwks-http-error"),
		row("XML", says(200, "text/xml", `<?xml version="1.0"?><ok/>`), "", "response-not-json|answered-by-gateway", "jwks-not-json|jwks-http-error"),
		row("gzip that is none", says(200, asJSON, `{"error":"x"}`, "Content-Encoding", "gzip"), "http-failed", "http-failed|response-not-json", "jwks-unreachable|jwks-not-json|jwks-http-error"),
		row("gzip, cut off", says(200, asJSON, packed(granted)[:30], "Content-Encoding", "gzip"), "http-failed", "http-failed|response-not-json", "jwks-unreachable|jwks-not-json|jwks-http-error"),
		row("gzip, unasked", says(401, asJSON, packed(`{"error":"invalid_client"}`), "Content-Encoding", "gzip"), "", "token-refused", "jwks-http-error"),
		row("nothing", says(200, asJSON, ""), "", "response-not-json", "jwks-not-json"),
		row("204", says(204, "", ""), "", "response-not-json", "jwks-http-error|jwks-not-json"),
		row("cut off JSON", says(200, asJSON, `{"access_token":"abc`), "", "response-not-json", "jwks-not-json"),
		row("no token_type", says(200, asJSON, `{"access_token":"bm90LXJlYWw"}`), "", "token-response-incomplete", "jwks-empty"),
		row("the answer of another API", says(200, asJSON, `{"status":"up"}`), "", "token-response-incomplete", "jwks-empty"),
		row("JSON labelled as a page", says(400, asPage, `{"error":"invalid_client"}`), "", "token-refused", "jwks-http-error"),
		row("the clock ahead", func(w http.ResponseWriter, r *http.Request, _ <-chan struct{}) {
			w.Header().Set("Date", pinned(-7*minute))
			says(400, asJSON, `{"error":"invalid_client"}`)(w, r, nil)
		}, "clock-ahead", "clock-ahead", "jwks-http-error"),
		row("the clock behind", func(w http.ResponseWriter, r *http.Request, _ <-chan struct{}) {
			w.Header().Set("Date", pinned(7*minute))
			says(400, asJSON, `{"error":"invalid_client"}`)(w, r, nil)
		}, "clock-behind", "clock-behind", "jwks-http-error"),
		row("headers of 100 KB", says(200, asJSON, granted, "X-Large", strings.Repeat("x", 100<<10)), "http-failed", "http-failed", "jwks-unreachable"),
		row("an API's challenge", says(401, asJSON, `{}`, "WWW-Authenticate", `Bearer error="invalid_token"`), "", "token-not-accepted-by-api|token-refused", "jwks-http-error"),
		row("a captive portal", says(200, asPage, `<html><head><meta http-equiv="refresh" content="0; url=http://portal.wifi.example/login"><title>Wi-Fi login</title></head></html>`), "http-blocked|", "answered-by-gateway", "jwks-http-error"),
		{name: "slow headers", start: web(waiting("")), slow: true, probe: "http-timeout", token: "http-timeout", tap: "http-timeout", jwks: "jwks-unreachable"},
		{name: "a slow body", start: web(waiting(`{"access_token":`)), slow: true, probe: "http-timeout", token: "http-timeout", tap: "http-timeout|http-failed", jwks: "jwks-unreachable|jwks-not-json"},
	}
}
