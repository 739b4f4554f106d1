package profile

import (
	"github.com/assertionworks/jwtdoctor/internal/address"
)

// Clue is what a case says of its provider.
type Clue struct {
	Aud      []string
	TokenURL string
	Issuer   string
}

// trace is one address of a clue and where it came from.
type trace struct {
	where string // "aud", "the token URL", "the issuer"
	address.Loose
}

// fit is how well a profile answers a clue, best last.
type fit int

const (
	noFit fit = iota
	pathFits
	wildcardFits
	hostFits
	addressFits
)

// Guess is what a clue points to.
type Guess struct {
	ID  string // of an embedded profile; "" where nothing points anywhere
	Env string // the environment, where exactly one fits
	By  string // by what, in words: "aud names api.redoxengine.com"
}

// Find finds the embedded profile a clue points to. It reads none of them whole.
func (l *Library) Find(clue Clue) Guess {
	traces := clue.traces()
	if len(traces) == 0 {
		return Guess{}
	}
	best, found := noFit, Guess{}
	heads := l.heads()
	for i := range heads {
		if f, env, by := heads[i].fits(traces); f > best {
			best, found = f, Guess{heads[i].id, env, by}
		}
	}
	return found
}

func (c Clue) traces() []trace {
	var out []trace
	add := func(where, s string) {
		if a, ok := address.ParseLoose(s); ok {
			out = append(out, trace{where, a})
		}
	}
	for _, a := range c.Aud {
		add("aud", a)
	}
	add("the token URL", c.TokenURL)
	add("the issuer", c.Issuer)
	return out
}

// hostOf returns the host name in a text, "" where there is none.
func hostOf(s string) string {
	a, _ := address.ParseLoose(s)
	return a.Host
}
