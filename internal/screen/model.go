package screen

import (
	"cmp"
	"context"
	"path"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/mask"
	"github.com/assertionworks/jwtdoctor/internal/profile"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// Model is the whole screen. It is used through a pointer, by one goroutine.
type Model struct {
	ctx context.Context
	Config

	width, height int
	visit         *visit   // what is shown; nil before the first paste
	asked         *state   // what is being read and judged; nil for nothing
	before        []*visit // what u returns to, the last at the end
	pasted        int      // texts given so far, for their names
	waiting       string   // what is being done, "" for nothing
	turn          int      // of what is being done, so that a late answer to a step taken back is dropped
	status        string   // one line about what was just done
	modes         []mode   // on top of the panes, the last is in front
	panes         panes
	ticked        map[string]bool // portal steps, by their text
	mouse         bool
	clip          clip
	elsewhere     string // of the first line, what there was no room for
	live          live
	sent          map[string]string // assertions that were sent from here, with when

	broken any // what a panic was, after which the screen is left
	paint  *paint
}

// mode is what has the keys: the panes, or something in front of them.
type mode interface {
	// bindings are the keys that do something now.
	bindings(m *Model) []binding
	// typed takes a key that is bound to nothing; false leaves it.
	typed(m *Model, k tea.KeyPressMsg) bool
	// pasted takes a text; false leaves it to the case.
	pasted(m *Model, text string) bool
	// title and lines are what is in the place of the panes.
	title(m *Model) string
	lines(m *Model, width, height int) []string
}

// New makes the screen.
func New(ctx context.Context, c Config) *Model {
	m := &Model{ctx: ctx, Config: c, width: 80, height: 24, ticked: map[string]bool{}, paint: newPaint(c.Color, c.ASCII)}
	m.Options.Clock = c.Clock
	if m.Options.Library == nil {
		m.Options.Library = profile.NewLibrary()
	}
	if c.Live != nil {
		m.live.following = true
	}
	return m
}

// Init implements tea.Model.
func (m *Model) Init() tea.Cmd { return m.next() }

// judgedMsg is a state that has been read and judged.
type judgedMsg struct {
	turn  int
	visit *visit
}

// doneMsg is the end of something that takes time; then is done with the model.
type doneMsg struct {
	turn int
	then func(*Model) tea.Cmd
}

// brokenMsg is a panic in a command.
type brokenMsg struct{ fault any }

// Update implements tea.Model. A panic leaves the screen in good order: the terminal is
// restored and the fault is reported in a sentence.
func (m *Model) Update(msg tea.Msg) (_ tea.Model, cmd tea.Cmd) {
	defer func() {
		if r := recover(); r != nil {
			m.broken, cmd = r, tea.Quit
		}
	}()
	if m.broken != nil { // in drawing
		return m, tea.Quit
	}
	return m, m.update(msg)
}

func (m *Model) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.panes.follow = true
	case tea.PasteMsg:
		return m.paste(msg.Content)
	case tea.KeyPressMsg:
		return m.key(msg)
	case tea.MouseMsg:
		return m.pointed(msg)
	case judgedMsg:
		if msg.turn == m.turn {
			m.rest()
			m.show(msg.visit)
		}
	case doneMsg:
		if msg.turn == m.turn {
			m.rest()
			return msg.then(m)
		}
	case exchangeMsg:
		return m.exchange(msg)
	case brokenMsg:
		m.broken = msg.fault
		return tea.Quit
	}
	return nil
}

// do runs something that takes time while the screen goes on.
func (m *Model) do(what string, work func(ctx context.Context) func(*Model) tea.Cmd) tea.Cmd {
	m.turn++
	m.waiting, m.asked = what, nil
	turn, ctx := m.turn, m.ctx
	return guarded(func() tea.Msg { return doneMsg{turn, work(ctx)} })
}

// rest says that nothing is being done any more.
func (m *Model) rest() { m.waiting, m.asked = "", nil }

