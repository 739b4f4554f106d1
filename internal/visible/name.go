package visible

import (
	"fmt"
	"unicode"
)

// Name names a character that cannot be seen, such as "a no-break space
// (U+00A0)".
func Name(r rune) string {
	name := "an invisible character"
	switch {
	case r == 0:
		name = "a NUL character"
	case r == '\n':
		name = "a line end"
	case r == '\r':
		name = "a carriage return"
	case r == '\t':
		name = "a tab"
	case r == 0xa0:
		name = "a no-break space"
	case r == 0x200b:
		name = "a zero-width space"
	case r == 0x200c || r == 0x200d:
		name = "a zero-width joiner"
	case r == 0x200e || r == 0x200f || r == 0x61c || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
		name = "a mark of writing direction"
	case r == 0x2060:
		name = "a word joiner"
	case r == 0xfeff:
		name = "a byte order mark"
	case r == 0xad:
		name = "a soft hyphen"
	case r < ' ' || r >= 0x7f && r < 0xa0:
		name = "a control character"
	case unicode.IsSpace(r) || r == 0x2800 || r == 0x3164:
		name = "an unusual space"
	}
	return fmt.Sprintf("%s (U+%04X)", name, r)
}
