package tap_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/tap"
)

// Many at once: each gets the answer to its own request, and each is checked.
func TestManyAtOnce(t *testing.T) {
	total, atOnce := 500, 64
	if os.Getenv("JWTDOCTOR_LONG") != "" {
		total = 5000
	}
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		sum := sha256.Sum256(body)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(w, `{"error":"invalid_scope","error_description":"%s"}`, hex.EncodeToString(sum[:]))
	})
	r := start(t, s.URL+"/token", nil)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: atOnce}}
	send := func(to string) time.Duration {
		begun := time.Now()
		work := make(chan int)
		var all sync.WaitGroup
		for range atOnce {
			all.Add(1)
			go func() {
				defer all.Done()
				for n := range work {
					body := url.Values{"grant_type": {"client_credentials"}, "scope": {strings.Repeat(fmt.Sprint(n, " "), 1+n%50)}}.Encode()
					resp, err := client.Post(to, "application/x-www-form-urlencoded", strings.NewReader(body))
					if err != nil {
						t.Error(err)
						continue
					}
					answer, _ := io.ReadAll(resp.Body)
					resp.Body.Close()
					if sum := sha256.Sum256([]byte(body)); !strings.Contains(string(answer), hex.EncodeToString(sum[:])) {
						t.Errorf("request %d got %s", n, answer)
					}
				}
			}()
		}
		for n := range total {
			work <- n
		}
		close(work)
		all.Wait()
		return time.Since(begun)
	}
	direct := send(s.URL + "/token")
	through := send(r.TokenURL())
	seen := map[int]bool{}
	for _, x := range r.seen.wait(t, total) {
		if x.Case == nil || x.Status != 400 || seen[x.Number] {
			t.Fatalf("%+v", x)
		}
		seen[x.Number] = true
	}
	if len(seen) != total {
		t.Errorf("%d of %d were checked", len(seen), total)
	}
	t.Logf("%d requests, %d at once: %s each without the tap, %s with it", total, atOnce, direct/time.Duration(total), through/time.Duration(total))
}

