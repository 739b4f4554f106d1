package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/judge"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

type check struct {
	world
	inputFlags
	judgeFlags
	keyFlags
	onlineFlags
	reportFlags
	screenFlags
	requests  []string
	responses []string
	readFiles bool
	lines     bool
	pair      bool
	echo      string
	// replayWindow is how many uses of a jti are remembered.
	replayWindow int
	discovery    string
	discover     bool
}

func newCheck(w world) *cobra.Command {
	c := &check{world: w}
	cmd := &cobra.Command{
		Use:   "check [INPUT…]",
		Short: "Find the most likely reason a token request fails",
		Long: `check compares your input with what the provider documents and names the most
likely cause of a refusal first.

An INPUT is a file, a directory (each file in it is its own case), - for standard
input, or the text itself. jwtdoctor detects what it is: an assertion, a curl, PowerShell or other command, HTTP as text, a
form or JSON body, a HAR, an error body, an authorization or callback URL, a JWKS
or a PEM. Inputs of different kinds in a row are one case (check req.sh resp.json).
A file with one assertion per line, or NDJSON with one in the member
client_assertion, is a batch; each token exchange in a HAR is a case. No command
is ever run.

You can set most flags as an environment variable (JWTDOCTOR_PROFILE for
--profile), and in .jwtdoctor.yaml in the repository; flags win. jwtdoctor help
environment says which can be given only on the command line.

Exit codes: 0 nothing at or above --fail-on, 1 something was, 2 wrong usage or
unreadable input, 3 could not finish, 129, 130 or 143 stopped by SIGHUP, SIGINT or
SIGTERM, with a report of what was known by then.`,
		Example: `  jwtdoctor check token.jwt
  jwtdoctor check request.sh response.json --jwks https://example.com/jwks.json
  jwtdoctor check --profile redox session.har
  jwtdoctor check --profile epic --client-id my-client --now iat fixtures/*.jwt
  jwtdoctor check -o json=report.json - < token.jwt`,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args) },
	}
	c.registerAll(cmd)
	return cmd
}

// registerAll gives a command every flag of check.
func (c *check) registerAll(cmd *cobra.Command) {
	cmd.Flags().SortFlags = false
	c.judgeFlags.register(cmd, partProfile|partIdentity|partNow|partChoice|partOffline|partSecrets)
	cmd.Flags().StringVar(&c.jwks, "jwks", "", "the client's published keys: `FILE or URL`, - or text")
	cmd.Flags().StringVar(&c.key, "key", "", "the client's key, private or public: `FILE` or -")
	cmd.Flags().StringArrayVar(&c.requests, "request", nil, "read this `FILE`, - or text as a request")
	cmd.Flags().StringArrayVar(&c.responses, "response", nil, "read this `FILE`, - or text as a response")
	cmd.Flags().BoolVar(&c.readFiles, "read-files", false, "read files that a command sends (@body.txt), only from the input's own folder")
	cmd.Flags().StringVar(&c.discovery, "discovery", "", "what the server publishes about itself: `FILE or URL`")
	cmd.Flags().BoolVar(&c.discover, "discover", false, "look it up under --issuer or --token-url")
	c.inputFlags.register(cmd)
	cmd.Flags().StringVar(&c.field, "field", "", "NDJSON `MEMBER` that contains the assertion (default client_assertion)")
	cmd.Flags().BoolVar(&c.lines, "lines", false, "every line of an input is an assertion, or a JSON object with one")
	cmd.Flags().BoolVar(&c.pair, "pair", false, "files with one stem are one case: a.request.txt and a.response.json")
	cmd.Flags().StringVar(&c.echo, "echo", "", "copy this `MEMBER` of an NDJSON line to the line that answers it")
	cmd.Flags().IntVar(&c.replayWindow, "replay-window", doctor.DefaultReplayWindow, "remember this `NUMBER` of uses of a jti")
	c.onlineFlags.register(cmd)
	c.reportFlags.register(cmd)
	c.screenFlags.register(cmd)
}

