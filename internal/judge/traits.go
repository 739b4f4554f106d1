package judge

import (
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// A trait is what an assertion or request has that some servers refuse though
// the standards allow it. Where a server refuses and nothing is found, these are
// the first questions.
type trait struct {
	cause    finding.CauseID
	question string
}

// traitsKnown lists them, the more often refused first.
func traitsKnown() [11]trait {
	return [...]trait{
		{"jti-missing", "Does this server require jti? The assertion has none."},
		{"lifetime-too-long", "How long may an assertion be valid here? Many servers allow 5 minutes; this one is valid for longer."},
		{"aud-array-not-accepted", "Does this server accept aud as an array? Try a string."},
		{"aud-issuer-not-accepted", "Does this server want the token URL in aud? It is the issuer."},
		{"kid-missing", "Does this server require kid? The header has none."},
		{"x5t-missing", "Does this server find the key by x5t? The header has none."},
		{"scope-missing", "Does this server require scope? The request has none."},
		{"typ-missing", "Does this server require typ? The header has none; JWT is the usual value."},
		{"iat-missing", "Does this server require iat? The assertion has none."},
		{"client-id-missing", "Does this server require client_id in addition to the assertion? The request has none."},
		{"aud-token-url-not-accepted", "Does this server want its issuer in aud? It is the token URL."},
	}
}

// usualLifetime is how long most servers that have a limit let an assertion be
// valid.
const usualLifetime = 5 * time.Minute

// telling reports whether a cause that the evidence shows is a trait of this
// assertion, rather than of nearly every one.
func telling(all []item, cause finding.CauseID) bool {
	switch cause {
	case "lifetime-too-long", "aud-token-url-not-accepted", "aud-issuer-not-accepted", "x5t-missing", "client-id-missing":
		return false
	}
	for _, t := range traitsKnown() {
		if t.cause == cause {
			return true
		}
	}
	return false
}

// traits lists the questions about what this assertion or request has that some
// servers refuse.
func (a answer) traits(all []item, q Question) []string {
	var out []string
	for _, e := range a.ahead {
		out = append(out, "Does this server allow for clocks that differ? "+e.words())
	}
	for _, t := range traitsKnown() {
		if !a.shows(all, t.cause) || t.cause == "lifetime-too-long" && lifetimeOf(q) <= usualLifetime || t.cause == "x5t-missing" && !slices.Contains(a.causes, t.cause) {
			continue
		}
		out = append(out, t.question)
	}
	return out
}

// lifetimeOf is how long the assertion is valid: exp less iat or, if there is
// none, nbf; 0 if that is not known.
func lifetimeOf(q Question) time.Duration {
	claims, _ := q.Case.Claims.Get()
	exp := claims.Date("exp")
	for _, name := range [...]string{"iat", "nbf"} {
		if from := claims.Date(name); exp.Usable && from.Usable {
			return exp.At.Sub(from.At)
		}
	}
	return 0
}

// early is a time of the assertion that the server's clock had not reached when
// it answered.
type early struct {
	claim string
	cause finding.CauseID
	by    time.Duration
}

func (e early) words() string {
	return e.claim + " is " + wording.Span(e.by) + " ahead of the server's Date."
}

// aheadOf compares iat and nbf with the Date of the answer.
func aheadOf(q Question, r *evidence.Response) []early {
	claims, ok := q.Case.Claims.Get()
	cached := strings.Trim(r.Headers.Value("Age"), "0 ") != ""
	if !ok || r.Date.IsZero() || cached {
		return nil
	}
	var out []early
	for _, e := range [...]early{{"nbf", "nbf-in-future", 0}, {"iat", "iat-in-future", 0}} {
		d := claims.Date(e.claim)
		// An hour and more is not a clock that differs by a little.
		if e.by = d.At.Sub(r.Date); d.Usable && e.by > 0 && e.by < time.Hour {
			out = append(out, e)
		}
	}
	return out
}

// shows reports whether the evidence has the trait that the cause is about.
func (a answer) shows(all []item, cause finding.CauseID) bool {
	if slices.ContainsFunc(a.ahead, func(e early) bool { return e.cause == cause }) {
		return true
	}
	return slices.ContainsFunc(all, func(it item) bool {
		return it.outcome == finding.Pass && it.shows(cause)
	})
}

// presentOf lists the causes about something missing or malformed that the
// assertion has, well formed.
func presentOf(q Question) []finding.CauseID {
	var out []finding.CauseID
	claims, ok := q.Case.Claims.Get()
	if !ok {
		return nil
	}
	for _, of := range [...]struct {
		name   string
		causes []finding.CauseID
	}{
		{"iss", []finding.CauseID{"iss-missing", "iss-not-string"}}, {"sub", []finding.CauseID{"sub-missing", "sub-not-string"}},
		{"aud", []finding.CauseID{"aud-missing", "aud-not-string", "aud-array-not-accepted"}}, {"jti", []finding.CauseID{"jti-missing", "jti-empty", "jti-not-string"}},
	} {
		if text, ok := claims.Text(of.name); ok && text != "" {
			out = append(out, of.causes...)
		}
	}
	for _, of := range [...]struct {
		name  string
		cause finding.CauseID
	}{{"exp", "exp-missing"}, {"iat", "iat-missing"}, {"nbf", "nbf-missing"}} {
		if claims.Date(of.name).Usable {
			out = append(out, of.cause)
		}
	}
	return out
}
