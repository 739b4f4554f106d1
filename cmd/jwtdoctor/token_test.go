package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/term"
)

const signingKey = "../../internal/jose/testdata/keys/rsa-a.pem"

// pinned is the Date of a server whose clock is that much ahead of the tests'.
func pinned(ahead time.Duration) string {
	return time.Unix(1795219230, 0).Add(ahead).UTC().Format(http.TimeFormat)
}

// A token request is sent once, and judged with what came back.
func TestToken(t *testing.T) {
	for _, tt := range []struct {
		name   string
		answer func(w http.ResponseWriter, r *http.Request)
		code   int
		first  string // in the report
		says   string
	}{
		{"granted", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", "no-store")
			io.WriteString(w, `{"access_token":"bm90LXJlYWwtdG9rZW4","token_type":"Bearer","expires_in":300,"scope":"system/Patient.rs"}`)
		}, 0, "", "type Bearer, for 300 seconds, scope system/Patient.rs"},
		{"refused though nothing is wrong", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(400)
			io.WriteString(w, `{"error":"invalid_client"}`)
		}, 1, "token-refused", "A fresh assertion with nothing wrong in it was refused too"},
		{"a login page", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<html><head><title>Sign in</title></head><body><form><input type=password></form></body></html>")
		}, 1, "answered-by-gateway", "not checked"},
		{"led elsewhere", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://elsewhere.example/token")
			w.WriteHeader(307)
		}, 1, "http-redirected", "elsewhere.example"},
		{"gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(404) }, 1, "endpoint-not-found", "404"},
		{"broken", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }, 1, "server-failed", "503"},
		{"the clock", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", pinned(7*time.Minute))
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(401)
			io.WriteString(w, `{"error":"invalid_client"}`)
		}, 1, "clock-behind", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			hits := 0
			var body string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				hits++
				b, _ := io.ReadAll(r.Body)
				body = string(b)
				w.Header().Set("Date", pinned(0))
				tt.answer(w, r)
			}))
			defer server.Close()
			code, out, errs := run("", "token", "-p", "smart-backend-services", "--key", signingKey, "--kid", "k1", "--client-id", "me", "--scope", "system/Patient.rs", "--token-url", server.URL+"/token")
			if code != tt.code || hits != 1 {
				t.Errorf("exit code %d after %d requests\n%s%s", code, hits, out, errs)
			}
			if tt.first != "" && !strings.Contains(lead(out), tt.first) {
				t.Errorf("%s is not first:\n%s", tt.first, out)
			}
			if !strings.Contains(out, tt.says) {
				t.Errorf("%q is not said:\n%s", tt.says, out)
			}
			for _, secret := range []string{"bm90LXJlYWwtdG9rZW4"} {
				if strings.Contains(out+errs, secret) {
					t.Error("the access token is shown")
				}
			}
			if !strings.Contains(body, "client_assertion=ey") || !strings.Contains(body, "scope=system%2FPatient.rs") {
				t.Errorf("sent: %s", body)
			}
			if !strings.Contains(errs, "is used up") {
				t.Errorf("no warning: %s", errs)
			}
		})
	}
}

// A fresh assertion that is refused moves the blame to registration: the key and
// the client ID come first, then what the provider's checklist asks.
func TestTokenBlamesRegistration(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", pinned(0))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(401)
		io.WriteString(w, `{"error":"invalid_client"}`)
	}))
	defer server.Close()
	mint := []string{"--key", signingKey, "--kid", "k1", "--client-id", "me"}
	_, made, _ := run("", append([]string{"sign", "-p", "redox", "-q"}, mint...)...)
	for _, tt := range []struct {
		name  string
		args  []string
		fresh bool
	}{
		{"minted", mint, true},
		{"given", []string{"--assertion", made}, false},
		{"minted, and wrong", append(mint, "--param", "grant_type=password"), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, out, errs := run("", append([]string{"token", "-f", "json", "-p", "redox", "--token-url", server.URL + "/token"}, tt.args...)...)
			if strings.Contains(out, "A fresh assertion with nothing wrong") != tt.fresh {
				t.Errorf("%s%s", out, errs)
			}
			var report struct {
				Cases []struct{ Ask []struct{ Text string } }
			}
			if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Cases[0].Ask) < 2 {
				t.Fatalf("%v\n%s", err, out)
			}
			first := report.Cases[0].Ask[0].Text
			if own := strings.Contains(first, "signed-by-unknown-key"); own != (tt.name != "given") {
				t.Errorf("asked first: %s", first)
			}
			at := func(part string) int {
				return slices.IndexFunc(report.Cases[0].Ask, func(a struct{ Text string }) bool { return strings.Contains(a.Text, part) })
			}
			if tt.name != "given" && (at("Redox dashboard") < 0 || at("aud-mismatch") >= 0 && at("aud-mismatch") < at("Redox dashboard")) {
				t.Errorf("asked: %v", report.Cases[0].Ask)
			}
			if strings.Contains(out, "jti-reused)") == (tt.name != "given") {
				t.Error("a fresh jti is asked for, or an old one not")
			}
		})
	}
}

