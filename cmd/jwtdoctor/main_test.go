package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/assertionworks/jwtdoctor/internal/term"
)

func TestMain(m *testing.M) {
	testscript.Main(spendthrift{m}, map[string]func(){"jwtdoctor": main, "jwtdoctor-broken": broken})
}

// broken is the program with a fault: its clock panics once it has told the time.
func broken() {
	told := false
	os.Exit(Main(context.Background(), os.Args[1:], world{
		Streams: term.System(os.Getenv), environ: os.Environ(),
		clock: func() time.Time {
			if told {
				panic("the clock broke")
			}
			told = true
			return time.Now()
		},
	}))
}

// spendthrift runs the tests with memory to spare: hundreds of runs in one process
// leave behind much that is never looked at again, and collecting it was a quarter of
// their time. The commands that scripts start are not affected.
type spendthrift struct{ *testing.M }

func (s spendthrift) Run() int {
	debug.SetGCPercent(800)
	return s.M.Run()
}

func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := filepath.Abs("../../internal/jose/testdata/keys")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("KEYS", keys)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"json":  validJSON,
		},
		RequireExplicitExec: true,
	})
}

// exits runs a command and compares its exit code: exits 2 jwtdoctor check x.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if neg || err != nil {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// validJSON holds when a file, or stdout, is one JSON value and nothing else.
func validJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: json FILE")
	}
	if json.Valid([]byte(ts.ReadFile(args[0]))) == neg {
		ts.Fatalf("%s: JSON %v", args[0], neg)
	}
}

// run runs a command line in this process, at 2026-11-21T00:00:30Z and
// without a terminal.
func run(stdin string, args ...string) (code int, stdout, stderr string) {
	return runAt(time.Unix(1795219230, 0), nil, stdin, args...)
}

func runAt(now time.Time, environ []string, stdin string, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	w := world{
		Streams: term.Plain(strings.NewReader(stdin), &out, &err),
		environ: environ,
		clock:   func() time.Time { return now },
	}
	code = Main(context.Background(), args, w)
	return code, out.String(), err.String()
}

func example(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../examples", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// plainWorld is a world without a terminal that reads from in.
func plainWorld(in io.Reader) (w world, out, errs *bytes.Buffer) {
	out, errs = &bytes.Buffer{}, &bytes.Buffer{}
	return world{Streams: term.Plain(in, out, errs), clock: pinnedNow}, out, errs
}
