package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

// meter shows on a terminal how far a batch has come, how fast, and how long it
// will still take. Where standard error is none, it costs and says nothing. Only
// the goroutine that writes the reports uses it; the readers only add to read.
type meter struct {
	w     world
	on    bool
	total int64 // bytes of all inputs; 0 if that is not known
	read  atomic.Int64
	start time.Time
	last  time.Time
	shown bool
}

const (
	meterPatience = time.Second            // before anything is shown
	meterPace     = 200 * time.Millisecond // between two looks
	meterEvery    = 64                     // cases between two glances at the clock
)

// newMeter watches the inputs being read, if it is on.
func newMeter(w world, quiet bool, inputs []doctor.Input) *meter {
	m := &meter{w: w, on: w.ErrIsTTY && !quiet}
	if !m.on {
		return m
	}
	m.start = w.clock()
	known := true
	for i := range inputs {
		size, ok := sizeOf(w, inputs[i])
		m.total += size
		known = known && ok
		inputs[i].Open = &metered{inputs[i].Open, &m.read}
	}
	if !known {
		m.total = 0
	}
	return m
}

// sizeOf is how many bytes an input has, where that is known beforehand.
func sizeOf(w world, in doctor.Input) (int64, bool) {
	var info fs.FileInfo
	var err error
	if in.Stream {
		s, ok := w.In.(interface{ Stat() (fs.FileInfo, error) })
		if !ok {
			return 0, false
		}
		info, err = s.Stat()
	} else {
		info, err = os.Stat(in.Name)
	}
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	return info.Size(), true
}

// metered counts what is read.
type metered struct {
	io.Reader
	read *atomic.Int64
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.read.Add(int64(n))
	return n, err
}

// show draws the line again where it is time to.
func (m *meter) show(done finding.Progress) {
	if !m.on || done.Cases < 2 {
		return
	}
	now := m.w.clock()
	if now.Sub(m.start) < meterPatience || now.Sub(m.last) < meterPace {
		return
	}
	m.last, m.shown = now, true
	fmt.Fprint(m.w.Err, "\r"+m.line(done, now.Sub(m.start))+"\x1b[K")
}

// line is the line: cases, failures, rate, time left.
func (m *meter) line(done finding.Progress, elapsed time.Duration) string {
	dot := " · "
	if m.w.ASCII {
		dot = " | "
	}
	text := report.Grouped(int64(done.Cases)) + " cases" + dot + report.Grouped(int64(done.Failed)) + " failed" + dot + report.Grouped(int64(float64(done.Cases)/elapsed.Seconds())) + "/s"
	if read := m.read.Load(); m.total > 0 && read > 0 && read <= m.total {
		left := time.Duration(float64(elapsed) * float64(m.total-read) / float64(read))
		text += dot + left.Round(time.Second).String() + " left"
	}
	return text
}

// clear takes the line away, before anything else is written to the terminal.
func (m *meter) clear() {
	if m.shown {
		m.shown = false
		fmt.Fprint(m.w.Err, "\r\x1b[K")
	}
}