// What is not said on the command line is not sent, and nothing is sent dry.
func TestTokenHoldsBack(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--key", signingKey, "--client-id", "me", "--token-url", server.URL + "/token", "--dry-run"}, 0, "curl '" + server.URL},
		{[]string{"--key", signingKey, "--client-id", "me", "--token-url", server.URL + "/token", "--offline"}, 2, "--offline forbids it"},
		{[]string{"--key", signingKey, "--client-id", "me"}, 2, "add --token-url URL"},
		{[]string{"--token-url", server.URL + "/token"}, 2, "either --assertion"},
		{[]string{"--key", signingKey, "--client-id", "me", "--token-url", "ftp://x/token"}, 2, "is not an address"},
		{[]string{"--key", signingKey, "--client-id", "me", "--token-url", "https://me:secret@as.example/token"}, 2, "user name or password"},
		{[]string{"--key", signingKey, "--client-id", "me", "--token-url", server.URL, "--param", "x"}, 2, "NAME=VALUE"},
	} {
		code, out, errs := run("", append([]string{"token", "-p", "rfc7523"}, tt.args...)...)
		if code != tt.code || !strings.Contains(out+errs, tt.says) || asked {
			t.Errorf("%v: exit code %d, asked %v\n%s%s", tt.args, code, asked, out, errs)
		}
		if strings.Contains(out+errs, "secret@") {
			t.Errorf("%v: the password is shown", tt.args)
		}
	}
}

// A probe sends no credential and says how far it came.
func TestProbe(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Method != http.MethodGet {
			t.Errorf("%s with %q", r.Method, r.Header.Get("Authorization"))
		}
		if strings.HasSuffix(r.URL.Path, "/openid-configuration") {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"issuer":"http://`+r.Host+`","token_endpoint":"http://`+r.Host+`/token","token_endpoint_auth_methods_supported":["client_secret_post"]}`)
			return
		}
		w.Header().Set("Date", pinned(0))
		w.WriteHeader(405)
	}))
	defer server.Close()
	code, out, errs := run("", "probe", server.URL+"/token")
	if code != 1 || !strings.Contains(out, "auth-method-unsupported") || !strings.Contains(out, "✓ HTTP       GET: 405") || !strings.Contains(out, "! The connection works: the server answered with HTTP 405. See the problems below.\n\n") || !strings.Contains(out, "auth methods: client_secret_post") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	if code, out, _ = run("", "probe", closed.URL); code != 1 || !strings.Contains(out, "connect-refused") || !strings.Contains(out, "  ✗ TCP ") || !strings.Contains(out, "✗ The connection fails at TCP: no connection.\n\n") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	for _, args := range [][]string{{"probe", "as.example"}, {"probe", "--offline", server.URL}, {"probe", "--ca", "no-such.pem", server.URL}} {
		if code, _, errs := run("", args...); code != 2 || errs == "" {
			t.Errorf("%v: exit code %d, %s", args, code, errs)
		}
	}
}

// The document a server publishes is compared with the assertion, where asked.
func TestDiscover(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"issuer":"http://`+r.Host+`","token_endpoint":"http://`+r.Host+`/token","token_endpoint_auth_methods_supported":["private_key_jwt"],"token_endpoint_auth_signing_alg_values_supported":["ES256"]}`)
	}))
	defer server.Close()
	good := example(t, "good.jwt")
	code, out, errs := run(good, "check", "--now", "iat", "-p", "rfc7523", "--aud", "https://api.redoxengine.com/v2/auth/token", "--issuer", server.URL, "--discover", "-")
	if asked == 0 || !strings.Contains(out, "alg-unsupported") {
		t.Errorf("exit code %d, asked %d\n%s%s", code, asked, out, errs)
	}
	if code, _, errs = run(good, "check", "--discover", "-"); code != 2 || !strings.Contains(errs, "--issuer URL or --token-url URL") {
		t.Errorf("exit code %d, %s", code, errs)
	}
}

// What is interrupted ends at once, with what is known by then.
func TestWaitInterrupted(t *testing.T) {
	for _, command := range []string{"probe", "token"} {
		t.Run(command, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				interrupt()
				<-r.Context().Done() // of the connection: the client has gone
			}))
			defer server.Close()
			args := []string{"probe", "--timeout", "10m", server.URL + "/token"}
			says := []string{"TCP        127.0.0.1:", "interrupted"}
			if command == "token" {
				args = []string{"token", "-p", "rfc7523", "--key", signingKey, "--client-id", "me", "--timeout", "10m", "--token-url", server.URL + "/token"}
				says = []string{"no answer", "interrupted"}
			}
			var out, errs bytes.Buffer
			code := Main(ctx, args, world{Streams: term.Plain(strings.NewReader(""), &out, &errs), clock: func() time.Time { return time.Unix(1795219230, 0) }})
			for _, want := range says {
				if !strings.Contains(out.String()+errs.String(), want) {
					t.Errorf("%q is not said", want)
				}
			}
			if code != 130 {
				t.Errorf("exit code %d", code)
			}
			if t.Failed() {
				t.Logf("%s\n%s", &out, &errs)
			}
		})
	}
}

// lead is what a report says first of what is wrong: its title with the ID.
func lead(out string) string {
	_, rest, _ := strings.Cut(out, "MOST LIKELY CAUSE\n")
	lines := strings.SplitN(rest, "\n", 3)
	return strings.Join(lines[:min(2, len(lines))], "\n")
}
