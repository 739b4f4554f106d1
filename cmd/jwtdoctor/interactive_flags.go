package main

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// ofScreen are the flags that the screen uses. Another one asks for a report, which
// the screen is not.
func ofScreen() []string {
	return []string{"profile", "env", "set", "client-id", "aud", "token-url", "issuer", "redirect-uri", "skew", "now", "only", "skip", "kind",
		"jwks", "key", "offline", "show-secrets", "ca", "proxy", "timeout", "color", "no-color"}
}

// wantsScreen reports whether a check without an input is a wish for the screen: the
// command was not named, there is a terminal, and every flag means something there.
func (c *check) wantsScreen(cmd *cobra.Command, from origins) bool {
	if !c.bareFlags || !c.hasScreen() || c.jwks == "-" || c.key == "-" {
		return false
	}
	all := true
	cmd.Flags().Visit(func(f *pflag.Flag) {
		all = all && (slices.Contains(ofScreen(), f.Name) || !from.given(f.Name))
	})
	return all
}

// openScreen opens the screen with what the flags say.
func (c *check) openScreen(cmd *cobra.Command, p prepared, g gatherer) error {
	var err error
	if p.opts.JWKS, p.opts.Key, err = g.documents(c.keyFlags); err != nil {
		return err
	}
	if len(g.refused) > 0 {
		return g.refused[0]
	}
	if !p.from.given("show-secrets") {
		p.opts.ShowSecrets, c.showSecrets = false, false
	}
	i := &interactive{*c}
	return i.open(cmd, p)
}
