package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// noEmptyFlags refuses a flag of the command line whose value is empty, as it is where a
// variable of a script is not set: the run would pass what it should refuse. No flag has a
// meaning for that.
func noEmptyFlags(cmd *cobra.Command, _ []string) (failed error) {
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
