// Package serve is a token endpoint on this machine that is as strict as the
// provider's documents: each request is judged like any other evidence and
// answered in the provider's own words. It grants tokens that are worth nothing.
package serve

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/listen"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

// Config is what a server is to be. Only Options.Profile must be given.
type Config struct {
	// Options is how requests are judged. Aud lists values the server takes
	// in addition to the profile's and its own address, and so does it those of the real
	// server, TokenURL and Issuer.
	Options  doctor.Options
	Listen   string // HOST:PORT; "" for any free port of 127.0.0.1
	Anywhere bool   // Listen may be an address that others can reach
	TLS      bool   // HTTPS, by a certificate of an authority made at the start
	Once     int    // stop after so many judged requests; 0 for never
	FailWith string // the answer to every request: an error code, text or cause
	Latency  time.Duration
	Out      io.Writer      // a report of each request; nil for none
	Report   report.Options // how reports look
	Cases    io.Writer      // each case as a line of JSON; nil for none
	// Fetch gets Options.JWKS again, where it came from an address; it is called
	// while that could not be fetched. nil for never.
	Fetch func() *doctor.Document
	// Observe sees each request as it is answered, with what is known of it and how it was
	// judged, both nil if it could not be read; nil for nobody. It must not wait.
	Observe func(Event, *evidence.Case, *finding.Case)
}

// Server is a token endpoint. It listens from New on, and answers once Run runs.
type Server struct {
	config  Config
	rules   *profile.Rules
	profile *profile.Profile // the one the rules are of
	answers *answers
	played  *answer // what FailWith plays
	certs   *listen.Certificates
	listen  net.Listener
	guard   listen.Guard
	judging chan struct{} // a place for each request judged at a time
	large   chan struct{} // a place for each large body in memory
	keys    keySet
	stop    chan struct{} // closed when latencies are to end
	done    chan struct{} // closed after the last request of Once
	memory  *doctor.Replay
	journal journal

	writing    sync.Mutex // out and cases
	out, cases sink
	lost       error // what they failed with first
}

// The bounds on what a client may take of the server.
const (
	maxBody      = 1 << 20 // bytes of a request's body
	smallBody    = 64 << 10
	maxHeader    = 64 << 10
	headTimeout  = 5 * time.Second
	readTimeout  = 30 * time.Second
	writeTimeout = 10 * time.Second
	idleTimeout  = 60 * time.Second
	maxJudging   = 8
	maxLarge     = 16 // bodies above smallBody that are in memory at a time
)

// New makes a server and begins to listen. An error is a doctor.UsageError: an
// unknown profile or answer, or an address that cannot be used. A caller that does
// not Run the server must Close it.
func New(c Config) (*Server, error) {
	if c.Options.Clock == nil {
		c.Options.Clock = time.Now
	}
	own := c.Options
	own.Aud = nil // added to the profile's, not put in their place
	rules, err := own.Load()
	if err != nil {
		return nil, err
	}
	p := rules.Profile()
	s := &Server{
		config: c, rules: rules, profile: p, answers: newAnswers(p), judging: make(chan struct{}, maxJudging), large: make(chan struct{}, maxLarge),
		keys: keySet{document: c.Options.JWKS, fetch: c.Fetch, clock: c.Options.Clock},
		out:  sink{w: c.Out}, cases: sink{w: c.Cases},
		stop: make(chan struct{}), done: make(chan struct{}), memory: doctor.NewReplay(c.Options.Clock, profile.ExpSkew.In(rules).V), guard: listen.Guard{Anywhere: c.Anywhere},
	}
	if c.FailWith != "" {
		if s.played, err = s.answers.playing(c.FailWith); err != nil {
			return nil, err
		}
	}
	if s.listen, err = listen.Open(cmp.Or(c.Listen, "127.0.0.1:0"), c.Anywhere, "the server grants tokens to anyone who asks"); err != nil {
		return nil, doctor.UsageError{Message: err.Error()}
	}
	s.guard.Listen, _, _ = net.SplitHostPort(c.Listen)
	if c.TLS {
		host, _, _ := net.SplitHostPort(c.Listen)
		// Certificates are checked against the machine's clock, whatever --now says.
		if s.certs, err = listen.MakeCertificates("jwtdoctor serve, made for one run", host, time.Now()); err != nil {
			s.Close()
			return nil, fmt.Errorf("the certificate cannot be made: %w", err)
		}
	}
	return s, nil
}

// Close ends the listening of a server that is not run.
func (s *Server) Close() error { return s.listen.Close() }

// URL is the token endpoint, as clients on this machine reach it.
func (s *Server) URL() string { return s.issuer() + tokenPath }

// Profile is the profile the server answers by.
func (s *Server) Profile() *profile.Profile { return s.profile }

// CA is the certificate of the authority that signed the server's own, as PEM;
// nil without TLS.
func (s *Server) CA() []byte {
	if s.certs == nil {
		return nil
	}
	return s.certs.CA
}

const tokenPath = "/token"

// issuer is the server's address without a path (RFC 8414 section 2).
func (s *Server) issuer() string { return s.scheme() + "://" + s.authority() }

func (s *Server) scheme() string {
	if s.certs != nil {
		return "https"
	}
	return "http"
}

func (s *Server) authority() string { return listen.Authority(s.listen) }

func (s *Server) hostPort() (host, port string) { return listen.HostPort(s.listen) }

// Run answers requests until ctx is done or, with Once, the last one is
// answered. Both are no error; an error is a report that could not be written
// or a listener that broke.
func (s *Server) Run(ctx context.Context) error {
	web := &http.Server{
		Handler: s, ReadHeaderTimeout: headTimeout, ReadTimeout: readTimeout,
		WriteTimeout: readTimeout + s.config.Latency + writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: log.New(complaints{s}, "", 0),
	}
	if err := listen.Serve(ctx, web, s.listen, s.certs, s.done, func() { close(s.stop) }); err != nil {
		return fmt.Errorf("the server broke: %w", err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.lost
}

// Tally is how many requests were judged, and how many of them were refused for
// their own fault.
func (s *Server) Tally() (judged, refused int) {
	t := s.journal.tally()
	return t.Judged, t.Refused
}

// Outcome is what all requests came to.
func (s *Server) Outcome() Outcome { return s.journal.tally() }

// complaints reports connections that failed before there was a request, such
// as those of clients that do not trust the certificate.
type complaints struct{ s *Server }

func (c complaints) Write(b []byte) (int, error) {
	c.s.tell("connection failed: " + strings.TrimPrefix(strings.TrimSpace(string(b)), "http: "))
	return len(b), nil
}
