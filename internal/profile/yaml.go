package profile

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/assertionworks/jwtdoctor/internal/wording"
	"github.com/assertionworks/jwtdoctor/internal/yamlfile"
)

// profileFile is what a profile is to the reader of YAML.
func profileFile() yamlfile.Kind {
	return yamlfile.Kind{One: "profile", Many: "profiles", Bytes: maxBytes}
}

const (
	maxBytes    = 128 << 10 // a profile is some hundred lines
	maxShown    = 400       // bytes of one text in a message
	maxProblems = 100       // that are noted; a file with more is another file
)

// decoder walks the syntax tree of one file and notes every fault it meets.
type decoder struct {
	file     string
	known    Known
	cites    []Cite
	id       string
	citing   bool // a value without a citation is a fault
	weight   int  // of the expressions so far
	problems []Problem
}

// wrong notes a fault at a node. What the file says is shown in part where it
// is long.
func (d *decoder) wrong(at ast.Node, suggestion, format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok && len(s) > maxShown {
			args[i] = strings.ToValidUTF8(s[:maxShown], "") + "…"
		}
	}
	line, column := position(at)
	switch {
	case len(d.problems) < maxProblems:
		d.problems = append(d.problems, Problem{d.file, line, column, fmt.Sprintf(format, args...), suggestion})
	case len(d.problems) == maxProblems:
		d.problems = append(d.problems, Problem{d.file, line, column, "more errors follow; fix those above first", ""})
	}
}

// nearest is wording.Nearest while there are few problems: a suggestion costs
// more than finding the fault.
func (d *decoder) nearest(word string, words []string) string {
	if len(d.problems) >= maxProblems {
		return ""
	}
	return wording.Nearest(word, words)
}

// err returns the faults in order of the file, nil for none.
func (d *decoder) err() error {
	if len(d.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		if a.File != b.File {
			return 0
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return &LintError{d.problems}
}

// position of the first character of a node. The library keeps, for a block
// mapping, the place of its first colon.
func position(n ast.Node) (line, column int) {
	for {
		switch v := n.(type) {
		case *ast.MappingNode:
			if !v.IsFlowStyle && len(v.Values) > 0 {
				n = v.Values[0].Key
				continue
			}
		case *ast.MappingValueNode:
			n = v.Key
			continue
		}
		break
	}
	if n == nil || n.GetToken() == nil {
		return 1, 1
	}
	return yamlfile.Place(n.GetToken())
}

// tree parses the text into the one mapping a profile is; nil if that
// failed, with the reason noted.
func (d *decoder) tree(data []byte) ast.Node {
	docs, fault := yamlfile.Parse(profileFile(), data)
	switch {
	case fault != nil:
		d.problems = append(d.problems, Problem{File: d.file, Line: fault.Line, Column: fault.Column, Message: fault.Message})
		return nil
	case len(docs) == 0:
		d.problems = append(d.problems, Problem{File: d.file, Line: 1, Column: 1, Message: "the file is empty; a profile begins with id and name"})
		return nil
	case len(docs) > 1:
		d.wrong(docs[1], "", "a second document begins here; a file contains one profile")
		return nil
	}
	return docs[0]
}

// entry is one name of a mapping with its value.
type entry struct {
	name  string
	key   ast.Node
	value ast.Node
}

// entries returns the names of a mapping, each once; what names it ("a rule"),
// allowed its words, nil if any is allowed.
func (d *decoder) entries(n ast.Node, what string, allowed []string) ([]entry, bool) {
	values, ok := yamlfile.Members(n)
	if !ok {
		d.wrong(n, "", "%s must be written as names with values (%s), not as %s", what, sample(allowed), kind(n))
		return nil, false
	}
	var out []entry
	first := map[string]int{}
	for _, v := range values {
		name, ok := yamlfile.Text(v.Key)
		if !ok {
			d.wrong(v.Key, "", "a name in %s must be plain text, not %s", what, kind(v.Key))
			continue
		}
		line, _ := position(v.Key)
		if at, twice := first[name]; twice {
			d.wrong(v.Key, "", "%q appears twice in %s, first on line %d; keep one", name, what, at)
			continue
		}
		first[name] = line
		if allowed != nil && !slices.Contains(allowed, name) {
			d.wrong(v.Key, d.nearest(name, allowed), "%q is not a part of %s; the parts are %s", name, what, strings.Join(allowed, ", "))
			continue
		}
		out = append(out, entry{name, v.Key, v.Value})
	}
	return out, true
}

// sample shows the form of a mapping.
func sample(words []string) string {
	if len(words) == 0 {
		return "NAME: value"
	}
	return words[0] + ": …"
}

// list returns the items of a list; ok is false if it is none.
func (d *decoder) list(n ast.Node, what string) ([]ast.Node, bool) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		d.wrong(n, "", "%s must be a list ([…], or lines that begin with -), not %s", what, kind(n))
		return nil, false
	}
	return s.Values, true
}

// str returns a text that is not empty.
func (d *decoder) str(n ast.Node, what string) (string, bool) {
	s, ok := yamlfile.Text(n)
	switch {
	case !ok || isNull(n):
		d.wrong(n, "", "%s must be text, not %s", what, kind(n))
		return "", false
	case !plainText(n):
		d.wrong(n, quote(s), "%s must be text, and YAML reads this as %s; write it in quotes", what, kind(n))
		return "", false
	case strings.TrimSpace(s) == "":
		d.wrong(n, "", "%s is empty", what)
		return "", false
	}
	return s, true
}

// strs returns a list of texts; a single one is a list of one.
func (d *decoder) strs(n ast.Node, what string) ([]string, bool) {
	if _, ok := n.(*ast.SequenceNode); !ok {
		s, ok := d.str(n, what)
		return []string{s}, ok
	}
	items, _ := d.list(n, what)
	out, good := make([]string, 0, len(items)), true
	seen := make(map[string]bool, len(items))
	for _, it := range items {
		s, ok := d.str(it, "an item of "+what)
		if ok && seen[s] {
			d.wrong(it, "", "%q appears twice in %s; keep one", s, what)
			ok = false
		}
		seen[s] = true
		good = good && ok
		out = append(out, s)
	}
	return out, good
}

func plainText(n ast.Node) bool {
	switch n.(type) {
	case *ast.StringNode, *ast.LiteralNode:
		return true
	}
	return false
}

func isNull(n ast.Node) bool {
	_, ok := n.(*ast.NullNode)
	return ok || n == nil
}

// kind names what a node is.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "names with values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode, nil:
		return "nothing"
	}
	return "this"
}

func quote(s string) string { return `"` + s + `"` }
