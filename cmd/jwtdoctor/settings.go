package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/assertionworks/jwtdoctor/internal/probe"
)

// prefix of the environment variables that stand for flags.
const envPrefix = "JWTDOCTOR_"

// origins tells of each setting that no flag gave where it came from.
type origins map[string]string

// project tells whether a setting came from the project's file.
func (o origins) project(name string) bool {
	from, ok := o[name]
	return ok && !strings.HasPrefix(from, envPrefix)
}

// settle fills in the flags that were not given: from the environment, then
// from the project's file. Flags named in own are given on the command line
// alone.
func settle(cmd *cobra.Command, w world, own ...string) (origins, error) {
	from := origins{}
	config, err := readConfig()
	if err != nil {
		return nil, err
	}
	var failed error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Changed || failed != nil || f.Name == "help" || slices.Contains(own, f.Name) {
			return
		}
		variable := envPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v := w.getenv(variable); v != "" {
			from[f.Name] = variable
			failed = set(f, strings.Split(strings.TrimRight(v, "\n"), "\n"), variable)
			return
		}
		if v, ok := config.values[f.Name]; ok {
			from[f.Name] = v.at
			failed = set(f, v.texts, v.at)
		}
	})
	return from, failed
}

// set gives a flag its value from elsewhere.
func set(f *pflag.Flag, values []string, from string) error {
	f.Changed = true
	if list, ok := f.Value.(pflag.SliceValue); ok {
		return list.Replace(values)
	}
	if len(values) != 1 {
		return usage("%s: %s takes one value", from, f.Name)
	}
	if err := f.Value.Set(values[0]); err != nil {
		return usage("%s: %q is no value for %s; give %s", from, brief(values[0]), f.Name, valueOf(f))
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
			w.note("%s %s, from %s", f.Name, settingText(f), from)
		}
	})
}

func settingText(f *pflag.Flag) string {
	values := []string{f.Value.String()}
	if list, ok := f.Value.(pflag.SliceValue); ok {
		values = list.GetSlice()
	}
	for i, v := range values {
		if strings.Contains(v, "://") {
			values[i] = probe.Shown(v)
		}
	}
	return strings.Join(values, ", ")
}

// unread notes variables that are set for flags which are given on the command
// line alone: whoever set one believes that it holds.
func unread(w world, cmd *cobra.Command, own []string) {
	for _, name := range own {
		variable := envPrefix + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
		if f := cmd.Flags().Lookup(name); f != nil && !f.Changed && w.getenv(variable) != "" {
			w.note("%s is not read by %s: --%s is given on the command line alone", variable, cmd.CommandPath(), name)
		}
	}
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
		if _, err := os.Stat(candidate); err == nil && path == "" {
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
