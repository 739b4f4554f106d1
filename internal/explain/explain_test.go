package explain

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func loaded(t testing.TB) *Book {
	t.Helper()
	b, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTopic(t *testing.T) {
	for _, tt := range []struct {
		id   string
		want Page // without Markdown
		err  error
		says string
	}{
		{"kid-missing", Page{ID: "kid-missing", Kind: KindCause, Title: "kid is missing, and the provider requires it"}, nil, ""},
		{" KID-Missing\n", Page{ID: "kid-missing", Kind: KindCause, Title: "kid is missing, and the provider requires it"}, nil, ""},
		{"header-kid", Page{ID: "header-kid", Kind: KindCheck, Title: "kid names the key"}, nil, ""},
		{"redox", Page{ID: "redox", Kind: KindProfile, Title: "Redox"}, nil, ""},
		{"kid-mising", Page{}, ErrUnknown, "did you mean kid-missing?"},
		{"missing-kid", Page{}, ErrUnknown, "did you mean kid-missing?"},
		{"header-kit", Page{}, ErrUnknown, "did you mean header-kid?"},
		{"redux", Page{}, ErrUnknown, "did you mean redox?"},
		{"what is this", Page{}, ErrUnknown, "jwtdoctor checks lists"},
		{"", Page{}, ErrUnknown, "jwtdoctor checks lists"},
		{"\x1b[31mred", Page{}, ErrUnknown, `"\x1b[31mred"`},
		{strings.Repeat("x", 1<<20), Page{}, ErrUnknown, "xxx…"},
	} {
		got, err := loaded(t).Topic(tt.id)
		if !errors.Is(err, tt.err) {
			t.Errorf("Topic(%.20q): error %v, want %v", tt.id, err, tt.err)
		}
		if err != nil {
			if !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "\x1b") || len(err.Error()) > 400 {
				t.Errorf("Topic(%.20q): %v, want something with %q", tt.id, err, tt.says)
			}
			continue
		}
		if got.Markdown == "" {
			t.Errorf("Topic(%q) is empty", tt.id)
		}
		got.Markdown = ""
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("Topic(%q): %s", tt.id, d)
		}
	}
}

// TestEveryPage holds that no page has an empty part and that every ID has one.
func TestEveryPage(t *testing.T) {
	b := loaded(t)
	seen := map[string]bool{}
	emptyHeading := regexp.MustCompile(`(?m)^(#+) .*\n+(?:(#+) |\z)`)
	for _, id := range b.IDs() {
		if seen[id] {
			t.Errorf("%s is the ID of two topics", id)
		}
		seen[id] = true
		p, err := b.Topic(id)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		for _, m := range emptyHeading.FindAllStringSubmatch(noFences(p.Markdown), -1) {
			if len(m[2]) <= len(m[1]) {
				t.Errorf("%s: nothing stands below %q", id, strings.TrimSpace(m[0]))
			}
		}
		for _, bad := range []string{"%!", "<nil>", "****", "| | |", "..\n", "]()", "[](", "Fix:** \n"} {
			if strings.Contains(noFences(p.Markdown), bad) {
				t.Errorf("%s: the page holds %q", id, bad)
			}
		}
		if strings.Contains(p.Markdown, "\n| alg | none |") {
			t.Errorf("%s: the cheat sheet seems to ask for the algorithm none", id)
		}
		if p.Kind != KindProfile && !strings.Contains(p.Markdown, "**Fix:** ") {
			t.Errorf("%s: the page says no fix", id)
		}
		if !strings.Contains(p.Markdown, "## Sources") {
			t.Errorf("%s: the page has no sources", id)
		}
	}
}

func noFences(text string) string {
	return regexp.MustCompile("(?ms)^```.*?^```").ReplaceAllString(text, "code")
}

// TestNarrow holds that the rules a cause is said to turn on are its check's.
func TestNarrow(t *testing.T) {
	for _, c := range checks.All() {
		for _, cause := range c.Causes {
			if on := cause.Rules.On; len(on) > 0 && len(c.RulesFor(cause)) == 0 {
				t.Errorf("%s: %s reads none of %v", cause.ID, c.ID, on)
			}
		}
	}
}

