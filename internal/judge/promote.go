package judge

import (
	"slices"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// promote makes a fault of what the evidence shows and the server's plain words
// condemn, though no known rule of the provider does: jti is missing, and the
// server says that it requires one.
func (e *Engine) promote(all []item, q Question, a answer) {
	if a.sense == nil {
		return
	}
	for _, cause := range a.causes {
		f := a.condemned(all, q, cause)
		if f == nil {
			continue
		}
		check := e.catalog.checkOf(cause)
		i := slices.IndexFunc(all, func(it item) bool { return it.check.ID == check && it.outcome == finding.Pass })
		if i < 0 {
			continue
		}
		if e.opts.Reword != nil {
			e.opts.Reword(f)
		}
		declared, _, _ := e.catalog.Cause(cause)
		all[i] = item{check: all[i].check, outcome: finding.Fail, fault: f, cause: declared, severity: declared.Severity, certainty: f.Certainty}
		return // of one sentence, one fault
	}
}

// condemned is the fault of a trait that the server's words are about; nil if
// the evidence does not have it, or they leave open whether it is meant.
func (a answer) condemned(all []item, q Question, cause finding.CauseID) *checks.Fault {
	s := a.sense
	switch s.complaint {
	case isMissing:
		if !a.shows(all, cause) || !slices.ContainsFunc(s.subjects, func(name string) bool { return plainCauses()[name][isMissing][0] == cause }) {
			return nil
		}
		name := s.subjects[slices.IndexFunc(s.subjects, func(name string) bool { return plainCauses()[name][isMissing][0] == cause })]
		if name == "client_id" && unauthenticated(all) {
			return nil
		}
		f := checks.Found(cause, "%s is missing; the server requires it", name).Saying("%s", s.means()).Compare("no "+name, name).About(checks.Detail{Meant: name})
		switch name {
		case "kid", "typ", "alg", "x5t":
			f.At(q.Case.AtMember(finding.PartHeader, name))
		case "scope", "client_id":
			if r, ok := q.Case.Request.Get(); ok {
				f.At(q.Case.AtURL(r))
			}
		default:
			f.At(q.Case.AtMember(finding.PartClaims, name))
		}
		return f
	case isTooFar:
		return a.tooLong(q, cause)
	case isAhead:
		for _, e := range a.ahead {
			if e.cause == cause {
				return a.tooEarly(q, e)
			}
		}
	}
	return nil
}

// unauthenticated reports whether nothing in the request authenticates the client. A
// server then misses client_id because no assertion names the client, and with one
// it may need none (RFC 7521 section 4.2).
func unauthenticated(all []item) bool {
	return slices.ContainsFunc(all, func(it item) bool {
		return it.outcome == finding.Fail && it.cause.ID == "assertion-missing" || it.outcome == finding.Skip && it.shows("assertion-missing")
	})
}

// reach is how far exp is ahead, as a cause counts it: after iat, or after now; 0
// where that is not known.
func reach(q Question, cause finding.CauseID) time.Duration {
	switch cause {
	case "lifetime-too-long":
		return lifetimeOf(q)
	case "exp-too-far":
		claims, _ := q.Case.Claims.Get()
		if exp := claims.Date("exp"); exp.Usable && q.At.Basis != evidence.BasisIAT {
			return exp.At.Sub(q.At.AsOf)
		}
	}
	return 0
}

// tooLong is the fault of a lifetime beyond the bound that the server names.
func (a answer) tooLong(q Question, cause finding.CauseID) *checks.Fault {
	limit, got := a.sense.limit, reach(q, cause)
	if limit <= 0 || got <= limit {
		return nil
	}
	return checks.Found(cause, "exp is %s ahead; the server allows at most %s", wording.Span(got), wording.Span(limit)).Saying("%s", a.sense.means()).
		Compare(wording.Span(got), "at most "+wording.Span(limit)).Fix("Set exp to at most %s after iat.", wording.Span(limit)).
		At(q.Case.AtMember(finding.PartClaims, "exp")).About(checks.Detail{Name: "exp"})
}

// tooEarly is the fault of a time that the server's clock had not reached.
func (a answer) tooEarly(q Question, e early) *checks.Fault {
	r, _ := q.Case.Response.Get()
	claims, _ := q.Case.Claims.Get()
	at := claims.Date(e.claim).At
	return checks.Found(e.cause, "%s is %s ahead of the server's clock, and the server does not allow for that", e.claim, wording.Span(e.by)).Saying("%s", a.sense.means()).
		Compare(at.UTC().Format(time.DateTime)+"Z", "at most "+r.Date.UTC().Format(time.DateTime)+"Z, the server's Date").
		Fix("Set %s some seconds back, for example by 30, or synchronize the clock of the machine that signs (NTP).", e.claim).
		Set(finding.PartClaims, e.claim, r.Date.Add(-30*time.Second).Unix()).
		At(q.Case.AtMember(finding.PartClaims, e.claim)).About(checks.Detail{Name: e.claim})
}
