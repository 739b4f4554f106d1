package profile

import (
	"regexp"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/address"
	"github.com/assertionworks/jwtdoctor/internal/wording"
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
	path string // as plain writes it
}

func traceOf(where string, a address.Loose) trace { return trace{where, a, plain(a.Path)} }

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
	ID  string // of an embedded profile; "" if nothing points anywhere
	Env string // the environment, where exactly one fits
	By  string // by what, in words: "aud names api.redoxengine.com"
	// From names the evidence: "aud", "the token URL", "the issuer", "claims".
	From string
}

// Find finds the embedded profile a clue points to. It reads none of them whole.
func (l *Library) Find(clue Clue) Guess {
	traces := clue.traces()
	best, found := noFit, Guess{}
	heads := l.heads()
	if len(traces) == 0 {
		heads = nil
	}
	for i := range heads {
		if f, g := heads[i].fits(traces); f > best {
			best, found = f, g
		}
	}
	return found
}

// ByClaims finds the embedded profile whose JWTs have such claims.
func (l *Library) ByClaims(claim func(name string) (text string, ok bool)) Guess {
	heads := l.heads()
	for i := range heads {
		if heads[i].claimed(claim) {
			var names []string
			for _, c := range heads[i].claims {
				if c.Expr != "" {
					names = append(names, c.Name)
				}
			}
			return Guess{ID: heads[i].id, From: "claims", By: wording.And(names) + orPlural(len(names)) + "of the form of " + heads[i].name + "'s"}
		}
	}
	return Guess{}
}

func orPlural(n int) string {
	if n == 1 {
		return " is "
	}
	return " are "
}

// claimed reports whether claims are as those of the profile's JWTs are.
func (h *head) claimed(claim func(name string) (text string, ok bool)) bool {
	if len(h.claims) == 0 {
		return false
	}
	for _, c := range h.claims { // what is cheap first
		if text, ok := claim(c.Name); ok == (c.Expr == "") || !strings.Contains(plain(text), c.needle) {
			return false
		}
	}
	for _, c := range h.claims {
		if c.Expr == "" {
			continue
		}
		text, _ := claim(c.Name)
		if re, err := regexp.Compile(c.Expr); err != nil || !re.MatchString(text) {
			return false
		}
	}
	return true
}

func (c Clue) traces() []trace {
	var out []trace
	add := func(where, s string) {
		if a, ok := address.ParseLoose(s); ok {
			out = append(out, traceOf(where, a))
		}
	}
	for _, a := range c.Aud {
		add("aud", a)
	}
	add("the token URL", c.TokenURL)
	add("the issuer", c.Issuer)
	return out
}

// hostOf returns the host name in a text, "" if there is none.
func hostOf(s string) string {
	a, _ := address.ParseLoose(s)
	return a.Host
}
