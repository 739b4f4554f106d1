package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/serve"
)

type serveCommand struct {
	world
	keyFlags
	judgeFlags
	onlineFlags
	screenFlags
	listen, report, failWith, caOut string
	once                            int
	latency                         time.Duration
	anywhere, tls, onScreen         bool
}

func newServe(w world) *cobra.Command {
	c := &serveCommand{world: w}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run a strict local token endpoint to test your client",
		Long: `serve runs a token endpoint on this machine that checks each request against the
profile and answers as the provider would: with a token, worth nothing, or with
the provider's own error. It prints what is wrong on standard output.

It prints its address first. Any path that ends in /token works, and so does the
provider's own; the address is accepted in aud like the provider's. Discovery
documents are below /.well-known, and a record of the requests, as JSON, is at
/_jwtdoctor/requests.

Exit codes: 0 all --once requests came and none had a problem at or above
--fail-on; 1 one had; 2 wrong usage; 3 a report could not be written or a check of
--require could not run; 129, 130 or 143 stopped by SIGHUP, SIGINT or SIGTERM. Refusals made by --fail-with do not count as errors.`,
		Example: `  jwtdoctor serve --profile redox --client-id my-client --jwks jwks.json
  jwtdoctor serve --profile epic --once 3 --report cases.ndjson
  jwtdoctor serve --profile okta --fail-with jti-reused
  jwtdoctor serve --profile singpass --tls --ca-out ca.pem`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd) },
	}
	cmd.Flags().SortFlags = false
	fl := cmd.Flags()
	fl.StringVar(&c.jwks, "jwks", "", "the client's published keys: `FILE or URL`, - or text; without them signatures are not verified")
	fl.StringVar(&c.listen, "listen", "127.0.0.1:0", "`HOST:PORT` to listen on; port 0 is any free one")
	fl.BoolVar(&c.anywhere, "listen-anywhere", false, "let --listen be an address that other machines can reach")
	fl.IntVar(&c.once, "once", 0, "stop after `N` checked requests")
	fl.StringVar(&c.report, "report", "", "append each case to this `FILE`, as a line of JSON")
	fl.StringVar(&c.failWith, "fail-with", "", "refuse every request with this documented `ERROR`: its code, its text, or a cause")
	fl.DurationVar(&c.latency, "latency", 0, "wait this `DURATION` before each answer")
	fl.BoolVar(&c.tls, "tls", false, "HTTPS for localhost, by an authority made for this run")
	fl.StringVar(&c.caOut, "ca-out", "", "write the authority's certificate to this `FILE`, for the client to trust")
	fl.BoolVarP(&c.onScreen, "interactive", "i", false, "show the requests in the interactive screen as they come")
	c.onlineFlags.register(cmd)
	c.judgeFlags.register(cmd, partProfile|partIdentity|partChoice|partOffline|partSecrets)
	for flag, usage := range map[string]string{
		"profile":   "provider to imitate, `ID or FILE`",
		"env":       "`NAME` of the provider's environment (default: aud may be of any)",
		"client-id": "client `ID` expected in iss and sub (not compared if the JWT is the grant)",
		"aud":       "additional accepted `VALUE` of aud (repeatable)",
		"token-url": "`URL` of the real token endpoint, whose path and aud are accepted too",
		"issuer":    "`URL` of the real authorization server, accepted in aud too",
		"timeout":   "give up fetching the set of --jwks after this `DURATION`",
		"offline":   "fetch nothing",
	} {
		fl.Lookup(flag).Usage = usage
	}
	c.screenFlags.register(cmd)
	return cmd
}

