package explain

import (
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Where the JWT is sent to an API and needs no aud, the values of the standard's
// token request are no advice.
func TestAudOfCheatSheet(t *testing.T) {
	all := profile.NewLibrary()
	for id, want := range map[string]string{"github-app": "not needed", "snowflake": "not needed", "redox": "the token URL"} {
		p, err := all.Load(id)
		if err != nil {
			t.Fatal(err)
		}
		if got := audValues(p); got != want {
			t.Errorf("%s: aud is %q, want %q", id, got, want)
		}
	}
}
