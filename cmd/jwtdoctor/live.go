package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/screen"
	"github.com/assertionworks/jwtdoctor/internal/serve"
	"github.com/assertionworks/jwtdoctor/internal/tap"
)

// feed hands exchanges on to the screen. The observed server does not wait for somebody
// who reads: what there is no room for is left out.
type feed struct{ ch chan screen.Exchange }

// mostWaiting is how many exchanges wait for the screen at a time.
const mostWaiting = 256

func newFeed() *feed { return &feed{make(chan screen.Exchange, mostWaiting)} }

// observe takes a request that the server answered.
func (f *feed) observe(e serve.Event, known *evidence.Case, c *finding.Case) {
	title := fmt.Sprintf("%s %s, %d", e.Method, e.Path, e.Answer.Status)
	if e.Answer.Error != "" {
		title += " " + e.Answer.Error
	}
	x := screen.Exchange{Title: title, Evidence: known}
	switch {
	case c != nil:
		x.Cases = []finding.Case{*c}
	default:
		x.Cases = []finding.Case{{Unfinished: cmp.Or(e.Remark, "the request cannot be read"), Summary: finding.CaseSummary{Verdict: finding.VerdictFail}}}
	}
	f.send(x)
}

// tapped takes an exchange that went through the tap.
func (f *feed) tapped(e tap.Exchange) {
	x := screen.Exchange{Title: fmt.Sprintf("%s %s, %d", e.Method, e.Path, e.Status), Evidence: e.Evidence}
	switch {
	case e.Case != nil:
		x.Cases = []finding.Case{*e.Case}
	default:
		x.Cases = []finding.Case{{Unfinished: cmp.Or(e.Remark, "not a token request"), Summary: finding.CaseSummary{Verdict: finding.VerdictPass}}}
	}
	f.send(x)
}

func (f *feed) send(x screen.Exchange) {
	select {
	case f.ch <- x:
	default:
	}
}

// live is a screen that shows a feed and does nothing else.
func (w world) live(from <-chan screen.Exchange, title string, opts doctor.Options) screen.Config {
	return screen.Config{Options: opts, Clock: w.clock, Color: w.Color, ASCII: w.ASCII, Environ: w.environ, NoClipboard: noClipboard(w),
		Read: w.readFile, Exists: isFile, Live: from, LiveTitle: title}
}

// watch runs the server behind the screen; leaving the screen ends it.
func (c *serveCommand) watch(ctx context.Context, w world, s *serve.Server, f *feed, opts doctor.Options) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	title := "listening on " + s.URL() + " (profile " + s.Profile().ID + ")"
	if err := w.show(ctx, w.live(f.ch, title, opts)); err != nil {
		return err
	}
	stop(errors.New("the screen was left"))
	if err := <-ended; err != nil {
		return c.broken(w, err)
	}
	return c.ended(s)
}

// watch runs the tap behind the screen; leaving the screen ends it.
func (c *tapCommand) watch(ctx context.Context, p prepared, t *tap.Tap, f *feed) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	ended := make(chan error, 1)
	go func() { ended <- t.Run(ctx) }()
	if err := p.show(ctx, p.live(f.ch, "listening on "+t.TokenURL(), p.opts)); err != nil {
		return err
	}
	stop(errors.New("the screen was left"))
	if err := <-ended; err != nil {
		c.complain(err.Error())
		return status(exitUnfinished)
	}
	return nil
}

// watch shows the exchange in the screen.
func (c *tokenCommand) watch(ctx context.Context, p prepared, inputs []doctor.Input) error {
	cases, err := doctor.Evidence(ctx, p.opts, inputs)
	if err != nil {
		return err
	}
	d, err := doctor.New(p.opts)
	if err != nil {
		return err
	}
	f := newFeed()
	var worst finding.Severity
	for _, e := range cases {
		doctor.Examine(e)
		judged, err := d.Judge(e, nil)
		if err != nil {
			return err
		}
		worst = worst.Or(judged[0].Worst()) // the first profile decides
		title := "the request"
		if r, ok := e.Response.Get(); ok && r.Status > 0 {
			title = fmt.Sprintf("the answer, %d", r.Status)
		}
		f.send(screen.Exchange{Title: title, Evidence: e, Cases: judged})
	}
	close(f.ch)
	if err := c.show(ctx, c.live(f.ch, "sending", p.opts)); err != nil {
		return err
	}
	if c.fails(worst) {
		return status(exitFound)
	}
	return nil
}
