package explain

import (
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// A page reads the profiles it is about: what it costs does not grow with how many
// there are. All that is known of a cause is beside every profile.
func TestPagesReadFewProfiles(t *testing.T) {
	checksOnly := testing.AllocsPerRun(3, func() {
		if _, err := Load(); err != nil {
			t.Fatal(err)
		}
	})
	all := testing.AllocsPerRun(3, func() { profile.NewLibrary().All() })
	for name, show := range map[string]func(b *Book) error{
		"a cause":   func(b *Book) error { _, err := b.View("aud-mismatch", View{}); return err },
		"a check":   func(b *Book) error { _, err := b.View("claim-aud", View{}); return err },
		"a profile": func(b *Book) error { _, err := b.View("redox", View{}); return err },
		"in full":   func(b *Book) error { _, err := b.View("aud-mismatch", View{All: true}); return err },
	} {
		got := testing.AllocsPerRun(3, func() {
			b, err := Load()
			if err != nil {
				t.Fatal(err)
			}
			if err := show(b); err != nil {
				t.Error(err)
			}
		})
		if own := got - checksOnly; (own > all/2) != (name == "in full") {
			t.Errorf("%s takes %.0f allocations, and reading all profiles takes %.0f", name, own, all)
		}
	}
}
