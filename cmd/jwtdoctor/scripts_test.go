package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/assertionworks/jwtdoctor/internal/term"
)

// TestScripts runs the scripts. To start a process costs more than most commands do,
// so that a script starts one for its first command, and the others run in this one;
// JWTDOCTOR_LONG=1 starts one for each.
func TestScripts(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	keys, err := filepath.Abs("../../internal/jose/testdata/keys")
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Abs("testdata/script") // since the directory changes while scripts are read
	if err != nil {
		t.Fatal(err)
	}
	variables := scriptVariables(t)
	var working sync.Mutex
	testscript.Run(t, testscript.Params{
		Dir: scripts,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("KEYS", keys)
			s := &script{working: &working, processes: os.Getenv("JWTDOCTOR_LONG") != "", variables: slices.Clone(variables)}
			for _, v := range env.Vars {
				name, _, _ := strings.Cut(v, "=")
				s.variables = append(s.variables, name)
			}
			env.Values[scriptKey{}] = s
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"given": given,
			"exits": exits,
			"json":  validJSON,
		},
		RequireExplicitExec: true,
	})
}

// scriptKey is under which a script keeps it.
type scriptKey struct{}

// script is what one script keeps from command to command.
type script struct {
	stdin     string      // of the next command
	started   bool        // a process was started
	processes bool        // every command is one
	variables []string    // the environment's names
	working   *sync.Mutex // locked while this process is in the script's directory
}

// scriptVariables are the names that scripts give a value.
func scriptVariables(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	set := regexp.MustCompile(`(?m)^env ([A-Z_]+)=`)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range set.FindAllSubmatch(b, -1) {
			names = append(names, string(m[1]))
		}
	}
	return names
}

// given says what the next command reads from standard input: given FILE.
func given(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: given FILE")
	}
	ts.Value(scriptKey{}).(*script).stdin = ts.ReadFile(args[0])
}

// exits runs a command and compares its exit code: exits 2 jwtdoctor check x.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	if neg || err != nil {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	var code int
	if s := ts.Value(scriptKey{}).(*script); args[1] == "jwtdoctor" {
		code = s.jwtdoctor(ts, args[2:])
	} else {
		code = exitOf(ts.Exec(args[1], args[2:]...))
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// jwtdoctor runs one command of a script, and returns its exit code.
func (s *script) jwtdoctor(ts *testscript.TestScript, args []string) int {
	in := strings.NewReader(s.stdin)
	s.stdin = ""
	var environ []string
	process := s.processes || !s.started
	for _, name := range s.variables {
		if value := ts.Getenv(name); value != "" {
			environ = append(environ, name+"="+value)
			process = process || strings.HasSuffix(name, "_COLOR") // which the streams of a process go by
		}
	}
	if process {
		s.started = true
		cmd := exec.Command("jwtdoctor", args...)
		cmd.Dir, cmd.Env = ts.MkAbs("."), environ
		cmd.Stdin, cmd.Stdout, cmd.Stderr = in, ts.Stdout(), ts.Stderr()
		err := cmd.Run()
		if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		return exitOf(err)
	}
	s.working.Lock()
	defer s.working.Unlock()
	before, err := os.Getwd()
	ts.Check(err)
	ts.Check(os.Chdir(ts.MkAbs(".")))
	defer func() { ts.Check(os.Chdir(before)) }()
	return Main(context.Background(), args, world{
		Streams: term.Plain(in, ts.Stdout(), ts.Stderr()), environ: environ, clock: time.Now,
	})
}

// validJSON passes if a file, or stdout, is one JSON value and nothing else.
func validJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: json FILE")
	}
	if json.Valid([]byte(ts.ReadFile(args[0]))) == neg {
		ts.Fatalf("%s: JSON %v", args[0], neg)
	}
}
