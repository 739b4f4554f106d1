package screen

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/explain"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// paneKeys are the keys of the panes, as far as each does something now.
func (m *Model) paneKeys() []binding {
	it, c := m.current()
	var out []binding
	add := func(when bool, b binding) {
		if when {
			out = append(out, b)
		}
	}
	judged := c != nil
	e := m.panes.selected()
	shown, _, _, hasFault := m.panes.fault()
	list := m.panes.focus == findings

	add(judged && list && len(m.panes.shown) > 1, binding{keys: []string{"up"}, shown: m.paint.up, hint: "finding", help: "move through the findings", do: then(func(m *Model) { m.panes.move(m, -1) })})
	add(judged && list && len(m.panes.shown) > 1, binding{keys: []string{"down"}, do: then(func(m *Model) { m.panes.move(m, 1) })})
	add(judged && !list, binding{keys: []string{"up"}, shown: m.paint.up, hint: "scroll", help: "scroll the pane", do: then(func(m *Model) { m.scrollBy(-1) })})
	add(judged && !list, binding{keys: []string{"down"}, do: then(func(m *Model) { m.scrollBy(1) })})
	add(judged, binding{keys: []string{"pgup"}, shown: "PgUp PgDn", help: "a page up or down", do: then(func(m *Model) { m.scrollBy(-m.frame().rows + 1) })})
	add(judged, binding{keys: []string{"pgdown"}, do: then(func(m *Model) { m.scrollBy(m.frame().rows - 1) })})
	add(judged && list && (e.cause != "" || e.check != ""), binding{keys: []string{"enter"}, shown: m.paint.enter, hint: "explain", help: "explain the selected finding", do: explainSelected})
	add(judged && list && e.kind == passed, binding{keys: []string{"enter"}, shown: m.paint.enter, hint: "list", help: "list what passed", do: then(func(m *Model) { m.panes.open = !m.panes.open; m.panes.list(m) })})
	add(judged && list && e.kind == ask, binding{keys: []string{"enter", "space"}, shown: "Space", hint: "tick", help: "tick the selected step off", do: then((*Model).tick)})
	add(judged && m.panes.focus == how, binding{keys: []string{"space"}, shown: "Space", hint: "tick", help: "tick the marked step off", do: then((*Model).tick)})
	add(judged && !m.visit.live && editable(it), key("e", "what-if", "edit header and claims, and see the result", then(openEditor)))
	add(judged && !m.visit.live && hasFault && shown.found != nil && applicable(it, shown.found.Patch), key("a", "apply", "apply the fix", applyFix))
	add(judged && !m.visit.live && m.visit.edit != nil, key("s", "sign", "sign what you edited, with a key file", then(openSign)))
	add(judged && !m.visit.live && editable(it), key("r", "", "renew iat, exp and jti", then(renew)))
	add(m.visit != nil && m.visit.signed != "" && m.visit.edit == nil, key("c", "copy signed", "copy the assertion that was signed here", copySigned))
	add(m.Live == nil, key("p", "provider", "choose providers and environments", then(openPicker)))
	add(judged && !m.visit.live, key("k", "keys", "give the client's keys: a file or a URL", then(openKeys)))
	add(m.visit != nil && !m.visit.live, key("i", "", "say which server and client: token URL, issuer, aud, client ID", then(openSettings)))
	add(m.Send != nil && judged && !m.visit.live && m.visit.compact() != "", key("t", "send", "send the token request, after asking", then(openSend)))
	add(m.Probe != nil && m.Live == nil, key("d", "", "test the connection to a server, after asking", then(openProbe)))
	add(judged && hasFault && fixWords(shown) != "", key("f", "", "copy the fix", copyFix))
	add(judged, key("y", "copy report", "copy the report as Markdown, secrets masked", copyReport))
	add(m.clip.last != "", key("Y", "", "show as text what was copied last", then(showCopied)))
	add(judged && len(it.cases) > 1, key("v", "next provider", "show what the next of the chosen providers says", then(func(m *Model) {
		m.visit.by = (m.visit.by + 1) % len(it.cases)
		m.panes.reset(m)
	})))
	add(len(m.items()) > 1, binding{keys: []string{"["}, shown: "[ ]", hint: "", help: "the exchange before, or after", do: then(func(m *Model) { m.step(-1) })})
	add(len(m.items()) > 1, binding{keys: []string{"]"}, do: then(func(m *Model) { m.step(1) })})
	add(len(m.tabs()) > 1, binding{keys: []string{"tab"}, shown: "Tab", hint: "pane", help: "next pane (Shift-Tab: the one before)", do: then(func(m *Model) { m.panes.cycle(m, 1) })})
	add(len(m.tabs()) > 1, binding{keys: []string{"shift+tab"}, do: then(func(m *Model) { m.panes.cycle(m, -1) })})
	add(judged, key("/", "filter", "filter the findings", then(openFilter)))
	add(m.waiting != "", binding{keys: []string{"esc"}, shown: "Esc", hint: "stop waiting", help: "stop waiting", do: then((*Model).stopWaiting)})
	add(judged && m.panes.filter != "", binding{keys: []string{"esc"}, shown: "Esc", help: "show all findings again", do: then(func(m *Model) { m.panes.filter = ""; m.panes.list(m) })})
	add(judged && m.panes.filter == "" && m.panes.focus != findings, binding{keys: []string{"esc"}, shown: "Esc", help: "back to the findings", do: then(func(m *Model) { m.panes.focus = findings })})
	numbered := 0
	for _, x := range m.panes.all {
		if x.isFault() {
			numbered++
		}
	}
	for n := 1; n <= min(numbered, 9); n++ {
		b := binding{keys: []string{number(n)}, do: then(func(m *Model) { m.panes.focus = findings; m.panes.jump(m, n) })}
		if n == 1 {
			b.shown, b.help = "1-9", "jump to a finding"
		}
		add(judged, b)
	}
	add((len(m.before) > 0 || m.waiting != "") && m.Live == nil, key("u", "undo", "undo the last step", then((*Model).back)))
	add(m.visit != nil && m.Live == nil, key("n", "", "clear everything and start again", then((*Model).clear)))
	add(true, key("o", "", "type a file's name, or text", then(openFile)))
	add(true, key("m", "", "mouse on or off (off lets you select text)", then(func(m *Model) {
		m.mouse = !m.mouse
		m.status = "Mouse off: select text as usual"
		if m.mouse {
			m.status = "Mouse on: click a finding, scroll with the wheel; m lets you select text again"
		}
	})))
	add(true, key(helpKey, "help", "the keys that work now", then(openHelp)))
	add(true, key("q", "quit", "quit", quit))
	if m.visit == nil && m.Live == nil {
		// The empty screen types: only what no file's name begins with is a key.
		kept := out[:0]
		for _, b := range out {
			if k := b.keys[0]; k == helpKey || k == "q" || len(k) > 1 {
				kept = append(kept, b)
			}
		}
		kept = append(kept,
			binding{keys: []string{"ctrl+p"}, shown: "^P", hint: "provider", help: "choose providers and environments", do: then(openPicker)},
			binding{keys: []string{"enter"}, shown: m.paint.enter, hint: "type a file name", help: "type a file's name, or text", do: then(openFile)})
		if len(m.before) > 0 {
			kept = append(kept, binding{keys: []string{"ctrl+u"}, shown: "^U", hint: "undo", help: "undo the last step", do: then((*Model).back)})
		}
		return kept
	}
	return out
}

