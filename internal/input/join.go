package input

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
)

func spanOf(from, to int32) jsonspan.Span { return jsonspan.Span{Start: int(from), End: int(to)} }

// join removes the whitespace that wrapping put into the assertion, and the marks that
// mail and quoted-printable put at line ends.
func (w *work) join() {
	if !bytes.ContainsAny(w.b, " \t\r\n\x1f") {
		return
	}
	w.plus()
	mail := bytes.Contains(w.b, []byte("\n>"))
	soft := softBreaks(w.b)
	out := w.emptied()
	inSegment := 0 // characters of this segment so far
	for i := 0; i < len(w.b); {
		c := w.b[i]
		if c == '=' && soft {
			if n := softBreak(w.b[i:], inSegment); n > 0 {
				w.repair(causeInner, i, i+n, "a soft line break of quoted-printable mail (=)")
				i += n
				continue
			}
		}
		if !isSpace(c) {
			if c == '.' {
				inSegment = -1
			}
			inSegment++
			out.putByte(c, w.at[i])
			i++
			continue
		}
		from, quoted := i, false
		for i < len(w.b) && (isSpace(w.b[i]) || mail && w.b[i] == '>') {
			quoted = quoted || w.b[i] == '>'
			i++
		}
		if !allWide(w.b[from:i]) {
			what := "whitespace"
			if w.room(causeInner) {
				what = spaceWords(w.b[from:i])
			}
			if quoted {
				what = "a line end and the quotation mark of a mail (>)"
			}
			w.repair(causeInner, from, i, "%s", what)
		}
	}
	w.traced = out
}

func softBreaks(b []byte) bool {
	return bytes.Contains(b, []byte("=\n")) || bytes.Contains(b, []byte("=\r\n"))
}

// softBreak is the length of a soft line break; 0 if the equals sign is padding, which is
// at the end of a segment that needs it.
func softBreak(b []byte, before int) int {
	n := 1
	for n < len(b) && isSpace(b[n]) {
		n++
	}
	if n == 1 || b[1] == ' ' || b[1] == '\t' {
		return 0
	}
	if (n == len(b) || b[n] == '.') && before%4 == 3 {
		return 0
	}
	return n
}

// plus replaces single blanks by plus signs if the segment is readable only with them: a
// form decoder turns the plus signs of the standard alphabet into blanks.
func (w *work) plus() {
	parts, _ := bounds(w.b)
	alg := ""
	for i, p := range parts {
		text := w.b[p.Start:p.End]
		if i == 0 {
			alg = algOf(text)
		}
		blanks := bytes.Count(text, []byte(" "))
		if i > 2 || blanks == 0 || bytes.ContainsAny(text, "\r\n\t\x1f") || bytes.Contains(text, []byte("  ")) || text[0] == ' ' || text[len(text)-1] == ' ' {
			continue
		}
		without := bytes.TrimRight(bytes.ReplaceAll(text, []byte(" "), nil), "=")
		with := bytes.TrimRight(bytes.ReplaceAll(text, []byte(" "), []byte("+")), "=")
		if reads(without, i, alg) || !reads(with, i, alg) {
			continue
		}
		for k := p.Start; k < p.End; k++ {
			if w.b[k] == ' ' {
				w.repair(causeInner, k, k+1, "a blank, read as the plus sign a form decoder made it of")
				w.b[k] = '+'
			}
		}
	}
}

func algOf(header []byte) string {
	v, _ := object(bytes.TrimRight(header, "="))
	if alg, ok := v.Get("alg"); ok {
		return alg.Str
	}
	return ""
}

