package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// ended is why a run is over before it was done.
type ended struct{ syscall.Signal }

func (e ended) Error() string { return "ended by " + e.String() }

// untilSignal is a context that is done when the process is asked to end: by Ctrl-C,
// when its terminal is closed, or by whatever runs it. A second such signal ends the
// process at once. A signal that is ignored from the start (nohup, a shell's
// background) stays ignored.
func untilSignal(parent context.Context) context.Context {
	var asked []os.Signal
	for _, s := range []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM} {
		if !signal.Ignored(s) {
			asked = append(asked, s)
		}
	}
	if len(asked) == 0 {
		return parent // to Notify, none given means all there are
	}
	ctx, cancel := context.WithCancelCause(parent)
	got := make(chan os.Signal, 1)
	signal.Notify(got, asked...)
	go func() {
		select {
		case s := <-got:
			signal.Stop(got)
			number, _ := s.(syscall.Signal)
			cancel(ended{number})
		case <-ctx.Done():
			signal.Stop(got)
		}
	}()
	return ctx
}

// interruption is the exit code of a run that was ended: 128 and the number of the
// signal, as shells have it.
func interruption(ctx context.Context) int {
	var by ended
	if errors.As(context.Cause(ctx), &by) && by.Signal > 0 {
		return 128 + int(by.Signal)
	}
	return exitInterrupted
}

// watched remembers the first failure of a stream. Libraries that write to it do
// not all pass it on.
type watched struct {
	io.Writer
	err error
}

func (w *watched) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if err != nil && w.err == nil {
		w.err = err
	}
	return n, err
}