// scrollBy moves in the pane that has the keys.
func (m *Model) scrollBy(by int) {
	if m.panes.focus == findings {
		for range max(by, -by) {
			m.panes.move(m, sgn(by))
		}
		return
	}
	m.panes.follow = false
	m.panes.scroll[m.panes.focus] = max(0, m.panes.scroll[m.panes.focus]+by)
}

// step shows another exchange.
func (m *Model) step(by int) {
	n := len(m.items())
	m.visit.at = (m.visit.at + by + n) % n
	m.live.moved(m)
	if err := m.visit.judge(); err != nil {
		m.status = m.safe(err.Error())
	}
	m.panes.reset(m)
}

// clear forgets the case; undo brings it back.
func (m *Model) clear() {
	m.before = append(m.before, m.visit)
	m.visit = nil
	m.turn++
	m.rest()
	clear(m.ticked)
	m.panes.reset(m)
	m.status = "Cleared; Ctrl-U brings it back"
}

// stepAt is the step that Space ticks: the one that is selected, or in their own pane
// the first that is open; "" for none.
func (m *Model) stepAt() string {
	if e := m.panes.selected(); e.kind == ask {
		return e.title
	}
	if m.panes.focus == how {
		for _, e := range m.panes.all {
			if e.kind == ask && !m.ticked[e.title] {
				return e.title
			}
		}
	}
	return ""
}

