package main

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A profile that is a file says nothing of where to send to, whether the project's
// file names it or the command line: somebody else may have written it.
func TestProfileFileNamesNoTarget(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	key, err := filepath.Abs(signingKey)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	profile := "id: odd\nname: Odd\nkind: client-assertion\nextends: rfc7523\nenvironments: {production: {token_url: \"" + server.URL + "/token\", aud: [\"https://as.example/token\"]}}\n"
	for name, text := range map[string]string{"odd.yaml": profile, configName: "profile: odd.yaml\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		more []string
		says string // where nothing is sent
	}{
		{nil, "--token-url URL"},
		{[]string{"-p", "odd.yaml"}, "--token-url " + server.URL + "/token"},
		{[]string{"--token-url", server.URL + "/token"}, ""},
		{[]string{"-p", "odd.yaml", "--token-url", server.URL + "/token"}, ""},
	} {
		asked = false
		code, out, errs := run("", append([]string{"token", "--key", key, "--client-id", "me"}, tt.more...)...)
		if asked != (tt.says == "") || (code == 2) == asked || !strings.Contains(errs, tt.says) {
			t.Errorf("%v: exit code %d, asked %v\n%s%s", tt.more, code, asked, out, errs)
		}
	}
}

// An access token is not shown, under whatever name and however deep; nor is
// what was sent in secret, if the server repeats it.
func TestTokenMasks(t *testing.T) {
	const token, param = "bm90LXJlYWwtdG9rZW4tYXQtYWxs", "hunter2 hunter2"
	for _, tt := range []struct {
		name   string
		status int
		body   string
		says   string
	}{
		{"as it should be", 200, `{"access_token":"` + token + `","token_type":"Bearer","expires_in":300}`, `"token_type":"Bearer"`},
		{"camel case", 200, `{"accessToken":"` + token + `","tokenType":"Bearer"}`, `"tokenType":"Bearer"`},
		{"nested", 200, `{"data":{"access_token":"` + token + `","scopes":["a"]}}`, `"scopes":["a"]`},
		{"in a list", 200, `{"data":[{"jwt":"` + token + `"}]}`, `"data":[`},
		{"another name", 200, `{"result":"` + token + `"}`, `"result":"…"`},
		{"a string", 200, `"` + token + `"`, "not shown: it may contain a token"},
		{"a list of strings", 200, `["` + token + `"]`, "not shown: it may contain a token"},
		{"text", 200, token, "not shown: it may contain a token"},
		{"a form", 200, "access_token=" + token, "not shown: it may contain a token"},
		{"cut off", 200, `{"accessToken":"` + token, "not shown: it may contain a token"},
		{"an error", 400, `{"error":"invalid_client","error_description":"the token is unknown"}`, "the token is unknown"},
		{"the request repeated", 400, `{"error":"invalid_request","error_description":"got client_secret=` + param + `, client_secret=hunter2+hunter2, ASSERTION"}`, `"error":"invalid_request"`},
		{"the request repeated in a page", 400, "<html><body>got ASSERTION and " + param + "</body></html>", "got ey"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			signature := ""
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				assertion := r.PostFormValue("client_assertion")
				signature = assertion[strings.LastIndexByte(assertion, '.')+1:]
				w.Header().Set("Date", pinned(0))
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tt.status)
				io.WriteString(w, strings.ReplaceAll(tt.body, "ASSERTION", assertion))
			}))
			defer server.Close()
			args := []string{"token", "-p", "rfc7523", "--key", signingKey, "--client-id", "me", "--param", "client_secret=" + param, "--token-url", server.URL + "/token"}
			for _, format := range []string{"text", "json"} {
				_, out, errs := run("", append(args, "-f", format)...)
				for _, secret := range []string{token, param, "hunter2+hunter2", signature} {
					if strings.Contains(out+errs, secret) {
						t.Errorf("%s is shown as %s:\n%s%s", secret, format, out, errs)
					}
				}
				if format == "text" && !strings.Contains(out, tt.says) {
					t.Errorf("%s is not said:\n%s", tt.says, out)
				}
			}
			if _, out, _ := run("", append(args, "--show-secrets")...); tt.name == "camel case" && !strings.Contains(out, token) {
				t.Errorf("not shown where it was asked for:\n%s", out)
			}
		})
	}
}

