package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/term"
)

var update = flag.Bool("update", false, "write the README's report anew")

// The report in the README is what the command above it prints.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const prompt, fence = "```\n$ jwtdoctor ", "```\n<!-- end of report -->"
	before, rest, ok := strings.Cut(string(text), prompt)
	shown, after, closed := strings.Cut(rest, fence)
	command, report, _ := strings.Cut(shown, "\n")
	if !ok || !closed {
		t.Fatal("README.md has no report between its markers")
	}
	if !strings.Contains(before, "go run ./cmd/jwtdoctor "+command+"\n") {
		t.Errorf("the README's first command is not the one its report is of: %s", command)
	}
	var out, errs bytes.Buffer
	w := world{Streams: term.Plain(strings.NewReader(""), &out, &errs), clock: func() time.Time { return time.Unix(1795219230, 0) }}
	w.Width = 80
	if code := Main(context.Background(), strings.Fields(command), w); code != exitFound || errs.Len() > 0 {
		t.Fatalf("exit code %d, %s", code, errs.String())
	}
	if *update {
		text := before + prompt + command + "\n" + out.String() + fence + after
		if err := os.WriteFile("README.md", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(out.String(), report); diff != "" {
		t.Errorf("the README's report is not what is printed (-update writes it anew):\n%s", diff)
	}
}

// Every example does what examples/README.md says of it.
func TestExamples(t *testing.T) {
	for name, want := range map[string]string{
		"good.jwt":           "",
		"milliseconds.jwt":   "time-in-milliseconds",
		"trailing-slash.jwt": "aud-trailing-slash",
		"too-long.jwt":       "lifetime-too-long",
		"wrong-alg.jwt":      "alg-not-accepted",
		"redox-sample.jwt":   "",
	} {
		code, stdout, stderr := run(example(t, name), "check", "-q", "-p", "redox", "--now", "iat")
		if want == "" && code != 0 || want != "" && (code != 1 || !strings.Contains(stdout, "  "+want+": ")) || stderr != "" {
			t.Errorf("%s: exit code %d, %s%s", name, code, stdout, stderr)
		}
	}
	entries, err := os.ReadDir("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	readme := example(t, "README.md")
	for _, e := range entries {
		if e.Name() != "README.md" && !strings.Contains(readme, "`"+e.Name()+"`") {
			t.Errorf("examples/README.md does not mention %s", e.Name())
		}
	}
}
