package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// setting is one value that a run of check would have, and where it comes from.
type setting struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// From is "flag", a variable's name, file:line, or "default".
	From string `json:"from"`
}

func newConfig(w world) *cobra.Command {
	c := &check{world: w}
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show each setting and where it comes from",
		Long: `config shows the settings that jwtdoctor check would use here: the value of each,
and whether it comes from a flag, an environment variable (JWTDOCTOR_ and the flag's
name), the project's .jwtdoctor.yaml, or is the default. It checks nothing.

The project's file is looked for from the current directory up to the root of the
repository. jwtdoctor init writes one.`,
		Example: `  jwtdoctor config
  jwtdoctor config --profile epic
  jwtdoctor config -f json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.settings(cmd) },
	}
	c.registerAll(cmd)
	return cmd
}

// settings prints what check would be reported.
func (c *check) settings(cmd *cobra.Command) error {
	flags := map[string]bool{}
	cmd.Flags().Visit(func(f *pflag.Flag) { flags[f.Name] = true })
	asJSON := flags["format"] && c.format == "json"
	from, err := settle(cmd, c.world, append(ownOnline(), "discover")...)
	if err != nil {
		return err
	}
	if err := oneOf("--format", c.format, report.Formats()); err != nil {
		return from.blame(err)
	}
	if c.world, err = c.screen(c.world); err != nil {
		return from.blame(err)
	}
	file, err := readConfig()
	if err != nil {
		return err
	}
	all := c.listed(cmd, file, from, flags)
	if asJSON {
		path := file.path
		if path != "" {
			path = shortPath(path)
		}
		return c.printJSON(struct {
			File     string    `json:"file"`
			Settings []setting `json:"settings"`
		}{path, all})
	}
	return c.print(settingsText(file, all))
}

// listed are all settings, those that somebody made first.
func (c *check) listed(cmd *cobra.Command, file config, from origins, flags map[string]bool) []setting {
	var made, usual []setting
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || isShort(f.Name) {
			return
		}
		s := setting{Name: f.Name, From: "default", Value: c.hide(settingText(f, ""))}
		switch at, ok := from[f.Name]; {
		case flags[f.Name]:
			s.From = "flag"
		case ok:
			s.From, s.Value = at, c.hide(settingText(f, at))
		}
		if f.Name == "skip" && from.project("skip") {
			ids, _ := file.skipping(c.clock())
			var texts []string
			for _, k := range file.skips {
				if slices.Contains(ids, k.ID) {
					texts = append(texts, k.text())
				}
			}
			s.Value = strings.Join(texts, ", ")
		}
		if s.From == "default" {
			usual = append(usual, s)
			return
		}
		made = append(made, s)
	})
	if at := file.inputs.at; at != "" {
		var patterns []string
		for _, p := range file.inputs.texts {
			patterns = append(patterns, shortPath(p))
		}
		made = append(made, setting{Name: inputsKey, Value: strings.Join(patterns, ", "), From: at})
	}
	return append(made, usual...)
}

// settingsText is the list as a table.
func settingsText(file config, all []setting) string {
	var b strings.Builder
	if file.path == "" {
		b.WriteString("There is no " + configName + " here; jwtdoctor init writes one.\n\n")
	} else {
		fmt.Fprintf(&b, "Project settings: %s\n\n", visible.Text(shortPath(file.path)))
	}
	name, value := 0, 0
	for _, s := range all {
		shown := cmp.Or(visible.Text(s.Value), unset(s.Name))
		name, value = max(name, len(s.Name)), max(value, min(visible.Width(shown), 40))
	}
	for _, s := range all {
		shown := cmp.Or(visible.Text(s.Value), unset(s.Name))
		gap := strings.Repeat(" ", max(value-visible.Width(shown), 0))
		fmt.Fprintf(&b, "%-*s  %s%s  %s\n", name, s.Name, shown, gap, visible.Text(s.From))
	}
	return b.String()
}

// unset says what applies if a setting has no value.
func unset(name string) string {
	switch name {
	case "profile":
		return "(detected)"
	case "now":
		return "(now)"
	case "field":
		return "client_assertion"
	}
	return "-"
}
