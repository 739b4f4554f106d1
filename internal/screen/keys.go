package screen

import (
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// binding is a key, or several, that does something now.
type binding struct {
	keys  []string // as tea.KeyPressMsg.String spells them
	shown string   // in the line of keys and the help
	hint  string   // in the line of keys; "" if it is only in the help
	help  string
	do    func(m *Model) tea.Cmd
}

// key makes a binding of one key.
func key(name, hint, help string, do func(m *Model) tea.Cmd) binding {
	return binding{keys: []string{name}, shown: name, hint: hint, help: help, do: do}
}

// then is a step that needs no command.
func then(do func(m *Model)) func(m *Model) tea.Cmd {
	return func(m *Model) tea.Cmd {
		do(m)
		return nil
	}
}

// bindings are all keys that work now.
func (m *Model) bindings() []binding {
	if f := m.front(); f != nil {
		return append(f.bindings(m), binding{keys: []string{"ctrl+c"}, shown: "^C", help: "quit", do: quit}, suspend())
	}
	return append(m.paneKeys(), binding{keys: []string{"ctrl+c"}, shown: "^C", help: "quit", do: quit}, suspend())
}

func quit(*Model) tea.Cmd { return tea.Quit }

func suspend() binding {
	return binding{keys: []string{"ctrl+z"}, shown: "^Z", help: "suspend; fg returns", do: func(*Model) tea.Cmd { return tea.Suspend }}
}

// key does what a key is bound to. What is bound to nothing may be typed text.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	if f := m.front(); f != nil && k.Text != "" && f.typed(m, k) {
		return nil
	}
	if m.front() == nil {
		m.refresh()
	}
	for _, b := range m.bindings() {
		if slices.Contains(b.keys, name) {
			m.status = ""
			return b.do(m)
		}
	}
	if f := m.front(); f != nil {
		f.typed(m, k)
		return nil
	}
	if why := m.idle(name); why != "" {
		m.status = why
		return nil
	}
	if m.visit == nil && k.Text != "" && m.Live == nil {
		// On the empty screen text is typed: a file's name, or a paste on a terminal
		// that does not mark pastes.
		m.status = ""
		openFile(m)
		m.front().typed(m, k)
	}
	return nil
}

// idle says why a key of the panes does nothing now, so that nobody types on as if it
// had asked for something; "" for another key.
func (m *Model) idle(name string) string {
	if m.visit == nil || m.visit.live || m.front() != nil {
		return ""
	}
	switch name {
	case "s":
		return "Nothing was edited, so there is nothing to sign: e edits, r renews iat, exp and jti"
	case "a":
		return "This finding has no fix that can be applied here"
	case "f":
		return "There is no fix to copy"
	case "Y":
		return "Nothing was copied yet"
	case "e", "r":
		return "There are no header and claims to edit: paste the token"
	case "t":
		if m.Send == nil {
			return "Nothing is sent with --offline"
		}
		return "There is no signed token to send"
	case "d":
		return "Nothing is tested with --offline"
	case "c":
		return "Nothing was signed here yet"
	case "v":
		return "One provider is shown; p chooses several"
	case "[", "]":
		return "There is one exchange"
	case "u":
		return "There is nothing to undo"
	}
	return ""
}

// helpKey lists the keys.
const helpKey = "?"

// hints is the line of keys, as many as fit. The key to the others is always there.
func (m *Model) hints(width int) string {
	var shown, last []binding
	for _, k := range m.bindings() {
		switch {
		case k.hint == "":
		case k.shown == helpKey:
			last = append(last, k)
		default:
			shown = append(shown, k)
		}
	}
	room := width
	for _, k := range last {
		room -= columns(k.hinted()) + 2
	}
	for i, k := range shown {
		if room -= columns(k.hinted()) + 2; room < -2 {
			shown = shown[:i]
			break
		}
	}
	words := make([]string, 0, len(shown)+len(last))
	for _, k := range append(shown, last...) {
		words = append(words, m.paint.with(strong, k.shown)+" "+k.hint)
	}
	return strings.Join(words, "  ")
}

// hinted is the key and its hint, without colour.
func (k binding) hinted() string { return k.shown + " " + k.hint }

func number(n int) string { return strconv.Itoa(n) }
