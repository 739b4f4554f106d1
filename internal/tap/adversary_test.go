package tap_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/tap"
)

// Fields that Connection names end at the tap, both ways, and no others; and what a
// client writes into them cannot take a field of the server's away.
func TestHopByHop(t *testing.T) {
	s := newServer(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Connection", "x-answer-hop")
		h.Set("X-Answer-Hop", "1")
		h.Set("X-Answer-End", "2")
		h.Set("Keep-Alive", "timeout=5")
		h.Set("Proxy-Authenticate", "Basic")
		w.WriteHeader(http.StatusTeapot)
	})
	r := start(t, s.URL+"/token", nil)
	resp := raw(t, r.Base(), "POST /token HTTP/1.1\r\nHost: HOST\r\nConnection: x-foo, Content-Type\r\nX-Foo: hop\r\nX-Bar: end\r\nTE: trailers\r\nProxy-Connection: keep-alive\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b", false)
	got := s.last(t)
	for name, want := range map[string]string{"X-Foo": "", "X-Bar": "end", "Proxy-Connection": "", "Content-Type": ""} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("the server got %s %q, want %q", name, v, want)
		}
	}
	if resp.StatusCode != http.StatusTeapot || resp.Header.Get("X-Answer-Hop") != "" || resp.Header.Get("X-Answer-End") != "2" || got.Body != "a=b" {
		t.Errorf("%d %v, body %q", resp.StatusCode, resp.Header, got.Body)
	}
}

// What two readers could take for two different requests is refused, and nothing of
// it goes on (RFC 9112 section 11.2).
func TestSmuggling(t *testing.T) {
	s := newServer(t, nil)
	r := start(t, s.URL+"/token", nil)
	const hidden = "GET /admin HTTP/1.1\r\nHost: HOST\r\n\r\n"
	for _, row := range []struct{ name, head, body string }{
		{"two lengths", "Content-Length: 3\r\nContent-Length: 40", "a=b" + hidden},
		{"a list of lengths", "Content-Length: 3, 40", "a=b" + hidden},
		{"a sign before the length", "Content-Length: +3", "a=b" + hidden},
		{"an unknown coding", "Transfer-Encoding: xchunked", "0\r\n\r\n" + hidden},
		{"chunked twice", "Transfer-Encoding: chunked, chunked", "0\r\n\r\n" + hidden},
		{"a blank before the colon", "Content-Length : 3", "a=b" + hidden},
		{"a length in a folded field", "X-A: b\r\n Content-Length: 3\r\nContent-Length: x", "a=b" + hidden},
		{"a bare line feed in a chunk size", "Transfer-Encoding: chunked", "3;x\n=\r\na=b\r\n0\r\n\r\n" + hidden},
		{"no host", "X-Host: none", ""},
		{"two hosts", "Host: attacker.example", ""},
	} {
		request := "POST /token HTTP/1.1\r\nHost: HOST\r\n"
		if row.name == "no host" {
			request = "POST /token HTTP/1.1\r\n"
		}
		s.mu.Lock()
		s.requests = nil
		s.mu.Unlock()
		conn, err := net.Dial("tcp", strings.TrimPrefix(r.Base(), "http://"))
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(time.Minute))
		host := strings.TrimPrefix(r.Base(), "http://")
		io.WriteString(conn, strings.ReplaceAll(request+row.head+"\r\nConnection: close\r\n\r\n"+row.body, "HOST", host))
		answer, _ := io.ReadAll(conn)
		conn.Close()
		s.mu.Lock()
		for _, got := range s.requests {
			if got.URI != "/token" || strings.Contains(got.Body, "admin") {
				t.Errorf("%s: the server got %+v", row.name, got)
			}
		}
		s.mu.Unlock()
		if !strings.HasPrefix(string(answer), "HTTP/1.1 4") && !strings.HasPrefix(string(answer), "HTTP/1.1 5") {
			t.Errorf("%s: the client got %.200q", row.name, answer)
		}
	}
}

