package checks

import (
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// testNow is the moment the cases of these tests are judged at.
var testNow = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

// Run asks the checks of a list in order and writes down what each answers, as
// package judge does but without folding and ranking.
func Run(c *evidence.Case, rules *profile.Rules, answer *profile.Symptom, list []Check) []finding.Finding {
	return runAt(c, evidence.Moment{Kind: c.Kind, Now: testNow, AsOf: testNow, Basis: evidence.BasisNow}, rules, answer, list)
}

func runAt(c *evidence.Case, at evidence.Moment, rules *profile.Rules, answer *profile.Symptom, list []Check) []finding.Finding {
	ctx := NewCtx(c, at, rules, answer)
	failed := map[finding.CauseID]bool{}
	ctx.Failed = func(cause finding.CauseID) bool { return failed[cause] }
	var all []finding.Finding
	for i := range list {
		check := &list[i]
		if len(check.Kinds) > 0 && !slices.Contains(check.Kinds, c.Kind) {
			continue
		}
		for _, f := range answers(ctx, check, failed) {
			if f.Outcome == finding.Fail {
				failed[f.Cause] = true
			}
			all = append(all, f)
		}
	}
	return all
}

func answers(c *Ctx, check *Check, failed map[finding.CauseID]bool) []finding.Finding {
	base := finding.Finding{Check: check.ID, Title: check.Title, Severity: finding.Note, Cite: check.Cites}
	for _, n := range check.Needs {
		if !c.Present().Has(evidence.SetOf(n)) {
			base.Outcome, base.Reason = finding.Skip, c.Lacks(n)
			return []finding.Finding{base}
		}
	}
	for _, cause := range check.After {
		if failed[cause] {
			base.Outcome, base.Reason = finding.Skip, "moot: "+string(cause)+" comes first"
			return []finding.Finding{base}
		}
	}
	v := check.Judge(c)
	switch {
	case v.Skipped:
		base.Outcome, base.Reason, base.Why, base.Remedy = finding.Skip, v.Words(), v.Why, strings.Join(v.Supply, " or ")
	case len(v.Faults) == 0:
		base.Outcome, base.Message = finding.Pass, v.Words()
		base.Cite = slices.Concat(v.Cites, check.Cites)
	default:
		var all []finding.Finding
		for _, fault := range v.Faults {
			all = append(all, stamped(c, check, fault))
		}
		return all
	}
	return []finding.Finding{base}
}

func stamped(c *Ctx, check *Check, fault *Fault) finding.Finding {
	f := finding.Finding{Check: check.ID, Cause: fault.Cause, Outcome: finding.Fail, Severity: fault.Severity, Certainty: fault.Certainty,
		Title: fault.Title, Message: fault.Message, Found: fault.Found, Expected: fault.Expected, Fix: fault.Fixes, Patch: fault.Patches, Timeline: fault.Timeline,
		Cite: slices.Concat(fault.Cites, check.Cites)}
	cause, ok := declared(*check, fault.Cause)
	if !ok {
		return finding.Finding{Check: check.ID, Outcome: finding.Broken, Reason: "it does not declare " + string(fault.Cause)}
	}
	if f.Message == "" {
		f.Message = cause.Why
	}
	if len(f.Fix) == 0 {
		f.Fix = []string{cause.Fix}
	}
	if f.Severity == "" {
		f.Severity = cause.Severity
		if c.Sent && cause.SentSeverity != "" {
			f.Severity = cause.SentSeverity
		}
	}
	for _, id := range []string{string(check.ID), string(f.Cause)} {
		if s, ok := c.Profile.Severities[id]; ok {
			f.Severity = s
		}
	}
	for _, p := range fault.Places {
		f.At = append(f.At, p.Locate(c.Case))
	}
	return f
}
