package input

import (
	"path"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// invocation is one command with its arguments, as its shell passes them on.
type invocation struct {
	name  string // curl, wget, http or https
	args  []word
	stdin *stream
	span  jsonspan.Span // of the whole command
	notes []string
	// strange is the kind of quotation mark that the shell does not know.
	strange string
	more    bool // more arguments follow that were not read
}

// cut notes whether more arguments follow that were not read.
func (inv *invocation) cut(more bool) {
	if inv.more = inv.more || more; more {
		inv.notes = foremost(inv.notes, limited(maxWords, "arguments of the command"))
	}
}

// stream is what a command reads from its standard input.
type stream struct {
	mapped
	unknown string // why it is not known
	file    string // the file it would be read from, if any
}

// shell reads commands of a POSIX shell. Nothing is ever run.
type shell struct {
	doc    string // the document
	src    string // the same with what surrounds commands blanked out, at the same offsets
	vars   map[string]mapped
	arrays map[string][]word
	supply *supply
	parsed int // bytes the full grammar was tried on
	out    []invocation
	// For cmd.exe: the text is in a batch file, is written like one, or has variables in
	// ! as well; and how many percent signs that costs.
	batch, script, delayed bool
	lost                   int
}

// unquoted appends bare text of the document.
func (s *shell) unquoted(m *mapped, from, to int) {
	for i := from; i < to; {
		j := strings.IndexByte(s.doc[i:to], '\\')
		if j < 0 {
			m.add(s.doc[i:to], i)
			return
		}
		m.add(s.doc[i:i+j], i)
		if i += j; i+1 >= to {
			s.lastBackslash(m, i)
			return
		}
		n := lineEnd(s.doc[i+1 : to])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(s.doc[i+1 : to])
			m.add(s.doc[i+1:i+1+size], i+1)
			n = size
		}
		i += 1 + n
	}
}

// lineEnd is the length of the line end that s begins with, 0 without one.
func lineEnd(s string) int {
	switch {
	case strings.HasPrefix(s, "\r\n"):
		return 2
	case strings.HasPrefix(s, "\n"):
		return 1
	}
	return 0
}

