package input

import (
	"errors"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

const (
	// maxCommand is how much of a text is looked at for commands, in bytes.
	maxCommand = 1 << 20
	// maxGrammar is the longest text that the full shell grammar is tried on, in bytes:
	// its parser recurses as deep as the text nests.
	maxGrammar = 128 << 10
	// maxParsed is how much text the full shell grammar is tried on in total, in bytes: a
	// damaged text needs several tries.
	maxParsed = 4 * maxGrammar
	// maxRequests is how many commands are read from one text.
	maxRequests = 200
	// maxDamaged is how many damaged commands of one text are tried.
	maxDamaged = 30
)

// commands reads every command of the text that sends an HTTP request, in
// order: curl, wget and HTTPie in a POSIX shell, cmd.exe or PowerShell, and
// PowerShell's own. Nothing is run; files reads what the commands send.
//
// A damaged command is an error if no other could be read; otherwise the first request
// gets a note about it.
func commands(d evidence.Document, files Files) ([]*evidence.Request, error) {
	return commandsIn(d, prepare(d.Text[:min(len(d.Text), maxCommand)]), files)
}

// commandsIn is commands for a text that is already prepared.
func commandsIn(d evidence.Document, p prepared, files Files) ([]*evidence.Request, error) {
	text, src := d.Text[:len(p.src)], p.src
	var out []*evidence.Request
	var damage *unclosed
	cut := false // a command has more arguments than are read
	supply := newSupply(files)
	env := newShell(text, src, supply)
	for _, seg := range p.segments {
		if supply.over {
			break
		}
		s := newShell(text, src, supply)
		s.vars, s.arrays = env.vars, env.arrays
		var err error
		var found []*evidence.Request
		switch dialectOf(src[seg.Start:seg.End], text[seg.Start:seg.End], d.Origin.File) {
		case powerShell:
			found, err = powerShellRequests(d, s, seg.Start, seg.End)
		case cmdExe:
			err = s.cmdCommands(d.Origin.File, seg.Start, seg.End)
		default:
			err = s.posixCommands(seg.Start, seg.End)
		}
		var e *unclosed
		if errors.As(err, &e) && damage == nil {
			damage = e
		}
		for _, inv := range s.out {
			if supply.over {
				break
			}
			inv.notes = append(inv.notes, p.told(d, inv.span)...)
			cut = cut || inv.more
			found = append(found, invoked(d, supply, inv)...)
		}
		out = append(out, found...)
		if len(out) >= maxRequests {
			out = out[:maxRequests]
			p.more(out[len(out)-1], seg)
			break
		}
	}
	switch {
	case supply.over:
		return nil, supply.overdrawn(d)
	case len(out) == 0 && damage != nil:
		return nil, malformed(d, damage)
	case len(out) == 0 && cut:
		return nil, &ReadError{ErrMalformed, d.Origin.File + " contains a command with more than " + strconv.Itoa(maxWords) + " arguments, and the first " + strconv.Itoa(maxWords) + " have no URL; remove what is repeated"}
	case len(out) == 0:
		return nil, &ReadError{ErrMalformed, d.Origin.File + " contains no command that sends a request; give the whole command, beginning with curl, wget, http or Invoke-RestMethod"}
	case damage != nil:
		out[0].Notes = append(out[0].Notes, "another command could not be read: in line "+strconv.Itoa(d.Place(damage.at).Line)+" the quotation mark "+damage.mark+" is never closed")
	}
	return out, nil
}

func newShell(doc, src string, supply *supply) *shell {
	return &shell{doc: doc, src: src, supply: supply, vars: map[string]mapped{}, arrays: map[string][]word{}}
}

// invoked makes the requests of one shell command.
func invoked(d evidence.Document, supply *supply, inv invocation) []*evidence.Request {
	for i := range inv.args {
		inv.args[i].placeholders()
	}
	switch inv.name {
	case "curl":
		return curlRequests(d, supply, inv)
	case "wget":
		return wgetRequests(d, supply, inv)
	}
	return httpieRequests(d, supply, inv)
}

// posixCommands reads the commands in one stretch of text for a POSIX shell.
func (s *shell) posixCommands(from, to int) error {
	var first error
	tries := 0
	for i := from; i < to && len(s.out) < maxRequests; {
		if tries < maxDamaged && s.parsed < maxParsed && grammatical(s.src[i:to]) {
			s.parsed += to - i
			end, whole := s.statements(i, to)
			if whole {
				break
			}
			i = end
		}
		tries++
		at, ok := nextStart(s.src, i, to)
		if !ok || tries > 2*maxDamaged {
			break
		}
		if strings.TrimSpace(s.src[i:at]) != "" && tries < maxDamaged {
			i = at
			continue
		}
		inv, end, err := s.split(at, to)
		if err != nil {
			if first == nil {
				first = err
			}
			end = endOfLine(s.src, at, to) + 1
		} else if inv.name != "" && len(inv.args) > 0 {
			s.out = append(s.out, inv)
			tries--
		}
		i = end
	}
	return first
}

// grammatical reports whether the full shell grammar may be tried on a text, which must
// not be too long or too deeply nested.
func grammatical(s string) bool {
	if len(s) > maxGrammar {
		return false
	}
	deep := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{', '`', '[', '|', '!':
			deep++
		}
	}
	return deep < 4000 && typographicIn(s) < 0
}

// typographicIn finds typographic quotation marks in the place of a shell's quotes.
func typographicIn(s string) int {
	for _, before := range [...]string{" ", "=", ":", "\t"} {
		for _, mark := range [...]string{"“", "”", "‘", "’"} {
			if i := strings.Index(s, before+mark); i >= 0 {
				return i
			}
		}
	}
	return -1
}
