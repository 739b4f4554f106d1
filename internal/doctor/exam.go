package doctor

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

// deepSearches is how often a run looks for the reason of a failing signature
// in full. A batch of thousands that fail alike has one reason.
const deepSearches = 20

// shallowBudget suffices to verify with every key of a usual set and to judge
// the form, but not to search.
const shallowBudget = 200

// exams remembers what deep searches found, by (kid, alg, shape of the failure).
type exams struct {
	done  map[[sha256.Size]byte]jose.Diagnosis
	spent int
}

// examine tries the signature of a case against the keys given.
func (x *exams) examine(c *evidence.Case) {
	a, ok := c.Assertion.Get()
	keys, haveKeys := c.Keys.Get()
	switch {
	case !haveKeys:
		c.Exam = evidence.Missing[*jose.Diagnosis]("no keys were given")
		return
	case !ok || a.Shape != evidence.ShapeCompact || len(a.Segments) != 3:
		c.Exam = evidence.Missing[*jose.Diagnosis]("there is no assertion of three parts")
		return
	case len(keys.Set.Keys) == 0:
		c.Exam = evidence.Missing[*jose.Diagnosis]("no key could be read from " + keys.Source)
		return
	}
	h, ok := c.Header.Get()
	if !ok {
		c.Exam = evidence.Missing[*jose.Diagnosis]("the header cannot be read")
		return
	}
	exhibit := exhibitOf(a, h, keys)
	// Most assertions verify, and that is quickly found out.
	exhibit.Budget = shallowBudget
	d := jose.Diagnose(exhibit)
	if d.Valid || d.ValidRepaired || d.Inconclusive || !d.Cut {
		c.Exam = evidence.Known(&d)
		return
	}
	if x.done == nil {
		x.done = map[[sha256.Size]byte]jose.Diagnosis{}
	}
	shape := fmt.Sprintf("%s\x00%s\x00%s\x00%d", exhibit.Kid, exhibit.Alg, d.Cause, len(exhibit.Signature))
	key := sha256.Sum256([]byte(strings.ToValidUTF8(shape, "?")))
	if before, ok := x.done[key]; ok {
		// Not confirmed for this very assertion, so no longer certain.
		before.Certainty = finding.Likely
		before.Proof = "An earlier assertion of this run failed alike and was searched in full; this one was not."
		d = before
	} else if x.spent < deepSearches {
		x.spent++
		exhibit.Budget = 0
		d = jose.Diagnose(exhibit)
		x.done[key] = d
	}
	c.Exam = evidence.Known(&d)
}

func exhibitOf(a *evidence.Assertion, h *evidence.Object, keys *evidence.Keys) jose.Exhibit {
	part := func(i int) jose.Part {
		s := a.Segments[i]
		return jose.Part{Sent: a.Compact[s.Span.Start:s.Span.End], Clean: s.Clean, Decoded: s.Decoded}
	}
	sig := a.Segments[2]
	x := jose.Exhibit{
		Header: part(0), Payload: part(1),
		Signature: sig.Decoded, SignatureText: a.Compact[sig.Span.Start:sig.Span.End],
		Keys: keys.Set.Keys,
	}
	x.Alg, _ = h.Text("alg")
	x.Kid, x.HasKid = h.Text("kid")
	return x
}
