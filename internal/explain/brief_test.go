package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// A topic is one screen of 80 columns, whatever it is, and says how to see the rest.
func TestBriefIsOneScreen(t *testing.T) {
	b := loaded(t)
	const most = 40
	for _, id := range b.IDs() {
		page, err := b.View(id, View{})
		if err != nil {
			t.Fatal(err)
		}
		text := Text(page.Markdown, 80, false)
		if n := strings.Count(text, "\n"); n > most {
			t.Errorf("%s has %d lines:\n%s", id, n, text)
		}
		if !strings.Contains(text, "More: jwtdoctor ") {
			t.Errorf("%s does not say how to see the rest:\n%s", id, text)
		}
		for line := range strings.Lines(text) {
			if line = strings.TrimRight(line, "\n"); visible.Width(line) > 80 && strings.Contains(strings.TrimSpace(line), " ") && !isCode(page.Markdown, line) {
				t.Errorf("%s: %q is too wide", id, line)
			}
		}
	}
}

// With a provider the page has its words and rules; without one, or for one that
// documents nothing on it, it does not have them.
func TestBriefSpeaksOfTheProvider(t *testing.T) {
	b := loaded(t)
	for _, tt := range []struct {
		id, provider, has string
		all               bool
	}{
		{"aud-trailing-slash", "redox", "At Redox", false},
		{"aud-trailing-slash", "redox", `Unexpected "aud" claim value`, false},
		{"aud-trailing-slash", "redox", "At Redox", true},
		{"lifetime-too-long", "epic", "5m", false},
		{"net-dns", "epic", "documents nothing about this", false},
	} {
		v := View{All: tt.all}
		without, err := b.View(tt.id, v)
		if err != nil {
			t.Fatal(err)
		}
		v.Provider = b.profile(tt.provider)
		with, err := b.View(tt.id, v)
		if err != nil || !strings.Contains(with.Markdown, tt.has) {
			t.Errorf("%s at %s, %v: no %q in\n%s", tt.id, tt.provider, err, tt.has, with.Markdown)
		}
		if strings.Contains(without.Markdown, "\n## At ") {
			t.Errorf("%s names a provider nobody asked for", tt.id)
		}
	}
}

// Nobody has to read an expression: no page has one.
func TestNoExpressionsShown(t *testing.T) {
	b := loaded(t)
	for _, p := range b.Profiles() {
		text := b.Profile(p)
		for _, mark := range []string{"(?i)", "(?:", `\b`, `\d`, ".{0,", "[^/]"} {
			if strings.Contains(text, mark) {
				at := strings.Index(text, mark)
				t.Errorf("%s shows an expression: %s", p.ID, text[max(0, at-60):min(len(text), at+60)])
			}
		}
	}
}

// Every number on a page is the number of a source, and each has its own.
func TestSourcesAreNumbered(t *testing.T) {
	b := loaded(t)
	for _, p := range b.Profiles() {
		text := b.Profile(p)
		for n := 1; n < 200; n++ {
			if strings.Contains(text, fmt.Sprintf("\\[%d\\]", n)) && strings.Count(text, fmt.Sprintf("\n%d. [", n)) != 1 {
				t.Errorf("%s: [%d] is not one source", p.ID, n)
			}
		}
	}
}
