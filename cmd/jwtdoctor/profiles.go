package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/explain"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/visible"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

func newProfiles(w world) *cobra.Command {
	list := newProfilesList(w)
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List, show, compare or check provider profiles",
		Example: `  jwtdoctor profiles
  jwtdoctor profiles list health
  jwtdoctor profiles show redox`,
		Args: list.Args,
		RunE: list.RunE,
	}
	cmd.Flags().AddFlag(list.Flags().Lookup("format"))
	cmd.Flags().AddFlag(list.Flags().Lookup("json"))
	cmd.Flags().AddFlag(list.Flags().Lookup("plain"))
	cmd.AddCommand(list, newProfilesShow(w), newProfilesDiff(w), newProfilesNew(w), newProfilesLint(w))
	return cmd
}

func newProfilesList(w world) *cobra.Command {
	var format string
	var screen screenFlags
	cmd := &cobra.Command{
		Use:   "list [WORD]",
		Short: "List the profiles, or those about a word",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && cmd.HasSubCommands() {
				var names []string
				for _, sub := range cmd.Commands() {
					names = append(names, sub.Name())
				}
				if wording.Nearest(args[0], names) != "" {
					return noArgs(cmd, args) // a slip in the name of a subcommand
				}
			}
			return atMostOne("a word to filter by")(cmd, args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("--format", format, decodeFormats()); err != nil {
				return err
			}
			all := profilesWith(args)
			if len(all) == 0 {
				return usage("no profile contains %q; jwtdoctor profiles lists them all", brief(args[0]))
			}
			if format == "json" {
				return w.printJSON(struct {
					Profiles []profileEntry `json:"profiles"`
				}{all})
			}
			return w.print(profilesText(all, w.foldWidth(w.OutIsTTY && !screen.plain)))
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or json")
	choices(cmd, "format", decodeFormats)
	screen.registerPlain(cmd)
	shortFor(cmd, "json", "short for --format json", "format", "json")
	return cmd
}

// profilesWith are the profiles that have a word in ID, alias, name, kind, base,
// description or the heading they are listed under.
func profilesWith(args []string) []profileEntry {
	all := embeddedProfiles()
	if len(args) == 0 {
		return all
	}
	word := strings.ToLower(args[0])
	resolved, _ := profile.Resolve(word)
	library := profile.NewLibrary()
	return slices.DeleteFunc(all, func(e profileEntry) bool {
		text := strings.Join([]string{e.ID, e.Name, e.Kind, e.Extends, fieldName(e.Field)}, "\n")
		if p, err := library.Load(e.ID); err == nil {
			text += "\n" + p.About
		}
		return e.ID != resolved && !strings.Contains(strings.ToLower(text), word)
	})
}

// profileEntry is one line of the list.
type profileEntry struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	Field        string   `json:"field,omitempty"`
	Kind         string   `json:"kind"`
	Extends      string   `json:"extends"`
	Environments []string `json:"environments"`
}

func embeddedProfiles() []profileEntry {
	var out []profileEntry
	for _, e := range profile.NewLibrary().Entries() {
		out = append(out, profileEntry{ID: e.ID, Name: e.Name, Field: e.Field, Kind: e.Kind, Extends: e.Extends, Environments: e.Environments})
	}
	return out
}

// profilesText is the list, wrapped to a width; 0 is without wrapping.
func profilesText(all []profileEntry, width int) string {
	var id, kind int
	for _, p := range all {
		id, kind = max(id, len(p.ID)), max(kind, len(p.Kind))
	}
	var b strings.Builder
	for _, field := range append(profile.Fields(), "") {
		heading := fieldName(field) + "\n"
		for _, p := range all {
			if p.Field != field {
				continue
			}
			b.WriteString(heading)
			heading = ""
			// The name is last: it is the longest, and nothing has to line up after it.
			lead, name := fmt.Sprintf("  %-*s  %-*s  ", id, p.ID, kind, p.Kind), p.Name
			if len(p.Environments) > 0 {
				name += " (" + strings.Join(p.Environments, ", ") + ")"
			}
			switch {
			case width == 0:
				b.WriteString(lead + name + "\n")
			case width < len(lead)+24: // too little room next to the columns
				b.WriteString(strings.TrimRight(lead, " ") + "\n" + wrapped("    ", name, width))
			default:
				b.WriteString(wrapped(lead, name, width))
			}
		}
	}
	return b.String()
}

func newProfilesShow(w world) *cobra.Command {
	var format string
	var screen screenFlags
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show what a profile documents, with its sources",
		Args:  oneArg("a profile's ID; jwtdoctor profiles lists them"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return profileWords(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("--format", format, showFormats()); err != nil {
				return err
			}
			if format == "yaml" {
				text, err := profile.Source(args[0])
				if err != nil {
					return usage("%s", err)
				}
				return w.print(string(text))
			}
			// So that a cause of the same name is not shown instead.
			if _, err := profile.Source(args[0]); err != nil {
				return usage("%s", err)
			}
			book, err := explain.Load()
			if err != nil {
				return err
			}
			book.Today = w.clock()
			page, err := book.Topic(args[0])
			if err != nil {
				return usage("%s", err)
			}
			return w.tell(page, format, screen)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text, markdown or yaml")
	choices(cmd, "format", showFormats)
	screen.registerColor(cmd)
	screen.registerPlain(cmd)
	return cmd
}

func showFormats() []string { return append(explainFormats(), "yaml") }

func newProfilesLint(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "lint FILE…",
		Short: "Check your own profile files",
		Long: `lint reads profile files as --profile would and reports everything that is wrong
with them, as file:line:column: message. The exit code is 1 if anything is.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("profiles lint needs a FILE")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error { return w.lint(args) },
	}
}

func (w world) lint(files []string) error {
	known := checks.Known()
	code := 0
	var lost error // of standard output
	say := func(text string) {
		if lost == nil {
			lost = w.print(text)
		}
	}
	for _, file := range files {
		_, err := profile.ReadFile(file, known)
		var lint *profile.LintError
		switch {
		case err == nil:
			say(visible.Text(file) + ": ok\n")
		case errors.As(err, &lint):
			code = max(code, exitFound)
			for _, p := range lint.Problems {
				say(visible.Text(w.hide(p.String())) + "\n")
			}
		default:
			code = exitUsage
			w.complain(fmt.Sprintf("cannot read %s: %s", file, reason(err)))
		}
	}
	if lost != nil && code < exitUsage {
		return lost
	}
	if code != 0 {
		return status(code)
	}
	return nil
}

// commandName is a command below the program, whose own name is before every message.
func commandName(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

// oneArg asks for one argument in words.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return usage("%s needs %s", commandName(cmd), what)
		case len(args) > 1:
			return usage("%s accepts one argument, but got %d", commandName(cmd), len(args))
		}
		return nil
	}
}

// atMostOne lets one argument be given or left out.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage("%s accepts one argument, %s, but got %d", commandName(cmd), what, len(args))
		}
		return nil
	}
}
