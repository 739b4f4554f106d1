package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/term"
)

func TestMeter(t *testing.T) {
	var errs bytes.Buffer
	now := time.Unix(1_795_219_230, 0)
	w := world{Streams: term.Plain(strings.NewReader(""), io.Discard, &errs), clock: func() time.Time { return now }}
	w.ErrIsTTY = true
	path := filepath.Join(t.TempDir(), "batch")
	if err := os.WriteFile(path, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	inputs := []doctor.Input{{Name: path, Open: bytes.NewReader(make([]byte, 1000))}}
	m := newMeter(w, false, inputs)
	if _, err := io.ReadFull(inputs[0].Open, make([]byte, 250)); err != nil {
		t.Fatal(err)
	}
	m.show(finding.Progress{Cases: 10})
	if errs.Len() > 0 {
		t.Errorf("shown at once: %q", errs.String())
	}
	now = now.Add(10 * time.Second)
	m.show(finding.Progress{Cases: 12_340, Failed: 7})
	if got, want := errs.String(), "\r12,340 cases · 7 failed · 1,234/s · 30s left\x1b[K"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	m.show(finding.Progress{Cases: 12_341, Failed: 7})
	m.clear()
	m.clear()
	if got := errs.String(); !strings.HasSuffix(got, "left\x1b[K\r\x1b[K") {
		t.Errorf("%q", got)
	}
	// Of standard input that is a pipe nobody knows the length.
	errs.Reset()
	m = newMeter(w, false, []doctor.Input{{Name: "stdin", Open: strings.NewReader(""), Stream: true}})
	now = now.Add(2 * time.Second)
	m.show(finding.Progress{Cases: 10})
	if got := errs.String(); got != "\r10 cases · 0 failed · 5/s\x1b[K" {
		t.Errorf("%q", got)
	}
	// Control: quiet, or no terminal.
	errs.Reset()
	for _, tty := range []bool{true, false} {
		w.ErrIsTTY = tty
		m = newMeter(w, tty, nil)
		now = now.Add(time.Hour)
		m.show(finding.Progress{Cases: 10})
	}
	if errs.Len() > 0 {
		t.Errorf("%q", errs.String())
	}
}
