package doctor

import (
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
)

// Online is what was seen of a server: the way to it, and what it publishes.
// Either may be nil.
type Online struct {
	Network   *evidence.Network
	Discovery *evidence.Discovery
	// Answered is when the answer came by this machine's clock; zero if none did.
	Answered time.Time
	// Fresh says that the assertion was made for this very request.
	Fresh bool
	// Interrupted says that the run was ended before all of it was seen.
	Interrupted bool
	// Unread says that a discovery document was looked for then.
	Unread bool
}

// give puts what was seen into a case.
func (o Online) give(c *evidence.Case) {
	c.Network = evidence.Missing[*evidence.Network]("the network was not tested")
	c.Discovery = evidence.Missing[*evidence.Discovery]("no discovery document was given")
	if o.Interrupted && o.Unread {
		c.Discovery = evidence.Missing[*evidence.Discovery]("the run was interrupted before a discovery document was read")
	}
	if o.Discovery != nil {
		c.Discovery = evidence.Known(o.Discovery)
	}
	if o.Network == nil {
		return
	}
	o.Network.Interrupted = o.Interrupted
	c.Network = evidence.Known(o.Network)
	x := o.Network.HTTP
	if x == nil || x.Response == nil {
		return
	}
	input.Understand(x.Response)
	if age := x.Response.Headers.Value("Age"); strings.Trim(age, "0 ") != "" {
		c.Clock = evidence.Missing[*evidence.Clock]("the answer comes from a cache, with the Date of an earlier one")
	} else if !x.Response.Date.IsZero() && !o.Answered.IsZero() {
		c.Clock = evidence.Known(&evidence.Clock{Server: x.Response.Date, Local: o.Answered, Took: x.Took, From: "this machine's clock"})
	}
}

// complete adds to an answer what its text does not say: that a body of white
// space is one, and that the rest of a body did not come.
func (o Online) complete(r *evidence.Response) {
	if o.Network == nil || o.Network.HTTP == nil || o.Network.HTTP.Response == nil {
		return
	}
	x := o.Network.HTTP
	if !r.BodyKnown {
		r.Body, r.BodyKnown = x.Response.Body, true
	}
	if x.Response.Truncated && (o.Interrupted || x.Fault == evidence.FaultHTTPTimeout) {
		r.Truncated = true
	}
}

const interrupted = "it was interrupted"

// unfinished says in words what was not seen to its end, for a reason that is
// no cause of a check; "" for nothing.
func (o Online) unfinished() string {
	if n := o.Network; n != nil {
		switch answered := n.HTTP != nil && n.HTTP.Status != 0; {
		case n.TLS != nil && (n.TLS.Fault == evidence.FaultTLSFailed || n.TLS.Fault == evidence.FaultTLSNotSpoken) && !answered:
			return n.TLS.Says
		case n.HTTP != nil && n.HTTP.Fault == evidence.FaultHTTPFailed:
			return n.HTTP.Says
		}
	}
	if o.Interrupted {
		return interrupted
	}
	return ""
}

// finish marks a case that was not seen to its end, so that nobody takes it for
// one with nothing wrong: a step that failed is an error, an interruption is not.
func (o Online) finish(c *finding.Case) {
	c.Unfinished = o.unfinished()
	switch {
	case c.Unfinished == "" || c.Summary.Verdict != finding.VerdictPass:
	case c.Unfinished == interrupted:
		c.Summary.Verdict = finding.VerdictWarn
	default:
		c.Summary.Verdict = finding.VerdictFail
	}
}

// JudgeNetwork judges only an address: the way to it, the clocks, and what
// the server publishes.
func JudgeNetwork(opts Options, seen Online) (finding.Case, Result, error) {
	opts.Online = seen
	// What cannot be asked of an address is not listed as skipped either.
	d, err := newDoctor(opts, asksNetwork)
	if err != nil {
		return finding.Case{}, Result{}, err
	}
	source := ""
	if seen.Network != nil {
		source = seen.Network.URL
	} else if seen.Discovery != nil {
		source = seen.Discovery.Asked
	}
	c := d.caseOf(subject{})
	c.Input = evidence.Input{Source: source, Line: 1, Kinds: []string{"network"}}
	return d.alone(c, "an address")
}

func asksNetwork(c *checks.Check) bool {
	return slices.ContainsFunc(c.Needs, func(n evidence.Need) bool {
		return n == evidence.NeedNetwork || n == evidence.NeedDiscovery || n == evidence.NeedClock
	})
}

// alone judges the one case of a run that reads no input.
func (d *Doctor) alone(c *evidence.Case, readAs string) (finding.Case, Result, error) {
	out, err := d.judgeBy(c, 0, c.Seen, readAs, nil)
	if err != nil {
		return finding.Case{}, Result{}, err
	}
	r := d.newRun()
	r.count(tallyOf(&out))
	if r.result.Summary.Verdict == "" {
		r.result.Summary.Verdict = finding.VerdictPass
	}
	return out, r.result, nil
}
