package profile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// head is a healthy beginning of a profile: three lines. The rows below add to
// it or spoil it.
const head = "id: acme\nname: Acme\ncite: {doc: {title: Acme guide, url: 'https://acme.example/guide'}}\n"

func TestHeadIsHealthy(t *testing.T) {
	if _, err := profile.Parse("acme.yaml", []byte(head), known(t), nil); err != nil {
		t.Fatal(err)
	}
}

func TestLint(t *testing.T) {
	rules := func(s string) string { return head + "rules:\n  " + s + "\n" }
	tests := []struct {
		name, yaml string
		want       []string // LINE:COLUMN fragment of the message [→ suggestion]
	}{
		{"unknown top-level key", head + "rule: {}\n", []string{`4:1 "rule" is not a part of a profile → rules`}},
		{"nothing near", head + "zzzzzz: 1\n", []string{`4:1 "zzzzzz" is not a part of a profile`}},
		{"no id", "name: Acme\n", []string{"1:1 has no id"}},
		{"no name", "id: acme\n", []string{"1:1 has no name"}},
		{"no name in a block that begins late", "# a comment\n\nid: acme\n", []string{"3:1 has no name"}},
		{"id in capitals", "id: Acme Health\nname: A\n", []string{`1:5 the id "Acme Health" is not lower-case words → acme-health`}},
		{"id with two hyphens", "id: a--b\nname: A\n", []string{`1:5 single hyphens → a-b`}},
		{"empty name", "id: acme\nname: ''\n", []string{"2:7 name is empty"}},
		{"null name", "id: acme\nname:\n", []string{"2:5 name must be text, not nothing"}},
		{"number for a name", "id: acme\nname: 7\n", []string{`2:7 write it in quotes → "7"`}},
		{"duplicate top-level key", head + "name: Again\n", []string{`4:1 "name" appears twice in a profile, first on line 2`}},
		{"duplicate rule", rules("time.skew: 5s\n  time.skew: 6s"), []string{`6:3 "time.skew" appears twice in rules, first on line 5`}},
		{"duplicate citation", "id: acme\nname: A\ncite:\n  a: {title: T, url: 'https://a.example'}\n  a: {title: T, url: 'https://a.example'}\n", []string{`5:3 "a" appears twice in cite`}},
		{"alias in capitals", head + "aliases: [acme-health, Acme Corp]\n", []string{`4:24 the alias "Acme Corp" is not lower-case words → acme-corp`}},
		{"alias that is the id", head + "aliases: acme\n", []string{`4:10 the alias "acme" is the profile's own id`}},
		{"alias twice", head + "aliases: [a, a]\n", []string{`4:14 "a" appears twice`}},
		{"carrier misspelt", head + "carrier: client-assertion\n", []string{"4:10 carrier must be one of client_assertion, assertion, bearer, client_secret → client_assertion"}},
		{"kind misspelt", head + "kind: client-assertions\n", []string{"4:7 kind must be one of client-assertion → client-assertion"}},
		{"a list for a profile", "- id: acme\n", []string{"1:1 a profile must be written as names with values"}},
		{"a text for a profile", "acme\n", []string{"1:1 not as text"}},
		{"empty file", "  \n", []string{"1:1 the file is empty"}},
		{"comments alone", "# nothing\n", []string{"1:1 the file is empty"}},
		{"two documents", head + "---\nid: b\nname: B\n", []string{"5:1 a second document begins here"}},
		{"no YAML", head + "rules: [\n", []string{"4:8 this is not YAML"}},
		{"tab", head + "rules:\n\ttime.skew: 5s\n", []string{"5:1 this is not YAML"}},
		{"not UTF-8", "id: acme\nname: \xff\n", []string{"1:1 not UTF-8"}},
		{"NUL", "id: acme\nname: A\x00\n", []string{"1:1 NUL"}},

		{"unknown rule", rules("header.typ.presense: required"), []string{`5:3 unknown rule "header.typ.presense" → header.typ.presence`}},
		{"unknown rule, exact key", rules("time.lifetime.maximum: 5m"), []string{`5:3 unknown rule "time.lifetime.maximum" → time.lifetime.max`}},
		{"claim for claims", rules("claim.jti.presence: required"), []string{`5:3 → claims.jti.presence`}},
		{"dots in a name", rules("claims.a.b.presence: required"), []string{`5:3 unknown rule "claims.a.b.presence"`}},
		{"duration in words", rules("time.iat.max_age: 5 minutes"), []string{`5:21 durations are written 5m, 300s, 1h30m → 5m`}},
		{"duration of ISO 8601", rules("time.iat.max_age: PT10S"), []string{`5:21 durations are written → 10s`}},
		{"duration in days", rules("time.iat.max_age: 1d"), []string{`5:21 durations are written → 24h`}},
		{"duration below zero", rules("time.iat.max_age: -5m"), []string{`5:21 must be a duration, not "-5m"`}},
		{"duration as a list", rules("time.iat.max_age: [5m]"), []string{"5:21 must be a duration, not a list"}},
		{"duration as a fraction", rules("time.iat.max_age: 1.5"), []string{`5:21 must be a duration, not "1.5"`}},
		{"presence misspelt", rules("header.typ.presence: requried"), []string{`5:24 one of required, recommended, optional, forbidden, not "requried" → required`}},
		{"presence as true", rules("header.typ.presence: true"), []string{`5:24 not "true" → required`}},
		{"choice", rules("claims.aud.form: strings"), []string{`5:20 claims.aud.form must be one of any, string, single, array → string`}},
		{"flag as yes", rules("claims.jti.unique: yes"), []string{"5:22 must be true or false, not text → true"}},
		{"number in quotes", rules(`claims.jti.max_length: "64"`), []string{"5:26 must be a whole number, not text → 64"}},
		{"number below zero", rules("claims.jti.max_length: -1"), []string{"5:26 0 or more, not -1"}},
		{"number in a list of texts", rules("header.alg.accepted: [RS384, 384]"), []string{`5:32 write it in quotes → "384"`}},
		{"a text twice in a list", rules("header.alg.accepted: [RS384, RS384]"), []string{`5:32 "RS384" appears twice`}},
		{"a mapping in a list of texts", rules("header.alg.accepted: [{a: b}]"), []string{"5:25 must be text, not names with values"}},
		{"pattern without slashes", rules("claims.sub.pattern: '[a-z]+'"), []string{"5:23 between slashes → /[a-z]+/"}},
		{"pattern that is none", rules("claims.sub.pattern: '/[a-z/'"), []string{"5:23 missing closing ]"}},
		{"rule without value", rules("time.skew:"), []string{"5:12 has no value; write one, or unknown, or none"}},
		{"long rule without value", rules("time.skew: {cite: doc}"), []string{"5:3 time.skew has no value"}},
		{"unknown word in a rule", rules("time.skew: {valeu: 5s, cite: doc}"), []string{"5:3 time.skew has no value", `5:15 "valeu" is not a part of a rule → value`}},
		{"unknown citation", rules("time.skew: {value: 5s, cite: docs}"), []string{`5:32 no citation "docs" → doc`}},
		{"unknown citation in a list", rules("time.skew: {value: 5s, cite: [doc, other]}"), []string{`5:38 no citation "other"`}},
		{"also without value", rules("time.skew: {value: 5s, also: [{note: n}]}"), []string{"5:33 also of time.skew has no value"}},
		{"also that is no list", rules("time.skew: {value: 5s, also: {value: 6s}}"), []string{"5:32 also must be a list"}},
		{"enforced of another type", rules("time.skew: {value: 5s, enforced: {value: soon}}"), []string{`5:44 must be a duration, not "soon"`}},

		{"unknown cause in severities", head + "severities: {kid-mising: error}\n", []string{`4:14 "kid-mising" is not a check or cause → kid-missing`}},
		{"parts in another order", head + "severities: {missing-kid: error}\n", []string{`4:14 → kid-missing`}},
		{"unknown severity", head + "severities: {kid-missing: warn}\n", []string{`4:27 a severity must be one of error, warning, note, not "warn"`}},
		{"unknown cause in explains", head + "symptoms:\n  - match: {error: invalid_client}\n    means: M\n    explains: [exp-past, exp-passed]\n", []string{`7:26 "exp-passed" is not a cause → exp-past`}},
		{"a check in explains", head + "symptoms:\n  - match: {error: x}\n    means: M\n    explains: [claim-aud]\n", []string{`7:16 "claim-aud" is not a cause`}},
		{"unknown word in provider_order", head + "provider_order: [header-alg, header-kidd]\n", []string{`4:30 "header-kidd" is not a check or cause → header-kid`}},
		{"symptom without match", head + "symptoms: [{means: M}]\n", []string{"4:12 a symptom has no match"}},
		{"prints what nothing reads", head + "symptoms: [{match: {error: x}, means: y., prints: '/at (?P<when>.+)/'}]\n", []string{"4:51 prints has the group \"when\""}},
		{"prints without an expression", head + "symptoms: [{match: {error: x}, means: y., prints: at}]\n", []string{"4:51 prints is a regular expression between slashes"}},
		{"symptom without means", head + "symptoms: [{match: {error: x}}]\n", []string{"4:12 a symptom has no means"}},
		{"match of nothing", head + "symptoms: [{match: {}, means: M}]\n", []string{"4:20 fits every answer"}},
		{"unknown part of a match", head + "symptoms: [{match: {errors: x}, means: M}]\n", []string{"4:20 fits every answer", `4:21 "errors" is not a part of match → error`}},
		{"status out of range", head + "symptoms: [{match: {status: 40}, means: M}]\n", []string{"4:29 from 100 to 599, not 40"}},
		{"regular expression in a match", head + "symptoms: [{match: {error: '/(/'}, means: M}]\n", []string{"4:28 missing closing )"}},

		{"token URL without scheme", head + "environments: {production: {token_url: acme.example/token}}\n", []string{`4:40 must begin with https:// → https://acme.example/token`}},
		{"token URL of another scheme", head + "environments: {production: {token_url: 'ftp://acme.example/token'}}\n", []string{`4:40 must begin with https://`}},
		{"token URL without host", head + "environments: {production: {token_url: 'https:///token'}}\n", []string{"4:40 not a well-formed address"}},
		{"issuer with a space", head + "environments: {production: {issuer: 'https://acme.example /x'}}\n", []string{"4:37 not a well-formed address"}},
		{"URL with a password", head + "environments: {production: {issuer: 'https://a:b@acme.example'}}\n", []string{"4:37 user name or password"}},
		{"unknown word in an environment", head + "environments: {production: {token-url: 'https://acme.example'}}\n", []string{`4:29 "token-url" is not a part of an environment → token_url`}},
		{"an environment that is a text", head + "environments: {production: 'https://acme.example'}\n", []string{"4:28 an environment must be written as names with values"}},
		{"citation without url", "id: acme\nname: A\ncite: {doc: {title: T}}\n", []string{`3:8 the citation "doc" has no url`}},
		{"citation without title", "id: acme\nname: A\ncite: {doc: {url: 'https://a.example'}}\n", []string{`3:8 the citation "doc" has no title`}},
		{"day of a citation", "id: acme\nname: A\ncite: {doc: {title: T, url: 'https://a.example', seen: 2024-13-01}}\n", []string{"3:56 seen must be a day or month"}},
		{"authority of a citation", "id: acme\nname: A\ncite: {doc: {title: T, url: 'https://a.example', authority: documentd}}\n", []string{"3:61 authority must be one of → documented"}},
		{"host with a path", head + "recognise: {hosts: ['https://acme.example/x']}\n", []string{"4:21 a host must be a name only → acme.example"}},
		{"path that is no expression", head + "recognise: {paths: ['(']}\n", []string{"4:21 missing closing )"}},
		{"one statement is no difference", head + "differences: [{about: A, say: [{text: T}]}]\n", []string{"4:15 needs two statements"}},
		{"question without text", head + "ask: [{cite: doc}]\n", []string{"4:7 a question has no text"}},

		{"extends nothing known", head + "extends: redocs\n", []string{`4:10 unknown profile "redocs" in extends → redox`}},
		{"extends itself", head + "extends: acme\n", []string{`4:10 the profile "acme" extends itself`}},
		{"anchor", head + "about: &a text\n", []string{"4:8 anchors, aliases and merge keys"}},
		{"alias", head + "about: *a\n", []string{"4:8 anchors, aliases and merge keys"}},
		{"tag", head + "about: !!str text\n", []string{"4:8 YAML tags"}},
		{"nested too deeply", head + "ask: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n", []string{"4:30 nested too deeply"}},
		{"nested too deeply by dashes", head + "ask:\n" + strings.Repeat("- ", 200) + "x\n", []string{"5:49 nested too deeply"}},

		{"two faults, both told, in order", head + "rules:\n  time.skw: 5s\n  header.typ.presence: must\nkinds: x\n", []string{
			`5:3 unknown rule "time.skw" → time.skew`,
			`6:24 not "must"`,
			`7:1 "kinds" is not a part of a profile → kind`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := profile.Parse("acme.yaml", []byte(tt.yaml), known(t), nil)
			var lint *profile.LintError
			if !errors.As(err, &lint) {
				t.Fatalf("got %v, want a *LintError", err)
			}
			if len(lint.Problems) != len(tt.want) {
				t.Errorf("%d problems, want %d:\n%v", len(lint.Problems), len(tt.want), err)
			}
			for i, p := range lint.Problems[:min(len(lint.Problems), len(tt.want))] {
				want, suggestion, _ := strings.Cut(tt.want[i], "→ ")
				at, message, _ := strings.Cut(strings.TrimSpace(want), " ")
				if got := fmt.Sprintf("%d:%d", p.Line, p.Column); got != at || p.File != "acme.yaml" {
					t.Errorf("at %s:%s, want acme.yaml:%s (%s)", p.File, got, at, p.Message)
				}
				if !strings.Contains(p.Message, message) {
					t.Errorf("says %q, want %q in it", p.Message, message)
				}
				if p.Suggestion != strings.TrimSpace(suggestion) {
					t.Errorf("suggests %q, want %q (%s)", p.Suggestion, strings.TrimSpace(suggestion), p.Message)
				}
			}
		})
	}
}

