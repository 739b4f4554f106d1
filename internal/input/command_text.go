package input

import (
	"bytes"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

// mapped is text put together from stretches of a command's document, with what
// is known of its parts.
type mapped struct {
	traced
	holes []hole
	from  []region
}

// hole is a stretch that the text leaves open, such as a shell variable. One without
// length represents something that is not shown, such as a file's content.
type hole struct {
	start, end int
	text       string // as written: "$JWT"; "" for a file
	why        string // "it is the shell variable $JWT"
	file       string // the file it is read from, if it is one
	span       jsonspan.Span
}

// maxHoles is how many holes of one text are recorded.
const maxHoles = 100

// region is a stretch with the place of the word it came from.
type region struct {
	start, end int
	span       jsonspan.Span
}

// word is one argument of a command as the program gets it.
type word struct {
	mapped
	span jsonspan.Span // with its quotes, in the document
	// spread is true for an unquoted variable, which may expand to several arguments or
	// none.
	spread bool
	// raw is true if the word begins with a backslash that does not continue a line.
	raw bool
}

// leave appends what the text leaves open, as it is written.
func (m *mapped) leave(text string, from int, why string) {
	if len(m.holes) >= maxHoles {
		m.add(text, from)
		return
	}
	m.holes = append(m.holes, hole{len(m.b), len(m.b) + len(text), text, why, "", jsonspan.Span{Start: from, End: from + len(text)}})
	m.add(text, from)
}

// leaveFile appends the content of a file that was not read.
func (m *mapped) leaveFile(name string, span jsonspan.Span) {
	m.holes = append(m.holes, hole{len(m.b), len(m.b), "", fromFile(name), name, span})
}

func fromFile(name string) string { return "it is read from the file " + name }

// join appends another text with everything that is known about it.
func (m *mapped) join(o mapped) {
	n := len(m.b)
	m.concat(o.traced)
	for _, h := range o.holes[:min(len(o.holes), maxHoles-min(len(m.holes), maxHoles))] {
		h.start, h.end = h.start+n, h.end+n
		m.holes = append(m.holes, h)
	}
	for _, r := range o.from {
		r.start, r.end = r.start+n, r.end+n
		if k := len(m.from) - 1; k >= 0 && m.from[k].span == r.span && m.from[k].end == r.start {
			m.from[k].end = r.end // of the same word, cut and rejoined
			continue
		}
		m.from = append(m.from, r)
	}
}

// cut is a part of the text.
func (m *mapped) cut(i, j int) mapped {
	out := mapped{traced: m.slice(i, j)}
	for _, h := range m.holes {
		if h.end < i || h.start > j || h.start != h.end && (h.end == i || h.start == j) {
			continue
		}
		h.start, h.end = max(h.start-i, 0), min(h.end, j)-i
		out.holes = append(out.holes, h)
	}
	for _, r := range m.from {
		if r.start < j && r.end > i {
			out.from = append(out.from, region{max(r.start-i, 0), min(r.end, j) - i, r.span})
		}
	}
	return out
}

// argument is the word's text, marked as coming from the word.
func (w *word) argument() mapped { return w.tail(0) }

// tail is the word's text from i on.
func (w *word) tail(i int) mapped {
	m := w.cut(i, len(w.b))
	m.from = []region{{0, len(m.b), w.span}}
	return m
}

// holeAt is the first hole that a stretch touches.
func (m *mapped) holeAt(i, j int) (hole, bool) {
	for _, h := range m.holes {
		if h.start == h.end && h.start >= i && h.start <= j || h.start < j && h.end > i {
			return h, true
		}
	}
	return hole{}, false
}

// holesByByte returns for every byte the number of the hole that touches it, from
// 1, as holeAt does for one byte; nil if nothing is left open.
func (m *mapped) holesByByte() []uint8 {
	if len(m.holes) == 0 {
		return nil
	}
	out := make([]uint8, len(m.b))
	for n := len(m.holes) - 1; n >= 0; n-- { // of several, the first counts
		h := m.holes[n]
		from, to := h.start, h.end
		if from == to {
			from, to = max(from-1, 0), to+1
		}
		for i := from; i < min(to, len(out)); i++ {
			out[i] = uint8(min(n, maxHoles) + 1)
		}
	}
	return out
}

// place is where a stretch is in the document, and whether it is there literally; if it
// is not there as one piece, the words it came from.
func (m *mapped) place(i, j int) (jsonspan.Span, bool) {
	if i < 0 || j > len(m.b) || i > j {
		return jsonspan.Span{}, false
	}
	if i == j {
		if h, ok := m.holeAt(i, j); ok && h.span.Len() > 0 {
			return h.span, false
		}
		at := -1
		if i < len(m.at) {
			at = int(m.at[i])
		} else if i > 0 && m.at[i-1] >= 0 {
			at = int(m.at[i-1]) + 1
		}
		if at < 0 {
			return jsonspan.Span{}, false
		}
		return jsonspan.Span{Start: at, End: at}, true
	}
	exact, whole := true, m.at[i] >= 0
	for k := i + 1; k < j && whole; k++ {
		switch m.at[k] - m.at[k-1] {
		case 1:
		case 0:
			exact = false // encoding turned one byte into several
		default:
			whole = false
		}
	}
	if whole {
		return jsonspan.Span{Start: int(m.at[i]), End: int(m.at[j-1]) + 1}, exact
	}
	var out jsonspan.Span
	for _, r := range m.from {
		if r.start < j && r.end > i && r.span.Len() > 0 {
			if out.Len() == 0 {
				out = r.span
			}
			out.Start, out.End = min(out.Start, r.span.Start), max(out.End, r.span.End)
		}
	}
	return out, false
}

// placeholders makes holes of the placeholders of API clients and CI in the text:
// {{token}}, ${{ secrets.JWT }}.
func (m *mapped) placeholders() {
	for i := 0; i < len(m.b); {
		n := bytes.Index(m.b[i:], []byte("{{"))
		if n < 0 || len(m.holes) >= maxHoles {
			return
		}
		i += n
		n = bytes.Index(m.b[i:min(len(m.b), i+90)], []byte("}}"))
		if n < 0 || !placeholderName(string(m.b[i+2:i+n])) {
			i += 2
			continue
		}
		end := i + n + 2
		if i > 0 && m.b[i-1] == '$' {
			i--
		}
		if _, ok := m.holeAt(i, end); !ok {
			text := string(m.b[i:end])
			span, _ := m.place(i, end)
			m.holes = append(m.holes, hole{i, end, text, "it is the placeholder " + text, "", span})
		}
		i = end
	}
}

// placeholderName distinguishes the name of a variable in braces from JSON.
func placeholderName(s string) bool {
	s = strings.TrimSpace(s)
	for i := range len(s) {
		c := s[i]
		if !letter(c) && !digit(c) && c != '_' && c != '.' && c != '-' && c != ' ' && c != '$' && c != ':' {
			return false
		}
	}
	return s != ""
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func digit(c byte) bool { return c >= '0' && c <= '9' }

// nameLength is the length of a variable's name at the start of s.
func nameLength(s string) int {
	if s == "" || !letter(s[0]) && s[0] != '_' {
		return 0
	}
	n := 1
	for n < len(s) && (letter(s[n]) || digit(s[n]) || s[n] == '_') {
		n++
	}
	return n
}
