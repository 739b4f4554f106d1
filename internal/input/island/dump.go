package island

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// dump reads what a language prints of an object, and writes it as JSON whose
// every value knows where it stands. One grammar serves them all:
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
// It is tried where the text is not JSON already. It reads names and values and
// judges neither; ok is false where it met something that is no member.
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
	// work is what reading may still cost, in bytes: what is tried in two ways at
	// every depth would else cost without bound. It is shared by all of a text.
	work   *int
	failed bool
	// flat is true where a value is never a container with names in it.
	flat bool
}

// style is what stands between a name and its value.
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

// readDump reads the container that begins at i, and returns it as JSON with
// the place behind it.
func readDump(t srctext.Text, i, end int) (json srctext.Text, next int, ok bool) {
	work := dumpWork * (end - i + 64)
	d := &dump{t: t, s: t.String(), i: i, end: end, work: &work}
	d.out.Grow(min(end-i, 1<<16))
	if !d.container() || d.failed {
		return srctext.Text{}, 0, false
	}
	return d.out.Text(), d.i, true
}

// readMembers reads members that no brackets hold, up to end.
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

// spend counts what was looked at.
func (d *dump) spend(n int) bool {
	*d.work -= n + 1
	d.failed = d.failed || *d.work < 0
	return !d.failed
}

func (d *dump) more() bool { return d.i < d.end }

func (d *dump) has(prefix string) bool { return strings.HasPrefix(d.s[d.i:d.end], prefix) }

// blanks steps over white space and what separates members.
func (d *dump) blanks(separators bool) {
	for d.more() {
		switch c := d.s[d.i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
		case separators && (c == ',' || c == ';'):
		case c == 0xC2 && d.i+1 < d.end && d.s[d.i+1] == 0xA0:
			d.i++
		default:
			return
		}
		d.i++
	}
}

// container reads { }, [ ], ( ), with the words that languages put before them.
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
		return false // a block of a program
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

// skip steps over a member that could not be read: from at to the next comma,
// line end or closing bracket.
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

// peek reports whether what stands here is a member, and in what style.
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

// separator steps over what stands between a name and its value.
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

