package input

import (
	"strings"
)

// commandHead reports whether a line begins with a command that sends a request, or has
// one after a pipe or in $(…).
func commandHead(line string) bool {
	const shortest = len("curl a")
	if len(line) < shortest {
		return false
	}
	head := line
	for range 12 {
		head = strings.TrimLeft(head, " \t({`@")
		if sends(head) {
			return true
		}
		n := nameLength(head)
		if n > 0 && n < len(head) && head[n] == '=' {
			if head = skipValue(head[n+1:]); head == "" {
				break
			}
			continue
		}
		first, rest, ok := strings.Cut(head, " ")
		if !ok {
			break
		}
		switch first {
		case "sudo", "time", "env", "command", "exec", "nohup", "then", "else", "do", "if", "!", "while", "RUN", "run:", "export", "local", "doas", "winpty", "&":
			head = rest
			continue
		case "-", "*", "•":
			if !sends(strings.TrimPrefix(strings.TrimLeft(rest, " "), "run: ")) {
				return false
			}
			return true
		case "timeout", "docker", "kubectl", "xargs", "nice", "watch":
			i := max(strings.Index(rest, " curl "), strings.Index(rest, " -- curl "))
			return i >= 0 && sends(strings.TrimLeft(rest[i:], " -"))
		}
		break
	}
	return sendsLater(line)
}

// skipValue skips the value of an assignment, but looks into $(…).
func skipValue(s string) string {
	s = strings.TrimPrefix(s, `"`)
	if inner, ok := strings.CutPrefix(s, "$("); ok {
		return inner
	}
	if inner, ok := strings.CutPrefix(s, "`"); ok {
		return inner
	}
	if s != "" && s[0] == '\'' {
		_, after, _ := strings.Cut(s[1:], "'")
		return after
	}
	_, after, _ := strings.Cut(s, " ")
	return after
}

// sendsLater finds a command after a pipe or separator, or in $(…).
func sendsLater(line string) bool {
	for _, name := range [...]string{"curl", "wget"} {
		for i := 0; ; {
			n := strings.Index(line[i:], name)
			if n < 0 {
				break
			}
			before := strings.TrimRight(line[max(0, i+n-20):i+n], " \t")
			if before != "" && strings.IndexByte("|;&(`", before[len(before)-1]) >= 0 && sends(line[i+n:]) {
				return true
			}
			i += n + len(name)
		}
	}
	return false
}

// sends reports whether a text begins with the name of a program that sends
// requests and something that looks like its argument.
func sends(s string) bool {
	end := strings.IndexAny(s[:min(len(s), 200)], " \t\r\n")
	if end < 0 {
		return false
	}
	switch name := programName(s[:end]); name {
	case "curl", "wget":
		return argumentLike(strings.TrimLeft(s[end:], " \t\r"))
	case "http", "https":
		rest := strings.TrimLeft(s[end:], " \t\r")
		first, _, _ := strings.Cut(rest, " ")
		switch first {
		case "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS":
			return len(rest) > len(first)
		}
		return strings.HasPrefix(first, "-") && len(first) > 1 && strings.ContainsAny(rest, "./:") ||
			strings.Contains(first, "://") || strings.Contains(first, ".") && strings.Contains(first, "/") || strings.HasPrefix(first, ":")
	}
	return false
}

// argumentLike distinguishes an argument from the next word of a sentence.
func argumentLike(rest string) bool {
	if rest == "" {
		return false
	}
	switch rest[0] {
	case '-':
		return len(rest) > 1 && (letter(rest[1]) || rest[1] == '-' || digit(rest[1]) || rest[1] == '#')
	case '"', '\'', '$', '\\', '^', '`', '%', '{':
		return true
	}
	if typographicQuote(rest) != "" || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "—") {
		return true
	}
	first, _, _ := strings.Cut(rest, " ")
	first = strings.TrimRight(first, "\r\n.,:;!?")
	return strings.Contains(first, "://") || strings.Contains(first, ".") || strings.Contains(first, "localhost") || strings.Contains(first, "/") && len(rest) > len(first)
}

