// Package checks contains the checks: one a file, each asking one question of a
// Case and answering with a Verdict. A check is pure: it has no clock, network,
// environment or log. What it needs apart from the case comes from the rules, with
// the citation. Package judge runs the checks and makes findings of their
// verdicts.
package checks

import (
	"slices"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Check asks one question of a case.
type Check struct {
	ID    finding.CheckID
	Title string // a sentence that is true when the check passes
	// Subject names what the check is about in a word or two, for a checklist:
	// "aud", "iss = sub", "the signature".
	Subject string
	// Rank is the place of the check in the order in which servers usually
	// notice a fault, from 1: of two faults that are equally sure, the one that
	// a server meets first is the more likely reason. No two checks share one.
	Rank int
	// Kinds of JWT it applies to; all where empty.
	Kinds []evidence.Kind
	// Needs is the evidence without which it is skipped.
	Needs []evidence.Need
	// After lists causes that make the question moot: where one of them has
	// been found the check is skipped and says so.
	After []finding.CauseID
	// Names are the header parameters or claims the check is about, where it
	// reads rules that exist for each name; nil for any.
	Names  []string
	Params []profile.Ref // the profile rules it reads
	Causes []Cause       // the answers it can give
	Cites  []finding.Citation
	// OfAnswer is true if a fault means that the answer did not arrive whole
	// and well formed, so that it proves nothing.
	OfAnswer bool
	Doc      string // why the question matters, in Markdown
	Judge    func(*Ctx) Verdict
}

// Cause is one way in which a check fails.
type Cause struct {
	ID    finding.CauseID
	Title string // what is wrong, as a clause without a full stop
	// Severity of the cause; SentSeverity, where not empty, replaces it when a
	// request carried the assertion.
	Severity     finding.Severity
	SentSeverity finding.Severity
	Why          string // how it comes about
	Fix          string // what to do, in one sentence
	// Leads are the causes that this one brings about: where both are found,
	// the others are consequences and not their own faults.
	Leads []Lead
	// Unseen is true if the cause means that nobody looked at the assertion:
	// it did not arrive, or somebody else answered.
	Unseen bool
	// Exposes is true if a secret is published: it stays an error whatever
	// the server answered.
	Exposes bool
	// Ahead is true if the cause is about a later day: it is reported only if
	// that was asked for or announced, and then always shown.
	Ahead bool
	// Rules says which of the check's Params the cause turns on. The zero value
	// is all of them.
	Rules Turns
}

// Lead is a list of causes that another one brings about.
type Lead struct {
	To []finding.CauseID
	// When reports whether it does so in this case; nil for always.
	When func(lead, led *Fault) bool
	// Rank orders leads to the same cause, smaller first; leads of equal rank
	// are in the order of their checks' ranks.
	Rank int
}

// Turns lists the rules a cause depends on; a rule with a "*" covers those of
// every name the check is about.
type Turns struct {
	On   []profile.Ref
	None bool // no provider can differ here
}

// presenceRules are the rules that say whether something is required.
func presenceRules() []profile.Ref {
	return []profile.Ref{profile.HeaderPresence.Ref(), profile.X5tEither.Ref(), profile.ClaimPresence.Ref()}
}

// RulesOf lists the rules the check reads, narrowed to the names it is about.
func (c *Check) RulesOf() []profile.Ref {
	var out []profile.Ref
	for _, p := range c.Params {
		if !p.Wild() || c.Names == nil {
			out = append(out, p)
			continue
		}
		for _, n := range c.Names {
			out = append(out, p.Of(n))
		}
	}
	return out
}

// RulesFor lists the rules that one cause of the check turns on.
func (c *Check) RulesFor(cause Cause) []profile.Ref {
	all := c.RulesOf()
	switch {
	case cause.Rules.None:
		return nil
	case cause.Rules.On == nil:
		return all
	}
	return slices.DeleteFunc(all, func(r profile.Ref) bool {
		return !slices.ContainsFunc(cause.Rules.On, func(on profile.Ref) bool { return on.Covers(r) })
	})
}

// Ctx is what a Judge may look at: the case, the moment it is judged at, and
// the rules it is compared with. A Judge changes none of it.
type Ctx struct {
	*evidence.Case
	// Kind, AsOf, Basis and Now are those of the moment.
	Kind  evidence.Kind
	AsOf  time.Time
	Basis evidence.Basis
	Now   time.Time
	// Seen says of earlier uses of what the case uses. It is before that of
	// the case, which many may share.
	Seen evidence.Fact[evidence.Seen]

	Rules   *profile.Rules
	Profile *profile.Profile // the one the rules are of
	// Ahead is true if the user asks what standards to come will refuse.
	Ahead bool
	// Symptom is what the server's answer was recognised as; nil for none.
	Symptom *profile.Symptom
	// Failed reports whether an earlier check of this run found the cause.
	Failed func(cause finding.CauseID) bool

	reading *reading // of the request, worked out when a check first asks for it
}

// NewCtx is the context in which a case is judged at a moment. Failed finds
// nothing until it is set.
func NewCtx(c *evidence.Case, m evidence.Moment, rules *profile.Rules, answer *profile.Symptom) *Ctx {
	return &Ctx{Case: c, Kind: m.Kind, AsOf: m.AsOf, Basis: m.Basis, Now: m.Now, Seen: c.Seen, Rules: rules, Profile: rules.Profile(), Symptom: answer,
		Failed: func(finding.CauseID) bool { return false }}
}
