// Package judge runs the checks over a case and makes one answer of what they
// find: it skips what cannot be asked, folds consequences under their causes,
// ties them to the server's answer, and ranks what is left. It is the one
// sequence for every command. It reads no text and no file, and it renders
// nothing; what is wrong is decided by package checks.
package judge

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Catalog is all checks and causes, validated and indexed once. It is read by
// any number of goroutines.
type Catalog struct {
	checks []checks.Check
	needs  []evidence.Set // of each check
	check  map[finding.CheckID]int
	cause  map[finding.CauseID]located
	leads  map[finding.CauseID][]lead // by the cause that is led
}

// located is where a cause is declared.
type located struct{ check, cause int }

// lead is a cause that brings another one about.
type lead struct {
	from finding.CauseID
	when func(lead, led *checks.Fault) bool // nil for always
	rank int
	// usual is the rank of the check that declares it.
	usual int
}

// NewCatalog validates and indexes a list of checks, which stays in its order:
// that of the report. The error lists everything that is wrong with the list: an
// ID that occurs twice, a check without a rank, a lead to a cause that does not
// exist.
func NewCatalog(list []checks.Check) (*Catalog, error) {
	c := &Catalog{
		checks: list,
		needs:  make([]evidence.Set, len(list)),
		check:  make(map[finding.CheckID]int, len(list)),
		cause:  make(map[finding.CauseID]located, 4*len(list)),
		leads:  map[finding.CauseID][]lead{},
	}
	var faults []error
	wrong := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	ranks := make(map[int]finding.CheckID, len(list))
	for i := range list {
		check := &list[i]
		if _, twice := c.check[check.ID]; twice {
			wrong("the check %s is listed twice", check.ID)
		}
		if check.Judge == nil || check.Title == "" || check.Subject == "" || len(check.Needs) == 0 {
			wrong("the check %s lacks a title, a subject, a need or a Judge function", check.ID)
		}
		if other, taken := ranks[check.Rank]; check.Rank <= 0 || taken {
			wrong("the check %s has the rank %d, which is not above zero or that of %s", check.ID, check.Rank, other)
		}
		ranks[check.Rank] = check.ID
		c.check[check.ID] = i
		c.needs[i] = evidence.SetOf(check.Needs...)
		for k := range check.Causes {
			if _, twice := c.cause[check.Causes[k].ID]; twice {
				wrong("the cause %s is declared twice", check.Causes[k].ID)
			}
			c.cause[check.Causes[k].ID] = located{i, k}
		}
	}
	for i := range list {
		for _, cause := range list[i].Causes {
			for _, l := range cause.Leads {
				for _, to := range l.To {
					if _, known := c.cause[to]; !known {
						wrong("the cause %s leads to %s, which no check declares", cause.ID, to)
					}
					c.leads[to] = append(c.leads[to], lead{from: cause.ID, when: l.When, rank: l.Rank, usual: list[i].Rank})
				}
			}
		}
		for _, after := range list[i].After {
			if at, known := c.cause[after]; !known || at.check >= i {
				wrong("the check %s waits for %s, which no earlier check finds", list[i].ID, after)
			}
		}
	}
	for _, l := range c.leads {
		slices.SortStableFunc(l, func(a, b lead) int {
			return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.usual, b.usual))
		})
	}
	return c, errors.Join(faults...)
}

// Checks lists the checks in report order. The list is not to be changed.
func (c *Catalog) Checks() []checks.Check { return c.checks }

// Check returns a check by its ID.
func (c *Catalog) Check(id finding.CheckID) (*checks.Check, bool) {
	i, ok := c.check[id]
	if !ok {
		return nil, false
	}
	return &c.checks[i], true
}

// Cause returns a cause by its ID, and the check that declares it.
func (c *Catalog) Cause(id finding.CauseID) (*checks.Cause, *checks.Check, bool) {
	at, ok := c.cause[id]
	if !ok {
		return nil, nil, false
	}
	return &c.checks[at.check].Causes[at.cause], &c.checks[at.check], true
}

// CheckOf returns the check that an ID names, itself or by one of its causes.
func (c *Catalog) CheckOf(id string) (*checks.Check, bool) {
	if check, ok := c.Check(finding.CheckID(id)); ok {
		return check, true
	}
	_, check, ok := c.Cause(finding.CauseID(id))
	return check, ok
}

// checkOf returns the ID of the check that declares a cause, "" for none.
func (c *Catalog) checkOf(id finding.CauseID) finding.CheckID {
	if _, check, ok := c.Cause(id); ok {
		return check.ID
	}
	return ""
}

// titleOf is what a cause says, as a clause.
func (c *Catalog) titleOf(id finding.CauseID) string {
	cause, _, ok := c.Cause(id)
	if !ok {
		return string(id)
	}
	return cause.Title
}

// Known is what a profile may name apart from its rules: the causes and checks there are.
func (c *Catalog) Known() profile.Known {
	k := profile.Known{Checks: make([]string, 0, len(c.checks)), Causes: make([]string, 0, len(c.cause))}
	for i := range c.checks {
		k.Checks = append(k.Checks, string(c.checks[i].ID))
		for _, cause := range c.checks[i].Causes {
			k.Causes = append(k.Causes, string(cause.ID))
		}
	}
	return k
}

// Rules lists what a run may report, in the order of the checks.
func (c *Catalog) Rules() []finding.Rule {
	rules := make([]finding.Rule, 0, len(c.cause))
	for i := range c.checks {
		for _, cause := range c.checks[i].Causes {
			rules = append(rules, finding.Rule{Check: c.checks[i].ID, Cause: cause.ID, Title: cause.Title, Help: cause.Why + " " + cause.Fix, Severity: cause.Severity})
		}
	}
	return rules
}

// IDs lists the IDs of all checks, then of all causes, in the order of the report.
func (c *Catalog) IDs() []string {
	known := c.Known()
	return slices.Concat(known.Checks, known.Causes)
}
