package jsonspan

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMemoryIsUsedAgain: what is read in memory that was used before is what is read in
// new memory, however much of it there is, and a second text changes nothing of the first.
func TestMemoryIsUsedAgain(t *testing.T) {
	texts := []string{
		`{"alg":"RS384","kid":"k1"}`, `{"iss":"a","aud":["x","y"],"exp":1760000230,"cnf":{"jkt":"0","more":{"deep":[{}]}}}`,
		`{"a":1,"a":2}`, `{'iss':None,}`, `[1,[2,{"b":3}]]`, `"{\"iss\":1}"`, ``, `{"a":`, `{"a":{"b":{"c":1}`, "\xff\xfe{\x00}\x00",
		`{` + strings.Repeat(`"x":[1,{"y":2}],`, 60) + `"z":0}`,
	}
	var m Memory
	for _, first := range texts {
		for _, second := range texts {
			m.Reset()
			one, oneFaults := m.Scan([]byte(first), Limits{})
			two, twoFaults := m.Scan([]byte(second), Limits{})
			for _, of := range []struct {
				text   string
				got    *Value
				faults []Fault
			}{{first, one, oneFaults}, {second, two, twoFaults}} {
				want, faults := Scan([]byte(of.text), Limits{})
				if d := cmp.Diff(want, of.got) + cmp.Diff(faults, of.faults); d != "" {
					t.Fatalf("%q, of %q and %q: %s", of.text, first, second, d)
				}
			}
		}
	}
	claims := []byte(`{"iss":"a","sub":"a","aud":"https://x.example/token","exp":1760000230}`)
	if n := testing.AllocsPerRun(100, func() { m.Reset(); m.Scan(claims, Limits{}) }); n > 1 { // the copy of the text
		t.Errorf("%.0f allocations in memory that was used before", n)
	}
}

// TestMemoryKeepsLittle: what a large text needed is not kept for the small ones after it.
func TestMemoryKeepsLittle(t *testing.T) {
	var m Memory
	m.Scan([]byte(`{`+strings.Repeat(`"x":1,`, 20_000)+`"y":`+strings.Repeat(`[`, 60)+`0`), Limits{})
	m.Scan([]byte(strings.Repeat(`[`, 200)), Limits{Depth: 200})
	before := cap(m.unclosed)
	m.Reset()
	if before < 20_000 || cap(m.unclosed) > 4*roomFor || cap(m.open) > defaultDepth || cap(m.values) > 32 || cap(m.members) > 32 {
		t.Errorf("room for %d members, then %d; %d brackets, %d values", before, cap(m.unclosed), cap(m.open), cap(m.values))
	}
}
