package screen

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// choice is a provider, or one of its environments.
type choice struct {
	id, env string // id "" for detecting it
	text    string
	words   string // what the search finds it by
}

// picker chooses providers and environments.
type picker struct {
	all    []choice
	shown  []int
	filter line
	at     int
	chosen []int // indexes of all, in the order of choosing
	top    int
}

func openPicker(m *Model) {
	p := &picker{}
	s := m.state()
	detected := "detect from the input"
	guessed, env := "", ""
	if _, c := m.current(); c != nil {
		guessed, env = c.Profile.ID, c.Profile.Env
		if c.Profile.Guessed {
			detected += " (now " + c.Profile.Name + ")"
		}
	}
	p.all = append(p.all, choice{text: detected, words: "detect guess auto"})
	for _, e := range m.Options.Library.Entries() {
		words := strings.ToLower(e.ID + " " + e.Name + " " + strings.Join(e.Aliases, " "))
		p.all = append(p.all, choice{id: e.ID, text: e.Name, words: words})
		for _, name := range e.Environments {
			p.all = append(p.all, choice{id: e.ID, env: name, text: e.Name + " · " + name, words: words + " " + strings.ToLower(name)})
		}
	}
	p.list()
	for i, c := range p.all {
		if slices.Contains(s.profiles, c.id) && (c.env == s.env || c.env == "" && s.env == "") && len(s.profiles) > 1 {
			p.chosen = append(p.chosen, i)
		}
		if c.id != "" && c.id == guessed && (c.env == env || c.env == "") {
			p.at = i // the environment comes after its provider
		}
	}
	p.top = p.at - 3 // something before it is seen too
	m.open(p)
}

func (p *picker) list() {
	p.shown = p.shown[:0]
	words := strings.Fields(strings.ToLower(p.filter.String()))
	for i, c := range p.all {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(c.words, w) }) {
			p.shown = append(p.shown, i)
		}
	}
	p.at = min(p.at, max(len(p.shown)-1, 0))
}

func (p *picker) bindings(m *Model) []binding {
	move := func(by int) func(*Model) tea.Cmd {
		return then(func(*Model) { p.at = max(0, min(p.at+by, len(p.shown)-1)) })
	}
	out := []binding{
		{keys: []string{"enter"}, shown: m.paint.enter, hint: "choose", help: "check against the chosen providers", do: p.choose},
		{keys: []string{"tab"}, shown: "Tab", hint: "mark several", help: "mark this one too: the first marked decides, the others are advice", do: then(p.mark)},
		{keys: []string{"up"}, shown: "↑↓", hint: "move", help: "move", do: move(-1)},
		{keys: []string{"down"}, do: move(1)},
		{keys: []string{"pgup"}, shown: "PgUp PgDn", help: "a page up or down", do: move(-8)},
		{keys: []string{"pgdown"}, do: move(8)},
		{keys: []string{"esc"}, shown: "Esc", hint: "back", help: "back, with nothing changed (or clear the search)", do: then(func(m *Model) {
			if p.filter.String() != "" {
				p.filter = line{}
				p.list()
				return
			}
			m.close()
		})},
	}
	return out
}

func (p *picker) mark(m *Model) {
	if p.at >= len(p.shown) {
		return
	}
	i := p.shown[p.at]
	if p.all[i].id == "" {
		p.chosen = nil
		return
	}
	if at := slices.Index(p.chosen, i); at >= 0 {
		p.chosen = slices.Delete(p.chosen, at, at+1)
		return
	}
	// One environment a provider.
	for at, j := range p.chosen {
		if p.all[j].id == p.all[i].id {
			m.status = m.seen(p.all[i].text) + " is marked in place of " + m.seen(p.all[j].text)
			p.chosen[at] = i
			return
		}
	}
	p.chosen = append(p.chosen, i)
}

// choose judges again by what is marked, or by the row of the cursor.
func (p *picker) choose(m *Model) tea.Cmd {
	chosen := p.chosen
	if len(chosen) == 0 {
		if p.at >= len(p.shown) {
			return nil
		}
		chosen = []int{p.shown[p.at]}
	}
	m.close()
	var profiles []string
	env := ""
	for n, i := range chosen {
		if p.all[i].id == "" {
			continue
		}
		profiles = append(profiles, p.all[i].id)
		if n == 0 {
			env = p.all[i].env
		}
	}
	step := "the choice of the provider"
	s := m.state().with(step, func(s *state) { s.profiles, s.env = profiles, env })
	if s.empty() {
		m.Options.Profiles, m.Options.Env = profiles, env
		return nil
	}
	return m.consult(s)
}

func (p *picker) typed(m *Model, k tea.KeyPressMsg) bool {
	if !p.filter.key(k) {
		return false
	}
	p.at = 0
	p.list()
	return true
}
func (p *picker) pasted(m *Model, text string) bool {
	if len(text) > 100 || strings.ContainsAny(text, "\n\r") {
		return false
	}
	p.filter.insert(text)
	p.list()
	return true
}
func (p *picker) title(*Model) string { return "providers and environments" }

func (p *picker) lines(m *Model, width, height int) []string {
	first := "Type to search"
	if p.filter.String() != "" {
		first = "Search: " + m.seen(p.filter.String())
	}
	out := []string{first, ""}
	room := max(height-len(out), 1)
	if p.at < p.top {
		p.top = p.at
	}
	if p.at >= p.top+room {
		p.top = p.at - room + 1
	}
	p.top = max(0, min(p.top, len(p.shown)-room))
	if len(p.shown) == 0 {
		return append(out, wrap("No provider matches. To use a profile of your own, start jwtdoctor -p FILE", width)...)
	}
	for i := p.top; i < min(p.top+room, len(p.shown)); i++ {
		c := p.all[p.shown[i]]
		text := m.seen(c.text)
		if c.id != "" {
			mark := " "
			if at := slices.Index(p.chosen, p.shown[i]); at >= 0 {
				mark = number(at + 1)
			}
			text = mark + " " + text
			if c.env == "" {
				text += "  " + m.seen("("+c.id+")")
			}
		} else {
			text = "  " + text
		}
		lead := "  "
		if i == p.at {
			lead, text = m.paint.point+" ", m.paint.with(strong, text)
		}
		out = append(out, lead+text)
	}
	return out
}

// profileOf is the profile the case that is shown was compared with.
func profileOf(c *finding.Case) (*profile.Profile, bool) {
	if c == nil || profile.NamesFile(c.Profile.ID) {
		return nil, false
	}
	p, err := profile.Load(c.Profile.ID)
	return p, err == nil
}
