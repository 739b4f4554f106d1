package judge

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// refused is the cause that stands for the refusal itself.
const refused finding.CauseID = "token-refused"

// answer is what the server's words were recognised as. The zero answer is
// that of a case without a response, or of words nobody knows.
type answer struct {
	symptom *profile.Symptom
	causes  []finding.CauseID // what the symptom explains
	fit     profile.Fit
	from    *profile.Profile // whose list it is in
	alone   bool             // there is nothing but the response
	fresh   bool             // the assertion was made for this very request
	proven  []string         // checks and causes that the answer proves not to be at fault
	unknown bool             // it has a sentence of its own that nobody knows
}

// specific reports whether the server says what it minds, and not only that it
// refuses.
func (a answer) specific() bool { return a.symptom != nil && a.fit.Specific }

func (a answer) explains(cause finding.CauseID) bool { return slices.Contains(a.causes, cause) }

// confirms reports whether the server names what a check has found.
func (a answer) confirms(it *item) bool {
	return it.certainty != finding.Possible && a.specific() && a.explains(it.fault.Cause)
}

// AnswerOf is a response as symptoms are compared with it.
func AnswerOf(r *evidence.Response) profile.Answer {
	e := r.Error
	return profile.Answer{Status: r.Status, Error: e.Code, Description: e.Description, ErrorURI: e.URI, Text: e.Text,
		Loose: e.Code == "" && e.Description == "" && e.URI == ""}
}

// recognise finds what the answer says: in the profile's own list or, where
// that has nothing but the codes all servers use, in the others'.
func (e *Engine) recognise(q Question) answer {
	r, ok := q.Case.Response.Get()
	if !ok || r.Success() {
		return answer{fresh: q.Fresh}
	}
	_, hasRequest := q.Case.Request.Get()
	_, hasAssertion := q.Case.Assertion.Get()
	p := q.Rules.Profile()
	a := answer{alone: !hasRequest && !hasAssertion, fresh: q.Fresh}
	said := AnswerOf(r)
	if fit, found := p.Recognised(said); found {
		a.symptom, a.fit, a.from = fit.Symptom, fit, p
	}
	if !a.specific() && e.opts.Library != nil {
		if others := e.opts.Library.Recognising(said); len(others) > 0 {
			a.symptom, a.fit, a.from = others[0].Fit.Symptom, others[0].Fit, others[0].Profile
		}
	}
	// Words of many prove nothing of the order in which another server checks.
	if a.symptom != nil && (a.from == p || a.fit.Own) {
		a.proven = e.earlier(a.from, a.symptom)
	}
	a.unknown = !a.specific() && said.Unheard()
	if a.symptom != nil {
		a.symptom = timed(a.symptom, r.Error.Description)
		a.causes = make([]finding.CauseID, len(a.symptom.Explains))
		for i, id := range a.symptom.Explains {
			a.causes[i] = finding.CauseID(id)
		}
	}
	return a
}

// earlier lists what a server that checks in a known order had found right
// before it said this.
func (e *Engine) earlier(p *profile.Profile, s *profile.Symptom) []string {
	if s.From != p.ID {
		return nil
	}
	for i, id := range p.Order {
		if slices.ContainsFunc(s.Explains, func(cause string) bool {
			return cause == id || string(e.catalog.checkOf(finding.CauseID(cause))) == id
		}) {
			return p.Order[:i]
		}
	}
	return nil
}

// proves reports whether the answer shows that the server found no such fault.
func (a answer) proves(it *item) bool {
	return slices.Contains(a.proven, string(it.fault.Cause)) || slices.Contains(a.proven, string(it.check.ID))
}

// symptomOf is the symptom as the report shows it; nil where there is none.
func (e *Engine) symptomOf(a answer, p *profile.Profile) *finding.Symptom {
	s := a.symptom
	if s == nil {
		return nil
	}
	means := strings.TrimSpace(s.Means)
	if a.unknown {
		// The refusal quotes them, without what is secret in them.
		means = "The server's own words, which the refusal quotes, are not known here. What its code alone says: " + means
	}
	switch {
	case a.from.ID != p.ID && s.LogOnly:
		means += " These words are known from the log of " + a.from.Name + "."
	case a.from.ID != p.ID:
		means += " These words are known from " + a.from.Name + "."
	case s.LogOnly:
		means += " The text stands in the server's log alone; a client does not see it."
	}
	if words := e.passed(a.proven); words != "" {
		means += " " + a.from.Name + " checks in a known order, so this answer proves that these were found right: " + words + "."
	}
	cite := s.Cite
	if cite == nil {
		cite = []finding.Citation{}
	}
	explains := a.causes
	if explains == nil {
		explains = []finding.CauseID{}
	}
	return &finding.Symptom{Match: a.fit.Words, Means: means, Explains: explains, Cite: cite}
}

// passed names what was proven right, in the subjects of the checks.
func (e *Engine) passed(ids []string) string {
	var words []string
	for _, id := range ids {
		check, ok := e.catalog.CheckOf(id)
		if ok && !slices.Contains(words, check.Subject) {
			words = append(words, check.Subject)
		}
	}
	return strings.Join(words, ", ")
}

// refreshed says of a refusal that a fresh assertion with nothing wrong in it
// met with it too, which moves the blame from what is sent to what is registered.
func (e *Engine) refreshed(all []item, a answer) {
	if !a.fresh {
		return
	}
	at := -1
	for i := range all {
		if !all[i].failed() || all[i].severity != finding.Error {
			continue
		}
		if all[i].fault.Cause != refused {
			return
		}
		if at < 0 {
			at = i
		}
	}
	if at >= 0 {
		it := &all[at]
		message := it.fault.Message
		if message == "" {
			message = it.cause.Why
		}
		fault := *it.fault
		fault.Message = "A fresh assertion with nothing wrong in it was refused too: the cause lies in what is registered for the client, or in what it may ask for. " + message
		it.fault = &fault
		it.fixes = []string{"Go through the provider's checklist below; what was sent is well formed."}
	}
}

