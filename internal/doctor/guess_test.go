package doctor_test

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/doctor"
)

// Names of libraries in a stack trace, and words that a library prints, choose no
// provider; the provider's own words do, in a stack trace too.
func TestStackTraceChoosesNoProvider(t *testing.T) {
	for _, tt := range []struct{ name, text, provider string }{
		{"Nimbus", "com.nimbusds.jose.proc.BadJWTException: Expired JWT\n\tat com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier.verify(DefaultJWTClaimsVerifier.java:62)\n", "rfc7523"},
		{"JJWT, in words that a provider has", "io.jsonwebtoken.ExpiredJwtException: JWT is expired\n\tat io.jsonwebtoken.impl.DefaultJwtParser.parse(DefaultJwtParser.java:411)\n", "rfc7523"},
		{"Spring", "OAuth2AuthorizationException: [invalid_client] Client authentication failed\n\tat org.springframework.security.oauth2.client.endpoint.Client.getResponse(Client.java:104)\n\tat com.okta.sdk.Client.get(Client.java:1)\n", "rfc7523"},
		{"MSAL", "Microsoft.Identity.Client.MsalServiceException: token refused\n   at Microsoft.Identity.Client.OAuth2.OAuth2Client.CreateResponse[T](HttpResponse response)\n{\"error\":\"invalid_client\",\"error_description\":\"signature invalid\"}\n", "rfc7523"},
		{"oidc-provider", "JWTExpired: \"exp\" claim timestamp check failed\n    at clientAuth (file:///srv/node_modules/oidc-provider/lib/shared/client_auth.js:1:2)\n", "rfc7523"},
		{"in the answer", `{"status":401,"error":"Unauthorized","message":"invalid_client","trace":"org.springframework.security.X: failed\n\tat org.keycloak.X.y(X.java:1)\n\tat com.nimbusds.X.y(X.java:2)"}`, "rfc7523"},
		{"Entra's own words", "MsalServiceException: AADSTS700016: Application with identifier 'x' was not found in the directory 'y'.\n   at Microsoft.Identity.Client.X.Y()\n", "entra"},
		{"Keycloak's own words", "ERROR [org.keycloak.services] KC-SERVICES0025: Error when validating client assertion: java.lang.RuntimeException: Token audience doesn't match domain. Expected audiences are any of [https://sso.example/realms/a] but audience from token is 'x'\n", "keycloak"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, nothing := judgePaste(t, doctor.Options{}, tt.text)
			if len(got) != 1 {
				t.Fatalf("%d cases %s", len(got), nothing)
			}
			if got[0].Profile.ID != tt.provider {
				t.Errorf("profile %s (%s), want %s", got[0].Profile.ID, got[0].Profile.GuessedBy, tt.provider)
			}
			if got[0].Profile.Fallback != (tt.provider == "rfc7523") {
				t.Errorf("that no provider was detected is %v", got[0].Profile.Fallback)
			}
		})
	}
}

// A list of assertions with a line of another kind is searched as a text; that is
// said, once.
func TestListWithAStrayLineNamesLines(t *testing.T) {
	jwt := func(jti string) string {
		return unsigned(`{"alg":"RS256","kid":"k1","typ":"JWT"}`, `{"iss":"app","sub":"app","aud":"https://as.example/token","jti":"`+jti+`","iat":1795860000,"exp":1795860240}`)
	}
	list := jwt("a7") + "\n" + jwt("b8") + "\n" + jwt("c9") + "\n"
	for text, want := range map[string]int{"tokens of today:\n" + list: 1, jwt("a7") + "\n-- more\n" + jwt("b8") + "\n": 1, list: 0, "our assertion: " + jwt("a7") + "\n": 0} {
		got, _ := judgePaste(t, doctor.Options{}, text)
		said := 0
		for _, c := range got {
			for _, n := range c.Notes {
				said += strings.Count(n, "--lines")
			}
		}
		if said != want {
			t.Errorf("--lines is named %d times, want %d, in %.40q with %d cases", said, want, text, len(got))
		}
	}
}

// What a server adds to a general sentence is more than the sentence says.
func TestRestOfASentence(t *testing.T) {
	for _, tt := range []struct{ name, description, first string }{
		{"Maskinporten's general sentence", "Invalid assertion. Client authentication failed.", "iss-not-client-id"},
		{"and what it minds", "Invalid assertion. Client authentication failed. JWT ID (jti) already used", "jti-reused"},
		{"its own cause, in other words", "Invalid assertion. Client authentication failed. Unknown issuer", "iss-not-client-id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := judgeText(t, doctor.Options{Profiles: []string{"maskinporten"}}, `{"error":"invalid_grant","error_description":"`+tt.description+`"}`)[0]
			if d := diagnosis(c); len(d) == 0 || d[0] != tt.first {
				t.Errorf("diagnosis %v, want %s first", d, tt.first)
			}
		})
	}
}