// prepared is what a judging command knows before it reads an input.
type prepared struct {
	world
	opts  doctor.Options
	where []destination
	from  origins
	head  finding.Report
}

// prepare settles flags, environment and project file into options. Flags
// named in own are given only on the command line.
func (c *check) prepare(cmd *cobra.Command, own ...string) (prepared, error) {
	var p prepared
	var err error
	if p.from, err = settle(cmd, c.world, own...); err != nil {
		return p, err
	}
	if c.verbose {
		p.from.tell(c.world, cmd)
	}
	if p.world, err = c.screen(c.world); err != nil {
		return p, p.from.blame(err)
	}
	if p.opts, err = c.judgeFlags.options(p.world, c.inputFlags); err != nil {
		return p, p.from.blame(err)
	}
	if cmd.Flags().Lookup("replay-window") != nil && c.replayWindow < 1 {
		return p, p.from.blame(usage("--replay-window: %d is not a number of uses; give 1 or more", c.replayWindow))
	}
	p.opts.Has = func(flag string) bool { return cmd.Flags().Lookup(flag) != nil }
	p.opts.Ahead = c.verbose
	now, err := p.opts.Moment()
	if err != nil {
		return p, p.from.blame(err)
	}
	if p.where, err = destinations(c.format, cmd.Flags().Changed("format"), c.outputs, report.Formats()); err != nil {
		return p, p.from.blame(err)
	}
	for _, d := range p.where {
		if d.unknown && !c.quiet {
			c.note("--output %s: its ending names no format, so the report in it is %s; write FORMAT=FILE for another", d.file, d.format)
		}
	}
	catalog, err := judge.Standard()
	if err != nil {
		return p, err
	}
	p.head = finding.Report{
		Rules:   catalog.Rules,
		Version: finding.ReportVersion,
		Tool:    finding.Tool{Name: "jwtdoctor", Version: p.opts.Version},
		Now:     now.UTC().Format(time.RFC3339),
	}
	return p, nil
}

// gatherer collects the inputs of the command.
func (c *check) gatherer(cmd *cobra.Command, p prepared) (gatherer, error) {
	client, err := c.client(cmd.Context(), c.world)
	return gatherer{world: p.world, ctx: cmd.Context(), stdinName: c.stdinName, quiet: c.quiet,
		offline: c.offline, fromProject: p.from.project("jwks"), client: client}, err
}

// reports opens what the command writes to, unless that is among what it reads.
func (c *check) reports(p prepared) (*reports, error) {
	for _, d := range p.where {
		if d.file == "" {
			continue
		}
		if err := c.files.keep("--output", d.file); err != nil {
			return nil, err
		}
	}
	rs, err := newReports(p.world, p.where, c.screenFlags.options(p.world), p.head)
	if err != nil {
		return nil, err
	}
	rs.secret, rs.late = c.showSecrets, c.readFiles
	return rs, nil
}

// run runs the doctor and turns what came of it into reports and an exit code.
func (c *check) run(cmd *cobra.Command, args []string) error {
	p, err := c.prepare(cmd, append(ownOnline(), "discover")...)
	if err != nil {
		return err
	}
	g, err := c.gatherer(cmd, p)
	if err != nil {
		return err
	}
	flagged := slices.Concat(saying("assertion", c.assertions), saying("request", c.requests), saying("response", c.responses))
	g.directories = true
	if len(args) == 0 && len(flagged) == 0 {
		if args, g.In, err = configuredInputs(cmd.Context(), g.world); err != nil {
			return err
		}
		if len(args) == 0 && c.wantsScreen(cmd, p.from) {
			return c.openScreen(cmd, p, g)
		}
	}
	if err := g.gather(args, flagged); err != nil {
		return err
	}
	if c.pair {
		g.pair()
	}
	if p.opts.JWKS, p.opts.Key, err = g.documents(c.keyFlags); err != nil {
		return err
	}
	if p.opts.Online.Discovery, err = c.metadata(cmd, p, g.client); err != nil {
		return err
	}
	ctx := cmd.Context()
	if fetches := c.discover || isAddress(c.discovery) || isAddress(c.jwks); fetches && ctx.Err() != nil {
		// The wait for a document was ended; what was given is judged without it.
		p.opts.Online.Interrupted, p.opts.Online.Unread = true, c.discover || isAddress(c.discovery)
		ctx = context.WithoutCancel(ctx)
		c.interrupted(cmd)
	}
	if c.readFiles {
		p.opts.Files = c.readBeside
	}
	rs, err := c.reports(p)
	if err != nil {
		return err
	}
	p.opts.Brief, p.opts.FirstLine, p.opts.Lines = rs.brief(), c.format == "ndjson", c.lines
	p.opts.Echo, p.opts.ReplayWindow = c.echo, c.replayWindow
	rs.meter = newMeter(p.world, c.quiet, g.inputs)
	result, err := doctor.RunTo(ctx, p.opts, g.inputs, rs.output())
	return c.conclude(cmd, rs, result, err, g, p.from)
}

