// Package doctor is the flow: parse, gather, judge, rank, report. It holds the
// order in which causes lead one another and the moment a case is judged as of;
// what is wrong is decided by package checks, how it looks by package report.
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
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Options is what a run was asked to do. The zero value judges by the profile
// the assertion points to, as of now.
type Options struct {
	Profile     string // ID or file; "" to guess
	Env         string
	ClientID    string
	Aud         []string
	TokenURL    string
	Issuer      string
	RedirectURI string
	Set         []string // RULE=VALUE
	Skew        *time.Duration
	Now         string // RFC 3339, epoch seconds, "iat" or ""
	Kind        string // "" for client-assertion
	Only, Skip  []string
	Require     []string
	Field       string // member of an NDJSON line that holds the assertion
	ShowSecrets bool
	Offline     bool
	// Files reads a file that the command in an input sends; nil reads none.
	Files func(input, name string) ([]byte, error)

	Online Online // what was seen of the server

	// Has tells whether the command has a flag, so that none is recommended
	// which it lacks; nil for a command that has them all.
	Has func(flag string) bool

	// Loaded is the rules of the profile that Profile names, where they were made
	// before (Load): Set, Aud and Skew are not laid on top again.
	Loaded *profile.Rules

	// Seen remembers the jti values and codes of earlier runs; nil remembers
	// those of this run alone.
	Seen Memory

	JWKS *Document // --jwks
	Key  *Document // --key

	Clock   func() time.Time // the machine's clock; given, so that tests can pin it
	Version string
}

// Input is one thing to judge: a file, standard input or text itself.
type Input struct {
	Name string    // file name, "stdin" or "argument"
	Open io.Reader // the text; read once
	As   string    // "assertion", "request" or "response" where a flag said so, else ""
}

// Result is what a run came to, beside the cases it emitted.
type Result struct {
	Summary finding.Summary
	Now     time.Time
	Worst   finding.Severity // of all failed findings; "" for none
	Broken  []string         // checks that failed themselves
	Unmet   []string         // required checks that could not run
}

// judge holds what a run keeps between its cases.
type judge struct {
	opts     Options
	now      time.Time
	moment   moment
	kind     evidence.Kind
	list     []checks.Check
	profiles profiles
	seen     Memory
	keys     keys
	exams    exams
	result   Result
	take     func(subject) // takes subjects instead of judging them; nil to judge
}

// Run judges the inputs and hands each case to emit as soon as it is done. An
// error is wrong usage (UsageError), unreadable input (InputError; the other
// inputs have been judged all the same), or emit's own.
func Run(ctx context.Context, opts Options, inputs []Input, emit func(finding.Case) error) (Result, error) {
	next, err := sources(&opts, inputs)
	if err != nil {
		return Result{}, err
	}
	j, err := newJudge(opts)
	if err != nil {
		return Result{}, err
	}
	unreadable := j.gather(ctx, next, emit)
	var bad InputError
	if unreadable != nil && !errors.As(unreadable, &bad) {
		return j.result, unreadable
	}
	s := &j.result.Summary
	if s.Cases == 0 && unreadable == nil {
		return j.result, InputError{"nothing to judge: there is no assertion, request or response in what was given"}
	}
	if s.Verdict == "" {
		s.Verdict = finding.VerdictPass
	}
	if unreadable != nil {
		s.Verdict = finding.VerdictFail
	}
	return j.result, unreadable
}

