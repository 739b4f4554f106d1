package main

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// The exit codes. When several apply: a signal, then 2, then 3, then 1.
const (
	exitFound       = 1   // something at or above --fail-on
	exitUsage       = 2   // wrong usage, or input that cannot be read
	exitUnfinished  = 3   // could not finish, or output that cannot be written
	exitInterrupted = 130 // Ctrl-C; 129 and 143 for the end of the terminal and a request to end
)

// status ends a command with an exit code; what there is to say has been said.
type status int

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// outputError says that a report could not be written.
type outputError struct {
	name string // of the file, "" for standard output
	err  error
}

func (e *outputError) Error() string {
	name := e.name
	if name == "" {
		name = "standard output"
	}
	return fmt.Sprintf("cannot write %s: %s", name, reason(e.err))
}

func (e *outputError) Unwrap() error { return e.err }

// quiet is true for errors nobody wants to read about: the reader of our standard
// output, such as head, has had enough.
func quiet(err error) bool {
	var out *outputError
	return errors.As(err, &out) && out.name == "" && errors.Is(out.err, syscall.EPIPE)
}

// exitCode is the exit code of an error. What cobra complains of is
// wrong usage.
func exitCode(err error) int {
	var done status
	var out *outputError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &done):
		return int(done)
	case errors.As(err, &out):
		return exitUnfinished
	}
	return exitUsage
}

// usage is a mistake in the command line.
func usage(format string, args ...any) error {
	return doctor.UsageError{Message: fmt.Sprintf(format, args...)}
}

// unreadable is input that cannot be read.
func unreadable(format string, args ...any) error {
	return doctor.InputError{Message: fmt.Sprintf(format, args...)}
}

// reason names a file system's refusal without the path and the call, which
// the sentence around it has named.
func reason(err error) string {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.Is(err, fs.ErrNotExist):
		return "no such file or directory"
	case errors.Is(err, syscall.ENOSPC):
		return "no space left on the device"
	case errors.Is(err, syscall.EISDIR):
		return "it is a directory"
	}
	return err.Error()
}

// oneOf refuses a value that is not among the choices of a flag or argument.
func oneOf(what, value string, choices []string) error {
	for _, c := range choices {
		if c == value {
			return nil
		}
	}
	last := len(choices) - 1
	list := strings.Join(choices[:last], ", ") + " or " + choices[last]
	if near := wording.Nearest(value, choices); near != "" {
		return usage("%s %q: did you mean %s? It is one of %s", what, value, near, list)
	}
	return usage("%s %q: give %s", what, brief(value), list)
}
