package doctor

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// refused is the cause that stands for the refusal itself.
const refused = "token-refused"

// answer is what the server's words were recognised as. The zero answer is
// that of a case without a response, or of words nobody knows.
type answer struct {
	symptom *profile.Symptom
	fit     profile.Fit
	from    *profile.Profile // whose list it stands in
	alone   bool             // there is nothing but the response
	fresh   bool             // the assertion was made for this very request
	proven  []string         // causes the answer proves not to be there
	unknown bool             // it has a sentence of its own that nobody knows
}

// specific tells a server that says what it minds from one that says no more
// than that it refuses.
func (a answer) specific() bool { return a.symptom != nil && a.fit.Specific }

func (a answer) explains(cause string) bool {
	return a.symptom != nil && slices.Contains(a.symptom.Explains, cause)
}

// AnswerOf is a response as symptoms are compared with it.
func AnswerOf(r *evidence.Response) profile.Answer {
	e := r.Error
	return profile.Answer{Status: r.Status, Error: e.Code, Description: e.Description, ErrorURI: e.URI, Text: e.Text,
		Loose: e.Code == "" && e.Description == "" && e.URI == ""}
}

// known tells whether text that may be anything is a server's words.
func (j *judge) known(r *evidence.Response) bool {
	if len(j.profiles.library.Recognising(AnswerOf(r))) > 0 {
		return true
	}
	rules, err := j.profiles.get(standard)
	if err != nil {
		return false
	}
	_, ok := rules.Profile().Recognised(AnswerOf(r))
	return ok
}

// recognise finds what the answer says: in the profile's own list or, where
// that has nothing but the codes all servers use, in the others'.
func (j *judge) recognise(c *evidence.Case, p *profile.Profile) answer {
	r, ok := c.Response.Get()
	if !ok || r.Success() {
		return answer{}
	}
	_, hasRequest := c.Request.Get()
	_, hasAssertion := c.Assertion.Get()
	a := answer{alone: !hasRequest && !hasAssertion, fresh: j.opts.Online.Fresh}
	fit, found := p.Recognised(AnswerOf(r))
	if found {
		a.symptom, a.fit, a.from = fit.Symptom, fit, p
	}
	if !a.specific() {
		if others := j.profiles.library.Recognising(AnswerOf(r)); len(others) > 0 {
			a.symptom, a.fit, a.from = others[0].Fit.Symptom, others[0].Fit, others[0].Profile
		}
	}
	// Words of many prove nothing of the order in which another server checks.
	if a.symptom != nil && (a.from == p || a.fit.Own) {
		a.proven = earlier(a.from, a.symptom)
	}
	a.unknown = !a.specific() && AnswerOf(r).Unheard()
	if a.symptom != nil {
		a.symptom = timed(a.symptom, r.Error.Description)
	}
	return a
}

// earlier lists what a server that checks in a known order had found right
// before it said this.
func earlier(p *profile.Profile, s *profile.Symptom) []string {
	if s.From != p.ID {
		return nil
	}
	first := len(p.Order)
	for i, id := range p.Order {
		if slices.ContainsFunc(s.Explains, func(cause string) bool { return cause == id || checkOf(cause) == id }) {
			first = i
			break
		}
	}
	if first == len(p.Order) {
		return nil
	}
	return p.Order[:first]
}

// proves tells whether the answer shows that the server found no such fault.
func (a answer) proves(f finding.Finding) bool {
	return slices.Contains(a.proven, f.Cause) || slices.Contains(a.proven, f.Check)
}

// report is the symptom as the report tells it; nil where there is none.
func (a answer) report(p *profile.Profile) *finding.Symptom {
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
	if words := passed(a.proven); words != "" {
		means += " " + a.from.Name + " checks in a known order, so this answer proves that these were found right: " + words + "."
	}
	cite := s.Cite
	if cite == nil {
		cite = []finding.Citation{}
	}
	explains := slices.Clone(s.Explains)
	if explains == nil {
		explains = []string{}
	}
	return &finding.Symptom{Match: a.fit.Words, Means: means, Explains: explains, Cite: cite}
}

