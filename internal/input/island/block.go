package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// readPEM reads a PEM block, on several lines or with its line ends lost.
func readPEM(l *layer, i int) int {
	const begin, end = "-----BEGIN ", "-----END "
	if !strings.HasPrefix(l.s[i:], begin) || l.rejected["pem"] > mostOpenPEM {
		return i
	}
	rest := l.s[i:min(len(l.s), i+longestPEM)]
	label, _, ok := strings.Cut(rest[len(begin):min(len(rest), 80)], "-----")
	if !ok {
		return i
	}
	stop := len(begin) + len(label) + 5
	if n := strings.Index(rest, end); n >= 0 {
		stop = n + len(end)
		if k := strings.Index(rest[stop:], "-----"); k >= 0 && k < 60 {
			stop += k + 5
		}
	} else {
		l.rejected["pem"]++
		if n := strings.Index(rest[stop:], "\n\n"); n >= 0 {
			stop += n
		} else {
			stop = min(len(rest), stop+4096)
		}
	}
	t := l.t.Slice(i, i+stop)
	if strings.Contains(t.String(), `\n`) {
		t = srctext.Unescape(t)
	}
	l.emit(Island{Kind: KindKey, Name: "a PEM block", Text: t, Phrase: strings.TrimSpace(label), Label: l.labelBefore(i)})
	return i + stop
}

const (
	longestPEM = 64 << 10
	// mostOpenPEM is how many blocks without an end are read in one text.
	mostOpenPEM = 64
)

// readCommand reads a command that sends a request, with the variables that are set above
// it. A whole code fence is one script.
func readCommand(l *layer, i int) int {
	if l.f.hooks.Command == nil || l.rejected["command"] > i {
		return i
	}
	if l.lineEnd-i < 4 {
		return i
	}
	line := strings.TrimLeft(l.s[i:min(l.lineEnd, i+longestHead)], "> \t")
	if !l.f.hooks.Command(unprompted(line)) {
		if !assignment(unprompted(line)) {
			return i
		}
		// Variables, if a command uses them below.
		end, found := l.script(i)
		if !found {
			l.rejected["command"] = end
			return i
		}
	}
	end, _ := l.script(i)
	if l.commandEnd >= 0 && strings.TrimSpace(l.s[l.commandEnd:i]) == "" && len(l.f.out) > 0 && l.f.out[len(l.f.out)-1].Kind == KindCommand {
		l.f.out = l.f.out[:len(l.f.out)-1]
	} else {
		l.commandStart = i
	}
	l.commandEnd = end
	l.emit(Island{Kind: KindCommand, Name: "a command", Text: l.t.Slice(l.commandStart, end), Side: SideRequest})
	return end
}

// unprompted is a line without the prompt of a shell.
func unprompted(line string) string {
	for _, p := range [...]string{"$ ", "% ", "# ", "❯ ", "➜ ", "λ "} {
		if rest, ok := strings.CutPrefix(line, p); ok {
			return rest
		}
	}
	head := line[:min(len(line), 160)]
	if strings.HasPrefix(head, "PS ") || len(head) > 3 && isLetter(head[0]) && head[1] == ':' && head[2] == '\\' {
		if n := strings.IndexByte(head, '>'); n > 0 {
			return strings.TrimLeft(line[n+1:], " ")
		}
	}
	for _, end := range [...]string{"$ ", "# ", "% "} {
		if n := strings.Index(head, end); n > 0 && strings.ContainsAny(head[:n], "@:~") && !strings.ContainsAny(head[:n], `"'=`) {
			return line[n+2:]
		}
	}
	return line
}

// assignment recognises a line that sets a shell variable.
func assignment(line string) bool {
	rest := line
	for _, word := range [...]string{"export ", "set ", "local ", "SET ", "declare ", "readonly "} {
		rest = strings.TrimPrefix(rest, word)
	}
	dollar := strings.HasPrefix(rest, "$")
	rest = strings.TrimPrefix(rest, "$")
	rest = strings.TrimPrefix(rest, "env:")
	n := 0
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	if n == 0 || isDigit(rest[0]) || n >= len(rest) {
		return false
	}
	if dollar {
		after := strings.TrimLeft(rest[n:], " ")
		return strings.HasPrefix(after, "=") && !strings.HasPrefix(after, "==")
	}
	return rest[n] == '=' && n+1 < len(rest) && rest[n+1] != '=' && rest[n+1] != ' ' && strings.IndexByte(rest[:n], '&') < 0 && strings.IndexByte(rest[n:], '&') < 0
}

const (
	// longestHead is how much of a line is searched for a command.
	longestHead     = 8 << 10
	mostScriptLines = 2000
	longestGap      = 3 // empty lines and comments between the parts of a script
)

