package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// definitions are the names that a program gives a literal. A name that is assigned
// anything else as well is not among them: what it is then depends on what was run.
type definitions struct {
	texts map[string]srctext.Text
	// left is how many bytes may still be put in place of names, so that a long literal
	// with a short name costs no more than the text.
	left *int
}

// mostDefinitions is how many names a text may assign.
const mostDefinitions = 2000

// definitionsOf finds the names of a text that are defined once.
func definitionsOf(e *expressions) definitions {
	left := 4*len(e.s) + 1<<16
	d := definitions{texts: map[string]srctext.Text{}, left: &left}
	other := map[string]bool{} // what is assigned something else
	for i := 0; i < len(e.s); {
		n := strings.IndexByte(e.s[i:], '=')
		if n < 0 {
			break
		}
		at := i + n
		i = at + 1
		name, whole := assigned(e.s, at)
		if name == "" || other[name] {
			continue
		}
		text, end, ok := e.defined(at + 1)
		if _, have := d.texts[name]; have || !whole || !ok {
			other[name] = true
			delete(d.texts, name)
		} else {
			d.texts[name] = text
			i = end
		}
		if len(d.texts)+len(other) > mostDefinitions {
			return definitions{} // a name may be assigned again below
		}
	}
	return d
}

// assigned is the name that the equals sign at i assigns something to; "" if it does not
// assign. whole is false if what is assigned is added to what the name has.
func assigned(s string, i int) (name string, whole bool) {
	if i+1 < len(s) && strings.IndexByte("=>~", s[i+1]) >= 0 || i > 0 && strings.IndexByte("=!<>", s[i-1]) >= 0 {
		return "", false
	}
	end := i
	for end > 0 && i-end < 2 && strings.IndexByte(":+.|?", s[end-1]) >= 0 {
		end--
	}
	whole = end == i || s[end:i] == ":"
	for end > 0 && i-end < 40 && (s[end-1] == ' ' || s[end-1] == '\t') {
		end--
	}
	name = nameBefore(s, end)
	// The type may be between the name and the equals sign: const a: string = "x".
	if k := end - len(name); name != "" && k > 0 {
		t := k
		for t > 0 && k-t < 4 && strings.IndexByte(" &", s[t-1]) >= 0 {
			t--
		}
		if t > 0 && s[t-1] == ':' && (t < 2 || s[t-2] != ':') {
			name = nameBefore(s, t-1)
		}
	}
	return trimmedPath(name), whole
}

// nameBefore is the name that ends at end.
func nameBefore(s string, end int) string {
	from := end
	for from > 0 && end-from < longestPath && (isWord(s[from-1]) || strings.IndexByte(".$@", s[from-1]) >= 0 || from > 1 && (s[from-2:from] == "->" || s[from-2:from] == "::")) {
		if s[from-1] == '>' || s[from-1] == ':' {
			from--
		}
		from--
	}
	if from == end || isDigit(s[from]) {
		return ""
	}
	return s[from:end]
}

// trimmedPath is a name without what says that it belongs to the object or class itself.
func trimmedPath(name string) string {
	name = strings.TrimLeft(name, "$@")
	for _, own := range [...]string{"self.", "this.", "this->", "self::", "static::", "cls."} {
		if rest, ok := strings.CutPrefix(name, own); ok {
			return strings.TrimLeft(rest, "$@")
		}
	}
	return name
}

// of is the literal that a name was given.
func (d definitions) of(path string) (srctext.Text, bool) {
	t, ok := d.texts[trimmedPath(path)]
	if !ok || *d.left < t.Len() {
		return srctext.Text{}, false
	}
	*d.left -= t.Len()
	return t, true
}

// defined reads the literal that a statement assigns, from after its equals sign on.
func (e *expressions) defined(i int) (text srctext.Text, end int, ok bool) {
	i = skipBlanks(e.s, i)
	open := i < len(e.s) && e.s[i] == '('
	if open {
		i = skipBlanks(e.s, i+1)
	}
	l, ok := e.literal(i)
	if !ok {
		return srctext.Text{}, i, false
	}
	text, whole := e.content(l, deepestOperand)
	end = l.end
	if open {
		if end = skipBlanks(e.s, end); end >= len(e.s) || e.s[end] != ')' {
			return srctext.Text{}, l.end, false
		}
		end++
	}
	if !whole || !endsStatement(e.s, end) {
		return srctext.Text{}, l.end, false
	}
	return srctext.Unescape(text), end, true
}

// endsStatement reports whether a statement ends at i.
func endsStatement(s string, i int) bool {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i >= len(s) || strings.IndexByte(";\r\n#", s[i]) >= 0 || strings.HasPrefix(s[i:], "//") || strings.HasPrefix(s[i:], "--")
}
