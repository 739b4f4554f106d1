package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// wgetRequests reads a wget command.
func wgetRequests(d evidence.Document, supply *supply, inv invocation) []*evidence.Request {
	c := draft{what: "a wget command", program: evidence.ProgramWget, notes: inv.notes, follow: true, strange: inv.strange, supply: supply}
	var urls []word
	var body payload
	alone := true // -- ends the options
	for i := 0; i < len(inv.args); i++ {
		w := inv.args[i]
		text := w.String()
		if !alone || !strings.HasPrefix(text, "-") || text == "-" {
			urls = append(urls, plainQuotes(w, inv.strange))
			continue
		}
		if text == "--" {
			alone = false
			continue
		}
		name, _, joined := strings.Cut(text, "=")
		value := w
		takes := wgetTakes(name)
		switch {
		case joined && strings.HasPrefix(text, "--"):
			value = w.part(len(name) + 1)
		case takes && !strings.HasPrefix(text, "--") && len(text) > 2:
			name, value = text[:2], w.part(2)
		case takes && i+1 < len(inv.args):
			i++
			value = inv.args[i]
		}
		wgetOption(&c, &body, supply, name, value)
	}
	if c.method == "" && !c.methodOpen {
		if c.method = "GET"; body.has {
			c.method = "POST"
		}
	}
	c.imply("User-Agent", "Wget")
	c.imply("Accept", "*/*")
	c.imply("Accept-Encoding", "identity")
	c.imply("Connection", "Keep-Alive")
	if body.has {
		c.imply("Content-Type", "application/x-www-form-urlencoded")
	}
	return c.each(d, urls, body, "http://")
}

// wgetTakes reports whether an option of wget has an argument.
func wgetTakes(name string) bool {
	if strings.HasPrefix(name, "--") {
		switch name {
		case "--post-data", "--post-file", "--body-data", "--body-file", "--method", "--header", "--user-agent", "--referer", "--user", "--password",
			"--http-user", "--http-password", "--output-document", "--output-file", "--timeout", "--tries", "--ca-certificate", "--certificate",
			"--private-key", "--secure-protocol", "--wait", "--max-redirect", "--load-cookies", "--save-cookies", "--directory-prefix":
			return true
		}
		return false
	}
	return len(name) > 1 && strings.IndexByte("OoTtUPeiwQlADRIX", name[1]) >= 0
}

func wgetOption(c *draft, body *payload, supply *supply, name string, value word) {
	switch name {
	case "--post-data", "--body-data":
		body.has, body.mapped = true, value.argument()
	case "--post-file", "--body-file":
		body.has = true
		in := fileStream(supply, value.String(), value.span)
		body.mapped, body.unknown = in.mapped, in.unknown
		c.unreadFile(in.file)
	case "--method":
		if c.method, c.methodSpan = strings.ToUpper(value.String()), value.spanOf(0, value.len()); c.leave(value.mapped) {
			c.method, c.methodOpen = "", true
		}
	case "--header":
		m := value.argument()
		if i := strings.IndexByte(m.String(), ':'); i > 0 {
			c.field(m.cut(0, i), trimmed(m.cut(i+1, m.len())))
		} else if c.leave(m) {
			c.loose = true
		}
	case "--user-agent", "-U":
		c.header("User-Agent", value.argument(), true)
	case "--referer":
		c.header("Referer", value.argument(), true)
	case "--no-check-certificate":
		c.insecure = true
	case "--user", "--http-user":
		c.note(asksFirst)
	case "--max-redirect":
		c.follow = value.String() != "0"
	}
}

const asksFirst = "wget sends user and password only after the server has asked for them"

