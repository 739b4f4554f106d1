package profile

import "slices"

// Known is the vocabulary a profile may use. The loader refuses anything else,
// with the nearest known word as a suggestion.
type Known struct {
	Keys   []Key
	Causes []string
	Checks []string
}

// key finds the declaration of a rule; one without a "*" comes first.
func (k Known) key(id string) (Key, bool) {
	for _, key := range k.Keys {
		if key.ID == id {
			return key, true
		}
	}
	for _, key := range k.Keys {
		if key.Matches(id) {
			return key, true
		}
	}
	return Key{}, false
}

// verdicts lists what severities and provider_order may name.
func (k Known) verdicts() []string { return slices.Concat(k.Causes, k.Checks) }
