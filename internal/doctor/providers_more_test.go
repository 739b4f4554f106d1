package doctor_test

import (
	"strings"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

func setOf(keys ...any) *doctor.Document {
	return &doctor.Document{Source: "jwks.json", Data: jwks(keys...)}
}

// ecJWKWithout is a published key on P-256 with a member left out.
func ecJWKWithout(member string) jwk {
	k := jwk{"kty": "EC", "kid": "example-2025", "use": "sig", "crv": "P-256",
		"x": "WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis", "y": "y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE"}
	delete(k, member)
	return k
}

// Platforms of governments.
func governmentRows() map[string][]providerRow {
	return map[string][]providerRow{
		"maskinporten": {
			{"production", all(at("https://maskinporten.no/token"), claim("aud", "https://maskinporten.no/")), ""},
			{"RS512", signs("RS512"), ""},
			{"ES256", signs("ES256"), "alg-not-accepted"},
			{"no slash", claim("aud", "https://test.maskinporten.no"), "aud-trailing-slash"},
			{"the token URL", claim("aud", "https://test.maskinporten.no/token"), "aud-token-url-not-accepted"},
			{"the other environment", claim("aud", "https://maskinporten.no/"), "url-wrong-environment"},
			{"three minutes", times(-5, 175), "lifetime-too-long"},
			{"no iat", noClaim("iat"), "iat-missing"},
			{"ahead", times(15, 100), "iat-in-future"},
			{"a minute old", times(-60, 55), ""},
			{"no scope", noClaim("scope"), "claim-missing"},
			{"scopes in an array", claim("scope", []string{"read"}), "claim-value-not-accepted"},
			{"resource as a string", claim("resource", "https://api.example.test"), "claim-value-not-accepted"},
			{"no jti", noClaim("jti"), "recommended-missing"},
			{"no iss", noClaim("iss"), "iss-missing"},
			{"a sub", claim("sub", clientID), ""},
		},
		"pdnd": {
			{"collaudo", all(at("https://auth.uat.interop.pagopa.it/token.oauth2"), claim("aud", "auth.uat.interop.pagopa.it/client-assertion")), ""},
			{"for the API, without a purpose", noClaim("purposeId"), ""},
			{"RS384", signs("RS384"), "alg-not-accepted"},
			{"no kid", noHdr("kid"), "kid-missing"},
			{"a scheme", claim("aud", "https://auth.interop.pagopa.it/client-assertion"), "aud-near-miss"},
			{"the token URL", claim("aud", "https://auth.interop.pagopa.it/token.oauth2"), "aud-mismatch"},
			{"aud of collaudo", claim("aud", "auth.uat.interop.pagopa.it/client-assertion"), "aud-wrong-environment"},
			{"nbf", claim("nbf", now-10), "claim-not-allowed"},
			{"client_id", claim("client_id", clientID), "claim-not-allowed"},
			{"a digest", claim("digest", map[string]string{"alg": "SHA256", "value": strings.Repeat("0a", 32)}), ""},
			{"a digest as text", claim("digest", strings.Repeat("0a", 32)), "claim-value-not-accepted"},
			{"x5t", hdr("x5t", "W9TaZXm3rWKzCSe0mYxRkFvCRVU"), "header-not-allowed"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"no iat", noClaim("iat"), "iat-missing"},
			{"another grant type", param("grant_type", "refresh_token"), "grant-type-wrong"},
		},
		"nhs-england": {
			{"production", at("https://api.service.nhs.uk/oauth2/token"), ""},
			{"RS384", signs("RS384"), "alg-not-accepted"},
			{"no kid", noHdr("kid"), "kid-missing"},
			{"no typ", noHdr("typ"), "typ-missing"},
			{"the typ of the draft", hdr("typ", "client-authentication+jwt"), "typ-not-accepted"},
			{"typ in small letters", hdr("typ", "jwt"), ""},
			{"the other environment", claim("aud", "https://api.service.nhs.uk/oauth2/token"), "url-wrong-environment"},
			{"no scheme", claim("aud", "int.api.service.nhs.uk/oauth2/token"), "aud-near-miss"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"a jti that is a number", claim("jti", 12), "jti-not-string"},
			{"305 seconds", times(-5, 305), ""},
			{"320 seconds", times(-5, 320), "lifetime-too-long"},
			{"320 seconds without iat", all(noClaim("iat"), claim("exp", now+320)), "exp-too-far"},
			{"ahead", claim("iat", now+60), "iat-in-future"},
			{"another sub", claim("sub", "another"), "sub-not-client-id"},
			{"a charset", field("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"), "content-type-parameter"},
			{"another grant type", param("grant_type", "refresh_token"), "grant-type-wrong"},
		},
		"login-gov": {
			{"production", at("https://secure.login.gov/api/openid_connect/token"), ""},
			{"RS384", signs("RS384"), "alg-not-accepted"},
			{"a slash more", claim("aud", "https://idp.int.identitysandbox.gov/api/openid_connect/token/"), ""},
			{"an array", claim("aud", []string{"https://idp.int.identitysandbox.gov/api/openid_connect/token"}), ""},
			{"the host", claim("aud", "https://idp.int.identitysandbox.gov"), "aud-issuer-not-accepted"},
			{"ahead", claim("iat", now+15), "iat-in-future"},
			{"no jti", noClaim("jti"), "recommended-missing"},
			{"no code", noParam("code"), "parameter-missing"},
			{"another grant type", all(noParam("code"), noParam("redirect_uri"), param("grant_type", "client_credentials")), "grant-type-wrong"},
		},
		"govuk-one-login": {
			{"production", at("https://oidc.account.gov.uk/token"), ""},
			{"the issuer", claim("aud", "https://oidc.integration.account.gov.uk/"), ""},
			{"the issuer without its slash", claim("aud", "https://oidc.integration.account.gov.uk"), "aud-trailing-slash"},
			{"the authorization endpoint", claim("aud", "https://oidc.integration.account.gov.uk/authorize"), "aud-authorize-endpoint"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"no iat", noClaim("iat"), "recommended-missing"},
			{"no User-Agent", noField("User-Agent"), "user-agent-missing"},
			{"no redirect_uri", noParam("redirect_uri"), "parameter-missing"},
			{"no code", noParam("code"), "parameter-missing"},
			{"another grant type", all(noParam("code"), noParam("redirect_uri"), param("grant_type", "client_credentials")), "grant-type-wrong"},
		},
	}
}

// Platforms with an API.
func platformRows() map[string][]providerRow {
	return map[string][]providerRow{
		"docusign": {
			{"production", all(at("https://account.docusign.com/oauth/token"), claim("aud", "account.docusign.com")), ""},
			{"a scheme", claim("aud", "https://account-d.docusign.com"), "aud-near-miss"},
			{"the token URL", claim("aud", "https://account-d.docusign.com/oauth/token"), "aud-mismatch"},
			{"the other environment", claim("aud", "account.docusign.com"), "url-wrong-environment"},
			{"RS512", signs("RS512"), "alg-not-accepted"},
			{"no scope", noClaim("scope"), "claim-missing"},
			{"no sub", noClaim("sub"), "recommended-missing"},
			{"another integration key", claim("iss", "another"), "iss-not-client-id"},
			{"a day", times(-10, 86390), ""},
		},
		"box": {
			{"ES256", signs("ES256"), "alg-not-accepted"},
			{"an array", claim("aud", []string{"https://api.box.com/oauth2/token"}), "aud-array-not-accepted"},
			{"another address", claim("aud", "https://account.box.com/api/oauth2/token"), "aud-mismatch"},
			{"a short jti", claim("jti", "f81d4fae"), "jti-too-short"},
			{"a long jti", claim("jti", strings.Repeat("f8", 65)), "jti-too-long"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"90 seconds", times(-5, 85), "lifetime-too-long"},
			{"no iat", noClaim("iat"), ""},
			{"90 seconds without iat", all(noClaim("iat"), claim("exp", now+90)), "exp-too-far"},
			{"no box_sub_type", noClaim("box_sub_type"), "claim-missing"},
			{"another box_sub_type", claim("box_sub_type", "app"), "claim-value-not-accepted"},
			{"sub as a number", claim("sub", 1234567), "sub-not-string"},
			{"no client_secret", noParam("client_secret"), "parameter-missing"},
			{"no client_id", noParam("client_id"), "client-id-missing"},
			{"no grant type", noParam("grant_type"), "grant-type-missing"},
			{"a password's grant type", param("grant_type", "password"), "grant-type-wrong"},
			{"client credentials without an assertion", all(param("grant_type", "client_credentials"), noParam("assertion")), ""},
			{"iss of another", claim("iss", "another"), "iss-not-client-id"},
		},
		"salesforce": {
			{"sandbox", all(at("https://test.salesforce.com/services/oauth2/token"), claim("aud", "https://test.salesforce.com")), ""},
			{"the org's own host", all(at("https://acme.my.salesforce.com/services/oauth2/token"), claim("aud", "https://login.salesforce.com")), ""},
			{"a sandbox's own host", all(at("https://acme--dev.sandbox.my.salesforce.com/services/oauth2/token"), claim("aud", "https://test.salesforce.com")), ""},
			{"the org as aud", all(at("https://acme.my.salesforce.com/services/oauth2/token"), claim("aud", "https://acme.my.salesforce.com")), ""},
			{"a site as aud", all(at("https://acme.example/services/oauth2/token"), claim("aud", "https://acme.example/customers")), ""},
			{"aud of the other kind of org", claim("aud", "https://test.salesforce.com"), "url-wrong-environment"},
			{"RS384", signs("RS384"), "alg-not-accepted"},
			{"no sub", noClaim("sub"), "sub-missing"},
			{"no exp", noClaim("exp"), "exp-missing"},
		},
		"google-service-account": {
			{"for a user", claim("sub", "user@acme.example"), ""},
			{"the older address as aud", claim("aud", "https://www.googleapis.com/oauth2/v4/token"), ""},
			{"the older address", at("https://www.googleapis.com/oauth2/v4/token"), ""},
			{"an API as aud", claim("aud", "https://www.googleapis.com/"), "aud-mismatch"},
			{"RS384", signs("RS384"), "alg-not-accepted"},
			{"two hours", times(-10, 7190), "lifetime-too-long"},
			{"no iat", noClaim("iat"), "iat-missing"},
			{"no scope", noClaim("scope"), "claim-missing"},
			{"for an ID token", all(noClaim("scope"), claim("target_audience", "https://app.example")), ""},
		},
		"google-self-signed": {
			{"scopes in place of aud", all(noClaim("aud"), claim("scope", "https://www.googleapis.com/auth/cloud-platform")), ""},
			{"another sub", claim("sub", "another"), "iss-sub-differ"},
			{"expired", times(-5000, -1400), "exp-past"},
		},
		"snowflake": {
			{"no fingerprint", claim("iss", "ACME-PROD.ROBOT"), "iss-wrong-form"},
			{"an account in small letters", claim("iss", "acme-prod.ROBOT.SHA256:"+fingerprint), "iss-wrong-form"},
			{"base64url", claim("iss", "ACME-PROD.ROBOT.SHA256:"+thumbprint), "iss-wrong-form"},
			{"a user with a dot", all(claim("iss", "ACME.ROBOT.ONE@ACME.EXAMPLE.SHA256:"+fingerprint), claim("sub", "ACME.ROBOT.ONE@ACME.EXAMPLE")), ""},
			{"no sub", noClaim("sub"), "sub-missing"},
			{"no exp", noClaim("exp"), "exp-missing"},
			{"an hour", times(-10, 3590), ""},
		},
		"app-jwt": {
			{"no iss", noClaim("iss"), ""},
			{"no sub", noClaim("sub"), ""},
			{"no aud", noClaim("aud"), ""},
			{"no exp", noClaim("exp"), ""},
			{"no jti", noClaim("jti"), ""},
			{"iss of another", claim("iss", "another"), ""},
			{"sub of another", claim("sub", user), ""},
			{"expired", times(-500, -100), "exp-past"},
			{"iss a number", claim("iss", 42), "iss-not-string"},
		},
		"github-app": {
			{"iss a UUID", claim("iss", user), "iss-wrong-form"},
			{"RS384", signs("RS384"), "alg-not-accepted"},
			{"ten minutes and a margin back", times(-60, 600), ""},
			{"twelve minutes", times(0, 720), "lifetime-too-long"},
			{"no iat", noClaim("iat"), "iat-missing"},
			{"ahead", times(5, 300), "iat-in-future"},
			{"the app's ID", func(e *exchange) { e.opts.ClientID = ""; e.token.claims.set("iss", "123456") }, ""},
			{"the app's ID as a number", claim("iss", 123456), "iss-not-string"},
			{"no iss", noClaim("iss"), "iss-missing"},
		},
		"yahoo-connectid": {
			{"25 hours", times(-10, 90000), "lifetime-too-long"},
			{"a little less than a day", times(-10, 86300), ""},
		},
	}
}

// Health care.
func healthRows() map[string][]providerRow {
	return map[string][]providerRow{
		"athenahealth": {
			{"production", at("https://api.platform.athenahealth.com/oauth2/v1/token"), ""},
			{"athenaPractice", at("https://ap22sandbox.fhirapi.athenahealth.com/demoAPIServer/oauth2/token"), ""},
			{"a near miss of the address", func(e *exchange) { e.url = "https://api.preview.platform.athenahealth.com/oauth2/v1//token" }, "url-not-token-endpoint"},
		},
		"oracle-health": {
			{"ES384", signs("ES384"), ""},
			{"RS256", signs("RS256"), "alg-not-accepted"},
			{"no kid", noHdr("kid"), "kid-missing"},
			{"another tenant's address", claim("aud", "https://authorization.cerner.com/tenants/another/protocols/oauth2/profiles/smart-v1/token"), "aud-mismatch"},
		},
		"eclinicalworks": {
			{"RS256", signs("RS256"), "alg-not-accepted"},
			{"no kid", noHdr("kid"), "kid-missing"},
			{"six minutes", times(-350, 10), "lifetime-too-long"},
			{"no scope", noParam("scope"), "scope-missing"},
		},
		"medplum": {
			{"a server of one's own", at("https://fhir.clinic.example/oauth2/token"), ""},
			{"PS256", signs("PS256"), "alg-not-accepted"},
			{"an array", claim("aud", []string{"https://api.medplum.com/oauth2/token"}), "aud-array-not-accepted"},
			{"another path", claim("aud", "https://api.medplum.com/token"), "aud-mismatch"},
			{"no iat", noClaim("iat"), "recommended-missing"},
			{"no jti", noClaim("jti"), ""},
			{"another sub", claim("sub", "another"), "sub-not-client-id"},
			{"another grant type", param("grant_type", "password"), "grant-type-wrong"},
		},
		"health-gorilla": {
			{"the newer form", all(claim("iss", clientID), claim("sub", clientID), noClaim("nbf")), ""},
			{"as client assertion", func(e *exchange) {
				e.token.claims.set("iss", clientID)
				e.token.claims.set("sub", clientID)
				e.params = [][2]string{{"grant_type", "client_credentials"}, {"client_assertion_type", assertionType}, {"client_assertion", "\x00"}}
			}, ""},
			{"aud of the older pages", claim("aud", "https://www.healthgorilla.com/oauth/token"), ""},
			{"production", at("https://api.healthgorilla.com/oauth/token"), ""},
			{"aud of the other environment", claim("aud", "https://api.healthgorilla.com/oauth/token"), "aud-wrong-environment"},
			{"another aud", claim("aud", "https://sandbox.healthgorilla.com/"), "aud-issuer-not-accepted"},
			{"HS256", signs("HS256"), "alg-symmetric"},
			{"no sub", noClaim("sub"), "sub-missing"},
		},
		"bcda": {
			{"PS256", signs("PS256"), "alg-not-accepted"},
			{"no kid", noHdr("kid"), "kid-missing"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"no iat", noClaim("iat"), "iat-missing"},
			{"six minutes", times(-10, 350), "lifetime-too-long"},
			{"another sub", claim("sub", "another"), "sub-not-client-id"},
			{"no Accept", noField("Accept"), "request-header-missing"},
			{"another Accept", field("Accept", "text/html"), "request-header-missing"},
			{"a charset", field("Content-Type", "application/x-www-form-urlencoded;charset=utf-8"), "content-type-parameter"},
			{"no scope", noParam("scope"), "scope-missing"},
			{"another scope", param("scope", "system/Patient.read"), "scope-not-allowed"},
			{"another grant type", param("grant_type", "refresh_token"), "grant-type-wrong"},
		},
		"dpc": {
			{"production", at("https://dpc.cms.gov/api/v1/Token/auth"), ""},
			{"ES256", signs("ES256"), ""},
			{"no kid", noHdr("kid"), "kid-missing"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"six minutes", times(-10, 360), "lifetime-too-long"},
			{"another address", claim("aud", "https://sandbox.dpc.cms.gov/api/v1"), "aud-issuer-not-accepted"},
			{"no scope", noParam("scope"), "scope-missing"},
			{"another scope", param("scope", "system/Patient.read"), "scope-not-allowed"},
			{"another sub", claim("sub", "another"), "sub-not-client-id"},
		},
		"canvas-lms": {
			{"no iat", noClaim("iat"), "iat-missing"},
			{"six minutes old", times(-360, 200), "iat-too-old"},
			{"within the skew", claim("iat", now+20), ""},
			{"beyond the skew", claim("iat", now+40), "iat-in-future"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"the host", claim("aud", "https://school.example.test"), "aud-issuer-not-accepted"},
		},
		"bulk-data-server": {
			{"EdDSA", signs("EdDSA"), "alg-not-accepted"},
			{"no kid", noHdr("kid"), "kid-missing"},
			{"no typ", noHdr("typ"), "recommended-missing"},
			{"no jti", noClaim("jti"), "recommended-missing"},
			{"an array", claim("aud", []string{"https://bulk-data.smarthealthit.org/auth/token"}), "aud-array-not-accepted"},
			{"another address", claim("aud", "https://bulk-data.smarthealthit.org/fhir"), "aud-mismatch"},
			{"another grant type", param("grant_type", "password"), "grant-type-wrong"},
		},
	}
}
