// Command hostile measures what the texts of internal/hostile cost: CPU time and
// peak memory, each in its own process.
//
//	go run ./scripts/hostile                     only reading
//	go run ./scripts/hostile -binary ./jwtdoctor check, decode and diff as well
//
// It lists what is above the limits and then exits with 1. CPU time depends on
// how busy the machine is: compare numbers of one run. The texts are written to a
// temporary directory and removed.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/hostile"
)

type options struct {
	size        int
	only        *regexp.Regexp
	binary      string
	commands    string
	cpu         time.Duration
	memory      int64 // bytes
	all         bool
	write, read string // what its own process does
	to          string
	other       bool
}

// row is what one text cost one command.
type row struct {
	name, command string
	cpu, kernel   time.Duration // all of it, and the kernel's part
	memory        int64
	trouble       string
}

func main() {
	found, err := run(os.Stdout, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "hostile:", err)
	}
	if err != nil || found {
		os.Exit(1)
	}
}

func run(out io.Writer, args []string) (above bool, err error) {
	var o options
	fl := flag.NewFlagSet("hostile", flag.ContinueOnError)
	fl.IntVar(&o.size, "size", 1<<20, "bytes of each text")
	only := fl.String("run", "", "regular expression that names the texts")
	fl.StringVar(&o.binary, "binary", "", "jwtdoctor to be measured beside reading")
	fl.StringVar(&o.commands, "commands", "check decode diff", "what -binary is asked for")
	fl.DurationVar(&o.cpu, "cpu", 200*time.Millisecond, "limit of processor time")
	megabytes := fl.Int64("memory", 64, "limit of memory, in MB")
	fl.BoolVar(&o.all, "all", false, "list what is within the limits as well")
	fl.StringVar(&o.write, "write", "", "internal: write the text of this name")
	fl.StringVar(&o.to, "to", "", "internal: the file to write")
	fl.BoolVar(&o.other, "other", false, "internal: write the second text of the kind")
	fl.StringVar(&o.read, "read", "", "internal: read this file")
	if err := fl.Parse(args); err != nil {
		return false, err
	}
	o.memory = *megabytes * 1_000_000
	if o.only, err = regexp.Compile(*only); err != nil {
		return false, err
	}
	switch {
	case o.write != "":
		return false, o.writeText()
	case o.read != "":
		return false, readFile(o.read)
	}
	return o.measure(out)
}

// writeText writes one text. The parent makes none itself: a child's peak of
// memory is never reported lower than its parent's.
func (o *options) writeText() error {
	for _, in := range hostile.Inputs() {
		if in.Name != o.write {
			continue
		}
		text := in.Make
		if o.other && in.Other != nil {
			text = in.Other
		}
		return os.WriteFile(o.to, []byte(text(o.size)), 0o600)
	}
	return fmt.Errorf("there is no text named %q", o.write)
}

func (o *options) measure(out io.Writer) (above bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	dir, err := os.MkdirTemp("", "hostile")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(dir)
	first, second := filepath.Join(dir, "first.txt"), filepath.Join(dir, "second.txt")
	var rows []row
	texts := 0
	for _, in := range hostile.Inputs() {
		if !o.only.MatchString(in.Name) {
			continue
		}
		texts++
		for _, args := range [][]string{{"-to", first}, {"-to", second, "-other"}} {
			made := exec.Command(self, append([]string{"-size", fmt.Sprint(o.size), "-write", in.Name}, args...)...)
			made.Stderr = os.Stderr
			if err := made.Run(); err != nil {
				return false, err
			}
		}
		rows = append(rows, o.cost(in.Name, "read", self, "-read", first))
		if o.binary == "" {
			continue
		}
		for command := range slices.Values(regexp.MustCompile(`\S+`).FindAllString(o.commands, -1)) {
			args := []string{command, first}
			if command == "diff" {
				args = append(args, second)
			}
			rows = append(rows, o.cost(in.Name, command, o.binary, args...))
		}
	}
	return o.report(out, rows, texts), nil
}

// cost runs one command and returns what it took. Its exit code is its verdict on
// the text and no error here; being killed is.
func (o *options) cost(name, command, program string, args ...string) row {
	const patience = 10 * time.Second
	r := row{name: name, command: command}
	cmd := exec.Command(program, args...)
	if err := cmd.Start(); err != nil {
		r.trouble = err.Error()
		return r
	}
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	err := cmd.Wait()
	timer.Stop()
	state := cmd.ProcessState
	r.kernel, r.memory = state.SystemTime(), peak(state)
	r.cpu = state.UserTime() + r.kernel
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() < 0:
		r.trouble = "killed"
	case err != nil && exit == nil:
		r.trouble = err.Error()
	case state.ExitCode() > 3 || command == "read" && state.ExitCode() > 0:
		r.trouble = fmt.Sprintf("exit code %d", state.ExitCode())
	}
	return r
}

func (o *options) report(out io.Writer, rows []row, texts int) (above bool) {
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.cpu, a.cpu) })
	counts := map[string]int{}
	for _, r := range rows {
		high := r.cpu > o.cpu || r.memory > o.memory || r.trouble != ""
		if high {
			above = true
			counts[r.command]++
		}
		if high || o.all {
			mark := " "
			if high {
				mark = "!"
			}
			fmt.Fprintf(out, "%s %6d ms (%d of them the kernel) %5d MB  %-6s %s %s\n", mark, r.cpu.Milliseconds(), r.kernel.Milliseconds(), r.memory/1_000_000, r.command, r.name, r.trouble)
		}
	}
	fmt.Fprintf(out, "%d texts of %d bytes; above %v or %d MB:", texts, o.size, o.cpu, o.memory/1_000_000)
	for _, command := range []string{"read", "check", "decode", "diff"} {
		if counts[command] > 0 {
			fmt.Fprintf(out, " %s %d", command, counts[command])
		}
	}
	if !above {
		fmt.Fprint(out, " none")
	}
	fmt.Fprintln(out)
	return above
}
