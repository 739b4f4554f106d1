// Package ci_test runs the parts of this repository that other people's CI runs: the
// action, the pre-commit hook, the GitLab component, the examples.
package ci_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// bin is a directory with the program, made once.
var bin string

func TestMain(m *testing.M) { os.Exit(withProgram(m)) }

func withProgram(m *testing.M) int {
	dir, err := os.MkdirTemp("", "jwtdoctor-ci")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	bin = dir
	if out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", dir, "../cmd/jwtdoctor").CombinedOutput(); err != nil {
		panic(string(out))
	}
	return m.Run()
}

// sh is one shell command with its own environment.
type sh struct {
	dir  string
	env  []string
	args []string
}

// run returns what a command wrote, and its exit status.
func (s sh) run(t *testing.T) (out string, status int) {
	t.Helper()
	program := s.args[0]
	if program == "jwtdoctor" {
		program = filepath.Join(bin, program)
	}
	cmd := exec.Command(program, s.args[1:]...)
	cmd.Dir = s.dir
	cmd.Env = append([]string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + t.TempDir()}, s.env...)
	b, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		status = exit.ExitCode()
	case err != nil:
		t.Fatalf("%v: %v", s.args, err)
	}
	return string(b), status
}

// root is the repository.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// project is a directory with fixtures: a good assertion, a bad one, both in names that
// a shell could trip over.
func project(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	key := filepath.Join(root(t), "internal", "jose", "testdata", "keys", "rsa-a.pem")
	minted, status := sh{dir, nil, []string{"jwtdoctor", "sign", "-q", "-p", "redox", "--key", key, "--kid", "k1", "--client-id", "me"}}.run(t)
	if status != 0 {
		t.Fatal(minted)
	}
	for name, text := range map[string]string{
		"good/a b.jwt": read(t, filepath.Join(root(t), "examples", "good.jwt")), "good/-v.jwt": minted,
		"bad/it's.jwt": read(t, filepath.Join(root(t), "examples", "too-long.jwt")),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// needs skips a test where a program is not installed, and on systems without a POSIX
// shell.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed", p)
		}
	}
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("lacks %q:\n%s", p, text)
		}
	}
}
