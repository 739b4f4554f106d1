package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every flag of every command that has a value is refused if it is empty: it is where a
// script's variable is not set, and a run without it would pass what it should refuse.
func TestEmptyValuesAreRefused(t *testing.T) {
	tried := 0
	var try func(cmd *cobra.Command)
	try = func(cmd *cobra.Command) {
		for _, sub := range cmd.Commands() {
			try(sub)
		}
		path := strings.Fields(cmd.CommandPath())[1:]
		if !cmd.Runnable() || len(path) == 0 {
			return
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.NoOptDefVal != "" {
				return // it needs no value
			}
			for _, empty := range []string{"", " "} {
				tried++
				args := append(slices.Clone(path), "--"+f.Name, empty)
				for needed := 0; needed < 3 && cmd.ValidateArgs(args[len(path)+2:]) != nil; needed++ {
					args = append(args, "x")
				}
				code, out, errs := run("", args...)
				if code != 2 || out != "" || !strings.Contains(errs, "--"+f.Name+" is empty: is the variable set?") {
					t.Errorf("%s --%s %q: exit code %d\n%s%s", cmd.CommandPath(), f.Name, empty, code, out, errs)
				}
			}
		})
	}
	root := newRoot(world{}, "")
	try(root)
	if tried < 200 {
		t.Errorf("only %d were tried", tried)
	}
}
