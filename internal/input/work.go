package input

import (
	"fmt"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/wide"
)

// wideSpace replaces a space outside ASCII in the working text. It was already reported
// as an invisible character, so removing it as whitespace is not reported again. Real
// control characters were removed before.
const wideSpace = 0x1F

// maxRepairs of one cause are recorded; the last one covers the rest.
const maxRepairs = 1000

// work is the text on its way from Original to Compact. It is edited in place, since no
// edit makes it longer.
type work struct {
	traced
	end     int32 // where the text ends in Original
	repairs []evidence.Repair
	count   map[string]int // of repairs by cause; nil before the first
	last    map[string]int // the last repair of a cause

	asked string // the text last examined by placeholder,
	words string // its description,
	named bool   // and whether it is one
}

func newWork(text string) *work {
	n := len(text)
	off := identity(n)
	return &work{traced: traced{[]byte(text), off[:n]}, end: off[n]}
}

// identity are the offsets of a text of n bytes that was not changed.
func identity(n int) []int32 {
	off := make([]int32, n+1)
	for i := range off {
		off[i] = int32(i)
	}
	return off
}

// repair records that b[from:to] was removed or read as something else.
func (w *work) repair(cause string, from, to int, format string, args ...any) {
	w.repairAt(cause, w.span(from, to), format, args...)
}

func (w *work) repairAt(cause string, span jsonspan.Span, format string, args ...any) {
	if !w.room(cause) {
		r := &w.repairs[w.last[cause]]
		r.Span.Start, r.Span.End = min(r.Span.Start, span.Start), max(r.Span.End, span.End)
		return
	}
	if w.count == nil {
		w.count, w.last = map[string]int{}, map[string]int{}
	}
	w.count[cause]++
	w.last[cause] = len(w.repairs)
	w.repairs = append(w.repairs, evidence.Repair{Cause: finding.CauseID(cause), Span: span, What: fmt.Sprintf(format, args...)})
}

// room reports whether another repair of the cause gets an entry, so that its words are
// worth making.
func (w *work) room(cause string) bool { return w.count[cause] < maxRepairs }

// retain drops the repairs that do not satisfy keep.
func (w *work) retain(keep func(i int, r evidence.Repair) bool) {
	if len(w.repairs) == 0 {
		return
	}
	kept := w.repairs[:0]
	w.count, w.last = map[string]int{}, map[string]int{}
	for i, r := range w.repairs {
		if keep(i, r) {
			w.count[string(r.Cause)]++
			w.last[string(r.Cause)] = len(kept)
			kept = append(kept, r)
		}
	}
	w.repairs = kept
}

// cut narrows the text to b[from:to].
func (w *work) cut(from, to int) {
	w.end = w.off(to)
	w.b, w.at = w.b[from:to], w.at[from:to]
}

// off is where byte i begins in Original, and for i = len where the text ends.
func (w *work) off(i int) int32 {
	if i < len(w.at) {
		return w.at[i]
	}
	return w.end
}

// span is where b[from:to] is in Original.
func (w *work) span(from, to int) jsonspan.Span {
	return jsonspan.Span{Start: int(w.off(from)), End: int(w.off(to))}
}

// wide converts UTF-16 text, recognised by a byte order mark or by a NUL in every
// character, to UTF-8.
func (w *work) wide(text string) {
	if len(text) < 4 {
		return
	}
	little, mark := false, true
	switch {
	case text[0] == 0xFF && text[1] == 0xFE:
		little = true
	case text[0] == 0xFE && text[1] == 0xFF:
	case text[0] > ' ' && text[1] == 0 && text[2] > ' ' && text[3] == 0:
		little, mark = true, false
	case text[0] == 0 && text[1] > ' ' && text[2] == 0 && text[3] > ' ':
		mark = false
	default:
		return
	}
	w.traced = newTraced(len(text)/2 + 8)
	for r := range wide.Runes(text, little) {
		w.put(string(r.Char), r.At)
	}
	if n := len(w.b); n > 0 && w.b[n-1] == '\n' {
		n--
		if n > 0 && w.b[n-1] == '\r' {
			n--
		}
		w.traced = w.slice(0, n)
	}
	what := "UTF-16, as Windows programs save text"
	if mark {
		what += ", with a byte order mark"
	}
	w.repairAt(causeInvisible, jsonspan.Span{End: len(text)}, "text in %s", what)
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == wideSpace
}

// base64Byte reports whether the byte belongs to one of the two base64 alphabets.
func base64Byte(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '+' || c == '/'
}

// spaceWords describes whitespace.
func spaceWords(b []byte) string {
	spaces, tabs, ends := 0, 0, 0
	for i, c := range b {
		switch {
		case c == ' ':
			spaces++
		case c == '\t':
			tabs++
		case c == '\n' || c == '\r' && (i+1 >= len(b) || b[i+1] != '\n'):
			ends++
		}
	}
	switch {
	case tabs == 0 && ends == 0:
		return counted(spaces, "a space", "spaces")
	case spaces == 0 && ends == 0:
		return counted(tabs, "a tab", "tabs")
	case spaces == 0 && tabs == 0:
		return counted(ends, "a line end", "line ends")
	case ends == 1:
		return "a line end and blanks"
	}
	return fmt.Sprintf("%d characters of whitespace", len(b))
}

func counted(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf("%d %s", n, many)
}
