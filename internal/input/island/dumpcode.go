package island

import "strings"

// What an object in a program has in place of values: calls, operators, names.

// stringOr reads a string, or an expression of a program that begins with one and makes
// another of it: '%s' % name, 'a' if b else 'c'.
func (d *dump) stringOr(name string, closer byte) bool {
	from := d.i
	mark, n := d.out.Mark(), d.n
	if !d.strings(closer) {
		return false
	}
	if closer == 0 || !d.operator() {
		return true
	}
	d.out.Undo(mark)
	d.i, d.n = from, n
	// Its first quotation mark is left out, so that it is seen to be none.
	return d.expression(closer)
}

// operator reports whether an operator follows that makes another value of the one before.
func (d *dump) operator() bool {
	rest := d.s[d.i:min(d.end, d.i+16)]
	plain := strings.TrimLeft(rest, " ")
	for _, word := range [...]string{"% ", "+ ", "? ", "?? ", "|| ", "if ", "or ", "unless ", "* "} {
		if len(plain) < len(rest) && strings.HasPrefix(plain, word) {
			return true
		}
	}
	for _, call := range [...]string{".format(", ".replace(", ".upper(", ".lower(", ".toUpperCase(", ".toLowerCase(", ".join(", ".concat("} {
		if strings.HasPrefix(rest, call) {
			return true
		}
	}
	return false
}

// expression reads an expression as a name that is not in quotation marks.
func (d *dump) expression(closer byte) bool {
	from := d.i
	inner := dump{t: d.t, s: d.s, i: d.i, end: d.end, depth: d.depth, style: d.style, work: d.work}
	if !inner.bare("", closer) {
		return false
	}
	d.i, d.n = inner.i, d.n+1
	d.out.Stand(`"$expression"`, d.t, from, inner.i)
	return d.spend(inner.i - from)
}

// single reads { x }, as Go writes a list with the value of one name or call.
func (d *dump) single() bool {
	from := skipBlanks(d.s[:d.end], d.i+1)
	n := pathEnd(d.s[:d.end], from)
	if n == from {
		return false
	}
	if n < d.end && d.s[n] == '(' {
		k := strings.IndexByte(d.s[n:min(d.end, n+longestOperand)], ')')
		if k < 0 || !d.spend(k) {
			return false
		}
		n += k + 1
	}
	end := skipBlanks(d.s[:d.end], n)
	if end >= d.end || d.s[end] != '}' || !d.spend(end-d.i) {
		return false
	}
	d.text(from, n)
	d.i = end + 1
	return true
}

// calls reports whether a word before the bracket at k is a function of a program, or
// something that a value is picked out of, and not a type printed around its value:
// os.getenv('CLIENT_ID'), ENV['CLIENT_ID'].
func (d *dump) calls(word string, k int) bool {
	inner := skipBlanks(d.s[:d.end], k+1)
	class := word[0] >= 'A' && word[0] <= 'Z' && strings.IndexByte(word, '.') < 0
	if inner >= d.end || quoteIndex(d.s[inner]) < 0 && !(d.s[k] == '(' && !class && d.passed(inner)) {
		return false
	}
	switch strings.ToLower(word) {
	case "string", "str", "some", "text", "bytes", "number", "value", "symbol", "uri", "httpurl", "secretstr", "uuid", "decimal", "optional",
		"array", "object", "map", "url", "list", "set", "tuple", "hash", "headers", "dict", "stdclass", "map.of", "list.of", "arrays.aslist", "mapof", "listof":
		return false
	}
	return true
}

// passed reports whether what is in parentheses from i on is nothing, or begins with the
// name of a value.
func (d *dump) passed(i int) bool {
	n := pathEnd(d.s[:d.end], i)
	if n == i {
		return d.s[i] == ')'
	}
	n = skipBlanks(d.s[:d.end], n)
	return n < d.end && strings.IndexByte(",)(", d.s[n]) >= 0
}
