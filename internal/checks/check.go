// Package checks holds the judgement: one check a file, each asking one
// question of a Case and answering with a Verdict. A check is pure: it has no
// clock, network, environment or log, and what it needs beside the case comes
// from the profile, with the citation.
package checks

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Check asks one question of a case.
type Check struct {
	ID    string // kebab case, stable for ever
	Title string // a sentence that is true when the check passes
	// Kinds of JWT it is asked of; all where left out.
	Kinds []evidence.Kind
	// Needs is the evidence without which it is skipped.
	Needs []evidence.Need
	// After lists causes that make the question moot: where one of them has
	// been found the check is skipped and says so.
	After  []string
	Params []profile.Ref // the profile rules it reads
	Causes []Cause       // the answers it can give
	Cites  []finding.Citation
	Doc    string // why the question matters, in Markdown
	Judge  func(*Ctx) Verdict
}

// Cause is one way in which a check fails.
type Cause struct {
	ID    string // kebab case, stable for ever
	Title string // what is wrong, as a clause without a full stop
	// Severity of the cause; SentSeverity, where not empty, holds instead when
	// a request carried the assertion.
	Severity     finding.Severity
	SentSeverity finding.Severity
	Why          string // how it comes about
	Fix          string // what to do, in one sentence
}

// Ctx is what a Judge may look at: the case and the rules it is held against.
type Ctx struct {
	*evidence.Case
	Rules   *profile.Rules
	Profile *profile.Profile // the one the rules are of
	// Symptom is what the server's answer was recognised as; nil for none.
	Symptom *profile.Symptom
	failed  map[string]bool
}

// Failed tells whether an earlier check of this run found the cause.
func (c *Ctx) Failed(cause string) bool { return c.failed[cause] }
