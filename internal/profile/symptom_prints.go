package profile

import (
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// What an answer can print of the request, as the groups of a symptom's Prints are
// named.
const (
	PrintsNow        = "now"        // the server's clock
	PrintsFrom       = "from"       // the beginning of the assertion's time
	PrintsUntil      = "until"      // its end
	PrintsThumbprint = "thumbprint" // the bytes of x5t, in hex
	PrintsIssuer     = "issuer"
	PrintsSubject    = "subject"
	PrintsAudience   = "audience"
)

func printable() []string {
	return []string{PrintsNow, PrintsFrom, PrintsUntil, PrintsThumbprint, PrintsIssuer, PrintsSubject, PrintsAudience}
}

// prints reads the expression of what an answer prints.
func (d *decoder) prints(n ast.Node) *Text {
	t := d.text(n, "prints")
	if t == nil {
		return nil
	}
	if t.Regexp == "" {
		d.wrong(n, "", "prints is a regular expression between slashes, with a group such as (?P<now>...)")
		return nil
	}
	re, err := syntax.Parse(t.Regexp, syntax.Perl)
	if err != nil {
		return nil // which text has said
	}
	for _, name := range re.CapNames()[1:] {
		if !slices.Contains(printable(), name) {
			d.wrong(n, "", "prints has the group %q; the groups are %s", name, strings.Join(printable(), ", "))
		}
	}
	return t
}

// mostPrinted bounds the places of an answer that Printed looks at.
const mostPrinted = 8

// Printed returns what the texts of an answer print of the request, by the names of
// the groups; of what is printed more than once, the first. It is empty if the
// symptom says nothing of that or nothing is found.
func (s *Symptom) Printed(texts ...string) map[string]string {
	out := map[string]string{}
	if s == nil || s.Prints == nil {
		return out
	}
	re := s.Prints.expression()
	if re == nil {
		return out
	}
	for _, text := range texts {
		for _, m := range re.FindAllStringSubmatch(oneLine(text), mostPrinted) {
			for i, name := range re.SubexpNames() {
				if m[i] != "" && name != "" && out[name] == "" {
					out[name] = m[i]
				}
			}
		}
	}
	return out
}
