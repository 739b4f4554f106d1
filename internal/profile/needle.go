package profile

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode/utf8"
)

// matcher is what a text is looked for by. Hundreds of symptoms are tried on one
// answer: a search for the needle rules out nearly all of them, and an expression
// is compiled when its needle was found.
type matcher struct {
	needle string // as plain writes it; "" if an expression has none
	once   sync.Once
	re     *regexp.Regexp
}

// ready prepares a text for comparison; needle is what every match has in it.
func (t *Text) ready(needle string) { t.matcher = &matcher{needle: needle} }

// needleOf finds what every match of a text has in it, as plain writes it.
func needleOf(t *Text) string {
	if t.Regexp != "" {
		return literalIn(t.Regexp)
	}
	return plain(oneLine(t.Substring))
}

// expression returns the compiled Regexp, nil if it cannot be compiled.
func (t *Text) expression() *regexp.Regexp {
	m := t.matcher
	if m == nil { // not from a loader
		re, _ := regexp.Compile(t.Regexp)
		return re
	}
	m.once.Do(func() { m.re, _ = regexp.Compile(t.Regexp) })
	return m.re
}

// find looks for the text in one line; low is the line written plain. A sentence
// is found without its full stop too, which people leave out when they copy it.
func (t *Text) find(line, low string) (words string, ok bool) {
	if line == "" {
		return "", false
	}
	needle := t.needle()
	at := strings.Index(low, needle)
	switch {
	case at < 0 && t.Regexp == "" && strings.HasSuffix(needle, "."):
		if needle = strings.TrimSuffix(needle, "."); !strings.Contains(needle, " ") || !word(low, needle) {
			return "", false
		}
		return t.words(line, strings.Index(low, needle), len(needle)), true
	case at < 0:
		return "", false
	case t.Regexp != "":
		if re := t.expression(); re != nil {
			words = re.FindString(line)
		}
		return words, words != ""
	case needle == "":
		return "", false
	}
	return t.words(line, at, len(needle)), true
}

// words is the part of a line that is at a place of the line written plain:
// what the server said, and not what it was found by. Quotation marks at its ends
// belong to it where the text that was looked for has them.
func (t *Text) words(line string, at, length int) string {
	from, to := -1, len(line)
	opens, closes := quoted(t.Substring)
	for i, low := 0, 0; i < len(line); {
		if low == at && (from < 0 || !opens) {
			from = i
		}
		size, plainSize := step(line[i:])
		if low >= at+length && !(closes && plainSize == 0) {
			to = i
			break
		}
		i, low = i+size, low+plainSize
	}
	if from < 0 {
		return t.Substring
	}
	return line[from:to]
}

// step is the next piece of a line that plain writes on its own: its size, and
// that of what plain makes of it.
func step(line string) (size, plainSize int) {
	switch c := line[0]; {
	case c == '\\' && len(line) > 1 && (line[1] == '/' || line[1] == '"'):
		size = 2
	case c >= utf8.RuneSelf:
		_, size = utf8.DecodeRuneInString(line)
	case c == '"' || c == '\'' || c == '`':
		return 1, 0
	default:
		return 1, 1
	}
	return size, len(plain(line[:size]))
}

// quoted reports whether a text begins or ends with a quotation mark.
func quoted(text string) (opens, closes bool) {
	return text != "" && plain(text[:1]) == "", text != "" && plain(text[len(text)-1:]) == ""
}

func (t *Text) needle() string {
	if t.matcher != nil {
		return t.matcher.needle
	}
	return needleOf(t)
}

// literalIn returns the longest text that every match of an expression has in
// it, as plain writes it; "" if there is none.
func literalIn(expr string) string {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return ""
	}
	return longestIn(re.Simplify())
}

func longestIn(re *syntax.Regexp) string {
	best := ""
	better := func(s string) {
		if len(s) > len(best) {
			best = s
		}
	}
	switch re.Op {
	case syntax.OpLiteral:
		// What plain makes of a backslash depends on what follows it.
		for _, part := range strings.Split(string(re.Rune), `\`) {
			better(plain(part))
		}
	case syntax.OpCapture, syntax.OpPlus:
		better(longestIn(re.Sub[0]))
	case syntax.OpRepeat:
		if re.Min > 0 {
			better(longestIn(re.Sub[0]))
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			better(longestIn(sub))
		}
	}
	return best
}
