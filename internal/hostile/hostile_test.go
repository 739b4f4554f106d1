package hostile

import "testing"

// Every kind has its own name, is as large as was asked, and is the same
// each time.
func TestInputs(t *testing.T) {
	const size = 1 << 16
	seen := map[string]bool{}
	for _, in := range Inputs() {
		if seen[in.Name] {
			t.Errorf("%s: twice", in.Name)
		}
		seen[in.Name] = true
		text := in.Make(size)
		if len(text) < size*3/4 || len(text) > size*5/4 {
			t.Errorf("%s: %d bytes for %d", in.Name, len(text), size)
		}
		if in.Make(size) != text {
			t.Errorf("%s: another text the second time", in.Name)
		}
		if in.Other != nil && in.Other(size) == text {
			t.Errorf("%s: the other is the same", in.Name)
		}
	}
	if len(seen) < 120 {
		t.Errorf("%d kinds", len(seen))
	}
	t.Logf("%d kinds", len(seen))
}
