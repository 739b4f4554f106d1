package screen

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// prompt asks for one line at the foot of the screen; the panes stay as they are.
type prompt struct {
	label string
	line  line
	help  string
	done  func(text string) tea.Cmd
	// evidence is true where a text that is pasted is read, and not put into the line,
	// unless it goes on with a file's name.
	evidence bool
	// changed is called at every key, nil for nothing; left when it is given up.
	changed func(text string)
	left    func()
}

// newEntry is a prompt with a text to begin with.
func newEntry(label, text string, done func(string) tea.Cmd) *prompt {
	return &prompt{label: label, line: newLine(text), help: "go on with what is typed", done: done}
}

func (p *prompt) bindings(m *Model) []binding {
	return []binding{
		{keys: []string{"enter"}, shown: m.paint.enter, hint: "go on", help: p.help, do: func(m *Model) tea.Cmd {
			m.close()
			return p.done(strings.TrimSpace(p.line.String()))
		}},
		{keys: []string{"esc"}, shown: "Esc", hint: "back", help: "back, with nothing done", do: then(func(m *Model) {
			m.close()
			if p.left != nil {
				p.left()
			}
		})},
	}
}

func (p *prompt) typed(m *Model, k tea.KeyPressMsg) bool {
	if !p.line.key(k) {
		return false
	}
	m.status = ""
	if p.changed != nil {
		p.changed(p.line.String())
	}
	return true
}

// pasted puts one line into the prompt; more than that is evidence.
func (p *prompt) pasted(m *Model, text string) bool {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\n\r") || len(text) > 4096 {
		return false
	}
	if p.evidence && !strings.HasSuffix(p.line.String(), "/") {
		return false
	}
	p.line.insert(text)
	if p.changed != nil {
		p.changed(p.line.String())
	}
	return true
}

func (p *prompt) title(*Model) string               { return "" }
func (p *prompt) lines(m *Model, _, _ int) []string { return nil }

// prompt is the question with what is typed next to it, or below it where there is not
// room for both and the keys; and where the cursor is in these lines.
func (p *prompt) prompt(m *Model, width int) (lines []string, x, y int) {
	label := m.paint.with(strong, m.paint.plainly(p.label)+":")
	hints := m.hints(width - columns(label) - 3)
	beside := func(text string) string {
		return text + strings.Repeat(" ", max(width-columns(text)-columns(hints), 0)) + hints
	}
	if typed, column := p.line.window(m, width); columns(label)+1+columns(typed)+1+columns(hints)+3 <= width {
		return []string{beside(label + " " + typed)}, columns(label) + 1 + column, 0
	}
	below, x, y := p.line.block(m, width, 4)
	return append([]string{beside(label)}, below...), x, y + 1
}

func (p *prompt) cursor(m *Model, width, height int) (x, y int, ok bool) {
	lines, x, y := p.prompt(m, width)
	f := m.frame()
	return x, f.height - f.top - len(lines) + y, true
}

// openFilter filters the findings at every key.
func openFilter(m *Model) {
	p := newEntry("Filter", m.panes.filter, func(string) tea.Cmd { return nil })
	p.help = "keep the filter"
	p.changed = func(text string) {
		m.panes.filter, m.panes.at, m.panes.focus = strings.TrimSpace(text), 0, findings
		m.panes.list(m)
		m.panes.turn(m)
	}
	p.left = func() { m.panes.filter = ""; m.panes.list(m); m.panes.turn(m) }
	m.open(p)
}

// openFile asks for a file's name.
func openFile(m *Model) {
	p := newEntry("File name or text", "", m.give)
	p.evidence = true
	m.open(p)
}

// confirm asks before something is done that goes online; Enter is not an answer, so that
// nobody agrees in passing.
type confirm struct {
	name     string
	warnings []string
	question string
	what     []string // what will be done or sent, drawn
	yes      func(m *Model) tea.Cmd
	at       int
}

func (c *confirm) bindings(*Model) []binding {
	return []binding{
		{keys: []string{"y", "Y"}, shown: "y", hint: "yes", help: "yes, do it", do: func(m *Model) tea.Cmd { m.close(); return c.yes(m) }},
		{keys: []string{"n", "N", "esc"}, shown: "n Esc", hint: "no, back", help: "no, back", do: then((*Model).close)},
		{keys: []string{"up"}, shown: "↑↓", help: "scroll", do: then(func(*Model) { c.scroll(-1) })},
		{keys: []string{"down"}, do: then(func(*Model) { c.scroll(1) })},
	}
}
func (c *confirm) typed(*Model, tea.KeyPressMsg) bool { return false }
func (c *confirm) pasted(m *Model, _ string) bool {
	m.status = "Answer with y or n first"
	return true
}
func (c *confirm) title(*Model) string { return c.name }
func (c *confirm) scroll(by int)       { c.at = max(0, min(c.at+by, len(c.what)-1)) }
func (c *confirm) lines(m *Model, width, height int) []string {
	var out []string
	for _, w := range c.warnings {
		for k, l := range wrap(m.seen(w), width-2) {
			sign := " "
			if k == 0 {
				sign = m.paint.with(warn, m.paint.bang)
			}
			out = append(out, sign+" "+m.paint.with(strong, l))
		}
	}
	for _, l := range wrap(m.paint.plainly(c.question), width) {
		out = append(out, m.paint.with(strong, l))
	}
	var what []string
	for _, l := range c.what[min(c.at, len(c.what)):] {
		indent := len(l) - len(strings.TrimLeft(l, " "))
		for _, part := range wrap(l[indent:], width-indent) {
			what = append(what, chop(l[:indent]+part, width)...)
		}
	}
	if len(c.warnings) == 0 || len(out)+1+len(what) <= height { // where to is on the screen before a blank line is
		out = append(out, "")
	}
	out = append(out, what...)
	if len(out) > height {
		out = append(out[:height-1], m.paint.with(quiet, m.paint.up+" shows the rest"))
	}
	return out
}
