package main

import (
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/tap"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// tapCommand passes an application's token requests on, and checks each exchange.
type tapCommand struct {
	check
	listen, har, caOut        string
	prefixes                  []string
	once                      int
	anywhere, tls, discovered bool
	onScreen                  bool
}

func newTap(w world) *cobra.Command {
	c := &tapCommand{check: check{world: w}}
	cmd := &cobra.Command{
		Use:   "tap URL",
		Short: "Watch an application's token requests through a local proxy",
		Long: `tap is for an application that fails and whose request you cannot get at. Point
its token URL at the address tap prints: every request goes on to URL unchanged, the
answer comes back unchanged, and each exchange is checked and printed in one line
(-v: as a report).

Many clients use their token URL as aud, and as htu of a DPoP proof. While the
application talks to the tap, that is the tap's address; the report says so and
how to pin the real one.

Only this machine can reach the tap, and requests with a foreign Host or Origin are
refused. Redirects are passed on, not followed. If URL cannot be reached, the
application gets 502 with a JSON body that says it is the tap.

Exit codes: 0 all of --once ended and none had a problem at or above --fail-on;
1 one had; 2 wrong usage; 3 a report could not be written or a check of --require
could not run; 129, 130 or 143 stopped
by SIGHUP, SIGINT or SIGTERM.`,
		Example: `  jwtdoctor tap https://as.example.com/oauth2/token
  jwtdoctor tap https://as.example.com/oauth2/token --jwks jwks.json --once 1 -v
  jwtdoctor tap https://as.example.com/oauth2/token --har exchange.har -o ndjson=cases.ndjson
  jwtdoctor tap https://as.example.com/oauth2/token --tls --ca-out ca.pem --serve-discovery`,
		Args: oneArg("the token URL that requests go on to"),
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd, args[0]) },
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVar(&c.listen, "listen", "127.0.0.1:0", "`HOST:PORT` to listen on; port 0 is any free one")
	fl.BoolVar(&c.anywhere, "listen-anywhere", false, "let --listen be an address that other machines can reach")
	fl.BoolVar(&c.tls, "tls", false, "listen with HTTPS for localhost, with a certificate made for this run")
	fl.StringVar(&c.caOut, "ca-out", "", "write the issuing authority's certificate to this `FILE`, for the client to trust")
	fl.BoolVar(&c.discovered, "serve-discovery", false, "serve URL's discovery document with the endpoints replaced, for clients that accept only an issuer")
	fl.StringArrayVar(&c.prefixes, "prefix", nil, "pass on requests to paths below this `PATH` too, such as PAR, introspection and JWKS (repeatable)")
	fl.IntVar(&c.once, "once", 0, "stop after `N` exchanges")
	fl.BoolVarP(&c.onScreen, "interactive", "i", false, "show the exchanges in the interactive screen as they come")
	fl.StringVar(&c.har, "har", "", "write the exchanges to this `FILE`, as HAR with secrets masked, which check reads")
	fl.StringVar(&c.jwks, "jwks", "", "the client's published keys: `FILE or URL`, - or text")
	fl.StringVar(&c.key, "key", "", "the client's key, private or public: `FILE` or -")
	c.onlineFlags.register(cmd)
	c.judgeFlags.register(cmd, partProfile|partIdentity|partChoice|partSecrets)
	c.reportFlags.register(cmd)
	c.screenFlags.register(cmd)
	fl.Lookup("timeout").DefValue, c.timeout = tap.DefaultTimeout.String(), tap.DefaultTimeout
	fl.Lookup("timeout").Usage = "give up an exchange after this `DURATION`"
	fl.Lookup("token-url").Usage = "the server's own token `URL`, if requests go on to another address of it (default: the argument)"
	return cmd
}

