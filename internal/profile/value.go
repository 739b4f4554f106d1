package profile

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"github.com/assertionworks/jwtdoctor/internal/yamlfile"
)

// value reads a rule's value by the type its key declares. unknown and none
// are the states of that name, for every type.
func (d *decoder) value(n ast.Node, key Key, id string) (any, State, bool) {
	if s, ok := n.(*ast.StringNode); ok {
		switch s.Value {
		case "unknown":
			return nil, Unknown, true
		case "none":
			return nil, None, true
		}
	}
	if isNull(n) {
		d.wrong(n, "", "%s has no value; write one, or unknown, or none", id)
		return nil, Unset, false
	}
	var v any
	ok := false
	switch key.Type {
	case TypeStrings:
		v, ok = d.choices(n, key, id)
	case TypeString:
		v, ok = d.choice(n, key, id)
	case TypePresence:
		var s string
		key.Choice = []string{string(Required), string(Recommended), string(Optional), string(Forbidden)}
		s, ok = d.choice(n, key, id)
		v = Presence(s)
	case TypeBool:
		v, ok = d.flag(n, id)
	case TypeInt:
		v, ok = d.number(n, id)
	case TypeDuration:
		v, ok = d.duration(n, id)
	case TypeRegexp:
		v, ok = d.pattern(n, id)
	default:
		d.wrong(n, "", "%s has the type %q, which jwtdoctor cannot read", id, key.Type)
	}
	return v, Set, ok
}

// choice reads one text, out of the key's choice where it has one.
func (d *decoder) choice(n ast.Node, key Key, id string) (string, bool) {
	if len(key.Choice) == 0 {
		return d.str(n, id)
	}
	s, ok := yamlfile.Text(n)
	if !ok {
		d.wrong(n, "", "%s must be one of %s, not %s", id, strings.Join(key.Choice, ", "), kind(n))
		return "", false
	}
	if slices.Contains(key.Choice, s) {
		return s, true
	}
	near := d.nearest(s, key.Choice)
	if b, isBool := n.(*ast.BoolNode); isBool && key.Type == TypePresence {
		near = string(Required)
		if !b.Value {
			near = string(Optional)
		}
	}
	d.wrong(n, near, "%s must be one of %s, not %q", id, strings.Join(key.Choice, ", "), s)
	return "", false
}

func (d *decoder) choices(n ast.Node, key Key, id string) ([]string, bool) {
	out, ok := d.strs(n, id)
	if !ok || len(key.Choice) == 0 {
		return out, ok
	}
	items := []ast.Node{n}
	if s, isList := n.(*ast.SequenceNode); isList {
		items = s.Values
	}
	for i, s := range out {
		if !slices.Contains(key.Choice, s) {
			d.wrong(items[i], d.nearest(s, key.Choice), "%s may contain %s, not %q", id, strings.Join(key.Choice, ", "), s)
			ok = false
		}
	}
	return out, ok
}

func (d *decoder) flag(n ast.Node, what string) (bool, bool) {
	if b, ok := n.(*ast.BoolNode); ok {
		return b.Value, true
	}
	near := ""
	if s, ok := yamlfile.Text(n); ok {
		switch strings.ToLower(s) {
		case "yes", "on", "true", "1":
			near = "true"
		case "no", "off", "false", "0":
			near = "false"
		}
	}
	d.wrong(n, near, "%s must be true or false, not %s", what, kind(n))
	return false, false
}

func (d *decoder) number(n ast.Node, what string) (int, bool) {
	s, _ := yamlfile.Text(n)
	if _, ok := n.(*ast.IntegerNode); ok {
		if i, err := strconv.Atoi(s); err == nil && i >= 0 {
			return i, true
		}
		d.wrong(n, "", "%s must be a whole number, 0 or more, not %s", what, s)
		return 0, false
	}
	near := ""
	if i, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && i >= 0 {
		near = strconv.Itoa(i)
	}
	d.wrong(n, near, "%s must be a whole number, not %s", what, kind(n))
	return 0, false
}

const durationForms = "durations are written 5m, 300s, 1h30m, or as a whole number of seconds"

