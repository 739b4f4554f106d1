package input

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// wideSpace is in working text for a blank that is no ASCII whitespace.
// It has been told as an invisible character already, so that taking it away
// as whitespace is not told again. The control characters it is one of are gone by then.
const wideSpace = 0x1F

// maxRepairs of one cause are recorded; the last one covers the rest.
const maxRepairs = 1000

// work is the text on its way from Original to Compact. Every byte knows where
// it came from; edits are made in place, as none makes the text longer.
type work struct {
	b       []byte
	off     []int32 // b[i] stood at Original[off[i]]; one more entry for the end
	repairs []evidence.Repair
	count   map[string]int // of repairs by cause; nil before the first
	last    map[string]int // the last repair of a cause

	asked string // the text that was last looked at as a placeholder,
	words string // what it names,
	named bool   // and whether it is one
}

func newWork(text string) *work {
	return &work{b: []byte(text), off: identity(len(text))}
}

func identity(n int) []int32 {
	off := make([]int32, n+1)
	for i := range off {
		off[i] = int32(i)
	}
	return off
}

// repair records that b[from:to] was removed or read as something else.
func (w *work) repair(cause string, from, to int, format string, args ...any) {
	w.repairAt(cause, jsonspan.Span{Start: int(w.off[from]), End: int(w.off[to])}, format, args...)
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

// room reports whether another repair of the cause is recorded on its own, so
// that its words are worth making.
func (w *work) room(cause string) bool { return w.count[cause] < maxRepairs }

// retain forgets the repairs that do not satisfy keep.
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
	w.b, w.off = w.b[from:to], w.off[from:to+1]
}

// editor rewrites the text from left to right. What it writes is never ahead
// of what was read.
type editor struct {
	w *work
	n int
}

// put writes a byte that came from place at.
func (e *editor) put(c byte, at int32) {
	e.w.b[e.n], e.w.off[e.n] = c, at
	e.n++
}

// done drops what is left over; end is the old end entry.
func (e *editor) done(end int32) {
	e.w.off[e.n] = end
	e.w.b, e.w.off = e.w.b[:e.n], e.w.off[:e.n+1]
}

func (w *work) end() int32 { return w.off[len(w.b)] }

// wide replaces UTF-16 text, known by its byte order mark or by a NUL byte
// beside every character, with UTF-8.
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
	unit := func(i int) rune {
		if little {
			return rune(text[i]) | rune(text[i+1])<<8
		}
		return rune(text[i])<<8 | rune(text[i+1])
	}
	b, off := make([]byte, 0, len(text)/2+8), make([]int32, 0, len(text)/2+8)
	for i := 0; i+1 < len(text); i += 2 {
		at := i
		r := unit(i)
		if r == 0xFEFF && i == 0 {
			continue
		}
		if utf16.IsSurrogate(r) {
			pair := rune(utf8.RuneError)
			if i+3 < len(text) {
				pair = utf16.DecodeRune(r, unit(i+2))
			}
			if r = pair; pair != utf8.RuneError {
				i += 2
			}
		}
		from := len(b)
		b = utf8.AppendRune(b, r)
		for range len(b) - from {
			off = append(off, int32(at))
		}
	}
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b, off = b[:n-1], off[:n-1]
		if n > 1 && b[n-2] == '\r' {
			b, off = b[:n-2], off[:n-2]
		}
	}
	w.b, w.off = b, append(off, int32(len(text)))
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
