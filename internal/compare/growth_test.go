package compare_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/compare"
	"github.com/assertionworks/jwtdoctor/internal/hostile"
)

// Twice the texts ask for twice the memory, however many names they have.
func TestCompareGrowth(t *testing.T) {
	for _, in := range hostile.Inputs() {
		other := in.Other
		switch {
		case other != nil:
		case slices.Contains([]string{"curl: -b", "curl: -H", "curl: -F", "form: one name", "jwt: one name again and again", "jwt: nested objects", "jwt: wide array", "jwt: long string"}, in.Name):
			other = in.Make
		default:
			continue // they have the same parts, otherwise written
		}
		asked := func(size int) float64 {
			good, bad := caseOf(in.Make(size)), caseOf(other(size))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			compare.Compare(good, bad)
			runtime.ReadMemStats(&after)
			return float64(after.TotalAlloc - before.TotalAlloc)
		}
		const size, most, fixed = 12 << 10, 1.4, 256 << 10
		if one, two := asked(size), asked(2*size); two > 2*most*one && two-2*one > fixed {
			t.Errorf("%s: %.0f bytes, and for twice the text %.0f", in.Name, one, two)
		}
	}
}

// More names than anybody has are not compared, and that is said; what is
// compared is found all the same.
func TestCompareManyNames(t *testing.T) {
	many := func(n, from int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `"c%d":1,`, from+i)
		}
		return b64(`{"alg":"HS256"}`) + "." + b64(`{"iss":"a",`+b.String()+`"z":1}`) + "." + strings.Repeat("A", 43)
	}
	r := compare.Compare(caseOf(many(3000, 0)), caseOf(many(3000, 0)))
	if len(r.Differences) > 0 || len(r.Unseen) != 1 || !strings.Contains(r.Unseen[0], "the claims after the first 2000") {
		t.Errorf("%d differences, unseen %q", len(r.Differences), r.Unseen)
	}
	r = compare.Compare(caseOf(many(900, 0)), caseOf(many(900, 1)))
	if len(r.Differences) != 2 || len(r.Unseen) != 0 {
		t.Errorf("%v, unseen %q", r.Differences, r.Unseen)
	}
}
