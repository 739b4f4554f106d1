package ci_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// check runs the action's second step with these inputs.
func check(t *testing.T, dir string, inputs ...string) (out string, status int, outputs, summary string) {
	t.Helper()
	needs(t, "bash")
	files := t.TempDir()
	output, sum := filepath.Join(files, "output"), filepath.Join(files, "summary")
	out, status = sh{dir, append(inputs, "GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+sum, "GITHUB_ACTIONS=true"),
		[]string{"bash", filepath.Join(root(t), "ci", "check.sh")}}.run(t)
	if b, err := os.ReadFile(output); err == nil {
		outputs = string(b)
	}
	if b, err := os.ReadFile(sum); err == nil {
		summary = string(b)
	}
	return out, status, outputs, summary
}

func TestActionChecks(t *testing.T) {
	dir := project(t)
	t.Run("good", func(t *testing.T) {
		out, status, outputs, _ := check(t, dir, "INPUTS=good/*.jwt", "PROFILE=redox", "NOW=iat")
		if status != 0 || !strings.Contains(outputs, "status=0\n") || strings.Contains(out, "::error") {
			t.Errorf("exit status %d, outputs %q\n%s", status, outputs, out)
		}
	})
	t.Run("bad", func(t *testing.T) {
		out, status, outputs, _ := check(t, dir, "INPUTS=good/*.jwt\nbad/**", "PROFILE=redox", "NOW=iat", "SARIF=out.sarif")
		if status != 1 || !strings.Contains(outputs, "status=1\nsarif=out.sarif\n") {
			t.Errorf("exit status %d, outputs %q\n%s", status, outputs, out)
		}
		contains(t, out, "::error file=bad/it's.jwt", "lifetime-too-long")
		contains(t, read(t, filepath.Join(dir, "out.sarif")), `"lifetime-too-long"`, `"version":"2.1.0"`)
	})
	t.Run("fail-on never", func(t *testing.T) {
		if out, status, _, _ := check(t, dir, "INPUTS=bad/*", "PROFILE=redox", "NOW=iat", "FAIL_ON=never"); status != 0 {
			t.Errorf("exit status %d\n%s", status, out)
		}
	})
	// What comes from a pull request is an input, never a command or a flag.
	for _, inputs := range []string{"none/*.jwt", "$(touch pwned)", "`touch pwned`", "good/a b.jwt; touch pwned", "--show-secrets", "https://example.com/x"} {
		t.Run(inputs, func(t *testing.T) {
			out, status, _, _ := check(t, dir, "INPUTS="+inputs)
			if status != 2 || !strings.Contains(out, "no file matches") {
				t.Errorf("exit status %d\n%s", status, out)
			}
			if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
				t.Error("the input was run")
			}
		})
	}
	t.Run("a profile that is a flag", func(t *testing.T) {
		if out, status, _, _ := check(t, dir, "INPUTS=good/*.jwt", "PROFILE=--show-secrets"); status != 2 {
			t.Errorf("exit status %d\n%s", status, out)
		}
	})
	t.Run("keys at an address", func(t *testing.T) {
		if out, status, _, _ := check(t, dir, "INPUTS=good/*.jwt", "JWKS=https://example.com/jwks.json"); status != 2 {
			t.Errorf("exit status %d\n%s", status, out)
		}
	})
}

