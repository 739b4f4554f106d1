package profile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func load(t *testing.T, id string) *profile.Profile {
	t.Helper()
	p, err := library().Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// ruleOf finds a profile's rule by its key.
func ruleOf(p *profile.Profile, key string) profile.Rule {
	for _, r := range p.Rules {
		if r.ID() == key {
			return r
		}
	}
	return profile.Rule{}
}

func TestWithSet(t *testing.T) {
	tests := []struct {
		set   string
		state profile.State
		value any
	}{
		{"header.alg.accepted=[RS384, ES384]", profile.Set, []string{"RS384", "ES384"}},
		{"header.alg.accepted=PS256", profile.Set, []string{"PS256"}},
		{"time.exp.max_ahead=10m", profile.Set, 10 * time.Minute},
		{"time.exp.max_ahead=none", profile.None, nil},
		{"time.exp.max_ahead=unknown", profile.Unknown, nil},
		{" time.exp.max_ahead = 10m ", profile.Set, 10 * time.Minute},
		{"time.exp.max_ahead=90s", profile.Set, 90 * time.Second},
		{"time.skew=0", profile.Set, time.Duration(0)},
		{"header.kid.presence=optional", profile.Set, profile.Optional},
		{"claims.jti.unique=false", profile.Set, false},
		{"claims.jti.max_length=64", profile.Set, 64},
		{"claims.env.accepted=[a=b]", profile.Set, []string{"a=b"}},
	}
	for _, tt := range tests {
		t.Run(tt.set, func(t *testing.T) {
			rules, err := profile.Compile(load(t, "redox"), profile.Overrides{Set: []string{tt.set}})
			if err != nil {
				t.Fatal(err)
			}
			id, _, _ := strings.Cut(tt.set, "=")
			r := ruleOf(rules.Profile(), strings.TrimSpace(id))
			if diff := cmp.Diff(tt.value, r.Value); diff != "" || r.State != tt.state || r.From != "--set" {
				t.Errorf("%+v\n%s", r, diff)
			}
		})
	}
}

func TestWithFaultySet(t *testing.T) {
	tests := []struct{ set, want string }{
		{"time.lifetime.max=2", "--set time.lifetime.max=2 has no unit; write 2s for seconds or 2m for minutes"},
		{"time.skew= '300' ", "--set time.skew=300 has no unit; write 300s for seconds or 300m for minutes"},
		{"jwks.cache=10", "has no unit"},
		{"time.skew", "has no value; write RULE=VALUE"},
		{"time.skew=", "time.skew has no value"},
		{"time.skw=5s", `unknown rule "time.skw"; did you mean time.skew?`},
		{"header.kid.presense=required", "did you mean header.kid.presence?"},
		{"time.skew=5 minutes", "did you mean 5m?"},
		{"header.kid.presence=requird", "did you mean required?"},
		{"header.alg.accepted=[RS384", "--set"},
		{"header.alg.accepted=*a", "anchors, aliases"},
		{"time.skew=5s\nid: x", "--set"},
		{"time.skew={value: 5s}", "not names with values"},
	}
	for _, tt := range tests {
		t.Run(tt.set, func(t *testing.T) {
			rules, err := profile.Compile(load(t, "redox"), profile.Overrides{Set: []string{tt.set}})
			if err == nil || rules != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	_, err := profile.Compile(load(t, "redox"), profile.Overrides{Set: []string{"a=1", "claims.jti.unique=true", "b=2"}})
	if err == nil || strings.Count(err.Error(), "unknown rule") != 2 {
		t.Errorf("not both faults are told: %v", err)
	}
}

func TestWithAud(t *testing.T) {
	before := parse(t, "id: a\nname: A\nenvironments: {p: {token_url: 'https://a.example/token', aud: [one]}}\n")
	rules, err := profile.Compile(before, profile.Overrides{Aud: []string{"x", "y"}})
	if err != nil {
		t.Fatal(err)
	}
	p := rules.Profile()
	if diff := cmp.Diff([]string{"listed"}, ruleOf(p, "claims.aud.accept").Value); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"x", "y"}, ruleOf(p, "claims.aud.values").Value); diff != "" {
		t.Error(diff)
	}
	if ruleOf(p, "claims.aud.values").From != "--aud" || p.Envs[0].Aud != nil || p.Envs[0].TokenURL == "" {
		t.Errorf("%+v %+v", p.Rules, p.Envs)
	}
	if len(before.Rules) != 0 || len(before.Envs[0].Aud) != 1 {
		t.Errorf("the profile beneath was changed: %+v", before)
	}
}

func TestWithSkew(t *testing.T) {
	skew := 42 * time.Second
	before := load(t, "redox")
	rules, err := profile.Compile(before, profile.Overrides{Skew: &skew, Set: []string{"time.nbf.skew=7s"}})
	if err != nil {
		t.Fatal(err)
	}
	p := rules.Profile()
	for id, want := range map[string]time.Duration{
		"time.skew": skew, "time.iat.skew": skew, "time.exp.skew": skew,
		"time.nbf.skew":    7 * time.Second, // the more exact --set wins
		"time.iat.max_age": 5 * time.Minute, // a bound is no skew
	} {
		if got := ruleOf(p, id).Value; got != want {
			t.Errorf("%s is %v, want %v", id, got, want)
		}
	}
	if ruleOf(before, "time.iat.skew").Value != 10*time.Second {
		t.Error("the profile beneath was changed")
	}
}

// What each kind of rule reads as: set, none, unknown, and said nothing of.
func TestReads(t *testing.T) {
	p := parse(t, `
id: a
name: A
cite: {doc: {title: Guide, url: "https://a.example"}}
rules:
  time.skew: {value: 5s, cite: doc}
  time.iat.skew: unknown
  time.exp.max_ahead: none
  claims.jti.unique: false
  claims.jti.presence: required
  claims.sub.accepted: [x]
  claims.iat.presence: unknown
  header.alg.accepted: [RS384]
`)
	r := p.Compiled()
	skew := profile.TimeSkew.In(r)
	if skew.V != 5*time.Second || !skew.Known() || skew.From != "a" || skew.File != "test.yaml" || len(skew.Cite) != 1 || skew.Default {
		t.Errorf("set: %+v", skew)
	}
	if v := profile.IatSkew.In(r); v.State != profile.Unknown || v.Known() || v.From != "a" {
		t.Errorf("unknown: %+v", v)
	}
	if v := profile.ExpMaxAhead.In(r); v.State != profile.None || v.Known() {
		t.Errorf("none: %+v", v)
	}
	if v := profile.NbfSkew.In(r); v.State != profile.Unset || v.Default || v.From != "" {
		t.Errorf("unset: %+v", v)
	}
	if v := profile.AudForm.In(r); v.V != "any" || !v.Known() || !v.Default || v.From != "" || v.Yours() != "" {
		t.Errorf("default: %+v", v)
	}
	if v := profile.JtiUnique.In(r); v.V || !v.Known() || v.Default {
		t.Errorf("a value in place of a default: %+v", v)
	}
	if v := profile.ClaimPresence.In(r, "jti"); v.V != profile.Required || !v.Known() {
		t.Errorf("named: %+v", v)
	}
	if v := profile.ClaimPresence.In(r, "nbf"); v.State != profile.Unset {
		t.Errorf("another name: %+v", v)
	}
	if diff := cmp.Diff([]string{"iat", "jti"}, profile.ClaimPresence.Names(r)); diff != "" {
		t.Error(diff)
	}
	// Without any rules the defaults apply.
	if v := profile.AudForm.In(nil); v.V != "any" || !v.Default {
		t.Errorf("default of no rules: %+v", v)
	}
	if v := profile.TimeSkew.In(nil); v.State != profile.Unset {
		t.Errorf("no rules: %+v", v)
	}
	if v := profile.ClaimPresence.In(nil, "jti"); v.State != profile.Unset || profile.ClaimPresence.Names(nil) != nil {
		t.Errorf("no rules, named: %+v", v)
	}
}

// A value of the user's own names what set it, and nobody else's document.
func TestYours(t *testing.T) {
	skew := time.Second
	rules, err := profile.Compile(load(t, "redox"), profile.Overrides{Set: []string{"time.lifetime.max=2m"}, Aud: []string{"x"}, Skew: &skew})
	if err != nil {
		t.Fatal(err)
	}
	if v := profile.LifetimeMax.In(rules); v.Yours() != "--set" || len(v.Cite) != 0 {
		t.Errorf("--set: %+v", v)
	}
	if v := profile.AudValues.In(rules); v.Yours() != "--aud" || len(v.Cite) != 0 {
		t.Errorf("--aud: %+v", v)
	}
	if v := profile.TimeSkew.In(rules); v.Yours() != "--skew" || len(v.Cite) != 0 {
		t.Errorf("--skew: %+v", v)
	}
	if v := profile.ExpMaxAhead.In(rules); v.Yours() != "" || v.From != "redox" || len(v.Cite) == 0 {
		t.Errorf("the provider's: %+v", v)
	}
	if v := profile.TimeSkew.In(parse(t, "id: a\nname: A\nrules: {time.skew: 5s}\n").Compiled()); v.Yours() != "test.yaml" {
		t.Errorf("a file: %+v", v)
	}
}

// Rules laid on top win, and leave the ones beneath as they were.
func TestWith(t *testing.T) {
	before := load(t, "redox").Compiled()
	after := before.With(profile.HeaderAccepted.Is("alg", []string{"ES256"}), profile.HeaderPresence.Is("x", profile.Required))
	if v := profile.HeaderAccepted.In(after, "alg"); len(v.V) != 1 || v.V[0] != "ES256" || v.From != "" {
		t.Errorf("%+v", v)
	}
	if v := profile.HeaderPresence.In(after, "x"); v.V != profile.Required {
		t.Errorf("%+v", v)
	}
	if v := profile.HeaderAccepted.In(before, "alg"); v.V[0] != "RS384" {
		t.Errorf("the rules beneath were changed: %+v", v)
	}
	if v := profile.HeaderPresence.In(after, "kid"); v.V != profile.Required || after.Profile().Name != "Redox" {
		t.Errorf("the rest was lost: %+v", v)
	}
}

// Checks read rules for every line of a batch.
func TestReadsAllocateNothing(t *testing.T) {
	r := load(t, "redox").Compiled()
	n := 0
	got := testing.AllocsPerRun(100, func() {
		n += len(profile.HeaderAccepted.In(r, "alg").V) + len(profile.GrantTypes.In(r).V) + len(profile.AudForm.In(r).V)
		n += int(profile.TimeSkew.In(r).State) + profile.JtiMax.In(r).V + int(profile.ExpMaxAhead.In(r).V)
		n += len(profile.ClaimPresence.In(r, "jti").V) + len(profile.ClaimPresence.Names(r)) + len(profile.ClaimPattern.In(r, "sub").Cite)
		n += len(profile.ClaimPresence.In(r, "no such claim").V) + len(profile.AudForm.In(nil).V)
		if profile.JtiUnique.In(r).V {
			n++
		}
	})
	if got != 0 {
		t.Errorf("reads allocate %v times", got)
	}
	if n == 0 {
		t.Error("nothing was read: the test shows nothing")
	}
}

func BenchmarkRead(b *testing.B) {
	p, err := profile.Load("redox")
	if err != nil {
		b.Fatal(err)
	}
	r := p.Compiled()
	n := 0
	for b.Loop() {
		n += len(profile.ClaimPresence.In(r, "jti").V) + int(profile.ExpMaxAhead.In(r).V)
	}
}
