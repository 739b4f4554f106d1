package report

import (
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// arrayRenderer writes an array of JSON, an element a result, between a head and a foot.
type arrayRenderer struct {
	w     io.Writer
	seen  map[string]int
	head  func(finding.Report) (string, error)
	foot  string
	value func(result, finding.Case) any
	began bool
}

func (r *arrayRenderer) Begin(rep finding.Report) error {
	text, err := r.head(rep)
	if err != nil {
		return err
	}
	_, err = io.WriteString(r.w, text)
	return err
}

func (r *arrayRenderer) Progress(finding.Progress) error { return nil }

func (r *arrayRenderer) Case(c finding.Case) error {
	for _, f := range results(c, r.seen) {
		text, err := encodeCompact(r.value(f, c))
		if err != nil {
			return err
		}
		before := "\n"
		if r.began {
			before = ",\n"
		}
		r.began = true
		if _, err := r.w.Write(append([]byte(before), text...)); err != nil {
			return err
		}
	}
	return nil
}

func (r *arrayRenderer) End(finding.Summary) error {
	_, err := io.WriteString(r.w, "\n"+r.foot+"\n")
	return err
}

type gitlabIssue struct {
	Description string `json:"description"`
	Check       string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// newGitLab writes GitLab's code quality report: an array of issues.
func newGitLab(w io.Writer, o Options) Renderer {
	names := files{o.Dir}
	return &arrayRenderer{w: w, seen: map[string]int{}, foot: "]",
		head: func(finding.Report) (string, error) { return "[", nil },
		value: func(f result, _ finding.Case) any {
			var issue gitlabIssue
			issue.Description, issue.Check = f.message, firstOf(f.cause, "internal-error")
			if f.fix != "" {
				issue.Description += ". Fix: " + f.fix
			}
			sum := sha256.Sum256([]byte(f.print))
			issue.Fingerprint = hex.EncodeToString(sum[:16])
			issue.Severity = "major"
			if f.severity != finding.Error {
				issue.Severity = "minor"
			}
			issue.Location.Path, issue.Location.Lines.Begin = names.name(f.place.file), f.place.line
			return issue
		},
	}
}

type rdPosition struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

type rdRange struct {
	Start rdPosition `json:"start"`
	End   rdPosition `json:"end"`
}

type rdSuggestion struct {
	Range rdRange `json:"range"`
	Text  string  `json:"text"`
}

type rdCode struct {
	Value string `json:"value"`
}

type rdDiagnostic struct {
	Message  string `json:"message"`
	Location struct {
		Path  string  `json:"path"`
		Range rdRange `json:"range"`
	} `json:"location"`
	Severity    string         `json:"severity"`
	Code        rdCode         `json:"code"`
	Suggestions []rdSuggestion `json:"suggestions,omitempty"`
}

// newRDJSON writes the diagnostic format of reviewdog.
func newRDJSON(w io.Writer, o Options) Renderer {
	names := files{o.Dir}
	return &arrayRenderer{w: w, seen: map[string]int{}, foot: "]}",
		head: func(rep finding.Report) (string, error) {
			source, err := encodeCompact(map[string]string{"name": firstOf(visible.Text(rep.Tool.Name), "jwtdoctor"), "url": homepage})
			return `{"source":` + string(source) + `,"diagnostics":[`, err
		},
		value: func(f result, c finding.Case) any {
			var d rdDiagnostic
			d.Message, d.Code.Value, d.Severity = f.message, firstOf(f.cause, "internal-error"), "ERROR"
			if f.fix != "" {
				d.Message += "\nFix: " + f.fix
			}
			if f.severity != finding.Error {
				d.Severity = "WARNING"
			}
			d.Location.Path = names.name(f.place.file)
			d.Location.Range = rdRange{rdPosition{f.place.line, f.place.column}, rdPosition{f.place.line, f.place.endColumn}}
			d.Suggestions = suggestions(f, c)
			return d
		},
	}
}

// suggestions are the steps of a fix that can be made in the text as it was
// given: the value is there as it is, not encoded within an assertion, whose
// signature no edit survives.
func suggestions(f result, c finding.Case) []rdSuggestion {
	if f.found == nil || len(f.found.Patch) != 1 || f.found.Patch[0].Remove {
		return nil
	}
	patch := f.found.Patch[0]
	for _, at := range f.found.At {
		if at.Part != patch.Part || at.Pointer != patch.Pointer || at.Source == nil || at.Source.Length == 0 || !inClear(at, c) {
			continue
		}
		text, err := encodeCompact(patch.Value)
		if err != nil {
			return nil
		}
		if value, ok := patch.Value.(string); ok && at.Part == finding.PartRequest {
			text = []byte(visible.Text(value))
		}
		start := rdPosition{at.Source.Line, at.Source.Column}
		return []rdSuggestion{{rdRange{start, rdPosition{start.Line, start.Column + at.Source.Length}}, string(text)}}
	}
	return nil
}

// inClear reports whether the text contains the value as it is.
func inClear(at finding.Location, c finding.Case) bool {
	switch at.Part {
	case finding.PartRequest, finding.PartJWKS:
		return true
	case finding.PartHeader, finding.PartClaims:
		for _, kind := range c.Input.Kinds {
			if kind == "decoded-assertion" {
				return true
			}
		}
	}
	return false
}
