package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// helpWidth is the widest that help is written: longer lines are not read.
const helpWidth = 100

// flagGroups are the headings of flags in help, in order. What is used every day
// comes first; a flag that no group names belongs to its command and comes before.
func flagGroups() []flagGroup {
	return []flagGroup{
		{"Everyday flags", []string{"profile", "env", "client-id", "jwks", "key", "now", "format", "json", "output", "verbose", "quiet"}},
		{"Input", []string{"assertion", "request", "response", "discovery", "kind", "field", "lines", "pair", "read-files", "stdin-filename", "echo", "replay-window"}},
		{"What to expect", []string{"aud", "token-url", "issuer", "redirect-uri", "set", "skew"}},
		{"Checks and exit code", []string{"only", "skip", "require", "fail-on"}},
		{"Network", []string{"discover", "no-discovery", "ca", "proxy", "timeout", "insecure-skip-verify", "offline"}},
		{"Display", []string{"plain", "color", "no-color", "show-secrets", "help"}},
	}
}

type flagGroup struct {
	title string
	names []string
}

// commandGroups are the headings of commands in the help of jwtdoctor itself.
func commandGroups() []flagGroup {
	return []flagGroup{
		{"Find the problem", []string{"check", "decode", "diff", "explain", "jwks"}},
		{"Test against a server", []string{"token", "probe", "tap", "serve", "sign"}},
		{"Look things up", []string{"checks", "profiles"}},
		{"Settings and setup", []string{"init", "config", "completion", "man", "version", "help"}},
	}
}

// help writes the help of a command for its screen: what it does, examples,
// then flags by what they are about.
func (w world) help(cmd *cobra.Command) string {
	width := min(w.Width, helpWidth)
	var b strings.Builder
	about := cmd.Long
	if about == "" {
		about = cmd.Short + "."
	}
	b.WriteString(reflow(about, width) + "\n")
	if cmd.Runnable() && cmd.HasParent() {
		b.WriteString("\nUsage\n  " + strings.TrimPrefix(cmd.UseLine(), "") + "\n")
	}
	if cmd.Example != "" {
		b.WriteString("\nExamples\n")
		for line := range strings.Lines(cmd.Example) {
			b.WriteString("  " + strings.TrimSpace(line) + "\n")
		}
	}
	writeCommands(&b, cmd, width)
	writeFlags(&b, cmd, width)
	if !cmd.HasParent() {
		b.WriteString("\n" + wrapped("", "jwtdoctor COMMAND --help shows a command's flags. More topics: jwtdoctor help exit-codes, environment, formatting.", width))
	}
	return b.String()
}

func writeCommands(b *strings.Builder, cmd *cobra.Command, width int) {
	var all []*cobra.Command
	longest := 0
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() || c.Name() == "help" && !cmd.HasParent() {
			all = append(all, c)
			longest = max(longest, len(c.Name()))
		}
	}
	if len(all) == 0 {
		return
	}
	entry := func(c *cobra.Command) { b.WriteString(wrapped("  "+pad(c.Name(), longest+2), c.Short, width)) }
	if cmd.HasParent() {
		b.WriteString("\nCommands\n")
		for _, c := range all {
			entry(c)
		}
		return
	}
	for _, g := range commandGroups() {
		written := false
		for _, name := range g.names {
			if i := slices.IndexFunc(all, func(c *cobra.Command) bool { return c.Name() == name }); i >= 0 {
				if !written {
					b.WriteString("\n" + g.title + "\n")
					written = true
				}
				entry(all[i])
				all = slices.Delete(all, i, i+1)
			}
		}
	}
	for i, c := range all {
		if i == 0 {
			b.WriteString("\nMore commands\n")
		}
		entry(c)
	}
}

func writeFlags(b *strings.Builder, cmd *cobra.Command, width int) {
	var all []*pflag.Flag
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			all = append(all, f)
		}
	})
	write := func(title string, flags []*pflag.Flag) {
		for i, f := range flags {
			if i == 0 {
				b.WriteString("\n" + title + "\n")
			}
			b.WriteString(flagLine(f, width))
		}
	}
	var grouped []string
	for _, g := range flagGroups() {
		grouped = append(grouped, g.names...)
	}
	write("Flags", filter(all, func(f *pflag.Flag) bool { return !slices.Contains(grouped, f.Name) }))
	for _, g := range flagGroups() {
		var flags []*pflag.Flag
		for _, name := range g.names {
			flags = append(flags, filter(all, func(f *pflag.Flag) bool { return f.Name == name })...)
		}
		write(g.title, flags)
	}
}

