package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/finding"
)

// The same complaints in the words of other servers: a claim's name and a verb
// name the cause, certain where the assertion confirms it.
func TestPlainWordsInOtherWords(t *testing.T) {
	claims := func(change func(*members)) func(*exchange) { return func(e *exchange) { change(&e.token.claims) } }
	header := func(change func(*members)) func(*exchange) { return func(e *exchange) { change(&e.token.header) } }
	without := func(name string) func(*exchange) { return claims(func(m *members) { m.del(name) }) }
	set := func(name string, v any) func(*exchange) { return claims(func(m *members) { m.set(name, v) }) }
	for _, group := range []struct {
		cause     string
		certainty finding.Certainty
		change    func(*exchange)
		says      []string
	}{
		{"jti-reused", finding.Likely, func(*exchange) {}, []string{
			"The jti value has been used before", "Assertion jti is not unique", "JWT ID already used", "duplicate jti", "Client assertion replay detected: jti has already been seen",
			"jti replayed", "The client assertion was already used", "This JWT has been used already", "jti claim has been consumed", "jti not unique within the validity period"}},
		{"jti-missing", finding.Certain, without("jti"), []string{
			"jti claim is required", "Missing required claim: jti", "The assertion does not contain a jti", "no jti claim present", "client_assertion must have a jti", "jti is a mandatory claim",
			"JWT ID is missing", "jti must be provided", "claim 'jti' not found in JWT", "The JWT is missing the jti claim", "jti cannot be empty", "Expected jti claim in client assertion"}},
		{"exp-missing", finding.Certain, without("exp"), []string{
			"exp claim is missing", "Missing expiration claim", "JWT must contain exp", "The token has no expiration", "\"exp\" claim is required"}},
		{"iat-missing", finding.Certain, without("iat"), []string{
			"iat claim is required", "Missing iat", "issued at claim is missing", "The assertion must include iat", "claim iat not present"}},
		{"exp-past", finding.Certain, claims(func(m *members) { m.set("iat", now-900); m.set("exp", now-600) }), []string{
			"Client assertion has expired", "JWT expired", "The token is expired", "exp claim is in the past", "Assertion is no longer valid", "jwt is expired", "client assertion expired at 2025-10-09",
			"Expired JWT", "exp must be in the future", "The client assertion's exp has passed"}},
		{"lifetime-too-long", finding.Certain, set("exp", now+3600), []string{
			"assertion lifetime too long (max 5 minutes)", "The validity of the assertion exceeds 300 seconds", "lifetime must be at most 10 minutes", "JWT lifetime is longer than 300s"}},
		{"exp-too-far", finding.Certain, set("exp", now+3600), []string{
			"exp must not be more than 5 minutes in the future", "exp is more than 300 seconds ahead", "expiration time too far in the future (max 5 min)", "exp exceeds maximum of 600 seconds",
			"The exp claim must be at most 5 minutes from now"}},
		{"kid-missing", finding.Certain, header(func(m *members) { m.del("kid") }), []string{
			"kid header is missing", "no kid in JWT header", "JWT header must contain kid", "Missing key id", "kid required", "The kid is not present in the header"}},
		{"typ-missing", finding.Certain, header(func(m *members) { m.del("typ") }), []string{
			"typ header is required", "typ is missing from the JWT header", "JWT header must contain typ", "no typ header", "missing required header typ"}},
		{"sub-not-client-id", finding.Certain, set("sub", "somebody"), []string{
			"sub does not match client_id", "invalid sub", "subject must be the client id", "The sub claim must match the client", "sub claim is invalid"}},
		{"iss-not-client-id", finding.Certain, set("iss", "somebody"), []string{
			"iss does not match client_id", "issuer must be the client_id", "The iss claim is invalid", "wrong issuer in client assertion", "iss mismatch"}},
		{"scope-not-allowed", finding.Possible, func(e *exchange) { e.set("scope", "a b") }, []string{
			"requested scope is not allowed", "scope a is not permitted for this client", "Unknown scope", "invalid scope requested", "One or more scopes are not supported"}},
	} {
		for _, says := range group.says {
			t.Run(group.cause+"/"+says, func(t *testing.T) {
				c := refusal(func(e *exchange) { e.opts.ClientID = clientID; group.change(e) }, 401, words(says)).judge(t)
				if len(c.Diagnosis) == 0 || string(c.Diagnosis[0].Cause) != group.cause {
					t.Fatalf("diagnosis %+v, want %s", c.Diagnosis, group.cause)
				}
				if got := c.Diagnosis[0].Certainty; group.certainty == finding.Certain && got != finding.Certain {
					t.Errorf("certainty %s", got)
				}
			})
		}
	}
}

// The controls: the words accuse what the assertion has right, so that it is no
// finding, and words of other matters name no cause of the assertion.
func TestPlainWordsThatTheAssertionRefutes(t *testing.T) {
	for _, says := range []string{"jti claim is required", "exp claim is missing", "kid header is missing", "typ header is required", "iat claim is required"} {
		c := refusal(func(e *exchange) { e.token.header.set("typ", "JWT") }, 401, words(says)).judge(t)
		for _, f := range c.Findings {
			if f.Failed() && strings.HasSuffix(string(f.Cause), "-missing") && f.Severity == finding.Error {
				t.Errorf("%s: %s is a finding", says, f.Cause)
			}
		}
	}
	for _, says := range []string{"The refresh token has expired", "authorization code was already used", "DPoP proof jti has been used", "user session expired", "client certificate is missing", "The license has expired",
		"code_verifier is required", "request_object iss is invalid"} {
		c := refusal(func(*exchange) {}, 400, words(says)).judge(t)
		if d := diagnosis(c); slices.ContainsFunc(d, func(cause string) bool {
			return slices.Contains([]string{"exp-past", "jti-reused", "jti-missing", "iss-not-client-id", "kid-missing"}, cause)
		}) {
			t.Errorf("%s: %v", says, d)
		}
	}
}
