package jsonspan

import (
	"runtime"
	"strings"
	"testing"
)

// Twice the text allocates twice the memory, whatever it contains.
func TestScanGrowth(t *testing.T) {
	asked := func(text string, lim Limits) float64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		Scan([]byte(text), lim)
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc - before.TotalAlloc)
	}
	for _, unit := range []string{
		"{", "[", "(", `"`, `'`, `\`, ",", ":", "}", "]", "a", "1", "-", " ", "\n", "\x00", "\xff", "“", "\u00a0", "//", "/*", "/**/", "#\n", `{"a":`, `"a":1,`, `'a':None,`, `a=b,`, `a:b `,
		`[1,2 3]`, `"a":{"b":[1]},`, `"\u12`, `"\q",`, `f((`, `f("`, `{"a":1]`, "\uFEFF", "tru", `b'x',`, `{,}`, `"a" 1 `, `{1`,
	} {
		for _, head := range []string{"", "{", "[", `{"a":"`, `{"a":[`} {
			const size, most, fixed = 4 << 10, 1.4, 32 << 10
			text := func(size int) string { return head + strings.Repeat(unit, size/len(unit)) }
			one, two := asked(text(size), Limits{}), asked(text(2*size), Limits{})
			if two > 2*most*one && two-2*one > fixed {
				t.Errorf("%q and many %q: %.0f bytes, and for twice the text %.0f", head, unit, one, two)
			}
		}
	}
}

// A header and a payload of the usual length allocate little.
func TestScanAllocations(t *testing.T) {
	text := []byte(`{"iss":"b81d5a60","sub":"b81d5a60","aud":"https://x.example/token","jti":"83e0ec65","iat":1759999990,"exp":1760000230}`)
	if n := testing.AllocsPerRun(100, func() { Scan(text, Limits{}) }); n > 6 {
		t.Errorf("%.0f allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { Scan([]byte(`{'iss':None}`), Limits{}) }); n < 6 {
		t.Errorf("%.0f allocations for a faulty text: the test measures nothing", n)
	}
}
