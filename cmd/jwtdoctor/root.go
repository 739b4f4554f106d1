package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// execute finds the command and runs it.
func execute(ctx context.Context, args []string, w world) error {
	if len(args) == 0 && !w.InIsTTY {
		args = []string{"check", "-"}
	}
	only := ""
	if len(args) > 0 {
		only = args[0]
	}
	w.flagNames = func() []string { return flagNames(newRoot(w, "")) }
	w.bareFlags = strings.HasPrefix(only, "-")
	root := newRoot(w, only)
	for _, a := range args {
		// To the flag parser the label of a PEM is a flag, which it would repeat.
		if strings.HasPrefix(a, "-") && isPrivateKey(a) {
			return keyAsText()
		}
	}
	if len(args) > 0 {
		into, err := entrance(root, args)
		if err != nil {
			return err
		}
		args = into
	}
	root.SetArgs(args)
	return root.ExecuteContext(ctx)
}

// commands are what the program can do, in the order of its help.
var commands = [...]struct {
	name string
	make func(world) *cobra.Command
}{
	{"check", newCheck}, {"decode", newDecode}, {"diff", newDiff}, {"jwks", newJWKS}, {"probe", newProbe}, {"token", newToken}, {"tap", newTap}, {"serve", newServe},
	{"sign", newSign}, {"explain", newExplain}, {"checks", newChecks}, {"profiles", newProfiles}, {"init", newInit}, {"config", newConfig}, {"completion", newCompletion}, {"version", newVersion}, {"man", newMan},
}

// newRoot makes the program's command with the one that is called below it; with
// all of them where only is none, or is one that looks at the others. Their flags
// are half the work of starting up.
func newRoot(w world, only string) *cobra.Command {
	root := &cobra.Command{
		Use:   "jwtdoctor",
		Short: "Find out why an OAuth private_key_jwt token request fails",
		Long: `jwtdoctor finds out why an OAuth private_key_jwt token request fails. It compares
the client assertion with what the provider documents, and shows what is wrong,
where, and how to fix it.

Without an input it opens a screen in the terminal: paste the token, the request or
the error there. Flags such as --profile or --token-url apply there too. With
something on standard input it checks that.

It goes online only for a URL that you give it for that purpose.`,
		Example: examples,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ask, _ := cmd.Flags().GetBool("version"); ask {
				return w.print(versionLine() + "\n")
			}
			return runInteractive(cmd.Context(), w)
		},
		PersistentPreRunE: sensibleFlags,
		SilenceErrors:     true,
		SilenceUsage:      true,
	}
	root.Flags().BoolP("version", "V", false, "print the version")
	root.SetIn(w.In)
	root.SetOut(w.Out)
	root.SetErr(w.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return flagError(w, cmd, err) })
	root.SetHelpCommand(newHelp(w, root))
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) {
		cmd.InitDefaultHelpFlag()
		// What cannot be written is noticed by the writer itself.
		_ = w.print(w.help(cmd))
	})
	alone := false
	for _, c := range commands {
		alone = alone || c.name == only && only != "completion" && only != "man"
	}
	for _, c := range commands {
		if !alone || c.name == only {
			root.AddCommand(c.make(w))
		}
	}
	root.CompletionOptions.DisableDefaultCmd = true
	return root
}

const examples = `  jwtdoctor check token.jwt
  jwtdoctor check --profile redox --client-id my-client < token.jwt
  jwtdoctor explain aud-trailing-slash`

// newHelp shows a command's help, or a topic's.
func newHelp(w world, root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND or TOPIC]",
		Short: "Help about a command, exit-codes, environment or formatting",
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			var out []string
			for _, c := range root.Commands() {
				if c.IsAvailableCommand() && !strings.HasPrefix(c.Name(), "__") {
					out = append(out, c.Name()+"\t"+c.Short)
				}
			}
			for _, t := range helpTopics() {
				out = append(out, t.name+"\t"+t.short)
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				for _, t := range helpTopics() {
					if t.name == args[0] {
						return w.print(t.text)
					}
				}
			}
			cmd, rest, err := root.Find(args)
			if err != nil || cmd == nil || len(rest) > 0 {
				return usage("unknown command %q", brief(strings.Join(args, " ")))
			}
			return cmd.Help()
		},
	}
}

