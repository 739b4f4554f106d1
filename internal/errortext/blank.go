package errortext

import "strings"

// class is what may fill a blank.
type class byte

const (
	unknownClass class = iota
	anything           // up to the next words, on this line
	digits
	number
	hostClass
	addressClass // host and port
	urlClass
	pathClass
	wordClass
	nameClass // of an algorithm
	byteClass // in hexadecimal
)

func classes(name string) class {
	switch name {
	case "*", "names", "reason":
		return anything
	case "port", "status", "bits", "now", "nbf", "iat", "exp":
		return digits
	case "n":
		return number
	case "host", "proxy":
		return hostClass
	case "address":
		return addressClass
	case "url":
		return urlClass
	case "path":
		return pathClass
	case "alg":
		return nameClass
	case "byte":
		return byteClass
	case "key", "needs", "kid", "w":
		return wordClass
	}
	return unknownClass
}

// shown is false for blanks that only bridge words.
func shown(name string) bool { return name != "*" && name != "n" && name != "w" }

// mostBlank bounds what fills a blank, in bytes.
const mostBlank = 240

// match tries the pattern where its first words have been found to begin, and
// returns the end of the text, or -1, and how far it looked. The blanks are at
// spans, in their order.
func (p *pattern) match(text string, start, from int, rest []letter, spans *[mostBlanks][2]int) (end, looked int) {
	i := forward(text, from, rest)
	if i < 0 || !begins(text, start) {
		return -1, from
	}
	blanks := 0
	for k := 1; k < len(p.pieces); k++ {
		pc := &p.pieces[k]
		if pc.blank == "" {
			j := forward(text, i, pc.letters)
			if j < 0 {
				return -1, i
			}
			i = j
			continue
		}
		var next []letter
		if k+1 < len(p.pieces) {
			next = p.pieces[k+1].letters
		}
		j := fill(text, i, pc.class, next)
		if j < 0 || next == nil && !ends(text, i, j, pc.class) {
			return -1, i + mostBlank
		}
		spans[blanks] = [2]int{i, j}
		blanks++
		i = j
	}
	if i < len(text) && wordByte(text[i]) && wordByte(text[i-1]) {
		return -1, i
	}
	return i, i
}

// mostBlanks bounds the blanks of a pattern.
const mostBlanks = 8

// values are what the blanks were filled with.
func (p *pattern) values(text string, spans *[mostBlanks][2]int) []Value {
	var out []Value
	n := 0
	for _, pc := range p.pieces {
		if pc.blank != "" {
			out = append(out, valued(pc.blank, text[spans[n][0]:spans[n][1]])...)
			n++
		}
	}
	return out
}

// begins reports whether a word can begin at i: the n of a line end that is
// written \n does not belong to it.
func begins(text string, i int) bool {
	if i == 0 || !wordByte(text[i]) || !wordByte(text[i-1]) {
		return true
	}
	return i > 1 && text[i-2] == '\\' && (text[i-1] == 'n' || text[i-1] == 't' || text[i-1] == 'r')
}

