package tap_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/tap"
)

// got is a request as the server got it.
type got struct {
	Method, URI, Host, Proto string
	Header                   http.Header
	Body                     string
	Chunked                  bool
	Trailer                  http.Header
}

// server is a token endpoint that notes what it gets.
type server struct {
	*httptest.Server
	mu       sync.Mutex
	requests []got
	answer   http.HandlerFunc // nil for a token
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.requests = append(s.requests, got{r.Method, r.RequestURI, r.Host, r.Proto, r.Header.Clone(), string(body), len(r.TransferEncoding) > 0, r.Trailer})
	s.mu.Unlock()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if s.answer != nil {
		s.answer(w, r)
		return
	}
	token(w, r)
}

func token(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	io.WriteString(w, `{"access_token":"tHe-tOken-0123456789","token_type":"Bearer","expires_in":300}`)
}

// last is the request that came last.
func (s *server) last(t *testing.T) got {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.requests) == 0 {
		t.Fatal("nothing arrived at the server")
	}
	return s.requests[len(s.requests)-1]
}

func newServer(t *testing.T, answer http.HandlerFunc) *server {
	t.Helper()
	s := &server{answer: answer}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func newTLSServer(t *testing.T, http2 bool, answer http.HandlerFunc) *server {
	t.Helper()
	s := &server{answer: answer}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.EnableHTTP2 = http2
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

// observed collects the exchanges of a tap.
type observed struct {
	mu  sync.Mutex
	all []tap.Exchange
	add chan struct{}
}

func (o *observed) take(x tap.Exchange) {
	o.mu.Lock()
	o.all = append(o.all, x)
	o.mu.Unlock()
	o.add <- struct{}{}
}

// wait returns the exchanges once there are n.
func (o *observed) wait(t *testing.T, n int) []tap.Exchange {
	t.Helper()
	for {
		o.mu.Lock()
		all := slices.Clone(o.all)
		o.mu.Unlock()
		if len(all) >= n {
			return all
		}
		select {
		case <-o.add:
		case <-t.Context().Done():
			t.Fatal("the exchanges did not come")
		}
	}
}

// running is a tap under test.
type running struct {
	*tap.Tap
	seen *observed
	done chan error
}

// start runs a tap in front of an address.
func start(t *testing.T, address string, change func(*tap.Config)) *running {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	o := &observed{add: make(chan struct{}, 1<<16)}
	c := tap.Config{URL: u, Observe: o.take, Options: doctor.Options{Version: "test"}, Client: probe.Client{Proxy: nil}}
	if change != nil {
		change(&c)
	}
	made, err := tap.New(c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &running{Tap: made, seen: o, done: make(chan error, 1)}
	go func() { r.done <- made.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-r.done; err != nil {
			t.Error(err)
		}
		r.done <- nil
	})
	return r
}

// roots trusts the certificate of a TLS server.
func roots(s *server) func(*tap.Config) {
	return func(c *tap.Config) {
		pool := x509.NewCertPool()
		pool.AddCert(s.Certificate())
		c.Client.Roots = pool
	}
}

// raw sends the bytes of a request and reads the answer, as it came.
func raw(t *testing.T, base, request string, head bool) *http.Response {
	t.Helper()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if u.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"http/1.1"}})
	}
	conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(conn, strings.ReplaceAll(request, "HOST", u.Host)); err != nil {
		t.Fatal(err)
	}
	method := http.MethodPost
	if head {
		method = http.MethodHead
	}
	in := bufio.NewReader(conn)
	var resp *http.Response
	for resp == nil || resp.StatusCode < 200 {
		if resp, err = http.ReadResponse(in, &http.Request{Method: method}); err != nil {
			t.Fatal(err)
		}
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp
}

// described writes an answer down, to compare two.
func described(resp *http.Response) string {
	body, _ := io.ReadAll(resp.Body)
	var b strings.Builder
	fmt.Fprintf(&b, "%d %v\n", resp.StatusCode, resp.TransferEncoding)
	for _, name := range slices.Sorted(maps.Keys(resp.Header)) {
		if name == "Date" {
			fmt.Fprintf(&b, "Date: %d\n", len(resp.Header[name]))
			continue
		}
		fmt.Fprintf(&b, "%s: %q\n", name, resp.Header[name])
	}
	fmt.Fprintf(&b, "%d bytes, %q\ntrailer %v\n", len(body), body[:min(len(body), 200)], resp.Trailer)
	return b.String()
}

// keyFile is a private key for assertions.
var keyFile = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
})

// assertion is one that the server would accept, but for aud where that is given.
func assertion(t *testing.T, aud string) string {
	t.Helper()
	made, _, err := doctor.Sign(t.Context(), doctor.SignOptions{
		Options: doctor.Options{Profiles: []string{"rfc7523"}, ClientID: "client-1", Aud: []string{aud}, Key: &doctor.Document{Source: "key.pem", Data: keyFile()}}, Kid: "k1",
	})
	if err != nil {
		t.Fatal(err)
	}
	return made.Compact
}

func form(compact string) url.Values {
	return url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {compact},
	}
}

// post sends a form through its own client.
func post(t *testing.T, address string, values url.Values) (int, map[string]any) {
	t.Helper()
	resp, err := http.PostForm(address, values)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var body map[string]any
	json.NewDecoder(resp.Body).Decode(&body)
	return resp.StatusCode, body
}

// lead is the first cause of a case; "" for none.
func lead(c *finding.Case) string {
	if c == nil || len(c.Diagnosis) == 0 {
		return ""
	}
	return string(c.Diagnosis[0].Cause)
}
