package probe

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

var errUsed = errors.New("the connection was used before")

// exchange sends one request over the connection and reads the answer. The
// request cannot be sent again: there is but this connection, and it ends with
// the answer. Nil where the context ended, or the fault is one of TLS.
func (r *route) exchange(ctx context.Context, conn net.Conn, req *http.Request) (*evidence.Exchanged, *http.Response) {
	var wrote atomic.Bool
	defer func() {
		conn.Close() // so that nothing leaves behind the question
		r.n.Sent = wrote.Load()
	}()
	r.step(stepWaiting)
	limited, cancel := r.c.within(ctx)
	defer cancel()
	var used atomic.Bool
	once := func(context.Context, string, string) (net.Conn, error) {
		if used.Swap(true) {
			return nil, errUsed
		}
		return conn, nil
	}
	transport := &http.Transport{
		DialContext:            once,
		DialTLSContext:         once,
		DisableKeepAlives:      true,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: MaxHeaders,
	}
	if r.proxy != nil && r.u.Scheme == "http" && !strings.HasPrefix(r.proxy.Scheme, "socks5") {
		transport.Proxy = http.ProxyURL(r.proxy)
	}
	defer transport.CloseIdleConnections()
	if r.c.UserAgent != "" && req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", r.c.UserAgent)
	}
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	start := time.Now()
	x := &evidence.Exchanged{Method: req.Method}
	resp, err := transport.RoundTrip(req.WithContext(traced))
	x.Took = time.Since(start)
	if ctx.Err() != nil {
		if err == nil {
			resp.Body.Close()
		}
		return nil, nil
	}
	if err != nil {
		if r.asked && (brokenOff(err) || brokenOff(lastWord(conn))) {
			r.n.TLS.Fault, r.n.TLS.Says = evidence.FaultTLSClientCert, clientCertSays(r.u.Hostname())
			return nil, nil
		}
		x.Fault, x.Says = httpFault(err, r.u.Host, r.c.timeout())
		return x, nil
	}
	x.Status, x.Version = resp.StatusCode, strings.TrimPrefix(resp.Proto, "HTTP/")
	x.Response = answer(resp)
	err = readBody(x.Response, resp.Body)
	x.Took = time.Since(start)
	switch {
	case err == nil || ctx.Err() != nil:
	case limited.Err() != nil || isTimeout(err):
		x.Fault, x.Says = evidence.FaultHTTPTimeout, r.u.Host+" began its answer and did not end it within "+r.c.timeout().String()
	default:
		x.Fault, x.Says = evidence.FaultHTTPFailed, "the answer of "+r.u.Host+" ended before it was complete"
		if resp.Uncompressed {
			x.Says += ", or is not compressed the way its header says"
		}
	}
	if r.u.Scheme == "http" && x.Fault == "" && wantsTLS(x.Response) {
		x.Fault, x.Says = evidence.FaultHTTPToTLS, r.u.Host+" answers that the port speaks TLS"
	}
	if r.proxy != nil && x.Status == http.StatusProxyAuthRequired {
		r.n.Proxy.Status, r.n.Proxy.Fault, r.n.Proxy.Says = x.Status, evidence.FaultProxyRefused, "the proxy wants credentials: it answered with 407"
	}
	if r.asked && x.Status == http.StatusBadRequest && strings.Contains(x.Response.Body, "required SSL certificate") { // nginx
		r.n.TLS.Fault, r.n.TLS.Says = evidence.FaultTLSClientCert, r.u.Hostname()+" asks for a client certificate (mutual TLS) and says in its answer that there was none"
	}
	return x, resp
}

// wantsTLS reports whether an answer says that its port speaks TLS, in the words of
// Go, nginx, Apache httpd, Tomcat and HAProxy's like.
func wantsTLS(a *evidence.Response) bool {
	if a.Status != http.StatusBadRequest && a.Status != 497 {
		return false
	}
	for _, words := range [...]string{"HTTP request to an HTTPS server", "plain HTTP request was sent to HTTPS port", "speaking plain HTTP to an SSL-enabled server port", "combination of host and port requires TLS"} {
		if strings.Contains(a.Body, words) {
			return true
		}
	}
	return false
}

