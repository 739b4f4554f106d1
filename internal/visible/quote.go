package visible

import "strings"

// Quoted puts words in quotation marks that are not among them, so that it shows where
// they end.
func Quoted(words string) string {
	switch single, double := strings.ContainsAny(words, "'‘’"), strings.ContainsAny(words, `"“”`); {
	case !single:
		return "'" + words + "'"
	case !double:
		return `"` + words + `"`
	}
	return "“" + words + "”"
}
