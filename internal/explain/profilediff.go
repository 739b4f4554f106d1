package explain

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// ProfileDiff shows in a table where the rules and addresses of two profiles
// differ, each with what it inherits.
func ProfileDiff(a, b *profile.Profile) string {
	w := &page{link: plainLink}
	if a.ID == b.ID {
		w.heading(1, escape(a.Name))
		w.para("Both are the same profile, %s.", code(a.ID))
		return w.String()
	}
	w.heading(1, escape(a.Name)+" and "+escape(b.Name))
	var refs []profile.Ref
	for _, p := range []*profile.Profile{a, b} {
		for _, r := range p.Rules {
			if !slices.Contains(refs, r.Ref) {
				refs = append(refs, r.Ref)
			}
		}
	}
	slices.SortFunc(refs, profile.Ref.Compare)
	value := func(p *profile.Profile, ref profile.Ref) string {
		for _, r := range p.Rules {
			if r.Ref == ref {
				return valueWords(r.State, r.Value)
			}
		}
		return "not mentioned"
	}
	var rows [][]string
	for _, ref := range refs {
		if x, y := value(a, ref), value(b, ref); x != y {
			rows = append(rows, []string{code(ref.ID()), x, y})
		}
	}
	if len(rows) == 0 {
		w.para("They have the same rules.")
	} else {
		w.table([]string{"Rule", escape(a.Name), escape(b.Name)}, rows)
	}
	for _, p := range []*profile.Profile{a, b} {
		var items []string
		for _, e := range p.Envs {
			for _, address := range []string{e.TokenURL, e.Issuer} {
				if address != "" {
					items = append(items, escape(e.Name)+": "+code(address))
				}
			}
		}
		if len(items) > 0 {
			w.heading(2, "Addresses of "+escape(p.Name))
			w.list(items)
		}
	}
	return w.String()
}
