package judge_test

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/judge"
)

func TestStandardCatalog(t *testing.T) {
	c, err := judge.Standard()
	if err != nil {
		t.Fatal(err)
	}
	for _, check := range c.Checks() {
		if found, ok := c.Check(check.ID); !ok || found.ID != check.ID {
			t.Errorf("%s is not found", check.ID)
		}
		for _, cause := range check.Causes {
			if _, of, ok := c.Cause(cause.ID); !ok || of.ID != check.ID {
				t.Errorf("%s is not found", cause.ID)
			}
		}
	}
}

// TestCatalogRefuses: whatever is forgotten in a check or a cause is said.
func TestCatalogRefuses(t *testing.T) {
	good := func() []checks.Check {
		return []checks.Check{
			{ID: "first", Title: "The first is there", Subject: "the first", Rank: 1, Needs: []evidence.Need{evidence.NeedClaims}, Judge: func(*checks.Ctx) checks.Verdict { return checks.Pass("") },
				Causes: []checks.Cause{{ID: "first-lost", Leads: []checks.Lead{{To: []finding.CauseID{"second-lost"}}}}}},
			{ID: "second", Title: "The second is there", Subject: "the second", Rank: 2, Needs: []evidence.Need{evidence.NeedClaims}, Judge: func(*checks.Ctx) checks.Verdict { return checks.Pass("") },
				After: []finding.CauseID{"first-lost"}, Causes: []checks.Cause{{ID: "second-lost"}}},
		}
	}
	if _, err := judge.NewCatalog(good()); err != nil {
		t.Fatalf("a good catalog: %v", err)
	}
	for _, tt := range []struct {
		name   string
		change func([]checks.Check)
		says   string
	}{
		{"a check twice", func(l []checks.Check) { l[1].ID = "first" }, "listed twice"},
		{"a cause twice", func(l []checks.Check) { l[1].Causes[0].ID = "first-lost" }, "declared twice"},
		{"no rank", func(l []checks.Check) { l[1].Rank = 0 }, "rank"},
		{"a rank twice", func(l []checks.Check) { l[1].Rank = 1 }, "that of first"},
		{"no subject", func(l []checks.Check) { l[0].Subject = "" }, "lacks"},
		{"no need", func(l []checks.Check) { l[0].Needs = nil }, "lacks"},
		{"no judge", func(l []checks.Check) { l[0].Judge = nil }, "lacks"},
		{"a lead to nowhere", func(l []checks.Check) { l[0].Causes[0].Leads[0].To[0] = "third-lost" }, "third-lost"},
		{"after nothing", func(l []checks.Check) { l[1].After[0] = "third-lost" }, "waits for third-lost"},
		{"after itself", func(l []checks.Check) { l[1].After[0] = "second-lost" }, "waits for second-lost"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list := good()
			tt.change(list)
			if _, err := judge.NewCatalog(list); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// TestRules lists every cause once, with words for each.
func TestRules(t *testing.T) {
	c, err := judge.Standard()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[finding.CauseID]bool{}
	for _, r := range c.Rules() {
		_, check, ok := c.Cause(r.Cause)
		if !ok || check.ID != r.Check || seen[r.Cause] || r.Title == "" || strings.TrimSpace(r.Help) == "" || r.Severity == "" {
			t.Errorf("%+v", r)
		}
		seen[r.Cause] = true
	}
	if want := len(c.IDs()) - len(c.Checks()); len(seen) != want {
		t.Errorf("%d rules, %d causes", len(seen), want)
	}
}
