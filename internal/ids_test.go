package internal_test

import (
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/checks"
)

// TestIDsExist finds a literal that means a check or a cause and names none:
// every untyped string that the compiler turns into a CheckID or CauseID.
func TestIDsExist(t *testing.T) {
	known := map[string]map[string]bool{"CheckID": {}, "CauseID": {}}
	for _, c := range checks.All() {
		known["CheckID"][string(c.ID)] = true
		for _, cause := range c.Causes {
			known["CauseID"][string(cause.ID)] = true
		}
	}
	l := &sourceImporter{fset: token.NewFileSet(), done: map[string]*types.Package{}}
	seen := 0
	l.literal = func(at token.Pos, kind, value string) {
		seen++
		if value != "" && !known[kind][value] {
			t.Errorf("%s: there is no %s %q", l.fset.Position(at), kind, value)
		}
	}
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && p != "." && d.Name() != "testdata" {
			_, err = l.Import(module + "/internal/" + filepath.ToSlash(p))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Import(module + "/cmd/jwtdoctor"); err != nil {
		t.Fatal(err)
	}
	if seen < 500 {
		t.Errorf("only %d literals were found: the types are not seen any more", seen)
	}
}

// sourceImporter reads the types of this module from its source. What others
// write is not looked at: an ID is never a matter of theirs.
type sourceImporter struct {
	fset    *token.FileSet
	done    map[string]*types.Package
	literal func(at token.Pos, kind, value string)
}

func (l *sourceImporter) Import(name string) (*types.Package, error) {
	if p, ok := l.done[name]; ok {
		return p, nil
	}
	rest, ours := strings.CutPrefix(name, module+"/")
	if !ours {
		p := types.NewPackage(name, path.Base(name))
		if name == "slices" { // whose functions pass IDs on
			if found, err := importer.ForCompiler(l.fset, "source", nil).Import(name); err == nil {
				p = found
			}
		}
		p.MarkComplete()
		l.done[name] = p
		return p, nil
	}
	files, err := l.parse(filepath.Join("..", filepath.FromSlash(rest)))
	if err != nil {
		return nil, err
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	config := types.Config{Importer: l, Error: func(error) {}}
	p, _ := config.Check(name, l.fset, files, info) // what others' types are is not known, and does not matter
	l.done[name] = p
	for e, v := range info.Types {
		named, ok := v.Type.(*types.Named)
		if !ok || v.Value == nil || v.Value.Kind() != constant.String || named.Obj().Pkg() == nil || named.Obj().Pkg().Path() != module+"/internal/finding" {
			continue
		}
		if kind := named.Obj().Name(); kind == "CheckID" || kind == "CauseID" {
			l.literal(e.Pos(), kind, constant.StringVal(v.Value))
		}
	}
	return p, nil
}

func (l *sourceImporter) parse(dir string) ([]*ast.File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(l.fset, filepath.Join(dir, e.Name()), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// TestEveryCauseIsTested: a cause that no test names is one that nobody has seen.
func TestEveryCauseIsTested(t *testing.T) {
	named := map[string]bool{}
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				for _, word := range strings.FieldsFunc(lit.Value, func(r rune) bool {
					return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
				}) {
					named[word] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks.All() {
		for _, cause := range c.Causes {
			if !named[string(cause.ID)] {
				t.Errorf("no test names the cause %s", cause.ID)
			}
		}
	}
}

// TestEveryCheckIsListed finds a check that was written and not added to All.
func TestEveryCheckIsListed(t *testing.T) {
	l := &sourceImporter{fset: token.NewFileSet()}
	files, err := l.parse("checks")
	if err != nil {
		t.Fatal(err)
	}
	listed, written := map[string]bool{}, map[string]bool{}
	for _, f := range files {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Recv != nil {
				continue
			}
			if fn.Name.Name == "All" {
				ast.Inspect(fn, func(n ast.Node) bool {
					if call, ok := n.(*ast.CallExpr); ok {
						if id, ok := call.Fun.(*ast.Ident); ok {
							listed[id.Name] = true
						}
					}
					return true
				})
			}
			if r := fn.Type.Results; fn.Type.Params.NumFields() == 0 && r.NumFields() == 1 {
				if id, ok := r.List[0].Type.(*ast.Ident); ok && id.Name == "Check" {
					written[fn.Name.Name] = true
				}
			}
		}
	}
	for name := range written {
		if !listed[name] {
			t.Errorf("the check %s is not in All()", name)
		}
	}
	if len(written) < 60 {
		t.Errorf("only %d checks were found", len(written))
	}
}
