package input

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// unwrap takes away what is around the assertion, layer by layer, until
// nothing more comes off, and finds it inside a larger text.
func (w *work) unwrap() surroundings {
	var found surroundings
	for range maxRounds {
		before, repairs := *w, len(w.repairs)
		w.peel()
		if len(w.b) == len(before.b) && found.words != "" {
			if !w.decode() {
				return found
			}
			continue
		}
		if !w.bare() && !(singleWord(w.b) && w.hasPercent()) && found.words == "" {
			peeled := *w
			*w = before
			w.retain(func(i int, _ evidence.Repair) bool { return i < repairs })
			if s, ok := w.extract(); ok {
				found = s
				continue
			}
			*w = peeled
		}
		if w.placeholderLike() {
			return found
		}
		if !w.decode() && len(w.b) == len(before.b) {
			break
		}
	}
	return found
}

// decode undoes one layer of percent-encoding, escapes or number notation
// inside the text.
func (w *work) decode() bool {
	changed := w.percent(false)
	changed = w.unescape(false) || changed
	return w.numbers() || changed
}

// bare reports whether the text begins with a token and nothing but the token
// is in it, damaged or not.
func (w *work) bare() bool {
	if !startsToken(w.b) {
		return false
	}
	n := 0
	for n < len(w.b) && (base64Byte(w.b[n]) || w.b[n] == '.' || w.b[n] == '=') {
		n++
	}
	if n == len(w.b) {
		return true
	}
	rest := bytes.TrimLeft(w.b[n:], " \t\r\n")
	switch {
	case complete(w.b[:n]):
		// Something follows a whole token, be it a quote, words or another token.
		for len(rest) > 1 && rest[0] == '\\' && (rest[1] == 'n' || rest[1] == 'r' || rest[1] == 't') {
			rest = rest[2:]
		}
		return len(rest) == 0
	case w.b[n] == '&' || w.b[n] == '"' && bytes.IndexByte(w.b[n:], ':') >= 0:
		return false // the rest of a form or of JSON
	}
	return true
}

// singleWord reports whether the text is free of whitespace and of what separates parameters.
func singleWord(b []byte) bool { return !bytes.ContainsAny(b, " \t\r\n&:'\"\x1f") }

// peel strips what is at both ends.
func (w *work) peel() {
	for range 4 * maxRounds {
		if len(w.b) == 0 || w.placeholderLike() {
			return
		}
		if !w.trim() && !w.mailMark() && !w.fence() && !w.scheme() && !w.notation() && !w.quotes() {
			return
		}
	}
}

// mailMark strips the quotation marks of a mail from the first line, where the
// lines behind it have them too; join takes those.
func (w *work) mailMark() bool {
	if len(w.b) == 0 || w.b[0] != '>' || !bytes.Contains(w.b, []byte("\n>")) {
		return false
	}
	n := 0
	for n < len(w.b) && (w.b[n] == '>' || w.b[n] == ' ' || w.b[n] == '\t') {
		n++
	}
	w.repair(causeInner, 0, n, "the quotation mark of a mail (>)")
	w.cut(n, len(w.b))
	return true
}

// trim strips whitespace at the ends.
func (w *work) trim() bool {
	from, to := 0, len(w.b)
	for from < to && isSpace(w.b[from]) {
		from++
	}
	for to > from && isSpace(w.b[to-1]) {
		to--
	}
	if from == 0 && to == len(w.b) {
		return false
	}
	w.space(0, from, "%s before it")
	w.space(to, len(w.b), "%s after it")
	w.cut(from, to)
	return true
}

func (w *work) space(from, to int, format string) {
	if from < to && !allWide(w.b[from:to]) {
		w.repair(causeSurrounding, from, to, format, spaceWords(w.b[from:to]))
	}
}

func allWide(b []byte) bool {
	for _, c := range b {
		if c != wideSpace {
			return false
		}
	}
	return true
}

