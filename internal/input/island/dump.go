package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// dump reads an object as a programming language prints it, and writes it as JSON in
// which every value has its place in the source. One grammar covers all of them:
//
//	{'iss': 'x', 'exp': 1}            Python, JavaScript
//	{iss=x, aud=[y], exp=1}           Java
//	{"iss"=>"x", :exp=>1}             Ruby
//	['iss' => 'x']  Array ( [iss] => x )  array(1) { ["iss"]=> string(1) "x" }   PHP
//	map[aud:y exp:1 iss:x]            Go
//	{ iss = x, exp = 1 }              C#
//	{"iss": String("x"), "exp": Number(1)}   Rust
//	iss: x ⏎ exp: 1                   YAML and lists of properties
//
// It is tried if the text is not JSON. It reads names and values without judging them; ok
// is false if something was not a member.
type dump struct {
	t     srctext.Text
	s     string
	i     int
	end   int // of what may be read
	out   srctext.Builder
	depth int
	style style
	n     int // members and items written
	lost  int // members and items that could not be read
	// work is what reading may still cost, in bytes: trying two ways at every depth would
	// otherwise have no bound. It is shared within a text.
	work   *int
	failed bool
	// flat is true if values cannot be containers with names.
	flat bool
}

// style is what is between a name and its value.
type style uint8

const (
	styleColon style = iota
	styleEquals
	styleArrow
	styleGo // name:value name:value, without commas
)

const (
	dumpDepth   = 24
	dumpMembers = 4096
	longestName = 64
	dumpWork    = 6
)

// readDump reads the container that begins at i, and returns it as JSON with the offset
// after it.
func readDump(t srctext.Text, i, end int) (json srctext.Text, next int, ok bool) {
	json, next, _, ok = readDumpOf(t, i, end)
	return json, next, ok
}

// readDumpOf is readDump, and reports how many members could not be read.
func readDumpOf(t srctext.Text, i, end int) (json srctext.Text, next, lost int, ok bool) {
	work := dumpWork * (end - i + 64)
	d := &dump{t: t, s: t.String(), i: i, end: end, work: &work}
	d.out.Grow(min(end-i, 1<<16))
	if !d.container() || d.failed {
		return srctext.Text{}, 0, 0, false
	}
	return d.out.Text(), d.i, d.lost, true
}

// AsJSON converts an object as a programming language prints it to JSON; ok is false if
// the text is anything else or more than that.
func AsJSON(text string) (json string, ok bool) {
	t := srctext.New(strings.TrimSpace(text))
	if t.Len() == 0 || t.String()[0] != '{' {
		return "", false
	}
	out, next, ok := readDump(t, 0, t.Len())
	if !ok || next != t.Len() {
		return "", false
	}
	return out.String(), true
}

// readMembers reads members without brackets around them, up to end.
func readMembers(t srctext.Text, i, end int, s style) (json srctext.Text, ok bool) {
	work := dumpWork * (end - i + 64)
	d := &dump{t: t, s: t.String(), i: i, end: end, style: s, work: &work}
	d.out.Put("{")
	for {
		d.blanks(true)
		if d.i >= d.end {
			break
		}
		if d.n > 0 {
			d.out.Put(",")
		}
		if !d.member(0) {
			return srctext.Text{}, false
		}
	}
	d.out.Put("}")
	return d.out.Text(), d.n > 0 && !d.failed
}

// spend counts n bytes as read; it returns false if the budget is used up.
func (d *dump) spend(n int) bool {
	*d.work -= n + 1
	d.failed = d.failed || *d.work < 0
	return !d.failed
}

func (d *dump) more() bool { return d.i < d.end }

func (d *dump) has(prefix string) bool { return strings.HasPrefix(d.s[d.i:d.end], prefix) }

// blanks skips whitespace and, with separators, what separates members.
func (d *dump) blanks(separators bool) {
	for d.more() {
		switch c := d.s[d.i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case separators && (c == ',' || c == ';'):
		case separators && (d.has("// ") || d.has("# ")): // a comment of a program
			n := strings.IndexByte(d.s[d.i:d.end], '\n')
			if n < 0 || !d.spend(n) {
				return
			}
			d.i += n
		case c == 0xC2 && d.i+1 < d.end && d.s[d.i+1] == 0xA0:
			d.i++
		default:
			return
		}
		d.i++
	}
}

