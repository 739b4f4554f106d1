package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"
)

// terminal opens a pseudo-terminal: what a person types is written to it, and what
// they see is read from it. The program has the other end.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	t.Cleanup(func() { person.Close() })
	control := func(request uintptr, number *int32) {
		if _, _, fault := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(number))); fault != 0 {
			t.Skip("no pseudo-terminals here:", fault)
		}
	}
	var unlocked, number int32
	control(syscall.TIOCSPTLCK, &unlocked)
	control(syscall.TIOCGPTN, &number)
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here:", err)
	}
	t.Cleanup(func() { program.Close() })
	return person, program
}

// One Ctrl-D ends what is pasted, with Enter before it or without.
func TestOneEndOnATerminal(t *testing.T) {
	good := strings.TrimSpace(example(t, "good.jwt"))
	for _, tt := range []struct {
		args  []string
		typed string
		code  int
		has   string
	}{
		{[]string{"check", "-p", "redox", "--now", "1795219230", "-"}, good + "\n\x04", 0, "No problems found"},
		{[]string{"check", "-p", "redox", "--now", "1795219230", "-"}, good + "\x04", 0, "No problems found"},
		{[]string{"decode", "-"}, good + "\n\x04", 0, "0f7e2c5d-93b4-4a61-8c3e-5d2a7b9e4f10"},
		{[]string{"decode", "-"}, good + "\x04", 0, "0f7e2c5d-93b4-4a61-8c3e-5d2a7b9e4f10"},
		{[]string{"jwks", "-"}, `{"keys":[]}` + "\n\x04", 1, "jwks-empty"},
		{[]string{"explain", "-"}, `{"error":"invalid_client"}` + "\n\x04", 0, "invalid_client"},
		{[]string{"check", "-q", "-"}, "\x04", 2, "stdin is empty"},
	} {
		person, program := terminal(t)
		// Ended by force it would be waiting for another end.
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, "jwtdoctor", tt.args...)
		var out bytes.Buffer
		cmd.Stdin, cmd.Stdout, cmd.Stderr = program, &out, &out
		go io.Copy(io.Discard, person) // the echo
		if _, err := person.WriteString(tt.typed); err != nil {
			t.Fatal(err)
		}
		err := cmd.Run()
		cancel()
		if ctx.Err() == context.DeadlineExceeded || exitOf(err) != tt.code || !strings.Contains(out.String(), tt.has) {
			t.Errorf("%v, typed %q: %v\n%s", tt.args, tt.typed, err, &out)
		}
	}
}
