package profile

import (
	"maps"
	"slices"
)

// inherit fills in what the profile it extends says: rules and severities by
// key, the child's winning; environments and what recognises them only where
// the child has none, since they belong together; symptoms and questions after
// the child's own.
func (p *Profile) inherit(base *Profile) {
	if p.Kind == "" {
		p.Kind = base.Kind
	}
	if len(p.Envs) == 0 {
		p.Envs = slices.Clone(base.Envs)
		if len(p.Recognise.Hosts) == 0 && len(p.Recognise.Paths) == 0 {
			p.Recognise = base.Recognise
		}
	}
	p.Rules = sorted(slices.Concat(base.Rules, p.Rules))
	severities := maps.Clone(base.Severities)
	maps.Copy(severities, p.Severities)
	p.Severities = severities
	p.Symptoms = slices.Concat(p.Symptoms, base.Symptoms)
	p.Ask = slices.Concat(p.Ask, base.Ask)
	p.Differences = slices.Concat(p.Differences, base.Differences)
	if len(p.Order) == 0 {
		p.Order = slices.Clone(base.Order)
	}
}

// mergeCites adds to own what base has under keys of its own.
func mergeCites(own, base []Cite) []Cite {
	out := slices.Clone(own)
	for _, c := range base {
		if !slices.ContainsFunc(own, func(o Cite) bool { return o.Key == c.Key }) {
			out = append(out, c)
		}
	}
	return out
}
