package jsonspan

import (
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/wide"
)

// wideText is UTF-16 text converted to UTF-8, with the offset each byte came from.
type wideText struct {
	utf8 []byte
	from []int32 // one more entry for the end
	size int
}

// fromUTF16 recognises UTF-16 by its byte order mark, or by a brace or quote with a NUL
// byte; RFC 8259 section 8.1 requires UTF-8.
func fromUTF16(text []byte) (wideText, bool) {
	if len(text) < 4 {
		return wideText{}, false
	}
	first := func(c byte) bool { return c == '{' || c == '[' || c == '"' }
	var little bool
	switch a, b := text[0], text[1]; {
	case a == 0xFF && b == 0xFE, first(a) && b == 0 && text[3] == 0 && text[2] != 0:
		little = true
	case a == 0xFE && b == 0xFF, a == 0 && first(b) && text[2] == 0 && text[3] != 0:
	default:
		return wideText{}, false
	}
	w := wideText{size: len(text)}
	for r := range wide.Runes(text, little) {
		before := len(w.utf8)
		w.utf8 = utf8.AppendRune(w.utf8, r.Char)
		for range len(w.utf8) - before {
			w.from = append(w.from, int32(r.At))
		}
	}
	w.from = append(w.from, int32(len(text)))
	return w, true
}

// scan reads the text and converts every span to offsets in the original.
func (w wideText) scan(lim Limits) (*Value, []Fault) {
	s := new(Memory).scanner(string(w.utf8), lim)
	s.fault(FaultUTF8, Span{0, len(w.utf8)}, "the text is UTF-16, where JSON is UTF-8")
	v := s.root()
	w.move(v)
	for i := range s.faults {
		s.faults[i].Span = w.span(s.faults[i].Span)
	}
	s.faults[0].Span.Start = 0
	return v, s.faults
}

func (w wideText) span(s Span) Span { return Span{int(w.from[s.Start]), int(w.from[s.End])} }

func (w wideText) move(v *Value) {
	v.Span = w.span(v.Span)
	for i := range v.Members {
		v.Members[i].NameSpan = w.span(v.Members[i].NameSpan)
		w.move(v.Members[i].Value)
	}
	for _, item := range v.Items {
		w.move(item)
	}
}
