package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/term"
)

// Which command has which flags: one that cannot change what a command does is none
// of its flags.
func TestWhichCommandHasWhichFlag(t *testing.T) {
	const (
		rules    = "profile env set"
		identity = "client-id aud token-url issuer redirect-uri skew"
		choice   = "only skip fail-on require"
		lines    = "echo field lines pair replay-window"
		formats  = "format output"
		online   = "ca proxy timeout"
	)
	has := map[string]string{
		"check":    rules + " " + identity + " " + choice + " " + lines + " " + formats + " " + online + " now kind stdin-filename plain show-secrets offline discover",
		"config":   rules + " " + identity + " " + choice + " " + lines + " " + formats + " " + online + " now kind stdin-filename plain show-secrets offline discover",
		"token":    rules + " " + identity + " " + choice + " " + formats + " " + online + " plain show-secrets offline",
		"tap":      rules + " " + identity + " " + choice + " " + formats + " " + online + " plain show-secrets",
		"serve":    rules + " " + identity + " " + choice + " " + online + " plain show-secrets offline",
		"sign":     rules + " " + identity + " " + online + " now show-secrets offline",
		"diff":     rules + " " + identity + " " + formats + " now kind plain show-secrets",
		"jwks":     rules + " " + choice + " " + formats + " " + online + " plain show-secrets offline",
		"decode":   formats + " now kind stdin-filename plain show-secrets",
		"explain":  "profile format plain",
		"checks":   "format plain",
		"profiles": "format plain",
		"probe":    formats + " " + online + " plain show-secrets offline",
		"init":     "profile env client-id now",
		"version":  "", "man": "", "completion": "",
	}
	all := strings.Fields(has["check"])
	root := newRoot(world{Streams: term.Plain(nil, nil, nil), clock: time.Now}, "")
	for name, list := range has {
		cmd, _, err := root.Find([]string{name})
		if err != nil || cmd.Name() != name {
			t.Errorf("there is no command %s", name)
			continue
		}
		want := strings.Fields(list)
		for _, flag := range all {
			f := cmd.Flags().Lookup(flag)
			if have := f != nil && !f.Hidden; have != slices.Contains(want, flag) {
				t.Errorf("%s --%s: has it: %v", name, flag, have)
			}
		}
	}
}

// A flag of another command is refused, with the commands that have it.
func TestAFlagOfAnotherCommand(t *testing.T) {
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"decode", "--field", "x", tiny}, "--field; it belongs to check"},
		{[]string{"decode", "--profile", "redox", tiny}, "--profile; it belongs to "},
		{[]string{"diff", "--only", "claim-aud", tiny, tiny}, "--only; it belongs to "},
		{[]string{"serve", "-p", "redox", "--now", "1"}, "--now"},
		{[]string{"token", "--now", "1"}, "--now"},
		{[]string{"tap", "--now", "1", "https://as.example/token"}, "--now"},
		{[]string{"tap", "--token-url", "as.example/token", "https://as.example/token"}, "--token-url as.example/token"},
		{[]string{"tap", "--offline", "https://as.example/token"}, "it goes to URL and nowhere else"},
		{[]string{"sign", "--now", "iat", "--key", "key.pem", "--client-id", "c", "-p", "redox"}, "a new assertion has no iat"},
		{[]string{"explain", "--show-secrets", "aud"}, "--show-secrets; it belongs to "},
		{[]string{"jwks", "--client-id", "me", "x"}, "--client-id; it belongs to "},
		{[]string{"sign", "--format", "json"}, "--format; it belongs to "},
		{[]string{"sign", "--plain"}, "--plain; it belongs to "},
		{[]string{"probe", "--profile", "redox", "http://127.0.0.1:1"}, "--profile; it belongs to "},
		{[]string{"checks", "--output", "x"}, "--output; it belongs to "},
	} {
		code, stdout, stderr := run("", tt.args...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, tt.says) {
			t.Errorf("%v: exit code %d, stdout %q, stderr %q", tt.args, code, stdout, stderr)
		}
	}
}

