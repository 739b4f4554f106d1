package judge

import (
	"strings"
	"testing"
	"time"
)

// What servers say in plain words, and what it is about.
func TestPlainly(t *testing.T) {
	for _, tt := range []struct {
		text  string
		first string // cause; "" where nothing is read out of it
		limit time.Duration
	}{
		{"client assertion jti has already been used", "jti-reused", 0},
		{"must include jti claim", "jti-missing", 0},
		{"jti claim must be unique", "jti-reused", 0},
		{"the jti and iat claims are required", "jti-missing", 0},
		{"exp is too far in the future (max 300s)", "exp-too-far", 5 * time.Minute},
		{"The assertion lifetime exceeds 10 minutes", "lifetime-too-long", 10 * time.Minute},
		{"exp must not be more than 1 hour after iat", "exp-too-far", time.Hour},
		{"JWT is malformed", "wrong-segment-count", 0},
		{"The assertion could not be decoded", "wrong-segment-count", 0},
		{"The claim 'exp' contained a non-numeric date value", "exp-missing", 0},
		{"malformed aud", "aud-mismatch", 0},
		{"Assertion has expired", "exp-past", 0},
		{"JWT expired at 12:00", "exp-past", 0},
		{"exp must be in the future", "exp-past", 0},
		{"iat must be an integer or floating point Unix timestamp representing a time in the past.", "iat-in-future", 0},
		{"Invalid client assertion: issued at is in the future", "iat-in-future", 0},
		{"nbf must be in the past", "nbf-in-future", 0},
		{"Token is not yet valid", "nbf-in-future", 0},
		{"iat is too old", "iat-too-old", 0},
		{"invalid audience", "aud-mismatch", 0},
		{"Incorrect aud in client_assertion claims", "aud-mismatch", 0},
		{"aud must be the issuer", "aud-mismatch", 0},
		{"The audience claim must contain the token endpoint", "aud-missing", 0},
		{"iss and sub must be the same", "iss-sub-differ", 0},
		{"The 'sub' and 'iss' claims in the client_assertion must both be the client_id.", "iss-sub-differ", 0},
		{"Invalid issuer", "iss-not-client-id", 0},
		{"subject does not match client_id", "sub-not-client-id", 0},
		{"unknown kid", "kid-not-in-jwks", 0},
		{"Missing kid in JWT header", "kid-missing", 0},
		{"key id not found", "kid-not-in-jwks", 0},
		{"unsupported algorithm", "alg-not-accepted", 0},
		{"typ must be JWT", "typ-not-accepted", 0},
		{"Signature verification failed", "signed-by-unknown-key", 0},
		{"Unable to verify client assertion signature", "signed-by-unknown-key", 0},
		{"Could not verify the signature of the JWT", "signed-by-unknown-key", 0},
		{"The scope is invalid", "scope-not-allowed", 0},
		{"scope parameter is required", "scope-missing", 0},
		{"Missing parameter: grant_type", "grant-type-missing", 0},
		{"client_assertion is missing", "assertion-missing", 0},
		{"invalid client assertion type", "assertion-type-wrong", 0},
		{"client_assertion jti reused", "jti-reused", 0},
		{"Client not found", "sub-not-client-id", 0},
		{"No client found with id app-7", "sub-not-client-id", 0},
		{"unknown client", "sub-not-client-id", 0},

		// What says nothing of an assertion, or nothing at all.
		{"", "", 0},
		{"Client authentication failed", "", 0},
		{"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)", "", 0},
		{"invalid_client", "", 0},
		{"something went wrong", "", 0},
		{"The jti of the DPoP proof has already been used", "", 0},
		{"expired authorization code", "", 0},
		{"The refresh token has expired", "", 0},
		{"The access token has expired", "", 0},
		{"The access token is malformed", "", 0},
		{"malformed request", "", 0},
		{"Invalid username or password", "", 0},
		{"the certificate has expired", "", 0},
		{"client", "", 0},
		{"the client found no certificate", "", 0},
		{"aud", "", 0},
		{"please contact your administrator about the issuer", "", 0},
		{strings.Repeat("lorem ipsum ", 40) + "invalid audience", "", 0},
	} {
		s, ok := plainly("invalid_client", tt.text)
		got := ""
		if ok {
			got = string(s.causes[0])
		}
		if got != tt.first || s.limit != tt.limit {
			t.Errorf("%q: %q, %v (%v, %d); want %q, %v", tt.text, got, s.limit, s.subjects, s.complaint, tt.first, tt.limit)
		}
		if ok && !strings.HasPrefix(s.means(), "In plain words: ") {
			t.Errorf("%q: %s", tt.text, s.means())
		}
	}
}

// The same words may be about a parameter.
func TestPlainlyOfParameters(t *testing.T) {
	for _, tt := range []struct {
		code, text string
		want       bool
	}{
		{"invalid_request", `Invalid value for "audience". This value should be a resource name.`, false},
		{"invalid_client", "Invalid audience", true},
		{"invalid_request", `Unexpected "aud" claim value`, true},
		{"invalid_request", "invalid audience in assertion", true},
	} {
		if _, ok := plainly(tt.code, tt.text); ok != tt.want {
			t.Errorf("%s, %q: %v", tt.code, tt.text, ok)
		}
	}
}

// Every cause that plain words point to exists.
func TestPlainCausesExist(t *testing.T) {
	catalog, err := Standard()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for subject, of := range plainCauses() {
		for c, causes := range of {
			for _, id := range causes {
				n++
				if _, _, ok := catalog.Cause(id); !ok {
					t.Errorf("%s, %d: %s", subject, c, id)
				}
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d", n)
	}
}

func FuzzPlainly(f *testing.F) {
	f.Add("invalid_client", "exp is too far in the future (max 300s)")
	f.Add("invalid_request", "iss, sub and 'aud' — max 99999999999999999999h")
	f.Add("invalid_request", "iss, sub and 'aud' — max 9999999h")
	f.Fuzz(func(t *testing.T, code, text string) {
		s, ok := plainly(code, text)
		if ok && (len(s.causes) == 0 || s.complaint == noComplaint || s.limit < 0) {
			t.Errorf("%+v", s)
		}
	})
}
