package island

import "strings"

// formMarks are the marks that people and programs put around a form: emphasis and the
// quotation marks that are in no form.
func formMarks() [][2]string {
	return [][2]string{{"**", "**"}, {"__", "__"}, {"*", "*"}, {"_", "_"}, {"“", "”"}, {"„", "“"}, {"‘", "’"}, {"«", "»"}, {"»", "«"}, {"‹", "›"}}
}

// marked are the lengths of the marks around a form: one before the name of a parameter,
// and its counterpart at the end. Both are 0 if there are none.
func marked(form string) (before, after int) {
	for _, mark := range formMarks() {
		rest, ok := strings.CutPrefix(form, mark[0])
		if ok && len(rest) > len(mark[1]) && strings.HasSuffix(rest, mark[1]) && startsForm(rest) {
			return len(mark[0]), len(mark[1])
		}
	}
	return 0, 0
}

// startsForm reports whether a text begins with a parameter of OAuth and its value.
func startsForm(s string) bool {
	end := wordEnd(s, 0)
	if end == 0 || end > longestName || end >= len(s) || s[end] != '=' {
		return false
	}
	kind, ok := pairNames[folded(s[:end])]
	return ok && (kind == pairParam || kind == pairError)
}

// bracketsForm reports whether a bracket is around a form, and not around members: its
// content has parameters that & separates, and no blank.
func (l *layer) bracketsForm(i int) bool {
	if !startsForm(l.s[i+1 : min(l.lineEnd, i+1+longestName)]) {
		return false
	}
	end := l.braces.partner(i)
	if end < 0 || end > l.lineEnd {
		return false
	}
	form := l.s[i+1 : end]
	return strings.IndexByte(form, '&') > 0 && !strings.ContainsAny(form, " \t,;\"'`")
}
