// Command measure says how fast jwtdoctor is and how much memory it takes, each
// figure next to its bound and, if there is one, next to the floor: what the
// cryptography on its own, or a program that does nothing, takes in the same run.
//
//	go run ./scripts/measure [-lines N] [-binary FILE] [-only batches|starts|har|again|screen]
//
// Wall times are of the whole machine, so it should have nothing else to do. The
// exit status is 1 where a bound is not kept.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	lines := flag.Int("lines", 1_000_000, "lines of the longest batch")
	binary := flag.String("binary", "", "the program to measure (default: built from this module)")
	only := flag.String("only", "", "measure this part alone: batches, starts, har, again or screen")
	flag.Parse()
	dir, err := os.MkdirTemp("", "measure")
	if err != nil {
		fail(err)
	}
	defer os.RemoveAll(dir)
	m := &measure{dir: dir, binary: *binary}
	m.build()
	for _, part := range []struct {
		name string
		run  func()
	}{{"batches", func() { m.batches(*lines) }}, {"starts", m.starts}, {"har", m.har}, {"again", m.again}, {"screen", m.screen}} {
		if *only == "" || *only == part.name {
			part.run()
		}
	}
	if m.missed > 0 {
		fmt.Printf("\n%d of %d bounds not kept\n", m.missed, m.rows)
		os.RemoveAll(dir)
		os.Exit(1)
	}
	fmt.Printf("\nall %d bounds kept\n", m.rows)
}

type measure struct {
	dir, binary, hello string
	rows, missed       int
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "measure:", err)
	os.Exit(2)
}

// build makes the two programs as releases are made: without C, whose loader is
// not the program's own.
func (m *measure) build() {
	compile := func(name, pkg string) string {
		to := filepath.Join(m.dir, name)
		cmd := exec.Command("go", "build", "-o", to, pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			fail(fmt.Errorf("go build %s: %w\n%s", pkg, err, out))
		}
		return to
	}
	m.hello = compile("hello", "./scripts/measure/hello")
	if m.binary == "" {
		m.binary = compile("jwtdoctor", "./cmd/jwtdoctor")
	}
}

// row prints one figure. The bound is kept where good.
func (m *measure) row(what, value, bound string, good bool) {
	sign := "ok  "
	m.rows++
	if !good {
		sign = "MISS"
		m.missed++
	}
	fmt.Printf("%s  %-62s %18s   bound %s\n", sign, what, value, bound)
}

// cost is what one run of a program took.
type cost struct {
	wall, cpu time.Duration
	peak      int64  // bytes; of keepPeak
	out       []byte // of keepOutput
}

// kept is what to know of a run apart from its time.
type kept uint8

const (
	keepTime kept = iota
	keepOutput
	// keepPeak follows the memory, which takes a tenth of the time of the run.
	keepPeak
)

// run runs a program with a file as standard input.
func run(stdin string, keep kept, program string, args ...string) cost {
	cmd := exec.Command(program, args...)
	var out bytes.Buffer
	if keep == keepOutput {
		cmd.Stdout = &out
	}
	if stdin != "" {
		f, err := os.Open(stdin)
		if err != nil {
			fail(err)
		}
		defer f.Close()
		cmd.Stdin = f
	}
	cmd.Env = append(os.Environ(), "HOME=/nonexistent")
	start := time.Now()
	if err := cmd.Start(); err != nil {
		fail(err)
	}
	end := func() int64 { return 0 }
	if keep == keepPeak {
		stop := make(chan struct{})
		memory := watch(cmd.Process.Pid, stop)
		end = func() int64 {
			close(stop)
			return <-memory
		}
	}
	_ = cmd.Wait() // an exit status of 1 says that something was found
	c := cost{wall: time.Since(start), out: out.Bytes(), peak: end()}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return c
}

// median runs something an odd number of times and returns the middle figure.
func median(n int, run func() time.Duration) time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = run()
	}
	slices.Sort(all)
	return all[n/2]
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }

func mb(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func (m *measure) file(name string, text []byte) string {
	path := filepath.Join(m.dir, name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		fail(err)
	}
	return path
}

// starts measures what short commands take.
func (m *measure) starts() {
	const runs = 21
	cpu := func(stdin string, args ...string) time.Duration {
		return median(runs, func() time.Duration { return run(stdin, keepTime, m.binary, args...).cpu })
	}
	floor := median(runs, func() time.Duration { return run("", keepTime, m.hello, "version").cpu })
	refusal := m.file("error.json", []byte(`{"error":"invalid_client","error_description":null}`))
	one := m.file("one.jwt", []byte(assertion(newRSA(m, "one.jwks"), 1, time.Now())))
	bound := func(what string, most time.Duration, stdin string, args ...string) {
		d := cpu(stdin, args...)
		m.row("CPU of "+what, ms(d), "≤ "+ms(most), d <= most)
	}
	bound("check -p epic of an error body", 25*time.Millisecond, "", "check", "-p", "epic", refusal)
	bound("check of an error body", 40*time.Millisecond, "", "check", refusal)
	bound("explain aud-trailing-slash", 20*time.Millisecond, "", "explain", "aud-trailing-slash")
	bound("profiles", 20*time.Millisecond, "", "profiles")
	ratio := func(what string, most float64, args ...string) {
		d := cpu("", args...)
		r := float64(d) / float64(floor)
		m.row("CPU of "+what+" against a cobra hello-world ("+ms(floor)+")", fmt.Sprintf("%s, %.1f×", ms(d), r), fmt.Sprintf("≤ %.1f×", most), r <= most)
	}
	ratio("version", 2.5, "version")
	ratio("check of one assertion", 5, "check", one)
}

// har measures a HAR with 590 refused exchanges.
func (m *measure) har() {
	k := newRSA(m, "har.jwks")
	var b strings.Builder
	b.WriteString(`{"log":{"version":"1.2","creator":{"name":"measure","version":"1"},"entries":[`)
	now := time.Now()
	for i := range 590 {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, `{"startedDateTime":%q,"time":12,"request":{"method":"POST","url":"https://api.redoxengine.com/v2/auth/token","httpVersion":"HTTP/1.1",`+
			`"headers":[{"name":"Content-Type","value":"application/x-www-form-urlencoded"}],"queryString":[],"cookies":[],"headersSize":-1,"bodySize":-1,`+
			`"postData":{"mimeType":"application/x-www-form-urlencoded","text":"grant_type=client_credentials&client_assertion_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3Aclient-assertion-type%%3Ajwt-bearer&client_assertion=%s"}},`+
			`"response":{"status":400,"statusText":"Bad Request","httpVersion":"HTTP/1.1","headers":[{"name":"Content-Type","value":"application/json"}],"cookies":[],`+
			`"content":{"size":51,"mimeType":"application/json","text":"{\"error\":\"invalid_client\",\"error_description\":null}"},"redirectURL":"","headersSize":-1,"bodySize":-1},"cache":{},"timings":{"send":1,"wait":10,"receive":1}}`,
			now.UTC().Format(time.RFC3339), assertion(k, i, now))
	}
	b.WriteString("]}}")
	path := m.file("session.har", []byte(b.String()))
	c := run("", keepTime, m.binary, "check", path)
	m.row(fmt.Sprintf("CPU of a HAR with 590 refused exchanges (%s)", mb(int64(b.Len()))), ms(c.cpu), "< 1 s", c.cpu < time.Second)
}
