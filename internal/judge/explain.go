package judge

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// explain ties the refusal to what was found: where something explains it, the
// refusal is its consequence; where nothing does, what the server's words allow
// is in the diagnosis, or else the refusal itself.
func (e *Engine) explain(a answer, all []item, list []finding.Diagnosis) []finding.Diagnosis {
	at := slices.IndexFunc(all, func(it item) bool { return it.failed() && it.fault.Cause == refused })
	if at < 0 {
		return list
	}
	without := slices.DeleteFunc(slices.Clone(list), func(d finding.Diagnosis) bool { return d.Cause == refused })
	for _, d := range without {
		f := slices.IndexFunc(all, func(it item) bool { return it.failed() && it.fault.Cause == d.Cause && it.led == "" })
		if f < 0 || d.Certainty == finding.Possible {
			continue
		}
		if all[f].severity == finding.Error || a.explains(d.Cause) {
			// The refusal becomes its consequence, so that it is as grave.
			all[f].severity = finding.Error
			all[at].led, all[at].severity = d.Cause, finding.Note
			return without
		}
	}
	var open []finding.Diagnosis
	// A sentence that nobody here knows says more than the code next to it: what
	// the code allows becomes questions.
	if a.alone && !a.unknown || a.specific() || e.narrow(a) {
		open = e.open(a, all)
	}
	if len(open) == 0 {
		return list
	}
	return append(open, slices.DeleteFunc(without, func(d finding.Diagnosis) bool {
		return slices.ContainsFunc(open, func(o finding.Diagnosis) bool { return o.Cause == d.Cause })
	})...)
}

// narrow reports whether the code says what the refusal is about, whatever the
// sentence next to it adds: invalid_scope is about scope.
func (e *Engine) narrow(a answer) bool {
	if a.symptom == nil || len(a.causes) == 0 {
		return false
	}
	check := e.catalog.checkOf(a.causes[0])
	return check != "" && !slices.ContainsFunc(a.causes, func(c finding.CauseID) bool { return e.catalog.checkOf(c) != check })
}

// open lists the causes the symptom allows that no check could look for: first
// those whose trait the evidence has, though no rule known condemns it.
func (e *Engine) open(a answer, all []item) []finding.Diagnosis {
	var shown, causes []finding.CauseID
	for i, cause := range a.causes {
		switch {
		case cause == refused || slices.Contains(causes, cause) || slices.Contains(shown, cause) || e.impossible(a, all, cause):
		case a.shows(all, cause):
			if !a.vague() || telling(all, cause) {
				shown = append(shown, cause)
			}
		case e.answered(all, cause):
		case a.vague() && !a.alone && (i >= a.agreed || e.seen(all, cause)):
			// It is what some mean, or accuses a value that was seen without proof: a
			// question.
		default:
			causes = append(causes, cause)
		}
	}
	if a.fresh {
		causes = registeredFirst(causes)
	}
	if a.plain != nil && !a.alone {
		// Of what plain words may mean the first is meant; the rest are questions.
		causes = causes[:min(len(causes), max(0, 1-len(shown)))]
	}
	var list []finding.Diagnosis
	for i, cause := range slices.Concat(shown, causes) {
		d := e.possibility(a.rules, cause, i < len(shown))
		if e.points(a, i, len(shown), len(causes)) {
			d.Certainty = finding.Likely
		}
		list = append(list, d)
	}
	if len(list) == 0 && a.explains("body-empty") && !a.alone {
		// All that the server misses is there where it was sent.
		list = append(list, finding.Diagnosis{Cause: "body-empty", Check: e.catalog.checkOf("body-empty"), Certainty: finding.Possible,
			Title: "the body was lost on the way: it was sent, but the server answers as if it had seen none (a proxy, a redirect, or framing the server does not read)"})
	}
	return list
}

