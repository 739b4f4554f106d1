package screen

import (
	"bytes"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/report"
)

// clip is what was copied last, so that it can be shown as text: a terminal does not say
// whether it took it.
type clip struct {
	name, last string
}

// copyText puts a text on the clipboard with OSC 52, or shows it where the terminal is
// known to ignore that.
func (m *Model) copyText(name, text, said string) tea.Cmd {
	m.clip = clip{name, text}
	if m.NoClipboard {
		showCopied(m)
		m.status = "This terminal has no clipboard for programs; select the text"
		return nil
	}
	m.status = said + " (Y shows it as text)"
	return tea.SetClipboard(text)
}

// showCopied shows what was copied last as text.
func showCopied(m *Model) {
	text, name := m.clip.last, m.clip.name
	m.mouse = false // so that it can be selected
	m.open(&reader{name: name, make: func(width int) []string {
		var out []string
		for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
			out = append(out, wrap(m.seen(l), width)...)
		}
		return out
	}})
}

// copyFix copies the fix in the code of the library that made the assertion where
// that is known, else the value to set where it is one, else the fix in words.
func copyFix(m *Model) tea.Cmd {
	e, _, _, ok := m.panes.fault()
	if !ok {
		return nil
	}
	text := fixWords(e)
	if e.found != nil && e.found.InCode != "" {
		text = e.found.InCode
	} else if e.found != nil && len(e.found.Patch) == 1 && !e.found.Patch[0].Remove {
		text = written(e.found.Patch[0].Value)
		if s, ok := e.found.Patch[0].Value.(string); ok {
			text = s
		}
	}
	shown := m.seen(text)
	return m.copyText("the fix", text, "Copied: "+m.paint.middle(shown, 40))
}

// copyReport copies the report of the case.
func copyReport(m *Model) tea.Cmd {
	_, c := m.current()
	return m.copyText("the report", markdown(*c, m.Options.Version), "Copied the report as Markdown, secrets masked")
}

// copySigned copies the assertion that was signed here.
func copySigned(m *Model) tea.Cmd {
	return m.copyText("the signed assertion", m.visit.signed, "Copied the signed assertion, whole: treat it like a password until it expires")
}

// markdown is the report of a case as Markdown: the renderer of that name if there is
// one, else the text report in a code fence.
func markdown(c finding.Case, version string) string {
	var b bytes.Buffer
	rep := finding.Report{Version: finding.ReportVersion, Tool: finding.Tool{Name: "jwtdoctor", Version: version}, Cases: []finding.Case{c},
		Summary: finding.Summary{Verdict: c.Summary.Verdict, Cases: 1}}
	if r, err := report.New("markdown", &b, report.Options{Width: 76}); err == nil && report.Write(r, rep) == nil {
		return b.String()
	}
	b.Reset()
	if report.Text(&b, rep, report.Options{Width: 76}) != nil {
		return ""
	}
	fence := "```"
	for strings.Contains(b.String(), fence) {
		fence += "`"
	}
	return fence + "\n" + b.String() + fence + "\n"
}