// sample is a small book, so that golden files do not change with every profile.
func sample() *Book {
	cite := finding.Citation{Title: "Acme, Tokens", URL: "https://docs.acme.example/tokens", Seen: "2026-11", Authority: "documented"}
	seen := finding.Citation{Title: "Acme's answers", URL: "https://acme.example/issues/1", Authority: "observed"}
	check := checks.Check{
		ID: "life", Title: "The life is short", Needs: []evidence.Need{evidence.NeedClaims}, After: []finding.CauseID{"no-life"},
		Params: []profile.Ref{profile.LifetimeMax.Ref()}, Doc: "A life is exp minus iat.",
		Cites: []finding.Citation{{Title: "RFC 7523, section 3", URL: "https://www.rfc-editor.org/rfc/rfc7523#section-3", Authority: "documented"}},
		Causes: []checks.Cause{
			{ID: "no-life", Title: "there is none", Severity: finding.Error, Why: "It was | forgotten.", Fix: "Set it."},
			{ID: "life-long", Title: "the life is too long", Severity: finding.Warning, SentSeverity: finding.Error, Why: "An hour is many libraries' default.", Fix: "Take 4 minutes."},
		},
	}
	base := &profile.Profile{ID: "base", Name: "The Base", Kind: "client-assertion", Rules: []profile.Rule{
		{Ref: profile.LifetimeMax.Ref(), State: profile.Unknown, Cite: []finding.Citation{cite}, From: "base"}}}
	acme := &profile.Profile{
		ID: "acme", Name: "Acme", Kind: "client-assertion", Extends: "base", About: "Acme's <token> server.",
		Cites:     []profile.Cite{{Key: "tokens", Citation: cite}, {Key: "seen", Citation: seen}},
		Recognise: profile.Recognise{Hosts: []string{"*.acme.example"}, Cite: []finding.Citation{cite}},
		Envs: []profile.Environment{{Name: "production", TokenURL: "https://acme.example/token", Aud: []string{"a", "b"},
			Endpoints: map[string]string{"par": "https://acme.example/par"}, Cite: []finding.Citation{cite}}},
		Rules: []profile.Rule{{
			Ref: profile.LifetimeMax.Ref(), State: profile.Set, Value: 5 * time.Minute, Cite: []finding.Citation{cite}, Note: "by its own clock", From: "acme",
			Enforced: &profile.Alternative{State: profile.Set, Value: 330 * time.Second, Cite: []finding.Citation{seen}},
		}},
		Severities: map[string]finding.Severity{"no-life": finding.Note},
		Symptoms: []profile.Symptom{{Match: profile.Match{Status: 400, Error: &profile.Text{Substring: "invalid_client"}, Description: &profile.Text{Regexp: "too (long|old)"}}, Says: "it is too old",
			Means: "exp is far off.", Explains: []string{"life-long", "clock-ahead"}, Cite: []finding.Citation{cite}, From: "acme"}},
		Ask:   []profile.Ask{{Text: "Is the key saved?", Cite: []finding.Citation{cite}, From: "acme"}},
		Order: []string{"no-life", "life-long"},
		Differences: []profile.Difference{{About: "How long", From: "acme", Say: []profile.Statement{
			{Text: "5 minutes.", Cite: []finding.Citation{cite}}, {Text: "5 and a half.", Cite: []finding.Citation{seen}}}}},
	}
	return &Book{Checks: []checks.Check{check}, only: []*profile.Profile{acme, base}}
}

func TestLikeWords(t *testing.T) {
	for _, tt := range []struct{ expr, says, want string }{
		{`(?i)"?iat"? claim failed.*too old`, "", "“\"iat\" claim failed … too old”"},
		{"plain", "", "“plain”"},
		{"too (long|old)", "too old", "like “too old”"},
		{`\d`, "", "of a certain form"},
	} {
		if got := likeWords(tt.expr, tt.says); got != tt.want {
			t.Errorf("likeWords(%q) = %s, want %s", tt.expr, got, tt.want)
		}
	}
}

func TestFormWords(t *testing.T) {
	for expr, want := range map[string]string{
		`(?i)^/interconnect-[^/]+/oauth2/token$`: "like `/interconnect-*/oauth2/token`",
		`^urn:acme:(a|b)$`:                       "of a certain form",
	} {
		if got := formWords(expr); got != want {
			t.Errorf("formWords(%q) = %s, want %s", expr, got, want)
		}
	}
}

func TestUniqueCites(t *testing.T) {
	c := func(title, url string) finding.Citation { return finding.Citation{Title: title, URL: url} }
	rfc := "https://www.rfc-editor.org/rfc/rfc7519#section-4"
	got := uniqueCites([]finding.Citation{c("RFC 7519, section 4", rfc), c("Guide", "https://a.example"), c("Guide, older", "https://a.example"),
		c("RFC 7519, JSON Web Token, section 4", rfc), c("Guide", "https://a.example")})
	want := []finding.Citation{c("RFC 7519, JSON Web Token, section 4", rfc), c("Guide", "https://a.example"), c("Guide, older", "https://a.example")}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestGolden(t *testing.T) {
	b := sample()
	cause := b.Cause(b.Checks[0], b.Checks[0].Causes[1])
	for name, got := range map[string]string{
		"cause.md":    cause,
		"cause.txt":   Text(cause, 80, false),
		"check.md":    b.check(b.Checks[0], linkFrom("checks/life.md")),
		"profile.md":  b.Profile(b.Profiles()[0]),
		"profile.txt": Text(b.Profile(b.Profiles()[0]), 80, false),
	} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
	}
}
