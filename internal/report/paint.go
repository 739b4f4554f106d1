package report

import (
	"io"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// ink is what a piece of text is, as far as colour goes. Only base ANSI colours
// and bold: they follow the palette of the terminal, dark, light or Solarized,
// and nothing is said only by colour.
type ink int

const (
	plain  ink = iota
	strong     // headings and what leads
	// Yellow, green and cyan are pale on some light palettes: they are for signs, lines
	// and labels of a word, never for a text that has to be read.
	bad
	worse // bad and strong
	warn
	good
	quest // what only a person can see
	ours  // a fault of this program
	figure
	key // the fix, which is to be seen first
	inks
)

// paint colours text. The renderer is given its profile and background, since
// it would otherwise ask the terminal, which may not answer for seconds.
type paint struct {
	on     bool
	styles [inks]lipgloss.Style
}

func newPaint(w io.Writer, on bool) *paint {
	p := &paint{on: on}
	if !on {
		return p
	}
	r := lipgloss.NewRenderer(w, termenv.WithProfile(termenv.ANSI))
	r.SetColorProfile(termenv.ANSI)
	r.SetHasDarkBackground(true)
	color := func(c string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(c)) }
	p.styles = [inks]lipgloss.Style{
		plain:  r.NewStyle(),
		strong: r.NewStyle().Bold(true),
		bad:    color("1"),
		worse:  color("1").Bold(true),
		warn:   color("3"),
		good:   color("2"),
		quest:  color("6"),
		ours:   color("5"),
		figure: color("5"),
		key:    color("2").Bold(true),
	}
	return p
}

// with colours one piece of one line; spaces around it stay bare.
func (p *paint) with(i ink, s string) string {
	if !p.on || i == plain || s == "" {
		return s
	}
	return p.styles[i].Render(s)
}

// glyphs is the set of signs in use. Each comes with a colour and says the
// same without it.
type glyphs struct {
	cross, bang, skip, ask, tick, note string
	dot, dash, arrow, caret, ellipsis  string
	space                              string // a space at the end of a value
	rule                               string
	track, span, over, limit, iat, nbf string
	exp, now, other, stem, tear        string
}

func unicodeGlyphs() glyphs {
	return glyphs{
		cross: "✗", bang: "!", skip: "–", ask: "?", tick: "✓", note: "i",
		dot: "·", dash: "—", arrow: "→", caret: "^", ellipsis: "…", space: "·", rule: "─",
		track: "─", span: "━", over: "╍", limit: "┫", iat: "●", nbf: "○", exp: "┨", now: "▲", other: "◆", stem: "│", tear: "/",
	}
}

func asciiGlyphs() glyphs {
	return glyphs{
		cross: "x", bang: "!", skip: "-", ask: "?", tick: "ok", note: "i",
		dot: "|", dash: "-", arrow: "->", caret: "^", ellipsis: "...", space: `\x20`, rule: "-",
		track: ".", span: "=", over: "-", limit: "|", iat: "o", nbf: "o", exp: "]", now: "^", other: "*", stem: "|", tear: "/",
	}
}
