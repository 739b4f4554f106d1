package doctor

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// diagnose folds consequences under their causes and lists what is left, the
// most likely cause of the refusal first. It changes the findings it is given.
func diagnose(all []finding.Finding, c *evidence.Case, p *profile.Profile, said answer) []finding.Diagnosis {
	fold(all)
	accepted(all, c)
	doubt(all, c, said)
	var order []int
	for i, f := range all {
		if f.Failed() && f.Severity != finding.Note {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := all[i], all[j]
		return cmp.Or(
			// Where nobody looked at the assertion, that is the cause.
			first(unseen(a), unseen(b)),
			// What the server says and a check confirms comes before all else.
			first(said.explains(a.Cause) && a.Certainty != finding.Possible && said.specific(), said.explains(b.Cause) && b.Certainty != finding.Possible && said.specific()),
			cmp.Compare(a.Severity.Rank(), b.Severity.Rank()),
			first(a.Certainty != finding.Possible, b.Certainty != finding.Possible),
			first(said.explains(a.Cause), said.explains(b.Cause)),
			first(a.Cause != refused, b.Cause != refused),
			cmp.Compare(documentedOrder(p, a), documentedOrder(p, b)),
			cmp.Compare(usualOrder(a.Check), usualOrder(b.Check)),
			cmp.Compare(i, j),
		)
	})
	list := []finding.Diagnosis{}
	for _, i := range order {
		f := all[i]
		list = append(list, finding.Diagnosis{Cause: f.Cause, Check: f.Check, Certainty: f.Certainty, Title: f.Title})
	}
	return said.explain(all, list)
}

// unseen tells whether the finding means that nobody looked at the assertion:
// it did not arrive, or somebody else answered.
func unseen(f finding.Finding) bool {
	return f.Severity == finding.Error && (slices.Contains(unjudged(), f.Cause) || strings.HasPrefix(f.Check, "net-"))
}

// first orders what holds before what does not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// doubt marks what the evidence no longer proves for the moment of sending. A
// pasted assertion has grown old since: that it has says little where something
// else is wrong with it, or where a server refused it at another time. And what
// a server had found right before it spoke cannot be what it refused.
func doubt(all []finding.Finding, c *evidence.Case, said answer) {
	old := map[evidence.Basis]string{evidence.BasisIAT: "exp-past", evidence.BasisNow: "iat-too-old"}[c.Basis]
	other := slices.ContainsFunc(all, func(f finding.Finding) bool {
		return f.Failed() && f.Severity == finding.Error && f.Cause != old
	})
	for i := range all {
		f := &all[i]
		switch {
		case !f.Failed():
		case said.specific() && said.explains(f.Cause):
			if f.Certainty == finding.Possible || f.Cause == old {
				f.Certainty = finding.Likely
			}
		case said.proves(*f), other && old != "" && f.Cause == old:
			f.Certainty = finding.Possible
		}
	}
}

// usualOrder is the place of a check in the order in which servers usually come
// to mind a fault: the text, the algorithm, the client, its key, the signature,
// the times, and only then the rest of the claims.
func usualOrder(check string) int {
	order := []string{
		"response-received", "request-method", "request-url", "request-body", "request-content-type", "request-parameters", "request-grant-type",
		"request-assertion-type", "request-assertion", "request-auth", "request-client-id",
		"assertion-clean", "assertion-compact", "assertion-base64url", "assertion-json", "assertion-kind",
		"header-alg", "signature-present", "claim-iss", "claim-sub", "claim-iss-sub",
		"jwks-reachable", "jwks-form", "header-crit", "header-kid", "header-jku", "header-x5t", "header-x5c", "jwks-kid", "key-selected", "jwks-key-valid",
		"signature-encoding", "private-key-readable", "private-key-matches", "signature-valid",
		"time-format", "time-zone", "clock-skew", "time-exp", "time-iat", "time-nbf", "time-lifetime",
		"claim-aud", "claim-jti", "jti-unique", "header-typ", "claim-names", "header-names",
		"request-redirect-uri", "request-pkce", "request-scope", "request-headers", "token-issuer", "token-audience",
	}
	if i := slices.Index(order, check); i >= 0 {
		return i
	}
	return len(order)
}

// documentedOrder is the place of a cause in the order in which the provider's
// server is known to check; what is not listed comes after.
func documentedOrder(p *profile.Profile, f finding.Finding) int {
	for i, id := range p.Order {
		if id == f.Cause || id == f.Check {
			return i
		}
	}
	return len(p.Order)
}

// summarise counts findings by what they came to.
func summarise(all []finding.Finding) finding.CaseSummary {
	s := finding.CaseSummary{Verdict: finding.VerdictPass}
	for _, f := range all {
		switch f.Outcome {
		case finding.Pass:
			s.Pass++
		case finding.Skip:
			s.Skip++
		case finding.Broken:
			s.Broken++
		case finding.Fail:
			switch f.Severity {
			case finding.Error:
				s.Fail++
			case finding.Warning:
				s.Warn++
			default:
				s.Note++
			}
		}
	}
	switch {
	case s.Fail > 0:
		s.Verdict = finding.VerdictFail
	case s.Warn > 0:
		s.Verdict = finding.VerdictWarn
	}
	return s
}
