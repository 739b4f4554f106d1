package screen

import (
	"cmp"
	"context"
	"maps"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/address"
	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// openKeys asks for the client's keys: a file, or an address that is fetched after it
// was confirmed.
func openKeys(m *Model) {
	label := "Keys: file"
	if m.Keys != nil {
		label = "Keys: file, or URL of the JWKS"
	}
	m.open(newEntry(label, "", func(text string) tea.Cmd {
		if isAddress(text) {
			return m.fetchKeys(text)
		}
		return m.readKeys(text)
	}))
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

func (m *Model) readKeys(path string) tea.Cmd {
	if path == "" {
		return nil
	}
	if named, ok := m.fileNamed(path); ok {
		path = named
	}
	return m.do("reading "+m.safe(path), func(context.Context) func(*Model) tea.Cmd {
		data, err := m.Read(path)
		return func(m *Model) tea.Cmd {
			if err != nil {
				m.status = m.safe(err.Error())
				return nil
			}
			return m.useKeys(&doctor.Document{Source: path, Data: data})
		}
	})
}

// useKeys judges again with the keys. A key is compared with a set that is there, and the
// other way round.
func (m *Model) useKeys(d *doctor.Document) tea.Cmd {
	return m.consult(m.state().with("the keys", func(s *state) {
		if isSet(d) {
			s.jwks = d
			return
		}
		s.key = d
	}))
}

// keysAlone is a text that is a key set or keys in PEM, and nothing else; nil for another.
func keysAlone(p paste) *doctor.Document {
	trimmed := strings.TrimSpace(p.text)
	d := &doctor.Document{Source: p.name, Data: []byte(p.text)}
	switch {
	case len(trimmed) > jose.MaxSetBytes:
		return nil
	case strings.HasPrefix(trimmed, "{") && isSet(d):
		return d
	case strings.HasPrefix(trimmed, "-----BEGIN") && strings.HasSuffix(trimmed, "-----"):
		if len(jose.ParseKeyFile(d.Data).Keys) > 0 {
			return d
		}
	}
	return nil
}

func isSet(d *doctor.Document) bool {
	if d.Fetched != nil {
		return true
	}
	v, _ := jsonspan.Scan(d.Data, jsonspan.Limits{})
	_, ok := v.Get("keys")
	return ok
}

// fetchKeys fetches a key set after asking.
func (m *Model) fetchKeys(address string) tea.Cmd {
	if m.Keys == nil {
		m.status = "Nothing is fetched with --offline; give a file"
		return nil
	}
	if why := m.forbidden(address); why != "" {
		m.status = why
		return nil
	}
	m.open(&confirm{name: "fetch keys", question: "Fetch the key set from this address? Nothing of the case is sent.", what: []string{"GET " + m.safe(address)},
		yes: func(m *Model) tea.Cmd {
			return m.do("fetching the keys", func(ctx context.Context) func(*Model) tea.Cmd {
				d, err := m.Keys(ctx, address)
				return func(m *Model) tea.Cmd {
					if err != nil {
						m.status = m.safe(err.Error())
						return nil
					}
					return m.useKeys(d)
				}
			})
		}})
	return nil
}

// forbidden says why nobody goes to an address: it is one that the token itself names for
// its keys, and anyone who made the token would choose what it is checked with.
func (m *Model) forbidden(address string) string {
	it, _ := m.current()
	if it == nil || it.evidence == nil {
		return ""
	}
	for _, name := range []string{"jku", "x5u"} {
		if named := headerText(it.evidence, name); named != "" && sameAddress(named, address) {
			return "That address comes from inside the token (" + name + "); it is never fetched. Give the client's own JWKS URL or a file"
		}
	}
	return ""
}

// sameAddress reports whether two addresses lead to one place, however they are written.
func sameAddress(a, b string) bool {
	x, ok := address.ParseLoose(a)
	y, too := address.ParseLoose(b)
	if ok && too {
		return x.Same(y)
	}
	return strings.EqualFold(strings.TrimRight(strings.TrimSpace(a), "/"), strings.TrimRight(strings.TrimSpace(b), "/"))
}

// openAddress asks for an address and goes on with it, if it may be gone to.
func openAddress(m *Model, question string, with func(address string)) {
	m.askAddress(question, m.suggested(), with)
}

// askAddress asks until the address can be used, or Esc is pressed.
func (m *Model) askAddress(question, offered string, with func(address string)) {
	m.open(newEntry(question, offered, func(address string) tea.Cmd {
		switch why := m.forbidden(address); {
		case address == "":
		case !isAddress(address):
			m.askAddress(question, address, with)
			m.status = "An address begins with https:// (or http://)"
		case why != "":
			m.status = why
		default:
			with(address)
		}
		return nil
	}))
}

// suggested is the address that may be offered for confirming: the token URL that somebody
// gave, that of the request that was pasted, or the one the provider documents. One that
// only the token names is not.
func (m *Model) suggested() string {
	it, c := m.current()
	if u := m.state().settings.tokenURL; isAddress(u) && (m.TokenURLGiven || u != m.Options.TokenURL) {
		return u
	}
	if it != nil && it.evidence != nil {
		if r, ok := it.evidence.Request.Get(); ok && isAddress(r.Endpoint()) && m.forbidden(r.Endpoint()) == "" {
			return r.Endpoint()
		}
	}
	if p, ok := profileOf(c); ok {
		for _, e := range p.Envs {
			if e.TokenURL != "" && isAddress(e.TokenURL) && (c.Profile.Env == "" || e.Name == c.Profile.Env) {
				return e.TokenURL
			}
		}
	}
	return ""
}

// openProbe asks for an address to test.
func openProbe(m *Model) {
	openAddress(m, "Test the connection to", func(address string) {
		m.open(&confirm{name: "test the connection", question: "Connect to this address? DNS, TCP, TLS, one GET and the discovery documents; no credential is sent.", what: []string{m.safe(address)},
			yes: func(m *Model) tea.Cmd {
				return m.do("testing the connection", func(ctx context.Context) func(*Model) tea.Cmd {
					seen, err := m.Probe(ctx, address)
					return then(func(m *Model) {
						if err != nil {
							m.status = m.safe(err.Error())
							return
						}
						m.open(&reader{name: "connection to " + m.safe(address), make: func(width int) []string { return m.probed(seen, width) }})
					})
				})
			}})
	})
}

// probed is what was seen at an address, for reading.
func (m *Model) probed(seen Probed, width int) []string {
	var out []string
	wrong := 0
	for _, e := range entriesOf(&seen.Case, false, true) {
		if !e.isFault() {
			continue
		}
		wrong++
		sign, i := e.sign(m.paint)
		for k, l := range wrap(m.seen(e.title), width-2) {
			if k > 0 {
				sign = " "
			}
			out = append(out, m.paint.with(i, sign)+" "+m.paint.with(strong, l))
		}
		if fix := fixWords(e); fix != "" {
			for k, l := range wrap(m.seen(fix), width-7) {
				lead := "       "
				if k == 0 {
					lead = "  " + m.paint.with(good, "FIX") + "  "
				}
				out = append(out, lead+l)
			}
		}
	}
	if wrong == 0 {
		words := "The connection works"
		if seen.Case.Unfinished != "" {
			words = "Could not finish: " + m.seen(seen.Case.Unfinished)
		}
		out = append(out, m.paint.with(strong, words))
	}
	out = append(out, "")
	for l := range strings.SplitSeq(strings.TrimRight(seen.Route, "\n"), "\n") {
		out = append(out, m.paint.plainly(l))
	}
	if wrong > 0 {
		out = append(out, "")
		out = append(out, wrap("To trust another authority or to use a proxy, start jwtdoctor --ca FILE or --proxy URL", width)...)
	}
	return out
}

// openSend asks where to, then shows what will be sent, then sends it.
func openSend(m *Model) {
	openAddress(m, "Send the token request to", func(address string) {
		_, c := m.current()
		p, ok := profileOf(c)
		if !ok {
			p, _ = profile.Load(profile.Standard) // it is embedded
		}
		s := Sending{URL: address, Compact: m.visit.compact(), ClientID: cmp.Or(m.visit.settings.clientID, client(c)), Profile: p}
		what, err := m.Preview(s)
		if err != nil {
			m.status = m.safe(err.Error())
			return
		}
		m.open(&confirm{name: "send the token request", warnings: m.doubts(s.Compact),
			question: "Send this once? A server that has seen this assertion (its jti) will refuse it the next time.", what: what,
			yes: func(m *Model) tea.Cmd { return m.send(s) }})
	})
}

// doubts are the reasons for which a server will hardly accept what is about to be sent.
func (m *Model) doubts(compact string) []string {
	var out []string
	it, _ := m.current()
	if ago, ok := expired(it.judged, m.Clock()); ok {
		out = append(out, "This assertion expired "+brief(ago)+" ago, so the server will refuse it. To make a new one: n, then r and s")
	}
	if at, before := m.sent[compact]; before {
		out = append(out, "This assertion was sent before ("+at+")")
	}
	return out
}

func (m *Model) send(s Sending) tea.Cmd {
	return m.do("sending", func(ctx context.Context) func(*Model) tea.Cmd {
		sent, err := m.Send(ctx, s)
		return func(m *Model) tea.Cmd {
			if err != nil {
				m.status = m.safe(err.Error())
				return nil
			}
			used := maps.Clone(m.sent)
			if n := sent.Online.Network; n != nil && n.Sent {
				if m.sent == nil {
					m.sent = map[string]string{}
				}
				m.sent[s.Compact] = m.Clock().UTC().Format("15:04:05Z") + ", sent from here"
			}
			return m.consult(m.state().with("the sending", func(t *state) {
				t.edit, t.used, t.unsent = nil, used, false
				t.pastes = []paste{{name: "the request", text: sent.Request, as: "request"}}
				if sent.Answer != "" {
					t.pastes = append(t.pastes, paste{name: "the answer", text: sent.Answer, as: "response"})
				}
				t.online = sent.Online
			}))
		}
	})
}
