package doctor

import (
	"context"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Evidence reads inputs as Run does and judges nothing: the cases they make,
// in order. The error is an InputError or UsageError.
func Evidence(ctx context.Context, opts Options, inputs []Input) ([]*evidence.Case, error) {
	next, err := sources(&opts, inputs)
	if err != nil {
		return nil, err
	}
	j, err := newJudge(opts)
	if err != nil {
		return nil, err
	}
	var cases []*evidence.Case
	j.take = func(s subject) { cases = append(cases, j.caseOf(s)) }
	err = j.gather(ctx, next, func(finding.Case) error { return nil })
	return cases, err
}