// passed names what was proven right, in the words of the checks' titles.
func passed(ids []string) string {
	var words []string
	for _, id := range ids {
		if id := checkOf(id); id == "assertion-compact" || id == "assertion-json" || id == "assertion-base64url" {
			if !slices.Contains(words, "the JWT's form") {
				words = append(words, "the JWT's form")
			}
			continue
		}
		word := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(checkOf(id), "header-"), "claim-"), "time-")
		word = strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(word, "assertion-"), "request-"), "-", " ")
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// refreshed says of a refusal that a fresh assertion with nothing wrong in it
// met with it too, which moves the blame from what is sent to what is registered.
func (a answer) refreshed(all []finding.Finding) {
	if !a.fresh {
		return
	}
	at := -1
	for i, f := range all {
		// The key that made it says nothing of what is registered.
		all[i].Remedy = strings.TrimSuffix(f.Remedy, " or --key FILE")
		if f.Failed() && f.Severity == finding.Error {
			if f.Cause != refused {
				at = len(all)
			} else if at < 0 {
				at = i
			}
		}
	}
	if at >= 0 && at < len(all) {
		all[at].Message = "A fresh assertion with nothing wrong in it was refused too: the cause lies in what is registered for the client, or in what it may ask for. " + all[at].Message
		all[at].Fix = []string{"Go through the provider's checklist below; what was sent is well formed."}
	}
}

// taken tells whether the server took this very request and answered it well.
func taken(all []finding.Finding, c *evidence.Case) bool {
	r, ok := c.Response.Get()
	if !ok || !r.Success() {
		return false
	}
	_, sent := c.Request.Get()
	if _, ok := c.Assertion.Get(); !ok && !sent {
		return false
	}
	return !slices.ContainsFunc(all, func(f finding.Finding) bool {
		// Not well formed, or not all of it.
		return f.Failed() && f.Severity == finding.Error && (f.Check == "response-token" || f.Check == "response-json" || strings.HasPrefix(f.Check, "net-"))
	})
}

// accepted turns errors into warnings where the server took the request: it
// cannot have minded them, whatever it is said to answer. A published private
// key stays an error.
func accepted(all []finding.Finding, c *evidence.Case) {
	if !taken(all, c) {
		return
	}
	for i := range all {
		f := &all[i]
		f.Answer = ""
		if f.Failed() && f.Severity == finding.Error && f.Cause != "jwks-private-key" && f.Cause != "embedded-private-key" {
			f.Severity = finding.Warning
			f.Message = strings.TrimSpace(f.Message + " The server took the request all the same.")
		}
	}
}

// unjudged are causes that mean the server never came to look at the assertion.
func unjudged() []string {
	return []string{"answered-by-gateway", "endpoint-not-found", "server-failed", "rate-limited", "token-not-accepted-by-api", "post-became-get"}
}

