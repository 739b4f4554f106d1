package input

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree makes files, and links if the content begins with "->".
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		target, link := strings.CutPrefix(content, "->")
		var err error
		if link {
			err = os.Symlink(filepath.FromSlash(target), path)
		} else {
			err = os.WriteFile(path, []byte(content), 0o644)
		}
		if err != nil {
			t.Skip(err)
		}
	}
	return root
}

func TestDirectory(t *testing.T) {
	outside := tree(t, map[string]string{"secret.txt": "x"})
	root := tree(t, map[string]string{
		"a.txt": "a", "sub/b.txt": "b", "sub/deep/c.txt": "c",
		".hidden": "h", ".git/config": "h", "node_modules/m/x.txt": "m", "sub/vendor/v.txt": "v",
		"large.txt": strings.Repeat("x", maxInDirectory+1), "limit.txt": strings.Repeat("x", maxInDirectory),
		"within": "->sub/b.txt", "out": "->" + filepath.Join(outside, "secret.txt"), "dir": "->sub", "nowhere": "->gone",
	})
	got, err := Directory(root)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i], _ = filepath.Rel(root, got[i])
		got[i] = filepath.ToSlash(got[i])
	}
	want := []string{"a.txt", "limit.txt", "sub/b.txt", "sub/deep/c.txt", "within"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := Directory(filepath.Join(root, "gone")); !errors.Is(err, ErrMissing) {
		t.Errorf("a directory that is not there: %v", err)
	}
}

func TestPairs(t *testing.T) {
	got := Pairs([]string{"d/a.request.txt", "d/a.response.json", "d/b.http", "e/a.json", "d/a"})
	want := [][]string{{"d/a.request.txt", "d/a.response.json", "d/a"}, {"d/b.http"}, {"e/a.json"}}
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i := range want {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("got %v, want %v", got[i], want[i])
		}
	}
}

func TestOwnReport(t *testing.T) {
	for text, want := range map[string]bool{
		"{\n \"version\": 1,\n \"tool\": {\"name\": \"jwtdoctor\"}": true,
		`{"error":"invalid_client"}`:                                false,
		"jwtdoctor is a program":                                    false,
	} {
		if OwnReport([]byte(text)) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
