package doctor_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/judge"
)

// noisy is the catalog of all checks with every word of theirs made meaningless.
var noisy = sync.OnceValue(func() *judge.Catalog {
	list := checks.All()
	for i := range list {
		list[i].Title, list[i].Doc = babble(), babble()
		for k := range list[i].Causes {
			c := &list[i].Causes[k]
			c.Title, c.Why, c.Fix = babble(), babble(), babble()
		}
	}
	catalog, err := judge.NewCatalog(list)
	if err != nil {
		panic(err)
	}
	return catalog
})

var noises atomic.Int64

// babble is a text that nothing says twice.
func babble() string { return fmt.Sprintf("zq%dx", noises.Add(1)) }

// withNoise is a run in which every message, found, expected, fix and title of a
// fault is noise before anything is made of it.
func withNoise(o doctor.Options) doctor.Options {
	o.Catalog = noisy()
	o.Reword = func(f *checks.Fault) {
		f.Title, f.Message, f.Found, f.Expected = babble(), babble(), babble(), babble()
		for i := range f.Fixes {
			f.Fixes[i] = babble()
		}
	}
	return o
}

// diagnosed is what a run decides: causes, order, certainty, severity, and what
// is a consequence of what.
func diagnosed(cases []finding.Case) []string {
	var out []string
	for _, c := range cases {
		for _, d := range c.Diagnosis {
			out = append(out, fmt.Sprintf("%s %s", d.Cause, d.Certainty))
		}
		for _, f := range c.Findings {
			if f.Failed() {
				out = append(out, fmt.Sprintf("  %s %s %s of %s", f.Cause, f.Severity, f.Certainty, f.ConsequenceOf))
			}
		}
		out = append(out, string(c.Summary.Verdict))
	}
	return out
}

// given is an input of a test.
type given struct{ name, text string }

// judgeAll judges inputs as one run, and checks that no decision depends on words.
func judgeAll(t *testing.T, opts doctor.Options, texts ...given) []finding.Case {
	t.Helper()
	return judgeAs(t, opts, "", texts...)
}

// judgeAs is judgeAll for inputs that a flag says are of one kind.
func judgeAs(t *testing.T, opts doctor.Options, as string, texts ...given) []finding.Case {
	t.Helper()
	judge := func(opts doctor.Options) (cases []finding.Case) {
		var in []doctor.Input
		for _, s := range texts {
			in = append(in, doctor.Input{Name: s.name, Open: strings.NewReader(s.text), As: as})
		}
		if _, err := doctor.Run(t.Context(), opts, in, func(c finding.Case) error {
			cases = append(cases, c)
			return nil
		}); err != nil {
			t.Fatalf("run: %v", err)
		}
		return cases
	}
	want := judge(opts)
	if opts.Seen != nil {
		return want // it has been used up
	}
	got := judge(withNoise(opts))
	if diff := cmp.Diff(diagnosed(want), diagnosed(got)); diff != "" {
		t.Errorf("a decision depends on words (-words +noise):\n%s", diff)
	}
	return want
}
