package main

import (
	"bufio"
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/term"
)

// listening is a command under way that listens on an address: a serve or a tap.
type listening struct {
	url         string
	stop        context.CancelFunc
	ended       chan error
	out, errOut *transcript
}

var announced = regexp.MustCompile(`listening on (https?://\S+)`)

// startListening runs a command until it says where it listens.
func startListening(t *testing.T, clock func() time.Time, args ...string) *listening {
	t.Helper()
	where := make(chan string, 1)
	heard := func(line string) {
		if m := announced.FindStringSubmatch(line); m != nil {
			select {
			case where <- m[1]:
			default:
			}
		}
	}
	out, errOut := newTranscript(heard), newTranscript(heard)
	s := &listening{ended: make(chan error, 1), out: out, errOut: errOut}
	ctx, cancel := context.WithCancel(t.Context())
	s.stop = cancel
	go func() {
		err := execute(ctx, args, world{Streams: term.Plain(strings.NewReader(""), out.in, errOut.in), clock: clock, mask: mask.Of(commandLine{args, nil}), files: &files{}})
		out.in.Close()
		errOut.in.Close()
		s.ended <- err
	}()
	select {
	case s.url = <-where:
	case err := <-s.ended:
		t.Fatalf("it ended before it listened: %v\n%s", err, errOut)
	}
	t.Cleanup(cancel)
	return s
}

// end waits for the command and returns its exit code and what it printed.
func (s *listening) end() (code int, out string) {
	err := <-s.ended
	<-s.out.read
	<-s.errOut.read
	return exitCode(err), s.out.String()
}

// transcript is what a command writes while it runs.
type transcript struct {
	in   *io.PipeWriter
	read chan struct{} // closed when all of it was read

	mu    sync.Mutex
	more  sync.Cond
	lines []string
	taken int
	whole bool
}

func newTranscript(heard func(line string)) *transcript {
	from, in := io.Pipe()
	tr := &transcript{in: in, read: make(chan struct{})}
	tr.more.L = &tr.mu
	go func() {
		defer close(tr.read)
		lines := bufio.NewReader(from)
		for {
			line, err := lines.ReadString('\n')
			tr.mu.Lock()
			if line != "" {
				tr.lines = append(tr.lines, line)
			}
			tr.whole = err != nil
			tr.more.Broadcast()
			tr.mu.Unlock()
			if err != nil {
				return
			}
			heard(line)
		}
	}()
	return tr
}

// next waits for the next line; "" if there are no more.
func (tr *transcript) next() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for tr.taken == len(tr.lines) && !tr.whole {
		tr.more.Wait()
	}
	if tr.taken == len(tr.lines) {
		return ""
	}
	tr.taken++
	return tr.lines[tr.taken-1]
}

// String is what was read so far.
func (tr *transcript) String() string {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return strings.Join(tr.lines, "")
}
