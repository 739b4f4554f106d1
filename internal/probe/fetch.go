package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Limits of a fetch.
const (
	Timeout      = 10 * time.Second
	MaxBody      = 1 << 20  // bytes, after decompression
	MaxHeaders   = 64 << 10 // bytes of an answer's head
	MaxRedirects = 5
)

// Fetched is what became of fetching one document.
type Fetched struct {
	URL         string   // without what could be a credential
	Redirects   []string // the addresses it was led through, the last one the final
	Status      int      // of the last answer; 0 if there was none
	ContentType string
	Body        []byte
	Cut         bool // the body was longer than MaxBody; Body is its beginning
	Took        time.Duration
	// Trouble says in words why there is not an answer, or why it was not followed; "" if all went well.
	Trouble string
	// Fault is the step that failed, as far as a step did; a proxy that was not
	// reached is one that refuses.
	Fault evidence.Fault
	// Unended is true if the answer began and did not come to its end.
	Unended bool
}

// Get fetches an address the user named, the way Look goes, with the timeout
// for all of it. It never fails: what went wrong is reported in the result.
// Redirects are followed within limits, and never from https to http.
func (c Client) Get(ctx context.Context, address string) Fetched {
	c = c.Whole()
	f := Fetched{URL: Shown(address)}
	start := time.Now()
	defer func() { f.Took = time.Since(start) }()
	u, err := ReadAddress(address)
	if err != nil {
		f.Trouble = noAddress
		return f
	}
	u.User, u.Fragment, u.RawFragment = nil, "", "" // nothing that could be a password is sent
	limited, cancel := c.within(ctx)
	defer cancel()
	for {
		r := newRoute(c, u, new(evidence.Network))
		x, resp := r.get(limited)
		if x != nil {
			r.n.HTTP = x
		}
		f.take(x)
		switch {
		case x != nil && x.Response != nil && x.Fault == "" && !f.Unended && !refused(r.n.Proxy):
		case ctx.Err() != nil:
			f.fails("", interruption)
			return f
		case limited.Err() != nil && !f.Unended:
			f.fails(late(r.at), "no answer within "+c.timeout().String()+" ("+r.at+")")
			return f
		case limited.Err() != nil:
			f.fails(evidence.FaultHTTPTimeout, u.Host+" began its answer and did not end it within "+c.timeout().String())
			return f
		default:
			f.failed(r.n)
			return f
		}
		next, why := follow(resp, u, len(f.Redirects))
		if next == nil {
			f.Trouble = why
			return f
		}
		f.Redirects = append(f.Redirects, shown(next))
		f.Body, f.Cut = nil, false
		u = next
	}
}

// take notes what came of an answer.
func (f *Fetched) take(x *evidence.Exchanged) {
	f.Unended = false
	if x == nil || x.Response == nil {
		return
	}
	f.Status, f.ContentType = x.Status, x.Response.Headers.Value("Content-Type")
	f.Body = []byte(x.Response.Body)
	f.Cut = x.Response.Truncated && len(f.Body) == MaxBody
	f.Unended = x.Response.Truncated && !f.Cut
}

func (f *Fetched) fails(fault evidence.Fault, says string) {
	if len(f.Redirects) > 0 {
		says = "it redirects to " + f.Redirects[len(f.Redirects)-1] + ": " + says
	}
	f.Fault, f.Trouble = fault, says
}

// failed is the first step that failed.
func (f *Fetched) failed(n *evidence.Network) {
	fault, says := FirstTrouble(n)
	if says == "" {
		says = interruption
	}
	if n.Proxy != nil && (refused(n.Proxy) || fault != "" && n.TLS == nil && n.HTTP == nil) {
		// The proxy was not reached, or what answered is the proxy.
		fault, f.Status, f.Body = evidence.FaultProxyRefused, 0, nil
	}
	f.fails(fault, says)
}

func refused(p *evidence.Proxy) bool { return p != nil && p.Fault != "" }

// late is the fault of a step that used up the time of all of them.
func late(step string) evidence.Fault {
	switch step {
	case stepResolving:
		return evidence.FaultDNSFailed
	case stepConnecting:
		return evidence.FaultConnectTimeout
	case stepProxy:
		return evidence.FaultProxyRefused
	}
	return evidence.FaultHTTPTimeout
}

// follow decides where a redirect leads; nil and "" if the answer is none.
func follow(resp *http.Response, from *url.URL, sofar int) (*url.URL, string) {
	if !redirects(resp.StatusCode) {
		return nil, ""
	}
	next, err := resp.Location()
	switch {
	case err != nil:
		return nil, "it redirects without saying where to"
	case sofar >= MaxRedirects:
		return nil, fmt.Sprintf("it redirects more than %d times", MaxRedirects)
	case from.Scheme == "https" && next.Scheme != "https":
		return nil, "it redirects from https to " + next.Scheme
	}
	next.User = nil
	return next, ""
}

// trouble says in words why there is no TLS connection to a proxy.
func trouble(err error, host string, timeout time.Duration) string {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return fmt.Sprintf("no answer within %s", timeout)
	case errors.As(err, &unknown):
		return "its certificate is signed by an authority this machine does not trust"
	case errors.As(err, &name):
		return "its certificate is for another host name than " + host
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "its certificate has expired or is not valid yet"
	case errors.As(err, &invalid) && invalid.Reason == x509.IncompatibleUsage:
		return "its certificate is not made for servers"
	case errors.As(err, &invalid):
		return "its certificate breaks a rule of X.509"
	case errors.As(err, &record):
		return "it does not speak TLS"
	}
	return "it broke off the handshake" + alert(err)
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}
