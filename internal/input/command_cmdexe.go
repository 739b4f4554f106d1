package input

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// cmdCommands reads the commands of one stretch that was written for cmd.exe.
func (s *shell) cmdCommands(file string, from, to int) error {
	var first error
	lower := wording.LowerASCII(s.src[from:to])
	s.script = hasLine(lower, "@echo ") || hasLine(lower, "setlocal")
	s.batch = s.script || batchFile(file)
	s.delayed = strings.Contains(lower, "enabledelayedexpansion")
	for i := from; i < to && len(s.out) < maxRequests; {
		line := logicalLine(s.src, i, to, '^')
		s.cmdSet(i, line)
		if at, ok := nextCommand(s.src, i, line); ok {
			lost := s.lost
			words, strange, err := s.cmdWords(at, line)
			if err != nil && first == nil {
				first = err
			}
			n := len(s.out)
			if err == nil && s.run(words, nil, jsonspan.Span{Start: at, End: line}) && len(s.out) > n {
				s.out[n].strange = strange
				if s.lost > lost {
					s.out[n].notes = append(s.out[n].notes, "in a batch file %1 to %9 are its arguments; for a percent sign that is to be sent write %%, as in %%3A")
				}
			}
		}
		i = line + 1
	}
	return first
}

// logicalLine is the end of the line that begins at i, continuation lines included;
// escape is the character that continues a line.
func logicalLine(s string, i, to int, escape byte) int {
	for {
		end := endOfLine(s, i, to)
		trimmed := strings.TrimRight(s[i:end], " \t\r")
		if end >= to || trimmed == "" || trimmed[len(trimmed)-1] != escape {
			return end
		}
		i = end + 1
	}
}

// cmdSet remembers set NAME=value.
func (s *shell) cmdSet(from, to int) {
	text := s.src[from:to]
	lead := len(text) - len(strings.TrimLeft(text, " \t@"))
	if len(text) < lead+5 || !strings.EqualFold(text[lead:lead+4], "set ") {
		return
	}
	at := from + lead + 4
	text = strings.TrimRight(s.src[at:to], "\r")
	if inner, ok := strings.CutPrefix(text, `"`); ok {
		at++
		if text = inner; strings.Contains(text, `"`) {
			text = text[:strings.LastIndexByte(text, '"')]
		}
	}
	name, value, ok := strings.Cut(text, "=")
	if ok && nameLength(name) == len(name) && !strings.Contains(value, "%") {
		var m mapped
		m.add(value, at+len(name)+1)
		m.from = []region{{0, m.len(), jsonspan.Span{Start: at + len(name) + 1, End: at + len(name) + 1 + len(value)}}}
		s.set(strings.ToUpper(name), m)
	}
}

// cmdWords splits a command as cmd.exe and then the program's C runtime do.
func (s *shell) cmdWords(from, to int) (words []word, strange string, err error) {
	line := s.cmdLine(from, to)
	if line.open >= 0 {
		err = &unclosed{line.open, `"`}
	}
	cur, open, quoted, lastQuote := word{}, false, false, -1
	start := -1
	flush := func(end int) {
		if open && len(words) <= maxWords { // one more than is used shows that there are more
			cur.span = jsonspan.Span{Start: start, End: max(end, start)}
			words = append(words, cur)
		}
		cur, open, start = word{}, false, -1
	}
	b := line.b
	where := func(i int) int {
		if i >= 0 && i < len(b) && line.at[i] >= 0 {
			return int(line.at[i])
		}
		return from
	}
	for i := 0; i < len(b); i++ {
		c := b[i]
		if !quoted && (c == ' ' || c == '\t') {
			flush(where(i-1) + 1)
			continue
		}
		if !open {
			open, start = true, where(i)
		}
		slashes := 0
		for i+slashes < len(b) && b[i+slashes] == '\\' {
			slashes++
		}
		if slashes > 0 {
			// Backslashes are special only before a double quote.
			if i+slashes < len(b) && b[i+slashes] == '"' {
				cur.join(line.cut(i, i+slashes/2))
				if i += slashes; slashes%2 == 1 {
					cur.join(line.cut(i, i+1))
					continue
				}
				i--
				continue
			}
			cur.join(line.cut(i, i+slashes))
			i += slashes - 1
			continue
		}
		if c == '"' {
			if quoted && i+1 < len(b) && b[i+1] == '"' {
				cur.join(line.cut(i, i+1))
				i++
				continue
			}
			quoted, lastQuote = !quoted, where(i)
			continue
		}
		n := 1
		for i+n < len(b) && !strings.ContainsRune("\\\" \t", rune(b[i+n])) {
			n++
		}
		cur.join(line.cut(i, i+n))
		i += n - 1
	}
	flush(where(len(b)-1) + 1)
	if quoted && err == nil {
		err = &unclosed{max(lastQuote, from), `"`}
	}
	words, strange = joinSingle(words)
	return words, strange, err
}

