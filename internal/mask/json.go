package mask

import (
	"bytes"
	"encoding/json"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// JSON is a JSON text as it may be shown, its members in their order: secrets in
// it are masked at any depth. Of a name that appears twice the last is kept, and
// what is not JSON comes out as a string.
func (m *Mask) JSON(raw []byte) json.RawMessage {
	v, _ := jsonspan.Scan(raw, jsonspan.Limits{})
	return m.Object(v)
}

// Object is JSON for a value that was scanned before.
func (m *Mask) Object(v *jsonspan.Value) json.RawMessage {
	if v == nil {
		return json.RawMessage("null")
	}
	var b bytes.Buffer
	w := writer{mask: m, b: &b}
	w.value(v, m.scope())
	return b.Bytes()
}

// Claim is the value of one claim or header parameter as it may be shown, written
// as JSON.
func (m *Mask) Claim(name string, v *jsonspan.Value) json.RawMessage {
	var b bytes.Buffer
	w := writer{mask: m, b: &b}
	w.member(name, v, m.scope())
	return b.Bytes()
}

// Stretch is a stretch of a JSON text that is shown as something else.
type Stretch struct {
	Span jsonspan.Span
	As   string
}

// Hidden lists, in order, what must not be shown of a JSON text that was scanned:
// what Object would mask, with its place, as far as it touches near. text is what
// the spans count in.
func (m *Mask) Hidden(v *jsonspan.Value, text string, near jsonspan.Span) []Stretch {
	var out []Stretch
	if v != nil {
		m.hidden(v, text, near, m.scope(), &out)
	}
	return out
}

func (m *Mask) hidden(v *jsonspan.Value, text string, near jsonspan.Span, in scope, out *[]Stretch) {
	in = in.enter(v)
	for _, member := range v.Members {
		if member.Value.Kind != jsonspan.Invalid && far(member.Value.Span, near) {
			continue
		}
		switch what := in.sort(member.Name, member.Value); {
		case member.Value.Kind == jsonspan.Invalid && (what == sortPrivate || !m.reveal && what != sortOpen):
			// A value that could not be read may have no proper end.
			*out = append(*out, Stretch{jsonspan.Span{Start: min(member.Value.Span.Start, len(text)), End: len(text)}, "…"})
			return
		case what == sortPrivate:
			conceal(member.Value, out, func(string) string { return Private })
		case what != sortOpen && !m.reveal:
			conceal(member.Value, out, hide)
		default:
			m.hidden(member.Value, text, near, in, out)
		}
	}
	for _, item := range v.Items {
		if !far(item.Span, near) {
			m.hidden(item, text, near, in, out)
		}
	}
	if v.Kind == jsonspan.String {
		if shown := m.Text(v.Str); shown != v.Str {
			*out = append(*out, Stretch{v.Span, `"` + shown + `"`})
		}
	}
}

func far(s, near jsonspan.Span) bool { return s.End < near.Start || s.Start > near.End }

func conceal(v *jsonspan.Value, out *[]Stretch, as func(string) string) {
	switch v.Kind {
	case jsonspan.String:
		*out = append(*out, Stretch{v.Span, `"` + as(v.Str) + `"`})
	case jsonspan.Number, jsonspan.Invalid:
		*out = append(*out, Stretch{v.Span, as(v.Raw)})
	}
	for _, member := range v.Members {
		conceal(member.Value, out, as)
	}
	for _, item := range v.Items {
		conceal(item, out, as)
	}
}

func (m *Mask) scope() scope { return scope{person: m.person, top: true} }

// scope is what is known of the object a member is in.
type scope struct {
	person func() bool
	top    bool // of a JWT, where sub and iss are its own
	key    bool // a JWK
	nested bool
	answer bool // of a server, where a code is that of an error
	other  bool // sub names somebody else than iss
}

// enter is the scope of the members of a value.
func (in scope) enter(v *jsonspan.Value) scope {
	if v.Kind != jsonspan.Object {
		return in
	}
	_, key := v.Get("kty")
	out := scope{person: in.person, answer: in.answer, key: key, nested: !in.top}
	if in.top {
		out.other = OnBehalf(v)
	}
	return out
}

// sort is what a member is, by its name.
type sort uint8

const (
	sortOpen     sort = iota // shown
	sortSecret               // masked
	sortPersonal             // masked where the JWT is about a person
	sortPrivate              // private key material: shown to nobody
)

func (in scope) sort(name string, v *jsonspan.Value) sort {
	switch {
	case (in.key || in.nested && v.Kind == jsonspan.String) && privateMember(name):
		return sortPrivate
	case in.answer && Bare(name) == "code" && !opaque(v.Str):
	case Secret(name), jti(name):
		return sortSecret
	case Personal(name) && in.person(), in.other && Bare(name) == "sub":
		return sortPersonal
	}
	return sortOpen
}

// OnBehalf reports whether the claims name a person other than the one who signed: sub
// is an e-mail address of another domain than iss, as it is in a JWT grant.
func OnBehalf(claims *jsonspan.Value) bool {
	sub, iss := text(claims, "sub"), text(claims, "iss")
	domain := after(sub)
	return domain != "" && sub != iss && domain != after(iss)
}

// after is the domain of an e-mail address; "" if it is none.
func after(address string) string {
	for i := len(address) - 1; i > 0; i-- {
		if address[i] == '@' {
			return address[i+1:]
		}
	}
	return ""
}

func text(v *jsonspan.Value, name string) string {
	if m, ok := v.Get(name); ok && m.Kind == jsonspan.String {
		return m.Str
	}
	return ""
}

// writer writes a scanned value as valid JSON.
type writer struct {
	mask *Mask
	b    *bytes.Buffer
}

func (w writer) value(v *jsonspan.Value, in scope) {
	switch v.Kind {
	case jsonspan.Object:
		w.object(v, in.enter(v))
	case jsonspan.Array:
		in.top = false
		w.b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.value(item, in)
		}
		w.b.WriteByte(']')
	case jsonspan.String:
		w.text(w.mask.Text(v.Str))
	default:
		if v.Kind != jsonspan.Invalid && json.Valid([]byte(v.Raw)) {
			w.b.WriteString(v.Raw)
		} else {
			w.text(w.mask.Text(v.Raw))
		}
	}
}

