package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// What the program prints as JSON is what the schema says, whatever it was given.
func TestReportsFitTheSchema(t *testing.T) {
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	schema, err := c.Compile(filepath.Join("..", "..", "docs", "report.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	files, err := filepath.Glob("../../examples/*.*")
	if err != nil || len(files) < 5 {
		t.Fatal("no examples", err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(b))
	}
	good := strings.TrimSpace(example(t, "good.jwt"))
	texts = append(texts, "", "$JWT", "https://example.com", "Bearer "+good, `"`+good+`"`, good[:len(good)-9], strings.ReplaceAll(good, ".", "%2E"),
		"e30.W10.AA", "eyJhbGciOiJub25lIn0.eyJleHAiOiIxIn0.", "a.b.c.d.e", "\x1b[31m"+good, strings.Repeat(".", 1000))
	for _, text := range texts {
		for _, args := range [][]string{
			{"check", "-f", "json", "-"}, {"check", "-f", "json", "-p", "redox", "--client-id", "x", "--now", "iat", "-"},
			{"check", "-f", "json", "--jwks", publicSet, "-"}, {"check", "-f", "json", "--kind", "id-token", "-"},
		} {
			code, out, errs := run(text, args...)
			if text == "" || code == 2 && strings.Contains(errs, "nothing recognised") {
				// Where no input gave a case there is no report.
				if out != "" {
					t.Errorf("%v < %.40q: %s", args, text, out)
				}
				continue
			}
			value, err := jsonschema.UnmarshalJSON(strings.NewReader(out))
			if err != nil {
				t.Fatalf("%v < %.40q: no JSON: %v\n%s", args, text, err, out)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%v < %.40q: %v", args, text, err)
			}
		}
	}
	_, out, _ := run(publicSet, "jwks", "-f", "json", "-")
	var value any
	if err := json.Unmarshal([]byte(out), &value); err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Errorf("jwks: %v", err)
	}
}
