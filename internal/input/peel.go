package input

import (
	"bytes"
	"strings"
)

// peel strips what surrounds the text, until nothing more comes off.
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

// mailMark strips the quotation marks of a mail from the first line, if the lines after
// it have them too; join removes those.
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

func allWide(b []byte) bool { return len(bytes.TrimLeft(b, string(rune(wideSpace)))) == 0 }

// fence strips the code fences of Markdown.
func (w *work) fence() bool {
	open, shut := 0, len(w.b)
	if bytes.HasPrefix(w.b, []byte("```")) {
		open = 3
		for open < len(w.b) && open < 16 && !isSpace(w.b[open]) {
			open++
		}
		// A language name may be on the line of the fence; a token is not.
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
