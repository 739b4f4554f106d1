// Package screen is the interactive doctor: what is pasted is judged at once, and
// shown with the cause first. It keeps what was pasted in memory only, and goes online
// only through the functions it is given, after asking.
//
// The model is a value that messages change, so that it can be tested without a
// terminal: Update returns commands, and what they return is a message again.
// Everything from outside passes the mask of its case and package visible before it is
// drawn.
package screen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// Config is what the screen is given.
type Config struct {
	// Options is how cases are judged; Profiles and Env are where the picker begins, the
	// keys and the addresses what can be changed here.
	Options doctor.Options
	// TokenURLGiven is true if the token URL is the user's own word, so that it may be
	// offered as an address to send to.
	TokenURLGiven bool
	Clock         func() time.Time

	Color, ASCII bool
	Environ      []string // NAME=VALUE, of the terminal
	// NoClipboard is true if the terminal is known to ignore OSC 52, so that what is
	// copied is shown as text.
	NoClipboard bool

	// Read reads a file that was named here; it refuses what is not a regular file. Exists
	// reports whether there is one.
	Read   func(path string) ([]byte, error)
	Exists func(path string) bool

	// What goes online, each only after the address was confirmed here; nil if the
	// command forbids it.
	Keys  func(ctx context.Context, address string) (*doctor.Document, error)
	Probe func(ctx context.Context, address string) (Probed, error)
	Send  func(ctx context.Context, s Sending) (Sent, error)
	// Preview is what Send would send, masked, line by line.
	Preview func(s Sending) ([]string, error)

	// Live is a feed of exchanges that are judged elsewhere; nil for none. LiveTitle says
	// where they come from.
	Live      <-chan Exchange
	LiveTitle string
}

// Exchange is one exchange that was judged elsewhere.
type Exchange struct {
	Title    string         // "request 3, 200"
	Evidence *evidence.Case // for the panes; nil if there is none
	Cases    []finding.Case // one for each profile, the first decides
}

// Probed is what was seen at an address.
type Probed struct {
	Case  finding.Case
	Route string // the steps in words, safe to show
}

// Sending is a token request to be sent.
type Sending struct {
	URL      string
	Compact  string // the signed assertion
	ClientID string
	Profile  *profile.Profile
}

// Sent is what was sent and what came back, as texts to judge, and what was seen on the
// way.
type Sent struct {
	Request, Answer string
	Online          doctor.Online
}

// ErrFault is what Run returns where the screen itself broke; the terminal is
// restored by then.
var ErrFault = errors.New("internal error in jwtdoctor (please report it)")

// Run shows the screen until it is left or the context ends, and returns the verdict in
// one line for the scrollback, "" if nothing was judged.
func Run(ctx context.Context, c Config, in io.Reader, out io.Writer) (verdict string, err error) {
	m := New(ctx, c)
	colors := colorprofile.ANSI
	if !c.Color {
		colors = colorprofile.Ascii
	}
	// The end of the context is a wish to leave like any other: where it is a program's
	// own context, the library closes the input while it is still being read.
	p := tea.NewProgram(m,
		tea.WithInput(in), tea.WithOutput(out), tea.WithEnvironment(c.Environ),
		tea.WithColorProfile(colors), tea.WithoutSignalHandler(),
		tea.WithFPS(120)) // a key is answered within a frame
	stop := context.AfterFunc(ctx, p.Quit)
	_, err = p.Run()
	stop()
	switch {
	case m.broken != nil:
		return "", fmt.Errorf("%w: %v", ErrFault, m.broken)
	case errors.Is(err, tea.ErrProgramPanic):
		return "", ErrFault
	case err != nil && ctx.Err() == nil:
		return "", err
	}
	return m.Verdict(), nil
}
