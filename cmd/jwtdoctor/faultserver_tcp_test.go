package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

const minute = time.Minute

func readFile(name string) ([]byte, error) { return os.ReadFile(name) }

// tcpServer hands every connection to a function, and is reached under a scheme.
func tcpServer(scheme string, talk func(conn net.Conn, done <-chan struct{})) func(*testing.T, *faultWorld) string {
	return func(t *testing.T, w *faultWorld) string {
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
					talk(conn, w.done)
				}()
			}
		}()
		return scheme + "://" + l.Addr().String() + "/token"
	}
}

// afterRequest reads the head of a request and then says something.
func afterRequest(text string) func(net.Conn, <-chan struct{}) {
	return func(conn net.Conn, _ <-chan struct{}) {
		in := bufio.NewReader(conn)
		if r, err := http.ReadRequest(in); err == nil {
			io.Copy(io.Discard, r.Body)
		}
		io.WriteString(conn, text)
	}
}

// reset ends a connection with RST.
func reset(conn net.Conn) {
	if c, ok := conn.(*net.TCPConn); ok {
		c.SetLinger(0)
	}
	conn.Close()
}

// tcpFaults are what happens below HTTP, or in place of it.
func tcpFaults() []endpoint {
	head := "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	broken := func(name, scheme string, talk func(net.Conn, <-chan struct{}), cause string) endpoint {
		return endpoint{name: name, start: tcpServer(scheme, talk), probe: cause, token: cause, tap: cause, jwks: "jwks-unreachable"}
	}
	quiet := func(conn net.Conn, done <-chan struct{}) { <-done }
	slow := func(e endpoint) endpoint { e.slow = true; return e }
	closed := func(t *testing.T, _ *faultWorld) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return "https://" + l.Addr().String() + "/token"
	}
	return []endpoint{
		{name: "nobody listens", start: closed, probe: "connect-refused", token: "connect-refused", tap: "connect-refused", jwks: "jwks-unreachable"},
		{name: "no such name", start: func(*testing.T, *faultWorld) string { return "https://nowhere.invalid/token" }, probe: "dns-not-found|dns-failed", token: "dns-not-found|dns-failed", tap: "dns-not-found|dns-failed", jwks: "jwks-unreachable"},
		broken("closed at once", "http", func(net.Conn, <-chan struct{}) {}, "http-failed"),
		broken("reset at once", "http", func(c net.Conn, _ <-chan struct{}) { reset(c) }, "http-failed|connect-refused"),
		broken("an empty reply", "http", afterRequest(""), "http-failed"),
		broken("reset after the request", "http", func(c net.Conn, d <-chan struct{}) { afterRequest("")(c, d); reset(c) }, "http-failed"),
		broken("SMTP", "http", func(c net.Conn, _ <-chan struct{}) { io.WriteString(c, "220 mail.example ESMTP\r\n") }, "http-failed"),
		broken("SSH", "http", func(c net.Conn, _ <-chan struct{}) { io.WriteString(c, "SSH-2.0-OpenSSH_9.9\r\n") }, "http-failed"),
		broken("MySQL", "http", func(c net.Conn, _ <-chan struct{}) { c.Write([]byte("J\x00\x00\x00\n8.0.36\x00")) }, "http-failed"),
		broken("bytes", "http", afterRequest("\x00\x01\x02\x03\x04"), "http-failed"),
		broken("HTTP/0.9", "http", afterRequest("<html>hello</html>"), "http-failed"),
		broken("a bad status line", "http", afterRequest("HTTP/1.1 OK\r\n\r\n"), "http-failed"),
		broken("a bad header", "http", afterRequest("HTTP/1.1 200 OK\r\nno colon here\r\n\r\n"), "http-failed"),
		broken("two lengths", "http", afterRequest(head+"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), "http-failed"),
		broken("a negative length", "http", afterRequest(head+"Content-Length: -1\r\n\r\n{}"), "http-failed"),
		broken("an unknown transfer coding", "http", afterRequest(head+"Transfer-Encoding: snappy\r\n\r\n{}"), "http-failed"),
		broken("a broken chunk", "http", afterRequest(head+"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), "http-failed"),
		broken("a body cut off", "http", afterRequest(head+"Content-Length: 100\r\n\r\n{\"access_token\":"), "http-failed"),
		broken("a chunk cut off", "http", afterRequest(head+"Transfer-Encoding: chunked\r\n\r\n64\r\n{\"access_token\":"), "http-failed"),
		broken("TLS to a plain port", "https", afterRequest("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"), "tls-not-spoken"),
		broken("TLS to SSH", "https", func(c net.Conn, _ <-chan struct{}) { io.WriteString(c, "SSH-2.0-OpenSSH_9.9\r\n") }, "tls-not-spoken"),
		broken("TLS, closed at once", "https", func(net.Conn, <-chan struct{}) {}, "tls-failed"),
		broken("TLS, reset at once", "https", func(c net.Conn, _ <-chan struct{}) { c.Read(make([]byte, 1)); reset(c) }, "tls-failed"),
		slow(broken("silence", "http", quiet, "http-timeout")),
		slow(broken("silence to TLS", "https", quiet, "http-timeout")),
		slow(broken("a drip of headers", "http", func(c net.Conn, done <-chan struct{}) {
			for {
				if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\n"[:1]); err != nil {
					return
				}
				select {
				case <-done:
					return
				case <-time.After(100 * time.Millisecond):
				}
			}
		}, "http-timeout|http-failed")),
	}
}

// secured is an endpoint with its own certificate.
func secured(make func(t *testing.T, w *faultWorld) (leaf authority, chain []authority), config func(*tls.Config), host string) func(*testing.T, *faultWorld) string {
	return func(t *testing.T, w *faultWorld) string {
		leaf, chain := make(t, w)
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Date", pinned(0))
			says(401, asJSON, `{"error":"invalid_client"}`)(w, nil, nil)
		}))
		raw := [][]byte{leaf.cert.Raw}
		for _, c := range chain {
			raw = append(raw, c.cert.Raw)
		}
		s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: raw, PrivateKey: leaf.key}}}
		if config != nil {
			config(s.TLS)
		}
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		if host != "" {
			return strings.Replace(s.URL, "127.0.0.1", host, 1) + "/token"
		}
		return s.URL + "/token"
	}
}

