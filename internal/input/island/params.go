package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// grantNames are the parameters that only token requests have.
func isParams(m names) bool {
	if m.has("error", "errordescription", "tokenendpoint", "clientassertiontypessupported") {
		return false
	}
	strong := m.count("granttype", "clientassertion", "clientassertiontype")
	if g := m["granttype"]; g != nil && g.Kind == jsonspan.Object {
		return false
	}
	return strong > 0 && (strong > 1 || len(m) > 1 || m.has("clientassertion"))
}

func readParams(l *layer, o object, m names, depth int) {
	ps := membersOf(o.value)
	if o.form == formInline {
		ps = logged(ps)
	}
	switch {
	case l.asSent(o):
		l.emitParams(o, ps)
	case settings(m, ps):
		l.variables(o, o.value, depth)
	case m.has(addressNames...):
		is := l.paramsOf(o, ofRequest(ps))
		is.Partial, is.JSON = true, srctext.Text{} // it may keep what is not sent, and leave out what is
		l.emit(is)
	default:
		l.emitParams(o, ps)
	}
}

// param is a parameter that an object shows.
type param struct {
	name  string
	span  jsonspan.Span // of the name, with its quotes
	value *jsonspan.Value
}

// tuples reads lists of names and values: [["a", "b"]], [{"name": "a", "value": "b"}],
// without rows that are switched off.
func tuples(v *jsonspan.Value) ([]param, bool) {
	if len(v.Items) == 0 || len(v.Items) > 500 {
		return nil, false
	}
	var out []param
	for _, item := range v.Items {
		switch {
		case item.Kind == jsonspan.Array && len(item.Items) == 2 && item.Items[0].Kind == jsonspan.String:
			out = append(out, param{item.Items[0].Str, item.Items[0].Span, item.Items[1]})
		case item.Kind == jsonspan.Object:
			m := namesOf(item)
			name, _ := m.first("name", "key")
			value, _ := m.first("value")
			if name == nil || value == nil || name.Kind != jsonspan.String {
				return nil, false
			}
			if switchedOff(m) {
				continue
			}
			out = append(out, param{name.Str, name.Span, value})
		default:
			return nil, false
		}
	}
	return out, true
}

// emitParams writes parameters that a text shows as a form, as they were sent.
func (l *layer) emitParams(o object, ps []param) { l.emit(l.paramsOf(o, ps)) }

func (l *layer) paramsOf(o object, ps []param) Island {
	var b srctext.Builder
	for i, p := range ps {
		if i > 0 {
			b.Put("&")
		}
		encode(&b, o.text, p.span, p.name)
		b.Put("=")
		v := p.value
		if v.Kind == jsonspan.Array && len(v.Items) == 1 {
			v = v.Items[0] // a map of lists, as Java and Go print it
		}
		name, open := l.variable(o, p.name, v)
		switch {
		case open:
			b.Stand("{{"+name+"}}", o.text, v.Span.Start, v.Span.End)
		case v.Kind == jsonspan.String:
			encodeText(&b, l.filled(o.at(v, "").content()))
		case v.Kind == jsonspan.Null:
		default:
			encode(&b, o.text, v.Span, o.text.String()[v.Span.Start:v.Span.End])
		}
	}
	is := l.island(KindParams, "the parameters of a request", o)
	is.Span = is.Text.Span()
	is.Text, is.Shown, is.Partial = b.Text(), true, o.form == formInline
	if o.value.Kind == jsonspan.Object {
		is.JSON = o.own()
	}
	return is
}

// variable reports whether the value of a parameter is a program's variable, as in
// {"client_assertion": assertion}. Its name is written like a placeholder of API clients,
// so that it is not mistaken for what was sent.
func (l *layer) variable(o object, param string, v *jsonspan.Value) (name string, ok bool) {
	if o.form == formLines || o.form == formInline {
		return "", false
	}
	if v.Kind == jsonspan.Array || v.Kind == jsonspan.Object {
		return folded(param), true // a call
	}
	written := v.Str
	if v.Kind == jsonspan.Invalid {
		written = v.Raw
	}
	if v.Kind != jsonspan.String && v.Kind != jsonspan.Invalid || written == "" || len(written) > 60 {
		return "", false
	}
	if o.text.String()[v.Span.Start] == '"' && !l.bare(o, v) {
		return "", false
	}
	word := strings.TrimLeft(written, "$@")
	for i := range len(word) {
		if !isWord(word[i]) && strings.IndexByte(".$()[]'\"->", word[i]) < 0 || i == 0 && !isLetter(word[0]) && word[0] != '_' {
			return "", false
		}
	}
	last := word[strings.LastIndexByte(word, '.')+1:]
	switch param := folded(param); {
	case startsToken(written) || standIn(written):
		return "", false
	case param == "clientassertion" || param == "assertion", word != written, strings.ContainsAny(word, "()"), strings.Contains(folded(last), param):
		return strings.Map(func(r rune) rune {
			if r < 0x80 && isWord(byte(r)) || r == '.' {
				return r
			}
			return -1
		}, word), true
	}
	return "", false
}

// bare reports whether a string of an object that was converted to JSON was not quoted in
// the text.
func (l *layer) bare(o object, v *jsonspan.Value) bool {
	place, exact := o.at(v, "").content().Place(0, len(v.Str))
	source := l.f.source.String()
	return exact && o.form == formDump && place.Start > 0 && place.Start <= len(source) && strings.IndexByte(" \t\n:>(,", source[place.Start-1]) >= 0
}

// encode writes text, which is at span in t, percent-encoded.
func encode(b *srctext.Builder, t srctext.Text, span jsonspan.Span, text string) {
	inner := span
	if s := t.String()[span.Start:span.End]; len(s) == len(text)+2 && s[1:len(s)-1] == text {
		inner = jsonspan.Span{Start: span.Start + 1, End: span.End - 1}
	}
	if part := t.Slice(inner.Start, inner.End); part.String() == text {
		encodeText(b, part)
		return
	}
	for i := range len(text) {
		if plainByte(text[i]) {
			b.Stand(text[i:i+1], t, span.Start, span.End)
		} else {
			b.Stand(percentOf(text[i]), t, span.Start, span.End)
		}
	}
}

// encodeText writes a text percent-encoded where needed.
func encodeText(b *srctext.Builder, t srctext.Text) {
	s := t.String()
	done := 0
	for i := range len(s) {
		if plainByte(s[i]) {
			continue
		}
		b.Copy(t, done, i)
		b.Stand(percentOf(s[i]), t, i, i+1)
		done = i + 1
	}
	b.Copy(t, done, len(s))
}

// plainByte reports whether a byte may be in a form unencoded. Bytes that only a
// placeholder contains stay as written.
func plainByte(c byte) bool {
	return isWord(c) || strings.IndexByte("-.~*:/@$,;!()<>[]{}|", c) >= 0
}

func percentOf(c byte) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{'%', digits[c>>4], digits[c&15]})
}
