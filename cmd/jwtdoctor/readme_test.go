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

var update = flag.Bool("update", false, "write the reports of the pages again")

// The reports in the README and in docs/report.md are what the commands above them print.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	before, command := pageReport(t, "README.md", "```\n$ jwtdoctor ", "\n", "```\n<!-- end of report -->")
	if !strings.Contains(before, "go run ./cmd/jwtdoctor "+command+"\n") {
		t.Errorf("the README's first command is not the one its report is of: %s", command)
	}
	pageReport(t, "docs/report.md", "```sh\njwtdoctor ", "\n```\n\n```text\n", "```\n")
}

// pageReport compares a report in a page with what its command prints, or writes it again
// with -update. The command is between prompt and fence, the report between fence and end.
func pageReport(t *testing.T, name, prompt, fence, end string) (before, command string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), prompt)
	command, rest, fenced := strings.Cut(rest, fence)
	report, after, closed := strings.Cut(rest, end)
	if !ok || !fenced || !closed {
		t.Fatal(name + " has no report between its markers")
	}
	var out, errs bytes.Buffer
	w := world{Streams: term.Plain(strings.NewReader(""), &out, &errs), clock: func() time.Time { return time.Unix(1795219230, 0) }}
	w.Width = 80
	if code := Main(context.Background(), strings.Fields(command), w); code != exitFound || errs.Len() > 0 {
		t.Fatalf("%s: exit code %d, %s", name, code, errs.String())
	}
	if *update {
		if err := os.WriteFile(name, []byte(before+prompt+command+fence+out.String()+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return before, command
	}
	if diff := cmp.Diff(out.String(), report); diff != "" {
		t.Errorf("the report in %s is not what is printed (-update writes it again):\n%s", name, diff)
	}
	return before, command
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