// explain ties the refusal to what was found: where something explains it, the
// refusal is its consequence; where nothing does, what the server's words allow
// stands in the diagnosis, or else the refusal itself.
func (a answer) explain(all []finding.Finding, list []finding.Diagnosis) []finding.Diagnosis {
	at := slices.IndexFunc(all, func(f finding.Finding) bool { return f.Failed() && f.Cause == refused })
	if at < 0 {
		return list
	}
	without := slices.DeleteFunc(slices.Clone(list), func(d finding.Diagnosis) bool { return d.Cause == refused })
	for _, d := range without {
		f := slices.IndexFunc(all, func(f finding.Finding) bool { return f.Failed() && f.Cause == d.Cause && f.ConsequenceOf == "" })
		if f < 0 || d.Certainty == finding.Possible {
			continue
		}
		if all[f].Severity == finding.Error || a.explains(d.Cause) {
			all[at].ConsequenceOf, all[at].Severity = d.Cause, finding.Note
			return without
		}
	}
	var open []finding.Diagnosis
	// A sentence that nobody here knows says more than the code beside it: what
	// the code allows becomes questions.
	if a.alone && !a.unknown || a.specific() {
		open = a.open(all)
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
func (a answer) open(all []finding.Finding) []finding.Diagnosis {
	var shown, causes []string
	for _, cause := range a.causes() {
		switch {
		case cause == refused || slices.Contains(causes, cause) || slices.Contains(shown, cause):
		case shows(all, cause):
			shown = append(shown, cause)
		case !answered(all, cause):
			causes = append(causes, cause)
		}
	}
	var list []finding.Diagnosis
	for i, cause := range slices.Concat(shown, causes) {
		d := finding.Diagnosis{Cause: cause, Check: checkOf(cause), Certainty: finding.Possible, Title: titleOf(cause)}
		if a.specific() && (i < len(shown) || len(causes) == 1 && len(shown) == 0 && len(a.causes()) == 1) {
			d.Certainty = finding.Likely
		}
		list = append(list, d)
	}
	if len(list) == 0 && slices.Contains(a.causes(), "body-empty") && !a.alone {
		// All that the server misses is there where it was sent.
		list = append(list, finding.Diagnosis{Cause: "body-empty", Check: checkOf("body-empty"), Certainty: finding.Possible,
			Title: "the body was lost on the way: it was sent, and the server answers as if it had seen none (a proxy, a redirect, or framing the server does not read)"})
	}
	return list
}

func (a answer) causes() []string {
	if a.symptom == nil {
		return nil
	}
	return a.symptom.Explains
}

// answered tells whether a check ran that looks for the cause, so that it is
// found or excluded.
func answered(all []finding.Finding, cause string) bool {
	return slices.ContainsFunc(all, func(f finding.Finding) bool {
		return f.Check == checkOf(cause) && (f.Outcome == finding.Fail ||
			f.Outcome == finding.Pass && !slices.Contains(f.Open, cause) && !slices.Contains(f.Shown, cause))
	})
}

// shows tells whether the evidence has the trait that the cause is about.
func shows(all []finding.Finding, cause string) bool {
	return slices.ContainsFunc(all, func(f finding.Finding) bool {
		return f.Outcome == finding.Pass && slices.Contains(f.Shown, cause)
	})
}

// asks is the checklist: of a refusal what the symptom asks, then what it allows
// and nothing here could confirm, then what only the customer can look up.
func (a answer) asks(all []finding.Finding, list []finding.Diagnosis, p *profile.Profile) []finding.Ask {
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
		for _, q := range p.Ask {
			add(q.Text, q.Cite)
		}
	}
	if a.symptom != nil {
		for _, q := range a.symptom.Ask {
			add(q, a.symptom.Cite)
		}
		for _, cause := range a.symptom.Explains {
			if slices.ContainsFunc(list, func(d finding.Diagnosis) bool { return d.Cause == cause }) || answered(all, cause) || cause == refused {
				continue
			}
			if a.fresh && checkOf(cause) == "jti-unique" {
				continue // nobody else has sent it
			}
			text := "Could it be this: " + titleOf(cause) + " (" + cause + ")?"
			if remedy := remedyFor(all, checkOf(cause)); remedy != "" {
				text += " To find out, " + remedy + "."
			}
			add(text, a.symptom.Cite)
		}
		if a.from.ID != p.ID {
			for _, q := range a.from.Ask {
				if q.From == a.from.ID {
					add(q.Text, q.Cite)
				}
			}
		}
	}
	for _, q := range p.Ask {
		add(q.Text, q.Cite)
	}
	return out
}

func remedyFor(all []finding.Finding, check string) string {
	for _, f := range all {
		if f.Check == check && f.Outcome == finding.Skip {
			return f.Remedy
		}
	}
	return ""
}

// titleOf is what a cause says, as a clause; of one nobody looks for yet its
// ID has to do.
func titleOf(cause string) string {
	for _, c := range checks.All() {
		for _, k := range c.Causes {
			if k.ID == cause {
				return k.Title
			}
		}
	}
	return strings.ReplaceAll(cause, "-", " ")
}
