package main

import (
	"io"
	"os"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

// keyFlags name the keys an assertion is verified with.
type keyFlags struct {
	jwks string
	key  string
}

// documents reads the files of --jwks and --key. One that cannot be read is
// noted among the refused, and the assertions are judged without it. The key
// comes first: a set may have to be fetched, and the wait be interrupted.
func (g *gatherer) documents(f keyFlags) (jwks, key *doctor.Document, err error) {
	if key, err = g.document("--key", f.key); err != nil {
		return nil, nil, err
	}
	jwks, err = g.document("--jwks", f.jwks)
	return jwks, key, err
}

// document reads a file, standard input or text; nil if nothing was given
// or it could not be read.
func (g *gatherer) document(flag, value string) (*doctor.Document, error) {
	switch {
	case value == "":
		return nil, nil
	case value == "-":
		if err := g.claimStdin(); err != nil {
			return nil, err
		}
		return g.slurp(g.stdinName, &interruptible{ctx: g.ctx, r: g.In}), nil
	}
	if _, err := os.Stat(value); err != nil {
		if isPrivateKey(value) {
			return nil, keyAsText()
		}
		if isAddress(value) {
			return g.fetch(flag, value)
		}
		if isText(value) {
			return &doctor.Document{Source: flag, Data: []byte(value)}, nil
		}
		g.refused = append(g.refused, noSuchFile(value))
		return nil, nil
	}
	g.files.reads(value)
	f, err := openFile(g.ctx, value)
	if err != nil {
		g.refused = append(g.refused, unreadable("%s: %s", flag, err))
		return nil, nil
	}
	defer f.Close()
	return g.slurp(value, &interruptible{ctx: g.ctx, r: f}), nil
}

func isAddress(s string) bool {
	low := strings.ToLower(s)
	return strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "http://")
}

// fetch gets a key set from the address the user named. What went wrong is
// reported by the checks, with the rest.
func (g *gatherer) fetch(flag, address string) (*doctor.Document, error) {
	switch {
	case flag != "--jwks" && flag != "jwks":
		return nil, usage("%s %s: only a key set is fetched; give a file", flag, brief(address))
	case g.offline:
		return nil, usage("%s %s: --offline forbids to fetch it; give a file", flag, brief(address))
	case g.fromProject:
		return nil, usage("%s: an address in the project's %s is never fetched; give it on the command line", flag, configName)
	}
	if err := webAddress(flag, address); err != nil {
		return nil, err
	}
	if !g.quiet {
		g.noteProxy(address, g.client)
	}
	wait := newProgress(g.world, g.quiet)
	wait.step("fetching " + brief(address))
	got := g.client.Get(g.ctx, address)
	wait.end()
	if got.Trouble != "" && g.ctx.Err() != nil {
		return &doctor.Document{Source: got.URL, Interrupted: true}, nil
	}
	if got.Cut {
		got.Body = append(got.Body, '\n') // so that its size is what it is refused for
	}
	return &doctor.Document{Source: got.URL, Data: got.Body, Fetched: &evidence.Fetched{
		URL: got.URL, Redirects: got.Redirects, Status: got.Status, ContentType: got.ContentType, Took: got.Took,
		Trouble: got.Trouble, Fault: got.Fault, Unended: got.Unended,
	}}, nil
}

// slurp reads one byte more than a key document may have, so that its size is
// what it is refused for.
func (g *gatherer) slurp(name string, r io.Reader) *doctor.Document {
	data, err := io.ReadAll(io.LimitReader(r, max(jose.MaxSetBytes, jose.MaxKeyFileBytes)+1))
	switch {
	case g.ctx.Err() != nil:
		return nil
	case err != nil:
		g.refused = append(g.refused, unreadable("%s cannot be read: %s", name, reason(err)))
		return nil
	case len(data) == 0:
		g.refused = append(g.refused, unreadable("%s is empty; a key or key set was expected", name))
		return nil
	}
	return &doctor.Document{Source: name, Data: data}
}
