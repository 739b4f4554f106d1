package report

import (
	"io"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Prepared is implemented by renderers that can write down the cases of one
// subject on their own, so that it is done side by side for many of them.
type Prepared interface {
	// Prepare writes down the cases of one subject, one for each profile. It may
	// be called by several goroutines.
	Prepare(cases []finding.Case) []byte
	// Take writes what Prepare made, which is not to be used any more then.
	Take(text []byte) error
}

// ndjsonRenderer writes the cases of each subject on its own line.
type ndjsonRenderer struct {
	w       io.Writer
	verbose bool
	memory  sync.Pool // of *[]byte: lines that were written
}

func (r *ndjsonRenderer) Begin(finding.Report) error { return nil }

func (r *ndjsonRenderer) Progress(finding.Progress) error { return nil }

func (r *ndjsonRenderer) Case(c finding.Case) error { return r.Take(r.Prepare([]finding.Case{c})) }

func (r *ndjsonRenderer) End(finding.Summary) error { return nil }

// Take implements Prepared.
func (r *ndjsonRenderer) Take(text []byte) error {
	_, err := r.w.Write(text)
	if cap(text) <= mostKept {
		r.memory.Put(&text)
	}
	return err
}

// mostKept is the number of bytes of a line whose memory is used again.
const mostKept = 8 << 10

// Prepare implements Prepared. A case that was judged against several profiles
// has one entry for each under "cases".
func (r *ndjsonRenderer) Prepare(cases []finding.Case) []byte {
	e := line{verbose: r.verbose}
	if used, ok := r.memory.Get().(*[]byte); ok {
		e.b = (*used)[:0]
	} else {
		e.b = make([]byte, 0, 1<<10)
	}
	e.raw(`{"version":`)
	e.b = strconv.AppendInt(e.b, finding.ReportVersion, 10)
	if len(cases) == 1 {
		e.members(&cases[0])
	} else {
		e.raw(`,"cases":[`)
		for i := range cases {
			if i > 0 {
				e.raw(",")
			}
			e.raw(`{"advisory":` + strconv.FormatBool(cases[i].Advisory))
			e.members(&cases[i])
			e.raw("}")
		}
		e.raw("]")
	}
	e.raw("}\n")
	return e.b
}

// mostShown is the number of characters of found and expected in a line.
const mostShown = 200

// line writes JSON without whitespace. Every value is preceded by its comma,
// since a line begins with "version".
type line struct {
	b       []byte
	verbose bool
}

func (e *line) raw(s string) { e.b = append(e.b, s...) }

// text writes a JSON string.
func (e *line) text(s string) { e.b = appendText(e.b, s) }

// member writes a member that is a string, unless that is empty.
func (e *line) member(name, value string) {
	if value != "" {
		e.raw(`,"` + name + `":`)
		e.text(value)
	}
}

// number writes a member that is an integer.
func (e *line) number(name string, n int) {
	e.raw(`,"` + name + `":`)
	e.b = strconv.AppendInt(e.b, int64(n), 10)
}

// listed writes a member that is a list, unless that is empty.
func listed[T any](e *line, name string, all []T, one func(*T)) {
	if len(all) == 0 {
		return
	}
	e.raw(`,"` + name + `":[`)
	for i := range all {
		if i > 0 {
			e.raw(",")
		}
		one(&all[i])
	}
	e.raw("]")
}

// value writes any other value by the encoder of the JSON report.
func (e *line) value(name string, v any) {
	text, err := encodeCompact(v)
	if err != nil {
		return // of a value that cannot be written the line says nothing
	}
	e.raw(`,"` + name + `":`)
	e.b = append(e.b, text...)
}

// members writes the members of a case. Without -v empty ones are left out, and
// so are passes, skips, what was decoded and the questions.
func (e *line) members(c *finding.Case) {
	e.raw(`,"input":{"source":`)
	e.text(c.Input.Source)
	e.number("line", c.Input.Line)
	e.raw(`,"kinds":[`)
	for i, k := range c.Input.Kinds {
		if i > 0 {
			e.raw(",")
		}
		e.text(k)
	}
	e.raw("]")
	for i, u := range c.Input.Unused {
		if i == 0 {
			e.raw(`,"unused":[`)
		} else {
			e.raw(",")
		}
		e.raw(`{"line":`)
		e.b = strconv.AppendInt(e.b, int64(u.Line), 10)
		e.member("what", u.What)
		e.raw("}")
	}
	if len(c.Input.Unused) > 0 {
		e.raw("]")
	}
	e.raw("}")
	if c.Echo != "" {
		e.value("echo", rawJSON(c.Echo))
	}
	if c.Error != "" {
		e.member("error", c.Error)
		return
	}
	e.raw(`,"profile":{"id":`)
	e.text(c.Profile.ID)
	e.raw(`,"env":`)
	e.text(c.Profile.Env)
	e.raw(`,"guessed":` + strconv.FormatBool(c.Profile.Guessed))
	e.raw(`},"judged_as_of":{"time":`)
	e.text(c.JudgedAsOf.Time)
	e.raw(`,"basis":`)
	e.text(c.JudgedAsOf.Basis)
	e.raw("}")
	if e.verbose {
		full := complete(*c)
		e.value("decoded", full.Decoded)
		if full.Symptom != nil {
			e.value("symptom", full.Symptom)
		}
		e.value("diagnosis", full.Diagnosis)
		e.value("findings", full.Findings)
		e.value("ask", full.Ask)
		if len(full.Keys) > 0 {
			e.value("keys", full.Keys)
		}
	} else {
		e.brief(c)
	}
	e.raw(`,"summary":{"verdict":`)
	e.text(string(c.Summary.Verdict))
	for _, n := range [...]struct {
		name string
		n    int
	}{{"pass", c.Summary.Pass}, {"fail", c.Summary.Fail}, {"warn", c.Summary.Warn}, {"note", c.Summary.Note}, {"skip", c.Summary.Skip}, {"broken", c.Summary.Broken}} {
		e.number(n.name, n.n)
	}
	e.raw("}")
}

func (e *line) brief(c *finding.Case) {
	if c.Symptom != nil {
		s := *c.Symptom
		s.Explains, s.Cite = list(s.Explains), list(s.Cite)
		e.value("symptom", s)
	}
	listed(e, "diagnosis", c.Diagnosis, func(d *finding.Diagnosis) {
		e.raw(`{"cause":`)
		e.text(string(d.Cause))
		e.member("check", string(d.Check))
		e.member("certainty", string(d.Certainty))
		e.member("title", d.Title)
		e.raw("}")
	})
	failed := c.Findings
	if slices.ContainsFunc(failed, func(f finding.Finding) bool { return f.Outcome == finding.Pass || f.Outcome == finding.Skip }) {
		failed = nil
		for _, f := range c.Findings {
			if f.Outcome == finding.Fail || f.Outcome == finding.Broken {
				failed = append(failed, f)
			}
		}
	}
	listed(e, "findings", failed, e.finding)
	unchecked := c.NotChecked
	if unchecked == nil {
		for _, f := range c.Findings {
			if f.Outcome == finding.Skip && f.Why == finding.WhyMissing {
				unchecked = append(unchecked, f.Check)
			}
		}
	}
	listed(e, "not_checked", unchecked, func(id *finding.CheckID) { e.text(string(*id)) })
}

func (e *line) finding(f *finding.Finding) {
	e.raw(`{"check":`)
	e.text(string(f.Check))
	e.member("cause", string(f.Cause))
	e.member("outcome", string(f.Outcome))
	e.member("severity", string(f.Severity))
	e.member("title", f.Title)
	e.member("message", f.Message)
	e.member("found", cut(f.Found))
	e.member("expected", cut(f.Expected))
	listed(e, "fix", f.Fix, func(s *string) { e.text(*s) })
	e.member("reason", f.Reason)
	listed(e, "patch", f.Patch, e.patch)
	listed(e, "at", f.At, e.location)
	e.member("consequence_of", string(f.ConsequenceOf))
	listed(e, "cite", f.Cite, func(c *finding.Citation) {
		e.raw(`{"title":`)
		e.text(c.Title)
		e.member("url", c.URL)
		e.raw("}")
	})
	e.raw("}")
}

// patch and location write what the JSON report's encoder does, in a fraction of the
// time; a test compares them.
func (e *line) patch(p *finding.Patch) {
	e.raw(`{"part":`)
	e.text(p.Part)
	e.raw(`,"pointer":`)
	e.text(p.Pointer)
	switch v := p.Value.(type) {
	case nil:
	case string:
		e.raw(`,"value":`)
		e.text(v)
	case int:
		e.raw(`,"value":`)
		e.b = strconv.AppendInt(e.b, int64(v), 10)
	case int64:
		e.raw(`,"value":`)
		e.b = strconv.AppendInt(e.b, v, 10)
	default:
		e.value("value", v)
	}
	if p.Remove {
		e.raw(`,"remove":true`)
	}
	e.raw("}")
}

func (e *line) location(l *finding.Location) {
	e.raw(`{"part":`)
	e.text(l.Part)
	e.raw(`,"pointer":`)
	e.text(l.Pointer)
	e.number("offset", l.Offset)
	e.number("length", l.Length)
	e.number("line", l.Line)
	e.number("column", l.Column)
	if s := l.Source; s != nil {
		e.raw(`,"source":{"file":`)
		e.text(s.File)
		e.number("line", s.Line)
		e.number("column", s.Column)
		e.number("length", s.Length)
		e.raw("}")
	}
	e.raw("}")
}

// cut shortens a value for a line.
func cut(s string) string {
	if len(s) <= mostShown || utf8.RuneCountInString(s) <= mostShown {
		return s
	}
	return string([]rune(s)[:mostShown-1]) + "…"
}
