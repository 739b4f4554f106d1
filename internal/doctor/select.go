package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// selected keeps the checks that --only and --skip leave. Naming a cause keeps
// its check; the check's other findings are dropped after the judgement.
func selected(all []checks.Check, only, skip []string) ([]checks.Check, error) {
	for _, id := range only {
		if !names(all, id) {
			return nil, unknownID("--only", id)
		}
	}
	for _, id := range skip {
		if !names(all, id) {
			return nil, unknownID("--skip", id)
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(c checks.Check) bool {
		if slices.Contains(skip, c.ID) {
			return true
		}
		return len(only) > 0 && !slices.ContainsFunc(only, func(id string) bool { return id == c.ID || checkOf(id) == c.ID })
	}), nil
}

// withoutSkipped drops the findings of causes that were skipped, or not among
// the only ones asked for, from findings and diagnosis.
func withoutSkipped(all []finding.Finding, list *[]finding.Diagnosis, skip, only []string) []finding.Finding {
	drop := func(check, cause string) bool {
		if cause == "" {
			return false
		}
		if slices.Contains(skip, cause) {
			return true
		}
		return len(only) > 0 && !slices.Contains(only, check) && !slices.Contains(only, cause)
	}
	*list = slices.DeleteFunc(*list, func(d finding.Diagnosis) bool { return drop(d.Check, d.Cause) })
	return slices.DeleteFunc(all, func(f finding.Finding) bool { return drop(f.Check, f.Cause) })
}

// names tells whether an ID is that of a check or cause.
func names(all []checks.Check, id string) bool {
	return slices.ContainsFunc(all, func(c checks.Check) bool {
		return c.ID == id || slices.ContainsFunc(c.Causes, func(cause checks.Cause) bool { return cause.ID == id })
	})
}

// checkOf returns the check an ID names, itself or by one of its causes.
func checkOf(id string) string {
	for _, c := range checks.All() {
		for _, cause := range c.Causes {
			if cause.ID == id {
				return c.ID
			}
		}
	}
	return id
}

func unknownID(flag, id string) error {
	known := checks.Known()
	if near := wording.Nearest(id, append(slices.Clone(known.Checks), known.Causes...)); near != "" {
		return UsageError{fmt.Sprintf("%s: there is no check or cause %q; did you mean %s?", flag, id, near)}
	}
	return UsageError{fmt.Sprintf("%s: there is no check or cause %q; jwtdoctor checks lists them", flag, id)}
}

func checkEnv(env string, p *profile.Profile) error {
	if env == "" {
		return nil
	}
	if _, ok := p.Env(env); ok {
		return nil
	}
	var known []string
	for _, e := range p.Envs {
		known = append(known, e.Name)
	}
	if len(known) == 0 {
		return UsageError{fmt.Sprintf("--env %q: the profile %s documents no environments; give --token-url instead", env, p.ID)}
	}
	return UsageError{fmt.Sprintf("--env %q: the profile %s has %s", env, p.ID, strings.Join(known, ", "))}
}
