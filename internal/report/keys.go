package report

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// maxKeys is how many keys are listed without -v.
const maxKeys = 20

// keys lists the keys of a set, the one that made the signature marked.
func (p *page) keys(keys []finding.Key, all bool) {
	if len(keys) == 0 {
		return
	}
	p.heading("KEYS")
	shown := keys
	if len(shown) > maxKeys && !all {
		shown = shown[:maxKeys]
	}
	rows := [][]string{{"kid", "type", "use", "alg", "thumbprint (RFC 7638)"}}
	for _, k := range shown {
		rows = append(rows, []string{p.or(k.Kid), p.or(k.Type), p.or(k.Use), p.or(k.Alg), p.or(k.Thumbprint)})
	}
	if p.width < 100 { // a thumbprint takes 43 columns: it goes on its own line
		p.keyBlocks(shown)
		if len(shown) < len(keys) {
			p.wrapped(piece{}, plain, "  "+count(len(keys)-len(shown), "key")+" more with -v")
		}
		return
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], min(visible.Width(cell), 40))
		}
	}
	for n, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			cell = p.clip(cell, 44)
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(pad(widths[i] - visible.Width(cell) + 2))
			}
		}
		switch {
		case n == 0:
			p.line(piece{plain, "  " + b.String()})
		case shown[n-1].Signed:
			p.line(piece{good, p.tick + " "}, piece{strong, b.String()}, piece{plain, "  signed this assertion"})
		default:
			p.line(piece{plain, "  " + b.String()})
		}
	}
	if len(shown) < len(keys) {
		p.wrapped(piece{}, plain, "  "+count(len(keys)-len(shown), "key")+" more with -v")
	}
}

// keyBlocks lists keys on two lines each.
func (p *page) keyBlocks(keys []finding.Key) {
	for _, k := range keys {
		name := k.Kid
		if name == "" {
			name = "(no kid)"
		}
		text := p.clip(p.shown(name), 44) + "  " + strings.Join(strings.Fields(p.shown(k.Type)+"  "+p.shown(k.Use)+"  "+p.shown(k.Alg)), " ")
		lead, i := piece{text: pad(bodyIndent)}, plain
		if k.Signed {
			lead, i = piece{good, p.tick + " "}, strong
			text += "  signed this assertion"
		}
		p.wrapped(lead, i, text)
		if k.Thumbprint != "" {
			p.wrapped(piece{text: pad(bodyIndent + 2)}, plain, "thumbprint "+p.shown(k.Thumbprint))
		}
	}
}

// or writes a cell, a dash where it is empty.
func (p *page) or(s string) string {
	if s == "" {
		return p.dash
	}
	return p.shown(s)
}
