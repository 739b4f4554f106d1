package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An assertion may be broken on purpose; what is none is not sent.
func TestNotAnAssertion(t *testing.T) {
	good := strings.TrimSpace(example(t, "good.jwt"))
	parts := strings.Split(good, ".")
	pem, err := os.ReadFile(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, text string
		what       string // "" for what is sent
	}{
		{"whole", good, ""},
		{"without signature", parts[0] + "." + parts[1] + ".", ""},
		{"two parts", parts[0] + "." + parts[1], ""},
		{"four parts", good + ".x", ""},
		{"quoted", `"` + good + `"`, ""},
		{"a bytes literal", "b'" + good + "'", ""},
		{"with its scheme", "Bearer " + good, ""},
		{"over two lines", good[:40] + "\n" + good[40:], ""},
		{"base64", strings.NewReplacer("-", "+", "_", "/").Replace(good) + "==", ""},
		{"percent-encoded", strings.ReplaceAll(good, "_", "%5F"), ""},
		{"without its first letter", good[1:], ""},
		{"nothing", " \n", "nothing"},
		{"a PEM key", string(pem), "a private key"},
		{"a JWK", `{"kty":"RSA","n":"AQAB","d":"AQAB"}`, "a private key"},
		{"a public key", "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----", "a PEM"},
		{"JSON with one in it", `{"client_assertion":"` + good + `"}`, "JSON"},
		{"a set", `{"keys":[]}`, "JSON"},
		{"a command", "curl https://as.example/token -d client_assertion=" + good, "not a JWT"},
		{"a request", "POST /token HTTP/1.1\nHost: as.example\n\nclient_assertion=" + good, "not a JWT"},
		{"a form", "grant_type=client_credentials&client_assertion=" + good, "not a JWT"},
		{"two", good + "\n" + good, "several"},
		{"a secret in parts", "SG.hunter2hunter2hunter2.hunter2hunter2hunter2", "not a JWT"},
		{"a word", "YOUR_JWT_ASSERTION", "not a JWT"},
		{"a key in base64url", "eyJrdHkiOiJSU0EiLCJkIjoiQUFBQSJ9", "not a JWT"},
		{"a book", strings.Repeat("a", maxSent+1), "64 KiB"},
	} {
		if got := notAnAssertion(tt.text); (got == "") != (tt.what == "") || !strings.Contains(got, tt.what) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.what)
		}
	}
}

// A key that is given where the assertion belongs goes nowhere, and what is
// broken on purpose does.
func TestTokenSendsAssertionsAlone(t *testing.T) {
	sent := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		sent += string(b) + "\n"
		w.Header().Set("Date", pinned(0))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(400)
		io.WriteString(w, `{"error":"invalid_client"}`)
	}))
	defer server.Close()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := strings.TrimSpace(example(t, "good.jwt"))
	parts := strings.Split(good, ".")
	for _, tt := range []struct {
		name string
		args []string
		in   string
		code int
	}{
		{"an assertion", []string{"--assertion", write("a.jwt", good+"\n")}, "", 1},
		{"from standard input", []string{"--assertion", "-"}, good, 1},
		{"two parts of one", []string{"--assertion", write("two.jwt", parts[0]+"."+parts[1])}, "", 1},
		{"a key", []string{"--assertion", signingKey}, "", 2},
		{"a key from standard input", []string{"--assertion", "-"}, `{"kty":"oct","k":"aHVudGVyMg"}`, 2},
		{"a script", []string{"--assertion", write("req.sh", "curl https://as.example -d client_assertion="+good)}, "", 2},
		{"a key as a parameter", []string{"--assertion", write("a.jwt", good), "--param", "key=-----BEGIN PRIVATE KEY-----"}, "", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sent = ""
			code, out, errs := run(tt.in, append([]string{"token", "-p", "rfc7523", "--token-url", server.URL + "/token", "--client-id", "me"}, tt.args...)...)
			if code != tt.code || (sent != "") != (tt.code == 1) {
				t.Errorf("exit code %d, sent %.80q\n%s%s", code, sent, out, errs)
			}
		})
	}
}
