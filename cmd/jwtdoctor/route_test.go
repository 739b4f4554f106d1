package main

import (
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

func TestRouteAndVerdict(t *testing.T) {
	now := time.Unix(1795219230, 0)
	up := func() *evidence.Network {
		return &evidence.Network{URL: "https://as.example/token", DNS: &evidence.Lookup{Name: "as.example", Addresses: []string{"192.0.2.1"}},
			Connect: &evidence.Connect{Tried: []evidence.Attempt{{Address: "192.0.2.1:443"}}}, TLS: &evidence.TLS{Version: "TLS 1.3"},
			HTTP: &evidence.Exchanged{Method: "GET", Status: 405}}
	}
	for _, tt := range []struct {
		name          string
		change        func(*evidence.Network)
		step, verdict string
	}{
		{"all well", func(*evidence.Network) {}, "✓ HTTP", "✓ The connection works: the server answered with HTTP 405 over TLS 1.3."},
		{"no name", func(n *evidence.Network) {
			n.DNS, n.Connect, n.TLS, n.HTTP = &evidence.Lookup{Fault: evidence.FaultDNSNotFound, Says: "no such name"}, nil, nil, nil
		}, "✗ DNS        no such name", "✗ The connection fails at DNS: the name is not resolved."},
		{"certificate", func(n *evidence.Network) { n.TLS.Fault, n.TLS.Says = evidence.FaultTLSExpired, "it has expired" }, "✗ TLS", "✗ The connection fails at TLS."},
		{"intercepted", func(n *evidence.Network) { n.TLS.Intercepted = "Proxy CA" }, "! TLS", "✓ The connection works"},
		{"server error", func(n *evidence.Network) { n.HTTP.Status = 503 }, "! HTTP", "HTTP 503"},
		{"interrupted", func(n *evidence.Network) { n.Interrupted, n.HTTP = true, nil }, "✓ TLS", "✗ The test ended before the server answered."},
	} {
		n := up()
		tt.change(n)
		if got := (&drawn{width: 80}).route(n, nil, now); !strings.Contains(got, "  "+tt.step) {
			t.Errorf("%s: no %q in\n%s", tt.name, tt.step, got)
		}
		if got := (&drawn{width: 80}).verdict(n, finding.Case{}); !strings.Contains(got, tt.verdict) {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.verdict)
		}
	}
}

// What a server says cannot move the cursor, and is wrapped like our own words.
func TestRouteIsSafe(t *testing.T) {
	n := &evidence.Network{URL: "https://as.example/", DNS: &evidence.Lookup{Fault: evidence.FaultDNSFailed, Says: "\x1b[2J\u202e" + strings.Repeat("word ", 60)}}
	for _, ascii := range []bool{false, true} {
		got := (&drawn{width: 60, ascii: ascii}).route(n, nil, time.Unix(0, 0))
		if strings.ContainsAny(got, "\x1b\u202e") {
			t.Errorf("%q", got)
		}
		for line := range strings.Lines(got) {
			if visible.Width(strings.TrimRight(line, "\n")) > 60 {
				t.Errorf("%q is too wide", line)
			}
		}
	}
}