// guarded is a command whose panic ends the screen in good order.
func guarded(work func() tea.Msg) tea.Cmd {
	return func() (msg tea.Msg) {
		defer func() {
			if r := recover(); r != nil {
				msg = brokenMsg{r}
			}
		}()
		return work()
	}
}

// state is the state that the next step starts from: the one that is shown, or the one
// that soon will be.
func (m *Model) state() state {
	if m.asked != nil {
		return *m.asked
	}
	if m.visit == nil {
		o := m.Options
		return state{profiles: o.Profiles, env: o.Env, jwks: o.JWKS, key: o.Key, settings: settingsOf(o)}
	}
	return m.visit.state
}

// consult reads and judges a state, and shows it once that is done.
func (m *Model) consult(s state) tea.Cmd {
	m.turn++
	m.waiting, m.asked = "reading", &s
	turn, ctx, base := m.turn, m.ctx, m.Options
	return guarded(func() tea.Msg { return judgedMsg{turn, consult(ctx, base, s)} })
}

// show shows what a state came to. What was shown before can be returned to. A text in
// which nothing is recognised changes nothing.
func (m *Model) show(v *visit) {
	m.status = ""
	if v.err != nil && len(v.items) == 0 {
		m.status = m.safe(v.err.Error())
		if n := len(v.pastes); n > 0 {
			if known := m.addressed(v.pastes[n-1].text); known != "" {
				m.status = known
			}
		}
		return
	}
	m.before = append(m.before, m.visit)
	m.visit = v
	switch {
	case v.err != nil:
		m.status = m.safe(v.err.Error())
	case v.replaced:
		m.status = "It replaced the one before; u brings that back"
	case v.said != "":
		m.status = m.safe(v.said)
	}
	m.panes.reset(m)
}

// addressed says whose address a text is that is nothing but an address.
func (m *Model) addressed(text string) string {
	text = strings.TrimSpace(text)
	if !isAddress(text) || strings.ContainsAny(text, " \n") {
		return ""
	}
	g := m.Options.Library.Find(profile.Clue{TokenURL: text})
	p, err := m.Options.Library.Load(g.ID)
	if g.ID == "" || err != nil {
		return "No provider profile has this address. Paste a token or a request, or press d to test the connection"
	}
	name := p.Name
	if g.Env != "" {
		name += ", " + g.Env
	}
	return "An address of " + m.seen(name) + ". Paste a token or a request, or press d to test the connection"
}

// paste takes a text: a file's name is read, everything else is evidence.
func (m *Model) paste(text string) tea.Cmd {
	if f := m.front(); f != nil && f.pasted(m, text) {
		return nil
	}
	m.modes = nil
	return m.give(text)
}

func (m *Model) give(text string) tea.Cmd {
	if strings.TrimSpace(text) == "" {
		m.status = "The paste was empty"
		return nil
	}
	if path, ok := m.fileNamed(text); ok {
		return m.do("reading "+m.safe(path), func(context.Context) func(*Model) tea.Cmd {
			data, err := m.Read(path)
			return func(m *Model) tea.Cmd {
				if err != nil {
					m.status = m.safe(err.Error())
					return nil
				}
				return m.add(paste{name: path, text: string(data)})
			}
		})
	}
	if path := fileLike(text); path != "" {
		return m.do("reading "+m.safe(path), func(context.Context) func(*Model) tea.Cmd {
			_, err := m.Read(path)
			return then(func(m *Model) {
				if err != nil { // it is not there, or no file
					m.status = m.safe(err.Error())
				}
			})
		})
	}
	// Terminals send a line end as CR, and one at the end belongs to the selection.
	text = strings.TrimSuffix(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text), "\n")
	m.pasted++
	return m.add(paste{name: "paste " + number(m.pasted), text: text})
}

// add adds a text to the case; keys on their own are keys.
func (m *Model) add(p paste) tea.Cmd {
	if d := keysAlone(p); d != nil {
		return m.useKeys(d)
	}
	return m.consult(m.state().with("a paste", func(s *state) {
		s.edit, s.signed, s.unsent = nil, "", false
		s.pastes = append(s.pastes, p)
	}))
}

