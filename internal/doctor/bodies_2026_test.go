package doctor_test

import (
	"slices"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// More answers as servers send them and as people paste them: in logs, with
// further members, in another case, quoted again. See TestRealBodies.
func TestRealBodiesOf2026(t *testing.T) {
	for _, tt := range []struct {
		name, body, provider string // provider "" if several say so
		first                []string
	}{
		{"OpenIddict, aud", `{"error":"invalid_client","error_description":"The 'aud' claim returned in the specified client assertion doesn't match the expected value.","error_uri":"https://documentation.openiddict.com/errors/ID2173"}`, "openiddict", []string{"aud-token-url-not-accepted"}},
		{"OpenIddict, no exp", `{"error":"invalid_client","error_description":"The mandatory 'exp' claim cannot be found in the specified client assertion.","error_uri":"https://documentation.openiddict.com/errors/ID2172"}`, "openiddict", []string{"exp-missing"}},
		{"OpenIddict, iss", `{"error":"invalid_client","error_description":"The 'iss' claim returned in the specified client assertion doesn't match the expected value."}`, "openiddict", []string{"iss-not-client-id", "iss-sub-differ"}},
		{"OpenIddict, only its address", `{"error":"invalid_client","error_description":"x","error_uri":"https://documentation.openiddict.com/errors/ID2090"}`, "openiddict", []string{"kid-not-in-jwks"}},
		{"Better Auth, signature", `{"error_description":"client assertion signature verification failed","error":"invalid_client"}`, "better-auth", []string{"signed-by-unknown-key"}},
		{"Better Auth, too far", `{"error_description":"client assertion exp is too far in the future (max 300s)","error":"invalid_client"}`, "better-auth", []string{"exp-too-far"}},
		{"Better Auth, jti", `[2026-11-20T10:11:12Z] POST /oauth2/token 400 {"error_description":"client assertion jti has already been used","error":"invalid_client"}`, "better-auth", []string{"jti-reused"}},
		{"Better Auth, alg", `{"error":"invalid_client","error_description":"unsupported assertion signing algorithm: HS256"}`, "better-auth", []string{"alg-not-accepted", "alg-symmetric"}},
		{"Better Auth, client_id", `{"error":"invalid_client","error_description":"client_id in body does not match assertion sub/iss"}`, "better-auth", []string{"client-id-mismatch"}},
		{"mock-oauth2-server, two audiences", `{"error":"invalid_request","error_description":"invalid client_assertion: audience must not contain more than one element"}`, "mock-oauth2-server", []string{"aud-array-not-accepted"}},
		{"mock-oauth2-server, lifetime", `{"error_description":"invalid client_assertion: expiry must be less than 120 seconds","error":"invalid_request"}`, "mock-oauth2-server", []string{"lifetime-too-long"}},
		{"mock-oauth2-server, sub", `{"error":"invalid_request","error_description":"invalid client_assertion: subject must match client_id 'my-app'"}`, "mock-oauth2-server", []string{"sub-not-client-id"}},
		{"mock-oauth2-server, aud", `{"error":"invalid_request","error_description":"invalid client_assertion: audience should be http://localhost:8080/default/token"}`, "mock-oauth2-server", []string{"aud-mismatch"}},
		{"Authlete, a sentence in plain words", `{"error":"invalid_client","error_description":"[A157303] The client assertion has expired.","error_uri":"https://docs.authlete.com/#A157303"}`, "authlete", []string{"exp-past"}},
		{"Authlete, the server's own settings", `{"error_description":"[A004201] The authorization request from the service does not contain 'parameters' parameter.","error":"invalid_request","error_uri":"https://docs.authlete.com/#A004201"}`, "authlete", []string{"token-refused"}},
		{"Salesforce, not approved", `{"error":"invalid_app_access","error_description":"user is not admin approved to access this app"}`, "salesforce", []string{"token-refused"}},
		{"UAA, key", `{"error":"invalid_client","error_description":"Untrusted client_assertion"}`, "cloudfoundry-uaa", []string{"kid-not-in-jwks"}},
		{"UAA, claims or signature", `{"error":"unauthorized","error_description":"Unauthorized client_assertion"}`, "cloudfoundry-uaa", []string{"signed-by-unknown-key"}},
		{"UAA, alg", `{"error":"invalid_client","error_description":"Bad client_assertion algorithm"}`, "cloudfoundry-uaa", []string{"alg-symmetric"}},
		{"UAA, client_id", `{"error":"invalid_client","error_description":"Wrong client_assertion"}`, "cloudfoundry-uaa", []string{"client-id-mismatch"}},
		{"Gravitee, key", `{"error":"invalid_client","error_description":"Unable to validate client, no matching key."}`, "gravitee-am", []string{"kid-not-in-jwks"}},
		{"Gravitee, signature", `{"error":"invalid_client","error_description":"Unable to validate client, assertion signature is not valid."}`, "gravitee-am", []string{"signed-by-unknown-key"}},
		{"Gravitee, type", `{"error":"invalid_client","error_description":"Unknown or unsupported assertion_type"}`, "gravitee-am", []string{"assertion-type-wrong"}},
		{"ThunderID, method", `{"error":"unauthorized_client","error_description":"Client is not allowed to use the specified authentication method"}`, "thunder-id", []string{"token-refused"}},
		{"ThunderID, two ways", `{"error":"invalid_request","error_description":"Multiple client authentication methods were provided"}`, "thunder-id", []string{"multiple-auth-methods"}},
		{"Authelia's log, aud", `OAuth 2.0 client with id 'demo' provided a client assertion that has an invalid audience. The client assertion was expected to have an 'aud' claim which matches one of the values 'https://auth.example.com' but the 'aud' claim had the values 'https://auth.example.com/api/oidc/token'.`, "", []string{"aud-mismatch", "aud-token-url-not-accepted"}},
		{"Authelia's log, typ", `OAuth 2.0 client with id 'demo' expects client assertions to be signed with the 'typ' header value 'client-authentication+jwt' or 'JWT' but the client assertion was signed with the 'typ' header value 'at+jwt'.`, "", []string{"typ-not-accepted"}},
		{"Authelia's log, expired", `OAuth 2.0 client with id 'demo' provided a client assertion that was expired. The client assertion expired at 1760000000.`, "", []string{"exp-past"}},
		{"Adobe", `{"error":"invalid_token","error_description":"Could not match JWT signature to any of the bindings"}`, "adobe-ims", []string{"signed-by-unknown-key", "private-key-mismatch"}},
		{"Okta, DPoP typ", `{"error":"invalid_dpop_proof","error_description":"'typ' must be 'dpop+jwt' in the DPoP proof JWT."}`, "okta", []string{"token-refused", "dpop-proof-as-assertion"}},
		{"Okta, no DPoP header", `{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT header is missing."}`, "okta", []string{"request-header-missing"}},
		{"Okta, nonce", `HTTP/1.1 400 Bad Request
dpop-nonce: abc
content-type: application/json

{"error":"use_dpop_nonce","error_description":"Authorization server requires nonce in DPoP proof."}`, "okta", []string{"request-header-missing"}},
		{"Corppass, scope", `{"error":"invalid_scope","error_description":"requested scope is not allowed"}`, "corppass", []string{"scope-not-allowed"}},
		{"Singpass, Myinfo with Login's parameters", `{"error":"invalid_request","error_description":"authentication_context_type and authentication_context_message can only be provided for Login apps. Please remove these fields from your request body.","trace_id":"1"}`, "singpass", []string{"parameter-value-not-accepted"}},
		{"MockPass, DPoP", `{"error":"Dpop or Dpop jkt is required"}`, "mockpass", []string{"request-header-missing"}},
		{"Doorkeeper", `{"error":"invalid_client","error_description":"Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."}`, "", nil},
		{"Redox's own example", `{"error":"invalid_request","error_description":"","error_uri":"https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ"}`, "redox", []string{"aud-mismatch"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := run(t, doctor.Options{}, tt.body)[0]
			if tt.provider != "" && c.Profile.ID != tt.provider {
				t.Errorf("judged by %s, want %s", c.Profile.ID, tt.provider)
			}
			if len(tt.first) == 0 {
				return
			}
			if len(c.Diagnosis) == 0 || !slices.Contains(tt.first, string(c.Diagnosis[0].Cause)) {
				t.Errorf("begins with %v, want one of %v", c.Diagnosis[:min(1, len(c.Diagnosis))], tt.first)
			}
		})
	}
}
