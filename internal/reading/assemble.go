package reading

import (
	"sort"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// assemble makes cases of the parts.
func (r *reader) assemble() {
	sort.SliceStable(r.parts, func(i, j int) bool { return r.parts[i].at < r.parts[j].at })
	requests, answers := r.exchanges()
	tokens, decoded := r.jwts(requests)
	cases := r.cases(requests, answers, tokens, decoded)
	for _, c := range cases {
		r.finish(c)
	}
	r.tell()
	sort.SliceStable(r.unused, func(i, j int) bool { return r.unused[i].Line < r.unused[j].Line })
	r.result.Unused = r.unused
}

// caseParts are the parts of one case.
type caseParts struct {
	exchange, answer, token, decoded *part
	shortened                        *part
}

func (c *caseParts) at() int {
	at := -1
	for _, p := range [...]*part{c.exchange, c.answer, c.token, c.decoded, c.shortened} {
		if p != nil && (at < 0 || p.at < at) {
			at = p.at
		}
	}
	return at
}

// exchanges sorts requests and answers out: those of token endpoints are kept
// where there are any.
func (r *reader) exchanges() (requests, answers []*part) {
	token := false
	for _, p := range r.parts {
		token = token || p.Request != nil && !p.loose && input.IsTokenRequest(p.Request)
	}
	skipped := false
	for _, p := range r.parts {
		switch {
		case p.hasRequest():
			skipped = false
			if q := p.Request; q != nil && p.Authorization == nil {
				if token && !input.IsTokenRequest(q) || p.nature != island.NaturePlain && !p.whole() {
					skipped = true
					continue
				}
				if !p.loose && !ours(p) {
					skipped = true
					continue
				}
				if p.snippet && p.Response == nil && !p.whole() && !r.others(p) {
					r.leave(p.at, "a request in a program, with variables in place of its values")
					continue
				}
				if p.loose && !r.worth(p) {
					if skipped = p.Response == nil; !skipped {
						p.Request = nil
						answers = append(answers, p)
					}
					continue
				}
			}
			if p.Authorization != nil && p.nature != island.NaturePlain {
				skipped = true
				continue
			}
			requests = append(requests, p)
		case p.Response != nil:
			if p.nature != island.NaturePlain {
				if !p.weak && p.Response.Error.Present {
					r.leave(p.at, "an error in source code or documentation")
				}
				continue
			}
			if skipped && p.weak {
				continue // the answer to a request that is none of this business
			}
			answers = append(answers, p)
		}
	}
	return requests, answers
}

// ours reports whether a request has to do with tokens: by where it goes, what
// it carries, or how it was refused.
func ours(p *part) bool {
	q := p.Request
	if input.IsTokenRequest(q) || island.TokenPath(q.URL) || carriedBy(p) != nil {
		return true
	}
	return p.Response != nil && p.Response.Error.Present && island.ErrorCode(p.Response.Error.Code)
}

// others reports whether the text has anything else that a request can belong to.
func (r *reader) others(p *part) bool {
	for _, other := range r.parts {
		if other != p && (other.Response != nil || other.token != nil || other.decoded != nil) && other.nature == island.NaturePlain {
			return true
		}
	}
	return false
}

// worth reports whether a request of which a method and an address are known is
// worth a case: it goes to a token endpoint and something came back.
func (r *reader) worth(p *part) bool {
	q := p.Request
	if !strings.Contains(q.URL, "://") || !input.IsTokenRequest(q) && !island.TokenPath(q.URL) {
		return false
	}
	if p.Response != nil {
		return p.Response.Status >= 400 || p.Response.Error.Present
	}
	for _, other := range r.parts {
		if other.Response != nil && other.Request == nil || other.token != nil || other.decoded != nil {
			return true
		}
	}
	return false
}

// jwts sorts the JWTs that stand by themselves.
func (r *reader) jwts(requests []*part) (tokens, decoded []*part) {
	seen := map[string]bool{}
	for _, q := range requests {
		if q.Request != nil {
			if a := q.carried().Assertion; a != nil {
				seen[plain(a.Compact)] = true
			}
			for _, p := range q.Request.Params {
				seen[plain(p.Value)] = true
			}
		}
	}
	long := r.found.Rest > longText
	for _, p := range r.parts {
		is := p.token
		if is == nil {
			continue
		}
		text := plain(is.Text.String())
		if seen[text] {
			continue
		}
		seen[text] = true
		role := roleOf(is)
		switch {
		case role != roleAssertion && role != roleUnknown:
			r.leave(p.at, role.words())
		case p.nature != island.NaturePlain && !strings.Contains(is.Label, "assertion"):
			r.leave(p.at, "a JWT in source code or documentation")
		case role == roleUnknown && long && is.Label == "" || sample(is.Token):
			r.leave(p.at, "a sample JWT")
		default:
			tokens = append(tokens, p)
		}
	}
	for _, p := range r.parts {
		d := p.decoded
		if d == nil {
			continue
		}
		switch {
		case p.nature != island.NaturePlain:
			r.leave(p.at, "decoded claims in source code or documentation")
		case otherToken(d.Label):
			r.leave(p.at, "decoded claims of another token")
		case d.Claims == nil && len(requests) == 0 && len(tokens) == 0:
			r.leave(p.at, "a JWT header without claims")
		case d.Claims == nil:
		default:
			decoded = append(decoded, p)
		}
	}
	return tokens, decoded
}

// longText is how much of other things a text holds before a JWT without a
// label is a sample in it.
const longText = 2500

// plain is a JWT without white space and what continues lines.
func plain(s string) string {
	if strings.IndexAny(s, " \t\r\n\\>") < 0 {
		return s
	}
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(" \t\r\n\\>", c) {
			return -1
		}
		return c
	}, s)
}

