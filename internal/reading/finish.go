package reading

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
)

// finish makes a case from its parts.
func (r *reader) finish(p *caseParts) {
	var c Case
	if p.exchange != nil {
		c.Exchange = p.exchange.Exchange
	}
	if p.answer != nil {
		c.Response = p.answer.Response
	}
	c.Line = r.line(p.at())
	if c.Request != nil {
		c.Kinds = append(c.Kinds, "request")
		c.Assertion = r.carriedBy(p.exchange)
	}
	if t := p.token; t != nil && (c.Assertion == nil || c.Assertion.Shortened || c.Assertion.Shape != evidence.ShapeCompact) {
		c.Assertion = r.assertion(t)
		if t.token.Undone != "" {
			c.Undone = append(c.Undone, t.token.Undone)
		}
	}
	if r.found.Undone != "" {
		c.Undone = append(c.Undone, r.found.Undone)
	}
	if c.Assertion != nil {
		c.Kinds = append(c.Kinds, "assertion")
	}
	if p.decoded != nil {
		c.Decoded = p.decoded.decoded
		c.Kinds = append(c.Kinds, "decoded-assertion")
	}
	if c.Response != nil {
		c.Kinds = append(c.Kinds, "response")
	}
	if c.Authorization != nil {
		c.Kinds = append(c.Kinds, "authorization")
	}
	c.Sent = r.sent(p)
	if c.Request == nil && c.Assertion == nil && c.Decoded == nil && c.Authorization == nil && p.answer != nil && p.answer.weak {
		r.result.Weak = append(r.result.Weak, c)
		return
	}
	r.result.Cases = append(r.result.Cases, c)
}

// assertion is the assertion that an island is.
func (r *reader) assertion(p *part) *Assertion {
	is := p.token
	a := &Assertion{Label: is.Label, Hidden: is.Token.Hidden, Shortened: is.Token.Shortened}
	t := is.Text
	if a.Hidden != "" {
		t = t.Slice(0, is.Token.Signed)
	}
	a.Assertion = r.token(t)
	return a
}

// carriedBy is the assertion of a part's request.
func (r *reader) carriedBy(x *part) *Assertion {
	q, c := x.Request, x.carried()
	if c.Assertion != nil {
		return r.ofRequest(x, c.Assertion, &Assertion{Label: "client assertion"})
	}
	// Apple's is the client_secret, that of a GitHub app a Bearer token to an API.
	if p, ok := q.Param("client_secret"); ok {
		if _, ok := island.ReadToken(p.Value); ok {
			return r.ofRequest(x, input.Assertion(p.Value, q.Place(p.Span.Start)), &Assertion{Label: "client secret", Carrier: "client_secret"})
		}
	}
	if token, at, ok := bearer(q); ok {
		return r.ofRequest(x, input.Assertion(token, q.Place(at)), &Assertion{Label: "bearer", Carrier: "bearer"})
	}
	return nil
}

// bearer is the JWT that a request sends as its Bearer token, and its offset in the
// request's text.
func bearer(q *evidence.Request) (token string, at int, ok bool) {
	h, ok := q.Headers.Get("Authorization")
	if !ok {
		return "", 0, false
	}
	scheme, token, ok := strings.Cut(strings.TrimSpace(h.Value), " ")
	token = strings.TrimSpace(token)
	if _, read := island.ReadToken(token); !ok || !read || !strings.EqualFold(scheme, "Bearer") {
		return "", 0, false
	}
	return token, h.Span.Start + len(scheme) + 1, true
}

// ofRequest completes an assertion from a request: what the text did to it, and its
// places if the text wrapped it over lines.
func (r *reader) ofRequest(x *part, a *evidence.Assertion, out *Assertion) *Assertion {
	t, ok := island.ReadToken(a.Original)
	signed := len(a.Original)
	if ok {
		out.Hidden, out.Shortened = t.Hidden, t.Shortened
		if t.Hidden != "" {
			signed = t.Signed
		}
	}
	exact := a
	if text, known := x.values[a.Original]; known {
		exact = r.token(text.Slice(0, signed))
	} else if signed < len(a.Original) {
		exact = input.Assertion(a.Original[:signed], a.Origin)
	}
	exact.Embedded, exact.InRequest, exact.FilledLater = x.Request.What, true, a.FilledLater
	out.Assertion = exact
	return out
}

// tell adds errors of transports and libraries to the case before them, or makes a case
// of them if there is no other.
func (r *reader) tell() {
	if len(r.known) == 0 {
		return
	}
	if len(r.result.Cases) == 0 {
		r.result.Cases = append(r.result.Cases, Case{Line: r.known[0].Line})
	}
	for _, k := range r.known {
		to := &r.result.Cases[0]
		for i := range r.result.Cases {
			if r.result.Cases[i].Line <= k.Line {
				to = &r.result.Cases[i]
			}
		}
		if len(to.Known) == 0 {
			to.Kinds = append(to.Kinds, "error-text")
		}
		to.Known = append(to.Known, k)
	}
}
