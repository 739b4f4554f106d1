package evidence

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Lines and columns are counted as if every byte before were looked at in turn.
func TestPosition(t *testing.T) {
	slowly := func(text string, offset int) (line, column int) {
		line, start := 1, 0
		for i := range offset {
			if text[i] == '\n' || text[i] == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
				line, start = line+1, i+1
			}
		}
		return line, utf8.RuneCountInString(text[start:offset]) + 1
	}
	for _, text := range []string{"", "abc", "a\nb\n\nc", "a\r\nb\r\n", "a\rb\r\rc", "é\n漢字x\r\n\rz", strings.Repeat("a\n", 50) + "b\r\nc\rd", "\r", "\n\r", "\r\n"} {
		for offset := range len(text) + 1 {
			line, column := position(text, offset)
			if wantLine, wantColumn := slowly(text, offset); line != wantLine || column != wantColumn {
				t.Errorf("%q at %d: line %d column %d, want %d and %d", text, offset, line, column, wantLine, wantColumn)
			}
		}
	}
}
