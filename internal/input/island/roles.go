package island

import (
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// names are the members of an object by their folded names.
type names map[string]*jsonspan.Value

func namesOf(v *jsonspan.Value) names {
	m := make(names, len(v.Members))
	for _, x := range v.Members {
		if key := folded(x.Name); key != "" {
			m[key] = x.Value
		}
	}
	return m
}

// has reports whether one of the names is a member.
func (m names) has(list ...string) bool {
	for _, n := range list {
		if _, ok := m[n]; ok {
			return true
		}
	}
	return false
}

// count is how many of the names are members.
func (m names) count(list ...string) int {
	n := 0
	for _, x := range list {
		if _, ok := m[x]; ok {
			n++
		}
	}
	return n
}

func (m names) first(list ...string) (*jsonspan.Value, string) {
	for _, n := range list {
		if v, ok := m[n]; ok && v != nil {
			return v, n
		}
	}
	return nil, ""
}

func (m names) text(list ...string) string {
	for _, n := range list {
		if v := m[n]; v != nil && v.Kind == jsonspan.String {
			return v.Str
		}
	}
	return ""
}

// role is what an object can be: the members of which it has one at least, how
// the whole tells, and how it is read. Adding one is adding an entry.
type role struct {
	name  string
	needs []string // folded
	is    func(o object, m names) bool
	read  func(l *layer, o object, m names, depth int)
}

// roles are tried in this order.
func roles() []role {
	return []role{
		{"a JWK Set", []string{"keys", "kty"}, isKeySet, emitAs(KindKeySet, "a JWK Set")},
		{"a discovery document", []string{"tokenendpoint"}, isDiscovery, emitAs(KindDiscovery, "a discovery document")},
		{"a service account's key", []string{"privatekey"}, isServiceAccount, readServiceAccount},
		{"a JWS in JSON", []string{"payload"}, isFlattened, readFlattened},
		{"a JWT in two parts", headerParts, isDecodedPair, readDecodedPair},
		{"a token response", []string{"accesstoken", "idtoken"}, isGrant, readAnswer(Strong)},
		{"an exchange", []string{"request", "req", "config"}, isExchange, readExchange},
		{"an HTTP request", append([]string{"path"}, urlNames...), isRequest, readRequest},
		{"an HTTP response", statusNames, isResponse, readResponse},
		{"the options of a request", []string{"method"}, isOptions, readOptions},
		{"the parameters of a request", []string{"granttype", "clientassertion", "clientassertiontype"}, func(_ object, m names) bool { return isParams(m) }, readParams},
		{"header fields", fieldNames(), isFields, readFieldObject},
		{"a JOSE header", []string{"alg", "typ", "kid", "x5t"}, isHeader, emitAs(KindHeader, "a JOSE header")},
		{"claims", []string{"iss", "sub", "aud", "exp"}, isClaims, emitAs(KindClaims, "claims")},
		{"a record of a log", []string{"level", "severity", "loglevel", "lvl", "logger", "loggername"}, func(_ object, m names) bool { return logRecord(m) }, readRecord},
		{"an OAuth error", []string{"error", "errorcode", "code", "errordescription", "errorsummary"}, isOAuthError, readAnswer(Strong)},
		{"an error", []string{"fault", "resourcetype", "errors", "status", "statuscode", "httpstatus", "code", "message", "errorcode", "error"}, isFairError, readAnswer(Fair)},
		{"a message", []string{"error", "message", "msg", "errormessage", "detail"}, isWeakError, readWeak},
	}
}

// headerParts are what the header of a decoded JWT is called.
var headerParts = []string{"header", "joseheader", "jwtheader", "protected", "headers"}

func fieldNames() []string {
	var out []string
	for name := range headerNames {
		out = append(out, name)
	}
	return out
}

func emitAs(kind Kind, name string) func(*layer, object, names, int) {
	return func(l *layer, o object, _ names, _ int) {
		l.emit(l.island(kind, name, o))
	}
}

// island is an island that an object makes.
func (l *layer) island(kind Kind, name string, o object) Island {
	return Island{Kind: kind, Name: name, Text: o.own(), Label: o.label}
}

// own is the text of the value alone.
func (o object) own() srctext.Text {
	return o.text.Slice(o.value.Span.Start, o.value.Span.End)
}

func isKeySet(_ object, m names) bool {
	if keys := m["keys"]; keys != nil && keys.Kind == jsonspan.Array {
		for _, k := range keys.Items {
			if _, ok := k.Get("kty"); ok {
				return true
			}
		}
		return len(keys.Items) == 0 && len(m) == 1
	}
	kty := m["kty"]
	return kty != nil && kty.Kind == jsonspan.String && m.has("n", "x", "k", "crv", "x5c", "e")
}

func isDiscovery(_ object, m names) bool {
	return m.has("tokenendpoint") && m.count("issuer", "jwksuri", "authorizationendpoint", "tokenendpointauthmethodssupported", "granttypessupported") > 0
}

func isServiceAccount(_ object, m names) bool {
	return m["privatekey"] != nil && strings.Contains(m.text("privatekey"), "-----BEGIN") && m.has("clientemail", "privatekeyid", "clientid", "publickey", "appid")
}

func readServiceAccount(l *layer, o object, m names, depth int) {
	for _, x := range o.value.Members {
		if folded(x.Name) == "privatekey" || folded(x.Name) == "publickey" {
			l.visit(o.at(x.Value, plainWords(x.Name)), depth+1)
		}
	}
}

// isFlattened recognises the JSON serialization of RFC 7515 section 7.2.
func isFlattened(_ object, m names) bool {
	payload := m["payload"]
	return payload != nil && payload.Kind == jsonspan.String && startsToken(payload.Str) && m.has("signature", "signatures", "protected")
}

func readFlattened(l *layer, o object, _ names, _ int) {
	is := l.island(KindToken, "a JWS in JSON", o)
	is.Token = &Token{}
	l.emit(is)
}

// isDecodedPair recognises {"header": {…}, "payload": {…}} and its relatives.
func isDecodedPair(o object, m names) bool {
	h, _ := m.first(headerParts...)
	p, _ := m.first("payload", "claims", "body", "claimset", "jwtpayload", "jwtclaims")
	if h == nil || p == nil || h.Kind != jsonspan.Object || p.Kind != jsonspan.Object {
		return false
	}
	hm := namesOf(h)
	return hm.has("alg", "kid") && !hm.has("contenttype") || namesOf(p).count("iss", "sub", "aud", "exp") > 1
}

func readDecodedPair(l *layer, o object, m names, depth int) {
	l.f.groups++
	group := l.group
	l.group = l.f.groups
	h, _ := m.first(headerParts...)
	p, _ := m.first("payload", "claims", "body", "claimset", "jwtpayload", "jwtclaims")
	emitAs(KindHeader, "a JOSE header")(l, o.at(h, o.label+" header"), nil, depth)
	emitAs(KindClaims, "claims")(l, o.at(p, o.label+" payload"), nil, depth)
	l.group = group
}

var joseNames = map[string]bool{"alg": true, "typ": true, "kid": true, "x5t": true, "x5t#s256": true, "x5c": true, "x5u": true, "jku": true, "jwk": true, "cty": true, "crit": true, "enc": true, "zip": true, "b64": true, "nonce": true, "iv": true, "tag": true, "epk": true, "trustchain": true, "url": true, "iss": true, "sub": true, "ver": true}

func isHeader(o object, m names) bool {
	if len(m) == 0 || m.has("kty", "use", "keyops", "n", "crv") {
		return false
	}
	for name := range m {
		if !joseNames[name] {
			return false
		}
	}
	if m.count("iss", "sub") > 0 && !m.has("alg") {
		return false
	}
	alg := m["alg"]
	if alg == nil {
		return m.has("typ", "kid", "x5t") && strings.Contains(o.label, "header")
	}
	return alg.Kind == jsonspan.String && (signAlg(alg.Str) || strings.Contains(o.label, "header") || m.has("typ", "kid"))
}

func signAlg(s string) bool {
	switch strings.ToUpper(s) {
	case "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES256K", "ES384", "ES512", "EDDSA", "ED25519", "HS256", "HS384", "HS512", "NONE":
		return true
	}
	return false
}

func isClaims(_ object, m names) bool {
	return m.count("iss", "sub", "aud", "exp") > 1 && !m.has("kty", "active", "tokenendpoint", "email_verified", "granttype", "accesstoken")
}

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

func readParams(l *layer, o object, _ names, _ int) {
	ps := make([]param, 0, len(o.value.Members))
	for _, m := range o.value.Members {
		ps = append(ps, param{m.Name, m.NameSpan, m.Value})
	}
	l.emitParams(o, ps)
}

// param is a parameter as an object shows it.
type param struct {
	name  string
	span  jsonspan.Span // of the name, with its quotes
	value *jsonspan.Value
}

// tuples reads lists of names and values: [["a", "b"]], [{"name": "a", "value": "b"}].
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
			out = append(out, param{name.Str, name.Span, value})
		default:
			return nil, false
		}
	}
	return out, true
}

