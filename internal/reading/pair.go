package reading

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// carried assigns each separate JWT to a request that does not show the one it sent, and
// returns the rest.
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
		if len(cases) > 0 && !strings.Contains(p.label, "assertion") {
			r.leave(p.at, "a second JWT")
			continue
		}
		rest = append(rest, p)
	}
	return rest
}

// nearest is the nearest case that fits, preferring one before the part.
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

// same finds the case whose JWT has the claims that are also shown decoded.
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

// wanting finds the case whose JWT is shortened or not shown, so that the decoded claims
// can replace it.
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

// sameClaims reports whether two sets of claims are the same.
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

// answered assigns each response to the case it belongs to.
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

// repeated reports whether a case already has the same response.
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
