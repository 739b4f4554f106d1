package screen

import (
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// line is one line of text that is edited. A paste goes into it in one piece.
type line struct {
	text []rune
	at   int // the cursor, in runes
}

// longestLine bounds what is typed or pasted into a line.
const longestLine = 64 << 10

func newLine(s string) line {
	r := []rune(s)
	return line{r, len(r)}
}

func (l *line) String() string { return string(l.text) }

// insert puts text at the cursor; line ends and controls are left out.
func (l *line) insert(s string) {
	add := make([]rune, 0, len(s))
	for _, r := range s {
		if !unicode.IsControl(r) && len(l.text)+len(add) < longestLine {
			add = append(add, r)
		}
	}
	l.text = append(l.text[:l.at:l.at], append(add, l.text[l.at:]...)...)
	l.at += len(add)
}

// key does what a key does in a line of text; false if it does nothing there.
func (l *line) key(k tea.KeyPressMsg) bool {
	switch k.String() {
	case "left", "ctrl+b":
		l.at = max(l.at-1, 0)
	case "right", "ctrl+f":
		l.at = min(l.at+1, len(l.text))
	case "home", "ctrl+a":
		l.at = 0
	case "end", "ctrl+e":
		l.at = len(l.text)
	case "alt+left", "ctrl+left", "alt+b":
		l.at = l.wordBefore()
	case "alt+right", "ctrl+right", "alt+f":
		l.at = l.wordAfter()
	case "backspace", "ctrl+h":
		if l.at > 0 {
			l.cut(l.at-1, l.at)
		}
	case "delete", "ctrl+d":
		if l.at < len(l.text) {
			l.cut(l.at, l.at+1)
		}
	case "ctrl+w", "alt+backspace":
		l.cut(l.wordBefore(), l.at)
	case "ctrl+k":
		l.cut(l.at, len(l.text))
	case "ctrl+u":
		l.cut(0, l.at)
	default:
		if k.Text == "" {
			return false
		}
		l.insert(k.Text)
	}
	return true
}

func (l *line) cut(from, to int) {
	l.text = append(l.text[:from:from], l.text[to:]...)
	l.at = from
}

func part(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func (l *line) wordBefore() int {
	i := l.at
	for i > 0 && !part(l.text[i-1]) {
		i--
	}
	for i > 0 && part(l.text[i-1]) {
		i--
	}
	return i
}

func (l *line) wordAfter() int {
	i := l.at
	for i < len(l.text) && !part(l.text[i]) {
		i++
	}
	for i < len(l.text) && part(l.text[i]) {
		i++
	}
	return i
}

// window is the stretch of the line that fits, and the column of the cursor in it.
func (l *line) window(m *Model, width int) (shown string, column int) {
	before, all := m.seen(string(l.text[:l.at])), m.seen(string(l.text))
	column = columns(before)
	if from := column - width + 1; from > 0 {
		all = ansi.TruncateLeft(all, from, "")
		column -= from
	}
	return strings.TrimRight(ansi.Truncate(all, width, ""), "\n"), column
}

// block is the line broken over as many lines as it needs, at most so many, and where the
// cursor is in it. Of a longer one the beginning is always there, for an address begins
// with its host; what is left out is marked.
func (l *line) block(m *Model, width, most int) (lines []string, x, y int) {
	width = max(width, 8)
	before, all := columns(m.seen(string(l.text[:l.at]))), m.seen(string(l.text))
	if n := columns(all); n < width*most {
		if lines = chop(all, width); n%width == 0 && n > 0 {
			lines = append(lines, "") // for the cursor
		}
		return lines, before % width, before / width
	}
	mark, room := columns(m.paint.ellipsis), width*(most-1)
	first, from := ansi.Truncate(all, width, ""), max(before-room+1, width)
	if from > width {
		first = ansi.Truncate(all, width-mark, "") + m.paint.ellipsis
	}
	rest := ansi.Truncate(ansi.TruncateLeft(all, from, ""), room, m.paint.ellipsis)
	lines = append([]string{first}, chop(rest, width)...)
	if before < from {
		return lines, min(before, width-1), 0
	}
	return lines, (before - from) % width, 1 + (before-from)/width
}