// What diff is given to expect is what both sides are checked against.
func TestDiffJudges(t *testing.T) {
	bad, good := "../../examples/too-long.jwt", "../../examples/good.jwt"
	const verdict = "lifetime-too-long"
	if _, stdout, _ := run("", "diff", good, bad); strings.Contains(stdout, verdict) {
		t.Errorf("unasked: %s", stdout)
	}
	for _, tt := range []struct {
		flags []string
		says  string
	}{
		{[]string{"-p", "redox"}, "redox: " + verdict},
		{[]string{"--set", "time.lifetime.max=2h", "-p", "redox"}, "redox: no problems found"},
		{[]string{"--client-id", "somebody-else", "-p", "redox"}, "iss-not-client-id"},
		{[]string{"--aud", "https://other.example", "-p", "redox"}, "redox: aud-"},
		{[]string{"--now", "2027-01-01T00:00:00Z", "-p", "redox"}, "exp-past"},
		{[]string{"-p", "redox", "-p", "epic"}, "epic: " + verdict},
		{[]string{"-p", "redox", "-f", "json"}, `"judged"`},
	} {
		code, stdout, stderr := run("", append([]string{"diff", good, bad}, tt.flags...)...)
		if code != exitFound || !strings.Contains(stdout, tt.says) {
			t.Errorf("%v: exit code %d, %s%s", tt.flags, code, stdout, stderr)
		}
	}
}

// diff and decode write files as well.
func TestDiffAndDecodeWriteFiles(t *testing.T) {
	good := "../../examples/good.jwt"
	for _, args := range [][]string{{"diff", good, "../../examples/too-long.jwt"}, {"decode", good}} {
		file := t.TempDir() + "/out.json"
		_, plain, _ := run("", args...)
		_, stdout, stderr := run("", append(args, "-o", file)...)
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := string(b); stdout != plain || !strings.HasPrefix(got, "{") || !strings.HasSuffix(got, "}\n") {
			t.Errorf("%v: stdout %q, file %q, %s", args, stdout, got, stderr)
		}
		if code, _, stderr := run("", append(args, "-o", good)...); code != exitUsage || !strings.Contains(stderr, "--output") {
			t.Errorf("%v over an input: exit code %d, %s", args, code, stderr)
		}
	}
}

// Plain lists have an entry a line, however narrow the screen.
func TestPlainLists(t *testing.T) {
	_, stdout, _ := run("", "checks", "--plain")
	for line := range strings.Lines(stdout) {
		if strings.HasPrefix(line, "           ") {
			t.Errorf("a line goes on in the next: %q", line)
		}
	}
}

// TestEmptyExpectations: a flag that says what must hold is not taken for one that was
// left out because it is empty. An empty variable of the environment is as good as none.
func TestEmptyExpectations(t *testing.T) {
	good := filepath.Join("..", "..", "examples", "good.jwt")
	for _, row := range []struct {
		args    []string
		environ []string
		says    string // "" where the run is as it was
	}{
		{[]string{"--client-id="}, nil, "--client-id is empty"},
		{[]string{"--aud=https://a.example", "--aud="}, nil, "--aud is empty"},
		{[]string{"--token-url="}, nil, "--token-url is empty"},
		{[]string{"--issuer="}, nil, "--issuer is empty"},
		{[]string{"--replay-window=0"}, nil, "give 1 or more"},
		{[]string{"--replay-window=-5"}, nil, "give 1 or more"},
		{nil, []string{"JWTDOCTOR_CLIENT_ID=", "JWTDOCTOR_AUD="}, ""},
		{[]string{"--replay-window=1"}, nil, ""},
	} {
		code, _, errs := runAt(time.Unix(1795219230, 0), row.environ, "", append([]string{"check", good}, row.args...)...)
		if row.says != "" && (code != exitUsage || !strings.Contains(errs, row.says)) || row.says == "" && code == exitUsage {
			t.Errorf("%v %v: exit %d, %q", row.args, row.environ, code, errs)
		}
	}
}

// TestNoErrorIsSilent: whatever ends a run is said, not only the errors that are known.
func TestNoErrorIsSilent(t *testing.T) {
	for _, row := range []struct {
		err  error
		code int
		says string
	}{
		{errors.New("a profile is damaged"), exitUnfinished, "a profile is damaged"},
		{errNowhere, exitUnfinished, ""}, // each destination has said so
		{doctor.InputError{Message: "x is empty"}, 0, ""},
	} {
		var out, errs bytes.Buffer
		w := world{Streams: term.Plain(strings.NewReader(""), &out, &errs), clock: time.Now, files: &files{}}
		c := &check{world: w}
		c.format = "text"
		cmd := &cobra.Command{}
		cmd.SetContext(t.Context())
		rs, err := newReports(w, []destination{{format: "text"}}, report.Options{}, finding.Report{})
		if err != nil {
			t.Fatal(err)
		}
		got := c.conclude(cmd, rs, doctor.Result{}, row.err, gatherer{}, origins{})
		if row.says == "" && errs.Len() > 0 || !strings.Contains(errs.String(), row.says) {
			t.Errorf("%v: said %q", row.err, errs.String())
		}
		if row.code != 0 && !errors.Is(got, status(row.code)) {
			t.Errorf("%v: ends with %v, want %v", row.err, got, status(row.code))
		}
	}
}