func (d *decoder) duration(n ast.Node, what string) (time.Duration, bool) {
	s, ok := yamlfile.Text(n)
	if !ok {
		d.wrong(n, "", "%s must be a duration, not %s; %s", what, kind(n), durationForms)
		return 0, false
	}
	v, ok := parseDuration(s)
	if ok {
		return v, true
	}
	d.wrong(n, durationMeant(s), "%s must be a duration, not %q; %s", what, s, durationForms)
	return 0, false
}

// parseDuration reads the forms a profile writes durations in; below zero and
// beyond ten years is none.
func parseDuration(s string) (time.Duration, bool) {
	v, err := time.ParseDuration(s)
	if err != nil {
		sec, err := strconv.Atoi(s)
		if err != nil || sec > 10*365*24*3600 {
			return 0, false
		}
		v = time.Duration(sec) * time.Second
	}
	return v, v >= 0 && v <= 10*365*24*time.Hour
}

// durationMeant turns the usual other ways of writing a duration ("5 minutes",
// PT5M, 5min, 1d) into ours; "" if it is none of them.
func durationMeant(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "p"), "t")
	digits := strings.TrimLeft(s, "0123456789")
	amount, err := strconv.Atoi(strings.TrimSuffix(s, digits))
	if err != nil || amount > 1_000_000 {
		return ""
	}
	switch strings.TrimRight(strings.TrimSpace(digits), "s.") {
	case "", "sec", "second":
		return strconv.Itoa(amount) + "s"
	case "m", "min", "mn", "minute":
		return strconv.Itoa(amount) + "m"
	case "h", "hr", "hour":
		return strconv.Itoa(amount) + "h"
	case "d", "day":
		return strconv.Itoa(24*amount) + "h"
	}
	return ""
}

// pattern reads a regular expression between slashes and binds it to the whole
// text.
func (d *decoder) pattern(n ast.Node, what string) (*regexp.Regexp, bool) {
	s, ok := d.str(n, what)
	if !ok {
		return nil, false
	}
	inner, ok := slashed(s)
	if !ok {
		d.wrong(n, "/"+s+"/", "%s must be a regular expression between slashes", what)
		return nil, false
	}
	if !d.expression(n, inner, what) {
		return nil, false
	}
	whole, err := regexp.Compile("^(?:" + inner + ")$")
	if err != nil {
		d.wrong(n, "", "%s is too large a regular expression", what)
	}
	return whole, err == nil
}

// slashed returns the text between the slashes of /…/.
func slashed(s string) (string, bool) {
	if len(s) < 3 || s[0] != '/' || s[len(s)-1] != '/' {
		return "", false
	}
	return s[1 : len(s)-1], true
}

// Bounds on the expressions of a file. The largest of the embedded profiles has a
// size of 450, all of one profile together 2,900.
const (
	maxExpression  = 2000   // characters
	maxWeight      = 10_000 // of one, by weight
	maxTotalWeight = 60_000
)

// expression checks one of Go's regexp syntax, which runs in linear time. What
// it compiles to is weighed first: a{1000}{1000} is short and large.
func (d *decoder) expression(n ast.Node, expr, what string) bool {
	if len(expr) > maxExpression {
		d.wrong(n, "", "%s is a regular expression of %d characters; it may have at most %d", what, len(expr), maxExpression)
		return false
	}
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		d.wrong(n, "", "%s is not a regular expression that Go can read (%s)", what, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return false
	}
	w := weight(re)
	d.weight += w
	switch {
	case w > maxWeight:
		d.wrong(n, "", "%s is too large a regular expression: its repeats come to %d steps, of at most %d", what, w, maxWeight)
	case d.weight > maxTotalWeight:
		d.wrong(n, "", "the regular expressions up to here are too large together")
	}
	return w <= maxWeight && d.weight <= maxTotalWeight
}

// weight is about how many instructions an expression compiles to.
func weight(re *syntax.Regexp) int {
	n := 1
	switch re.Op {
	case syntax.OpLiteral:
		n = len(re.Rune)
	case syntax.OpCharClass:
		n += len(re.Rune) / 2
	case syntax.OpRepeat:
		n = 0
	}
	for _, sub := range re.Sub {
		n += weight(sub)
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1) // at most 1000, with those around it
	}
	return n
}
