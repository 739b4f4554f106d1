package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/assertionworks/jwtdoctor/internal/term"
)

// sensibleFlags refuses flags of the command line that cannot be meant as they are given.
func sensibleFlags(cmd *cobra.Command, _ []string) error {
	if err := noEmptyFlags(cmd); err != nil {
		return err
	}
	return noContradictions(cmd)
}

// noEmptyFlags refuses a flag of the command line whose value is empty, as it is where a
// variable of a script is not set: the run would pass what it should refuse. No flag has a
// meaning for that.
func noEmptyFlags(cmd *cobra.Command) (failed error) {
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if failed == nil && slices.ContainsFunc(flagValues(f), func(v string) bool { return strings.TrimSpace(v) == "" }) {
			failed = emptyFlag(f)
		}
	})
	return failed
}

func emptyFlag(f *pflag.Flag) error {
	return usage("--%s is empty: is the variable set? Give a value, or leave the flag out", f.Name)
}

// flagValues are the values of a flag; of one that may be repeated, each.
func flagValues(f *pflag.Flag) []string {
	switch list, ok := f.Value.(pflag.SliceValue); {
	case isShort(f.Name):
		return nil
	case ok:
		return list.GetSlice()
	}
	return []string{f.Value.String()}
}

// saidBefore is the annotation of a short flag with the value that the flag it is short
// for was given before it.
const saidBefore = "jwtdoctor-said-before"

// noContradictions refuses flags of the command line that say opposite things: one of them
// would not be heard.
func noContradictions(cmd *cobra.Command) error {
	fl := cmd.Flags()
	if fl.Changed("quiet") && fl.Changed("verbose") {
		quiet, _ := fl.GetBool("quiet")
		if verbose, _ := fl.GetBool("verbose"); quiet && verbose {
			return usage("--quiet and --verbose contradict each other; give one")
		}
	}
	for _, short := range []struct{ name, flag, value string }{{"json", "format", "json"}, {"no-color", "color", string(term.ColorNever)}} {
		f, long := fl.Lookup(short.name), fl.Lookup(short.flag)
		if f == nil || long == nil || !f.Changed {
			continue
		}
		for _, other := range append(f.Annotations[saidBefore], long.Value.String()) {
			if other != short.value {
				return usage("--%s is short for --%s %s and contradicts --%[2]s %[4]s; give one", short.name, short.flag, short.value, brief(other))
			}
		}
	}
	return nil
}
