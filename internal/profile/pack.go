package profile

import (
	"errors"
	"fmt"
	"strings"
)

// layout is the version of the packed form; another is refused.
const layout = "jwtdoctor profiles 3\n"

// pack decodes the profiles that read returns and writes them down in the form
// that Library reads: a table of contents, and of each profile what guessing
// needs, what its symptoms are recognised by, and all of it. IDs are sorted.
func pack(ids []string, read func(id string) (own, whole *Profile, err error)) (string, error) {
	texts := &pool{at: map[string]int{}}
	var contents wire
	contents.pool = texts
	n := len(ids)
	contents.int(&n)
	var parts strings.Builder
	meant := map[string]int{}
	for _, id := range ids {
		own, whole, err := read(id)
		if err != nil {
			return "", err
		}
		if own.ID != id {
			return "", fmt.Errorf("%s.yaml has the id %s", id, own.ID)
		}
		for _, s := range own.Symptoms {
			for _, cause := range s.Explains {
				meant[cause]++
			}
		}
		contents.string(&own.ID)
		contents.strings(&own.Aliases)
		for _, write := range []func(*wire){
			func(w *wire) { h := headOf(whole); w.head(&h) },
			func(w *wire) { list(w, &own.Symptoms, (*wire).match) },
			func(w *wire) { w.profile(own) },
		} {
			w := &wire{pool: texts}
			write(w)
			size := len(w.data)
			contents.int(&size)
			parts.Write(w.data)
		}
	}
	counts := &wire{pool: texts}
	counts.counts(&meant)
	parts.Write(counts.data)
	var sizes wire
	sizes.pool = texts
	for _, n := range []int{texts.text.Len(), len(contents.data)} {
		sizes.int(&n)
	}
	return layout + string(sizes.data) + texts.text.String() + string(contents.data) + parts.String(), nil
}

var errLayout = errors.New("the packed profiles are of another version; run go generate ./internal/profile")

// counts is how many symptoms explain each cause, so that nobody has to read all
// profiles to say so.
func (w *wire) counts(m *map[string]int) {
	type count struct {
		cause string
		n     int
	}
	var all []count
	for _, cause := range sortedKeys(*m) {
		all = append(all, count{cause, (*m)[cause]})
	}
	list(w, &all, func(w *wire, c *count) {
		w.string(&c.cause)
		w.int(&c.n)
	})
	if w.writing() {
		return
	}
	*m = make(map[string]int, len(all))
	for _, c := range all {
		(*m)[c.cause] = c.n
	}
}

// unpack reads the table of contents; counts is what is behind the profiles.
func unpack(packed string) (texts string, all []section, counts string) {
	rest, ok := strings.CutPrefix(packed, layout)
	if !ok {
		panic(errLayout)
	}
	sizes := &wire{rest: rest}
	var size, n int
	sizes.int(&size)
	sizes.int(&n)
	texts, rest = sizes.rest[:size], sizes.rest[size:]
	contents := &wire{texts: texts, rest: rest[:n]}
	rest = rest[n:]
	contents.int(&n)
	all = make([]section, n)
	for i := range all {
		s := &all[i]
		contents.string(&s.id)
		contents.strings(&s.aliases)
		for _, part := range []*string{&s.head, &s.matches, &s.body} {
			contents.int(&size)
			*part, rest = rest[:size], rest[size:]
		}
	}
	return texts, all, rest
}
