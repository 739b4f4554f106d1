package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/report"
	"github.com/assertionworks/jwtdoctor/internal/term"
	"github.com/assertionworks/jwtdoctor/internal/wording"
)

// destination is one report to write: its format, and the file it goes to, ""
// for standard output.
type destination struct {
	format string
	file   string
	// unknown is true if nothing said the format, and the file's ending is that of none.
	unknown bool
}

// destinations reads --format and every --output [FORMAT=]FILE. A file without
// a format is written in the one --format names, else in that of its ending.
func destinations(format string, formatGiven bool, outputs, known []string) ([]destination, error) {
	if err := oneOf("--format", format, known); err != nil {
		return nil, err
	}
	out := []destination{{format: format}}
	for _, o := range outputs {
		d := destination{format: format, file: o}
		name, file, ok := strings.Cut(o, "=")
		ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(o), "."))
		switch {
		case ok && slices.Contains(known, name):
			d = destination{format: name, file: file}
		case ok && !strings.ContainsAny(name, `./\`):
			if err := oneOf("--output", name, known); err != nil {
				return nil, err
			}
		case !formatGiven && slices.Contains(known, endingFormat(ending)):
			d.format = endingFormat(ending)
		case !formatGiven && !slices.Contains([]string{"", "txt", "log", "out"}, ending):
			d.unknown = true
		}
		if slices.Contains(known, o) {
			return nil, usage("--output %s names a format but no file; write --output %s=FILE, or --format %s for standard output", o, o, o)
		}
		switch {
		case d.file == "":
			return nil, usage("--output %q names no file; write [FORMAT=]FILE", o)
		case d.file == "-":
			return nil, usage("--output %q: standard output always has a report; choose its format with --format", o)
		}
		if slices.ContainsFunc(out, func(other destination) bool { return other.file != "" && same(other.file, d.file) }) {
			return nil, usage("--output: two reports would go to %s", d.file)
		}
		out = append(out, d)
	}
	return out, nil
}

// endingFormat is the format that a file of this ending is in.
func endingFormat(ending string) string {
	switch ending {
	case "md":
		return "markdown"
	case "htm":
		return "html"
	case "xml":
		return "junit"
	case "jsonl":
		return "ndjson"
	case "txt":
		return "text"
	}
	return ending
}

// same reports whether two paths lead to one file, which need not be there yet.
func same(a, b string) bool {
	if filepath.Clean(a) == filepath.Clean(b) {
		return true
	}
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// reports writes one run to all its destinations. One that fails is reported and
// left behind, the others go on.
type reports struct {
	world
	sinks  []*sink
	opts   report.Options
	head   finding.Report
	secret bool // the reports may contain secrets
	late   bool // files may be read after the first case was written
	began  bool
	done   finding.Progress
	meter  *meter // nil for none
}

// errNowhere ends a run whose reports can no longer be written anywhere.
var errNowhere = errors.New("no report can be written")

type sink struct {
	destination
	render report.Renderer
	buf    *bufio.Writer
	out    later
	close  func() error
	err    error
}

func newReports(w world, where []destination, opts report.Options, head finding.Report) (*reports, error) {
	rs := &reports{world: w, opts: opts, head: head}
	dir, err := os.Getwd()
	if err == nil {
		opts.Dir = dir
	}
	for _, d := range where {
		s := &sink{destination: d, close: func() error { return nil }}
		s.buf = bufio.NewWriterSize(&s.out, 64<<10)
		look := opts
		if d.file != "" {
			look.Width, look.Color, look.ASCII, look.Links = term.PipedWidth, false, false, false
		}
		if d.format == "github" {
			look.Summary = rs.summary()
		}
		if s.render, err = report.New(d.format, s.buf, look); err != nil {
			return nil, err
		}
		rs.sinks = append(rs.sinks, s)
	}
	return rs, nil
}

// summary is the file GitHub shows below a step, nil if there is none. It is
// opened when there is something to add to it, and is the runner's own: what was
// written before stays.
func (rs *reports) summary() io.Writer {
	name := rs.getenv("GITHUB_STEP_SUMMARY")
	if name == "" {
		return nil
	}
	return appender{name}
}

type appender struct{ name string }

func (a appender) Write(b []byte) (int, error) {
	f, err := os.OpenFile(a.name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return 0, &outputError{a.name, err}
	}
	n, err := f.Write(b)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return n, &outputError{a.name, err}
	}
	return n, nil
}

// later is a writer that is opened when there is something to write.
type later struct {
	io.Writer
	before func() // is called before anything is written; nil for nothing
}

func (l *later) Write(p []byte) (int, error) {
	if l.before != nil {
		l.before()
	}
	return l.Writer.Write(p)
}

// begin opens the destinations; not before there is something to write, so
// that a wrong flag costs nobody last week's report.
func (rs *reports) begin() error {
	if rs.began {
		return nil
	}
	rs.began = true
	return rs.each(func(s *sink) error {
		if err := rs.open(s); err != nil {
			return err
		}
		return s.render.Begin(rs.head)
	})
}

func (rs *reports) open(s *sink) error {
	s.out.Writer = rs.Out
	if s.file == "" {
		if rs.meter != nil && rs.OutIsTTY {
			s.out.before = rs.meter.clear
		}
		return nil
	}
	mode := os.FileMode(0o666)
	if rs.secret {
		mode = 0o600
	}
	// Lines are written as they come, for anyone who follows the file.
	f, err := rs.files.create("--output", s.file, mode, s.format == "ndjson" && !rs.late)
	if err != nil {
		return err
	}
	s.out.Writer, s.close = f, f.finish
	return nil
}

// written is what the reports get of one subject: its cases, and for each
// destination that renders ahead, what will be written.
type written struct {
	cases []finding.Case // nil if no destination needs them
	texts [][]byte       // by destination
	// failed is true if the verdict of the first case is fail.
	failed bool
	// caseless is true for a line that gave no case.
	caseless bool
}

// output is what a run writes its cases to.
func (rs *reports) output() doctor.Output[written] {
	return doctor.Output[written]{Prepare: rs.prepare, Emit: rs.emit, Flush: rs.flush}
}

// prepare writes down what can be written down before its turn comes.
func (rs *reports) prepare(cases []finding.Case) written {
	w := written{texts: make([][]byte, len(rs.sinks)), failed: cases[0].Summary.Verdict == finding.VerdictFail, caseless: cases[0].Error != ""}
	for i, s := range rs.sinks {
		if p, ok := s.render.(report.Prepared); ok {
			w.texts[i] = p.Prepare(cases)
		} else {
			w.cases = cases
		}
	}
	return w
}

// one writes the one case of a command that makes no more.
func (rs *reports) one(c finding.Case) error {
	if err := rs.emit(rs.prepare([]finding.Case{c})); err != nil {
		return err
	}
	return rs.flush()
}

// emit writes the cases of a subject as soon as they are there.
func (rs *reports) emit(w written) error {
	if !rs.began && w.caseless && !slices.ContainsFunc(rs.sinks, func(s *sink) bool { return s.format == "ndjson" }) {
		return nil // a report without a case is none
	}
	if err := rs.begin(); err != nil {
		return err
	}
	if rs.done.Cases++; rs.room != nil && rs.done.Cases%roomEvery == 0 {
		rs.room()
	}
	if w.failed {
		rs.done.Failed++
	}
	if rs.meter != nil && rs.done.Cases%meterEvery == 0 {
		rs.meter.show(rs.done)
	}
	return rs.each(func(s *sink) error {
		at := slices.Index(rs.sinks, s)
		if p, ok := s.render.(report.Prepared); ok {
			return p.Take(w.texts[at])
		}
		for _, c := range w.cases {
			if c.Error != "" {
				continue // a line that gave no case; only NDJSON answers it
			}
			if err := s.render.Case(c); err != nil {
				return err
			}
		}
		return nil
	})
}

// flush lets readers see what has been written so far.
func (rs *reports) flush() error {
	if !rs.began {
		return nil
	}
	return rs.each(func(s *sink) error {
		if err := s.render.Progress(rs.done); err != nil {
			return err
		}
		return s.buf.Flush()
	})
}

// brief reports whether no destination wants passes and skips.
func (rs *reports) brief() bool {
	return !rs.opts.Verbose && !slices.ContainsFunc(rs.sinks, func(s *sink) bool { return s.format != "ndjson" })
}

// end closes every report.
func (rs *reports) end(sum finding.Summary) error {
	if rs.meter != nil {
		rs.meter.clear()
	}
	if err := rs.begin(); err != nil {
		return err
	}
	return rs.each(func(s *sink) error {
		if err := s.render.End(sum); err != nil {
			return err
		}
		if err := s.buf.Flush(); err != nil {
			return err
		}
		return s.close()
	})
}

// each does something with every destination that still works.
func (rs *reports) each(do func(*sink) error) error {
	working := 0
	for _, s := range rs.sinks {
		if s.err != nil {
			continue
		}
		if err := do(s); err != nil {
			var already *outputError // of a file as well as the report
			if s.err = err; !errors.As(err, &already) {
				s.err = &outputError{s.file, err}
			}
			if !quiet(s.err) {
				rs.complain(s.err.Error())
			}
			continue
		}
		working++
	}
	if working == 0 {
		return errNowhere
	}
	return nil
}

// failed reports whether any report could not be written.
func (rs *reports) failed() bool {
	return slices.ContainsFunc(rs.sinks, func(s *sink) bool { return s.err != nil })
}

// ids splits what --only, --skip and --require were given: repeated, or in one
// with commas.
func ids(values []string) []string {
	var out []string
	for _, v := range values {
		out = append(out, strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	return out
}

// isFileName reports whether a name is a file's and not a profile's ID.
func isFileName(s string) bool { return strings.ContainsAny(s, `./\`) }

// nearestOf is the sentence that names what was probably meant, "" for none.
func nearestOf(word string, words []string) string {
	if near := wording.Nearest(word, words); near != "" {
		return "; did you mean " + near + "?"
	}
	return ""
}
