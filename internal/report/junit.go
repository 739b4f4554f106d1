package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// junitRenderer writes JUnit's XML as Jenkins and GitLab read it: a case is a
// suite, a check a test case. A warning is not a failure there; it is in the
// output of its test.
type junitRenderer struct {
	w     io.Writer
	files files
}

func (r *junitRenderer) Begin(finding.Report) error {
	_, err := io.WriteString(r.w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"jwtdoctor\">\n")
	return err
}

func (r *junitRenderer) Progress(finding.Progress) error { return nil }

func (r *junitRenderer) End(finding.Summary) error {
	_, err := io.WriteString(r.w, "</testsuites>\n")
	return err
}

// junitTest is what became of one check.
type junitTest struct {
	check    string
	outcome  finding.Outcome
	lines    []string // of a failure
	message  string
	kind     string
	warnings []string
}

func (r *junitRenderer) Case(c finding.Case) error {
	if c.Advisory {
		return nil
	}
	tests := junitTests(c)
	var failures, errs, skipped int
	for _, t := range tests {
		switch t.outcome {
		case finding.Fail:
			failures++
		case finding.Broken:
			errs++
		case finding.Skip:
			skipped++
		}
	}
	name := r.files.name(where(c.Input))
	var b strings.Builder
	fmt.Fprintf(&b, "  <testsuite name=%s tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"%d\">\n", attribute(name), len(tests), failures, errs, skipped)
	for _, t := range tests {
		fmt.Fprintf(&b, "    <testcase classname=%s name=%s", attribute(name), attribute(t.check))
		if t.outcome == finding.Pass && len(t.warnings) == 0 {
			b.WriteString("/>\n")
			continue
		}
		b.WriteString(">\n")
		switch t.outcome {
		case finding.Fail:
			fmt.Fprintf(&b, "      <failure type=%s message=%s>%s</failure>\n", attribute(t.kind), attribute(t.message), content(t.lines))
		case finding.Broken:
			fmt.Fprintf(&b, "      <error type=\"internal-error\" message=%s/>\n", attribute(t.message))
		case finding.Skip:
			fmt.Fprintf(&b, "      <skipped message=%s/>\n", attribute(t.message))
		}
		if len(t.warnings) > 0 {
			fmt.Fprintf(&b, "      <system-out>%s</system-out>\n", content(t.warnings))
		}
		b.WriteString("    </testcase>\n")
	}
	b.WriteString("  </testsuite>\n")
	_, err := io.WriteString(r.w, b.String())
	return err
}

// junitTests are the checks of a case in their order, each once; what an answer
// points to without a finding is a failure of its check.
func junitTests(c finding.Case) []*junitTest {
	var tests []*junitTest
	index := map[finding.CheckID]*junitTest{}
	test := func(id finding.CheckID) *junitTest {
		t := index[id]
		if t == nil {
			t = &junitTest{check: string(id), outcome: finding.Pass}
			index[id] = t
			tests = append(tests, t)
		}
		return t
	}
	fail := func(t *junitTest, cause finding.CauseID, title string, lines ...string) {
		if t.outcome != finding.Fail {
			t.outcome, t.kind, t.message = finding.Fail, string(cause), title
		}
		t.lines = append(t.lines, lines...)
	}
	for _, f := range c.Findings {
		t := test(f.Check)
		title := firstOf(f.Title, f.Message, string(f.Cause))
		switch f.Outcome {
		case finding.Skip:
			t.outcome, t.message = finding.Skip, firstOf(f.Reason, string(f.Why))
			if f.Remedy != "" {
				t.message += "; " + f.Remedy
			}
		case finding.Broken:
			t.outcome, t.message = finding.Broken, f.Reason
		case finding.Fail:
			if f.Severity != finding.Error {
				t.warnings = append(t.warnings, string(f.Severity)+" "+string(f.Cause)+": "+title)
				continue
			}
			lines := []string{string(f.Cause) + ": " + title}
			for _, l := range [][2]string{{"found", clipText(f.Found)}, {"expects", clipText(f.Expected)}, {"fix", Fix(f, c.Decoded.Claims)}} {
				if l[1] != "" {
					lines = append(lines, l[0]+": "+l[1])
				}
			}
			if len(f.Cite) > 0 {
				lines = append(lines, "source: "+f.Cite[0].Title+" "+f.Cite[0].URL)
			}
			fail(t, f.Cause, title, lines...)
		}
	}
	s := sortCase(c)
	if s.lead != nil && s.lead.found == nil && len(c.Diagnosis) > 0 {
		for _, d := range c.Diagnosis {
			if t := test(d.Check); t.outcome != finding.Broken {
				fail(t, d.Cause, d.Title, string(d.Cause)+" ("+string(firstCertainty(d.Certainty))+"): "+d.Title)
			}
		}
	}
	return tests
}

// attribute is a value in quotes. Nothing that XML forbids is left in it, since
// visible text has no controls; its markup is written as references.
func attribute(s string) string { return `"` + xmlText(s) + `"` }

// content is lines as the text of an element.
func content(lines []string) string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = xmlText(l)
	}
	return strings.Join(out, "\n")
}

func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;").Replace(visible.Text(s))
}
