package doctor

import (
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Examine tries the signature of a case that Evidence returned against the keys
// given. It completes the case, so it is called once, before the case is judged.
func Examine(c *evidence.Case) {
	var x exams
	x.examine(c)
}

// Gather is the evidence of an exchange that was not read from text, as JudgeExchange
// judges it.
func (d *Doctor) Gather(e input.Exchange) *evidence.Case { return d.caseOf(subject{parts: e}) }

// Change is what a case is to be judged with instead of what was given. A nil member
// leaves that part as it is.
type Change struct {
	Header, Claims []byte
	Request        []finding.Patch // steps whose part is the request
	// Unsent says that what the case is about now was never sent: the assertion was
	// signed again.
	Unsent bool
}

// Changed is the case as it would be with the change: what depends on the old text
// (its encoding, its signature, the server's answer to it) is missing. The time of
// sending stays what it was, unless the assertion is a later one: it has another iat,
// or was signed again. The case itself is not changed.
func Changed(c *evidence.Case, to Change) *evidence.Case {
	const why = "header and claims were edited, so that nothing is signed yet"
	out := *c
	if to.Header != nil || to.Claims != nil {
		out.Assertion = evidence.Missing[*evidence.Assertion](why)
		out.Signature = evidence.Missing[[]byte](why)
		out.Exam = evidence.Missing[*jose.Diagnosis](why)
		out.Unsigned = nil
	}
	out.Errors = nil
	out.Header, out.Claims = edited(finding.PartHeader, to.Header, c.Header), edited(finding.PartClaims, to.Claims, c.Claims)
	if at, basis := sentAt(c); to.Unsent || reissued(c.Claims, out.Claims) {
		out.Told = evidence.Told{}
		if r, ok := c.Request.Get(); ok && !r.Sent.IsZero() {
			later := *r
			later.Sent = time.Time{}
			out.Request = evidence.Known(&later)
		}
	} else if basis != "" {
		out.Told = evidence.Told{Time: at, Answer: basis == evidence.BasisAnswer}
	}
	const answered = "the answer was to the assertion as it was before the edit"
	out.Response = evidence.Missing[*evidence.Response](answered)
	out.Network = evidence.Missing[*evidence.Network](answered)
	out.Input.Kinds = slices.DeleteFunc(slices.Clone(c.Input.Kinds), func(kind string) bool { return kind == "response" })
	if r, ok := out.Request.Get(); ok && len(to.Request) > 0 {
		out.Request = evidence.Known(patched(r, to.Request))
	}
	return &out
}

// reissued reports whether the claims are those of an assertion made at another time:
// by iat, or by exp where there is no iat.
func reissued(was, is evidence.Fact[*evidence.Object]) bool {
	before, ok := was.Get()
	after, too := is.Get()
	if !ok || !too {
		return false
	}
	for _, name := range []string{"iat", "exp"} {
		if at := after.Date(name); at.Value != nil {
			return at.Usable && !at.At.Equal(before.Date(name).At)
		}
	}
	return false
}

func edited(part string, raw []byte, was evidence.Fact[*evidence.Object]) evidence.Fact[*evidence.Object] {
	if raw == nil {
		return was
	}
	v, faults := jsonspan.Scan(raw, jsonspan.Limits{})
	return evidence.Known(&evidence.Object{Part: part, Raw: raw, Value: v, Faults: faults, Partial: slices.ContainsFunc(faults, jsonspan.Fault.Loses)})
}

// patched is a request with parameters set or removed.
func patched(r *evidence.Request, steps []finding.Patch) *evidence.Request {
	out := *r
	out.Params = slices.Clone(r.Params)
	for _, s := range steps {
		name := strings.NewReplacer("~1", "/", "~0", "~").Replace(strings.TrimPrefix(s.Pointer, "/"))
		is := func(p evidence.Param) bool { return p.Name == name }
		at := slices.IndexFunc(out.Params, is)
		value, _ := s.Value.(string)
		switch {
		case s.Remove:
			out.Params = slices.DeleteFunc(out.Params, is)
		case at >= 0:
			old := &out.Params[at]
			old.Value, old.RawValue, old.Unknown, old.Faults = value, value, "", nil
		default:
			out.Params = append(out.Params, evidence.Param{Name: name, RawName: name, Value: value, RawValue: value, In: evidence.InBody})
		}
	}
	return &out
}
