package report

import (
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Picture is the picture of a finding on its own, line by line: times on a line, or
// two values one above the other. It is empty if the finding has neither.
func Picture(f finding.Finding, o Options) []string {
	if (f.Timeline == nil || len(f.Timeline.Marks) < 2) && (f.Found == "" || f.Expected == "") {
		return nil
	}
	p := newPage(newPaint(io.Discard, o.Color), o)
	p.picture(&f, usual)
	return strings.Split(strings.Trim(p.b.String(), "\n"), "\n")
}
