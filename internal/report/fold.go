package report

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// Fold fits text of lines that are laid out already, such as help, lists and
// messages, into width columns. A line that is too wide goes on below its last
// column; a command goes on after a backslash, so that it can still be pasted.
func Fold(text string, width int) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		body, ended := strings.CutSuffix(line, "\n")
		if visible.Width(body) <= width {
			b.WriteString(line)
			continue
		}
		b.WriteString(strings.Join(foldLine(body, width), "\n"))
		if ended {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func foldLine(line string, width int) []string {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	command := strings.HasPrefix(line[indent:], "jwtdoctor ")
	hang, tail := indent, ""
	if command {
		hang, tail = indent+4, ` \`
	} else if at := lastColumn(line, indent); at > 0 && visible.Width(line[:at]) <= width*3/5 {
		hang = visible.Width(line[:at])
		indent = at
	}
	head := line[:indent]
	words := wrap(line[indent:], max(width-hang-len(tail), 8))
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = pad(hang) + w
		if i == 0 {
			out[i] = head + w
		}
		if i < len(words)-1 {
			out[i] += tail
		}
	}
	return out
}

// lastColumn is where the last column of a line begins, which two spaces or more
// part from what is before it; 0 for a line without columns.
func lastColumn(line string, from int) int {
	at := strings.LastIndex(strings.TrimRight(line[from:], " "), "  ")
	if at < 0 {
		return 0
	}
	return from + at + 2
}
