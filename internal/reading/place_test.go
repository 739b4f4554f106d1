package reading

import (
	"strings"
	"testing"
)

// offset is the byte at a line and a column in characters.
func offset(text string, line, column int) int {
	at := 0
	for ; line > 1; line-- {
		at += strings.IndexByte(text[at:], '\n') + 1
	}
	for range column - 1 {
		_, n := decode(text[at:])
		at += n
	}
	return at
}

func isToken(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_'
}

func decode(s string) (rune, int) {
	for i, r := range s {
		if i == 0 {
			return r, len(string(r))
		}
	}
	return 0, 1
}

// The place of the assertion is right, whatever surrounds it.
func TestPlaces(t *testing.T) {
	for _, e := range examples() {
		for _, w := range ways {
			if w.lost.encoding || w.lost.signature || w.name == "UTF-16" {
				continue
			}
			text := "é ü\n" + w.text(e)
			r := Read("paste", text, Options{})
			if len(r.Cases) != 1 || r.Cases[0].Assertion == nil {
				t.Errorf("%s, %s: no assertion", e.name, w.name)
				continue
			}
			a := r.Cases[0].Assertion
			at := offset(text, a.Origin.Line, a.Origin.Column)
			if !strings.HasPrefix(strings.ReplaceAll(text[at:], "\n", ""), e.jwt()[:24]) {
				t.Errorf("%s, %s: line %d, column %d is %.30q", e.name, w.name, a.Origin.Line, a.Origin.Column, text[at:])
			}
			// Its last byte, by the offsets.
			end := at + len(a.Compact) - 1
			if a.Offsets != nil {
				end = at + int(a.Offsets[len(a.Compact)-1])
			}
			if jwt := e.jwt(); end >= len(text) || text[end] != jwt[len(jwt)-1] || end+1 < len(text) && isToken(text[end+1]) {
				t.Errorf("%s, %s: the end is %.20q", e.name, w.name, text[min(end, len(text)):])
			}
		}
	}
}

// Decoded text has its place in the source: a claim given as JSON, a parameter inside a
// JSON string.
func TestPlacesOfParts(t *testing.T) {
	e := examples()[0]
	text := "decoded:\n\nHeader: " + e.header + "\nPayload: " + e.claims + "\n"
	d := Read("paste", text, Options{}).Cases[0].Decoded
	v, _ := d.Claims.Get("iss")
	span, exact := d.ClaimsText.Place(v.Span.Start, v.Span.End)
	if got := text[span.Start:span.End]; !exact || got != `"5e1a-44"` {
		t.Errorf("iss is %s, exact %v", got, exact)
	}
	text = `{"level":"info","msg":` + quoted("body: "+e.form()+"\n") + "}"
	q := Read("paste", text, Options{}).Cases[0].Request
	p, _ := q.Param("grant_type")
	if got := q.Text[p.Span.Start:p.Span.End]; got != "client_credentials" || !p.Verbatim {
		t.Errorf("grant_type is %q, word by word %v", got, p.Verbatim)
	}
}
