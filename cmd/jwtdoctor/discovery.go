package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/probe"
)

// metadata is the discovery document of --discovery, or what --discover finds
// under the issuer or token URL; nil if neither was asked for. It goes online
// only for an address on the command line.
func (c *check) metadata(cmd *cobra.Command, p prepared, client probe.Client) (*evidence.Discovery, error) {
	online := func(flag, setting, address string) error {
		switch {
		case c.offline:
			return usage("%s goes online, and --offline forbids it", flag)
		case !p.from.given(setting):
			return usage("%s: the address %s comes from %s, and only an address on the command line is fetched; give it there", flag, brief(address), p.from[setting])
		}
		return nil
	}
	look := func(flag, address string) (*evidence.Discovery, error) {
		if err := webAddress(flag, address); err != nil {
			return nil, err
		}
		if !c.quiet {
			p.noteProxy(address, client)
		}
		wait := newProgress(p.world, c.quiet)
		defer wait.end()
		wait.step("discovery at " + brief(address))
		find := client.Discover
		if flag == "--token-url" {
			find = client.DiscoverFrom
		}
		return whole(cmd.Context(), find(cmd.Context(), address)), nil
	}
	switch {
	case c.discovery != "" && c.discover:
		return nil, usage("give either --discovery, with the document, or --discover, to look for it")
	case isAddress(c.discovery):
		if err := online("--discovery", "discovery", c.discovery); err != nil {
			return nil, err
		}
		return look("--discovery", c.discovery)
	case c.discovery != "":
		c.files.reads(c.discovery)
		f, err := openFile(cmd.Context(), c.discovery)
		if err != nil {
			return nil, unreadable("--discovery: %s", err)
		}
		defer f.Close()
		data, err := io.ReadAll(io.LimitReader(f, probe.MaxBody))
		if err != nil {
			return nil, unreadable("--discovery %s cannot be read", brief(c.discovery))
		}
		return probe.ReadDiscovery(c.discovery, data), nil
	case !c.discover:
		return nil, nil
	}
	address, setting := c.issuer, "issuer"
	if address == "" {
		address, setting = c.tokenURL, "token-url"
	}
	if address == "" {
		return nil, usage("--discover needs an address to look under: give --issuer URL or --token-url URL")
	}
	if err := online("--discover", setting, address); err != nil {
		return nil, err
	}
	return look("--"+setting, address)
}

// whole is the document a look came to; nil if the look was interrupted, as
// what was not answered then says nothing of the server.
func whole(ctx context.Context, d *evidence.Discovery) *evidence.Discovery {
	if ctx.Err() != nil && d.Doc == nil {
		return nil
	}
	return d
}
