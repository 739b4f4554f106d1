package profile_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/assertionworks/jwtdoctor/internal/checks"
	"github.com/assertionworks/jwtdoctor/internal/finding"
	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// known is what the program hands to the loader.
func known(t testing.TB) profile.Known {
	t.Helper()
	return knownOnce()
}

// knownOnce and library are made once for all tests. Neither is ever changed.
var (
	knownOnce = sync.OnceValue(checks.Known)
	library   = sync.OnceValue(profile.NewLibrary)
)

func TestIDs(t *testing.T) {
	ids := profile.IDs()
	if !slices.IsSorted(ids) {
		t.Errorf("not sorted: %v", ids)
	}
	for _, id := range []string{"rfc7523", "smart-backend-services", "redox", "epic", "singpass"} {
		if !slices.Contains(ids, id) {
			t.Errorf("%s is missing in %v", id, ids)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"epic": "epic", "Epic": "epic", " EPIC ": "epic",
		"azure": "entra", "Azure-AD": "entra", "microsoft": "entra", "cerner": "oracle-health", "hydra": "ory-hydra",
		"rfc7523bis": "rfc10070", "idporten": "id-porten", "idcs": "oracle-iam", "uaa": "cloudfoundry-uaa", "mcp": "mcp-client-credentials",
		"Duende": "duende-identityserver", "PingAM": "openam", "forgerock": "openam", "xsuaa": "cloudfoundry-uaa", "node-oidc-provider": "oidc-provider", "smart": "smart-backend-services", "oidc": "oidc-core", "cms-dpc": "dpc", "CMS-BCDA": "bcda",
	} {
		id, ok := profile.Resolve(name)
		if !ok || id != want {
			t.Errorf("%q is %q, want %q", name, id, want)
		}
		if p, err := profile.Load(name); err != nil || p.ID != want {
			t.Errorf("%q: %v", name, err)
		}
		if _, err := profile.Source(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for name, near := range map[string]string{"azur": "azure", "cernr": "cerner", "epci": "epic", "zzzzzz": "jwtdoctor profiles lists"} {
		if _, ok := profile.Resolve(name); ok {
			t.Errorf("%q is a profile", name)
		}
		if _, err := profile.Load(name); !errors.Is(err, profile.ErrUnknown) || !strings.Contains(err.Error(), near) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Entries say what the profiles themselves do.
func TestEntries(t *testing.T) {
	all := library().Entries()
	if len(all) != len(profile.IDs()) {
		t.Fatalf("%d entries", len(all))
	}
	for _, e := range all {
		p := load(t, e.ID)
		want := profile.Entry{ID: p.ID, Name: p.Name, Field: p.Field, Kind: p.Kind, Extends: p.Extends, Aliases: p.Aliases, Environments: []string{}}
		for _, env := range p.Envs {
			want.Environments = append(want.Environments, env.Name)
		}
		if diff := cmp.Diff(want, e); diff != "" {
			t.Errorf("%s:\n%s", e.ID, diff)
		}
	}
}

// Several goroutines may ask one library; see the race detector.
func TestLibraryIsShared(t *testing.T) {
	l := profile.NewLibrary()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			l.Find(profile.Clue{Aud: []string{"https://api.redoxengine.com/v2/auth/token"}})
			l.Recognising(profile.Answer{Error: "invalid_request", Description: "JWT header kid property is required"})
			l.Recognising(profile.Answer{Text: `"iat" claim timestamp check failed`, Loose: true})
			l.Named(profile.Answer{ErrorURI: "https://docs.redoxengine.com/x"})
			if p, err := l.Load("redox"); err != nil || p.Name != "Redox" {
				t.Error(err)
			}
			l.All()
		})
	}
	all.Wait()
}

func TestEmbeddedProfilesLoad(t *testing.T) {
	for _, id := range profile.IDs() {
		p := load(t, id)
		if p.ID != id || p.Origin != "" || p.About == "" {
			t.Errorf("%s: id %q, origin %q, about %q", id, p.ID, p.Origin, p.About)
		}
	}
}

// The embedded profiles are loaded without the list of checks and causes, so
// that here is where a misspelled one is found.
func TestEmbeddedProfilesNameChecksAndCauses(t *testing.T) {
	for _, id := range profile.IDs() {
		data, err := profile.Source(id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := profile.Parse(id+".yaml", data, known(t), nil); err != nil {
			t.Error(err)
		}
	}
}

// Every value of an embedded profile names the document it comes from, and
// every document its title, address, day and authority.
func TestEmbeddedValuesAreCited(t *testing.T) {
	for _, id := range profile.IDs() {
		p := load(t, id)
		cited := func(where string, cite []finding.Citation) {
			if len(cite) == 0 {
				t.Errorf("%s: %s has no citation", id, where)
			}
			for _, c := range cite {
				if c.Title == "" || !strings.HasPrefix(c.URL, "https://") || c.Seen == "" || c.Authority == "" {
					t.Errorf("%s: %s has an incomplete citation %+v", id, where, c)
				}
			}
		}
		for _, r := range p.Rules {
			key := r.ID()
			cited(key, r.Cite)
			for _, a := range r.Also {
				cited(key+", also", a.Cite)
			}
			if r.Enforced != nil {
				cited(key+", enforced", r.Enforced.Cite)
			}
		}
		for _, e := range p.Envs {
			cited("environment "+e.Name, e.Cite)
		}
		if len(p.Recognise.Hosts)+len(p.Recognise.Paths) > 0 {
			cited("recognise", p.Recognise.Cite)
		}
		for _, s := range p.Symptoms {
			cited("symptom “"+s.Means+"”", s.Cite)
			if len(s.Explains) == 0 {
				t.Errorf("%s: symptom “%s” explains nothing", id, s.Means)
			}
		}
		for _, a := range p.Ask {
			cited("ask “"+a.Text+"”", a.Cite)
		}
		for _, d := range p.Differences {
			for _, s := range d.Say {
				cited("difference “"+d.About+"”", s.Cite)
			}
		}
	}
}

// A citation that nothing refers to is a leftover.
func TestEmbeddedCitationsAreUsed(t *testing.T) {
	for _, id := range profile.IDs() {
		p := load(t, id)
		text := dump(p)
		own := p.Cites
		if p.Extends != "" {
			own = own[:len(own)-len(load(t, p.Extends).Cites)]
		}
		for _, c := range own {
			if !strings.Contains(text, c.Title) {
				t.Errorf("%s: the citation %s is never used", id, c.Key)
			}
		}
	}
}

func dump(p *profile.Profile) string {
	q := *p
	q.Cites = nil
	return fmt.Sprintf("%+v", q)
}

// The bounds people ask about, and that silence of a source stays silence.
func TestEmbeddedFacts(t *testing.T) {
	tests := []struct {
		id, key string
		state   profile.State
		value   any
	}{
		{"redox", "header.alg.accepted", profile.Set, []string{"RS384"}},
		{"redox", "header.kid.presence", profile.Set, profile.Required},
		{"redox", "header.typ.presence", profile.Set, profile.Required},
		{"redox", "claims.iat.presence", profile.Set, profile.Required},
		{"redox", "time.iat.max_age", profile.Set, 5 * time.Minute},
		{"redox", "time.iat.skew", profile.Set, 10 * time.Second},
		{"redox", "time.skew", profile.Unknown, nil},
		{"redox", "time.exp.max_ahead", profile.Set, 5 * time.Minute},
		{"redox", "time.lifetime.max", profile.Set, 5 * time.Minute},
		{"redox", "claims.jti.unique", profile.Set, true},
		{"epic", "header.alg.accepted", profile.Set, []string{"RS256", "RS384", "RS512", "ES256", "ES384"}},
		{"epic", "header.alg.preferred", profile.Set, []string{"RS384"}},
		{"epic", "header.kid.presence", profile.Set, profile.Optional},
		{"epic", "header.typ.presence", profile.Set, profile.Optional},
		{"epic", "claims.iat.presence", profile.Set, profile.Optional},
		{"epic", "claims.nbf.presence", profile.Set, profile.Optional},
		{"epic", "claims.jti.max_length", profile.Set, 151},
		{"epic", "time.lifetime.nbf_max", profile.Set, 5 * time.Minute},
		{"epic", "time.skew", profile.Unknown, nil},
		{"epic", "claims.aud.complete", profile.Set, false},
		{"epic", "jwks.cache", profile.Set, 29 * time.Hour},
		{"singpass", "header.alg.accepted", profile.Set, []string{"ES256", "ES384", "ES512"}},
		{"singpass", "claims.aud.accept", profile.Set, []string{"issuer"}},
		{"singpass", "time.lifetime.max", profile.Set, 2 * time.Minute},
		{"singpass", "claims.jti.presence", profile.Unknown, nil},
		{"singpass", "claims.jti.unique", profile.Set, true},
		{"singpass", "header.kid.presence", profile.Set, profile.Optional},
		{"singpass", "key.kid.tries_all", profile.Set, true},
		{"smart-backend-services", "time.exp.max_ahead", profile.Set, 5 * time.Minute},
		{"smart-backend-services", "claims.iat.presence", profile.Set, profile.Optional},
		{"smart-backend-services", "time.lifetime.max", profile.Unknown, nil},
		{"auth0", "time.lifetime.max", profile.Set, 5 * time.Minute},
		{"auth0", "claims.jti.max_length", profile.Set, 64},
		{"box", "time.exp.max_ahead", profile.Set, time.Minute},
		{"box", "claims.aud.form", profile.Set, "string"},
		{"docusign", "claims.aud.accept", profile.Set, []string{"listed"}},
		{"entra", "header.thumbprint.presence", profile.Set, profile.Required},
		{"github-app", "header.alg.accepted", profile.Set, []string{"RS256"}},
		{"github-app", "time.exp.max_ahead", profile.Set, 10 * time.Minute},
		{"maskinporten", "claims.sub.presence", profile.Set, profile.Optional},
		{"maskinporten", "time.lifetime.max", profile.Set, 2 * time.Minute},
		{"nhs-england", "header.alg.accepted", profile.Set, []string{"RS512"}},
		{"pdnd", "claims.aud.accept", profile.Set, []string{"listed"}},
		{"snowflake", "time.lifetime.max", profile.Unknown, nil},
		{"athenahealth", "claims.aud.accept", profile.Unknown, nil},
		{"bcda", "claims.aud.accept", profile.Unknown, nil},
		{"wso2", "claims.aud.accept", profile.Unknown, nil},
		{"rfc7523", "claims.jti.presence", profile.Set, profile.Optional},
		{"rfc7523", "header.alg.accepted", profile.None, nil},
		{"rfc7523", "time.skew", profile.Unknown, nil},
		// FAPI 2.0's tolerance is FAPI 2.0's.
		{"rfc7523", "time.iat.skew", profile.Unknown, nil},
		{"okta", "time.nbf.skew", profile.Unknown, nil},
		{"fapi2", "time.iat.skew", profile.Set, 10 * time.Second},
		{"oidc-provider", "time.iat.skew", profile.None, nil},
		{"oidc-provider", "header.alg.accepted", profile.Unknown, nil},
		{"duende-identityserver", "claims.aud.accept_typed", profile.Set, []string{"issuer"}},
		{"spring-authorization-server", "jwks.timeout", profile.Set, 15 * time.Second},
		{"maskinporten", "claims.aud.form", profile.Set, "single"},
		{"redox", "claims.aud.complete", profile.Set, false},
		{"redox", "claims.aud.hosts", profile.Set, []string{"*.redoxengine.com"}},
		{"rfc10070", "claims.aud.accept", profile.Set, []string{"issuer"}},
		{"rfc10070", "claims.aud.form", profile.Set, "single"},
		{"connect2id", "claims.aud.announced", profile.Unset, nil},
		{"udap", "time.lifetime.max", profile.Set, 5 * time.Minute},
		{"corppass", "time.lifetime.max", profile.Set, 10 * time.Minute},
		{"pingone", "claims.jti.unique", profile.Set, false},
	}
	for _, tt := range tests {
		t.Run(tt.id+" "+tt.key, func(t *testing.T) {
			r := ruleOf(load(t, tt.id), tt.key)
			if diff := cmp.Diff(tt.value, r.Value); diff != "" || r.State != tt.state {
				t.Errorf("state %d, want %d\n%s", r.State, tt.state, diff)
			}
		})
	}
}

// Every answer the source documents print is recognised, by its most exact entry.
func TestEmbeddedSymptomsKnowTheDocumentedAnswers(t *testing.T) {
	tests := []struct{ id, description, first string }{
		{"redox", "x-www-form-urlencoded content-type required", "content-type-json"},
		{"redox", "Missing grant_type parameter", "grant-type-missing"},
		{"redox", "The grant_type parameter should equal 'client_credentials'", "grant-type-wrong"},
		{"redox", "Missing client assertion type", "assertion-type-missing"},
		{"redox", "Invalid client assertion type", "assertion-type-wrong"},
		{"redox", "JWT header kid property is required", "kid-missing"},
		{"redox", "Public key not found, check client_id, kid and Redox dashboard settings", "kid-not-in-jwks"},
		{"redox", "JWTs must have three components", "wrong-segment-count"},
		{"singpass", "The client_assertion has missing or invalid claims.", "exp-past"},
		{"singpass", "The client_assertion could not be validated against known signing keys.", "kid-not-in-jwks"},
		{"singpass", "No valid encryption JWK", "encryption-key-missing"},
		{"singpass", "The grant requested is not valid.", "code-reused"},
		{"singpass", "The grant type is not supported.", "grant-type-wrong"},
	}
	for _, tt := range tests {
		i := slices.IndexFunc(load(t, tt.id).Symptoms, func(s profile.Symptom) bool {
			return s.Match.Description != nil && s.Match.Description.Substring == tt.description
		})
		if i < 0 {
			t.Errorf("%s does not know %q", tt.id, tt.description)
			continue
		}
		if s := load(t, tt.id).Symptoms[i]; s.Explains[0] != tt.first {
			t.Errorf("%s: %q is explained by %s first, want %s", tt.id, tt.description, s.Explains[0], tt.first)
		}
	}
}

func BenchmarkAll(b *testing.B) {
	for b.Loop() {
		profile.NewLibrary().All()
	}
}

func BenchmarkRecognising(b *testing.B) {
	for b.Loop() {
		profile.NewLibrary().Recognising(profile.Answer{Status: 400, Error: "invalid_client", Description: "The client_assertion could not be validated"})
	}
}

// Singpass has one issuer for FAPI 2.0 and another for what was before, on the
// same host.
func TestSingpassEnvironments(t *testing.T) {
	p := load(t, "singpass")
	for address, want := range map[string]string{
		"https://id.singpass.gov.sg":                "production",
		"https://id.singpass.gov.sg/token":          "production",
		"https://id.singpass.gov.sg/fapi":           "production-fapi",
		"https://stg-id.singpass.gov.sg/fapi/token": "staging-fapi",
		"https://id.singpass.gov.sg/other":          "",
	} {
		if e, _ := p.EnvironmentOf(address); e.Name != want {
			t.Errorf("%s is %q, want %q", address, e.Name, want)
		}
	}
	for _, e := range p.Envs {
		if !strings.HasSuffix(e.Name, "-fapi") && !strings.Contains(e.Note, "2026-12-31") {
			t.Errorf("%s does not say when it ends", e.Name)
		}
	}
}
