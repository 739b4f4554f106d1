package judge

import (
	"errors"
	"fmt"
	"runtime"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// Options is what applies to every case an engine judges.
type Options struct {
	// Only and Skip name checks or causes. Naming a cause keeps its check.
	Only, Skip []string
	// Require names checks or causes whose check has to run: where it does not,
	// the case says so in Unmet.
	Require []string
	// Applies leaves out checks that make no sense for the command, so that
	// they are not listed as skipped either; nil for none.
	Applies func(*checks.Check) bool
	// Has reports whether the command has a flag, so that none is recommended
	// that it lacks; nil for a command that has them all.
	Has func(flag string) bool
	// Brief leaves passes and skips out of the findings, as a batch wants it:
	// they are counted, and those that a flag would let run are listed in
	// NotChecked.
	Brief bool
	// Library is what other providers are known to answer; nil for none.
	Library *profile.Library
	// Ahead asks what standards to come will refuse, though it works today.
	Ahead bool
	// Reword changes every text of a check before anything is made of it; nil
	// to leave it. It is for the test that no decision depends on words.
	Reword func(*checks.Fault)
}

// Engine judges cases. It has no state but memory that it uses again: any number
// of goroutines may use one.
type Engine struct {
	spare   chan *scratch // memory of cases that have been judged
	catalog *Catalog
	opts    Options
	run     []int // indexes of the checks to run
	only    map[string]bool
	skip    map[string]bool
}

// New makes an engine. The error names an unknown ID in Only or Skip.
func New(catalog *Catalog, o Options) (*Engine, error) {
	e := &Engine{spare: make(chan *scratch, runtime.GOMAXPROCS(0)), catalog: catalog, opts: o, only: map[string]bool{}, skip: map[string]bool{}}
	wanted := map[finding.CheckID]bool{}
	for _, id := range o.Only {
		check, ok := catalog.CheckOf(id)
		if !ok {
			return nil, UnknownID{Flag: "--only", ID: id, Near: wording.Nearest(id, catalog.IDs())}
		}
		e.only[id], wanted[check.ID] = true, true
	}
	for _, id := range o.Require {
		if _, ok := catalog.CheckOf(id); !ok {
			return nil, UnknownID{Flag: "--require", ID: id, Near: wording.Nearest(id, catalog.IDs())}
		}
	}
	for _, id := range o.Skip {
		if _, ok := catalog.CheckOf(id); !ok {
			return nil, UnknownID{Flag: "--skip", ID: id, Near: wording.Nearest(id, catalog.IDs())}
		}
		e.skip[id] = true
	}
	for i := range catalog.checks {
		check := &catalog.checks[i]
		if e.skip[string(check.ID)] || len(wanted) > 0 && !wanted[check.ID] || o.Applies != nil && !o.Applies(check) {
			continue
		}
		e.run = append(e.run, i)
	}
	left := func(id string) bool {
		check, _ := catalog.CheckOf(id)
		return !e.skip[id] && !e.skip[string(check.ID)]
	}
	if len(o.Only) > 0 && !slices.ContainsFunc(o.Only, left) {
		return nil, ErrNoneLeft
	}
	return e, nil
}

// ErrNoneLeft says that Skip leaves nothing of Only. A run that asked nothing would
// look like one that found nothing.
var ErrNoneLeft = errors.New("--skip leaves out every check that --only names")

// UnknownID is an ID that is neither that of a check nor that of a cause.
type UnknownID struct {
	Flag, ID string
	Near     string // what was probably meant; "" for nothing
}

func (e UnknownID) Error() string {
	if e.Near != "" {
		return fmt.Sprintf("%s: unknown check or cause %q; did you mean %s?", e.Flag, e.ID, e.Near)
	}
	return fmt.Sprintf("%s: unknown check or cause %q; jwtdoctor checks lists them", e.Flag, e.ID)
}

// Catalog is what the engine judges by.
func (e *Engine) Catalog() *Catalog { return e.catalog }

// Question is a case, with what it is compared with and when.
type Question struct {
	Case  *evidence.Case
	Rules *profile.Rules
	At    evidence.Moment
	// Fresh says that the assertion was made for this very request, so that
	// what is wrong with it is not that it was used or has grown old.
	Fresh bool
	// Earlier is what the case says of earlier uses of what may be used once.
	Earlier evidence.Fact[evidence.Seen]
}

// Observer sees each finding as soon as its check has answered, before
// consequences are folded and causes ranked.
type Observer func(finding.Finding)

// ask runs the checks in order and returns what they answer.
func (e *Engine) ask(memory *scratch, q Question, said answer, observe Observer) []item {
	items := memory.items
	ctx := checks.NewCtx(q.Case, q.At, q.Rules, said.symptom)
	ctx.Seen, ctx.Ahead = q.Earlier, e.opts.Ahead
	have := q.Case.Present().Without(evidence.NeedSeen)
	if _, known := q.Earlier.Get(); known {
		have |= evidence.SetOf(evidence.NeedSeen)
	}
	// Failed causes are few; a scan of them is cheaper than a map.
	var failed []finding.CauseID
	ctx.Failed = func(cause finding.CauseID) bool { return slices.Contains(failed, cause) }
	for _, i := range e.run {
		check := &e.catalog.checks[i]
		if len(check.Kinds) > 0 && !slices.Contains(check.Kinds, q.At.Kind) {
			continue
		}
		from := len(items)
		items = e.put(items, memory, ctx, i, have)
		for k := from; k < len(items); k++ {
			if items[k].failed() {
				failed = append(failed, items[k].fault.Cause)
			}
			if observe != nil {
				observe(e.stamp(q, &items[k]))
			}
		}
	}
	return items
}

// put runs one check and adds what it answers.
func (e *Engine) put(items []item, memory *scratch, ctx *checks.Ctx, i int, have evidence.Set) []item {
	check := &e.catalog.checks[i]
	if !have.Has(e.catalog.needs[i]) {
		for _, n := range check.Needs {
			if !have.Has(evidence.SetOf(n)) {
				return append(items, item{check: check, outcome: finding.Skip, severity: finding.Note, need: n, lacks: true})
			}
		}
	}
	v := memory.verdict()
	for _, cause := range check.After {
		if ctx.Failed(cause) {
			*v = checks.NotAsked("moot: %s comes first", cause).For(finding.WhyMoot)
			return append(items, item{check: check, outcome: finding.Skip, severity: finding.Note, verdict: v})
		}
	}
	trouble := run(check, ctx, v)
	outcome := finding.Pass
	switch {
	case trouble != "":
		outcome = finding.Broken
	case v.Skipped:
		outcome = finding.Skip
	case len(v.Faults) > 0:
		for _, f := range v.Faults {
			items = append(items, e.weigh(ctx, check, i, f))
		}
		return items
	}
	return append(items, item{check: check, outcome: outcome, severity: finding.Note, verdict: v, trouble: trouble})
}

// run asks a check; a panic in it is our fault, and reported as such.
func run(check *checks.Check, ctx *checks.Ctx, v *checks.Verdict) (trouble string) {
	defer func() {
		if r := recover(); r != nil {
			// The panic's own text may quote the input; only its type is reported.
			trouble = fmt.Sprintf("this check failed itself (%T); please report it", r)
		}
	}()
	*v = check.Judge(ctx)
	return ""
}

// weigh completes a fault with what is known of its check and cause.
func (e *Engine) weigh(ctx *checks.Ctx, check *checks.Check, i int, f *checks.Fault) item {
	if e.opts.Reword != nil {
		e.opts.Reword(f)
	}
	at, ok := e.catalog.cause[f.Cause]
	if !ok || at.check != i {
		return item{check: check, outcome: finding.Broken, severity: finding.Note,
			trouble: "this check gave the cause " + string(f.Cause) + ", which it does not declare; please report it"}
	}
	it := item{check: check, outcome: finding.Fail, fault: f, cause: &check.Causes[at.cause], severity: f.Severity, certainty: f.Certainty}
	if it.severity == "" {
		it.severity = it.cause.Severity
		if ctx.Sent && it.cause.SentSeverity != "" {
			it.severity = it.cause.SentSeverity
		}
	}
	for _, id := range [...]string{string(check.ID), string(f.Cause)} {
		if s, ok := ctx.Profile.Severities[id]; ok && !f.Aside {
			it.severity = s
		}
	}
	return it
}

// selected drops the findings of causes that were skipped, or that are not
// among the only ones asked for.
func (e *Engine) selected(items []item, list []finding.Diagnosis) ([]item, []finding.Diagnosis) {
	if len(e.only) == 0 && len(e.skip) == 0 {
		return items, list
	}
	drop := func(check finding.CheckID, cause finding.CauseID) bool {
		if cause == "" {
			return false
		}
		return e.skip[string(cause)] || len(e.only) > 0 && !e.only[string(check)] && !e.only[string(cause)]
	}
	items = slices.DeleteFunc(items, func(it item) bool { return drop(it.check.ID, it.causeID()) })
	return items, slices.DeleteFunc(list, func(d finding.Diagnosis) bool { return drop(d.Check, d.Cause) })
}

// Judge answers a question. Nothing of the question is changed. The texts are not
// masked yet: what the caller adds passes the same mask (Mask).
func (e *Engine) Judge(q Question, observe Observer) finding.Case {
	said := e.recognise(q)
	memory := e.memory()
	items := e.ask(memory, q, said, observe)
	defer func() {
		memory.forget(items)
		select {
		case e.spare <- memory:
		default:
		}
	}()
	items = e.told(items, q, said)
	items = e.proven(items, q, said)
	e.promote(items, q, said)
	list := e.diagnose(items, q, said)
	e.unexplained(items, said)
	items, list = e.selected(items, list)
	c := finding.Case{
		Input:      inputOf(q.Case),
		JudgedAsOf: finding.JudgedAsOf{Time: q.At.AsOf.UTC().Format(timeFormat), Basis: q.At.Rests(), Words: q.At.Words},
		Symptom:    e.symptomOf(said, q.Rules.Profile()),
		Diagnosis:  list,
		Summary:    summarise(items),
	}
	if !e.opts.Brief {
		c.Findings = make([]finding.Finding, 0, len(items))
	}
	for i := range items {
		it := &items[i]
		if e.opts.Brief && (it.outcome == finding.Pass || it.outcome == finding.Skip) {
			if it.outcome == finding.Skip && e.why(q, it) == finding.WhyMissing {
				c.NotChecked = append(c.NotChecked, it.check.ID)
			}
			continue
		}
		f := e.stamp(q, it)
		if f.Failed() && !it.accepted {
			f.Answer, f.Answered = said.documented(q.Rules.Profile(), it.fault)
		}
		c.Findings = append(c.Findings, f)
	}
	if c.Unjudged = said.alone && unjudged(items); c.Unjudged && !e.opts.Brief {
		c.NextCommand = nextCommand(q.Case)
		c.Next = "add the request: " + c.NextCommand
		c.AskFirst = said.symptom != nil && said.symptom.From == q.Rules.Profile().ID && len(said.symptom.Ask) > 0
	}
	if !e.opts.Brief {
		c.Ask = []finding.Ask{}
		m := mask.Of(judged{q.Case, q.At.Kind, false})
		c.Decoded = decoded(q.Case, m)
		if !taken(items, q.Case) {
			c.Ask = e.asks(items, list, q, said)
		}
	}
	for _, id := range e.opts.Require {
		check, _ := e.catalog.CheckOf(id)
		if !slices.ContainsFunc(items, func(it item) bool {
			return it.check == check && (it.outcome == finding.Pass || it.outcome == finding.Fail)
		}) {
			c.Unmet = append(c.Unmet, id)
		}
	}
	if x, ok := q.Case.Exam.Get(); ok && x.Key != nil {
		c.SignedBy = x.Key.Thumbprint
	}
	return c
}

// inputOf is what the report says of where a case came from.
func inputOf(c *evidence.Case) finding.Input {
	in := finding.Input{Source: c.Input.Source, Line: c.Input.Line, Kinds: c.Input.Kinds}
	for _, u := range c.Input.Unused {
		in.Unused = append(in.Unused, finding.Unused{Line: u.Line, What: u.What})
	}
	return in
}

const timeFormat = "2006-01-02T15:04:05Z07:00" // time.RFC3339

// Mask takes what is secret out of every text of a case that answers the
// question; it is the last step before a case is shown. It costs nothing where
// there is not text.
func (q Question) Mask(c *finding.Case) {
	if len(c.Findings)+len(c.Diagnosis)+len(c.Notes)+len(c.Ask)+len(c.Input.Unused) == 0 && c.Symptom == nil && c.Profile.GuessedBy == "" && c.Unfinished == "" {
		mask.FileName(&c.Input.Source)
		return
	}
	mask.Of(judged{q.Case, q.At.Kind, false}).Case(c, false)
}
