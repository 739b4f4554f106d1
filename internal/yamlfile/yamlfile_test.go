package yamlfile_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/yamlfile"
)

func kind() yamlfile.Kind {
	return yamlfile.Kind{One: "profile", Many: "profiles", Bytes: 128 << 10}
}

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       string // LINE:COLUMN part of the message; "" for none
	}{
		{"a mapping", "id: a\nname: [b, {c: d}]\n", ""},
		{"comments", "# one\n\n# two\n", ""},
		{"nothing", " \n\t\n", ""},
		{"twenty-four levels", "a: " + strings.Repeat("[", 24) + strings.Repeat("]", 24) + "\n", ""},
		{"twenty-five levels", "a: " + strings.Repeat("[", 25) + strings.Repeat("]", 25) + "\n", "1:28 nested too deeply; a profile goes at most 24 levels down"},
		{"brackets in text", "a: '" + strings.Repeat("[", 90) + "'\n", ""},
		{"brackets without end", "id: a\nb: " + strings.Repeat("[", 200), "2:100 nested too deeply"},
		{"dashes", "a:\n" + strings.Repeat("- ", 30) + "x\n", "2:49 nested too deeply"},
		{"indentation", "a:\n" + strings.Repeat(" ", 300) + "b: c\n", "2:301 nested too deeply"},
		{"anchor", "a: &x b\n", "1:4 anchors, aliases and merge keys are not used in profiles"},
		{"alias", "a: *x\n", "1:4 anchors, aliases"},
		{"merge key", "a:\n  <<: b\n", "2:3 anchors, aliases"},
		{"tag", "a: !!str b\n", "1:4 YAML tags are not used in profiles"},
		{"large", strings.Repeat("# comment\n", 20_000), "1:1 the file has 200000 bytes; a profile may have at most 131072"},
		{"not UTF-8", "a: \xff", "1:1 not UTF-8"},
		{"NUL", "a: \x00", "1:1 NUL"},
		{"no YAML", "a: [\n", "1:4 this is not YAML"},
		{"many entries", "a:\n" + strings.Repeat("- b\n", 3000), "3001:1 more than 3000 entries"},
		{"not so many", "a:\n" + strings.Repeat("- b\n", 2900), ""},
		{"blank lines in a text", "a: |\n" + strings.Repeat("\n", 150) + "  b\n", ""},
		{"blank lines without end", "a: |\n" + strings.Repeat(" \r\n", 500) + "  b\n", "202:1 more than 200 blank lines in a row"},
		{"documents", strings.Repeat("--- a\n", 20), "9:1 more than 8 documents"},
		{"merges", "a: " + strings.Repeat("<", 100), "1:68 in a row"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			docs, fault := yamlfile.Parse(kind(), []byte(tt.text))
			if tt.want == "" {
				if fault != nil {
					t.Errorf("%+v", *fault)
				}
				return
			}
			at, message, _ := strings.Cut(tt.want, " ")
			if fault == nil || docs != nil || fmt.Sprintf("%d:%d", fault.Line, fault.Column) != at || !strings.Contains(fault.Message, message) {
				t.Errorf("got %+v, want %q", fault, tt.want)
			}
		})
	}
}

// hostile are files made to cost more than they weigh. The library on its own takes
// from hundreds of megabytes to minutes for most of them.
func hostile() map[string]string {
	fill := func(s string, size int) string { return strings.Repeat(s, size/len(s)) }
	files := map[string]string{"aud: [[[[, 16 KB": "id: a\naud: " + fill("[", 16<<10)}
	indented := func(s string) string {
		var b strings.Builder
		for i := 0; b.Len() < 120<<10; i++ {
			b.WriteString(strings.Repeat(" ", i) + s + "\n")
		}
		return b.String()
	}
	files["steps"], files["steps of dashes"] = indented("a:"), indented("-")
	for _, size := range []int{1 << 20, 128<<10 - 20} {
		for _, s := range []string{"[", "{", "[]", "]", "a,", "a: b,", ": ", "? ", "- ", "-\n", "- a\n", "a: b\n", "\"a\": 1\n", "\"\"\n", "'a' ", "''", "|\n", "a: >\n",
			"---\n", "--- a\n...\n", "%YAML 1.2\n", "&a ", "*a ", "&a *a\n", "!!str ", "<<: *a\n", "<<", "`@", "# x\n", "\n", "\t", "\r", " \n", "a: b\r\n", "\ufeff"} {
			files[fmt.Sprintf("%q, %d KB", s, size>>10)] = fill(s, size)
			files[fmt.Sprintf("a list of %q, %d KB", s, size>>10)] = "a: [" + fill(s, size)
			files[fmt.Sprintf("a text of %q, %d KB", s, size>>10)] = "a: |\n  " + fill(s, size)
			files[fmt.Sprintf("a string of %q, %d KB", s, size>>10)] = "a: \"" + fill(s, size)
		}
		for _, s := range []string{"x", "x ", "  x\n", "  x\n\n", "é", `\n`} {
			files[fmt.Sprintf("a text of %q, %d KB", s, size>>10)] = "a: |\n  " + fill(s, size)
			files[fmt.Sprintf("a plain text of %q, %d KB", s, size>>10)] = "a: " + fill(s, size)
			files[fmt.Sprintf("a string of %q, %d KB", s, size>>10)] = "a: \"" + fill(s, size) + "\""
		}
	}
	return files
}

// The memory a file takes is bounded, and with it the work.
func TestHostileFiles(t *testing.T) {
	const most = 60 << 20 // with what the race detector adds
	worst, which := uint64(0), ""
	for name, text := range hostile() {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = yamlfile.Parse(kind(), []byte(text))
		runtime.ReadMemStats(&after)
		used := after.TotalAlloc - before.TotalAlloc
		if used > worst {
			worst, which = used, name
		}
		if used > most {
			t.Errorf("%s: %d MB", name, used>>20)
		}
	}
	t.Logf("%d MB at most, for %s", worst>>20, which)
}

func FuzzParse(f *testing.F) {
	f.Add("id: a\nname: A\nrules: {time.skew: {value: 5m}}\n")
	f.Add("a: |\n  b\n\n  c\nd: >-\n  e\n")
	f.Add("a: \"\\u0041\"\nb: 'c''d'\n? [e]\n: f\n")
	f.Add("- - - -\n---\n...\n")
	f.Fuzz(func(t *testing.T, text string) {
		docs, fault := yamlfile.Parse(kind(), []byte(text))
		if fault != nil && (docs != nil || fault.Message == "" || fault.Line < 1 || fault.Column < 1) {
			t.Errorf("%d documents and %+v", len(docs), *fault)
		}
	})
}
