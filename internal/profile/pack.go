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
	for _, id := range ids {
		own, whole, err := read(id)
		if err != nil {
			return "", err
		}
		if own.ID != id {
			return "", fmt.Errorf("%s.yaml has the id %s", id, own.ID)
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
	var sizes wire
	sizes.pool = texts
	for _, n := range []int{texts.text.Len(), len(contents.data)} {
		sizes.int(&n)
	}
	return layout + string(sizes.data) + texts.text.String() + string(contents.data) + parts.String(), nil
}

var errLayout = errors.New("the packed profiles are of another version; run go generate ./internal/profile")

// unpack reads the table of contents.
func unpack(packed string) (texts string, all []section) {
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
	return texts, all
}