// tlsFaults are what is wrong with certificates and handshakes.
func tlsFaults() []endpoint {
	nothing := func(*x509.Certificate) {}
	signed := func(change func(*x509.Certificate)) func(*testing.T, *faultWorld) (authority, []authority) {
		return func(t *testing.T, w *faultWorld) (authority, []authority) { return issue(t, w.root, change), nil }
	}
	between := func(t *testing.T, by authority, change func(*x509.Certificate)) authority {
		return issue(t, by, func(c *x509.Certificate) {
			c.Subject.CommonName, c.IsCA, c.BasicConstraintsValid, c.KeyUsage, c.DNSNames, c.IPAddresses = "Test Intermediate", true, true, x509.KeyUsageCertSign, nil, nil
			change(c)
		})
	}
	public := func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11129, 2, 4, 2}, Value: []byte{4, 2, 0, 0}}}
	}
	row := func(name string, make func(*testing.T, *faultWorld) (authority, []authority), config func(*tls.Config), cause string) endpoint {
		return endpoint{name: "certificate: " + name, start: secured(make, config, ""), probe: cause, token: cause, tap: cause, jwks: "jwks-unreachable"}
	}
	good := row("trusted", signed(nothing), nil, "")
	good.token, good.tap, good.jwks = "token-refused", "token-refused", "jwks-http-error"
	h2 := row("trusted, HTTP/2 refused", signed(nothing), func(c *tls.Config) { c.NextProtos = []string{"http/1.1"} }, "")
	h2.token, h2.tap, h2.jwks = "token-refused", "token-refused", "jwks-http-error"
	inspected := row("of an inspecting proxy, not trusted", func(t *testing.T, _ *faultWorld) (authority, []authority) {
		other := issue(t, authority{}, func(c *x509.Certificate) {
			c.Subject.CommonName, c.IsCA, c.BasicConstraintsValid, c.KeyUsage = "Zscaler Intermediate Root CA", true, true, x509.KeyUsageCertSign
		})
		return issue(t, other, nothing), []authority{other}
	}, nil, "tls-intercepted")
	plain := endpoint{name: "plain HTTP to a TLS port", start: func(t *testing.T, w *faultWorld) string {
		return strings.Replace(secured(signed(nothing), nil, "")(t, w), "https:", "http:", 1)
	}, probe: "http-to-tls-port", token: "http-to-tls-port|http-failed", tap: "http-to-tls-port|http-failed", jwks: "jwks-http-error|jwks-unreachable"}
	return []endpoint{
		good, h2, inspected, plain,
		row("expired", signed(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) }), nil, "tls-expired"),
		row("not yet valid", signed(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }), nil, "tls-expired"),
		row("for another name", signed(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"other.example"}, nil }), nil, "tls-name-mismatch"),
		row("for no name", signed(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil }), nil, "tls-name-mismatch"),
		row("self-signed", func(t *testing.T, _ *faultWorld) (authority, []authority) { return issue(t, authority{}, nothing), nil }, nil, "tls-self-signed"),
		row("of an unknown root", func(t *testing.T, _ *faultWorld) (authority, []authority) {
			other := newAuthority(t)
			return issue(t, other, nothing), []authority{other}
		}, nil, "tls-unknown-authority"),
		row("of an unknown root that is not sent", func(t *testing.T, _ *faultWorld) (authority, []authority) {
			return issue(t, newAuthority(t), nothing), nil
		}, nil, "tls-unknown-authority"),
		row("without its intermediate", func(t *testing.T, w *faultWorld) (authority, []authority) {
			return issue(t, between(t, w.root, nothing), public), nil
		}, nil, "tls-missing-intermediate"),
		row("the wrong intermediate", func(t *testing.T, w *faultWorld) (authority, []authority) {
			return issue(t, between(t, w.root, nothing), public), []authority{between(t, w.root, nothing)}
		}, nil, "tls-missing-intermediate"),
		row("an expired intermediate", func(t *testing.T, w *faultWorld) (authority, []authority) {
			old := between(t, w.root, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
			return issue(t, old, nothing), []authority{old}
		}, nil, "tls-expired"),
		row("not for servers", signed(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }), nil, "tls-failed"),
		row("TLS 1.1", signed(nothing), func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, "tls-too-old"),
		row("a client certificate is asked for", signed(nothing), func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }, "tls-client-certificate-required"),
		row("a client certificate, TLS 1.2", signed(nothing), func(c *tls.Config) { c.ClientAuth, c.MaxVersion = tls.RequireAnyClientCert, tls.VersionTLS12 }, "tls-client-certificate-required"),
		row("the name is refused", signed(nothing), func(c *tls.Config) {
			c.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, net.ErrClosed }
		}, "tls-failed|tls-name-mismatch"),
		{name: "an alert: unrecognized name", start: tcpServer("https", func(c net.Conn, _ <-chan struct{}) {
			c.Read(make([]byte, 1024))
			c.Write([]byte{21, 3, 3, 0, 2, 2, 112})
		}), probe: "tls-name-mismatch", token: "tls-name-mismatch", tap: "tls-name-mismatch", jwks: "jwks-unreachable"},
		{name: "an alert: handshake failure", start: tcpServer("https", func(c net.Conn, _ <-chan struct{}) {
			c.Read(make([]byte, 1024))
			c.Write([]byte{21, 3, 3, 0, 2, 2, 40})
		}), probe: "tls-failed", token: "tls-failed", tap: "tls-failed", jwks: "jwks-unreachable"},
		{name: "TLS broken off halfway", start: tcpServer("https", func(c net.Conn, _ <-chan struct{}) {
			c.Read(make([]byte, 1024))
			c.Write([]byte{22, 3, 3, 0, 90, 2, 0, 0, 86})
		}), probe: "tls-failed", token: "tls-failed", tap: "tls-failed", jwks: "jwks-unreachable"},
	}
}

