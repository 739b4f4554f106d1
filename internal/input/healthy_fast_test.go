package input

import (
	"reflect"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// spelt fills in the offsets that are omitted if nothing moved.
func spelt(a *evidence.Assertion) *evidence.Assertion {
	if a.Offsets == nil {
		a.Offsets = identity(len(a.Compact))
	}
	for i := range a.Segments {
		if s := &a.Segments[i]; s.Offsets == nil {
			for k := range len(s.Clean) + 1 {
				s.Offsets = append(s.Offsets, int32(s.Span.Start+k))
			}
		}
	}
	return a
}

// checkPatience checks that the quick reading of a healthy text equals the patient one.
func checkPatience(t *testing.T, text string) (quick bool) {
	t.Helper()
	made := func() *evidence.Assertion {
		return &evidence.Assertion{Original: text, Whole: true, Length: len(text)}
	}
	fast, slow := made(), made()
	if len(text) > MaxAssertion || !(&Memory{}).healthy(fast) {
		return false
	}
	patient(slow)
	if !reflect.DeepEqual(spelt(fast), spelt(slow)) {
		t.Errorf("%q\nquickly:  %+v\npatiently: %+v", text, fast, slow)
	}
	return true
}

// A change to a healthy token decides whether it is read quickly, but never the result.
func TestQuickIsPatient(t *testing.T) {
	tok := realToken()
	part := strings.Split(tok, ".")
	for _, row := range []struct {
		name, text string
		quick      bool
	}{
		{"healthy", tok, true},
		{"a faulty header", enc(`{"alg":"RS256","alg":'x'}`) + "." + part[1] + "." + part[2], true},
		{"a faulty payload", part[0] + "." + enc(`{"iss":None,"sub":'abcdefghijklmnopqrstuvwxyz'}`) + "." + part[2], true},
		{"a payload that is no JSON", part[0] + "." + strings.Repeat("A", 44) + "." + part[2], true},
		{"encrypted", enc(`{"alg":"dir","enc":"A128GCM"}`) + "." + part[1] + "." + part[2], true},
		{"a header of an array", enc(`["alg","RS256"]`) + "." + part[1] + "." + part[2], false},
		{"no signature", part[0] + "." + part[1] + ".", true},
		{"a short signature", part[0] + "." + part[1] + "." + part[2][:40], true},
		{"a tiny one", "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x", false},
		{"a tiny one with a whole signature", "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.xw", true},
		{"a tiny one without a payload", "eyJhbGciOiJub25lIn0..xw", true},
		{"a tiny one without digits", "eyJhbGc.your.token", false},
		{"letters for a payload", part[0] + "." + strings.Repeat("x", 36) + "." + part[2], false},
		{"words for parts", part[0] + ".payload.signature", false},
		{"two parts", part[0] + "." + part[1], false},
		{"four parts", tok + ".x", false},
		{"a line end within", tok[:200] + "\n" + tok[200:], false},
		{"carriage returns within", tok[:200] + "\r\r\r\r" + tok[200:], false},
		{"padding", tok + "=", false},
		{"the standard alphabet", part[0] + "." + part[1] + "+A" + "." + part[2], false},
		{"an impossible length", part[0] + "." + part[1] + "." + part[2] + "AAA", false},
		{"stray bits", tok[:len(tok)-1] + "B", false},
		{"a blank before", " " + tok, false},
		{"an invisible character", tok[:100] + "\u200b" + tok[100:], false},
		{"an ellipsis", tok[:100] + "..." + tok[100:], false},
		{"a scheme", "Bearer " + tok, false},
	} {
		if quick := checkPatience(t, row.text); quick != row.quick {
			t.Errorf("%s: read quickly: %v", row.name, quick)
		}
	}
}

// A batch consists of healthy tokens, so what one allocates is bounded.
func TestHealthyAllocations(t *testing.T) {
	tok := realToken()
	got := testing.AllocsPerRun(200, func() {
		c := evidence.Case{}
		Fill(&c, Item{Text: tok, Length: len(tok)}.Assertion())
	})
	if got > 20 {
		t.Errorf("%.0f allocations for a healthy token", got)
	}
	control := testing.AllocsPerRun(20, func() {
		c := evidence.Case{}
		Fill(&c, Item{Text: "Bearer " + tok, Length: len(tok) + 7}.Assertion())
	})
	if control < 20 {
		t.Errorf("%.0f allocations for one that is repaired: the test measures nothing", control)
	}
}
