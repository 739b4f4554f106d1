package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	ossignal "os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Each signal ends a run with its own exit code and with what was known by then,
// from the first moment on.
func TestSignals(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no such signals")
	}
	const lines = 4000
	good := example(t, "good.jwt")
	for signal, code := range map[syscall.Signal]int{syscall.SIGHUP: 129, syscall.SIGINT: 130, syscall.SIGTERM: 143} {
		t.Run(signal.String(), func(t *testing.T) {
			if ossignal.Ignored(signal) {
				t.Skip("this signal is ignored here, as under nohup, and the programs started here inherit that")
			}
			t.Parallel()
			// A case of a batch has been written, and the next one does not come.
			// One check, since a case with all of them is long, and all that is on its way is written.
			cmd := exec.Command("jwtdoctor", "check", "-p", "redox", "--only", "claim-aud", "--now", "1795219230", "-f", "json", "-")
			in, out := launch(t, cmd)
			go io.WriteString(in, strings.Repeat(strings.TrimSpace(good)+"\n", lines)) // until nobody reads any more
			first := make([]byte, 1<<10)
			if _, err := io.ReadFull(out, first); err != nil {
				t.Fatal(err)
			}
			cmd.Process.Signal(signal)
			rest, err := io.ReadAll(out)
			if err != nil {
				t.Fatal(err)
			}
			var report finding.Report
			if err := json.Unmarshal(append(first, rest...), &report); err != nil || len(report.Cases) == 0 || len(report.Cases) == lines {
				t.Errorf("%d cases, %v", len(report.Cases), err)
			}
			if got := exitOf(cmd.Wait()); got != code {
				t.Errorf("exit code %d, want %d", got, code)
			}

			// A server is stopped so, as soon as its address is printed.
			cmd = exec.Command("jwtdoctor", "serve", "-p", "redox", "-q")
			_, out = launch(t, cmd)
			if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
				t.Fatal(err)
			}
			cmd.Process.Signal(signal)
			if got := exitOf(cmd.Wait()); got != code {
				t.Errorf("serve: exit code %d, want %d", got, code)
			}
		})
	}
	// Where the terminal's end is ignored, it stays so: a request to end comes later.
	t.Run("nohup", func(t *testing.T) {
		t.Parallel()
		cmd := exec.Command("sh", "-c", "trap '' HUP; exec jwtdoctor serve -p redox -q")
		_, out := launch(t, cmd)
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		cmd.Process.Signal(syscall.SIGHUP)
		cmd.Process.Signal(syscall.SIGTERM)
		if got := exitOf(cmd.Wait()); got != 143 {
			t.Errorf("exit code %d", got)
		}
	})
}

// launch runs a command with pipes to and from it.
func launch(t *testing.T, cmd *exec.Cmd) (in io.Writer, out io.Reader) {
	t.Helper()
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if out, err = cmd.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return in, out
}

func exitOf(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}

// A signal comes before whatever else there is to say.
func TestSignalComesFirst(t *testing.T) {
	for name, args := range map[string][]string{"wrong usage": {"check", "--no-such-flag"}, "unreadable input": {"check", "missing.jwt"}, "a fault": {"check", "-p", "redox", tiny}} {
		for signal, code := range map[syscall.Signal]int{syscall.SIGHUP: 129, syscall.SIGINT: 130, syscall.SIGTERM: 143} {
			ctx, cancel := context.WithCancelCause(t.Context())
			cancel(ended{signal})
			w, _, errs := plainWorld(strings.NewReader(""))
			if got := Main(ctx, args, w); got != code {
				t.Errorf("%s: exit code %d, want %d\n%s", name, got, code, errs)
			}
		}
	}
}

// failing is a stream that cannot be written, for that reason.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// What cannot be written is exit code 3, with a word about it; a reader that has had
// enough needs none. Wrong usage comes before it, a fault after it.
func TestOutputThatCannotBeWritten(t *testing.T) {
	good := example(t, "good.jwt")
	lost := func(args []string, fault error, says bool) {
		t.Helper()
		w, _, errs := plainWorld(strings.NewReader(good))
		w.Out, w.InIsTTY = failing{fault}, len(args) == 0
		code := Main(t.Context(), args, w)
		if said := strings.Count(errs.String(), "cannot write standard output"); code != 3 || says != (said == 1) {
			t.Errorf("%v, %v: exit code %d\n%s", args, fault, code, errs)
		}
	}
	for _, args := range [][]string{
		{"--help"}, {"help"}, {"help", "check"}, {"check", "--help"}, {"--version"}, {"version"}, {"completion", "zsh"}, {"checks"}, {"checks", "-f", "json"}, {"profiles", "show", "-f", "yaml", "redox"}, {"__complete", "check", "--form"},
		{"check", "-p", "redox", "-"}, {"check", "-p", "epic", "-f", "ndjson", "-"}, {"decode", "-"}, {"decode", "-f", "json", "-"}, {"diff", good, tiny}, {"sign", "-p", "redox", "--key", signingKey, "--kid", "k", "--client-id", "me"},
	} {
		lost(args, syscall.ENOSPC, true)
	}
	for _, args := range [][]string{{"--help"}, {"checks"}, {"check", "-p", "redox", "-"}} {
		lost(args, syscall.EBADF, true)
		lost(args, syscall.EPIPE, false)
	}
	for _, args := range [][]string{{"check", "missing.jwt", good}, {"check", "--no-such-flag"}, {"frobnicate"}} {
		w, _, errs := plainWorld(strings.NewReader(good))
		w.Out = failing{syscall.ENOSPC}
		if code := Main(t.Context(), args, w); code != 2 {
			t.Errorf("%v: exit code %d\n%s", args, code, errs)
		}
	}
}
