package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// machines are reports that other programs must be able to read, by what is in them.
func machines() map[string]finding.Report {
	all := samples()
	all["nothing"] = report()
	all["random"] = report()
	for seed := range uint64(40) {
		text := "]]> <x y='z'> \"q\" \x1b[2J\u202e a,b:c%0A\r\n::error file=x::y ##[add-mask]x \ufffe\uffff\x00 \U0001f469"
		rep := all["random"]
		rep.Cases = append(rep.Cases, nasty(seed, text))
		all["random"] = rep
	}
	withRules := report(redoxCase())
	var rules []finding.Rule
	for _, id := range []string{"lifetime-too-long", "aud-trailing-slash", "kid-whitespace", "never-met"} {
		rules = append(rules, finding.Rule{Check: "claim-aud", Cause: finding.CauseID(id), Title: "a title of " + id, Help: "How it comes about. What to do.", Severity: finding.Warning})
	}
	withRules.Rules = func() []finding.Rule { return rules }
	all["rules"] = withRules
	return all
}

func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, name, text string) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%s: no JSON: %v", name, err)
	}
	if err := s.Validate(value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// sarifLog is what a reader takes from the file.
type sarifLog struct {
	Runs []struct {
		Tool struct {
			Driver struct {
				Rules []sarifRule `json:"rules"`
			} `json:"driver"`
		} `json:"tool"`
		Invocations []struct {
			Notes []struct {
				Message sarifText `json:"message"`
			} `json:"toolExecutionNotifications"`
		} `json:"invocations"`
		Results []sarifResult `json:"results"`
	} `json:"runs"`
}

func TestSARIF(t *testing.T) {
	schema := compiled(t, "sarif/sarif-schema-2.1.0.json")
	for name, rep := range machines() {
		text := written(t, "sarif", rep, Options{})
		valid(t, schema, name, text)
		var log sarifLog
		if err := json.Unmarshal([]byte(text), &log); err != nil {
			t.Fatal(err)
		}
		run := log.Runs[0]
		for _, r := range run.Results {
			at := r.Locations[0].Physical
			if len(r.Locations) != 1 || at.Region.StartLine < 1 || at.Region.EndColumn <= at.Region.StartColumn || strings.Contains(at.Artifact.URI, `\`) || strings.ContainsAny(at.Artifact.URI, " <>\"\x1b") {
				t.Errorf("%s: %+v", name, at)
			}
			if r.Level != "error" && r.Level != "warning" || r.Prints.Line == "" || run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
				t.Errorf("%s: %+v", name, r)
			}
			if strings.ContainsFunc(r.Message.Text, func(c rune) bool { return !unicode.IsPrint(c) }) {
				t.Errorf("%s: %q cannot be looked at", name, r.Message.Text)
			}
		}
		for _, rule := range run.Tool.Driver.Rules {
			if len(rule.Properties.Tags) > 10 || rule.Help.Text == "" || rule.Short.Text == "" || rule.Full.Text == "" {
				t.Errorf("%s: %+v", name, rule)
			}
		}
	}
	var log sarifLog
	if err := json.Unmarshal([]byte(written(t, "sarif", machines()["rules"], Options{})), &log); err != nil {
		t.Fatal(err)
	}
	if rules, results := log.Runs[0].Tool.Driver.Rules, log.Runs[0].Results; len(rules) != 4 || len(results) != 3 || rules[0].Default.Level != "warning" || results[0].RuleID != "lifetime-too-long" {
		t.Errorf("%d rules, %d results", len(rules), len(results))
	}
}

// The schema says no to a report that is wrong, or it would show nothing.
func TestSARIFSchemaIsStrict(t *testing.T) {
	schema := compiled(t, "sarif/sarif-schema-2.1.0.json")
	text := written(t, "sarif", report(redoxCase()), Options{})
	for _, change := range [][2]string{{`"level":"error"`, `"level":"bad"`}, {`"startLine":3`, `"startLine":0`}, {`"version":"2.1.0"`, `"version":"2.2"`}, {`"ruleId"`, `"rule"`}} {
		wrong := strings.Replace(text, change[0], change[1], 1)
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(wrong))
		if err != nil || wrong == text || schema.Validate(value) == nil {
			t.Errorf("%v is accepted (%v)", change, err)
		}
	}
}

// Of too many results errors stay before warnings, and it is said.
func TestSARIFCut(t *testing.T) {
	var b bytes.Buffer
	r := newSARIF(&b, Options{})
	if err := r.Begin(report()); err != nil {
		t.Fatal(err)
	}
	one := []string{"error", "warning", "error"}
	for i := range 27_000 {
		level := one[i%3]
		r.keep(level, []byte(`{"level":"`+level+`"}`))
	}
	if err := r.End(finding.Summary{}); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	levels := map[string]int{}
	for _, f := range log.Runs[0].Results {
		levels[f.Level]++
	}
	if levels["error"] != 18_000 || levels["warning"] != 7_000 || !strings.Contains(log.Runs[0].Invocations[0].Notes[0].Message.Text, "2000 were left out") {
		t.Errorf("%v, %+v", levels, log.Runs[0].Invocations)
	}
}

func TestRDJSON(t *testing.T) {
	schema := compiled(t, "rdjson/DiagnosticResult.json")
	for name, rep := range machines() {
		valid(t, schema, name, written(t, "rdjson", rep, Options{}))
	}
	// A value that is in the text as it is can be changed there; one within an
	// encoded assertion cannot.
	type log struct{ Diagnostics []rdDiagnostic }
	clear := redoxCase()
	clear.Input.Kinds = []string{"decoded-assertion"}
	for _, tt := range []struct {
		c    finding.Case
		want string
	}{{redoxCase(), "[]"}, {clear, "[{{{3 160} {3 174}} 1795273613}]"}} {
		var l log
		if err := json.Unmarshal([]byte(written(t, "rdjson", report(tt.c), Options{})), &l); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(l.Diagnostics[0].Suggestions); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

// GitLab documents the members of an issue and no schema; nothing else is in one.
func TestGitLab(t *testing.T) {
	for name, rep := range machines() {
		text := written(t, "gitlab", rep, Options{})
		if !strings.HasPrefix(text, "[") {
			t.Fatalf("%s begins with %q", name, text[:1])
		}
		dec := json.NewDecoder(strings.NewReader(text))
		dec.DisallowUnknownFields()
		var issues []gitlabIssue
		if err := dec.Decode(&issues); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		prints := map[string]bool{}
		for _, i := range issues {
			if i.Description == "" || i.Check == "" || i.Location.Path == "" || i.Location.Lines.Begin < 1 || i.Severity != "major" && i.Severity != "minor" || strings.HasPrefix(i.Location.Path, "./") {
				t.Errorf("%s: %+v", name, i)
			}
			if prints[i.Fingerprint] {
				t.Errorf("%s: two issues are %s", name, i.Fingerprint)
			}
			prints[i.Fingerprint] = true
		}
	}
}

func TestConcise(t *testing.T) {
	line := regexp.MustCompile(`^.+:[0-9]+:[0-9]+: (error|warning) .+$`)
	for name, rep := range machines() {
		for l := range strings.Lines(written(t, "concise", rep, Options{})) {
			if l = strings.TrimSuffix(l, "\n"); !line.MatchString(l) || strings.ContainsFunc(l, func(c rune) bool { return !unicode.IsPrint(c) }) {
				t.Errorf("%s: %q", name, l)
			}
		}
	}
	want := `req.sh:3:160: error lifetime-too-long exp is 10m after iat; Redox allows at most 5m · exp = iat + 240
req.sh:1:1: error aud-trailing-slash aud has an extra trailing slash · aud = "https://api.redoxengine.com/v2/auth/token"
req.sh:3:41: warning kid-whitespace kid ends with a space, which the key's kid hardly does · write kid without the space
`
	if got := written(t, "concise", report(redoxCase()), Options{}); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := written(t, "concise", report(symptomCase()), Options{}); got != "resp.json:1:1: error kid-not-in-jwks no key has this kid; also possible: signed-by-other-key and content-changed (possible)\n" {
		t.Errorf("an answer only: %q", got)
	}
	if got := written(t, "concise", report(passCase()), Options{}); got != "" {
		t.Errorf("nothing wrong: %q", got)
	}
}

// A case judged against another profile for advice is in no report for programs.
func TestAdviceIsNoResult(t *testing.T) {
	c := redoxCase()
	c.Advisory = true
	for _, format := range []string{"concise", "sarif", "junit", "gitlab", "rdjson"} {
		if text := written(t, format, report(c), Options{}); strings.Contains(text, "lifetime-too-long") {
			t.Errorf("%s: %s", format, text)
		}
	}
}

func TestFileNames(t *testing.T) {
	for _, tt := range []struct{ file, name, uri string }{
		{"req.sh", "req.sh", "req.sh"},
		{"./a/b c.jwt", "a/b c.jwt", "a/b%20c.jwt"},
		{`a\b.jwt`, "a/b.jwt", "a/b.jwt"},
		{"/src/app/a.jwt", "a.jwt", "a.jwt"},
		{"/elsewhere/a.jwt", "/elsewhere/a.jwt", "file:///elsewhere/a.jwt"},
		{`C:\x\a.jwt`, "C:/x/a.jwt", "file:///C:/x/a.jwt"},
		{"a:b.jwt", "a:b.jwt", "a%3Ab.jwt"},
		{"", "input", "input"},
	} {
		f := files{"/src/app"}
		if name := f.name(tt.file); name != tt.name {
			t.Errorf("%q: name %q, want %q", tt.file, name, tt.name)
		}
		if uri := f.uri(tt.file); uri != tt.uri {
			t.Errorf("%q: URI %q, want %q", tt.file, uri, tt.uri)
		}
	}
}