// container reads { }, [ ] or ( ), with the words that programming languages put before
// them.
func (d *dump) container() bool {
	if d.depth++; d.depth > dumpDepth {
		d.failed = true
		return false
	}
	defer func() { d.depth-- }()
	goMap := d.has("map[")
	if goMap {
		d.i += 3
	}
	if !d.more() {
		return false
	}
	var closer byte
	switch d.s[d.i] {
	case '{':
		closer = '}'
	case '[':
		closer = ']'
	case '(':
		closer = ')'
	default:
		return false
	}
	d.i++
	before := d.style
	defer func() { d.style = before }()
	d.blanks(true)
	named, how := d.peek(closer)
	if goMap {
		named, how = true, styleGo
	}
	if _, width := quoteAt(d.s[d.i:d.end]); !named && closer == '}' && width == 0 && d.more() && strings.IndexByte("{[(", d.s[d.i]) < 0 {
		return false // a block of code
	}
	d.style = how
	if named {
		d.out.Put("{")
	} else {
		d.out.Put("[")
	}
	wrote := false
	for {
		first := !wrote
		d.blanks(true)
		if !d.more() {
			return false
		}
		if d.s[d.i] == closer {
			d.i++
			break
		}
		mark, at := d.out.Mark(), d.i
		if !first {
			d.out.Put(",")
		}
		ok := false
		if named {
			ok = d.member(closer)
		} else {
			ok = d.value("", closer)
		}
		if d.n > dumpMembers || d.failed {
			return false
		}
		if !ok {
			d.out.Undo(mark)
			if d.lost++; d.lost > 8 && d.lost > d.n || !d.skip(at, closer) {
				return false
			}
			continue
		}
		wrote = true
	}
	if named {
		d.out.Put("}")
	} else {
		d.out.Put("]")
	}
	return true
}

// skip skips an unreadable member: from at to the next comma, line end or closing
// bracket.
func (d *dump) skip(at int, closer byte) bool {
	open := 0
	defer func() { d.spend(d.i - at) }()
	for d.i = at; d.more(); d.i++ {
		switch c := d.s[d.i]; c {
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			if open == 0 {
				return c == closer
			}
			open--
		case ',', '\n':
			if open == 0 && d.i > at {
				return true
			}
		}
	}
	return false
}

// peek reports whether there is a member here, and its style.
func (d *dump) peek(closer byte) (named bool, how style) {
	at := d.i
	defer func() { d.i = at }()
	if !d.more() || d.s[d.i] == closer {
		return closer == '}', d.style
	}
	_, _, ok := d.name()
	if !ok {
		return false, d.style
	}
	return d.separator()
}

// separator skips what is between a name and its value.
func (d *dump) separator() (ok bool, how style) {
	for d.more() && (d.s[d.i] == ' ' || d.s[d.i] == '\t') {
		d.i++
	}
	switch {
	case d.has("=>"), d.has("->"):
		d.i += 2
		return true, styleArrow
	case d.has("→"):
		d.i += len("→")
		return true, styleArrow
	case d.has(":="):
		d.i += 2
		return true, styleColon
	case d.has("=="):
		return false, 0
	case d.has("="):
		d.i++
		return true, styleEquals
	case d.has("://"):
		return false, 0
	case d.has(":"):
		d.i++
		return true, styleColon
	}
	return false, 0
}

// name reads a name, quoted or not. from and to are the place of the name without its
// quotes.
func (d *dump) name() (from, to int, ok bool) {
	if !d.more() {
		return 0, 0, false
	}
	bracket := false
	if d.s[d.i] == '[' { // PHP: [iss] => x, ["iss"]=>
		bracket = true
		d.i++
	}
	if d.more() && d.s[d.i] == ':' { // a Ruby symbol
		d.i++
	}
	if _, width := quoteAt(d.s[d.i:d.end]); width > 0 {
		from, to, ok = d.quoted()
		ok = ok && d.spend(to-from)
	} else {
		from = d.i
		for d.more() && d.i-from < longestName && nameByte(d.s[d.i]) {
			d.i++
		}
		to = d.i
		if d.more() && d.s[d.i] == '#' && strings.HasPrefix(d.s[d.i:d.end], "#S256") {
			d.i += 5
			to = d.i
		}
		ok = to > from && !digits(d.s[from:to])
		for ok && to > from && d.s[to-1] == '.' {
			to--
		}
	}
	if ok && bracket {
		if !d.more() || d.s[d.i] != ']' {
			return 0, 0, false
		}
		d.i++
	}
	return from, to, ok && to-from <= longestName
}

func nameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '.' || c == '$' || c == '@' || c == '/'
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// member reads a name and its value.
func (d *dump) member(closer byte) bool {
	from, to, ok := d.name()
	if !ok {
		return false
	}
	ok, how := d.separator()
	if !ok {
		return false
	}
	if d.style != styleGo {
		d.style = how
	}
	name := d.s[from:to]
	d.text(from, to)
	d.out.Put(":")
	d.n++
	for d.more() && (d.s[d.i] == ' ' || d.s[d.i] == '\t' || how == styleArrow && (d.s[d.i] == '\n' || d.s[d.i] == '\r')) {
		d.i++
	}
	return d.value(name, closer)
}

// text writes s[from:to] as a JSON string.
func (d *dump) text(from, to int) {
	d.out.Put(`"`)
	done := from
	for i := from; i < to; i++ {
		c := d.s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		d.out.Copy(d.t, done, i)
		done = i + 1
		switch c {
		case '"', '\\':
			d.out.Stand(string([]byte{'\\', c}), d.t, i, i+1)
		case '\n':
			d.out.Stand(`\n`, d.t, i, i+1)
		case '\r':
			d.out.Stand(`\r`, d.t, i, i+1)
		case '\t':
			d.out.Stand(`\t`, d.t, i, i+1)
		default:
			d.out.Stand(" ", d.t, i, i+1)
		}
	}
	d.out.Copy(d.t, done, to)
	d.out.Put(`"`)
}
