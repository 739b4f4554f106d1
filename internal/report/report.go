// Package report writes what was found: as text for people, as JSON and NDJSON
// for programs. It reads only package finding, judges nothing, ranks nothing
// and masks nothing; but whatever came from outside leaves it with controls,
// bidirectional and invisible characters spelt out, in every format.
package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Options is how a report is to look. Formats take from it what concerns them.
type Options struct {
	Width   int    // columns, for text; below 20 it is taken for 80
	Color   bool   // for text: base ANSI colours and bold
	ASCII   bool   // for text: nothing beyond ASCII
	Verbose bool   // passes, notes and everything else left out for brevity
	Quiet   bool   // for text: the verdict only, of many cases those that failed
	Plain   bool   // for text: no pictures, colour or columns; a line for each finding
	Links   bool   // for text: a terminal that opens links (OSC 8)
	Dir     string // the directory of the run; names of files below it are relative to it for other programs
	// Summary takes the Markdown that goes with the annotations of the format github; nil for none.
	Summary io.Writer
}

// Renderer writes one report. Cases are written as they come, so a batch of any
// length takes no memory to speak of. The calls are Begin, Case for each case
// and End, with Progress between them; an error is the writer's own, after which
// the report is incomplete.
type Renderer interface {
	// Begin says what applies to the whole run, with the rules that may fire; Cases
	// and Summary are not read.
	Begin(finding.Report) error
	// Progress says how far the run has come, whenever nothing further is ready.
	Progress(finding.Progress) error
	Case(finding.Case) error
	// End closes the report, and must be called also where a run was cut short:
	// without it JSON is not valid, and text has not yet shown a single case.
	End(finding.Summary) error
}

// format is one way to write a report.
type format struct {
	name string
	make func(io.Writer, Options) Renderer
}

func formats() []format {
	return []format{
		{"text", textOrPlain},
		{"concise", func(w io.Writer, o Options) Renderer {
			return &conciseRenderer{w: w, seen: map[string]int{}, files: files{o.Dir}, ascii: o.ASCII}
		}},
		{"json", func(w io.Writer, _ Options) Renderer { return &jsonRenderer{w: w} }},
		{"ndjson", func(w io.Writer, o Options) Renderer { return &ndjsonRenderer{w: w, verbose: o.Verbose} }},
		{"sarif", func(w io.Writer, o Options) Renderer { return newSARIF(w, o) }},
		{"junit", func(w io.Writer, o Options) Renderer { return &junitRenderer{w, files{o.Dir}} }},
		{"github", func(w io.Writer, o Options) Renderer { return newGitHub(w, o) }},
		{"gitlab", newGitLab},
		{"rdjson", newRDJSON},
		{"markdown", func(w io.Writer, o Options) Renderer { return newMarkdown(w, o) }},
		{"html", func(w io.Writer, o Options) Renderer { return newHTML(w, o) }},
	}
}

// textOrPlain is the text for people who see it, or hear it.
func textOrPlain(w io.Writer, o Options) Renderer {
	if o.Plain {
		return newPlain(w, o)
	}
	return newText(w, o)
}

// Formats lists the names New knows, in the order of the help text.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// New returns the renderer of that name, writing to w. An unknown name is an
// error that lists the known ones.
func New(name string, w io.Writer, opt Options) (Renderer, error) {
	for _, f := range formats() {
		if f.name == name {
			return f.make(w, opt), nil
		}
	}
	return nil, fmt.Errorf("unknown format %q; use one of %s", name, strings.Join(Formats(), ", "))
}

// Write writes a report that is there as a whole.
func Write(r Renderer, rep finding.Report) error {
	if err := r.Begin(rep); err != nil {
		return err
	}
	for _, c := range rep.Cases {
		if err := r.Case(c); err != nil {
			return err
		}
	}
	return r.End(rep.Summary)
}

// Text writes the report for people.
func Text(w io.Writer, rep finding.Report, opt Options) error { return Write(textOrPlain(w, opt), rep) }

// JSON writes the report as one indented JSON object.
func JSON(w io.Writer, rep finding.Report) error { return Write(&jsonRenderer{w: w}, rep) }

// NDJSON writes one line of JSON a case; passes only when verbose.
func NDJSON(w io.Writer, rep finding.Report, verbose bool) error {
	return Write(&ndjsonRenderer{w: w, verbose: verbose}, rep)
}
