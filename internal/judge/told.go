package judge

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// mostTold bounds the errors of one text that become findings.
const mostTold = 3

// told adds what the errors of transports and libraries in a text say, each
// under its cause. A text that shows anything of the exchange is judged by that.
// A refusal that a program printed, in words that say only that it refuses, is
// explained by what a library said beside it.
func (e *Engine) told(items []item, q Question, said answer) []item {
	c := q.Case
	if len(c.Errors) == 0 || c.HasAssertion() {
		return items
	}
	for _, n := range [...]evidence.Need{evidence.NeedRequest, evidence.NeedResponse, evidence.NeedAuthorization, evidence.NeedNetwork} {
		if r, ok := c.Response.Get(); n == evidence.NeedResponse && ok && r.Printed && said.general() {
			continue
		}
		if c.Present().Has(evidence.SetOf(n)) {
			return items
		}
	}
	inner := slices.ContainsFunc(c.Errors, func(t evidence.TextError) bool { return !t.Match.Entry.Wraps })
	seen := map[finding.CauseID]bool{}
	for i := range c.Errors {
		t := &c.Errors[i]
		if len(t.Match.Entry.Causes) == 0 || inner && t.Match.Entry.Wraps {
			continue
		}
		cause := finding.CauseID(t.Match.Entry.Causes[0])
		at, ok := e.catalog.cause[cause]
		if !ok || !slices.Contains(e.run, at.check) || seen[cause] {
			continue
		}
		seen[cause] = true
		check := &e.catalog.checks[at.check]
		it := item{check: check, outcome: finding.Fail, fault: faultOf(t, cause), cause: &check.Causes[at.cause],
			severity: finding.Error, certainty: t.Match.Entry.Certainty, at: t.At}
		if k := slices.IndexFunc(items, func(have item) bool { return have.check == check && have.outcome == finding.Skip }); k >= 0 {
			items[k] = it
		} else {
			items = append(items, it)
		}
		if len(seen) == mostTold {
			break
		}
	}
	return items
}

// faultOf is an error of a text as the fault it reports.
func faultOf(t *evidence.TextError, cause finding.CauseID) *checks.Fault {
	entry := t.Match.Entry
	f := checks.Found(cause, "%s", strings.TrimSuffix(entry.Means, ".")).As(entry.Certainty).Citing(entry.Cite...)
	f.Found = t.Words
	host := t.Match.Value("host")
	switch {
	case cause == "dns-not-found" && (strings.EqualFold(host, "https") || strings.EqualFold(host, "http")):
		f.Title = "the host name is \"" + host + "\", which is a scheme"
		f.Saying("The address was put together as %s://%s://…: a whole URL was given where the library adds the scheme itself.", host, host).
			Fix("Give only the host, without %s://.", host)
	case host != "" && !strings.Contains(t.Words, host):
		f.Saying("The host is %s.", host)
	}
	if entry.Fix != "" {
		f.Fix("%s", entry.Fix)
	}
	return f
}