func newJudge(opts Options) (*judge, error) {
	if opts.Clock == nil {
		opts.Clock = time.Now
	}
	m, err := parseNow(opts.Now)
	if err != nil {
		return nil, err
	}
	j := &judge{opts: opts, moment: m, now: opts.Clock().UTC(), seen: opts.Seen}
	if j.seen == nil {
		j.seen = seen{}
	}
	if m.given {
		j.now = m.at
	}
	j.result.Now = j.now
	if j.kind, err = parseKind(opts.Kind); err != nil {
		return nil, err
	}
	if j.list, err = selected(checks.All(), opts.Only, opts.Skip); err != nil {
		return nil, err
	}
	for _, id := range opts.Require {
		if !names(checks.All(), id) {
			return nil, unknownID("--require", id)
		}
	}
	j.profiles = newProfiles(opts)
	j.keys = readKeys(opts.JWKS, opts.Key)
	// A profile that was named is loaded at once, so that a slip in its name
	// or file is told before anything is judged.
	if opts.Profile != "" {
		rules, err := j.profiles.get(opts.Profile)
		if err != nil {
			return nil, err
		}
		if err := checkEnv(opts.Env, rules.Profile()); err != nil {
			return nil, err
		}
	}
	return j, nil
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

// one judges one subject.
func (j *judge) one(s subject) (finding.Case, error) {
	c := j.caseOf(s)
	rules, chosen, err := j.profiles.choose(c)
	if err != nil {
		return finding.Case{}, err
	}
	p := rules.Profile()
	if chosen.Guessed && j.opts.Env != "" {
		if err := checkEnv(j.opts.Env, p); err != nil {
			return finding.Case{}, err
		}
	}
	if _, sent := c.Request.Get(); !sent && j.opts.Kind == "" && p.Kind != "" {
		c.Kind = evidence.Kind(p.Kind)
	}
	words := placeInTime(c, j.moment, j.now, rules)
	remember(j.seen, c)
	j.keys.give(c)
	j.exams.examine(c)
	said := j.recognise(c, p)
	found := checks.Run(c, rules, said.symptom, j.list)
	j.opts.offer(found)
	list := diagnose(found, c, p, said)
	said.refreshed(found)
	found = withoutSkipped(found, &list, j.opts.Skip, j.opts.Only)
	out := finding.Case{
		Input:   finding.Input{Source: c.Input.Source, Line: c.Input.Line, Kinds: c.Input.Kinds},
		Profile: chosen,
		JudgedAsOf: finding.JudgedAsOf{
			Time: c.AsOf.UTC().Format(time.RFC3339), Basis: string(c.Basis), Words: words,
		},
		Decoded:   decoded(c),
		Symptom:   said.report(p),
		Diagnosis: list,
		Findings:  found,
		Ask:       []finding.Ask{},
		Summary:   summarise(found),
		ReadAs:    readAs(c, s),
		Notes:     notes(c),
	}
	if !taken(found, c) {
		out.Ask = said.asks(found, list, p)
	}
	if x, ok := c.Exam.Get(); ok && x.Key != nil {
		out.SignedBy = x.Key.Thumbprint
	}
	redact(&out, c)
	j.opts.Online.finish(&out)
	return out, nil
}

// count adds a case to what the run came to.
func (j *judge) count(c finding.Case) {
	s := &j.result.Summary
	s.Cases++
	switch c.Summary.Verdict {
	case finding.VerdictFail:
		s.Failed++
		s.Verdict = finding.VerdictFail
	case finding.VerdictWarn:
		if s.Verdict != finding.VerdictFail {
			s.Verdict = finding.VerdictWarn
		}
	}
	ran := map[string]bool{}
	for _, f := range c.Findings {
		switch f.Outcome {
		case finding.Broken:
			if !slices.Contains(j.result.Broken, f.Check) {
				j.result.Broken = append(j.result.Broken, f.Check)
			}
		case finding.Fail:
			if j.result.Worst == "" || f.Severity.Rank() < j.result.Worst.Rank() {
				j.result.Worst = f.Severity
			}
		}
		if f.Outcome == finding.Pass || f.Outcome == finding.Fail {
			ran[f.Check] = true
		}
	}
	for _, id := range j.opts.Require {
		if !ran[checkOf(id)] && !slices.Contains(j.result.Unmet, id) {
			j.result.Unmet = append(j.result.Unmet, id)
		}
	}
}

// UsageError is a wrong option; the program exits with 2.
type UsageError struct{ Message string }

func (e UsageError) Error() string { return e.Message }

// InputError is input that cannot be read at all; the program exits with 2.
type InputError struct{ Message string }

func (e InputError) Error() string { return e.Message }
