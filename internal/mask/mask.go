// Package mask hides secrets in text that is on its way out: findings, decoded
// JSON, notes, settings, error messages, journals. It knows the secrets in the
// evidence of a case (Of), and recognizes others by their form:
// a JWT, a private key, a password in an address, client_secret=….
//
// It is pure: it reads no file and no clock, keeps nothing between cases, and the
// same text is always masked in the same way. It judges nothing and says nothing
// about what it hid but its length and, if that is long, its first characters.
package mask

import (
	"fmt"
	"sync"
	"unicode/utf8"
)

// Source is evidence that knows what of it is secret.
type Source interface {
	// Reveal reports whether secrets are shown (--show-secrets). Private keys are
	// not, whatever it says.
	Reveal() bool
	// Person reports whether the JWT is about a person: an ID token, an access token
	// or a JWT grant. Claims that name the person are masked then.
	Person() bool
	// Secrets adds every secret the source holds to the list. It is called when
	// the first text is masked, and never if there is none.
	Secrets(*List)
}

// Mask hides the secrets of one case. The zero value hides what is recognized
// without any evidence. It may be used from several goroutines.
type Mask struct {
	sources []Source
	reveal  bool

	asked  sync.Once
	people bool
	listed sync.Once
	known  known
}

// Of makes the mask of a case from its evidence. It costs next to nothing until
// a text is masked.
func Of(sources ...Source) *Mask {
	m := &Mask{sources: sources}
	for _, s := range sources {
		m.reveal = m.reveal || s.Reveal()
	}
	return m
}

// person asks the sources whether the JWT is about a person, once.
func (m *Mask) person() bool {
	m.asked.Do(func() {
		for _, s := range m.sources {
			m.people = m.people || s.Person()
		}
	})
	return m.people
}

// secrets asks the sources what they contain, once.
func (m *Mask) secrets() *known {
	m.listed.Do(func() {
		if len(m.sources) == 0 {
			return
		}
		var l List
		for _, s := range m.sources {
			s.Secrets(&l)
		}
		m.known = l.known(m.reveal)
	})
	return &m.known
}

// Value writes a secret so that two can be told apart but neither can be used:
// its length and, if that leaves more than 8 characters hidden, the first 3.
func Value(secret string) string {
	n := utf8.RuneCountInString(secret)
	shown := ""
	if n > 11 {
		at := 0
		for range 3 {
			_, size := utf8.DecodeRuneInString(secret[at:])
			at += size
		}
		shown = secret[:at]
	}
	return fmt.Sprintf("%s…(%d characters)", shown, n)
}

// Private replaces private key material, which is never shown.
const Private = "(private)"

// Param is the value of a request parameter as it may be shown. Only parameters
// that are known to contain no secret are.
func (m *Mask) Param(name, value string) string {
	if m.reveal || shownParameter(name) {
		return m.Text(value)
	}
	return hide(value)
}

// Member is the value of a JSON member, such as one of a server's answer, as it
// may be shown.
func (m *Mask) Member(name, value string) string {
	if m.reveal || !Secret(name) && !jti(name) {
		return m.Text(value)
	}
	return hide(value)
}

// Header is the value of an HTTP header field as it may be shown: those that are
// known to contain no secret, and the scheme of Authorization.
func (m *Mask) Header(name, value string) string {
	switch {
	case m.reveal:
		return m.Text(value)
	case addressHeader(name):
		return m.Text(Address(value))
	case shownHeader(name):
		return m.Text(value)
	}
	scheme, rest := Credentials(name, value)
	switch {
	case scheme == "":
		return hide(rest)
	case rest == "":
		return scheme
	}
	return scheme + " " + hide(rest)
}

// Name is the name of a parameter, header field or member as it may be shown: a
// secret that was sent without a name is read as one.
func (m *Mask) Name(name string) string {
	if m.reveal || !nameless(name) {
		return m.Text(name)
	}
	return hide(name)
}

// hide is Value, except that what hides a secret already stays as it is.
func hide(value string) string {
	if value == "" || masked(value) {
		return value
	}
	return Value(value)
}
