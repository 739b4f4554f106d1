package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/mask"
)

// Output is what becomes of the cases of a run.
type Output[T any] struct {
	// Prepare makes what Emit needs of the cases of one subject: one for each
	// profile. It is called by several goroutines at once and in no order, so
	// that what costs time is done side by side. Another subject gets the memory of
	// the slice after Emit, so who keeps cases copies them.
	Prepare func([]finding.Case) T
	// Emit takes them in the order of the input, one at a time.
	Emit func(T) error
	// Flush is called when nothing further is ready to be emitted; nil for none.
	Flush func() error
}

// job is one subject on its way.
type job[T any] struct {
	memory  *memory // the case is in; nil until it is needed
	subject subject
	c       *evidence.Case
	readAs  string
	id      identity
	earlier evidence.Fact[evidence.Seen]
	// pending is an examination whose search is left to the one goroutine that
	// spends the budget of the run, since the search takes what it has learnt
	// from one signature to the next.
	pending *jose.Examination
	cases   []finding.Case // until they are prepared
	sum     tally
	out     T
	err     error
}

// tally is what of a case the run counts.
type tally struct {
	verdict finding.Verdict
	worst   finding.Severity
	broken  []finding.CheckID
	unmet   []string
	line    lineState
	why     string // a line gave no case
}

// chunk is a number of jobs that go through the stages together, so that the
// stages meet once for all of them.
type chunk[T any] struct {
	jobs         []job[T]
	parsed, done chan struct{}
}

// mostTogether is the number of jobs in a chunk.
const mostTogether = 16

// pipeline leads the subjects of a run through four stages: they are gathered
// (side by side), compared with what was used before (in order), judged and
// prepared (side by side), and counted and emitted (in order). What is on its
// way at a time is bounded.
type pipeline[T any] struct {
	*run
	out     Output[T]
	tasks   chan func()
	parsed  chan *chunk[T] // in order, waiting to be compared
	judged  chan *chunk[T] // in order, waiting to be emitted
	stopped context.Context
	stop    context.CancelCauseFunc
	filling *chunk[T]
	spare   chan []job[T] // memory of chunks that are through
	stages  sync.WaitGroup
}

func newPipeline[T any](ctx context.Context, r *run, out Output[T]) *pipeline[T] {
	workers := runtime.GOMAXPROCS(0)
	p := &pipeline[T]{run: r, out: out, tasks: make(chan func(), 4*workers), parsed: make(chan *chunk[T], workers), judged: make(chan *chunk[T], workers), spare: make(chan []job[T], 2*workers+4)}
	p.stopped, p.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	for range workers {
		go func() {
			for task := range p.tasks {
				task()
			}
		}()
	}
	p.stages.Add(2)
	go p.compare()
	go p.deliver()
	return p
}

// add takes a subject in. The error is the reason why the run has been stopped.
func (p *pipeline[T]) add(s subject) error {
	if err := context.Cause(p.stopped); err != nil {
		return err
	}
	if p.filling == nil {
		p.filling = &chunk[T]{parsed: make(chan struct{}), done: make(chan struct{})}
		if s.line != nil { // many more will follow
			p.filling.jobs = p.room()
		}
	}
	if n := len(p.filling.jobs); n < cap(p.filling.jobs) {
		p.filling.jobs = p.filling.jobs[:n+1] // whose job has memory
		p.filling.jobs[n].subject = s
	} else {
		p.filling.jobs = append(p.filling.jobs, job[T]{subject: s})
	}
	if len(p.filling.jobs) >= mostTogether {
		p.send()
	}
	return nil
}

// room is the memory of a chunk that is through, or of a new one.
func (p *pipeline[T]) room() []job[T] {
	select {
	case jobs := <-p.spare:
		return jobs
	default:
		return make([]job[T], 0, mostTogether)
	}
}

