package ci_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// The subprocess processor of Redpanda Connect and Bento writes a line and waits for the
// line that answers it, while the pipe stays open; anything on standard error is an
// error to it.
func TestSubprocessProtocol(t *testing.T) {
	var config struct {
		Pipeline struct {
			Processors []struct {
				Subprocess struct {
					Name string
					Args []string
				}
			}
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "../examples/scale/connect.yaml")), &config); err != nil {
		t.Fatal(err)
	}
	p := config.Pipeline.Processors[0].Subprocess
	cmd := exec.Command(filepath.Join(bin, p.Name), p.Args...)
	cmd.Dir = t.TempDir()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	good := strings.TrimSpace(read(t, "../examples/good.jwt"))
	answers := bufio.NewScanner(stdout)
	answers.Buffer(nil, 1<<20)
	for i, c := range []struct{ line, want string }{
		{good, `"verdict":"pass"`},
		{"", `"error":`},
		{`{"client_assertion":"` + good + `"}`, `"verdict":`},
		{`{"client_assertion":`, `"error":`},
		{"not an assertion", `"error":`},
		{"\x1b[31m\x00", `"error":`},
		{good, `"verdict":`},
	} {
		if _, err := fmt.Fprintln(in, c.line); err != nil {
			t.Fatal(err)
		}
		if !answers.Scan() {
			t.Fatalf("line %d is not answered: %v %s", i+1, answers.Err(), &errs)
		}
		if got := answers.Text(); !json.Valid([]byte(got)) || !strings.Contains(got, c.want) {
			t.Errorf("line %d: %s", i+1, got)
		}
	}
	// And many at once, in order.
	const many, before = 10_000, 7
	go func() {
		w := bufio.NewWriter(in)
		for range many {
			w.WriteString("x\n")
		}
		w.Flush()
		in.Close()
	}()
	n := before
	for answers.Scan() {
		n++
		if got := answers.Text(); !strings.Contains(got, fmt.Sprintf(`"line":%d,`, n)) {
			t.Fatalf("answer %d: %s", n, got)
		}
	}
	if err := cmd.Wait(); n != before+many || errs.Len() > 0 {
		t.Errorf("%d answers, %v, standard error %q", n, err, &errs)
	}
}

// All assertions of one client are checked by one process, so that a jti used before is
// found, whatever the number of parts.
func TestParallelExample(t *testing.T) {
	needs(t, "bash", "parallel", "python3")
	dir := t.TempDir()
	good := strings.TrimSpace(read(t, "../examples/good.jwt"))
	var b strings.Builder
	for i := range 40 {
		// Every client sends the same assertion twice, the second time far from the first.
		fmt.Fprintf(&b, `{"client":"c%d","client_assertion":"%s"}`+"\n", i%20, good)
	}
	if err := os.WriteFile(filepath.Join(dir, "all.ndjson"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(root(t), "examples", "scale", "parallel.sh")
	out, status := sh{dir, []string{"PARTS=4", "PROFILE=redox", "NOW=iat"}, []string{"bash", script, "all.ndjson"}}.run(t)
	if lines := strings.Count(out, "\n"); lines != 40 || status != 1 || strings.Count(out, "jti-reused") < 36 {
		t.Errorf("exit status %d, %d lines, %d reused\n%.2000s", status, lines, strings.Count(out, `"jti-reused"`), out)
	}
}
