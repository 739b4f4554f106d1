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
	var b, json srctext.Builder
	code, replaced := l.inCode(o, ps), false
	json.Put("{")
	for i, p := range ps {
		if i > 0 {
			b.Put("&")
			json.Put(",")
		}
		encode(&b, o.text, p.span, p.name)
		b.Put("=")
		json.Copy(o.text, p.span.Start, p.span.End)
		json.Put(":")
		v := p.value
		if v.Kind == jsonspan.Array && len(v.Items) == 1 {
			v = v.Items[0] // a map of lists, as Java and Go print it
		}
		value, known := l.defined(o, v)
		name, open := "", false
		if !known {
			name, open = l.variable(o, p.name, v, code)
		}
		switch {
		case known:
			encodeText(&b, value)
			quoteJSON(&json, value)
			replaced = true
			continue
		case open:
			b.Stand("{{"+name+"}}", o.text, v.Span.Start, v.Span.End)
			json.Stand(`"{{`+name+`}}"`, o.text, v.Span.Start, v.Span.End)
			replaced = true
			continue
		case v.Kind == jsonspan.String:
			encodeText(&b, l.filled(o.at(v, "").content()))
		case v.Kind == jsonspan.Null:
		default:
			encode(&b, o.text, v.Span, o.text.String()[v.Span.Start:v.Span.End])
		}
		json.Copy(o.text, p.value.Span.Start, p.value.Span.End)
	}
	json.Put("}")
	is := l.island(KindParams, "the parameters of a request", o)
	is.Span = is.Text.Span()
	is.Text, is.Shown, is.Partial = b.Text(), true, o.form == formInline || o.partial
	if o.value.Kind == jsonspan.Object {
		is.JSON = o.own()
		if replaced {
			is.JSON = json.Text()
		}
	}
	if code && o.form != formInline && len(ps) > 0 {
		at := o.text.Slice(ps[0].span.Start, ps[0].span.End).Span().Start
		is.Sent = l.sending(at)
		if l.withUser(at, is.Span.End) {
			is.Fields = []Field{basicField()}
		}
	}
	return is
}

// quoteJSON writes a text as a string of JSON.
func quoteJSON(b *srctext.Builder, t srctext.Text) {
	d := dump{t: t, s: t.String()}
	d.text(0, t.Len())
	out := d.out.Text()
	b.Copy(out, 0, out.Len())
}

// variable reports whether the value of a parameter is an expression of a program that is
// not known, as in {"client_assertion": assertion}. Its name is written like a placeholder
// of API clients, so that it is not mistaken for what was sent.
func (l *layer) variable(o object, param string, v *jsonspan.Value, code bool) (name string, ok bool) {
	if o.form == formInline || o.form == formLines && !code {
		return "", false
	}
	if v.Kind == jsonspan.Array || v.Kind == jsonspan.Object {
		return folded(param), true // a call
	}
	written := v.Str
	if v.Kind == jsonspan.Invalid {
		written = v.Raw
	}
	if v.Kind != jsonspan.String && v.Kind != jsonspan.Invalid || written == "" {
		return "", false
	}
	if written == "$expression" && code {
		return "value", true
	}
	if v.Kind == jsonspan.String && !l.bare(o, v) || startsToken(written) || standIn(written) {
		return "", false
	}
	if code && !plainValue(written) {
		return expressionName(written), true
	}
	if len(written) > 60 {
		return "", false
	}
	word := strings.TrimLeft(written, "$@")
	for i := range len(word) {
		if !isWord(word[i]) && strings.IndexByte(".$()[]'\"->", word[i]) < 0 || i == 0 && !isLetter(word[0]) && word[0] != '_' {
			return "", false
		}
	}
	last := word[strings.LastIndexByte(word, '.')+1:]
	if param := folded(param); param == "clientassertion" || param == "assertion" || word != written || strings.ContainsAny(word, "()") || strings.Contains(folded(last), param) {
		return plainName(word), true
	}
	return "", false
}

// plainValue reports whether a text without quotation marks is a value and no expression
// of a program.
func plainValue(s string) bool {
	return s == "client_credentials" || strings.HasPrefix(s, "urn:") || strings.Contains(s, "://")
}

// expressionName is what an expression can be called.
func expressionName(written string) string {
	e := expressionsOf(srctext.New(written), definitions{})
	if o, ok := e.operand(0, 0); ok && o.name != "" {
		return plainName(o.name)
	}
	return "value" // what else is written may be a secret
}

// defined is the value of a parameter that is a name, if the text defines it.
func (l *layer) defined(o object, v *jsonspan.Value) (srctext.Text, bool) {
	if v.Kind != jsonspan.Invalid && (v.Kind != jsonspan.String || !l.bare(o, v)) {
		return srctext.Text{}, false
	}
	t := o.text.Slice(v.Span.Start, v.Span.End)
	if o.form != formJSON && v.Kind == jsonspan.String {
		t = o.at(v, "").content()
	}
	if t.Len() > longestOperand || startsToken(t.String()) {
		return srctext.Text{}, false
	}
	return expressionsOf(t, l.f.defs).sum()
}

// inCode reports whether an object is written in a program: it has text in quotation
// marks, so that what has none is an expression.
func (l *layer) inCode(o object, ps []param) bool {
	for _, p := range ps {
		name := o.text.Slice(p.span.Start, p.span.End)
		if name.Len() > 2 {
			name = name.Slice(1, name.Len()-1)
		}
		switch {
		case l.quotedIn(name) && (o.form != formLines || l.quoteBefore(name) == '\''):
			return true
		case o.form == formDump && p.value.Kind == jsonspan.String && !l.bare(o, p.value) && l.quotedIn(o.at(p.value, "").content()):
			return true
		}
	}
	return false
}

// bare reports whether a string of an object that was converted to JSON was not quoted in
// the text.
func (l *layer) bare(o object, v *jsonspan.Value) bool {
	if v.Span.Len() == 0 || o.form == formInline {
		return false
	}
	if quote := o.text.String()[v.Span.Start]; o.form == formJSON || quoteIndex(quote) < 0 {
		return isLetter(quote) || quote == '_' || quote == '$'
	}
	t := o.at(v, "").content()
	if t.Len() == 0 {
		return false
	}
	return t.Span().Len() > 0 && !l.quotedIn(t)
}

// quotedIn reports whether a text is in quotation marks in the source.
func (l *layer) quotedIn(t srctext.Text) bool { return l.quoteBefore(t) != 0 }

// quoteBefore is the quotation mark before a text in the source; 0 if there is none.
func (l *layer) quoteBefore(t srctext.Text) byte {
	source := l.f.source.String()
	at := t.Span().Start
	if at <= 0 || at > len(source) {
		return 0
	}
	c := source[at-1]
	if c == 0 && at > 1 { // UTF-16
		c = source[at-2]
	}
	if quoteIndex(c) >= 0 || c >= 0x80 {
		return c
	}
	for _, encoded := range [...]string{"&quot;", "&#34;", "&#39;", "&#x27;", "&apos;", "%22", "%27"} {
		if strings.HasSuffix(source[max(0, at-8):at], encoded) {
			return '"'
		}
	}
	return 0
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
