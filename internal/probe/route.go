package probe

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// maxAddresses bounds how many addresses of one name are tried.
const maxAddresses = 8

// route is the way to one server, gone step by step and written down.
type route struct {
	c Client
	u *url.URL
	n *evidence.Network

	proxy *url.URL // nil for none
	// asked is true once the server asked for a client certificate.
	asked bool
	at    string // the step it is at, in the words of Client.Step
}

func newRoute(c Client, u *url.URL, n *evidence.Network) *route {
	n.URL, n.Host, n.Port, n.Timeout = shown(u), u.Hostname(), port(u), c.timeout()
	return &route{c: c, u: u, n: n}
}

// The steps, as Client.Step names them.
const (
	stepResolving  = "resolving the name"
	stepConnecting = "connecting"
	stepProxy      = "asking the proxy"
	stepTLS        = "TLS handshake"
	stepWaiting    = "waiting for the answer"
)

// step says that a step begins.
func (r *route) step(name string) {
	r.at = name
	r.c.step(name)
}

// open goes all the way to a connection on which HTTP can be spoken. False
// where a step failed, which the evidence says, or the context ended, which
// it does not.
func (r *route) open(ctx context.Context) (net.Conn, bool) {
	conn, ok := r.raw(ctx)
	if !ok || r.u.Scheme != "https" {
		return conn, ok
	}
	secure, ok := r.handshake(ctx, conn)
	if !ok {
		conn.Close()
		return nil, false
	}
	return secure, true
}

// raw goes as far as a connection to the server, through the proxy if there is one.
func (r *route) raw(ctx context.Context) (net.Conn, bool) {
	if !r.findProxy() {
		return nil, false
	}
	next := r.u
	if r.proxy != nil {
		next = r.proxy
	}
	addresses, ok := r.lookup(ctx, next.Hostname())
	if !ok {
		return nil, false
	}
	conn, ok := r.connect(ctx, addresses, port(next))
	if !ok || r.proxy == nil {
		return conn, ok
	}
	through, ok := r.tunnel(ctx, conn)
	if !ok {
		conn.Close()
		return nil, false
	}
	return through, true
}

func (r *route) findProxy() bool {
	proxy, err := r.c.chooseProxy(&http.Request{URL: r.u})
	if err != nil {
		r.n.Proxy = &evidence.Proxy{From: r.c.proxySource(r.u.Scheme), Fault: evidence.FaultProxyRefused, Says: "the proxy's address is not a URL"}
		return false
	}
	if proxy == nil {
		return true
	}
	if _, err := ReadProxy(proxy.String()); err != nil {
		r.n.Proxy = &evidence.Proxy{From: r.c.proxySource(r.u.Scheme), Fault: evidence.FaultProxyRefused, Says: "the address of the proxy " + err.Error()}
		return false
	}
	r.proxy = proxy
	r.n.Proxy = &evidence.Proxy{URL: proxy.Scheme + "://" + proxy.Host, From: r.c.proxySource(r.u.Scheme)}
	return true
}

// of names the machine a step is about where it is not the one asked for.
func (r *route) of(host string) string {
	if r.proxy != nil {
		return "the proxy " + host
	}
	return host
}

func (r *route) lookup(ctx context.Context, host string) ([]string, bool) {
	if _, err := netip.ParseAddr(host); err == nil {
		return []string{host}, true
	}
	r.step(stepResolving)
	start := time.Now()
	l := &evidence.Lookup{Name: host}
	l.HostsFile = inHostsFile(r.c.HostsFile, host)
	limited, cancel := r.c.within(ctx)
	defer cancel()
	resolve := r.c.resolve
	if resolve == nil {
		resolve = net.DefaultResolver.LookupHost
	}
	addresses, err := resolve(limited, host)
	if ctx.Err() != nil {
		return nil, false
	}
	l.Addresses, l.Took = addresses, time.Since(start)
	r.n.DNS = l
	var dns *net.DNSError
	switch {
	case err == nil && len(addresses) > 0:
		return addresses, true
	case err == nil, errors.As(err, &dns) && dns.IsNotFound:
		l.Fault, l.Says = evidence.FaultDNSNotFound, r.of(host)+" does not resolve: the name does not exist, or has no address"
		if strings.IndexFunc(host, func(c rune) bool { return c > '~' }) >= 0 {
			l.Says += "; it contains characters outside ASCII"
		}
	case isTimeout(err), errors.Is(err, context.DeadlineExceeded):
		l.Fault, l.Says = evidence.FaultDNSFailed, "the resolver did not answer for "+r.of(host)+" within "+r.c.timeout().String()
	default:
		l.Fault, l.Says = evidence.FaultDNSFailed, "the resolver failed for "+r.of(host)
	}
	return nil, false
}

// connect tries each address in turn and keeps the first that answers.
func (r *route) connect(ctx context.Context, addresses []string, port string) (net.Conn, bool) {
	r.step(stepConnecting)
	start := time.Now()
	limited, cancel := r.c.within(ctx)
	defer cancel()
	c := &evidence.Connect{}
	addresses = addresses[:min(len(addresses), maxAddresses)]
	for i, address := range addresses {
		full := net.JoinHostPort(address, port)
		conn, err := r.dial(limited, full, len(addresses)-i)
		if ctx.Err() != nil {
			if conn != nil {
				conn.Close()
			}
			return nil, false
		}
		a := evidence.Attempt{Address: full}
		if err == nil {
			c.Tried, c.Took = append(c.Tried, a), time.Since(start)
			c.Fault, c.Says = "", ""
			r.n.Connect = c
			return conn, true
		}
		var says string
		a.Fault, says = connectFault(err, r.c.timeout())
		c.Tried = append(c.Tried, a)
		if tells(a.Fault) >= tells(c.Fault) {
			c.Fault, c.Says = a.Fault, r.of(full)+" "+says
		}
	}
	c.Took = time.Since(start)
	r.n.Connect = c
	return nil, false
}

// dial gives each of the addresses that are left its share of the time.
func (r *route) dial(ctx context.Context, address string, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		limited, cancel := context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
		ctx = limited
	}
	if r.c.dial != nil {
		return r.c.dial(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// tells orders faults by what they say about the server: a machine without
// IPv6 cannot reach half of the addresses, which explains nothing.
func tells(f evidence.Fault) int {
	switch f {
	case evidence.FaultConnectRefused:
		return 3
	case evidence.FaultConnectTimeout:
		return 2
	case evidence.FaultUnreachable:
		return 1
	}
	return 0
}

// What Windows calls these errors; no other system has numbers as high.
const (
	wsaTimedOut = syscall.Errno(10060)
	wsaRefused  = syscall.Errno(10061)
	wsaReset    = syscall.Errno(10054)
)

func connectFault(err error, limit time.Duration) (evidence.Fault, string) {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET), errors.Is(err, wsaRefused), errors.Is(err, wsaReset):
		return evidence.FaultConnectRefused, "refuses connections"
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err), errors.Is(err, syscall.ETIMEDOUT), errors.Is(err, wsaTimedOut):
		return evidence.FaultConnectTimeout, "did not answer within " + limit.String()
	}
	return evidence.FaultUnreachable, "cannot be reached from here: no route, or this machine does not support that address family"
}
