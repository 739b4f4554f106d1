package explain

import (
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

var update = flag.Bool("update", false, "write the generated pages and golden files again")

const docsDir = "../../docs"

// byHand lists the pages of docs/ with parts that are generated into them.
func byHand() map[string]map[string]string {
	return map[string]map[string]string{
		"profile-format.md": {"rules": Keys()},
	}
}

// TestDocs compares docs/ with the checks, profiles and recipes. It leaves other
// files of docs/ as they are.
func TestDocs(t *testing.T) {
	want := loaded(t).Docs()
	for name, parts := range byHand() {
		text, err := os.ReadFile(filepath.Join(docsDir, name))
		if err != nil {
			t.Fatal(err)
		}
		s := string(text)
		for part, body := range parts {
			if s, err = Fill(s, part, body); err != nil {
				t.Fatalf("docs/%s: %v", name, err)
			}
		}
		want[name] = s
	}
	for name, text := range want {
		file := filepath.Join(docsDir, filepath.FromSlash(name))
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Errorf("docs/%s is missing; run: %s", name, regenerate)
			continue
		}
		if string(got) != text {
			t.Errorf("docs/%s is stale; run: %s", name, regenerate)
		}
	}
	for _, dir := range []string{"checks", "profiles"} {
		entries, err := os.ReadDir(filepath.Join(docsDir, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			if _, ok := want[name]; ok {
				continue
			}
			if *update {
				if err := os.Remove(filepath.Join(docsDir, filepath.FromSlash(name))); err != nil {
					t.Fatal(err)
				}
				continue
			}
			t.Errorf("docs/%s is about nothing there is; run: %s", name, regenerate)
		}
	}
}

func TestDocsAreDeterministic(t *testing.T) {
	if d := cmp.Diff(loaded(t).Docs(), loaded(t).Docs()); d != "" {
		t.Fatal(d)
	}
}

// TestDocsLinks follows every relative link of docs/, headings included.
func TestDocsLinks(t *testing.T) {
	pages := map[string]string{}
	err := filepath.WalkDir(docsDir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(p)
		rel, _ := filepath.Rel(docsDir, p)
		pages[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	target := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	followed := 0
	headings := map[string][]string{} // of pages, each read once
	for name, text := range pages {
		if !strings.HasSuffix(name, ".md") {
			continue
		}
		for _, m := range target.FindAllStringSubmatch(withoutCode(text), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			followed++
			file, anchor, _ := strings.Cut(m[1], "#")
			to := name
			if file != "" {
				to = path.Join(path.Dir(name), file)
			}
			if strings.HasPrefix(to, "..") {
				if _, err := os.Stat(filepath.Join(docsDir, filepath.FromSlash(to))); err != nil {
					t.Errorf("docs/%s links to %s, which is not there", name, m[1])
				}
				continue
			}
			text, ok := pages[to]
			if !ok {
				t.Errorf("docs/%s links to %s, which is not there", name, m[1])
				continue
			}
			if _, read := headings[to]; anchor != "" && !read {
				headings[to] = anchors(text)
			}
			if anchor != "" && !slices.Contains(headings[to], anchor) {
				t.Errorf("docs/%s links to %s, and %s has no such heading", name, m[1], to)
			}
		}
	}
	if followed < 100 {
		t.Errorf("only %d links were followed", followed)
	}
}

// withoutCode blanks code blocks and code spans, in which nothing is a link.
func withoutCode(text string) string {
	text = regexp.MustCompile("(?ms)^```.*?^```").ReplaceAllString(text, "")
	return regexp.MustCompile("`[^`\n]*`").ReplaceAllString(text, "")
}

// anchors lists the headings of a page as GitHub names them.
func anchors(text string) []string {
	drop := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	var out []string
	for line := range strings.Lines(text) {
		title := strings.TrimLeft(line, "#")
		if title == line {
			continue
		}
		a := strings.ToLower(drop.ReplaceAllString(strings.TrimSpace(title), ""))
		out = append(out, strings.ReplaceAll(a, " ", "-"))
	}
	return out
}

func TestFill(t *testing.T) {
	page := "a\n<!-- begin x -->\nold\n<!-- end x -->\nz\n"
	got, err := Fill(page, "x", "new\n")
	if want := "a\n<!-- begin x -->\n\nnew\n\n<!-- end x -->\nz\n"; err != nil || got != want {
		t.Errorf("Fill = %q, %v, want %q", got, err, want)
	}
	if again, _ := Fill(got, "x", "new"); again != got {
		t.Errorf("filling twice gives %q", again)
	}
	for _, bad := range []string{"", "<!-- begin x -->\n", "<!-- end x -->", "<!-- begin y -->\n<!-- end y -->"} {
		if _, err := Fill(bad, "x", "new"); err == nil {
			t.Errorf("Fill(%q) took a page without the part", bad)
		}
	}
}

// TestProfileFormatExample reads the example of the format with the loader.
func TestProfileFormatExample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(docsDir, "profile-format.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, example, ok := strings.Cut(string(text), "```yaml\n")
	example, _, closed := strings.Cut(example, "```")
	if !ok || !closed {
		t.Fatal("the page has no example")
	}
	p, err := profile.Parse("example.yaml", []byte(example), checks.Known(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if p.ID != "my-provider" || len(p.Symptoms) == 0 || p.Rule(profile.LifetimeMax.Ref()).Enforced == nil {
		t.Errorf("the example says less than it should: %+v", p)
	}
}
