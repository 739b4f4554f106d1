package profile

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/address"
)

// head is what guessing and lists need of a profile, with what it inherits.
type head struct {
	id, name, field, kind, extends string

	judges     bool // has its own rules
	addresses  []known
	hosts      []string  // further ones, or *.name
	paths      []pattern // of token URLs and audiences
	claims     []claimLike
	namespaces []string // of URNs in its symptoms, but for the standards'
	documents  []string // hosts of the documents that say what it answers
}

// known is an address of an environment; one without a host only names it.
type known struct {
	env string
	address.Loose
}

// claimLike is a ClaimLike with what every match has in it.
type claimLike struct {
	ClaimLike
	needle string
}

// pattern is an expression with what every match has in it.
type pattern struct{ expr, needle string }

// headOf makes the head of a profile.
func headOf(p *Profile) head {
	h := head{id: p.ID, name: p.Name, field: p.Field, kind: p.Kind, extends: p.Extends, judges: p.Judges(), hosts: p.Recognise.Hosts,
		namespaces: p.namespaces(), documents: p.documents()}
	for _, e := range p.Envs {
		texts := slices.Concat([]string{e.TokenURL, e.Issuer, e.Authorize}, e.Aud)
		for _, name := range sortedKeys(e.Endpoints) {
			texts = append(texts, e.Endpoints[name])
		}
		some := false
		for _, text := range texts {
			a, ok := address.ParseLoose(text)
			if !ok || slices.Contains(h.addresses, known{e.Name, a}) {
				continue
			}
			h.addresses, some = append(h.addresses, known{e.Name, a}), true
		}
		if !some {
			h.addresses = append(h.addresses, known{env: e.Name})
		}
	}
	for _, expr := range p.Recognise.Paths {
		h.paths = append(h.paths, pattern{expr, literalIn(expr)})
	}
	for _, c := range p.Recognise.Claims {
		needle := ""
		if c.Expr != "" {
			needle = literalIn(c.Expr)
		}
		h.claims = append(h.claims, claimLike{c, needle})
	}
	return h
}

func (w *wire) head(h *head) {
	w.string(&h.id)
	w.string(&h.name)
	w.string(&h.field)
	w.string(&h.kind)
	w.string(&h.extends)
	w.bool(&h.judges)
	list(w, &h.addresses, func(w *wire, k *known) {
		w.string(&k.env)
		w.string(&k.Host)
		w.string(&k.Path)
	})
	w.strings(&h.hosts)
	list(w, &h.paths, func(w *wire, p *pattern) {
		w.string(&p.expr)
		w.string(&p.needle)
	})
	list(w, &h.claims, func(w *wire, c *claimLike) {
		w.claimLike(&c.ClaimLike)
		w.string(&c.needle)
	})
	w.strings(&h.namespaces)
	w.strings(&h.documents)
}

// environments lists the names of the environments, in order.
func (h *head) environments() []string {
	out := []string{}
	for _, a := range h.addresses {
		if !slices.Contains(out, a.env) {
			out = append(out, a.env)
		}
	}
	return out
}

// fits returns how well the profile fits the traces, and the environment if
// only one does.
func (h *head) fits(traces []trace) (best fit, g Guess) {
	var envs []string
	g.ID = h.id
	for _, t := range traces {
		f, in, why := h.fit(t)
		switch {
		case f == noFit || f < best:
		case f > best:
			best, envs, g.By, g.From = f, in, why, t.where
		default:
			envs = append(envs, in...)
		}
	}
	slices.Sort(envs)
	if envs = slices.Compact(envs); len(envs) == 1 {
		g.Env = envs[0]
	}
	return best, g
}

// fit returns how well the profile fits one trace, and which environments do.
func (h *head) fit(t trace) (best fit, envs []string, by string) {
	note := func(f fit, env, words string) {
		if f > best {
			best, envs, by = f, nil, words
		}
		if f == best && env != "" && !slices.Contains(envs, env) {
			envs = append(envs, env)
		}
	}
	for _, k := range h.addresses {
		switch {
		case k.Host != t.Host:
		case k.Same(t.Loose):
			note(addressFits, k.env, t.where+" names "+t.Host)
		default:
			note(hostFits, k.env, t.where+" names "+t.Host)
		}
	}
	for _, host := range h.hosts {
		switch below, wild := strings.CutPrefix(host, "*."); {
		case !address.Below(t.Host, host):
		case wild:
			note(wildcardFits, "", t.where+" names a host below "+below)
		default:
			note(hostFits, "", t.where+" names "+t.Host)
		}
	}
	if best > pathFits {
		return best, envs, by
	}
	for _, p := range h.paths {
		if !strings.Contains(t.path, p.needle) {
			continue
		}
		if re, err := regexp.Compile(p.expr); err == nil && re.MatchString(t.Path) {
			note(pathFits, "", "the path of "+t.where+" is one of "+h.name+"'s")
		}
	}
	return best, envs, by
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