// interrupted says why a report ends where it does.
func (c *check) interrupted(cmd *cobra.Command) {
	if cmd.Context().Err() != nil {
		c.complain("interrupted; the report shows what was known by then")
	}
}

// conclude ends the reports and says what is in none of them.
func (c *check) conclude(cmd *cobra.Command, rs *reports, result doctor.Result, err error, g gatherer, from origins) error {
	var wrong doctor.UsageError
	if errors.As(err, &wrong) {
		if rs.began {
			// Cut short, but whole: what was judged can be read.
			rs.end(result.Summary)
		}
		return from.blame(err)
	}
	interrupted := cmd.Context().Err() != nil
	unread := g.refused
	if bad := (doctor.InputError{}); errors.As(err, &bad) && !interrupted && len(g.inputs) > 0 {
		unread = append(unread, err)
	}
	for _, e := range unread {
		c.complain(e.Error())
	}
	if err != nil && !errors.As(err, new(doctor.InputError)) && !errors.Is(err, errNowhere) && !interrupted {
		c.complain(err.Error()) // nobody else says it
	}
	if len(unread) > 0 {
		result.Summary.Verdict = finding.VerdictFail
	}
	if result.Summary.Verdict == "" {
		result.Summary.Verdict = finding.VerdictPass
		if interrupted {
			result.Summary.Verdict = finding.VerdictWarn
		}
	}
	// Where no input gave a case the message says all there is to say. What was
	// interrupted leaves a whole report of what was known.
	if rs.began || result.Summary.Cases > 0 || len(unread) == 0 && result.Unreadable == 0 && (c.format != "text" || len(c.outputs) > 0) {
		rs.end(result.Summary)
	}
	c.tellAddresses(result)
	if n := result.Unreadable; n > 0 && !rs.answersLines() {
		// NDJSON has a line for each; other reports have none.
		c.complain(linesUnread(n, result.WhyUnreadable))
	}
	if !c.quiet {
		for _, b := range result.Besides {
			c.note("%s", b)
		}
	}
	if result.Passed > 0 && result.Summary.Cases > 0 && !c.quiet {
		c.note("nothing recognised in %d of the files; they were left out", result.Passed)
	}
	if result.Forgot && !c.quiet {
		c.note("more than %d uses of a jti: the oldest were forgotten, so that a later use of one of them is not reported (--replay-window)", c.replayWindow)
	}
	for _, id := range result.Broken {
		c.complain("the check " + string(id) + " failed: internal error in jwtdoctor (please report it)")
	}
	for _, id := range result.Unmet {
		c.complain("--require " + id + ": it could not run; the report says why")
	}
	switch {
	case interrupted:
		if result.Summary.Cases == 0 {
			c.complain("interrupted before anything was checked")
		}
		return status(interruption(cmd.Context()))
	case len(unread) > 0 || result.Unreadable > 0:
		return status(exitUsage)
	case rs.failed() || len(result.Broken) > 0 || len(result.Unmet) > 0 || err != nil:
		return status(exitUnfinished)
	case c.fails(result.Worst):
		return status(exitFound)
	}
	return nil
}
