package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// xsd is what Jenkins' schema says of an element: its attributes, those it must
// have, and the elements within it.
type xsd struct {
	attributes map[string]*regexp.Regexp // nil for any text
	required   []string
	children   []string
}

type xsdNode struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Nodes   []xsdNode  `xml:",any"`
}

func (n xsdNode) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func junitSchema(t *testing.T) map[string]xsd {
	t.Helper()
	text, err := os.ReadFile("testdata/junit/junit-10.xsd")
	if err != nil {
		t.Fatal(err)
	}
	var root xsdNode
	if err := xml.Unmarshal(text, &root); err != nil {
		t.Fatal(err)
	}
	types := map[string]*regexp.Regexp{}
	out := map[string]xsd{}
	for _, n := range root.Nodes {
		if n.XMLName.Local == "simpleType" {
			types[n.attr("name")] = regexp.MustCompile("^(?:" + n.Nodes[0].Nodes[0].attr("value") + ")$")
		}
	}
	for _, n := range root.Nodes {
		if n.XMLName.Local != "element" {
			continue
		}
		e := xsd{attributes: map[string]*regexp.Regexp{}}
		var walk func(xsdNode)
		walk = func(n xsdNode) {
			for _, c := range n.Nodes {
				switch c.XMLName.Local {
				case "attribute":
					e.attributes[c.attr("name")] = types[c.attr("type")]
					if c.attr("use") == "required" {
						e.required = append(e.required, c.attr("name"))
					}
				case "element":
					e.children = append(e.children, c.attr("ref"))
				}
				walk(c)
			}
		}
		walk(n)
		out[n.attr("name")] = e
	}
	return out
}

// fits checks a document against the schema and returns how often each element is in it.
func fits(schema map[string]xsd, text string) (map[string]int, error) {
	dec := xml.NewDecoder(strings.NewReader(text))
	counts := map[string]int{}
	var open []string
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return counts, nil
		}
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			rule, ok := schema[name]
			if !ok || len(open) == 0 && name != "testsuites" || len(open) > 0 && !slices.Contains(schema[open[len(open)-1]].children, name) {
				return nil, fmt.Errorf("%s within %v", name, open)
			}
			given := map[string]bool{}
			for _, a := range e.Attr {
				pattern, ok := rule.attributes[a.Name.Local]
				if !ok || pattern != nil && !pattern.MatchString(a.Value) {
					return nil, fmt.Errorf("%s has %s=%q", name, a.Name.Local, a.Value)
				}
				given[a.Name.Local] = true
			}
			for _, r := range rule.required {
				if !given[r] {
					return nil, fmt.Errorf("%s lacks %s", name, r)
				}
			}
			counts[name]++
			open = append(open, name)
		case xml.EndElement:
			open = open[:len(open)-1]
		}
	}
}

func TestJUnit(t *testing.T) {
	schema := junitSchema(t)
	for name, rep := range machines() {
		text := written(t, "junit", rep, Options{})
		counts, err := fits(schema, text)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if counts["testsuite"] != len(rep.Cases) {
			t.Errorf("%s: %d suites for %d cases", name, counts["testsuite"], len(rep.Cases))
		}
		for _, r := range text { // XML 1.0 section 2.2
			if r < ' ' && r != '\n' || r == 0xfffe || r == 0xffff {
				t.Errorf("%s: %U", name, r)
			}
		}
	}
	counts, err := fits(schema, written(t, "junit", report(redoxCase()), Options{}))
	if err != nil || counts["failure"] != 2 || counts["skipped"] != 4 || counts["testcase"] != 11 || counts["error"] != 0 {
		t.Errorf("%v, %v", counts, err)
	}
	if counts, err = fits(schema, written(t, "junit", report(hostileCase()), Options{})); err != nil || counts["error"] != 1 {
		t.Errorf("broken: %v, %v", counts, err)
	}
	if counts, err = fits(schema, written(t, "junit", report(symptomCase()), Options{})); err != nil || counts["failure"] != 2 {
		t.Errorf("an answer only: %v, %v", counts, err)
	}
	for _, wrong := range []string{"<testsuites><testsuite/></testsuites>", "<testsuites><testcase name='a'/></testsuites>", "<testsuites><x/></testsuites>", "<testsuites time='x'/>"} {
		if _, err := fits(schema, wrong); err == nil {
			t.Errorf("%s is accepted", wrong)
		}
	}
}

