// Package doctor is the flow: read, gather, choose the provider, judge, report.
// It decides what one case is and at which moment it is judged. What is wrong is
// decided by package checks, what that comes to by package judge, and how it
// looks by package report.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Options is what a run was asked to do. The zero value judges by the profile
// the assertion points to, as of now.
type Options struct {
	// Profiles are IDs or files; none to guess. The first decides, the others
	// are advice.
	Profiles    []string
	Env         string
	ClientID    string
	Aud         []string
	TokenURL    string
	Issuer      string
	RedirectURI string
	Set         []string // RULE=VALUE
	Skew        *time.Duration
	Now         string // RFC 3339, epoch seconds, "now", "iat" or ""
	// Arrival is true if what is judged has just arrived, so that the clock
	// says when it was sent.
	Arrival    bool
	Kind       string // "" for client-assertion
	Only, Skip []string
	Require    []string
	Field      string // member of an NDJSON line that contains the assertion
	Echo       string // member of an NDJSON line that is copied to what is said of it; "" for none
	// Lines makes every input a batch, line by line, whatever it looks like;
	// FirstLine lets the first line that is not blank decide that.
	Lines, FirstLine bool
	// ReplayWindow is how many uses of a jti are remembered; 0 for
	// DefaultReplayWindow.
	ReplayWindow int
	ShowSecrets  bool
	Offline      bool
	// Brief leaves passes, skips and the excerpts of places out of the cases, as a batch
	// wants it.
	Brief bool
	// Ahead asks what standards to come will refuse, though it works today. Naming
	// a profile of such a standard among others asks as well.
	Ahead bool
	// Files reads a file that the command in an input sends; nil reads none.
	Files func(input, name string) ([]byte, error)

	Online Online // what was seen of the server

	// Via lists the addresses (scheme and host) of a proxy that the requests were
	// sent to instead of the server. That an assertion names one of them is no
	// fault of the application.
	Via []string

	// Has reports whether the command has a flag, so that none is recommended
	// which it lacks; nil for a command that has them all.
	Has func(flag string) bool

	// Library is the embedded profiles, for one who makes several Doctors and wants
	// each profile read once for all of them; with nil, each Doctor makes its own.
	Library *profile.Library

	// Loaded is the rules of the first of Profiles, where they were made before
	// (Load): Set, Aud and Skew are not laid on top again.
	Loaded *profile.Rules

	// Seen remembers the jti values and codes of earlier runs; nil remembers
	// those of this run only.
	Seen Memory

	JWKS *Document // --jwks
	Key  *Document // --key

	Clock   func() time.Time // the machine's clock; given, so that tests can pin it
	Version string

	// Catalog has the checks that run; nil for all checks there are.
	Catalog *judge.Catalog
	// Reword is passed to the engine; see judge.Options.
	Reword func(*checks.Fault)
}

// Input is one thing to judge: a file, standard input or text itself.
type Input struct {
	Name string    // file name, "stdin" or "argument"
	Open io.Reader // the text; read once
	As   string    // "assertion", "request" or "response" where a flag said so, else ""
	// Stream is true if more may come later: standard input.
	Stream bool
	// Group is the case it belongs to: inputs of another group are never part of
	// it. Those without one are put together by their order.
	Group string
	// Found is true for a file that nobody named, in a directory that somebody
	// did: where nothing is recognised in it there is not a case and no error, and
	// keys in it are reported and not used.
	Found bool
}

// Result is what a run came to, apart from the cases it emitted.
type Result struct {
	Summary finding.Summary
	Now     time.Time
	Worst   finding.Severity  // of all failed findings; "" for none
	Broken  []finding.CheckID // checks that failed themselves
	Unmet   []string          // required checks that could not run
	// Unreadable counts the lines of a batch that gave no case; WhyUnreadable says
	// of the first why.
	Unreadable    int
	WhyUnreadable string
	// Forgot is true if there were more uses of a jti than are remembered.
	Forgot bool
	// Addresses are inputs that are one address and nothing else.
	Addresses []Address
	// Besides says of texts that were searched for assertions which lines had none.
	Besides []string
	// Passed counts the files of directories in which nothing was recognised.
	Passed int
}

// Doctor judges cases as one set of options says. Once made, nothing in it
// changes but what it remembers of profiles it has read, so that one Doctor can
// be used by many goroutines.
type Doctor struct {
	opts     Options
	now      time.Time
	moment   moment
	kind     evidence.Kind
	engine   *judge.Engine
	profiles *profiles
	keys     keys
}

// New makes a Doctor. The error is wrong usage: a UsageError.
func New(opts Options) (*Doctor, error) { return newDoctor(opts, nil) }

