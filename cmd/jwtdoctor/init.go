package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/input"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// schemaAddress is where editors find the schema of the project's file.
const schemaAddress = "https://raw.githubusercontent.com/assertionworks/jwtdoctor/main/docs/config.schema.json"

// initial is what init writes into the project's file.
type initial struct {
	world
	profile, env, clientID, jwks, now string
	inputs                            []string
	force, dryRun                     bool
}

func newInit(w world) *cobra.Command {
	i := &initial{world: w}
	cmd := &cobra.Command{
		Use:   "init [PATTERN…]",
		Short: "Write a commented .jwtdoctor.yaml for this project",
		Long: `init looks through the files here for assertions and requests, detects the provider
from them, and writes .jwtdoctor.yaml with that profile and the files as inputs, so
that jwtdoctor check without arguments checks them.

On a terminal without flags it asks; with a flag or a PATTERN it does not. A file that
is there already is kept unless --force is given. Nothing goes online.`,
		Example: `  jwtdoctor init
  jwtdoctor init --profile epic --client-id my-client 'fixtures/*.jwt'
  jwtdoctor init --dry-run`,
		RunE: func(cmd *cobra.Command, args []string) error { return i.run(cmd, args) },
	}
	fl := cmd.Flags()
	fl.SortFlags = false
	fl.StringVarP(&i.profile, "profile", "p", "", "provider profile, `ID or FILE` (default: detected from the files)")
	fl.StringVar(&i.env, "env", "", "`NAME` of the provider's environment")
	fl.StringVar(&i.clientID, "client-id", "", "client `ID` that iss and sub must be")
	fl.StringVar(&i.jwks, "jwks", "", "the client's published keys: `FILE`")
	fl.StringVar(&i.now, "now", "iat", "`TIME` to check at: iat for kept fixtures, now for freshly generated assertions")
	fl.BoolVar(&i.force, "force", false, "replace a file that is there already")
	fl.BoolVar(&i.dryRun, "dry-run", false, "print the file instead of writing it")
	choices(cmd, "profile", profile.IDs)
	return cmd
}

func (i *initial) run(cmd *cobra.Command, args []string) error {
	if err := oneOf("--now", i.now, []string{"iat", "now"}); err != nil {
		return err
	}
	if _, err := os.Stat(configName); err == nil && !i.force && !i.dryRun {
		return usage("%s is there already; --force replaces it, --dry-run only shows what would be written", configName)
	}
	for _, a := range args {
		if !filepath.IsLocal(a) {
			return usage("%s: inputs must be below this directory", brief(a))
		}
	}
	if isAddress(i.jwks) {
		return usage("--jwks %s: a project's file names files only; give an address on the command line of check", brief(i.jwks))
	}
	i.inputs = args
	found := survey(cmd.Context(), i.world, args)
	ask := i.InIsTTY && len(args) == 0 && cmd.Flags().NFlag() == 0
	if len(i.inputs) == 0 {
		i.inputs = found.patterns()
	}
	if i.profile == "" {
		i.profile = found.profile()
	}
	if i.env == "" {
		i.env = found.env(i.profile)
	}
	if ask {
		if err := i.ask(found); err != nil {
			return err
		}
	}
	if i.profile != "" && !isFileName(i.profile) {
		if _, err := profile.Source(i.profile); err != nil {
			return usage("--profile: %s", err)
		}
	}
	text := i.text(found)
	if _, err := parseConfig(filepath.Join(".", configName), []byte(text)); err != nil {
		return err
	}
	if i.dryRun {
		return i.print(text)
	}
	if err := os.WriteFile(configName, []byte(text), 0o644); err != nil {
		return &outputError{err: err}
	}
	next := "jwtdoctor check"
	if len(i.inputs) == 0 {
		next += " FILE; or name the files under inputs in " + configName
	}
	return i.print(fmt.Sprintf("Wrote %s: %s.\nNext: %s\n", configName, i.summary(found), next))
}

// ask offers each value on the terminal; an empty line accepts it.
func (i *initial) ask(found surveyed) error {
	in := bufio.NewScanner(i.In)
	put := func(question, offer string, value *string) error {
		if offer == "" {
			offer = "none"
		}
		fmt.Fprintf(i.Err, "%s [%s]: ", question, visible.Text(offer))
		if !in.Scan() {
			fmt.Fprintln(i.Err)
			if in.Err() != nil {
				return unreadable("cannot read the terminal: %s", reason(in.Err()))
			}
			return io.EOF
		}
		if text := strings.TrimSpace(in.Text()); text != "" {
			*value = text
		}
		return nil
	}
	inputs := strings.Join(i.inputs, " ")
	for _, q := range []struct {
		question string
		value    *string
	}{
		{"Provider profile (" + found.evidence() + ")", &i.profile},
		{"Environment", &i.env},
		{"Client ID that iss and sub must be", &i.clientID},
		{"Files to check, as patterns", &inputs},
		{"Check kept fixtures as of their iat, or fresh ones now (iat, now)", &i.now},
	} {
		if err := put(q.question, *q.value, q.value); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
	}
	i.inputs = strings.Fields(inputs)
	return oneOf("the time to check at", i.now, []string{"iat", "now"})
}

