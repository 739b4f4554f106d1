package judge

import (
	"cmp"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// diagnose folds consequences under their causes and lists what is left, the
// most likely cause of the refusal first. It changes the items it is given.
func (e *Engine) diagnose(all []item, q Question, said answer) []finding.Diagnosis {
	if count(all, func(*item) bool { return true }) == 0 {
		accept(all, q.Case)
		return []finding.Diagnosis{}
	}
	e.fold(all)
	accept(all, q.Case)
	downgrade(all, q.At, said)
	blame(all)
	p := q.Rules.Profile()
	var order []int
	for i := range all {
		if all[i].failed() && all[i].severity != finding.Note {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := &all[i], &all[j]
		return cmp.Or(
			// Of what was never filled in, nothing else says anything.
			first(a.fault.Cause == unfilled, b.fault.Cause == unfilled),
			// Where nobody looked at the assertion, that is the cause.
			first(unseen(a), unseen(b)),
			// What the server says and a check confirms comes before all else.
			first(said.confirms(a), said.confirms(b)),
			// One that was pasted has nearly always expired since.
			first(!pastedSince(a), !pastedSince(b)),
			cmp.Compare(a.severity.Rank(), b.severity.Rank()),
			first(a.certainty != finding.Possible, b.certainty != finding.Possible),
			first(said.explains(a.fault.Cause), said.explains(b.fault.Cause)),
			first(a.fault.Cause != refused, b.fault.Cause != refused),
			cmp.Compare(documentedOrder(p, a), documentedOrder(p, b)),
			cmp.Compare(a.check.Rank, b.check.Rank),
			cmp.Compare(i, j),
		)
	})
	list := make([]finding.Diagnosis, 0, len(order))
	for _, i := range order {
		it := &all[i]
		list = append(list, finding.Diagnosis{Cause: it.fault.Cause, Check: it.check.ID, Certainty: it.certainty, Title: it.fault.Title})
	}
	return e.explain(said, all, list)
}

// count counts the failed items of which something is true.
func count(all []item, is func(*item) bool) int {
	n := 0
	for i := range all {
		if all[i].failed() && is(&all[i]) {
			n++
		}
	}
	return n
}

// failedServer is the cause that means a server's own failure.
const failedServer finding.CauseID = "server-failed"

// blame makes a server's failure the consequence of a fault that is proven: some
// servers fail on a faulty request instead of refusing it.
func blame(all []item) {
	at := slices.IndexFunc(all, func(it item) bool { return it.failed() && it.fault.Cause == failedServer && it.led == "" })
	if at < 0 {
		return
	}
	lead := -1
	for i := range all {
		it := &all[i]
		if it.failed() && it.severity == finding.Error && it.certainty == finding.Certain && !it.cause.Unseen && !it.check.OfAnswer && it.led == "" &&
			(lead < 0 || it.check.Rank < all[lead].check.Rank) {
			lead = i
		}
	}
	if lead < 0 {
		return
	}
	fault := *all[at].fault
	fault.Message = "Some servers fail on a faulty request instead of refusing it." + fault.Detail.Beside
	fault.Title = "the server answered " + fault.Detail.Code + ", which the fault may have caused"
	all[at].fault = &fault
	all[at].led, all[at].severity = all[lead].fault.Cause, finding.Note
}

// unfilled is the cause that there is a placeholder in place of the assertion.
const unfilled finding.CauseID = "placeholder-left"

// unseen reports whether the item means that nobody looked at the assertion: it
// did not arrive, or somebody else answered.
func unseen(it *item) bool { return it.severity == finding.Error && it.cause.Unseen }

// pastedSince reports whether the item only says that an assertion has expired of
// which nobody knows when it was sent.
func pastedSince(it *item) bool {
	return it.fault.Cause == "exp-past" && it.certainty == finding.Likely
}

// first orders what is true before what is not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// downgrade marks what the evidence no longer proves for the moment of sending.
// A pasted assertion has grown old since: that it has says little where
// something else is wrong with it, or where a server refused it at another time.
// And what a server had found right before it spoke cannot be what it refused.
func downgrade(all []item, at evidence.Moment, said answer) {
	var old finding.CauseID
	switch at.Basis {
	case evidence.BasisIAT:
		old = "exp-past"
	case evidence.BasisNow:
		old = "iat-too-old"
	}
	other := count(all, func(it *item) bool { return it.severity == finding.Error && it.fault.Cause != old }) > 0
	for i := range all {
		it := &all[i]
		switch {
		case !it.failed():
		case said.specific() && said.explains(it.fault.Cause):
			if it.certainty == finding.Possible || it.fault.Cause == old {
				it.certainty = finding.Likely
			}
		case said.proves(it), other && old != "" && it.fault.Cause == old:
			it.certainty = finding.Possible
		}
	}
}

// documentedOrder is the place of a cause in the order in which the provider's
// server is known to check; what is not listed comes after.
func documentedOrder(p *profile.Profile, it *item) int {
	for i, id := range p.Order {
		if id == string(it.fault.Cause) || id == string(it.check.ID) {
			return i
		}
	}
	return len(p.Order)
}

// fold marks every failed item that another one brings about as its
// consequence: a note. The leading one is as grave as the gravest it leads.
func (e *Engine) fold(all []item) {
	if count(all, func(*item) bool { return true }) < 2 {
		return
	}
	by := make([]int, len(all)) // index of the leading item, or -1
	for i := range all {
		by[i] = -1
		if !all[i].failed() {
			continue
		}
	search:
		for _, l := range e.catalog.leads[all[i].fault.Cause] {
			for j := range all {
				if j != i && all[j].failed() && all[j].fault.Cause == l.from && (l.when == nil || l.when(all[j].fault, all[i].fault)) {
					by[i] = j
					break search
				}
			}
		}
	}
	severity := make([]finding.Severity, len(all))
	for i := range all {
		severity[i] = all[i].severity
	}
	for i := range all {
		if by[i] < 0 {
			continue
		}
		root := by[i]
		for steps := 0; by[root] >= 0 && steps < len(all); steps++ {
			root = by[root]
		}
		if severity[i].Rank() < all[root].severity.Rank() {
			all[root].severity = severity[i]
		}
		all[i].led = all[root].fault.Cause
		all[i].severity = finding.Note
	}
}
