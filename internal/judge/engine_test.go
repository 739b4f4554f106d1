package judge_test

import (
	"encoding/base64"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

var at = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

const healthyClaims = `{"iss":"client-1","sub":"client-1","aud":"https://api.redoxengine.com/v2/auth/token","iat":1795248000,"exp":1795248240,"jti":"0f1e2d3c-4b5a"}`

// caseOf is an assertion with these claims, signed by nobody.
func caseOf(claims string) *evidence.Case {
	part := base64.RawURLEncoding.EncodeToString
	text := part([]byte(`{"alg":"RS384","typ":"JWT","kid":"k1"}`)) + "." + part([]byte(claims)) + "." + part(make([]byte, 256))
	c := &evidence.Case{Kind: evidence.ClientAssertion}
	input.Fill(c, input.Assertion(text, evidence.Origin{File: "token.jwt", Line: 1}))
	return c
}

var rules = sync.OnceValues(func() (*profile.Rules, error) {
	p, err := profile.Load("redox")
	if err != nil {
		return nil, err
	}
	return profile.Compile(p, profile.Overrides{})
})

func engine(t testing.TB, o judge.Options) *judge.Engine {
	t.Helper()
	catalog, err := judge.Standard()
	if err != nil {
		t.Fatal(err)
	}
	e, err := judge.New(catalog, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func question(t testing.TB, c *evidence.Case) judge.Question {
	t.Helper()
	r, err := rules()
	if err != nil {
		t.Fatal(err)
	}
	return judge.Question{Case: c, Rules: r, At: evidence.Moment{Kind: c.Kind, AsOf: at, Now: at, Basis: evidence.BasisNow}}
}

// TestJudgeAgain: a case is not used up by judging it, and a changed one is
// judged on its own.
func TestJudgeAgain(t *testing.T) {
	e := engine(t, judge.Options{})
	healthy := question(t, caseOf(healthyClaims))
	first := e.Judge(healthy, nil)
	if first.Summary.Verdict != finding.VerdictPass {
		t.Fatalf("the control fails: %+v", first.Diagnosis)
	}
	changed := e.Judge(question(t, caseOf(`{"iss":"client-1","sub":"client-1","aud":"https://api.redoxengine.com/v2/auth/token/","iat":1795248000,"exp":1795248240,"jti":"0f1e2d3c-4b5a"}`)), nil)
	if len(changed.Diagnosis) != 1 || changed.Diagnosis[0].Cause != "aud-trailing-slash" {
		t.Errorf("after an edit: %+v", changed.Diagnosis)
	}
	if diff := cmp.Diff(first, e.Judge(healthy, nil)); diff != "" {
		t.Errorf("judged again (-first +again):\n%s", diff)
	}
}

// TestObserver sees every finding, in the order of the checks.
func TestObserver(t *testing.T) {
	e := engine(t, judge.Options{})
	var seen []finding.CheckID
	c := e.Judge(question(t, caseOf(healthyClaims)), func(f finding.Finding) { seen = append(seen, f.Check) })
	var want []finding.CheckID
	for _, f := range c.Findings {
		want = append(want, f.Check)
	}
	if diff := cmp.Diff(want, seen); diff != "" || len(seen) == 0 {
		t.Errorf("seen (-findings +seen):\n%s", diff)
	}
}

// TestManyGoroutines: one engine judges for all of them.
func TestManyGoroutines(t *testing.T) {
	e := engine(t, judge.Options{})
	claims := []string{healthyClaims, `{"iss":"client-1"}`, `{"sub":"x","exp":1}`, `{}`, `[`}
	var want []finding.Case
	for _, c := range claims {
		want = append(want, e.Judge(question(t, caseOf(c)), nil))
	}
	var wg sync.WaitGroup
	shared := question(t, caseOf(healthyClaims))
	for g := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 20 {
				k := (g + i) % len(claims)
				if got := e.Judge(question(t, caseOf(claims[k])), nil); !cmp.Equal(got, want[k]) {
					t.Errorf("case %d differs", k)
				}
				if got := e.Judge(shared, nil); !cmp.Equal(got, want[0]) {
					t.Error("the shared case differs")
				}
			}
		}()
	}
	wg.Wait()
}

// TestBrief leaves out what a batch does not want, and counts the same.
func TestBrief(t *testing.T) {
	q := question(t, caseOf(`{"iss":"client-1","sub":"client-1","aud":"https://api.redoxengine.com/v2/auth/token/","iat":1795248000,"exp":1795248240,"jti":"0f1e2d3c-4b5a"}`))
	whole, brief := engine(t, judge.Options{}).Judge(q, nil), engine(t, judge.Options{Brief: true}).Judge(q, nil)
	if diff := cmp.Diff(whole.Summary, brief.Summary); diff != "" {
		t.Errorf("summary:\n%s", diff)
	}
	if diff := cmp.Diff(whole.Diagnosis, brief.Diagnosis); diff != "" {
		t.Errorf("diagnosis:\n%s", diff)
	}
	for _, f := range brief.Findings {
		if f.Outcome == finding.Pass || f.Outcome == finding.Skip {
			t.Errorf("%s: %s", f.Check, f.Outcome)
		}
	}
	var missing []finding.CheckID
	for _, f := range whole.Findings {
		if f.Why == finding.WhyMissing {
			missing = append(missing, f.Check)
		}
	}
	if diff := cmp.Diff(missing, brief.NotChecked); diff != "" || len(missing) == 0 {
		t.Errorf("not checked:\n%s", diff)
	}
}

// BenchmarkHealthy judges a healthy assertion as a batch does.
func BenchmarkHealthy(b *testing.B) {
	e, q := engine(b, judge.Options{Brief: true}), question(b, caseOf(healthyClaims))
	b.ReportAllocs()
	for b.Loop() {
		e.Judge(q, nil)
	}
}

// TestHealthyCostsLittle checks what judging allocates where nothing is wrong: a
// batch of a million lines does it a million times.
func TestHealthyCostsLittle(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	e, q := engine(t, judge.Options{Brief: true}), question(t, caseOf(healthyClaims))
	e.Judge(q, nil)
	const most = 75
	if n := testing.AllocsPerRun(50, func() { e.Judge(q, nil) }); n > most {
		t.Errorf("%.0f allocations, more than %d", n, most)
	}
}
