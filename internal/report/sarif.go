package report

import (
	"io"
	"strconv"
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// mostSARIF is how many results GitHub accepts in a run; more, and it refuses
// the whole file.
const mostSARIF = 25_000

// homepage is where the program is described, as SARIF and GitLab want to know.
const homepage = "https://github.com/assertionworks/jwtdoctor"

// sarifRenderer writes one run of SARIF 2.1.0: failures and warnings only. The
// results are kept until the end, since which are left out of too many is known
// only then.
type sarifRenderer struct {
	w     io.Writer
	files files
	tool  finding.Tool
	rules []sarifRule
	index map[string]int
	seen  map[string]int
	// Written down already: a result takes a kilobyte as text and more as a value.
	errors, warnings [][]byte
	left             int
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifRule struct {
	ID      string    `json:"id"`
	Name    string    `json:"name"`
	Short   sarifText `json:"shortDescription"`
	Full    sarifText `json:"fullDescription"`
	Help    sarifText `json:"help"`
	Default struct {
		Level string `json:"level"`
	} `json:"defaultConfiguration"`
	Properties struct {
		Tags []string `json:"tags"`
	} `json:"properties"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
	Prints    struct {
		Line string `json:"primaryLocationLineHash"`
	} `json:"partialFingerprints"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI  string `json:"uri"`
			Base string `json:"uriBaseId,omitempty"`
		} `json:"artifactLocation"`
		Region sarifRegion `json:"region"`
	} `json:"physicalLocation"`
}

type sarifRegion struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn"`
	EndLine     int `json:"endLine"`
	EndColumn   int `json:"endColumn"`
}

func newSARIF(w io.Writer, o Options) *sarifRenderer {
	return &sarifRenderer{w: w, files: files{o.Dir}, index: map[string]int{}, seen: map[string]int{}}
}

func (r *sarifRenderer) Begin(rep finding.Report) error {
	r.tool = rep.Tool
	if rep.Rules == nil {
		return nil
	}
	for _, rule := range rep.Rules() {
		r.rule(string(rule.Cause), string(rule.Check), rule.Title, rule.Help, rule.Severity)
	}
	return nil
}

// rule is the index of a rule, which is added where it is new.
func (r *sarifRenderer) rule(id, check, title, help string, s finding.Severity) int {
	if i, ok := r.index[id]; ok {
		return i
	}
	rule := sarifRule{ID: visible.Text(id), Name: pascal(id), Short: sarifText{Text: sentence(title)}}
	rule.Full.Text = sentence(firstOf(help, title))
	rule.Help.Text = strings.TrimSpace(sentence(title) + " " + sentence(help) + " More: jwtdoctor explain " + visible.Text(id))
	rule.Help.Markdown = "**" + prose(end(title)) + "**\n\n" + prose(help) + "\n\nMore: " + code("jwtdoctor explain "+id)
	rule.Default.Level = string(s)
	if s == "" {
		rule.Default.Level = string(finding.Error)
	}
	rule.Properties.Tags = []string{"jwt"}
	if family, _, ok := strings.Cut(check, "-"); ok {
		rule.Properties.Tags = append(rule.Properties.Tags, visible.Text(family))
	}
	r.index[id] = len(r.rules)
	r.rules = append(r.rules, rule)
	return len(r.rules) - 1
}

// sentence is a clause as a sentence that can be looked at.
func sentence(s string) string { return visible.Text(end(strings.TrimSpace(s))) }

// pascal is an ID as SARIF wants names: AudTrailingSlash.
func pascal(id string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(id, "-") {
		b.WriteString(capital(part))
	}
	return visible.Text(b.String())
}

func (r *sarifRenderer) Progress(finding.Progress) error { return nil }

func (r *sarifRenderer) Case(c finding.Case) error {
	for _, f := range results(c, r.seen) {
		id := firstOf(f.cause, "internal-error")
		var s sarifResult
		s.RuleID, s.RuleIndex = id, r.rule(id, f.check, f.message, f.fix, f.severity)
		s.Level = string(f.severity)
		if f.severity != finding.Error {
			s.Level = string(finding.Warning)
		}
		s.Message.Text = end(f.message)
		if f.fix != "" {
			s.Message.Text += " Fix: " + end(f.fix)
		}
		var at sarifLocation
		at.Physical.Artifact.URI = r.files.uri(f.place.file)
		if !strings.HasPrefix(at.Physical.Artifact.URI, "file:") {
			at.Physical.Artifact.Base = "%SRCROOT%"
		}
		at.Physical.Region = sarifRegion{f.place.line, f.place.column, f.place.line, f.place.endColumn}
		s.Locations = []sarifLocation{at}
		s.Prints.Line = f.print
		text, err := encodeCompact(s)
		if err != nil {
			return err
		}
		r.keep(s.Level, text)
	}
	return nil
}

// keep keeps a result. Of too many, warnings go before errors, and later ones
// before earlier ones.
func (r *sarifRenderer) keep(level string, text []byte) {
	to := &r.errors
	if level != string(finding.Error) {
		to = &r.warnings
	}
	*to = append(*to, text)
	for len(r.errors)+len(r.warnings) > mostSARIF {
		from := &r.warnings
		if len(r.warnings) == 0 {
			from = &r.errors
		}
		(*from)[len(*from)-1] = nil
		*from = (*from)[:len(*from)-1]
		r.left++
	}
}

func (r *sarifRenderer) End(finding.Summary) error {
	type driver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		URI     string      `json:"informationUri"`
		Rules   []sarifRule `json:"rules"`
	}
	head, err := encodeCompact(map[string]driver{"driver": {firstOf(visible.Text(r.tool.Name), "jwtdoctor"), visible.Text(r.tool.Version), homepage, list(r.rules)}})
	if err != nil {
		return err
	}
	var b errWriter
	b.w = r.w
	b.text(`{"$schema":"https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json","version":"2.1.0","runs":[{"tool":`)
	b.bytes(head)
	b.text(`,"columnKind":"unicodeCodePoints","invocations":[{"executionSuccessful":true`)
	if r.left > 0 {
		note, err := encodeCompact("More than " + grouped(mostSARIF) + " results: " + strconv.Itoa(r.left) + " were left out, warnings first.")
		if err != nil {
			return err
		}
		b.text(`,"toolExecutionNotifications":[{"level":"warning","message":{"text":`)
		b.bytes(note)
		b.text(`}}]`)
	}
	b.text(`}],"results":[`)
	first := true
	for _, results := range [][][]byte{r.errors, r.warnings} {
		for _, text := range results {
			if !first {
				b.text(",")
			}
			first = false
			b.text("\n")
			b.bytes(text)
		}
	}
	b.text("\n]}]}\n")
	return b.err
}

// errWriter writes until it fails, and remembers why.
type errWriter struct {
	w   io.Writer
	err error
}

func (b *errWriter) bytes(text []byte) {
	if b.err == nil {
		_, b.err = b.w.Write(text)
	}
}

func (b *errWriter) text(s string) { b.bytes([]byte(s)) }
