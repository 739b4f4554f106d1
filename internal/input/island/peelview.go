package island

import "strings"

// viewLine reads a line of the view in which PowerShell 7 shows an error: the place of
// the failing line, that line and marks below it, and the message, each after a bar. Of
// these only the message is content. f.view is true inside of a view.
func (f *finder) viewLine(line string) (content int, ok bool) {
	line = strings.TrimRight(line, " \t")
	if line == "Line |" {
		f.view = true
		return len(line), true
	}
	if !f.view {
		return 0, false
	}
	gutter, rest, ok := strings.Cut(line, "|")
	number := strings.TrimSpace(gutter)
	if !ok || number == gutter || !digitsOrNone(number) {
		f.view = false
		return 0, false
	}
	if number != "" && strings.Contains(rest, "eyJ") {
		return len(gutter) + 1, true // the JWT is evidence
	}
	if number != "" || strings.Trim(rest, " ~") == "" {
		return len(line), true // what was called, and the marks below it
	}
	return len(line) - len(strings.TrimLeft(rest, " ")), true
}

func digitsOrNone(s string) bool { return s == "" || digits(s) }
