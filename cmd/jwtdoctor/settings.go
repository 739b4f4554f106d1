package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/probe"
)

// prefix of the environment variables that set flags.
const envPrefix = "JWTDOCTOR_"

// origins says where each setting came from that was not given as a flag.
type origins map[string]string

// project reports whether a setting came from the project's file.
func (o origins) project(name string) bool {
	from, ok := o[name]
	return ok && !strings.HasPrefix(from, envPrefix)
}

// given reports whether a setting came from the command line. Only an address given
// there is gone to.
func (o origins) given(name string) bool {
	_, elsewhere := o[name]
	return !elsewhere
}

// settle fills in the flags that were not given: from the environment, then
// from the project's file. Flags named in own are given on the command line
// alone.
func settle(cmd *cobra.Command, w world, own ...string) (origins, error) {
	from := origins{}
	if path, ok := findConfig(); ok {
		w.files.reads(path)
	}
	config, err := readConfig()
	if err != nil {
		return nil, err
	}
	if err := keyInEnvironment(w); err != nil {
		return nil, err
	}
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || failed != nil || f.Name == "help" || isShort(f.Name) || slices.Contains(own, f.Name) {
			return
		}
		variable := variableOf(f.Name)
		if v := w.getenv(variable); v != "" {
			from[f.Name] = variable
			failed = set(f, strings.Split(strings.TrimRight(v, "\n"), "\n"), variable)
			return
		}
		v, ok := config.values[f.Name]
		if ok && f.Name == "skip" {
			var over []skipped
			if v.texts, over = config.skipping(w.clock()); len(v.texts) == 0 {
				ok = false
			}
			for _, s := range over {
				w.note("%s: skip %s has ended, and the check runs again", s.At, s.text())
			}
		}
		if ok {
			from[f.Name] = v.at
			failed = set(f, v.texts, v.at)
		}
	})
	if failed != nil {
		return from, failed
	}
	if quiet, _ := cmd.Flags().GetBool("quiet"); !quiet {
		noteUnread(w, cmd, own)
	}
	return from, from.files(w, cmd)
}

// files notes the files that settings name, and refuses those of the project's file
// that are none.
func (o origins) files(w world, cmd *cobra.Command) error {
	for _, name := range []string{"profile", "jwks"} {
		f := cmd.Flags().Lookup(name)
		if f == nil {
			continue
		}
		paths := []string{f.Value.String()}
		if name == "profile" {
			paths = profileFiles(paths[0])
		}
		for _, path := range paths {
			if o.project(name) {
				if err := onlyRegular(o[name], path); err != nil {
					return err
				}
			}
			w.files.reads(path)
		}
	}
	return nil
}

// keyInEnvironment refuses a private key in a variable of ours, even one that this
// command does not read: the environment is inherited and logged.
func keyInEnvironment(w world) error {
	for _, e := range w.environ {
		name, value, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, envPrefix) && isPrivateKey(value) {
			return usage("%s contains a private key, and every program that is started from here can read it; keep keys in a file or pass them on standard input, and replace this one", name)
		}
	}
	return nil
}

// set gives a flag its value from elsewhere.
func set(f *pflag.Flag, values []string, from string) error {
	f.Changed = true
	for _, v := range values {
		switch {
		case isPrivateKey(v):
			return usage("%s contains a private key; keep keys in separate files or pass them on standard input, and replace this one", from)
		case strings.HasPrefix(from, envPrefix) && fetched(f.Name) && isAddress(v):
			return usage("%s is an address, and nothing is fetched from an address in the environment; give it on the command line: --%s %s", from, f.Name, brief(v))
		}
	}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.Replace(values)
	}
	if len(values) != 1 {
		return usage("%s: %s needs a single value", from, f.Name)
	}
	if err := f.Value.Set(values[0]); err != nil {
		return usage("%s: cannot read %q as %s; use %s", from, brief(values[0]), f.Name, valueOf(f))
	}
	return nil
}

// blame adds to an error about a flag where its value came from, when the
// command line is not the place to look.
func (o origins) blame(err error) error {
	for name, from := range o {
		if rest, ok := strings.CutPrefix(err.Error(), "--"+name); ok && (strings.HasPrefix(rest, " ") || strings.HasPrefix(rest, ":")) {
			return usage("%s (from %s)", err, from)
		}
	}
	return err
}

// tell notes where settings came from.
func (o origins) tell(w world, cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if from, ok := o[f.Name]; ok {
			w.note("%s %s, from %s", f.Name, settingText(f, from), from)
		}
	})
}

// fetched reports whether a flag takes an address that is gone to.
func fetched(flag string) bool { return flag == "jwks" || flag == "discovery" }

// settingText is a setting as a note may repeat it. What flags read from, be it a
// file or the text itself, is not: a key or an assertion may be among it.
func settingText(f *pflag.Flag, from string) string {
	if reads(f.Name) && strings.HasPrefix(from, envPrefix) {
		return "is set"
	}
	values := []string{f.Value.String()}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		values = slices.Clone(list.GetSlice())
	}
	for i, v := range values {
		values[i] = settingShown(f.Name, v)
	}
	return strings.Join(values, ", ")
}

func settingShown(flag, value string) string {
	name, rest, pair := strings.Cut(value, "=")
	switch {
	case strings.Contains(value, "://"):
		return looks(probe.Shown(value))
	case repeatable(flag), value == "":
		return looks(value)
	case pair && !mask.Opaque(rest) && mask.Plain(name): // a rule
		return looks(value)
	}
	return brief(value)
}

// configName is the file a project keeps its settings in.
const configName = ".jwtdoctor.yaml"

// findConfig looks for the project's file from the working directory up to the
// root of the repository, and no further: above it, or outside of any
// repository, a file may be anybody's.
func findConfig() (path string, ok bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for at := dir; ; at = filepath.Dir(at) {
		candidate := filepath.Join(at, configName)
		if _, err := os.Lstat(candidate); err == nil && path == "" {
			path = candidate
		}
		if _, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return path, path != ""
		}
		if at == filepath.Dir(at) {
			break
		}
	}
	if filepath.Dir(path) == dir {
		return path, true
	}
	return "", false
}
