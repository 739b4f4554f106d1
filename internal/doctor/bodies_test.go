package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// What real servers answer: their words with the placeholders filled in, among
// other members, in other case, in pages and plain text. The provider is not
// named; first is what the diagnosis begins with, one of several where servers
// share the words.
func TestRealBodies(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		provider   string // "" if several say so
		first      []string
	}{
		{"Okta, kid", `{"errorCode":"invalid_client","errorSummary":"The client_assertion JWT kid is invalid.","errorLink":"invalid_client","errorId":"oaeXyz","errorCauses":[]}`, "okta", []string{"kid-not-in-jwks", "kid-missing"}},
		{"Okta, aud", `{"error":"invalid_client","error_description":"The audience claim for client_assertion must be the endpoint invoked for the request."}`, "okta", []string{"aud-issuer-not-accepted", "aud-mismatch", "aud-trailing-slash", "aud-other-endpoint"}},
		{"Okta, too far", `{"error":"invalid_client","error_description":"The client_assertion token has an expiration too far into the future."}`, "okta", []string{"exp-too-far", "time-in-milliseconds"}},
		{"Okta, in capitals", `{"error":"INVALID_CLIENT","error_description":"THE CLIENT_ASSERTION TOKEN IS EXPIRED."}`, "okta", []string{"exp-past"}},
		{"Okta, used", `HTTP/1.1 401 Unauthorized
Content-Type: application/json
x-okta-request-id: Yx1

{"error":"invalid_client","error_description":"The client_assertion token has already been used."}`, "okta", []string{"jti-reused"}},
		{"Keycloak, signature", `{"error":"invalid_client","error_description":"Client authentication with signed JWT failed: Signature on JWT token failed validation"}`, "keycloak", []string{"signed-by-unknown-key", "signed-by-other-key", "content-changed"}},
		{"Keycloak, the wrapper", `{"error":"invalid_client","error_description":"Client authentication with signed JWT failed: Token was issued too far in the past to be used now"}`, "keycloak", []string{"iat-too-old", "lifetime-too-long"}},
		{"Keycloak, assertion type", `{"error":"unauthorized_client","error_description":"Parameter client_assertion_type has value 'urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer' but expected is 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'"}`, "keycloak", []string{"assertion-type-double-encoded", "assertion-type-wrong"}},
		{"Hydra, aud", `{"error":"invalid_client","error_description":"Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). Claim 'audience' from 'client_assertion' must match the authorization server's token endpoint 'https://as.example/oauth2/token'."}`, "ory-hydra", []string{"aud-issuer-not-accepted", "aud-mismatch", "aud-trailing-slash"}},
		{"Hydra, jti", `{"error":"jti_known","error_description":"Claim 'jti' from 'client_assertion' MUST only be used once."}`, "ory-hydra", []string{"jti-reused"}},
		{"fosite's 500", "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\n\r\n{\"error\":\"error\",\"error_description\":\"The error is unrecognizable\"}", "ory-hydra", []string{"exp-past", "iat-in-future", "nbf-in-future"}},
		{"oidc-provider, opaque", `{"error":"invalid_client","error_description":"client authentication failed"}`, "", nil},
		{"oidc-provider, nothing sent", `{"error":"invalid_request","error_description":"no client authentication mechanism provided"}`, "oidc-provider", []string{"assertion-misnamed", "assertion-missing"}},
		{"oidc-provider, content type", `{"error":"invalid_request","error_description":"only application/x-www-form-urlencoded content-type bodies are supported on POST /token"}`, "oidc-provider", []string{"content-type-json", "content-type-other", "content-type-missing"}},
		{"Entra, the key", `{"error":"invalid_client","error_description":"AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: 'A1B2C3D4E5F60718293A4B5C6D7E8F9001122334', Please visit the Azure Portal\r\nTrace ID: 0f1e\r\nCorrelation ID: aa\r\nTimestamp: 2026-11-21 08:00:00Z","error_codes":[700027],"timestamp":"2026-11-21 08:00:00Z","trace_id":"0f1e2d3c","correlation_id":"aa55"}`, "entra", []string{"x5t-wrong-certificate"}},
		{"Entra, the hex encoded", `{"error":"invalid_client","error_description":"AADSTS700027: Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key used by client: '41314232433344344535463630373138323933413442354336443745384639303031313232333334', Found key]"}`, "entra", []string{"x5t-hex-encoded"}},
		{"Entra, times", `{"error":"invalid_client","error_description":"AADSTS700024: Client assertion is not within its valid time range. Current time: 2026-11-21T08:06:01.000Z, assertion valid from 2026-11-21T02:19:00.000Z, expiry time of assertion 2026-11-21T02:29:00.000Z."}`, "entra", []string{"exp-past", "nbf-in-future"}},
		{"Entra, no assertion", `{"error":"invalid_client","error_description":"AADSTS7000218: The request body must contain the following parameter: 'client_assertion' or 'client_secret'. Trace ID: 1"}`, "entra", []string{"assertion-missing", "assertion-misnamed"}},
		{"Entra, in a page", `<html><head><title>Sign in</title></head><body><div>Sorry, but we&#8217;re having trouble signing you in.</div><p>AADSTS50027: Invalid JWT token. No certificate thumbprint specified in token header.</p></body></html>`, "entra", []string{"x5t-missing"}},
		{"login.gov, aud", `{"error":"Client assertion Invalid audience claim, expected https://idp.int.identitysandbox.gov/api/openid_connect/token"}`, "login-gov", []string{"aud-mismatch", "aud-issuer-not-accepted"}},
		{"login.gov, keys", `{"error":"Client assertion Could not validate assertion against any registered public keys."}`, "login-gov", []string{"signed-by-unknown-key"}},
		{"Maskinporten, aud", `{"error":"invalid_grant","error_description":"Invalid assertion. Invalid JWT claim aud (MP-110)","error_uri":"https://docs.digdir.no"}`, "maskinporten", []string{"aud-mismatch", "aud-trailing-slash", "aud-wrong-environment"}},
		{"Maskinporten, used", `{"error":"invalid_grant","error_description":"MP-012: Grant is used before"}`, "maskinporten", []string{"jti-reused"}},
		{"NHS, kid", `{"error":"invalid_request","error_description":"Missing 'kid' header in client_assertion JWT","message_id":"rrt-1"}`, "nhs-england", []string{"kid-missing"}},
		{"NHS, key", `{"error":"invalid_request","error_description":"Invalid 'kid' header in client_assertion JWT - no matching public key"}`, "nhs-england", []string{"kid-not-in-jwks"}},
		{"NHS, aud", `{"error":"invalid_request","error_description":"Missing or invalid 'aud' claim in client_assertion JWT"}`, "nhs-england", []string{"aud-mismatch", "aud-missing"}},
		{"NHS, signature", `{"error":"public_key error","error_description":"JWT signature verification failed","message_id":"x"}`, "nhs-england", []string{"signed-by-unknown-key", "signed-by-other-key", "content-changed"}},
		{"Zitadel, method", `{"error":"invalid_request","error_description":"client authentication must not use more than one method"}`, "zitadel", []string{"multiple-auth-methods"}},
		{"DPC, one text for five causes", `{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"exception","details":{"text":"Invalid JWT"}}]}`, "dpc", nil},
		{"DPC, kid", `{"resourceType":"OperationOutcome","issue":[{"severity":"fatal","details":{"text":"JWT must have KID field"}}]}`, "dpc", []string{"kid-missing"}},
		{"BCDA, five minutes", `{"error":"IssuedAt (iat) and ExpiresAt (exp) claims are more than 5 minutes apart","error_description":"x"}`, "bcda", []string{"lifetime-too-long"}},
		{"Medplum, aud", `{"error":"invalid_request","error_description":"Invalid client assertion audience"}`, "medplum", []string{"aud-mismatch", "aud-array-not-accepted"}},
		{"Oracle, in the URI", `{"error":"invalid_client","error_uri":"https://authorization.cerner.com/errors/urn%3Acerner%3Aerror%3Aauthorization-server%3Aoauth2%3Atoken%3Ainvalid-authorization-header/instances/1?client=x"}`, "oracle-health", []string{"assertion-as-bearer"}},
		{"Box, exp", `{"error":"invalid_grant","error_description":"Current date\/time MUST be before the expiration date\/time listed in the 'exp' claim"}`, "box", []string{"exp-past"}},
		{"Box, limit", `{"error":"invalid_grant","error_description":"The 'exp' value exceeds the maximum value of 60 seconds beyond the issue time."}`, "box", []string{"lifetime-too-long", "exp-too-far"}},
		{"Snowflake", `{"data":null,"code":"394304","message":"JWT token is invalid. [5f6c]","success":false,"headers":null}`, "snowflake", []string{"iss-wrong-form", "signed-by-unknown-key"}},
		{"GitHub", `{"message":"'Expiration time' claim ('exp') is too far in the future","documentation_url":"https://docs.github.com/rest"}`, "github-app", []string{"exp-too-far", "clock-ahead"}},
		{"Google", `{"error":"invalid_grant","error_description":"Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim."}`, "google-service-account", nil},
		{"Salesforce", `{"error":"invalid_grant","error_description":"audience is invalid [audience=https://login.salesforce.com login=https://test.salesforce.com]"}`, "salesforce", []string{"aud-wrong-environment", "aud-mismatch"}},
		{"Redox, quoted in a log", `2026-11-21T08:00:00Z ERROR token request failed: 400 {"error":"invalid_request","error_description":"Unexpected \"typ\" JWT header value"}`, "redox", []string{"typ-missing", "typ-not-accepted"}},
		{"Singpass, with its trace", `{"id":"5d3","error":"invalid_client","error_description":"The client_assertion could not be validated against known signing keys.","trace_id":"9a1"}`, "singpass", []string{"signed-by-unknown-key", "kid-not-in-jwks", "alg-not-accepted"}},
		{"Canvas", `{"error":"invalid_request","error_description":"JWS signature invalid."}`, "canvas-lms", nil},
		{"PDND", `{"type":"about:blank","status":400,"title":"The request contains bad syntax","errors":[{"code":"015-0008","detail":"Unable to generate a token for the given request"}]}`, "pdnd", nil},
		{"bulk data, in an OperationOutcome", `{"error":"invalid_client","error_description":"Requesting the remote JWKS returned an error: unable to verify the first certificate"}`, "bulk-data-server", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cases := judgeText(t, doctor.Options{}, tt.body)
			c := cases[0]
			if c.Symptom == nil {
				t.Fatalf("no symptom; read as %s, diagnosis %v", c.ReadAs, c.Diagnosis)
			}
			if tt.provider != "" && c.Profile.ID != tt.provider {
				t.Errorf("profile %s (%s), want %s", c.Profile.ID, c.Profile.GuessedBy, tt.provider)
			}
			if d := diagnosis(c); len(d) == 0 || tt.first != nil && !slices.Contains(tt.first, d[0]) {
				t.Errorf("diagnosis %v, want one of %v first", d, tt.first)
			}
			if len(c.Ask) == 0 {
				t.Error("nothing is asked")
			}
			if b := broken(c); b != nil {
				t.Error(b)
			}
		})
	}
}

