package jose

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// Limits of a JWK Set.
const (
	MaxSetBytes = 1 << 20
	MaxSetKeys  = 1000
)

// Set is a JWK Set (RFC 7517 clause 5) as far as it could be read.
type Set struct {
	Keys     []*Key // in order; entries that are not keys are left out
	Problems []Problem
	Raw      []byte
	Entries  int // how many entries the document has, keys or not
}

// ByKid returns every key with this kid.
func (s *Set) ByKid(kid string) []*Key {
	var found []*Key
	for _, k := range s.Keys {
		if k.HasKid && k.Kid == kid {
			found = append(found, k)
		}
	}
	return found
}

// Matching returns every key with the same public half.
func (s *Set) Matching(k *Key) []*Key {
	var found []*Key
	for _, other := range s.Keys {
		if other.Matches(k) {
			found = append(found, other)
		}
	}
	return found
}

// Has reports whether a problem of this cause was found.
func (s *Set) Has(cause string) bool {
	for _, p := range s.Problems {
		if p.Cause == cause {
			return true
		}
	}
	return false
}

// setReader gathers what is found while a document is read.
type setReader struct {
	set *Set
}

func (r *setReader) problem(cause string, sev finding.Severity, index int, at place, format string, args ...any) {
	p := Problem{Cause: cause, Severity: sev, Index: index, Pointer: at.pointer, Message: fmt.Sprintf(format, args...)}
	if at.value != nil {
		p.Span = at.value.Span
	}
	r.set.Problems = append(r.set.Problems, p)
}

// ParseJWKS reads a JWK Set. It never fails: what is wrong is in Problems, and
// every key that can be made out is in Keys, marked Repaired where a strict
// reader would refuse it.
func ParseJWKS(data []byte) *Set {
	r := &setReader{set: &Set{Raw: data}}
	whole := place{value: &jsonspan.Value{Span: jsonspan.Span{Start: 0, End: len(data)}}}
	if len(data) > MaxSetBytes {
		r.problem(CauseTooLarge, finding.Error, -1, whole, "it is longer than %d bytes; more are not read", MaxSetBytes)
		return r.set
	}
	if what := notJSON(data); what != "" {
		r.problem(CauseNotJSON, finding.Error, -1, whole, "it is %s, not JSON", what)
		return r.set
	}
	v, faults := readJSON(data)
	r.jsonFaults(v, faults)
	r.document(place{value: v})
	r.checkKids()
	if slices.ContainsFunc(faults, jsonspan.Fault.Loses) {
		r.dropConsequences()
	}
	return r.set
}

// dropConsequences removes problems that may only be the loss of text in a damaged
// document.
func (r *setReader) dropConsequences() {
	r.set.Problems = slices.DeleteFunc(r.set.Problems, func(p Problem) bool {
		switch p.Cause {
		case CauseNotJSON, CauseNotASet, CauseSingleKey, CauseDuplicateMember, CausePrivateKey, CauseTooLarge:
			return false
		}
		return true
	})
}

// notJSON recognises what is served in place of a JWK Set.
func notJSON(data []byte) string {
	t := bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	lower := bytes.ToLower(t[:min(len(t), 200)])
	switch {
	case len(t) == 0:
		return "empty"
	case bytes.HasPrefix(lower, []byte("<!doctype html")), bytes.HasPrefix(lower, []byte("<html")):
		return "an HTML page"
	case t[0] == '<':
		return "XML"
	case bytes.HasPrefix(t, []byte("-----BEGIN")):
		return "PEM text"
	case bytes.HasPrefix(t, []byte("eyJ")) && bytes.Count(t, []byte(".")) == 2:
		return "a JWT"
	case t[0] == 0x30 && len(t) > 1 && t[1] >= 0x80 || bytes.IndexByte(t, 0) >= 0:
		return "binary data"
	case t[0] != '{' && t[0] != '[' && t[0] != '"':
		return "text"
	}
	return ""
}

// jsonFaults reports duplicates one by one and everything else as a document
// that a JSON parser refuses, with the first place.
func (r *setReader) jsonFaults(root *jsonspan.Value, faults []jsonspan.Fault) {
	others := 0
	var first jsonspan.Fault
	for _, f := range faults {
		if f.Code == jsonspan.FaultDuplicate {
			at := place{value: &jsonspan.Value{Span: f.Span}, pointer: pointerAt(root, f.Span, "")}
			r.problem(CauseDuplicateMember, finding.Error, -1, at, "a member appears twice in one object; which of the two counts differs from reader to reader")
			continue
		}
		if others == 0 {
			first = f
		}
		others++
	}
	if others == 0 {
		return
	}
	more := ""
	if others > 1 {
		more = fmt.Sprintf(" (and %d more faults)", others-1)
	}
	at := place{value: &jsonspan.Value{Span: first.Span}}
	r.problem(CauseNotJSON, finding.Error, -1, at, "it is not JSON: %s, at byte %d%s", first.Message, first.Span.Start, more)
}

// pointerAt returns the pointer to the member whose name is at the span.
func pointerAt(v *jsonspan.Value, s jsonspan.Span, prefix string) string {
	if v == nil {
		return ""
	}
	for _, m := range v.Members {
		if m.NameSpan.Start <= s.Start && s.Start < m.Value.Span.End {
			p := prefix + "/" + escapePointer(m.Name)
			if s.Start < m.Value.Span.Start {
				return p
			}
			return pointerAt(m.Value, s, p)
		}
	}
	for i, it := range v.Items {
		if it.Span.Start <= s.Start && s.Start < it.Span.End {
			return pointerAt(it, s, fmt.Sprintf("%s/%d", prefix, i))
		}
	}
	return prefix
}

