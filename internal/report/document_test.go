package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/visible"
)

// written is a report in a format.
func written(t testing.TB, format string, rep finding.Report, o Options) string {
	t.Helper()
	var b bytes.Buffer
	r, err := New(format, &b, o)
	if err == nil {
		err = Write(r, rep)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDocumentGolden(t *testing.T) {
	for _, format := range []string{"markdown", "html"} {
		for _, name := range []string{"normal", "hostile", "proven", "batch"} {
			golden(t, name+"."+format, written(t, format, samples()[name], Options{}))
		}
	}
}

// A browser reads a report as the elements it was made of, and nothing from
// outside becomes one.
func TestHTMLHoldsNothingElse(t *testing.T) {
	known := map[string]bool{}
	for _, name := range strings.Fields("html head meta title style body header h1 h2 h3 h4 p main article section span code pre ul ol li a b figure svg rect text line circle path") {
		known[name] = true
	}
	void := regexp.MustCompile(`<meta([^>]*)>`)
	for seed := range uint64(40) {
		rep := report(nasty(seed, "</code></pre><script>x()</script> \"'><img src=x onerror=y> javascript:z \x1b[2J\u202e"), hostileCase())
		text := written(t, "html", rep, Options{Verbose: seed%2 == 0})
		// Apart from its doctype and its void elements the page is well-formed XML.
		text = void.ReplaceAllString(strings.TrimPrefix(text, "<!DOCTYPE html>"), "<meta$1/>")
		dec := xml.NewDecoder(strings.NewReader(text))
		for {
			token, err := dec.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			e, ok := token.(xml.StartElement)
			if !ok {
				continue
			}
			if !known[e.Name.Local] {
				t.Fatalf("seed %d: an element %s", seed, e.Name.Local)
			}
			for _, a := range e.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "src" || a.Name.Local == "href" && !strings.HasPrefix(a.Value, "https://") && !strings.HasPrefix(a.Value, "http://") {
					t.Fatalf("seed %d: %s has %s=%q", seed, e.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
}

// Prose makes no markup, names nobody, and stays on its line.
func TestMarkdownProse(t *testing.T) {
	for in, want := range map[string]string{
		"plain words, 5m":          "plain words, 5m",
		"*a* _b_ `c` [d](e)":       "\\*a\\* \\_b\\_ \\`c\\` \\[d\\]\\(e\\)",
		"<b>&amp;":                 `&lt;b\>&amp;amp;`,
		"@someone #12":             `&#64;someone \#12`,
		"- item":                   `\- item`,
		"1. item":                  `1\. item`,
		"a\n# b":                   `a\\n\# b`,
		"~~~ | $x$ ![i](j) => {{}": `\~\~\~ \| \$x\$ \!\[i\]\(j\) =\> \{\{\}`,
	} {
		if got := prose(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"a": "`a`", "a`b": "``a`b``", "`": "`` ` ``", "": "", "a\nb": "`a\\nb`"} {
		if got := code(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Whatever comes in, a document is lines of text that can be looked at.
func TestDocumentsAreVisible(t *testing.T) {
	for seed := range uint64(40) {
		rep := report(nasty(seed, "\x1b[2J\u202e a\r\n::error::b ##vso[c] @x"), nasty(seed+1, "```\n# x\n"))
		for _, format := range []string{"markdown", "html"} {
			for line := range strings.Lines(written(t, format, rep, Options{})) {
				line = strings.TrimSuffix(line, "\n")
				if strings.Contains(line, "##[") || strings.Contains(line, "##vso") || strings.HasPrefix(strings.TrimSpace(line), "::") || visible.Text(line) != line && !strings.HasPrefix(line, "#") {
					t.Fatalf("%s, seed %d: %q", format, seed, line)
				}
			}
		}
	}
}
