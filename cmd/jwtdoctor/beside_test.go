package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Only regular files next to the input are read; a pipe that nobody writes into
// is not waited for.
func TestReadBeside(t *testing.T) {
	dir := t.TempDir()
	input := filepath.Join(dir, "in", "request.sh")
	for name, text := range map[string]string{"in/request.sh": "curl", "in/body.txt": "a=b", "secret.txt": "s", "in/sub/jwt.txt": "ey", "in/large": strings.Repeat("x", 4<<20+1)} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"body.txt": "a=b", "sub/jwt.txt": "ey"} {
		if b, err := (world{}).readBeside(input, name); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
	refused := map[string]string{
		"none.txt": "no such file next to", "sub": "not a regular file", "../secret.txt": "outside the folder", filepath.Join(dir, "secret.txt"): "outside the folder", "large": "larger than 4 MiB",
	}
	if os.Symlink(filepath.Join(dir, "secret.txt"), filepath.Join(dir, "in", "link")) == nil {
		refused["link"] = "outside the folder"
	}
	if mkfifo, err := exec.LookPath("mkfifo"); err == nil && exec.Command(mkfifo, filepath.Join(dir, "in", "pipe")).Run() == nil {
		refused["pipe"] = "not a regular file"
	}
	for name, want := range refused {
		if b, err := (world{}).readBeside(input, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}
