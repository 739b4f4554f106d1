package reading

import (
	"sort"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/input/island"
)

// assemble makes cases from the parts.
func (r *reader) assemble() {
	sort.SliceStable(r.parts, func(i, j int) bool { return r.parts[i].at < r.parts[j].at })
	sort.SliceStable(r.stamps, func(i, j int) bool { return r.stamps[i].Span.Start < r.stamps[j].Span.Start })
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

// exchanges selects requests and responses: only those of token endpoints, if there are
// any.
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
				continue // the response to a request that is not relevant
			}
			answers = append(answers, p)
		}
	}
	return requests, answers
}

// ours reports whether a request is about tokens, by where it goes, what it sends, or how
// it was refused.
func ours(p *part) bool {
	q := p.Request
	if input.IsTokenRequest(q) || island.TokenPath(q.URL) || carriesJWT(p) {
		return true
	}
	return p.Response != nil && p.Response.Error.Present && island.ErrorCode(p.Response.Error.Code)
}

// carriesJWT reports whether a request sends a JWT anywhere.
func carriesJWT(p *part) bool {
	if p.carried().Assertion != nil {
		return true
	}
	if secret, ok := p.Request.Param("client_secret"); ok {
		if _, ok := island.ReadToken(secret.Value); ok {
			return true
		}
	}
	_, _, ok := bearer(p.Request)
	return ok
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

// worth reports whether a request of which only a method and a URL are known is worth a
// case: it shows the JWT it sends, or it goes to a token endpoint and there is a
// response.
func (r *reader) worth(p *part) bool {
	q := p.Request
	if strings.Contains(q.URL, "://") && carriesJWT(p) {
		return true
	}
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

// jwts sorts the JWTs outside of requests.
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
			r.leaveThat(Unused{Line: r.line(p.at), What: role.words(), Token: true})
		case p.nature != island.NaturePlain && !strings.Contains(is.Label, "assertion"):
			r.leave(p.at, "a JWT in source code or documentation")
			r.result.Sample = true
		case role == roleUnknown && long && is.Label == "" || sample(is.Token):
			r.leave(p.at, "a sample JWT")
			r.result.Sample = true
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

// longText is how much else a text must contain before an unlabelled JWT in it counts as
// a sample.
const longText = 2500

// plain is a JWT without whitespace and line continuations.
func plain(s string) string {
	if !strings.ContainsAny(s, " \t\r\n\\>") {
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
