package profile

import (
	"slices"
	"testing"
)

// A profile whose path expressions the raw scan does not see would never be
// guessed by them.
func TestRawPathsAreTheParsedOnes(t *testing.T) {
	expressions := 0
	for _, id := range IDs() {
		raw, err := embedded.ReadFile("data/" + id + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		d := &decoder{file: id}
		root := d.tree(raw)
		entries, ok := d.entries(root, "a profile", topWords)
		if !ok {
			t.Fatal(d.err())
		}
		var want []string
		for _, e := range entries {
			if e.name != "recognise" {
				continue
			}
			parts, _ := d.entries(e.value, "recognise", recogniseWords)
			for _, p := range parts {
				if p.name == "paths" {
					want, _ = d.strs(p.value, "paths")
				}
			}
		}
		expressions += len(want)
		if got := rawPaths(raw); !slices.Equal(got, want) {
			t.Errorf("%s: scanned %q, parsed %q", id, got, want)
		}
	}
	if expressions == 0 {
		t.Error("no embedded profile goes by paths: the test shows nothing")
	}
}
