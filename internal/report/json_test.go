package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// schema compiles docs/report.schema.json, or one of its definitions.
func schema(t testing.TB, fragment string) *jsonschema.Schema {
	t.Helper()
	f, err := os.Open("../../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *jsonschema.Schema, text []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

func TestJSONFitsTheSchema(t *testing.T) {
	s := schema(t, "")
	for name, rep := range samples() {
		var b bytes.Buffer
		if err := JSON(&b, rep); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := validate(s, b.Bytes()); err != nil {
			t.Errorf("%s: %v\n%s", name, err, b.String())
		}
	}
	for name, rep := range map[string]finding.Report{
		"no case":    report(),
		"empty case": report(finding.Case{JudgedAsOf: finding.JudgedAsOf{Time: "2026-11-21T15:02:11Z", Basis: "now"}, Summary: finding.CaseSummary{Verdict: finding.VerdictPass}}),
	} {
		var b bytes.Buffer
		if err := JSON(&b, rep); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := validate(s, b.Bytes()); err != nil {
			t.Errorf("%s: %v\n%s", name, err, b.String())
		}
		if name == "empty case" && strings.Count(b.String(), "null") != 2 {
			t.Errorf("only header and claims may be null:\n%s", b.String())
		}
	}
}

// Each row breaks a valid report in one place; the schema must see it.
func TestSchemaIsStrict(t *testing.T) {
	s := schema(t, "")
	var b bytes.Buffer
	if err := JSON(&b, report(redoxCase())); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new string }{
		{"control", "", ""},
		{"another version", `"version": 1`, `"version": 2`},
		{"an unknown member of a finding", `"reason": ""`, `"reason": "", "extra": 1`},
		{"a member missing", `"env": "production",`, ``},
		{"null for a list", `"at": []`, `"at": null`},
		{"an unknown outcome", `"outcome": "pass"`, `"outcome": "ok"`},
		{"an unknown severity", `"severity": "error"`, `"severity": "fatal"`},
		{"a fail without a cause", `"cause": "kid-whitespace",
          "outcome"`, `"cause": "",
          "outcome"`},
		{"a cause on a pass", `"cause": "",
          "outcome": "pass"`, `"cause": "x",
          "outcome": "pass"`},
		{"a skip without a reason", `"reason": "no key was given"`, `"reason": ""`},
		{"an unknown part", `"part": "header"`, `"part": "body"`},
		{"a time with an offset", `"now": "2026-11-21T15:02:11Z"`, `"now": "2026-11-21T15:02:11+01:00"`},
		{"a time that is none", `"now": "2026-11-21T15:02:11Z"`, `"now": "2026-11-41T15:02:11Z"`},
		{"an unknown basis", `"basis": "now"`, `"basis": "guess"`},
		{"an unknown certainty", `"certainty": "certain"`, `"certainty": "sure"`},
		{"an unknown verdict", `"verdict": "fail"`, `"verdict": "bad"`},
		{"a negative count", `"broken": 0`, `"broken": -1`},
		{"an unknown authority", `"authority": "documented"`, `"authority": "rumour"`},
		{"an ID that is none", `"cause": "aud-trailing-slash"`, `"cause": "Aud slash"`},
		{"a case too little", `"summary": {`, `"sum": {`},
	} {
		text := strings.Replace(b.String(), tt.old, tt.new, 1)
		if tt.old != "" && text == b.String() {
			t.Errorf("%s: %q is not in the report", tt.name, tt.old)
		}
		if err := validate(s, []byte(text)); (err == nil) != (tt.old == "") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestNDJSON(t *testing.T) {
	line := schema(t, "#/$defs/line")
	for _, verbose := range []bool{false, true} {
		var b bytes.Buffer
		if err := NDJSON(&b, batchReport(), verbose); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
		if len(lines) != 9 {
			t.Fatalf("%d lines for 9 cases", len(lines))
		}
		for _, l := range lines {
			if err := validate(line, []byte(l)); err != nil {
				t.Errorf("%v\n%s", err, l)
			}
			if got := strings.Contains(l, `"outcome":"pass"`); got != verbose {
				t.Errorf("verbose %v, passes %v", verbose, got)
			}
		}
	}
}

func TestJSONGolden(t *testing.T) {
	var b, l bytes.Buffer
	if err := JSON(&b, report(redoxCase(), hostileCase())); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", b.String())
	if err := NDJSON(&l, report(redoxCase(), hostileCase()), false); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.ndjson", l.String())
}

// The members and their order are those of finding.Report: streaming writes the
// frame by hand, so it is compared with the encoder's own.
func TestJSONIsTheReport(t *testing.T) {
	for _, rep := range []finding.Report{report(redoxCase(), passCase()), report()} {
		for i := range rep.Cases {
			rep.Cases[i] = complete(rep.Cases[i])
		}
		if rep.Cases == nil {
			rep.Cases = []finding.Case{}
		}
		var got, want bytes.Buffer
		if err := JSON(&got, rep); err != nil {
			t.Fatal(err)
		}
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", indent)
		if err := enc.Encode(rep); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want.String(), got.String()); d != "" {
			t.Errorf("(-encoder +ours)\n%s", d)
		}
	}
}

func TestEscapeKeepsTheValue(t *testing.T) {
	for _, s := range []string{
		"", "plain # text", "a\u202eb\u2066\u200b\ufeff\u2028\u00a0\u00ad", "\x00\x1b[31m\x7f\u009b\n", "##[add-mask]### ##vso[x]", "\U000e0041\U0001f600", "<a href=\"x\">&</a>", "東京",
	} {
		text, err := encode(s, "")
		if err != nil {
			t.Fatal(err)
		}
		var back string
		if err := json.Unmarshal(text, &back); err != nil || back != s {
			t.Errorf("%q came back as %q (%v) from %s", s, back, err, text)
		}
		checkJSONText(t, text)
	}
	if text, _ := encode("<&>", ""); string(text) != `"<&>"` {
		t.Errorf("HTML is escaped: %s", text)
	}
}

// checkJSONText checks what every JSON we write must be: no matter what came in,
// nothing in it acts on a terminal or a CI runner.
func checkJSONText(t *testing.T, text []byte) {
	t.Helper()
	if !utf8.Valid(text) {
		t.Errorf("not UTF-8: %q", text)
	}
	for _, r := range string(text) {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Errorf("%U stands raw in %q", r, text)
			return
		}
	}
	if bytes.Contains(text, []byte("##")) {
		t.Errorf("## stands in %q", text)
	}
}

// broken is a writer that fails after n bytes.
type broken struct{ n int }

var errFull = errors.New("disk full")

func (b *broken) Write(p []byte) (int, error) {
	if len(p) > b.n {
		return b.n, errFull
	}
	b.n -= len(p)
	return len(p), nil
}

func TestWriteErrorsComeThrough(t *testing.T) {
	for _, name := range Formats() {
		var whole bytes.Buffer
		r, err := New(name, &whole, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := Write(r, batchReport()); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 10, whole.Len() / 2, whole.Len() - 1} {
			r, _ := New(name, &broken{n}, Options{})
			if err := Write(r, batchReport()); !errors.Is(err, errFull) {
				t.Errorf("%s, full after %d bytes: %v", name, n, err)
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	if _, err := New("yaml", io.Discard, Options{}); err == nil || !strings.HasPrefix(err.Error(), `unknown format "yaml"; use one of text, `) {
		t.Errorf("%v", err)
	}
}

func BenchmarkJSON(b *testing.B) {
	rep := report(redoxCase())
	b.ReportAllocs()
	for b.Loop() {
		if err := JSON(io.Discard, rep); err != nil {
			b.Fatal(err)
		}
	}
}
