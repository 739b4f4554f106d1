package probe

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Look goes to an address step by step and says how far it came: name,
// connection, TLS, and one GET that carries no credential. What the address
// contains that could be one (user and password, or a query with a secret
// parameter) is neither sent nor recorded. Redirects are followed within
// limits, and never from https to http.
//
// The steps are those of the address itself; of a host it redirects to, only
// what went wrong is reported, in HTTP.Says. Where a proxy is in the way, DNS and
// Connect are about the proxy, since only the proxy resolves the name asked for.
// A server that accepts the connection and then says nothing to TLS is reported as
// HTTP.Fault http-timeout, and TLS is nil. A context that ends leaves what is
// known so far.
func (c Client) Look(ctx context.Context, address string) *evidence.Network {
	c = c.Whole()
	n := &evidence.Network{Timeout: c.timeout()}
	u, ok := target(address)
	if !ok {
		n.HTTP = &evidence.Exchanged{Method: http.MethodGet, Fault: evidence.FaultHTTPFailed, Says: noAddress}
		return n
	}
	x, resp := newRoute(c, u, n).get(ctx)
	if x == nil {
		return n
	}
	n.HTTP = x
	for resp != nil && redirects(resp.StatusCode) && ctx.Err() == nil {
		x.Fault = evidence.FaultHTTPRedirected
		next, why := follow(resp, u, len(x.Redirects))
		x.Redirects = append(x.Redirects, redirect(resp, u))
		if next == nil {
			x.Says = why
			break
		}
		x.Says = "it redirects to " + origin(next)
		hop := &evidence.Network{}
		got, led := newRoute(c, next, hop).get(ctx)
		if got == nil {
			x.Says = fmt.Sprintf("it redirects to %s, which was not reached: %s", origin(next), troubleOf(hop))
			break
		}
		x.Status, x.Version, x.Response, x.Took = got.Status, got.Version, got.Response, x.Took+got.Took
		if got.Fault != "" {
			x.Says += "; " + got.Says
		}
		u, resp = next, led
	}
	return n
}

// origin is scheme and host: a redirect's query is nobody's to see.
func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// get goes the route and asks once.
func (r *route) get(ctx context.Context) (*evidence.Exchanged, *http.Response) {
	conn, ok := r.open(ctx)
	if !ok {
		return r.n.HTTP, nil
	}
	req := &http.Request{Method: http.MethodGet, URL: r.u, Host: r.u.Host, Header: http.Header{"Accept": {"application/json"}}}
	return r.exchange(ctx, conn, req)
}

// FirstTrouble is the first step that failed, and what it says; "" for none.
func FirstTrouble(n *evidence.Network) (evidence.Fault, string) {
	switch {
	case n.Proxy != nil && n.Proxy.Fault != "":
		return n.Proxy.Fault, n.Proxy.Says
	case n.DNS != nil && n.DNS.Fault != "":
		return n.DNS.Fault, n.DNS.Says
	case n.Connect != nil && n.Connect.Fault != "":
		return n.Connect.Fault, n.Connect.Says
	case n.TLS != nil && n.TLS.Fault != "":
		return n.TLS.Fault, n.TLS.Says
	case n.HTTP != nil && n.HTTP.Fault != "":
		return n.HTTP.Fault, n.HTTP.Says
	}
	return "", ""
}

// troubleOf is why a way that did not lead to an answer did not.
func troubleOf(n *evidence.Network) string {
	if _, says := FirstTrouble(n); says != "" {
		return says
	}
	return interruption
}

const interruption = "it was interrupted"

// DaysLeft is how many whole days a certificate is still valid; negative once
// it has expired.
func DaysLeft(c evidence.Certificate, now time.Time) int {
	left := c.NotAfter.Sub(now)
	if left < 0 {
		return int(left/(24*time.Hour)) - 1
	}
	return int(left / (24 * time.Hour))
}
