package explain

import (
	"slices"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// Profile says what one provider documents. It may be one that is not in the
// book; what it extends is named by ID then.
func (b *Book) Profile(p *profile.Profile) string {
	return b.profileOn(p, &page{book: b, link: plainLink, numbered: true})
}

// profilePage is the page of docs/.
func (b *Book) profilePage(p *profile.Profile, link linker) string {
	return b.profileOn(p, &page{book: b, link: link})
}

func (b *Book) profileOn(p *profile.Profile, w *page) string {
	w.heading(1, escape(p.Name))
	if p.About != "" {
		w.para("%s", escape(p.About))
	}
	facts := []string{"Profile " + code(p.ID) + ": `jwtdoctor check --profile " + p.ID + "`", "For " + kindOf(p.Kind) + "."}
	if p.Extends != "" {
		facts = append(facts, "Builds on "+w.ref(p.Extends)+", whose rules apply here too unless this profile says otherwise.")
	}
	w.list(facts)
	w.cheatSheet(p)
	w.environments(p)
	w.recognise(p)
	for _, from := range b.origins(p) {
		w.rules(p, from)
	}
	w.severities(p)
	for _, from := range b.origins(p) {
		w.symptoms(p, from)
	}
	if len(p.Order) > 0 {
		w.heading(2, "In which order the server tests")
		w.para("An error of one proves that those before it passed: %s.", w.refs(p.Order))
	}
	w.asks(p)
	w.differences(p)
	w.notes(p)
	own := make([]finding.Citation, len(p.Cites))
	for i, c := range p.Cites {
		own[i] = c.Citation
	}
	w.sources(own, 2)
	return w.String()
}

func kindOf(kind string) string {
	return map[string]string{"client-assertion": "client assertions (private_key_jwt)", "jwt-grant": "JWT grants (the jwt-bearer grant)",
		"id-token": "ID tokens", "access-token": "access tokens"}[kind]
}

// origins lists the profiles p takes anything from, itself first, then in the
// order in which it builds on them.
func (b *Book) origins(p *profile.Profile) []string {
	var out []string
	add := func(id string) {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	add(p.ID)
	for base := p; base != nil && len(out) < 20; base = b.profile(base.Extends) {
		add(base.Extends)
	}
	// What a book does not have still has to be reported.
	var rest []string
	for _, r := range p.Rules {
		rest = append(rest, r.From)
	}
	for _, s := range p.Symptoms {
		rest = append(rest, s.From)
	}
	slices.Sort(rest)
	for _, id := range rest {
		add(id)
	}
	return out
}

// fromWords names where inherited things come from; "" for a profile's own.
func (w *page) fromWords(p *profile.Profile, from string) string {
	if from == p.ID {
		return ""
	}
	if base := w.book.profile(from); base != nil {
		return ", from " + escape(base.Name)
	}
	return ", from " + escape(from)
}

func (w *page) environments(p *profile.Profile) {
	if len(p.Envs) == 0 {
		return
	}
	w.heading(2, "Environments")
	for i, e := range p.Envs {
		name := "**" + escape(e.Name) + "**"
		if i == 0 && len(p.Envs) > 1 {
			name += " (default)"
		}
		w.para("%s", name)
		var items []string
		for _, it := range [][2]string{{"Token URL", e.TokenURL}, {"Issuer", e.Issuer}, {"Authorization endpoint", e.Authorize}} {
			if it[1] != "" {
				items = append(items, it[0]+": "+code(it[1]))
			}
		}
		if len(e.Aud) > 0 {
			items = append(items, "Values of aud: "+codes(e.Aud))
		}
		if len(e.AudSeen) > 0 {
			items = append(items, "Seen to work as aud too, though not documented: "+codes(e.AudSeen))
		}
		if e.Note != "" {
			items = append(items, escape(e.Note))
		}
		var others []string
		for n := range e.Endpoints {
			others = append(others, n)
		}
		slices.Sort(others)
		for _, n := range others {
			items = append(items, "Endpoint "+escape(n)+": "+code(e.Endpoints[n]))
		}
		if len(e.Cite) > 0 {
			items = append(items, "Source: "+w.cite(e.Cite))
		}
		w.list(items)
	}
}

func (w *page) recognise(p *profile.Profile) {
	r := p.Recognise
	if len(r.Hosts) == 0 && len(r.Paths) == 0 && len(r.Claims) == 0 {
		return
	}
	w.heading(2, "How a case is recognised")
	w.para("Without `--profile`, this profile is detected if aud, token URL or issuer names a host of the environments above, or:")
	var items []string
	if len(r.Hosts) > 0 {
		items = append(items, "a host: "+codes(r.Hosts))
	}
	if len(r.Paths) > 0 {
		paths := make([]string, len(r.Paths))
		for i, p := range r.Paths {
			paths[i] = formWords(p)
		}
		items = append(items, "a path "+wording.Or(paths))
	}
	if len(r.Claims) > 0 {
		var words []string
		for _, c := range r.Claims {
			if c.Expr == "" {
				words = append(words, "no `"+c.Name+"`")
			} else {
				words = append(words, "`"+c.Name+"` "+formWords(c.Expr))
			}
		}
		items = append(items, "claims, where no address names a provider: "+wording.And(words))
	}
	if len(r.Cite) > 0 {
		items = append(items, "Source: "+w.cite(r.Cite))
	}
	w.list(items)
}

// rules writes the rules p has from one profile, in the order of the vocabulary.
func (w *page) rules(p *profile.Profile, from string) {
	var rows [][]string
	for _, r := range p.Rules {
		if r.From == from {
			rows = append(rows, []string{code(r.ID()), valueWords(r.State, r.Value), w.remarks(r), w.cite(r.Cite)})
		}
	}
	if len(rows) == 0 {
		return
	}
	w.heading(2, "Rules"+w.fromWords(p, from))
	w.table([]string{"Rule", "Value", "Remarks", "Source"}, rows)
}

func (w *page) severities(p *profile.Profile) {
	if len(p.Severities) == 0 {
		return
	}
	var ids []string
	for id := range p.Severities {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	var rows [][]string
	for _, id := range ids {
		rows = append(rows, []string{w.ref(id), string(p.Severities[id])})
	}
	w.heading(2, "Other severities")
	w.table([]string{"Check or cause", "Severity"}, rows)
}

func (w *page) symptoms(p *profile.Profile, from string) {
	var rows [][]string
	for _, s := range p.Symptoms {
		if s.From != from {
			continue
		}
		means := escape(s.Means)
		for _, a := range s.Ask {
			means += " Ask: " + escape(a)
		}
		rows = append(rows, []string{matchWords(s), means, w.refs(s.Explains), w.cite(s.Cite)})
	}
	if len(rows) == 0 {
		return
	}
	w.heading(2, "What the server answers"+w.fromWords(p, from))
	w.table([]string{"Answer", "What it means", "Causes, most likely first", "Source"}, rows)
}

func (w *page) asks(p *profile.Profile) {
	if len(p.Ask) == 0 {
		return
	}
	w.heading(2, "Check yourself")
	var items []string
	for _, a := range p.Ask {
		it := escape(a.Text)
		if len(a.Cite) > 0 {
			it += " (" + w.cite(a.Cite) + ")"
		}
		items = append(items, it)
	}
	w.list(items)
}

func (w *page) differences(p *profile.Profile) {
	if len(p.Differences) == 0 {
		return
	}
	w.heading(2, "Where the sources disagree")
	w.para("The sources say different things. The rules above are what is checked.")
	for _, d := range p.Differences {
		w.para("**%s**", escape(d.About))
		var items []string
		for _, s := range d.Say {
			it := escape(s.Text)
			if len(s.Cite) > 0 {
				it += " (" + w.cite(s.Cite) + ")"
			}
			items = append(items, it)
		}
		w.list(items)
	}
}

func (w *page) notes(p *profile.Profile) {
	if len(p.Notes) == 0 {
		return
	}
	w.heading(2, "Also good to know")
	var items []string
	for _, n := range p.Notes {
		items = append(items, escape(n.Text)+" ("+w.cite(n.Cite)+")")
	}
	w.list(items)
}