func (c *serveCommand) run(cmd *cobra.Command) error {
	// What a project's file may not do: write files, unmask, open the machine.
	from, err := settle(cmd, c.world, append(ownOnline(), "report", "ca-out", "show-secrets", "listen-anywhere", "interactive")...)
	if err != nil {
		return err
	}
	w, err := c.screen(c.world)
	if err != nil {
		return from.blame(err)
	}
	config, err := c.config(cmd.Context(), w, from)
	if err != nil {
		return from.blame(err)
	}
	var feed *feed
	if c.onScreen {
		if !w.hasScreen() {
			return usage("-i: %s", "it needs a terminal; without -i the requests are reported line by line")
		}
		feed = newFeed()
		config.Out, config.Observe = nil, feed.observe
	}
	cases := &file{}
	if c.report != "" {
		config.Cases = cases
	}
	s, err := serve.New(config)
	if err != nil {
		return from.blame(err)
	}
	defer s.Close()
	// What is read stays as it is, and a start that is refused leaves no file behind.
	for flag, path := range map[string]string{"--report": c.report, "--ca-out": c.caOut} {
		if path == "" {
			continue
		}
		if err := w.files.keep(flag, path); err != nil {
			return err
		}
	}
	if c.report != "" {
		if cases.File, err = os.OpenFile(c.report, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600); err != nil {
			return &outputError{c.report, err}
		}
		defer cases.Close()
	}
	if c.caOut != "" {
		if err := os.WriteFile(c.caOut, s.CA(), 0o644); err != nil {
			return &outputError{c.caOut, err}
		}
	}
	if c.onScreen {
		return c.watch(cmd.Context(), w, s, feed, config.Options)
	}
	if err := w.print("listening on " + s.URL() + " (profile " + s.Profile().ID + ")\n"); err != nil {
		return err
	}
	if !c.quiet {
		c.remark(w, config.Options.JWKS)
	}
	if err := s.Run(cmd.Context()); err != nil {
		return c.broken(w, err)
	}
	return c.ended(s)
}

// ended is the exit of a server that has run.
func (c *serveCommand) ended(s *serve.Server) error {
	came := s.Outcome()
	for _, id := range came.Unmet {
		c.complain("--require " + id + ": it could not run for every request")
	}
	switch {
	case len(came.Unmet) > 0:
		return status(exitUnfinished)
	case c.once > 0 && (c.fails(came.Worst) || came.Judged < c.once):
		return status(exitFound)
	}
	return nil
}

// remark says at the start what will keep signatures from being verified.
func (c *serveCommand) remark(w world, keys *doctor.Document) {
	if keys == nil {
		w.note("without --jwks signatures are not verified")
	} else if why := serve.Unfetched(keys); why != "" {
		w.note("--jwks %s could not be fetched: %s; it is fetched again as requests come", brief(c.jwks), why)
	}
}

// config settles the flags into what the server is to be.
func (c *serveCommand) config(ctx context.Context, w world, from origins) (serve.Config, error) {
	var none serve.Config
	switch {
	case len(c.profiles) == 0 || c.profiles[0] == "":
		return none, usage("--profile is missing: name the provider to imitate; jwtdoctor profiles lists them")
	case len(c.profiles) > 1:
		return none, usage("--profile: serve imitates one provider, but got %d", len(c.profiles))
	case c.once < 0:
		return none, usage("--once %d: give the number of requests to check, 1 or more", c.once)
	case c.latency < 0:
		return none, usage("--latency %s: give a duration such as 500ms", c.latency)
	case c.caOut != "" && !c.tls:
		return none, usage("--ca-out needs --tls, which creates the certificate; add --tls")
	}
	opts, err := c.judgeFlags.options(w, inputFlags{})
	if err != nil {
		return none, err
	}
	opts.Clock = w.clock // it runs for long
	client, err := c.client(ctx, w)
	if err != nil {
		return none, err
	}
	g := gatherer{world: w, ctx: ctx, stdinName: "stdin", quiet: c.quiet, offline: c.offline, client: client, fromProject: from.project("jwks")}
	if opts.JWKS, err = g.document("--jwks", c.jwks); err != nil {
		return none, err
	}
	if len(g.refused) > 0 {
		return none, g.refused[0]
	}
	var fetch func() *doctor.Document
	if opts.JWKS != nil && opts.JWKS.Fetched != nil {
		g.quiet = true // no progress between the reports
		fetch = func() *doctor.Document {
			got, err := g.document("--jwks", c.jwks)
			if err != nil {
				return nil
			}
			return got
		}
	}
	return serve.Config{
		Options: opts, Fetch: fetch, Listen: c.listen, Anywhere: c.anywhere, TLS: c.tls, Once: c.once, FailWith: c.failWith, Latency: c.latency,
		Out: w.Out, Report: c.screenFlags.options(w),
	}, nil
}

// broken says what ended the server, where nobody can be reported on standard output.
func (c *serveCommand) broken(w world, err error) error {
	var out *outputError
	if errors.As(err, &out) {
		return err
	}
	var usageError doctor.UsageError
	if errors.As(err, &usageError) {
		return err
	}
	w.complain(err.Error())
	return status(exitUnfinished)
}

// file names itself in what it fails with.
type file struct{ *os.File }

func (f *file) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	if err != nil {
		return n, &outputError{f.Name(), err}
	}
	return n, nil
}

var _ io.Writer = (*file)(nil)