// emitParams writes parameters that a text shows as the form they were sent in.
func (l *layer) emitParams(o object, ps []param) {
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
			encodeText(&b, o.at(v, "").content())
		case v.Kind == jsonspan.Null:
		default:
			encode(&b, o.text, v.Span, o.text.String()[v.Span.Start:v.Span.End])
		}
	}
	is := l.island(KindParams, "the parameters of a request", o)
	is.Span = is.Text.Span()
	is.Text, is.Shown = b.Text(), true
	if o.value.Kind == jsonspan.Object {
		is.JSON = o.own()
	}
	l.emit(is)
}

// variable reports whether the value of a parameter is a name that a program
// gives it by, as in a snippet: {"client_assertion": assertion}. The name is
// shown as the placeholders of API clients are, so that nobody takes it for what
// was sent.
func (l *layer) variable(o object, param string, v *jsonspan.Value) (name string, ok bool) {
	if o.form == formLines {
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

// bare reports whether a string of an object that was written as JSON had no
// quotation marks where it stands.
func (l *layer) bare(o object, v *jsonspan.Value) bool {
	place, exact := o.at(v, "").content().Place(0, len(v.Str))
	source := l.f.source.String()
	return exact && o.form == formDump && place.Start > 0 && place.Start <= len(source) && strings.IndexByte(" \t\n:>(,", source[place.Start-1]) >= 0
}

// encode writes text that stands at a place, percent-encoded.
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

// encodeText writes a text percent-encoded, where that is needed.
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

// plainByte reports whether a byte may stand in a form as it is. What only a
// placeholder has is left as it is written.
func plainByte(c byte) bool {
	return isWord(c) || strings.IndexByte("-.~*:/@$,;!()<>[]{}|", c) >= 0
}

func percentOf(c byte) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{'%', digits[c>>4], digits[c&15]})
}