// entrance finds the command that is meant: the one that is named, or check
// where the first word is an input.
func entrance(root *cobra.Command, args []string) ([]string, error) {
	word := args[0]
	names := []string{"help", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}
	var check *cobra.Command
	for _, c := range root.Commands() {
		names = append(names, c.Name())
		if c.Name() == "check" {
			check = c
		}
	}
	switch {
	case slices.Contains(names, word):
		return args, nil
	case word == "-" || isInput(word):
		return append([]string{"check"}, args...), nil
	case strings.HasPrefix(word, "-"):
		// A flag of check before the input; any other is reported as unknown.
		if name, ok := flagName(word); ok && root.Flags().Lookup(name) == nil && known(check, name) {
			return append([]string{"check"}, args...), nil
		}
		return args, nil
	}
	if near := wording.Nearest(word, names); near != "" && !strings.HasPrefix(near, "__") {
		return nil, usage("unknown command %q; did you mean %s?", brief(word), near)
	}
	if strings.ContainsAny(word, `./\*?`) {
		return nil, noSuchFile(word)
	}
	return nil, usage("no such file: %s; jwtdoctor --help lists the commands", brief(word))
}

// isInput reports whether a first word is something to check: a path that is
// there, a pattern that matches, or text.
func isInput(word string) bool {
	if _, err := os.Stat(word); err == nil || isText(word) {
		return true
	}
	matches, err := filepath.Glob(word)
	return err == nil && len(matches) > 0
}

// flagName is the name of a flag as it was written, short or long.
func flagName(word string) (name string, ok bool) {
	name, _, _ = strings.Cut(strings.TrimLeft(word, "-"), "=")
	if !strings.HasPrefix(word, "--") && name != "" {
		name = name[:1]
	}
	return name, name != "" && name != "h" && name != "help"
}

func known(cmd *cobra.Command, name string) bool {
	if len(name) == 1 {
		return cmd.Flags().ShorthandLookup(name) != nil
	}
	return cmd.Flags().Lookup(name) != nil
}

// flagError says in one line what is wrong with a flag.
func flagError(w world, cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(w, cmd, unknown)
	case errors.As(err, &missing):
		return usage("--%s needs a value", missing.GetFlag().Name)
	case errors.As(err, &invalid) && strings.TrimSpace(invalid.GetValue()) == "" && invalid.GetFlag().Value.Type() != "bool":
		return emptyFlag(invalid.GetFlag())
	case errors.As(err, &invalid):
		return usage("--%s %q: give %s", invalid.GetFlag().Name, brief(invalid.GetValue()), valueOf(invalid.GetFlag()))
	}
	return usage("%s", err)
}

func valueOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "true or false, or leave the value out"
	case "int":
		return "a whole number"
	case "duration":
		return "a duration such as 30s"
	}
	return "a " + f.Value.Type()
}

func unknownFlag(w world, cmd *cobra.Command, e *pflag.NotExistError) error {
	if short := e.GetSpecifiedShortnames(); short != "" {
		switch letter := e.GetSpecifiedName(); letter {
		case "V":
			return usage("%s has no flag -V; jwtdoctor -V prints the version", commandName(cmd))
		case "j":
			return usage("%s has no flag -j; write --json", commandName(cmd))
		}
		return usage("%s has no flag -%s; %s --help lists them", commandName(cmd), brief(e.GetSpecifiedName()), cmd.CommandPath())
	}
	name := e.GetSpecifiedName()
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	if others := commandsWith(newRoot(w, ""), name); len(others) > 0 {
		return usage("%s has no flag --%s%s; it belongs to %s", commandName(cmd), name, needless(cmd.Name(), name), wording.And(others))
	}
	if near := wording.Nearest(name, names); near != "" {
		return usage("%s has no flag --%s; did you mean --%s?", commandName(cmd), brief(name), near)
	}
	return usage("%s has no flag --%s; %s --help lists them", commandName(cmd), brief(name), cmd.CommandPath())
}

// needless says why a command has no use for a flag that people look for there; ""
// for other flags.
func needless(command, flag string) string {
	switch {
	case flag == "now" && (command == "tap" || command == "serve" || command == "token"):
		return " (a request is checked when it arrives or is sent)"
	case flag == "offline" && command == "tap":
		return " (it goes to URL and nowhere else)"
	}
	return ""
}

// flagNames lists the flags of all commands, those of several more than once.
func flagNames(root *cobra.Command) (names []string) {
	for _, c := range root.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	}
	return names
}

// commandsWith lists the commands that have a flag.
func commandsWith(root *cobra.Command, flag string) []string {
	var out []string
	for _, c := range root.Commands() {
		if f := c.Flags().Lookup(flag); f != nil && !f.Hidden && c.Name() != "config" { // it has them all
			out = append(out, c.Name())
		}
	}
	return out
}

// noArgs is cobra.NoArgs in our words.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	if near := wording.Nearest(args[0], names); near != "" {
		return usage("%s %s: did you mean %s?", commandName(cmd), brief(args[0]), near)
	}
	return usage("%s accepts no argument, but got %q", commandName(cmd), brief(args[0]))
}

// print writes to standard output.
func (w world) print(text string) error {
	if _, err := io.WriteString(w.Out, text); err != nil {
		return &outputError{err: err}
	}
	return nil
}
