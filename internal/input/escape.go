package input

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// percentAt decodes %XX.
func percentAt(b []byte, i int) (byte, bool) {
	if i+2 >= len(b) || b[i] != '%' {
		return 0, false
	}
	hi, ok := jsonspan.HexDigit(b[i+1]) // inlined, unlike Hex: a text may be full of %
	lo, ok2 := jsonspan.HexDigit(b[i+2])
	return byte(hi<<4 | lo), ok && ok2
}

func (w *work) hasPercent() bool {
	for i := bytes.IndexByte(w.b, '%'); i >= 0 && i < len(w.b); i++ {
		if _, ok := percentAt(w.b, i); ok {
			return true
		}
	}
	return false
}

// percent undoes percent-encoding, however often it was applied. If silent, it undoes it
// once and records no repair, since the surroundings call for it.
func (w *work) percent(silent bool) bool {
	times, first, last := 0, int32(-1), int32(-1)
	sample := ""
	for times < 4 && w.hasPercent() {
		times++
		out := w.emptied()
		for i := 0; i < len(w.b); {
			c, ok := percentAt(w.b, i)
			if !ok {
				out.putByte(w.b[i], w.at[i])
				i++
				continue
			}
			if first < 0 {
				first = w.at[i]
				sample = string(w.b[i : i+3])
			}
			last = max(last, w.off(i+3))
			out.putByte(c, w.at[i])
			i += 3
		}
		w.traced = out
		if silent {
			return true
		}
	}
	if times == 0 {
		return false
	}
	w.repairAt(causePercent, spanOf(first, last), "percent-encoded %s (%s)", []string{"", "once", "twice", "three times", "four times"}[times], sample)
	// What the escapes encoded may itself be invisible or typographic.
	w.normalise()
	return true
}

// unescape undoes the escapes of JSON, shells and Markdown.
func (w *work) unescape(silent bool) bool {
	if bytes.IndexByte(w.b, '\\') < 0 && !bytes.Contains(w.b, []byte("^\n")) && !bytes.Contains(w.b, []byte("`\n")) &&
		!bytes.Contains(w.b, []byte("^\r\n")) && !bytes.Contains(w.b, []byte("`\r\n")) {
		return false
	}
	changed := false
	out := w.emptied()
	for i := 0; i < len(w.b); {
		c := w.b[i]
		if c != '\\' && c != '^' && c != '`' || i+1 >= len(w.b) {
			out.putByte(c, w.at[i])
			i++
			continue
		}
		as, n := escapeAt(w.b[i:])
		if n == 0 {
			out.putByte(c, w.at[i])
			i++
			continue
		}
		changed = true
		if !silent {
			what := ""
			if w.room(causeEscaped) {
				what = "the escape " + strings.TrimSpace(string(w.b[i:i+n]))
				if c != '\\' || w.b[i+1] == '\n' || w.b[i+1] == '\r' {
					what = "a line continuation (" + string(c) + ")"
				}
			}
			w.repair(causeEscaped, i, i+n, "%s", what)
		}
		if as != 0 {
			var char [utf8.UTFMax]byte
			for _, b := range utf8.AppendRune(char[:0], as) {
				out.putByte(b, w.at[i])
			}
		}
		i += n
	}
	w.traced = out
	return changed
}

// escapeAt reads one escape: its meaning, 0 for nothing, and its length. An escaped line
// end is dropped.
func escapeAt(b []byte) (rune, int) {
	n := 1
	switch c := b[1]; {
	case c == '\n' || c == '\r':
		for n < len(b) && isSpace(b[n]) {
			n++
		}
		return 0, n
	case b[0] != '\\':
		return 0, 0
	case c == 'n' || c == 'r' || c == 't':
		return 0, 2
	case c == 'u' && len(b) >= 6:
		r, ok := jsonspan.Hex(b, 2, 4)
		if !ok {
			return 0, 0
		}
		if r < ' ' || invisible(r) || r >= 0xD800 && r < 0xE000 {
			return 0, 6
		}
		return r, 6
	case c == 'x' && len(b) >= 4:
		if r, ok := jsonspan.Hex(b, 2, 2); ok && r > ' ' && r < 0x7F {
			return r, 4
		}
		return 0, 0
	case strings.IndexByte(`"'/.-_+=$\&*#~`+"`", c) >= 0:
		return rune(c), 2
	}
	return 0, 0
}

// numbers reads a list of character codes, as Go prints []byte and Python
// prints list(bytes): [101 121 74 …].
func (w *work) numbers() bool {
	if !bytes.HasPrefix(w.b, []byte("101")) || len(w.b) < 20 {
		return false
	}
	for _, c := range w.b {
		if (c < '0' || c > '9') && c != ' ' && c != ',' && c != '\n' && c != '\r' && c != '\t' {
			return false
		}
	}
	if !bytes.ContainsAny(clipBytes(w.b, 8), " ,\n") {
		return false
	}
	w.repair(causeBytes, 0, len(w.b), "a list of character codes (%s…)", w.b[:7])
	out := w.emptied()
	for i := 0; i < len(w.b); {
		at, code := w.at[i], 0
		from := i
		for i < len(w.b) && w.b[i] >= '0' && w.b[i] <= '9' {
			code = min(code*10+int(w.b[i]-'0'), 256)
			i++
		}
		if i == from {
			i++
			continue
		}
		if code > 0x7E || code < ' ' {
			code = '?'
		}
		out.putByte(byte(code), at)
	}
	w.traced = out
	return true
}
