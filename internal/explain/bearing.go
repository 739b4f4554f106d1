package explain

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// bearing says what each provider documents on those rules. A rule appears once,
// with the profile that sets it and those that take it over from there.
func (w *page) bearing(c checks.Check, rules []profile.Ref, level int) {
	began := false
	for _, ref := range w.expand(c, rules) {
		var rows [][]string
		for _, p := range w.book.Profiles() {
			r := p.Rule(ref)
			if r.State == profile.Unset || r.From != p.ID {
				continue
			}
			who := []string{w.ref(p.ID)}
			for _, heir := range w.book.Profiles() {
				if h := heir.Rule(ref); h.State != profile.Unset && heir.ID != p.ID && h.From == p.ID {
					who = append(who, w.ref(heir.ID))
				}
			}
			rows = append(rows, []string{strings.Join(who, ", "), valueWords(r.State, r.Value), w.remarks(r), w.cite(r.Cite)})
		}
		if len(rows) == 0 {
			continue
		}
		if !began {
			w.heading(level, "What providers document")
			began = true
		}
		w.para("%s: %s.", code(ref.ID()), escape(ref.Key().Help))
		w.table([]string{"Profile", "Value", "Remarks", "Source"}, rows)
	}
}

// expand lists the rules profiles set under rules that may have a "*", in their
// order and sorted by name within one.
func (w *page) expand(c checks.Check, rules []profile.Ref) []profile.Ref {
	var out []profile.Ref
	for _, ref := range rules {
		if !ref.Wild() {
			out = append(out, ref)
			continue
		}
		var set []profile.Ref
		for _, p := range w.book.Profiles() {
			for _, r := range p.Rules {
				if ref.Covers(r.Ref) && !ownCheck(string(c.ID), r.Ref) {
					set = append(set, r.Ref)
				}
			}
		}
		slices.SortFunc(set, profile.Ref.Compare)
		out = append(out, slices.Compact(set)...)
	}
	return out
}

// ownCheck reports whether a rule is about a name that another check than
// claim-names or header-names is about.
func ownCheck(check string, r profile.Ref) bool {
	switch {
	case profile.HeaderPresence.Ref().Covers(r), profile.HeaderAccepted.Ref().Covers(r):
		return slices.Contains([]string{"alg", "typ", "kid", "jku", "x5t", "x5t#S256"}, r.Name())
	case check == "claim-names":
		return slices.Contains([]string{"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}, r.Name())
	}
	return false
}

// remarks says what is beside a rule's value: its note, what the server was
// seen to do, and what other documents say.
func (w *page) remarks(r profile.Rule) string {
	var out []string
	if r.Note != "" {
		out = append(out, escape(r.Note))
	}
	also := func(what string, a profile.Alternative) {
		s := what + " " + valueWords(a.State, a.Value)
		if a.Note != "" {
			s += ", " + escape(a.Note)
		}
		if len(a.Cite) > 0 {
			s += " (" + w.cite(a.Cite) + ")"
		}
		out = append(out, s)
	}
	if r.Enforced != nil {
		also("enforced:", *r.Enforced)
	}
	for _, a := range r.Also {
		also("elsewhere:", a)
	}
	return strings.Join(out, "; ")
}
