package explain

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// minTextWidth keeps prose readable where a terminal reports nonsense.
const minTextWidth = 40

// Text renders Markdown as this package writes it for a terminal of that many
// columns: headings bold, code indented, tables aligned, links with their
// address. Lines break only at spaces, so an address or a line of code may be
// longer than the width.
func Text(markdown string, width int, color bool) string {
	t := &terminal{width: max(width, minTextWidth), color: color}
	lines := strings.Split(markdown, "\n")
	for i := 0; i < len(lines); {
		i += t.block(lines[i:])
	}
	return strings.TrimRight(t.b.String(), "\n") + "\n"
}

type terminal struct {
	width int
	color bool
	b     strings.Builder
}

// block writes the block the lines begin with and returns how many it took.
func (t *terminal) block(lines []string) int {
	line := lines[0]
	level := len(line) - len(strings.TrimLeft(line, "#"))
	switch {
	case strings.TrimSpace(line) == "":
		return 1
	case strings.HasPrefix(line, "<!--"):
		for i, l := range lines {
			if strings.Contains(l, "-->") {
				return i + 1
			}
		}
		return len(lines)
	case level > 0 && strings.HasPrefix(line[level:], " "):
		t.heading(level, line[level+1:])
		return 1
	case strings.HasPrefix(line, "```"):
		n := run(lines[1:], func(l string) bool { return !strings.HasPrefix(l, "```") })
		for _, l := range lines[1 : 1+n] {
			t.code(l)
		}
		t.line("")
		return min(n+2, len(lines))
	case strings.HasPrefix(line, "|"):
		n := run(lines, func(l string) bool { return strings.HasPrefix(l, "|") })
		t.table(lines[:n])
		t.line("")
		return n
	case strings.HasPrefix(line, "- "):
		n := run(lines, func(l string) bool { return strings.HasPrefix(l, "- ") })
		for _, l := range lines[:n] {
			t.prose("- ", "  ", words(l[2:], true))
		}
		t.line("")
		return n
	}
	if numberOf(line) > 0 {
		n := run(lines, func(l string) bool { return numberOf(l) > 0 })
		wide := numberOf(lines[n-1])
		for _, l := range lines[:n] {
			at := numberOf(l)
			t.prose(strings.Repeat(" ", max(0, wide-at))+l[:at], strings.Repeat(" ", max(at, wide)), words(l[at:], true))
		}
		t.line("")
		return n
	}
	n := run(lines, isProse)
	t.prose("", "", words(strings.Join(lines[:n], " "), true))
	t.line("")
	return n
}

// code writes a line of code. A comment that does not fit behind it goes above it.
func (t *terminal) code(l string) {
	const indent = "    "
	if visible.Width(indent+l) > t.width {
		for _, mark := range []string{"# ", "// "} {
			code, comment, ok := strings.Cut(l, "  "+mark)
			lead := indent + code[:len(code)-len(strings.TrimLeft(code, " "))] + mark
			if !ok || strings.TrimSpace(code) == "" {
				continue
			}
			for _, part := range wrap(words(escape(comment), false), t.width-len(lead)) {
				t.line(lead + (&terminal{}).paint(part))
			}
			l = strings.TrimRight(code, " ")
			break
		}
	}
	t.line(strings.TrimRight(indent+l, " "))
}

// numberOf is the length of the "12. " that a line of a numbered list begins with;
// 0 for other lines.
func numberOf(line string) int {
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	if digits == 0 || digits > 3 || !strings.HasPrefix(line[digits:], ". ") {
		return 0
	}
	return digits + 2
}

// run counts the lines from the first on that fit.
func run(lines []string, fits func(string) bool) int {
	for i, l := range lines {
		if !fits(l) {
			return i
		}
	}
	return len(lines)
}

func isProse(line string) bool {
	if strings.TrimSpace(line) == "" {
		return false
	}
	if numberOf(line) > 0 {
		return false
	}
	for _, mark := range []string{"# ", "## ", "### ", "#### ", "```", "|", "- ", "<!--"} {
		if strings.HasPrefix(line, mark) {
			return false
		}
	}
	return true
}

func (t *terminal) line(s string) { t.b.WriteString(s + "\n") }

// heading is bold; without colour the first two levels are underlined.
func (t *terminal) heading(level int, text string) {
	ws := words(text, true)
	for i := range ws {
		for j := range ws[i].parts {
			ws[i].parts[j].style = bold
		}
	}
	start := t.b.Len()
	t.prose("", "", ws)
	if !t.color && level <= 2 {
		wide := 0
		for l := range strings.Lines(t.b.String()[start:]) {
			wide = max(wide, visible.Width(strings.TrimRight(l, "\n")))
		}
		t.line(strings.Repeat(map[int]string{1: "=", 2: "-"}[level], wide))
	}
	t.line("")
}

// prose writes words, breaking lines between them; first and rest are before
// the first line and the others.
func (t *terminal) prose(first, rest string, ws []word) {
	lead := first
	for _, l := range wrap(ws, t.width-max(len(first), len(rest))) {
		t.line(strings.TrimRight(lead+t.paint(l), " "))
		lead = rest
	}
}

// wrap breaks words into lines of at most that many columns; a longer word has
// its own line.
func wrap(ws []word, width int) [][]word {
	var lines [][]word
	var line []word
	used := 0
	for _, w := range ws {
		if len(line) > 0 && used+1+w.width > width {
			lines, line, used = append(lines, line), nil, 0
		}
		if len(line) > 0 {
			used++
		}
		line, used = append(line, w), used+w.width
	}
	if len(line) > 0 {
		lines = append(lines, line)
	}
	return lines
}

func (t *terminal) paint(ws []word) string {
	var b strings.Builder
	for i, w := range ws {
		if i > 0 {
			b.WriteByte(' ')
		}
		for _, p := range w.parts {
			if t.color && p.style != plain {
				b.WriteString("\x1b[" + string(p.style) + "m" + p.text + "\x1b[0m")
			} else {
				b.WriteString(p.text)
			}
		}
	}
	return b.String()
}

func widthOf(ws []word) int {
	n := 0
	for i, w := range ws {
		if i > 0 {
			n++
		}
		n += w.width
	}
	return n
}
