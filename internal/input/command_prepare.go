package input

import (
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// prepared is a text in which everything around the commands is blanked out, with what
// was noticed about it.
type prepared struct {
	src      string
	segments []jsonspan.Span
	// joins are line ends that were replaced by blanks because the next line continues
	// with an option; comments are comments where a command should have continued.
	joins, comments []int
}

// prepare blanks out what surrounds commands: Markdown, prompts, the marks of quoted
// mail. Every byte keeps its offset.
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
				// The comment ends the command; what follows is another one.
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
				// A blank after the backslash would end the command.
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

// lineEndAt is where the line end at i begins, including a carriage return.
func lineEndAt(text string, i int) int {
	if i > 0 && i <= len(text) && text[i-1] == '\r' {
		return i - 1
	}
	return i
}

// neutral hides from the shell grammar the placeholders that people write, such as
// <assertion>, and no-break spaces.
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

// more adds a note to the last request read if more commands follow it.
func (p *prepared) more(last *evidence.Request, seg jsonspan.Span) {
	from := endOfLine(p.src, min(max(last.URLSpan.End, last.Body.Span.End, seg.Start), len(p.src)), len(p.src))
	if _, ok := nextLine(p.src, from, len(p.src), func(line string) bool { return commandHead(line) || cmdletIn(line) >= 0 }); ok {
		last.Notes = foremost(last.Notes, limited(maxRequests, "commands"))
	}
}

// told are the notes about a command's line continuations.
func (p *prepared) told(d evidence.Document, span jsonspan.Span) []string {
	const most = 3
	var out []string
	for _, j := range p.joins {
		if j >= span.Start && j < span.End && len(out) < most {
			out = append(out, "a backslash is missing at the end of line "+strconv.Itoa(d.Place(j).Line)+"; the next line was read as part of the command")
		}
	}
	for _, c := range p.comments {
		if c >= span.Start && strings.Trim(p.src[min(span.End, c):c], " \t\r\n\\") == "" && len(out) < most {
			out = append(out, "the comment in line "+strconv.Itoa(d.Place(c).Line)+" ends the command: the options in the lines below it are not sent")
			break
		}
	}
	return out
}
