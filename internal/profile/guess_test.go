package profile_test

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

func TestGuess(t *testing.T) {
	aud := func(a ...string) profile.Clue { return profile.Clue{Aud: a} }
	tests := []struct {
		name        string
		clue        profile.Clue
		id, env, by string
	}{
		{"nothing", profile.Clue{}, "", "", ""},
		{"Redox", aud("https://api.redoxengine.com/v2/auth/token"), "redox", "production", "aud names api.redoxengine.com"},
		{"Redox with a slash", aud("https://api.redoxengine.com/v2/auth/token/"), "redox", "production", "aud names api.redoxengine.com"},
		{"Redox in capitals", aud("HTTPS://API.REDOXENGINE.COM/v2/auth/token"), "redox", "production", "aud names api.redoxengine.com"},
		{"Redox without scheme", aud("api.redoxengine.com/v2/auth/token"), "redox", "production", "aud names api.redoxengine.com"},
		{"Redox with port and query", aud(" https://api.redoxengine.com:443/v2/auth/token?x=1 "), "redox", "production", "aud names api.redoxengine.com"},
		{"Redox, another path", aud("https://api.redoxengine.com/"), "redox", "production", "aud names api.redoxengine.com"},
		{"Redox, Canada", aud("https://api.ca.redoxengine.com/v2/auth/token"), "redox", "canada", "aud names api.ca.redoxengine.com"},
		{"Redox, two environments", profile.Clue{Aud: []string{"https://api.redoxengine.com/v2/auth/token"}, TokenURL: "https://api.ca.redoxengine.com/v2/auth/token"},
			"redox", "", "aud names api.redoxengine.com"},
		{"Redox by token URL", profile.Clue{Aud: []string{"my-client"}, TokenURL: "https://api.redoxengine.com/v2/auth/token"}, "redox", "production", "the token URL names api.redoxengine.com"},
		{"a host that only begins alike", aud("https://api.redoxengine.com.evil.example/v2/auth/token"), "", "", ""},
		{"a user name that looks like a host", aud("https://api.redoxengine.com@evil.example/v2/auth/token"), "", "", ""},
		{"Epic's sandbox", aud("https://fhir.epic.com/interconnect-fhir-oauth/oauth2/token"), "epic", "sandbox", "aud names fhir.epic.com"},
		{"an Epic customer", aud("https://epicproxy.hospital.example/Interconnect-PRD/oauth2/token"), "epic", "", "the path of aud is one of Epic's"},
		{"an Epic customer behind a prefix", profile.Clue{TokenURL: "https://hospital.example/FHIRProxy/interconnect-prd-oauth/oauth2/token/"}, "epic", "", "the path of the token URL is one of Epic's"},
		{"a path that is not Epic's", aud("https://hospital.example/oauth2/token"), "", "", ""},
		{"Singpass", aud("https://id.singpass.gov.sg"), "singpass", "production", "aud names id.singpass.gov.sg"},
		{"Singpass by its token URL", aud("https://id.singpass.gov.sg/token"), "singpass", "production", "aud names id.singpass.gov.sg"},
		{"Singpass, staging", profile.Clue{Issuer: "https://stg-id.singpass.gov.sg/"}, "singpass", "staging", "the issuer names stg-id.singpass.gov.sg"},
		// Hosts of citations are no providers.
		{"a citation's host", aud("https://www.rfc-editor.org/rfc/rfc7523"), "", "", ""},
		{"a client ID", aud("b81d5a60-3c27-4f9e-a1d4-95e70c6f2b38"), "", "", ""},
		{"no address", aud("https://", "://", "a b.c", "\x00.\x00"), "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := library().Find(tt.clue)
			// The evidence is named in the sentence about it, and only if there is one.
			if (got.From == "") != (got.By == "") || !strings.Contains(got.By, got.From) {
				t.Errorf("from %q, by %q", got.From, got.By)
			}
			got.From = ""
			if want := (profile.Guess{ID: tt.id, Env: tt.env, By: tt.by}); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func BenchmarkGuess(b *testing.B) {
	clue := profile.Clue{Aud: []string{"https://api.redoxengine.com/v2/auth/token"}}
	for b.Loop() {
		profile.NewLibrary().Find(clue)
	}
}

func TestEnvironmentOf(t *testing.T) {
	p := parse(t, `
id: a
name: A
environments:
  production: {token_url: "https://as.example/token", issuer: "https://as.example", aud: ["urn:as"]}
  test: {token_url: "https://test.as.example/token", aud: ["https://as.example/token"]}
`)
	for text, want := range map[string]string{
		"https://as.example/token": "production", "https://as.example/token/": "production", "HTTPS://AS.EXAMPLE:443/token": "production",
		"https://as.example/": "production", "urn:as": "production", "https://test.as.example/token": "test",
		"http://as.example/token": "", "https://as.example/Token": "", "as.example/token": "", "/token": "", "": "", "https://as.example/token?x": "production", "urn:AS": "",
	} {
		e, ok := p.EnvironmentOf(text)
		if e.Name != want || ok != (want != "") {
			t.Errorf("%q: %q", text, e.Name)
		}
	}
}

// Every address a profile documents, in the ways people write it, points to that
// profile or to none, and never to another.
func TestGuessIsNeverWrong(t *testing.T) {
	tried := 0
	for _, p := range library().All() {
		var addresses []string
		for _, e := range p.Envs {
			addresses = append(addresses, e.TokenURL, e.Issuer)
		}
		for _, a := range addresses {
			if a == "" {
				continue
			}
			for _, written := range []string{a, a + "/", strings.ToUpper(a[:12]) + a[12:], strings.TrimPrefix(a, "https://"), a + "?x=1"} {
				tried++
				if g := library().Find(profile.Clue{Aud: []string{written}}); g.ID != p.ID && g.ID != "" && load(t, g.ID).Extends != p.ID && p.Extends != g.ID {
					t.Errorf("%s of %s is taken for %s", written, p.ID, g.ID)
				}
			}
		}
	}
	for _, other := range []string{"https://example.com/token", "https://login.example.org/oauth2/v1/token", "https://redoxengine.com.evil.example/v2/auth/token", "https://notokta.com/oauth2/v1/token",
		"urn:example", "my-api", "https://api.github.com.example/", "https://id.singpass.gov.sg.example/fapi"} {
		tried++
		if g := library().Find(profile.Clue{Aud: []string{other}}); g.ID != "" {
			t.Errorf("%s is taken for %s", other, g.ID)
		}
	}
	if tried < 200 {
		t.Errorf("only %d addresses", tried)
	}
}

// A list or a guess reads the heads of the profiles, not the profiles: what a
// start costs does not grow with what they say.
func TestGuessReadsNoProfile(t *testing.T) {
	clue := profile.Clue{Aud: []string{"https://api.redoxengine.com/v2/auth/token"}}
	l := profile.NewLibrary()
	l.Find(clue)
	if n := testing.AllocsPerRun(20, func() { profile.NewLibrary() }); n > 400 {
		t.Errorf("making a library takes %v allocations", n)
	}
	if n := testing.AllocsPerRun(20, func() { l.Find(clue) }); n > 20 {
		t.Errorf("a guess takes %v allocations", n)
	}
}
