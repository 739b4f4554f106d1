package island

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// unescaped writes a string with its escapes decoded.
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

// quoted reads a string in quotation marks; from and to exclude them.
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

// strings reads a string that may be split into several: 'a' + 'b' in Node, 'a' ⏎ 'b' in
// Python.
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

// quoteAt is what closes the quotation mark that s begins with, and its width; 0 if there
// is none.
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

// value reads a value and writes it. name is its name, "" in a list.
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
	if d.has("new ") && d.i+4 < d.end && isLetter(d.s[d.i+4]) { // of a program: new URLSearchParams({…})
		if n := pathEnd(d.s[:d.end], d.i+4); n < d.end && d.s[n] == '(' {
			d.i += 4
		}
	}
	c := d.s[d.i]
	if _, width := quoteAt(d.s[d.i:d.end]); width > 0 {
		return d.stringOr(name, closer)
	}
	switch {
	case d.flat && (c == '{' || c == '('):
		return false
	case c == '{' && d.single():
		return true
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

// typed reads a value after the name of its type, as in string(3) "abc", b'abc',
// String("abc"), Array ( … ) and Number(1).
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
	case k == i && (c == '(' || c == '[') && d.calls(word, k):
		return true, d.bare(name, closer)
	case c == '(' && k == i, (c == '(' || c == '{' || c == '[') && constructor(word):
		d.i = k
		return true, d.wrapped(name)
	}
	return false, false
}

// constructor reports whether a word may be before a container, with a blank between
// them.
func constructor(word string) bool {
	switch strings.ToLower(word) {
	case "array", "object", "map", "url", "list", "hash", "headers", "dict", "stdclass", "#<hash":
		return true
	}
	word = strings.TrimLeft(word, "%&")
	return word != "" && word[0] >= 'A' && word[0] <= 'Z' // the name of a class
}

// wrapped reads word(value): the value if it is a single one, else the container.
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

// javaList reads [a, b]. Libraries print an aud as a list of one even if it was a string.
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
	open, comma := 0, false
scan:
	for ; d.more(); d.i++ {
		switch c := d.s[d.i]; c {
		case '\n', '\r':
			comma = d.i > from && d.s[d.i-1] == ','
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
	if comma {
		to-- // separates the lines
	}
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

// ends reports whether the comma before i ends a bare value: always, except in Java,
// where a value may contain commas.
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
	if n > i && strings.HasPrefix(d.s[n:d.end], "#S256") {
		n += len("#S256")
	}
	if n == i || n >= d.end || digits(d.s[i:n]) {
		return n == i && i < d.end && (d.s[i] == ':' || d.s[i] == '"' || d.s[i] == '\'')
	}
	for d.style == styleEquals && n+1 < d.end && d.s[n] == ' ' {
		n++
	}
	return d.s[n] == '=' || d.s[n] == ':' && (n+1 >= d.end || d.s[n+1] != '/')
}
