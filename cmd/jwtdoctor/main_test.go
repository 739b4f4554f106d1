package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/assertionworks/jwtdoctor/internal/term"
)

func TestMain(m *testing.M) {
	testscript.Main(spendthrift{m}, map[string]func(){"jwtdoctor": main, "jwtdoctor-broken": broken})
}

// broken is the program with a fault: its clock panics once it has given the time.
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