// cases puts the parts together.
func (r *reader) cases(requests, answers, tokens, decoded []*part) []*caseParts {
	var out []*caseParts
	for _, p := range requests {
		out = append(out, &caseParts{exchange: p})
	}
	tokens = r.carried(out, tokens)
	for _, p := range tokens {
		out = append(out, &caseParts{token: p})
	}
	for _, p := range decoded {
		if c := r.same(out, p); c != nil {
			continue
		}
		if p.weak {
			r.leave(p.at, "claims without a header or a label")
			continue
		}
		if c := r.wanting(out, p); c != nil {
			c.decoded = p
			continue
		}
		if len(out) > 0 && anyAssertion(out) {
			r.leave(p.at, "decoded claims that differ from the JWT")
			continue
		}
		if c := nearest(out, p, func(c *caseParts) bool { return c.decoded == nil && c.token == nil }); c != nil {
			c.decoded = p
			continue
		}
		out = append(out, &caseParts{decoded: p})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].at() < out[j].at() })
	return r.answered(out, answers)
}

// carried gives a JWT that stands by itself to the request that does not show
// the one it sent, and returns the others.
func (r *reader) carried(cases []*caseParts, tokens []*part) (rest []*part) {
	for _, p := range tokens {
		c := nearest(cases, p, func(c *caseParts) bool {
			return c.token == nil && c.exchange != nil && c.exchange.Request != nil && c.exchange.open()
		})
		if c == nil {
			if len(cases) > 0 && len(tokens) == 1 && len(cases) == 1 && cases[0].exchange.Request == nil {
				c = cases[0]
			}
		}
		if c != nil {
			c.token = p
			continue
		}
		if len(cases) > 0 && strings.Contains(p.label, "assertion") == false {
			r.leave(p.at, "a second JWT")
			continue
		}
		rest = append(rest, p)
	}
	return rest
}

