package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// jwks judges a key set, on its own or with the assertion it is to verify.
type jwks struct {
	check
	assertion string
	public    bool
	kid       string
}

func newJWKS(w world) *cobra.Command {
	c := &jwks{check: check{world: w}}
	cmd := &cobra.Command{
		Use:   "jwks [URL or FILE]",
		Short: "Check a JWK Set, and find the key that signed an assertion",
		Long: `jwks checks a JWK Set: its form, its keys, what must not be public, and what the
provider requires of it. With --assertion it finds the key that signed.

A URL is fetched as a provider would: https, 10 seconds (or --timeout), 1 MiB, no
credentials. Without an argument the set is read from standard input.

With --public it prints the JWK Set to register for a private key, a public key or
a certificate. Private members are never printed.`,
		Example: `  jwtdoctor jwks https://app.example.com/.well-known/jwks.json
  jwtdoctor jwks keys.json --assertion token.jwt --profile singpass
  jwtdoctor jwks key.pem --public > jwks.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if c.public {
				return c.publish(cmd, args)
			}
			if c.kid != "" {
				return usage("--kid needs --public")
			}
			return c.run(cmd, args)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&c.assertion, "assertion", "", "find the key that signed this `FILE`, - or text")
	cmd.Flags().BoolVar(&c.public, "public", false, "print the public JWK Set of a private key or certificate, ready to register")
	cmd.Flags().StringVar(&c.kid, "kid", "", "with --public: `ID` to publish the key under (default: its own, else its thumbprint)")
	c.judgeFlags.register(cmd, partProfile|partChoice|partOffline|partSecrets)
	c.onlineFlags.register(cmd)
	c.reportFlags.register(cmd)
	c.screenFlags.register(cmd)
	return cmd
}

func (c *jwks) run(cmd *cobra.Command, args []string) error {
	p, err := c.prepare(cmd, append(ownOnline(), "assertion")...)
	if err != nil {
		return err
	}
	// The set is this command's argument and not a setting of the project.
	g, err := c.gatherer(cmd, p)
	if err != nil {
		return err
	}
	g.stdinName, g.fromProject = "stdin", false
	set := "-"
	if len(args) > 0 {
		set = args[0]
	} else if p.InIsTTY {
		return usage("which key set? Give a file, an https URL, or - for standard input")
	}
	// The assertion comes first: a set may have to be fetched, and the wait be
	// interrupted.
	var assertion *doctor.Input
	if c.assertion != "" {
		if err := g.add(c.assertion, "assertion"); err != nil {
			return err
		}
		if len(g.inputs) > 0 {
			assertion = &g.inputs[0]
		}
	}
	if p.opts.JWKS, err = g.document("jwks", set); err != nil {
		return err
	}
	rs, err := c.reports(p)
	if err != nil {
		return err
	}
	if p.opts.JWKS == nil || len(g.refused) > 0 {
		return c.conclude(cmd, rs, doctor.Result{}, nil, g, p.from)
	}
	ctx := cmd.Context()
	if p.opts.JWKS.Interrupted {
		p.opts.Online.Interrupted = true
		ctx = context.WithoutCancel(ctx)
		c.interrupted(cmd)
	}
	if d := p.opts.JWKS; d.Fetched == nil && !c.quiet && isPrivateKey(string(d.Data)) {
		p.note("%s contains a private key: keep the file secret; jwtdoctor jwks %s --public prints the JWK Set to register", brief(d.Source), brief(d.Source))
	}
	judged, result, err := doctor.JudgeSet(ctx, p.opts, assertion)
	if err == nil {
		// conclude reports what cannot be written.
		_ = rs.one(judged)
	}
	return c.conclude(cmd, rs, result, err, g, p.from)
}