// aud is compared with the server's address, and one that is the tap's own is reported
// as what it is: by every name of the tap, as a string or among others.
func TestAudience(t *testing.T) {
	refuse := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"error":"invalid_client","error_description":"invalid audience"}`)
	}
	for _, row := range []struct {
		name     string
		aud      func(s *server, r *running) string
		answer   http.HandlerFunc
		lead     string
		severity finding.Severity
	}{
		{"the server's", func(s *server, _ *running) string { return s.URL + "/oauth2/token" }, nil, "", ""},
		{"the tap's, refused", func(_ *server, r *running) string { return r.TokenURL() }, refuse, "aud-from-tap", finding.Error},
		{"the tap's, accepted", func(_ *server, r *running) string { return r.TokenURL() }, nil, "aud-from-tap", finding.Warning},
		{"the tap by another name", func(_ *server, r *running) string {
			return strings.Replace(r.TokenURL(), "127.0.0.1", "localhost", 1)
		}, refuse, "aud-from-tap", finding.Error},
		{"the tap as issuer", func(_ *server, r *running) string { return r.Base() }, refuse, "aud-from-tap", finding.Error},
		{"another port of this machine", func(_ *server, r *running) string { return "http://127.0.0.1:1/oauth2/token" }, refuse, "aud-near-miss", finding.Error},
		{"somebody else's", func(*server, *running) string { return "https://elsewhere.example/token" }, refuse, "aud-mismatch", finding.Error},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := newServer(t, row.answer)
			r := start(t, s.URL+"/oauth2/token", nil)
			post(t, r.TokenURL(), form(assertion(t, row.aud(s, r))))
			c := r.seen.wait(t, 1)[0].Case
			if lead(c) != row.lead {
				t.Fatalf("%+v", c.Diagnosis)
			}
			if c.JudgedAsOf.Basis != "arrival" {
				t.Errorf("judged as of %s", c.JudgedAsOf.Basis)
			}
			for _, f := range c.Findings {
				if f.Failed() && string(f.Cause) == row.lead && f.Severity != row.severity {
					t.Errorf("it is a %s", f.Severity)
				}
			}
		})
	}
}

// A server behind another address is checked by the token URL it goes by.
func TestPublicTokenURL(t *testing.T) {
	const public = "https://as.example/oauth2/token"
	for _, row := range []struct{ tokenURL, lead string }{
		{public, ""},
		{"", "aud-mismatch"}, // control: by URL, the audience is another server's
	} {
		s := newServer(t, nil)
		r := start(t, s.URL+"/internal/token", func(c *tap.Config) { c.Options.TokenURL = row.tokenURL })
		post(t, r.TokenURL(), form(assertion(t, public)))
		if c := r.seen.wait(t, 1)[0].Case; lead(c) != row.lead {
			t.Errorf("token URL %q: %+v", row.tokenURL, c.Diagnosis)
		}
	}
}

// What goes wrong with the server is reported to the application, and checked.
func TestServerFails(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, row := range []struct {
		name, address, cause string
		answers              func(net.Conn)
	}{
		{"refused", "http://" + closed.Addr().String() + "/token", "connect-refused", nil},
		{"no such host", "https://no-such-host.invalid/token", "dns-not-found", nil},
		{"closed", "", "http-failed", func(c net.Conn) { c.Close() }},
		{"not HTTP", "", "http-failed", func(c net.Conn) { io.WriteString(c, "220 mail.example ESMTP\r\n"); c.Close() }},
		{"silent", "", "http-timeout", func(c net.Conn) { io.Copy(io.Discard, c) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			address := row.address
			if row.answers != nil {
				address = "http://" + tcp(t, row.answers) + "/token"
			}
			r := start(t, address, func(c *tap.Config) {
				if row.name == "silent" {
					c.Timeout = 200 * time.Millisecond
				}
				if row.name == "no such host" {
					c.Timeout = 5 * time.Second
				}
			})
			status, body := post(t, r.TokenURL(), form(assertion(t, address)))
			if status != 502 || body["jwtdoctor_tap"] != true || body["error"] == nil {
				t.Errorf("%d %v", status, body)
			}
			x := r.seen.wait(t, 1)[0]
			if row.name == "no such host" && lead(x.Case) == "dns-failed" {
				return // there is no resolver here
			}
			if lead(x.Case) != row.cause || body["cause"] != row.cause {
				t.Errorf("%s, and %v: %+v", row.cause, body, x.Case.Diagnosis)
			}
			if len(x.Case.Decoded.Claims) == 0 {
				t.Error("the assertion was not read")
			}
			if x.Status != 502 {
				t.Errorf("status %d", x.Status)
			}
		})
	}
}

// tcp answers each connection in its own way.
func tcp(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				answer(conn)
			}()
		}
	}()
	return l.Addr().String()
}

// A page in a browser, and a name that was made to point here, get nothing.
func TestWhoMayAsk(t *testing.T) {
	s := newServer(t, nil)
	r := start(t, s.URL+"/token", nil)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(r.Base(), "http://"))
	for _, row := range []struct {
		name, head string
		status     int
	}{
		{"this machine", "Host: 127.0.0.1:" + port, 200},
		{"by name", "Host: localhost:" + port, 200},
		{"by IPv6", "Host: [::1]:" + port, 200},
		{"another machine's name", "Host: attacker.example", 403},
		{"another name, the same port", "Host: rebind.attacker.example:" + port, 403},
		{"a foreign page", "Host: localhost:" + port + "\r\nOrigin: https://attacker.example", 403},
		{"a page without an origin", "Host: localhost:" + port + "\r\nOrigin: null", 403},
		{"a page from here", "Host: localhost:" + port + "\r\nOrigin: http://localhost:3000", 200},
		{"a fetch across sites", "Host: localhost:" + port + "\r\nSec-Fetch-Site: cross-site", 403},
	} {
		before := len(s.requests)
		resp := raw(t, r.Base(), "POST /token HTTP/1.1\r\n"+row.head+"\r\nContent-Length: 3\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na=b", false)
		if resp.StatusCode != row.status {
			t.Errorf("%s: %d", row.name, resp.StatusCode)
		}
		if passed := len(s.requests) > before; passed != (row.status == 200) {
			t.Errorf("%s: passed on %v", row.name, passed)
		}
	}
	// A forward proxy it is not.
	if resp := raw(t, r.Base(), "GET http://elsewhere.example/ HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", false); resp.StatusCode != 403 {
		t.Errorf("as a forward proxy: %d", resp.StatusCode)
	}
}

// Only the token endpoint is reached, and what a prefix names.
func TestPaths(t *testing.T) {
	s := newServer(t, nil)
	r := start(t, s.URL+"/oauth2/token?tenant=1", func(c *tap.Config) { c.Prefixes = []string{"/oauth2/par", "/keys/"} })
	for _, row := range []struct {
		path, reaches string
	}{
		{"/oauth2/token", "/oauth2/token?tenant=1"},
		{"/oauth2/token?a=b", "/oauth2/token?tenant=1&a=b"},
		{"/", "/oauth2/token?tenant=1"},
		{"/oauth2/par", "/oauth2/par"},
		{"/oauth2/par/x?y=%2F", "/oauth2/par/x?y=%2F"},
		{"/keys/jwks.json", "/keys/jwks.json"},
		{"/oauth2/params", ""},
		{"/oauth2/par/../admin", ""},
		{"/oauth2/par/%2e%2e/admin", ""},
		{"/admin", ""},
	} {
		before := len(s.requests)
		resp := raw(t, r.Base(), "GET "+row.path+" HTTP/1.1\r\nHost: HOST\r\n\r\n", false)
		reached := ""
		if len(s.requests) > before {
			reached = s.last(t).URI
		}
		if reached != row.reaches || (row.reaches == "") != (resp.StatusCode == 404) {
			t.Errorf("%s reaches %q, want %q (%d)", row.path, reached, row.reaches, resp.StatusCode)
		}
	}
}

func TestOnce(t *testing.T) {
	s := newServer(t, nil)
	r := start(t, s.URL+"/token", func(c *tap.Config) { c.Once = 2 })
	for range 2 {
		post(t, r.TokenURL(), form(assertion(t, s.URL+"/token")))
	}
	err := <-r.done
	r.done <- err
	if ended, failed := r.Tally(); err != nil || ended != 2 || failed != 0 {
		t.Errorf("%d ended, %d failed, %v", ended, failed, err)
	}
}

// A second use of an assertion is reported, unless the first never left.
func TestUsedTwice(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"error":"invalid_client"}`)
	})
	r := start(t, s.URL+"/token", nil)
	values := form(assertion(t, s.URL+"/token"))
	for range 2 {
		post(t, r.TokenURL(), values)
	}
	all := r.seen.wait(t, 2)
	first, second := all[0], all[1]
	if first.Number == 2 {
		first, second = second, first
	}
	if lead(second.Case) != "jti-reused" && lead(first.Case) != "jti-reused" {
		t.Errorf("%+v, then %+v", first.Case.Diagnosis, second.Case.Diagnosis)
	}
}

