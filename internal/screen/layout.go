package screen

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// The least size that is drawn, and the width from which two panes are side by side.
const (
	leastWidth  = 60
	leastHeight = 20
	wideWidth   = 80
)

// View implements tea.Model. It draws nothing but what Update decided; a panic is kept
// for the next Update.
func (m *Model) View() (v tea.View) {
	defer func() {
		if r := recover(); r != nil {
			m.broken = r
			v = tea.View{AltScreen: true, Content: "jwtdoctor is in trouble; press a key to leave"}
		}
	}()
	v.AltScreen = true
	if m.mouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	lines, cursor := m.draw()
	v.Content = strings.Join(lines, "\n")
	v.Cursor = cursor
	return v
}

// frame is where things are on the screen.
type frame struct {
	width, height int
	box           int // lines of the top box
	top           int // first line of the panes
	rows          int // lines of the panes
	left          int // columns of the findings; all if there is one pane
	wide          bool
}

func (m *Model) frame() frame {
	f := frame{width: max(m.width, leastWidth/2), height: max(m.height, leastHeight/2)}
	switch {
	case f.height < 30:
		f.box = 6
	case f.height < 38:
		f.box = 8
	default:
		f.box = 9
	}
	f.box = min(f.box, max(m.boxed(f.box, f.width-2), 3))
	f.top = 3 + f.box + 1
	f.rows = max(f.height-f.top-1, 1)
	f.wide = f.width >= wideWidth
	f.left = f.width
	if f.wide {
		f.left = min(max(f.width*38/100, 30), 52)
	}
	return f
}

// draw makes the lines of the screen, and the cursor where text is typed.
func (m *Model) draw() ([]string, *tea.Cursor) {
	f := m.frame()
	if m.width < leastWidth || m.height < leastHeight {
		return m.tooSmall(), nil
	}
	var out []string
	add := func(s string) { out = append(out, m.paint.fit(s, f.width)) }
	var cursor *tea.Cursor
	front := m.front()
	if m.visit == nil && m.live.empty() && m.Live == nil && front == nil {
		for _, l := range m.welcome(f) {
			add(l)
		}
	} else {
		add(m.head(f.width))
		add(m.slots(f.width))
		add(m.rule(f.width, "", -1))
		for _, l := range m.box(f) {
			add(l)
		}
		var inner []string
		if front != nil {
			inner = front.lines(m, f.width-2, f.rows)
		}
		if inner != nil {
			add(m.rule(f.width, front.title(m), -1))
			for i := range f.rows {
				l := ""
				if i < len(inner) {
					l = " " + inner[i]
				}
				add(l)
			}
		} else {
			out = append(out, m.paneLines(f)...)
		}
	}
	if c, ok := front.(interface {
		cursor(m *Model, width, height int) (x, y int, ok bool)
	}); ok {
		if x, y, shown := c.cursor(m, f.width-2, f.rows); shown {
			cursor = tea.NewCursor(min(x+1, f.width-1), min(y+f.top, f.height-1))
			cursor.Blink = false
		}
	}
	for len(out) < f.height-1 {
		out = append(out, "")
	}
	last := m.lastLines(f.width)
	out = out[:f.height-len(last)]
	for _, l := range last {
		add(l)
	}
	return out, cursor
}

// lastLines are what was just done, else the keys. A longer word covers the foot of the
// panes until the next key.
func (m *Model) lastLines(width int) []string {
	if m.waiting != "" || m.status == "" {
		return m.foot(width)
	}
	var out []string
	for _, l := range clipped(wrap(m.paint.plainly(m.status), width-2), 3, m.paint.ellipsis) {
		out = append(out, " "+m.paint.with(strong, l))
	}
	if _, typing := m.front().(*prompt); typing {
		out = append(out, m.foot(width)...)
	}
	return out
}

// foot is what is being done, what is asked for, or the keys.
func (m *Model) foot(width int) []string {
	if m.waiting != "" {
		return []string{" " + m.paint.with(strong, m.waiting+m.paint.ellipsis)}
	}
	p, ok := m.front().(*prompt)
	if !ok {
		return []string{" " + m.hints(width-2)}
	}
	out, _, _ := p.prompt(m, width-2)
	for i, l := range out {
		out[i] = " " + l
	}
	return out
}

func (m *Model) tooSmall() []string {
	text := wrap("jwtdoctor needs a terminal of at least 60 columns and 20 lines; this one has "+number(m.width)+" by "+number(m.height)+". Ctrl-C quits.", max(m.width, 8))
	if len(text) > m.height && m.height > 0 {
		text = text[:m.height]
	}
	return text
}

// rule is a horizontal line with a title in it, and a tee over a wall at column tee.
func (m *Model) rule(width int, title string, tee int) string {
	if title != "" {
		title = " " + title + " "
	}
	const lead = 3
	n := columns(title)
	if n > width-lead-1 {
		title = m.paint.fit(title, width-lead-1)
		n = width - lead - 1
	}
	line := strings.Repeat(m.paint.rule, lead)
	rest := width - lead - n
	if tee > lead+n && tee < width {
		return m.paint.with(quiet, line) + title + m.paint.with(quiet, strings.Repeat(m.paint.rule, tee-lead-n)+m.paint.tee+strings.Repeat(m.paint.rule, width-tee-1))
	}
	return m.paint.with(quiet, line) + title + m.paint.with(quiet, strings.Repeat(m.paint.rule, max(rest, 0)))
}

// welcome is the empty screen.
func (m *Model) welcome(f frame) []string {
	p := m.paint
	out := []string{"", "  " + p.with(strong, "jwtdoctor"), ""}
	for _, l := range wrap(p.plainly("Paste a token, curl, HAR, HTTP or error. Nothing leaves this machine."), f.width-4) {
		out = append(out, "  "+p.with(strong, l))
	}
	out = append(out, "")
	for _, t := range []string{
		"It is checked at once, and the most likely cause comes first. Paste more at any time: the token, the request, the server's answer and the keys make one case.",
		"A file name, typed or dropped here, is read. Nothing you paste is stored.",
	} {
		for _, l := range wrap(p.plainly(t), f.width-4) {
			out = append(out, "  "+l)
		}
		out = append(out, "")
	}
	if name := m.provider(); name != "" {
		out = append(out, "  "+p.plainly("Provider: "+name))
	}
	s := m.state()
	for _, x := range fields() {
		if v := x.get(s.settings); v != "" {
			for _, l := range wrap(x.name+": "+m.safe(v), f.width-4) {
				out = append(out, "  "+l)
			}
		}
	}
	if s.jwks != nil || s.key != nil {
		out = append(out, "  Keys are given")
	}
	return out
}
