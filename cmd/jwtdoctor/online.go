package main

import (
	"context"
	"io"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/probe"
)

// onlineFlags say how a server is reached. They are given on the command line
// alone: a project's file has no word in whom to trust and which way to go.
type onlineFlags struct {
	ca, proxy string
	timeout   time.Duration
}

func (f *onlineFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.ca, "ca", "", "trust the certificates of this `FILE`, too")
	fl.StringVar(&f.proxy, "proxy", "", "go through the proxy at this `URL`, whatever the environment says")
	fl.DurationVar(&f.timeout, "timeout", probe.Timeout, "wait this `LONG` for each step of going online")
}

func ownOnline() []string { return []string{"ca", "proxy", "timeout"} }

// client is the probe with the flags' trust, proxy and patience.
func (f *onlineFlags) client(ctx context.Context) (probe.Client, error) {
	client := probe.Client{Timeout: f.timeout, UserAgent: "jwtdoctor/" + version()}
	if f.timeout <= 0 {
		return client, usage("--timeout %s: give a duration above zero, such as 10s", f.timeout)
	}
	if f.ca != "" {
		file, err := openFile(ctx, f.ca)
		if err != nil {
			return client, unreadable("--ca: %s", err)
		}
		defer file.Close()
		data, err := io.ReadAll(io.LimitReader(file, 4<<20))
		if err != nil {
			return client, unreadable("--ca %s cannot be read", brief(f.ca))
		}
		if client.ExtraRoots, err = probe.ReadCertificates(data); err != nil {
			return client, unreadable("--ca %s: %s", brief(f.ca), err)
		}
		client.ExtraFrom = f.ca
	}
	if f.proxy != "" {
		u, err := url.Parse(f.proxy)
		if err != nil || u.Host == "" {
			return client, usage("--proxy %s is no address; write http://host:port", brief(f.proxy))
		}
		client.Proxy = u
	}
	return client, nil
}
