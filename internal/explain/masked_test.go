package explain_test

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/explain"
	"github.com/assertionworks/jwtdoctor/internal/mask"
)

// Nothing of what the checks and profiles say looks like a secret, or it would be
// masked in every report.
func TestOwnWordsAreNotMasked(t *testing.T) {
	book, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	var m mask.Mask
	same := func(where string, texts ...string) {
		for _, text := range texts {
			if got := m.Text(text); got != text {
				t.Errorf("%s:\n  %s\nis masked as\n  %s", where, text, got)
			}
		}
	}
	for _, c := range book.Checks {
		same(string(c.ID), c.Title, c.Doc)
		for _, cause := range c.Causes {
			same(string(cause.ID), cause.Title, cause.Why, cause.Fix)
		}
	}
	for _, p := range book.Profiles() {
		for _, s := range p.Symptoms {
			same(p.ID, s.Means, s.Says)
			same(p.ID, s.Ask...)
			if d := s.Match.Description; d != nil {
				same(p.ID, d.Substring)
			}
		}
		for _, q := range p.Ask {
			same(p.ID, q.Text)
		}
		for _, e := range p.Envs {
			same(p.ID, e.TokenURL, e.Issuer)
			same(p.ID, e.Aud...)
		}
	}
}

// What is asked for and is not a word is not repeated.
func TestTopicRepeatsNoSecret(t *testing.T) {
	book, err := explain.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"hunter2", "zq7Kp2mXv9", "client_secret=abc", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln"} {
		if _, err := book.Topic(s); err == nil || strings.Contains(strings.ToLower(err.Error()), strings.ToLower(s)) {
			t.Errorf("%s: %v", s, err)
		}
	}
	if _, err := book.Topic("frobnicate"); err == nil || !strings.Contains(err.Error(), `"frobnicate"`) {
		t.Errorf("a word: %v", err)
	}
}