// nearest is the case that fits and stands nearest, the one before first.
func nearest(cases []*caseParts, p *part, fits func(*caseParts) bool) *caseParts {
	var best *caseParts
	distance := 0
	for _, c := range cases {
		if !fits(c) {
			continue
		}
		d := p.at - c.at()
		if d < 0 {
			d = -2 * d
		}
		if best == nil || d < distance {
			best, distance = c, d
		}
	}
	return best
}

// same finds the case whose JWT has the claims that were shown decoded, too.
func (r *reader) same(cases []*caseParts, p *part) *caseParts {
	for _, c := range cases {
		var claims *jsonspan.Value
		switch {
		case c.token != nil && c.token.token.Token != nil:
			claims = c.token.token.Token.Claims
		case c.exchange != nil && c.exchange.Request != nil:
			claims = c.exchange.claims()
		}
		if claims != nil && sameClaims(claims, p.decoded.Claims.Value) {
			return c
		}
	}
	return nil
}

// wanting finds the case whose JWT was shortened, or is not shown, so that the
// decoded claims stand for it.
func (r *reader) wanting(cases []*caseParts, p *part) *caseParts {
	return nearest(cases, p, func(c *caseParts) bool {
		switch {
		case c.decoded != nil:
			return false
		case c.token != nil:
			return c.token.token.Token.Shortened
		case c.exchange == nil:
			return false
		}
		return c.exchange.Request != nil && c.exchange.open() || c.exchange.Request == nil && c.exchange.Response != nil
	})
}

func anyAssertion(cases []*caseParts) bool {
	for _, c := range cases {
		if c.token != nil || c.exchange != nil && c.exchange.Request != nil && c.exchange.whole() {
			return true
		}
	}
	return false
}

// sameClaims reports whether two sets of claims are one.
func sameClaims(a, b *jsonspan.Value) bool {
	compared := 0
	for _, name := range [...]string{"iss", "sub", "aud", "exp", "iat", "nbf", "jti"} {
		x, ok1 := a.Get(name)
		y, ok2 := b.Get(name)
		if ok1 != ok2 {
			return false
		}
		if !ok1 {
			continue
		}
		if text(x) != text(y) {
			return false
		}
		compared++
	}
	return compared > 1
}

func text(v *jsonspan.Value) string {
	switch v.Kind {
	case jsonspan.String:
		return v.Str
	case jsonspan.Array:
		var b strings.Builder
		for i, item := range v.Items {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(text(item))
		}
		return b.String()
	}
	return v.Raw
}

