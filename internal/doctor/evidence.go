package doctor

import (
	"context"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Evidence reads inputs as Run does and judges nothing: the cases they make,
// in order. The error is an InputError or UsageError.
func Evidence(ctx context.Context, opts Options, inputs []Input) ([]*evidence.Case, error) {
	next, err := sources(&opts, inputs)
	if err != nil {
		return nil, err
	}
	d, err := New(opts)
	if err != nil {
		return nil, err
	}
	var cases []*evidence.Case
	r := d.newRun(nil)
	r.take = func(s subject) { cases = append(cases, d.caseOf(s)) }
	return cases, r.gather(ctx, next)
}
