package doctor

import (
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/input"
)

// mostPeeked is the number of inputs that are looked at before the first is
// judged, to find keys among them. More are a list of assertions.
const mostPeeked = 64

// given is an input on its way: a source that has been looked at, or one that
// must not be yet, since it may be a stream whose next line has not been written.
type given struct {
	src    *input.Source
	stream *Input
	group  string
	found  bool // in a directory; looked at when its turn comes
}

// givenInputs looks at the inputs and takes keys and key sets out, which belong
// to all cases of the run. The list of the others is made as it is asked for.
func givenInputs(opts *Options, inputs []Input) (next func() (given, bool), err error) {
	look := func(in Input) given {
		if in.Found || in.As == "" && (opts.Lines || opts.FirstLine && in.Stream) {
			return given{stream: &in, group: in.Group, found: in.Found}
		}
		return given{src: input.NewSource(in.Name, in.Open, in.As), group: in.Group}
	}
	named := 0
	for i := range inputs {
		if !inputs[i].Found {
			named++
		}
	}
	if named > mostPeeked {
		return func() (given, bool) {
			if len(inputs) == 0 {
				return given{}, false
			}
			in := inputs[0]
			inputs = inputs[1:]
			return look(in), true
		}, nil
	}
	var all []given
	others := 0
	for _, in := range inputs {
		g := look(in)
		if !g.key() {
			others++
		}
		all = append(all, g)
	}
	if others > 0 { // a key on its own is judged as what it was given for
		if all, err = withoutKeys(opts, all); err != nil {
			return nil, err
		}
	}
	return func() (given, bool) {
		if len(all) == 0 {
			return given{}, false
		}
		g := all[0]
		all = all[1:]
		return g, true
	}, nil
}

func (g given) key() bool {
	return g.src != nil && (g.src.Sort() == input.SortJWKS || g.src.Sort() == input.SortKey)
}

// withoutKeys moves the key and the key set among the inputs to the options.
func withoutKeys(opts *Options, all []given) (kept []given, err error) {
	for _, g := range all {
		if !g.key() {
			kept = append(kept, g)
			continue
		}
		into, what := &opts.JWKS, "a key set"
		if g.src.Sort() == input.SortKey {
			into, what = &opts.Key, "a key"
		}
		if *into != nil {
			return nil, UsageError{fmt.Sprintf("%s is %s, and there is one already; give one", g.src.Name(), what)}
		}
		data, err := g.src.Bytes()
		if err != nil {
			return nil, InputError{err.Error()}
		}
		*into = &Document{Source: g.src.Name(), Data: data}
	}
	return kept, nil
}
