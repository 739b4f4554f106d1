package screen

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// editable reports whether header or claims can be edited.
func editable(it *item) bool {
	if it == nil || it.judged == nil {
		return false
	}
	_, header := it.judged.Header.Get()
	_, claims := it.judged.Claims.Get()
	return header || claims
}

// editOf is the edit that is shown, or one that has changed nothing yet.
func (m *Model) editOf(it *item) *edit {
	if m.visit.edit != nil {
		return m.visit.edit.clone()
	}
	hide := m.hide()
	return &edit{header: membersOf(it.evidence.Header, hide), claims: membersOf(it.evidence.Claims, hide)}
}

// change shows the case with an edit. With step "" it belongs to the step before.
func (m *Model) change(e *edit, step string) {
	s := m.state().with(step, func(s *state) { s.edit = e })
	if step == "" {
		s.step = m.state().step
	} else {
		m.before = append(m.before, m.visit)
	}
	at := m.panes.selected()
	answered := m.visit.answered()
	m.visit = m.visit.edited(s)
	if answered && m.visit.setAside() {
		m.status = "The response was to the text before the edit, so it is left out"
	}
	if m.visit.err != nil {
		m.status = m.safe(m.visit.err.Error())
	}
	m.panes.reset(m)
	for i, x := range m.panes.shown { // the same finding, as long as it is there
		if f := m.panes.all[x]; at.isFault() && f.isFault() && f.cause == at.cause && f.check == at.check {
			m.panes.at = i
			m.panes.turn(m)
		}
	}
}

// editor is the mode in which header and claims are edited, member by member. Every
// change is judged at once.
type editor struct {
	at   int // the member, header first
	line line
	top  int
	bad  string // why what is typed is not a value yet
	// touched is true once something was changed, so that leaving leaves a step to undo.
	touched bool
	from    *visit
}

func openEditor(m *Model) {
	it, _ := m.current()
	e := &editor{from: m.visit}
	all := m.editOf(it)
	// Begin at what is wrong.
	f, _, _, ok := m.panes.fault()
	for i := range all.len() {
		part, x := all.member(i)
		if ok && about(f, part, x.name) {
			e.at = i
			break
		}
	}
	if m.visit.edit == nil {
		s := m.state().with("the edit", func(s *state) { s.edit = all })
		s.step = "the edit"
		next := *m.visit
		next.state = s
		m.before = append(m.before, m.visit)
		m.visit = &next
	}
	e.load(m)
	m.open(e)
}

func (e *edit) len() int { return len(e.header) + len(e.claims) }

// member is the i-th member, header first.
func (e *edit) member(i int) (part string, x *member) {
	if i < len(e.header) {
		return finding.PartHeader, &e.header[i]
	}
	return finding.PartClaims, &e.claims[i-len(e.header)]
}

// load takes the value of the member into the line, the cursor inside its quotes.
func (e *editor) load(m *Model) {
	e.bad = ""
	all := m.visit.edit
	if all.len() == 0 {
		e.line = line{}
		return
	}
	e.at = max(0, min(e.at, all.len()-1))
	_, x := all.member(e.at)
	if x.hidden {
		e.line = newLine(`""`)
		e.line.at = 1
		return
	}
	e.line = newLine(x.raw)
	if strings.HasSuffix(x.raw, `"`) {
		e.line.at--
	}
}

// store puts what is typed into the case and judges it, once it is a value.
func (e *editor) store(m *Model) {
	typed := strings.TrimSpace(e.line.String())
	if !json.Valid([]byte(typed)) {
		e.bad = "not a JSON value yet: not checked"
		return
	}
	e.bad = ""
	all := m.visit.edit.clone()
	_, x := all.member(e.at)
	if x.raw == typed && !x.hidden {
		return
	}
	*x = member{name: x.name, raw: typed}
	all.unsigned = true
	e.judge(m, all)
}

// judge shows the edit as one step, however many keys it took.
func (e *editor) judge(m *Model, all *edit) {
	e.touched = true
	m.change(all, "")
}

func (e *editor) bindings(m *Model) []binding {
	move := func(by int) func(*Model) tea.Cmd {
		return then(func(m *Model) { e.at += by; e.load(m) })
	}
	return []binding{
		{keys: []string{"esc", "enter"}, shown: m.paint.enter + " Esc", hint: "done", help: "done: back to the findings", do: then(e.leave)},
		{keys: []string{"up", "shift+tab"}, shown: "↑↓", hint: "member", help: "the member above or below", do: move(-1)},
		{keys: []string{"down", "tab"}, do: move(1)},
		{keys: []string{"ctrl+o"}, shown: "^O", hint: "add", help: "add a member (to the part the cursor is in)", do: then(e.add)},
		{keys: []string{"ctrl+x"}, shown: "^X", hint: "remove", help: "remove the member", do: then(e.remove)},
		{keys: []string{"ctrl+g"}, shown: "^G", hint: "undo all", help: "take the whole edit back", do: then(func(m *Model) { e.touched = true; e.leave(m); m.back() })},
	}
}

// leave goes back. An edit that changed nothing leaves no step.
func (e *editor) leave(m *Model) {
	m.close()
	if e.bad != "" {
		_, x := m.visit.edit.member(e.at)
		m.status = m.seen(x.name) + " stays as it was: what was typed is not valid JSON"
	}
	if !e.touched && e.from.edit == nil && len(m.before) > 0 {
		m.visit, m.before = e.from, m.before[:len(m.before)-1]
		m.panes.list(m)
	}
}