// each makes a request for every URL; scheme is what the program assumes for one without
// a scheme.
func (c *draft) each(d evidence.Document, urls []word, body payload, scheme string) []*evidence.Request {
	if len(urls) == 0 {
		c.note("the command has no URL")
		urls = []word{{}}
	}
	var out []*evidence.Request
	for i, u := range urls[:min(len(urls), maxRequests)] {
		if i > 0 && !c.supply.draw(len(c.headers)*pieceCost+body.cost()) {
			break
		}
		one := *c
		one.headers = append(evidence.Headers(nil), c.headers...)
		one.notes = append([]string(nil), c.notes...)
		m := u.argument()
		if _, open := m.holeAt(0, 1); !open && m.len() > 0 && !hasScheme(m.String()) {
			var full mapped
			full.put(scheme, -1)
			full.join(m)
			m = full
			one.note("the URL has no scheme; " + strings.TrimPrefix(strings.TrimPrefix(strings.TrimSuffix(c.what, " command"), "a "), "an ") + " uses " + scheme)
		}
		if _, ok := userOf(m); ok && !c.basic {
			one.note(asksFirst)
		}
		r := one.request(d, m, body)
		host := hostOn(u.argument())
		r.URLSpan, _ = host.place(0, host.len())
		out = append(out, r)
	}
	return out
}

// httpieItem is one item of an HTTPie command.
type httpieItem struct {
	separator   string
	name, value mapped
}

