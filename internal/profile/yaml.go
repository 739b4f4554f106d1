package profile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// Limits of a profile file. Past them nothing is read: a profile is some
// hundred lines, and a deeper or larger one is an accident or an attack.
const (
	maxBytes   = 1 << 20
	maxDepth   = 24
	maxEntries = 20_000 // tokens that open or continue a list or mapping
	maxShown   = 400    // bytes of one text in a message
)

// decoder walks the syntax tree of one file and notes every fault it meets.
type decoder struct {
	file     string
	known    Known
	cites    []Cite
	id       string
	citing   bool // a value without a citation is a fault
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
	d.problems = append(d.problems, Problem{d.file, line, column, fmt.Sprintf(format, args...), suggestion})
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
	return place(n.GetToken())
}

// place of a token. One that was left out stands at what precedes it.
func place(tk *token.Token) (line, column int) {
	if tk.Type == token.ImplicitNullType && tk.Prev != nil {
		tk = tk.Prev
	}
	if tk.Position == nil {
		return 1, 1
	}
	return max(tk.Position.Line, 1), max(tk.Position.Column, 1)
}

// tree parses the text into the one mapping a profile is; nil where that
// failed, with the reason noted.
func (d *decoder) tree(data []byte) (root ast.Node) {
	fail := func(tk *token.Token, format string, args ...any) ast.Node {
		p := Problem{File: d.file, Line: 1, Column: 1, Message: fmt.Sprintf(format, args...)}
		if tk != nil {
			p.Line, p.Column = place(tk)
		}
		d.problems = append(d.problems, p)
		return nil
	}
	// A fault of the library must not take the program with it.
	defer func() {
		if recover() != nil {
			root = fail(nil, "this cannot be read as YAML")
		}
	}()
	switch {
	case len(data) > maxBytes:
		return fail(nil, "the file has %d bytes; a profile may have at most %d", len(data), maxBytes)
	case !utf8.Valid(data):
		return fail(nil, "the file is not UTF-8 text")
	case strings.ContainsRune(string(data), 0):
		return fail(nil, "the file holds a NUL byte: it is no text")
	case len(strings.TrimSpace(string(data))) == 0:
		return fail(nil, "the file is empty; a profile begins with id and name")
	}
	tokens := lexer.Tokenize(string(data))
	if tk, why := refused(tokens); tk != nil {
		return fail(tk, "%s", why)
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var y yaml.Error
		if errors.As(err, &y) {
			return fail(y.GetToken(), "this is not YAML: %s", y.GetMessage())
		}
		return fail(nil, "this cannot be read as YAML")
	}
	var docs []ast.Node
	for _, doc := range file.Docs {
		if doc.Body != nil {
			docs = append(docs, doc.Body)
		}
	}
	switch len(docs) {
	case 0:
		return fail(nil, "the file is empty; a profile begins with id and name")
	case 1:
		return docs[0]
	}
	d.wrong(docs[1], "", "a second document begins here; a file holds one profile")
	return nil
}

// refused finds what a profile may not hold, before the recursive parser sees
// it: aliases (which multiply), and lists within lists without end.
func refused(tokens token.Tokens) (*token.Token, string) {
	flow, line, inLine, opened := 0, 0, 0, 0
	for _, tk := range tokens {
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return tk, "anchors, aliases and merge keys are not used in profiles; write the value out, or use extends"
		case token.TagType:
			return tk, "YAML tags are not used in profiles; remove it"
		case token.MappingStartType, token.SequenceStartType:
			flow, opened = flow+1, opened+1
		case token.MappingEndType, token.SequenceEndType:
			flow--
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType, token.CollectEntryType:
			opened++
			if tk.Position.Line != line {
				line, inLine = tk.Position.Line, 0
			}
			if tk.Type == token.SequenceEntryType || tk.Type == token.MappingKeyType {
				inLine++
			}
		}
		switch {
		case flow > maxDepth, inLine > maxDepth, tk.Position.IndentNum > 8*maxDepth:
			return tk, fmt.Sprintf("this is nested too deep; a profile goes at most %d levels down", maxDepth)
		case opened > maxEntries:
			return tk, fmt.Sprintf("the file has more than %d entries: it is no profile", maxEntries)
		}
	}
	return nil, ""
}

// entry is one name of a mapping with its value.
type entry struct {
	name  string
	key   ast.Node
	value ast.Node
}

// entries returns the names of a mapping, each once; what names it ("a rule"),
// allowed its words, nil where any may stand.
func (d *decoder) entries(n ast.Node, what string, allowed []string) ([]entry, bool) {
	var values []*ast.MappingValueNode
	switch v := n.(type) {
	case *ast.MappingNode:
		values = v.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{v}
	default:
		d.wrong(n, "", "%s is written as names with values (%s), not as %s", what, sample(allowed), kind(n))
		return nil, false
	}
	var out []entry
	first := map[string]int{}
	for _, v := range values {
		name, ok := text(v.Key)
		if !ok {
			d.wrong(v.Key, "", "a name in %s is plain text, not %s", what, kind(v.Key))
			continue
		}
		line, _ := position(v.Key)
		if at, twice := first[name]; twice {
			d.wrong(v.Key, "", "%q stands twice in %s, first on line %d; keep one", name, what, at)
			continue
		}
		first[name] = line
		if allowed != nil && !slices.Contains(allowed, name) {
			d.wrong(v.Key, wording.Nearest(name, allowed), "%q is no part of %s; there are %s", name, what, strings.Join(allowed, ", "))
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

// list returns the items of a list; ok is false where it is none.
func (d *decoder) list(n ast.Node, what string) ([]ast.Node, bool) {
	s, ok := n.(*ast.SequenceNode)
	if !ok {
		d.wrong(n, "", "%s is a list ([…], or lines that begin with -), not %s", what, kind(n))
		return nil, false
	}
	return s.Values, true
}

// str returns a text that is not empty.
func (d *decoder) str(n ast.Node, what string) (string, bool) {
	s, ok := text(n)
	switch {
	case !ok || isNull(n):
		d.wrong(n, "", "%s is a text, not %s", what, kind(n))
		return "", false
	case !plainText(n):
		d.wrong(n, quote(s), "%s is a text, and YAML reads this as %s; write it in quotes", what, kind(n))
		return "", false
	case strings.TrimSpace(s) == "":
		d.wrong(n, "", "%s is empty", what)
		return "", false
	}
	return s, true
}

// strs returns a list of texts; one alone is a list of one.
func (d *decoder) strs(n ast.Node, what string) ([]string, bool) {
	if _, ok := n.(*ast.SequenceNode); !ok {
		s, ok := d.str(n, what)
		return []string{s}, ok
	}
	items, _ := d.list(n, what)
	out, good := make([]string, 0, len(items)), true
	for _, it := range items {
		s, ok := d.str(it, "an item of "+what)
		if ok && slices.Contains(out, s) {
			d.wrong(it, "", "%q stands twice in %s; keep one", s, what)
			ok = false
		}
		good = good && ok
		out = append(out, s)
	}
	return out, good
}

// text returns what a scalar says, whatever type YAML gives it.
func text(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
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

// kind names what stands at a node.
func kind(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "names with values"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "a text"
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
