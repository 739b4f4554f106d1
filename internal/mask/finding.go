package mask

import (
	"slices"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// Case masks every text of a case that is on its way to a report. brief says that
// the report shows no passes: they lose their words then, which costs nothing.
//
// Titles and fixes of failed checks may contain values; those of passes and skips are
// the check's own words.
func (m *Mask) Case(c *finding.Case, brief bool) {
	for i := range c.Findings {
		f := &c.Findings[i]
		switch {
		case f.Outcome == finding.Skip:
			m.Texts(&f.Reason)
		case f.Outcome == finding.Pass && brief:
			f.Message, f.Found, f.Expected, f.Fix, f.At = "", "", "", nil, nil
		default:
			m.finding(f)
		}
	}
	for i := range c.Diagnosis {
		m.Texts(&c.Diagnosis[i].Title) // fix and tell are the catalogue's own words
	}
	for i := range c.Notes {
		m.Texts(&c.Notes[i])
	}
	for i := range c.Input.Unused {
		m.Texts(&c.Input.Unused[i].What)
	}
	for i := range c.Ask {
		m.Texts(&c.Ask[i].Text)
	}
	if s := c.Symptom; s != nil {
		changed := *s
		m.Texts(&changed.Match, &changed.Means)
		c.Symptom = &changed
	}
	if c.Profile.GuessedBy != "" || c.Unfinished != "" {
		m.Texts(&c.Profile.GuessedBy, &c.Unfinished)
	}
	// A file has no secret of the case for its name, so nobody need be asked for one.
	FileName(&c.Input.Source)
	if c.Next != "" {
		var looks Mask
		c.Next, c.NextCommand = looks.Text(c.Next), looks.Text(c.NextCommand)
	}
}

// FileName masks the name of an input, which has no secret of a case. One as short as
// "tokens.txt" that names no value can have none at all.
func FileName(name *string) {
	if len(*name) >= leastBranded || strings.ContainsAny(*name, "=:") {
		var looks Mask
		*name = looks.Text(*name)
	}
}

func (m *Mask) finding(f *finding.Finding) {
	m.Texts(&f.Title, &f.Message, &f.Found, &f.Expected, &f.Reason, &f.Answer, &f.Remedy, &f.InCode)
	for i, fix := range f.Fix {
		if shown := m.Text(fix); shown != fix {
			f.Fix = slices.Clone(f.Fix) // it may be the check's own
			f.Fix[i] = shown
		}
	}
	if slices.ContainsFunc(f.Patch, func(p finding.Patch) bool { return m.hides(p.Value) }) {
		f.Patch = nil // with a masked value in it, it is not a fix
	}
	for i := range f.At {
		if e := f.At[i].Excerpt; e != nil {
			f.At[i].Excerpt = m.Excerpt(e)
		}
	}
}

// hides reports whether a value of a patch has something in it that is masked.
func (m *Mask) hides(value any) bool {
	switch v := value.(type) {
	case string:
		return m.Text(v) != v
	case []any:
		return slices.ContainsFunc(v, m.hides)
	case []string:
		return slices.ContainsFunc(v, func(s string) bool { return m.Text(s) != s })
	}
	return false
}

// Excerpt is an excerpt as it may be shown, its mark where it was.
func (m *Mask) Excerpt(e *finding.Excerpt) *finding.Excerpt {
	list := m.search(e.Text)
	if len(list) == 0 {
		return e
	}
	start, end := place(list, e.Start, false), place(list, e.Start+e.Length, true)
	return &finding.Excerpt{Text: apply(e.Text, list), Start: start, Length: max(end-start, 0)}
}
