package probe

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"

	"github.com/assertionworks/jwtdoctor/internal/address"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Posted is one token request as it is to be sent.
type Posted struct {
	URL string
	// Header are fields in order. Those that the exchange itself decides are
	// left out: Content-Length, Transfer-Encoding, Connection, Accept-Encoding.
	Header [][2]string
	Body   []byte
}

// Post sends one token request, once: a redirect is reported and not followed, and
// a connection that breaks is not tried again, for an assertion is good for a
// single use. It is sent over https, or to this machine; over plain http to
// another only if AllowHTTP is set. An untrusted certificate ends it before
// anything is sent, unless Insecure is set.
//
// The exchange is the network's HTTP, nil if a step before it failed or the
// context ended; the network's Sent reports whether the request left.
func (c Client) Post(ctx context.Context, p Posted) (*evidence.Exchanged, *evidence.Network) {
	c = c.Whole()
	n := &evidence.Network{Timeout: c.timeout()}
	refuse := func(says string) (*evidence.Exchanged, *evidence.Network) {
		n.HTTP = &evidence.Exchanged{Method: http.MethodPost, Fault: evidence.FaultHTTPFailed, Says: says}
		return n.HTTP, n
	}
	u, err := ReadAddress(p.URL)
	if err != nil {
		return refuse(noAddress)
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	r := newRoute(c, u, n)
	const readable = "the request was not sent: over plain http everyone on the way can read and use the assertion (RFC 6749 section 3.2 requires TLS)"
	here := u.Scheme == "http" && !c.AllowHTTP
	if here && !address.Loopback(u.Hostname()) {
		return refuse(readable)
	}
	conn, ok := r.open(ctx)
	if !ok {
		return n.HTTP, n
	}
	if to, ok := conn.RemoteAddr().(*net.TCPAddr); here && (!ok || !to.IP.IsLoopback()) {
		conn.Close()
		return refuse(readable)
	}
	req := &http.Request{
		Method: http.MethodPost, URL: u, Host: u.Host, Header: http.Header{},
		// No GetBody: with it, net/http could send the body again.
		Body: io.NopCloser(bytes.NewReader(p.Body)), ContentLength: int64(len(p.Body)),
	}
	if len(p.Body) == 0 {
		req.Body = http.NoBody
	}
	for _, h := range p.Header {
		switch textproto.CanonicalMIMEHeaderKey(h[0]) {
		case "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding":
		case "Host":
			req.Host = h[1]
		default:
			req.Header.Add(h[0], h[1])
		}
	}
	x, resp := r.exchange(ctx, conn, req)
	n.HTTP = x
	if resp != nil && redirects(resp.StatusCode) {
		to := redirect(resp, u)
		x.Redirects = []evidence.Redirect{to}
		x.Fault, x.Says = evidence.FaultHTTPRedirected, "it redirects without saying where to"
		if next, err := url.Parse(to.To); err == nil && to.To != "" {
			x.Says = "it redirects to " + origin(next) + next.Path + "; the request was not sent there"
		}
	}
	return x, n
}
