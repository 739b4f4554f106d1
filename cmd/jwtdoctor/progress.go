package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// progress shows on a terminal which step is being waited for, and how long.
// Where standard error is none, it says nothing.
type progress struct {
	w     world
	mu    sync.Mutex
	name  string
	since time.Time
	shown bool
	stop  chan struct{}
	done  sync.WaitGroup
}

// patience is how long a step may take before anything is shown.
const patience = 400 * time.Millisecond

func newProgress(w world, quiet bool) *progress {
	p := &progress{w: w, stop: make(chan struct{})}
	if !w.ErrIsTTY || quiet {
		return p
	}
	p.done.Add(1)
	go p.turn()
	return p
}

// step names what is being done now.
func (p *progress) step(name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.name, p.since = name, time.Now()
}

func (p *progress) turn() {
	defer p.done.Done()
	frames := []string{"⠋", "⠙", "⠸", "⠴", "⠦", "⠇"}
	if p.w.ASCII {
		frames = []string{"|", "/", "-", `\`}
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-p.stop:
			return
		case <-tick.C:
		}
		p.mu.Lock()
		name, waited := p.name, time.Since(p.since)
		p.mu.Unlock()
		if name != "" && waited > patience {
			fmt.Fprintf(p.w.Err, "\r%s %s %.1fs\x1b[K", frames[i%len(frames)], visible.Text(name), waited.Seconds())
			p.shown = true
		}
	}
}

// end takes the line away.
func (p *progress) end() {
	close(p.stop)
	p.done.Wait()
	if p.shown {
		fmt.Fprint(p.w.Err, "\r\x1b[K")
	}
}
