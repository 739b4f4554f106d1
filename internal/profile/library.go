package profile

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// written is the YAML of the embedded profiles, for people: the files of data in
// the order of their IDs, with a NUL between them, by gzip. As they are they would
// be a fortieth of the program.
//
//go:embed written.gz
var written []byte

// packed is the embedded profiles decoded, by the same code that reads users'
// files, so that none of their YAML has to be parsed: see pack. A test makes it
// again and compares.
//
//go:generate go test -run TestPacked|TestWritten -update .
//go:embed packed.bin
var packed string

// section is one profile in packed.
type section struct {
	id      string
	aliases []string
	head    string // for guessing and lists
	matches string // what its symptoms are recognised by
	body    string // all of it
}

// sections reads the table of contents, sorted by ID.
func sections() []section {
	_, all, _ := unpack(packed)
	return all
}

// IDs lists the embedded profiles, sorted.
func IDs() []string {
	all := sections()
	ids := make([]string, len(all))
	for i := range all {
		ids[i] = all[i].id
	}
	return ids
}

// Resolve finds the ID of an embedded profile by that ID or an alias, without
// regard to case; ok is false where there is none.
func Resolve(name string) (id string, ok bool) {
	all := sections()
	i := find(all, name)
	if i < 0 {
		return "", false
	}
	return all[i].id, true
}

func find(all []section, name string) int {
	name = strings.ToLower(strings.TrimSpace(name))
	if i, ok := slices.BinarySearchFunc(all, name, func(s section, id string) int { return strings.Compare(s.id, id) }); ok {
		return i
	}
	return slices.IndexFunc(all, func(s section) bool { return slices.Contains(s.aliases, name) })
}

// unknown is the error for a name that no profile has.
func unknown(name string, all []section) error {
	var names []string
	for i := range all {
		names = append(append(names, all[i].id), all[i].aliases...)
	}
	if near := wording.Nearest(name, names); near != "" {
		return fmt.Errorf("%w: %q; did you mean %s?", ErrUnknown, name, near)
	}
	return fmt.Errorf("%w: %q; jwtdoctor profiles lists all %d", ErrUnknown, name, len(all))
}

// Source returns the YAML of an embedded profile as it was written. The error
// wraps ErrUnknown, with the nearest ID, where there is none of that name.
func Source(name string) ([]byte, error) {
	all := sections()
	i := find(all, name)
	if i < 0 {
		return nil, unknown(name, all)
	}
	texts, err := unzip(written)
	if err != nil {
		return nil, err
	}
	return texts[i], nil
}

// unzip returns the files in written.
func unzip(written []byte) ([][]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(written))
	if err != nil {
		return nil, fmt.Errorf("the embedded profiles: %w", err)
	}
	all, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("the embedded profiles: %w", err)
	}
	return bytes.Split(all, []byte{0}), nil
}

// Load reads an embedded profile by ID or alias, without regard to case. The
// error wraps ErrUnknown, with the nearest name, where there is none.
func Load(name string) (*Profile, error) { return NewLibrary().Load(name) }

// Library is the embedded profiles, each read when it is first asked for. It may
// be used by several goroutines. What it hands out is shared and must not be
// changed.
type Library struct {
	texts    string
	sections []section
	heads    func() []head
	matches  func() [][]Symptom
	meant    func() map[string]int
	profiles []lazyProfile
}

type lazyProfile struct {
	once sync.Once
	p    *Profile
}

// NewLibrary makes a library that has read nothing yet.
func NewLibrary() *Library { return newLibrary(packed) }

func newLibrary(packed string) *Library {
	l := &Library{}
	var counts string
	l.texts, l.sections, counts = unpack(packed)
	l.profiles = make([]lazyProfile, len(l.sections))
	l.heads = sync.OnceValue(func() []head {
		out := make([]head, len(l.sections))
		for i, s := range l.sections {
			(&wire{texts: l.texts, rest: s.head}).head(&out[i])
		}
		return out
	})
	l.meant = sync.OnceValue(func() (out map[string]int) {
		(&wire{texts: l.texts, rest: counts}).counts(&out)
		return out
	})
	l.matches = sync.OnceValue(func() [][]Symptom {
		out := make([][]Symptom, len(l.sections))
		for i, s := range l.sections {
			list(&wire{texts: l.texts, rest: s.matches}, &out[i], (*wire).match)
		}
		return out
	})
	return l
}

// Load returns the profile of that ID or alias, as the function Load does.
func (l *Library) Load(name string) (*Profile, error) {
	i := find(l.sections, name)
	if i < 0 {
		return nil, unknown(name, l.sections)
	}
	return l.at(i), nil
}

// at reads a profile and what it extends.
func (l *Library) at(i int) *Profile {
	lazy := &l.profiles[i]
	lazy.once.Do(func() {
		p := &Profile{}
		(&wire{texts: l.texts, rest: l.sections[i].body}).profile(p)
		var base *Profile
		if p.Extends != "" {
			base = l.at(find(l.sections, p.Extends))
		}
		p.complete(base)
		lazy.p = p
	})
	return lazy.p
}

// All reads every profile, sorted by ID.
func (l *Library) All() []*Profile {
	out := make([]*Profile, len(l.sections))
	for i := range out {
		out[i] = l.at(i)
	}
	return out
}

// Messages is how many error messages of all profiles can mean a cause. It reads no
// profile.
func (l *Library) Messages(cause string) int { return l.meant()[cause] }

// Fields lists the fields a profile may belong to, in the order they are listed in.
func Fields() []string { return slices.Clone(fields) }

// Entry is what a list says of a profile.
type Entry struct {
	ID, Name, Field, Kind, Extends string
	Aliases, Environments          []string
}

// Entries lists the embedded profiles, sorted by ID, without reading them whole.
func (l *Library) Entries() []Entry {
	heads := l.heads()
	out := make([]Entry, len(heads))
	for i, h := range heads {
		out[i] = Entry{h.id, h.name, h.field, h.kind, h.extends, l.sections[i].aliases, h.environments()}
	}
	return out
}

// Elsewhere is what another profile's symptoms say of an answer.
type Elsewhere struct {
	Profile *Profile
	Fit     Fit
}

// Recognising searches the embedded profiles for those whose own symptoms hold
// the server's very words, best first. Codes that every server uses do not count.
func (l *Library) Recognising(a Answer) []Elsewhere {
	var out []Elsewhere
	t := a.prepared()
	for i, symptoms := range l.matches() {
		var best Fit
		which := -1
		for j := range symptoms {
			f, ok := symptoms[j].fits(t)
			if ok && f.Specific && (which < 0 || f.score.compare(best.score) > 0) {
				best, which = f, j
			}
		}
		if which < 0 {
			continue
		}
		p := l.at(i)
		best.Symptom = &p.Symptoms[which] // its own come first
		best.score.named = l.heads()[i].namedBy(t)
		best.score.coded = numbered(best.Words)
		out = append(out, Elsewhere{p, best})
	}
	slices.SortStableFunc(out, func(x, y Elsewhere) int { return y.Fit.score.compare(x.Fit.score) })
	return out
}

// Rivals returns how many of the first are as good as the best.
func Rivals(all []Elsewhere) int {
	n := 0
	for _, e := range all {
		if e.Fit.score.compare(all[0].Fit.score) == 0 {
			n++
		}
	}
	return n
}
