package errortext

import "strings"

// mostLine bounds how far from a match its line is looked at.
const mostLine = 400

// line is what is around a match on its line.
type line struct{ before, after string }

func lineOf(text string, start, end int) line {
	from := max(0, start-mostLine)
	if i := strings.LastIndexByte(text[from:start], '\n'); i >= 0 {
		from += i + 1
	}
	to := min(len(text), end+mostLine)
	if i := strings.IndexByte(text[end:to], '\n'); i >= 0 {
		to = end + i
	}
	return line{text[from:start], text[end:to]}
}

// setting reports what kind of place a match is at. It looks at punctuation and
// keywords, never at what a sentence says.
func setting(text string, h hit) Setting {
	l := lineOf(text, h.start, h.end)
	switch {
	case code(l), constant(text[h.start:h.end]) && declared(l):
		return Code
	case hasShown(h.values), alone(text, h):
		return Said
	case leads(l, h.literal >= sentence):
		return Said
	}
	return Named
}

// sentence is how many letters make a text more than a constant or two words.
const sentence = 20

func hasShown(values []Value) bool { return len(values) > 0 }

// alone reports whether the text is hardly more than the match, as when somebody
// asks what it means.
func alone(text string, h hit) bool {
	if len(text) > mostLine {
		return false
	}
	t := strings.TrimSpace(text)
	return !strings.Contains(t, "\n") && (h.end-h.start)*5 >= len(t)*3
}

// Marks of source code: words a statement begins with, and what is done with a
// string in one.
var (
	statements = [...]string{"throw ", "raise ", "const ", "let ", "var ", "def ", "func ", "fn ", "assert", "expect(", "#define", "//", "/*", "import ", "public ", "private ",
		"protected ", "export ", "case '", "case \"", "elif ", "} catch", "} else", "except ", "rescue ", "return ", "if (", "if err", "while (", "for (", "switch ", "self.", "this."}
	operations = [...]string{"==", "!=", ".includes(", ".contains(", ".startsWith(", ".indexOf(", ".test(", ".match(", ".hasSuffix(", "strings.", "errors.New(", "errorf(", "errors.Is(", "&str = ", ".equals("}
)

func code(l line) bool {
	before := strings.TrimLeft(l.before, " \t+-")
	for _, s := range statements {
		if strings.HasPrefix(before, s) {
			return true
		}
	}
	for _, s := range operations {
		if strings.Contains(before, s) || s == "errorf(" && strings.Contains(before, "Errorf(") {
			return true
		}
	}
	// message = "...", and a string that ends a statement
	if p := strings.TrimRight(before, "\"'` \t"); strings.HasSuffix(p, " =") || strings.HasSuffix(p, " :=") {
		return true
	}
	if after := strings.TrimLeft(l.after, " .:"); len(after) > 1 && (after[0] == '"' || after[0] == '\'') && (after[1] == ';' || strings.HasPrefix(after[1:], ");") || strings.HasPrefix(after[1:], " +")) {
		return true
	}
	// new IOException("...
	if i := strings.LastIndex(before, "new "); i >= 0 {
		if name, rest, ok := strings.Cut(before[i+4:], "("); ok && name != "" && !strings.ContainsAny(name, " :,;") && len(rest) <= 1 {
			return true
		}
	}
	return false
}

// declared reports whether the constant is picked from a package or a class, or
// given its value.
func declared(l line) bool {
	n := len(l.before)
	if n > 1 && l.before[n-1] == '.' && wordByte(l.before[n-2]) {
		return true
	}
	after := strings.TrimLeft(l.after, " \t")
	return strings.HasPrefix(after, "=") || strings.HasPrefix(after, ": int") || strings.HasPrefix(after, ": Final")
}

func constant(s string) bool {
	for i := range len(s) {
		if s[i] >= 'a' && s[i] <= 'z' || !wordByte(s[i]) {
			return false
		}
	}
	return true
}

// leadWords are words after which programs print an error.
var leadWords = [...]string{"code", "errno", "error", "err", "err!", "with", "reason", "cause", "message", "exception", "failed", "failure", "fatal", "warning", "unhandled", "uncaught",
	"info", "warn", "debug", "trace", "notice", "critical", "severe", "panic", "stderr", "stdout"}

// leads reports whether what is before the match on its line is what a program
// puts before an error: nothing, a label, a prefix of a log, an opening bracket.
func leads(l line, sentence bool) bool {
	p := strings.TrimRight(l.before, " \t\"'`\\[({<*")
	opened := strings.ContainsAny(l.before[len(p):], "[({<")
	p = strings.TrimLeft(p, " \t")
	switch {
	case p == "":
		return !table(l)
	case opened && (sentence || !listed(l)):
		return true
	case sentence && labelled(p):
		return true
	}
	switch last := p[len(p)-1]; last {
	case ':', '>', ')', ']', ';', '.':
		return true
	case '=':
		return len(p) < 2 || p[len(p)-2] != '='
	case ',':
		return strings.ContainsAny(p, "([{:") && (sentence || !listed(l))
	case '|', '-':
		// After the name of a container or a time, not in a table or a list.
		return len(p) > 1 && p[0] != '|' && !strings.Contains(l.after, "|")
	case 'Z', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return p[0] >= '0' && p[0] <= '9' || p[0] == '[' || p[0] >= 'A' && p[0] <= 'Z' && strings.Contains(p, ":") // a time
	}
	word := p[strings.LastIndexAny(p, " \t")+1:]
	for _, w := range leadWords {
		if strings.EqualFold(word, w) {
			return true
		}
	}
	return false
}

// labelled reports whether the last label of the line is a few words before:
// TypeError: CryptoKey ...
func labelled(p string) bool {
	i := strings.LastIndex(p, ": ")
	return i >= 0 && len(strings.Fields(p[i+1:])) <= 3
}

// listed reports whether another item follows.
func listed(l line) bool {
	after := strings.TrimLeft(l.after, " \"'`")
	return after != "" && strings.IndexByte(",|/", after[0]) >= 0
}

// table reports whether the line continues as a row or an item of a list does.
func table(l line) bool { return strings.Contains(l.after, "|") }