// fileNamed recognises a file's name as it is typed, or as terminals write it where a
// file is dropped on them: quoted, with backslashes before spaces, or as a file URL.
func (m *Model) fileNamed(text string) (string, bool) {
	const longest = 4096
	name := strings.TrimSpace(text)
	if name == "" || len(name) > longest || strings.ContainsAny(name, "\n\r") || m.Exists == nil {
		return "", false
	}
	if n := len(name); n > 2 && (name[0] == '\'' || name[0] == '"') && name[n-1] == name[0] {
		name = name[1 : n-1]
	}
	for _, candidate := range []string{name, strings.ReplaceAll(name, `\`, ""), strings.TrimPrefix(name, "file://")} {
		if candidate != "" && m.Exists(candidate) {
			return candidate, true
		}
	}
	return "", false
}

// fileLike is the name of a file that somebody seems to mean: a path, or a name with
// the ending of a file that is read here; "" for other text.
func fileLike(text string) string {
	const longest = 255
	name := strings.TrimSpace(text)
	if len(name) > longest || strings.ContainsAny(name, "\n\r\t{}<>\"'=&") || strings.Contains(name, "://") {
		return ""
	}
	for _, start := range []string{"/", "./", "../", "~/"} {
		if strings.HasPrefix(name, start) {
			return name
		}
	}
	if strings.Contains(name, " ") {
		return ""
	}
	switch strings.ToLower(path.Ext(name)) {
	case ".jwt", ".txt", ".json", ".jwks", ".jwk", ".har", ".log", ".pem", ".key", ".crt", ".cer", ".pub", ".http", ".sh", ".curl", ".yaml", ".yml", ".xml", ".html", ".eml", ".md":
		return name
	}
	return ""
}

// current is what is shown: the exchange and its case.
func (m *Model) current() (*item, *finding.Case) { return m.visit.shown() }

// hide is the mask of the exchange that is shown.
func (m *Model) hide() *mask.Mask {
	if it, _ := m.current(); it != nil && it.evidence != nil {
		return mask.Of(it.evidence)
	}
	return mask.Of()
}

// safe is text from outside as it may be drawn.
func (m *Model) safe(s string) string {
	s = m.hide().Text(s)
	return m.seen(s)
}

// seen is text that is masked already as it may be drawn.
func (m *Model) seen(s string) string {
	if m.ASCII {
		return visible.ASCII(m.paint.plainly(s))
	}
	return visible.Text(s)
}

func (m *Model) front() mode {
	if len(m.modes) == 0 {
		return nil
	}
	return m.modes[len(m.modes)-1]
}

func (m *Model) open(f mode) { m.modes = append(m.modes, f) }

func (m *Model) close() {
	if n := len(m.modes); n > 0 {
		m.modes = m.modes[:n-1]
	}
}

// back takes the last step back.
func (m *Model) back() {
	if m.waiting != "" {
		m.stopWaiting()
		return
	}
	n := len(m.before)
	if n == 0 {
		return
	}
	step := m.state().step
	m.turn++
	m.rest()
	m.visit, m.before = m.before[n-1], m.before[:n-1]
	m.status = "Undone: " + cmp.Or(step, "clearing everything")
	m.panes.reset(m)
	m.refresh()
}

// refresh checks what is shown again, if time has passed since: a fix sets the time of
// now, and an assertion that was good may have expired.
func (m *Model) refresh() {
	if m.visit == nil {
		return
	}
	passed, err := m.visit.again()
	if err != nil {
		m.status = m.safe(err.Error())
	}
	if !passed {
		return
	}
	at := m.panes.selected()
	m.panes.list(m)
	m.panes.find(m, at)
}

// stopWaiting leaves what is being done to itself: what comes of it is dropped.
func (m *Model) stopWaiting() {
	m.turn++
	m.status = "Not waited for: " + m.waiting
	m.rest()
}