// proxyFaults are what a proxy in between does.
func proxyFaults() []endpoint {
	target := func(address string) func(*testing.T, *faultWorld) string {
		return func(*testing.T, *faultWorld) string { return address }
	}
	via := func(a answering) func(*testing.T, *faultWorld) string {
		return func(t *testing.T, w *faultWorld) string { return strings.TrimSuffix(web(a)(t, w), "/token") }
	}
	raw := func(talk func(net.Conn, <-chan struct{})) func(*testing.T, *faultWorld) string {
		return func(t *testing.T, w *faultWorld) string {
			return strings.TrimSuffix(tcpServer("http", talk)(t, w), "/token")
		}
	}
	const secure, plainly = "https://as.example.test/token", "http://as.example.test/token"
	row := func(name, to string, proxy func(*testing.T, *faultWorld) string, cause string) endpoint {
		e := endpoint{name: "proxy: " + name, start: target(to), proxy: proxy, probe: cause, token: cause, tap: cause, jwks: "jwks-unreachable"}
		if to == plainly {
			e.token, e.jwks = "-", "jwks-not-https" // an assertion is not sent over plain http
		}
		return e
	}
	local := row("for this machine's address", "", via(says(407, "", "", "Proxy-Authenticate", "Basic realm=x")), "proxy-refused")
	local.start = web(says(401, asJSON, `{"error":"invalid_client"}`))
	silent := row("silent", secure, raw(func(_ net.Conn, done <-chan struct{}) { <-done }), "proxy-refused")
	silent.slow = true
	socks := row("SOCKS spoken to an HTTP proxy", secure, func(t *testing.T, w *faultWorld) string {
		return strings.Replace(via(says(400, "", ""))(t, w), "http:", "socks5:", 1)
	}, "proxy-refused")
	socks.slow = true
	gone := row("nobody listens", secure, func(t *testing.T, w *faultWorld) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return "http://" + l.Addr().String()
	}, "connect-refused|proxy-refused")
	return []endpoint{
		local, silent, gone,
		row("407", secure, via(says(407, "", "", "Proxy-Authenticate", "Basic realm=x")), "proxy-refused"),
		row("407, plain http", plainly, via(says(407, "", "", "Proxy-Authenticate", "Basic realm=x")), "proxy-refused"),
		row("403", secure, via(says(403, asPage, titled("Blocked by policy"))), "proxy-refused"),
		row("502", secure, via(says(502, "", "")), "proxy-refused"),
		row("503", secure, via(says(503, "", "")), "proxy-refused"),
		row("a portal that answers 200 with a page", secure, raw(func(c net.Conn, _ <-chan struct{}) {
			bufio.NewReader(c).ReadString('\n')
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"+titled("Wi-Fi login"))
		}), "proxy-refused"),
		row("a portal that redirects", secure, via(says(302, "", "", "Location", "http://portal.example/login")), "proxy-refused"),
		row("no proxy at all", secure, raw(func(c net.Conn, _ <-chan struct{}) { io.WriteString(c, "220 mail.example ESMTP\r\n") }), "proxy-refused"),
		row("closes at once", secure, raw(func(net.Conn, <-chan struct{}) {}), "proxy-refused"),
		row("a name that does not resolve", secure, target("http://proxy.invalid:3128"), "dns-not-found|dns-failed|proxy-refused"),
		socks, row("reads SOCKS, answers HTTP", secure, func(t *testing.T, w *faultWorld) string {
			return strings.Replace(raw(func(c net.Conn, _ <-chan struct{}) {
				c.Read(make([]byte, 3))
				io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
			})(t, w), "http:", "socks5:", 1)
		}, "proxy-refused"),
	}
}
