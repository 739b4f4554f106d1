package doctor_test

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/profile"
)

// providerRow is one change to a provider's healthy request, and the causes it
// brings, with blanks between them; "" for a control.
type providerRow struct {
	name   string
	change change
	want   string
}

func loadProfile(t *testing.T, id string) *profile.Profile {
	t.Helper()
	p, err := embedded().Load(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func providerRows() map[string][]providerRow {
	all := map[string][]providerRow{}
	for _, part := range []map[string][]providerRow{identityRows(), governmentRows(), platformRows(), healthRows()} {
		for id, rows := range part {
			all[id] = rows
		}
	}
	return all
}

// Identity servers, run by many.
func identityRows() map[string][]providerRow {
	return map[string][]providerRow{
		"keycloak": {
			{"the issuer", claim("aud", "https://sso.example.test/realms/main"), ""},
			{"introspection", claim("aud", keycloakURL+"/introspect"), "aud-other-endpoint"},
			{"the client itself", all(unaddressed, client("shop"), claim("aud", "shop")), "aud-mismatch"},
			{"another server", claim("aud", "https://elsewhere.example/token"), "aud-mismatch"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"no sub", noClaim("sub"), "sub-missing"},
			{"no exp", noClaim("exp"), "exp-missing"},
			{"no kid", noHdr("kid"), "recommended-missing"},
			{"a minute and more old", times(-90, 200), "iat-too-old"},
			{"a long life", times(-10, 3000), ""},
			{"far ahead without iat", all(noClaim("iat"), claim("exp", now+200)), "iat-missing"},
			{"near without iat", all(noClaim("iat"), claim("exp", now+50)), ""},
			{"within the skew", claim("iat", now+12), ""},
			{"beyond the skew", claim("iat", now+20), "iat-in-future"},
			{"nbf beyond the skew", claim("nbf", now+20), "nbf-in-future"},
			{"its own client_id", param("client_id", clientID), ""},
			{"another client_id", param("client_id", "another"), "client-id-mismatch"},
		},
		"rfc10070": {
			{"typ in another case", hdr("typ", "client-authentication+JWT"), ""},
			{"typ with its first half", hdr("typ", "application/client-authentication+jwt"), ""},
			{"another typ", hdr("typ", "client-authentication"), "typ-not-accepted"},
		},
		"kubernetes": {
			{"another audience", claim("aud", []string{"vault"}), ""},
			{"the cluster, which is iss as well", all(claim("iss", cluster), claim("aud", []string{cluster})), ""},
			{"no aud", noClaim("aud"), ""},
			{"no exp", noClaim("exp"), "exp-missing"},
		},
		"vault-jwt": {
			{"another audience", claim("aud", "https://gitlab.example.test"), ""},
			{"no jti", noClaim("jti"), ""},
			{"expired", times(-700, -400), "exp-past"},
		},
		"okta": {
			{"PS256", signs("PS256"), "alg-not-accepted"},
			{"HS256", signs("HS256"), "alg-symmetric"},
			{"the issuer", claim("aud", "https://acme.okta.com/oauth2/default"), "aud-issuer-not-accepted"},
			{"no jti and iat", noClaim("jti", "iat"), ""},
			{"an hour", times(-10, 3580), ""},
			{"two hours", times(-10, 7200), "lifetime-too-long"},
			{"two hours without iat", all(noClaim("iat"), claim("exp", now+7200)), "exp-too-far"},
			{"another iss", claim("iss", "another"), "iss-not-client-id"},
		},
		"auth0": {
			{"no kid and iat", all(noHdr("kid"), noClaim("iat")), ""},
			{"ten minutes", times(-10, 590), "lifetime-too-long"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"a long jti", claim("jti", strings.Repeat("x1", 33)), "jti-too-long"},
			{"no slash", all(claim("aud", "https://acme.eu.auth0.com"), issuer("https://acme.eu.auth0.com/")), "aud-trailing-slash"},
			{"with its slash", issuer("https://acme.eu.auth0.com/"), ""},
			{"the token URL", claim("aud", "https://acme.eu.auth0.com/oauth/token"), "aud-token-url-not-accepted"},
			{"ahead", claim("iat", now+15), "iat-in-future"},
		},
		"entra": {
			{"x5t", all(noHdr("x5t#S256"), hdr("x5t", "W9TaZXm3rWKzCSe0mYxRkFvCRVU")), ""},
			{"no thumbprint", noHdr("x5t#S256"), "x5t-missing"},
			{"an array", claim("aud", []string{entraURL}), "aud-array-not-accepted"},
			{"a SAML assertion as grant, with a secret", func(e *exchange) {
				e.params = [][2]string{{"grant_type", "urn:ietf:params:oauth:grant-type:saml2-bearer"}, {"assertion", "PHNhbWw6QXNzZXJ0aW9uPg"}, {"client_id", clientID}, {"client_secret", "bm90LXJlYWw"}, {"scope", "x"}}
			}, ""},
			{"the issuer", claim("aud", strings.TrimSuffix(entraURL, "oauth2/v2.0/token")+"v2.0"), ""},
			{"another service", claim("aud", "https://graph.example/"), "aud-mismatch"},
			{"a day", times(-10, 86000), ""},
			{"RS256", signs("RS256"), ""},
			{"in chunks", field("Transfer-Encoding", "chunked"), "framing-refused"},
			{"another sub", claim("sub", "another"), "sub-not-client-id"},
			{"a platform's token", all(workload, noHdr("x5t#S256"), claim("aud", "api://AzureADTokenExchange")), ""},
			{"a platform's token with an array", all(workload, noHdr("x5t#S256"), claim("aud", []string{"api://AzureADTokenExchange"})), ""},
			{"a platform's token for another", all(workload, noHdr("x5t#S256"), claim("aud", "https://github.com/acme")), "aud-mismatch"},
		},
		"openam": {
			{"nearly a day", times(-10, 86000), ""},
			{"more", times(-10, 90000), "lifetime-too-long"},
			{"within the skew", times(200, 500), ""},
			{"beyond the skew", times(400, 700), "iat-in-future"},
			{"expired within the skew", times(-300, -60), ""},
			{"the issuer", claim("aud", "https://am.example.test/openam/oauth2"), "aud-issuer-not-accepted"},
		},
		"spring-authorization-server": {
			{"no client_id", noParam("client_id"), "client-id-missing"},
			{"no exp", noClaim("exp"), "exp-missing"},
			{"no jti", noClaim("jti"), ""},
			{"the issuer", claim("aud", "https://as.example.test"), ""},
			{"introspection", claim("aud", "https://as.example.test/oauth2/introspect"), "aud-other-endpoint"},
		},
		"ory-hydra": {
			{"EdDSA", signs("EdDSA"), "alg-not-accepted"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"the issuer", claim("aud", "https://hydra.example.test"), "aud-issuer-not-accepted"},
			{"ahead", claim("iat", now+2), "iat-in-future"},
			{"nbf ahead", claim("nbf", now+2), "nbf-in-future"},
			{"an hour", times(-10, 3590), ""},
			{"a key without use", func(e *exchange) {
				e.opts.JWKS, e.opts.Only = setOf(ecJWKWithout("use")), []string{"jwks-use"}
			}, "jwk-use-missing"},
		},
		"duende-identityserver": {
			{"EdDSA", signs("EdDSA"), "alg-not-accepted"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"a slash more", claim("aud", exampleURL+"/"), ""},
			{"expired within the skew", times(-300, -60), ""},
			{"nbf within the skew", claim("nbf", now+200), ""},
			{"typ of RFC 10070", hdr("typ", "client-authentication+jwt"), "aud-token-url-not-accepted"},
			{"typ of RFC 10070, and the issuer", all(hdr("typ", "client-authentication+jwt"), claim("aud", "https://as.example.test"), issuer("https://as.example.test")), ""},
		},
		"zitadel": {
			{"RS384", signs("RS384"), "alg-not-accepted"},
			{"no iat", noClaim("iat"), "iat-missing"},
			{"an hour and a half old", times(-5000, 200), "iat-too-old"},
			{"ahead", claim("iat", now+3), "iat-in-future"},
			{"the token URL", claim("aud", "https://acme-x1.zitadel.cloud/oauth/v2/token"), "aud-token-url-not-accepted"},
			{"no kid", noHdr("kid"), "recommended-missing"},
			{"no jti", noClaim("jti"), ""},
		},
		"mcp-client-credentials": {
			{"no resource", noParam("resource"), "parameter-missing"},
			{"its own client_id", param("client_id", clientID), ""},
		},
		"wso2": {
			{"no sub", noClaim("sub"), "sub-missing"},
			{"no iss", noClaim("iss"), "iss-missing"},
			{"40 minutes old", times(-2400, 200), "iat-too-old"},
		},
		"atproto": {
			{"no kid", noHdr("kid"), "kid-missing"},
			{"no jti", noClaim("jti"), "jti-missing"},
			{"no iat", noClaim("iat"), "iat-missing"},
			{"a minute and a half old", times(-90, 200), "iat-too-old"},
			{"ahead", claim("iat", now+2), "iat-in-future"},
			{"the token URL", claim("aud", "https://pds.example.test/oauth/token"), "aud-token-url-not-accepted"},
		},
		"mockpass": {
			{"RS256", signs("RS256"), "alg-not-accepted"},
			{"an array", claim("aud", []string{"http://localhost:5156/singpass/v2"}), "aud-array-not-accepted"},
			{"the token URL", claim("aud", "http://localhost:5156/singpass/v2/token"), "aud-token-url-not-accepted"},
			{"no jti", noClaim("jti"), ""},
			{"no client_id", noParam("client_id"), "client-id-missing"},
			{"no code", noParam("code"), "parameter-missing"},
			{"no redirect_uri", noParam("redirect_uri"), "parameter-missing"},
			{"another grant type", all(noParam("code"), noParam("redirect_uri"), param("grant_type", "client_credentials")), "grant-type-wrong"},
		},
	}
}
