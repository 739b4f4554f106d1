package profile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Overrides is what a command line says over a profile.
type Overrides struct {
	Set  []string       // RULE=VALUE, the value as YAML; unknown and none as in profiles
	Aud  []string       // the only values of aud accepted
	Skew *time.Duration // how far clocks may differ, in place of every skew
}

// With lays overrides over a copy of the profile. Where several bear on one
// rule, Set wins as the most exact. The error tells every faulty Set.
func (p *Profile) With(o Overrides, known Known) (*Profile, error) {
	out := *p
	out.Rules = maps.Clone(p.Rules)
	if out.Rules == nil {
		out.Rules = map[string]Rule{}
	}
	if o.Skew != nil {
		for _, k := range known.Keys {
			if k.Type == TypeDuration && isSkew(k.ID) {
				out.Rules[k.ID] = Rule{Key: k.ID, State: Set, Value: *o.Skew, From: "--skew"}
			}
		}
	}
	if len(o.Aud) > 0 {
		out.replaceAud(o.Aud)
	}
	var errs []error
	for _, arg := range o.Set {
		r, err := setting(arg, known)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out.Rules[r.Key] = r
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &out, nil
}

// isSkew tells whether a rule is the tolerance of all times or of one.
func isSkew(id string) bool {
	return id == "time.skew" || strings.HasPrefix(id, "time.") && strings.HasSuffix(id, ".skew")
}

// replaceAud makes the values given the only ones accepted. Token URL and
// issuer of the environments stay: they tell what a wrong aud is.
func (p *Profile) replaceAud(aud []string) {
	p.Rules["claims.aud.accept"] = Rule{Key: "claims.aud.accept", State: Set, Value: []string{"listed"}, From: "--aud"}
	p.Rules["claims.aud.values"] = Rule{Key: "claims.aud.values", State: Set, Value: slices.Clone(aud), From: "--aud"}
	p.Envs = slices.Clone(p.Envs)
	for i := range p.Envs {
		p.Envs[i].Aud = nil
	}
}

// setting reads one RULE=VALUE.
func setting(arg string, known Known) (Rule, error) {
	id, value, ok := strings.Cut(arg, "=")
	id = strings.TrimSpace(id)
	if !ok {
		return Rule{}, fmt.Errorf("--set %q has no value; write RULE=VALUE, such as --set time.exp.max_ahead=5m", arg)
	}
	key, ok := known.key(id)
	if !ok {
		msg := fmt.Sprintf("--set: there is no rule %q", id)
		if near := nearestKey(id, known.Keys); near != "" {
			msg += "; did you mean " + near + "?"
		}
		return Rule{}, errors.New(msg)
	}
	if strings.TrimSpace(value) == "" {
		return Rule{}, fmt.Errorf("--set %s has no value; write one, or unknown, or none", id)
	}
	// The value is read by the code that reads files, behind a name of its own,
	// so that a text such as "a: b" cannot become another rule.
	d := &decoder{file: "--set " + id, known: known}
	if root := d.tree([]byte("value: " + strings.TrimSpace(value))); root != nil {
		if entries, ok := d.entries(root, "--set", []string{"value"}); ok && len(entries) == 1 && len(d.problems) == 0 {
			v, state, ok := d.value(entries[0].value, key, id)
			if ok {
				return Rule{Key: id, State: state, Value: v, From: "--set"}, nil
			}
		}
	}
	if len(d.problems) == 0 {
		return Rule{}, fmt.Errorf("--set %s: %q cannot be read as a value", id, value)
	}
	msg := "--set: " + d.problems[0].Message
	if near := d.problems[0].Suggestion; near != "" {
		msg += "; did you mean " + near + "?"
	}
	return Rule{}, errors.New(msg)
}
