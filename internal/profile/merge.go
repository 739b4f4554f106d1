package profile

import (
	"maps"
	"slices"
)

// complete fills in what the profile it extends says, and the defaults; base is
// nil for none.
func (p *Profile) complete(base *Profile) {
	if base != nil {
		p.inherit(base)
	}
	if p.Kind == "" {
		p.Kind = kinds[0]
	}
	if p.Carrier == "" {
		p.Carrier = carrierOf(p.Kind)
	}
}

// carrierOf is where the JWTs of a kind travel unless a profile says otherwise.
func carrierOf(kind string) Carrier {
	switch kind {
	case "jwt-grant":
		return CarrierAssertion
	case "id-token", "access-token":
		return CarrierBearer
	}
	return CarrierClientAssertion
}

// inherit fills in what the profile it extends says: rules and severities by
// key, the child's winning; environments and what recognises them only if
// the child has none, since they belong together; symptoms and questions after
// the child's own.
func (p *Profile) inherit(base *Profile) {
	p.Cites = mergeCites(p.Cites, base.Cites)
	if p.Kind == "" {
		p.Kind = base.Kind
	}
	if p.Carrier == "" && p.Kind == base.Kind {
		p.Carrier = base.Carrier
	}
	if len(p.Envs) == 0 {
		p.Envs = slices.Clone(base.Envs)
		if len(p.Recognise.Hosts) == 0 && len(p.Recognise.Paths) == 0 && len(p.Recognise.Claims) == 0 {
			p.Recognise = base.Recognise
		}
	}
	p.Rules = layered(base.Rules, p.Rules)
	severities := maps.Clone(base.Severities)
	maps.Copy(severities, p.Severities)
	p.Severities = severities
	p.Symptoms = slices.Concat(p.Symptoms, base.Symptoms)
	p.Ask = slices.Concat(p.Ask, base.Ask)
	p.Differences = slices.Concat(p.Differences, base.Differences)
	p.Notes = slices.Concat(p.Notes, base.Notes)
	if len(p.Order) == 0 {
		p.Order = slices.Clone(base.Order)
	}
}

// layered lays rules on top of others; both are sorted.
func layered(base, own []Rule) []Rule {
	out := make([]Rule, 0, len(base)+len(own))
	for len(base) > 0 && len(own) > 0 {
		switch d := own[0].Ref.Compare(base[0].Ref); {
		case d > 0:
			out, base = append(out, base[0]), base[1:]
		case d == 0:
			base = base[1:]
		default:
			out, own = append(out, own[0]), own[1:]
		}
	}
	return append(append(out, base...), own...)
}

// mergeCites adds to own what base has under its own keys.
func mergeCites(own, base []Cite) []Cite {
	out := slices.Clone(own)
	for _, c := range base {
		if !slices.ContainsFunc(own, func(o Cite) bool { return o.Key == c.Key }) {
			out = append(out, c)
		}
	}
	return out
}
