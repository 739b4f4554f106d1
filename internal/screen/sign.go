package screen

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jose"
)

// openSign asks for the private key, and signs header and claims as they are; those that
// have expired by now get the times of now.
func openSign(m *Model) {
	m.open(newEntry("Private key file", "", func(path string) tea.Cmd {
		if path == "" {
			return nil
		}
		if named, ok := m.fileNamed(path); ok {
			path = named
		}
		it, _ := m.current()
		e := m.visit.edit.clone()
		said := m.renewExpired(it, e)
		header, claims := text(e.header), text(e.claims)
		alg := headerText(it.judged, "alg")
		return m.do("signing", func(context.Context) func(*Model) tea.Cmd {
			compact, key, err := sign(m.Read, path, alg, header, claims)
			return func(m *Model) tea.Cmd {
				if err != nil {
					m.status = m.safe(err.Error())
					return nil
				}
				return m.consult(m.signedState(compact, key, said))
			}
		})
	}))
}

// sign signs exactly these bytes.
func sign(read func(string) ([]byte, error), path, alg string, header, claims []byte) (string, *doctor.Document, error) {
	if header == nil || claims == nil {
		return "", nil, fmt.Errorf("header and claims are both needed to sign; one of them was not given")
	}
	data, err := read(path)
	if err != nil {
		return "", nil, err
	}
	file := jose.ParseKeyFile(data)
	if !file.CanSign() {
		if len(file.Problems) > 0 {
			return "", nil, fmt.Errorf("%s: %s", path, file.Problems[0].Message)
		}
		return "", nil, fmt.Errorf("%s is %s, which cannot sign", path, file.What)
	}
	compact, err := jose.Sign(alg, file.Key, header, claims)
	if err != nil {
		return "", nil, fmt.Errorf("alg %s: %w", cmp.Or(alg, "missing"), err)
	}
	return compact, &doctor.Document{Source: path, Data: data}, nil
}

// signedState is the case with the assertion that was signed here: in the place of the
// old one where that is written out in a text, else on its own. What the server answered
// to the old one is left out.
func (m *Model) signedState(compact string, key *doctor.Document, said string) state {
	it, _ := m.current()
	old := ""
	if a, ok := it.evidence.Assertion.Get(); ok {
		old = a.Compact
	}
	_, hadRequest := it.judged.Request.Get()
	return m.state().with("the signature", func(s *state) {
		s.edit, s.signed, s.unsent, s.online, s.said = nil, compact, true, doctor.Online{}, said
		at := slices.IndexFunc(s.pastes, func(p paste) bool { return len(old) > 20 && strings.Contains(p.text, old) })
		if at >= 0 && hadRequest {
			p := s.pastes[at]
			p.text = strings.ReplaceAll(p.text, old, compact)
			s.pastes = []paste{p}
		} else {
			s.pastes = []paste{{name: "signed here", text: compact}}
		}
		s.key = key
	})
}

// now is the time for what is made here: that of --now, if it names one, else the clock's.
func (m *Model) now() time.Time {
	at, err := m.Options.Moment()
	if err != nil { // which was reported when the first text was judged
		return m.Clock()
	}
	return at
}

// expired says how long before a time an assertion expired.
func expired(c *evidence.Case, by time.Time) (ago time.Duration, ok bool) {
	claims, readable := c.Claims.Get()
	if !readable {
		return 0, false
	}
	exp := claims.Date("exp")
	ago = by.Sub(exp.At)
	return ago, exp.Usable && ago >= 0
}

// renewExpired gives claims that have expired the times and the jti of now, since no
// server would accept them, and says so; "" if they have not.
func (m *Model) renewExpired(it *item, e *edit) string {
	ago, ok := expired(it.judged, m.now())
	if !ok {
		return ""
	}
	words, ok := m.renewed(it, e)
	if !ok {
		return ""
	}
	return "Signed. The assertion had expired " + brief(ago) + " ago, so it was renewed first: " + words
}

// renewed gives claims the times and the jti of an assertion that is made now, and says
// which; false if the claims cannot be read.
func (m *Model) renewed(it *item, e *edit) (words string, ok bool) {
	now := m.now().Unix()
	life := int64(240)
	claims, readable := it.judged.Claims.Get()
	if !readable {
		return "", false
	}
	iat, exp := claims.Date("iat"), claims.Date("exp")
	if as := exp.At.Sub(iat.At); iat.Usable && exp.Usable && as > 0 && as < 24*time.Hour {
		life = int64(as / time.Second)
	}
	var steps []finding.Patch
	add := func(name string, value any) {
		steps = append(steps, finding.Patch{Part: finding.PartClaims, Pointer: "/" + name, Value: value})
	}
	has := func(name string) bool {
		return slices.ContainsFunc(e.claims, func(x member) bool { return x.name == name })
	}
	words = "iat is now"
	add("iat", now)
	if has("nbf") {
		add("nbf", now)
		words = "iat and nbf are now"
	}
	add("exp", now+life)
	words += ", exp is " + number(int(life)) + " s later"
	id := make([]byte, 16)
	if _, err := rand.Read(id); err == nil && has("jti") {
		add("jti", hex.EncodeToString(id))
		words += ", jti is new"
	}
	return words, e.apply(steps)
}

// renew sets iat, exp, nbf and jti as a new assertion has them.
func renew(m *Model) {
	it, _ := m.current()
	e := m.editOf(it)
	words, ok := m.renewed(it, e)
	if !ok {
		m.status = "The claims cannot be read, so that they cannot be renewed"
		return
	}
	m.change(e, "the renewal")
	m.status = words + m.since(e)
}