// Words that many servers use are read, and the assertion is not judged by the
// rules of the one provider who is known to use them; next to each is one
// whose words are its own.
func TestNoGuessByCommonWords(t *testing.T) {
	for _, tt := range []struct{ name, body, provider, first string }{
		{"a code of OAuth alone", `{"error":"too_many_requests"}`, "rfc7523", "rate-limited"},
		{"a code of OpenID Connect alone", `{"error":"consent_required"}`, "rfc7523", "token-refused"},
		{"a refresh token", `{"error":"invalid_grant","error_description":"refresh token has expired"}`, "rfc7523", ""},
		{"Doorkeeper, in RFC 6749's words", `{"error":"invalid_client","error_description":"Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method."}`, "rfc7523", ""},
		{"jose, aud", `{"error":"invalid_request","error_description":"unexpected \"aud\" claim value"}`, "rfc7523", "aud-mismatch"},
		{"Redox, aud", `{"error":"invalid_request","error_description":"Unexpected \"aud\" claim value"}`, "redox", "aud-mismatch"},
		{"jose, exp", `{"error":"invalid_client","error_description":"\"exp\" claim timestamp check failed"}`, "rfc7523", "exp-past"},
		{"jose, signature", `{"error":"invalid_client","error_description":"Signature verification failed"}`, "rfc7523", "signed-by-unknown-key"},
		{"NHS's words with another code", `{"error":"invalid_client","error_description":"OAuth JWT signature verification failed"}`, "rfc7523", "signed-by-unknown-key"},
		{"Apple", `{"error":"invalid_grant","error_description":"client_id mismatch. The code was not issued to com.acme.app."}`, "rfc7523", "token-refused"},
		{"what another server logs", `{"error":"invalid_client","error_description":"jwt expired"}`, "rfc7523", "exp-past"},
		{"Microsoft's library", `{"error":"invalid_client","error_description":"IDX10214: Audience validation failed. Audiences: 'x'."}`, "rfc7523", "aud-mismatch"},
		{"RFC 8707", `{"error":"invalid_target","error_description":"The audience is invalid for this resource"}`, "rfc7523", "token-refused"},
		{"client not found", `{"error":"invalid_client","error_description":"client not found"}`, "rfc7523", ""},
		{"two words", `{"message":"Invalid JWT"}`, "rfc7523", ""},
		{"another code that begins so", `{"error":"invalid_client_id"}`, "rfc7523", "token-refused"},
		{"Redox by its error_uri", `{"error":"invalid_request","error_description":"new words","error_uri":"https://docs.redoxengine.com/permalink/x"}`, "redox", "token-refused"},
		{"Oracle by its URN", `{"error":"invalid_client","error_uri":"https://authorization.example/errors/urn%3Acerner%3Aerror%3Anew%3Athing"}`, "oracle-health", ""},
		{"an error_uri of the standards", `{"error":"invalid_client","error_uri":"https://tools.ietf.org/html/rfc6749#section-5.2"}`, "rfc7523", "signed-by-unknown-key"},
		{"Keycloak 25", `{"error":"invalid_client","error_description":"Client authentication with signed JWT failed: Token audience doesn't match domain. Expected audiences are any of [https://as.example/realms/a] but audience from token is '[x]'"}`, "keycloak", "aud-mismatch"},
		{"Keycloak, a tail nobody knows", `{"error":"invalid_client","error_description":"Client authentication with signed JWT failed: something new"}`, "keycloak", "token-refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := judgeText(t, doctor.Options{}, tt.body)[0]
			if c.Profile.ID != tt.provider {
				t.Errorf("profile %s (%s), want %s", c.Profile.ID, c.Profile.GuessedBy, tt.provider)
			}
			if d := diagnosis(c); len(d) == 0 || tt.first != "" && d[0] != tt.first {
				t.Errorf("diagnosis %v, want %s first", d, tt.first)
			}
		})
	}
}

