package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// leaf prints a text; one that is longer than the terminal goes through $PAGER.
// Without a terminal on both sides, or where no pager is named, it is printed.
func (w world) leaf(text string) error {
	pager := strings.Fields(w.getenv("PAGER"))
	if !w.OutIsTTY || !w.InIsTTY || w.Height == 0 || len(pager) == 0 || w.getenv("TERM") == "dumb" || rows(text, w.Width) < w.Height {
		return w.print(text)
	}
	path, err := exec.LookPath(pager[0])
	if err != nil || pager[0] == "cat" {
		return w.print(text)
	}
	// Not ended with the context: Ctrl-C is the pager's own key, and killed it would
	// leave the terminal without echo.
	cmd := exec.Command(path, pager[1:]...)
	// The pager asks the terminal itself for keys; its standard input is the text.
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(text), os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), pagerSettings(w.getenv)...)
	err = cmd.Run()
	var ended *exec.ExitError
	switch {
	case err == nil || errors.As(err, &ended):
		return nil
	case cmd.ProcessState != nil:
		return nil // closed early: the rest of the text found no reader
	}
	return w.print(text)
}

// pagerSettings let less show colour, and end on its own nothing that is one
// screen; a user's own settings stay.
func pagerSettings(getenv func(string) string) []string {
	var out []string
	if getenv("LESS") == "" {
		out = append(out, "LESS=FRX")
	}
	if getenv("LV") == "" {
		out = append(out, "LV=-c")
	}
	return out
}

// rows are the rows a text has on a terminal that breaks what is too wide.
func rows(text string, width int) int {
	n := 0
	for line := range strings.Lines(text) {
		n += 1 + max(0, visible.Width(plainOf(strings.TrimRight(line, "\n")))-1)/max(width, 1)
	}
	return n
}

// plainOf takes the colours this program writes out of a line.
func plainOf(line string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(line, "\x1b[")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		_, line, _ = strings.Cut(after, "m")
	}
}
