// Package wide decodes UTF-16 text.
package wide

import (
	"iter"
	"unicode/utf16"
	"unicode/utf8"
)

// Rune is one character of a text, with the bytes it came from.
type Rune struct {
	Char      rune // utf8.RuneError for half a surrogate pair
	At, Width int
}

// Runes yields the characters of UTF-16 text. A byte order mark at the beginning and an
// odd byte at the end are left out.
func Runes[T ~string | ~[]byte](text T, little bool) iter.Seq[Rune] {
	unit := func(i int) rune {
		if little {
			return rune(text[i]) | rune(text[i+1])<<8
		}
		return rune(text[i])<<8 | rune(text[i+1])
	}
	return func(yield func(Rune) bool) {
		for i := 0; i+1 < len(text); {
			r := Rune{Char: unit(i), At: i, Width: 2}
			i += 2
			if r.At == 0 && r.Char == 0xFEFF {
				continue
			}
			if utf16.IsSurrogate(r.Char) {
				pair := rune(utf8.RuneError)
				if i+1 < len(text) {
					pair = utf16.DecodeRune(r.Char, unit(i))
				}
				if r.Char = pair; pair != utf8.RuneError {
					r.Width, i = 4, i+2
				}
			}
			if !yield(r) {
				return
			}
		}
	}
}
