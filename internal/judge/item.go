package judge

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// item is one answer of one check, with what the engine learns by comparing it
// with the others.
type item struct {
	check     *checks.Check
	outcome   finding.Outcome
	verdict   *checks.Verdict // of a pass or skip; nil where a case lacks what is needed
	fault     *checks.Fault   // of a failure
	cause     *checks.Cause
	severity  finding.Severity
	certainty finding.Certainty
	led       finding.CauseID // the cause it is a consequence of
	remark    string          // added to the message
	fixes     []string        // in place of the fault's
	need      evidence.Need   // of a skip: what the case lacks
	lacks     bool
	accepted  bool              // the server took the request all the same
	trouble   string            // why the check broke
	at        *finding.Location // of a failure that is in the text, and in no part of the exchange
}

func (it *item) failed() bool { return it.outcome == finding.Fail }

// shows reports whether the check passed or was skipped though the evidence has the
// trait that the cause is about.
func (it *item) shows(cause finding.CauseID) bool {
	return it.verdict != nil && slices.Contains(it.verdict.Shown, cause)
}

// scratch is the memory of one case. Verdicts are large, and there are many: they
// are written where they stay, and there is room for one of every check.
type scratch struct {
	items    []item
	verdicts []checks.Verdict
}

func (e *Engine) memory() *scratch {
	select {
	case s := <-e.spare:
		return s
	default:
		return &scratch{make([]item, 0, len(e.run)+8), make([]checks.Verdict, 0, len(e.run))}
	}
}

// forget clears what the last case left, so that nothing of it is kept alive.
func (s *scratch) forget(items []item) {
	clear(items)
	clear(s.verdicts)
	s.items, s.verdicts = items[:0], s.verdicts[:0]
}

// verdict is room for another one.
func (s *scratch) verdict() *checks.Verdict {
	s.verdicts = s.verdicts[:len(s.verdicts)+1]
	return &s.verdicts[len(s.verdicts)-1]
}

func (it *item) causeID() finding.CauseID {
	if it.fault == nil {
		return ""
	}
	return it.fault.Cause
}
