package evidence

import (
	"strings"
	"testing"

	"github.com/assertionworks/jwtdoctor/internal/jsonspan"
	"github.com/assertionworks/jwtdoctor/internal/mask"
)

func TestSecretParameter(t *testing.T) {
	for _, name := range []string{"client_assertion", "assertion", "code", "code_verifier", "codeVerifier", "client_secret", "clientSecret", "Client-Secret", "client_secret ",
		"refresh_token", "refreshToken", "access_token", "accessToken", "id_token", "id_token_hint", "token", "api_key", "apikey", "password", "passwd", "jwt", "device_code", "auth_req_id"} {
		if !SecretParameter(name) {
			t.Errorf("%s is shown", name)
		}
	}
	for _, name := range []string{"grant_type", "client_assertion_type", "token_type", "token_type_hint", "requested_token_type", "subject_token_type", "token_endpoint", "token_endpoint_auth_method",
		"token_use", "refresh_token_expires_in", "client_secret_expires_at", "scope", "client_id", "redirect_uri", "state", "resource", "code_challenge", "code_challenge_method", "username", "kid", "iss"} {
		if SecretParameter(name) {
			t.Errorf("%s is masked", name)
		}
	}
}

func TestShownHeader(t *testing.T) {
	const secret = "SECRETVALUE-abcdef-0123456789"
	c := &Case{}
	for _, tt := range []struct{ name, value, scheme string }{
		{"Authorization", "Bearer " + secret, "Bearer "},
		{"Authorization", "Bearer\t" + secret, "Bearer "},
		{"Authorization", "basic  " + secret, "basic "},
		{"Authorization", secret, ""},
		{"Authorization", secret + " more", ""},
		{"Proxy-Authorization", "Basic " + secret, "Basic "},
		{"X-Forwarded-Authorization", "Bearer " + secret, ""},
		{"Cookie", "sid=" + secret, ""},
		{"Cookie", secret + "; b=2", ""},
		{"Set-Cookie", "a=" + secret + "; Path=/", ""},
		{"DPoP", secret, ""}, {"X-Api-Key", secret, ""}, {"apikey", secret, ""}, {"X-Auth-Token", secret, ""}, {"Ocp-Apim-Subscription-Key", secret, ""},
		{"X-Amz-Security-Token", secret, ""}, {"Sec-Token-Binding", secret, ""}, {"X-Nobody-Knows", secret, ""}, {"", secret, ""}, {"X-Vault-Token", secret, ""}, {"X-Client-Secret", secret, ""}, {"client-secret", secret, ""}, {"X-Client-Assertion", secret, ""},
	} {
		got := c.ShownHeader(Header{Name: tt.name, Value: tt.value})
		if strings.Contains(got, secret) || !strings.HasPrefix(got, tt.scheme) || tt.scheme == "" && strings.Contains(got, " more") {
			t.Errorf("%s: %q is shown as %q", tt.name, tt.value, got)
		}
	}
	for _, name := range []string{"Content-Type", "User-Agent", "Host", "Accept", "Origin", "X-Request-Id", "X-Api-Version", "Epic-Client-ID"} {
		if got := c.ShownHeader(Header{Name: name, Value: secret}); got != secret {
			t.Errorf("%s is shown as %q", name, got)
		}
	}
	if got := (&Case{ShowSecrets: true}).ShownHeader(Header{Name: "Cookie", Value: secret}); got != secret {
		t.Errorf("with secrets shown: %q", got)
	}
}

func TestShownURL(t *testing.T) {
	for url, want := range map[string]string{
		"https://user:pw@as.example/token?client_secret=x": "https://…@as.example/token?…",
		"//u@as.example/token":                             "https://…@as.example/token",
		"//localhost:8080/token?code=x":                    "localhost:8080/token?…",
		"https://as.example/token#access_token=x":          "https://as.example/token#…",
		"https://as.example/token":                         "https://as.example/token",
	} {
		if got := (&Case{}).ShownURL(url); got != want {
			t.Errorf("%s is shown as %s, want %s", url, got, want)
		}
	}
}

// Of a request, only what is known to contain no secret is shown.
func TestShownParameter(t *testing.T) {
	c := &Case{}
	for _, name := range []string{"client_assertion", "code", "client_secret", "client_secrte", "clientpassword", "state", "nonce", "username", "x", ""} {
		if got := c.Shown(name, "hush-hush-1"); strings.Contains(got, "hush-hush-1") {
			t.Errorf("%s is shown as %q", name, got)
		}
	}
	for _, name := range []string{"grant_type", "grantType", "client_id", "client-id", "scope", "audience", "redirect_uri", "code_challenge", "token_type_hint"} {
		if got := c.Shown(name, "a-value"); got != "a-value" {
			t.Errorf("%s is shown as %q", name, got)
		}
	}
}

// The code of an error is shown, that of an authorization is not.
func TestCodes(t *testing.T) {
	read := func(text string) *Case {
		v, _ := jsonspan.Scan([]byte(text), jsonspan.Limits{})
		return &Case{Response: Known(&Response{Status: 400, Form: FormJSON, Body: text, JSON: v})}
	}
	for text, want := range map[string]string{
		`{"errors":[{"code":"015-0008"}]}`:               "the server answered 015-0008",
		`{"errors":[{"code":"SplxlOBeZQQYbYS6WxSbIA"}]}`: "the server answered Spl…(22 characters)",
	} {
		code, _, _ := strings.Cut(strings.SplitAfter(text, `"code":"`)[1], `"`)
		if got := mask.Of(read(text)).Text("the server answered " + code); got != want {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// A JWT that looks like one a server issued to a person is masked as such, a
// client that speaks for itself is not.
func TestPerson(t *testing.T) {
	object := func(text string) Fact[*Object] {
		v, _ := jsonspan.Scan([]byte(text), jsonspan.Limits{})
		return Known(&Object{Raw: []byte(text), Value: v})
	}
	for _, tt := range []struct {
		name           string
		kind           Kind
		header, claims string
		want           bool
	}{
		{"a client's own", ClientAssertion, `{"typ":"JWT"}`, `{"iss":"me","sub":"me","email":"a@b"}`, false},
		{"another sub", ClientAssertion, `{"typ":"JWT"}`, `{"iss":"me","sub":"you"}`, false},
		{"an ID token", ClientAssertion, `{"typ":"JWT"}`, `{"iss":"https://as.example","sub":"1","aud":"me","auth_time":1}`, true},
		{"an access token", ClientAssertion, `{"typ":"at+jwt"}`, `{"iss":"https://as.example","sub":"1"}`, true},
		{"a grant", JWTGrant, `{}`, `{"iss":"me","sub":"me"}`, true},
		{"given as an ID token", IDToken, `{}`, `{}`, true},
	} {
		c := &Case{Kind: tt.kind, Header: object(tt.header), Claims: object(tt.claims)}
		if got := c.Person(); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}
