package report

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// longestURL is how long a URL may be that is left whole at any width.
const longestURL = 2000

// Wrap breaks text, which must be visible already, on spaces into lines of at
// most width columns. A URL is never broken and has a line to itself where it is
// wider; any other word that is wider is cut. There is always one line.
func Wrap(text string, width int) []string { return wrap(text, width) }

// wrap is Wrap. Runs of spaces inside a line stay.
func wrap(text string, width int) []string {
	if visible.Width(text) <= width {
		return []string{text}
	}
	var lines []string
	var line strings.Builder
	columns, words := 0, 0
	flush := func() {
		lines = append(lines, strings.TrimRight(line.String(), " "))
		line.Reset()
		columns, words = 0, 0
	}
	for word := range strings.SplitSeq(text, " ") {
		pieces := []string{word}
		if visible.Width(word) > width && !(strings.Contains(word, "://") && len(word) <= longestURL) {
			pieces = chop(word, width)
		}
		for n, piece := range pieces {
			w := visible.Width(piece)
			if n > 0 || words > 0 && columns+1+w > width {
				flush()
			}
			if words == 0 && w == 0 {
				continue // spaces at which the line was broken
			}
			if words > 0 {
				line.WriteByte(' ')
				columns++
			}
			line.WriteString(piece)
			columns += w
			words++
		}
	}
	if words > 0 || len(lines) == 0 {
		flush()
	}
	return lines
}

// chop cuts a word into pieces of at most width columns.
func chop(word string, width int) []string {
	var out []string
	var b strings.Builder
	columns := 0
	for _, c := range visible.Cells(word, false) {
		if columns > 0 && columns+c.Width > width {
			out = append(out, b.String())
			b.Reset()
			columns = 0
		}
		b.WriteString(c.Text)
		columns += c.Width
	}
	return append(out, b.String())
}
