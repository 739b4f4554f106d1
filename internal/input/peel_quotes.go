package input

import (
	"bytes"
	"unicode/utf8"
)

// quotes strips one layer of quotation marks or brackets, even if only one of the pair is
// there.
func (w *work) quotes() bool {
	first, n := utf8.DecodeRune(w.b)
	last, m := utf8.DecodeLastRune(w.b)
	if first == '\\' && len(w.b) > 1 && (w.b[1] == '"' || w.b[1] == '\'') {
		return w.escapedQuote()
	}
	if len(w.b) > 2 && w.b[len(w.b)-2] == '\\' && (last == '"' || last == '\'') {
		return w.escapedQuote()
	}
	if (last == ',' || last == ';') && len(w.b) > 1 {
		w.repair(causeQuotes, len(w.b)-1, len(w.b), "a %s after it", map[rune]string{',': "comma", ';': "semicolon"}[last])
		w.cut(0, len(w.b)-1)
		return true
	}
	opening, closing := wrapper(first, true), wrapper(last, false)
	if first == '{' && bytes.IndexByte(w.b, ':') >= 0 || first == '[' && bytes.IndexByte(w.b, '{') >= 0 || first == '<' && bytes.Count(w.b, []byte("<")) > 1 {
		return false
	}
	if opening == "" && closing == "" {
		return false
	}
	if opening == "" {
		n = 0
	}
	if closing == "" || n+m > len(w.b) {
		m = 0
	}
	alone := ""
	if (n == 0) != (m == 0) {
		alone = ", without its counterpart"
	}
	to := len(w.b) - m
	if n > 0 {
		w.repair(quoteCause(first), 0, n, "%s before it%s", opening, alone)
	}
	if m > 0 {
		w.repair(quoteCause(last), to, len(w.b), "%s after it%s", closing, alone)
	}
	w.cut(n, to)
	return true
}

func (w *work) escapedQuote() bool {
	from, to := 0, len(w.b)
	if len(w.b) > 1 && w.b[0] == '\\' && (w.b[1] == '"' || w.b[1] == '\'') {
		from = 2
		w.repair(causeEscaped, 0, 2, "an escaped quote (\\%c)", w.b[1])
	}
	if to-from > 1 && w.b[to-2] == '\\' && (w.b[to-1] == '"' || w.b[to-1] == '\'') {
		w.repair(causeEscaped, to-2, to, "an escaped quote (\\%c)", w.b[to-1])
		to -= 2
	}
	w.cut(from, to)
	return true
}

func quoteCause(r rune) string {
	if r >= utf8.RuneSelf {
		return causeTypographic
	}
	return causeQuotes
}

// wrapper describes a character that may surround an assertion; "" for any other.
func wrapper(r rune, before bool) string {
	switch r {
	case '"':
		return "a double quote"
	case '\'':
		return "a single quote"
	case '`':
		return "a backtick"
	case '“', '”', '„', '‟', '‘', '’', '‚', '‛', '«', '»', '‹', '›', '″', '′', '´':
		return "a typographic quote (" + string(r) + ")"
	case '*':
		return "an asterisk"
	case '|':
		return "a vertical bar"
	case '<', '>':
		return "an angle bracket"
	case '\\':
		if !before {
			return "a backslash"
		}
	}
	switch {
	case before && r == '(' || !before && r == ')':
		return "a parenthesis"
	case before && r == '[' || !before && r == ']':
		return "a square bracket"
	case before && r == '{' || !before && r == '}':
		return "a curly brace"
	}
	return ""
}
