package checks_test

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

//go:embed testdata/catalogue.tsv
var catalogue string

// TestCatalogue compares the IDs and severities that other programs depend on.
func TestCatalogue(t *testing.T) {
	all := map[string]checks.Check{}
	for _, c := range checks.All() {
		all[string(c.ID)] = c
	}
	for line := range strings.Lines(catalogue) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSpace(line), "\t")
		check, title, cause, severity := f[0], f[1], f[2], f[3]
		c, ok := all[check]
		if !ok {
			t.Errorf("there is no check %s", check)
			continue
		}
		if c.Title != title {
			t.Errorf("%s: title %q, the catalogue says %q", check, c.Title, title)
		}
		i := slices.IndexFunc(c.Causes, func(x checks.Cause) bool { return string(x.ID) == cause })
		if i < 0 {
			t.Errorf("%s has no cause %s", check, cause)
			continue
		}
		severity, _, _ = strings.Cut(severity, ";") // what follows depends on the case
		want, sent := finding.Severity(severity), finding.Severity("")
		if severity == "warning pasted, error sent" {
			want, sent = finding.Warning, finding.Error
		}
		if got := c.Causes[i]; got.Severity != want || got.SentSeverity != sent {
			t.Errorf("%s: severity %s (sent: %s), the catalogue says %s", cause, got.Severity, got.SentSeverity, severity)
		}
	}
}

// TestSpec finds what the compiler cannot.
func TestSpec(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	seen := map[string]string{}
	causes := map[string]bool{}
	once := func(id, where string) {
		if !kebab.MatchString(id) {
			t.Errorf("%q is not kebab case", id)
		}
		if other, ok := seen[id]; ok {
			t.Errorf("%s stands in %s and in %s", id, other, where)
		}
		seen[id] = where
	}
	for _, c := range checks.All() {
		once(string(c.ID), "checks")
		if c.Title == "" || strings.HasSuffix(c.Title, ".") || c.Doc == "" || len(c.Cites) == 0 || len(c.Needs) == 0 || c.Judge == nil || len(c.Causes) == 0 {
			t.Errorf("%s lacks a title, doc, citation, need, cause or judge", c.ID)
		}
		for _, cite := range c.Cites {
			if cite.Title == "" || !strings.HasPrefix(cite.URL, "https://") {
				t.Errorf("%s: citation %+v", c.ID, cite)
			}
		}
		for _, cause := range c.Causes {
			once(string(cause.ID), string(c.ID))
			causes[string(cause.ID)] = true
			if cause.Title == "" || cause.Why == "" || cause.Fix == "" || cause.Severity == "" {
				t.Errorf("%s lacks a title, reason, fix or severity", cause.ID)
			}
			if strings.HasSuffix(cause.Title, ".") || !strings.HasSuffix(cause.Why, ".") {
				t.Errorf("%s: a title ends without, a reason with a full stop", cause.ID)
			}
		}
		for _, after := range c.After {
			if !causes[string(after)] {
				t.Errorf("%s waits for %s, which no earlier check finds", c.ID, after)
			}
		}
	}
}
