package profile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Rules is a profile made ready to be read by checks, with the user's own
// settings on top: a table indexed by rule. It is never changed once compiled,
// so any number of goroutines may read it.
type Rules struct {
	profile *Profile
	slots   [ruleCount]slot
	named   [ruleCount][]namedSlot // by name
	names   [ruleCount][]string
}

// slot is the value of one rule.
type slot struct {
	Said
	value any
}

type namedSlot struct {
	name string
	slot
}

// Where a rule comes from that no profile sets.
const (
	fromSet  = "--set"
	fromAud  = "--aud"
	fromSkew = "--skew"
)

// Overrides is what the user says over a profile.
type Overrides struct {
	Set  []string       // RULE=VALUE, the value as YAML; unknown and none as in profiles
	Aud  []string       // the only values of aud accepted
	Skew *time.Duration // how far clocks may differ, in place of every skew
}

// Compile makes the rules that apply to the profile under the overrides. Where
// several bear on one rule, Set wins over Aud and Skew as the more exact. The
// error names every faulty Set.
func Compile(p *Profile, o Overrides) (*Rules, error) {
	over := *p
	over.Rules = slices.Clip(p.Rules) // so that what is added is added to a copy
	if o.Skew != nil {
		for _, ref := range Refs() {
			if vocabulary[ref.number].skew {
				over.Rules = append(over.Rules, Rule{Ref: ref, State: Set, Value: *o.Skew, From: fromSkew})
			}
		}
	}
	if len(o.Aud) > 0 {
		over.replaceAud(o.Aud)
	}
	var errs []error
	for _, arg := range o.Set {
		r, err := setting(arg)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		over.Rules = append(over.Rules, r)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	over.Rules = sorted(over.Rules)
	return compile(&over), nil
}

// Compiled makes the rules of the profile as it is, without overrides.
func (p *Profile) Compiled() *Rules {
	over := *p
	over.Rules = sorted(p.Rules)
	return compile(&over)
}

// With returns the rules with further ones on top, which win.
func (r *Rules) With(more ...Rule) *Rules {
	over := *r.profile
	over.Rules = sorted(slices.Concat(r.profile.Rules, more))
	return compile(&over)
}

// compile fills the table. The rules are sorted.
func compile(p *Profile) *Rules {
	r := &Rules{profile: p}
	for i := range r.slots {
		r.slots[i] = silent(uint8(i))
	}
	for _, rule := range p.Rules {
		if rule.State == Unset {
			continue
		}
		s := slot{value: rule.Value, Said: Said{State: rule.State, Cite: slices.Clip(rule.Cite), From: rule.From, File: rule.File}}
		if n := rule.number; rule.name == "" {
			r.slots[n] = s
		} else {
			r.named[n] = append(r.named[n], namedSlot{rule.name, s})
			r.names[n] = append(r.names[n], rule.name)
		}
	}
	for i := range r.names {
		r.names[i] = slices.Clip(r.names[i])
	}
	return r
}

// sorted returns rules in the order of the vocabulary; of several for one rule
// the last one wins. If they are in order already, it returns what it was given.
func sorted(rules []Rule) []Rule {
	inOrder := true
	for i := 1; i < len(rules) && inOrder; i++ {
		inOrder = rules[i-1].Ref.Compare(rules[i].Ref) < 0
	}
	if inOrder {
		return rules
	}
	rules = slices.Clone(rules)
	slices.SortStableFunc(rules, func(a, b Rule) int { return a.Ref.Compare(b.Ref) })
	out := rules[:0]
	for i, r := range rules {
		if i+1 == len(rules) || rules[i+1].Ref != r.Ref {
			out = append(out, r)
		}
	}
	return out
}

// Profile returns the profile the rules are of, overrides included. It must not
// be changed.
func (r *Rules) Profile() *Profile { return r.profile }

// replaceAud makes the values given the only ones accepted. Token URL and
// issuer of the environments stay: they say what a wrong aud is.
func (p *Profile) replaceAud(aud []string) {
	accept, values := AudAccept.Is([]string{"listed"}), AudValues.Is(slices.Clone(aud))
	accept.From, values.From = fromAud, fromAud
	p.Rules = append(p.Rules, accept, values)
	p.Envs = slices.Clone(p.Envs)
	for i := range p.Envs {
		p.Envs[i].Aud = nil
	}
}

// setting reads one RULE=VALUE.
func setting(arg string) (Rule, error) {
	id, value, ok := strings.Cut(arg, "=")
	id = strings.TrimSpace(id)
	if !ok {
		return Rule{}, fmt.Errorf("--set %q has no value; write RULE=VALUE, such as --set %s=5m", arg, ExpMaxAhead.Ref().ID())
	}
	ref, ok := refOf(id)
	if !ok {
		msg := fmt.Sprintf("--set: unknown rule %q", id)
		if near := nearestKey(id); near != "" {
			msg += "; did you mean " + near + "?"
		}
		return Rule{}, errors.New(msg)
	}
	if strings.TrimSpace(value) == "" {
		return Rule{}, fmt.Errorf("--set %s has no value; write one, or unknown, or none", id)
	}
	if n := strings.Trim(strings.TrimSpace(value), `"'`); ref.Key().Type == TypeDuration && strings.Trim(n, "0123456789") == "" && strings.Trim(n, "0") != "" {
		return Rule{}, fmt.Errorf("--set %s=%s has no unit; write %[2]ss for seconds or %[2]sm for minutes", id, n)
	}
	// The value is read by the code that reads files, behind its own name,
	// so that a text such as "a: b" cannot become another rule.
	d := &decoder{file: "--set " + id}
	if root := d.tree([]byte("value: " + strings.TrimSpace(value))); root != nil {
		if entries, ok := d.entries(root, "--set", []string{"value"}); ok && len(entries) == 1 && len(d.problems) == 0 {
			v, state, ok := d.value(entries[0].value, ref.Key(), id)
			if ok {
				return Rule{Ref: ref, State: state, Value: v, From: fromSet}, nil
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

// Rule returns what the profile itself says of a rule; its State is Unset where
// it says nothing.
func (p *Profile) Rule(ref Ref) Rule {
	found := Rule{Ref: ref}
	for _, r := range p.Rules {
		if r.Ref == ref {
			found = r
		}
	}
	return found
}

// AudOfIssuer is an issuer as aud names it, where path follows it there
// (AudIssuerPath); "" if no issuer is known.
func AudOfIssuer(issuer, path string) string {
	if issuer == "" || path == "" {
		return issuer
	}
	return strings.TrimSuffix(issuer, "/") + path
}
