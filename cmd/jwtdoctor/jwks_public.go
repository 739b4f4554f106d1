package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// publish prints the public JWK Set of a private key, a public key or a
// certificate: what is registered with the provider. Nothing private is printed.
func (c *jwks) publish(cmd *cobra.Command, args []string) error {
	if idle := idleWithPublic(cmd); idle != "" {
		return usage("--public prints a key set and checks nothing; leave --%s out", idle)
	}
	p, err := c.prepare(cmd, ownOnline()...)
	if err != nil {
		return err
	}
	from := "-"
	if len(args) > 0 {
		from = args[0]
	} else if p.InIsTTY {
		return usage("which key? Give a file (PEM, JWK or certificate), or - for standard input")
	}
	g := gatherer{world: p.world, ctx: cmd.Context(), stdinName: "stdin", quiet: c.quiet, offline: true}
	doc, err := g.document("--public", from)
	switch {
	case err != nil:
		return err
	case len(g.refused) > 0:
		return g.refused[0]
	case doc == nil:
		return unreadable("%s cannot be read", brief(from))
	}
	file := jose.ParseKeyFile(doc.Data)
	for _, problem := range file.Problems {
		if problem.Cause != jose.CausePublicGiven {
			p.note("%s: %s", doc.Source, problem.Message)
		}
	}
	if c.kid != "" {
		if len(file.Keys) > 1 {
			return usage("--kid names one key, and %s contains %d", brief(doc.Source), len(file.Keys))
		}
		for _, k := range file.Keys {
			k.Kid, k.HasKid = c.kid, true
		}
	}
	set, left := jose.PublicSet(file.Keys, c.algorithms(p))
	if left == len(file.Keys) {
		return unreadable("%s contains no key with a public half to publish", brief(doc.Source))
	}
	if file.Private && !c.quiet {
		p.note("%s is a private key: keep the file secret, and register only what is printed here", doc.Source)
	}
	for _, k := range file.Keys {
		if k.Thumbprint == "" || c.quiet {
			continue
		}
		p.note("%s: kid %s, thumbprint %s (RFC 7638); send this kid in the header", k.Describe(), k.PublishedKid(), k.Thumbprint)
	}
	return p.print(string(set))
}

// idleWithPublic is the first flag of the command line that does nothing where a key
// set is printed; "" for none.
func idleWithPublic(cmd *cobra.Command) (idle string) {
	used := []string{"public", "kid", "profile", "env", "set", "quiet", "verbose", "color", "no-color", "plain", "offline"}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if idle == "" && !slices.Contains(used, f.Name) {
			idle = f.Name
		}
	})
	return idle
}

// algorithms names the algorithm of a key if there is but one: that of its
// curve, or the only one the profile accepts of its kind.
func (c *jwks) algorithms(p prepared) func(*jose.Key) string {
	var accepted []string
	if len(c.profiles) > 0 {
		if rules, err := p.opts.Load(); err == nil {
			accepted = slices.Concat(profile.AlgPreferred.In(rules).V, profile.HeaderAccepted.In(rules, "alg").V)
		}
	}
	return func(k *jose.Key) string {
		if alg := k.OnlyAlgorithm(); alg != "" || k.Kty != jose.KtyRSA {
			return alg
		}
		for _, alg := range accepted {
			if strings.HasPrefix(alg, "RS") || strings.HasPrefix(alg, "PS") {
				return alg
			}
		}
		return ""
	}
}
