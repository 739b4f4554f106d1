package screen

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// ink is what a piece of text is, as far as colour goes: base ANSI colours and bold,
// which follow the palette of the terminal. A sign next to it always says the same.
type ink int

const (
	plain ink = iota
	strong
	// Yellow, green and cyan are pale on some light palettes: they are for signs and for
	// labels of a word, never for a text that has to be read.
	bad
	warn
	good
	quest
	quiet  // rules and frames: nothing that has to be read
	chosen // the row that is selected
	inks
)

// paint draws. The renderer is given its profile and background: it would otherwise ask
// the terminal.
type paint struct {
	on     bool
	styles [inks]lipgloss.Style
	signs
}

// signs are the characters in use beyond letters.
type signs struct {
	cross, bang, skip, tick, note, point, box, ticked string
	rule, wall, tee, foot, dot, ellipsis, caret       string
	up, enter, cut                                    string
	replace                                           *strings.Replacer
}

func newPaint(color, ascii bool) *paint {
	p := &paint{on: color, signs: signs{
		cross: "✗", bang: "!", skip: "–", tick: "✓", note: "i", point: "▸", box: "☐", ticked: "☑",
		rule: "─", wall: "│", tee: "┬", foot: "┴", dot: "·", ellipsis: "…", caret: "^", up: "↑↓", enter: "⏎", cut: "…",
	}}
	if ascii {
		p.signs = signs{
			cross: "x", bang: "!", skip: "-", tick: "ok", note: "i", point: ">", box: "[ ]", ticked: "[x]",
			rule: "-", wall: "|", tee: "+", foot: "+", dot: "|", ellipsis: "...", caret: "^", up: "arrows", enter: "Enter", cut: "...",
			replace: strings.NewReplacer(" – ", " - ", " · ", " | ", "…", "...", "→", "->", "✓", "ok", "✗", "x", "↑↓", "arrows", "⏎", "Enter", "☐", "[ ]"),
		}
	}
	if !color {
		return p
	}
	r := lipgloss.NewRenderer(io.Discard, termenv.WithProfile(termenv.ANSI))
	r.SetColorProfile(termenv.ANSI)
	r.SetHasDarkBackground(true)
	of := func(c string) lipgloss.Style { return r.NewStyle().Foreground(lipgloss.Color(c)) }
	p.styles = [inks]lipgloss.Style{
		plain: r.NewStyle(), strong: r.NewStyle().Bold(true), bad: of("1").Bold(true), warn: of("3").Bold(true), good: of("2"),
		quest: of("6"), quiet: of("8"), chosen: r.NewStyle().Bold(true).Reverse(true),
	}
	return p
}

// plainly replaces our own typography where only ASCII is drawn.
func (p *paint) plainly(s string) string {
	if p.replace == nil {
		return s
	}
	return p.replace.Replace(s)
}

// with colours one piece of one line.
func (p *paint) with(i ink, s string) string {
	if !p.on || i == plain || strings.TrimSpace(s) == "" {
		return s
	}
	return p.styles[i].Render(s)
}

// columns is the width of a text, styles left out.
func columns(s string) int { return ansi.StringWidth(s) }

// fit is a line in exactly that many columns.
func (p *paint) fit(s string, width int) string {
	if width <= 0 {
		return ""
	}
	n := columns(s)
	if n > width {
		s = ansi.Truncate(s, width, p.ellipsis)
		n = columns(s)
	}
	return s + strings.Repeat(" ", max(0, width-n))
}

// middle shortens a text in the middle, where two ends matter.
func (p *paint) middle(s string, width int) string {
	n := columns(s)
	if n <= width || width < 8 {
		return ansi.Truncate(s, max(width, 0), p.ellipsis)
	}
	mark := columns(p.ellipsis)
	tail := (width - mark) / 2
	return ansi.Truncate(s, width-mark-tail, "") + p.ellipsis + ansi.TruncateLeft(s, n-tail, "")
}

// wrap breaks prose at spaces; a longer word is broken where it has to be.
func wrap(s string, width int) []string {
	width = max(width, 8)
	var out []string
	line, used := "", 0
	for word := range strings.FieldsSeq(s) {
		n := columns(word)
		if used > 0 && used+1+n > width {
			out, line, used = append(out, line), "", 0
		}
		for used == 0 && n > width {
			out = append(out, ansi.Truncate(word, width, ""))
			word = ansi.TruncateLeft(word, width, "")
			n = columns(word)
		}
		if used > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+word, used+n
	}
	if used > 0 || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// chop breaks a value at the width, wherever that falls.
func chop(s string, width int) []string {
	width = max(width, 8)
	var out []string
	for columns(s) > width {
		out = append(out, ansi.Truncate(s, width, ""))
		s = ansi.TruncateLeft(s, width, "")
	}
	return append(out, s)
}
