package mint

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/assertionworks/jwtdoctor/internal/jose"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func order(t *testing.T) Order {
	t.Helper()
	raw, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := jose.NewKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	return Order{
		Profile: &profile.Profile{ID: "p", Name: "P", Rules: map[string]profile.Rule{}}, Key: key,
		ClientID: "client", Aud: "https://as.example.test/token", Now: time.Unix(1760000000, 0),
	}
}

func claimsOf(t *testing.T, a Assertion) string {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(a.Compact, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// A fifth of the tightest limit is left as margin.
func TestLifetime(t *testing.T) {
	for _, r := range []struct {
		name  string
		rules map[string]time.Duration
		want  string
	}{
		{"none known", nil, `"exp":1760000240`},
		{"two minutes", map[string]time.Duration{"time.lifetime.max": 2 * time.Minute}, `"exp":1760000096`},
		{"the tighter of two", map[string]time.Duration{"time.lifetime.max": 10 * time.Minute, "time.exp.max_ahead": time.Minute}, `"exp":1760000048`},
		{"an hour is not used up", map[string]time.Duration{"time.lifetime.max": time.Hour}, `"exp":1760000240`},
	} {
		o := order(t)
		for key, d := range r.rules {
			o.Profile.Rules[key] = profile.Rule{Key: key, State: profile.Set, Value: d}
		}
		a, err := Make(o)
		if err != nil {
			t.Fatal(err)
		}
		if got := claimsOf(t, a); !strings.Contains(got, r.want) {
			t.Errorf("%s: %s lacks %s", r.name, got, r.want)
		}
	}
}

// What the profile forbids is left out, whoever asked for it.
func TestForbidden(t *testing.T) {
	o := order(t)
	o.Kid = "k"
	o.Claims = []Member{{"nbf", "1760000000"}, {"purpose", `"x"`}}
	o.Profile.Rules["claims.nbf.presence"] = profile.Rule{State: profile.Set, Value: profile.Forbidden}
	o.Profile.Rules["header.kid.presence"] = profile.Rule{State: profile.Set, Value: profile.Forbidden}
	a, err := Make(o)
	if err != nil {
		t.Fatal(err)
	}
	got := claimsOf(t, a)
	if strings.Contains(got, "nbf") || !strings.Contains(got, `"purpose":"x"`) || a.Kid != "" {
		t.Errorf("%s, kid %q", got, a.Kid)
	}
}

// No two assertions share a jti.
func TestFreshID(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := newID()
		if seen[id] || len(id) != 36 || id[14] != '4' || !strings.Contains("89ab", id[19:20]) {
			t.Fatalf("%q", id)
		}
		seen[id] = true
	}
}
