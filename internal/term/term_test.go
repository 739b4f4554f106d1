package term

import (
	"strings"
	"testing"
)

func env(pairs string) func(string) string {
	m := map[string]string{}
	for _, p := range strings.Fields(pairs) {
		k, v, _ := strings.Cut(p, "=")
		m[k] = v
	}
	return func(k string) string { return m[k] }
}

func TestColor(t *testing.T) {
	for _, tt := range []struct {
		env  string
		tty  bool
		goos string
		want bool
	}{
		{"TERM=xterm-256color", true, "linux", true},
		{"TERM=xterm-256color", false, "linux", false},
		{"TERM=dumb", true, "linux", false},
		{"", true, "linux", false},
		{"TERM=xterm CI=true", true, "linux", true},
		{"TERM=xterm NO_COLOR=1", true, "linux", false},
		{"TERM=xterm NO_COLOR=", true, "linux", true},
		{"FORCE_COLOR=1", false, "linux", true},
		{"CLICOLOR_FORCE=1", false, "linux", true},
		{"FORCE_COLOR=0", false, "linux", false},
		{"CLICOLOR_FORCE=0", false, "linux", false},
		{"FORCE_COLOR=1 NO_COLOR=1", false, "linux", false},
		{"TERM=dumb FORCE_COLOR=1", true, "linux", true},
		{"", true, "windows", false},
		{"WT_SESSION=1", true, "windows", true},
		{"WT_SESSION=1", false, "windows", false},
		{"TERM=xterm", true, "windows", true},
	} {
		if got := colored(env(tt.env), tt.goos, tt.tty); got != tt.want {
			t.Errorf("%q, tty %v, %s: colour %v, want %v", tt.env, tt.tty, tt.goos, got, tt.want)
		}
	}
}

func TestColorModeOverrules(t *testing.T) {
	for _, tt := range []struct {
		mode string
		auto bool
		want bool
	}{{"auto", true, true}, {"auto", false, false}, {"always", false, true}, {"never", true, false}} {
		mode, err := ParseColorMode(tt.mode)
		if err != nil {
			t.Fatal(err)
		}
		s := Streams{Color: tt.auto, ErrColor: tt.auto}.WithColor(mode)
		if s.Color != tt.want || s.ErrColor != tt.want {
			t.Errorf("--color %s over %v: %v and %v, want %v", tt.mode, tt.auto, s.Color, s.ErrColor, tt.want)
		}
	}
	if _, err := ParseColorMode("yes"); err == nil || !strings.Contains(err.Error(), "auto, always or never") {
		t.Errorf("--color yes: %v", err)
	}
}

func TestWidth(t *testing.T) {
	for _, tt := range []struct {
		env     string
		tty     bool
		columns int
		want    int
	}{
		{"", true, 80, 80},
		{"COLUMNS=70", true, 120, 120},
		{"", true, 0, DefaultWidth},
		{"COLUMNS=70", true, 0, 70},
		{"COLUMNS=70", false, 0, 70},
		{"COLUMNS=x", true, 0, DefaultWidth},
		{"COLUMNS=-3", false, 0, PipedWidth},
		{"", false, 0, PipedWidth},
		{"", true, 3, MinWidth},
		{"", true, 1000, MaxWidth},
	} {
		if got := width(env(tt.env), tt.tty, tt.columns); got != tt.want {
			t.Errorf("%q, tty %v, %d columns: width %d, want %d", tt.env, tt.tty, tt.columns, got, tt.want)
		}
	}
}

func TestASCII(t *testing.T) {
	for _, tt := range []struct {
		env  string
		tty  bool
		goos string
		want bool
	}{
		{"LANG=en_US.UTF-8", true, "linux", false},
		{"LANG=de_DE.utf8@euro", true, "linux", false},
		{"LC_CTYPE=UTF-8", true, "darwin", false},
		{"LANG=C", true, "linux", true},
		{"LANG=C", false, "linux", false},
		{"LANG=C", true, "windows", false},
		{"LANG=de_DE.ISO-8859-1", true, "linux", true},
		{"LC_ALL=C LANG=en_US.UTF-8", true, "linux", true},
		{"LC_CTYPE=C LANG=en_US.UTF-8", true, "linux", true},
		{"LC_ALL=C.UTF-8 LANG=C", true, "linux", false},
		{"", true, "linux", false},
		{"TERM=linux LANG=en_US.UTF-8", true, "linux", true},
		{"JWTDOCTOR_ASCII=1 LANG=en_US.UTF-8", true, "linux", true},
		{"JWTDOCTOR_ASCII=1", false, "linux", true},
		{"JWTDOCTOR_ASCII=0 LANG=C", true, "linux", false},
	} {
		if got := ascii(env(tt.env), tt.goos, tt.tty); got != tt.want {
			t.Errorf("%q, tty %v, %s: ASCII %v, want %v", tt.env, tt.tty, tt.goos, got, tt.want)
		}
	}
}

func TestPlainIsAPipe(t *testing.T) {
	var out, err strings.Builder
	s := Plain(strings.NewReader("x"), &out, &err)
	if s.OutIsTTY || s.InIsTTY || s.Color || s.ASCII || s.Width != PipedWidth {
		t.Errorf("%+v", s)
	}
}

func TestSystemNeedsNoTerminal(t *testing.T) {
	s := System(env("NO_COLOR=1"))
	if s.In == nil || s.Out == nil || s.Err == nil || s.Color || s.Width < MinWidth || s.Width > MaxWidth {
		t.Errorf("%+v", s)
	}
}

func TestLinks(t *testing.T) {
	for _, tt := range []struct {
		env  string
		tty  bool
		want bool
	}{
		{"TERM=xterm-256color", true, false}, // it may be Terminal.app, which does not open them
		{"TERM=xterm-256color TERM_PROGRAM=iTerm.app", true, true},
		{"TERM=xterm-256color TERM_PROGRAM=iTerm.app", false, false},
		{"TERM=xterm-256color TERM_PROGRAM=Apple_Terminal", true, false},
		{"TERM=xterm-256color VTE_VERSION=7600", true, true},
		{"TERM=xterm-256color VTE_VERSION=4800", true, false},
		{"TERM=xterm-kitty", true, true},
		{"TERM=tmux-256color TMUX=/tmp/x VTE_VERSION=7600", true, false},
		{"TERM=dumb VTE_VERSION=7600", true, false},
		{"WT_SESSION=1", true, true},
		{"TERM=xterm-256color FORCE_HYPERLINK=1", true, true},
		{"TERM=xterm-kitty FORCE_HYPERLINK=0", true, false},
	} {
		s := Streams{OutIsTTY: tt.tty}.decide(env(tt.env), "linux", 80)
		if s.Links != tt.want {
			t.Errorf("%q, tty %v: links %v, want %v", tt.env, tt.tty, s.Links, tt.want)
		}
	}
}