// newDoctor makes a Doctor whose engine runs the checks that apply.
func newDoctor(opts Options, applies func(*checks.Check) bool) (*Doctor, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	opts.Profiles = slices.DeleteFunc(slices.Clone(opts.Profiles), func(name string) bool { return name == "" })
	m, err := parseNow(opts.Now)
	if err != nil {
		return nil, err
	}
	m.arrived = opts.Arrival
	d := &Doctor{opts: opts, moment: m}
	d.setNow(opts.Clock())
	if d.kind, err = parseKind(opts.Kind); err != nil {
		return nil, err
	}
	d.keys = readKeys(opts.JWKS, opts.Key)
	if keys, ok := d.keys.public.Get(); ok {
		keys.Set.Prepare()
	}
	catalog := opts.Catalog
	if catalog == nil {
		if catalog, err = judge.Standard(); err != nil {
			return nil, err
		}
	}
	d.profiles = newProfiles(opts, catalog)
	d.engine, err = judge.New(catalog, judge.Options{
		Only: opts.Only, Skip: opts.Skip, Require: opts.Require, Applies: applies, Has: opts.Has, Brief: opts.Brief, Library: d.profiles.library, Reword: opts.Reword,
		Ahead: opts.Ahead || d.profiles.ahead(),
	})
	if unknown := (judge.UnknownID{}); errors.As(err, &unknown) {
		return nil, UsageError{unknown.Error()}
	} else if errors.Is(err, judge.ErrNoneLeft) {
		return nil, UsageError{err.Error()}
	} else if err != nil {
		return nil, err
	}
	// A profile that was named is loaded at once, so that a slip in its name
	// or file is reported before anything is judged.
	for i, name := range opts.Profiles {
		rules, err := d.profiles.get(name)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			if err := checkEnv(opts.Env, rules.Profile()); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// Run judges the inputs and hands each case to emit as soon as it and those
// before it are done. An error is wrong usage (UsageError), unreadable input
// (InputError; the other inputs have been judged all the same), or emit's own.
func Run(ctx context.Context, opts Options, inputs []Input, emit func(finding.Case) error) (Result, error) {
	return RunTo(ctx, opts, inputs, Output[[]finding.Case]{
		Prepare: func(cases []finding.Case) []finding.Case { return cases },
		Emit: func(cases []finding.Case) error {
			for _, c := range cases {
				if err := emit(c); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// RunTo is Run for a caller that has its own work to do for each case, which
// is then done side by side with the judging.
func RunTo[T any](ctx context.Context, opts Options, inputs []Input, out Output[T]) (Result, error) {
	next, err := givenInputs(&opts, inputs)
	if err != nil {
		return Result{}, err
	}
	d, err := New(opts)
	if err != nil {
		return Result{}, err
	}
	r := d.newRun()
	p := newPipeline(ctx, r, out)
	r.accept, r.pause = p.add, p.send
	unreadable := r.gather(ctx, next)
	if err := p.end(); err != nil {
		return r.result, err
	}
	var bad InputError
	if unreadable != nil && !errors.As(unreadable, &bad) {
		return r.result, unreadable
	}
	s := &r.result.Summary
	r.result.Forgot = r.uses.exceeded()
	if s.Cases == 0 && unreadable == nil && r.result.Unreadable == 0 && len(r.result.Addresses) == 0 {
		return r.result, InputError{"nothing to check: no assertion, request or response found in the input"}
	}
	if s.Verdict == "" {
		s.Verdict = finding.VerdictPass
	}
	if unreadable != nil {
		s.Verdict = finding.VerdictFail
	}
	return r.result, unreadable
}

func parseKind(s string) (evidence.Kind, error) {
	kinds := []evidence.Kind{evidence.ClientAssertion, evidence.JWTGrant, evidence.IDToken, evidence.AccessToken}
	switch k := evidence.Kind(s); {
	case s == "":
		return evidence.ClientAssertion, nil
	case slices.Contains(kinds, k):
		return k, nil
	}
	return "", UsageError{fmt.Sprintf("--kind %q: give client-assertion, jwt-grant, id-token or access-token", s)}
}

// run is one run: what it keeps between its cases.
type run struct {
	*Doctor
	uses   *uses
	exams  exams
	result Result
	lines  bool                // an input was a batch, line by line
	accept func(subject) error // takes the subjects that are read
	pause  func()              // says that no further subject is there yet
}

func (d *Doctor) newRun() *run {
	r := &run{Doctor: d, uses: newUses(d.opts.ReplayWindow), pause: func() {}}
	r.result.Now = d.now
	return r
}

// Judge judges a case that has been gathered, by every profile in turn: the
// first decides, the others are advice. The observer sees the findings of the
// first as they come; it may be nil. Nothing of the case is changed, so that it
// can be judged again.
func (d *Doctor) Judge(c *evidence.Case, observe judge.Observer) ([]finding.Case, error) {
	out := make([]finding.Case, max(1, len(d.opts.Profiles)))
	for i := range out {
		judged, err := d.judgeBy(c, i, c.Seen, readAs(c, subject{}), observe)
		if err != nil {
			return nil, err
		}
		out[i], observe = judged, nil
	}
	return out, nil
}

// JudgeExchange judges one exchange that was not read from text, such as a
// request that has just arrived. What it uses is remembered in Options.Seen.
func (d *Doctor) JudgeExchange(e input.Exchange) (finding.Case, error) {
	s := subject{parts: e}
	c := d.caseOf(s)
	r := d.newRun()
	r.exams.examine(c)
	from := c.Input
	if e.Line == 0 {
		from.Line = 0 // it came over the wire and has no lines
	}
	return d.judgeBy(c, 0, r.remember(identify(c), from), readAs(c, s), nil)
}

// JudgeArrival judges one exchange that a proxy has just seen: as of when its
// request arrived, with what was seen of the server then. It may be called by many
// goroutines at once.
func (d *Doctor) JudgeArrival(e input.Exchange, at time.Time, seen Online) (finding.Case, error) {
	here := *d
	here.now, here.moment.arrived, here.opts.Online = at.UTC(), true, seen
	return here.JudgeExchange(e)
}

// judgeBy judges a case by the profile with that index, or by the guessed one.
func (d *Doctor) judgeBy(c *evidence.Case, index int, earlier evidence.Fact[evidence.Seen], readAs string, observe judge.Observer) (finding.Case, error) {
	rules, chosen, err := d.profiles.choose(c, index)
	if err != nil {
		return finding.Case{}, err
	}
	if chosen.Guessed && d.opts.Env != "" {
		if err := checkEnv(d.opts.Env, rules.Profile()); err != nil {
			return finding.Case{}, err
		}
	}
	at := placeInTime(c, d.moment, d.now, rules, !d.opts.Brief)
	if _, sent := c.Request.Get(); !sent && d.opts.Kind == "" && rules.Profile().Kind != "" {
		at.Kind = evidence.Kind(rules.Profile().Kind)
	}
	q := judge.Question{Case: c, Rules: rules, At: at, Fresh: d.opts.Online.Fresh, Earlier: earlier}
	out := d.engine.Judge(q, observe)
	out.Profile = chosen
	if d.opts.Brief {
		out.Profile.GuessedBy = "" // nobody reads it
	} else {
		out.ReadAs, out.Notes = readAs, append(d.leftOut(), notes(c)...)
		madeBy(c, &out)
	}
	out.Advisory = index > 0
	d.opts.Online.finish(&out)
	q.Mask(&out)
	return out, nil
}

// tallyOf is what of a case the run counts.
func tallyOf(c *finding.Case) tally {
	t := tally{verdict: c.Summary.Verdict, worst: c.Worst(), unmet: c.Unmet}
	for i := range c.Findings {
		if f := &c.Findings[i]; f.Outcome == finding.Broken {
			t.broken = append(t.broken, f.Check)
		}
	}
	return t
}

// count adds a case to what the run came to.
func (r *run) count(t tally) {
	switch t.line {
	case lineUnreadable:
		if r.result.Unreadable++; r.result.Unreadable == 1 {
			r.result.WhyUnreadable = t.why
		}
		return
	case lineBlank:
		return
	}
	s := &r.result.Summary
	s.Cases++
	switch t.verdict {
	case finding.VerdictFail:
		s.Failed++
		s.Verdict = finding.VerdictFail
	case finding.VerdictWarn:
		if s.Verdict != finding.VerdictFail {
			s.Verdict = finding.VerdictWarn
		}
	}
	r.result.Worst = r.result.Worst.Or(t.worst)
	for _, id := range t.broken {
		if !slices.Contains(r.result.Broken, id) {
			r.result.Broken = append(r.result.Broken, id)
		}
	}
	for _, id := range t.unmet {
		if !slices.Contains(r.result.Unmet, id) {
			r.result.Unmet = append(r.result.Unmet, id)
		}
	}
}

// UsageError is a wrong option; the program exits with 2.
type UsageError struct{ Message string }

func (e UsageError) Error() string { return e.Message }

// InputError is input that cannot be read at all; the program exits with 2.
type InputError struct{ Message string }

func (e InputError) Error() string { return e.Message }
