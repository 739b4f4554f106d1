package probe

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// through is a proxy: it connects to where it is asked to on this machine, and
// passes plain http on by answering itself.
func through(w http.ResponseWriter, r *http.Request, gone <-chan struct{}) {
	if r.Method != http.MethodConnect {
		io.WriteString(w, "by proxy: "+r.URL.String())
		return
	}
	_, port, _ := net.SplitHostPort(r.Host)
	server, err := net.Dial("tcp", "127.0.0.1:"+port)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer server.Close()
	w.WriteHeader(http.StatusOK)
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	done := make(chan struct{}, 2)
	pass := func(to io.Writer, from io.Reader) {
		io.Copy(to, from)
		done <- struct{}{}
	}
	go pass(client, server)
	go pass(server, buffered) // a byte may have been read before
	select {
	case <-done:
	case <-gone:
	}
}

func answers(status int) func(http.ResponseWriter, *http.Request, <-chan struct{}) {
	return func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) { w.WriteHeader(status) }
}

func TestLookProxy(t *testing.T) {
	root := newCert(t, "Test Root", nil, authorityCert)
	good := newCert(t, host, &root, serverCert)
	proxyCert := newCert(t, "proxy.example", &root, with(func(c *x509.Certificate) { c.DNSNames = []string{"proxy.example"} }))
	secure := "https://" + host + ":" + serve(t, shows(good.sends()), ok)
	self := "https://" + host + ":" + serve(t, shows(newCert(t, host, nil, serverCert).sends()), ok)
	proxy := "http://proxy.example:"
	credentials := func(w http.ResponseWriter, r *http.Request, gone <-chan struct{}) {
		if r.Header.Get("Proxy-Authorization") != "Basic dXNlcjpodW50ZXIy" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		through(w, r, gone)
	}
	wants := serve(t, nil, credentials)
	for _, r := range []struct {
		name, url, proxy string
		status           int // of the proxy
		fault            evidence.Fault
		says             string
		answered         int
	}{
		{"lets through", secure, proxy + serve(t, nil, through), 200, "", "", 200},
		{"over TLS", secure, "https://proxy.example:" + serve(t, &tls.Config{Certificates: []tls.Certificate{proxyCert.sends()}, MaxVersion: tls.VersionTLS12}, through), 200, "", "", 200},
		{"over TLS, with another name", secure, "https://" + host + ":" + serve(t, &tls.Config{Certificates: []tls.Certificate{proxyCert.sends()}, MaxVersion: tls.VersionTLS12}, through),
			0, evidence.FaultProxyRefused, "another host name", 0},
		{"its credentials", secure, "http://user:hunter2@proxy.example:" + wants, 200, "", "", 200},
		{"no credentials", secure, proxy + wants, 407, evidence.FaultProxyRefused, "wants credentials", 0},
		{"refuses", secure, proxy + serve(t, nil, answers(403)), 403, evidence.FaultProxyRefused, "with 403", 0},
		{"does not reach it", "https://auth.example:1", proxy + serve(t, nil, through), 502, evidence.FaultProxyRefused, "with 502", 0},
		{"silent", secure, proxy + serve(t, nil, func(_ http.ResponseWriter, _ *http.Request, gone <-chan struct{}) { <-gone }), 0, evidence.FaultProxyRefused, "did not answer", 0},
		{"no proxy", secure, proxy + serve(t, nil, func(w http.ResponseWriter, _ *http.Request, _ <-chan struct{}) {
			c, _, _ := http.NewResponseController(w).Hijack()
			io.WriteString(c, "220 mail.example ESMTP\r\n")
			c.Close()
		}), 0, evidence.FaultProxyRefused, "may not be a proxy", 0},
		{"plain http", "http://auth.example/token", proxy + serve(t, nil, through), 0, "", "", 200},
		{"plain http, no credentials", "http://auth.example/token", proxy + wants, 407, evidence.FaultProxyRefused, "wants credentials", 407},
		{"SOCKS", secure, "socks5://proxy.example:" + socksServer(t, 0), 0, "", "", 200},
		{"SOCKS, its credentials", secure, "socks5://user:hunter2@proxy.example:" + socksServer(t, 0), 0, "", "", 200},
		{"SOCKS, other credentials", secure, "socks5://user:hunter3@proxy.example:" + socksServer(t, 0), 0, evidence.FaultProxyRefused, "does not accept the credentials", 0},
		{"SOCKS refuses", secure, "socks5://proxy.example:" + socksServer(t, 2), 0, evidence.FaultProxyRefused, "SOCKS reply 2", 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := local(t, pool(root))
			u, err := url.Parse(r.proxy)
			if err != nil {
				t.Fatal(err)
			}
			c.Proxy = u
			if r.name == "silent" {
				c.Timeout = time.Second
			}
			n := c.Look(t.Context(), r.url)
			p := n.Proxy
			if p == nil || p.Status != r.status || p.Fault != r.fault || !strings.Contains(p.Says, r.says) || (r.says == "") != (p.Says == "") || p.From != "--proxy" {
				t.Fatalf("%+v; want %d, %q, %q", p, r.status, r.fault, r.says)
			}
			if strings.Contains(p.URL, "hunter2") {
				t.Error("the password is told")
			}
			got := 0
			if n.HTTP != nil {
				got = n.HTTP.Status
			}
			if got != r.answered {
				t.Errorf("answered %d, want %d", got, r.answered)
			}
		})
	}

	// What is wrong behind the proxy is reported as ever, and so is a proxy that is not there.
	c := local(t, pool(root))
	c.Proxy, _ = url.Parse(proxy + serve(t, nil, through))
	if n := c.Look(t.Context(), self); n.Proxy.Fault != "" || n.TLS == nil || n.TLS.Fault != evidence.FaultTLSSelfSigned {
		t.Errorf("behind the proxy: %+v %+v", n.Proxy, n.TLS)
	}
	c.Proxy, _ = url.Parse("http://proxy.invalid:3128")
	if n := c.Look(t.Context(), secure); n.DNS == nil || n.DNS.Name != "proxy.invalid" || !strings.Contains(n.DNS.Says, "the proxy proxy.invalid") {
		t.Errorf("no proxy of that name: %+v", n.DNS)
	}
}

