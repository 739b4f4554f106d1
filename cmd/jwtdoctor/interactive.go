package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/screen"
)

// withoutTerminal is what to use where the screen cannot be drawn.
const withoutTerminal = "the interactive screen %s; to check something: jwtdoctor check FILE, or jwtdoctor check - with it on standard input"

// interactive is the screen that jwtdoctor opens without an input. Its settings come
// from flags, the environment and the project's file.
type interactive struct{ check }

// runInteractive opens the screen.
func runInteractive(ctx context.Context, w world) error {
	if !w.hasScreen() {
		why := "needs a terminal"
		if w.InIsTTY && w.OutIsTTY {
			why = "cannot be drawn on a terminal with TERM=dumb"
		}
		return usage(withoutTerminal, why)
	}
	i := &interactive{check{world: w}}
	cmd := &cobra.Command{Use: "jwtdoctor"}
	cmd.SetContext(ctx)
	i.judgeFlags.register(cmd, partProfile|partIdentity|partNow|partChoice|partOffline|partSecrets)
	i.inputFlags.register(cmd)
	i.onlineFlags.register(cmd)
	i.reportFlags.register(cmd)
	i.screenFlags.register(cmd)
	p, err := i.prepare(cmd, append(ownOnline(), "assertion", "format", "output", "show-secrets")...)
	if err != nil {
		return err
	}
	return i.open(cmd, p)
}

// open opens the screen with what was settled.
func (i *interactive) open(cmd *cobra.Command, p prepared) error {
	config, err := i.config(cmd, p)
	if err != nil {
		return err
	}
	return p.show(cmd.Context(), config)
}

// hasScreen reports whether there is a terminal to draw on and to read keys from.
func (w world) hasScreen() bool {
	return w.InIsTTY && w.OutIsTTY && w.getenv("TERM") != "dumb"
}

// show runs the screen on the terminal and leaves the verdict in the scrollback.
func (w world) show(ctx context.Context, config screen.Config) error {
	verdict, err := screen.Run(ctx, config, os.Stdin, os.Stdout)
	if err != nil {
		w.complain(err.Error())
		return status(exitUnfinished)
	}
	if verdict == "" {
		return nil
	}
	return w.print(verdict + "\n")
}

// config is what the screen is given: how to judge, how to draw, and what goes online.
func (i *interactive) config(cmd *cobra.Command, p prepared) (screen.Config, error) {
	p.opts.Clock, p.opts.Files = nil, nil
	p.opts.Has = nil // what is missing is given by a key of the screen, not by a flag
	c := screen.Config{
		Options: p.opts, Clock: i.clock, Color: p.Color, ASCII: p.ASCII, Environ: i.environ,
		NoClipboard: noClipboard(i.world), Read: i.readFile, Exists: isFile, TokenURLGiven: p.from.given("token-url"),
	}
	if i.offline {
		return c, nil
	}
	client, err := i.client(cmd.Context(), i.world)
	if err != nil {
		return c, err
	}
	c.Keys = func(ctx context.Context, address string) (*doctor.Document, error) {
		g := gatherer{world: p.world, ctx: ctx, quiet: true, client: client}
		return g.fetch("--jwks", address)
	}
	c.Probe = func(ctx context.Context, address string) (screen.Probed, error) {
		if err := webAddress("the address", address); err != nil {
			return screen.Probed{}, err
		}
		n := client.Look(ctx, address)
		seen := doctor.Online{Network: n, Answered: i.clock(), Unread: true}
		if n.HTTP != nil && n.HTTP.Status != 0 && ctx.Err() == nil {
			seen.Discovery = whole(ctx, client.Discover(ctx, address))
		}
		seen.Interrupted = ctx.Err() != nil
		opts := p.opts
		opts.Clock = i.clock
		judged, _, err := doctor.JudgeNetwork(opts, seen)
		return screen.Probed{Case: judged, Route: (&drawn{width: i.Width, ascii: i.ASCII}).route(n, seen.Discovery, i.clock())}, err
	}
	c.Preview = func(s screen.Sending) ([]string, error) {
		req, err := i.posted(s)
		if err != nil {
			return nil, err
		}
		req.unhide = "jwtdoctor " + req.unhide // a flag to start the screen with
		return strings.Split(strings.TrimRight(req.shown(), "\n"), "\n"), nil
	}
	c.Send = func(ctx context.Context, s screen.Sending) (screen.Sent, error) {
		req, err := i.posted(s)
		if err != nil {
			return screen.Sent{}, err
		}
		x, n := client.Post(ctx, probe.Posted{URL: req.url, Header: req.header, Body: []byte(req.form.Encode())})
		sent := screen.Sent{Request: req.http(), Online: doctor.Online{Network: n, Answered: i.clock(), Interrupted: ctx.Err() != nil}}
		if x != nil && x.Response != nil {
			sent.Answer = httpAnswer(x)
		}
		return sent, nil
	}
	return c, nil
}

// posted is the token request of the screen, as the command token would send it.
func (i *interactive) posted(s screen.Sending) (posted, error) {
	u, err := probe.ReadAddress(s.URL)
	switch {
	case err != nil:
		return posted{}, usage("%s %s", brief(probe.Shown(s.URL)), err)
	case u.User != nil:
		return posted{}, usage("the address contains a user name or password; leave them out")
	}
	if what := notAnAssertion(s.Compact); what != "" {
		return posted{}, unreadable("this is %s and not an assertion; nothing was sent", what)
	}
	t := tokenCommand{probeCommand: probeCommand{check: check{world: i.world}}}
	t.clientID, t.showSecrets = s.ClientID, i.showSecrets
	return t.request(s.URL, s.Compact, s.Profile)
}

// readFile reads a file that was named in the screen.
func (w world) readFile(path string) ([]byte, error) {
	const most = 64 << 20
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, noSuchFile(path)
	case !info.Mode().IsRegular():
		return nil, unreadable("%s is not a regular file", brief(path))
	case info.Size() > most:
		return nil, unreadable("%s is larger than 64 MiB; jwtdoctor check reads it in pieces", brief(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable("cannot open %s: %s", brief(path), reason(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, max(most, jose.MaxKeyFileBytes)))
	switch {
	case err != nil:
		return nil, unreadable("%s cannot be read: %s", brief(path), reason(err))
	case len(data) == 0:
		return nil, unreadable("%s is empty", brief(path))
	}
	return data, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() || errors.Is(err, os.ErrPermission)
}

// noClipboard reports whether the terminal is one that ignores OSC 52.
func noClipboard(w world) bool {
	return w.getenv("TERM") == "linux" || w.getenv("TERM_PROGRAM") == "Apple_Terminal" || w.getenv("STY") != ""
}
