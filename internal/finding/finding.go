// Package finding contains what a report says: outcomes, severities, citations,
// locations, patches and the report they make up. It is a leaf: it imports
// nothing of this module, knows no check and renders nothing.
package finding

import "time"

// CheckID names a check ("claim-aud"). IDs are kebab case and never renamed:
// scripts depend on them. A test over the source finds a literal that names none.
type CheckID string

// CauseID names one way in which a check fails ("aud-trailing-slash").
type CauseID string

// Outcome is what became of a check. It is not severity: a failed check may be
// only a note, and a skipped one may have been the decisive one.
type Outcome string

// The four outcomes.
const (
	Pass   Outcome = "pass"
	Fail   Outcome = "fail"
	Skip   Outcome = "skip"   // not run; Finding.Reason and Finding.Why say why
	Broken Outcome = "broken" // the check itself failed: our fault, not the input's
)

// Why is the kind of reason for which a check was skipped.
type Why string

// The reasons. Only WhyMissing counts as "not checked" for a reader: the others
// need nothing that the reader could add.
const (
	WhyNotGiven Why = "not-given" // evidence of a kind that nobody gave: no request, no network
	WhyMissing  Why = "missing"   // a flag would supply what this very evidence lacks
	WhyMoot     Why = "moot"      // another cause comes first
	WhyRule     Why = "rule"      // the profile does not ask for it
)

// Severity counts only if the outcome is Fail.
type Severity string

// Severities, gravest first.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Rank orders severities, gravest first; an unknown one comes last.
func (s Severity) Rank() int {
	switch s {
	case Error:
		return 0
	case Warning:
		return 1
	case Note:
		return 2
	}
	return 3
}

// Or is the worse of two severities; "" is better than any.
func (s Severity) Or(other Severity) Severity {
	if other.Rank() < s.Rank() {
		return other
	}
	return s
}

// Worst is the gravest severity among what failed; "" if nothing did. That a pasted
// assertion has expired since, where nothing says when it was sent, counts for nothing.
func (c *Case) Worst() Severity {
	var worst Severity
	for i := range c.Findings {
		if f := &c.Findings[i]; f.Failed() && !(f.Cause == "exp-past" && f.Severity == Note) {
			worst = worst.Or(f.Severity)
		}
	}
	return worst
}

// Certainty is about the defect, not about whether the server minded it: a
// certain defect may not be the reason of the refusal.
type Certainty string

// Certainties, surest first.
const (
	Certain  Certainty = "certain"  // proven from the evidence
	Likely   Certainty = "likely"   // pointed to by it
	Possible Certainty = "possible" // one of several the evidence allows
)

// Rank orders certainties, surest first.
func (c Certainty) Rank() int {
	switch c {
	case Certain:
		return 0
	case Likely:
		return 1
	}
	return 2
}

// Citation is a document that says so. A fact without one is not shown.
type Citation struct {
	Title string `json:"title"`
	URL   string `json:"url"`
	// Seen is the day (YYYY-MM-DD) or month the document was read or dated, if known.
	Seen string `json:"seen,omitempty"`
	// Authority is documented, source, observed or community.
	Authority string `json:"authority,omitempty"`
}

// The parts of a case a Location can point into.
const (
	PartAssertion = "assertion"
	PartHeader    = "header"
	PartClaims    = "claims"
	PartSignature = "signature"
	PartRequest   = "request"
	PartResponse  = "response"
	PartJWKS      = "jwks"
	PartKey       = "key"
	PartNetwork   = "network"
	PartText      = "text"
	PartDiscovery = "discovery"
)

// Location is a place in the evidence: Offset and Length count bytes in the
// part (in the decoded JSON for header and claims), Line and Column start at 1.
type Location struct {
	Part    string  `json:"part"`
	Pointer string  `json:"pointer"` // RFC 6901, where the part is JSON
	Offset  int     `json:"offset"`
	Length  int     `json:"length"`
	Line    int     `json:"line"`
	Column  int     `json:"column"`
	Source  *Source `json:"source,omitempty"`
	// Excerpt is the place with a little around it, for people; secrets in it
	// are masked already, control characters are not yet made visible.
	Excerpt *Excerpt `json:"-"`
}

