package doctor

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// diagnose folds consequences under their causes and lists what is left, the
// most likely cause of the refusal first. It changes the findings it is given.
func diagnose(all []finding.Finding, c *evidence.Case, p *profile.Profile) []finding.Diagnosis {
	fold(all)
	// A pasted assertion has grown old since it was sent: that it has says
	// little where something else is wrong with it.
	old := map[evidence.Basis]string{evidence.BasisIAT: "exp-past", evidence.BasisNow: "iat-too-old"}[c.Basis]
	if other := slices.ContainsFunc(all, func(f finding.Finding) bool {
		return f.Failed() && f.Severity == finding.Error && f.Cause != old
	}); other {
		for i := range all {
			if old != "" && all[i].Cause == old {
				all[i].Certainty = finding.Possible
			}
		}
	}
	var order []int
	for i, f := range all {
		if f.Failed() && f.Severity != finding.Note {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := all[i], all[j]
		if d := a.Severity.Rank() - b.Severity.Rank(); d != 0 {
			return d
		}
		if pa, pb := a.Certainty == finding.Possible, b.Certainty == finding.Possible; pa != pb {
			if pa {
				return 1
			}
			return -1
		}
		if d := documentedOrder(p, a) - documentedOrder(p, b); d != 0 {
			return d
		}
		if d := usualOrder(a.Check) - usualOrder(b.Check); d != 0 {
			return d
		}
		return i - j
	})
	list := []finding.Diagnosis{}
	for _, i := range order {
		f := all[i]
		list = append(list, finding.Diagnosis{Cause: f.Cause, Check: f.Check, Certainty: f.Certainty, Title: f.Title})
	}
	return list
}

// usualOrder is the place of a check in the order in which servers usually come
// to mind a fault: the text, the algorithm, the client, its key, the signature,
// the times, and only then the rest of the claims.
func usualOrder(check string) int {
	order := []string{
		"assertion-clean", "assertion-compact", "assertion-base64url", "assertion-json", "assertion-kind",
		"header-alg", "signature-present", "claim-iss", "claim-sub", "claim-iss-sub",
		"jwks-reachable", "jwks-form", "header-crit", "header-kid", "header-jku", "header-x5t", "header-x5c", "jwks-kid", "key-selected", "jwks-key-valid",
		"signature-encoding", "private-key-readable", "private-key-matches", "signature-valid",
		"time-format", "time-zone", "time-exp", "time-iat", "time-nbf", "time-lifetime",
		"claim-aud", "claim-jti", "jti-unique", "header-typ", "claim-names", "header-names",
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