// Which setting named the proxy is reported, and one that is not a URL ends the look.
func TestProxySource(t *testing.T) {
	for _, name := range []string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"} {
		t.Setenv(name, "")
	}
	c := local(t, nil)
	c.environ = func(*http.Request) (*url.URL, error) { return url.Parse("http://proxy.invalid") }
	for _, r := range []struct{ set, scheme, want string }{
		{"https_proxy", "https", "https_proxy"},
		{"HTTPS_PROXY", "https", "HTTPS_PROXY"},
		{"http_proxy", "http", "http_proxy"},
	} {
		t.Setenv(r.set, "http://proxy.invalid")
		if n := c.Look(t.Context(), r.scheme+"://"+host+"/"); n.Proxy == nil || n.Proxy.From != r.want {
			t.Errorf("%s: %+v", r.set, n.Proxy)
		}
	}
	c.environ = func(*http.Request) (*url.URL, error) { return nil, errors.New("no URL") }
	if n := c.Look(t.Context(), "https://"+host+"/"); n.Proxy == nil || n.Proxy.Fault != evidence.FaultProxyRefused || n.DNS != nil {
		t.Errorf("no URL: %+v", n.Proxy)
	}
}

// socksServer connects with every client that offers no credentials or the right ones, or
// refuses with reply.
func socksServer(t *testing.T, reply byte) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer client.Close()
				head := make([]byte, 5)
				io.ReadFull(client, head[:3])
				client.Write([]byte{5, head[2]})
				if head[2] == 2 {
					login := make([]byte, len("\x01\x04user\x07hunter2"))
					io.ReadFull(client, login)
					right := string(login) == "\x01\x04user\x07hunter2"
					client.Write([]byte{1, map[bool]byte{true: 0, false: 1}[right]})
					if !right {
						return
					}
				}
				io.ReadFull(client, head)
				rest := make([]byte, int(head[4])+2)
				io.ReadFull(client, rest)
				client.Write([]byte{5, reply, 0, 1, 0, 0, 0, 0, 0, 0})
				if reply != 0 {
					return
				}
				port := int(rest[len(rest)-2])<<8 | int(rest[len(rest)-1])
				server, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
				if err != nil {
					return
				}
				defer server.Close()
				go io.Copy(server, client)
				io.Copy(client, server)
			}()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
