package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/explain"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func newExplain(w world) *cobra.Command {
	var format string
	var screen screenFlags
	cmd := &cobra.Command{
		Use:   "explain TOPIC",
		Short: "Tell what a cause, check or profile means, and how to mend it",
		Example: `  jwtdoctor explain aud-trailing-slash
  jwtdoctor explain redox`,
		Args: oneArg("the ID of a cause, check or profile; jwtdoctor checks and jwtdoctor profiles list them"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return topics(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("--format", format, explainFormats()); err != nil {
				return err
			}
			return w.explain(args[0], format, screen)
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or markdown")
	choices(cmd, "format", explainFormats)
	screen.registerColor(cmd)
	return cmd
}

func explainFormats() []string { return []string{"text", "markdown"} }

func topics() []string { return append(checkAndCauseIDs(), profile.IDs()...) }

// explain writes the page about one topic.
func (w world) explain(topic, format string, screen screenFlags) error {
	w, err := screen.screen(w)
	if err != nil {
		return err
	}
	page, err := explain.Topic(topic)
	if err != nil {
		return usage("%s", err)
	}
	text := page.Markdown
	if format == "text" {
		text = explain.Text(page.Markdown, min(w.Width, 100), w.Color)
	}
	return w.print(strings.TrimRight(text, "\n") + "\n")
}
