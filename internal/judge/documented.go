package judge

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// documented is what the provider is documented to say to a fault, and whether
// that is what it said; "" where no symptom is about it, or the provider most likely
// gives no reason. What names another claim is about another fault: what is said to
// iat is not what is said to exp.
func (a answer) documented(p *profile.Profile, f *checks.Fault) (words string, said bool) {
	if f.Cause == refused {
		return "", false // it is the answer itself
	}
	if s := a.fit.Symptom; s != nil && s.From == p.ID && !s.LogOnly && slices.Contains(s.Explains, string(f.Cause)) {
		if wordsOfSymptom(s) != "" && a.fit.Words != "" {
			return a.fit.Words, true // not as documented, which may have a sample value in it
		}
	}
	names := namesOf(f)
	first := -1
	for i := range p.Symptoms {
		s := &p.Symptoms[i]
		rank := slices.Index(s.Explains, string(f.Cause))
		if s.From != p.ID || s.LogOnly || rank < 0 {
			continue
		}
		text := wordsOfSymptom(s)
		subjects := subjectsOf(wordsOf(text))
		named := slices.ContainsFunc(subjects, func(s string) bool { return slices.Contains(names, s) })
		if len(names) > 0 && len(subjects) > 0 && !named {
			continue
		}
		// Of two answers in which the cause is equally likely an empty description comes
		// first: the provider is known to give no reason. Then the words that name the
		// claim, other words, and a code.
		rank *= 4
		switch d := s.Match.Description; {
		case text == "" && d != nil && d.Empty:
		case named:
			rank++
		case text != "":
			rank += 2
		default:
			rank += 3
		}
		if first < 0 || rank < first {
			words, first = text, rank
		}
	}
	return words, false
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
