package errortext_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/errortext"
)

// sample is what a tool prints of one failure, what is captured, and a text
// that comes near and is another.
type sample struct {
	id       string
	values   []errortext.Value
	text     string
	nearMiss string
}

// samples reads testdata: "= ID NAME=VALUE ..." begins a row, "~ " its control.
// A value with spaces goes to the end of the line, or to the next NAME=.
func samples(t testing.TB) []sample {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples", err)
	}
	var out []sample
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if head, ok := strings.CutPrefix(line, "= "); ok {
				id, values, _ := strings.Cut(strings.TrimSpace(head), " ")
				s := sample{id: id}
				for _, word := range strings.Fields(values) {
					name, value, isValue := strings.Cut(word, "=")
					if n := len(s.values); !isValue && n > 0 {
						s.values[n-1].Text += " " + word
						continue
					}
					s.values = append(s.values, errortext.Value{Name: name, Text: value})
				}
				out = append(out, s)
				continue
			}
			if len(out) == 0 {
				t.Fatalf("%s: %q is before the first row", f, line)
			}
			s := &out[len(out)-1]
			if near, ok := strings.CutPrefix(line, "~ "); ok {
				s.nearMiss += near
				continue
			}
			s.text += line
		}
	}
	return out
}

func TestSamples(t *testing.T) {
	seen := map[string]int{}
	for _, s := range samples(t) {
		seen[s.id]++
		t.Run(fmt.Sprintf("%s/%d", s.id, seen[s.id]), func(t *testing.T) {
			found := errortext.Find(s.text)
			if len(found) == 0 {
				t.Fatalf("nothing found in\n%s", s.text)
			}
			m := found[0]
			if m.Entry.ID != s.id || m.Setting != errortext.Said {
				t.Errorf("found %s (%s) first, want %s", m.Entry.ID, m.Setting, s.id)
				for _, m := range found {
					t.Logf("%s %s chain %d depth %d: %q %v", m.Entry.ID, m.Setting, m.Chain, m.Depth, s.text[m.Offset:m.Offset+m.Length], m.Values)
				}
			}
			for _, v := range s.values {
				if got := m.Value(v.Name); got != v.Text {
					t.Errorf("%s is %q, want %q (all: %v)", v.Name, got, v.Text, m.Values)
				}
			}
			for _, m := range errortext.Find(s.nearMiss) {
				if m.Entry.ID == s.id {
					t.Errorf("%q is taken for it: %q", s.nearMiss, s.nearMiss[m.Offset:m.Offset+m.Length])
				}
			}
			if s.nearMiss == "" {
				t.Error("it has no control")
			}
		})
	}
	for _, e := range errortext.All() {
		if seen[e.ID] == 0 {
			t.Errorf("%s has no sample", e.ID)
		}
	}
}