func (e *editor) add(m *Model) {
	p := newEntry("Name of the claim or parameter to add", "", func(name string) tea.Cmd {
		all := m.visit.edit.clone()
		if name == "" {
			return nil
		}
		part := finding.PartClaims
		if all.len() > 0 {
			part, _ = all.member(e.at)
		}
		list := all.part(part)
		if slices.ContainsFunc(*list, func(x member) bool { return x.name == name }) {
			m.status = "There is one of that name already"
			return nil
		}
		raw := `""`
		if slices.Contains(timeClaims(), name) {
			raw = strconv.FormatInt(m.now().Unix(), 10)
		}
		*list = append(*list, member{name: name, raw: raw})
		all.unsigned = true
		e.judge(m, all)
		e.at = len(all.header) - 1
		if part == finding.PartClaims {
			e.at = all.len() - 1
		}
		e.load(m)
		return nil
	})
	m.open(p)
}

func (e *editor) remove(m *Model) {
	all := m.visit.edit.clone()
	if all.len() == 0 {
		return
	}
	part, x := all.member(e.at)
	list := all.part(part)
	*list = slices.DeleteFunc(*list, func(y member) bool { return y.name == x.name })
	all.unsigned = true
	e.judge(m, all)
	e.load(m)
}

func (e *editor) typed(m *Model, k tea.KeyPressMsg) bool {
	before := e.line.String()
	if m.visit.edit.len() == 0 || !e.line.key(k) {
		return false
	}
	if e.line.String() != before {
		e.store(m)
	}
	return true
}

// pasted puts a short text into the value; a token or a request is evidence again.
func (e *editor) pasted(m *Model, text string) bool {
	text = strings.TrimSpace(text)
	if len(text) > 4096 || strings.ContainsAny(text, "\r\n") || strings.HasPrefix(text, "eyJ") && strings.Count(text, ".") == 2 {
		return false
	}
	e.line.insert(text)
	e.store(m)
	return true
}

func (e *editor) title(m *Model) string {
	if m.visit.edit != nil && m.visit.edit.unsigned {
		return "what if: header and claims, no longer signed"
	}
	return "what if: header and claims, checked at every key"
}

// rows of the editor: a heading, then a row a member, for both parts.
func (e *editor) rowOf(m *Model, i int) int {
	if i < len(m.visit.edit.header) {
		return 1 + i
	}
	n := 1 + i
	if m.visit.edit.header != nil {
		n++
	}
	return n
}

func (e *editor) lead(x *member) string {
	name, _ := json.Marshal(x.name)
	return string(name) + ": "
}

func (e *editor) lines(m *Model, width, height int) []string {
	p := m.paint
	all := m.visit.edit
	var out []string
	wrong := map[string]bool{}
	for _, f := range m.panes.all {
		if f.kind == fault && f.found.Severity != finding.Note {
			for _, l := range f.found.At {
				wrong[l.Part+"/"+topOf(l.Pointer)] = true
			}
		}
	}
	show := func(title, part string, list []member, from int) {
		if list == nil {
			return
		}
		out = append(out, p.with(strong, title))
		for i := range list {
			x := &list[i]
			lead := m.seen(e.lead(x))
			sign, ink := " ", plain
			if wrong[part+"/"+x.name] {
				sign, ink = p.cross, bad
			}
			value := m.seen(x.raw)
			if x.hidden {
				value = "(hidden; type a new value)"
			}
			room := max(width-columns(lead)-4, 8)
			if from+i == e.at {
				shown, _ := e.line.window(m, room)
				if e.bad != "" {
					shown += "  " + p.with(strong, e.bad)
				} else if x.hidden && e.line.String() == `""` {
					shown += "  (hidden; type a new value)"
				}
				out = append(out, p.with(strong, p.point)+" "+p.with(ink, sign)+" "+p.with(strong, lead)+shown)
				continue
			}
			out = append(out, "  "+p.with(ink, sign)+" "+lead+p.middle(value, room))
		}
	}
	show("HEADER", finding.PartHeader, all.header, 0)
	show("CLAIMS", finding.PartClaims, all.claims, len(all.header))
	if all.header == nil {
		out = append(out, "", "(the header was not given)")
	}
	at := e.rowOf(m, e.at)
	if at < e.top+1 {
		e.top = max(at-1, 0)
	}
	if at >= e.top+height {
		e.top = at - height + 1
	}
	e.top = max(0, min(e.top, len(out)-height))
	return out[e.top:min(len(out), e.top+height)]
}

func (e *editor) cursor(m *Model, width, height int) (x, y int, ok bool) {
	all := m.visit.edit
	if all.len() == 0 {
		return 0, 0, false
	}
	_, at := all.member(e.at)
	lead := m.seen(e.lead(at))
	_, column := e.line.window(m, max(width-columns(lead)-4, 8))
	return 4 + columns(lead) + column, e.rowOf(m, e.at) - e.top, true
}

// headerText is a string of the header that is shown.
func headerText(c *evidence.Case, name string) string {
	o, ok := c.Header.Get()
	if !ok {
		return ""
	}
	s, _ := o.Text(name)
	return s
}
