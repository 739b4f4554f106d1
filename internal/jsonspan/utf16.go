package jsonspan

import (
	"unicode/utf16"
	"unicode/utf8"
)

// wide is UTF-16 text made readable, with the place each byte came from.
type wide struct {
	utf8 []byte
	from []int32 // one more entry for the end
	size int
}

// fromUTF16 recognises UTF-16 by its byte order mark, or by a brace or quote
// beside a NUL byte; RFC 8259 section 8.1 wants UTF-8.
func fromUTF16(text []byte) (wide, bool) {
	if len(text) < 4 {
		return wide{}, false
	}
	first := func(c byte) bool { return c == '{' || c == '[' || c == '"' }
	var little bool
	switch a, b := text[0], text[1]; {
	case a == 0xFF && b == 0xFE, first(a) && b == 0 && text[3] == 0 && text[2] != 0:
		little = true
	case a == 0xFE && b == 0xFF, a == 0 && first(b) && text[2] == 0 && text[3] != 0:
	default:
		return wide{}, false
	}
	unit := func(i int) rune {
		if little {
			return rune(text[i]) | rune(text[i+1])<<8
		}
		return rune(text[i])<<8 | rune(text[i+1])
	}
	w := wide{size: len(text)}
	for i := 0; i+1 < len(text); i += 2 {
		at := i
		r := unit(i)
		if i == 0 && r == 0xFEFF {
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
		before := len(w.utf8)
		w.utf8 = utf8.AppendRune(w.utf8, r)
		for range len(w.utf8) - before {
			w.from = append(w.from, int32(at))
		}
	}
	w.from = append(w.from, int32(len(text)))
	return w, true
}

// scan reads the text and leads every span back to the bytes as given.
func (w wide) scan(lim Limits) (*Value, []Fault) {
	s := newScanner(string(w.utf8), lim)
	s.fault(FaultUTF8, Span{0, len(w.utf8)}, "the text is UTF-16, where JSON is UTF-8")
	v := s.root()
	w.move(v)
	for i := range s.faults {
		s.faults[i].Span = w.span(s.faults[i].Span)
	}
	s.faults[0].Span.Start = 0
	return v, s.faults
}

func (w wide) span(s Span) Span { return Span{int(w.from[s.Start]), int(w.from[s.End])} }

func (w wide) move(v *Value) {
	v.Span = w.span(v.Span)
	for i := range v.Members {
		v.Members[i].NameSpan = w.span(v.Members[i].NameSpan)
		w.move(v.Members[i].Value)
	}
	for _, item := range v.Items {
		w.move(item)
	}
}
