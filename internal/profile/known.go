package profile

import "slices"

// Known is what a profile may name apart from its rules: the checks and causes
// there are. The loader refuses any other, with the nearest one as a suggestion.
// Of the zero value nothing is checked.
type Known struct {
	Causes []string
	Checks []string
}

// verdicts lists what severities and provider_order may name.
func (k Known) verdicts() []string { return slices.Concat(k.Causes, k.Checks) }
