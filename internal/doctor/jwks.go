package doctor

import (
	"context"
	"slices"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// JudgeSet judges the key set of opts.JWKS: alone, or with an assertion to find
// the key that signed it. The case lists the keys.
func JudgeSet(ctx context.Context, opts Options, assertion *Input) (finding.Case, Result, error) {
	if opts.JWKS == nil {
		return finding.Case{}, Result{}, UsageError{"a JWKS is needed: give a file or an https URL"}
	}
	j, err := newJudge(opts)
	if err != nil {
		return finding.Case{}, Result{}, err
	}
	if assertion != nil {
		var judged finding.Case
		res, err := Run(ctx, opts, []Input{*assertion}, func(c finding.Case) error {
			if judged.Findings == nil {
				judged = c
			}
			return nil
		})
		judged.Keys = j.keyRows(judged)
		return judged, res, err
	}
	// What cannot be asked of a set alone is not listed as skipped either.
	j.list = slices.DeleteFunc(j.list, func(c checks.Check) bool { return !asksSetAlone(c) })
	c := &evidence.Case{
		Kind: j.kind, Input: evidence.Input{Source: opts.JWKS.Source, Line: 1, Kinds: []string{"jwks"}},
		Now: j.now, AsOf: j.now, Basis: evidence.BasisNow, ShowSecrets: opts.ShowSecrets,
	}
	if j.moment.given {
		c.Basis = evidence.BasisFlag
	}
	j.keys.give(c)
	name := opts.Profile
	if name == "" {
		name = standard
	}
	rules, err := j.profiles.get(name)
	if err != nil {
		return finding.Case{}, Result{}, err
	}
	p := rules.Profile()
	found := checks.Run(c, rules, nil, j.list)
	opts.offer(found)
	list := diagnose(found, c, p, answer{})
	found = withoutSkipped(found, &list, opts.Skip, opts.Only)
	out := finding.Case{
		Input:      finding.Input{Source: c.Input.Source, Line: 1, Kinds: c.Input.Kinds},
		Profile:    finding.Profile{ID: p.ID, Name: p.Name, Env: opts.Env, Guessed: opts.Profile == ""},
		JudgedAsOf: finding.JudgedAsOf{Time: c.AsOf.Format(time.RFC3339), Basis: string(c.Basis)},
		Decoded:    decoded(c),
		Diagnosis:  list,
		Findings:   found,
		Ask:        []finding.Ask{},
		Summary:    summarise(found),
		ReadAs:     "a JWK Set",
	}
	out.Keys = j.keyRows(out)
	opts.Online.finish(&out)
	j.count(out)
	if j.result.Summary.Verdict == "" {
		j.result.Summary.Verdict = finding.VerdictPass
	}
	return out, j.result, nil
}

// asksSetAlone tells whether a check judges nothing but the key set.
func asksSetAlone(c checks.Check) bool {
	return !slices.ContainsFunc(c.Needs, func(n evidence.Need) bool {
		return n != evidence.NeedJWKS && n != evidence.NeedKeys && n != evidence.NeedFetched
	})
}

// ofSetAlone tells whether a check is about how a set is published, and not
// about the key that signs either.
func ofSetAlone(id string) bool {
	return slices.ContainsFunc(checks.All(), func(c checks.Check) bool {
		return c.ID == id && asksSetAlone(c) && !slices.Contains(c.Needs, evidence.NeedKeys)
	})
}

// keyRows lists the keys of the set, the one that signed marked.
func (j *judge) keyRows(c finding.Case) []finding.Key {
	keys, ok := j.keys.public.Get()
	if !ok {
		return nil
	}
	var rows []finding.Key
	for _, k := range keys.Set.Keys {
		rows = append(rows, finding.Key{Kid: k.Kid, Type: k.Describe(), Use: k.Use, Alg: k.Alg, Thumbprint: k.Thumbprint,
			Signed: c.SignedBy != "" && c.SignedBy == k.Thumbprint})
	}
	return rows
}