func (c *tapCommand) run(cmd *cobra.Command, address string) error {
	// Where to listen, what to write and where to go are said on the command line only.
	p, err := c.prepare(cmd, append(ownOnline(), "key", "token-url", "listen-anywhere", "har", "ca-out", "show-secrets", "prefix", "serve-discovery", "interactive")...)
	if err != nil {
		return err
	}
	if c.onScreen && !p.hasScreen() {
		return usage("-i: %s", "it needs a terminal; without -i the exchanges are reported line by line")
	}
	to, err := c.target(address)
	if err != nil {
		return err
	}
	g, err := c.gatherer(cmd, p)
	if err != nil {
		return err
	}
	if p.opts.JWKS, p.opts.Key, err = g.documents(c.keyFlags); err != nil {
		return err
	}
	if len(g.refused) > 0 {
		return g.refused[0]
	}
	if c.tokenURL != "" {
		if err := webAddress("--token-url", c.tokenURL); err != nil {
			return err
		}
	}
	p.opts.Clock = c.clock // it runs for long
	config := tap.Config{URL: to, Options: p.opts, Client: g.client, Listen: c.listen, Anywhere: c.anywhere, TLS: c.tls, Once: c.once, Prefixes: c.prefixes, Timeout: c.timeout}
	if c.discovered {
		if config.Discovery, err = c.published(cmd, g.client, to); err != nil {
			return err
		}
	}
	out, err := c.output(p)
	if err != nil {
		return err
	}
	config.Options.Brief = out.brief() && c.har == ""
	config.Observe = out.take
	if c.onScreen {
		out.lines, out.feed = false, newFeed()
		config.Evidence, config.Options.Brief = true, false
	}
	t, err := tap.New(config)
	if err != nil {
		return p.from.blame(err)
	}
	defer t.Close()
	if err := c.files.keep("--har", c.har); err != nil {
		return err
	}
	if err := c.files.keep("--ca-out", c.caOut); err != nil {
		return err
	}
	if c.har != "" {
		file, err := os.OpenFile(c.har, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return &outputError{c.har, err}
		}
		defer file.Close()
		if out.har, err = tap.NewHAR(file, version()); err != nil {
			return &outputError{c.har, err}
		}
	}
	if c.caOut != "" {
		if err := os.WriteFile(c.caOut, t.CA(), 0o644); err != nil {
			return &outputError{c.caOut, err}
		}
	}
	if c.onScreen {
		if err := c.watch(cmd.Context(), p, t, out.feed); err != nil {
			return err
		}
		return out.end(cmd)
	}
	if err := c.announce(p, t, to); err != nil {
		return err
	}
	if err := t.Run(cmd.Context()); err != nil {
		c.complain(err.Error())
		return status(exitUnfinished)
	}
	return out.end(cmd)
}

// target is the address that requests go on to.
func (c *tapCommand) target(address string) (*url.URL, error) {
	switch {
	case c.once < 0:
		return nil, usage("--once %d: give the number of exchanges, 1 or more", c.once)
	case c.caOut != "" && !c.tls:
		return nil, usage("--ca-out: only --tls makes a certificate; add --tls")
	case !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://"):
		return nil, usage("tap %s: an address begins with https:// (or http://)", brief(address))
	}
	u, err := probe.ReadAddress(address)
	switch {
	case err != nil:
		return nil, usage("tap %s %s", brief(probe.Shown(address)), err)
	case u.User != nil:
		return nil, usage("tap: the address contains a user name or password; leave them out, the application sends its own")
	case u.Fragment != "":
		return nil, usage("tap: the address has a fragment (#…), which is never sent; leave it out")
	}
	for i, prefix := range c.prefixes {
		if !strings.HasPrefix(prefix, "/") {
			c.prefixes[i] = "/" + prefix
		}
	}
	if u.Path == "" || u.Path == "/" {
		c.prefixes = append(c.prefixes, "/")
	}
	return u, nil
}

// published is the discovery document of the server.
func (c *tapCommand) published(cmd *cobra.Command, client probe.Client, to *url.URL) (*evidence.Discovery, error) {
	client.Timeout = probe.Timeout
	look, under := client.DiscoverFrom, to.String()
	if c.issuer != "" {
		look, under = client.Discover, c.issuer
	}
	d := look(cmd.Context(), under)
	if d.Doc == nil {
		why := "none of the well-known addresses has one"
		if n := len(d.Tried); n > 0 && d.Tried[n-1].Trouble != "" {
			why = d.Tried[n-1].URL + ": " + d.Tried[n-1].Trouble
		}
		return nil, usage("--serve-discovery: no discovery document was found (%s); --issuer URL says where to look", why)
	}
	return d, nil
}

