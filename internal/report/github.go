package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// GitHub shows so many annotations of each level for a step, and takes so much
// text for its summary.
const (
	mostAnnotations = 10
	mostSummary     = 1 << 20
)

// githubRenderer writes the text report, and after it annotations as workflow
// commands. What does not fit into them is in the step's summary, if there is
// one to write to.
type githubRenderer struct {
	Renderer
	w       io.Writer
	summary io.Writer // nil for none
	files   files
	seen    map[string]int
	shown   map[finding.Severity]int
	lines   strings.Builder
	all     strings.Builder // the summary's list
	left    int             // results that are not annotated
	cut     int             // results there is no room for in the summary
}

func newGitHub(w io.Writer, o Options) *githubRenderer {
	return &githubRenderer{Renderer: textOrPlain(w, o), w: w, summary: o.Summary, files: files{o.Dir}, seen: map[string]int{}, shown: map[finding.Severity]int{}}
}

func (r *githubRenderer) Case(c finding.Case) error {
	for _, f := range results(c, r.seen) {
		r.list(f)
		if r.shown[f.severity] == mostAnnotations {
			r.left++
			continue
		}
		r.shown[f.severity]++
		level := "error"
		if f.severity != finding.Error {
			level = "warning"
		}
		text := f.message
		if f.fix != "" {
			text += "\nFix: " + f.fix
		}
		fmt.Fprintf(&r.lines, "::%s file=%s,line=%d,endLine=%d,col=%d,endColumn=%d,title=%s::%s\n", level,
			property(r.files.name(f.place.file)), f.place.line, f.place.line, f.place.column, f.place.endColumn,
			property(firstOf(f.cause, "internal error")), command(text))
	}
	return r.Renderer.Case(c)
}

// list adds a result to the summary, as far as there is room for it.
func (r *githubRenderer) list(f result) {
	if r.summary == nil {
		return
	}
	if r.cut > 0 {
		r.cut++
		return
	}
	line := "- " + signText(f.severity) + " " + code(r.files.name(f.place.file)+":"+strconv.Itoa(f.place.line)) + " " + code(f.cause) + ": " + prose(f.message)
	if f.fix != "" {
		line += " · **Fix:** " + code(f.fix)
	}
	const reserve = 1 << 10 // for the heading and the end
	if r.all.Len()+len(line)+1 > mostSummary-reserve {
		r.cut++
		return
	}
	r.all.WriteString(line + "\n")
}

func (r *githubRenderer) End(sum finding.Summary) error {
	if err := r.Renderer.End(sum); err != nil {
		return err
	}
	if r.left > 0 && r.summary == nil {
		fmt.Fprintf(&r.lines, "%s not annotated; the report above has them.\n", count(r.left, "more result"))
	} else if r.left > 0 {
		fmt.Fprintf(&r.lines, "%s not annotated; the step's summary has them.\n", count(r.left, "more result"))
	}
	if _, err := io.WriteString(r.w, r.lines.String()); err != nil {
		return err
	}
	if r.summary == nil {
		return nil
	}
	text := "## jwtdoctor: " + count(sum.Cases, "case") + ", " + strconv.Itoa(sum.Failed) + " failed\n\n" + r.all.String()
	if r.cut > 0 {
		text += "- " + count(r.cut, "more result") + ", for which there is no room here\n"
	}
	_, err := io.WriteString(r.summary, text+"\n")
	return err
}

// command is a message as the runner reads it back: it decodes these and nothing else.
func command(s string) string {
	lines := strings.Split(s, "\n") // our own line ends; those from outside are spelt out
	for i := range lines {
		lines[i] = visible.Text(lines[i])
	}
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(strings.Join(lines, "\n"))
}

// property is a value among others, which ends at a comma or colon.
func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(command(strings.ReplaceAll(s, "\n", " ")))
}
