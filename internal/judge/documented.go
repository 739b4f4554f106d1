package judge

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// documented is what the provider is documented to say to a fault, and whether
// that is what it said; "" where no symptom is about it. Of several,
// the one that speaks of the same claim is meant: what is said to iat is not what
// is said to exp.
func (a answer) documented(p *profile.Profile, f *checks.Fault) (words string, said bool) {
	if f.Cause == refused {
		return "", false // it is the answer itself
	}
	if s := a.fit.Symptom; s != nil && s.From == p.ID && !s.LogOnly && slices.Contains(s.Explains, string(f.Cause)) {
		switch words := wordsOfSymptom(s); {
		case a.fit.Words != "" && s.Match.Description != nil && s.Match.Description.Regexp != "":
			return a.fit.Words, true // the example of an expression has another's values
		case words != "":
			return words, true
		}
	}
	names := namesOf(f)
	best, at := "", -1
	for i := range p.Symptoms {
		s := &p.Symptoms[i]
		words := wordsOfSymptom(s)
		if s.From != p.ID || s.LogOnly || words == "" {
			continue
		}
		rank := slices.Index(s.Explains, string(f.Cause))
		if rank < 0 {
			continue
		}
		switch subjects := subjectsOf(wordsOf(words)); {
		case len(names) == 0 || len(subjects) == 0:
			rank += 100 // it may be about anything
		case !slices.ContainsFunc(subjects, func(s string) bool { return slices.Contains(names, s) }):
			continue
		}
		if at < 0 || rank < at {
			best, at = words, rank
		}
	}
	return best, false
}

// namesOf lists the claims, header parameters and parameters that a fault is about.
func namesOf(f *checks.Fault) []string {
	var names []string
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	add(f.Detail.Name)
	add(f.Detail.Meant)
	for _, p := range f.Places {
		add(strings.TrimPrefix(p.Pointer(), "/"))
	}
	return names
}

// wordsOfSymptom is what a server says, as far as it is written down; "" for a
// code or an empty answer.
func wordsOfSymptom(s *profile.Symptom) string {
	if s.Says != "" {
		return s.Says
	}
	if d := s.Match.Description; d != nil {
		return d.Substring
	}
	return ""
}
