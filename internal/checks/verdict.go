package checks

import (
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Verdict is the answer of a Judge: passed, not asked, or one or more faults.
// More than one only where they are independent of each other.
type Verdict struct {
	faults  []*Fault
	skip    bool
	reason  string
	remedy  string
	message string
	at      []finding.Location
	cite    []finding.Citation
	open    []string
	shown   []string
}

// Fault is one cause found, with what it takes to show and mend it.
type Fault struct {
	finding finding.Finding
}

// Pass says that the check's title holds; the message tells what was seen.
func Pass(format string, args ...any) Verdict {
	return Verdict{message: fmt.Sprintf(format, args...)}
}

// NotAsked says why the question could not be put.
func NotAsked(format string, args ...any) Verdict {
	return Verdict{skip: true, reason: fmt.Sprintf(format, args...)}
}

// Give names the flag or input with which the question could be put.
func (v Verdict) Give(remedy string) Verdict { v.remedy = remedy; return v }

// LeavesOpen names causes of the check that a pass has not excluded, because
// what they are judged by is not known.
func (v Verdict) LeavesOpen(causes ...string) Verdict {
	v.open = append(v.open, causes...)
	return v
}

// Shows names causes whose trait the evidence has, and that no rule known of
// the provider condemns: there is no kid, and none is known to be required.
func (v Verdict) Shows(causes ...string) Verdict {
	v.shown = append(v.shown, causes...)
	return v
}

// Citing adds the documents a passed check rests on.
func (v Verdict) Citing(cite ...finding.Citation) Verdict {
	v.cite = append(v.cite, cite...)
	return v
}

// Faults makes a verdict of the faults found; without any it is a Pass with the message.
func Faults(pass string, faults ...*Fault) Verdict {
	v := Verdict{message: pass}
	for _, f := range faults {
		if f != nil {
			v.faults = append(v.faults, f)
		}
	}
	return v
}

// Fail makes a verdict of one fault.
func Fail(f *Fault) Verdict { return Verdict{faults: []*Fault{f}} }

// Found starts a fault: the cause and one clause that tells it of this case
// ("exp is 10m00s after iat; Redox allows at most 5m00s").
func Found(cause, format string, args ...any) *Fault {
	return &Fault{finding.Finding{Cause: cause, Title: fmt.Sprintf(format, args...), Certainty: finding.Certain}}
}

// Saying explains more of this case; without it the cause's own Why is told.
func (f *Fault) Saying(format string, args ...any) *Fault {
	f.finding.Message = fmt.Sprintf(format, args...)
	return f
}

// Compare shows what was found beside what was expected.
func (f *Fault) Compare(found, expected string) *Fault {
	f.finding.Found, f.finding.Expected = found, expected
	return f
}

// Fix says what to do; without one the cause's own Fix is told.
func (f *Fault) Fix(format string, args ...any) *Fault {
	f.finding.Fix = append(f.finding.Fix, fmt.Sprintf(format, args...))
	return f
}

// At points to where the fault is.
func (f *Fault) At(at ...finding.Location) *Fault {
	f.finding.At = append(f.finding.At, at...)
	return f
}

// Citing names the documents that say so, before those of the check.
func (f *Fault) Citing(cite ...finding.Citation) *Fault {
	f.finding.Cite = append(f.finding.Cite, cite...)
	return f
}

// As marks the fault as less than certain.
func (f *Fault) As(c finding.Certainty) *Fault {
	f.finding.Certainty = c
	return f
}

// Weigh overrides the cause's severity for this fault.
func (f *Fault) Weigh(s finding.Severity) *Fault {
	f.finding.Severity = s
	return f
}

// Draw adds the picture of the times.
func (f *Fault) Draw(t *finding.Timeline) *Fault {
	f.finding.Timeline = t
	return f
}