// announce says where the application is to be pointed.
func (c *tapCommand) announce(p prepared, t *tap.Tap, to *url.URL) error {
	words := "listening on " + t.TokenURL() + " for " + visible.Text(looks(probe.Shown(to.String())))
	if issuer := t.Issuer(); issuer != "" {
		words += " (issuer " + issuer + ")"
	}
	if c.format != "text" {
		p.note("%s", words)
	} else if err := p.print(words + "\n"); err != nil {
		return err
	}
	if !c.quiet {
		p.note("set the application's token URL to this address; Ctrl-C stops the tap")
	}
	return nil
}

// tapped is where what passes the tap goes.
type tapped struct {
	check   *check
	world   world
	rs      *reports // nil if lines on standard output are all
	lines   bool
	har     *tap.HAR
	feed    *feed // the interactive screen; nil for none
	summary finding.Summary
	worst   finding.Severity
	unmet   []string // required checks that could not run
	err     error    // what the output failed with first
}

// output opens the reports; in text without -v each exchange is a line.
func (c *tapCommand) output(p prepared) (*tapped, error) {
	out := &tapped{check: &c.check, world: p.world, lines: c.format == "text", summary: finding.Summary{Verdict: finding.VerdictPass}}
	if out.lines && !c.verbose {
		p.where = p.where[1:]
	}
	if len(p.where) == 0 {
		return out, nil
	}
	var err error
	out.rs, err = c.reports(p)
	return out, err
}

func (o *tapped) brief() bool { return o.rs == nil || o.rs.brief() }

// take writes one exchange down; the tap calls it for one at a time.
func (o *tapped) take(x tap.Exchange) {
	if o.feed != nil {
		o.feed.tapped(x)
	}
	if o.lines {
		o.lost(o.world.print(visible.Text(looks(x.Line(o.world.ASCII))) + "\n"))
	}
	if x.Entry != nil && o.har != nil {
		if err := o.har.Add(x.Entry); err != nil {
			o.lost(&outputError{o.world.mask.Text("--har"), err})
			o.har = nil
		}
	}
	if x.Case == nil {
		return
	}
	o.count(x.Case)
	if o.rs == nil {
		return
	}
	if err := o.rs.emit(o.rs.prepare([]finding.Case{*x.Case})); err != nil {
		o.lost(err)
		return
	}
	o.lost(o.rs.flush())
}

func (o *tapped) lost(err error) {
	if err != nil && o.err == nil {
		o.err = err
	}
}

func (o *tapped) count(c *finding.Case) {
	o.summary.Cases++
	switch c.Summary.Verdict {
	case finding.VerdictFail:
		o.summary.Failed++
		o.summary.Verdict = finding.VerdictFail
	case finding.VerdictWarn:
		if o.summary.Verdict != finding.VerdictFail {
			o.summary.Verdict = finding.VerdictWarn
		}
	}
	for _, id := range c.Unmet {
		if !slices.Contains(o.unmet, id) {
			o.unmet = append(o.unmet, id)
		}
	}
	o.worst = o.worst.Or(c.Worst())
}

// end closes the reports, and is the exit of the run.
func (o *tapped) end(cmd *cobra.Command) error {
	if o.rs != nil {
		o.lost(o.rs.end(o.summary))
	}
	for _, id := range o.unmet {
		o.check.complain("--require " + id + ": it could not run for every exchange")
	}
	switch {
	case cmd.Context().Err() != nil:
		return status(interruption(cmd.Context()))
	case o.err != nil || len(o.unmet) > 0 || o.rs != nil && o.rs.failed():
		return status(exitUnfinished)
	case o.check.fails(o.worst):
		return status(exitFound)
	}
	return nil
}
