package doctor_test

import (
	"slices"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// Answers where people find them: behind the level and the time of a log, in an
// exception, beside the members of a log entry, with the code of another version.
func TestRealBodiesInLogs(t *testing.T) {
	for _, tt := range []struct {
		name, body, provider string // provider "" where several say so, or where only a log has the words
		first                []string
	}{
		{"Okta, two ways, in an exception with the URL", `requests.exceptions.HTTPError: 400 Client Error: Bad Request for url: https://acme.okta.com/oauth2/v1/token -- {"error_description":"Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.","error":"invalid_request"}`, "okta", []string{"multiple-auth-methods"}},
		{"Duende, behind Serilog's time", `2026-11-18 10:15:01.332 +00:00 [ERR] exp is missing. {"EventId":0,"SourceContext":"Duende.IdentityServer.Validation.PrivateKeyJwtSecretValidator"}`, "", []string{"exp-missing"}},
		{"Duende, behind a thread and a level", `2026-11-18 10:15:01 [main] [ERROR] jti is found in replay cache. Possible replay attack.`, "", []string{"jti-reused"}},
		{"WSO2, behind the name of a class", `TID: [-1234] [oauth2] [2026-11-01 10:10:10,111] ERROR {org.wso2.carbon.identity.oauth2.grant.jwt.JWTBearerGrantHandler} - Signature or Message Authentication invalid.`, "", []string{"signed-by-unknown-key"}},
		{"Zitadel, beside another code", `{"error_description":"issuedAt of token is to old","error":"invalid_request"}`, "", []string{"iat-too-old"}},
		{"GitHub, printed by gh", "gh: Integration not found (HTTP 404)\n{\"documentation_url\":\"https://docs.github.com/rest\",\"message\":\"Integration not found\",\"status\":\"404\"}", "github-app", []string{"iss-not-client-id"}},
		{"GitHub, another app's installation", `{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}`, "github-app", []string{"endpoint-not-found", "token-refused"}},
		{"Entra's own token as federated", `{"error":"invalid_client","error_description":"AADSTS700222: AAD-issued tokens may not be used for federated identity flows.\r\nTrace ID: 5d\r\nTimestamp: 2026-11-12 10:00:11Z","error_codes":[700222]}`, "entra", []string{"access-token-as-assertion"}},
		{"Entra, another app's token as federated", `{"error":"invalid_client","error_description":"AADSTS700226: Only MSI tokens may be used as Federated Identity Credentials for AAD issuer. Trace ID: 1","error_codes":[700226]}`, "entra", []string{"access-token-as-assertion"}},
		{"Entra, another tenant's token", `{"error":"invalid_client","error_description":"AADSTS700236: Entra ID tokens issued by issuer 'https://login.microsoftonline.com/0b6a/v2.0' may not be used for federated identity credential flows for applications or managed identities registered in this tenant."}`, "entra", []string{"url-wrong-environment"}},
		{"Entra, another audience of a federated token", `ClientAssertionCredential authentication failed: AADSTS7002121: No matching federated identity record found for presented assertion audience 'https://management.azure.com/'.`, "entra", []string{"aud-mismatch"}},
		{"Entra, an audience that is forbidden", `{"error":"invalid_request","error_description":"AADSTS700227: Forbidden token audience. Trace ID: 1"}`, "entra", []string{"aud-mismatch"}},
		{"Entra, a user's token as federated", `AADSTS700229: Forbidden token type. Only app-only tokens may be used as Federated Identity Credentials for AAD issuer. Trace ID: 1`, "entra", []string{"access-token-as-assertion"}},
		{"an introspection endpoint", `{"active":false}`, "rfc7523", []string{"token-not-accepted-by-api"}},
		{"an introspection endpoint, with its head", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{ \"active\" : false }", "rfc7523", []string{"token-not-accepted-by-api"}},
		{"Entra, no tenant", `{"error":"invalid_request","error_description":"AADSTS90019: No tenant-identifying information found in either the request or implied by any provided credentials. Trace ID: 1"}`, "entra", []string{"url-not-token-endpoint"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := judgeText(t, doctor.Options{}, tt.body)[0]
			if tt.provider != "" && c.Profile.ID != tt.provider {
				t.Errorf("judged by %s, want %s", c.Profile.ID, tt.provider)
			}
			if d := diagnosis(c); len(d) == 0 || !slices.Contains(tt.first, d[0]) {
				t.Errorf("diagnosis %v, want one of %v first", d, tt.first)
			}
		})
	}
}

// An answer that many an API gives is one of a token endpoint's only where the
// words are a provider's own.
func TestWeakAnswersInText(t *testing.T) {
	for _, body := range []string{`{"active":true}`, `{"id":7,"active":false}`, `{"message":"Something not found","status":"404"}`, `{"message":"Not Found","status":"404"}`, `2026-11-18 10:15:01 [INFO] ["exp is missing."]`} {
		if got, _ := judgePaste(t, doctor.Options{}, "x\n"+body); len(got) != 0 {
			t.Errorf("%s is recognised", body)
		}
	}
}