// lastBackslash appends the backslash at the end of a stretch, unless it continues a
// line: the grammar splits literals there, and the shell drops the backslash.
func (s *shell) lastBackslash(m *mapped, at int) {
	if lineEnd(s.doc[at+1:]) == 0 {
		m.add(`\`, at)
	}
}

// inDouble appends text between double quotes, without expansions. In a here-document the
// double quote is not special.
func (s *shell) inDouble(m *mapped, from, to int, special string) {
	for i := from; i < to; {
		j := strings.IndexByte(s.doc[i:to], '\\')
		if j < 0 {
			m.add(s.doc[i:to], i)
			return
		}
		if i+j+1 >= to {
			m.add(s.doc[i:i+j], i)
			s.lastBackslash(m, i+j)
			return
		}
		m.add(s.doc[i:i+j], i)
		i += j
		if n := lineEnd(s.doc[i+1 : to]); n > 0 {
			i += 1 + n
			continue
		}
		if strings.IndexByte(special, s.doc[i+1]) >= 0 {
			m.add(s.doc[i+1:i+2], i+1)
		} else {
			m.add(s.doc[i:i+2], i)
		}
		i += 2
	}
}

// ansi appends the text of $'…'.
func (s *shell) ansi(m *mapped, from, to int) {
	for i := from; i < to; {
		c := s.doc[i]
		if c != '\\' || i+1 >= to {
			m.add(s.doc[i:i+1], i)
			i++
			continue
		}
		text, n := ansiEscape(s.doc[i+1 : to])
		m.put(text, i)
		i += 1 + n
	}
}

// ansiEscape is the meaning and length of the escape after a backslash.
func ansiEscape(s string) (string, int) {
	const letters, meanings = `abeEfnrtv\'"?`, "\a\b\x1b\x1b\f\n\r\t\v\\'\"?"
	if i := strings.IndexByte(letters, s[0]); i >= 0 {
		return meanings[i : i+1], 1
	}
	base, most, from := rune(16), 2, 1
	switch s[0] {
	case 'x':
	case 'u':
		most = 4
	case 'U':
		most = 8
	case '0', '1', '2', '3', '4', '5', '6', '7':
		base, most, from = 8, 3, 0
	default:
		return `\` + s[:1], 1
	}
	value, n := rune(0), from
	for n < len(s) && n < from+most {
		d, ok := jsonspan.HexDigit(s[n])
		if !ok || d >= base {
			break
		}
		value = value*base + d
		n++
	}
	switch {
	case n == from:
		return `\` + s[:1], 1
	case s[0] == 'u' || s[0] == 'U':
		return string(value), n
	}
	return string([]byte{byte(value)}), n
}

// variable appends the value of $NAME or ${NAME}, which is at the given place; if it is
// not set above, the text as written.
func (s *shell) variable(m *mapped, name string, from, to int) {
	// The grammar counts a line continuation after the name as part of it.
	text := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s.doc[from:to], "\n"), "\r"), `\`)
	if value, ok := s.vars[name]; ok && name != "" && len(m.b)+len(value.b) < maxCommand && s.supply.draw(value.cost()) {
		m.join(value)
		return
	}
	why := "it is the shell variable " + text
	if name == "" {
		why = "it is what the shell makes of " + text
	}
	m.leave(text, from, why)
}

// output appends the output of a command: the file's content for $(cat FILE), else the
// text as written.
func (s *shell) output(m *mapped, from, to int) {
	text := s.doc[from:to]
	inner := strings.TrimSpace(strings.Trim(strings.TrimPrefix(text, "$"), "()`"))
	name, ok := strings.CutPrefix(inner, "<")
	if !ok {
		name, ok = strings.CutPrefix(inner, "cat ")
	}
	name = strings.Trim(strings.TrimSpace(name), `"'`)
	if !ok || name == "" || strings.ContainsAny(name, "|;&$`\"'<> \n()*") {
		m.leave(text, from, "it is the output of a command")
		return
	}
	if content, err := s.supply.read(name); err == nil {
		m.put(strings.TrimRight(string(content), "\r\n"), -1)
		return
	}
	m.leave(text, from, fromFile(name))
	m.holes[len(m.holes)-1].file = name
}

// set remembers the value of a variable, if it is completely known.
func (s *shell) set(name string, value mapped) {
	if len(value.holes) > 0 || len(s.vars) > 1000 {
		delete(s.vars, name)
		return
	}
	s.vars[name] = value
}

// run keeps a command with its arguments if it sends requests.
func (s *shell) run(words []word, stdin *stream, span jsonspan.Span) bool {
	i, ok := senderAt(words)
	if !ok {
		return false
	}
	inv := invocation{name: programName(words[i].String()), args: words[i+1:], stdin: stdin, span: span}
	inv.cut(len(words) > maxWords)
	inv.args = inv.args[:min(len(inv.args), maxWords)]
	s.out = append(s.out, inv)
	return true
}

// senderAt finds curl, wget or http among the first words of a command, after words that
// run another command.
func senderAt(words []word) (int, bool) {
	for i := range words[:min(len(words), 12)] {
		name := programName(words[i].String())
		switch name {
		case "curl", "wget":
			return i, len(words) > i+1
		case "http", "https":
			return i, i == 0 && len(words) > 1
		}
		if i > 0 {
			continue
		}
		switch name {
		case "sudo", "time", "env", "command", "exec", "nohup", "timeout", "watch", "docker", "podman", "kubectl", "oc", "nice", "xargs",
			"winpty", "doas", "do", "then", "else", "!", "{", "(", "if", "while", "torsocks", "proxychains", "&", "RUN", "run:", "-", "&&":
		default:
			return 0, false
		}
	}
	return 0, false
}

// programName is the name of a program without its folder; a leading @ keeps Makefiles
// and batch files from echoing the command.
func programName(s string) string {
	s = path.Base(strings.ReplaceAll(strings.TrimLeft(s, "@"), `\`, "/"))
	if len(s) > 4 && strings.EqualFold(s[len(s)-4:], ".exe") {
		return strings.ToLower(s[:len(s)-4])
	}
	return s
}