// Expressions are weighed before they are compiled: a short one can be large.
func TestExpressionsAreBounded(t *testing.T) {
	paths := func(exprs ...string) string {
		return head + "recognise: {paths: ['" + strings.Join(exprs, "', '") + "']}\n"
	}
	several := make([]string, 9)
	for i := range several {
		several[i] = strings.Repeat("a{1000}", 8) + fmt.Sprint(i)
	}
	for _, tt := range []struct {
		name, yaml, want string // "" for none
	}{
		{"one", paths("^/t/[0-9]{3}$"), ""},
		{"long", paths(strings.Repeat("a", 2001)), "2001 characters; it may have at most 2000"},
		{"heavy", paths(strings.Repeat("a{1000}", 20)), "its repeats come to 20001 steps, of at most 10000"},
		{"not quite as heavy", paths(strings.Repeat("a{1000}", 9)), ""},
		{"many", paths(several...), "too large together"},
		{"fewer", paths(several[:7]...), ""},
	} {
		_, err := profile.Parse("p.yaml", []byte(tt.yaml), known(t), nil)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// A file with a fault in every line is not searched for what each might mean.
func TestManyProblems(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + "rules:\n")
	for i := range 1400 {
		fmt.Fprintf(&b, "  claims.x%d.presense: required\n", i)
	}
	_, err := profile.Parse("p.yaml", []byte(b.String()), known(t), nil)
	var lint *profile.LintError
	if !errors.As(err, &lint) || len(lint.Problems) != 101 {
		t.Fatalf("%v", err)
	}
	if first, last := lint.Problems[0], lint.Problems[100]; first.Suggestion != "claims.x0.presence" || !strings.Contains(last.Message, "more errors follow") || last.Line != 105 {
		t.Errorf("%v, %v", first, last)
	}
}

func TestLintErrorText(t *testing.T) {
	_, err := profile.Parse("p.yaml", []byte(head+"rules: {time.skw: 5s}\nkinds: x\n"), known(t), nil)
	want := `p.yaml:4:9: unknown rule "time.skw"; did you mean time.skew?
p.yaml:5:1: "kinds" is not a part of a profile; the parts are id, name, aliases, field, kind, carrier, extends, about, cite, recognise, environments, rules, severities, symptoms, provider_order, differences, notes, ask; did you mean kind?`
	if diff := cmp.Diff(want, fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

// What a file says is shown quoted: it may contain escape sequences.
func TestLintShowsControlCharactersEscaped(t *testing.T) {
	_, err := profile.Parse("p.yaml", []byte(head+"\"ru\\e[31mles\": {}\n"), known(t), nil)
	if err == nil || strings.Contains(err.Error(), "\x1b") || !strings.Contains(err.Error(), `\x1b`) {
		t.Errorf("got %q", fmt.Sprint(err))
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("base.yaml", "id: base\nname: Base\nrules: {time.skew: 7s}\n")
	write("one.yaml", "id: one\nname: One\nextends: two\n")
	write("two.yaml", "id: two\nname: Two\nextends: one\n")
	write("faulty.yaml", "id: faulty\nname: F\nrules: {time.skw: 7s}\n")
	tests := []struct {
		name, text string
		want       string // "" for none
	}{
		{"extends an embedded one", "id: a\nname: A\nextends: redox\n", ""},
		{"extends the file beside it", "id: a\nname: A\nextends: base\n", ""},
		{"circle", "id: a\nname: A\nextends: one\n", `in a circle: a → one → two → one`},
		{"faults of the base", "id: a\nname: A\nextends: faulty\n", `faulty.yaml:3:9: unknown rule "time.skw"`},
		{"no such base", "id: a\nname: A\nextends: ../base\n", `unknown profile "../base"`},
		{"huge", strings.Repeat("# comment\n", 200_000), "at most 131072"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write("a.yaml", tt.text)
			p, err := profile.ReadFile(path, known(t))
			if tt.want == "" {
				if err != nil || p.Origin != path {
					t.Errorf("got %v, %v", p, err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	if _, err := profile.ReadFile(filepath.Join(dir, "absent.yaml"), known(t)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent file: %v", err)
	}
}

func TestLoadUnknown(t *testing.T) {
	_, err := profile.Load("redocs")
	if !errors.Is(err, profile.ErrUnknown) || !strings.Contains(err.Error(), "did you mean redox?") {
		t.Errorf("got %v", err)
	}
	for _, id := range []string{"", "../profile", "data/redox", "redox.yaml"} {
		if _, err := profile.Load(id); !errors.Is(err, profile.ErrUnknown) {
			t.Errorf("%q: got %v", id, err)
		}
	}
}
