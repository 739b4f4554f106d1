package input

import (
	"strconv"
	"strings"
)

// looksLikeHTTP reports whether a text contains an HTTP request or response: a start line
// with a version anywhere, or one without a version at the beginning.
func looksLikeHTTP(head string) bool {
	head = head[:min(len(head), maxBody)]
	first := true
	for i := 0; i < len(head); {
		l := lineAt(head, i)
		line := strings.Trim(head[l.start:l.end], " \t\r")
		i = l.next
		switch {
		case line == "":
		case startLine(line, first):
			return first || !looksLikeCommand(head[:l.start])
		case first && (strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") || variableLine(line)):
		default:
			if first && headLook(head[l.start:]) {
				return true
			}
			first = false
		}
	}
	return false
}

// startLine recognises the first line of a message. Without a version, a request line
// counts only if nothing else can be there.
func startLine(line string, alone bool) bool {
	if _, _, _, ok := statusLine(line); ok {
		return true
	}
	if pseudoField(line) {
		return alone
	}
	_, _, version, ok := requestLineOf(line)
	return ok && (alone || version != "")
}

// statusLine reads "HTTP/1.1 400 Bad Request" (RFC 9112 section 4).
func statusLine(line string) (version string, status int, text string, ok bool) {
	rest, ok := strings.CutPrefix(line, "HTTP/")
	if !ok {
		return "", 0, "", false
	}
	version, rest, _ = strings.Cut(rest, " ")
	rest = strings.TrimSpace(rest)
	code, text, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(code)
	if err != nil || len(code) != 3 || n < 100 || !versionLook(version) {
		return "", 0, "", false
	}
	return version, n, strings.TrimSpace(text), true
}

func versionLook(s string) bool {
	return len(s) > 0 && len(s) < 4 && strings.Trim(s, "0123456789.") == ""
}

// requestLineOf reads "POST /token HTTP/1.1" (RFC 9112 section 3). method and target are
// places in the line; without a version, the method must be a standard one and the target
// a URL or path.
func requestLineOf(line string) (method, target stretch, version string, ok bool) {
	n := 0
	for n < len(line) && letter(line[n]) {
		n++
	}
	if n < 3 || n > 12 || n == len(line) || line[n] != ' ' && line[n] != '\t' {
		return method, target, "", false
	}
	method = stretch{0, n}
	target.start, target.end = trimSpan(line, n, len(line))
	if i := strings.LastIndex(line, " HTTP/"); i >= n && versionLook(strings.TrimSpace(line[i+6:])) {
		version = strings.TrimSpace(line[i+6:])
		target.start, target.end = trimSpan(line, n, i)
	}
	address := line[target.start:target.end]
	if address == "" {
		return method, target, version, false
	}
	if version != "" {
		return method, target, version, true
	}
	if !knownMethod(line[:n]) || strings.ContainsAny(address, " \t\"'") && !strings.Contains(address, "{{") {
		return method, target, "", false
	}
	ok = address[0] == '/' || strings.HasPrefix(address, "{{") || hasFold(address, "http://") || hasFold(address, "https://") ||
		address[0] != '<' && strings.Contains(address, ".") && strings.Contains(address, "/")
	return method, target, "", ok
}

func knownMethod(s string) bool {
	switch s {
	case "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS":
		return true
	}
	return false
}

// pseudoField recognises the pseudo-header fields that browsers show for HTTP/2 messages
// (RFC 9113 section 8.3).
func pseudoField(line string) bool {
	if line == "" || line[0] != ':' {
		return false
	}
	for _, name := range [...]string{":method", ":path", ":authority", ":scheme", ":status"} {
		if strings.HasPrefix(line, name+":") || line == name {
			return true
		}
	}
	return false
}

// headLook recognises header fields without a first line: several, including
// Content-Type, with a body below.
func headLook(text string) bool {
	fields, typed := 0, false
	for i := 0; i < len(text) && fields < 60; {
		l := lineAt(text, i)
		line := strings.TrimSpace(text[l.start:l.end])
		i = l.next
		if line == "" {
			rest := strings.TrimSpace(text[min(l.next, len(text)):])
			return fields > 1 && typed && rest != "" && (formLook(rest) || jsonLook(rest))
		}
		name, _, ok := strings.Cut(line, ":")
		if !ok || !fieldName(name) {
			return false
		}
		fields++
		typed = typed || strings.EqualFold(name, "Content-Type")
	}
	return false
}

// fieldName reports whether s can be the name of a header field.
func fieldName(s string) bool {
	s = strings.TrimRight(s, " \t")
	if s == "" || len(s) > 128 {
		return false
	}
	for i := range len(s) {
		if !tokenByte(s[i]) {
			return false
		}
	}
	return true
}

// textLine is a line without its end, and where the next one begins.
type textLine struct{ start, end, next int }

func lineAt(text string, i int) textLine {
	l := textLine{start: i, end: len(text), next: len(text)}
	if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
		l.end, l.next = i+n, i+n+1
	}
	if l.end > i && text[l.end-1] == '\r' {
		l.end--
	}
	return l
}

// methodAndURL recognises a request line without a version that cannot be prose.
func methodAndURL(line string) bool {
	_, target, _, ok := requestLineOf(line)
	return ok && (strings.Contains(line[target.start:target.end], "://") || strings.HasPrefix(line[target.start:], "{{"))
}

// handlerLine recognises what may follow a body in a REST client's file: scripts that
// handle the response, and files to save it in.
func handlerLine(line string) bool {
	return strings.HasPrefix(line, "> {%") || strings.HasPrefix(line, "<> ") || strings.HasPrefix(line, ">> ") || strings.HasPrefix(line, ">>! ") ||
		strings.HasPrefix(line, "> ") && strings.HasSuffix(line, ".js")
}
