package profile_test

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

var update = flag.Bool("update", false, "rewrite docs/source-rules.md")

const (
	rulesTable = "data/source-rules.tsv"
	rulesDoc   = "../../docs/source-rules.md"
	docBegin   = "<!-- begin generated: go test ./internal/profile -run SourceRules -update -->\n"
	docEnd     = "<!-- end generated -->\n"
)

// sourceRule is one numbered statement of a source document.
type sourceRule struct {
	document, says, remark string
	number                 int
	held                   []string // checks and causes
	places                 []string // in profiles
}

func (r sourceRule) id() string { return r.document + " " + strconv.Itoa(r.number) }

func readSourceRules(t *testing.T) []*sourceRule {
	t.Helper()
	data, err := os.ReadFile(rulesTable)
	if err != nil {
		t.Fatal(err)
	}
	var rules []*sourceRule
	for i, line := range strings.Split(strings.TrimRight(string(data), "\n"), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != 5 {
			t.Fatalf("%s:%d: %d columns, want 5", rulesTable, i+1, len(f))
		}
		if i == 0 {
			continue
		}
		n, err := strconv.Atoi(f[1])
		if err != nil || f[2] == "" {
			t.Fatalf("%s:%d: wrong number or nothing said", rulesTable, i+1)
		}
		rules = append(rules, &sourceRule{document: f[0], number: n, says: f[2], held: strings.Fields(f[3]), remark: f[4]})
	}
	return rules
}

// placeSourceRules enters where the profiles have each rule.
func placeSourceRules(t *testing.T, rules []*sourceRule) {
	t.Helper()
	byID := map[string]*sourceRule{}
	for _, r := range rules {
		if byID[r.id()] != nil {
			t.Errorf("%s stands twice", r.id())
		}
		byID[r.id()] = r
	}
	for _, id := range profile.IDs() {
		p := load(t, id)
		place := func(source []string, format string, args ...any) {
			for _, s := range source {
				r := byID[s]
				if r == nil {
					t.Errorf("%s names the source rule %q, which is not in %s", id, s, rulesTable)
					continue
				}
				where := id + ": " + fmt.Sprintf(format, args...)
				if !slices.Contains(r.places, where) {
					r.places = append(r.places, where)
				}
			}
		}
		for _, r := range sortedRules(p) {
			key := r.ID()
			if r.From != id {
				continue
			}
			place(r.Source, "`%s`", key)
			for _, a := range r.Also {
				place(a.Source, "`%s` (also)", key)
			}
			if r.Enforced != nil {
				place(r.Enforced.Source, "`%s` (enforced)", key)
			}
		}
		for _, s := range p.Symptoms {
			if s.From == id {
				place(s.Source, "symptom %s", symptomTitle(s))
			}
		}
		for _, a := range p.Ask {
			if a.From == id {
				place(a.Source, "ask")
			}
		}
		for _, d := range p.Differences {
			if d.From == id {
				place(d.Source, "difference “%s”", d.About)
			}
		}
		for _, e := range p.Envs {
			place(e.Source, "environment %s", e.Name)
		}
	}
}

func sortedRules(p *profile.Profile) []profile.Rule {
	return slices.SortedFunc(slices.Values(p.Rules), func(a, b profile.Rule) int { return strings.Compare(a.ID(), b.ID()) })
}

// symptomTitle shows what a symptom is matched by, for a table cell.
func symptomTitle(s profile.Symptom) string {
	show := func(t *profile.Text) string {
		switch {
		case t == nil:
			return ""
		case t.Empty:
			return "with an empty description"
		}
		return "`" + strings.ReplaceAll(cmp.Or(t.Substring, t.Regexp), "|", `\|`) + "`"
	}
	return strings.Join(strings.Fields(show(s.Match.Error)+" "+show(s.Match.Description)+" "+show(s.Match.ErrorURI)), " ")
}

func TestSourceRulesAreComplete(t *testing.T) {
	rules := readSourceRules(t)
	// What the numbered lists of the five documents, and of what they
	// contradict each other in, come to.
	want := map[string][2]int{
		"redox-errors": {1, 19}, "singpass-token": {1, 10}, "epic-invalid-client": {0, 28},
		"oauth-response-guide": {1, 21}, "redox-jwt": {1, 36}, "contradiction": {1, 10},
	}
	seen := map[string]bool{}
	for _, r := range rules {
		seen[r.id()] = true
		if _, ok := want[r.document]; !ok {
			t.Errorf("unknown document %q", r.document)
		}
	}
	total := 0
	for doc, span := range want {
		for n := span[0]; n <= span[1]; n++ {
			total++
			if id := doc + " " + strconv.Itoa(n); !seen[id] {
				t.Errorf("%s is missing", id)
			}
		}
	}
	if len(rules) != total {
		t.Errorf("%d rules, want %d", len(rules), total)
	}
}

func TestSourceRulesHaveAPlace(t *testing.T) {
	rules := readSourceRules(t)
	placeSourceRules(t, rules)
	k := known(t)
	for _, r := range rules {
		if len(r.places) == 0 && len(r.held) == 0 && r.remark == "" {
			t.Errorf("%s (%s) has no place: neither in a profile, nor a check, nor a reason why not", r.id(), r.says)
		}
		for _, id := range r.held {
			if !slices.Contains(k.Causes, id) && !slices.Contains(k.Checks, id) {
				t.Errorf("%s is held by %q, which is no check or cause", r.id(), id)
			}
		}
	}
}

func TestSourceRulesDocument(t *testing.T) {
	rules := readSourceRules(t)
	placeSourceRules(t, rules)
	old, err := os.ReadFile(rulesDoc)
	if err != nil {
		t.Fatalf("%v; it is hand-written around the two marker lines", err)
	}
	before, rest, ok := strings.Cut(string(old), docBegin)
	_, after, ok2 := strings.Cut(rest, docEnd)
	if !ok || !ok2 {
		t.Fatalf("%s lacks its marker lines", rulesDoc)
	}
	text := before + docBegin + renderSourceRules(rules) + docEnd + after
	if text == string(old) {
		return
	}
	if !*update {
		t.Fatalf("%s is stale; run go test ./internal/profile -run SourceRules -update", rulesDoc)
	}
	if err := os.WriteFile(rulesDoc, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func renderSourceRules(rules []*sourceRule) string {
	var b strings.Builder
	document := ""
	for _, r := range rules {
		if r.document != document {
			document = r.document
			fmt.Fprintf(&b, "\n## %s\n\n| rule | what it says | in a profile | checked by | remark |\n|---|---|---|---|---|\n", document)
		}
		held := make([]string, len(r.held))
		for i, h := range r.held {
			held[i] = "`" + h + "`"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.id(), r.says, strings.Join(r.places, "<br>"), strings.Join(held, " "), r.remark)
	}
	b.WriteString("\n")
	return b.String()
}
