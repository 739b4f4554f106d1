package doctor

import (
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

// runBudget is the work, in the units of jose.Exhibit, that all searches of a
// run may do together: two seconds of CPU time on a slow core. A batch of
// thousands that fail alike has one reason.
const runBudget = 2 * jose.DefaultBudget

// exams examines the signatures of a run. It keeps what later cases may try
// first, and what the searches have cost; it never keeps a verdict. Cases pass
// through it one after the other.
type exams struct {
	found jose.Hypotheses
	spent int
}

// examine tries the signature of a case against the keys given.
func (x *exams) examine(c *evidence.Case) {
	e := new(jose.Examination)
	if why := verify(e, c); why != "" {
		c.Exam = evidence.Missing[*jose.Diagnosis](why)
		return
	}
	d, settled := e.Settled()
	if !settled {
		d = x.search(e)
	}
	c.Exam = evidence.Known(&d)
}

// search finds out why a signature does not verify, as far as the run's budget goes.
func (x *exams) search(e *jose.Examination) jose.Diagnosis {
	d := e.Search(x.found.Propose(e), min(jose.DefaultBudget, runBudget-x.spent))
	x.spent += d.Spent
	x.found.Learn(d)
	return d
}

// verify verifies the signature of a case the plain way. It needs nothing of the run, so
// that cases can be verified side by side. It says why there is nothing to examine; "" if
// there is.
func verify(e *jose.Examination, c *evidence.Case) (why string) {
	a, ok := c.Assertion.Get()
	keys, haveKeys := c.Keys.Get()
	switch {
	case !haveKeys:
		return "no keys were given"
	case !ok || a.Shape != evidence.ShapeCompact || len(a.Segments) != 3:
		return "no assertion with three parts was given"
	case len(keys.Set.Keys) == 0:
		return "no key could be read from " + keys.Source
	}
	h, ok := c.Header.Get()
	if !ok {
		return "the header cannot be read"
	}
	e.Examine(exhibitOf(a, h, keys))
	return ""
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
