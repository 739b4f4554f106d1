package screen

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// help lists the keys that work now, and no others; typing filters the list.
type help struct {
	keys   []binding // of what is behind it
	filter line
	at     int
	rows   int // that are seen
}

func openHelp(m *Model) {
	var all []binding
	for _, b := range m.bindings() {
		if b.help != "" {
			all = append(all, b)
		}
	}
	m.open(&help{keys: all})
}

func (h *help) bindings(*Model) []binding {
	return []binding{
		{keys: []string{"esc", "enter"}, shown: "Esc", hint: "back", help: "back", do: then(func(m *Model) {
			if h.filter.String() != "" {
				h.filter = line{}
				return
			}
			m.close()
		})},
		{keys: []string{"up"}, shown: "↑↓", hint: "scroll", help: "scroll", do: then(func(*Model) { h.scroll(-1) })},
		{keys: []string{"down"}, do: then(func(*Model) { h.scroll(1) })},
		{keys: []string{"pgup"}, do: then(func(*Model) { h.scroll(-h.rows + 1) })},
		{keys: []string{"pgdown"}, do: then(func(*Model) { h.scroll(h.rows - 1) })},
		{keys: []string{"home"}, do: then(func(*Model) { h.at = 0 })},
		{keys: []string{"end"}, do: then(func(*Model) { h.scroll(len(h.keys) * 2) })},
	}
}
func (h *help) typed(m *Model, k tea.KeyPressMsg) bool {
	h.at = 0
	return h.filter.key(k)
}
func (h *help) pasted(*Model, string) bool { return false }
func (h *help) title(*Model) string        { return "keys that work now" }
func (h *help) scroll(by int)              { h.at = max(0, h.at+by) }
func (h *help) lines(m *Model, width, height int) []string {
	word := strings.ToLower(strings.TrimSpace(h.filter.String()))
	first := "Type to filter"
	if word != "" {
		first = "Filter: " + m.seen(h.filter.String())
	}
	out := []string{first, ""}
	var list []string
	for _, b := range h.keys {
		shown := m.paint.plainly(b.shown)
		if word != "" && !strings.Contains(strings.ToLower(shown+" "+b.help), word) {
			continue
		}
		for k, l := range wrap(m.paint.plainly(b.help), width-12) {
			if k > 0 {
				shown = ""
			}
			list = append(list, m.paint.with(strong, m.paint.fit(shown, 12))+l)
		}
	}
	if len(list) == 0 {
		list = []string{"nothing matches"}
	}
	room := max(height-len(out), 2)
	h.rows = room
	h.at = min(h.at, max(len(list)-room, 0))
	return append(out, list[h.at:min(len(list), h.at+room)]...)
}
