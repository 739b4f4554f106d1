package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// curl sends and gets the same through a tap as without one, and each exchange is
// judged.
func TestTapWithCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("curl is not installed")
	}
	var seen atomic.Value // what the server got last, as text
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got := fmt.Sprintf("%s %s %s %v\n", r.Method, r.RequestURI, r.Proto, r.TransferEncoding)
		for _, name := range slices.Sorted(maps.Keys(r.Header)) {
			got += fmt.Sprintf("%s: %q\n", name, r.Header[name])
		}
		seen.Store(got + string(body))
		w.Header()["X-Twice"] = []string{"one", "two"}
		w.Header().Set("Content-Type", "application/json")
		switch {
		case strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"):
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(http.StatusUnauthorized)
			z := gzip.NewWriter(w)
			io.WriteString(z, `{"error":"invalid_client"}`)
			z.Close()
		case r.URL.Query().Get("led") != "":
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusTemporaryRedirect)
		case bytes.Contains(body, []byte("client_assertion=")):
			io.WriteString(w, `{"access_token":"bm90LXJlYWwtdG9rZW4","token_type":"Bearer","expires_in":300}`)
		default:
			w.WriteHeader(http.StatusBadRequest)
			io.WriteString(w, `{"error":"invalid_request"}`)
		}
	}))
	defer server.Close()
	tokenURL := server.URL + "/oauth2/token"
	through := startTap(t, tokenURL, "-p", "rfc7523")
	dir := t.TempDir()
	signed := func(name, aud string) string {
		code, out, errs := runAt(time.Now(), nil, "", "sign", "-q", "-p", "rfc7523", "--key", signingKey, "--kid", "k1", "--client-id", "me", "--aud", aud)
		if code != 0 {
			t.Fatal(errs)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(strings.TrimSpace(out)), 0o600); err != nil {
			t.Fatal(err)
		}
		return "client_assertion@" + file
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, bytes.Repeat([]byte("\x00\r\n\xff&="), 50_000), 0o600); err != nil {
		t.Fatal(err)
	}
	with := func(assertion string, more ...string) []string {
		return append(more, "-d", "grant_type=client_credentials", "-d", "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer", "--data-urlencode", assertion)
	}
	for _, tt := range []struct {
		name  string
		args  []string
		query string
		cause string
	}{
		{"a good request", with(signed("good", tokenURL)), "", ""},
		{"aud of the tap", with(signed("derived", through.url)), "", "aud-from-tap"},
		{"refused, compressed", with(signed("other", tokenURL), "-H", "Accept-Encoding: gzip"), "", "token-refused"},
		{"a redirect", with(signed("led", tokenURL)), "?led=1", "http-redirected"},
		{"any bytes", []string{"--data-binary", "@" + large}, "", "grant-type-missing"},
		{"chunked", []string{"--data-binary", "@" + large, "-H", "Transfer-Encoding: chunked"}, "?a=%zz", "grant-type-missing"},
		{"100 Continue", []string{"--data-binary", "@" + large, "-H", "Expect: 100-continue"}, "", "grant-type-missing"},
		{"HTTP/1.0", with(signed("old", tokenURL), "--http1.0"), "", ""},
		{"another method", []string{"-X", "PUT", "-d", "a=b"}, "", "method-not-post"},
		{"GET", nil, "", "method-not-post"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ask := func(address string) (sent, got string) {
				out, err := exec.CommandContext(t.Context(), curl, slices.Concat([]string{"-q", "-s", "-i", "--noproxy", "*", "--max-time", "60"}, tt.args, []string{address + tt.query})...).Output()
				if err != nil {
					t.Fatalf("curl: %v", err)
				}
				return seen.Load().(string), inOrder(string(out))
			}
			sent, answer := ask(tokenURL)
			sentOn, passedBack := ask(through.url)
			if tt.name == "HTTP/1.0" { // the tap speaks HTTP/1.1 to the server
				sent = strings.Replace(sent, "HTTP/1.0", "HTTP/1.1", 1)
			}
			if sent != sentOn {
				t.Errorf("the server got\n%.600q\nwithout the tap\n%.600q", sentOn, sent)
			}
			if answer != passedBack {
				t.Errorf("curl got\n%.600q\nwithout the tap\n%.600q", passedBack, answer)
			}
			if c := through.exchange(t); c.first() != tt.cause {
				t.Errorf("first is %q, want %q: %+v", c.first(), tt.cause, c.Diagnosis)
			}
		})
	}
}

// inOrder is an answer with its header fields sorted, those of one name as they
// came: between names their order says nothing (RFC 9110 section 5.3).
func inOrder(answer string) string {
	head, body, _ := strings.Cut(answer, "\r\n\r\n")
	if first, _, _ := strings.Cut(head, "\r\n"); strings.HasSuffix(first, " 100 Continue") {
		return head + "\r\n\r\n" + inOrder(body)
	}
	lines := strings.Split(head, "\r\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "Date: ") {
			lines[i] = "Date:"
		}
	}
	slices.SortStableFunc(lines[1:], func(a, b string) int {
		a, _, _ = strings.Cut(a, ":")
		b, _, _ = strings.Cut(b, ":")
		return strings.Compare(a, b)
	})
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}