// Source is the same place in the text as it was given.
type Source struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"` // in characters
	Length int    `json:"length"` // in characters
}

// Excerpt is one line of text with the bytes [Start, Start+Length) marked.
type Excerpt struct {
	Text   string
	Start  int
	Length int
}

// Timeline is the picture of a finding about times.
type Timeline struct {
	Marks []Mark // in any order; renderers sort by At
}

// MarkKind says what is at a Mark.
type MarkKind string

// What can be on a timeline.
const (
	MarkNow   MarkKind = "now"   // the moment judged as of
	MarkClaim MarkKind = "claim" // iat, nbf, exp
	MarkLimit MarkKind = "limit" // the last moment the provider allows
)

// Mark is one labelled instant.
type Mark struct {
	Kind  MarkKind
	Label string // "iat", "exp", "limit", "now"
	At    time.Time
	Bad   bool // the claim found at fault
}

// Patch is one step of a fix as data: what to set or remove where.
type Patch struct {
	// Part is PartHeader, PartClaims, PartRequest or PartJWKS.
	Part string `json:"part"`
	// Pointer is a JSON Pointer (RFC 6901) into the part; of a request it names
	// a parameter ("/client_assertion_type").
	Pointer string `json:"pointer"`
	// Value is what to set: a string, a number, a boolean or a list of strings.
	Value any `json:"value,omitempty"`
	// Remove is true if the member is to be taken out; Value is nil then.
	Remove bool `json:"remove,omitempty"`
}

// Finding is one answer of one check about one case.
type Finding struct {
	Check         CheckID    `json:"check"`
	Cause         CauseID    `json:"cause"` // empty unless Outcome is Fail
	Outcome       Outcome    `json:"outcome"`
	Severity      Severity   `json:"severity"`
	Title         string     `json:"title"`
	Message       string     `json:"message"`
	Found         string     `json:"found"`
	Expected      string     `json:"expected"`
	Fix           []string   `json:"fix"`
	Reason        string     `json:"reason"` // why it was skipped or broke
	Why           Why        `json:"why"`    // the same as a word; empty unless Outcome is Skip
	Patch         []Patch    `json:"patch"`
	At            []Location `json:"at"`
	ConsequenceOf CauseID    `json:"consequence_of"`
	Cite          []Citation `json:"cite"`

	// What follows is for people, and not part of the JSON report.

	Certainty Certainty `json:"-"`
	Timeline  *Timeline `json:"-"`
	// Verbatim is true if Found and Expected are two values exactly as they
	// are sent, so that it makes sense to show where they differ.
	Verbatim bool `json:"-"`
	// InCode is the fix as the library that probably made the assertion takes it:
	// its name and a line of code; "" if none is known.
	InCode, InLibrary string `json:"-"`
	// Ahead is true of a note about a later day, which is shown wherever it is made.
	Ahead bool `json:"-"`
	// Answer is what the provider's server is documented to say to this cause,
	// Answered whether it is what the server said here.
	Answer   string `json:"-"`
	Answered bool   `json:"-"`
	// Supply is what would let a skipped check run: flags ("--jwks FILE|URL"), or
	// evidence in words. Any one of them does.
	Supply []string `json:"-"`
	// Remedy is Supply as a clause: "add --jwks
	// FILE|URL or --key FILE"; "" if nothing would.
	Remedy string `json:"-"`
	// Remedied is true if the fix is of this very fault, and not what is said of every
	// one with its cause.
	Remedied bool `json:"-"`
	// Subject names what the check is about in a word or two ("aud", "the signature").
	Subject string `json:"-"`
}

// Failed reports whether the finding names a cause.
func (f Finding) Failed() bool { return f.Outcome == Fail }
