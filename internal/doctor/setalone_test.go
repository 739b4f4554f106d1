package doctor_test

import (
	"slices"
	"testing"
)

// setCauses are the causes that only a key set without an assertion shows; the test
// below has a row for each.
func setCauses() []string { return []string{"key-kind-not-accepted"} }

// A set without a key of an accepted kind cannot verify anything the provider
// accepts. Next to an assertion, its alg says so.
func TestKindsOfASet(t *testing.T) {
	ec, rsa := keyOf("P-256", nil), keyOf("RSA", jwk{"kid": "rsa-1"})
	for _, r := range []struct {
		name    string
		profile string
		keys    []any
		want    []string
	}{
		{"EC", "redox", []any{ec}, []string{"key-kind-not-accepted"}},
		{"RSA", "redox", []any{rsa}, nil},
		{"both", "redox", []any{ec, rsa}, nil},
		{"EC where no kinds are known", "rfc7523", []any{ec}, nil},
		{"EC next to an RSA key for encryption", "redox", []any{ec, keyOf("RSA", jwk{"kid": "enc-1", "use": "enc"})}, []string{"key-kind-not-accepted"}},
		{"EC next to a key that cannot be read", "redox", []any{ec, jwk{"kty": "RSA", "kid": "rsa-1", "use": "sig"}}, []string{"jwk-member-missing"}},
		{"EC next to a key of an unknown kind", "redox", []any{ec, jwk{"kty": "AKP", "kid": "pq-1"}}, []string{"jwk-kty-unknown"}},
		{"only an EC key for encryption", "redox", []any{keyOf("P-256", jwk{"use": "enc"})}, []string{"jwks-no-signing-key"}},
	} {
		e := healthyAt(r.profile)
		e.keysOnly, e.opts.JWKS = true, setOf(r.keys...)
		if got := e.causes(t); !slices.Equal(got, r.want) {
			t.Errorf("%s: fails %v, want %v", r.name, got, r.want)
		}
	}
	e := healthyAt("redox")
	all(signs("ES256"), selects(ec))(e)
	e.opts.Only = nil
	if got := e.causes(t); slices.Contains(got, "key-kind-not-accepted") || !slices.Contains(got, "alg-not-accepted") {
		t.Errorf("next to an assertion: %v", got)
	}
}