// httpieRequests reads an HTTPie command.
func httpieRequests(d evidence.Document, supply *supply, inv invocation) []*evidence.Request {
	c := draft{what: "an HTTPie command", program: evidence.ProgramHTTPie, basic: true, notes: inv.notes, strange: inv.strange, supply: supply}
	kind := evidence.BodyJSON
	var body payload
	var rest []word
	for i := 0; i < len(inv.args); i++ {
		w := inv.args[i]
		name, _, joined := strings.Cut(w.String(), "=")
		if !strings.HasPrefix(name, "-") || name == "-" || name == "--" {
			if name != "--" {
				rest = append(rest, w)
			}
			continue
		}
		value := w.part(min(len(name)+1, w.len()))
		if !joined && httpieTakes(name) && i+1 < len(inv.args) {
			i++
			value = inv.args[i]
		}
		if strings.HasPrefix(name, "-") && !strings.HasPrefix(name, "--") && !httpieTakes(name) && strings.Contains(name, "f") {
			name = "--form"
		}
		switch name {
		case "--form":
			kind = evidence.BodyForm
		case "--multipart":
			kind = evidence.BodyMultipart
		case "--raw":
			body.has, body.mapped = true, value.argument()
		case "--follow", "-F":
			c.follow = true
		case "--verify":
			c.insecure = value.String() == "no" || value.String() == "false"
		case "--proxy":
			_, address, _ := strings.Cut(value.String(), ":")
			c.proxy = withoutCredentials(address)
		case "--auth", "-a":
			c.leave(value.mapped)
			c.headers = append(c.headers, basicOf(value.mapped, false))
		}
	}
	if len(rest) > 1 && isMethod(rest[0].String()) {
		c.method, c.methodSpan = strings.ToUpper(rest[0].String()), rest[0].spanOf(0, rest[0].len())
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return nil
	}
	address, items := rest[0], rest[1:]
	c.httpieBody(&body, &address, items, kind, supply)
	if in := inv.stdin; in != nil && !body.has {
		body = payload{mapped: in.mapped, has: true, unknown: in.unknown}
		c.unreadFile(in.file)
	}
	if c.method == "" {
		if c.method = "GET"; body.has {
			c.method = "POST"
		}
	}
	if body.has {
		switch kind {
		case evidence.BodyForm:
			c.imply("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		case evidence.BodyMultipart:
			c.imply("Content-Type", "multipart/form-data")
		default:
			c.imply("Content-Type", "application/json")
			c.imply("Accept", "application/json, */*;q=0.5")
		}
	}
	c.imply("Accept", "*/*")
	c.imply("Accept-Encoding", "gzip, deflate")
	c.imply("Connection", "keep-alive")
	c.imply("User-Agent", "HTTPie")
	if strings.HasPrefix(address.String(), ":") {
		var m mapped
		m.put("localhost", address.span.Start)
		if text := address.String(); len(text) > 1 && text[1] == '/' {
			address.mapped = address.cut(1, address.len())
		}
		m.join(address.mapped)
		address.mapped = m
	}
	return c.each(d, []word{address}, body, inv.name+"://")
}

// httpieTakes reports whether an option of HTTPie has an argument.
func httpieTakes(name string) bool {
	switch name {
	case "--raw", "--verify", "--proxy", "--auth", "-a", "--auth-type", "-A", "--print", "-p", "--pretty", "--style", "-s", "--output", "-o", "--session",
		"--session-read-only", "--timeout", "--max-redirects", "--cert", "--cert-key", "--ssl", "--default-scheme", "--boundary", "--format-options":
		return true
	}
	return false
}

func isMethod(s string) bool {
	for i := range len(s) {
		if s[i] < 'A' || s[i] > 'Z' {
			return false
		}
	}
	return s != ""
}

// httpieBody reads the items after the URL: fields, headers, query parameters.
func (c *draft) httpieBody(body *payload, address *word, items []word, kind evidence.BodyKind, supply *supply) {
	var data, query mapped
	if kind == evidence.BodyJSON {
		data.put("{", -1)
	}
	first := true
	for i := range items {
		item, ok := httpieSplit(&items[i])
		if !ok {
			c.note("an item of the command is none that HTTPie knows and was passed over")
			continue
		}
		if strings.HasSuffix(item.separator, "@") {
			in := fileStream(supply, item.value.String(), items[i].span)
			if item.value = in.mapped; in.unknown != "" {
				item.value.leaveFile(in.file, items[i].span)
			}
		}
		switch item.separator {
		case ":":
			if item.value.len() > 0 {
				c.field(item.name, item.value)
			}
			continue
		case ";":
			c.field(item.name, mapped{})
			continue
		case "==":
			query = pair(query, percentEncoded(item.name), percentEncoded(item.value))
			continue
		}
		body.has = true
		switch {
		case kind == evidence.BodyMultipart || item.separator == "@":
			body.form = append(body.form, formPart{name: item.name, value: item.value})
		case kind == evidence.BodyForm:
			data = pair(data, percentEncoded(item.name), percentEncoded(item.value))
		default:
			if !first {
				data.put(", ", -1)
			}
			first = false
			data.join(jsonQuoted(item.name))
			data.put(": ", -1)
			if strings.HasPrefix(item.separator, ":=") {
				data.join(item.value)
			} else {
				data.join(jsonQuoted(item.value))
			}
		}
	}
	if kind == evidence.BodyJSON {
		data.put("}", -1)
	}
	if body.has && body.len() == 0 {
		body.mapped = data
	}
	if query.len() > 0 {
		address.mapped = withQuery(address.mapped, query)
	}
}

func pair(m, name, value mapped) mapped {
	if m.len() > 0 {
		m.put("&", -1)
	}
	m.join(name)
	m.put("=", -1)
	m.join(value)
	return m
}

// httpieSplit splits an item at its first separator, taking the longest that begins
// there. A backslash escapes a separator.
func httpieSplit(w *word) (httpieItem, bool) {
	text := w.String()
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			i++
			continue
		}
		for _, sep := range [...]string{":=@", "=@", ":=", "==", "=", ":", "@"} {
			if strings.HasPrefix(text[i:], sep) {
				name := w.tail(0)
				return httpieItem{sep, without(name.cut(0, i), `\`), w.tail(i + len(sep))}, i > 0
			}
		}
	}
	if name, ok := strings.CutSuffix(text, ";"); ok {
		m := w.tail(0)
		return httpieItem{separator: ";", name: m.cut(0, len(name))}, name != ""
	}
	return httpieItem{}, false
}

// jsonQuoted is a text as a JSON string.
func jsonQuoted(m mapped) mapped {
	size := len(m.b) + 2
	for _, c := range m.b {
		if c == '"' || c == '\\' || c < ' ' {
			size++
		}
	}
	out := mapped{traced: newTraced(size)}
	out.put(`"`, -1)
	from := 0
	for i := 0; i <= len(m.b); i++ {
		if i < len(m.b) && m.b[i] != '"' && m.b[i] != '\\' && m.b[i] >= ' ' {
			continue
		}
		if i > from {
			out.join(m.cut(from, i))
		}
		if i < len(m.b) {
			switch m.b[i] {
			case '\n':
				out.put(`\n`, int(m.at[i]))
			case '\r':
				out.put(`\r`, int(m.at[i]))
			case '\t':
				out.put(`\t`, int(m.at[i]))
			case '"', '\\':
				out.put(`\`+string(rune(m.b[i])), int(m.at[i]))
			}
		}
		from = i + 1
	}
	if len(m.b) == 0 {
		out.join(m)
	}
	out.put(`"`, -1)
	return out
}