// script is the end of the script that begins at i: commands, variables,
// comments and what continues them. found reports whether a command is among them.
func (l *layer) script(i int) (end int, found bool) {
	s := l.s
	end = i
	gap := 0
	for at, lines := i, 0; at < len(s) && lines < mostScriptLines; lines++ {
		stop := endOfLine(s, at)
		line := strings.TrimSpace(s[at:stop])
		bare := unprompted(strings.TrimLeft(line, "> "))
		switch mark, _ := fence(s[at:stop]); {
		case mark:
			return end, found
		case line == "" || line[0] == '#' && bare == line || strings.HasPrefix(strings.ToLower(line), "rem "):
			if gap++; gap > longestGap && line == "" {
				return end, found
			}
			at = stop + 1
			continue
		case l.f.hooks.Command(bare):
			found = true
		case assignment(bare), found && shellLine(line):
		default:
			return end, found
		}
		gap = 0
		next := statementEnd(s, at, stop)
		for k := stop + 1; !found && k < next; { // in $( … ) on several lines
			stop := endOfLine(s, k)
			found = l.f.hooks.Command(strings.TrimSpace(s[k:stop]))
			k = stop + 1
		}
		end = next
		at = min(next+1, len(s))
		if next >= len(s) {
			break
		}
	}
	return end, found
}

// shellLine recognises a line that may surround the commands of a script.
func shellLine(line string) bool {
	for _, begin := range [...]string{"echo ", "printf ", "cat ", "jq ", "done", "fi", "then", "else", "exit", ")", "}", "| ", "|& ", "&& ", "|| ", "sleep ", "set -", "unset ", "if [", "for ", "while ", "local ", "EOF", "Write-Host", "Write-Output", "$"} {
		if strings.HasPrefix(line, begin) || line == strings.TrimSpace(begin) {
			return begin != "$" || strings.Contains(line, "=") || strings.Contains(line, "|")
		}
	}
	return false
}

// statementEnd is the end of the statement whose first line is s[i:stop], including the
// lines that continue it after a continuation mark, an open quotation mark or an open
// bracket of PowerShell, or by beginning with an option.
func statementEnd(s string, i, stop int) int {
	limit := min(len(s), i+longestCommand)
	quote := byte(0)
	open := 0
	hashtable := false
	at := i
	for at < limit {
		c := s[at]
		switch {
		case quote != 0:
			if c == '\\' && quote == '"' && at+1 < limit {
				at++
			} else if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '@' && at+1 < limit && s[at+1] == '{':
			hashtable = true
			open++
			at++
		case hashtable && c == '{':
			open++
		case hashtable && c == '}':
			if open--; open <= 0 {
				hashtable, open = false, 0
			}
		case c == '\\' && at+1 < limit && s[at+1] != '\n' && s[at+1] != '\r' && s[at+1] != ' ':
			at++
		case c == '\n':
			last := lastByte(s[i:at])
			if last == '\\' || last == '^' || last == '`' || last == '|' || hashtable {
				break
			}
			next := endOfLine(s, at+1)
			if optionLine(s[at+1 : next]) {
				break
			}
			return at
		}
		at++
	}
	if quote != 0 || at >= limit {
		// An unclosed quotation mark, as in a damaged command: the command ends at the
		// end of the paragraph.
		return paragraphEnd(s, stop)
	}
	return at
}

const longestCommand = 256 << 10

func lastByte(s string) byte {
	for n := len(s) - 1; n >= 0; n-- {
		if s[n] != ' ' && s[n] != '\t' && s[n] != '\r' {
			return s[n]
		}
	}
	return 0
}

// optionLine recognises a line that begins with a command's option.
func optionLine(line string) bool {
	line = strings.TrimLeft(line, " \t>")
	if strings.HasPrefix(line, "--") && len(line) > 4 && isLetter(line[2]) && isLetter(line[3]) {
		return true
	}
	if strings.HasPrefix(line, "–") || strings.HasPrefix(line, "—") {
		return len(line) > 4 && isLetter(strings.TrimLeft(line, "–—-")[0])
	}
	return len(line) > 2 && line[0] == '-' && isLetter(line[1]) && strings.IndexByte(" '\"@$", line[2]) >= 0
}

// paragraphEnd is the end of the lines up to an empty one, a fence, or the
// beginning of something else.
func paragraphEnd(s string, stop int) int {
	for at := stop; at < len(s); {
		next := endOfLine(s, at+1)
		line := strings.TrimSpace(s[min(at+1, len(s)):next])
		mark, _ := fence(line)
		if line == "" || mark || messageStart(line) || line[0] == '{' && !strings.HasSuffix(strings.TrimSpace(s[:at]), `\`) {
			return at
		}
		at = next
	}
	return len(s)
}
