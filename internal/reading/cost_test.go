package reading

import (
	"os"
	"runtime"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/hostile"
)

// allocated is how many bytes reading a text allocates.
func allocated(text string) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	Read("paste", text, Options{})
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// The cost of a text is linear in its length, whatever is repeated, nested or left open
// in it. Every other text is tried, and all of them with JWTDOCTOR_LONG=1.
func TestLinear(t *testing.T) {
	const size = 12 << 10
	Read("paste", "error", Options{}) // what is initialised once
	for i, in := range hostile.Inputs() {
		if i%2 == 0 && os.Getenv("JWTDOCTOR_LONG") == "" {
			continue
		}
		one, two := allocated(in.Make(size)), allocated(in.Make(2*size))
		if two > 3*one+1<<20 {
			t.Errorf("%s: %d bytes for %d, %d for twice as much", in.Name, one, size, two)
		}
		if two > 600*2*size+16<<20 { // a command may make 4 MiB from its variables
			t.Errorf("%s: %d bytes for %d", in.Name, two, 2*size)
		}
	}
}
