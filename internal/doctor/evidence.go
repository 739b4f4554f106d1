package doctor

import (
	"context"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// Evidence reads inputs as Run does and judges nothing: the cases they make,
// in order. The error is an InputError or UsageError.
func Evidence(ctx context.Context, opts Options, inputs []Input) ([]*evidence.Case, error) {
	next, err := givenInputs(&opts, inputs)
	if err != nil {
		return nil, err
	}
	d, err := New(opts)
	if err != nil {
		return nil, err
	}
	var cases []*evidence.Case
	r := d.newRun()
	r.accept = func(s subject) error {
		cases = append(cases, d.caseOf(d.resolve(nil, s)))
		return nil
	}
	err = r.gather(ctx, next)
	if a := r.result.Addresses; err == nil && len(cases) == 0 && len(a) > 0 {
		err = InputError{a[0].URL + " is an address; there is nothing in it to read"}
	}
	return cases, err
}
