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
	p, err := profile.Load(id, known(t))
	if err != nil {
		t.Fatal(err)
	}
	return p
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
		{"header.kid.presence=optional", profile.Set, profile.Optional},
		{"claims.jti.unique=false", profile.Set, false},
		{"claims.jti.max_length=64", profile.Set, 64},
		{"claims.env.accepted=[a=b]", profile.Set, []string{"a=b"}},
	}
	for _, tt := range tests {
		t.Run(tt.set, func(t *testing.T) {
			p, err := load(t, "redox").With(profile.Overrides{Set: []string{tt.set}}, known(t))
			if err != nil {
				t.Fatal(err)
			}
			id, _, _ := strings.Cut(tt.set, "=")
			r := p.Rules[strings.TrimSpace(id)]
			if diff := cmp.Diff(tt.value, r.Value); diff != "" || r.State != tt.state || r.From != "--set" {
				t.Errorf("%+v\n%s", r, diff)
			}
		})
	}
}

func TestWithFaultySet(t *testing.T) {
	tests := []struct{ set, want string }{
		{"time.skew", "has no value; write RULE=VALUE"},
		{"time.skew=", "time.skew has no value"},
		{"time.skw=5s", `there is no rule "time.skw"; did you mean time.skew?`},
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
			p, err := load(t, "redox").With(profile.Overrides{Set: []string{tt.set}}, known(t))
			if err == nil || p != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
	_, err := load(t, "redox").With(profile.Overrides{Set: []string{"a=1", "claims.jti.unique=true", "b=2"}}, known(t))
	if err == nil || strings.Count(err.Error(), "there is no rule") != 2 {
		t.Errorf("not both faults are told: %v", err)
	}
}

func TestWithAud(t *testing.T) {
	before := parse(t, "id: a\nname: A\nenvironments: {p: {token_url: 'https://a.example/token', aud: [one]}}\n")
	p, err := before.With(profile.Overrides{Aud: []string{"x", "y"}}, known(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"listed"}, p.Rules["claims.aud.accept"].Value); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"x", "y"}, p.Rules["claims.aud.values"].Value); diff != "" {
		t.Error(diff)
	}
	if p.Rules["claims.aud.values"].From != "--aud" || p.Envs[0].Aud != nil || p.Envs[0].TokenURL == "" {
		t.Errorf("%+v %+v", p.Rules, p.Envs)
	}
	if len(before.Rules) != 0 || len(before.Envs[0].Aud) != 1 {
		t.Errorf("the profile beneath was changed: %+v", before)
	}
}

func TestWithSkew(t *testing.T) {
	skew := 42 * time.Second
	before := load(t, "redox")
	p, err := before.With(profile.Overrides{Skew: &skew, Set: []string{"time.nbf.skew=7s"}}, known(t))
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]time.Duration{
		"time.skew": skew, "time.iat.skew": skew, "time.exp.skew": skew,
		"time.nbf.skew":    7 * time.Second, // the more exact --set wins
		"time.iat.max_age": 5 * time.Minute, // a bound is no skew
	} {
		if got := p.Rules[id].Value; got != want {
			t.Errorf("%s is %v, want %v", id, got, want)
		}
	}
	if before.Rules["time.iat.skew"].Value != 10*time.Second {
		t.Error("the profile beneath was changed")
	}
}