// taken reports whether the server accepted this very request and answered it well.
func taken(all []item, c *evidence.Case) bool {
	r, ok := c.Response.Get()
	if !ok || !r.Success() {
		return false
	}
	_, sent := c.Request.Get()
	if _, ok := c.Assertion.Get(); !ok && !sent {
		return false
	}
	return count(all, func(it *item) bool { return it.severity == finding.Error && it.check.OfAnswer }) == 0
}

// accept turns errors into warnings where the server accepted the request: it
// cannot have minded them, whatever it is documented to answer. A published
// private key stays an error.
func accept(all []item, c *evidence.Case) {
	if !taken(all, c) {
		return
	}
	for i := range all {
		it := &all[i]
		it.accepted = true
		if it.failed() && it.severity == finding.Error && !it.cause.Exposes {
			it.severity = finding.Warning
			it.remark = "The server took the request all the same."
		}
	}
}

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
			all[at].led, all[at].severity = d.Cause, finding.Note
			return without
		}
	}
	var open []finding.Diagnosis
	// A sentence that nobody here knows says more than the code beside it: what
	// the code allows becomes questions.
	if a.alone && !a.unknown || a.specific() {
		open = e.open(a, all)
	}
	if len(open) == 0 {
		return list
	}
	return append(open, slices.DeleteFunc(without, func(d finding.Diagnosis) bool {
		return slices.ContainsFunc(open, func(o finding.Diagnosis) bool { return o.Cause == d.Cause })
	})...)
}

// open lists the causes the symptom allows that no check could look for: first
// those whose trait is there to see, though no rule known condemns it.
func (e *Engine) open(a answer, all []item) []finding.Diagnosis {
	var shown, causes []finding.CauseID
	for _, cause := range a.causes {
		switch {
		case cause == refused || slices.Contains(causes, cause) || slices.Contains(shown, cause):
		case shows(all, cause):
			shown = append(shown, cause)
		case !e.answered(all, cause):
			causes = append(causes, cause)
		}
	}
	var list []finding.Diagnosis
	for i, cause := range slices.Concat(shown, causes) {
		d := finding.Diagnosis{Cause: cause, Check: e.catalog.checkOf(cause), Certainty: finding.Possible, Title: e.catalog.titleOf(cause)}
		if a.specific() && (i < len(shown) || len(causes) == 1 && len(shown) == 0 && len(a.causes) == 1) {
			d.Certainty = finding.Likely
		}
		list = append(list, d)
	}
	if len(list) == 0 && a.explains("body-empty") && !a.alone {
		// All that the server misses is there where it was sent.
		list = append(list, finding.Diagnosis{Cause: "body-empty", Check: e.catalog.checkOf("body-empty"), Certainty: finding.Possible,
			Title: "the body was lost on the way: it was sent, and the server answers as if it had seen none (a proxy, a redirect, or framing the server does not read)"})
	}
	return list
}

// answered reports whether a check ran that looks for the cause, so that it is
// found or excluded.
func (e *Engine) answered(all []item, cause finding.CauseID) bool {
	check := e.catalog.checkOf(cause)
	return slices.ContainsFunc(all, func(it item) bool {
		return it.check.ID == check && (it.outcome == finding.Fail ||
			it.outcome == finding.Pass && !slices.Contains(it.verdict.Open, cause) && !slices.Contains(it.verdict.Shown, cause))
	})
}

// shows reports whether the evidence has the trait that the cause is about.
func shows(all []item, cause finding.CauseID) bool {
	return slices.ContainsFunc(all, func(it item) bool {
		return it.outcome == finding.Pass && slices.Contains(it.verdict.Shown, cause)
	})
}

// asks is the checklist: of a refusal what the symptom asks, then what it allows
// and nothing here could confirm, then what only the customer can look up.
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
	if a.fresh {
		// Nothing is wrong with what was sent, so it is what was registered.
		for _, ask := range q.Rules.Profile().Ask {
			add(ask.Text, ask.Cite)
		}
	}
	if a.symptom != nil {
		for _, text := range a.symptom.Ask {
			add(text, a.symptom.Cite)
		}
		for _, cause := range a.causes {
			if slices.ContainsFunc(list, func(d finding.Diagnosis) bool { return d.Cause == cause }) || e.answered(all, cause) || cause == refused {
				continue
			}
			check := e.catalog.checkOf(cause)
			if a.fresh && check == "jti-unique" {
				continue // nobody else has sent it
			}
			text := "Could it be this: " + e.catalog.titleOf(cause) + " (" + string(cause) + ")?"
			if i := slices.IndexFunc(all, func(it item) bool { return it.check.ID == check && it.outcome == finding.Skip }); i >= 0 {
				if remedy := e.remedy(e.supply(&all[i]), q); remedy != "" {
					text += " To find out, " + remedy + "."
				}
			}
			add(text, a.symptom.Cite)
		}
		if a.from.ID != q.Rules.Profile().ID {
			for _, ask := range a.from.Ask {
				if ask.From == a.from.ID {
					add(ask.Text, ask.Cite)
				}
			}
		}
	}
	for _, ask := range q.Rules.Profile().Ask {
		add(ask.Text, ask.Cite)
	}
	return out
}