// cmdText is a command line after cmd.exe has read it.
type cmdText struct {
	mapped
	open int // offset of an unclosed quote, -1 for none
}

// cmdLine removes carets and line continuations and fills in variables. It ends at a
// command separator.
func (s *shell) cmdLine(from, to int) cmdText {
	out := cmdText{open: -1}
	quoted, opened := false, -1
	for i := from; i < to; {
		c := s.src[i]
		switch {
		case c == '^' && !quoted:
			if n := lineEnd(strings.TrimLeft(s.src[i+1:to], " \t")); n > 0 {
				i += 1 + n + len(s.src[i+1:to]) - len(strings.TrimLeft(s.src[i+1:to], " \t"))
				continue
			}
			if i+1 < to {
				out.add(s.doc[i+1:i+2], i+1)
			}
			i += 2
			continue
		case c == '"':
			quoted, opened = !quoted, i
		case c == '\n' || !quoted && (c == '|' || c == '&' || c == '>' || c == '<'):
			if quoted {
				// cmd.exe ends the command here, quoted or not: a caret in quotes does
				// not continue the line.
				out.open = opened
			}
			return out
		case c == '\r':
			i++
			continue
		case c == '%' || c == '!' && s.delayed:
			if n := s.batchPercent(&out.mapped, i, to); n > 0 {
				i += n
				continue
			}
			if n := cmdVariable(s.src[i:to]); n > 0 {
				s.cmdFill(&out.mapped, i, i+n)
				i += n
				continue
			}
		}
		out.add(s.doc[i:i+1], i)
		i++
	}
	return out
}

// batchPercent reads what a percent sign means only in a batch file: %% is a percent sign
// or begins a loop variable, %1 an argument of the file. It returns the length of what
// was read, 0 for nothing.
func (s *shell) batchPercent(m *mapped, from, to int) int {
	rest := s.src[from:min(to, from+40)]
	if !s.batch || len(rest) < 3 || rest[0] != '%' {
		return 0
	}
	modified := func(i int) int { // the letters of %~dp1
		if rest[i] == '~' {
			i++
			for i < len(rest)-1 && letter(rest[i]) && (letter(rest[i+1]) || digit(rest[i+1])) {
				i++
			}
		}
		return i
	}
	n := 0
	switch {
	case rest[1] == '%':
		_, encodes := percentAt([]byte(rest), 1)
		if n = modified(2); encodes || n >= len(rest) || !letter(rest[n]) {
			m.add("%", from+1)
			return 2
		}
	case digit(rest[1]):
		if _, encodes := percentAt([]byte(rest), 0); encodes {
			if !s.script {
				return 0 // the file may contain a command that was typed at a prompt
			}
			s.lost++ // a missing argument is empty
			return 2
		}
		n = 1
	case rest[1] == '*':
		n = 1
	case rest[1] == '~':
		if n = modified(1); n >= len(rest) || !digit(rest[n]) {
			return 0
		}
	default:
		return 0
	}
	text := s.doc[from : from+n+1]
	m.leave(text, from, "it is what the batch file is given as "+text)
	return n + 1
}

