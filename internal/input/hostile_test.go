package input

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/hostile"
)

// readWhole makes evidence of a text as the program does.
func readWhole(text string) {
	src := NewSource("f", strings.NewReader(text), "")
	switch src.Sort() {
	case SortHAR:
		for har := src.HAR(); ; {
			e, err := har.Next()
			if err != nil {
				return
			}
			understood(e)
		}
	case SortExchange:
		all, _ := src.Exchanges(nil)
		for _, e := range all {
			understood(e)
		}
	case SortJWKS, SortKey:
		_, _ = src.Bytes()
	default:
		places := 50 // places are only computed for findings, not for every line
		for r := src.Items(""); ; places-- {
			item, err := r.Next()
			if err != nil {
				return
			}
			if a := item.Assertion(); places > 0 {
				filled(a)
			} else {
				Fill(&evidence.Case{}, a)
			}
			if len(item.Text) < 16<<10 && strings.ContainsAny(item.Text, " _{<") {
				PlainAnswer("f", item.Text)
			}
		}
	}
}

func understood(e Exchange) {
	if e.Request != nil {
		if a := CarriedBy(e.Request).Assertion; a != nil {
			filled(a)
		}
	}
	if e.Response != nil {
		IssuedIn(e.Response)
	}
}

func filled(a *evidence.Assertion) {
	c := &evidence.Case{}
	Fill(c, a)
	for _, at := range []string{"/alg", "/aud", "/jti", "/iss/none"} {
		c.At("header", at)
		c.At("claims", at)
	}
	c.AtSegment(2)
}

// asked is how much memory some work allocates in total, in bytes, and how often.
func asked(work func()) (bytes, times float64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return float64(after.TotalAlloc - before.TotalAlloc), float64(after.Mallocs - before.Mallocs)
}

// growth is b relative to twice a: 1 if linear.
func growth(a, b float64) float64 { return b / (2 * a) }

// Twice the text allocates twice the memory, whatever the text: code that scans all of it
// for each of its parts would allocate four times as much.
func TestHostileGrowth(t *testing.T) {
	for i, in := range hostile.Inputs() {
		if i%2 == 1 && os.Getenv("JWTDOCTOR_LONG") == "" {
			continue
		}
		bytes := checkGrowth(t, in.Name, func(size int) { readWhole(in.Make(size)) })
		checkWhole(t, in.Name, bytes, 2*growthSize)
	}
}

const growthSize = 12 << 10

// checkGrowth checks that work for twice the size allocates twice the memory, and returns
// how much that was.
func checkGrowth(t *testing.T, name string, work func(size int)) float64 {
	t.Helper()
	const (
		size  = growthSize
		most  = 1.3      // of growth: lists grow in steps
		fixed = 96 << 10 // bytes allocated once, which do not count
		once  = 1000     // times, likewise
	)
	bytes, times := asked(func() { work(size) })
	twiceBytes, twiceTimes := asked(func() { work(2 * size) })
	if growth(bytes, twiceBytes) > most && twiceBytes-2*bytes > fixed || growth(times, twiceTimes) > most && twiceTimes-2*times > once {
		t.Errorf("%.40q: %.0f bytes in %.0f pieces, and for twice the text %.0f in %.0f", name, bytes, times, twiceBytes, twiceTimes)
	}
	return twiceBytes
}

// checkWhole checks the total that a text of some size allocated.
func checkWhole(t *testing.T, name string, bytes float64, size int) {
	t.Helper()
	const most, fixed = 400, 16 << 20 // bytes per byte of text, and for any text
	if bytes > float64(size)*most+fixed {
		t.Errorf("%s: %.0f bytes were asked for, for a text of %d", name, bytes, size)
	}
}

// sized is the whole size if there is time, otherwise one that is large enough for the
// test.
func sized(whole int) int {
	if os.Getenv("JWTDOCTOR_LONG") != "" {
		return whole
	}
	return whole >> 5
}

// Quadratic work is detected: the control for the test above.
func TestHostileGrowthShows(t *testing.T) {
	square := func(n int) float64 {
		bytes, _ := asked(func() {
			for s := ""; len(s) < n; {
				s += "0123456789abcdef" // each time all of it is copied
			}
		})
		return bytes
	}
	if g := growth(square(12<<10), square(24<<10)); g < 1.3 {
		t.Errorf("growth %.2f", g)
	}
}

// A text of 1 MiB stays in bounds. This is slow, so TestHostileGrowth checks most texts
// instead.
func TestHostileWhole(t *testing.T) {
	if os.Getenv("JWTDOCTOR_LONG") == "" {
		t.Skip("JWTDOCTOR_LONG=1 reads them")
	}
	for _, in := range hostile.Inputs() {
		text := in.Make(1 << 20)
		bytes, _ := asked(func() { readWhole(text) })
		checkWhole(t, in.Name, bytes, len(text))
	}
}
