package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/assertionworks/jwtdoctor/scripts/terminal"
)

// screen measures the interactive screen as a person meets it: the first paint, a large
// paste, and a key with a token of 500 claims; and how large the program is.
func (m *measure) screen() {
	m.size()
	env := append(os.Environ(), "TERM=xterm-256color", "LANG=C.UTF-8", "HOME=/nonexistent")
	const patience = 30 * time.Second
	open := func(answers bool) *terminal.Terminal {
		s, err := terminal.Start(terminal.Options{Columns: 120, Rows: 40, Env: env, Dir: m.dir, Answers: answers}, m.binary)
		if err != nil {
			fmt.Println("--    the screen is not measured: there are no pseudo-terminals here")
			return nil
		}
		return s
	}
	for _, answers := range []bool{true, false} {
		what := "that answers"
		if !answers {
			what = "that answers nothing"
		}
		took := median(9, func() time.Duration {
			start := time.Now()
			s := open(answers)
			if s == nil {
				return 0
			}
			defer s.Close()
			if !s.WaitFor("Nothing leaves this machine", patience) {
				return patience
			}
			return time.Since(start)
		})
		m.row("first paint of the screen on a terminal "+what, ms(took), "≤ 100 ms", took <= 100*time.Millisecond)
	}
	k := newRSA(m, "screen.jwks")
	token := assertion(k, 1, time.Now())
	if s := open(false); s != nil {
		defer s.Close()
		s.WaitFor("Nothing leaves", patience)
		// A log with one assertion in it, as people paste them whole.
		filler := "2026-11-29 14:00:00 INFO worker-7 handled a job of no interest to anybody in 12 ms\n"
		text := strings.Repeat(filler, (1<<20)/len(filler)) + "client_assertion=" + token + "\n"
		start := time.Now()
		s.Paste(text)
		took := patience
		if s.WaitFor("[token ✓]", patience) {
			took = time.Since(start)
		}
		m.row("a paste of 1 MiB, until it is judged on the screen", ms(took), "≤ 2 s", took <= 2*time.Second)
	}
	m.keys(open(false), k, patience)
}

// keys measures how long a key takes until the screen shows what it did, with a token of
// 500 claims: moving through the findings, and typing into a claim, which judges again.
func (m *measure) keys(s *terminal.Terminal, k *signer, patience time.Duration) {
	if s == nil {
		return
	}
	defer s.Close()
	claims := map[string]any{}
	if err := json.Unmarshal(decode(strings.Split(assertion(k, 1, time.Now()), ".")[1]), &claims); err != nil {
		fail(err)
	}
	for i := range 500 {
		claims[fmt.Sprintf("claim_%03d", i)] = strings.Repeat("value ", 8)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		fail(err)
	}
	head, _, _ := strings.Cut(assertion(k, 1, time.Now()), ".")
	s.WaitFor("Nothing leaves", patience)
	s.Paste(head + "." + b64.EncodeToString(payload) + ".c2ln")
	if !s.WaitFor("[token ✓]", patience) {
		m.row("a key with a token of 500 claims", "never judged", "≤ 16 ms", false)
		return
	}
	press := func(key string) time.Duration {
		before := s.Screen()
		start := time.Now()
		s.Type(key)
		if !s.Until(func(screen string) bool { return screen != before }, patience) {
			return patience
		}
		return time.Since(start)
	}
	down := true
	took := median(31, func() time.Duration {
		time.Sleep(40 * time.Millisecond) // the frame before has been drawn
		key := "\x1b[B"
		if !down {
			key = "\x1b[A"
		}
		down = !down
		return press(key)
	})
	m.row("a key on the findings of a token with 500 claims, until it shows", ms(took), "≤ 16 ms", took <= 16*time.Millisecond)
	s.Type("e")
	s.WaitFor("what if", patience)
	took = median(31, func() time.Duration {
		time.Sleep(40 * time.Millisecond)
		return press("x")
	})
	m.row("a key in the editor of that token, judged and shown", ms(took), "≤ 16 ms", took <= 16*time.Millisecond)
}

// size measures the program as it is shipped for linux/amd64.
func (m *measure) size() {
	if runtime.GOOS == "windows" {
		return
	}
	to := filepath.Join(m.dir, "stripped")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", to, "./cmd/jwtdoctor")
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		fail(fmt.Errorf("go build: %w\n%s", err, out))
	}
	info, err := os.Stat(to)
	if err != nil {
		fail(err)
	}
	m.row("the program, stripped, for linux/amd64", mb(info.Size()), "≤ 17 MB", info.Size() <= 17_000_000)
}
