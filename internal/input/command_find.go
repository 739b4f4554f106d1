package input

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// commandHead reports whether a line begins with a command that sends a request,
// or has one behind a pipe or in $(…).
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

// skipValue goes past the value of an assignment; that of $(…) is looked into.
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

// sendsLater finds a command behind a pipe, a separator or in $(…).
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

// argumentLike tells arguments from the next word of a sentence.
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

// lowerASCII keeps the length of a text, which strings.ToLower does not.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// cmdletIn finds a cmdlet of PowerShell that sends requests, -1 without one.
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

// dialectOf says which shell a stretch of text was written for, or is in:
// src is the text without its prompts, file where it was read from.
func dialectOf(src, text, file string) dialect {
	var caret, tick, ps, cmd, exe bool
	for line := range strings.SplitSeq(src, "\n") {
		trimmed := strings.TrimSpace(line)
		switch {
		case strings.HasSuffix(trimmed, "^"):
			caret = true
		case strings.HasSuffix(trimmed, " `") || strings.HasSuffix(trimmed, "'`") || strings.HasSuffix(trimmed, "\"`"):
			tick = true
		}
		if len(trimmed) < len("set ") && !strings.HasPrefix(trimmed, "$") {
			continue
		}
		if cmdletIn(trimmed) >= 0 || sends(trimmed) && psAlias(trimmed) {
			return powerShell
		}
		lower := lowerASCII(trimmed)
		if n := nameLength(strings.TrimPrefix(trimmed, "$")); strings.HasPrefix(trimmed, "$") && n > 0 {
			after := strings.TrimLeft(trimmed[1+n:], " ")
			ps = ps || strings.HasPrefix(after, "=") || n == 3 && strings.HasPrefix(lower, "$env:")
		}
		ps = ps || strings.Contains(lower, "$env:")
		cmd = cmd || strings.HasPrefix(lower, "set ") && strings.Contains(lower, "=") || strings.HasPrefix(lower, "@echo") || strings.HasPrefix(lower, "rem ") || strings.Contains(trimmed, ` ^"`)
		at := strings.Index(lower, "curl.exe ")
		exe = exe || at >= 0
		if i := strings.Index(lower, "curl"); i >= 0 && !ps && !tick && strings.Contains(trimmed[i:], "%") {
			for j := i; j < len(trimmed); j++ {
				if trimmed[j] == '%' && cmdVariable(trimmed[j:]) > 0 && !strings.Contains(trimmed, "'") {
					cmd = true
					break
				}
			}
		}
	}
	switch {
	case batchFile(file), !tick && !ps && cmdPrompt(text):
		return cmdExe
	case caret && !tick:
		return cmdExe
	case ps || tick:
		return powerShell
	case cmd:
		return cmdExe
	case exe && strings.Contains(src, "'"):
		// Only in PowerShell has the program to be called by its full name.
		return powerShell
	case exe:
		return cmdExe
	}
	return posixShell
}

// psAlias tells the parameters of Invoke-WebRequest, which curl and wget stand
// for in Windows PowerShell.
func psAlias(line string) bool {
	for _, name := range [...]string{" -Uri ", " -Method ", " -Body ", " -Headers ", " -ContentType "} {
		if strings.Contains(line, name) {
			return true
		}
	}
	return false
}

// prepared is a text with what surrounds commands blanked, and what was seen
// on the way.
type prepared struct {
	src string
	// segments are the stretches to read.
	segments []jsonspan.Span
	// joins are line ends that were made blanks because the next line goes on
	// with an option, comments those that are where a command was to go on.
	joins, comments []int
}

