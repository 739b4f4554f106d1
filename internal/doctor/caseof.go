package doctor

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
)

// caseOf makes evidence of a subject.
func (d *Doctor) caseOf(s subject) *evidence.Case { return d.caseIn(nil, s) }

// caseIn makes it in this memory.
func (d *Doctor) caseIn(m *memory, s subject) *evidence.Case {
	c := m.forCase()
	*c = evidence.Case{
		Kind:        d.kind,
		ShowSecrets: d.opts.ShowSecrets,
		NoExcerpts:  d.opts.Brief,
		Expect: evidence.Expect{
			ClientID: d.opts.ClientID, TokenURL: d.opts.TokenURL, Issuer: d.opts.Issuer,
			RedirectURI: d.opts.RedirectURI, Env: d.opts.Env, Aud: d.opts.Aud, Via: d.opts.Via,
		},
		Request:       evidence.Missing[*evidence.Request]("no request was given"),
		Response:      evidence.Missing[*evidence.Response]("no response was given"),
		Authorization: evidence.Missing[*evidence.Request]("no authorization request was given"),
		Clock:         evidence.Missing[*evidence.Clock]("no response with a Date was given"),
		Issued:        evidence.Missing[*evidence.Issued]("no ID or access token was given"),
	}
	d.opts.Online.give(c)
	why := "no assertion was given"
	var a *evidence.Assertion
	if s.item != nil {
		if a = s.assertion; a == nil {
			a = s.item.Assertion()
			a.Problem = s.item.Problem
		}
		c.Input = evidence.Input{Source: s.item.Origin.File, Line: s.item.Origin.Line}
	}
	if r := s.parts.Request; r != nil {
		c.Request, c.Sent = evidence.Known(r), true
		carried := input.CarriedBy(r)
		if d.opts.Kind == "" {
			c.Kind = carried.Kind
		}
		if a == nil || carried.Assertion != nil && !carried.Assertion.FilledLater && !s.of.unreadable() {
			a, why = carried.Assertion, carried.Why
		}
		place(c, r.Document, s)
		c.Input.Kinds = append(c.Input.Kinds, "request")
	}
	if r := s.parts.Response; r != nil {
		d.opts.Online.complete(r)
		c.Response = evidence.Known(r)
		if id := input.IssuedIn(r); id != nil {
			c.Issued = evidence.Known(id)
		}
		place(c, r.Document, s)
		if _, seen := c.Clock.Get(); !seen {
			c.Clock = clockOf(s.parts)
		}
	}
	if r := s.parts.Authorization; r != nil {
		c.Authorization = evidence.Known(r)
		place(c, r.Document, s)
	}
	if told := s.of.fill(c, a); told != "" {
		c.Input.Kinds = append(c.Input.Kinds, told)
	} else if a != nil && s.of == nil && withoutSignature(c, a) {
		c.Input.Kinds = append(c.Input.Kinds, "assertion")
	} else if a != nil {
		kinds := c.Input.Kinds
		m.forInput().Fill(c, a)
		if len(kinds) > 0 {
			c.Input.Kinds = append(kinds, "assertion")
		}
	} else {
		c.Assertion = evidence.Missing[*evidence.Assertion](why)
		c.Header, c.Claims = evidence.Missing[*evidence.Object](why), evidence.Missing[*evidence.Object](why)
		c.Signature = evidence.Missing[[]byte](why)
	}
	d.elsewhere(c)
	if s.of != nil && s.of.bearer && a != nil && c.Elsewhere == "" && !issued(c) {
		c.Elsewhere = evidence.AsBearer
	}
	if s.parts.Response != nil {
		c.Input.Kinds = append(c.Input.Kinds, "response")
	}
	if s.parts.Authorization != nil {
		c.Input.Kinds = append(c.Input.Kinds, "authorization")
	}
	if s.har {
		c.Input.Name = s.parts.Name
		c.Input.Kinds = append([]string{"har"}, c.Input.Kinds...)
	}
	s.of.errors(c)
	c.Input.Unused = append(c.Input.Unused, s.beside...)
	d.keys.give(c)
	s.of.give(c)
	if h, ok := c.Claims.Get(); ok && (c.Kind == evidence.IDToken || c.Kind == evidence.AccessToken) {
		header, _ := c.Header.Get()
		c.Issued = evidence.Known(&evidence.Issued{Kind: c.Kind, From: "the token", Header: header, Claims: h})
	}
	return c
}

// place says where the case comes from, unless that is known already.
func place(c *evidence.Case, d evidence.Document, s subject) {
	if c.Input.Source == "" {
		c.Input.Source, c.Input.Line = d.Origin.File, max(d.Origin.Line, 1)
		if s.parts.Line > 0 && !s.har { // in a HAR it is the number of the entry
			c.Input.Line = s.parts.Line
		}
	}
}

// clockOf compares the stamps of one exchange.
func clockOf(e input.Exchange) evidence.Fact[*evidence.Clock] {
	if e.Response.Date.IsZero() {
		return evidence.Missing[*evidence.Clock]("the response has no Date")
	}
	clock := &evidence.Clock{Server: e.Response.Date}
	if r := e.Request; r != nil && !r.Sent.IsZero() {
		clock.Local, clock.Took, clock.From = r.Sent.Add(r.Took), r.Took, "the HAR entry"
	}
	return evidence.Known(clock)
}