// fill returns where the blank that begins at i ends, or -1.
func fill(text string, i int, c class, next []letter) int {
	limit := min(len(text), i+mostBlank)
	j := i
	if c == pathClass && next != nil {
		c = anything // paths have spaces, and quotation marks around them
	}
	switch c {
	case anything:
		for ; j <= limit; j++ {
			if next == nil && (j == len(text) || text[j] == '\n' || text[j] == '\r') {
				return trimmed(text, i, j)
			}
			if next != nil && j < len(text) && (next[0].kind != plain || fold(text[j]) == fold(next[0].b)) && forward(text, j, next) >= 0 {
				return j
			}
			if j == len(text) || text[j] == '\n' {
				return -1
			}
		}
		if next == nil {
			return trimmed(text, i, limit)
		}
		return -1
	case digits:
		for j < limit && text[j] >= '0' && text[j] <= '9' {
			j++
		}
	case number:
		for j < limit && (text[j] >= '0' && text[j] <= '9' || text[j] == '.') {
			j++
		}
	case hostClass:
		for j < limit && (hostByte(text[j]) || strings.IndexByte("[]:", text[j]) >= 0) {
			j++
		}
		// One colon ends a name; more are in an IPv6 address.
		if k := strings.IndexByte(text[i:j], ':'); k >= 0 && strings.Count(strings.TrimRight(text[i:j], ":"), ":") < 2 && !bracketed(text[i:i+k]) {
			j = i + k
		}
	case addressClass:
		for j < limit && (hostByte(text[j]) || strings.IndexByte("[]:%/", text[j]) >= 0) {
			j++
		}
		if !strings.ContainsAny(text[i:trimmed(text, i, j)], ".:") {
			return -1
		}
	case urlClass:
		for j < limit && text[j] > ' ' && text[j] < 0x7f && strings.IndexByte("\"'`<>\\|{}", text[j]) < 0 && (text[j] != '&' || quoteAt(text[j:]) == 0) {
			j++
		}
	case pathClass:
		for j < limit && text[j] > ' ' && strings.IndexByte("\"'`<>,;|\n", text[j]) < 0 {
			j++
		}
	case wordClass:
		for j < limit && (wordByte(text[j]) || strings.IndexByte(".-+$*[]/:", text[j]) >= 0) {
			j++
		}
	case byteClass:
		for j < min(limit, i+2) && (text[j] >= '0' && text[j] <= '9' || text[j] >= 'a' && text[j] <= 'f') {
			j++
		}
	case nameClass:
		for j < limit && (wordByte(text[j]) || strings.IndexByte(".-+", text[j]) >= 0) {
			j++
		}
	}
	if next == nil {
		j = trimmed(text, i, j)
	}
	// What follows may begin with characters that a value can have, too.
	for k := j; next != nil && k > i && k > j-4; k-- {
		if forward(text, k, next) >= 0 {
			return k
		}
	}
	if j == i {
		return -1
	}
	return j
}

// ends reports whether a value at the end of a text is one: a name without a
// dot is not a host if a sentence goes on after it.
func ends(text string, i, end int, c class) bool {
	return c != hostClass || strings.ContainsAny(text[i:end], ".:") ||
		end+1 >= len(text) || text[end] != ' ' || !wordByte(text[end+1])
}

func hostByte(b byte) bool { return wordByte(b) || b == '.' || b == '-' }

func bracketed(s string) bool { return strings.HasPrefix(s, "[") && !strings.Contains(s, "]") }

// trimmed leaves the punctuation after a value to the sentence it is in.
func trimmed(text string, i, j int) int {
	for j > i && strings.IndexByte(" \t\r.,:;", text[j-1]) >= 0 {
		j--
	}
	return j
}

// valued is what is kept of a blank. An address becomes host and port, and of a
// URL only what cannot contain a secret is kept.
func valued(name, text string) []Value {
	if text = text[:trimmed(text, 0, len(text))]; !shown(name) || text == "" {
		return nil
	}
	switch classes(name) {
	case addressClass:
		// Java writes name/address:port.
		host, port := text, ""
		if i := strings.LastIndexByte(text, ':'); i >= 0 && allDigits(text[i+1:]) && !bracketed(text) {
			host, port = text[:i], text[i+1:]
		}
		if name, address, ok := strings.Cut(host, "/"); ok {
			if host = name; name == "" {
				host = address
			}
		}
		out := []Value{{"host", strings.Trim(host, "[]")}}
		if port != "" {
			out = append(out, Value{"port", port})
		}
		return out
	case hostClass:
		text = strings.Trim(text, "[]")
	case urlClass:
		text, _, _ = strings.Cut(text, "?")
		text, _, _ = strings.Cut(text, "#")
		if scheme, rest, ok := strings.Cut(text, "://"); ok {
			authority, path, slash := strings.Cut(rest, "/")
			text = scheme + "://" + authority[strings.LastIndexByte(authority, '@')+1:]
			if slash {
				text += "/" + path
			}
		}
	}
	return []Value{{name, text}}
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