// isFields recognises an object of header fields.
func isFields(o object, m names) bool {
	sure, known := 0, 0
	for name := range m {
		if h, ok := headerNames[name]; ok {
			known++
			if h.sure {
				sure++
			}
		}
	}
	return sure > 0 && known*3 >= len(m) || known > 0 && strings.HasSuffix(o.label, "headers") || known > 1 && strings.Contains(o.label, "header")
}

func readFieldObject(l *layer, o object, _ names, _ int) { l.emitFields(o, SideUnknown) }

// emitFields writes the members of an object, or the pairs of a list, as header fields.
func (l *layer) emitFields(o object, side Side) {
	var ps []param
	switch o.value.Kind {
	case jsonspan.Object:
		for _, m := range o.value.Members {
			ps = append(ps, param{m.Name, m.NameSpan, m.Value})
		}
	case jsonspan.Array:
		ps, _ = tuples(o.value)
	}
	is := l.island(KindFields, "header fields", o)
	own := SideUnknown
	for _, p := range ps {
		h := headerNames[folded(p.name)]
		if own == SideUnknown {
			own = h.side
		}
		name := o.text.Slice(p.span.Start, p.span.End)
		if s := name.String(); len(s) > 2 && (s[0] == '"' || s[0] == '\'') {
			name = name.Slice(1, len(s)-1)
		}
		value, ok := o.fieldValue(p.value)
		if ok && p.name != "" && !strings.ContainsAny(p.name, " \t:") {
			is.Fields = append(is.Fields, Field{Name: name, Value: value})
		}
	}
	if len(is.Fields) == 0 {
		return
	}
	is.Side = side
	if side == SideUnknown {
		is.Side = own // else that of the layer
	}
	l.emit(is)
}

// fieldValue is the value of a header field as text; a list is joined by commas.
func (o object) fieldValue(v *jsonspan.Value) (srctext.Text, bool) {
	switch v.Kind {
	case jsonspan.String:
		return o.at(v, "").content(), true
	case jsonspan.Number, jsonspan.Bool:
		return o.text.Slice(v.Span.Start, v.Span.End), true
	case jsonspan.Array:
		var b srctext.Builder
		for i, item := range v.Items {
			part, ok := o.fieldValue(item)
			if !ok {
				return srctext.Text{}, false
			}
			if i > 0 {
				b.Put(", ")
			}
			b.Copy(part, 0, part.Len())
		}
		return b.Text(), len(v.Items) > 0
	}
	return srctext.Text{}, false
}

// statusOf is the HTTP status in a member; 0 where there is none.
func statusOf(v *jsonspan.Value) int {
	if v == nil {
		return 0
	}
	text := v.Raw
	if v.Kind == jsonspan.String {
		text, _, _ = strings.Cut(v.Str, " ")
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 || n > 599 {
		return 0
	}
	return n
}