// prepare blanks what surrounds commands: Markdown, prompts, marks of quoted
// mail. Every byte keeps its place.
func prepare(text string) prepared {
	var segments []jsonspan.Span
	var joins, comments []int
	b := []byte(text)
	blank := func(from, to int) {
		for i := from; i < to; i++ {
			if b[i] != '\n' {
				b[i] = ' '
			}
		}
	}
	if strings.HasPrefix(text, "\uFEFF") {
		blank(0, 3)
	}
	mail := strings.HasPrefix(strings.TrimLeft(text, " \r\n\t"), "> ")
	open, active, continued := -1, false, false
	last := -1 // the end of the last line that was not empty
	for i := 0; i < len(b); {
		end := endOfLine(text, i, len(text))
		line := text[i:end]
		if n := promptLength(line, mail || continued); n > 0 || i == 0 {
			blank(i, i+n)
			line = string(b[i:end])
		}
		line = strings.TrimLeft(line, " \t")
		start := end - len(line)
		line = strings.TrimRight(line, " \t\r")
		if strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~") {
			if blank(i, end); open < 0 {
				open = end
			} else {
				segments = append(segments, jsonspan.Span{Start: open, End: i})
				open = -1
			}
			active, line = false, ""
		}
		if line != "" {
			if active && continued && line[0] == '#' {
				// The comment ends the command, and what follows is another one.
				comments = append(comments, start)
				active = false
			}
			if active && !continued && last >= 0 && optionHead(line) {
				for j := last; j < start; j++ {
					b[j] = ' '
				}
				joins = append(joins, last)
			}
			if commandHead(line) || cmdletIn(line) >= 0 {
				active = true
			}
			last = start + len(line)
			continued = false
			switch line[len(line)-1] {
			case '\\':
				// A blank behind the backslash would end the command.
				if k := lineEndAt(text, end); last < k {
					b[last-1], b[k-1] = ' ', '\\'
				}
				continued = active
			case '^', '`':
				continued = active
			}
		} else if continued {
			// Empty lines between the lines of a command.
			next := strings.TrimLeft(text[end:], " \t\r\n>")
			if continued = optionHead(next[:min(len(next), 200)]); continued {
				for ; end < len(text)-len(next); end++ {
					b[end] = ' '
				}
				end--
			}
		}
		i = end + 1
	}
	if open >= 0 {
		segments = append(segments, jsonspan.Span{Start: open, End: len(b)})
	}
	neutral(b)
	src := string(b)
	var kept []jsonspan.Span
	for _, seg := range segments {
		if _, ok := nextLine(src, seg.Start, seg.End, func(line string) bool { return commandHead(line) || cmdletIn(line) >= 0 }); ok {
			kept = append(kept, seg)
		}
	}
	if len(kept) == 0 {
		kept = []jsonspan.Span{{End: len(src)}}
	}
	return prepared{src, kept, joins, comments}
}

// lineEndAt is where the line end at i begins, its carriage return included.
func lineEndAt(text string, i int) int {
	if i > 0 && i <= len(text) && text[i-1] == '\r' {
		return i - 1
	}
	return i
}

// neutral hides from the shell's grammar what people write for values to be
// filled in, <assertion>, and the blanks of typesetting.
func neutral(b []byte) {
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == 0xC2 && i+1 < len(b) && b[i+1] == 0xA0:
			b[i], b[i+1] = ' ', ' '
		case b[i] == '<' && i > 0 && strings.IndexByte("=:/@.", b[i-1]) >= 0:
			j := i + 1
			for j < len(b) && j < i+60 && (letter(b[j]) || digit(b[j]) || strings.IndexByte(" _-.", b[j]) >= 0) {
				j++
			}
			if j < len(b) && b[j] == '>' && j > i+1 && letter(b[i+1]) {
				for k := i; k <= j; k++ {
					b[k] = '_'
				}
			}
		}
	}
}

// optionHead reports whether a line begins with an option of a command.
func optionHead(line string) bool {
	if strings.HasPrefix(line, "--") {
		n := 2
		for n < len(line) && (letter(line[n]) || digit(line[n]) && n > 2 || line[n] == '-' && n > 2) {
			n++
		}
		return n > 3 && (n == len(line) || line[n] == ' ' || line[n] == '=')
	}
	return len(line) > 2 && line[0] == '-' && letter(line[1]) && strings.IndexByte(" '\"@$", line[2]) >= 0
}

// promptLength is the length of a shell's prompt at the start of a line.
func promptLength(line string, quoted bool) int {
	lead := len(line) - len(strings.TrimLeft(line, " \t"))
	s := line[lead:]
	if len(s) < len("$ ") && s != ">" {
		return 0
	}
	if quoted && strings.HasPrefix(s, ">") {
		n := len(s) - len(strings.TrimLeft(s, "> "))
		return lead + n
	}
	for _, p := range [...]string{"$ ", "% ", "❯ ", "➜ ", "λ "} {
		if strings.HasPrefix(s, p) {
			return lead + len(p)
		}
	}
	s = s[:min(len(s), 160)]
	if strings.HasPrefix(s, "PS") || len(s) > 3 && letter(s[0]) && s[1] == ':' && s[2] == '\\' {
		if i := strings.IndexByte(s, '>'); i > 0 {
			return lead + i + 1
		}
		return 0
	}
	for _, end := range [...]string{"$ ", "# ", "% "} {
		i := strings.Index(s, end)
		if i > 0 && strings.ContainsAny(s[:i], "@:-~") && !strings.ContainsAny(s[:i], `"'=`) && (commandHead(s[i+2:]) || cmdletIn(s[i+2:]) >= 0) {
			return lead + i + 2
		}
	}
	return 0
}
