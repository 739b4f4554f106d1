package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A password in an address is reported nowhere, neither where the address is
// refused nor where it is judged.
func TestAddressesTellNoPassword(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("credentials are sent")
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/openid-configuration"):
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"issuer":"https://other.example","token_endpoint":"https://other.example/token"}`)
		case strings.HasSuffix(r.URL.Path, "/led"):
			http.Redirect(w, r, "/none?access_token=hunter2", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "good.jwt")
	if err := os.WriteFile(file, []byte(example(t, "good.jwt")), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := strings.Replace(server.URL, "://", "://joe:hunter2@", 1)
	mint := []string{"token", "-p", "rfc7523", "--key", signingKey, "--client-id", "me", "--aud", "x", "--token-url"}
	for _, tt := range []struct {
		args []string
		code int
	}{
		{[]string{"jwks", secret + "/jwks"}, 1},
		{[]string{"jwks", server.URL + "/jwks?access_token=hunter2"}, 1},
		{[]string{"jwks", server.URL + "/led"}, 1},
		{[]string{"jwks", secret + "/jwks", "--offline"}, 2},
		{[]string{"jwks", "https://joe:hunter2#1@as.example/jwks"}, 2},
		{[]string{"check", "--now", "iat", file, "--jwks", secret + "/jwks?apiKey=hunter2"}, 1},
		{[]string{"check", "--now", "iat", file, "--jwks", secret + "/jwks", "--offline"}, 2},
		{[]string{"check", "--now", "iat", file, "--key", secret + "/jwks"}, 2},
		{[]string{"check", "--now", "iat", file, "--discover", "--issuer", secret}, 1},
		{[]string{"check", "--now", "iat", file, "--discover", "--token-url", secret + "/token"}, 0},
		{[]string{"check", "--now", "iat", file, "--discovery", secret + "/jwks"}, 1},
		{[]string{"check", "--now", "iat", file, "--discovery", secret + "/jwks", "--offline"}, 2},
		{[]string{"check", "--now", "iat", file, "--issuer", "https://joe:hunter2#1@as.example"}, 2},
		{[]string{"probe", secret + "/token?code=hunter2"}, 0},
		{[]string{"probe", "https://joe:hunter2#1@as.example"}, 2},
		{[]string{"probe", server.URL, "--proxy", "http://joe:hunter2#1@10.0.0.1:3128"}, 2},
		{[]string{"probe", server.URL, "--proxy", "http://joe:hunter2%zz@10.0.0.1:3128"}, 2},
		{[]string{"probe", server.URL, "--proxy", "joe:hunter2@10.0.0.1:3128"}, 2},
		{append(mint, "https://joe:hunter2#1@as.example/token"), 2},
		{append(mint, secret+"/token"), 2},
		{append(mint, server.URL+"/token?client_secret=hunter2"), 1},
		{[]string{secret}, 0},
	} {
		for _, more := range [][]string{nil, {"-v"}, {"-f", "json"}} {
			code, out, errs := runAt(time.Now(), nil, "", append(tt.args, more...)...)
			if code != tt.code || strings.Contains(out+errs, "hunter2") {
				t.Errorf("%v: exit code %d, want %d\n%s%s", append(tt.args, more...), code, tt.code, out, errs)
			}
		}
	}
	// Neither is one of the environment.
	environ := []string{"JWTDOCTOR_ISSUER=" + secret, "JWTDOCTOR_TOKEN_URL=" + secret + "/token"}
	if _, out, errs := runAt(pinnedNow(), environ, "", "check", "-v", file); strings.Contains(out+errs, "hunter2") || !strings.Contains(errs, "token-url http://127.0.0.1:") {
		t.Errorf("%s%s", out, errs)
	}
}

// What cannot be an address or a proxy is wrong usage, before anything is asked.
func TestAddressesThatCannotBe(t *testing.T) {
	for _, args := range [][]string{
		{"probe", "https://as.example:99x/"},
		{"probe", "https://as.example:99999/"},
		{"jwks", "https://as.example:99x/"},
		{"check", "--jwks", "https://as.example:99x/", "-"},
		{"check", "--discovery", "https://:443/", "-"},
		{"check", "--discover", "--issuer", "urn:example:issuer", "-"},
		{"token", "--key", signingKey, "--client-id", "me", "--token-url", "https://as.example:99999/token"},
		{"probe", "https://as.invalid/", "--proxy", "ftp://proxy.example"},
		{"probe", "https://as.invalid/", "--proxy", "socks4://proxy.example"},
		{"probe", "https://as.invalid/", "--proxy", "http://proxy.example:99999"},
	} {
		if code, out, errs := run("eyJ", args...); code != 2 || out != "" || errs == "" {
			t.Errorf("%v: exit code %d\n%s%s", args, code, out, errs)
		}
	}
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	for _, proxy := range []string{"http://127.0.0.1:1", "socks5://joe:x@127.0.0.1:1", "http://127.0.0.1:1/"} {
		if code, _, errs := runAt(time.Now(), nil, "", "probe", "--no-discovery", "--proxy", proxy, server.URL); code != 1 {
			// It is used, for this machine too, and nobody listens there.
			t.Errorf("%s: exit code %d, %s", proxy, code, errs)
		}
	}
}

// A variable that somebody set and nobody reads is reported.
func TestVariablesNobodyReads(t *testing.T) {
	const address = "https://127.0.0.2:1/token" // no proxy is used for it
	for _, tt := range []struct {
		name    string
		environ []string
		args    []string
		note    string // "" for none
	}{
		{"none", nil, []string{"probe", address}, ""},
		{"a token URL for token", []string{"JWTDOCTOR_TOKEN_URL=" + address}, []string{"token", "--key", signingKey, "--client-id", "me"}, "JWTDOCTOR_TOKEN_URL has no effect on jwtdoctor token"},
		{"a token URL for check", []string{"JWTDOCTOR_TOKEN_URL=" + address}, []string{"check", "-"}, ""},
		{"a flag in its place", []string{"JWTDOCTOR_TIMEOUT=1s"}, []string{"probe", address, "--timeout", "9s"}, ""},
		{"a timeout", []string{"JWTDOCTOR_TIMEOUT=1s"}, []string{"probe", address}, "JWTDOCTOR_TIMEOUT has no effect on jwtdoctor probe"},
		{"quiet", []string{"JWTDOCTOR_TIMEOUT=1s"}, []string{"probe", address, "-q"}, ""},
		{"a proxy for this machine", []string{"ALL_PROXY=http://proxy.example"}, []string{"probe", address}, ""},
		{"a proxy for all", []string{"ALL_PROXY=http://proxy.example"}, []string{"probe", "https://nowhere.invalid/"}, "ALL_PROXY is not used"},
		{"a proxy that is given", []string{"ALL_PROXY=http://proxy.example"}, []string{"probe", "https://nowhere.invalid/", "--proxy", "http://127.0.0.1:1"}, ""},
		{"no address of a proxy", []string{"HTTPS_PROXY=http://joe:hunter2%zz@proxy.example"}, []string{"jwks", "https://nowhere.invalid/"}, "HTTPS_PROXY is not an address"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, out, errs := runAt(pinnedNow(), tt.environ, "eyJhbGciOiJub25lIn0.e30.", tt.args...)
			if !strings.Contains(errs, tt.note) || tt.note == "" && strings.Contains(errs, "not read") || strings.Contains(out+errs, "hunter2") {
				t.Errorf("want %q\n%s", tt.note, errs)
			}
		})
	}
}

// No command recommends a flag it lacks.
func TestHintsNameFlagsThatAreThere(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", pinned(0))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(401)
		io.WriteString(w, `{"error":"invalid_client"}`)
	}))
	defer server.Close()
	good := example(t, "good.jwt")
	for _, tt := range []struct {
		args []string
		has  string
		none string
	}{
		{[]string{"check", "-p", "redox", "-v", "-"}, "add --jwks FILE|URL or --key FILE", "\x00"},
		{[]string{"jwks", server.URL, "--assertion", "-", "-v"}, "jwks-http-error", "--jwks"},
		{[]string{"token", "-p", "redox", "--token-url", server.URL, "--assertion", "-"}, "add --jwks FILE|URL", "--key FILE"},
		{[]string{"probe", server.URL + "/token", "-v"}, "not checked", "--issuer"},
	} {
		_, out, errs := run(good, tt.args...)
		flat := strings.Join(strings.Fields(out), " ")
		if !strings.Contains(flat, tt.has) || strings.Contains(flat, tt.none) {
			t.Errorf("%v: want %q and not %q\n%s%s", tt.args, tt.has, tt.none, out, errs)
		}
	}
}

func pinnedNow() time.Time { return time.Unix(1795219230, 0) }
