package judge

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// stamp makes a finding of an item: words, places and documents are put
// together here, so that an item nobody reads costs nothing.
func (e *Engine) stamp(q Question, it *item) finding.Finding {
	f := finding.Finding{Check: it.check.ID, Title: it.check.Title, Subject: it.check.Subject, Outcome: it.outcome,
		Severity: it.severity, Certainty: it.certainty, Cite: it.check.Cites, ConsequenceOf: it.led}
	switch it.outcome {
	case finding.Broken:
		f.Reason = it.trouble
	case finding.Skip:
		f.Reason, f.Why, f.Supply = e.reason(q, it), e.why(q, it), e.helpful(e.supply(it), q)
		f.Remedy = remedy(f.Supply)
	case finding.Pass:
		f.Message = it.verdict.Words()
		f.Cite = slices.Concat(it.verdict.Cites, it.check.Cites)
	case finding.Fail:
		fault := it.fault
		f.Cause, f.Title, f.Message, f.Found, f.Expected = fault.Cause, fault.Title, fault.Message, fault.Found, fault.Expected
		f.Fix, f.Patch, f.Timeline, f.Ahead = fault.Fixes, fault.Patches, fault.Timeline, it.cause.Ahead
		f.Remedied = len(fault.Fixes) > 0
		f.Verbatim = fault.Detail.Right != "" && fault.Found == fault.Detail.Value && fault.Expected == fault.Detail.Right
		if k := q.At.Kind; k == evidence.IDToken || k == evidence.AccessToken {
			f.Patch = nil // what a server issued is nobody's to change here
		}
		if f.Message == "" {
			f.Message = it.cause.Why
		}
		if it.remark != "" {
			f.Message = strings.TrimSpace(f.Message + " " + it.remark)
		}
		if it.fixes != nil {
			f.Fix = it.fixes
		}
		if len(f.Fix) == 0 && it.cause.Fix != "" {
			f.Fix = []string{it.cause.Fix}
		}
		if it.at != nil {
			f.At = append(f.At, *it.at)
		}
		for _, p := range fault.Places {
			f.At = append(f.At, p.Locate(q.Case))
		}
		cites := it.check.Cites
		if fault.Own {
			cites = nil // the document asks something else
		}
		f.Cite = unique(fault.Cites, cites)
	}
	return f
}

// why is the kind of reason for which a check was skipped. Keys are missing only if
// there is an assertion that they would verify.
func (e *Engine) why(q Question, it *item) finding.Why {
	if !it.lacks {
		return it.verdict.Why
	}
	if it.need == evidence.NeedKeys && q.Case.HasAssertion() {
		return finding.WhyMissing
	}
	return finding.WhyNotGiven
}

func (e *Engine) reason(q Question, it *item) string {
	switch {
	case it.lacks && it.need == evidence.NeedSeen && q.Earlier.Why() != "":
		return q.Earlier.Why()
	case it.lacks:
		return q.Case.Lacks(it.need)
	}
	return it.verdict.Words()
}

// supply lists what would let a skipped check run.
func (e *Engine) supply(it *item) []string {
	if !it.lacks {
		return it.verdict.Supply
	}
	switch it.need {
	case evidence.NeedAssertion, evidence.NeedAssertionOrParts:
		return []string{"an assertion"}
	case evidence.NeedKeys:
		return []string{"--jwks FILE|URL", "--key FILE"}
	}
	return nil
}

// helpful is what of a supply the command can be given: a flag that it does not
// have is of no help.
func (e *Engine) helpful(supply []string, q Question) []string {
	var kept []string
	for _, s := range supply {
		flag, isFlag := strings.CutPrefix(s, "--")
		flag, _, _ = strings.Cut(flag, " ")
		switch {
		case isFlag && e.opts.Has != nil && !e.opts.Has(flag):
		case q.Fresh && flag == "key" && len(supply) > 1:
			// The key that made it says nothing of what is registered.
		default:
			kept = append(kept, s)
		}
	}
	return kept
}

// remedy says what would let a skipped check run, as a clause; "" for nothing.
func remedy(supply []string) string {
	switch last := len(supply) - 1; last {
	case -1:
		return ""
	case 0:
		return "add " + supply[0]
	default:
		return "add " + strings.Join(supply[:last], ", ") + " or " + supply[last]
	}
}

// unique is both lists as one, without repetitions; nil if they are empty.
func unique(first, second []finding.Citation) []finding.Citation {
	n := len(first) + len(second)
	if n == 0 {
		return nil
	}
	out := make([]finding.Citation, 0, n)
	for _, cites := range [...][]finding.Citation{first, second} {
		for _, c := range cites {
			if !slices.ContainsFunc(out, func(o finding.Citation) bool { return o.URL == c.URL && o.Title == c.Title }) {
				out = append(out, c)
			}
		}
	}
	return out
}

// summarise counts items by what they came to.
func summarise(all []item) finding.CaseSummary {
	s := finding.CaseSummary{Verdict: finding.VerdictPass}
	for i := range all {
		switch all[i].outcome {
		case finding.Pass:
			s.Pass++
		case finding.Skip:
			s.Skip++
		case finding.Broken:
			s.Broken++
		case finding.Fail:
			switch all[i].severity {
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
