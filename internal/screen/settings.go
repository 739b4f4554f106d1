package screen

import (
	"net/url"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// settings say which server and client are meant, over what profile and input say.
type settings struct {
	tokenURL, issuer, clientID, redirectURI string
	aud                                     []string
}

func settingsOf(o doctor.Options) settings {
	return settings{o.TokenURL, o.Issuer, o.ClientID, o.RedirectURI, o.Aud}
}

// on sets them in the options of a run.
func (s settings) on(o *doctor.Options) {
	o.TokenURL, o.Issuer, o.ClientID, o.RedirectURI, o.Aud = s.tokenURL, s.issuer, s.clientID, s.redirectURI, s.aud
}

func (s settings) same(t settings) bool {
	return s.tokenURL == t.tokenURL && s.issuer == t.issuer && s.clientID == t.clientID && s.redirectURI == t.redirectURI && slices.Equal(s.aud, t.aud)
}

// field is one of the settings.
type field struct {
	flag string // that sets it on the command line
	name string
	hint string // what is in its place while it is empty
	web  bool   // it is an address of the web
	get  func(settings) string
	set  func(*settings, string)
}

func fields() []field {
	return []field{
		{"--token-url", "Token URL", "the token endpoint in use", true, func(s settings) string { return s.tokenURL }, func(s *settings, v string) { s.tokenURL = v }},
		{"--issuer", "Issuer", "URL of the authorization server", true, func(s settings) string { return s.issuer }, func(s *settings, v string) { s.issuer = v }},
		{"--aud", "aud", "accepted values, a space between them", false, func(s settings) string { return strings.Join(s.aud, " ") }, func(s *settings, v string) { s.aud = strings.Fields(v) }},
		{"--client-id", "Client ID", "what iss and sub must be", false, func(s settings) string { return s.clientID }, func(s *settings, v string) { s.clientID = v }},
		{"--redirect-uri", "Redirect URI", "the registered one", false, func(s settings) string { return s.redirectURI }, func(s *settings, v string) { s.redirectURI = v }},
	}
}

// isSetting reports whether a flag can be given here as a setting.
func isSetting(flag string) bool {
	return slices.ContainsFunc(fields(), func(f field) bool { return f.flag == flag })
}

// form is the mode in which the settings are given, line by line.
type form struct {
	rows []line
	at   int
}

func openSettings(m *Model) {
	f := &form{}
	for _, x := range fields() {
		f.rows = append(f.rows, newLine(x.get(m.state().settings)))
	}
	m.open(f)
}

func (f *form) bindings(m *Model) []binding {
	move := func(by int) func(*Model) tea.Cmd {
		return then(func(*Model) { f.at = (f.at + by + len(f.rows)) % len(f.rows) })
	}
	return []binding{
		{keys: []string{"enter"}, shown: m.paint.enter, hint: "check with these", help: "check with these", do: f.done},
		{keys: []string{"up", "shift+tab"}, shown: m.paint.up, hint: "line", help: "the line above or below", do: move(-1)},
		{keys: []string{"down", "tab"}, do: move(1)},
		{keys: []string{"esc"}, shown: "Esc", hint: "back", help: "back, with nothing changed", do: then((*Model).close)},
	}
}

// done checks again with what was typed, unless an address in it is none.
func (f *form) done(m *Model) tea.Cmd {
	var s settings
	for i, x := range fields() {
		v := strings.TrimSpace(f.rows[i].String())
		if why := x.refused(v); why != "" {
			f.at = i
			m.status = why
			return nil
		}
		x.set(&s, v)
	}
	m.close()
	if s.same(m.state().settings) {
		return nil
	}
	return m.consult(m.state().with("the settings", func(t *state) { t.settings = s }))
}

// refused says why a value cannot be used; "" if it can.
func (x field) refused(v string) string {
	if !x.web || v == "" {
		return ""
	}
	u, err := url.Parse(v)
	switch {
	case !isAddress(v) || err != nil || u.Host == "":
		return x.name + ": an address begins with https:// (or http://)"
	case u.User != nil:
		return x.name + ": leave the user name and the password out"
	}
	return ""
}

func (f *form) typed(m *Model, k tea.KeyPressMsg) bool {
	if !f.rows[f.at].key(k) {
		return false
	}
	m.status = ""
	return true
}

// pasted puts one line into the form; more than that is evidence.
func (f *form) pasted(_ *Model, text string) bool {
	text = strings.TrimSpace(text)
	if strings.ContainsAny(text, "\n\r") || len(text) > 4096 {
		return false
	}
	f.rows[f.at].insert(text)
	return true
}

func (f *form) title(*Model) string { return "server and client" }

// lead is as wide for every field.
func (x field) lead(m *Model) string { return m.paint.fit(x.name, len("Redirect URI")+2) }

// mostLines is how many lines the value in which the cursor is may have.
const mostLines = 3

func (f *form) lines(m *Model, width, _ int) []string {
	p := m.paint
	var out []string
	for i, x := range fields() {
		lead, sign := x.lead(m), "  "
		room := width - columns(lead) - 3
		// An address begins with its host, so that its end is what is left out.
		values := []string{ansi.Truncate(m.safe(f.rows[i].String()), room, p.ellipsis)}
		empty := len(f.rows[i].text) == 0
		if i == f.at {
			values, _, _ = f.rows[i].block(m, room, mostLines)
			sign, lead = p.with(strong, p.point)+" ", p.with(strong, lead)
		}
		if empty {
			values[0] += "(" + x.hint + ")"
		}
		for _, v := range values {
			out = append(out, sign+lead+v)
			sign, lead = "  ", strings.Repeat(" ", columns(lead))
		}
	}
	out = append(out, "")
	for _, l := range wrap("Empty: what the profile documents, and what the input says. Nothing is sent there.", width) {
		out = append(out, p.plainly(l))
	}
	return out
}

func (f *form) cursor(m *Model, width, _ int) (x, y int, ok bool) {
	lead := columns(fields()[f.at].lead(m))
	_, x, y = f.rows[f.at].block(m, width-lead-3, mostLines)
	return 2 + lead + x, f.at + y, true
}
