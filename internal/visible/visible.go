// Package visible makes text from outside safe to look at: what would move a
// cursor, reorder a line, hide itself or command a CI runner is spelt out
// instead. It is a leaf and decides nothing about layout or colour.
//
// It is not an encoding: a backslash that stood in the text stays as it is, so
// the result is for eyes and cannot be read back.
package visible

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Text spells out every character a terminal would not simply draw: controls
// as \n or \x1b, format and other invisible ones as \u202e, bytes that are not
// UTF-8 as \xff.
func Text(s string) string { return spell(s, false) }

// ASCII is Text for a terminal that draws only ASCII.
func ASCII(s string) string { return spell(s, true) }

// Cell is one character of a text with the way it is shown.
type Cell struct {
	Text  string // as shown
	Start int    // first byte in the source
	End   int    // first byte after it
	Width int    // columns taken
}

// Cells is Text, or ASCII, character by character, so that a place in the
// source can be found again in what is shown.
func Cells(s string, ascii bool) []Cell {
	cells := make([]Cell, 0, len(s))
	var sc scanner
	for i := 0; i < len(s); {
		text, size := sc.next(s[i:], ascii)
		cells = append(cells, Cell{Text: text, Start: i, End: i + size, Width: Width(text)})
		i += size
	}
	return cells
}

// Width is the number of columns a terminal takes for s, which must be visible already.
func Width(s string) int {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return ansi.StringWidth(s)
		}
	}
	return len(s)
}

func spell(s string, ascii bool) string {
	if harmless(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	var sc scanner
	for i := 0; i < len(s); {
		text, size := sc.next(s[i:], ascii)
		b.WriteString(text)
		i += size
	}
	return b.String()
}

// harmless is the quick way past the text that needs no change, most of it.
func harmless(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '#' || c == ':' && i+1 < len(s) && s[i+1] == ':' {
			return false
		}
	}
	return true
}

// scanner remembers what the next character depends on.
type scanner struct {
	inWord bool // the character before was not a space
	base   bool // there is a character a combining mark can be on
	marks  int  // combining marks on it so far
}

// maxMarks is how many combining marks one character may carry; languages need
// two, and more climb into the lines above.
const maxMarks = 2

// next returns how the first character of s is shown and its length in bytes.
func (sc *scanner) next(s string, ascii bool) (string, int) {
	r, size := utf8.DecodeRuneInString(s)
	inWord := sc.inWord
	sc.inWord = r != ' '
	switch {
	case r == utf8.RuneError && size == 1:
		sc.base, sc.marks = false, 0
		return escaped('x', 2, rune(s[0])), 1
	case unicode.Is(unicode.M, r):
		sc.marks++
		if ascii || !sc.base || sc.marks > maxMarks || !drawn(r) {
			return escape(r), size
		}
		return s[:size], size
	}
	sc.base, sc.marks = drawn(r) && r != ' ', 0
	if !drawn(r) || ascii && r > '~' || commands(s, inWord) {
		sc.base = false
		return escape(r), size
	}
	return s[:size], size
}

// commands reports whether s begins with what a CI runner would obey on a line
// of output: GitHub takes ::name:: after whitespace and ##[name] anywhere,
// Azure Pipelines ##vso[…], TeamCity ##teamcity[….
func commands(s string, inWord bool) bool {
	switch s[0] {
	case ':':
		return !inWord && len(s) > 2 && s[1] == ':' && (unicode.IsLetter(rune(s[2])) || s[2] >= utf8.RuneSelf)
	case '#':
		return len(s) > 2 && s[1] == '#' && (s[2] == '[' || unicode.IsLetter(rune(s[2])))
	}
	return false
}

func escape(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < utf8.RuneSelf:
		return escaped('x', 2, r)
	case r > 0xffff:
		return escaped('U', 8, r)
	}
	return escaped('u', 4, r)
}

// escaped is a backslash, a letter and so many hexadecimal digits. A text may
// consist of nothing else, so it is not left to fmt.
func escaped(letter byte, digits int, r rune) string {
	const hexDigits = "0123456789abcdef"
	b := make([]byte, 2, 10)
	b[0], b[1] = '\\', letter
	for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
		b = append(b, hexDigits[r>>shift&15])
	}
	return string(b)
}

// Drawn reports whether a terminal draws the character as itself, in its place.
func Drawn(r rune) bool { return drawn(r) }

func drawn(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= ' ' && r <= '~'
	}
	return unicode.IsPrint(r) && !blank(r)
}

// blank lists the characters that count as printable and yet show nothing, or
// only change the one before.
func blank(r rune) bool {
	switch {
	case r == 0x034f, r == 0x115f, r == 0x1160, r == 0x2800, r == 0x3164, r == 0xffa0:
		return true // grapheme joiner, Hangul fillers, the empty braille pattern
	case r == 0x17b4, r == 0x17b5, r >= 0x180b && r <= 0x180f:
		return true // Khmer inherent vowels, Mongolian selectors
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return true // variation selectors
	}
	return false
}
