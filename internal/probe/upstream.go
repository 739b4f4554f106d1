package probe

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Upstream sends the requests of others on to one server, unchanged, and goes the
// way Look goes: a step that fails is reported as one. Connections are kept for a
// moment, so that the next request need not wait for a handshake. It may be used
// by many goroutines at once.
type Upstream struct {
	c         Client
	to        *url.URL
	transport *http.Transport
	way       atomic.Pointer[route] // of the connection that was opened last
}

// The bounds on connections to the server. They are given up sooner than servers
// close them, as a request that meets a closing connection fails.
const (
	upstreamIdle    = time.Second
	upstreamKept    = 64
	expectPatience  = time.Second // for 100 Continue, as curl waits
	upstreamMostNow = 256
)

// Upstream makes the way to a server: scheme, host and port of an address that
// ReadAddress accepts.
func (c Client) Upstream(to *url.URL) *Upstream {
	base := &url.URL{Scheme: to.Scheme, Host: to.Host}
	u := &Upstream{c: c, to: base}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		n := new(evidence.Network)
		r := newRoute(c.Whole(), base, n)
		conn, ok := r.open(ctx)
		if !ok {
			return nil, unreached{n}
		}
		u.way.Store(r)
		return conn, nil
	}
	u.transport = &http.Transport{
		DialContext: dial, DialTLSContext: dial,
		DisableCompression: true, ForceAttemptHTTP2: true,
		MaxResponseHeaderBytes: MaxHeaders, ExpectContinueTimeout: expectPatience,
		IdleConnTimeout: upstreamIdle, MaxIdleConns: upstreamKept, MaxIdleConnsPerHost: upstreamKept, MaxConnsPerHost: upstreamMostNow,
	}
	if proxy, err := c.chooseProxy(&http.Request{URL: base}); err == nil && proxy != nil && to.Scheme == "http" && !strings.HasPrefix(proxy.Scheme, "socks5") {
		u.transport.Proxy = http.ProxyURL(proxy)
	}
	return u
}

// unreached is the error of a way that did not lead to the server.
type unreached struct{ n *evidence.Network }

func (e unreached) Error() string { return troubleOf(e.n) }

// RoundTrip implements http.RoundTripper: the request goes to the server whatever
// its address names.
func (u *Upstream) RoundTrip(req *http.Request) (*http.Response, error) {
	return u.transport.RoundTrip(req)
}

// Close gives up the connections that are kept.
func (u *Upstream) Close() { u.transport.CloseIdleConnections() }

// Way is how the server was reached last; nil if it never was.
func (u *Upstream) Way() *evidence.Network {
	r := u.way.Load()
	if r == nil {
		return nil
	}
	n := *r.n
	return &n
}

// Failed says why an exchange failed, as evidence: the step that failed, or what
// was wrong with the answer. sent reports whether the request, or its beginning, was
// written.
func (u *Upstream) Failed(target *url.URL, err error, method string, took, limit time.Duration, sent bool) *evidence.Network {
	var way unreached
	if errors.As(err, &way) {
		n := *way.n
		n.URL = shown(target)
		return &n
	}
	n := u.Way()
	if n == nil {
		n = new(evidence.Network)
		newRoute(u.c, u.to, n)
	}
	n.URL, n.Timeout, n.Sent = shown(target), limit, sent
	if r := u.way.Load(); r != nil && r.asked && brokenOff(err) && n.TLS != nil {
		t := *n.TLS
		t.Fault, t.Says = evidence.FaultTLSClientCert, clientCertSays(u.to.Hostname())
		n.TLS = &t
		return n
	}
	n.HTTP = &evidence.Exchanged{Method: method, Took: took}
	n.HTTP.Fault, n.HTTP.Says = httpFault(err, u.to.Host, limit)
	return n
}

// Answered is an exchange that came to an answer, as evidence. cut says that the
// answer began and did not come to its end, and why; nil if it did.
func (u *Upstream) Answered(target *url.URL, method string, a *evidence.Response, took time.Duration, cut error) *evidence.Network {
	n := u.Way()
	if n == nil {
		return nil
	}
	n.URL, n.Sent = shown(target), true
	n.HTTP = &evidence.Exchanged{Method: method, Status: a.Status, Version: a.Version, Took: took, Response: a}
	if n.Proxy != nil && a.Status == http.StatusProxyAuthRequired {
		p := *n.Proxy
		p.Status, p.Fault, p.Says = a.Status, evidence.FaultProxyRefused, "the proxy wants credentials: it answered with 407"
		n.Proxy = &p
	}
	if redirects(a.Status) {
		hop := evidence.Redirect{Status: a.Status, From: shown(target), Method: method}
		if to, err := target.Parse(a.Headers.Value("Location")); err == nil && a.Headers.Value("Location") != "" {
			hop.To = shown(to)
		}
		n.HTTP.Redirects = []evidence.Redirect{hop}
		n.HTTP.Fault, n.HTTP.Says = evidence.FaultHTTPRedirected, "it redirects"
	}
	if u.to.Scheme == "http" && wantsTLS(a) {
		n.HTTP.Fault, n.HTTP.Says = evidence.FaultHTTPToTLS, u.to.Host+" answers that the port speaks TLS"
	}
	if cut != nil {
		n.HTTP.Fault, n.HTTP.Says = evidence.FaultHTTPFailed, fmt.Sprintf("the answer of %s ended before it was complete", u.to.Host)
		if isTimeout(cut) || errors.Is(cut, context.DeadlineExceeded) {
			n.HTTP.Fault = evidence.FaultHTTPTimeout
		}
	}
	return n
}
