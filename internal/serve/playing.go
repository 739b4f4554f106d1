package serve

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// playing finds the answer --fail-with asks for: by error code, by a cause the
// server answers, or by the server's words.
func (a *answers) playing(want string) (*answer, error) {
	all := slices.Concat(a.own, a.inherited)
	give := func(out *answer) (*answer, error) {
		out.from = "--fail-with " + want
		return out, nil
	}
	says := func(t *profile.Text) bool { return t != nil && strings.EqualFold(t.Substring, want) && !t.Empty }
	for _, s := range all {
		if says(s.Match.Error) {
			return give(a.speak(s, a.first(s)))
		}
	}
	if f := a.of(want); f.check != "" {
		if !a.answered(f) {
			return nil, a.noAnswer(want, "documents no answer to this cause", all)
		}
		return give(a.refusing(f))
	}
	if slices.Contains(standardCodes(), want) {
		return give(&answer{code: want})
	}
	for _, s := range all {
		for _, t := range []*profile.Text{s.Match.Description, s.Match.Body, s.Match.ErrorURI, s.Match.Error} {
			if contains(substring(t), want) {
				return give(a.speak(s, a.first(s)))
			}
		}
		if contains(s.Says, want) {
			return give(a.speak(s, a.first(s)))
		}
	}
	return nil, a.noAnswer(want, "has no answer with this error code, text or cause", all)
}

// first is the fault a symptom speaks of most likely.
func (a *answers) first(s *profile.Symptom) fault {
	if len(s.Explains) == 0 {
		return fault{}
	}
	return a.of(s.Explains[0])
}

// answered reports whether a token endpoint answers a fault: the profile says so,
// or it is an error of what the endpoint gets to see, to which the standards
// name the answer. A network's faults, for example, are not among its answers.
func (a *answers) answered(f fault) bool {
	for _, s := range slices.Concat(a.own, a.inherited) {
		if slices.Contains(s.Explains, f.cause) {
			return true
		}
	}
	return a.refused[f.cause] && slices.ContainsFunc([]string{"assertion-", "header-", "claim-", "time-", "signature-", "key-", "jwks-", "jti-", "request-"},
		func(prefix string) bool { return strings.HasPrefix(f.check, prefix) })
}

// noAnswer says that there is nothing to play, and what was probably meant.
func (a *answers) noAnswer(want, why string, all []*profile.Symptom) error {
	var words []string
	for _, s := range all {
		if code := substring(s.Match.Error); code != "" {
			words = append(words, code)
		}
		words = append(words, s.Explains...)
	}
	hint := "; jwtdoctor profiles show " + a.profile.ID + " lists its answers"
	if near := wording.Nearest(want, append(words, standardCodes()...)); near != "" {
		hint = "; did you mean " + near + "?"
	}
	return doctor.UsageError{Message: fmt.Sprintf("--fail-with %q: the profile %s %s%s", want, a.profile.ID, why, hint)}
}

func contains(text, part string) bool {
	return strings.TrimSpace(part) != "" && strings.Contains(strings.ToLower(text), strings.ToLower(part))
}
