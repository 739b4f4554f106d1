package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/term"
)

// startServe runs the command until it listens.
func startServe(t *testing.T, args ...string) *listening {
	t.Helper()
	s := startListening(t, pinnedNow, append([]string{"serve"}, args...)...)
	if first := s.out.next(); !regexp.MustCompile(`^listening on https?://127\.0\.0\.1:\d+/token \(profile [a-z-]+\)\n$`).MatchString(first) {
		t.Fatalf("the first line is %q", first)
	}
	return s
}

func post(t *testing.T, address string, form url.Values) (status int, body string) {
	t.Helper()
	res, err := http.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// What sign makes for the server's address, the server takes; once.
func TestServe(t *testing.T) {
	cases := filepath.Join(t.TempDir(), "cases.ndjson")
	s := startServe(t, "-p", "redox", "--client-id", "my-client", "--once", "2", "--report", cases)
	code, made, complaint := run("", "sign", "-p", "redox", "--client-id", "my-client", "--kid", "k", "--token-url", s.url, "--key", "../../internal/jose/testdata/keys/rsa-a.pem")
	if code != 0 {
		t.Fatal(complaint)
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {strings.TrimSpace(made)}}
	if status, body := post(t, s.url, form); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if status, body := post(t, s.url, form); status != 400 || !strings.Contains(body, "invalid_request") {
		t.Errorf("sent again: %d %s", status, body)
	}
	code, out := s.end()
	if code != exitFound {
		t.Errorf("exit code %d, want 1 for a refused request", code)
	}
	for _, want := range []string{"Z ✓ 200 accepted\n", "Z ✗ 400 jti-reused: the same assertion was already used at request 1; fix"} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q:\n%s", want, out)
		}
	}
	if !strings.Contains(s.errOut.String(), "--jwks") {
		t.Errorf("that signatures are not verified is not told: %q", s.errOut)
	}
	data, err := os.ReadFile(cases)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != 2 || !json.Valid([]byte(lines[0])) || !json.Valid([]byte(lines[1])) {
		t.Errorf("%d cases in the file:\n%s", len(lines), data)
	}
	sig := made[strings.LastIndexByte(made, '.')+1:]
	if strings.Contains(out+string(data), strings.TrimSpace(sig)) {
		t.Error("a report shows the signature")
	}
}

// A server that is stopped has done what it was to do.
func TestServeStopped(t *testing.T) {
	s := startServe(t, "-p", "redox", "-q")
	if status, _ := post(t, s.url, url.Values{}); status != 400 {
		t.Errorf("status %d", status)
	}
	s.stop()
	if code, out := s.end(); code != 0 || strings.Count(out, "\n") != 2 {
		t.Errorf("exit code %d, output %q", code, out)
	}
	if s.errOut.String() != "" {
		t.Errorf("complaints %q", s.errOut)
	}
}

func TestServeTLS(t *testing.T) {
	ca := filepath.Join(t.TempDir(), "ca.pem")
	s := startServe(t, "-p", "redox", "--tls", "--ca-out", ca)
	if !strings.HasPrefix(s.url, "https://") {
		t.Errorf("URL %s", s.url)
	}
	if data, err := os.ReadFile(ca); err != nil || !bytes.HasPrefix(data, []byte("-----BEGIN CERTIFICATE-----")) {
		t.Errorf("%v, %s", err, data)
	}
	s.stop()
	if code, _ := s.end(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestServeUsage(t *testing.T) {
	for _, r := range []struct {
		args []string
		want string
	}{
		{nil, "--profile is missing"},
		{[]string{"-p", "redx"}, "redox"},
		{[]string{"-p", "redox", "--env", "sandbox"}, "--env"},
		{[]string{"-p", "redox", "--listen", "0.0.0.0:0"}, "--listen-anywhere"},
		{[]string{"-p", "redox", "--listen", "8080"}, "HOST:PORT"},
		{[]string{"-p", "redox", "--once", "-1"}, "--once -1"},
		{[]string{"-p", "redox", "--latency", "-1s"}, "--latency"},
		{[]string{"-p", "redox", "--skew", "soon"}, "--skew"},
		{[]string{"-p", "redox", "--ca-out", "ca.pem"}, "add --tls"},
		{[]string{"-p", "redox", "--fail-with", "nonsense"}, "--fail-with"},
		{[]string{"-p", "redox", "--fail-with", "rate-limited"}, "documents no answer to this cause"},
		{[]string{"-p", "redox", "--jwks", "missing.json"}, "no such file"},
	} {
		cmd := newServe(world{Streams: term.Plain(strings.NewReader(""), io.Discard, io.Discard), clock: time.Now})
		cmd.SetArgs(r.args)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		err := cmd.ExecuteContext(t.Context())
		if exitCode(err) != exitUsage || !strings.Contains(err.Error(), r.want) {
			t.Errorf("%v: %v, want one that says %q", r.args, err, r.want)
		}
	}
}

// A start that is refused leaves no file behind.
func TestServeRefusedWritesNothing(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, r := range []struct {
		listen string
		made   bool
	}{{taken.Addr().String(), false}, {"127.0.0.1:0", true}} {
		cases := filepath.Join(t.TempDir(), "cases.ndjson")
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // it ends as soon as it has begun
		cmd := newServe(world{Streams: term.Plain(strings.NewReader(""), io.Discard, io.Discard), clock: time.Now})
		cmd.SetArgs([]string{"-p", "redox", "--listen", r.listen, "--report", cases})
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		err := cmd.ExecuteContext(ctx)
		if _, there := os.Stat(cases); (there == nil) != r.made || (err == nil) != r.made {
			t.Errorf("%s: %v, and of the file %v", r.listen, err, there)
		}
	}
}

// The client's keys may be published by the application under test, which is
// not there yet: that is said, and they are fetched once it is.
func TestServeFetchesKeysLater(t *testing.T) {
	there := make(chan struct{})
	keys := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case <-there:
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"keys":[]}`)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer keys.Close()
	s := startServe(t, "-p", "redox", "--jwks", keys.URL+"/jwks")
	close(there)
	post(t, s.url, url.Values{"grant_type": {"client_credentials"}})
	s.stop()
	_, out := s.end()
	if want := "--jwks " + keys.URL + "/jwks could not be fetched: it answers with status 503"; !strings.Contains(s.errOut.String(), want) {
		t.Errorf("the start says %q", s.errOut)
	}
	if !strings.Contains(out, "jwks-empty") || strings.Contains(out, "jwks-http-error") {
		t.Errorf("the request is judged by what was there before:\n%s", out)
	}
}
