package island

import (
	"strings"
	"unicode"
)

// wireLine finds the wire content in a log line of Apache's HTTP client.
func wireLine(line string) (from, to int) {
	n := strings.Index(line[:min(len(line), 300)], "http-outgoing-")
	if n < 0 {
		n = strings.Index(line[:min(len(line), 300)], "httpclient.wire")
	}
	if n < 0 {
		return 0, 0
	}
	k := strings.Index(line[n:], ">> ")
	if k < 0 {
		if k = strings.Index(line[n:], "<< "); k < 0 {
			return 0, 0
		}
	}
	return unquoted(line, n+k+3, len(line))
}

// unquoted is the stretch of a line without the quotation marks and names of line ends
// that Apache's HTTP client puts around what it sends.
func unquoted(line string, from, to int) (int, int) {
	if to-from < 2 || line[from] != '"' || line[to-1] != '"' {
		return from, max(to, from)
	}
	from, to = from+1, to-1
	for _, end := range [...]string{"[\\r][\\n]", "[\\n]", "[\\r]"} {
		if strings.HasSuffix(line[from:to], end) {
			return from, to - len(end)
		}
	}
	return from, to
}

// longestHeadOf is how far into a line of a log the content may begin.
const longestHeadOf = 300

// logHead reads what a log put between its time and the line of a message, from i to end:
// level, thread, logger and direction, in any form. Nobody can list what loggers write
// there, but they write the same before every line of one message: it is what comes before
// a message's first line if the next line has the same before a header field.
func (f *finder) logHead(s string, i, end int) (from, to int) {
	line := s[i:end]
	if n := headBefore(line); n > 0 && f.headAgain(s, end, line[:n]) {
		f.head = line[:n]
	}
	n := f.headOf(line)
	if n == 0 {
		f.head = ""
		return 0, 0
	}
	from, to = unquoted(line, n, len(line))
	return i + from, i + to
}

// headOf is the length of the current head if a line begins with it; 0 otherwise. Times
// and counters in it may differ.
func (f *finder) headOf(line string) int {
	head := f.head
	if len(line) < len(head) {
		head = strings.TrimRight(head, " ") // the editor took the blanks of an empty line
	}
	if head == "" || len(line) < len(head) {
		return 0
	}
	for k := range len(head) {
		if line[k] != head[k] && !(isDigit(line[k]) && isDigit(head[k])) {
			return 0
		}
	}
	return len(head)
}

// headAgain reports whether the line below byte end has a head after its time, and a
// header field after that.
func (f *finder) headAgain(s string, end int, head string) bool {
	if end < len(s) && s[end] == '\r' {
		end++
	}
	if end+1 >= len(s) {
		return false
	}
	stop := endOfLine(s, end+1)
	line := strings.TrimRight(s[end+1:stop], "\r")
	if _, n := stampAt(line); n > 0 {
		line = line[skipStream(line, n, len(line)):]
	}
	n := (&finder{head: head}).headOf(line)
	if n == 0 {
		return false
	}
	from, to := unquoted(line, n, len(line))
	name, _, ok := strings.Cut(line[from:to], ":")
	return ok && fieldName(name)
}

// fieldName reports whether a text is written as the name of a header field.
func fieldName(name string) bool {
	for i := range len(name) {
		if !isWord(name[i]) && name[i] != '-' {
			return false
		}
	}
	return name != "" && len(name) < longestName
}

// headBefore is the length of what comes before the first line of a message in a line; 0
// if there is none. It has letters: > and other signs on their own have other meanings.
func headBefore(line string) int {
	version := strings.LastIndex(line, "HTTP/")
	if version < 2 {
		return 0
	}
	response := wordAt(line, version)
	target := wordAt(line, len(strings.TrimRight(line[:response], " ")))
	request := wordAt(line, len(strings.TrimRight(line[:target], " ")))
	for _, n := range [...]int{response, request} {
		from, to := unquoted(line, n, len(line))
		if n > 0 && n <= longestHeadOf && messageStart(strings.TrimSpace(line[from:to])) && strings.ContainsFunc(line[:n], unicode.IsLetter) {
			return n
		}
	}
	return 0
}

// wordAt is where the word begins that byte i is in or that ends there.
func wordAt(line string, i int) int {
	return strings.LastIndexByte(line[:i], ' ') + 1
}