// text is the file.
func (i *initial) text(found surveyed) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	setting := func(name, value, example string) {
		if value == "" {
			line("# %s: %s", name, example)
			return
		}
		line("%s: %s", name, yamlText(value))
	}
	line("# yaml-language-server: $schema=%s", schemaAddress)
	line("# Settings of this project for jwtdoctor. A flag overrides an environment variable")
	line("# (JWTDOCTOR_PROFILE), which overrides this file; jwtdoctor config shows what applies.")
	line("")
	line("# The provider whose documented rules apply; jwtdoctor profiles lists them.")
	setting("profile", i.profile, "redox")
	line("")
	line("# The provider's environment, where it has several.")
	setting("env", i.env, "production")
	line("")
	line("# The client ID that iss and sub must be.")
	setting("client-id", i.clientID, "my-client")
	line("")
	line("# The client's public keys, to verify signatures.")
	setting("jwks", i.jwks, "jwks.json")
	line("")
	line("# What jwtdoctor check reads when no input is named.")
	if len(i.inputs) == 0 {
		line("# inputs: [fixtures/*.jwt]")
	} else {
		line("inputs:")
		for _, p := range i.inputs {
			line("  - %s", yamlText(filepath.ToSlash(p)))
		}
	}
	line("")
	line("# When to check: iat for kept fixtures, each at its own time; now for assertions that")
	line("# were just generated, where an expired one is an error.")
	setting("now", i.now, "iat")
	line("")
	line("# Checks or causes to leave out, with the reason and the last day.")
	line("# skip:")
	line("#   - check: jti-guessable")
	line("#     reason: the test generator counts")
	line("#     until: %s", i.clock().UTC().AddDate(0, 3, 0).Format("2006-01-02"))
	return b.String()
}

func (i *initial) summary(found surveyed) string {
	what := "no profile (detected for each input)"
	if i.profile != "" {
		what = "profile " + i.profile
	}
	if len(i.inputs) == 0 {
		return what + ", no inputs found"
	}
	return what + ", inputs " + strings.Join(i.inputs, " ")
}

// yamlText writes a value so that YAML reads it back as the same text.
func yamlText(s string) string {
	plain := s != "" && strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '/' || r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9')
	}) < 0 && (s[0] >= 'a' && s[0] <= 'z' || s[0] >= 'A' && s[0] <= 'Z') &&
		!slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(s))
	if plain {
		return s
	}
	return strconv.QuoteToGraphic(s)
}

// surveyed is what the files of a project say about its provider.
type surveyed struct {
	files    []string                  // in which something was recognised
	profiles map[string]map[string]int // ID, environment: how many files
}

// survey looks through files for assertions and requests. Files of other kinds, and
// more than a moderate number, are not looked at.
func survey(ctx context.Context, w world, patterns []string) surveyed {
	const most = 300
	s := surveyed{profiles: map[string]map[string]int{}}
	var files []string
	if len(patterns) == 0 {
		files, _ = input.Directory(".") // what cannot be read is not among them
		files = slices.DeleteFunc(files, func(path string) bool { return !kept(path) })
	}
	for _, p := range patterns {
		found, _ := filepath.Glob(p) // a bad pattern matches nothing, and is refused when it is written
		files = append(files, found...)
	}
	if len(files) > most {
		files = files[:most]
	}
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if s.look(ctx, w, path) {
			s.files = append(s.files, path)
		}
	}
	return s
}

// kept reports whether a file is of a kind that assertions and requests are kept in.
func kept(path string) bool {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jwt", ".jws", ".http", ".rest", ".har", ".ndjson", ".jsonl", ".curl":
		return true
	case ".txt", ".json", ".sh":
		// Common names, so only if a directory says what they are for.
		dir := strings.ToLower(filepath.ToSlash(filepath.Dir(path)))
		return strings.Contains(dir, "fixture") || strings.Contains(dir, "testdata") || strings.Contains(dir, "assertion") || strings.Contains(dir, "examples")
	}
	return false
}

// look reads one file and notes the providers it points to.
func (s surveyed) look(ctx context.Context, w world, path string) (some bool) {
	f := &lazyFile{path: path}
	opts := doctor.Options{Clock: w.clock, Version: version(), Offline: true, Brief: true}
	_, err := doctor.Run(ctx, opts, []doctor.Input{{Name: path, Open: f}}, func(c finding.Case) error {
		if !slices.ContainsFunc(c.Input.Kinds, func(k string) bool { return k == "assertion" || k == "request" || k == "decoded-assertion" }) {
			return nil
		}
		some = true
		if id := c.Profile.ID; id != "" && id != profile.Standard {
			if s.profiles[id] == nil {
				s.profiles[id] = map[string]int{}
			}
			s.profiles[id][c.Profile.Env]++
		}
		return nil
	})
	return some && err == nil
}

// profile is the provider that most files point to, "" if none does.
func (s surveyed) profile() string {
	best, most := "", 0
	for _, id := range slices.Sorted(maps.Keys(s.profiles)) {
		if n := total(s.profiles[id]); n > most {
			best, most = id, n
		}
	}
	return best
}

// env is the environment of a provider, where all its files point to the same.
func (s surveyed) env(id string) string {
	if envs := s.profiles[id]; len(envs) == 1 {
		for env := range envs {
			return env
		}
	}
	return ""
}

// evidence says in words what the files point to.
func (s surveyed) evidence() string {
	id := s.profile()
	if id == "" {
		return "none detected"
	}
	all := 0
	for _, envs := range s.profiles {
		all += total(envs)
	}
	return fmt.Sprintf("%s: %d of %d", id, total(s.profiles[id]), all)
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// patterns are the files as few patterns.
func (s surveyed) patterns() []string {
	var out []string
	for _, f := range s.files {
		p := filepath.Join(filepath.Dir(f), "*"+filepath.Ext(f))
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}
