package report

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// under is a case judged against a profile, which is advice unless it is the first.
func under(c finding.Case, source, profile string, advisory bool) finding.Case {
	c.Input.Source, c.Profile.ID, c.Advisory = source, profile, advisory
	return c
}

// Several cases and several profiles are a table: a line a case, a column a profile.
func TestMatrix(t *testing.T) {
	bad, good := redoxCase(), passCase()
	cases := []finding.Case{
		under(good, "a.jwt", "redox", false), under(good, "a.jwt", "epic", true),
		under(bad, "b.jwt", "redox", false), under(good, "b.jwt", "epic", true),
	}
	table := func(o Options, cases ...finding.Case) []string {
		_, text, ok := strings.Cut(render(t, report(cases...), o), "BY PROFILE\n")
		if !ok {
			t.Fatal("there is no table")
		}
		text, _, _ = strings.Cut(text, "\n\n")
		return strings.Split(text, "\n")
	}
	got := strings.Join(table(Options{Width: 80}, cases...), "\n")
	if want := "       redox  epic\na.jwt  ✓      ✓\nb.jwt  ✗      ✓     " + string(firstCause(sortCase(bad))); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}

	// Where the IDs have no room, numbers head the columns; no line is too long.
	cases = nil
	for _, source := range []string{"a.jwt", strings.Repeat("deep/", 20) + "b.jwt"} {
		for i, id := range []string{"redox", "smart-backend-services", "google-workload-identity", "spring-authorization-server"} {
			cases = append(cases, under(bad, source, id, i > 0))
		}
	}
	lines := table(Options{Width: 80}, cases...)
	if !strings.HasPrefix(lines[0], "1 redox, 2 smart-backend-services, 3 ") || !strings.HasSuffix(lines[2], "  1  2  3  4") {
		t.Errorf("%s", strings.Join(lines, "\n"))
	}
	for _, line := range lines {
		if n := len([]rune(line)); n > 80 {
			t.Errorf("%d columns: %s", n, line)
		}
	}

	// One case has a line for each profile.
	if got := strings.Join(table(Options{Width: 80}, under(bad, "b.jwt", "redox", false), under(good, "b.jwt", "epic", true)), "\n"); !strings.HasPrefix(got, "✗ redox  ") || !strings.Contains(got, "\n✓ epic   no problem found") {
		t.Error(got)
	}
}

// What one profile leaves unchecked, and another does not, is said on its line.
func TestMatrixUnchecked(t *testing.T) {
	with := func(source, profile string, advisory bool, open ...finding.CheckID) finding.Case {
		c := under(passCase(), source, profile, advisory)
		c.Findings = nil
		for _, check := range []finding.CheckID{"claim-aud", "signature-valid", "header-alg"} {
			f := finding.Finding{Check: check, Outcome: finding.Pass}
			for _, o := range open {
				if o == check {
					f.Outcome, f.Why, f.Remedy = finding.Skip, finding.WhyMissing, "add --x"
				}
			}
			c.Findings = append(c.Findings, f)
		}
		return c
	}
	text := render(t, report(with("a.jwt", "redox", false, "signature-valid"), with("a.jwt", "epic", true, "signature-valid", "claim-aud")), Options{Width: 80})
	if !strings.Contains(text, "✓ redox  no problem found\n✓ epic   no problem found; not checked: aud\n") {
		t.Error(text)
	}
}

// What has no room in the table has a line where it is met.
func TestMatrixIsBounded(t *testing.T) {
	var cases []finding.Case
	for i := range mostRows + 2 {
		source := strings.Repeat("x", i+1)
		cases = append(cases, under(passCase(), source, "redox", false), under(passCase(), source, "epic", true))
	}
	text := render(t, report(cases...), Options{Width: 80})
	if n := strings.Count(text, "as epic"); n != 2 {
		t.Errorf("%d lines of advice: %s", n, text)
	}
}
