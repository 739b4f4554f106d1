// Package tap is a reverse proxy on this machine that an application's token URL
// is pointed at: every request goes on to the real token endpoint unchanged, the
// answer comes back unchanged, and each exchange is checked as one case. It keeps
// nothing of a request but what the case needs, changes no byte of a body, and goes
// to one server only.
package tap

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/listen"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Config is what a tap is to be. Only URL must be given.
type Config struct {
	// URL is the token endpoint that requests go on to.
	URL *url.URL
	// Options is how exchanges are checked; Via and the moment follow from the tap.
	// TokenURL is the address the server goes by, if that is not URL.
	Options doctor.Options
	Client  probe.Client // how the server is reached
	Listen  string       // HOST:PORT; "" for any free port of 127.0.0.1
	// Anywhere lets Listen be an address that other machines can reach.
	Anywhere bool
	TLS      bool // HTTPS, with a certificate made for this run
	Once     int  // stop after so many exchanges; 0 for never
	// Prefixes are paths of URL's origin below which requests go through too.
	Prefixes []string
	// Discovery is what the server publishes, served with the tap's own addresses;
	// nil for none.
	Discovery *evidence.Discovery
	// Timeout is how long one exchange may take; 0 for DefaultTimeout.
	Timeout time.Duration
	// Observe gets every exchange once it has ended, one at a time. nil for nobody.
	Observe func(Exchange)
	// Evidence asks for the evidence of each exchange as well as for what it came to.
	Evidence bool
}

// DefaultTimeout is how long one exchange may take: longer than applications wait.
const DefaultTimeout = 60 * time.Second

// The bounds on what the two sides may take of the tap.
const (
	maxBody     = 1 << 20  // bytes of a body that are checked; all of it is passed on
	smallBody   = 64 << 10 // bytes of it that are always kept
	maxLarge    = 32       // bodies above that which are kept at a time
	maxHeader   = 64 << 10
	maxAtOnce   = 512 // exchanges under way or waiting to be checked
	maxChecking = 8
	headTimeout = 10 * time.Second
	idleTimeout = 60 * time.Second
)

// Tap is a reverse proxy. It listens from New on, and answers once Run runs.
type Tap struct {
	config   Config
	public   *url.URL // the token URL the server goes by; nil if it is config.URL
	doctor   *doctor.Doctor
	upstream *probe.Upstream
	proxy    *httputil.ReverseProxy
	listener net.Listener
	certs    *listen.Certificates
	guard    listen.Guard
	clock    func() time.Time

	places   chan struct{} // a place for each exchange under way
	checking chan struct{} // a place for each that is being checked
	large    chan struct{} // a place for each large body that is kept
	pending  sync.WaitGroup
	done     chan struct{} // closed after the last exchange of Once

	mu     sync.Mutex
	begun  int // exchanges, without those that were refused
	ended  int
	failed int
	told   sync.Mutex // Observe
}

// New makes a tap and begins to listen. The error is a doctor.UsageError. A tap
// that is not Run must be closed.
func New(c Config) (*Tap, error) {
	c.Timeout = cmp.Or(c.Timeout, DefaultTimeout)
	if c.Options.Clock == nil {
		c.Options.Clock = time.Now
	}
	t := &Tap{
		config: c, clock: c.Options.Clock, guard: listen.Guard{Anywhere: c.Anywhere},
		places: make(chan struct{}, maxAtOnce), checking: make(chan struct{}, maxChecking), large: make(chan struct{}, maxLarge), done: make(chan struct{}),
	}
	t.guard.Listen, _, _ = net.SplitHostPort(c.Listen)
	var err error
	t.listener, err = listen.Open(cmp.Or(c.Listen, "127.0.0.1:0"), c.Anywhere, "requests with assertions pass through it")
	if err != nil {
		return nil, doctor.UsageError{Message: err.Error()}
	}
	if c.TLS {
		if t.certs, err = listen.MakeCertificates("jwtdoctor tap, made for one run", t.guard.Listen, time.Now()); err != nil {
			t.Close()
			return nil, fmt.Errorf("the certificate cannot be made: %w", err)
		}
	}
	opts := c.Options
	opts.Via, opts.Arrival, opts.Offline = t.own(), true, true
	if opts.TokenURL == "" {
		opts.TokenURL = c.URL.String()
	} else if t.public, err = url.Parse(opts.TokenURL); err != nil {
		t.Close()
		return nil, doctor.UsageError{Message: "--token-url is not an address"}
	}
	if opts.Seen == nil {
		skew := time.Duration(0)
		if rules, err := opts.Load(); err == nil {
			skew = profile.ExpSkew.In(rules).V
		}
		opts.Seen = doctor.NewReplay(t.clock, skew)
	}
	if t.doctor, err = doctor.New(opts); err != nil {
		t.Close()
		return nil, err
	}
	client := c.Client
	client.Timeout = c.Timeout * 9 / 10 // so that it is reported which step took too long
	t.upstream = client.Upstream(c.URL)
	t.proxy = &httputil.ReverseProxy{
		Rewrite: t.rewrite, Transport: t.upstream, ModifyResponse: t.answered, ErrorHandler: t.unanswered,
		FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0), BufferPool: &buffers{},
	}
	return t, nil
}

