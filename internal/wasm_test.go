package internal_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestWasm builds the doctor for a browser and lets Node judge one assertion
// with it. It is skipped where Node is not installed.
func TestWasm(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("Node.js is not installed")
	}
	if testing.Short() {
		t.Skip("it takes a build")
	}
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	glue := filepath.Join(strings.TrimSpace(string(out)), "lib", "wasm", "wasm_exec.js")
	if _, err := os.Stat(glue); err != nil {
		t.Skip("this Go has no wasm_exec.js: ", err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "jwtdoctor.wasm")
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", program, "./examples/wasm")
	build.Dir, build.Env = "..", append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	script := filepath.Join(dir, "run.cjs")
	if err := os.WriteFile(script, []byte(`
require(process.argv[2])
const go = new Go(), fs = require("fs")
WebAssembly.instantiate(fs.readFileSync(process.argv[3]), go.importObject).then(async ({instance}) => {
  go.run(instance)
  const text = fs.readFileSync(process.argv[4], "utf8")
  process.stdout.write(await jwtdoctor(text, {json: true}), () => process.exit(0))
})
`), 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(node, script, glue, program, filepath.Join("..", "examples", "trailing-slash.jwt"))
	var complaints strings.Builder
	run.Stderr = &complaints
	text, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	var report struct {
		Cases []struct {
			Diagnosis []struct{ Cause string }
		}
	}
	if err := json.Unmarshal(text, &report); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if len(report.Cases) != 1 || len(report.Cases[0].Diagnosis) == 0 || report.Cases[0].Diagnosis[0].Cause != "aud-trailing-slash" {
		t.Errorf("the report is %s", text)
	}
}
