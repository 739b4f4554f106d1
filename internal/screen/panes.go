package screen

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// tab is a pane.
type tab uint8

const (
	findings tab = iota
	token
	request
	answer
	keySet
	how // how to tell the causes apart
	tabs
)

// name is the title of a pane.
func (m *Model) name(t tab) string {
	if t == how && slices.Contains(m.tabs(), token) {
		return "check yourself"
	}
	return [...]string{"findings", "token", "request", "answer", "keys", "how to tell which"}[t]
}

// row is one line of a pane.
type row struct {
	text string // drawn
	mark bool   // what the selected finding is about
}

// panes is what is looked at.
type panes struct {
	all    []entry
	shown  []int // indexes of all that the filter leaves
	at     int   // index into shown
	filter string
	open   bool // the passes are listed
	focus  tab
	detail tab // next to the findings
	scroll [tabs]int
	follow bool // the mark is to be seen
	moved  bool // somebody chose the row
}

// reset looks at what is shown again: the first finding, and the pane it is in.
func (p *panes) reset(m *Model) {
	was := p.selected()
	*p = panes{filter: "", open: p.open, focus: findings}
	if m.front() != nil {
		p.open = false
	}
	p.list(m)
	for i, at := range p.shown { // the same finding, where it is still there
		if e := p.all[at]; was.kind == ask && e.kind == ask && e.title == was.title {
			p.at = i
		}
	}
	p.turn(m)
}

// list makes the rows again.
func (p *panes) list(m *Model) {
	p.all, p.shown = nil, nil
	_, c := m.current()
	if c == nil {
		return
	}
	p.all = entriesOf(c, p.open, !m.visit.live)
	word := strings.ToLower(p.filter)
	for i, e := range p.all {
		if word == "" || strings.Contains(strings.ToLower(e.title+" "+e.text+" "+string(e.cause)+" "+string(e.check)), word) {
			p.shown = append(p.shown, i)
		}
	}
	p.at = min(p.at, max(len(p.shown)-1, 0))
}

func (p *panes) selected() entry {
	if p.at < len(p.shown) {
		return p.all[p.shown[p.at]]
	}
	return entry{kind: heading}
}

// fault is the fault that is selected, else the first, with its number among those that
// count. A note counts for nothing: it is reported where somebody moves to it.
func (p *panes) fault() (e entry, n, of int, ok bool) {
	first := -1
	for i, x := range p.all {
		if x.counts() {
			if of++; first < 0 {
				first = i
			}
		}
	}
	at := first
	if p.at < len(p.shown) {
		if i := p.shown[p.at]; p.all[i].counts() || p.moved && (p.all[i].isFault() || p.all[i].kind == follows) {
			at = i
		}
	}
	if at < 0 {
		return entry{}, 0, of, false
	}
	for i, x := range p.all[:at+1] {
		if x.counts() && i <= at {
			n++
		}
	}
	if !p.all[at].counts() {
		n = 0
	}
	return p.all[at], n, of, true
}

// find goes to the row that a row of an earlier list became, if it is still there.
func (p *panes) find(m *Model, was entry) {
	for i, x := range p.shown {
		e := p.all[x]
		if e.kind == was.kind && e.cause == was.cause && e.check == was.check && (e.isFault() || e.title == was.title) {
			if p.at != i {
				p.at = i
				p.turn(m)
			}
			return
		}
	}
}

// missing reports whether a key could let more be checked.
func (p *panes) missing() bool {
	return slices.ContainsFunc(p.all, func(e entry) bool { return e.kind == unasked })
}

// move goes to another row.
func (p *panes) move(m *Model, by int) {
	p.moved = true
	for to := p.at + by; to >= 0 && to < len(p.shown); to += sgn(by) {
		if p.all[p.shown[to]].selectable() {
			p.at = to
			break
		}
	}
	p.turn(m)
}

