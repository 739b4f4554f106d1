package jose

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// style is one way in which a JSON library writes a value.
type style struct {
	words  string
	comma  string
	colon  string
	indent string
	eol    string // line end of indented text
	after  string // what follows the value
	sort   bool
	slash  bool // \/ as PHP does
	ascii  bool // \uXXXX for everything beyond ASCII, as PHP and Python do
	html   bool // \u003c for <, > and &, as Go does
}

func compactStyle() style { return style{words: "compact", comma: ",", colon: ":"} }

// styles lists the ways of writing that were met, commonest first. The list is
// made once and never changed.
var styles = sync.OnceValue(func() []style {
	compact := compactStyle()
	python := style{words: "with spaces after commas and colons, as Python's json.dumps does", comma: ", ", colon: ": "}
	two := style{words: "indented by two spaces", comma: ",", colon: ": ", indent: "  ", eol: "\n"}
	four := style{words: "indented by four spaces", comma: ",", colon: ": ", indent: "    ", eol: "\n"}
	tab := style{words: "indented by tabs", comma: ",", colon: ": ", indent: "\t", eol: "\n"}
	crlf2, crlf4 := two, four
	crlf2.eol, crlf2.words = "\r\n", "indented by two spaces with CR LF line ends, as .NET does on Windows"
	crlf4.eol, crlf4.words = "\r\n", "indented by four spaces with CR LF line ends"
	java := style{words: "with spaces around colons, as Jackson's printer does", comma: ",", colon: " : "}
	java2 := style{words: "indented by two spaces with spaces around colons, as Jackson's printer does", comma: ",", colon: " : ", indent: "  ", eol: "\n"}
	semi := style{words: "with a space after colons only", comma: ",", colon: ": "}
	comma := style{words: "with a space after commas only", comma: ", ", colon: ":"}
	base := []style{compact, python, two, four, tab, crlf2, crlf4, java, java2, semi, comma}

	with := func(s style, words string, change func(*style)) style {
		change(&s)
		s.words += ", " + words
		return s
	}
	php := with(compact, `with slashes written \/, as PHP does`, func(s *style) { s.slash = true })
	phpASCII := with(compact, `with \/ and \u escapes, as PHP does`, func(s *style) { s.slash, s.ascii = true, true })
	list := append(base, php, phpASCII,
		with(compact, `with \u escapes`, func(s *style) { s.ascii = true }),
		with(python, `and \u escapes`, func(s *style) { s.ascii = true }),
		with(compact, `with <, > and & escaped, as Go does`, func(s *style) { s.html = true }),
		with(four, `with slashes written \/, as PHP's pretty printer does`, func(s *style) { s.slash = true }),
		with(compact, "with a line end after it", func(s *style) { s.after = "\n" }),
		with(python, "with a line end after it", func(s *style) { s.after = "\n" }),
		with(two, "with a line end after it", func(s *style) { s.after = "\n" }),
	)
	for _, s := range []style{compact, python, two, four, php, with(python, `and \u escapes`, func(s *style) { s.ascii = true })} {
		list = append(list, with(s, "its members sorted by name", func(s *style) { s.sort = true }))
	}
	return list
})

// write serialises a value in this style.
func (s style) write(v *jsonspan.Value) []byte {
	var b strings.Builder
	s.value(&b, v, "")
	b.WriteString(s.after)
	return []byte(b.String())
}

func (s style) value(b *strings.Builder, v *jsonspan.Value, margin string) {
	switch v.Kind {
	case jsonspan.Object:
		members := v.Members
		if s.sort {
			members = slices.Clone(members)
			sort.SliceStable(members, func(i, j int) bool { return members[i].Name < members[j].Name })
		}
		s.list(b, '{', '}', len(members), margin, func(i int, inner string) {
			s.text(b, members[i].Name)
			b.WriteString(s.colon)
			s.value(b, members[i].Value, inner)
		})
	case jsonspan.Array:
		s.list(b, '[', ']', len(v.Items), margin, func(i int, inner string) { s.value(b, v.Items[i], inner) })
	case jsonspan.String:
		s.text(b, v.Str)
	default:
		b.WriteString(v.Raw)
	}
}

func (s style) list(b *strings.Builder, open, end byte, n int, margin string, item func(int, string)) {
	b.WriteByte(open)
	inner := margin + s.indent
	for i := range n {
		if i > 0 {
			b.WriteString(s.comma)
		}
		if s.indent != "" {
			b.WriteString(s.eol + inner)
		}
		item(i, inner)
	}
	if s.indent != "" && n > 0 {
		b.WriteString(s.eol + margin)
	}
	b.WriteByte(end)
}

