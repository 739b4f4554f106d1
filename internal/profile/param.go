package profile

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

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

// Key declares one rule a profile may hold. A "*" in ID stands for one name:
// "claims.*.presence".
type Key struct {
	ID     string
	Type   ValueType
	Choice []string // the only values, for TypeString and TypeStrings; nil for any
	Help   string   // one line for docs, completion and errors
}

// Matches tells whether the key declares the rule of that ID.
func (k Key) Matches(id string) bool {
	before, after, wild := strings.Cut(k.ID, "*")
	if !wild {
		return k.ID == id
	}
	name, ok := strings.CutPrefix(id, before)
	if !ok {
		return false
	}
	name, ok = strings.CutSuffix(name, after)
	return ok && name != "" && !strings.Contains(name, ".")
}

// Param is a Key with its Go type and what holds where the profile is silent.
type Param[T any] struct {
	Key
	Default T
	// HasDefault tells a default from an unknown.
	HasDefault bool
}

// Value is what a profile says of a parameter.
type Value[T any] struct {
	V        T
	State    State
	Cite     []finding.Citation
	Note     string
	Enforced *Alternative
	Also     []Alternative
	From     string
}

// Known tells whether there is a value to judge by.
func (v Value[T]) Known() bool { return v.State == Set }

// In returns what the profile says of the parameter, else the default.
func (p Param[T]) In(pr *Profile) Value[T] { return p.at(pr, p.ID) }

// Named is In for a key with a "*".
func (p Param[T]) Named(pr *Profile, name string) Value[T] {
	return p.at(pr, strings.Replace(p.ID, "*", name, 1))
}

func (p Param[T]) at(pr *Profile, id string) Value[T] {
	if pr != nil {
		if r, ok := pr.Rules[id]; ok && r.State != Unset {
			v := Value[T]{State: r.State, Cite: r.Cite, Note: r.Note, Enforced: r.Enforced, Also: r.Also, From: r.From}
			if t, ok := r.Value.(T); ok {
				v.V = t
			} else if r.State == Set {
				v.State = Unknown
			}
			return v
		}
	}
	if p.HasDefault {
		return Value[T]{V: p.Default, State: Set}
	}
	return Value[T]{State: Unset}
}

// Names lists the names for which the profile sets a key with a "*", sorted.
func (k Key) Names(pr *Profile) []string {
	before, after, _ := strings.Cut(k.ID, "*")
	var names []string
	for id := range pr.Rules {
		if k.Matches(id) {
			names = append(names, strings.TrimSuffix(strings.TrimPrefix(id, before), after))
		}
	}
	slices.Sort(names)
	return names
}

// Strings declares a parameter that is a list of strings.
func Strings(id, help string) Param[[]string] {
	return Param[[]string]{Key: Key{ID: id, Type: TypeStrings, Help: help}}
}

// OneOf declares a parameter that is one string, out of choice where given.
func OneOf(id, help string, choice ...string) Param[string] {
	return Param[string]{Key: Key{ID: id, Type: TypeString, Help: help, Choice: choice}}
}

// Duration declares a parameter that is a length of time.
func Duration(id, help string) Param[time.Duration] {
	return Param[time.Duration]{Key: Key{ID: id, Type: TypeDuration, Help: help}}
}

// Presences declares a parameter that tells whether something must be there.
func Presences(id, help string) Param[Presence] {
	return Param[Presence]{Key: Key{ID: id, Type: TypePresence, Help: help}}
}

// Int declares a parameter that is a whole number.
func Int(id, help string) Param[int] {
	return Param[int]{Key: Key{ID: id, Type: TypeInt, Help: help}}
}

// Flag declares a parameter that is true or false.
func Flag(id, help string) Param[bool] {
	return Param[bool]{Key: Key{ID: id, Type: TypeBool, Help: help}}
}

// Pattern declares a parameter that is a regular expression.
func Pattern(id, help string) Param[*regexp.Regexp] {
	return Param[*regexp.Regexp]{Key: Key{ID: id, Type: TypeRegexp, Help: help}}
}

// Or gives a parameter a default.
func (p Param[T]) Or(v T) Param[T] {
	p.Default, p.HasDefault = v, true
	return p
}
