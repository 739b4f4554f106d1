package doctor_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// A file that was not read is reported with the reason: that nobody asked for it,
// or what became of the asking.
func TestNotesOfUnreadFiles(t *testing.T) {
	const text = "curl https://a.example/token -d @body.txt"
	refuse := func(string, string) ([]byte, error) { return nil, errors.New("not a regular file") }
	give := func(string, string) ([]byte, error) { return []byte("grant_type=x"), nil }
	for _, tt := range []struct {
		name  string
		files func(input, name string) ([]byte, error)
		want  []string
	}{
		{"not asked for", nil, []string{"the file body.txt was not read; --read-files reads it from the input's own folder"}},
		{"refused", refuse, []string{"the file body.txt was not read: not a regular file"}},
		{"read", give, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := judgeText(t, doctor.Options{Files: tt.files}, text)[0]
			if !slices.Equal(c.Notes, tt.want) {
				t.Errorf("%q, want %q", c.Notes, tt.want)
			}
		})
	}
}