func (w writer) object(v *jsonspan.Value, in scope) {
	w.b.WriteByte('{')
	last := make(map[string]int, len(v.Members))
	for i, m := range v.Members {
		last[m.Name] = i
	}
	first := true
	for i, m := range v.Members {
		if last[m.Name] != i {
			continue
		}
		if !first {
			w.b.WriteByte(',')
		}
		first = false
		w.text(m.Name)
		w.b.WriteByte(':')
		w.member(m.Name, m.Value, in)
	}
	w.b.WriteByte('}')
}

func (w writer) member(name string, v *jsonspan.Value, in scope) {
	switch what := in.sort(name, v); {
	case what == sortPrivate:
		w.hidden(v, func(string) string { return Private })
	case what != sortOpen && !w.mask.reveal:
		w.hidden(v, hide)
	default:
		in.top = false
		w.value(v, in)
	}
}

// hidden writes a value whose texts and numbers are secret; its form stays.
func (w writer) hidden(v *jsonspan.Value, as func(string) string) {
	switch v.Kind {
	case jsonspan.String:
		w.text(as(v.Str))
	case jsonspan.Number, jsonspan.Invalid:
		w.text(as(v.Raw))
	case jsonspan.Array:
		w.b.WriteByte('[')
		for i, item := range v.Items {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.hidden(item, as)
		}
		w.b.WriteByte(']')
	case jsonspan.Object:
		w.b.WriteByte('{')
		for i, m := range v.Members {
			if i > 0 {
				w.b.WriteByte(',')
			}
			w.text(m.Name)
			w.b.WriteByte(':')
			w.hidden(m.Value, as)
		}
		w.b.WriteByte('}')
	default:
		w.b.WriteString(v.Raw)
	}
}

func (w writer) text(s string) {
	// Marshalling a string cannot fail.
	text, _ := json.Marshal(s)
	w.b.Write(text)
}
