package explain

import (
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

func TestAged(t *testing.T) {
	b := &Book{Today: time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)}
	const page = "https://docs.example.com/token"
	for _, row := range []struct {
		seen, url string
		old       bool
	}{
		{"2024-11-28", page, true},
		{"2024-11-30", page, false},
		{"2024-10", page, true},
		{"2024-11", page, false}, // its last day counts
		{"2026-11", page, false},
		{"", page, false},
		{"soon", page, false},
		{"2012-10", "https://www.rfc-editor.org/rfc/rfc6749#section-5.2", false},
		{"2021-03", "https://openid.net/specs/openid-financial-api-part-2-1_0.html", false},
	} {
		if got := b.aged(finding.Citation{Seen: row.seen, URL: row.url}) != ""; got != row.old {
			t.Errorf("%s of %s: old is %v", row.url, row.seen, got)
		}
	}
	if got := (&Book{}).aged(finding.Citation{Seen: "2001-01", URL: page}); got != "" {
		t.Errorf("without a day: %q", got)
	}
}

// Marked is what is old, and nothing else: Gravitee's source is of 2021, and
// ThunderID's of 2026.
func TestOldFactsAreMarked(t *testing.T) {
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	b.Today = time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	for id, want := range map[string]bool{"gravitee-am": true, "thunder-id": false} {
		page, err := b.View(id, View{All: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(page.Markdown, "more than two years ago"); got != want {
			t.Errorf("%s: marked is %v", id, got)
		}
	}
}
