package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

func newChecks(w world) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "checks",
		Short: "List every check and the causes it can name",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("--format", format, decodeFormats()); err != nil {
				return err
			}
			if format == "json" {
				return w.printJSON(catalogueOf(checks.All()))
			}
			return w.print(w.fold(catalogueText(checks.All()), w.OutIsTTY))
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or json")
	choices(cmd, "format", decodeFormats)
	return cmd
}

// printJSON writes a value as indented JSON.
func (w world) printJSON(v any) error {
	text, err := report.Indent(v)
	if err != nil {
		return err
	}
	return w.print(string(text))
}

func catalogueText(all []checks.Check) string {
	width := 0
	for _, c := range all {
		for _, cause := range c.Causes {
			width = max(width, len(cause.ID))
		}
	}
	var b strings.Builder
	for i, c := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s  %s\n", c.ID, c.Title)
		for _, cause := range c.Causes {
			fmt.Fprintf(&b, "  %-7s  %-*s  %s\n", cause.Severity, width, cause.ID, cause.Title)
		}
	}
	return b.String()
}

// catalogue is the JSON form of the list.
type catalogue struct {
	Checks []catalogueCheck `json:"checks"`
}

type catalogueCheck struct {
	ID     string           `json:"id"`
	Title  string           `json:"title"`
	Kinds  []string         `json:"kinds"` // of JWT it is asked of; all where empty
	Needs  []string         `json:"needs"`
	Causes []catalogueCause `json:"causes"`
}

type catalogueCause struct {
	ID           string           `json:"id"`
	Title        string           `json:"title"`
	Severity     finding.Severity `json:"severity"`
	SentSeverity finding.Severity `json:"sent_severity"` // where a request carried the assertion
}

func catalogueOf(all []checks.Check) catalogue {
	out := catalogue{}
	for _, c := range all {
		entry := catalogueCheck{ID: string(c.ID), Title: c.Title, Kinds: []string{}, Needs: []string{}, Causes: []catalogueCause{}}
		for _, k := range c.Kinds {
			entry.Kinds = append(entry.Kinds, string(k))
		}
		for _, n := range c.Needs {
			entry.Needs = append(entry.Needs, n.String())
		}
		for _, cause := range c.Causes {
			sent := cause.SentSeverity
			if sent == "" {
				sent = cause.Severity
			}
			entry.Causes = append(entry.Causes, catalogueCause{string(cause.ID), cause.Title, cause.Severity, sent})
		}
		out.Checks = append(out.Checks, entry)
	}
	return out
}