// annotation is a workflow command as the runner reads it.
type annotation struct {
	command, data string
	properties    map[string]string
}

// commands reads lines as GitHub's runner does: a line that begins with :: after
// whitespace, up to the next ::, properties parted by commas, each by its first
// equals sign; %25, %0D, %0A and in properties %3A and %2C are decoded.
func commands(text string) []annotation {
	decode := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%")
	decodeProperty := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	var out []annotation
	for line := range strings.Lines(text) {
		line = strings.TrimRight(strings.TrimLeft(line, " \t"), "\r\n")
		info, data, ok := strings.Cut(strings.TrimPrefix(line, "::"), "::")
		if !strings.HasPrefix(line, "::") || !ok {
			continue
		}
		name, list, _ := strings.Cut(info, " ")
		a := annotation{command: name, data: decode.Replace(data), properties: map[string]string{}}
		for pair := range strings.SplitSeq(strings.TrimSpace(list), ",") {
			if key, value, ok := strings.Cut(pair, "="); ok && key != "" {
				a.properties[key] = decodeProperty.Replace(value)
			}
		}
		out = append(out, a)
	}
	return out
}

func TestGitHub(t *testing.T) {
	allowed := []string{"file", "line", "endLine", "col", "endColumn", "title"}
	for name, rep := range machines() {
		var summary bytes.Buffer
		text := written(t, "github", rep, Options{Summary: &summary})
		if !strings.HasPrefix(text, written(t, "text", rep, Options{})) {
			t.Errorf("%s: the text report is not there", name)
		}
		if strings.Contains(text, "##[") || strings.Contains(text, "add-mask::") {
			t.Errorf("%s: a command of someone else", name)
		}
		shown := map[string]int{}
		for _, a := range commands(text) {
			shown[a.command]++
			if a.command != "error" && a.command != "warning" || len(a.properties) != len(allowed) {
				t.Fatalf("%s: %+v", name, a)
			}
			for key := range a.properties {
				if !slices.Contains(allowed, key) {
					t.Fatalf("%s: %+v", name, a)
				}
			}
		}
		if shown["error"] > 10 || shown["warning"] > 10 {
			t.Errorf("%s: %v", name, shown)
		}
		if summary.Len() > mostSummary || !strings.HasPrefix(summary.String(), "## jwtdoctor: ") {
			t.Errorf("%s: a summary of %d bytes", name, summary.Len())
		}
	}
	c := redoxCase()
	c.Input.Source = "a,b:c%.sh"
	c.Findings[1].Title, c.Findings[1].At = "100% wrong\n::error::x", nil
	got := commands(written(t, "github", report(c), Options{}))
	if len(got) != 3 || got[1].properties["file"] != "a,b:c%.sh" || got[1].data != "100% wrong\\n::error::x\nFix: aud = \"https://api.redoxengine.com/v2/auth/token\"" {
		t.Errorf("%+v", got)
	}
}

// What is beyond the annotations is in the summary, as far as that goes.
func TestGitHubSummary(t *testing.T) {
	rep := report()
	for range 300 {
		c := redoxCase()
		c.Findings[2].Title += strings.Repeat("x", 4000)
		rep.Cases = append(rep.Cases, c)
	}
	var summary bytes.Buffer
	text := written(t, "github", rep, Options{Summary: &summary})
	if n := len(commands(text)); n != 20 || !strings.Contains(text, "880 more results not annotated; the step's summary has them.") {
		t.Errorf("%d annotations", n)
	}
	if summary.Len() > mostSummary || summary.Len() < mostSummary/2 || !strings.Contains(summary.String(), "for which there is no room here") {
		t.Errorf("a summary of %d bytes", summary.Len())
	}
	if one := written(t, "github", rep, Options{}); !strings.Contains(one, "more results not annotated; the report above has them.") {
		t.Error("without a summary nothing is said of the rest")
	}
}
