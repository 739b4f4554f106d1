package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TestCommandsByName: a command that is made on its own is the one that was named.
func TestCommandsByName(t *testing.T) {
	for _, c := range commands {
		if got := c.make(world{}).Name(); got != c.name {
			t.Errorf("%s is listed as %s", got, c.name)
		}
		n := len(newRoot(world{}, c.name).Commands())
		if want := 1; c.name != "completion" && c.name != "man" && n != want {
			t.Errorf("%s: %d commands are made, want %d", c.name, n, want)
		}
	}
	for _, only := range []string{"", "help", "completion", "man", "--help", "chekc"} {
		if n := len(newRoot(world{}, only).Commands()); n != len(commands) {
			t.Errorf("%q: %d commands are made, want all %d", only, n, len(commands))
		}
	}
}

// mostAtStart is how many allocations the initialisation of a package may take. An
// expression compiled there takes hundreds.
const mostAtStart = 150

// TestStart counts what is allocated before main: every run pays for it, however
// little it does.
func TestStart(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(self, "-test.run=^$")
	cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
	var trace strings.Builder
	cmd.Stderr = &trace
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	// init internal/x @1.2 ms, 0.3 ms clock, 4096 bytes, 12 allocs
	seen := 0
	for line := range strings.Lines(trace.String()) {
		f := strings.Fields(line)
		if len(f) < 4 || f[0] != "init" || f[len(f)-1] != "allocs" {
			continue
		}
		n, err := strconv.Atoi(f[len(f)-2])
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		seen++
		if strings.HasPrefix(f[1], "github.com/santhosh-tekuri/") || strings.HasPrefix(f[1], "github.com/google/go-cmp/") {
			continue // are linked only by the tests
		}
		if n > mostAtStart {
			t.Errorf("%s allocates %d times before main, want at most %d: what is ours is made when it is first needed (sync.OnceValue), and a library that costs as much is not imported", f[1], n, mostAtStart)
		}
	}
	if seen == 0 {
		t.Error("nothing was traced")
	}
}
