package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const publicSet = `{"keys":[{"kty":"EC","kid":"ec-1","use":"sig","alg":"ES384","crv":"P-384",` +
	`"x":"7FZ5J9xQNHn2Objjf76Wi3_UzJi3ZPu2TbBEejNu1cHk3IoxCUfZPtP08hHlhLUH","y":"iUOncI_ojLg1YO7suSClc1XL3Deyu1DP_fEjRfy3KfYeZP_6_9V8O32-F4gjhNop"}]}`

func TestJWKS(t *testing.T) {
	hits := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits++
		switch r.URL.Path {
		case "/keys":
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, publicSet)
		case "/moved":
			http.Redirect(w, r, "/keys", http.StatusFound)
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html>please log in</html>")
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	for _, r := range []struct {
		name string
		args []string
		in   string
		code int
		out  string
		err  string
		hits int
	}{
		{"by address", []string{server.URL + "/keys"}, "", 0, "ec-1  EC P-384  sig  ES384  rZorRLtWLLWoyBlUMR6CwJG1UCJ9g_3nTBFAyScFoHI", "", 1},
		{"through a redirect", []string{server.URL + "/moved", "-v"}, "", 0, "redirected to " + server.URL + "/keys", "", 2},
		{"not there", []string{server.URL + "/none"}, "", 1, "jwks-http-error", "", 1},
		{"a page", []string{server.URL + "/page"}, "", 1, "jwks-http-error", "", 1},
		{"nobody there", []string{"http://127.0.0.1:1/keys"}, "", 1, "jwks-unreachable", "", 0},
		{"offline", []string{server.URL + "/keys", "--offline"}, "", 2, "", "--offline forbids", 0},
		{"from standard input", []string{"-"}, publicSet, 0, "ec-1", "", 0},
		{"what the provider asks for", []string{"-", "-p", "singpass"}, publicSet, 1, "encryption-key-missing", "", 0},
		{"a private key in it", []string{"-"}, strings.Replace(publicSet, `"kty"`, `"d":"AAAA","kty"`, 1), 1, "jwks-private-key", "", 0},
		{"as JSON", []string{"-", "-f", "json"}, publicSet, 0, `"thumbprint": "rZorRLtWLLWoyBlUMR6CwJG1UCJ9g_3nTBFAyScFoHI"`, "", 0},
		{"nothing", []string{"-"}, "", 2, "", "empty", 0},
		{"no such file", []string{"missing.json"}, "", 2, "", "no such file", 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			hits = 0
			code, out, err := run(r.in, append([]string{"jwks"}, r.args...)...)
			if code != r.code || !strings.Contains(out, r.out) || !strings.Contains(err, r.err) || hits != r.hits {
				t.Errorf("code %d, %d requests, want %d, %d\n%s%s", code, hits, r.code, r.hits, out, err)
			}
		})
	}
}

// An address in a project's file is nobody's word, and is not fetched.
func TestProjectNamesNoAddress(t *testing.T) {
	asked := false
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	token := example(t, "good.jwt")
	t.Chdir(t.TempDir())
	if err := os.WriteFile(filepath.Join(".", configName), []byte("jwks: "+server.URL+"/keys\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, stderr := run(token, "check", "-")
	if code != 2 || asked || !strings.Contains(stderr, "never fetched") {
		t.Errorf("code %d, asked %v: %s", code, asked, stderr)
	}
	// On the command line it is the user's.
	if code, _, stderr = run(token, "check", "--jwks", server.URL+"/keys", "-"); !asked {
		t.Errorf("code %d: not asked for: %s", code, stderr)
	}
}
