package island

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/srctext"
)

// A JWT given as named parts ("header: eyJ…", "payload: eyJ…", "signature: …") is read as
// the JWT they form.

// partKind is the part of a JWT that a name means.
type partKind uint8

const (
	partNone partKind = iota
	partHeader
	partPayload
	partSignature
)

// NotShown is Token.Hidden if nothing replaces the signature: only header and payload
// were given.
const NotShown = "nothing"

const (
	longestPartName = 48 // characters of a name and its markup
	shortestPart    = 8  // characters of a header or payload
)

// partKindOf reads the name of a part, as plainWords writes it.
func partKindOf(name string) partKind {
	if strings.Count(name, " ") > 3 {
		return partNone
	}
	for word := range strings.FieldsSeq(name) {
		switch word {
		case "header":
			return partHeader
		case "payload", "claims", "claimset", "body":
			return partPayload
		case "signature", "sig":
			return partSignature
		}
	}
	return partNone
}

// partLines is one part: its characters, line by line, and its end.
type partLines struct {
	kind  partKind
	lines []jsonspan.Span
	end   int // of the part
	next  int // where the line after it begins
}

// readParts reads a header, a payload and, if given, a signature, each after or below its
// name.
func readParts(l *layer, i int) int {
	header, ok := l.part(i)
	if !ok || header.kind != partHeader {
		return i
	}
	payload, ok := l.part(l.skipBlank(header.next))
	if !ok || payload.kind != partPayload {
		return i
	}
	parts := []partLines{header, payload}
	if signature, ok := l.part(l.skipBlank(payload.next)); ok && signature.kind == partSignature {
		parts = append(parts, signature)
	}
	var b srctext.Builder
	for n, p := range parts {
		if n > 0 {
			b.Put(".")
		}
		for _, line := range p.lines {
			b.Copy(l.t, line.Start, line.End)
		}
	}
	last := parts[len(parts)-1]
	if !l.emitParts(b.Text(), l.captionOf(i)) {
		return i
	}
	return last.next
}

// emitParts adds the JWT that parts form.
func (l *layer) emitParts(text srctext.Text, label string) bool {
	t, ok := ReadToken(text.String())
	if !ok {
		return false
	}
	if t.Parts == 2 {
		t.Hidden, t.Signed = NotShown, text.Len()
	}
	if label == "" {
		label = "jwt in parts"
	}
	l.emit(Island{Kind: KindToken, Name: "a JWT in parts", Text: text, Token: t, Label: label})
	return true
}

// part reads the part whose name is on the line at i.
func (l *layer) part(i int) (p partLines, ok bool) {
	end := l.endOfLine(i)
	from, to := trim(l.s, i, end)
	head := l.s[from:min(to, from+longestPartName)]
	at := strings.IndexAny(head, ":=")
	name := head
	if at >= 0 {
		name = head[:at]
	} else if to-from > longestPartName {
		return p, false
	}
	if p.kind = partKindOf(plainWords(name)); p.kind == partNone {
		return p, false
	}
	p.next = min(end+1, len(l.s))
	if at >= 0 {
		from, to = l.unquoted(from+at+1, to)
		if from < to {
			p.add(l.s, from, to)
		}
	}
	if len(p.lines) == 0 {
		if at >= 0 && from < to {
			return p, false // the name has another kind of value
		}
		p.next = l.skipBlank(p.next)
	}
	for p.next < len(l.s) {
		end = l.endOfLine(p.next)
		from, to = l.unquoted(p.next, end)
		if from == to || !p.add(l.s, from, to) {
			break
		}
		p.next = min(end+1, len(l.s))
	}
	return p, p.complete(l.s)
}

// add adds a line of characters to the part; it returns false if the line is not one.
func (p *partLines) add(s string, from, to int) bool {
	for k := from; k < to; k++ {
		if !base64Byte(s[k]) && s[k] != '=' {
			if p.kind != partSignature || len(p.lines) > 0 || !replaced(s[from:to]) {
				return false
			}
			break
		}
	}
	if len(p.lines) == 0 && p.kind != partSignature && !startsToken(s[from:to]) {
		return false
	}
	p.lines = append(p.lines, jsonspan.Span{Start: from, End: to})
	p.end = to
	return true
}

// complete reports whether the part has enough characters.
func (p *partLines) complete(s string) bool {
	n := 0
	for _, line := range p.lines {
		n += line.Len()
	}
	return n >= shortestPart || n > 0 && p.kind == partSignature
}

// replaced reports whether a text in brackets or stars replaces a signature.
func replaced(s string) bool {
	return len(s) <= 40 && strings.IndexByte("<[(*.{", s[0]) >= 0 && strings.Count(s, " ") < 4
}

// unquoted is a stretch without surrounding blanks, quotation marks and commas.
func (l *layer) unquoted(from, to int) (int, int) {
	from, to = trim(l.s, from, to)
	for from < to && strings.IndexByte("\"'`* ", l.s[from]) >= 0 && !replaced(l.s[from:to]) {
		from++
	}
	for to > from && strings.IndexByte("\"'`,; ", l.s[to-1]) >= 0 {
		to--
	}
	return from, to
}

// skipBlank is the beginning of the next line that is neither blank nor a fence.
func (l *layer) skipBlank(i int) int {
	for i < len(l.s) {
		end := l.endOfLine(i)
		from, to := trim(l.s, i, end)
		if from < to && strings.Trim(l.s[from:to], "`~") != "" {
			return i
		}
		i = min(end+1, len(l.s))
	}
	return i
}

// isParts recognises {"header": "eyJ…", "payload": "eyJ…", "signature": "…"}. With
// protected in place of header it is the JSON serialization of RFC 7515.
func isParts(_ object, m names) bool {
	return !m.has("protected") && partMember(m["header"]) && partMember(m["payload"])
}

func partMember(v *jsonspan.Value) bool {
	return v != nil && v.Kind == jsonspan.String && startsToken(v.Str) && !strings.Contains(v.Str, ".")
}

func readPartMembers(l *layer, o object, m names, _ int) {
	var b srctext.Builder
	for n, name := range [...]string{"header", "payload", "signature"} {
		v := m[name]
		if v == nil || v.Kind != jsonspan.String || v.Span.Len() != len(v.Str)+2 {
			if name != "signature" {
				return
			}
			continue
		}
		if n > 0 {
			b.Put(".")
		}
		b.Copy(o.text, v.Span.Start+1, v.Span.End-1)
	}
	l.emitParts(b.Text(), o.label)
}
