package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
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
	// The last line is the fix; without one it is that the connection works.
	drawn, last := c.drawnOn(p.world), ""
	if err == nil {
		if c.format == "text" && !c.quiet {
			route := drawn.route(n, seen.Discovery, c.clock())
			if last = drawn.verdict(n, judged); len(judged.Diagnosis) > 0 {
				route, last = route+last+"\n", ""
			}
			if err := c.print(route); err != nil {
				return err
			}
		}
		_ = rs.one(judged) // conclude reports what cannot be written
	}
	c.interrupted(cmd)
	done := c.unfinished(judged, c.conclude(cmd, rs, result, err, gatherer{}, p.from))
	if lost := (*outputError)(nil); last != "" && !errors.As(done, &lost) {
		if err := c.print(last); err != nil {
			return err
		}
	}
	return done
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
