package judge

import (
	"cmp"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// refused is the cause that stands for the refusal itself.
const refused finding.CauseID = "token-refused"

// answer is what the server's words were recognised as. The zero answer is
// that of a case without a response, or of words nobody knows.
type answer struct {
	symptom *profile.Symptom
	causes  []finding.CauseID // what the symptom explains
	fit     profile.Fit
	from    *profile.Profile   // whose list it is in
	shared  []*profile.Profile // whose words they are, where several servers mean different things by them; else nil
	agreed  int                // how many of the causes, the first, most of these have in mind
	plain   *saying            // what plain words say, where nothing else is known of them; else nil
	sense   *saying            // what the words say of a claim or parameter; nil where they say nothing
	alone   bool               // there is nothing but the response
	bare    bool               // there is a request, and no assertion in it
	fresh   bool               // the assertion was made for this very request
	proven  []string           // checks and causes that the answer proves not to be at fault
	unknown bool               // it has its own sentence that nobody knows
	ahead   []early            // times of the assertion that the server's clock had not reached
	absent  []finding.CauseID  // causes about something missing that is there
	rules   *profile.Rules     // the provider's
}

// specific reports whether the server says what is wrong, and not only that it
// refuses.
func (a answer) specific() bool { return a.symptom != nil && a.fit.Specific }

// general reports whether a server refuses with these words whatever is wrong.
func (a answer) general() bool {
	const many = 6 // causes that one text can mean
	return !a.specific() || a.vague() || a.plain == nil && len(a.symptom.Explains) > many
}

// vague reports whether the words are those of several servers, which mean
// different things by them.
func (a answer) vague() bool { return len(a.shared) > 1 && a.plain == nil }

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
// that has nothing but the codes all servers use, in the others' or in the plain
// sense of the words.
func (e *Engine) recognise(q Question) answer {
	r, ok := q.Case.Response.Get()
	if !ok || r.Success() {
		return answer{fresh: q.Fresh}
	}
	hasAssertion := q.Case.HasAssertion()
	request, hasRequest := q.Case.Request.Get()
	p := q.Rules.Profile()
	a := answer{alone: !hasRequest && !hasAssertion, bare: hasRequest && !hasAssertion && unasserted(request), fresh: q.Fresh, ahead: aheadOf(q, r), absent: presentOf(q), rules: q.Rules}
	said := AnswerOf(r)
	if fit, found := p.Recognised(said); found {
		a.symptom, a.fit, a.from = fit.Symptom, fit, p
	}
	if !a.specific() {
		e.recogniseElsewhere(&a, said)
		a.recognisePlain(said, p)
	}
	if a.plain == nil && a.specific() {
		e.readRest(&a, said, p)
	}
	// Words of many prove nothing of the order in which another server checks.
	if a.symptom != nil && (a.from == p && a.plain == nil || a.fit.Own) {
		a.proven = e.earlier(a.from, a.symptom)
	}
	a.unknown = !a.specific() && said.Unheard()
	a.read(q)
	if a.symptom != nil {
		a.symptom = timed(a.symptom, r.Error.Description)
		a.causes = make([]finding.CauseID, len(a.symptom.Explains))
		for i, id := range a.symptom.Explains {
			a.causes[i] = finding.CauseID(id)
		}
		if hasAssertion && a.general() {
			a.absent = append(a.absent, "assertion-missing") // words for any refusal say nothing against what is there
		}
	}
	return a
}

// unasserted reports whether a request is known to carry no assertion: none
// that a variable, a file or a damaged body hides.
func unasserted(r *evidence.Request) bool {
	if !r.BodyKnown || r.Body.Unknown != "" || len(r.Unread) > 0 {
		return false
	}
	for _, name := range [...]string{"client_assertion", "assertion"} {
		if p, ok := r.Param(name); ok && (p.Unknown != "" || p.Value != "") {
			return false
		}
	}
	return true
}

// recogniseElsewhere finds the answer among those of other providers. Where
// several use the same words, all their meanings are kept.
func (e *Engine) recogniseElsewhere(a *answer, said profile.Answer) {
	if e.opts.Library == nil {
		return
	}
	others := e.opts.Library.Recognising(said)
	if len(others) == 0 {
		return
	}
	a.symptom, a.fit, a.from = others[0].Fit.Symptom, others[0].Fit, others[0].Profile
	n := profile.Rivals(others)
	if n < 2 || agree(others[:n]) {
		return
	}
	for _, o := range others[:n] {
		a.shared = append(a.shared, o.Profile)
	}
	a.fit.Own = false
	a.symptom, a.agreed = merged(others[:n])
}

// agree reports whether all of them take the words for the same cause.
func agree(all []profile.Elsewhere) bool {
	first := func(e profile.Elsewhere) string { return slices.Concat(e.Fit.Symptom.Explains, []string{""})[0] }
	return !slices.ContainsFunc(all, func(e profile.Elsewhere) bool { return first(e) != first(all[0]) })
}

// otherProtocol reports whether an error code is about something other than the
// client's authentication or the token request: a DPoP proof, a resource, an
// access token.
func otherProtocol(code string) bool {
	switch strings.ToLower(strings.TrimSpace(code)) {
	case "invalid_dpop_proof", "use_dpop_nonce", "invalid_target", "invalid_token", "insufficient_scope", "invalid_request_object", "invalid_request_uri",
		"invalid_software_statement", "invalid_client_metadata", "invalid_redirect_uri", "login_required", "consent_required", "interaction_required", "access_denied":
		return true
	}
	return false
}

// merged is what the same words of several servers mean: first the causes that
// most of them explain, and how many these are.
func merged(all []profile.Elsewhere) (symptom *profile.Symptom, agreed int) {
	out := *all[0].Fit.Symptom
	out.Means = "Several servers say this, and not all mean the same by it."
	out.Explains, out.Ask, out.Cite = nil, nil, nil
	named := map[string]int{}
	for _, o := range all {
		for _, cause := range o.Fit.Symptom.Explains {
			if named[cause]++; named[cause] == 1 {
				out.Explains = append(out.Explains, cause)
			}
		}
		for _, ask := range o.Fit.Symptom.Ask {
			if !slices.Contains(out.Ask, ask) {
				out.Ask = append(out.Ask, ask)
			}
		}
		out.Cite = append(out.Cite, o.Fit.Symptom.Cite[:min(1, len(o.Fit.Symptom.Cite))]...)
	}
	slices.SortStableFunc(out.Explains, func(a, b string) int { return cmp.Compare(named[b], named[a]) })
	for _, n := range named {
		if 2*n > len(all) {
			agreed++
		}
	}
	return &out, agreed
}

// read finds what the recognised words say of a claim or parameter, and what the
// bound they name excludes.
func (a *answer) read(q Question) {
	switch {
	case a.plain != nil:
		a.sense = a.plain
	case a.specific() && !a.vague():
		if s, ok := plainly("", a.fit.Words); ok {
			a.sense = &s
		}
	}
	if a.sense == nil || a.sense.limit <= 0 {
		return
	}
	for _, cause := range [...]finding.CauseID{"lifetime-too-long", "exp-too-far"} {
		if got := reach(q, cause); got > 0 && got <= a.sense.limit {
			a.absent = append(a.absent, cause)
		}
	}
}

// recognisePlain reads the answer's own words, where they are not those of one
// server that is known.
func (a *answer) recognisePlain(said profile.Answer, p *profile.Profile) {
	// Words that have one meaning wherever they are known need no reading, unless they
	// are so few that this server may mean something else by them. What a library says,
	// all servers that use it say.
	few := a.specific() && !a.fit.Distinct && a.from.Judges()
	if a.specific() && len(a.shared) < 2 && !few || otherProtocol(said.Error) {
		return
	}
	text, s, ok := readPlainly(said)
	if !ok {
		return
	}
	symptom := s.symptom(text)
	if a.specific() {
		for _, cause := range a.symptom.Explains {
			if !slices.Contains(symptom.Explains, cause) {
				symptom.Explains = append(symptom.Explains, cause)
			}
		}
		if !few {
			symptom.Cite = a.symptom.Cite
		}
	}
	a.plain, a.symptom, a.from = &s, symptom, p
	a.fit = profile.Fit{Symptom: symptom, Words: symptom.Says, Specific: true}
}

// InPlainWords reads what a server says of a claim or parameter in plain words,
// for an answer that no profile knows.
func InPlainWords(said profile.Answer) (*profile.Symptom, bool) {
	if otherProtocol(said.Error) {
		return nil, false
	}
	text, s, ok := readPlainly(said)
	if !ok {
		return nil, false
	}
	return s.symptom(text), true
}

// readPlainly reads the sentence of an answer: its description, else prose in the
// place of the code, else all of it where it has no members.
func readPlainly(said profile.Answer) (string, saying, bool) {
	text := said.Description
	switch {
	case text != "":
	case strings.Contains(strings.TrimSpace(said.Error), " "):
		text = said.Error
	case said.Loose:
		text = said.Text
	}
	s, ok := plainly(said.Error, text)
	return strings.Join(strings.Fields(text), " "), s, ok
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
		// They are quoted with the refusal, without what is secret in them.
		means = "The words after the code are not known here. The code says: " + means
	}
	switch {
	case len(a.shared) > 1:
		var names []string
		for _, other := range a.shared[:min(len(a.shared), 6)] {
			names = append(names, other.Name)
		}
		means += " These words are known from " + wording.And(names) + "."
	case a.from.ID != p.ID && s.LogOnly:
		means += " These words are known from the log of " + a.from.Name + "."
	case a.from.ID != p.ID:
		means += " These words are known from " + a.from.Name + "."
	case s.LogOnly:
		means += " This text is only in the server's log; a client does not see it."
	}
	if words := e.passed(a.proven); words != "" {
		means += " " + a.from.Name + " checks in a known order, so this answer proves that it found these right: " + words + "."
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
