// Package internal_test checks the directions in which packages may import one
// another, as docs/architecture.md names them.
package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/assertionworks/jwtdoctor"

// layers reads the table of rooms: | layer | `package` | job |.
func layers(t *testing.T) map[string]int {
	t.Helper()
	text, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int{}
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) < 4 {
			continue
		}
		layer, err := strconv.Atoi(strings.TrimSpace(cells[1]))
		if err != nil {
			continue
		}
		out[strings.Trim(strings.TrimSpace(cells[2]), "`")] = layer
	}
	if len(out) == 0 {
		t.Fatal("docs/architecture.md has no table of layers")
	}
	return out
}

// source is one Go file that is no test.
type source struct {
	room string // its directory, from the module's root
	name string
	file *ast.File
}

// sources are all of them, parsed once for all tests.
func sources(t *testing.T) []source {
	t.Helper()
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

var parsed = sync.OnceValues(func() ([]source, error) {
	var out []source
	fset := token.NewFileSet()
	err := filepath.WalkDir("..", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || len(d.Name()) > 2 && (d.Name()[0] == '.' || d.Name()[0] == '_')) {
			return filepath.SkipDir
		}
		if d.IsDir() && p != ".." {
			if _, err := os.Stat(filepath.Join(p, "go.mod")); err == nil {
				return filepath.SkipDir // another module, which no package of this one can import
			}
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel := strings.TrimPrefix(filepath.ToSlash(p), "../")
		out = append(out, source{path.Dir(rel), rel, f})
		return nil
	})
	return out, err
})

func (s source) imports() []string {
	var out []string
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err == nil {
			out = append(out, p)
		}
	}
	return out
}

func TestImportsRunDownwards(t *testing.T) {
	layer := layers(t)
	seen := map[string]bool{}
	for _, s := range sources(t) {
		own, ok := layer[s.room]
		if !ok {
			t.Errorf("%s: the room %s does not stand in docs/architecture.md", s.name, s.room)
			continue
		}
		seen[s.room] = true
		for _, imported := range s.imports() {
			room, ours := strings.CutPrefix(imported, module+"/")
			if other, known := layer[room]; ours && known && other >= own {
				t.Errorf("%s, of layer %d, imports %s of layer %d", s.name, own, room, other)
			}
		}
	}
	for room := range layer {
		if !seen[room] {
			t.Errorf("docs/architecture.md names %s, which is not there", room)
		}
	}
}

func TestForbiddenImports(t *testing.T) {
	for _, s := range sources(t) {
		for _, imported := range s.imports() {
			switch {
			case strings.HasPrefix(imported, "github.com/lestrrat-go/jwx/") && s.room != "internal/jose":
				t.Errorf("%s imports %s; internal/jose alone may", s.name, imported)
			case (imported == "github.com/goccy/go-yaml/lexer" || imported == "github.com/goccy/go-yaml/parser") && s.room != "internal/yamlfile":
				t.Errorf("%s imports %s; internal/yamlfile alone may, which measures a file first", s.name, imported)
			case (imported == "net" || strings.HasPrefix(imported, "net/http")) && !slices.Contains([]string{"internal/probe", "internal/serve", "internal/tap", "internal/listen"}, s.room):
				t.Errorf("%s imports %s; internal/probe alone goes online, and internal/serve and internal/tap alone listen", s.name, imported)
			case (s.room == "internal/checks" || s.room == "internal/judge") && (imported == "os" || imported == "log" || imported == "log/slog"):
				t.Errorf("%s imports %s; a check is pure", s.name, imported)
			case (s.room == "internal/doctor" || s.room == "internal/report") && imported == "os":
				t.Errorf("%s imports os; it runs where there is none (examples/wasm)", s.name)
			case s.room == "internal/report" && strings.HasPrefix(imported, module) && imported != module+"/internal/finding" && imported != module+"/internal/visible":
				t.Errorf("%s imports %s; a renderer reads findings alone", s.name, imported)
			}
		}
	}
}

func TestForbiddenCalls(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s has an init function", s.name)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			pkg, ok := sel.X.(*ast.Ident)
			if !ok {
				return true
			}
			switch call := pkg.Name + "." + sel.Sel.Name; call {
			case "time.Now", "time.Since", "time.Until":
				if s.room == "internal/checks" || s.room == "internal/judge" {
					t.Errorf("%s uses %s; a check is told the time", s.name, call)
				}
			case "os.Exit", "log.Fatal", "log.Fatalf":
				if s.name != "cmd/jwtdoctor/main.go" && !strings.HasPrefix(s.name, "scripts/") {
					t.Errorf("%s calls %s; main alone may", s.name, call)
				}
			}
			return true
		})
	}
}

// TestNothingCompiledAtStart: what a package-level variable compiles, every run
// pays for, whether it needs it or not. sync.OnceValue compiles it when it is
// first needed.
func TestNothingCompiledAtStart(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.file.Decls {
			vars, ok := d.(*ast.GenDecl)
			if !ok || vars.Tok != token.VAR {
				continue
			}
			ast.Inspect(vars, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false // is called later
				case *ast.SelectorExpr:
					if pkg, ok := n.X.(*ast.Ident); ok && (pkg.Name == "regexp" || pkg.Name == "template") && (strings.HasPrefix(n.Sel.Name, "Must") || n.Sel.Name == "Compile") {
						t.Errorf("%s calls %s.%s before main", s.name, pkg.Name, n.Sel.Name)
					}
				}
				return true
			})
		}
	}
}
