package main

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/wording"
	"github.com/spf13/cobra"
)

// variableOf is the variable of the environment that sets a flag.
func variableOf(flag string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// noteUnread notes variables of ours that have no effect: anyone who set one believes
// that it has. What the formats of reports say is meant for other commands than those
// that have their own.
func noteUnread(w world, cmd *cobra.Command, own []string) {
	var others []string // of flags that the command lacks
	for _, e := range w.environ {
		variable, value, _ := strings.Cut(e, "=")
		name, ours := strings.CutPrefix(variable, envPrefix)
		if !ours || value == "" {
			continue
		}
		name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
		switch f := cmd.Flags().Lookup(name); {
		case f == nil:
			others = append(others, name)
		case name == "json":
			w.note("%s has no effect; set %s=json", variable, variableOf("format"))
		case name == "no-color":
			w.note("%s has no effect; set %s=never", variable, variableOf("color"))
		case f.Changed || name == "format" || name == "output":
		case slices.Contains(own, name):
			w.note("%s has no effect on %s: give --%s on the command line", variable, cmd.CommandPath(), name)
		}
	}
	for _, name := range others {
		if near := misspelt(w, name); near != "" {
			w.note("%s is not a setting; did you mean %s?", variableOf(name), variableOf(near))
		}
	}
}

// misspelt is the flag that a name is a slip of; "" if it is a flag of some command, or
// near none.
func misspelt(w world, name string) string {
	known := append(w.flagNames(), "ascii", "debug")
	if slices.Contains(known, name) {
		return ""
	}
	return wording.Nearest(name, known)
}