// Close ends the listening of a tap that is not run.
func (t *Tap) Close() error { return t.listener.Close() }

// Base is the address of the tap, without a path.
func (t *Tap) Base() string {
	scheme := "http"
	if t.certs != nil {
		scheme = "https"
	}
	return scheme + "://" + listen.Authority(t.listener)
}

// TokenURL is what the application's token URL is to be set to.
func (t *Tap) TokenURL() string { return t.Base() + t.config.URL.EscapedPath() }

// Issuer is what the application's issuer is to be set to where the discovery
// document is served; "" if it is not.
func (t *Tap) Issuer() string {
	if t.config.Discovery == nil {
		return ""
	}
	u, err := url.Parse(t.config.Discovery.Issuer)
	if err != nil {
		return t.Base()
	}
	return t.Base() + strings.TrimSuffix(u.EscapedPath(), "/")
}

// CA is the certificate of the authority that signed the tap's own, as PEM; nil
// without TLS.
func (t *Tap) CA() []byte {
	if t.certs == nil {
		return nil
	}
	return t.certs.CA
}

// own lists the names by which the application may know the tap.
func (t *Tap) own() []string {
	base := t.Base()
	scheme, _, _ := strings.Cut(base, "://")
	_, port := listen.HostPort(t.listener)
	out := []string{base}
	for _, host := range []string{"127.0.0.1", "localhost", "::1", t.guard.Listen} {
		if a := scheme + "://" + net.JoinHostPort(host, port); host != "" && a != base {
			out = append(out, a)
		}
	}
	return out
}

// Run answers requests until ctx is done or, with Once, the last exchange has
// ended. Both are no error.
func (t *Tap) Run(ctx context.Context) error {
	web := &http.Server{
		Handler: t, ReadHeaderTimeout: headTimeout, ReadTimeout: t.config.Timeout, WriteTimeout: t.config.Timeout + headTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: log.New(complaints{t}, "", 0),
	}
	if err := listen.Serve(ctx, web, t.listener, t.certs, t.done, nil); err != nil {
		return fmt.Errorf("the tap broke: %w", err)
	}
	t.pending.Wait()
	t.upstream.Close()
	return nil
}

// Tally is how many exchanges there were, and how many of them failed.
func (t *Tap) Tally() (ended, failed int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended, t.failed
}

// complaints reports connections that failed before there was a request, such as
// those of clients that do not trust the certificate.
type complaints struct{ t *Tap }

func (c complaints) Write(b []byte) (int, error) {
	c.t.tell(Exchange{Time: c.t.clock().UTC(), Remark: "connection failed: " + strings.TrimPrefix(strings.TrimSpace(string(b)), "http: ")})
	return len(b), nil
}

// tell hands an exchange to the observer.
func (t *Tap) tell(x Exchange) {
	if t.config.Observe == nil {
		return
	}
	t.told.Lock()
	defer t.told.Unlock()
	t.config.Observe(x)
}

// buffers are what bodies are copied with.
type buffers struct{ pool sync.Pool }

const bufferSize = 32 << 10

// Get implements httputil.BufferPool.
func (b *buffers) Get() []byte {
	if p, ok := b.pool.Get().(*[]byte); ok {
		return *p
	}
	return make([]byte, bufferSize)
}

// Put implements httputil.BufferPool.
func (b *buffers) Put(p []byte) { b.pool.Put(&p) }