// An answer without a token and without an error is reported as one.
func TestTokenDidNotCome(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"204", 204, "", "response-not-json"},
		{"304", 304, "", "response-not-json"},
		{"whitespace", 200, "  \n ", "response-not-json"},
		{"much white space", 200, strings.Repeat(" ", 2<<20), "response-not-json"},
		{"an empty object", 200, "{}", "token-response-incomplete"},
		{"another object", 200, `{"status":"ok"}`, "token-response-incomplete"},
		{"null", 200, "null", "response-not-json"},
		{"a token", 200, `{"access_token":"bm90LXJlYWw","token_type":"Bearer"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", pinned(0))
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Cache-Control", "no-store")
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			}))
			defer server.Close()
			code, out, errs := run("", "token", "-q", "-p", "rfc7523", "--key", signingKey, "--kid", "k1", "--client-id", "me", "--token-url", server.URL+"/token")
			if tt.want == "" && code != 0 || tt.want != "" && (code != 1 || !strings.Contains(out, "  "+tt.want+": ")) {
				t.Errorf("exit code %d, want %s\n%s%s", code, tt.want, out, errs)
			}
		})
	}
}

// Where nothing was sent it is said, and why.
func TestTokenUnsent(t *testing.T) {
	answered := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", pinned(0))
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer answered.Close()
	hangsUp := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		panic(http.ErrAbortHandler)
	}))
	defer hangsUp.Close()
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(407) }))
	defer refuses.Close()
	const unsent = "nothing was sent, and the assertion is unused: "
	for _, tt := range []struct {
		name, url string
		more      []string
		says      string
		code      int
	}{
		{"an answer", answered.URL, nil, "400, after", 1},
		{"nobody listens", "https://127.0.0.1:1", nil, unsent + "127.0.0.1:1 refuses connections", 1},
		{"no TLS", strings.Replace(answered.URL, "http:", "https:", 1), nil, unsent + "127.0.0.1:", 3},
		{"plain http", "http://as.example", nil, unsent + "over plain http", 3},
		{"the proxy", "https://as.example", []string{"--proxy", refuses.URL}, unsent + "the proxy wants credentials", 1},
		{"no end of it", hangsUp.URL, nil, "no answer: 127.0.0.1:", 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := run("", append([]string{"token", "-p", "rfc7523", "--key", signingKey, "--client-id", "me", "--token-url", tt.url + "/token"}, tt.more...)...)
			if code != tt.code || !strings.Contains(out, tt.says) || strings.Contains(out, "No problems found") {
				t.Errorf("exit code %d, want %d and %q\n%s%s", code, tt.code, tt.says, out, errs)
			}
			if strings.HasPrefix(tt.says, "no answer") && !strings.Contains(out, "may be used up") {
				t.Errorf("nothing is said of the assertion:\n%s", out)
			}
		})
	}
}

// The published keys decide the algorithm, and what is wrong with their address
// is reported with the answer.
func TestTokenWithPublishedKeys(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", pinned(0))
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(401)
		io.WriteString(w, `{"error":"invalid_client"}`)
	}))
	defer server.Close()
	public := publicJWK(readRSA(t, signingKey), "k1")
	public["alg"] = "RS512"
	set := filepath.Join(t.TempDir(), "jwks.json")
	text, err := json.Marshal(map[string]any{"keys": []any{public}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(set, text, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"token", "-f", "json", "-p", "rfc7523", "--key", signingKey, "--kid", "k1", "--client-id", "me", "--token-url", server.URL + "/token", "--jwks"}
	if code, out, errs := run("", append(args, set)...); code != 1 || !strings.Contains(out, `"alg": "RS512"`) || !strings.Contains(out, `"cause": "token-refused"`) {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, out, errs := run("", append(args, "http://127.0.0.1:1/jwks")...); code != 1 || !strings.Contains(out, `"cause": "jwks-unreachable"`) || !strings.Contains(out, `"response"`) {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
}

// testAuthorityFile is the certificate of an authority of this test only.
func testAuthorityFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: newAuthority(t).cert.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A dry run shows what the request would need, and none of its secrets.
func TestDryRun(t *testing.T) {
	args := []string{"token", "-p", "rfc7523", "--key", signingKey, "--client-id", "me", "--token-url", "https://as.example/token?api_key=hunter2", "--dry-run",
		"--param", "client_secret=hunter2", "--param", "scope=a b", "--proxy", "http://joe:hunter2@proxy.example:3128", "--ca", testAuthorityFile(t), "--insecure-skip-verify"}
	code, out, errs := run("", args...)
	for _, want := range []string{"curl 'https://as.example/token' ", "--cacert '", "-x 'http://proxy.example:3128'", "-k ", "'client_secret=…'", "'scope=a b'"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if code != 0 || strings.Contains(out+errs, "hunter2") {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if _, out, _ = run("", append(args, "--show-secrets")...); strings.Count(out, "hunter2") != 3 {
		t.Errorf("not shown where it was asked for:\n%s", out)
	}
	for _, more := range [][]string{{"-f", "json"}, {"-o", "json=report.json"}} {
		if code, _, errs := run("", append(args, more...)...); code != 2 || !strings.Contains(errs, "makes no report") {
			t.Errorf("%v: exit code %d, %s", more, code, errs)
		}
	}
	if code, _, errs := runAt(pinnedNow(), []string{"JWTDOCTOR_FORMAT=json"}, "", args...); code != 0 {
		t.Errorf("a format of the environment: exit code %d, %s", code, errs)
	}
}

// A look in which a step failed for its own reason is none with nothing
// found, and the step says what it was.
func TestProbeUnfinished(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	garbage, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer garbage.Close()
	go func() {
		for {
			conn, err := garbage.Accept()
			if err != nil {
				return
			}
			conn.Read(make([]byte, 1)) // so that it is the answer that ends it
			io.WriteString(conn, "220 mail.example ESMTP\r\n")
			conn.Close()
		}
	}()
	for _, tt := range []struct{ name, url, says, step, cause string }{
		{"plain http", strings.Replace(plain.URL, "http:", "https:", 1), "does not speak TLS", "  ✗ TLS        127.0.0.1:", "tls-not-spoken"},
		{"no HTTP", "http://" + garbage.Addr().String(), "is not HTTP", "  ✗ HTTP       127.0.0.1:", "http-failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
			code, out, _ := run("", "probe", tt.url+"/token")
			if code != 3 || !strings.Contains(out, tt.cause) || !strings.Contains(flat(out), tt.says) || !strings.Contains(out, tt.step) || strings.Contains(out, "No problems found") {
				t.Errorf("exit code %d\n%s", code, out)
			}
			code, out, errs := run("", "probe", "-f", "json", tt.url+"/token")
			if code != 3 || strings.Contains(out, `"verdict": "pass"`) || !strings.Contains(errs, "could not finish: ") {
				t.Errorf("exit code %d, %s\n%s", code, errs, out)
			}
		})
	}
	if code, out, errs := runAt(time.Now(), nil, "", "probe", "--no-discovery", plain.URL); code != 0 || strings.Contains(out+errs, "ould not finish") {
		t.Errorf("an answer: exit code %d\n%s%s", code, out, errs)
	}
}