func (s style) text(b *strings.Builder, t string) {
	b.WriteByte('"')
	for _, r := range t {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '/' && s.slash:
			b.WriteString(`\/`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20, s.html && (r == '<' || r == '>' || r == '&'):
			fmt.Fprintf(b, `\u%04x`, r)
		case r >= utf8.RuneSelf && s.ascii:
			if r > 0xFFFF {
				r -= 0x10000
				fmt.Fprintf(b, `\u%04x\u%04x`, 0xD800+r>>10, 0xDC00+r&0x3FF)
			} else {
				fmt.Fprintf(b, `\u%04x`, r)
			}
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}

// document is a JSON object that can be written again, and how it was written.
type document struct {
	value *jsonspan.Value
	style style
}

// maxRewrite bounds the size of what is re-serialised hundreds of times.
const maxRewrite = 16 << 10

// readDocument reads header or payload for rewriting; nil if it is not a JSON
// object, or too large.
func readDocument(raw []byte) *document {
	if len(raw) == 0 || len(raw) > maxRewrite {
		return nil
	}
	v, faults := readJSON(raw)
	for _, f := range faults {
		if f.Loses() {
			return nil
		}
	}
	if !isObject(v) {
		return nil
	}
	d := &document{value: v, style: compactStyle()}
	for _, s := range styles() {
		if !s.sort && string(s.write(v)) == string(raw) {
			d.style = s
			break
		}
	}
	return d
}

// edit is a document with one thing changed, and what that thing is.
type edit struct {
	value *jsonspan.Value
	words string
}

func (d *document) without(names ...string) (edit, bool) {
	c := &jsonspan.Value{Kind: jsonspan.Object}
	for _, m := range d.value.Members {
		if !slices.Contains(names, m.Name) {
			c.Members = append(c.Members, m)
		}
	}
	if len(c.Members) == len(d.value.Members) || len(c.Members) == 0 {
		return edit{}, false
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = plainName(n)
	}
	return edit{c, strings.Join(quoted, " and ") + " added"}, true
}

// with replaces values; a nil value leaves the member as it is.
func (d *document) with(words string, change func(m jsonspan.Member) *jsonspan.Value) (edit, bool) {
	c := &jsonspan.Value{Kind: jsonspan.Object}
	changed := false
	for _, m := range d.value.Members {
		if v := change(m); v != nil {
			m.Value, changed = v, true
		}
		c.Members = append(c.Members, m)
	}
	return edit{c, words}, changed
}

func (d *document) replace(name string, v *jsonspan.Value, words string) (edit, bool) {
	old, ok := d.value.Get(name)
	if !ok || old.Kind == v.Kind && old.Kind == jsonspan.String && old.Str == v.Str {
		return edit{}, false
	}
	return d.with(words, func(m jsonspan.Member) *jsonspan.Value {
		if m.Name == name {
			return v
		}
		return nil
	})
}

func stringValue(s string) *jsonspan.Value { return &jsonspan.Value{Kind: jsonspan.String, Str: s} }

func isTimeClaim(name string) bool { return name == "iat" || name == "exp" || name == "nbf" }

// shifted moves times by whole seconds; the signed value was by later than the sent one.
func (d *document) shifted(by int64, names ...string) (edit, bool) {
	words := fmt.Sprintf("%s changed by %+d s", strings.Join(names, ", "), -by)
	return d.with(words, func(m jsonspan.Member) *jsonspan.Value {
		if !slices.Contains(names, m.Name) || m.Value.Kind != jsonspan.Number {
			return nil
		}
		n, err := strconv.ParseInt(m.Value.Raw, 10, 64)
		if err != nil {
			return nil
		}
		return &jsonspan.Value{Kind: jsonspan.Number, Raw: strconv.FormatInt(n+by, 10)}
	})
}

// numbers rewrites the times as another type writes them.
func (d *document) numbers() []edit {
	forms := []struct {
		words string
		make  func(raw string) *jsonspan.Value
	}{
		{"times written with a fraction .0", func(raw string) *jsonspan.Value {
			return &jsonspan.Value{Kind: jsonspan.Number, Raw: raw + ".0"}
		}},
		{"times written as strings", stringValue},
		{"times written with an exponent", func(raw string) *jsonspan.Value {
			if len(raw) < 2 {
				return nil
			}
			digits := strings.TrimRight(raw[1:], "0")
			if digits == "" {
				digits = "0"
			}
			return &jsonspan.Value{Kind: jsonspan.Number, Raw: raw[:1] + "." + digits + "E" + strconv.Itoa(len(raw)-1)}
		}},
	}
	var list []edit
	for _, f := range forms {
		if e, ok := d.with(f.words, func(m jsonspan.Member) *jsonspan.Value {
			if isTimeClaim(m.Name) && m.Value.Kind == jsonspan.Number && strings.Trim(m.Value.Raw, "0123456789") == "" {
				return f.make(m.Value.Raw)
			}
			return nil
		}); ok {
			list = append(list, e)
		}
	}
	whole := func(raw string) *jsonspan.Value {
		before, after, ok := strings.Cut(raw, ".")
		if !ok || strings.Trim(after, "0123456789") != "" {
			return nil
		}
		return &jsonspan.Value{Kind: jsonspan.Number, Raw: before}
	}
	if e, ok := d.with("fractions of the times dropped", func(m jsonspan.Member) *jsonspan.Value {
		if isTimeClaim(m.Name) && m.Value.Kind == jsonspan.Number {
			return whole(m.Value.Raw)
		}
		return nil
	}); ok {
		list = append(list, e)
	}
	return list
}