func sgn(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// jump goes to the n-th fault, from 1.
func (p *panes) jump(m *Model, n int) {
	p.moved = true
	for i, at := range p.shown {
		if p.all[at].isFault() {
			if n--; n == 0 {
				p.at = i
				p.turn(m)
				return
			}
		}
	}
}

// turn shows the pane that the selected finding is about.
func (p *panes) turn(m *Model) {
	p.follow = true
	there := m.tabs()
	want := tabOf(p.selected(), there)
	if want == findings || !slices.Contains(there, want) {
		if p.detail != findings && slices.Contains(there, p.detail) {
			return
		}
		want = findings
		for _, t := range there {
			if t != findings {
				want = t
				break
			}
		}
	}
	p.detail = want
}

// tabOf is the pane in which a finding has its place.
func tabOf(e entry, there []tab) tab {
	if e.kind == points || e.kind == ask {
		if slices.Contains(there, how) {
			return how
		}
		return findings
	}
	if e.found == nil {
		return findings
	}
	for _, l := range e.found.At {
		switch l.Part {
		case finding.PartHeader, finding.PartClaims, finding.PartAssertion, finding.PartSignature:
			return token
		case finding.PartRequest:
			return request
		case finding.PartResponse, finding.PartText:
			return answer
		case finding.PartJWKS, finding.PartKey:
			return keySet
		}
	}
	for _, l := range e.found.Patch {
		switch l.Part {
		case finding.PartHeader, finding.PartClaims:
			return token
		case finding.PartRequest:
			return request
		}
	}
	return findings
}

// tabs are the panes that have something to show.
func (m *Model) tabs() []tab {
	out := []tab{findings}
	it, c := m.current()
	if c == nil || it.judged == nil {
		return out
	}
	e := it.judged
	_, asked := e.Request.Get()
	_, answered := e.Response.Get()
	if e.HasAssertion() {
		out = append(out, token)
	} else if !asked {
		out = append(out, how)
	}
	if asked {
		out = append(out, request)
	}
	if answered || len(e.Errors) > 0 {
		out = append(out, answer)
	}
	if _, ok := e.Keys.Get(); ok {
		out = append(out, keySet)
	}
	if !slices.Contains(out, how) && len(c.Ask) > 0 {
		out = append(out, how)
	}
	return out
}

// cycle gives the keys to the next pane.
func (p *panes) cycle(m *Model, by int) {
	there := m.tabs()
	i := max(slices.Index(there, p.focus), 0)
	p.focus = there[(i+by+len(there))%len(there)]
	if p.focus != findings {
		p.detail = p.focus
	}
}

// paneLines draws the panes with their titles.
func (m *Model) paneLines(f frame) []string {
	p := &m.panes
	if !slices.Contains(m.tabs(), p.focus) {
		p.focus = findings
	}
	if !f.wide {
		out := []string{m.rule(f.width, m.tabTitles(p.focus, true), -1)}
		rows := m.rowsOf(p.focus, f.width-2)
		m.scrollTo(p.focus, rows, f.rows)
		for i := range f.rows {
			out = append(out, m.paint.fit(m.rowAt(p.focus, rows, i), f.width))
		}
		return out
	}
	right := f.width - f.left - 1
	title := m.rule(f.left, m.tabTitle(findings, p.focus == findings), -1) + m.paint.with(quiet, m.paint.tee)
	title += m.rule(right, m.tabTitles(p.detail, false), -1)
	out := []string{m.paint.fit(title, f.width)}
	list, detail := m.rowsOf(findings, f.left-2), []row(nil)
	m.scrollTo(findings, list, f.rows)
	if p.detail != findings {
		detail = m.rowsOf(p.detail, right-2)
		m.scrollTo(p.detail, detail, f.rows)
	}
	for i := range f.rows {
		line := m.paint.fit(m.rowAt(findings, list, i), f.left) + m.paint.with(quiet, m.paint.wall)
		if p.detail != findings {
			line += m.paint.fit(m.rowAt(p.detail, detail, i), right)
		}
		out = append(out, line)
	}
	return out
}

// tabTitle is the name of a pane; the one that gets the keys is marked.
func (m *Model) tabTitle(t tab, focused bool) string {
	if focused {
		return m.paint.with(strong, "["+m.name(t)+"]")
	}
	return m.name(t)
}

// tabTitles lists the panes there are; the one that is shown is in brackets.
func (m *Model) tabTitles(shown tab, all bool) string {
	var out []string
	for _, t := range m.tabs() {
		if t == findings && !all {
			continue
		}
		name := m.name(t)
		if t == shown {
			name = "[" + name + "]"
			if m.panes.focus == t || all {
				name = m.paint.with(strong, name)
			}
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

// rowAt is the i-th visible line of a pane.
func (m *Model) rowAt(t tab, rows []row, i int) string {
	i += m.panes.scroll[t]
	if i >= len(rows) {
		return ""
	}
	return " " + rows[i].text
}

// scrollTo keeps the scrolling inside the pane, and moves it to the mark where that is
// to be seen.
func (m *Model) scrollTo(t tab, rows []row, height int) {
	at := &m.panes.scroll[t]
	if m.panes.follow || t == findings && m.panes.focus == findings {
		first, last := -1, -1
		for i, r := range rows {
			if r.mark {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		if first >= 0 {
			if last >= *at+height {
				*at = last - height + 1
			}
			if first < *at {
				*at = first
			}
			if t == findings && first < height && first <= 1 {
				*at = 0
			}
		} else if m.panes.follow && t != findings {
			*at = 0
		}
	}
	*at = max(min(*at, len(rows)-height), 0)
}

// rowsOf makes the lines of a pane.
func (m *Model) rowsOf(t tab, width int) []row {
	it, c := m.current()
	if c == nil {
		return nil
	}
	switch t {
	case findings:
		return m.findingRows(width)
	case token:
		return m.tokenRows(it, c, width)
	case request:
		return m.requestRows(it, width)
	case answer:
		return m.answerRows(it, c, width)
	case keySet:
		return m.keyRows(it, c, width)
	case how:
		return m.howRows(c, width)
	}
	return nil
}

// cutTo cuts a styled line.
func cutTo(s string, width int) string { return ansi.Truncate(s, width, "") }
