package profile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// ErrUnknown says that there is no profile of that ID.
var ErrUnknown = errors.New("no such profile")

// ReadFile reads a user's profile. What it extends is looked for among the
// embedded profiles, then in the file's folder as ID.yaml or ID.yml. Faults of the
// file, all of them, are a *LintError.
func ReadFile(path string, known Known) (*Profile, error) {
	return readFile(path, known, nil)
}

func readFile(path string, known Known, chain []string) (*Profile, error) {
	data, err := readSome(path)
	if err != nil {
		return nil, err
	}
	return parse(source{name: path, data: data}, known, func(parent string, chain []string) (*Profile, error) {
		p, err := embeddedBase(parent, chain)
		if !errors.Is(err, ErrUnknown) || !kebab(parent) {
			return p, err
		}
		for _, ext := range []string{".yaml", ".yml"} {
			beside := filepath.Join(filepath.Dir(path), parent+ext)
			if _, statErr := os.Stat(beside); statErr == nil {
				return readFile(beside, known, chain)
			}
		}
		return nil, err
	}, chain)
}

// readSome reads one byte more than a profile may have, so that a huge file or
// an endless device is refused by its size and not by its weight.
func readSome(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the profile %s cannot be opened: %w", path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("the profile %s cannot be read: %w", path, err)
	}
	return data, nil
}

// Parse reads a profile from text; its errors contain name. resolve finds
// the profile it extends, nil meaning the embedded ones. Faults of the text,
// all of them, are a *LintError.
func Parse(name string, data []byte, known Known, resolve func(id string) (*Profile, error)) (*Profile, error) {
	find := embeddedBase
	if resolve != nil {
		find = func(id string, _ []string) (*Profile, error) { return resolve(id) }
	}
	return parse(source{name: name, data: data}, known, find, nil)
}

// source is one file on its way to becoming a profile.
type source struct {
	name   string
	data   []byte
	citing bool
}

// embeddedBase finds what a user's profile extends among the embedded ones, by
// ID: an alias may be given to another one day.
func embeddedBase(id string, _ []string) (*Profile, error) {
	library := NewLibrary()
	i := find(library.sections, id)
	if i < 0 || library.sections[i].id != id {
		return nil, unknown(id, library.sections)
	}
	return library.at(i), nil
}

// parse decodes a file and merges in what it extends. chain is the IDs of
// the profiles that led here, so that a circle is seen.
func parse(src source, known Known, find func(id string, chain []string) (*Profile, error), chain []string) (*Profile, error) {
	p, base, err := parseOwn(src, known, find, chain)
	if err != nil {
		return nil, err
	}
	p.complete(base)
	return p, nil
}

// parseOwn decodes a file, and reads what it extends without merging it in.
func parseOwn(src source, known Known, find func(id string, chain []string) (*Profile, error), chain []string) (own, base *Profile, err error) {
	d := &decoder{file: src.name, known: known, citing: src.citing}
	root := d.tree(src.data)
	if root == nil {
		return nil, nil, d.err()
	}
	own, base = d.profile(root, func(at ast.Node, id string) *Profile {
		chain := chain
		if d.id != "" && !slices.Contains(chain, d.id) {
			chain = append(slices.Clone(chain), d.id)
		}
		switch {
		case id == d.id:
			d.wrong(at, "", "the profile %q extends itself; give it another id", id)
			return nil
		case slices.Contains(chain, id):
			d.wrong(at, "", "the profiles extend each other in a circle: %s", strings.Join(append(chain, id), " → "))
			return nil
		}
		base, err := find(id, chain)
		var lint *LintError
		switch {
		case errors.As(err, &lint):
			d.wrong(at, "", "the profile it extends, %q, has faults", id)
			d.problems = append(d.problems, lint.Problems...)
		case err != nil || base == nil:
			d.wrong(at, d.nearest(id, IDs()), "unknown profile %q in extends; profiles are %s", id, strings.Join(IDs(), ", "))
		}
		return base
	})
	if err := d.err(); err != nil {
		return nil, nil, err
	}
	if !src.citing {
		own.Origin = src.name
	}
	return own, base, nil
}

// NamesFile reports whether a name is a file's and not a profile's ID or alias, which have neither dot
// nor slash.
func NamesFile(name string) bool {
	if strings.ContainsAny(name, "./\\") {
		return true
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return false
	}
	_, embedded := Resolve(name)
	return !embedded
}
