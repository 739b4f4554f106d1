// Package sender knows by which library an assertion was probably made: from the
// order of its claims, the form of jti and the lifetime, where a library writes
// them in a way no other library does. It never says more than that it looks so.
package sender

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Library is one that signs assertions on its own.
type Library struct {
	Name   string
	Cite   finding.Citation
	change string // how a claim is changed in its code; "" if there is no such way

	claims, headers [][]string // in which orders members are written; no headers for any
	jti             *regexp.Regexp
	fraction        []string // times that have a fraction
	lifetime        int      // seconds from iat, or from nbf; 0 for any
}

//go:embed senders.txt
var data string

// loaded is read when first needed.
var loaded = sync.OnceValue(func() []Library {
	all, err := parse(data)
	if err != nil {
		panic(err) // embedded, and checked by the tests
	}
	return all
})

// Of names the one library that writes assertions like this one; nil if none
// does, or more than one.
func Of(header, claims *jsonspan.Value) *Library {
	if header == nil || claims == nil || header.Kind != jsonspan.Object || claims.Kind != jsonspan.Object {
		return nil
	}
	var found *Library
	for i := range loaded() {
		l := &loaded()[i]
		if !l.wrote(header, claims) {
			continue
		}
		if found != nil {
			return nil
		}
		found = l
	}
	return found
}

func (l *Library) wrote(header, claims *jsonspan.Value) bool {
	if !inOrder(claims, l.claims) || len(l.headers) > 0 && !inOrder(header, l.headers) {
		return false
	}
	if v, ok := claims.Get("jti"); ok && l.jti != nil && (v.Kind != jsonspan.String || !l.jti.MatchString(v.Str)) {
		return false
	}
	for _, name := range l.fraction {
		if n, ok := seconds(claims, name); !ok || n == math.Trunc(n) {
			return false
		}
	}
	return l.lifetime == 0 || l.lives(claims, "iat") || l.lives(claims, "nbf")
}

// lives reports whether the assertion has the library's lifetime, from that claim.
// Two clock readings of one library may lie a second apart.
func (l *Library) lives(claims *jsonspan.Value, from string) bool {
	exp, has := seconds(claims, "exp")
	start, ok := seconds(claims, from)
	return has && ok && math.Abs(exp-start-float64(l.lifetime)) <= 1
}

// seconds reads a time, which one of the libraries writes as a string.
func seconds(claims *jsonspan.Value, name string) (float64, bool) {
	v, ok := claims.Get(name)
	if !ok {
		return 0, false
	}
	text := v.Raw
	if v.Kind == jsonspan.String {
		text = v.Str
	}
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil
}

func inOrder(object *jsonspan.Value, orders [][]string) bool {
	return slices.ContainsFunc(orders, func(names []string) bool {
		return slices.EqualFunc(object.Members, names, func(m jsonspan.Member, name string) bool { return m.Name == name })
	})
}

// Change is how a claim gets another value in the library's own code; "" if
// its source shows no way, or the value is one that is new in every assertion.
func (l *Library) Change(p finding.Patch) string {
	name := strings.TrimPrefix(p.Pointer, "/")
	value, ok := p.Value.(string)
	if l.change == "" || p.Part != finding.PartClaims || p.Remove || !ok || name == "jti" || strings.ContainsAny(name, "/~") {
		return ""
	}
	text, err := json.Marshal(value)
	if err != nil {
		return ""
	}
	return strings.NewReplacer("{name}", name, "{value}", string(text)).Replace(l.change)
}

// parse reads blocks with a blank line between them: a name, then a key and a
// value on each line. Lines that begin with # are comments.
func parse(text string) ([]Library, error) {
	var all []Library
	fresh := true
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "#"):
		case line == "":
			fresh = true
		case fresh:
			all, fresh = append(all, Library{Name: line}), false
		default:
			if err := all[len(all)-1].set(line); err != nil {
				return nil, fmt.Errorf("%s: %w", all[len(all)-1].Name, err)
			}
		}
	}
	return all, nil
}

func (l *Library) set(line string) (err error) {
	key, value, _ := strings.Cut(line, " ")
	switch key {
	case "claims":
		l.claims = append(l.claims, strings.Fields(value))
	case "header":
		l.headers = append(l.headers, strings.Fields(value))
	case "jti":
		l.jti, err = regexp.Compile("^(?:" + value + ")$")
	case "fraction":
		l.fraction = strings.Fields(value)
	case "lifetime":
		l.lifetime, err = strconv.Atoi(value)
	case "change":
		l.change = value
	case "cite":
		f := strings.SplitN(value, " ", 4)
		if len(f) < 4 {
			return fmt.Errorf("cite needs authority, date, address and title")
		}
		l.Cite = finding.Citation{Authority: f[0], Seen: f[1], URL: f[2], Title: f[3]}
	default:
		return fmt.Errorf("%q is not known", key)
	}
	return err
}