// tick ticks a step, or takes the tick away; where all are ticked, all ticks.
func (m *Model) tick() {
	if step := m.stepAt(); step != "" {
		m.ticked[step] = !m.ticked[step]
		return
	}
	clear(m.ticked)
}

// explainSelected opens the page of the selected cause or check.
func explainSelected(m *Model) tea.Cmd {
	e := m.panes.selected()
	id := string(e.cause)
	if id == "" {
		id = string(e.check)
	}
	color := m.Color
	view := explain.View{All: true}
	if _, c := m.current(); c != nil && c.Profile.ID != profile.Standard {
		view.Provider, _ = profileOf(c)
	}
	return m.do("explaining", func(context.Context) func(*Model) tea.Cmd {
		var page explain.Page
		book, err := explain.Load()
		if err == nil {
			page, err = book.View(id, view)
		}
		return then(func(m *Model) {
			if err != nil {
				m.status = m.safe(err.Error())
				return
			}
			m.open(&reader{name: id, make: func(width int) []string {
				return strings.Split(strings.TrimRight(explain.Text(page.Markdown, width, color), "\n"), "\n")
			}})
		})
	})
}

// pointed does what the mouse asks for.
func (m *Model) pointed(msg tea.MouseMsg) tea.Cmd {
	if !m.mouse {
		return nil
	}
	at := msg.Mouse()
	f := m.frame()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		by := 3
		if msg.Button == tea.MouseWheelUp {
			by = -3
		}
		if s, ok := m.front().(interface{ scroll(by int) }); ok {
			s.scroll(by)
			return nil
		}
		if m.front() != nil {
			return nil
		}
		t := m.panes.focus
		if f.wide {
			t = findings
			if at.X > f.left {
				t = m.panes.detail
			}
		}
		if t == findings {
			m.panes.move(m, sgn(by))
			return nil
		}
		m.panes.follow = false
		m.panes.scroll[t] = max(0, m.panes.scroll[t]+by)
	case tea.MouseClickMsg:
		if m.front() != nil || at.Y < f.top {
			return nil
		}
		if f.wide && at.X > f.left {
			m.panes.focus = m.panes.detail
			return nil
		}
		if f.wide || m.panes.focus == findings {
			m.panes.focus = findings
			m.selectRow(at.Y-f.top+m.panes.scroll[findings], f)
		}
	}
	return nil
}

// selectRow selects the finding that is on that line of the list.
func (m *Model) selectRow(line int, f frame) {
	width := f.left - 2
	was := m.panes.at
	m.panes.moved = true
	for i := range m.panes.shown {
		if !m.panes.all[m.panes.shown[i]].selectable() {
			continue
		}
		m.panes.at = i
		rows := m.findingRows(width)
		if line < len(rows) && rows[line].mark {
			m.panes.turn(m)
			return
		}
	}
	m.panes.at = was
}
