package input

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// normalise removes invisible characters and replaces full-width characters and HTML
// escapes by plain ones, so that everything after it deals with one alphabet.
func (w *work) normalise() {
	plain := true
	for _, c := range w.b {
		if c >= utf8.RuneSelf || c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7F || c == '&' {
			plain = false
			break
		}
	}
	if plain {
		return
	}
	out := w.emptied()
	for i := 0; i < len(w.b); {
		c, at := w.b[i], w.at[i]
		if c == '&' {
			if as, n := entity(w.b[i:]); n > 0 {
				w.repair(causeEscaped, i, i+n, "the HTML escape %s", w.b[i:i+n])
				if as != 0 {
					out.putByte(as, at)
				}
				i += n
				continue
			}
		}
		if c >= ' ' && c < utf8.RuneSelf && c != 0x7F || c == '\n' || c == '\r' || c == '\t' {
			out.putByte(c, at)
			i++
			continue
		}
		r, width := utf8.DecodeRune(w.b[i:])
		switch {
		case c == 0x1B:
			n := terminalSequence(w.b[i:])
			w.repair(causeInvisible, i, i+n, "a terminal control sequence (ESC, U+001B)")
			i += n
		case exoticSpace(r):
			w.repair(causeInvisible, i, i+width, "%s", visible.Name(r))
			out.putByte(wideSpace, at)
			i += width
		case invisible(r):
			n := width
			more := 1
			for i+n < len(w.b) {
				next, size := utf8.DecodeRune(w.b[i+n:])
				if !invisible(next) || next == 0x1B {
					break
				}
				n += size
				more++
			}
			what := "an invisible character"
			if w.room(causeInvisible) {
				what = visible.Name(r)
			}
			if more > 1 {
				what = fmt.Sprintf("%d invisible characters, the first %s", more, what)
			}
			w.repair(causeInvisible, i, i+n, "%s", what)
			i += n
		case fullWidth(r) != 0:
			as := fullWidth(r)
			w.repair(causeTypographic, i, i+width, "the wide character %c (U+%04X), read as %c", r, r, as)
			out.putByte(as, at)
			i += width
		default:
			for k := range width {
				out.putByte(w.b[i+k], w.at[i+k])
			}
			i += width
		}
	}
	w.traced = out
}

// invisible reports whether a character shows nothing. One that separates words is an
// exoticSpace instead.
func invisible(r rune) bool {
	switch {
	case r == '\n' || r == '\r' || r == '\t':
		return false
	case r < ' ' || r >= 0x7F && r < 0xA0 && r != 0x85:
		return true
	case r == 0xAD || r == 0x34F || r == 0x61C || r == 0x180E || r >= 0x200B && r <= 0x200F,
		r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r >= 0xFE00 && r <= 0xFE0F, r == 0xFEFF, r >= 0xE0000 && r <= 0xE007F:
		return true
	}
	return false
}

func exoticSpace(r rune) bool {
	return r > 0x7F && (unicode.IsSpace(r) || r == 0x2028 || r == 0x2029 || r == 0x2800 || r == 0x3164)
}

// fullWidth returns the ASCII equivalent of a full-width character or of another script's
// full stop; 0 if there is none.
func fullWidth(r rune) byte {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return byte(r - 0xFEE0)
	case r == 0x3002 || r == 0xFF61 || r == 0x2024 || r == 0xFE52:
		return '.'
	case r == 0xFE63:
		return '-'
	}
	return 0
}

// terminalSequence is the length of the escape sequence that begins here: colours, pasting marks.
func terminalSequence(b []byte) int {
	if len(b) < 2 || b[1] != '[' {
		return 1
	}
	for i := 2; i < len(b) && i < 32; i++ {
		if b[i] >= 0x40 && b[i] <= 0x7E {
			return i + 1
		}
		if b[i] < 0x20 || b[i] > 0x3F {
			break
		}
	}
	return 2
}

// entity reads an HTML character reference that may be in a copied assertion. It returns
// the character, 0 for one to be dropped, and the length.
func entity(b []byte) (byte, int) {
	end := -1
	for i := 1; i < len(b) && i < 10; i++ {
		if b[i] == ';' {
			end = i
			break
		}
	}
	if end < 0 {
		return 0, 0
	}
	switch strings.ToLower(string(b[1:end])) {
	case "quot", "#34", "#x22":
		return '"', end + 1
	case "apos", "#39", "#x27":
		return '\'', end + 1
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "period", "#46", "#x2e":
		return '.', end + 1
	case "lowbar", "#95", "#x5f":
		return '_', end + 1
	case "hyphen", "dash", "#45", "#x2d":
		return '-', end + 1
	case "plus", "#43", "#x2b":
		return '+', end + 1
	case "sol", "#47", "#x2f":
		return '/', end + 1
	case "equals", "#61", "#x3d":
		return '=', end + 1
	case "nbsp", "#160", "#xa0":
		return wideSpace, end + 1
	case "shy", "zerowidthspace", "#8203", "#x200b", "#10", "#13", "#xa", "#xd":
		return 0, end + 1
	}
	return 0, 0
}
