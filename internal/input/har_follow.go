package input

import (
	"net/url"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const (
	// patience is within how many entries a redirect must be followed: a browser follows
	// it at once, whatever else it loads meanwhile.
	patience = 64
	// maxHeld and maxHeldBytes bound the exchanges that wait for an earlier one that is
	// being redirected.
	maxHeld      = 32
	maxHeldBytes = 8 << 20
	// maxHops is how many redirects are followed; browsers give up after 20.
	maxHops = 20
)

// harHeld is an exchange that waits for the end of its redirects, or for its turn.
type harHeld struct {
	exchange Exchange
	entry    int
	sent     time.Time

	// If waiting is true, the chain continues with a request to the address to, which
	// follows one to the address from with this method.
	waiting          bool
	status           int
	from, to, method string

	// twin is set for a page's entry as long as the entry of the service worker that
	// fetched it may follow.
	twin *harTwin
}

func (h *HAR) hold(x Exchange, e *harEntry) *harHeld {
	held := &harHeld{exchange: x, sent: e.sent()}
	held.await(h, e)
	return held
}

// await records where an entry's response redirects to.
func (d *harHeld) await(h *HAR, e *harEntry) {
	d.entry = h.entry
	to, ok := e.location()
	d.waiting = ok && len(d.exchange.Request.Redirects) < maxHops
	if d.waiting {
		d.status, d.from, d.to, d.method = int(e.Response.Status.n), e.url(), to, strings.ToUpper(e.method())
	}
}

// ready reports whether an exchange is complete.
func (d *harHeld) ready(h *HAR) bool {
	if !d.waiting && d.twin == nil || h.entry-d.entry > patience || len(h.queue) > maxHeld {
		return true
	}
	size := 0
	for _, other := range h.queue {
		size += len(other.exchange.Request.Text)
		if other.exchange.Response != nil {
			size += len(other.exchange.Response.Text)
		}
	}
	return size > maxHeldBytes
}

// follows adds an entry to the exchange whose redirect it follows, if any. A POST after
// 301 or 302 is a new request: clients that follow these turn a POST into a GET.
func (h *HAR) follows(e *harEntry) bool {
	method := strings.ToUpper(e.method())
	for _, d := range h.queue {
		if !d.waiting || !sameAddress(d.to, e.url()) {
			continue
		}
		same := method == d.method
		got := method == "GET" || method == "HEAD"
		switch d.status {
		case 307, 308: // RFC 9110 sections 15.4.8 and 15.4.9
			if !same {
				continue
			}
		default:
			if !got {
				continue
			}
		}
		r := d.exchange.Request
		r.Redirects = append(r.Redirects, evidence.Redirect{Status: d.status, From: d.from, To: d.to, Method: method, DroppedAll: !same})
		d.exchange.Response = h.response(e)
		if d.exchange.Response == nil {
			r.Notes = append(r.Notes, e.unanswered("no answer came after the redirect"))
		}
		if last := e.sent(); !d.sent.IsZero() && !last.Before(d.sent) {
			r.Took = last.Sub(d.sent) + e.took()
		} else {
			r.Took += e.took()
		}
		d.await(h, e)
		return true
	}
	return false
}

// absolute resolves the target of a redirect against the URL it came from.
func absolute(from, to string) string {
	base, err := url.Parse(from)
	if err != nil {
		return to
	}
	u, err := base.Parse(to)
	if err != nil {
		return to
	}
	return u.String()
}

// sameAddress compares URLs as a client that follows a redirect: scheme and host without
// case, the default port, no fragment.
func sameAddress(a, b string) bool {
	return a == b || plainAddress(a) == plainAddress(b)
}

func plainAddress(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	u.Scheme, u.Host, u.Fragment = strings.ToLower(u.Scheme), strings.ToLower(u.Host), ""
	if port := u.Port(); u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		u.Host = strings.TrimSuffix(u.Host, ":"+port)
	}
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}