// recycle keeps the memory of a chunk that is through for another one.
func (p *pipeline[T]) recycle(jobs []job[T]) {
	if cap(jobs) < mostTogether {
		return
	}
	for i := range jobs {
		m := jobs[i].memory
		if m != nil {
			if jobs[i].c != nil { // it was never prepared
				m.forget()
			}
			m.judged[0] = finding.Case{}
		}
		jobs[i] = job[T]{memory: m}
	}
	select {
	case p.spare <- jobs[:0]:
	default:
	}
}

// send lets what has been taken in go on without waiting for more.
func (p *pipeline[T]) send() {
	c := p.filling
	if c == nil {
		return
	}
	p.filling = nil
	p.parsed <- c
	p.tasks <- func() {
		for i := range c.jobs {
			guarded(&c.jobs[i], p.prepareCase)
		}
		close(c.parsed)
	}
}

// guarded does a step of a job. A panic is a fault of this program that must
// not end the run without a word.
func guarded[T any](j *job[T], step func(*job[T])) {
	if j.err != nil {
		return
	}
	defer func() {
		if r := recover(); r != nil {
			j.err = brokenError{r}
		}
	}()
	step(j)
}

// prepareCase makes evidence of the subject.
func (p *pipeline[T]) prepareCase(j *job[T]) {
	if j.memory == nil {
		j.memory = new(memory)
	}
	s := p.resolve(j.memory, j.subject)
	j.subject = s
	if s.unreadable != "" || s.blank {
		return
	}
	j.c = p.caseIn(j.memory, s)
	if !p.opts.Brief { // nobody reads it
		j.readAs = readAs(j.c, s)
	}
	j.id = identify(j.c)
	j.id.found = s.found
}

// compare is the stage that must see the cases in order.
func (p *pipeline[T]) compare() {
	defer p.stages.Done()
	defer close(p.judged)
	for c := range p.parsed {
		<-c.parsed
		for i := range c.jobs {
			if j := &c.jobs[i]; j.c != nil && j.err == nil {
				j.earlier = p.remember(j.id, j.c.Input)
			}
		}
		p.judged <- c
		p.tasks <- func() {
			for i := range c.jobs {
				guarded(&c.jobs[i], p.judge)
			}
			close(c.done)
		}
	}
}

// judge verifies and judges a case, unless its signature has to be searched.
func (p *pipeline[T]) judge(j *job[T]) {
	if j.c == nil {
		j.cases = []finding.Case{lineCase(j.subject)}
		p.prepare(j)
		return
	}
	e := &j.memory.examination
	if why := verify(e, j.c); why != "" {
		j.c.Exam = evidence.Missing[*jose.Diagnosis](why)
	} else if d, settled := e.Settled(); settled {
		j.memory.exam = d
		j.c.Exam = evidence.Known(&j.memory.exam)
	} else {
		j.pending = e
		return
	}
	p.judgeAll(j)
}

// judgeAll judges a case by every profile.
func (p *pipeline[T]) judgeAll(j *job[T]) {
	n := max(1, len(p.opts.Profiles))
	j.cases = j.memory.judged[:0]
	for i := range n {
		c, err := p.judgeBy(j.c, i, j.earlier, j.readAs, nil)
		if err != nil {
			j.err = err
			return
		}
		c.Echo = echoOf(j.subject.echo)
		j.cases = append(j.cases, c)
	}
	p.prepare(j)
}

func (p *pipeline[T]) prepare(j *job[T]) {
	j.sum = tallyOf(&j.cases[0])
	switch {
	case j.subject.blank:
		j.sum.line = lineBlank
	case j.subject.unreadable != "":
		j.sum.line, j.sum.why = lineUnreadable, j.subject.source+": "+j.subject.unreadable
	}
	j.out = p.out.Prepare(j.cases)
	j.cases, j.c, j.subject, j.pending = nil, nil, subject{}, nil
	j.memory.forget()
}