// document finds the keys in whatever shape the document has.
func (r *setReader) document(doc place) {
	v := doc.value
	switch {
	case isArray(v):
		r.problem(CauseNotASet, finding.Error, -1, doc, `it is a bare array; a JWK Set is an object with the array in its member "keys"`)
		r.entries(doc)
		return
	case v != nil && v.Kind == jsonspan.String:
		r.problem(CauseNotASet, finding.Error, -1, doc, "it is JSON text inside a JSON string: it was encoded twice")
		return
	case !isObject(v):
		if !r.set.Has(CauseNotJSON) {
			r.problem(CauseNotASet, finding.Error, -1, doc, "it is %s, not an object", v.Kind)
		}
		return
	}
	if keys, _, ok := doc.member("keys"); ok {
		switch {
		case isArray(keys.value):
			r.entries(keys)
		case isObject(keys.value):
			r.problem(CauseNotASet, finding.Error, -1, keys, `"keys" is an object; it must be an array`)
			r.set.Entries = 1
			r.entry(0, keys)
		case keys.value.Kind == jsonspan.Null:
			r.problem(CauseEmpty, finding.Error, -1, keys, `"keys" is null: there is no key`)
		default:
			r.problem(CauseNotASet, finding.Error, -1, keys, `"keys" is %s; it must be an array`, keys.value.Kind)
		}
		return
	}
	if _, ok := v.Get("kty"); ok {
		r.problem(CauseSingleKey, finding.Error, -1, doc, `it is one JWK; a JWK Set wraps it as {"keys": […]}`)
		r.set.Entries = 1
		r.entry(0, doc)
		return
	}
	r.otherObject(doc)
}

// otherObject looks for keys in objects that are not JWK Sets.
func (r *setReader) otherObject(doc place) {
	if _, ok := text(doc.value, "jwks_uri"); ok {
		r.problem(CauseNotASet, finding.Error, -1, doc, "it is a discovery or registration document; the keys are at its jwks_uri")
		return
	}
	for _, m := range doc.value.Members {
		if isObject(m.Value) {
			if v, ok := m.Value.Get("keys"); ok && isArray(v) {
				at := doc.of(m)
				keys, _, _ := at.member("keys")
				r.problem(CauseNotASet, finding.Error, -1, at, `the set is inside the member %q; it must be the whole document`, clip(m.Name, 40))
				r.entries(keys)
				return
			}
		}
		if strings.EqualFold(strings.TrimSpace(m.Name), "keys") && isArray(m.Value) {
			at := doc.of(m)
			r.problem(CauseNotASet, finding.Error, -1, at, `the member is called %q; it must be "keys"`, clip(m.Name, 40))
			r.entries(at)
			return
		}
		if m.Value.Kind == jsonspan.String && strings.HasPrefix(m.Value.Str, "-----BEGIN CERTIFICATE") {
			r.problem(CauseNotASet, finding.Error, -1, doc.of(m), "it maps names to PEM certificates, not to JWKs")
			return
		}
	}
	r.problem(CauseEmpty, finding.Error, -1, doc, `there is no member "keys"`)
}

func (r *setReader) entries(keys place) {
	items := keys.value.Items
	r.set.Entries = len(items)
	if len(items) == 0 {
		r.problem(CauseEmpty, finding.Error, -1, keys, "the array of keys is empty")
	}
	for i := range items {
		if i == MaxSetKeys {
			r.problem(CauseTooLarge, finding.Error, -1, keys, "it has %d keys; only the first %d were read", len(items), MaxSetKeys)
			return
		}
		r.entry(i, keys.item(i))
	}
}

func (r *setReader) entry(i int, at place) {
	if !isObject(at.value) {
		what := at.value.Kind.String()
		if at.value.Kind == jsonspan.String && strings.Contains(at.value.Str, "-----BEGIN") {
			what = "a string with PEM text"
		} else if at.value.Kind == jsonspan.String && strings.HasPrefix(strings.TrimSpace(at.value.Str), "{") {
			what = "a string with JSON text: it was encoded twice"
		}
		r.problem(CauseKeyNotObject, finding.Error, i, at, "entry %d is %s; a key is an object", i+1, what)
		return
	}
	if k := r.jwk(i, at); k != nil {
		r.set.Keys = append(r.set.Keys, k)
	}
}

// checkKids asks for one name per key, in sets where a name is needed to choose.
func (r *setReader) checkKids() {
	first := map[string]*Key{}
	for _, k := range r.set.Keys {
		if !k.HasKid {
			continue
		}
		other, taken := first[k.Kid]
		if !taken {
			first[k.Kid] = k
			continue
		}
		severity, words := sharedKid(other, k)
		r.set.Problems = append(r.set.Problems, Problem{
			Cause: CauseKidDuplicate, Severity: severity, Index: k.Index, Span: k.kid.value.Span, Pointer: k.kid.pointer,
			Message: fmt.Sprintf("keys %d and %d both have kid %q; %s", other.Index+1, k.Index+1, clip(k.Kid, 80), words),
		})
	}
}

// sharedKid says how bad it is that two keys have one kid. RFC 7517 clause 4.5 names keys
// of different types that replace each other as an example of those that may.
func sharedKid(a, b *Key) (finding.Severity, string) {
	switch {
	case a.Matches(b):
		return finding.Note, "they are the same key, and one of them is enough"
	case a.Kty != b.Kty:
		return finding.Warning, fmt.Sprintf("a server that looks only at kid may use either of them, the %s or the %s key", a.Kty, b.Kty)
	case a.Use != b.Use && a.Use != "" && b.Use != "":
		return finding.Warning, fmt.Sprintf("a server that looks only at kid may use either of them, the one for %s or the one for %s", plainName(a.Use), plainName(b.Use))
	}
	return finding.Error, "which one a server uses is chance"
}
