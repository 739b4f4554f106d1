package main

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/probe"
)

// onlineFlags say how a server is reached. They are given on the command line
// only: a project's file does not decide whom to trust and which way to go.
type onlineFlags struct {
	ca, proxy string
	timeout   time.Duration
}

func (f *onlineFlags) register(cmd *cobra.Command) {
	fl := cmd.Flags()
	fl.StringVar(&f.ca, "ca", "", "also trust the certificates in this `FILE`")
	fl.StringVar(&f.proxy, "proxy", "", "use the proxy at this `URL`, whatever the environment says")
	fl.DurationVar(&f.timeout, "timeout", probe.Timeout, "give up after this `DURATION`, for all network steps together")
}

func ownOnline() []string { return []string{"ca", "proxy", "timeout"} }

// client is the probe with the flags' trust, proxy and patience.
func (f *onlineFlags) client(ctx context.Context, w world) (probe.Client, error) {
	client := probe.Client{Timeout: f.timeout, UserAgent: "jwtdoctor/" + version()}
	if f.timeout <= 0 {
		return client, usage("--timeout %s: give a duration above zero, such as 10s", f.timeout)
	}
	if f.ca != "" {
		w.files.reads(f.ca)
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
		u, err := probe.ReadProxy(f.proxy)
		if err != nil {
			return client, usage("--proxy %s %s", brief(probe.Shown(f.proxy)), err)
		}
		client.Proxy = u
	}
	return client, nil
}

// webAddress refuses an address that nobody can go to. What it is reported as holds
// no password of it.
func webAddress(what, address string) error {
	if _, err := probe.ReadAddress(address); err != nil {
		return usage("%s %s %s", what, brief(probe.Shown(address)), err)
	}
	return nil
}

// noteProxy reports a proxy the environment means to name and does not.
func (w world) noteProxy(address string, client probe.Client) {
	u, err := probe.ReadAddress(address)
	if err != nil || client.Proxy != nil || probe.Near(u) {
		return
	}
	name := strings.ToUpper(u.Scheme) + "_PROXY"
	for _, name := range []string{name, strings.ToLower(name)} {
		value := w.getenv(name)
		if value == "" {
			continue
		}
		if probe.ProxyIgnored(value) {
			w.note("%s is not an address, so it is ignored; write http://host:port, with %%23, %%2F and %%3F for # / ? in a password", name)
		}
		return
	}
	for _, all := range []string{"ALL_PROXY", "all_proxy"} {
		if w.getenv(all) != "" {
			w.note("%s is not used; set %s, or use --proxy", all, name)
			return
		}
	}
}