func filter(all []*pflag.Flag, keep func(*pflag.Flag) bool) []*pflag.Flag {
	var out []*pflag.Flag
	for _, f := range all {
		if keep(f) {
			out = append(out, f)
		}
	}
	return out
}

// flagLine is one flag: its names and value, then its meaning beneath one another.
func flagLine(f *pflag.Flag, width int) string {
	const column = 28
	value, meaning := pflag.UnquoteUsage(f)
	lead := "      --" + f.Name
	if f.Shorthand != "" {
		lead = "  -" + f.Shorthand + ", --" + f.Name
	}
	if value != "" {
		lead += " " + value
	}
	if d := f.DefValue; value != "" && d != "" && d != "[]" && d != "0" && d != "0s" && !strings.Contains(meaning, "default") {
		meaning += " (default " + d + ")"
	}
	if len(lead) > column-2 {
		return lead + "\n" + wrapped(strings.Repeat(" ", min(column, width/3)), meaning, width)
	}
	if width < 60 {
		return lead + "\n" + wrapped("          ", meaning, width)
	}
	return wrapped(pad(lead, column), meaning, width)
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-visible.Width(s)))
}

// wrapped breaks text on spaces, the lines after the first below the end of lead.
func wrapped(lead, text string, width int) string {
	var b strings.Builder
	indent := strings.Repeat(" ", visible.Width(lead))
	line, empty := lead, true
	for word := range strings.FieldsSeq(text) {
		if !empty && visible.Width(line)+1+visible.Width(word) > width {
			b.WriteString(line + "\n")
			line, empty = indent, true
		}
		if !empty {
			line += " "
		}
		line, empty = line+word, false
	}
	return b.String() + strings.TrimRight(line, " ") + "\n"
}

// reflow wraps paragraphs, which are separated by an empty line.
func reflow(text string, width int) string {
	var out []string
	for p := range strings.SplitSeq(text, "\n\n") {
		out = append(out, strings.TrimRight(wrapped("", p, width), "\n"))
	}
	return strings.Join(out, "\n\n")
}

// helpTopic is a page of help that is about no command.
type helpTopic struct{ name, short, text string }

func helpTopics() []helpTopic {
	return []helpTopic{
		{"exit-codes", "What the exit codes mean", exitCodesTopic},
		{"environment", "Environment variables and the project's file", environmentTopic},
		{"formatting", "Report formats, colour and width", formattingTopic},
	}
}

const exitCodesTopic = `0              nothing at or above --fail-on (default: error)
1              something was; a server that cannot be reached, or a key set that
               cannot be fetched, is such an error
2              wrong usage, or nothing to check: unreadable, binary or empty
               input, or text in which nothing is recognised
3              could not finish: a network step failed for a reason that no
               cause names, an internal error, a --require check that did not
               run, output that cannot be written
129, 130, 143  stopped by SIGHUP, SIGINT or SIGTERM, with the partial report

If several apply: a signal, then 2, then 3, then 1.
`

const environmentTopic = `JWTDOCTOR_FLAG     sets a flag: JWTDOCTOR_PROFILE=redox is --profile redox
JWTDOCTOR_ASCII    1: write only ASCII; 0: never
JWTDOCTOR_DEBUG    1: show where an internal error happened
NO_COLOR           non-empty: no colour
CLICOLOR_FORCE     non-empty: colour even in a pipe; FORCE_COLOR does the same
COLUMNS            width to use if the terminal does not report one
PAGER              program that shows long pages of explain
HTTPS_PROXY        proxy for https addresses; NO_PROXY lists exceptions

Flags override the environment, which overrides .jwtdoctor.yaml in the current
folder or above it, up to the root of the repository.

Only on the command line: --ca, --proxy, --timeout and --discover, the --key and
--from of sign, and what token sends, where to and with which key. An address in
JWTDOCTOR_JWKS or JWTDOCTOR_DISCOVERY is refused, and so is a private key as the
value of any variable; for check, JWTDOCTOR_KEY may name a key file.
`

const formattingTopic = `--format FORMAT            report on standard output: text, json, ndjson, …
--output FORMAT=FILE       another report, into a file; repeatable
--json                     short for --format json
--color auto|always|never  --no-color is short for --color never
--quiet, --verbose         less, or more: passed checks and notes

Text follows the width of the terminal; a pipe gets 100 columns. Signature, jti
and other secrets are masked in every format; --show-secrets shows them, except
private keys.
`
