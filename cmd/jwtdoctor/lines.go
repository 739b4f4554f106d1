package main

import "fmt"

// answersLines reports whether every report has a line for each line of a batch,
// those that gave no case included.
func (rs *reports) answersLines() bool {
	for _, s := range rs.sinks {
		if s.format != "ndjson" {
			return false
		}
	}
	return true
}

// linesUnread says of the lines of a batch that gave no case how many there were,
// and why the first gave none.
func linesUnread(n int, why string) string {
	if n == 1 {
		return why
	}
	return fmt.Sprintf("%s; in all, %d lines could not be read", why, n)
}
