package input

import (
	"strings"
)

// notation strips what programming languages print around bytes and strings.
func (w *work) notation() bool {
	text := string(clipBytes(w.b, 64))
	at := 0
	open := 0 // open parentheses
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

// strip removes the opening of length n and the closing that belongs to it.
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

// stringLetters recognises the letters that Python and others put before a quote.
func stringLetters(s string) bool {
	switch strings.ToLower(s) {
	case "", "b", "u", "r", "rb", "br", "f", "l", "u8", "n":
		return true
	}
	return false
}
