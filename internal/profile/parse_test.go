package profile_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func parse(t *testing.T, text string) *profile.Profile {
	t.Helper()
	p, err := profile.Parse("test.yaml", []byte(text), known(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestValues(t *testing.T) {
	tests := []struct {
		yaml  string
		state profile.State
		value any
	}{
		{"time.skew: 5m", profile.Set, 5 * time.Minute},
		{"time.skew: 300s", profile.Set, 5 * time.Minute},
		{"time.skew: 1h30m", profile.Set, 90 * time.Minute},
		{"time.skew: 300", profile.Set, 5 * time.Minute},
		{"time.skew: 0", profile.Set, time.Duration(0)},
		{"time.skew: '300'", profile.Set, 5 * time.Minute},
		{"time.skew: unknown", profile.Unknown, nil},
		{"time.skew: none", profile.None, nil},
		{"time.skew: {value: none}", profile.None, nil},
		{"time.skew: {value: 5m, note: why}", profile.Set, 5 * time.Minute},
		{"header.typ.presence: required", profile.Set, profile.Required},
		{"header.typ.presence: unknown", profile.Unknown, nil},
		{"header.x5t#S256.presence: optional", profile.Set, profile.Optional},
		{"header.alg.accepted: [RS384, ES384]", profile.Set, []string{"RS384", "ES384"}},
		{"header.alg.accepted: RS384", profile.Set, []string{"RS384"}},
		// A list may contain what would be a state on its own.
		{"header.alg.refused: [none]", profile.Set, []string{"none"}},
		{"header.alg.accepted: []", profile.Set, []string{}},
		{"claims.aud.form: string", profile.Set, "string"},
		{"claims.jti.unique: false", profile.Set, false},
		{"claims.jti.max_length: 64", profile.Set, 64},
	}
	for _, tt := range tests {
		t.Run(tt.yaml, func(t *testing.T) {
			p := parse(t, "id: a\nname: A\nrules:\n  "+tt.yaml+"\n")
			key, _, _ := strings.Cut(tt.yaml, ": ")
			r := ruleOf(p, key)
			if r.ID() != key || r.From != "a" || r.File != "test.yaml" {
				t.Fatalf("rule %+v", r)
			}
			if diff := cmp.Diff(tt.value, r.Value); diff != "" || r.State != tt.state {
				t.Errorf("state %d, want %d\n%s", r.State, tt.state, diff)
			}
		})
	}
}

func TestPatternMatchesTheWhole(t *testing.T) {
	p := parse(t, "id: a\nname: A\nrules: {claims.sub.pattern: '/[a-z]+|x/'}\n")
	re := ruleOf(p, "claims.sub.pattern").Value.(*regexp.Regexp)
	if !re.MatchString("abc") || re.MatchString("abc1") || re.MatchString("1x") {
		t.Errorf("%s does not bind the whole text", re)
	}
}

func TestParseWhole(t *testing.T) {
	got := parse(t, `
id: acme
name: Acme
aliases: [acme-corp]
carrier: bearer
about: What it is.
cite:
  a: {title: A, url: "https://acme.example/a", seen: 2026-11-21, authority: documented}
  b: {title: B, url: "https://acme.example/b"}
recognise: {hosts: ["*.ACME.example"], paths: ["^/t/[0-9]+$"], cite: a}
environments:
  production:
    token_url: https://acme.example/token
    issuer: https://acme.example
    authorize: https://acme.example/authorize
    aud: [one, two]
    endpoints: {par: "https://acme.example/par"}
    cite: [a, b]
    source: [guide 1]
  test: {issuer: "https://test.acme.example"}
rules:
  time.skew:
    value: 10s
    cite: [a, b]
    note: said there
    source: [guide 2, guide 3]
    enforced: {value: 12s, cite: b, note: seen}
    also: [{value: none, cite: a, source: [guide 4]}, {value: 20}]
severities: {kid-missing: note, header-typ: warning}
symptoms:
  - match: {status: 400, error: invalid_client, description: "", error_uri: ~, body: "/(?i)no/"}
    means: It says no.
    explains: [exp-past, kid-missing]
    ask: [Is it on?]
    cite: a
    prints: "/at (?P<now>.+)/"
    log: true
    source: [guide 5]
provider_order: [header-alg, exp-past]
differences:
  - about: skew
    say: [{text: ten, cite: a}, {text: twelve, cite: b}]
    source: [guide 6]
ask: [Bare?, {text: Cited?, cite: b, source: [guide 7]}]
`)
	a := finding.Citation{Title: "A", URL: "https://acme.example/a", Seen: "2026-11-21", Authority: "documented"}
	b := finding.Citation{Title: "B", URL: "https://acme.example/b"}
	want := &profile.Profile{
		ID: "acme", Name: "Acme", Aliases: []string{"acme-corp"}, Kind: "client-assertion", Carrier: profile.CarrierBearer, About: "What it is.", Origin: "test.yaml",
		Cites:     []profile.Cite{{Key: "a", Citation: a}, {Key: "b", Citation: b}},
		Recognise: profile.Recognise{Hosts: []string{"*.acme.example"}, Paths: []string{"^/t/[0-9]+$"}, Cite: []finding.Citation{a}},
		Envs: []profile.Environment{
			{Name: "production", TokenURL: "https://acme.example/token", Issuer: "https://acme.example", Authorize: "https://acme.example/authorize",
				Aud: []string{"one", "two"}, Endpoints: map[string]string{"par": "https://acme.example/par"}, Cite: []finding.Citation{a, b}, Source: []string{"guide 1"}},
			{Name: "test", Issuer: "https://test.acme.example"},
		},
		Rules: []profile.Rule{{
			Ref: profile.TimeSkew.Ref(), File: "test.yaml", State: profile.Set, Value: 10 * time.Second, Cite: []finding.Citation{a, b}, Note: "said there", From: "acme",
			Source:   []string{"guide 2", "guide 3"},
			Enforced: &profile.Alternative{State: profile.Set, Value: 12 * time.Second, Cite: []finding.Citation{b}, Note: "seen"},
			Also: []profile.Alternative{
				{State: profile.None, Cite: []finding.Citation{a}, Source: []string{"guide 4"}},
				{State: profile.Set, Value: 20 * time.Second},
			},
		}},
		Severities: map[string]finding.Severity{"kid-missing": finding.Note, "header-typ": finding.Warning},
		Symptoms: []profile.Symptom{{
			Match: profile.Match{Status: 400, Error: &profile.Text{Substring: "invalid_client"}, Description: &profile.Text{Empty: true},
				ErrorURI: &profile.Text{Empty: true}, Body: &profile.Text{Regexp: "(?i)no"}},
			Means: "It says no.", Explains: []string{"exp-past", "kid-missing"}, Ask: []string{"Is it on?"}, Cite: []finding.Citation{a},
			Prints: &profile.Text{Regexp: "at (?P<now>.+)"}, LogOnly: true, From: "acme", Source: []string{"guide 5"},
		}},
		Order: []string{"header-alg", "exp-past"},
		Differences: []profile.Difference{{About: "skew", From: "acme", Source: []string{"guide 6"},
			Say: []profile.Statement{{Text: "ten", Cite: []finding.Citation{a}}, {Text: "twelve", Cite: []finding.Citation{b}}}}},
		Ask: []profile.Ask{{Text: "Bare?", From: "acme"}, {Text: "Cited?", Cite: []finding.Citation{b}, From: "acme", Source: []string{"guide 7"}}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(profile.Text{}), cmp.Comparer(func(a, b profile.Ref) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestExtends(t *testing.T) {
	base := `
id: base
name: Base
kind: jwt-grant
cite: {doc: {title: Base guide, url: "https://base.example"}, own: {title: Base own, url: "https://base.example/own"}}
environments: {production: {token_url: "https://base.example/token"}}
recognise: {hosts: [base.example]}
rules: {time.skew: {value: 5s, cite: doc}, claims.jti.unique: true}
severities: {kid-missing: note, typ-missing: note}
symptoms: [{match: {error: base}, means: Base.}]
differences: [{about: base, say: [{text: one}, {text: two}]}]
provider_order: [header-alg]
ask: [Base?]
`
	resolve := func(id string) (*profile.Profile, error) {
		return profile.Parse(id+".yaml", []byte(base), known(t), nil)
	}
	child := func(t *testing.T, text string) *profile.Profile {
		t.Helper()
		p, err := profile.Parse("child.yaml", []byte("id: child\nname: Child\nextends: base\n"+text), known(t), resolve)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	plain := child(t, "")
	if plain.ID != "child" || plain.Name != "Child" || plain.Kind != "jwt-grant" || plain.Extends != "base" {
		t.Errorf("identity: %+v", plain)
	}
	if len(plain.Envs) != 1 || plain.Envs[0].Name != "production" || len(plain.Recognise.Hosts) != 1 {
		t.Errorf("environments are not inherited: %+v %+v", plain.Envs, plain.Recognise)
	}
	if r := ruleOf(plain, "time.skew"); r.Value != 5*time.Second || r.From != "base" || len(r.Cite) != 1 {
		t.Errorf("rule not inherited: %+v", r)
	}

	p := child(t, `
kind: id-token
cite: {doc: {title: Child guide, url: "https://child.example"}}
environments: {test: {token_url: "https://child.example/token"}}
rules: {time.skew: {value: 6s, cite: [doc, own]}}
severities: {kid-missing: error}
symptoms: [{match: {error: child}, means: Child.}]
provider_order: [header-typ]
ask: [Child?]
`)
	if p.Kind != "id-token" {
		t.Errorf("kind %s", p.Kind)
	}
	if len(p.Envs) != 1 || p.Envs[0].Name != "test" || len(p.Recognise.Hosts) != 0 {
		t.Errorf("environments are not replaced: %+v %+v", p.Envs, p.Recognise)
	}
	r := ruleOf(p, "time.skew")
	if r.Value != 6*time.Second || r.From != "child" || r.Cite[0].Title != "Child guide" || r.Cite[1].Title != "Base own" {
		t.Errorf("the child's rule does not win: %+v", r)
	}
	if ruleOf(p, "claims.jti.unique").From != "base" {
		t.Errorf("the base's other rule is lost")
	}
	if p.Severities["kid-missing"] != finding.Error || p.Severities["typ-missing"] != finding.Note {
		t.Errorf("severities %v", p.Severities)
	}
	if len(p.Symptoms) != 2 || p.Symptoms[0].From != "child" || p.Symptoms[1].From != "base" {
		t.Errorf("symptoms %+v", p.Symptoms)
	}
	if len(p.Ask) != 2 || p.Ask[0].Text != "Child?" || p.Ask[1].Text != "Base?" {
		t.Errorf("ask %+v", p.Ask)
	}
	if len(p.Order) != 1 || p.Order[0] != "header-typ" || len(p.Differences) != 1 || len(p.Cites) != 2 {
		t.Errorf("order %v, differences %v, cites %v", p.Order, p.Differences, p.Cites)
	}
}

// A carrier follows from the kind, and is taken over from a profile of the same kind.
func TestCarrier(t *testing.T) {
	for _, tt := range []struct {
		base, child string
		want        profile.Carrier
	}{
		{"", "", profile.CarrierClientAssertion},
		{"", "kind: jwt-grant", profile.CarrierAssertion},
		{"", "kind: id-token", profile.CarrierBearer},
		{"", "kind: access-token", profile.CarrierBearer},
		{"", "carrier: client_secret", profile.CarrierClientSecret},
		{"carrier: bearer", "", profile.CarrierBearer},
		{"carrier: bearer", "carrier: client_assertion", profile.CarrierClientAssertion},
		{"carrier: bearer", "kind: jwt-grant", profile.CarrierAssertion},
		{"kind: jwt-grant", "", profile.CarrierAssertion},
		{"kind: jwt-grant", "kind: client-assertion", profile.CarrierClientAssertion},
	} {
		p, err := profile.Parse("child.yaml", []byte("id: child\nname: C\nextends: base\n"+tt.child+"\n"), known(t), func(string) (*profile.Profile, error) {
			return profile.Parse("base.yaml", []byte("id: base\nname: B\n"+tt.base+"\n"), known(t), nil)
		})
		if err != nil {
			t.Fatal(err)
		}
		if p.Carrier != tt.want {
			t.Errorf("base %q, child %q: %s, want %s", tt.base, tt.child, p.Carrier, tt.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, id := range profile.IDs() {
		f.Add([]byte("id: a\nname: A\nextends: " + id + "\n"))
	}
	f.Add([]byte(head + "rules: {time.skew: {value: 5m, cite: doc}}\n"))
	f.Add([]byte(head + "symptoms:\n  - match: {error: '/x/'}\n    means: |\n      M\n"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Add([]byte("a: *a\n<<: &b\n"))
	f.Add([]byte("- - - -\n"))
	f.Add([]byte("!!map {a: !!str b}\n"))
	k := known(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := profile.Parse("f.yaml", data, k, nil)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a word")
			}
			return
		}
		again, err := profile.Parse("f.yaml", data, k, nil)
		if err != nil {
			t.Fatalf("parsed once and not again: %v", err)
		}
		if diff := cmp.Diff(p, again, cmpopts.IgnoreUnexported(profile.Text{}), cmp.Comparer(func(a, b profile.Ref) bool { return a == b }), cmp.Comparer(func(a, b *regexp.Regexp) bool { return a.String() == b.String() })); diff != "" {
			t.Error(diff)
		}
	})
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := profile.Load("redox"); err != nil {
			b.Fatal(err)
		}
	}
}
