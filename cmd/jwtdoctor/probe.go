package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// probeCommand looks at one address.
type probeCommand struct {
	check
	noMetadata bool
}

func newProbe(w world) *cobra.Command {
	c := &probeCommand{check: check{world: w}}
	cmd := &cobra.Command{
		Use:   "probe URL",
		Short: "Test the connection to a token endpoint",
		Long: `probe connects to an address step by step and says how far it got: the name, the
connection, the certificate and its chain, a proxy in between, one GET, the
server's clock against this machine's, and what the server publishes about itself
(OpenID, RFC 8414, SMART). It sends nothing that contains a credential.`,
		Example: `  jwtdoctor probe https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token
  jwtdoctor probe https://as.example.com/token --ca corporate-ca.pem`,
		Args: oneArg("the URL to test"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	c.onlineFlags.register(cmd)
	fl.BoolVar(&c.noMetadata, "no-discovery", false, "do not look for discovery documents")
	c.judgeFlags.register(cmd, partOffline|partSecrets)
	c.reportFlags.register(cmd)
	c.screenFlags.register(cmd)
	return cmd
}

func (c *probeCommand) run(cmd *cobra.Command, address string) error {
	// An address of the project's file, and where to go, are nobody's word.
	p, err := c.prepare(cmd, ownOnline()...)
	if err != nil {
		return err
	}
	switch {
	case c.offline:
		return usage("probe goes online, and --offline forbids it")
	case !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://"):
		return usage("probe %s: an address begins with https:// (or http://)", brief(address))
	}
	if err := webAddress("probe", address); err != nil {
		return err
	}
	client, err := c.client(cmd.Context(), c.world)
	if err != nil {
		return err
	}
	if !c.quiet {
		c.noteProxy(address, client)
	}
	wait := newProgress(p.world, c.quiet)
	client.Step = wait.step
	client = client.Whole()
	n := client.Look(cmd.Context(), address)
	seen := doctor.Online{Network: n, Answered: c.clock()}
	seen.Unread = !c.noMetadata
	if !c.noMetadata && n.HTTP != nil && n.HTTP.Status != 0 && cmd.Context().Err() == nil {
		wait.step("looking for discovery documents")
		client.Step = nil
		find := client.Discover
		if c.tokenURL == address {
			find = client.DiscoverFrom
		}
		seen.Discovery = whole(cmd.Context(), find(cmd.Context(), address))
	}
	wait.end()
	seen.Interrupted = cmd.Context().Err() != nil
	rs, err := c.reports(p)
	if err != nil {
		return err
	}
	judged, result, err := doctor.JudgeNetwork(p.opts, seen)
	if err == nil {
		if c.format == "text" && !c.quiet {
			if err := c.print(route(n, seen.Discovery, c.clock())); err != nil {
				return err
			}
		}
		_ = rs.one(judged) // what cannot be written is told by conclude
	}
	c.interrupted(cmd)
	return c.unfinished(judged, c.conclude(cmd, rs, result, err, gatherer{}, p.from))
}

// unfinished is the exit of a run in which a step failed for a reason that is
// none of the causes: nothing was found, and not because all is well.
func (c *probeCommand) unfinished(judged finding.Case, ended error) error {
	var code status
	switch {
	case judged.Unfinished == "":
		return ended
	case ended != nil && !(errors.As(ended, &code) && code == exitFound):
		return ended
	}
	// A text report without a fault ends with these very words.
	if c.format != "text" || len(judged.Diagnosis) > 0 {
		c.complain("could not finish: " + judged.Unfinished)
	}
	return status(exitUnfinished)
}

// route lists the steps for people, one a line, with what each came to.
func route(n *evidence.Network, d *evidence.Discovery, now time.Time) string {
	var b strings.Builder
	line := func(step, format string, args ...any) {
		fmt.Fprintf(&b, "  %-10s %s\n", step, visible.Text(looks(fmt.Sprintf(format, args...))))
	}
	ms := func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
	if x := n.Proxy; x != nil {
		words := x.URL + " (from " + x.From + ")"
		if x.Fault != "" {
			words += ": " + x.Says
		}
		line("proxy", "%s", strings.TrimSpace(words))
	}
	if x := n.DNS; x != nil {
		if x.Fault != "" {
			line("DNS", "%s", x.Says)
		} else {
			hosts := ""
			if x.HostsFile {
				hosts = ", by this machine's hosts file"
			}
			line("DNS", "%s: %s%s (%s)", x.Name, strings.Join(x.Addresses, ", "), hosts, ms(x.Took))
		}
	}
	if x := n.Connect; x != nil {
		if x.Fault != "" {
			line("TCP", "%s", x.Says)
		} else if len(x.Tried) > 0 {
			line("TCP", "%s (%s)", x.Tried[len(x.Tried)-1].Address, ms(x.Took))
		}
	}
	if x := n.TLS; x != nil {
		words := strings.TrimSpace(x.Version + " " + x.ALPN + " (" + ms(x.Took) + ")")
		if x.Fault != "" && x.Version == "" {
			words = x.Says
		} else if x.Fault != "" {
			words += ": " + x.Says
		}
		line("TLS", "%s", words)
		for i, cert := range x.Chain {
			lead := strings.Repeat("   ", i)
			if i > 0 {
				lead = strings.Repeat("   ", i-1) + "└─ "
			}
			left := fmt.Sprintf("%d days left", probe.DaysLeft(cert, now))
			if probe.DaysLeft(cert, now) < 0 {
				left = "expired"
			}
			line("", "%s%s, %s, %s", lead, cert.Subject, cert.Key, left)
			if i == len(x.Chain)-1 && !cert.SelfSigned {
				line("", "%s└─ (issued by %s, not sent)", strings.Repeat("   ", i), cert.Issuer)
			}
		}
	}
	if x := n.HTTP; x != nil {
		switch {
		case x.Status == 0:
			line("HTTP", "%s", x.Says)
		case x.Fault == evidence.FaultHTTPFailed || x.Fault == evidence.FaultHTTPTimeout:
			line("HTTP", "%s: %d (%s); %s", x.Method, x.Status, ms(x.Took), x.Says)
		default:
			line("HTTP", "%s: %d (%s)", x.Method, x.Status, ms(x.Took))
		}
		for _, r := range x.Redirects {
			line("", "%d to %s", r.Status, r.To)
		}
		if x.Response != nil && !x.Response.Date.IsZero() {
			cached := ""
			if age := x.Response.Headers.Value("Age"); strings.Trim(age, "0 ") != "" {
				cached = ", from a cache (Age: " + age + ")"
			}
			line("clock", "the server says %s%s, this machine %s", x.Response.Date.Format("15:04:05Z"), cached, now.UTC().Format("15:04:05Z"))
		}
	}
	if d != nil && d.Doc != nil {
		line("discovery", "%s", d.Source)
		for _, x := range [][2]string{{"issuer", d.Issuer}, {"token endpoint", d.TokenEndpoint}, {"auth methods", strings.Join(d.AuthMethods, ", ")}, {"algorithms", strings.Join(d.Algs, ", ")}} {
			if x[1] != "" {
				line("", "%s: %s", x[0], x[1])
			}
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return visible.Text(looks(n.URL)) + "\n" + b.String() + "\n"
}
