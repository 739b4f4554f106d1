package probe

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Each row is one Post; sent is how often a body reached a server.
func TestPost(t *testing.T) {
	root := newCert(t, "Test Root", nil, authorityCert)
	var sent atomic.Int32
	counting := func(w http.ResponseWriter, r *http.Request, gone <-chan struct{}) {
		body, _ := io.ReadAll(r.Body)
		if string(body) == "grant_type=client_credentials" && r.Method == http.MethodPost && r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
			sent.Add(1)
		}
		faults(w, r, gone)
	}
	secure := "https://" + host + ":" + serve(t, shows(newCert(t, host, &root, serverCert).sends()), counting)
	old := "https://" + host + ":" + serve(t, shows(newCert(t, host, nil, serverCert).sends()), counting)
	port := serve(t, nil, counting)
	for _, r := range []struct {
		name   string
		url    string
		change func(*Client)
		status int
		fault  evidence.Fault
		says   string
		sent   int32
	}{
		{"an answer", secure + "/ok", nil, 200, "", "", 1},
		{"400s are answers", secure + "/status/415", nil, 415, "", "", 1},
		{"302", secure + "/to/302", nil, 302, evidence.FaultHTTPRedirected, "/ok; the request was not sent there", 1},
		{"307", secure + "/to/307", nil, 307, evidence.FaultHTTPRedirected, "/ok; the request was not sent there", 1},
		{"308", secure + "/to/308", nil, 308, evidence.FaultHTTPRedirected, "/ok; the request was not sent there", 1},
		{"hung up", secure + "/hangup", nil, 0, evidence.FaultHTTPFailed, "", 1},
		{"hung up, HTTP/1.1", "http://127.0.0.1:" + port + "/hangup", nil, 0, evidence.FaultHTTPFailed, "without a response", 1},
		{"too slow", "http://127.0.0.1:" + port + "/slow", func(c *Client) { c.Timeout = time.Second }, 0, evidence.FaultHTTPTimeout, "does not respond", 1},
		{"a gzip bomb", secure + "/bomb", nil, 200, "", "", 1},
		{"loopback by address", "http://127.0.0.1:" + port + "/ok", nil, 200, "", "", 1},
		{"loopback by name", "http://localhost:" + port + "/ok", nil, 200, "", "", 1},
		{"plain http", "http://" + host + ":" + port + "/ok", nil, 0, evidence.FaultHTTPFailed, "was not sent", 0},
		{"plain http to a name like localhost", "http://localhost.example:" + port + "/ok", nil, 0, evidence.FaultHTTPFailed, "was not sent", 0},
		{"a local name that leads elsewhere", "http://app.localhost/ok", func(c *Client) {
			c.dial = func(context.Context, string, string) (net.Conn, error) {
				conn, _ := net.Pipe()
				return conn, nil
			}
		}, 0, evidence.FaultHTTPFailed, "was not sent", 0},
		{"plain http to this machine, with a proxy of the environment", "http://127.0.0.1:" + port + "/ok", func(c *Client) {
			c.environ = func(*http.Request) (*url.URL, error) { return &url.URL{Scheme: "http", Host: "proxy.invalid"}, nil }
		}, 200, "", "", 1},
		{"plain http, allowed", "http://" + host + ":" + port + "/ok", func(c *Client) { c.AllowHTTP = true }, 200, "", "", 1},
		{"not trusted", old + "/ok", nil, 0, evidence.FaultTLSSelfSigned, "", 0},
		{"not trusted, insecure", old + "/ok", func(c *Client) { c.Insecure = true }, 200, "", "", 1},
		{"no address", "token", nil, 0, evidence.FaultHTTPFailed, "not an http or https address", 0},
	} {
		t.Run(r.name, func(t *testing.T) {
			sent.Store(0)
			c := local(t, pool(root))
			if r.change != nil {
				r.change(&c)
			}
			x, n := c.Post(t.Context(), Posted{URL: r.url, Header: [][2]string{{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept-Encoding", "br"}}, Body: []byte("grant_type=client_credentials")})
			if x != n.HTTP {
				t.Error("the exchange is not that of the network")
			}
			if n.Sent != (r.sent > 0) {
				t.Errorf("told as sent: %v", n.Sent)
			}
			if sent.Load() != r.sent {
				t.Errorf("sent %d times, want %d", sent.Load(), r.sent)
			}
			if x == nil {
				if n.TLS == nil || n.TLS.Fault != r.fault {
					t.Errorf("%+v", n.TLS)
				}
				return
			}
			if x.Status != r.status || x.Fault != r.fault || !strings.Contains(x.Says, r.says) {
				t.Errorf("%+v; want %d, %q, %q", x, r.status, r.fault, r.says)
			}
			if want := r.fault == evidence.FaultHTTPRedirected; want != (len(x.Redirects) == 1) {
				t.Errorf("redirects %+v", x.Redirects)
			}
		})
	}
}

// The fields a caller names are sent, Host among them; what frames the message is not.
func TestPostHeaders(t *testing.T) {
	got := make(chan *http.Request, 1)
	port := serve(t, nil, func(_ http.ResponseWriter, r *http.Request, _ <-chan struct{}) { got <- r })
	c := local(t, nil)
	c.UserAgent = "jwtdoctor/test"
	post := func(h ...[2]string) *evidence.Exchanged {
		x, _ := c.Post(t.Context(), Posted{URL: "http://localhost:" + port + "/token?tenant=a", Header: h, Body: []byte("a=b")})
		return x
	}
	post([2]string{"Host", "auth.example"}, [2]string{"Content-Length", "99"}, [2]string{"DPoP", "x"}, [2]string{"dpop", "y"})
	r := <-got
	if r.Host != "auth.example" || r.ContentLength != 3 || len(r.Header["Dpop"]) != 2 || r.URL.RawQuery != "tenant=a" || r.UserAgent() != "jwtdoctor/test" {
		t.Errorf("%s %d %v", r.Host, r.ContentLength, r.Header)
	}
	if x := post([2]string{"X", "a\nb"}); x.Fault != evidence.FaultHTTPFailed || !strings.Contains(x.Says, "not sent") {
		t.Errorf("%+v", x)
	}
}
