package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// newMan prints the manual page. It is written from the commands themselves; a
// library for it would bring a Markdown parser along.
func newMan(w world) *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: "Print the manual page",
		Example: `  jwtdoctor man | man -l -
  jwtdoctor man > /usr/local/share/man/man1/jwtdoctor.1`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return w.print(manual(cmd.Root())) },
	}
}

func manual(root *cobra.Command) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH JWTDOCTOR 1 \"\" \"jwtdoctor %s\" \"User Commands\"\n.SH NAME\njwtdoctor \\- %s\n", roff(version()), roff(root.Short))
	b.WriteString(".SH SYNOPSIS\n.B jwtdoctor\n.I COMMAND\n[\\fIARGUMENT\\fR...] [\\fIFLAG\\fR...]\n.SH DESCRIPTION\n")
	paragraphs(&b, root.Long)
	b.WriteString(".SH COMMANDS\n")
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			manualOf(&b, c)
		}
	}
	for _, t := range helpTopics() {
		fmt.Fprintf(&b, ".SH %s\n.nf\n%s.fi\n", strings.ToUpper(roff(t.name)), roff(t.text))
	}
	return b.String()
}

func manualOf(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, ".SS %s\n", roff(c.UseLine()))
	about := c.Long
	if about == "" {
		about = c.Short + "."
	}
	paragraphs(b, about)
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		value, meaning := pflag.UnquoteUsage(f)
		short := ""
		if f.Shorthand != "" {
			short = "\\-" + f.Shorthand + ", "
		}
		fmt.Fprintf(b, ".TP\n%s\\-\\-%s %s\n%s\n", short, roff(f.Name), roff(value), roff(meaning))
	})
	if c.Example != "" {
		fmt.Fprintf(b, ".PP\nExamples:\n.nf\n%s\n.fi\n", roff(c.Example))
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			manualOf(b, sub)
		}
	}
}

func paragraphs(b *strings.Builder, text string) {
	for p := range strings.SplitSeq(text, "\n\n") {
		fmt.Fprintf(b, ".PP\n%s\n", roff(p))
	}
}

// roff spells out what troff would read as a request or an escape.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", "...").Replace(text)
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			line = `\&` + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
