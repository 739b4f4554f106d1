// Package terminal runs a program on a pseudo-terminal and draws what it writes, so that
// tests, measures and pictures see what a person would see. It is a development tool, and
// no part of the program.
package terminal

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/vt"
)

// Options is how a program is started.
type Options struct {
	Columns, Rows int
	Env           []string // all of it, NAME=VALUE
	Dir           string
	// Answers is true for a terminal that answers what it is asked; else it is silent, as
	// some are.
	Answers bool
}

// Terminal is a program at work on a pseudo-terminal.
type Terminal struct {
	cmd    *exec.Cmd
	person *os.File // what a person types is written to it

	mu     sync.Mutex
	raw    bytes.Buffer
	screen *vt.Emulator
	first  time.Time     // when the program first wrote
	ended  chan struct{} // closed when nothing more is written
}

// Start starts a program on its own terminal.
func Start(o Options, program string, args ...string) (*Terminal, error) {
	person, own, err := open(o.Columns, o.Rows)
	if err != nil {
		return nil, err
	}
	t := &Terminal{person: person, screen: vt.NewEmulator(o.Columns, o.Rows), ended: make(chan struct{})}
	t.cmd = exec.Command(program, args...)
	t.cmd.Stdin, t.cmd.Stdout, t.cmd.Stderr = own, own, own
	t.cmd.Env, t.cmd.Dir = o.Env, o.Dir
	t.cmd.SysProcAttr = session()
	if err := t.cmd.Start(); err != nil {
		person.Close()
		own.Close()
		return nil, err
	}
	own.Close()
	go t.read()
	go t.answer(o.Answers)
	return t, nil
}

// read draws what the program writes until it ends.
func (t *Terminal) read() {
	defer close(t.ended)
	b := make([]byte, 64<<10)
	for {
		n, err := t.person.Read(b)
		t.mu.Lock()
		if n > 0 && t.first.IsZero() {
			t.first = time.Now()
		}
		t.raw.Write(b[:n])
		t.screen.Write(b[:n])
		t.mu.Unlock()
		if err != nil {
			return // Linux says EIO where the last program has gone
		}
	}
}

// answer takes what the terminal says, and hands it on if it is to.
func (t *Terminal) answer(aloud bool) {
	var to io.Writer = io.Discard
	if aloud {
		to = t.person
	}
	_, _ = io.Copy(to, t.screen) // it ends with the terminal
}

// Type types keys: text, or the bytes a terminal sends for them.
func (t *Terminal) Type(keys string) { _, _ = t.person.WriteString(keys) }

// Paste pastes a text as terminals do: marked, with CR for each line end.
func (t *Terminal) Paste(text string) {
	t.Type("\x1b[200~" + strings.ReplaceAll(text, "\n", "\r") + "\x1b[201~")
}

// Screen is what can be read on the screen, line by line.
func (t *Terminal) Screen() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.screen.String()
}

// Cell is a cell of the screen; nil outside of it.
func (t *Terminal) Cell(x, y int) *uv.Cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.screen.CellAt(x, y)
	if c == nil {
		return nil
	}
	return c.Clone()
}

// Raw is everything the program has written.
func (t *Terminal) Raw() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.raw.String()
}

// First is when the program wrote for the first time.
func (t *Terminal) First() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first
}

// WaitFor waits until a text is on the screen, at most so long.
func (t *Terminal) WaitFor(text string, most time.Duration) bool {
	return t.Until(func(screen string) bool { return strings.Contains(screen, text) }, most)
}

// Until waits until the screen is as wanted, at most so long.
func (t *Terminal) Until(is func(screen string) bool, most time.Duration) bool {
	for end := time.Now().Add(most); ; {
		if is(t.Screen()) {
			return true
		}
		if time.Now().After(end) {
			return false
		}
		time.Sleep(time.Millisecond)
	}
}

// Signal sends the program a signal.
func (t *Terminal) Signal(s os.Signal) error { return t.cmd.Process.Signal(s) }

// Pid is the process of the program.
func (t *Terminal) Pid() int { return t.cmd.Process.Pid }

// Resize changes the size of the terminal.
func (t *Terminal) Resize(columns, rows int) error {
	t.mu.Lock()
	t.screen.Resize(columns, rows)
	t.mu.Unlock()
	return resize(t.person, columns, rows)
}

// Wait waits for the program to end, and returns its exit status; it is killed after so
// long, and the status is -1 then.
func (t *Terminal) Wait(most time.Duration) int {
	killer := time.AfterFunc(most, func() { _ = t.cmd.Process.Kill() })
	_ = t.cmd.Wait() // the status says it
	killer.Stop()
	select {
	case <-t.ended:
	case <-time.After(most):
	}
	return t.cmd.ProcessState.ExitCode()
}

// Close ends the program, if it has not ended.
func (t *Terminal) Close() {
	_ = t.cmd.Process.Kill() // it may have ended
	_ = t.cmd.Wait()
	t.person.Close()
	// The emulator's own Close writes what its Read reads at the same time; closing the
	// pipe between them ends the reading as well.
	if pipe, ok := t.screen.InputPipe().(io.Closer); ok {
		_ = pipe.Close()
	}
}
