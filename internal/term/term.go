// Package term knows the streams the program was started with and decides,
// once and for all, how wide, how coloured and in which characters to write on
// them. It asks the operating system and the environment only: never the
// terminal itself, which may not answer or may take a paste for an answer.
package term

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	xterm "golang.org/x/term"
)

// Widths in columns. A terminal reports nonsense now and then, and prose wider
// than MaxWidth is not read.
const (
	MinWidth     = 40
	MaxWidth     = 160
	DefaultWidth = 80
	PipedWidth   = 100
)

// Streams is what the program reads from and writes to.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer

	InIsTTY, OutIsTTY, ErrIsTTY bool

	Width    int  // columns of Out
	Height   int  // rows of Out, 0 if it is not a terminal or does not say
	Color    bool // colour on Out
	ErrColor bool // colour on Err
	ASCII    bool // nothing but ASCII, on either
	Links    bool // Out opens links (OSC 8)
}

// System is the process's own streams, decided with --color auto; getenv is os.Getenv.
func System(getenv func(string) string) Streams {
	tty := func(f *os.File) bool { return xterm.IsTerminal(int(f.Fd())) }
	s := Streams{
		In: &Input{file: os.Stdin, tty: tty(os.Stdin)}, Out: os.Stdout, Err: os.Stderr,
		InIsTTY: tty(os.Stdin), OutIsTTY: tty(os.Stdout), ErrIsTTY: tty(os.Stderr),
	}
	columns := 0
	if s.OutIsTTY {
		if w, h, err := xterm.GetSize(int(os.Stdout.Fd())); err == nil {
			columns, s.Height = w, h
		}
	}
	return s.decide(getenv, runtime.GOOS, columns)
}

// Plain is streams without a terminal, as in a pipe: for tests and for writing into files.
func Plain(in io.Reader, out, err io.Writer) Streams {
	return Streams{In: in, Out: out, Err: err, Width: PipedWidth}
}

func (s Streams) decide(getenv func(string) string, goos string, columns int) Streams {
	s.Width = width(getenv, s.OutIsTTY, columns)
	s.Color = colored(getenv, goos, s.OutIsTTY)
	s.ErrColor = colored(getenv, goos, s.ErrIsTTY)
	s.ASCII = ascii(getenv, goos, s.OutIsTTY)
	s.Links = s.OutIsTTY && links(getenv)
	return s
}

// ColorMode is the value of --color.
type ColorMode string

// The values of --color.
const (
	ColorAuto   ColorMode = "auto"
	ColorAlways ColorMode = "always"
	ColorNever  ColorMode = "never"
)

// ParseColorMode reads the value of --color.
func ParseColorMode(s string) (ColorMode, error) {
	switch m := ColorMode(s); m {
	case ColorAuto, ColorAlways, ColorNever:
		return m, nil
	}
	return "", fmt.Errorf("--color is %q; give auto, always or never", s)
}

// WithColor returns the streams as --color wants them; ColorAuto changes nothing.
func (s Streams) WithColor(m ColorMode) Streams {
	if m == ColorAlways || m == ColorNever {
		s.Color = m == ColorAlways
		s.ErrColor = s.Color
	}
	return s
}

// colored follows NO_COLOR (https://no-color.org), then CLICOLOR_FORCE and
// FORCE_COLOR, then the terminal. It is decided here because termenv ignores
// FORCE_COLOR and takes any CI variable for the absence of a terminal.
func colored(getenv func(string) string, goos string, tty bool) bool {
	if getenv("NO_COLOR") != "" {
		return false
	}
	if switchedOn(getenv("CLICOLOR_FORCE")) || switchedOn(getenv("FORCE_COLOR")) {
		return true
	}
	if !tty {
		return false
	}
	name := getenv("TERM")
	if goos == "windows" && name == "" {
		// The console obeys escape sequences only if its host switched them on.
		return getenv("WT_SESSION") != "" || getenv("ConEmuANSI") == "ON" || getenv("ANSICON") != ""
	}
	return name != "" && name != "dumb"
}

func switchedOn(v string) bool { return v != "" && v != "0" && !strings.EqualFold(v, "false") }

func width(getenv func(string) string, tty bool, columns int) int {
	if columns <= 0 {
		columns, _ = strconv.Atoi(getenv("COLUMNS"))
	}
	switch {
	case columns > 0:
		return min(max(columns, MinWidth), MaxWidth)
	case tty:
		return DefaultWidth
	}
	return PipedWidth
}

// ascii is true for a terminal whose locale names another character set than
// UTF-8, and for the Linux console, whose fonts lack the signs. Where no locale
// is named at all, as in most containers, the terminal knows UTF-8 all the
// same. JWTDOCTOR_ASCII says it outright, 1 or 0. A pipe gets UTF-8.
func ascii(getenv func(string) string, goos string, tty bool) bool {
	if v := getenv("JWTDOCTOR_ASCII"); v != "" {
		return switchedOn(v)
	}
	if !tty {
		return false
	}
	if name := getenv("TERM"); name == "linux" || name == "dumb" {
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // the order of POSIX, XBD 8.2
		if v := getenv(name); v != "" {
			return goos != "windows" && !utf8Locale(v)
		}
	}
	return false
}

func utf8Locale(v string) bool {
	_, charset, _ := strings.Cut(v, ".")
	if charset == "" {
		charset = v // macOS knows the locale UTF-8 without a language
	}
	charset, _, _ = strings.Cut(charset, "@")
	return strings.EqualFold(charset, "UTF-8") || strings.EqualFold(charset, "UTF8")
}

// links is true for the terminals that are known to open OSC 8 links; there is no
// asking them. In others a link would be a title without an address. Within tmux
// or screen the outer terminal's variables say nothing.
func links(getenv func(string) string) bool {
	if v := getenv("FORCE_HYPERLINK"); v != "" {
		return switchedOn(v)
	}
	name := getenv("TERM")
	switch {
	case name == "" || name == "dumb" || getenv("TMUX") != "" || getenv("STY") != "" || strings.HasPrefix(name, "screen") || strings.HasPrefix(name, "tmux"):
		return getenv("WT_SESSION") != "" && name == ""
	case getenv("WT_SESSION") != "" || getenv("KITTY_WINDOW_ID") != "" || getenv("KONSOLE_VERSION") != "" || getenv("DOMTERM") != "":
		return true
	}
	if vte, err := strconv.Atoi(getenv("VTE_VERSION")); err == nil && vte >= 5000 {
		return true
	}
	switch getenv("TERM_PROGRAM") {
	case "iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "mintty", "rio":
		return true
	}
	switch name {
	case "xterm-kitty", "xterm-ghostty", "alacritty", "foot", "foot-extra", "wezterm", "contour":
		return true
	}
	return false
}