// A client that sends its request piece by piece is served; one that never ends it
// is given up, and what it sent does not reach the server as a whole request.
func TestSlowClients(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 1<<16)
	answers := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, large) }
	s, other := newServer(t, answers), newServer(t, answers) // each keeps what it got last
	r := start(t, s.URL+"/token", nil)
	impatient := start(t, other.URL+"/token", func(c *tap.Config) { c.Timeout = 200 * time.Millisecond })
	dial := func(r *running) (conn net.Conn, host string) {
		host = strings.TrimPrefix(r.Base(), "http://")
		conn, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		conn.SetDeadline(time.Now().Add(time.Minute))
		return conn, host
	}
	endless, host := dial(impatient)
	defer endless.Close()
	fmt.Fprintf(endless, "POST /token HTTP/1.1\r\nHost: %s\r\nContent-Length: 100\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type=", host)

	slow, host := dial(r)
	defer slow.Close()
	for _, piece := range []string{"POST /token HT", "TP/1.1\r\nHost: " + host + "\r\nTransfer-Encoding: chunked\r\n", "\r\n1\r", "\na\r\n2\r\n=b\r\n", "0\r\n\r\n"} {
		io.WriteString(slow, piece)
	}
	resp, err := http.ReadResponse(bufio.NewReaderSize(slow, 16), &http.Request{Method: http.MethodPost})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<21)); err != nil || string(body) != large {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	if got := s.last(t); got.Body != "a=b" {
		t.Errorf("the server got %q", got.Body)
	}
	if answer, _ := io.ReadAll(endless); strings.HasPrefix(string(answer), "HTTP/1.1 200") {
		t.Errorf("got %.200q", answer)
	}
	r.seen.wait(t, 1)
	impatient.seen.wait(t, 1)
}

// An answer before the request's end, and one that never comes to its own, reach
// the client as they are.
func TestEarlyAndBrokenAnswers(t *testing.T) {
	early := tcp(t, func(c net.Conn) {
		c.Read(make([]byte, 1)) // what comes before any request answers none
		io.WriteString(c, "HTTP/1.1 413 Content Too Large\r\nContent-Length: 9\r\nConnection: close\r\n\r\ntoo large")
		io.Copy(io.Discard, c)
	})
	r := start(t, "http://"+early+"/token", nil)
	resp := raw(t, r.Base(), "POST /token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 3\r\n\r\na=b", false)
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusRequestEntityTooLarge || string(body) != "too large" {
		t.Errorf("%d %q", resp.StatusCode, body)
	}
	cut := tcp(t, func(c net.Conn) {
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"access_token\"")
	})
	r = start(t, "http://"+cut+"/token", nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.Base(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(conn, "POST /token HTTP/1.1\r\nHost: %s\r\nContent-Length: 3\r\n\r\na=b", strings.TrimPrefix(r.Base(), "http://"))
	resp, err = http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodPost})
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(resp.Body); err == nil {
		t.Errorf("a part is taken for all of it: %q", body)
	}
	if c := r.seen.wait(t, 1)[0].Case; lead(c) != "http-failed" {
		t.Errorf("%+v", c.Diagnosis)
	}
}

// A server that answers before it has read the request does not keep its body from
// being judged.
func TestAnswerBeforeTheBody(t *testing.T) {
	answered := make(chan struct{})
	server := tcp(t, func(c net.Conn) {
		http.ReadRequest(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 415 Unsupported Media Type\r\nContent-Length: 0\r\n\r\n")
		close(answered)
		io.Copy(io.Discard, c)
	})
	r := start(t, "http://"+server+"/token", nil)
	host := strings.TrimPrefix(r.Base(), "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	fmt.Fprintf(conn, "POST /token HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n", host)
	<-answered
	const body = `{"grant_type":"client_credentials"}`
	fmt.Fprintf(conn, "%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodPost})
	if err != nil || resp.StatusCode != http.StatusUnsupportedMediaType {
		t.Fatalf("%v, %v", resp, err)
	}
	c := r.seen.wait(t, 1)[0].Case
	for _, f := range c.Findings {
		if f.Cause == "body-json" {
			return
		}
	}
	t.Errorf("the body was not judged: %+v", c.Diagnosis)
}

// A switch of protocols is not asked for, and no tunnel opens.
func TestNoTunnel(t *testing.T) {
	s := newServer(t, nil)
	r := start(t, s.URL+"/token", nil)
	for _, request := range []string{
		"CONNECT internal.example:22 HTTP/1.1\r\nHost: HOST\r\n\r\n",
		"POST http://internal.example/token HTTP/1.1\r\nHost: internal.example\r\nContent-Length: 0\r\n\r\n",
		"POST //internal.example/token HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: HOST\r\n\r\n",
	} {
		resp := raw(t, r.Base(), request, false)
		if resp.StatusCode < 400 && !strings.HasPrefix(request, "OPTIONS") {
			t.Errorf("%.40q: %d", request, resp.StatusCode)
		}
		s.mu.Lock()
		if len(s.requests) > 0 {
			t.Errorf("%.40q: the server got %+v", request, s.requests)
		}
		s.mu.Unlock()
	}
}
