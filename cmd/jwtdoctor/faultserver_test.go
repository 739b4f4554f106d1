package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/tap"
)

// endpoint is one way in which a server, or what is in front of it, misbehaves, and
// the cause that each command names first: several parted by |, "" if nothing is
// wrong with it, and "-" where the command does not come to it.
type endpoint struct {
	name  string
	start func(t *testing.T, w *faultWorld) string // the address of the token endpoint
	proxy func(t *testing.T, w *faultWorld) string // "" for none
	// slow endpoints answer only when the timeout ends.
	slow                    bool
	probe, token, tap, jwks string
}

// faultWorld is what the endpoints share.
type faultWorld struct {
	root authority
	ca   string
	done chan struct{}
}

// TestFaultServer goes to more than a hundred endpoints with every command that goes
// online. Those that wait are left to the long command, but for a few.
func TestFaultServer(t *testing.T) {
	w := &faultWorld{root: newAuthority(t), ca: filepath.Join(t.TempDir(), "ca.pem"), done: make(chan struct{})}
	if err := os.WriteFile(w.ca, pemOf(w.root), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { close(w.done) })
	all := slices.Concat(httpFaults(), tcpFaults(), tlsFaults(), proxyFaults(), jwksFaults(t))
	if len(all) < 110 {
		t.Errorf("%d endpoints", len(all))
	}
	report := os.Getenv("FAULTS") != ""
	few := 3
	for _, e := range all {
		if e.slow {
			if few--; few < 0 && os.Getenv("JWTDOCTOR_LONG") == "" {
				continue
			}
		}
		t.Run(e.name, func(t *testing.T) {
			address := e.start(t, w)
			timeout := "60s"
			if e.slow {
				timeout = "500ms"
			}
			way := []string{"--ca", w.ca, "--timeout", timeout}
			if e.proxy != nil {
				way = append(way, "--proxy", e.proxy(t, w))
			}
			ask := func(command, want string, args ...string) {
				if want == "-" {
					return
				}
				begun := time.Now()
				code, out, errs := run("", append(append(args, way...), "-q", "-f", "json")...)
				if limit := 20 * time.Second; time.Since(begun) > limit {
					t.Errorf("%s took %s", command, time.Since(begun))
				}
				got := firstCause(out)
				if report {
					t.Logf("%s: %q", command, got)
					return
				}
				if !slices.Contains(strings.Split(want, "|"), got) {
					t.Errorf("%s: %q, want %q (exit code %d)\n%s", command, got, want, code, errs)
				}
			}
			ask("probe", e.probe, "probe", "--no-discovery", address)
			ask("token", e.token, "token", "-p", "rfc7523", "--key", signingKey, "--kid", "k1", "--client-id", "me", "--token-url", address)
			ask("jwks", e.jwks, "jwks", address)
			if e.tap != "-" {
				if got := tapped1(t, w, e, address, timeout); report {
					t.Logf("tap: %q", got)
				} else if !slices.Contains(strings.Split(e.tap, "|"), got) {
					t.Errorf("tap: %q, want %q", got, e.tap)
				}
			}
		})
	}
}

// firstCause is the cause a JSON report names first.
func firstCause(out string) string {
	var report struct {
		Cases []struct {
			Diagnosis []struct{ Cause string }
		}
	}
	if json.Unmarshal([]byte(out), &report) != nil {
		return "no report"
	}
	if len(report.Cases) == 0 || len(report.Cases[0].Diagnosis) == 0 {
		return ""
	}
	return report.Cases[0].Diagnosis[0].Cause
}

// tapped1 sends one good request through a tap, and returns the cause named first.
func tapped1(t *testing.T, w *faultWorld, e endpoint, address, timeout string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	limit, err := time.ParseDuration(timeout)
	if err != nil {
		t.Fatal(err)
	}
	client := probe.Client{}
	if client.ExtraRoots, err = probe.ReadCertificates(pemOf(w.root)); err != nil {
		t.Fatal(err)
	}
	if e.proxy != nil {
		if client.Proxy, err = url.Parse(e.proxy(t, w)); err != nil {
			t.Fatal(err)
		}
	}
	got := make(chan string, 1)
	made, err := tap.New(tap.Config{URL: u, Client: client, Timeout: limit, Once: 1,
		Options: doctor.Options{Profiles: []string{"rfc7523"}, Clock: pinnedNow},
		Observe: func(x tap.Exchange) {
			cause := x.Remark
			if x.Case != nil {
				cause = ""
				if len(x.Case.Diagnosis) > 0 {
					cause = string(x.Case.Diagnosis[0].Cause)
				}
			}
			select {
			case got <- cause:
			default:
			}
		}})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- made.Run(t.Context()) }()
	sendOnce(t, made.TokenURL(), address)
	cause := <-got
	if err := <-ended; err != nil {
		t.Error(err)
	}
	return cause
}
