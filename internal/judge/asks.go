package judge

import (
	"slices"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// mostVague is how many questions there are before those of words that could mean
// nearly anything end.
const mostVague = 12

// asks is the checklist. Of a refusal for which nothing was found: whether the
// assertion was fresh, and what it has that some servers refuse. Then what the
// symptom asks, what it allows and nothing here could confirm, and last what only
// the customer can look up.
func (e *Engine) asks(all []item, list []finding.Diagnosis, q Question, a answer) []finding.Ask {
	out := []finding.Ask{}
	add := func(text string, cite []finding.Citation) {
		if cite == nil {
			cite = []finding.Citation{}
		}
		if !slices.ContainsFunc(out, func(o finding.Ask) bool { return o.Text == text }) {
			out = append(out, finding.Ask{Text: text, Cite: cite})
		}
	}
	if e.unfit(all, q, a) {
		add("Is this the assertion that the server answered? Its words do not fit this one.", nil)
	}
	p := q.Rules.Profile()
	traits := func() {
		if !a.alone && !a.bare && (!a.specific() || a.vague()) && unexplained(all) {
			for _, text := range a.traits(all, q) {
				add(text, nil)
			}
		}
	}
	if !a.fresh {
		if text := freshness(q); text != "" && unexplained(all) {
			add(text, nil)
		}
		traits()
	} else {
		// Nothing is wrong with what was sent, so it is what was registered.
		for _, cause := range registeredFirst(slices.Clone(a.causes)) {
			switch cause {
			case "signed-by-unknown-key", "private-key-mismatch", "kid-not-in-jwks", "sub-not-client-id", "iss-not-client-id":
				e.askCause(add, all, list, q, a, cause)
			}
		}
		for _, ask := range p.Ask {
			add(ask.Text, ask.Cite)
		}
		traits()
	}
	if a.symptom != nil {
		for _, text := range a.symptom.Ask {
			add(text, a.symptom.Cite)
		}
		for _, cause := range a.causes {
			if a.vague() && len(out) >= mostVague {
				break // the words could mean nearly anything
			}
			e.askCause(add, all, list, q, a, cause)
		}
		if a.from.ID != p.ID && len(a.shared) == 0 {
			for _, ask := range a.from.Ask {
				if ask.From == a.from.ID {
					add(ask.Text, ask.Cite)
				}
			}
		}
	}
	for _, it := range all {
		if it.outcome == finding.Skip && it.shows("assertion-missing") {
			add("Does this client have to authenticate? The request has no client_assertion.", nil)
		}
	}
	for _, ask := range p.Ask {
		add(ask.Text, ask.Cite)
	}
	return out
}

// unfit reports whether nothing that the server's words can mean is true of the
// assertion that was given with them.
func (e *Engine) unfit(all []item, q Question, a answer) bool {
	if !a.specific() || a.alone || a.fresh || !q.Case.HasAssertion() || len(a.causes) == 0 {
		return false
	}
	return !slices.ContainsFunc(a.causes, func(cause finding.CauseID) bool {
		return cause == refused || !e.answered(all, cause) || slices.ContainsFunc(all, func(it item) bool { return it.failed() && it.fault.Cause == cause })
	})
}

// askCause adds the question whether it is a cause that the symptom allows,
// unless it is in the diagnosis already or excluded.
func (e *Engine) askCause(add func(string, []finding.Citation), all []item, list []finding.Diagnosis, q Question, a answer, cause finding.CauseID) {
	if cause == refused || slices.ContainsFunc(list, func(d finding.Diagnosis) bool { return d.Cause == cause }) ||
		e.answered(all, cause) || e.impossible(a, all, cause) {
		return
	}
	check := e.catalog.checkOf(cause)
	text := "Could it be that " + e.catalog.titleOf(cause) + " (" + string(cause) + ")?"
	if p, ok := checks.PossibilityUnder(a.rules, check, cause); ok {
		text = p.Title + " (" + string(cause) + ")."
	}
	if i := slices.IndexFunc(all, func(it item) bool { return it.check.ID == check && it.outcome == finding.Skip }); i >= 0 {
		if how := remedy(e.helpful(e.supply(&all[i]), q)); how != "" {
			text += " To find out, " + how + "."
		}
	}
	add(text, a.symptom.Cite)
}

// unexplained reports whether a server refused the request, and nothing was
// found that is surely wrong with it.
func unexplained(all []item) bool {
	is := false
	for i := range all {
		switch it := &all[i]; {
		case !it.failed():
		case it.fault.Cause == refused:
			is = true
		case it.severity == finding.Error && it.certainty != finding.Possible:
			return false
		}
	}
	return is
}

// freshness is the question whether the assertion was fresh when it was sent;
// "" if that is known, or it has no end.
func freshness(q Question) string {
	switch q.At.Basis {
	case evidence.BasisDate, evidence.BasisHAR, evidence.BasisLog, evidence.BasisAnswer, evidence.BasisFlag:
		return ""
	}
	claims, ok := q.Case.Claims.Get()
	if !ok || q.Fresh {
		return ""
	}
	exp := claims.Date("exp")
	if !exp.Usable {
		return ""
	}
	until := exp.At.UTC().Format(time.DateTime) + "Z"
	for _, name := range [...]string{"nbf", "iat"} {
		if from := claims.Date(name); from.Usable && from.At.Before(exp.At) {
			return "Was the assertion fresh when it was sent? It is valid from " + from.At.UTC().Format(time.DateTime) + "Z to " + until + "."
		}
	}
	return "Was the assertion fresh when it was sent? It is valid until " + until + "."
}
