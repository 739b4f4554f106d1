package profile

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
)

// matcher is what a text is looked for by. Hundreds of symptoms are tried on one
// answer: a search for the needle rules out nearly all of them, and an expression
// is compiled when its needle was found.
type matcher struct {
	needle string // as plain writes it; "" where an expression has none
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

// expression returns the compiled Regexp, nil where it cannot be compiled.
func (t *Text) expression() *regexp.Regexp {
	m := t.matcher
	if m == nil { // not from a loader
		re, _ := regexp.Compile(t.Regexp)
		return re
	}
	m.once.Do(func() { m.re, _ = regexp.Compile(t.Regexp) })
	return m.re
}

// find looks for the text in one line; low is the line written plain.
func (t *Text) find(line, low string) (words string, ok bool) {
	if line == "" {
		return "", false
	}
	needle := t.needle()
	at := strings.Index(low, needle)
	switch {
	case at < 0:
		return "", false
	case t.Regexp != "":
		if re := t.expression(); re != nil {
			words = re.FindString(line)
		}
		return words, words != ""
	case needle == "":
		return "", false
	case len(low) == len(line):
		return line[at : at+len(needle)], true
	}
	return t.Substring, true
}

func (t *Text) needle() string {
	if t.matcher != nil {
		return t.matcher.needle
	}
	return needleOf(t)
}

// literalIn returns the longest text that every match of an expression has in
// it, as plain writes it; "" where there is none.
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