// A sentence nobody knows is reported, and what only its code allows becomes
// questions; a bare code has nothing else to go by.
func TestUnknownSentence(t *testing.T) {
	for _, tt := range []struct{ body, first, title string }{
		{`{"error":"invalid_grant","error_description":"PKCE verification failed"}`, "token-refused", "PKCE verification failed"},
		{`{"error":"invalid_grant","error_description":"AADSTS53003: Access has been blocked by Conditional Access policies."}`, "token-refused", "Conditional Access"},
		{`{"error":"invalid_client","error_description":"AADSTS99999: New."}`, "token-refused", "AADSTS99999"},
		{`{"error":"invalid_client","error_description":"AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."}`, "assertion-missing", ""},
		{`{"error":"invalid_grant"}`, "code-reused", ""},
		{`{"error":"invalid_client","error_description":"Invalid client"}`, "signed-by-unknown-key", ""},
	} {
		c := judgeText(t, doctor.Options{}, tt.body)[0]
		if len(c.Diagnosis) == 0 || string(c.Diagnosis[0].Cause) != tt.first || tt.title != "" && !strings.Contains(c.Diagnosis[0].Title, tt.title) {
			t.Errorf("%s: diagnosis %+v, want %s first", tt.body, c.Diagnosis, tt.first)
		}
		if len(c.Ask) == 0 {
			t.Errorf("%s: nothing is asked", tt.body)
		}
	}
}

// Entra prints its clock and both bounds: they tell early and late apart.
func TestEntraWindow(t *testing.T) {
	for now, want := range map[string]string{"2026-11-21T07:59:00Z": "nbf-in-future", "2026-11-21T08:30:00.1234567Z": "exp-past"} {
		body := `{"error":"invalid_client","error_description":"AADSTS700024: Client assertion is not within its valid time range. Current time: ` + now +
			`, assertion valid from 2026-11-21T08:00:00.0000000Z, expiry time of assertion 2026-11-21T08:10:00.0000000Z."}`
		if d := diagnosis(judgeText(t, doctor.Options{}, body)[0]); len(d) == 0 || d[0] != want {
			t.Errorf("%s: diagnosis %v, want %s first", now, d, want)
		}
	}
}
