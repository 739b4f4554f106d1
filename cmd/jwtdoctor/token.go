package main

import (
	"context"
	"io"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/probe"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// tokenCommand sends a token request for real.
type tokenCommand struct {
	probeCommand
	keyFlags
	assertion, kid, scope string
	params                []string
	dryRun, insecure      bool
	onScreen              bool
}

func newToken(w world) *cobra.Command {
	c := &tokenCommand{probeCommand: probeCommand{check: check{world: w}}}
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Send a token request and diagnose the result",
		Long: `token builds the request the way the provider documents it, shows it, sends it
once, and checks assertion, request, network, response and clock as one case.
--assertion sends one you have; --key creates a fresh one. Sending uses up its
jti: the same assertion will be refused the next time.

The request goes to --token-url, or to the address that a profile of jwtdoctor's
own documents, and nowhere else: redirects are reported but not followed, and an
address from a file is not used. The access token is never printed without
--show-secrets.`,
		Example: `  jwtdoctor token -p redox --key key.pem --kid k1 --client-id my-client
  jwtdoctor token -p epic --assertion token.jwt --token-url https://epic.example/oauth2/token
  jwtdoctor token -p redox --key key.pem --client-id my-client --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd) },
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVar(&c.assertion, "assertion", "", "send this assertion: `FILE`, - or text")
	fl.StringVar(&c.key, "key", "", "create a fresh assertion with this private key: `FILE` or -")
	fl.StringVar(&c.kid, "kid", "", "`ID` of the key, for the header parameter kid")
	fl.StringVar(&c.jwks, "jwks", "", "the client's published keys: `FILE or URL`")
	fl.StringVar(&c.scope, "scope", "", "the `SCOPES` to ask for")
	fl.StringArrayVar(&c.params, "param", nil, "additional parameter, or another grant_type, `NAME=VALUE` (repeatable)")
	fl.BoolVar(&c.dryRun, "dry-run", false, "print the equivalent curl command and send nothing")
	fl.BoolVarP(&c.onScreen, "interactive", "i", false, "show request and answer in the interactive screen")
	c.onlineFlags.register(cmd)
	fl.BoolVar(&c.insecure, "insecure-skip-verify", false, "send even if the certificate is not trusted: anyone in between can read the assertion")
	c.judgeFlags.register(cmd, partProfile|partIdentity|partChoice|partOffline|partSecrets)
	c.reportFlags.register(cmd)
	c.screenFlags.register(cmd)
	return cmd
}

func (c *tokenCommand) run(cmd *cobra.Command) error {
	// Where to send to, and with which key, is said only on the command line.
	p, err := c.prepare(cmd, append(ownOnline(), "assertion", "key", "token-url", "insecure-skip-verify", "dry-run", "param", "scope", "interactive")...)
	if err != nil {
		return err
	}
	_, elsewhere := p.from["format"]
	switch {
	case c.offline && !c.dryRun:
		return usage("token goes online, and --offline forbids it; --dry-run sends nothing")
	case c.dryRun && (c.format != "text" && !elsewhere || cmd.Flags().Changed("output")):
		return usage("--dry-run prints a curl command and makes no report; leave --format and --output out")
	case c.onScreen && (c.dryRun || !c.hasScreen()):
		return usage("-i: %s", "it needs a terminal and a request that is sent; leave it out")
	case (c.assertion == "") == (c.key == ""):
		return usage("give either --assertion, to send one you have, or --key, to create a fresh one")
	}
	to, prof, err := c.destination(p)
	if err != nil {
		return err
	}
	compact, g, err := c.sent(cmd, &p)
	if cmd.Context().Err() != nil {
		return c.unsent(cmd, p, g)
	}
	if err != nil {
		return err
	}
	req, err := c.request(to, compact, prof)
	if err != nil {
		return err
	}
	if c.dryRun {
		return c.print(req.curl(c.onlineFlags, c.insecure))
	}
	if c.jwks == "" {
		// The key fits what it signed, which says nothing of what is registered.
		p.opts.Key = nil
	}
	talk := c.format == "text" && !c.quiet && !c.onScreen
	x, n, err := c.send(cmd, p, g.client, req, talk)
	if err != nil {
		return err
	}
	interrupted := cmd.Context().Err() != nil
	p.opts.Online = doctor.Online{Network: n, Answered: c.clock(), Fresh: c.key != "", Interrupted: interrupted}
	p.opts.TokenURL = c.tokenURL
	given := p.opts.Has
	p.opts.Has = func(flag string) bool { return flag != "key" && given(flag) } // which mints, here
	inputs := []doctor.Input{{Name: "the request", Open: strings.NewReader(req.http()), As: "request"}}
	if x != nil && x.Response != nil && (n.Proxy == nil || n.Proxy.Fault == "") { // else the proxy answered
		inputs = append(inputs, doctor.Input{Name: "the answer", Open: strings.NewReader(httpAnswer(x)), As: "response"})
	}
	if c.onScreen {
		return c.watch(cmd.Context(), p, inputs)
	}
	rs, err := c.reports(p)
	if err != nil {
		return err
	}
	var judged finding.Case
	// What is known by then is judged after an interruption, too.
	result, err := doctor.Run(context.WithoutCancel(cmd.Context()), p.opts, inputs, func(f finding.Case) error {
		judged = f
		return rs.one(f)
	})
	g.inputs = inputs
	c.interrupted(cmd)
	ended := c.unfinished(judged, c.conclude(cmd, rs, result, err, g, p.from))
	if talk && err == nil {
		if err := c.print(c.outcome(judged, x)); err != nil {
			return err
		}
	}
	return ended
}

// unsent ends a run that was interrupted before the request was sent.
func (c *tokenCommand) unsent(cmd *cobra.Command, p prepared, g gatherer) error {
	c.complain("nothing was sent")
	rs, err := c.reports(p)
	if err != nil {
		return err
	}
	return c.conclude(cmd, rs, doctor.Result{}, nil, g, p.from)
}

// send sends the request, and shows it and what came back where talk says so.
func (c *tokenCommand) send(cmd *cobra.Command, p prepared, client probe.Client, req posted, talk bool) (*evidence.Exchanged, *evidence.Network, error) {
	client.Insecure = c.insecure
	if c.insecure {
		c.complain("--insecure-skip-verify: the certificate is not checked, so anyone in between can read the assertion")
	}
	if !c.quiet {
		c.noteProxy(req.url, client)
		c.note("sending one POST to %s; if it arrives, the jti of the assertion is used up", brief(probe.Shown(req.url)))
	}
	if talk {
		if err := c.print(req.shown()); err != nil {
			return nil, nil, err
		}
	}
	wait := newProgress(p.world, c.quiet)
	client.Step = wait.step
	x, n := client.Post(cmd.Context(), probe.Posted{URL: req.url, Header: req.header, Body: []byte(req.form.Encode())})
	wait.end()
	if talk {
		if err := c.print(req.shownAnswer(x, n) + "\n"); err != nil {
			return nil, nil, err
		}
	}
	return x, n, nil
}

// destination is where the request goes: the address named on the command line,
// else the one that the embedded profile named there documents for the environment.
func (c *tokenCommand) destination(p prepared) (string, *profile.Profile, error) {
	name := ""
	if len(p.opts.Profiles) > 0 {
		name = p.opts.Profiles[0]
	}
	if name == "" {
		name = profile.Standard
	}
	load, own := profile.Load, false
	if _, err := os.Stat(name); err == nil && strings.ContainsAny(name, "./\\") {
		own = true
		load = func(name string) (*profile.Profile, error) { return profile.ReadFile(name, checks.Known()) }
	}
	prof, err := load(name)
	if err != nil {
		return "", nil, usage("--profile: %s", err)
	}
	to := c.tokenURL
	if to == "" && !p.from.given("profile") && len(p.opts.Profiles) > 0 {
		return "", nil, usage("profile %s is set by %s, but token sends only to an address from the command line; add --token-url URL or --profile %[1]s", brief(name), p.from["profile"])
	}
	if to == "" {
		for _, e := range prof.Envs {
			if e.TokenURL != "" && (p.opts.Env == "" || e.Name == p.opts.Env) {
				to = e.TokenURL
				break
			}
		}
	}
	switch {
	case to == "":
		return "", nil, usage("profile %s has no token URL; add --token-url URL", prof.ID)
	case c.tokenURL == "" && own && !c.dryRun:
		// The file may have been written by somebody else.
		return "", nil, usage("profile %s is a file, and token sends only to an address from the command line or of a profile that comes with jwtdoctor; add --token-url %s", prof.ID, brief(probe.Shown(to)))
	}
	u, err := probe.ReadAddress(to)
	switch {
	case err != nil:
		return "", nil, usage("--token-url %s %s", brief(probe.Shown(to)), err)
	case u.User != nil:
		return "", nil, usage("--token-url contains a user name or password; leave them out")
	}
	return to, prof, nil
}

// sent is the assertion to send: the one given, or one minted for this.
func (c *tokenCommand) sent(cmd *cobra.Command, p *prepared) (string, gatherer, error) {
	g, err := c.gatherer(cmd, *p)
	if err != nil {
		return "", g, err
	}
	if c.assertion != "" {
		if err := g.add(c.assertion, "assertion"); err != nil {
			return "", g, err
		}
	}
	if p.opts.JWKS, p.opts.Key, err = g.documents(c.keyFlags); err != nil {
		return "", g, err
	}
	if len(g.refused) > 0 {
		return "", g, g.refused[0]
	}
	if c.key != "" {
		opts := p.opts
		opts.TokenURL = c.tokenURL
		made, _, err := doctor.Sign(cmd.Context(), doctor.SignOptions{Options: opts, Kid: c.kid})
		if err != nil {
			return "", g, p.from.blame(err)
		}
		return made.Compact, g, nil
	}
	const most = 1 << 20
	text, err := io.ReadAll(io.LimitReader(g.inputs[0].Open, most+1))
	if err != nil {
		return "", g, unreadable("--assertion cannot be read")
	}
	// Sent is what was given, less the line end of a file.
	compact := strings.TrimRight(string(text), "\r\n")
	if what := notAnAssertion(compact); what != "" {
		return "", g, unreadable("--assertion %s contains %s, not an assertion; nothing was sent", brief(g.inputs[0].Name), what)
	}
	return compact, g, nil
}

// posted is the request in the making.
type posted struct {
	url    string
	header [][2]string
	form   url.Values
	order  []string
	reveal bool   // --show-secrets
	unhide string // what shows what is left out
}

func (c *tokenCommand) request(to, compact string, prof *profile.Profile) (posted, error) {
	rules := prof.Compiled()
	req := posted{url: to, reveal: c.showSecrets, unhide: "--show-secrets", form: url.Values{}, header: [][2]string{
		{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}, {"User-Agent", "jwtdoctor/" + version()},
	}}
	set := func(name, value string) {
		if _, ok := req.form[name]; !ok {
			req.order = append(req.order, name)
		}
		req.form.Set(name, value)
	}
	if prof.Kind == "jwt-grant" {
		set("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
		set("assertion", compact)
	} else {
		grant := "client_credentials"
		if accepted := profile.GrantTypes.In(rules).V; len(accepted) > 0 {
			grant = accepted[0]
		}
		set("grant_type", grant)
		set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		set("client_assertion", compact)
	}
	if profile.ParamPresence.In(rules, "client_id").V == profile.Required && c.clientID != "" {
		set("client_id", c.clientID)
	}
	if c.scope != "" {
		set("scope", c.scope)
	}
	given := map[string]bool{}
	for _, p := range c.params {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return req, usage("--param %q: write NAME=VALUE", brief(p))
		}
		if isPrivateKey(value) {
			return req, keyAsText()
		}
		switch _, made := req.form[name]; {
		case given[name]:
			return req, usage("--param %s is given twice; token sends each parameter once", brief(name))
		case made && name != "grant_type": // the profile's is a default
			return req, usage("--param %s: token sets this parameter itself%s; leave it out", brief(name), setBy(name))
		}
		given[name] = true
		set(name, value)
	}
	return req, nil
}

// setBy says which flag a parameter that the command makes is made from.
func setBy(name string) string {
	switch name {
	case "client_assertion", "assertion":
		return " from --assertion or --key"
	case "scope":
		return " from --scope"
	case "client_id":
		return " from --client-id"
	}
	return ""
}
