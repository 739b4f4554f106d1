package report

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// The layout: a sign and a space, then prose; pictures and labelled lines are
// one column further in, their text behind a label of labelWidth.
const (
	bodyIndent    = 2
	pictureIndent = 3
	labelWidth    = 8
	textIndent    = pictureIndent + labelWidth
	minWidth      = 40
	defaultWidth  = 80
	maxTextWidth  = 120 // wider lines of prose are not read
)

// page collects finished lines. Text is cleaned when it enters, wrapped on
// spaces, and coloured last, line by line: a style never sees a line end.
type page struct {
	*paint
	glyphs
	b     bytes.Buffer
	width int
	ascii bool
	plain *strings.Replacer // of our own typography, in prose on an ASCII terminal
	cited map[string]bool   // URLs that are on the page already
	links bool              // titles of documents are links
	rules ruleBook
}

func newPage(ink *paint, o Options) *page {
	p := &page{paint: ink, width: min(max(o.Width, minWidth), maxTextWidth), ascii: o.ASCII, glyphs: unicodeGlyphs(), cited: map[string]bool{}, links: o.Links}
	if o.Width < minWidth/2 {
		p.width = defaultWidth
	}
	if o.ASCII {
		p.glyphs = asciiGlyphs()
		p.plain = strings.NewReplacer(" – ", " - ", " — ", " - ", " · ", " | ", "…", "...", "→", "->", "±", "+/-", "§", "section ", "≤", "<=", "≥", ">=", "×", "x")
	}
	return p
}

// shown makes a value from outside visible; nothing in it is put nicely.
func (p *page) shown(s string) string {
	if p.ascii {
		return visible.ASCII(s)
	}
	return visible.Text(s)
}

// sentence makes prose visible, which may contain typography of our own.
func (p *page) sentence(s string) string {
	if p.plain != nil {
		s = p.plain.Replace(s)
	}
	return strings.Trim(p.shown(s), " ")
}

// piece is a part of a line in one ink.
type piece struct {
	ink  ink
	text string
}

// line writes pieces, which are visible already, as one line.
func (p *page) line(pieces ...piece) {
	for _, s := range trimmed(pieces) {
		// Spaces at either end stay outside the colour.
		inner := strings.TrimLeft(s.text, " ")
		p.b.WriteString(s.text[:len(s.text)-len(inner)])
		core := strings.TrimRight(inner, " ")
		p.b.WriteString(p.with(s.ink, core))
		p.b.WriteString(inner[len(core):])
	}
	p.b.WriteByte('\n')
}

// trimmed drops the spaces at the end of a line, wherever pieces part.
func trimmed(pieces []piece) []piece {
	for n := len(pieces); n > 0; n-- {
		if pieces[n-1].text = strings.TrimRight(pieces[n-1].text, " "); pieces[n-1].text != "" {
			return pieces[:n]
		}
	}
	return nil
}

// gap writes an empty line unless there is one, or nothing yet.
func (p *page) gap() {
	if b := p.b.Bytes(); len(b) > 0 && !bytes.HasSuffix(b, []byte("\n\n")) {
		p.b.WriteByte('\n')
	}
}

func pad(n int) string { return strings.Repeat(" ", max(n, 0)) }

// wrapped writes prose with lead before the first line and as much space before the rest.
func (p *page) wrapped(lead piece, i ink, text string) {
	p.lines(lead, i, wrap(text, p.width-visible.Width(lead.text)))
}

// withMore writes prose, and behind it in one piece how many more of its kind -v shows.
func (p *page) withMore(lead piece, text string, more int) {
	lines := wrap(p.sentence(text), p.width-visible.Width(lead.text))
	if more > 0 {
		tail, last := fmt.Sprintf("(%d more with -v)", more), len(lines)-1
		if visible.Width(lead.text)+visible.Width(lines[last])+1+len(tail) <= p.width {
			lines[last] += " " + tail
		} else {
			lines = append(lines, tail)
		}
	}
	p.lines(lead, plain, lines)
}

func (p *page) lines(lead piece, i ink, lines []string) {
	at := visible.Width(lead.text)
	for n, line := range lines {
		if n > 0 {
			lead = piece{text: pad(at)}
		}
		p.line(lead, piece{i, line})
	}
}

// paragraph writes prose at the indent of a body.
func (p *page) paragraph(text string) {
	p.wrapped(piece{text: pad(bodyIndent)}, plain, p.sentence(text))
}

// label returns the label of a line of a body.
func label(name string) piece {
	return piece{text: pad(pictureIndent) + name + pad(labelWidth-len(name))}
}

// labelled writes prose behind a label.
func (p *page) labelled(name, text string) { p.wrapped(label(name), plain, p.sentence(text)) }

// headline writes a sign, what is wrong, and a tag at the right edge: next to
// the last line of the text if there is room, else under it.
func (p *page) headline(sign string, signInk, textInk ink, text, tag string) {
	at := visible.Width(sign) + 1
	lines := wrap(p.sentence(text), p.width-at)
	tag = p.sentence(tag)
	tagWidth := visible.Width(tag)
	for n, line := range lines {
		lead := piece{signInk, sign + " "}
		if n > 0 {
			lead = piece{text: pad(at)}
		}
		room := p.width - at - visible.Width(line)
		if n == len(lines)-1 && tag != "" && room >= tagWidth+2 {
			p.line(lead, piece{textInk, line}, piece{text: pad(room - tagWidth)}, piece{plain, tag})
			return
		}
		p.line(lead, piece{textInk, line})
	}
	if tag == "" {
		return
	}
	p.wrapped(piece{text: pad(at)}, plain, tag)
}

// clip shortens visible text to width columns, with an ellipsis where it was cut.
func (p *page) clip(s string, width int) string {
	if visible.Width(s) <= width {
		return s
	}
	width -= visible.Width(p.ellipsis)
	var b strings.Builder
	columns := 0
	for _, c := range visible.Cells(s, p.ascii) {
		if columns+c.Width > width {
			break
		}
		columns += c.Width
		b.WriteString(c.Text)
	}
	return strings.TrimRight(b.String(), " ") + p.ellipsis
}
