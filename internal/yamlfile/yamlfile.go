// Package yamlfile turns the text of a small YAML file, which may be a
// stranger's, into a tree. The library that does it needs time and memory that
// grow with the square of some inputs and without bound with others, so that a
// file is measured before the library sees it.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// MaxDepth is how many levels of lists and names a file may go down.
const MaxDepth = 24

// The bounds on what the library is given. A profile of a provider with many
// error codes has some 1,500 entries in 40 kB.
const (
	maxEntries   = 3000 // tokens that open or continue a list or mapping
	maxMarks     = 8 * maxEntries
	maxBlank     = 200 // blank lines on end
	maxDocuments = 8
	maxMerge     = 64           // of < in a row
	rawDepth     = 4 * MaxDepth // of brackets, before it is known which of them are text
)

// Kind is what a file is, in the words of messages.
type Kind struct {
	One   string // "profile"
	Many  string // "profiles"
	Bytes int    // the largest one that is read
}

// Fault is why a file cannot be read. Line and Column start at 1; columns count
// characters.
type Fault struct {
	Line, Column int
	Message      string
}

// Parse reads the documents of a file that have anything in them; none of an
// empty file. Names that occur twice are left to the caller. Anchors, aliases, merge keys and
// tags are refused: they multiply.
func Parse(kind Kind, data []byte) (docs []ast.Node, fault *Fault) {
	fail := func(line, column int, format string, args ...any) ([]ast.Node, *Fault) {
		return nil, &Fault{line, column, fmt.Sprintf(format, args...)}
	}
	// A fault of the library must not take the program with it.
	defer func() {
		if recover() != nil {
			docs, fault = fail(1, 1, "this cannot be read as YAML")
		}
	}()
	switch {
	case len(data) > kind.Bytes:
		return fail(1, 1, "the file has %d bytes; a %s may have at most %d", len(data), kind.One, kind.Bytes)
	case !utf8.Valid(data):
		return fail(1, 1, "the file is not UTF-8 text")
	case bytes.IndexByte(data, 0) >= 0:
		return fail(1, 1, "the file has a NUL byte: it is not text")
	case len(bytes.TrimSpace(data)) == 0:
		return nil, nil
	}
	if f := measure(kind, data); f != nil {
		return nil, f
	}
	tokens := lexer.Tokenize(string(data))
	if tk, why := refused(kind, tokens); tk != nil {
		line, column := Place(tk)
		return fail(line, column, "%s", why)
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var y yaml.Error
		if errors.As(err, &y) && y.GetToken() != nil {
			line, column := Place(y.GetToken())
			return fail(line, column, "this is not YAML: %s", y.GetMessage())
		}
		return fail(1, 1, "this cannot be read as YAML")
	}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			docs = append(docs, doc.Body)
		}
	}
	return docs, nil
}

// measure looks for what the library cannot bear, in one pass over the bytes. It
// does not tell text and marks apart, so that its bounds are far above the exact ones
// that refused applies later.
func measure(kind Kind, data []byte) *Fault {
	line, start, bare := 1, 0, true // bare: nothing but blanks so far in this line
	marks, depth, blank, documents, merge := 0, 0, 0, 0, 0
	fault := func(at int, format string, args ...any) *Fault {
		return &Fault{line, 1 + utf8.RuneCount(data[start:at]), fmt.Sprintf(format, args...)}
	}
	for i, c := range data {
		if i == start && (bytes.HasPrefix(data[i:], []byte("---")) || bytes.HasPrefix(data[i:], []byte("..."))) {
			documents++
		}
		if merge++; c != '<' {
			merge = 0
		}
		bare = bare && (c == ' ' || c == '\t' || c == '\r' || c == '\n')
		switch c {
		case '\r':
			if i+1 < len(data) && data[i+1] == '\n' {
				continue
			}
			fallthrough // a line end to the library, and none to editors
		case '\n':
			if blank++; !bare {
				blank = 0
			}
			if blank > maxBlank {
				return fault(start, "the file has more than %d blank lines in a row", maxBlank)
			}
			if bare = true; c == '\n' {
				line, start = line+1, i+1
			}
		case '[', '{':
			marks, depth = marks+1, depth+1
		case ']', '}':
			marks, depth = marks+1, max(depth-1, 0)
		case ',', ':', '-', '?', '|', '>', '&', '*', '!', '%', '"', '\'', '#':
			marks++
		}
		switch {
		case depth > rawDepth:
			return fault(i, "%s", tooDeep(kind))
		case merge > maxMerge:
			return fault(i, "more than %d of < in a row: this is not a %s", maxMerge, kind.One)
		case marks > maxMarks:
			return fault(i, "up to here the file has more than %d brackets, commas, colons and the like: it is not a %s", maxMarks, kind.One)
		case documents > maxDocuments:
			return fault(i, "the file has more than %d documents; it may have one", maxDocuments)
		}
	}
	return nil
}

func tooDeep(kind Kind) string {
	return fmt.Sprintf("this is nested too deeply; a %s goes at most %d levels down", kind.One, MaxDepth)
}

func tooMany(kind Kind) string {
	return fmt.Sprintf("the file has more than %d entries: it is not a %s", maxEntries, kind.One)
}

// refused finds what a file may not have, before the recursive parser sees it.
func refused(kind Kind, tokens token.Tokens) (*token.Token, string) {
	flow, line, inLine, opened := 0, 0, 0, 0
	for _, tk := range tokens {
		switch tk.Type {
		case token.AnchorType, token.AliasType, token.MergeKeyType:
			return tk, "anchors, aliases and merge keys are not used in " + kind.Many + "; write the value out"
		case token.TagType:
			return tk, "YAML tags are not used in " + kind.Many + "; remove it"
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
		case flow > MaxDepth, inLine > MaxDepth, tk.Position.IndentNum > 8*MaxDepth:
			return tk, tooDeep(kind)
		case opened > maxEntries:
			return tk, tooMany(kind)
		}
	}
	return nil, ""
}

// Place returns line and column of a token. One that was left out is
// where the token before it is.
func Place(tk *token.Token) (line, column int) {
	if tk.Type == token.ImplicitNullType && tk.Prev != nil {
		tk = tk.Prev
	}
	if tk.Position == nil {
		return 1, 1
	}
	return max(tk.Position.Line, 1), max(tk.Position.Column, 1)
}

// Text returns what a scalar says, whatever type YAML gives it.
func Text(n ast.Node) (string, bool) {
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

// Members returns the names of a mapping with their values; ok is false if the
// node is none.
func Members(n ast.Node) (members []*ast.MappingValueNode, ok bool) {
	switch v := n.(type) {
	case *ast.MappingNode:
		return v.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{v}, true
	}
	return nil, false
}
