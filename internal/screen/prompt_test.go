package screen

import (
	"context"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// under is the cursor's column and the line that it is on.
func (d *desk) under() (x int, line string) {
	d.t.Helper()
	v := d.View()
	if v.Cursor == nil {
		d.t.Fatal("there is no cursor")
	}
	return v.Cursor.X, ansi.Strip(strings.Split(v.Content, "\n")[v.Cursor.Y])
}

// Whoever confirms an address can read it: where to, and all of it.
func TestAddressIsReadable(t *testing.T) {
	const long = "https://fhir.longhostnamegoinghere.hospitalgroup.example.org/interconnect-prd-oauth/oauth2/token"
	squeezed := func(d *desk) string { return strings.ReplaceAll(d.text(), " ", "") }
	for _, size := range [][2]int{{60, 20}, {80, 24}, {120, 40}} {
		for _, key := range []string{"t", "d"} {
			d := open(t, func(c *Config) {
				refusing(c)
				c.Probe = func(context.Context, string) (Probed, error) { return Probed{}, nil }
			})
			d.send(tea.WindowSizeMsg{Width: size[0], Height: size[1]})
			d.paste(example(t, "good.jwt"))
			d.press(key, "ctrl+u")
			d.types(long)
			d.sees("⏎ go on", "Esc back")
			if !strings.Contains(squeezed(d), long) {
				t.Errorf("%v: %s asks for %s", size, key, d.text())
			}
			if x, line := d.under(); x != len([]rune(strings.TrimRight(line, " "))) {
				t.Errorf("%v: the cursor is in column %d of %q", size, x, line)
			}
			d.press("home")
			if x, line := d.under(); !strings.HasPrefix(string([]rune(line)[x:]), "https://fhir.") {
				t.Errorf("%v: Home leads to column %d of %q", size, x, line)
			}
			d.press("enter")
			if !strings.Contains(squeezed(d), long) {
				t.Errorf("%v: %s confirms %s", size, key, d.text())
			}
		}
	}
}

// Of what is longer than there is room for, the beginning stays.
func TestLongLineKeepsItsBeginning(t *testing.T) {
	d := open(t, refusing)
	d.send(tea.WindowSizeMsg{Width: 60, Height: 20})
	d.paste(example(t, "good.jwt"))
	d.press("t", "ctrl+u")
	d.paste("https://host.example/" + strings.Repeat("0123456789", 60) + "/end")
	d.sees("https://host.example/", "…", "9/end", "⏎ go on")
	for range 30 {
		d.press("left")
	}
	d.sees("https://host.example/", "…")
	d.press("home")
	d.sees("https://host.example/")
	if x, line := d.under(); x != 1 || !strings.HasPrefix(line, " https://host.example/") {
		t.Errorf("the cursor is in column %d of %q", x, line)
	}
	// Control: a short one is on one line with its question and the keys.
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.press("end", "ctrl+u")
	d.types("https://a.example")
	if _, line := d.under(); !strings.Contains(line, "https://a.example") || !strings.Contains(line, "request to:") || !strings.Contains(line, "Esc") {
		t.Errorf("the line is %q", line)
	}
}

// A line that fills its last line to the end has its cursor on the next.
func TestCursorAfterAFullLine(t *testing.T) {
	d := open(t, refusing)
	d.send(tea.WindowSizeMsg{Width: 60, Height: 20})
	d.paste(example(t, "good.jwt"))
	for _, n := range []int{57, 58, 59, 115, 116, 117, 231, 232, 233} {
		d.press("t", "ctrl+u")
		d.types(strings.Repeat("x", n))
		if x, line := d.under(); x != len(strings.TrimRight(line, " ")) && !(x == 1 && strings.TrimSpace(line) == "") {
			t.Errorf("%d: the cursor is in column %d of %q", n, x, line)
		}
		d.press("esc")
	}
}
