package profile

import "github.com/assertionworks/jwtdoctor/internal/finding"

// ValueType is the type of a rule's value, as YAML.
type ValueType string

// Types of value and what the loader makes of them.
const (
	TypeString   ValueType = "string"   // string
	TypeBool     ValueType = "bool"     // bool
	TypeInt      ValueType = "int"      // int
	TypeDuration ValueType = "duration" // time.Duration, written 5m, 300s or 300 (seconds)
	TypeStrings  ValueType = "strings"  // []string; a single string is a list of one
	TypePresence ValueType = "presence" // Presence
	TypeRegexp   ValueType = "regexp"   // *regexp.Regexp, written /…/; the whole text must match
)

// Presence of a header, claim or parameter.
type Presence string

// Presences.
const (
	Required    Presence = "required"
	Recommended Presence = "recommended"
	Optional    Presence = "optional"
	Forbidden   Presence = "forbidden"
)

// Param is a rule whose value is a T: a number, which is its place in the
// vocabulary.
type Param[T any] uint8

// NamedParam is a rule with a "*" in its key, whose value for each name is a T.
type NamedParam[T any] uint8

// Value is what the rules in use say of one rule.
type Value[T any] struct {
	// V is the zero value unless State is Set.
	V T
	Said
}

// Said is whether a rule is known, and who says so.
type Said struct {
	State State
	// Cite is who says so; nil for a default and for the user's own setting.
	Cite []finding.Citation
	// From is the profile ID, or "--set", "--aud", "--skew"; "" for a default.
	From string
	// File is the user's own file the value was read from; "" if it was not.
	File string
	// Default is true if the rules say nothing, so that V is the vocabulary's default.
	Default bool
}

// Known reports whether there is a value to compare with.
func (s Said) Known() bool { return s.State == Set }

// Yours returns the flag or file by which the user set the value; "" if it
// is the provider's or a default.
func (s Said) Yours() string {
	switch s.From {
	case fromSet, fromAud, fromSkew:
		return s.From
	}
	return s.File
}

// ByUser reports whether the user set the value with a flag of this run.
func (s Said) ByUser() bool { return s.File == "" && s.Yours() != "" }

// Ref names the rule.
func (p Param[T]) Ref() Ref { return Ref{number: uint8(p)} }

// In returns what the rules say, else the default. It allocates nothing.
func (p Param[T]) In(r *Rules) Value[T] {
	if r == nil {
		s := silent(uint8(p))
		return read[T](&s)
	}
	return read[T](&r.slots[p])
}

// Is makes the rule that sets the value.
func (p Param[T]) Is(v T) Rule { return Rule{Ref: p.Ref(), State: Set, Value: v} }

// Ref names the rule for all names.
func (p NamedParam[T]) Ref() Ref { return Ref{number: uint8(p)} }

// Of names the rule for one name: ClaimPresence.Of("jti") is claims.jti.presence.
func (p NamedParam[T]) Of(name string) Ref { return Ref{uint8(p), name} }

// In returns what the rules say of the name. It allocates nothing.
func (p NamedParam[T]) In(r *Rules, name string) Value[T] {
	if r != nil {
		for i := range r.named[p] { // a handful
			if s := &r.named[p][i]; s.name == name {
				return read[T](&s.slot)
			}
		}
	}
	return Value[T]{}
}

// Names returns the names the rules say something of, sorted. The slice belongs
// to the rules and must not be changed.
func (p NamedParam[T]) Names(r *Rules) []string {
	if r == nil {
		return nil
	}
	return r.names[p]
}

// Any reports whether a condition is true of the value of any name. It allocates
// nothing.
func (p NamedParam[T]) Any(r *Rules, holds func(v T) bool) bool {
	if r == nil {
		return false
	}
	for i := range r.named[p] {
		if s := &r.named[p][i]; s.State == Set {
			if v, ok := s.value.(T); ok && holds(v) {
				return true
			}
		}
	}
	return false
}

// Is makes the rule that sets the value for the name.
func (p NamedParam[T]) Is(name string, v T) Rule { return Rule{Ref: p.Of(name), State: Set, Value: v} }

// read makes a value from a slot. A value of another type than the rule's, which
// no loader makes, is an unknown.
func read[T any](s *slot) Value[T] {
	v := Value[T]{Said: s.Said}
	if s.State != Set {
		return v
	}
	var ok bool
	if v.V, ok = s.value.(T); !ok {
		v.State = Unknown
	}
	return v
}

// silent is the slot of a rule that nobody says anything about.
func silent(number uint8) slot {
	if v := vocabulary[number].silent; v != nil {
		return slot{value: v, Said: Said{State: Set, Default: true}}
	}
	return slot{}
}