// dashes replaces typographic dashes by hyphens. An en dash may have been one or two, an
// em dash one to three: the number that makes the part readable wins.
func (w *work) dashes() {
	if bytes.IndexByte(w.b, 0xE2) < 0 {
		return
	}
	var all []string // the choice for every dash, in order
	parts, more := bounds(w.b)
	alg := ""
	for i, p := range parts {
		text := w.b[p.Start:p.End]
		chosen := chooseDashes(text, i, alg)
		if i == 0 {
			alg = algOf([]byte(withDashes(text, chosen)))
		}
		all = append(all, chosen...)
	}
	if more {
		tail := parts[len(parts)-1].End
		all = append(all, chooseDashes(w.b[tail:], maxSegments, "")...)
	}
	out := w.emptied()
	for i := 0; i < len(w.b); {
		d := dash(w.b[i:])
		if d.n == 0 {
			out.putByte(w.b[i], w.at[i])
			i++
			continue
		}
		as := all[0]
		all = all[1:]
		// Beyond the limit no words are made: a hostile text contains very many.
		what := ""
		if w.room(causeTypographic) {
			r, _ := utf8.DecodeRune(w.b[i:])
			what = fmt.Sprintf("%s (U+%04X), read as %s", d.name, r, as)
		}
		w.repair(causeTypographic, i, i+3, "%s", what)
		for k := range len(as) {
			out.putByte(as[k], w.at[i])
		}
		i += 3
	}
	w.traced = out
}

// typographicDash is a dash with what it may have been, most likely first.
type typographicDash struct {
	name string
	as   [3]string
	n    int // how many of as there are
}

// dash recognises a typographic dash at the beginning; n is 0 if there is none. All are
// three bytes long.
func dash(b []byte) typographicDash {
	if len(b) < 3 || b[0] != 0xE2 {
		return typographicDash{}
	}
	switch string(b[:3]) {
	case "\u2013":
		return typographicDash{"an en dash", [3]string{"--", "-"}, 2}
	case "\u2014":
		return typographicDash{"an em dash", [3]string{"--", "---", "-"}, 3}
	case "\u2015":
		return typographicDash{"a horizontal bar", [3]string{"--", "-", "---"}, 3}
	case "\u2010":
		return typographicDash{"a typographic hyphen", [3]string{"-"}, 1}
	case "\u2011":
		return typographicDash{"a no-break hyphen", [3]string{"-"}, 1}
	case "\u2012":
		return typographicDash{"a figure dash", [3]string{"-", "--"}, 2}
	case "\u2212":
		return typographicDash{"a minus sign", [3]string{"-"}, 1}
	}
	return typographicDash{}
}

// maxTries bounds the combinations of dashes that are tried in one segment.
const maxTries = 64

// maxChosen is the length up to which alternatives are tried; in a longer text every dash
// is read as the most likely one.
const maxChosen = 1 << 14

func chooseDashes(text []byte, index int, alg string) []string {
	if len(text) > maxChosen {
		likeliest := make([]string, 0, len(text)/3)
		for i := 0; i < len(text); i++ {
			if d := dash(text[i:]); d.n > 0 {
				likeliest = append(likeliest, d.as[0])
				i += 2
			}
		}
		return likeliest
	}
	var options []typographicDash
	combinations := 1
	for i := 0; i < len(text); i++ {
		if d := dash(text[i:]); d.n > 0 {
			options = append(options, d)
			combinations = min(combinations*d.n, maxTries)
			i += 2
		}
	}
	if len(options) == 0 {
		return nil
	}
	best := make([]string, len(options))
	for i, o := range options {
		best[i] = o.as[0]
	}
	possible := false
	for n := range combinations {
		try := make([]string, len(options))
		for i, o := range options {
			try[i], n = o.as[n%o.n], n/o.n
		}
		read := strings.TrimRight(withDashes(text, try), "=")
		if reads([]byte(read), index, alg) {
			return try
		}
		if !possible && len(read)%4 != 1 {
			best, possible = try, true
		}
	}
	return best
}

func withDashes(text []byte, as []string) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if dash(text[i:]).n > 0 && len(as) > 0 {
			b.WriteString(as[0])
			as = as[1:]
			i += 2
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
