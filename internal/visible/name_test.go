package visible

import "testing"

func TestName(t *testing.T) {
	for r, want := range map[rune]string{
		'\n':   "a line end (U+000A)",
		0x07:   "a control character (U+0007)",
		0xa0:   "a no-break space (U+00A0)",
		0x200b: "a zero-width space (U+200B)",
		0x202e: "a mark of writing direction (U+202E)",
		0x2003: "an unusual space (U+2003)",
		0x2800: "an unusual space (U+2800)",
		0xfe0f: "an invisible character (U+FE0F)",
	} {
		if got := Name(r); got != want {
			t.Errorf("%q: %q, want %q", r, got, want)
		}
	}
}
