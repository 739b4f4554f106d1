package judge

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// mostRest is how many bytes a server adds to a general sentence to say what is
// wrong.
const mostRest = 200

// readRest reads what follows the sentence that was recognised: "Invalid assertion.
// Client authentication failed. The jti has already been used". What it says of a
// claim or parameter is more than the sentence before it says, unless that one
// has the cause in mind, too.
func (e *Engine) readRest(a *answer, said profile.Answer, p *profile.Profile) {
	rest := after(said.Description, a.fit.Words)
	if rest == "" {
		return
	}
	if e.recogniseRest(a, rest, p) {
		return
	}
	s, ok := plainly(said.Error, rest)
	if !ok || slices.ContainsFunc(s.causes, func(c finding.CauseID) bool { return slices.Contains(a.symptom.Explains, string(c)) }) {
		return
	}
	symptom := s.symptom(strings.Join(strings.Fields(said.Description), " "))
	for _, cause := range a.symptom.Explains {
		if !slices.Contains(symptom.Explains, cause) {
			symptom.Explains = append(symptom.Explains, cause)
		}
	}
	symptom.Means = strings.TrimSpace(a.symptom.Means + " " + symptom.Means)
	symptom.Cite, symptom.Ask, symptom.From = a.symptom.Cite, a.symptom.Ask, a.symptom.From
	a.plain, a.symptom, a.fit.Words = &s, symptom, symptom.Says
}

// recogniseRest finds what follows among the answers that are known: another sentence
// of the provider's, or of a library it passes on.
func (e *Engine) recogniseRest(a *answer, rest string, p *profile.Profile) bool {
	said := profile.Answer{Description: rest, Text: rest}
	fit, ok := p.Recognised(said)
	from := p
	if !ok || !fit.Specific {
		if e.opts.Library == nil {
			return false
		}
		others := e.opts.Library.Recognising(said)
		if len(others) == 0 || profile.Rivals(others) > 1 && !agree(others[:profile.Rivals(others)]) {
			return false
		}
		fit, from = others[0].Fit, others[0].Profile
	}
	if fit.Symptom == a.symptom || slices.ContainsFunc(fit.Symptom.Explains, func(c string) bool { return slices.Contains(a.symptom.Explains[:min(1, len(a.symptom.Explains))], c) }) {
		return false
	}
	fit.Own = false
	a.symptom, a.fit, a.from, a.shared, a.agreed = fit.Symptom, fit, from, nil, 0
	return true
}

// after is the clause of a description that follows the words recognised in it; ""
// where they are a mere code, or nothing of that length follows.
func after(description, words string) string {
	line := strings.Join(strings.Fields(description), " ")
	i := strings.Index(strings.ToLower(line), strings.ToLower(words))
	if i < 0 || i+len(words) > len(line) || !strings.Contains(words, " ") {
		return ""
	}
	rest := line[i+len(words):]
	if !strings.HasSuffix(words, ".") && (rest == "" || !strings.ContainsRune(".:;,(–-", []rune(strings.TrimLeft(rest, " ") + " ")[0])) {
		return ""
	}
	if rest = strings.TrimLeft(rest, " .:;,–-"); len(rest) > mostRest {
		return ""
	}
	return rest
}