// answered gives each answer to the case it belongs to.
func (r *reader) answered(cases []*caseParts, answers []*part) []*caseParts {
	free := func(c *caseParts) bool {
		return c.answer == nil && (c.exchange == nil || c.exchange.Response == nil)
	}
	open := 0
	for _, c := range cases {
		if free(c) {
			open++
		}
	}
	for i, a := range answers {
		var best *caseParts
		for _, c := range cases {
			if free(c) && c.at() < a.at {
				best = c // the last one before it
			}
		}
		if best == nil && open == 1 && len(answers)-i == 1 || best == nil && open > 0 && len(cases) == 1 {
			for _, c := range cases {
				if free(c) {
					best = c
				}
			}
		}
		if best != nil && best.exchange == nil && a.weak && a.Response.Status < 400 {
			r.leave(a.at, "another answer ("+orElse(a.Response.Error.Code, "without a code")+")")
			continue
		}
		switch {
		case best != nil:
			best.answer = a
			open--
		case len(cases) == 0:
			cases = append(cases, &caseParts{answer: a})
		case a.weak || repeated(cases, a):
			if !a.weak {
				continue
			}
		case cases[len(cases)-1].exchange == nil && cases[len(cases)-1].token == nil && cases[len(cases)-1].decoded == nil:
			cases = append(cases, &caseParts{answer: a})
		default:
			r.leave(a.at, "another answer ("+orElse(a.Response.Error.Code, "without a code")+")")
		}
	}
	return cases
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// repeated reports whether an answer tells what one of the cases was told already.
func repeated(cases []*caseParts, a *part) bool {
	for _, c := range cases {
		have := c.answer
		if have == nil && c.exchange != nil && c.exchange.Response != nil {
			have = c.exchange
		}
		if have != nil && have.Response.Error.Code == a.Response.Error.Code && (have.Response.Error.Description == a.Response.Error.Description || a.Response.Error.Description == "" || have.Response.Error.Description == "") {
			return true
		}
	}
	return false
}

// finish makes a case of its parts.
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
		c.Assertion = carriedBy(p.exchange)
	}
	if t := p.token; t != nil && (c.Assertion == nil || c.Assertion.Shortened || c.Assertion.Shape != evidence.ShapeCompact) {
		c.Assertion = r.assertion(t)
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
func carriedBy(x *part) *Assertion {
	q, c := x.Request, x.carried()
	if c.Assertion != nil {
		a := &Assertion{Assertion: c.Assertion, Label: "client assertion"}
		if t, ok := island.ReadToken(c.Assertion.Original); ok {
			a.Hidden, a.Shortened = t.Hidden, t.Shortened
		}
		return a
	}
	// Apple's is the client_secret, an app's of GitHub a Bearer token to an API.
	if p, ok := q.Param("client_secret"); ok {
		if t, ok := island.ReadToken(p.Value); ok {
			a := &Assertion{Assertion: input.Assertion(p.Value, q.Place(p.Span.Start)), Label: "client secret", Hidden: t.Hidden, Shortened: t.Shortened, Carrier: "client_secret"}
			a.Embedded, a.InRequest = q.What, true
			return a
		}
	}
	if h, ok := q.Headers.Get("Authorization"); ok {
		scheme, token, ok := strings.Cut(strings.TrimSpace(h.Value), " ")
		if t, read := island.ReadToken(strings.TrimSpace(token)); ok && read && strings.EqualFold(scheme, "Bearer") {
			a := &Assertion{Assertion: input.Assertion(strings.TrimSpace(token), q.Place(h.Span.Start+len(scheme)+1)), Label: "bearer", Hidden: t.Hidden, Shortened: t.Shortened, Carrier: "bearer"}
			a.Embedded, a.InRequest = q.What, true
			return a
		}
	}
	return nil
}

// sent is the time that stands nearest before the request of a case, else its
// answer or assertion.
func (r *reader) sent(p *caseParts) Sent {
	at, end := p.at(), 0
	for _, x := range [...]*part{p.exchange, p.answer, p.token, p.decoded} {
		if x != nil {
			end = max(end, x.end)
		}
	}
	if p.exchange != nil {
		at = p.exchange.at
	}
	var before, within, own *island.Island
	for i := range r.stamps {
		s := &r.stamps[i]
		switch {
		case s.Stamp.Answer && s.Span.Start >= p.at() && s.Span.Start <= end:
			own = s
		case s.Span.Start <= at && at-s.Span.Start < farthestStamp && !s.Stamp.Answer:
			before = s
		case s.Span.Start > at && s.Span.Start <= end && within == nil && !s.Stamp.Answer:
			within = s
		}
	}
	for _, s := range [...]*island.Island{before, within, own} {
		if s != nil && s.Stamp.Zoned {
			return Sent{Time: s.Stamp.Time, Zoned: true, Answer: s.Stamp.Answer, Line: r.line(s.Span.Start)}
		}
	}
	for _, s := range [...]*island.Island{before, within, own} {
		if s != nil {
			return Sent{Time: s.Stamp.Time, Answer: s.Stamp.Answer, Line: r.line(s.Span.Start)}
		}
	}
	return Sent{}
}

// farthestStamp is how many bytes before a message its stamp may stand.
const farthestStamp = 2000

// tell gives the errors of transports and libraries to the case that stands
// before them, or makes one of them where there is no other.
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