// name reads a name, quoted or not, and steps over it. from and to are the
// place of the name itself.
func (d *dump) name() (from, to int, ok bool) {
	if !d.more() {
		return 0, 0, false
	}
	bracket := false
	if d.s[d.i] == '[' { // PHP: [iss] => x, ["iss"]=>
		bracket = true
		d.i++
	}
	if d.more() && d.s[d.i] == ':' { // a symbol of Ruby
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

// unescaped writes a string whose escapes are undone first.
func (d *dump) unescaped(from, to int) {
	if strings.IndexByte(d.s[from:to], '\\') < 0 {
		d.text(from, to)
		return
	}
	inner := srctext.Unescape(d.t.Slice(from, to))
	e := dump{t: inner, s: inner.String(), end: inner.Len()}
	e.text(0, inner.Len())
	out := e.out.Text()
	d.out.Copy(out, 0, out.Len())
}

// quoted reads a string in quotation marks; from and to leave them out.
func (d *dump) quoted() (from, to int, ok bool) {
	closing, width := quoteAt(d.s[d.i:d.end])
	if width == 0 {
		return 0, 0, false
	}
	from = d.i + width
	if width == 1 {
		for i := from; i < d.end; i++ {
			switch d.s[i] {
			case '\\':
				i++
			case closing[0]:
				d.i = i + 1
				return from, i, true
			}
		}
		d.spend(d.end - from)
		return 0, 0, false
	}
	for i := from; i < d.end; {
		if d.s[i] == '\\' && i+1 < d.end {
			i += 2
			continue
		}
		if r, n := utf8.DecodeRuneInString(d.s[i:d.end]); strings.ContainsRune(closing, r) {
			d.i = i + n
			return from, i, true
		}
		i++
	}
	d.spend(d.end - from)
	return 0, 0, false
}

// strings reads a string that may be broken into several: 'a' + 'b' of Node,
// 'a' ⏎ 'b' of Python.
func (d *dump) strings(closer byte) bool {
	from, to, ok := d.quoted()
	if !ok || !d.spend(to-from) {
		return false
	}
	mark := d.out.Mark()
	d.unescaped(from, to)
	if closer == 0 {
		return true
	}
	var parts [][2]int
	for len(parts) < 1000 {
		at := d.i
		for d.more() && (d.s[d.i] <= ' ' || d.s[d.i] == '+') {
			d.i++
		}
		gap := d.s[at:d.i]
		if !d.more() || !strings.ContainsAny(gap, "+\n") || strings.Count(gap, "+") > 1 || d.s[d.i] != d.s[to] {
			d.i = at
			break
		}
		from, end, ok := d.quoted()
		if !ok || !d.spend(end-from) {
			d.i = at
			break
		}
		parts = append(parts, [2]int{from, end})
	}
	if len(parts) == 0 {
		return true
	}
	var whole srctext.Builder
	whole.Copy(d.t, from, to)
	for _, p := range parts {
		whole.Copy(d.t, p[0], p[1])
	}
	d.out.Undo(mark)
	inner := whole.Text()
	e := dump{t: inner, s: inner.String(), end: inner.Len()}
	e.unescaped(0, inner.Len())
	out := e.out.Text()
	d.out.Copy(out, 0, out.Len())
	return true
}

// quoteAt is what closes the quotation mark that s begins with, and its width;
// 0 where there is none.
func quoteAt(s string) (closing string, width int) {
	if s == "" {
		return "", 0
	}
	switch s[0] {
	case '"', '\'', '`':
		return s[:1], 1
	}
	if s[0] < utf8.RuneSelf {
		return "", 0
	}
	r, n := utf8.DecodeRuneInString(s)
	switch r {
	case '“', '”', '„', '‟':
		return "“”", n
	case '‘', '’', '‚', '‛':
		return "’‘", n
	case '«', '‹':
		return "»›", n
	}
	return "", 0
}

// value reads a value and writes it. name is what it belongs to, "" in a list.
func (d *dump) value(name string, closer byte) bool {
	if !d.more() {
		d.out.Put("null")
		d.n++
		return true
	}
	d.n++
	if !d.spend(0) {
		return false
	}
	if d.has("<ref *") { // Node marks what an object refers to
		if n := strings.Index(d.s[d.i:min(d.end, d.i+16)], "> "); n > 0 {
			d.i += n + 2
		}
	}
	c := d.s[d.i]
	if _, width := quoteAt(d.s[d.i:d.end]); width > 0 {
		return d.strings(closer)
	}
	switch {
	case d.flat && (c == '{' || c == '('):
		return false
	case c == '{' || c == '(' || d.has("map["), c == '[' && !strings.HasPrefix(d.s[d.i:d.end], "[REDACTED") && !strings.HasPrefix(d.s[d.i:d.end], "[Redacted"):
		if c == '[' && d.style == styleEquals {
			return d.javaList(name)
		}
		return d.container()
	case c == '&' && d.i+1 < d.end && (d.s[d.i+1] == '{' || d.s[d.i+1] == '['):
		d.i++
		return d.container()
	case c == closer && closer != 0:
		d.out.Put("null")
		return true
	}
	if done, ok := d.typed(name, closer); done {
		return ok
	}
	return d.bare(name, closer)
}

// typed reads a value behind a word that tells its type, as string(3) "abc",
// b'abc', String("abc"), Array ( … ) and Number(1) have it.
func (d *dump) typed(name string, closer byte) (done, ok bool) {
	i := d.i
	for i < d.end && i-d.i < 48 && (nameByte(d.s[i]) || d.s[i] == '<' || d.s[i] == '>' || d.s[i] == ':' && i+1 < d.end && d.s[i+1] == ':' || d.s[i] == ':' && d.s[i-1] == ':' || d.s[i] == '%' || d.s[i] == '#') {
		i++
	}
	if strings.HasPrefix(d.s[d.i:d.end], "[]string{") {
		d.i += len("[]string")
		return true, d.container()
	}
	if i == d.i || i >= d.end {
		return false, false
	}
	word := d.s[d.i:i]
	if digits(word) {
		return false, false
	}
	if _, width := quoteAt(d.s[i:d.end]); width > 0 && len(word) < 4 {
		d.i = i
		return true, d.strings(closer)
	}
	if moment, end, ok := pythonTime(d.s[d.i:d.end]); ok {
		d.number(strconv.FormatInt(moment, 10), d.i, d.i+end)
		return true, true
	}
	k := i
	if d.s[k] == '(' { // string(3) "abc", array(2) {
		n := k + 1
		for n < d.end && d.s[n] >= '0' && d.s[n] <= '9' {
			n++
		}
		if n > k+1 && n < d.end && d.s[n] == ')' {
			m := n + 1
			for m < d.end && d.s[m] == ' ' {
				m++
			}
			if m < d.end && (d.s[m] == '"' || d.s[m] == '{') {
				d.i = m
				return true, d.value(name, closer)
			}
			// int(1795860000)
			d.number(d.s[k+1:n], k+1, n)
			d.i = n + 1
			return true, true
		}
	}
	for k < d.end && (d.s[k] == ' ' || d.s[k] == '\n' || d.s[k] == '\r') && k-i < 40 {
		k++
	}
	if k >= d.end {
		return false, false
	}
	if strings.IndexByte(d.s[i:k], '\n') >= 0 && d.s[k] != '(' {
		return false, false
	}
	if d.s[k] == '[' { // Object [AxiosHeaders] { of Node
		if n := strings.Index(d.s[k:min(d.end, k+64)], "] {"); n > 0 {
			d.i = k + n + 2
			return true, d.container()
		}
	}
	switch c := d.s[k]; {
	case c == '(' && k == i, (c == '(' || c == '{' || c == '[') && constructor(word):
		d.i = k
		return true, d.wrapped(name)
	}
	return false, false
}

// constructor names what stands before a container, with a blank between.
func constructor(word string) bool {
	switch strings.ToLower(word) {
	case "array", "object", "map", "url", "list", "hash", "headers", "dict", "stdclass", "#<hash":
		return true
	}
	word = strings.TrimLeft(word, "%&")
	return word != "" && word[0] >= 'A' && word[0] <= 'Z' // the name of a class
}

// wrapped reads word(value): the value, where it is one, else the container.
func (d *dump) wrapped(name string) bool {
	if d.s[d.i] == '(' {
		at, n := d.i, d.n
		inner := dump{t: d.t, s: d.s, i: d.i + 1, end: d.end, depth: d.depth + 1, style: d.style, work: d.work}
		inner.blanks(false)
		if _, width := quoteAt(d.s[inner.i:d.end]); width > 0 || inner.more() && (d.s[inner.i] >= '0' && d.s[inner.i] <= '9' || d.s[inner.i] == '{' || d.s[inner.i] == '[' || inner.has("true") || inner.has("false") || inner.has("null")) {
			if named, _ := inner.peek(')'); !named && inner.depth <= dumpDepth && inner.value(name, ')') {
				inner.blanks(false)
				if inner.more() && d.s[inner.i] == ')' {
					out := inner.out.Text()
					d.out.Copy(out, 0, out.Len())
					d.i = inner.i + 1
					d.n += inner.n
					return true
				}
			}
		}
		d.i, d.n = at, n
	}
	return d.container()
}

// javaList reads [a, b]. A list of one is what libraries print of an aud
// that may have been a string.
func (d *dump) javaList(name string) bool {
	inner := dump{t: d.t, s: d.s, i: d.i, end: d.end, depth: d.depth, style: d.style, work: d.work}
	if !inner.container() {
		return false
	}
	d.i = inner.i
	d.n += inner.n
	out := inner.out.Text()
	if inner.n == 1 && out.Len() > 4 && out.String()[1] == '"' {
		out = out.Slice(1, out.Len()-1)
	}
	d.out.Copy(out, 0, out.Len())
	return true
}

// bare reads a value without quotation marks.
func (d *dump) bare(name string, closer byte) bool {
	from := d.i
	open := 0
scan:
	for ; d.more(); d.i++ {
		switch c := d.s[d.i]; c {
		case '\n', '\r':
			break scan
		case '(', '[', '{':
			open++
		case ')', ']', '}':
			if c == closer && open == 0 {
				break scan
			}
			open = max(0, open-1)
		case ',', ';':
			if open == 0 && d.ends(d.i+1, closer) {
				break scan
			}
		case ' ':
			if open == 0 && (d.style == styleGo || closer == 0) && d.nameAhead(d.i+1) {
				break scan
			}
			if open == 0 && d.style == styleGo && closer == ']' && name == "" {
				break scan
			}
		}
	}
	if !d.spend(d.i - from) {
		return false
	}
	to := d.i
	for to > from && (d.s[to-1] == ' ' || d.s[to-1] == '\t') {
		to--
	}
	if to == from {
		d.out.Put("null")
		return true
	}
	d.scalar(name, from, to)
	return true
}

// ends reports whether the comma before i ends a bare value: always, but for a
// value of Java, which may hold commas itself.
func (d *dump) ends(i int, closer byte) bool {
	if d.style != styleEquals || closer == ']' || closer == 0 {
		return true
	}
	return d.nameAhead(i)
}

// nameAhead reports whether a member begins at i.
func (d *dump) nameAhead(i int) bool {
	for i < d.end && (d.s[i] == ' ' || d.s[i] == '\n' || d.s[i] == '\r' || d.s[i] == '\t') {
		i++
	}
	n := i
	for n < d.end && n-i < longestName && nameByte(d.s[n]) {
		n++
	}
	if n == i || n >= d.end || digits(d.s[i:n]) {
		return n == i && i < d.end && (d.s[i] == ':' || d.s[i] == '"' || d.s[i] == '\'')
	}
	for d.style == styleEquals && n+1 < d.end && d.s[n] == ' ' {
		n++
	}
	return d.s[n] == '=' || d.s[n] == ':' && (n+1 >= d.end || d.s[n+1] != '/')
}

// scalar writes a bare word as the JSON that was meant.
func (d *dump) scalar(name string, from, to int) {
	word := d.s[from:to]
	switch strings.ToLower(word) {
	case "true", "false":
		d.out.Stand(strings.ToLower(word), d.t, from, to)
		return
	case "null", "none", "nil", "undefined", "<nil>":
		d.out.Stand("null", d.t, from, to)
		return
	}
	if jsonNumber(word) {
		d.number(word, from, to)
		return
	}
	if timeName(name) {
		if plain := strings.TrimRight(word, "Lln"); digits(plain) {
			d.number(plain, from, to)
			return
		}
		if at, ok := moment(word); ok {
			d.number(strconv.FormatInt(at.Unix(), 10), from, to)
			return
		}
	}
	d.text(from, to)
}

func (d *dump) number(as string, from, to int) {
	if as == d.s[from:to] {
		d.out.Copy(d.t, from, to)
	} else {
		d.out.Stand(as, d.t, from, to)
	}
	d.i = max(d.i, to)
}

// timeName names the claims whose value is a NumericDate, so that a printed
// date stands for one.
func timeName(name string) bool {
	switch name {
	case "exp", "iat", "nbf", "auth_time":
		return true
	}
	return false
}

// moment reads the dates that Java and others print for a NumericDate. One
// without a zone is none.
func moment(s string) (time.Time, bool) {
	s = strings.Trim(s, `"'`)
	for _, layout := range [...]string{time.RFC3339, "Mon Jan 2 15:04:05 MST 2006", "2006-01-02 15:04:05 -0700 MST", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05Z07:00"} {
		if at, err := time.Parse(layout, s); err == nil {
			if layout == "Mon Jan 2 15:04:05 MST 2006" && !strings.Contains(s, " UTC ") && !strings.Contains(s, " GMT ") {
				return time.Time{}, false // Go does not know what CEST is
			}
			return at, true
		}
	}
	return time.Time{}, false
}

// pythonTime reads datetime.datetime(2026, 11, 28, 10, 0, tzinfo=…utc).
func pythonTime(s string) (at int64, length int, ok bool) {
	rest, ok := strings.CutPrefix(s, "datetime.datetime(")
	if !ok {
		return 0, 0, false
	}
	inner := rest[:min(len(rest), 120)]
	end, depth := -1, 1
	for i := range len(inner) {
		switch inner[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				end = i
			}
		}
		if end >= 0 {
			break
		}
	}
	if end < 0 || !strings.Contains(strings.ToLower(inner[:end]), "utc") {
		return 0, 0, false
	}
	var n [7]int
	for i, part := range strings.Split(inner[:end], ",") {
		v, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || i >= len(n) {
			break
		}
		n[i] = v
	}
	if n[0] < 1970 || n[1] < 1 || n[2] < 1 {
		return 0, 0, false
	}
	return time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC).Unix(), len(s) - len(rest) + end + 1, true
}

// jsonNumber reports whether a word is a number as JSON writes it.
func jsonNumber(s string) bool {
	if len(s) == 0 || len(s) > 40 || !(s[0] == '-' || s[0] >= '0' && s[0] <= '9') {
		return false
	}
	if _, err := strconv.ParseFloat(s, 64); err != nil || strings.ContainsAny(s, "xX_pP") || s[len(s)-1] == '.' {
		return false
	}
	plain := strings.TrimPrefix(s, "-")
	return len(plain) == 1 || plain[0] != '0' || plain[1] == '.'
}
