package main

import (
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A server has a bad day: whatever it does to a token request, the cause is
// named first, and nothing waits or grows without bound.
func TestTokenFaults(t *testing.T) {
	asJSON := func(w http.ResponseWriter, status int, body string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
	led := func(status int, to string) func(http.ResponseWriter, *http.Request, <-chan struct{}) {
		return func(w http.ResponseWriter, r *http.Request, _ <-chan struct{}) {
			w.Header().Set("Location", strings.ReplaceAll(to, "SELF", "http://"+r.Host))
			w.WriteHeader(status)
		}
	}
	page := func(status int, title string) func(http.ResponseWriter, *http.Request, <-chan struct{}) {
		return func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			io.WriteString(w, "<!doctype html><html><head><title>"+title+"</title></head><body><h1>"+title+"</h1></body></html>")
		}
	}
	plain := func(status int, body string) func(http.ResponseWriter, *http.Request, <-chan struct{}) {
		return func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) { asJSON(w, status, body) }
	}
	for _, tt := range []struct {
		name   string
		answer func(w http.ResponseWriter, r *http.Request, done <-chan struct{})
		want   string // causes that may come first, parted by |
	}{
		{"301", led(301, "SELF/other/token"), "http-redirected"},
		{"302", led(302, "SELF/other/token"), "http-redirected"},
		{"303", led(303, "SELF/other/token"), "http-redirected"},
		{"307", led(307, "SELF/other/token"), "http-redirected"},
		{"308 to another host", led(308, "https://elsewhere.example/token"), "http-redirected"},
		{"to itself", led(302, "SELF/token"), "http-redirected"},
		{"without a Location", led(302, ""), "http-redirected"},
		{"a login page", page(200, "Sign in"), "answered-by-gateway"},
		{"a firewall", page(403, "Access Denied"), "answered-by-gateway"},
		{"404", page(404, "Not Found"), "endpoint-not-found"},
		{"405", func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
			w.Header().Set("Allow", "GET")
			w.WriteHeader(405)
		}, "endpoint-not-found"},
		{"415", plain(415, `{"error":"invalid_request"}`), "token-refused"},
		{"429", func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
			w.Header().Set("Retry-After", "30")
			asJSON(w, 429, "{}")
		}, "rate-limited"},
		{"500", plain(500, ""), "server-failed"},
		{"502", page(502, "502 Bad Gateway"), "server-failed|answered-by-gateway"},
		{"503", page(503, "Service Unavailable"), "server-failed|answered-by-gateway"},
		{"truncated JSON", plain(200, `{"access_token":"abc`), "response-not-json"},
		{"a list", plain(200, `[]`), "response-not-json|token-response-incomplete"},
		{"nothing", plain(200, ``), "response-not-json"},
		{"no token_type", plain(200, `{"access_token":"bm90LXJlYWw"}`), "token-response-incomplete"},
		{"refused", plain(400, `{"error":"invalid_client"}`), "token-refused"},
		{"refused, labelled as a page", func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(400)
			io.WriteString(w, `{"error":"invalid_client"}`)
		}, "token-refused"},
		{"a name twice", plain(200, `{"access_token":"bm90LXJlYWw","access_token":"b3RoZXI","token_type":"Bearer"}`), "token-response-incomplete|response-not-json"},
		{"401 without a body", func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) { w.WriteHeader(401) }, "token-refused"},
		{"50 MB", func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
			w.Header().Set("Content-Type", "text/html")
			block := make([]byte, 1<<20)
			for i := range block {
				block[i] = 'x'
			}
			for range 50 {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}, "response-not-json|answered-by-gateway"},
		{"a gzip bomb", func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			block := make([]byte, 1<<20)
			for range 64 {
				if _, err := z.Write(block); err != nil {
					return
				}
			}
			z.Close()
		}, "response-not-json|answered-by-gateway"},
		{"slow headers", func(_ http.ResponseWriter, r *http.Request, done <-chan struct{}) {
			select {
			case <-done:
			case <-r.Context().Done():
			}
		}, "http-timeout"},
		{"slow body", func(w http.ResponseWriter, r *http.Request, done <-chan struct{}) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"access_token":`)
			w.(http.Flusher).Flush()
			select {
			case <-done:
			case <-r.Context().Done():
			}
		}, "http-timeout"},
		{"the clock ahead", func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
			w.Header().Set("Date", pinned(-7*time.Minute))
			asJSON(w, 400, `{"error":"invalid_client"}`)
		}, "clock-ahead"},
		{"the clock behind", func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
			w.Header().Set("Date", pinned(7*time.Minute))
			asJSON(w, 400, `{"error":"invalid_client"}`)
		}, "clock-behind"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			done := make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				w.Header().Set("Date", pinned(0))
				tt.answer(w, r, done)
			}))
			defer server.Close()
			defer close(done)
			// Only a server that keeps silent is given up; a slow machine is not
			// to be taken for one.
			timeout := "60s"
			if tt.want == "http-timeout" {
				timeout = "1s"
			}
			code, out, errs := run("", "token", "-q", "-p", "rfc7523", "--key", signingKey, "--kid", "k1", "--client-id", "me", "--token-url", server.URL+"/token", "--timeout", timeout)
			named := false
			for want := range strings.SplitSeq(tt.want, "|") {
				named = named || strings.Contains(out, "  "+want+": ")
			}
			if code != 1 || !named {
				t.Errorf("exit code %d, want %s first\n%s%s", code, tt.want, out, errs)
			}
		})
	}
}

// What is between, or is not there at all, is told apart from the server.
func TestTokenOnTheWay(t *testing.T) {
	// A server to which the body of the request matters.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", pinned(0))
		w.Header().Set("Content-Type", "application/json")
		body, _ := io.ReadAll(r.Body)
		if len(body) == 0 {
			w.WriteHeader(400)
			io.WriteString(w, `{"error":"invalid_request","error_description":"no client authentication mechanism provided"}`)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		io.WriteString(w, `{"access_token":"bm90LXJlYWw","token_type":"Bearer","expires_in":300}`)
	}))
	defer server.Close()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	proxy := func(answer http.HandlerFunc) string {
		p := httptest.NewServer(answer)
		t.Cleanup(p.Close)
		return p.URL
	}
	stripping := proxy(func(w http.ResponseWriter, r *http.Request) {
		again, err := http.NewRequestWithContext(r.Context(), r.Method, server.URL+r.URL.Path, nil)
		if err != nil {
			t.Error(err)
			return
		}
		res, err := http.DefaultClient.Do(again)
		if err != nil {
			t.Error(err)
			return
		}
		defer res.Body.Close()
		maps.Copy(w.Header(), res.Header)
		w.WriteHeader(res.StatusCode)
		io.Copy(w, res.Body)
	})
	refusing := proxy(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", `Basic realm="way out"`)
		w.WriteHeader(http.StatusProxyAuthRequired)
	})
	for _, tt := range []struct {
		name, url string
		args      []string
		want      string
	}{
		{"all well", server.URL + "/token", nil, ""},
		{"nobody listens", closed.URL + "/token", nil, "connect-refused"},
		{"nobody accepts", "http://" + silent.Addr().String() + "/token", []string{"--timeout", "1s"}, "http-timeout"},
		{"no such name", "https://nowhere.invalid/token", nil, "dns-not-found|dns-failed"},
		{"the proxy wants credentials", "https://as.example.test/token", []string{"--proxy", refusing}, "proxy-refused"},
		{"the body is lost", stripping + "/token", nil, "body-empty"},
		{"no proxy there", "https://as.example.test/token", []string{"--proxy", closed.URL}, "proxy-refused|connect-refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := run("", append([]string{"token", "-q", "-p", "oidc-provider", "--key", signingKey, "--kid", "k1", "--client-id", "me", "--issuer", server.URL, "--token-url", tt.url}, tt.args...)...)
			named := tt.want == "" && code == 0
			for want := range strings.SplitSeq(tt.want, "|") {
				named = named || code == 1 && strings.Contains(out, "  "+want+": ")
			}
			if !named {
				t.Errorf("exit code %d, want %s first\n%s%s", code, tt.want, out, errs)
			}
		})
	}
}

// authority is a certificate authority of this test only.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	return issue(t, authority{}, func(c *x509.Certificate) {
		c.Subject.CommonName, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = "Test Root", true, true, x509.KeyUsageCertSign
	})
}

// issue makes a certificate for localhost, signed by the authority or, without
// one, on its own.
func issue(t *testing.T, by authority, change func(*x509.Certificate)) authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	change(template)
	parent, signer := by.cert, by.key
	if parent == nil {
		parent, signer = template, key
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return authority{cert, key}
}

// What is wrong with a certificate is told apart, which Go's client does not.
func TestCertificates(t *testing.T) {
	root := newAuthority(t)
	other := newAuthority(t)
	middle := issue(t, root, func(c *x509.Certificate) {
		c.Subject.CommonName, c.IsCA, c.BasicConstraintsValid, c.KeyUsage, c.DNSNames, c.IPAddresses = "Test Intermediate", true, true, x509.KeyUsageCertSign, nil, nil
	})
	nothing := func(*x509.Certificate) {}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.cert.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		leaf   authority
		chain  []authority
		config func(*tls.Config)
		want   string // "" for nothing wrong
	}{
		{"trusted", issue(t, root, nothing), nil, nil, ""},
		{"trusted through an intermediate", issue(t, middle, nothing), []authority{middle}, nil, ""},
		{"no intermediate of a public authority", issue(t, middle, func(c *x509.Certificate) {
			// What transparency logs gave, and no private authority has.
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: []byte{4, 2, 0, 0}}}
		}), nil, nil, "tls-missing-intermediate"},
		{"perhaps no intermediate", issue(t, middle, nothing), nil, nil, "tls-unknown-authority"},
		{"an unknown root that is not sent", issue(t, other, nothing), nil, nil, "tls-unknown-authority"},
		{"expired", issue(t, root, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }), nil, nil, "tls-expired"},
		{"not yet valid", issue(t, root, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }), nil, nil, "tls-expired"},
		{"another name", issue(t, root, func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"other.example"}, nil }), nil, nil, "tls-name-mismatch"},
		{"self-signed", issue(t, authority{}, nothing), nil, nil, "tls-self-signed"},
		{"an unknown root", issue(t, other, nothing), []authority{other}, nil, "tls-unknown-authority"},
		{"TLS 1.1", issue(t, root, nothing), nil, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, "tls-too-old"},
		{"a client certificate", issue(t, root, nothing), nil, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }, "tls-client-certificate-required"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Date", pinned(0))
				w.WriteHeader(405)
			}))
			chain := [][]byte{tt.leaf.cert.Raw}
			for _, c := range tt.chain {
				chain = append(chain, c.cert.Raw)
			}
			server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: chain, PrivateKey: tt.leaf.key}}}
			if tt.config != nil {
				tt.config(server.TLS)
			}
			server.Config.ErrorLog = log.New(io.Discard, "", 0)
			server.StartTLS()
			defer server.Close()
			code, out, errs := run("", "probe", "-q", "--no-discovery", "--ca", ca, "--timeout", "60s", server.URL)
			if tt.want == "" {
				if code != 0 {
					t.Errorf("exit code %d\n%s%s", code, out, errs)
				}
				return
			}
			if code != 1 || !strings.Contains(out, "  "+tt.want+": ") {
				t.Errorf("exit code %d, want %s first\n%s%s", code, tt.want, out, errs)
			}
		})
	}
}

// A key set behind an authority of one's own is fetched where that is given.
func TestJWKSAuthority(t *testing.T) {
	root := newAuthority(t)
	leaf := issue(t, root, func(*x509.Certificate) {})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, publicSet)
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.cert.Raw}, PrivateKey: leaf.key}}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.cert.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := run("", "jwks", "-q", server.URL); code != 1 || !strings.Contains(out, "jwks-unreachable") {
		t.Errorf("without it: exit code %d\n%s%s", code, out, errs)
	}
	if code, out, errs := run("", "jwks", "-q", "--ca", ca, server.URL); code != 0 {
		t.Errorf("exit code %d\n%s%s", code, out, errs)
	}
	if code, _, errs := run("", "check", "--jwks", server.URL, "--ca", "no-such.pem", "x.jwt"); code != 2 || !strings.Contains(errs, "--ca: ") {
		t.Errorf("exit code %d\n%s", code, errs)
	}
}

// What is at a JWKS URL has its own faults, reported before what follows
// from them, and is read only so far.
func TestJWKSFaults(t *testing.T) {
	public := publicJWK(readRSA(t, signingKey), "k1")
	public["alg"] = "RS384"
	key, err := json.Marshal(public)
	if err != nil {
		t.Fatal(err)
	}
	set := `{"keys":[` + string(key) + "]}"
	_, assertion, _ := run("", "sign", "-q", "-p", "redox", "--key", signingKey, "--kid", "k1", "--client-id", "me")
	many := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"keys":[`)
		for i := range n {
			fmt.Fprintf(&b, `{"kty":"oct","kid":"k%d","k":"AAAA"},`, i)
		}
		return b.String() + string(key) + "]}"
	}
	for _, tt := range []struct {
		name, body, kind string
		status           int
		want             string // "" for nothing wrong
	}{
		{"as it should be", set, "application/json", 200, ""},
		{"one key", string(key), "application/json", 200, "jwks-single-key"},
		{"empty", `{"keys":[]}`, "application/json", 200, "jwks-empty"},
		{"a private key", strings.Replace(set, `"kty"`, `"d":"AAAA","kty"`, 1), "application/json", 200, "jwks-private-key"},
		{"10,000 keys", many(10_000), "application/json", 200, "jwks-too-large"},
		{"50 MB", strings.Repeat(" ", 50<<20) + set, "application/json", 200, "jwks-too-large"},
		{"a login page", "<html><title>Sign in</title></html>", "text/html", 200, "jwks-http-error"},
		{"not there", "{}", "application/json", 404, "jwks-http-error"},
		{"cut off", set[:len(set)/2], "application/json", 200, "jwks-not-json"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.kind)
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			}))
			defer server.Close()
			code, out, errs := run(assertion, "check", "-q", "-p", "redox", "--jwks", server.URL, "-")
			if tt.want == "" {
				if code != 0 {
					t.Errorf("exit code %d\n%s%s", code, out, errs)
				}
				return
			}
			if code != 1 || !strings.Contains(out, "  "+tt.want+": ") {
				t.Errorf("exit code %d, want %s first\n%s%s", code, tt.want, out, errs)
			}
		})
	}
}
