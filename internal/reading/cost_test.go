package reading

import (
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

// What a text costs grows with its length and not with the square of it, whatever
// is repeated, nested or left open in it.
func TestLinear(t *testing.T) {
	const size = 12 << 10
	Read("paste", "error", Options{}) // what is made once
	for _, in := range hostile.Inputs() {
		one, two := allocated(in.Make(size)), allocated(in.Make(2*size))
		if two > 3*one+1<<20 {
			t.Errorf("%s: %d bytes for %d, %d for twice as much", in.Name, one, size, two)
		}
		if two > 600*2*size+16<<20 { // a command may put 4 MiB together out of its variables
			t.Errorf("%s: %d bytes for %d", in.Name, two, 2*size)
		}
	}
}