// The discovery document names the tap wherever it named the server, and an
// endpoint that it names is passed on.
func TestDiscovery(t *testing.T) {
	s := newServer(t, nil)
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/.well-known/openid-configuration") {
			fmt.Fprintf(w, `{"issuer":"%[1]s/t1","token_endpoint":"%[1]s/t1/token","jwks_uri":"%[1]s/t1/keys?v=2","authorization_endpoint":"https://login.example/authorize","token_endpoint_auth_methods_supported":["private_key_jwt"],"mtls_endpoint_aliases":{"token_endpoint":"https://mtls.example/token"}}`, s.URL)
			return
		}
		token(w, r)
	}
	found := probe.Client{}.Discover(t.Context(), s.URL+"/t1")
	r := start(t, s.URL+"/t1/token", func(c *tap.Config) { c.Discovery = found })
	if r.Issuer() != r.Base()+"/t1" {
		t.Errorf("issuer %s", r.Issuer())
	}
	for _, path := range []string{"/t1/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/t1"} {
		resp, err := http.Get(r.Base() + path)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&doc); err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		for name, want := range map[string]any{"issuer": r.Base() + "/t1", "token_endpoint": r.Base() + "/t1/token", "jwks_uri": r.Base() + "/t1/keys?v=2", "authorization_endpoint": "https://login.example/authorize", "mtls_endpoint_aliases": nil} {
			if doc[name] != want {
				t.Errorf("%s: %s is %v, want %v", path, name, doc[name], want)
			}
		}
	}
	if resp, err := http.Get(r.Base() + "/t1/keys?v=2"); err != nil || resp.StatusCode != 200 {
		t.Errorf("the keys do not pass: %v %v", resp, err)
	}
}

// file is a HAR in memory.
type file struct{ b []byte }

func (f *file) WriteAt(p []byte, at int64) (int, error) {
	f.b = append(f.b[:at], p...)
	return len(p), nil
}

// The HAR is whole after each entry, contains no secret, and is read again to the
// same cause.
func TestHAR(t *testing.T) {
	s := newServer(t, nil)
	closed := false
	s.answer = func(w http.ResponseWriter, r *http.Request) {
		if closed {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(http.StatusUnauthorized)
			z := gzip.NewWriter(w)
			io.WriteString(z, `{"error":"invalid_client","error_description":"invalid audience"}`)
			z.Close()
			return
		}
		token(w, r)
	}
	r := start(t, s.URL+"/token", nil)
	good, bad := assertion(t, s.URL+"/token"), assertion(t, "https://elsewhere.example/token")
	post(t, r.TokenURL(), form(good))
	r.seen.wait(t, 1)
	closed = true
	post(t, r.TokenURL(), form(bad))
	s.Close()
	post(t, r.TokenURL(), form(assertion(t, s.URL+"/token")))
	all := r.seen.wait(t, 3)
	f := &file{}
	h, err := tap.NewHAR(f, "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if err := h.Add(x.Entry); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(f.b) {
			t.Fatalf("%s", f.b)
		}
	}
	for _, secret := range []string{"tHe-tOken-0123456789", good[strings.LastIndexByte(good, '.')+1:], bad[strings.LastIndexByte(bad, '.')+1:], strings.Split(good, ".")[1]} {
		if bytes.Contains(f.b, []byte(secret)) {
			t.Errorf("the HAR holds %.20s", secret)
		}
	}
	var leads []string
	_, err = doctor.Run(t.Context(), doctor.Options{Profiles: []string{"rfc7523"}}, []doctor.Input{{Name: "x.har", Open: bytes.NewReader(f.b)}}, func(c finding.Case) error {
		leads = append(leads, lead(&c))
		return nil
	})
	want := []string{"", "aud-mismatch", "connect-refused"}
	if err != nil || len(leads) != 3 || leads[0] != want[0] || leads[1] != want[1] {
		t.Errorf("read again: %q, want %q (%v)\n%s", leads, want, err, f.b)
	}
}
