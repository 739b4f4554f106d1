package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// inLiteral reads a form as what a program makes of it. partial is true if the form is a
// piece of the one that is sent: it begins with what separates parameters, or ends in a
// literal before its last value. That value is not known, as are those that the program
// formats into it: "client_assertion=%s" % jwt.
func (l *layer) inLiteral(t srctext.Text, from, end int) (form srctext.Text, partial bool) {
	s := t.String()
	partial = strings.HasPrefix(s, "&")
	if from == 0 || end >= len(l.s) || quoteIndex(l.s[end]) < 0 || l.s[end] != l.s[from-1] {
		return t, partial
	}
	n := skipBlanks(l.s, end+1)
	if n >= len(l.s) {
		return t, partial
	}
	if strings.HasSuffix(s, "=") && strings.IndexByte("+.,&%", l.s[n]) >= 0 {
		var b srctext.Builder
		b.Copy(t, 0, t.Len())
		b.Stand("{{value}}", l.t, end, end+1)
		return b.Text(), true
	}
	if strings.HasPrefix(l.s[n:], "% ") || strings.HasPrefix(l.s[n:], ".format") || l.s[n] == ',' && formats(l.s[max(0, from-longestAppend):from-1]) {
		return verbs(t), partial
	}
	return t, partial
}

// formats reports whether a text ends in the call of a function that formats text.
func formats(head string) bool {
	head = strings.ToLower(head)
	return strings.HasSuffix(head, "format(") || strings.HasSuffix(head, "printf(")
}

// verbs writes the verbs of a format, which values replace, as placeholders.
func verbs(t srctext.Text) srctext.Text {
	var b srctext.Builder
	s := t.String()
	for i := 0; i < len(s); {
		end := len(s)
		if n := strings.IndexByte(s[i:], '&'); n >= 0 {
			end = i + n + 1
		}
		pair := strings.TrimSuffix(s[i:end], "&")
		name, value, _ := strings.Cut(pair, "=")
		if verb := strings.Trim(value, "0123456789$"); verb == "%s" || verb == "%v" || verb == "{}" || verb == "%" && value != verb || strings.Trim(value, "{}0123456789") == "" && value != "" {
			b.Copy(t, i, i+len(name)+1)
			b.Stand("{{value}}", t, i+len(name)+1, i+len(pair))
			b.Copy(t, i+len(pair), end)
		} else {
			b.Copy(t, i, end)
		}
		i = end
	}
	return b.Text()
}
