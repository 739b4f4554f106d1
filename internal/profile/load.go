package profile

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// The embedded profiles; read and parsed only when one is asked for.
//
//go:embed data/*.yaml
var embedded embed.FS

// ErrUnknown says that there is no profile of that ID.
var ErrUnknown = errors.New("no such profile")

// IDs lists the embedded profiles, sorted; it parses none.
func IDs() []string {
	files, err := embedded.ReadDir("data")
	if err != nil {
		return nil
	}
	ids := make([]string, 0, len(files))
	for _, f := range files {
		ids = append(ids, strings.TrimSuffix(f.Name(), ".yaml"))
	}
	slices.Sort(ids)
	return ids
}

// Load reads an embedded profile. The error wraps ErrUnknown, with the nearest
// ID, where there is none of that name; a *LintError would be a fault of ours.
func Load(id string) (*Profile, error) {
	return load(id, nil)
}

// load is Load as a step of a chain of extends. That an embedded profile names
// no other causes and checks than there are is held by a test.
func load(id string, chain []string) (*Profile, error) {
	data, err := embedded.ReadFile("data/" + id + ".yaml")
	if err != nil || !kebab(id) {
		return nil, unknown(id, IDs())
	}
	p, err := parse(source{name: id + ".yaml", data: data, citing: true}, Known{}, func(parent string, chain []string) (*Profile, error) {
		return load(parent, chain)
	}, append(slices.Clone(chain), id))
	if err != nil {
		return nil, err
	}
	p.Origin = ""
	return p, nil
}

func unknown(id string, ids []string) error {
	if near := wording.Nearest(id, ids); near != "" {
		return fmt.Errorf("%w: %q; did you mean %s?", ErrUnknown, id, near)
	}
	return fmt.Errorf("%w: %q; there are %s", ErrUnknown, id, strings.Join(ids, ", "))
}

// ReadFile reads a user's profile. What it extends is looked for among the
// embedded profiles, then beside the file as ID.yaml or ID.yml. Faults of the
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
		p, err := load(parent, chain)
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

// Parse reads a profile from text; name stands in its errors. resolve finds
// the profile it extends, nil meaning the embedded ones. Faults of the text,
// all of them, are a *LintError.
func Parse(name string, data []byte, known Known, resolve func(id string) (*Profile, error)) (*Profile, error) {
	find := func(id string, chain []string) (*Profile, error) { return load(id, chain) }
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

// parse decodes a file and merges in what it extends. chain holds the IDs of
// the profiles that led here, so that a circle is seen.
func parse(src source, known Known, find func(id string, chain []string) (*Profile, error), chain []string) (*Profile, error) {
	d := &decoder{file: src.name, known: known, citing: src.citing}
	root := d.tree(src.data)
	if root == nil {
		return nil, d.err()
	}
	p := d.profile(root, func(at ast.Node, id string) *Profile {
		chain := chain
		if d.id != "" && !slices.Contains(chain, d.id) {
			chain = append(slices.Clone(chain), d.id)
		}
		switch {
		case id == d.id:
			d.wrong(at, "", "the profile %q extends itself; give it an id of its own", id)
			return nil
		case slices.Contains(chain, id):
			d.wrong(at, "", "the profiles extend each other in a circle: %s", strings.Join(append(chain, id), " → "))
			return nil
		}
		base, err := find(id, chain)
		var lint *LintError
		switch {
		case errors.As(err, &lint):
			d.wrong(at, "", "the profile it extends, %q, has faults of its own", id)
			d.problems = append(d.problems, lint.Problems...)
		case err != nil || base == nil:
			d.wrong(at, wording.Nearest(id, IDs()), "there is no profile %q to extend; there are %s", id, strings.Join(IDs(), ", "))
		}
		return base
	})
	if err := d.err(); err != nil {
		return nil, err
	}
	p.Origin = src.name
	return p, nil
}