// lastWord is the error a TLS connection ended with, which HTTP/2 does not pass
// on: with TLS 1.3 a server complains of a missing certificate only after the
// handshake. An error that was read before is reported again.
func lastWord(conn net.Conn) error {
	conn.SetReadDeadline(time.Unix(1, 0))
	_, err := conn.Read(make([]byte, 1))
	return err
}

// answer is the head of a response as evidence. The names are in canonical
// form and in alphabetical order, as net/http keeps no other.
func answer(resp *http.Response) *evidence.Response {
	a := &evidence.Response{
		What: "the server's answer", Status: resp.StatusCode, Version: strings.TrimPrefix(resp.Proto, "HTTP/"),
		StatusText:   strings.TrimSpace(strings.TrimPrefix(resp.Status, strconv.Itoa(resp.StatusCode))),
		HeadersKnown: true, BodyKnown: true,
	}
	names := make([]string, 0, len(resp.Header))
	for name := range resp.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range resp.Header[name] {
			a.Headers = append(a.Headers, evidence.Header{Name: name, Value: value})
		}
	}
	return a
}

// readBody reads the beginning of a body, unpacked. What was read stays where
// the rest does not come.
func readBody(a *evidence.Response, body io.ReadCloser) error {
	defer body.Close()
	data, err := io.ReadAll(io.LimitReader(body, MaxBody+1))
	if len(data) > MaxBody {
		data, err, a.Truncated = data[:MaxBody], nil, true
	}
	a.Body = string(data)
	a.Truncated = a.Truncated || err != nil
	return err
}

func httpFault(err error, host string, limit time.Duration) (evidence.Fault, string) {
	says := err.Error()
	switch {
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return evidence.FaultHTTPTimeout, host + " accepts the request but does not respond within " + limit.String()
	case strings.Contains(says, "response headers exceeded"), strings.Contains(says, "header list larger"):
		return evidence.FaultHTTPFailed, "the headers of the answer of " + host + " are longer than 64 KiB"
	case strings.Contains(says, "COMPRESSION_ERROR"):
		return evidence.FaultHTTPFailed, "the headers of the answer of " + host + " cannot be read: one is longer than 64 KiB, or wrongly packed"
	case strings.Contains(says, "invalid header field"):
		return evidence.FaultHTTPFailed, "the request was not sent: a header has a name or value that HTTP does not allow"
	case strings.Contains(says, "malformed MIME header"):
		return evidence.FaultHTTPFailed, "the answer of " + host + " has a header line that is none: without a colon, with a name that HTTP does not allow, or cut off (RFC 9112 section 5)"
	case strings.Contains(says, "Content-Length"):
		return evidence.FaultHTTPFailed, "the answer of " + host + " has a Content-Length that HTTP does not allow: no number, a negative one, or several that differ (RFC 9112 section 6.3)"
	case strings.Contains(says, "transfer encoding"):
		return evidence.FaultHTTPFailed, "the answer of " + host + " has a Transfer-Encoding that HTTP does not know (RFC 9112 section 6.1)"
	case strings.Contains(says, `malformed HTTP response "\x15\x03`): // an alert of TLS
		return evidence.FaultHTTPToTLS, host + " answers plain HTTP with an alert of TLS: the port speaks TLS"
	case strings.Contains(says, "malformed HTTP"):
		return evidence.FaultHTTPFailed, host + " answers with something that is not HTTP"
	case brokenOff(err):
		return evidence.FaultHTTPFailed, host + " accepts the request but closes the connection without a response" + alert(err)
	}
	return evidence.FaultHTTPFailed, "the exchange with " + host + " broke off, with an answer that breaks a rule of HTTP or none"
}

// redirect is one hop of an answer as evidence; to is nil if it says none.
func redirect(resp *http.Response, from *url.URL) evidence.Redirect {
	h := evidence.Redirect{Status: resp.StatusCode, From: shown(from), Method: resp.Request.Method}
	if to, err := resp.Location(); err == nil {
		h.To = shown(to)
	}
	return h
}

func redirects(status int) bool {
	return status == http.StatusMovedPermanently || status == http.StatusFound || status == http.StatusSeeOther ||
		status == http.StatusTemporaryRedirect || status == http.StatusPermanentRedirect
}