// deliver is the last stage, in order.
func (p *pipeline[T]) deliver() {
	defer p.stages.Done()
	for c := range p.judged {
		<-c.done
		for i := range c.jobs {
			if p.stopped.Err() != nil {
				break
			}
			if err := p.emitJob(&c.jobs[i]); err != nil {
				p.stop(err)
			}
		}
		p.recycle(c.jobs)
		if p.out.Flush != nil && len(p.judged) == 0 && p.stopped.Err() == nil {
			if err := p.out.Flush(); err != nil {
				p.stop(err)
			}
		}
	}
}

func (p *pipeline[T]) emitJob(j *job[T]) error {
	if j.pending != nil {
		guarded(j, func(j *job[T]) {
			d := p.exams.search(j.pending)
			j.c.Exam = evidence.Known(&d)
			p.judgeAll(j)
		})
	}
	if j.err != nil {
		return j.err
	}
	p.count(j.sum)
	return p.out.Emit(j.out)
}

// end waits until everything that was taken in has been emitted. The error is
// the one that stopped the run.
func (p *pipeline[T]) end() error {
	p.send()
	close(p.parsed)
	p.stages.Wait()
	close(p.tasks)
	err := context.Cause(p.stopped)
	p.stop(nil)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// brokenError is a panic on the way of a case.
type brokenError struct{ fault any }

func (e brokenError) Error() string { return "internal error in jwtdoctor (please report it)" }

// lineState is what became of a line of a batch that gave no case.
type lineState uint8

const (
	lineJudged lineState = iota
	lineBlank
	lineUnreadable
)

// resolve takes the item out of a line of a batch, and tells apart an assertion and a
// server's words.
func (d *Doctor) resolve(m *memory, s subject) subject {
	if s.line != nil {
		if s.blank = s.line.Blank(); s.blank {
			return s
		}
		item := m.forItem()
		*item = s.line.Item()
		if s.echo = item.Echo; item.Problem != "" {
			s.unreadable = item.Problem
			return s
		}
		s.item = item
	}
	if s.item == nil || s.assertion != nil {
		return s
	}
	resolved := d.recognised(m, s.item)
	resolved.echo, resolved.line, resolved.source, resolved.found, resolved.beside = s.echo, s.line, s.source, s.found, s.beside
	if resolved.line != nil && resolved.item != nil {
		if a := resolved.assertion; a != nil && a.Shape == evidence.ShapeNotJWT {
			resolved.unreadable = lineProblem(resolved.line.Number, a)
		}
	}
	return resolved
}

// lineProblem says why a line contains no assertion.
func lineProblem(number int, a *evidence.Assertion) string {
	if a.LooksLike != "" {
		return fmt.Sprintf("line %d is not an assertion but %s", number, a.LooksLike)
	}
	return fmt.Sprintf("line %d is not an assertion", number)
}

// mostEchoed is the number of bytes of a member that are copied.
const mostEchoed = 256

// echoOf is a member of an input line as it may be copied to the output: JSON,
// masked as everything that leaves, and short.
func echoOf(raw string) string {
	if raw == "" || !json.Valid([]byte(raw)) {
		return ""
	}
	v, _ := jsonspan.Scan([]byte(raw), jsonspan.Limits{})
	var looks mask.Mask
	out := string(looks.Claim("echo", v))
	if len(out) <= mostEchoed {
		return out
	}
	text, err := json.Marshal(strings.ToValidUTF8(out[:mostEchoed-8], "") + "…")
	if err != nil || len(text) > 2*mostEchoed {
		return ""
	}
	return string(text)
}

// lineCase is what is said of a line that gave no case.
func lineCase(s subject) finding.Case {
	why := s.unreadable
	if s.blank && why == "" {
		why = "the line is blank or a comment"
	}
	return finding.Case{Input: finding.Input{Source: s.source, Line: s.line.Number, Kinds: []string{}}, Error: why, Echo: echoOf(s.echo)}
}
