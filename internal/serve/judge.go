package serve

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/listen"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// judge checks the request against the profile, as any evidence.
func (s *Server) judge(r *http.Request, body []byte, e *Event) (judged *finding.Case, err error) {
	defer func() {
		// A client must not be able to end the server, nor --once to wait forever.
		if fault := recover(); fault != nil {
			judged, err = nil, fmt.Errorf("internal error in jwtdoctor (please report it): %v", fault)
		}
	}()
	if r.Host == "" { // HTTP/1.0
		r.Host = s.authority()
	}
	address := s.scheme() + "://" + r.Host + r.URL.EscapedPath()
	memory := s.memory.Errand()
	opts := s.options(r, address, body)
	opts.Seen = memory
	d, err := doctor.New(opts)
	if err != nil {
		memory.GiveBack()
		return nil, err
	}
	target := address
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	exchange := input.Exchange{Request: input.RequestOf(listen.Message(r, target, r.Host, string(body)), "an HTTP request", fmt.Sprintf("request %d", e.Request))}
	if s.config.Observe != nil {
		e.evidence = d.Gather(exchange)
	}
	c, err := d.JudgeExchange(exchange)
	if err != nil {
		memory.GiveBack()
		return nil, fmt.Errorf("the request could not be checked: %w", err)
	}
	if why, _ := s.unproven(&c); why != "" || c.Summary.Verdict == finding.VerdictFail {
		memory.GiveBack()
	}
	return &c, nil
}

// unproven says why a request without a fault is refused all the same, and the
// cause whose answer fits: doubt speaks for what is judged, but a server grants
// nothing to anyone it could not identify.
func (s *Server) unproven(c *finding.Case) (why, cause string) {
	if len(c.Decoded.Claims) == 0 || string(c.Decoded.Claims) == "null" {
		return "no assertion could be read", "assertion-missing"
	}
	for _, f := range c.Findings {
		if f.Check == "signature-valid" && s.config.Options.JWKS != nil && f.Outcome != finding.Pass && f.Outcome != finding.Fail {
			return "the signature could not be verified: " + f.Reason, "signed-by-unknown-key"
		}
	}
	return "", ""
}

// options are those of the judgement: the server's own address is as right as
// the provider's, as address and as aud.
func (s *Server) options(r *http.Request, address string, body []byte) doctor.Options {
	o := s.config.Options
	own := []profile.Rule{profile.AudValues.Is(s.audiences(r, address, body))}
	if profile.AudAccept.In(s.rules).State == profile.Unknown {
		// What no document says is not judged; the values above are not a full list.
		own = append(own, profile.AudComplete.Is(false))
	}
	o.Profiles, o.Loaded, o.Aud = []string{s.profile.ID}, s.rules.With(own...), nil
	o.JWKS = s.keys.current()
	o.TokenURL = address
	o.Issuer = s.issuer()
	// Whether there is TLS was decided here and not by the client.
	o.Skip = append(slices.Clone(o.Skip), "url-not-https")
	o.Offline, o.Arrival = true, true
	return o
}
