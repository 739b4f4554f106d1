package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

func newChecks(w world) *cobra.Command {
	var format string
	var screen screenFlags
	cmd := &cobra.Command{
		Use:   "checks [WORD]",
		Short: "List checks and the causes they can name",
		Example: `  jwtdoctor checks
  jwtdoctor checks aud`,
		Args: atMostOne("a word to filter by"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("--format", format, decodeFormats()); err != nil {
				return err
			}
			all, err := checksWith(args)
			switch {
			case err != nil:
				return err
			case format == "json":
				return w.printJSON(catalogueOf(all))
			}
			return w.print(catalogueText(all, screen.width(w)))
		},
	}
	cmd.Flags().StringVarP(&format, "format", "f", "text", "`FORMAT`: text or json")
	choices(cmd, "format", decodeFormats)
	screen.registerPlain(cmd)
	shortFor(cmd, "json", "short for --format json", "format", "json")
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

// checksWith are the checks about a word: all of a check that has it in its ID,
// subject or title, else the causes that have it in theirs.
func checksWith(args []string) ([]checks.Check, error) {
	if len(args) == 0 {
		return checks.All(), nil
	}
	word := strings.ToLower(args[0])
	has := func(texts ...string) bool {
		return slices.ContainsFunc(texts, func(t string) bool { return strings.Contains(strings.ToLower(t), word) })
	}
	var out []checks.Check
	for _, c := range checks.All() {
		if !has(string(c.ID), c.Title, c.Subject) {
			c.Causes = slices.DeleteFunc(slices.Clone(c.Causes), func(x checks.Cause) bool { return !has(string(x.ID), x.Title) })
			if len(c.Causes) == 0 {
				continue
			}
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return nil, usage("no check or cause contains %q; jwtdoctor checks lists them all", brief(args[0]))
	}
	return out, nil
}

func catalogueText(all []checks.Check, width int) string {
	longest := 0
	for _, c := range all {
		for _, cause := range c.Causes {
			longest = max(longest, len(cause.ID))
		}
	}
	var b strings.Builder
	for i, c := range all {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(wrapped(string(c.ID)+"  ", c.Title, width))
		for _, cause := range c.Causes {
			lead := fmt.Sprintf("  %-7s  ", cause.Severity)
			if width < longest+40 {
				b.WriteString(lead + string(cause.ID) + "\n" + wrapped(strings.Repeat(" ", len(lead)), cause.Title, width))
				continue
			}
			b.WriteString(wrapped(lead+pad(string(cause.ID), longest+2), cause.Title, width))
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
