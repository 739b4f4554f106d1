// Command jwtdoctor names the most likely cause when an OAuth private_key_jwt
// token request fails.
//
// This package turns arguments, environment and configuration into the options
// of package doctor, and what comes of it into output and an exit code. It
// parses no assertion, judges nothing and lays out no report.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/term"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

func main() {
	// A pipe that nobody reads any more is to be an error of the write, which
	// has an exit code, and not the silent end of the process.
	signal.Ignore(syscall.SIGPIPE)
	ctx := untilSignal(context.Background())
	os.Exit(Main(ctx, os.Args[1:], world{
		Streams: term.System(os.Getenv),
		environ: os.Environ(),
		clock:   time.Now,
		room:    room(),
	}))
}

// room sets how large the heap becomes before a collection, and returns how that of a
// batch is kept; nil if GOGC says how.
func room() func() {
	if _, ok := os.LookupEnv("GOGC"); ok {
		return nil
	}
	h := new(heap)
	h.start()
	return h.measure
}

// world is what the program sees of its surroundings, apart from the file system.
// It is made once, in main; tests make their own.
type world struct {
	term.Streams
	environ []string // NAME=VALUE
	clock   func() time.Time
	files   *files     // that the run reads
	mask    *mask.Mask // hides secrets of the command line in messages
	// flagNames lists the flags of all commands, for somebody who misspelt one.
	flagNames func() []string
	room      func() // is called now and then in a batch; nil in tests
	// bareFlags is true if the command line begins with a flag and names no command.
	bareFlags bool
}

// getenv returns a variable's value, "" if it is not set. As in os.Getenv,
// of a name that is twice the first counts.
func (w world) getenv(name string) string {
	for _, e := range w.environ {
		if v, ok := strings.CutPrefix(e, name+"="); ok {
			return v
		}
	}
	return ""
}

// Main runs one command line and returns the exit code.
func Main(ctx context.Context, args []string, w world) (code int) {
	w.mask, w.files = mask.Of(commandLine{args, w.environ}), &files{}
	defer w.files.clean()
	defer func() {
		if r := recover(); r != nil {
			w.complain(fmt.Sprintf("internal error in jwtdoctor (please report it): %v (JWTDOCTOR_DEBUG=1 shows where)", r))
			if w.getenv("JWTDOCTOR_DEBUG") != "" {
				w.Err.Write(debug.Stack())
			}
			code = exitUnfinished
		}
	}()
	out := &watched{Writer: w.Out}
	w.Out = out
	err := execute(ctx, args, w)
	var done status
	switch {
	case err == nil || errors.As(err, &done) || quiet(err):
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		w.complain("interrupted")
	default:
		w.complain(err.Error())
	}
	code = exitCode(err)
	switch {
	case ctx.Err() != nil:
		return interruption(ctx)
	case out.err != nil && code < exitUsage:
		// Help and the like, which nobody asks whether they were written.
		if lost := (&outputError{err: out.err}); !quiet(lost) {
			w.complain(lost.Error())
		}
		return exitUnfinished
	}
	return code
}

// complain writes an error message for people, one line for each of its lines.
func (w world) complain(message string) { w.say("jwtdoctor: ", message) }

// note writes a remark that is not an error.
func (w world) note(format string, args ...any) { w.say("note: ", fmt.Sprintf(format, args...)) }

func (w world) say(prefix, message string) {
	for line := range strings.SplitSeq(message, "\n") {
		// Nothing can be done where standard error itself cannot be written.
		fmt.Fprintln(w.Err, w.fold(prefix+visible.Text(w.hide(line)), w.ErrIsTTY))
	}
}

// fold fits text into the width where a person reads it: on a terminal, or where
// COLUMNS says how wide it is. A program gets a line as one line.
func (w world) fold(text string, tty bool) string {
	if width := w.foldWidth(tty); width > 0 {
		return report.Fold(text, width)
	}
	return text
}

// foldWidth is the width to wrap lists to; 0 if they go to a pipe that names none.
func (w world) foldWidth(tty bool) int {
	if !tty && w.getenv("COLUMNS") == "" {
		return 0
	}
	return w.Width
}
