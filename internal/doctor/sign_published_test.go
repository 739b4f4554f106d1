package doctor_test

import (
	"crypto/rsa"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
	"github.com/assertionworks/jwtdoctor/internal/evidence"
)

// What is minted is what the published half of the key is for; how the set is
// published is not a fault of the assertion.
func TestSignAsPublished(t *testing.T) {
	ring := testKeys(t)
	published := func(key *rsa.PublicKey, kid, alg string) jwk {
		k := rsaJWK(key, kid)
		delete(k, "alg")
		if alg != "" {
			k["alg"] = alg
		}
		return k
	}
	own := &ring.rsaA.PublicKey
	set := func(keys ...any) *doctor.Document { return &doctor.Document{Source: "jwks.json", Data: jwks(keys...)} }
	for _, r := range []struct {
		name    string
		profile string
		jwks    *doctor.Document
		alg     string
		bad     string
	}{
		{"RS256", "rfc7523", set(published(own, "example-2025", "RS256")), "RS256", ""},
		{"RS512", "rfc7523", set(published(own, "example-2025", "RS512")), "RS512", ""},
		{"PS256, beside another key", "rfc7523", set(published(&ring.rsaB.PublicKey, "b", "RS512"), published(own, "example-2025", "PS256")), "PS256", ""},
		{"of the kid in use", "rfc7523", set(published(own, "old", "RS512"), published(own, "example-2025", "RS256")), "RS256", ""},
		{"one the profile does not take", "redox", set(published(own, "example-2025", "RS256")), "", "key-alg-mismatch"},
		{"one that the key cannot make", "rfc7523", set(published(own, "example-2025", "ES256")), "", "key-alg-mismatch"},
		{"none", "redox", set(published(own, "example-2025", "")), "RS384", ""},
		{"a private key beside it", "redox", set(published(own, "example-2025", ""), func() jwk {
			k := published(&ring.rsaB.PublicKey, "b", "")
			k["d"] = "AAAA"
			return k
		}()), "RS384", ""},
		{"a set that did not come", "redox", &doctor.Document{Source: "https://client.example/jwks", Fetched: &evidence.Fetched{URL: "https://client.example/jwks", Trouble: "refused"}}, "RS384", ""},
		{"a set that is not there", "redox", &doctor.Document{Source: "https://client.example/jwks", Fetched: &evidence.Fetched{URL: "https://client.example/jwks", Status: 404}}, "RS384", ""},
		{"another key's set", "redox", set(published(&ring.rsaB.PublicKey, "example-2025", "")), "", "private-key-mismatch"},
	} {
		t.Run(r.name, func(t *testing.T) {
			o := signOptions(ring, r.profile, "rsa-a.pem")
			o.Aud, o.JWKS = []string{exampleURL}, r.jwks
			if r.profile == "redox" {
				o.Aud = nil
			}
			made, _, err := doctor.Sign(t.Context(), o)
			if r.bad != "" {
				if err == nil || !strings.Contains(err.Error(), r.bad) {
					t.Errorf("%v, want %s", err, r.bad)
				}
				return
			}
			if err != nil || made.Alg != r.alg {
				t.Errorf("%s, %v; want %s", made.Alg, err, r.alg)
			}
		})
	}
}