// cmdletIn finds a PowerShell cmdlet that sends requests; -1 if there is none.
func cmdletIn(line string) int {
	const shortest = len("irm a")
	if len(line) < shortest {
		return -1
	}
	names := [...]string{"invoke-restmethod", "invoke-webrequest", "irm", "iwr"}
	found := [len(names)]int{-1, -1, -1, -1}
	for at := 0; at+shortest <= len(line); at++ {
		if line[at]|0x20 != 'i' {
			continue
		}
		for k, name := range names {
			if found[k] < 0 && hasFold(line[at:], name) && cmdletAt(line, at, at+len(name)) {
				found[k] = at
			}
		}
		if found[0] >= 0 {
			break
		}
	}
	for _, at := range found {
		if at >= 0 {
			return at
		}
	}
	return -1
}

// cmdletAt reports whether the name of a cmdlet is where one can be called.
func cmdletAt(line string, at, end int) bool {
	if end >= len(line) || line[end] != ' ' && line[end] != '\t' {
		return false
	}
	before := at
	for before > 0 && (line[before-1] == ' ' || line[before-1] == '\t') {
		before--
	}
	const word = "return"
	if before > 0 && strings.IndexByte("=(|{;&", line[before-1]) < 0 && (before < len(word) || !strings.EqualFold(line[before-len(word):before], word)) {
		return false
	}
	rest := strings.TrimLeft(line[end:], " \t")
	return argumentLike(rest) || strings.HasPrefix(rest, "@")
}

// nextCommand finds the next line that begins with a command that sends a
// request, and where it begins on the line.
func nextCommand(src string, from, to int) (int, bool) {
	return nextLine(src, from, to, commandHead)
}

// nextStart finds the next line to begin reading at: a command, or an assignment.
func nextStart(src string, from, to int) (int, bool) {
	return nextLine(src, from, to, func(line string) bool {
		line = strings.TrimPrefix(line, "export ")
		n := nameLength(line)
		return n > 0 && n+1 < len(line) && line[n] == '=' && line[n+1] != '=' && line[n+1] != ' ' || commandHead(line)
	})
}

func nextLine(src string, from, to int, is func(string) bool) (int, bool) {
	for i := from; i < to; {
		end := endOfLine(src, i, to)
		line := strings.TrimLeft(src[i:end], " \t")
		if line != "" && is(line) {
			return end - len(line), true
		}
		i = end + 1
	}
	return 0, false
}

// looksLikeCommand reports whether a text has a line with a command that sends
// an HTTP request.
func looksLikeCommand(head string) bool {
	_, ok := commandText(head)
	return ok
}

// commandText is looksLikeCommand that also returns the prepared text.
func commandText(text string) (p prepared, ok bool) {
	text = text[:min(len(text), maxCommand)]
	if !namesSender(text) {
		return p, false
	}
	p = prepare(text)
	return p, p.sends()
}

// namesSender reports whether a text contains the name of a program that sends requests.
func namesSender(text string) bool {
	for i := range len(text) {
		var names [2]string
		switch text[i] | 0x20 {
		case 'c':
			names[0] = "curl"
		case 'w':
			names[0] = "wget"
		case 'h':
			names = [...]string{"http ", "https "}
		case 'i':
			if hasFold(text[i:], "invoke-restmethod") || hasFold(text[i:], "invoke-webrequest") {
				return true
			}
			names = [...]string{"irm ", "iwr "}
		default:
			continue
		}
		for _, name := range names {
			if name != "" && hasFold(text[i:], name) {
				return true
			}
		}
	}
	return false
}

// sends reports whether a command of the text sends a request.
func (p *prepared) sends() bool {
	for _, seg := range p.segments {
		if _, ok := nextLine(p.src, seg.Start, seg.End, func(line string) bool { return commandHead(line) || cmdletIn(line) >= 0 }); ok {
			return true
		}
	}
	return false
}
