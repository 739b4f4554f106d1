package judge

import (
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// A report quotes an answer only if the provider most likely gives it: Redox has words
// for a jti that is missing, and an empty description for one that is used again.
func TestDocumentedAnswer(t *testing.T) {
	for _, r := range []struct{ profile, cause, name, words string }{
		{"redox", "jti-missing", "jti", `Unexpected "jti" claim value`},
		{"redox", "jti-reused", "jti", ""},
		{"redox", "aud-trailing-slash", "aud", `Unexpected "aud" claim value`},
		{"redox", "lifetime-too-long", "exp", `"exp" claim timestamp check failed`},
		{"redox", "iat-too-old", "iat", `"iat" claim timestamp check failed (too far in the past)`},
	} {
		p, err := profile.Load(r.profile)
		if err != nil {
			t.Fatal(err)
		}
		f := &checks.Fault{Cause: finding.CauseID(r.cause), Detail: checks.Detail{Name: r.name}}
		if words, said := (answer{}).documented(p, f); words != r.words || said {
			t.Errorf("%s, %s: %q, said %v; want %q", r.profile, r.cause, words, said, r.words)
		}
	}
}