// fence strips the code fences of Markdown.
func (w *work) fence() bool {
	open, shut := 0, len(w.b)
	if bytes.HasPrefix(w.b, []byte("```")) {
		open = 3
		for open < len(w.b) && open < 16 && !isSpace(w.b[open]) {
			open++
		}
		// A language name is on the line of the fence, a token does not.
		if open == len(w.b) || w.b[open] != '\n' && w.b[open] != '\r' {
			open = 3
		}
		for open < len(w.b) && isSpace(w.b[open]) {
			open++
		}
	}
	if bytes.HasSuffix(w.b[open:], []byte("```")) {
		shut = len(w.b) - 3
		for shut > open && isSpace(w.b[shut-1]) {
			shut--
		}
	}
	if open == 0 && shut == len(w.b) {
		return false
	}
	if open > 0 {
		w.repair(causeQuotes, 0, open, "a code fence (```)")
	}
	if shut < len(w.b) {
		w.repair(causeQuotes, shut, len(w.b), "a code fence (```)")
	}
	w.cut(open, shut)
	return true
}

// scheme strips the name of an authentication scheme, with the header's name before it.
func (w *work) scheme() bool {
	text := string(clipBytes(w.b, 80))
	at := 0
	skip := func() int {
		n := 0
		for at < len(text) && isSpace(text[at]) {
			at, n = at+1, n+1
		}
		return n
	}
	what := ""
	for _, header := range []string{"authorization", "proxy-authorization"} {
		if hasFold(text, header) {
			at = len(header)
			skip()
			if at >= len(text) || text[at] != ':' {
				return false
			}
			at++
			skip()
			what = "the header name " + text[:len(header)]
		}
	}
	for _, scheme := range []string{"bearer", "jwt", "dpop", "token", "basic"} {
		if !hasFold(text[at:], scheme) {
			continue
		}
		name := text[at : at+len(scheme)]
		end := at + len(scheme)
		at = end
		n := skip()
		if at < len(text) && (text[at] == ':' || text[at] == '=') && (scheme == "bearer" || scheme == "dpop" || what != "") {
			at++
			n += 1 + skip()
		} else if n == 0 && at < len(text) && text[at] == '+' {
			at, n = at+1, 1
		}
		if n == 0 || at >= len(text) {
			return false
		}
		if what != "" {
			what += " and "
		}
		what += "the word " + name
		break
	}
	if what == "" {
		return false
	}
	w.repair(causeBearer, 0, at, "%s", what)
	w.cut(at, len(w.b))
	return true
}

func hasFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// notation strips what languages print around bytes and strings.
func (w *work) notation() bool {
	text := string(clipBytes(w.b, 64))
	at := 0
	open := 0 // parentheses to be closed
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == '(' {
			if !callName(text[at:i]) {
				return false
			}
			open, at = open+1, i+1
			for at < len(text) && text[at] >= '0' && text[at] <= '9' && open == 1 { // PHP: string(42) "…"
				at++
			}
			if at < len(text) && at > i+1 && text[at] == ')' {
				at++
				open--
				for at < len(text) && text[at] == ' ' {
					at++
				}
			}
			i = at - 1
			continue
		}
		if c == '\'' || c == '"' || c == '`' {
			if at == i && open == 0 && at == 0 || !stringLetters(text[at:i]) {
				return false
			}
			at = i + 1
			return w.strip(at, c, open)
		}
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '_' || c == '[' || c == ']' || c == ':') {
			return false
		}
	}
	return false
}

// strip takes away the opening of length n and the closing that belongs to it.
func (w *work) strip(n int, quote byte, open int) bool {
	shut := len(w.b)
	for range open {
		if shut > n && w.b[shut-1] == ')' {
			shut--
		}
	}
	if shut > n && w.b[shut-1] == quote {
		shut--
	}
	w.repair(causeBytes, 0, n, "%s", w.b[:n])
	if shut < len(w.b) {
		w.repair(causeBytes, shut, len(w.b), "%s", w.b[shut:])
	}
	w.cut(n, shut)
	return true
}

func callName(name string) bool {
	switch strings.ToLower(name) {
	case "bytes", "bytearray", "string", "str", "[]byte", "buffer.from", "optional", "some", "ok", "just", "print", "secretstr",
		"new string", "memoryview", "console.log", "unicode", "text", "json":
		return true
	}
	return false
}

// stringLetters tells the letters that Python and others put before a quote.
func stringLetters(s string) bool {
	switch strings.ToLower(s) {
	case "", "b", "u", "r", "rb", "br", "f", "l", "u8", "n":
		return true
	}
	return false
}

// quotes strips one layer of quotation marks or brackets, whole or half.
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

// wrapper names what may be before or after an assertion, "" for anything else.
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
