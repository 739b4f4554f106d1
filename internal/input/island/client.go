package island

import (
	"encoding/base64"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// What API clients (Postman, Insomnia and others) export: requests with rows that can be
// switched off, variables, and credentials that the client makes a header of.

// client is what a collection or folder of an export says about its requests.
type client struct {
	outer *client
	vars  map[string]srctext.Text
	auth  credential // for requests without their own
}

// value is the value of a variable.
func (c *client) value(name string) (srctext.Text, bool) {
	for ; c != nil; c = c.outer {
		if t, ok := c.vars[name]; ok {
			return t, true
		}
	}
	return srctext.Text{}, false
}

// isCollection recognises a collection or folder of Postman, and an export of Insomnia.
func isCollection(_ object, m names) bool {
	items, resources := m["item"], m["resources"]
	return items != nil && items.Kind == jsonspan.Array && m.has("info", "name") ||
		resources != nil && resources.Kind == jsonspan.Array && m.has("exportformat")
}

// readCollection reads the requests of a collection with the variables that it defines.
func readCollection(l *layer, o object, m names, depth int) {
	was := l.client
	defer func() { l.client = was }()
	next := client{outer: was, vars: map[string]srctext.Text{}}
	if was != nil {
		next.auth = was.auth
	}
	if v := m["variable"]; v != nil {
		next.define(o, v)
	}
	if r := m["resources"]; r != nil {
		next.environments(o, r)
	}
	l.client = &next
	if v := m["auth"]; v != nil && v.Kind == jsonspan.Object {
		next.auth = l.credential(o.at(v, "auth"))
	}
	l.members(o, depth, "variable", "auth", "info")
	if v := m["variable"]; v != nil {
		l.variables(o, v, depth)
	}
}

// define adds the variables in a list or object. Of one that is empty the value is not
// exported.
func (c *client) define(o object, v *jsonspan.Value) {
	for _, p := range variablesIn(v) {
		if p.value.Kind == jsonspan.String && p.value.Str != "" && len(c.vars) < mostValues {
			c.vars[p.name] = o.at(p.value, "").content()
		}
	}
}

// environments adds the variables of the environments of Insomnia. One that several
// environments define has no certain value.
func (c *client) environments(o object, resources *jsonspan.Value) {
	several := map[string]bool{}
	for _, item := range resources.Items {
		m := namesOf(item)
		if m.text("type") != "environment" || m["data"] == nil {
			continue
		}
		for _, p := range variablesIn(m["data"]) {
			if _, have := c.vars[p.name]; have {
				several[p.name] = true
			}
		}
		c.define(o, m["data"])
	}
	for name := range several {
		delete(c.vars, name)
	}
}

// variablesIn are the variables that a list of rows or an object defines.
func variablesIn(v *jsonspan.Value) []param {
	switch v.Kind {
	case jsonspan.Array:
		ps, _ := tuples(v)
		return ps
	case jsonspan.Object:
		return membersOf(v)
	}
	return nil
}

// isEnvironment recognises variables that a client keeps. They are not sent as such, even
// if they are named like parameters.
func isEnvironment(_ object, m names) bool {
	return m.has("postmanvariablescope") && m.has("values") || m.text("type") == "environment" && m.has("data")
}

func readEnvironment(l *layer, o object, m names, depth int) {
	v, _ := m.first("values", "data")
	l.variables(o, v, depth)
}

// variables searches the values of variables, each labelled with its name.
func (l *layer) variables(o object, v *jsonspan.Value, depth int) {
	for _, p := range variablesIn(v) {
		l.visit(o.at(p.value, plainWords(p.name)), depth+1)
	}
}

// filled is a text with the client's variables in place of {{name}}; what is not defined
// stays.
func (l *layer) filled(t srctext.Text) srctext.Text {
	if l.client == nil {
		return t
	}
	const deepest = 3 // variables may contain others
	for range deepest {
		next, any := l.filledOnce(t)
		if !any {
			break
		}
		t = next
	}
	return t
}

func (l *layer) filledOnce(t srctext.Text) (out srctext.Text, any bool) {
	s := t.String()
	if !strings.Contains(s, "{{") {
		return t, false
	}
	var b srctext.Builder
	done := 0
	for i := 0; l.work > 0; {
		n := strings.Index(s[i:], "{{")
		if n < 0 {
			break
		}
		from := i + n
		n = strings.Index(s[from:min(len(s), from+longestName+8)], "}}")
		if n < 0 {
			i = from + 2
			continue
		}
		i = from + n + 2
		name := strings.TrimPrefix(strings.TrimSpace(s[from+2:from+n]), "_.")
		value, ok := l.client.value(name)
		if !ok {
			continue
		}
		l.work -= value.Len()
		b.Copy(t, done, from)
		b.Copy(value, 0, value.Len())
		done, any = i, true
	}
	if !any {
		return t, false
	}
	l.work -= len(s)
	b.Copy(t, done, len(s))
	return b.Text(), true
}

// switchedOff reports whether a row or another part of an export is there but not sent.
func switchedOff(m names) bool {
	is := func(name, value string) bool { v := m[name]; return v != nil && v.Raw == value }
	return is("disabled", "true") || is("isdisabled", "true") || is("enabled", "false") || is("active", "false")
}

// clientBody reads the body of a request in an export, which says how it is sent. typed
// is true if the header fields have a Content-Type. It reports whether this is such a
// body.
func (l *layer) clientBody(o object, typed bool, depth int) bool {
	if o.value.Kind != jsonspan.Object {
		return false
	}
	m := namesOf(o.value)
	media, named, v := bodyOf(m)
	if v == nil {
		return false
	}
	if switchedOff(m) {
		return true
	}
	if media != "" && !typed {
		l.implied(o, "Content-Type", media, named)
	}
	rows, ok := tuples(v)
	switch {
	case v.Kind == jsonspan.Array && ok && strings.HasPrefix(media, "multipart/"):
		l.emitMultipart(o.at(v, "body"), rows)
	case v.Kind == jsonspan.Array && ok && len(rows) > 0:
		is := l.paramsOf(o.at(v, "body"), rows)
		is.Shown = false // this is what is sent, not how a program shows it
		l.emit(is)
	case v.Kind == jsonspan.String:
		l.inner(l.filled(o.at(v, "").content()), "body")
	default:
		l.visit(o.at(v, "body"), depth+1)
	}
	return true
}

// bodyOf is how a body is sent, the member that says so, and the member that is sent; nil
// if an object is not a body as API clients export it.
func bodyOf(m names) (media string, named, content *jsonspan.Value) {
	if mode := m["mode"]; mode != nil && mode.Kind == jsonspan.String { // Postman
		named = mode
		switch mode.Str {
		case "urlencoded":
			media = formMedia
		case "formdata":
			media = multipartMedia
		case "raw":
			if options := m["options"]; options != nil {
				media, named = rawMedia(options, mode)
			}
		}
		return media, named, m[folded(mode.Str)]
	}
	kind := m["mimetype"] // Insomnia
	if kind == nil || kind.Kind != jsonspan.String {
		return "", nil, nil
	}
	content, _ = m.first("params", "text")
	if text := m["text"]; text != nil && text.Str != "" && len(content.Items) == 0 {
		content = text
	}
	return strings.ToLower(kind.Str), kind, content
}

const (
	formMedia      = "application/x-www-form-urlencoded"
	multipartMedia = "multipart/form-data"
)

// rawMedia is the media type that Postman sends for the language of a raw body; "" if it
// is not known.
func rawMedia(options, mode *jsonspan.Value) (media string, named *jsonspan.Value) {
	raw, ok := options.Get("raw")
	if !ok {
		return "", mode
	}
	language, ok := raw.Get("language")
	if !ok {
		return "", mode
	}
	switch language.Str {
	case "json":
		return "application/json", language
	case "xml":
		return "application/xml", language
	case "html":
		return "text/html", language
	case "text":
		return "text/plain", language
	}
	return "", mode
}

// implied emits a header field that the client makes of what the export says at v.
func (l *layer) implied(o object, name, value string, v *jsonspan.Value) {
	var n, b srctext.Builder
	n.Stand(name, o.text, v.Span.Start, v.Span.End)
	b.Stand(value, o.text, v.Span.Start, v.Span.End)
	is := l.island(KindFields, "a header field of a client", o.at(v, ""))
	is.Fields, is.Side = []Field{{Name: n.Text(), Value: b.Text()}}, SideRequest
	l.emit(is)
}

// credential is the Authorization header that a client makes of what an export says.
type credential struct {
	value string // "" for none
	from  object // where the export says it
}

const longestCredential = 4096

// clientAuth emits the Authorization header of a request, or that of its collection if the
// request does not say how it authenticates.
func (l *layer) clientAuth(o object, m names) {
	var c credential
	own, _ := m.first("auth", "authentication")
	switch {
	case own != nil && own.Kind == jsonspan.Object:
		c = l.credential(o.at(own, ""))
	case l.client != nil:
		c = l.client.auth
	}
	if c.value != "" {
		l.implied(c.from, "Authorization", c.value, c.from.value)
	}
}

// credential reads the credentials in an export. Of those that a client obtains itself
// nothing is known.
func (l *layer) credential(auth object) credential {
	a := namesOf(auth.value)
	kind := a["type"]
	if kind == nil || kind.Kind != jsonspan.String || switchedOff(a) {
		return credential{}
	}
	get := credentialsOf(auth, a, folded(kind.Str))
	value := ""
	switch strings.ToLower(kind.Str) {
	case "basic":
		if pair := l.filled(get("username")).String() + ":" + l.filled(get("password")).String(); pair != ":" {
			value = "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
		}
	case "bearer":
		if token := l.filled(get("token")).String(); token != "" && !strings.ContainsAny(token, "{}\r\n") {
			value = "Bearer " + token
		}
	}
	if len(value) > longestCredential {
		value = ""
	}
	return credential{value, auth.at(kind, "auth")}
}

// credentialsOf finds members of credentials: next to the type, or in the member named
// like it, as rows or as an object.
func credentialsOf(o object, m names, kind string) func(name string) srctext.Text {
	rows := membersOf(o.value)
	if v := m[kind]; v != nil {
		rows = append(rows, variablesIn(v)...)
	}
	return func(name string) srctext.Text {
		for _, p := range rows {
			if p.name == name && p.value.Kind == jsonspan.String {
				return o.at(p.value, "").content()
			}
		}
		return srctext.Text{}
	}
}

func membersOf(v *jsonspan.Value) []param {
	ps := make([]param, 0, len(v.Members))
	for _, m := range v.Members {
		if m.Value != nil {
			ps = append(ps, param{m.Name, m.NameSpan, m.Value})
		}
	}
	return ps
}

// emitMultipart writes rows as the multipart body that the client makes of them.
func (l *layer) emitMultipart(o object, ps []param) {
	const boundary = "----------------------------form"
	var b srctext.Builder
	for _, p := range ps {
		if p.value.Kind != jsonspan.String || strings.ContainsAny(p.name, "\"\r\n") {
			continue
		}
		b.Put("--" + boundary + "\r\nContent-Disposition: form-data; name=\"")
		b.Stand(p.name, o.text, p.span.Start, p.span.End)
		b.Put("\"\r\n\r\n")
		value := l.filled(o.at(p.value, "").content())
		b.Copy(value, 0, value.Len())
		b.Put("\r\n")
	}
	if b.Len() == 0 {
		return
	}
	b.Put("--" + boundary + "--\r\n")
	is := l.island(KindParams, "the parameters of a request", o)
	is.Text = b.Text()
	l.emit(is)
}
