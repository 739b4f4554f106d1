package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// addData adds one piece of the body.
func (r *curlReader) addData(m mapped) {
	r.hasData = true
	r.data = append(r.data, m)
}

// content is what curl reads from a file, or from standard input if the name is "-".
func (r *curlReader) content(name string, at jsonspan.Span) (mapped, bool) {
	var m mapped
	if name == "-" {
		in := r.inv.stdin
		switch {
		case in == nil:
			r.unknown = "it is read from the standard input"
			return m, false
		case in.unknown != "":
			r.unknown = in.unknown
			r.draft.unreadFile(in.file)
			return m, false
		}
		return in.mapped, true
	}
	b, err := r.supply.read(name)
	if err != nil {
		r.unknown = fromFile(name)
		r.draft.unreadFile(name)
		return m, false
	}
	m.put(string(b), -1)
	m.from = []region{{0, m.len(), at}}
	return m, true
}

// maybeFile reads the argument of --data and similar options: text or @file. --data drops
// line ends and NUL from a file.
func (r *curlReader) maybeFile(w word, strip bool) mapped {
	name, ok := strings.CutPrefix(w.String(), "@")
	if !ok {
		return w.argument()
	}
	r.draft.leave(w.mapped)
	m, _ := r.content(name, w.span)
	if strip {
		m = without(m, "\r\n\x00")
	}
	return m
}

func without(m mapped, chars string) mapped {
	var out mapped
	from := 0
	for i := 0; i <= len(m.b); i++ {
		if i == len(m.b) || strings.IndexByte(chars, m.b[i]) >= 0 {
			if i > from || from == 0 && i == len(m.b) {
				out.join(m.cut(from, i))
			}
			from = i + 1
		}
	}
	return out
}

// encoded reads the argument of --data-urlencode in its five forms: content,
// =content, name=content, @file and name@file.
func (r *curlReader) encoded(w word) mapped {
	text := w.String()
	i := strings.IndexAny(text, "=@")
	if i < 0 {
		return percentEncoded(w.argument())
	}
	var out mapped
	if i > 0 {
		out = w.tail(0)
		out = out.cut(0, i)
		out.put("=", w.span.Start)
		if len(w.at) > i {
			out.at[len(out.at)-1] = w.at[i]
		}
	}
	if text[i] == '=' {
		out.join(percentEncoded(w.tail(i + 1)))
		return out
	}
	before := r.unknown
	m, ok := r.content(text[i+1:], w.span)
	switch {
	case ok:
		out.join(percentEncoded(m))
	case i > 0:
		// The name is known, so everything but this value is.
		out.holes = append(out.holes, hole{len(out.b), len(out.b), "", r.unknown, text[i+1:], w.span})
		r.unknown = before
	}
	return out
}

// percentEncoded encodes as curl does: a space as +, all but unreserved characters as
// %XX. What the text leaves open stays as written.
func percentEncoded(m mapped) mapped {
	size := 0
	for _, c := range m.b {
		if size++; !unreserved(c) && c != ' ' {
			size += 2
		}
	}
	out := mapped{traced: newTraced(size)}
	holes := m.holesByByte()
	for i := 0; i < len(m.b); i++ {
		c, at := m.b[i], m.at[i]
		if holes != nil && holes[i] > 0 {
			if h := m.holes[holes[i]-1]; h.end > h.start && h.start <= i && i < h.end {
				out.join(m.cut(i, h.end))
				i = h.end - 1
				continue
			}
		}
		switch {
		case unreserved(c):
			out.putByte(c, at)
		case c == ' ':
			out.putByte('+', at)
		default:
			out.putPercent(c, at)
		}
	}
	if len(m.from) > 0 {
		span := m.from[0].span
		out.from = []region{{0, len(out.b), span}}
	}
	return out
}

// unreserved reports whether percent-encoding leaves a character as it is (RFC 3986
// section 2.3).
func unreserved(c byte) bool {
	return letter(c) || digit(c) || c == '-' || c == '.' || c == '_' || c == '~'
}

// variable reads --variable: name=content, name@file or %NAME.
func (r *curlReader) variable(w word) {
	text := w.String()
	m := mapped{}
	switch name, imported := strings.CutPrefix(text, "%"); {
	case imported:
		name, _, _ = strings.Cut(name, "=")
		m.leave("{{"+name+"}}", w.span.Start, "it is the environment variable "+name)
		r.vars[name] = m
	default:
		i := strings.IndexAny(text, "=@")
		if i < 0 {
			return
		}
		if text[i] == '=' {
			r.vars[text[:i]] = w.tail(i + 1)
			return
		}
		before := r.unknown
		content, ok := r.content(text[i+1:], w.span)
		if !ok {
			content.leaveFile(text[i+1:], w.span)
		}
		r.unknown = before
		r.vars[text[:i]] = content
	}
}

// expanded fills in the variables of --variable.
func (r *curlReader) expanded(w word) word {
	text := w.String()
	var m mapped
	from := 0
	w.holes = nil
	for from < len(text) {
		i := strings.Index(text[from:], "{{")
		n := -1
		if i >= 0 {
			n = strings.Index(text[from+i:], "}}")
		}
		if n < 0 {
			break
		}
		name, function, _ := strings.Cut(text[from+i+2:from+i+n], ":")
		m.join(w.cut(from, from+i))
		value, ok := r.vars[name]
		switch {
		case ok && (m.len()+value.len() >= maxCommand || !r.supply.draw(value.cost())):
			m.leave(text[from+i:from+i+n+2], w.span.Start, "it is curl's variable "+name)
		case ok && function == "":
			m.join(value)
		case ok && function == "trim":
			m.join(trimmed(value))
		case ok && function == "url":
			m.join(percentEncoded(value))
		default:
			m.leave(text[from+i:from+i+n+2], w.span.Start, "it is curl's variable "+name)
		}
		from += i + n + 2
	}
	m.join(w.cut(from, len(text)))
	w.mapped = m
	return w
}
