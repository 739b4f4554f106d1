package screen

import (
	tea "charm.land/bubbletea/v2"
)

// reader shows a text that can be scrolled in the place of the panes.
type reader struct {
	name string
	make func(width int) []string
	at   int

	width int
	made  []string
	rows  int
}

func (r *reader) bindings(*Model) []binding {
	page := max(r.rows-1, 1)
	return []binding{
		{keys: []string{"esc", "q", "enter"}, shown: "Esc", hint: "back", help: "back", do: then((*Model).close)},
		{keys: []string{"up"}, shown: "↑↓", hint: "scroll", help: "a line up or down", do: then(func(*Model) { r.scroll(-1) })},
		{keys: []string{"down"}, do: then(func(*Model) { r.scroll(1) })},
		{keys: []string{"pgup", "b"}, shown: "PgUp PgDn", hint: "page", help: "a page up or down", do: then(func(*Model) { r.scroll(-page) })},
		{keys: []string{"pgdown", "space"}, do: then(func(*Model) { r.scroll(page) })},
		{keys: []string{"home"}, shown: "Home End", help: "the beginning, the end", do: then(func(*Model) { r.at = 0 })},
		{keys: []string{"end"}, do: then(func(*Model) { r.scroll(len(r.made)) })},
		key(helpKey, "help", "the keys that work now", then(openHelp)),
	}
}
func (r *reader) typed(*Model, tea.KeyPressMsg) bool { return false }
func (r *reader) pasted(*Model, string) bool         { return false }
func (r *reader) title(m *Model) string              { return m.seen(r.name) }
func (r *reader) scroll(by int)                      { r.at = max(0, min(r.at+by, max(len(r.made)-r.rows, 0))) }
func (r *reader) lines(m *Model, width, height int) []string {
	if r.width != width {
		r.width, r.made = width, nil
		for _, l := range r.make(width) {
			if columns(l) > width {
				r.made = append(r.made, chop(l, width)...)
				continue
			}
			r.made = append(r.made, l)
		}
	}
	r.rows = height
	r.scroll(0)
	out := r.made[r.at:min(r.at+height, len(r.made))]
	return append(make([]string, 0, height), out...)
}
