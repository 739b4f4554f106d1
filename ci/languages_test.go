package ci_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Each example's test suite writes assertions that pass now, whose signatures verify
// with the keys next to them, and that fail once they have expired. JWTDOCTOR_LONG=1
// runs those of all languages; to start some of them takes longer than the rest.
func TestGeneratedAssertions(t *testing.T) {
	for _, c := range []struct {
		language string
		needs    []string
		run      []string
		probe    []string // exits with 0 if the language's own packages are there
		long     bool
	}{
		{"go", []string{"go"}, []string{"go", "test", "-count=1", "./..."}, nil, false},
		{"node", []string{"node"}, []string{"node", "--test"}, []string{"node", "-e", "process.exit(+(process.versions.node.split('.')[0] < 20))"}, false},
		{"python", []string{"python3"}, []string{"python3", "-m", "unittest", "-q"}, []string{"python3", "-c", "import cryptography"}, true},
		{"java", []string{"java"}, []string{"java", "Assertions.java", "OUT"}, []string{"java", "-m", "jdk.compiler/com.sun.tools.javac.Main", "-version"}, true},
		{"dotnet", []string{"dotnet"}, []string{"dotnet", "run", "--", "OUT"}, nil, true},
	} {
		t.Run(c.language, func(t *testing.T) {
			if c.long && os.Getenv("JWTDOCTOR_LONG") == "" {
				t.Skip("JWTDOCTOR_LONG=1 runs it")
			}
			t.Parallel()
			needs(t, c.needs...)
			if c.probe != nil && exec.Command(c.probe[0], c.probe[1:]...).Run() != nil {
				t.Skipf("%v fails", c.probe)
			}
			// A copy, since compilers write next to what they compile.
			// The folder to write to is not there in a clean checkout.
			dir, out := filepath.Join(t.TempDir(), c.language), filepath.Join(t.TempDir(), "build")
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(root(t), "examples", "ci", c.language))); err != nil {
				t.Fatal(err)
			}
			var args []string
			for _, a := range c.run {
				args = append(args, strings.ReplaceAll(a, "OUT", out))
			}
			cmd := exec.Command(args[0], args[1:]...)
			cmd.Dir, cmd.Env = dir, append(os.Environ(), "ASSERTIONS="+out, "PYTHONDONTWRITEBYTECODE=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1", "GOFLAGS=")
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v: %v\n%s", args, err, text)
			}
			judge := func(now string) (string, int) {
				return sh{out, nil, []string{"jwtdoctor", "check", "-p", "redox", "--client-id", "my-client", "--require", "signature-valid",
					"--now", now, "--lines", "--jwks", "jwks.json", "assertions.txt"}}.run(t)
			}
			if text, status := judge("now"); status != 0 {
				t.Errorf("now: exit status %d\n%s", status, text)
			}
			later := strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)
			if text, status := judge(later); status != 1 || !strings.Contains(text, "exp-past") {
				t.Errorf("an hour later: exit status %d\n%s", status, text)
			}
		})
	}
	// What was generated long ago is no fresh assertion.
	if text, status := (sh{root(t), nil, []string{"jwtdoctor", "check", "-p", "redox", "--now", "now", "examples/good.jwt"}}).run(t); status != 1 || !strings.Contains(text, "exp-past") {
		t.Errorf("an old one: exit status %d\n%s", status, text)
	}
}