// Built is the action's own commit, with the Go that is on the PATH. The compiler is
// stood in for: what it makes of the source, other tests see.
func TestActionBuildsItsOwnCommit(t *testing.T) {
	needs(t, "bash")
	temp := t.TempDir()
	tools, action := filepath.Join(temp, "tools"), filepath.Join(temp, "action")
	for _, dir := range []string{tools, action} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	stub := "#!/bin/sh\necho \"$PWD: go $*\"\nprintf '#!/bin/sh\\necho jwtdoctor devel\\n' >\"$4/jwtdoctor\"\nchmod +x \"$4/jwtdoctor\"\n"
	if err := os.WriteFile(filepath.Join(tools, "go"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	out, status := sh{temp, []string{"PATH=" + tools + ":/usr/bin:/bin", "VERSION=source", "ACTION_PATH=" + action, "RUNNER_TEMP=" + temp, "GITHUB_PATH=" + filepath.Join(temp, "path")},
		[]string{"bash", filepath.Join(root(t), "ci", "install.sh")}}.run(t)
	if want := action + ": go build -trimpath -o " + temp + "/jwtdoctor-bin/ ./cmd/jwtdoctor\njwtdoctor devel\n"; status != 0 || out != want {
		t.Fatalf("exit status %d\n%s", status, out)
	}
	if got := read(t, filepath.Join(temp, "path")); got != temp+"/jwtdoctor-bin\n" {
		t.Errorf("GITHUB_PATH: %q", got)
	}
}

// release is an archive as a release has it, whose program says this version.
func release(t *testing.T, says string) []byte {
	t.Helper()
	script := "#!/bin/sh\necho 'jwtdoctor " + says + " (go1.26 linux/amd64)'\n"
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	if err := w.WriteHeader(&tar.Header{Name: "jwtdoctor", Mode: 0o755, Size: int64(len(script))}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(script)); err != nil {
		t.Fatal(err)
	}
	w.Close()
	z.Close()
	return b.Bytes()
}

// A downloaded release is used only if its checksum is in the table, or in a list
// that the release workflow attested, and the program is the version asked for.
func TestActionVerifiesReleases(t *testing.T) {
	needs(t, "bash", "curl", "tar", "awk")
	if runtime.GOOS != "linux" {
		t.Skip("the archives here are for Linux")
	}
	archive := "jwtdoctor_1.2.3_linux_" + runtime.GOARCH + ".tar.gz"
	good, other := release(t, "v1.2.3"), release(t, "v1.2.2")
	sum := func(b []byte) string { s := sha256.Sum256(b); return hex.EncodeToString(s[:]) }
	for _, c := range []struct {
		name      string
		version   string
		served    []byte
		table     string
		checksums string
		gh        string // what gh attestation verify does; "" if gh is not installed
		ok        bool
		says      string
	}{
		{name: "in the table", version: "v1.2.3", served: good, table: "v1.2.3\t" + archive + "\t" + sum(good), ok: true},
		{name: "another archive than in the table", version: "v1.2.3", served: other, table: "v1.2.3\t" + archive + "\t" + sum(good),
			checksums: sum(other) + "  " + archive, gh: "exit 0", says: "the checksum"},
		{name: "attested", version: "v1.2.3", served: good, checksums: sum(good) + "  " + archive, gh: "exit 0", ok: true},
		{name: "not attested", version: "v1.2.3", served: good, checksums: sum(good) + "  " + archive, gh: "exit 1", says: "is not attested"},
		{name: "gh is missing", version: "v1.2.3", served: good, checksums: sum(good) + "  " + archive, says: "gh is not installed"},
		{name: "another checksum", version: "v1.2.3", served: other, checksums: sum(good) + "  " + archive, gh: "exit 0", says: "the checksum"},
		{name: "another version inside", version: "v1.2.3", served: other, checksums: sum(other) + "  " + archive, gh: "exit 0", says: "asked for v1.2.3"},
		{name: "not listed", version: "v1.2.3", served: good, checksums: sum(good) + "  other.tar.gz", gh: "exit 0", says: "the checksum"},
		{name: "no version", version: "latest; touch pwned", served: good, says: "version must be"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch filepath.Base(r.URL.Path) {
				case archive:
					w.Write(c.served)
				case "checksums.txt":
					fmt.Fprintln(w, c.checksums)
				default:
					http.NotFound(w, r)
				}
			}))
			defer server.Close()
			temp := t.TempDir()
			action, tools := filepath.Join(temp, "action"), filepath.Join(temp, "tools")
			for path, text := range map[string]string{
				filepath.Join(action, "ci", "releases.tsv"): "# version\n" + c.table + "\n",
				filepath.Join(tools, "gh"):                  "#!/bin/sh\n[ \"$1 $2\" = 'attestation verify' ] || exit 9\n" + c.gh + "\n",
			} {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if c.gh == "" {
				os.Remove(filepath.Join(tools, "gh"))
			}
			out, status := sh{temp, []string{"PATH=" + tools + ":/usr/bin:/bin", "VERSION=" + c.version, "ACTION_PATH=" + action, "RUNNER_TEMP=" + temp,
				"RUNNER_OS=Linux", "GITHUB_PATH=" + filepath.Join(temp, "path"), "JWTDOCTOR_RELEASES=" + server.URL},
				[]string{"bash", filepath.Join(root(t), "ci", "install.sh")}}.run(t)
			if (status == 0) != c.ok || !strings.Contains(out, c.says) {
				t.Errorf("exit status %d\n%s", status, out)
			}
			if _, err := os.Stat(filepath.Join(temp, "path")); (err == nil) != c.ok {
				t.Errorf("on the PATH: %v", err == nil)
			}
			if _, err := os.Stat(filepath.Join(temp, "pwned")); err == nil {
				t.Error("the version was run")
			}
		})
	}
}