// possibility is an entry of the diagnosis without its own finding: unless
// the evidence shows the thing itself, it is reported as what may be.
func (e *Engine) possibility(rules *profile.Rules, cause finding.CauseID, shown bool) finding.Diagnosis {
	d := finding.Diagnosis{Cause: cause, Check: e.catalog.checkOf(cause), Certainty: finding.Possible, Title: e.catalog.titleOf(cause)}
	fix := ""
	if c, _, ok := e.catalog.Cause(cause); ok {
		fix = c.Fix
	}
	if p, ok := checks.PossibilityUnder(rules, d.Check, cause); ok && !shown {
		d.Title, d.Tell = p.Title, p.Tell
		if p.Fix != "" {
			fix = p.Fix
		}
	}
	if e.opts.Brief {
		d.Tell = "" // nobody reads it
	} else if fix != "" {
		d.Fix = []string{fix}
	}
	return d
}

// points reports whether the answer points to the open cause at an index, of
// which the first are shown by the evidence, and does not only allow it.
func (e *Engine) points(a answer, i, shown, others int) bool {
	switch {
	case a.alone && len(a.causes) == 1:
		return true
	case !a.specific() || a.vague() && shown+others > 1:
		return false
	case a.plain != nil:
		return i == 0 && shown+others == 1
	}
	return i < shown || others == 1 && shown == 0 && i == 0
}

// impossible reports whether the case excludes a cause without a check of it: a
// request without an assertion is not refused for what is wrong with one, one
// that was just made has not been used, changed or delayed, and what is there is
// not missing.
func (e *Engine) impossible(a answer, all []item, cause finding.CauseID) bool {
	return a.bare && e.ofAssertion(all, cause) || a.fresh && minted(e.catalog.checkOf(cause), cause) || slices.Contains(a.absent, cause)
}

// ofAssertion reports whether a cause is about an assertion that is not there.
func (e *Engine) ofAssertion(all []item, cause finding.CauseID) bool {
	check := e.catalog.checkOf(cause)
	return slices.ContainsFunc(all, func(it item) bool {
		if it.check.ID != check || !it.lacks {
			return false
		}
		switch it.need {
		case evidence.NeedRequest, evidence.NeedResponse, evidence.NeedNetwork, evidence.NeedDiscovery, evidence.NeedIssued, evidence.NeedAuthorization, evidence.NeedRequestOrAuthorization:
			return false
		}
		return true
	})
}

// minted reports whether this program's own minting excludes a cause.
func minted(check finding.CheckID, cause finding.CauseID) bool {
	switch check {
	case "assertion-clean", "assertion-compact", "assertion-base64url", "assertion-json", "assertion-kind", "header-crit", "header-key-material",
		"claim-jti", "jti-unique", "time-format", "time-zone", "time-iat", "time-nbf", "time-exp", "time-lifetime",
		"signature-present", "signature-encoding", "private-key-readable", "request-method", "request-content-type", "request-body", "request-assertion-type", "request-assertion":
		return true
	case "signature-valid":
		return cause != "signed-by-unknown-key" && cause != "signed-by-other-key"
	}
	return false
}

// registeredFirst puts the causes that are a matter of what is registered for
// the client before the others: its key, then its ID.
func registeredFirst(causes []finding.CauseID) []finding.CauseID {
	rank := func(cause finding.CauseID) int {
		switch cause {
		case "signed-by-unknown-key", "private-key-mismatch":
			return 0
		case "kid-not-in-jwks":
			return 1
		case "sub-not-client-id", "iss-not-client-id":
			return 2
		}
		return 3
	}
	slices.SortStableFunc(causes, func(a, b finding.CauseID) int { return rank(a) - rank(b) })
	return causes
}

// answered reports whether a check ran that looks for the cause, so that it is
// found or excluded.
func (e *Engine) answered(all []item, cause finding.CauseID) bool {
	check := e.catalog.checkOf(cause)
	return slices.ContainsFunc(all, func(it item) bool {
		return it.check.ID == check && (it.outcome == finding.Fail ||
			it.outcome == finding.Pass && !slices.Contains(it.verdict.Open, cause) && !it.shows(cause))
	})
}

// seen reports whether a check ran that looks for the cause and did not find it,
// though it could not exclude it.
func (e *Engine) seen(all []item, cause finding.CauseID) bool {
	check := e.catalog.checkOf(cause)
	return slices.ContainsFunc(all, func(it item) bool { return it.check.ID == check && it.outcome == finding.Pass })
}
