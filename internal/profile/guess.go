package profile

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

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

// Guess finds the embedded profile the clue points to, the environment where
// exactly one fits, and by what, in words ("aud names api.redoxengine.com").
// All are "" where nothing points anywhere. Only profiles whose text names the
// host, or that go by paths, are parsed.
func Guess(clue Clue) (id, env, by string) {
	p, env, by := Find(clue)
	if p == nil {
		return "", "", ""
	}
	return p.ID, env, by
}

// Find is Guess for a caller that goes on to use the profile, which has been
// parsed by then; nil where nothing points anywhere.
func Find(clue Clue) (found *Profile, env, by string) {
	traces := clue.traces()
	if len(traces) == 0 {
		return nil, "", ""
	}
	best := noFit
	for _, candidate := range IDs() {
		raw, err := embedded.ReadFile("data/" + candidate + ".yaml")
		if err != nil || !mayFit(raw, traces) {
			continue
		}
		p, err := Load(candidate)
		if err != nil {
			continue
		}
		if f, e, why := p.fits(traces); f > best {
			best, found, env, by = f, p, e, why
		}
	}
	return found, env, by
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

// mayFit tells from the text alone whether a profile is worth parsing.
func mayFit(raw []byte, traces []trace) bool {
	for _, expr := range rawPaths(raw) {
		re, err := regexp.Compile(expr)
		if err != nil || slices.ContainsFunc(traces, func(t trace) bool { return re.MatchString(t.Path) }) {
			return true
		}
	}
	for _, t := range traces {
		if bytes.Contains(raw, []byte(t.Host)) {
			return true
		}
		for _, below := range parents(t.Host) {
			if bytes.Contains(raw, []byte("*."+below)) {
				return true
			}
		}
	}
	return false
}

// rawPaths reads the path expressions out of a profile's text, in the one form
// the embedded profiles write them in: single-quoted, one a line. A test holds
// it against the parser.
func rawPaths(raw []byte) []string {
	_, rest, ok := bytes.Cut(raw, []byte("\n  paths:\n"))
	if !ok {
		return nil
	}
	var out []string
	for line := range strings.Lines(string(rest)) {
		expr, ok := strings.CutPrefix(line, "    - '")
		if !ok {
			break
		}
		out = append(out, strings.TrimSuffix(strings.TrimSpace(expr), "'"))
	}
	return out
}

// parents lists the domains above a host name.
func parents(host string) []string {
	var out []string
	for {
		_, rest, ok := strings.Cut(host, ".")
		if !ok {
			return out
		}
		out, host = append(out, rest), rest
	}
}

// fits tells how well the profile answers the traces, with the environment
// where one alone does.
func (p *Profile) fits(traces []trace) (best fit, env, by string) {
	var envs []string
	for _, t := range traces {
		f, in, why := p.fit(t)
		switch {
		case f == noFit || f < best:
		case f > best:
			best, envs, by = f, in, why
		default:
			envs = append(envs, in...)
		}
	}
	slices.Sort(envs)
	if envs = slices.Compact(envs); len(envs) == 1 {
		env = envs[0]
	}
	return best, env, by
}

// fit tells how well the profile answers one trace, and which environments do.
func (p *Profile) fit(t trace) (best fit, envs []string, by string) {
	note := func(f fit, env, words string) {
		if f > best {
			best, envs, by = f, nil, words
		}
		if f == best && env != "" && !slices.Contains(envs, env) {
			envs = append(envs, env)
		}
	}
	for _, e := range p.Envs {
		addresses := append([]string{e.TokenURL, e.Issuer, e.Authorize}, e.Aud...)
		for _, other := range e.Endpoints {
			addresses = append(addresses, other)
		}
		for _, a := range addresses {
			known, ok := address.ParseLoose(a)
			switch {
			case !ok:
			case known.Same(t.Loose):
				note(addressFits, e.Name, t.where+" names "+t.Host)
			case known.Host == t.Host:
				note(hostFits, e.Name, t.where+" names "+t.Host)
			}
		}
	}
	for _, h := range p.Recognise.Hosts {
		switch below, wild := strings.CutPrefix(h, "*."); {
		case !address.Below(t.Host, h):
		case wild:
			note(wildcardFits, "", t.where+" names a host below "+below)
		default:
			note(hostFits, "", t.where+" names "+t.Host)
		}
	}
	if best > pathFits {
		return best, envs, by
	}
	for _, expr := range p.Recognise.Paths {
		if re, err := regexp.Compile(expr); err == nil && re.MatchString(t.Path) {
			note(pathFits, "", "the path of "+t.where+" is one of "+p.Name+"'s")
		}
	}
	return best, envs, by
}
