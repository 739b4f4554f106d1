package report

import (
	"reflect"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// TestLineWritesWhatTheEncoderDoes: patches and places, of which a line writes each member
// on its own, have every member that the JSON report has.
func TestLineWritesWhatTheEncoderDoes(t *testing.T) {
	source := &finding.Source{File: "a \"b\"\n.jwt", Line: 3, Column: 4, Length: 5}
	places := []finding.Location{
		{Part: "claims", Pointer: "/a~1b", Offset: 1, Length: 2, Line: 3, Column: 4, Source: source, Excerpt: &finding.Excerpt{Text: "not written"}},
		{Part: "request"},
	}
	patches := []finding.Patch{
		{Part: "claims", Pointer: "/exp", Value: 1_760_000_230},
		{Part: "claims", Pointer: "/exp", Value: int64(-1)},
		{Part: "claims", Pointer: "/exp", Value: 1.5},
		{Part: "header", Pointer: "/alg", Value: "RS384 <\u2028##[x]"},
		{Part: "claims", Pointer: "/aud", Value: []string{"a", "b"}},
		{Part: "claims", Pointer: "/x", Value: true},
		{Part: "claims", Pointer: "/x", Value: ""},
		{Part: "request", Pointer: "/client_secret", Remove: true},
		{Part: "claims", Pointer: "/cnf", Value: map[string]any{"jkt": "x"}, Remove: true},
	}
	for _, of := range []any{places[0], *source, patches[8]} {
		v := reflect.ValueOf(of)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s.%s is not in the test", v.Type(), v.Type().Field(i).Name)
			}
		}
	}
	var e line
	for i := range places {
		e.b = e.b[:0]
		e.location(&places[i])
		want, err := encodeCompact(places[i])
		if err != nil || string(e.b) != string(want) {
			t.Errorf("%s, want %s (%v)", e.b, want, err)
		}
	}
	for i := range patches {
		e.b = e.b[:0]
		e.patch(&patches[i])
		want, err := encodeCompact(patches[i])
		if err != nil || string(e.b) != string(want) {
			t.Errorf("%s, want %s (%v)", e.b, want, err)
		}
	}
}
