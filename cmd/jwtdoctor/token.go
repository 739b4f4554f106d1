package main

import (
	"encoding/json"
	"fmt"
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
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// tokenCommand sends a token request for real.
type tokenCommand struct {
	probeCommand
	keyFlags
	assertion, kid, scope string
	params                []string
	dryRun, insecure      bool
}

func newToken(w world) *cobra.Command {
	c := &tokenCommand{probeCommand: probeCommand{check: check{world: w}}}
	cmd := &cobra.Command{
		Use:   "token",
		Short: "Send the token request, and judge request, network and answer as one",
		Long: `token builds the request the way the provider documents it, shows it, sends it
once, and judges all of it as one case: assertion, request, network, answer and
clock. --assertion sends one you have; --key mints a fresh one. Sending uses up
its jti: the same assertion will be refused the next time.

The request goes to --token-url, or to the address the profile documents, and
nowhere else: redirects are told and not followed, and an address in a project's
file is not used. The access token is never printed without --show-secrets.`,
		Example: `  jwtdoctor token -p redox --key key.pem --kid k1 --client-id my-client
  jwtdoctor token -p epic --assertion token.jwt --token-url https://epic.example/oauth2/token
  jwtdoctor token -p redox --key key.pem --client-id my-client --dry-run`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.run(cmd) },
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVar(&c.assertion, "assertion", "", "send this assertion: `FILE`, - or text")
	fl.StringVar(&c.key, "key", "", "mint a fresh one with this private key: `FILE` or -")
	fl.StringVar(&c.kid, "kid", "", "kid of the key")
	fl.StringVar(&c.jwks, "jwks", "", "the client's published keys: `FILE or URL`")
	fl.StringVar(&c.scope, "scope", "", "the `SCOPES` to ask for")
	fl.StringArrayVar(&c.params, "param", nil, "a further parameter, `NAME=VALUE` (repeatable)")
	fl.BoolVar(&c.dryRun, "dry-run", false, "print the equivalent curl command and send nothing")
	fl.StringVar(&c.ca, "ca", "", "trust the certificates of this `FILE`, too")
	fl.StringVar(&c.proxy, "proxy", "", "go through the proxy at this `URL`, whatever the environment says")
	fl.DurationVar(&c.timeout, "timeout", probe.Timeout, "wait this `LONG` for each step")
	fl.BoolVar(&c.insecure, "insecure-skip-verify", false, "send even where the certificate is not trusted: whoever stands in between gets the assertion")
	c.judgeFlags.register(cmd)
	fl.StringVarP(&c.format, "format", "f", "text", "`FORMAT` of the report: "+strings.Join(report.Formats(), ", "))
	fl.StringArrayVarP(&c.outputs, "output", "o", nil, "write a report into a file as well, `[FORMAT=]FILE` (repeatable)")
	choices(cmd, "format", report.Formats)
	c.screenFlags.register(cmd)
	return cmd
}

func (c *tokenCommand) run(cmd *cobra.Command) error {
	// Where to send to, and with which key, is said on the command line alone.
	p, err := c.prepare(cmd, "assertion", "key", "token-url", "proxy", "ca", "insecure-skip-verify", "dry-run", "param", "scope")
	if err != nil {
		return err
	}
	switch {
	case c.offline && !c.dryRun:
		return usage("token goes online, and --offline forbids it; --dry-run sends nothing")
	case (c.assertion == "") == (c.key == ""):
		return usage("give either --assertion, to send one you have, or --key, to mint a fresh one")
	case c.timeout <= 0:
		return usage("--timeout %s: give a duration above zero, such as 10s", c.timeout)
	}
	to, prof, err := c.destination(p.opts)
	if err != nil {
		return err
	}
	compact, g, err := c.sent(cmd, &p)
	if err != nil {
		return err
	}
	req, err := c.request(to, compact, prof)
	if err != nil {
		return err
	}
	if c.dryRun {
		return c.print(req.curl(c.showSecrets))
	}
	client, err := c.client(cmd)
	if err != nil {
		return err
	}
	client.Insecure = c.insecure
	if c.insecure {
		c.complain("--insecure-skip-verify: the certificate is not checked, so whoever stands in between gets the assertion")
	}
	if !c.quiet {
		c.note("sending one POST to %s; this uses up the jti of the assertion", brief(to))
	}
	wait := newProgress(p.world, c.quiet)
	client.Step = wait.step
	x, n := client.Post(cmd.Context(), probe.Posted{URL: to, Header: req.header, Body: []byte(req.form.Encode())})
	wait.end()
	p.opts.Online = doctor.Online{Network: n, Answered: c.clock()}
	p.opts.TokenURL = c.tokenURL
	rs, err := c.reports(p, g.paths)
	if err != nil {
		return err
	}
	inputs := []doctor.Input{{Name: "the request", Open: strings.NewReader(req.http()), As: "request"}}
	if x != nil && x.Response != nil {
		inputs = append(inputs, doctor.Input{Name: "the answer", Open: strings.NewReader(httpAnswer(x)), As: "response"})
	}
	var judged finding.Case
	result, err := doctor.Run(cmd.Context(), p.opts, inputs, func(f finding.Case) error {
		judged = f
		return rs.emit(f)
	})
	g.inputs = inputs
	ended := c.unfinished(n, c.conclude(cmd, rs, result, err, g, p.from))
	if c.format == "text" && !c.quiet && err == nil {
		if err := c.print(c.outcome(judged, x)); err != nil {
			return err
		}
	}
	return ended
}

// destination is where the request goes: the address named on the command
// line, else the one the profile documents for the environment.
func (c *tokenCommand) destination(opts doctor.Options) (string, *profile.Profile, error) {
	name := opts.Profile
	if name == "" {
		name = "rfc7523"
	}
	load := profile.Load
	if _, err := os.Stat(name); err == nil && strings.ContainsAny(name, "./\\") {
		load = profile.ReadFile
	}
	prof, err := load(name, checks.Known())
	if err != nil {
		return "", nil, usage("--profile: %s", err)
	}
	to := c.tokenURL
	if to == "" {
		for _, e := range prof.Envs {
			if e.TokenURL != "" && (opts.Env == "" || e.Name == opts.Env) {
				to = e.TokenURL
				break
			}
		}
	}
	u, err := url.Parse(to)
	switch {
	case to == "":
		return "", nil, usage("where to? The profile %s documents no token URL; give --token-url URL", prof.ID)
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "", nil, usage("--token-url %s is no address; write https://host/path", brief(to))
	case u.User != nil:
		return "", nil, usage("--token-url holds a user name or password; leave them out")
	}
	return to, prof, nil
}

// sent is the assertion to send: the one given, or one minted for this.
func (c *tokenCommand) sent(cmd *cobra.Command, p *prepared) (string, gatherer, error) {
	g := c.gatherer(cmd, *p)
	var err error
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
	if err := g.add(c.assertion, "assertion"); err != nil {
		return "", g, err
	}
	if len(g.refused) > 0 {
		return "", g, g.refused[0]
	}
	text, err := io.ReadAll(io.LimitReader(g.inputs[0].Open, 1<<20))
	if err != nil {
		return "", g, unreadable("--assertion cannot be read")
	}
	// Sent is what was given, less the line end of a file.
	return strings.TrimRight(string(text), "\r\n"), g, nil
}

// posted is the request in the making.
type posted struct {
	url    string
	header [][2]string
	form   url.Values
	order  []string
}

func (c *tokenCommand) request(to, compact string, prof *profile.Profile) (posted, error) {
	req := posted{url: to, form: url.Values{}, header: [][2]string{
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
		if r, ok := prof.Rules["request.grant_type.accepted"]; ok && r.State == profile.Set {
			if list, ok := r.Value.([]string); ok && len(list) > 0 {
				grant = list[0]
			}
		}
		set("grant_type", grant)
		set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
		set("client_assertion", compact)
	}
	if r, ok := prof.Rules["request.parameters.client_id.presence"]; ok && r.Value == profile.Required && c.clientID != "" {
		set("client_id", c.clientID)
	}
	if c.scope != "" {
		set("scope", c.scope)
	}
	for _, p := range c.params {
		name, value, ok := strings.Cut(p, "=")
		if !ok || name == "" {
			return req, usage("--param %q: write NAME=VALUE", brief(p))
		}
		set(name, value)
	}
	return req, nil
}

// http writes the request as it is sent.
func (r posted) http() string {
	var b strings.Builder
	u, _ := url.Parse(r.url) // was parsed before
	body := r.form.Encode()
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\n", r.url, u.Host)
	for _, h := range r.header {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.String()
}

// curl writes the command that sends the same, secrets masked unless asked for.
func (r posted) curl(secrets bool) string {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
	var b strings.Builder
	fmt.Fprintf(&b, "curl %s \\\n", quote(r.url))
	for _, h := range r.header[1:2] {
		fmt.Fprintf(&b, "  -H %s \\\n", quote(h[0]+": "+h[1]))
	}
	for i, name := range r.order {
		value := r.form.Get(name)
		if !secrets && (name == "client_assertion" || name == "assertion") {
			value = masked(value)
		}
		end := " \\\n"
		if i == len(r.order)-1 {
			end = "\n"
		}
		fmt.Fprintf(&b, "  --data-urlencode %s%s", quote(name+"="+value), end)
	}
	return b.String()
}

// masked shows of an assertion what is no credential: all but the signature.
func masked(compact string) string {
	i := strings.LastIndexByte(compact, '.')
	if i < 0 {
		return "…"
	}
	return compact[:i] + ".…(signature left out; --show-secrets shows it)"
}

// outcome says in words what came of it.
func (c *tokenCommand) outcome(judged finding.Case, x *evidence.Exchanged) string {
	if x == nil || x.Response == nil {
		return ""
	}
	var b strings.Builder
	granted := false
	for _, f := range judged.Findings {
		granted = granted || f.Check == "response-token" && f.Outcome == finding.Pass
	}
	switch {
	case granted:
		b.WriteString("\nAn access token was granted: " + visible.Text(grant(x.Response.Body, c.showSecrets)) + "\n")
	case c.key != "" && len(judged.Diagnosis) > 0 && judged.Diagnosis[0].Cause == "token-refused":
		b.WriteString("\nA fresh assertion with nothing wrong in it was refused too. The cause lies in what is registered for\nthe client, or in what it may ask for; the questions above are where to look.\n")
	}
	return b.String()
}

// httpAnswer writes an answer as text, for the reader of responses.
func httpAnswer(x *evidence.Exchanged) string {
	var b strings.Builder
	fmt.Fprintf(&b, "HTTP/1.1 %d\r\n", x.Status)
	for _, h := range x.Response.Headers {
		if !strings.EqualFold(h.Name, "Content-Length") && !strings.EqualFold(h.Name, "Transfer-Encoding") {
			fmt.Fprintf(&b, "%s: %s\r\n", h.Name, strings.NewReplacer("\r", " ", "\n", " ").Replace(h.Value))
		}
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n", len(x.Response.Body))
	return b.String() + "\r\n" + x.Response.Body
}

// grant tells type, lifetime and scope of a token response; the token itself
// only where it was asked for.
func grant(body string, secrets bool) string {
	var t struct {
		AccessToken string          `json:"access_token"`
		Type        string          `json:"token_type"`
		ExpiresIn   json.RawMessage `json:"expires_in"`
		Scope       string          `json:"scope"`
	}
	if err := json.Unmarshal([]byte(body), &t); err != nil {
		return "it cannot be shown"
	}
	words := "type " + t.Type
	if len(t.ExpiresIn) > 0 {
		words += ", for " + strings.Trim(string(t.ExpiresIn), `"`) + " seconds"
	}
	if t.Scope != "" {
		words += ", scope " + t.Scope
	}
	if secrets {
		words += "\n" + t.AccessToken
	}
	return words
}