// cmdFill appends the value of %NAME%.
func (s *shell) cmdFill(m *mapped, from, to int) {
	text := s.doc[from:to]
	if value, ok := s.vars[strings.ToUpper(strings.Trim(text, "%!"))]; ok && len(m.b)+len(value.b) < maxCommand && s.supply.draw(value.cost()) {
		m.join(value)
		return
	}
	m.leave(text, from, "it is the shell variable "+text)
}

// cmdVariable is the length of %NAME% or !NAME!; something like %AB% is left over from
// percent-encoding.
func cmdVariable(s string) int {
	n := nameLength(s[1:])
	if n == 0 || n+1 >= len(s) || s[n+1] != s[0] {
		return 0
	}
	if n == 2 && s[0] == '%' {
		if _, encoded := jsonspan.Hex(s, 1, 2); encoded {
			return 0
		}
	}
	return n + 2
}

// hasLine reports whether a line of a text begins with a word.
func hasLine(text, word string) bool {
	return strings.HasPrefix(text, word) || strings.Contains(text, "\n"+word)
}

// batchFile recognises a batch file by its name.
func batchFile(name string) bool {
	name = wording.LowerASCII(name)
	return strings.HasSuffix(name, ".bat") || strings.HasSuffix(name, ".cmd")
}

// cmdPrompt reports whether a text was copied out of cmd.exe, by its prompt
// (C:\Users\me>), and has no line continuation of another shell.
func cmdPrompt(text string) bool {
	found := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasSuffix(line, `\`) {
			return false
		}
		if len(line) > 4 && letter(line[0]) && line[1] == ':' && line[2] == '\\' {
			n := strings.IndexByte(line, '>')
			found = found || n > 0 && commandHead(line[n+1:])
		}
	}
	return found
}

// joinSingle rejoins text in single quotes, which a shell that does not know those quotes
// splits at blanks.
func joinSingle(words []word) (out []word, strange string) {
	out = make([]word, 0, len(words))
	closer := 0 // the first later word that ends with a quote
	for i := 0; i < len(words); i++ {
		w := words[i]
		j := i
		if opens := bytes.HasPrefix(w.b, []byte("'")); opens && (w.len() == 1 || !bytes.HasSuffix(w.b, []byte("'"))) {
			for closer = max(closer, i+1); closer < len(words) && !bytes.HasSuffix(words[closer].b, []byte("'")); closer++ {
			}
			if closer < len(words) {
				j = closer
			}
		}
		for _, next := range words[i+1 : j+1] {
			w.put(" ", next.span.Start-1)
			w.join(next.mapped)
			w.span.End = next.span.End
		}
		if len(w.b) > 1 && w.b[0] == '\'' && w.b[len(w.b)-1] == '\'' {
			strange = "'"
		}
		out, i = append(out, w), j
	}
	return out, strange
}

// plainQuotes removes the quotation marks around a word that is not a body: with them the
// program would not even have sent a request.
func plainQuotes(w word, strange string) word {
	text := w.String()
	if strange == "" || len(text) < 2 {
		return w
	}
	open := typographicQuote(text)
	if open == "" && text[0] == '\'' {
		open = "'"
	}
	if open == "" {
		return w
	}
	for _, closer := range [...]string{"”", "“", "’", "‘", "»", "'"} {
		if strings.HasSuffix(text, closer) && len(text) >= len(open)+len(closer) {
			w.mapped = w.cut(len(open), len(text)-len(closer))
			return w
		}
	}
	return w
}

// malformed is the error for a damaged command.
func malformed(d evidence.Document, e *unclosed) error {
	at := d.Place(e.at)
	return &ReadError{ErrMalformed, d.Origin.File + " looks like a command that sends a request, but in line " + strconv.Itoa(at.Line) +
		" the quotation mark " + e.mark + " in column " + strconv.Itoa(at.Column) + " is never closed; add the closing one, or copy the command again as a whole"}
}
