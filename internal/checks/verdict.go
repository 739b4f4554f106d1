package checks

import (
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Verdict is the answer of a Judge: passed, not asked, or one or more faults.
// More than one only if they are independent of each other.
type Verdict struct {
	Faults []*Fault
	// Skipped is true if the question could not be put, for the reason Why.
	Skipped bool
	Why     finding.Why
	// Supply lists what would let it be put: flags with their value
	// ("--jwks FILE|URL"), or other input in words ("the authorization URL").
	Supply []string
	Cites  []finding.Citation
	// Open are causes of the check that a pass has not excluded; Shown those
	// whose trait the evidence has, and which no known rule condemns.
	Open, Shown []finding.CauseID

	format string
	args   []any
	texts  [2]string // in place of args
	given  int       // of texts
}

// Words is the message of a pass, or the reason of a skip. They are put
// together only when asked for: of a batch nobody reads them.
func (v Verdict) Words() string {
	switch {
	case v.given == 1:
		return fmt.Sprintf(v.format, v.texts[0])
	case v.given == 2:
		return fmt.Sprintf(v.format, v.texts[0], v.texts[1])
	case len(v.args) == 0:
		return v.format
	}
	return fmt.Sprintf(v.format, v.args...)
}

// Detail is what a fault is about, as data. Which cause leads, and how causes
// rank, depends on this and never on the words of the fault.
type Detail struct {
	// Name is the claim, header parameter, request parameter or header field at
	// fault, as it is in the evidence; Meant is the name it should have, or the
	// one that is missing.
	Name, Meant string
	// Names are all of them, where one fault is about several and a lead depends
	// on which.
	Names []string
	// Value is the value at fault and Right the value it should have, verbatim;
	// empty if that is not one value or not known.
	Value, Right string
	// Beside is another value of the case that the fault compares with: the iss
	// that sub differs from.
	Beside string
	// Code is one of the check's own words for what it met ("text", "html"),
	// where a lead depends on it.
	Code string
}

// Fault is one cause found, with what it takes to show and fix it.
type Fault struct {
	Cause           finding.CauseID
	Title           string // one clause about this very case
	Message         string // more about this case; empty for the cause's own Why
	Found, Expected string
	Fixes           []string // empty for the cause's own Fix
	Patches         []finding.Patch
	Places          []evidence.Place
	Cites           []finding.Citation // before those of the check
	Certainty       finding.Certainty
	Severity        finding.Severity // empty for the cause's own
	Aside           bool             // a profile's severity for the cause does not count
	Timeline        *finding.Timeline
	Detail          Detail
	// Own is true if the rule is the user's own setting, which no document
	// of the check supports.
	Own bool
}

// Pass says that the check's title is true; the message says what was seen.
func Pass(format string, args ...any) Verdict {
	return Verdict{format: format, args: args}
}

// PassText is Pass with one or two texts to fill in. It allocates nothing.
func PassText(format string, texts ...string) Verdict {
	v := Verdict{format: format}
	v.given = copy(v.texts[:], texts)
	return v
}

// NotAskedText is NotAsked with one or two texts to fill in. It allocates nothing.
func NotAskedText(format string, texts ...string) Verdict {
	v := PassText(format, texts...)
	v.Skipped, v.Why = true, finding.WhyRule
	return v
}

// NotAsked says why the question could not be put. Without Give or For, it is
// because the profile does not ask it.
func NotAsked(format string, args ...any) Verdict {
	return Verdict{Skipped: true, Why: finding.WhyRule, format: format, args: args}
}

// Give names the flags or input with which the question could be put.
func (v Verdict) Give(supply ...string) Verdict {
	for _, s := range supply {
		if s == "" {
			continue
		}
		v.Supply = append(v.Supply, s)
		if strings.HasPrefix(s, "--") {
			v.Why = finding.WhyMissing
		} else if v.Why != finding.WhyMissing {
			v.Why = finding.WhyNotGiven
		}
	}
	return v
}

// For sets the kind of reason why the question was not put.
func (v Verdict) For(why finding.Why) Verdict { v.Why = why; return v }

// LeavesOpen names causes of the check that a pass has not excluded, because
// what they are compared with is not known.
func (v Verdict) LeavesOpen(causes ...finding.CauseID) Verdict {
	v.Open = append(v.Open, causes...)
	return v
}

// Shows names causes whose trait the evidence has, and that no rule known of
// the provider condemns: there is no kid, and none is known to be required.
func (v Verdict) Shows(causes ...finding.CauseID) Verdict {
	v.Shown = append(v.Shown, causes...)
	return v
}

// Citing adds the documents a passed check rests on.
func (v Verdict) Citing(cite ...finding.Citation) Verdict {
	if len(v.Cites) == 0 {
		v.Cites = cite
	} else {
		v.Cites = append(v.Cites[:len(v.Cites):len(v.Cites)], cite...)
	}
	return v
}

// Faults makes a verdict of the faults found; without any it is a Pass with the message.
func Faults(pass string, faults ...*Fault) Verdict {
	v := Verdict{format: pass}
	for _, f := range faults {
		if f != nil {
			v.Faults = append(v.Faults, f)
		}
	}
	return v
}

// The functions that make a fault are called in a thousand places. None of them
// is inlined, which saves a third of a megabyte of the program.

// Fail makes a verdict of one fault.
//
//go:noinline
func Fail(f *Fault) Verdict { return Verdict{Faults: []*Fault{f}} }

// Found starts a fault: the cause and one clause that says it of this case
// ("exp is 10m00s after iat; Redox allows at most 5m00s").
//
//go:noinline
func Found(cause finding.CauseID, format string, args ...any) *Fault {
	return &Fault{Cause: cause, Title: fmt.Sprintf(format, args...), Certainty: finding.Certain}
}

// Saying explains more of this case; without it the cause's own Why is given.
//
//go:noinline
func (f *Fault) Saying(format string, args ...any) *Fault {
	f.Message = fmt.Sprintf(format, args...)
	return f
}

// Compare shows what was found and what was expected.
//
//go:noinline
func (f *Fault) Compare(found, expected string) *Fault {
	f.Found, f.Expected = found, expected
	return f
}

// Fix says what to do; without one the cause's own Fix is given.
//
//go:noinline
func (f *Fault) Fix(format string, args ...any) *Fault {
	f.Fixes = append(f.Fixes, fmt.Sprintf(format, args...))
	return f
}

// Set adds to the patch that a member of a part is to have this value. The
// pointer is that of a top-level member.
//
//go:noinline
func (f *Fault) Set(part, name string, value any) *Fault {
	f.Patches = append(f.Patches, finding.Patch{Part: part, Pointer: evidence.Pointer(name), Value: value})
	return f
}

// Remove adds to the patch that a member of a part is to be taken out.
//
//go:noinline
func (f *Fault) Remove(part, name string) *Fault {
	f.Patches = append(f.Patches, finding.Patch{Part: part, Pointer: evidence.Pointer(name), Remove: true})
	return f
}

// SetAt is Set for a member at any depth, by its JSON Pointer.
//
//go:noinline
func (f *Fault) SetAt(part, pointer string, value any) *Fault {
	f.Patches = append(f.Patches, finding.Patch{Part: part, Pointer: pointer, Value: value})
	return f
}

// RemoveAt is Remove for a member at any depth, by its JSON Pointer.
//
//go:noinline
func (f *Fault) RemoveAt(part, pointer string) *Fault {
	f.Patches = append(f.Patches, finding.Patch{Part: part, Pointer: pointer, Remove: true})
	return f
}

// About says as data what the fault is about.
//
//go:noinline
func (f *Fault) About(d Detail) *Fault {
	f.Detail = d
	return f
}

// At points to where the fault is.
//
//go:noinline
func (f *Fault) At(at ...evidence.Place) *Fault {
	f.Places = append(f.Places, at...)
	return f
}

// Citing names the documents that say so, before those of the check.
//
//go:noinline
func (f *Fault) Citing(cite ...finding.Citation) *Fault {
	f.Cites = append(f.Cites, cite...)
	return f
}

// As marks the fault as less than certain.
//
//go:noinline
func (f *Fault) As(c finding.Certainty) *Fault {
	f.Certainty = c
	return f
}

// Weigh overrides the cause's severity for this fault.
//
//go:noinline
func (f *Fault) Weigh(s finding.Severity) *Fault {
	f.Severity = s
	return f
}

// PutAside gives the fault a severity that no profile changes: it is about something that
// the assertion does not turn on.
func (f *Fault) PutAside(s finding.Severity) *Fault {
	f.Severity, f.Aside = s, true
	return f
}

// Draw adds the picture of the times.
func (f *Fault) Draw(t *finding.Timeline) *Fault {
	f.Timeline = t
	return f
}
