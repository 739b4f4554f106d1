package doctor

import (
	"context"
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/mask"
)

// JudgeSet judges the key set of opts.JWKS: on its own, or with an assertion to find
// the key that signed it. The case lists the keys.
func JudgeSet(ctx context.Context, opts Options, assertion *Input) (finding.Case, Result, error) {
	if opts.JWKS == nil {
		return finding.Case{}, Result{}, UsageError{"a JWKS is needed: give a file or an https URL"}
	}
	if assertion != nil {
		var judged finding.Case
		res, err := Run(ctx, opts, []Input{*assertion}, func(c finding.Case) error {
			if judged.Findings == nil {
				judged = c
			}
			return nil
		})
		judged.Keys = keyRows(readKeys(opts.JWKS, opts.Key), judged)
		return judged, res, err
	}
	// What cannot be asked of a set is not listed as skipped either.
	d, err := newDoctor(opts, asksSetAlone)
	if err != nil {
		return finding.Case{}, Result{}, err
	}
	c := d.caseOf(subject{})
	c.Input = evidence.Input{Source: opts.JWKS.Source, Line: 1, Kinds: []string{"jwks"}}
	out, result, err := d.alone(c, setOrKeys(opts.JWKS))
	out.Keys = keyRows(d.keys, out)
	return out, result, err
}

// setOrKeys says what was given as a key set: often the key's own file.
func setOrKeys(d *Document) string {
	if d.Fetched == nil && asKeyFile(d.Data) != nil {
		return jose.ParseKeyFile(d.Data).What
	}
	return "a JWK Set"
}

// asksSetAlone reports whether a check is about the key set only.
func asksSetAlone(c *checks.Check) bool {
	return !slices.ContainsFunc(c.Needs, func(n evidence.Need) bool {
		return n != evidence.NeedJWKS && n != evidence.NeedKeys && n != evidence.NeedFetched
	})
}

// ofSetAlone reports whether a check is about how a set is published, and not
// about the key that signs either.
func (d *Doctor) ofSetAlone(id finding.CheckID) bool {
	c, ok := d.engine.Catalog().Check(id)
	return ok && asksSetAlone(c) && !slices.Contains(c.Needs, evidence.NeedKeys)
}

// keyRows lists the keys of the set, the one that signed marked.
func keyRows(k keys, c finding.Case) []finding.Key {
	keys, ok := k.public.Get()
	if !ok {
		return nil
	}
	var rows []finding.Key
	m := mask.Of()
	for _, k := range keys.Set.Keys {
		rows = append(rows, finding.Key{Kid: m.Text(k.Kid), Type: k.Describe(), Use: k.Use, Alg: k.Alg, Thumbprint: k.Thumbprint,
			Signed: c.SignedBy != "" && c.SignedBy == k.Thumbprint})
	}
	return rows
}
