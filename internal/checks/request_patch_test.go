package checks

import (
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// requestChecks are all checks of a request, in the order of the report.
func requestChecks() []Check {
	return append(firstRequestChecks(), secondRequestChecks()...)
}

// patched is the request with the parameters of a patch set and removed.
func (s *sending) patched(t *testing.T, patch []finding.Patch) {
	t.Helper()
	for _, p := range patch {
		name, ok := strings.CutPrefix(p.Pointer, "/")
		if p.Part != finding.PartRequest || !ok || strings.ContainsAny(name, "~/") {
			t.Fatalf("%+v does not name a parameter", p)
		}
		at := slices.IndexFunc(s.r.Params, func(q evidence.Param) bool { return q.Name == name })
		s.drop(name)
		if p.Remove {
			if p.Value != nil || at < 0 {
				t.Fatalf("%+v cannot be applied", p)
			}
			continue
		}
		value, ok := p.Value.(string)
		if !ok || value == "" {
			t.Fatalf("%+v sets no text", p)
		}
		if evidence.SecretParameter(name) {
			t.Fatalf("%+v shows a secret", p)
		}
		s.put(name, value)
	}
}

func errorsOf(all []finding.Finding) []string {
	var out []string
	for _, f := range all {
		if f.Failed() && f.Severity == finding.Error {
			out = append(out, string(f.Cause))
		}
	}
	return out
}

// A fix that has a value is one that can be applied: the cause is gone then, and
// nothing else is wrong that was not before.
func TestRequestPatches(t *testing.T) {
	patched := map[string]bool{}
	for _, tt := range slices.Concat(firstRequestRows(), secondRequestRows(), patchRows()) {
		broken := func() *sending {
			s := healthySending()
			tt.change(s)
			return s
		}
		before := broken().judge(requestChecks())
		for _, f := range before {
			if len(f.Patch) == 0 {
				continue
			}
			patched[string(f.Cause)] = true
			s := broken()
			s.patched(t, f.Patch)
			for _, got := range s.judge(requestChecks()) {
				switch {
				case !got.Failed():
				case got.Cause == f.Cause && got.Found == f.Found:
					t.Errorf("%s: %s is still there after %+v: %s", tt.name, f.Cause, f.Patch, got.Title)
				case got.Severity == finding.Error && !slices.Contains(errorsOf(before), string(got.Cause)):
					t.Errorf("%s: the patch of %s, %+v, brings %s: %s", tt.name, f.Cause, f.Patch, got.Cause, got.Title)
				}
			}
		}
	}
	for _, cause := range []string{"grant-type-missing", "grant-type-wrong", "assertion-type-missing", "assertion-type-double-encoded", "assertion-type-wrong",
		"client-id-mismatch", "client-id-missing", "multiple-auth-methods", "parameter-repeated", "parameter-missing", "parameter-misspelt",
		"parameter-not-allowed", "parameter-value-not-accepted", "redirect-uri-mismatch", "scope-missing", "scope-not-allowed"} {
		if !patched[cause] {
			t.Errorf("no patch of %s was tried", cause)
		}
	}
}
